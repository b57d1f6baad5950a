//! What happened in a hall. An event may not be doubted; it carries every choice that was made.
//!
//! Events are stored as JSON in the journal. A shipped event is closed: it may gain fields with defaults, nothing else.

use protocol::request::SuspensionReason;
use protocol::{
    Act, AgencyCode, BookingId, CallNumber, CancelReason, Class, CounterId, DeviceId, Language, MarkId, OfficerId, OutOfOrderReason,
    Outcome, PauseReason, Seq, ServiceId, Standing, Target, TicketId, TicketNumber, Time, WaitRange, offline::NumberBlock,
};
use serde::{Deserialize, Serialize};

use crate::policy::BusinessDay;

/// An event with its place and time in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its place, without gaps.
    pub seq: Seq,
    /// When; never before the event before it.
    pub at: Time,
    /// What.
    pub event: Event,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A business day began; numbers start again, ids go on.
    DayOpened {
        /// The day.
        day: BusinessDay,
        /// The id of its first ticket.
        first_ticket: TicketId,
        /// The number of its first call.
        first_call: CallNumber,
        /// Whom the business day before could not serve: each may take it up once, with the wait of that day.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        returns: Vec<Return>,
        /// The numbers of the business day before that kiosks held and never handed over.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        open_numbers: Vec<OpenNumbers>,
    },
    /// It ended.
    DayClosed {
        /// Tickets that the day could not serve.
        unserved: u32,
    },
    /// A ticket was issued.
    TicketIssued(Issued),
    /// Numbers were set aside for a kiosk, which may give them while the server is away.
    NumbersReserved {
        /// The kiosk.
        kiosk: DeviceId,
        /// Its book.
        book: u32,
        /// The numbers.
        blocks: Vec<NumberBlock>,
    },
    /// A ticket that a kiosk had given by itself was handed over after its day: its holder may take it up on the next.
    NumberLeft {
        /// The kiosk.
        kiosk: DeviceId,
        /// The number on the paper.
        number: TicketNumber,
        /// When it was given.
        at: Time,
        /// What may be taken up; absent where the centre has no return tickets.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<Return>,
    },
    /// A counter opened.
    CounterOpened {
        /// The counter.
        counter: CounterId,
        /// Who came.
        officer: OfficerId,
    },
    /// A counter closed.
    CounterClosed {
        /// The counter.
        counter: CounterId,
        /// Who left.
        officer: OfficerId,
        /// Why.
        why: CloseReason,
    },
    /// A break began.
    CounterPaused {
        /// The counter.
        counter: CounterId,
        /// Who.
        officer: OfficerId,
        /// Meaning to be back.
        back_at: Option<Time>,
        /// Why.
        #[serde(default)]
        reason: PauseReason,
    },
    /// A break ended.
    CounterResumed {
        /// The counter.
        counter: CounterId,
        /// Who.
        officer: OfficerId,
    },
    /// A ticket was called from the queue.
    TicketCalled(Called),
    /// It was announced again.
    TicketRecalled {
        /// The new announcement.
        call: CallNumber,
        /// The ticket.
        ticket: TicketId,
        /// Its number.
        number: TicketNumber,
        /// Where.
        counter: CounterId,
        /// Its language.
        language: Language,
    },
    /// The citizen is at the counter.
    ServiceStarted {
        /// The ticket.
        ticket: TicketId,
        /// Where.
        counter: CounterId,
    },
    /// The service ended, and with it the visit unless another service follows.
    ServiceFinished {
        /// The ticket.
        ticket: TicketId,
        /// Where.
        counter: CounterId,
        /// How.
        outcome: Outcome,
        /// What it waits for next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Queued>,
    },
    /// The citizen was called and did not come.
    TicketMissed {
        /// The ticket.
        ticket: TicketId,
        /// Where.
        counter: CounterId,
        /// Until when it may come back; the visit has ended when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        back_until: Option<Time>,
    },
    /// The citizen left the counter on an errand.
    TicketHeld {
        /// The ticket.
        ticket: TicketId,
        /// From where.
        counter: CounterId,
        /// When it goes back to the queue by itself, if not before.
        until: Option<Time>,
    },
    /// The citizen was sent on.
    TicketTransferred {
        /// The ticket.
        ticket: TicketId,
        /// From where.
        counter: CounterId,
        /// Where it stands, as the officer said it.
        standing: Standing,
        /// What it waits for now.
        next: Queued,
    },
    /// The citizen is back, from an errand or after a missed call, and waits again.
    TicketBack {
        /// The ticket.
        ticket: TicketId,
        /// Its clock from now on.
        clock_start: Time,
    },
    /// The citizen did not come back in time: the visit has ended.
    TicketLapsed {
        /// The ticket.
        ticket: TicketId,
    },
    /// The visit ended away from a counter.
    TicketCancelled {
        /// The ticket.
        ticket: TicketId,
        /// Why.
        reason: CancelReason,
    },
    /// An officer decided on a ticket's class.
    TicketClassed {
        /// The ticket.
        ticket: TicketId,
        /// Its class from now on.
        class: Class,
        /// Its clock from now on, where that changes with the class: an appointment waits from its booked time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock_start: Option<Time>,
    },
    /// An officer put a mark on a visit, or took it off.
    TicketMarked {
        /// The ticket.
        ticket: TicketId,
        /// The mark.
        mark: MarkId,
        /// Whether the ticket has it from now on.
        on: bool,
    },
    /// Something was done for the citizen besides, or more than once.
    ServiceDelivered {
        /// The ticket.
        ticket: TicketId,
        /// Where.
        counter: CounterId,
        /// What.
        service: ServiceId,
        /// How often in this visit by now.
        count: u8,
    },
    /// Someone who waited outside can come in.
    TicketAdmitted {
        /// The ticket.
        ticket: TicketId,
        /// Its number.
        number: TicketNumber,
    },
    /// An officer took the last act back: all is as it was before it.
    ActUndone {
        /// The counter.
        counter: CounterId,
        /// Who.
        officer: OfficerId,
        /// What was undone.
        act: Act,
        /// The ticket it was about.
        ticket: TicketId,
        /// The ticket that the act had called besides; it is back where it stood.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        withdrawn: Option<TicketId>,
    },
    /// The ticket went back where it stood, with its clock.
    TicketReturned {
        /// The ticket.
        ticket: TicketId,
        /// From where.
        counter: CounterId,
    },
    /// The day ended before the ticket's turn.
    TicketClosed {
        /// The ticket.
        ticket: TicketId,
    },
    /// Services stopped.
    ServicesSuspended {
        /// Whose.
        agency: AgencyCode,
        /// One service; all of the agency when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<ServiceId>,
        /// Why.
        reason: SuspensionReason,
        /// When they may go on, as far as anybody knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        back_at: Option<Time>,
    },
    /// They go on.
    ServicesResumed {
        /// Whose.
        agency: AgencyCode,
        /// The service that was suspended alone; the agency as a whole when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<ServiceId>,
    },
}

/// A ticket as it was issued.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Issued {
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// Its service.
    pub service: ServiceId,
    /// Its class.
    pub class: Class,
    /// Its language.
    pub language: Language,
    /// When its clock started.
    pub clock_start: Time,
    /// How many would be called before it, as the hall stood.
    pub ahead: u32,
    /// The wait that was told.
    pub wait: Option<WaitRange>,
    /// The services that follow on the same ticket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<ServiceId>,
    /// The time of day that it is booked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_at: Option<Time>,
    /// The booking in the centre's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<BookingId>,
    /// The number it had on the business day before, which could not serve it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_up: Option<TicketNumber>,
    /// Whether its holder waits outside until called in, because the hall is full.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside: bool,
    /// Who gave it, and when, if that was a kiosk while the server was away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<Offline>,
}

/// A ticket given by a kiosk alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offline {
    /// The kiosk.
    pub kiosk: DeviceId,
    /// When.
    pub at: Time,
}

/// Numbers of a day that has ended, reserved for a kiosk and never handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenNumbers {
    /// The kiosk.
    pub kiosk: DeviceId,
    /// The day.
    pub date: String,
    /// When it closed.
    pub closed_at: Time,
    /// How many had been reserved for it.
    pub reserved: u32,
    /// How many of them were handed over.
    pub used: u32,
    /// Those that were not, each run with the time from which the kiosk held it.
    pub blocks: Vec<(Time, NumberBlock)>,
}

/// A ticket that a business day could not serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// Its number on that day.
    pub number: TicketNumber,
    /// What it waited for.
    pub service: ServiceId,
    /// The services that followed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<ServiceId>,
    /// Its class.
    pub class: Class,
    /// Milliseconds on its clock.
    pub waited: i64,
}

/// What a ticket waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// The service.
    pub service: ServiceId,
    /// Who may call it.
    #[serde(default)]
    pub to: Target,
    /// Its clock.
    pub clock_start: Time,
    /// Whether it is called before all who wait for the same, whatever their clocks say.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub front: bool,
    /// The services that follow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<ServiceId>,
}

/// A call with its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Called {
    /// The announcement.
    pub call: CallNumber,
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// Where.
    pub counter: CounterId,
    /// Its language.
    pub language: Language,
    /// Why this ticket.
    pub why: Why,
    /// Whether the officer's act that ended the ticket before called this one as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub same_act: bool,
    /// Whether the centre called by itself, because the officer was idle.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub auto: bool,
}

/// Why a ticket was called: the figures of the promise rule at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Milliseconds on its clock, head start included.
    pub waited: i64,
    /// Milliseconds promised.
    pub promise: i64,
    /// The counter's weight for the service, thousandths.
    pub weight: u32,
    /// Who would have been called otherwise.
    pub runner_up: Option<RunnerUp>,
    /// Whether it had been put in front of all others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub front: bool,
    /// Why it was called although it was not its turn; the runner-up is then the one whose turn it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_order: Option<OutOfOrderReason>,
}

/// The ticket that came second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerUp {
    /// Its number.
    pub number: TicketNumber,
    /// Milliseconds on its clock.
    pub waited: i64,
    /// Milliseconds promised.
    pub promise: i64,
}

/// Why a counter closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The officer closed it.
    Officer,
    /// It was left.
    Unattended,
    /// The officer's shift was over.
    Shift,
    /// The day ended.
    Day,
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// At a counter.
    Finished(Outcome),
    /// Called, and did not come.
    Missed,
    /// Given up away from a counter.
    Cancelled(CancelReason),
    /// Not reached before the day ended.
    ClosedWithDay,
}
