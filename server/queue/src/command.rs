//! What can be asked of a hall. A command may be refused.

use protocol::request::SuspensionReason;
use protocol::{
    AgencyCode, BookingId, CancelReason, Class, CounterId, DeviceId, Language, MarkId, OfficerId, OutOfOrderReason, Outcome, PauseReason,
    ServiceId, Standing, Target, TicketId, TicketNumber, Time,
};

use crate::policy::BusinessDay;

/// A request to the hall.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The calendar begins a business day.
    OpenDay(BusinessDay),
    /// Time, or a manager, ends it.
    CloseDay,
    /// A citizen comes.
    IssueTicket(Arrival),
    /// Someone whom the last business day could not serve takes that up.
    TakeUpReturn {
        /// The number on the old slip.
        number: TicketNumber,
        /// The language of the new slip and its calls.
        language: Language,
    },
    /// A kiosk asks for numbers that it may give while the server is away.
    ReserveNumbers {
        /// The kiosk.
        kiosk: DeviceId,
        /// Its book; what was reserved for another one of this kiosk is not given again.
        book: u32,
    },
    /// A kiosk hands over a ticket that it gave by itself.
    HandOver(Given),
    /// An officer comes to a counter.
    OpenCounter {
        /// The counter.
        counter: CounterId,
        /// Who.
        officer: OfficerId,
    },
    /// An officer leaves a counter.
    CloseCounter {
        /// The counter.
        counter: CounterId,
        /// Who.
        officer: OfficerId,
    },
    /// An officer takes a break.
    PauseCounter {
        /// The counter.
        counter: CounterId,
        /// Who.
        officer: OfficerId,
        /// Meaning to be back.
        back_at: Option<Time>,
        /// Why.
        reason: PauseReason,
    },
    /// An officer is back.
    ResumeCounter {
        /// The counter.
        counter: CounterId,
        /// Who.
        officer: OfficerId,
    },
    /// The counter is free: who is next?
    CallNext {
        /// The counter.
        counter: CounterId,
        /// Who asks.
        officer: OfficerId,
    },
    /// The citizen has not come: announce once more.
    Recall {
        /// The counter.
        counter: CounterId,
        /// Who asks.
        officer: OfficerId,
        /// The ticket the officer sees.
        ticket: TicketId,
    },
    /// The citizen is here.
    StartService {
        /// The counter.
        counter: CounterId,
        /// Who says so.
        officer: OfficerId,
        /// The ticket the officer sees.
        ticket: TicketId,
    },
    /// The service ended.
    FinishService {
        /// The counter.
        counter: CounterId,
        /// Who says so.
        officer: OfficerId,
        /// The ticket the officer sees.
        ticket: TicketId,
        /// How it ended; served when absent, unless the centre wants it said.
        outcome: Option<Outcome>,
        /// Whether the next ticket is called in the same act.
        then_next: bool,
    },
    /// The citizen did not come.
    NoShow {
        /// The counter.
        counter: CounterId,
        /// Who says so.
        officer: OfficerId,
        /// The ticket the officer sees.
        ticket: TicketId,
        /// Whether the next ticket is called in the same act.
        then_next: bool,
    },
    /// The officer calls a ticket whose turn it is not.
    CallTicket {
        /// The counter.
        counter: CounterId,
        /// Who asks.
        officer: OfficerId,
        /// The ticket's number.
        number: TicketNumber,
        /// Why.
        reason: OutOfOrderReason,
    },
    /// The citizen goes on an errand and comes back.
    HoldTicket {
        /// The counter.
        counter: CounterId,
        /// Who says so.
        officer: OfficerId,
        /// The ticket the officer sees.
        ticket: TicketId,
        /// When it goes back to the queue by itself; when the citizen is back if absent.
        until: Option<Time>,
        /// Whether the next ticket is called in the same act.
        then_next: bool,
    },
    /// The citizen goes on with another service, counter or officer.
    TransferTicket {
        /// The counter.
        counter: CounterId,
        /// Who says so.
        officer: OfficerId,
        /// The ticket the officer sees.
        ticket: TicketId,
        /// The service that it waits for now.
        service: ServiceId,
        /// Who may call it.
        to: Target,
        /// Where it stands.
        standing: Standing,
        /// Whether the next ticket is called in the same act.
        then_next: bool,
    },
    /// A citizen is back from an errand, or after a missed call.
    ReturnTicket {
        /// The ticket's number.
        number: TicketNumber,
    },
    /// A visit ends away from a counter.
    CancelTicket {
        /// The ticket's number.
        number: TicketNumber,
        /// Why.
        reason: CancelReason,
    },
    /// An officer gives priority to a ticket, confirms what its holder said, or takes it away. The reason is nobody's.
    SetPriority {
        /// The ticket's number.
        number: TicketNumber,
        /// Whether it has priority from now on.
        priority: bool,
    },
    /// An officer puts a mark on a visit, or takes it off.
    MarkTicket {
        /// The ticket's number.
        number: TicketNumber,
        /// The mark.
        mark: MarkId,
        /// Whether the ticket has it from now on.
        on: bool,
    },
    /// The officer notes what was done for the citizen besides, or more than once.
    Deliver {
        /// The counter.
        counter: CounterId,
        /// Who says so.
        officer: OfficerId,
        /// The ticket the officer sees.
        ticket: TicketId,
        /// What was done.
        service: ServiceId,
        /// How often in this visit; 0 takes it back.
        count: u8,
    },
    /// The officer takes the last act back.
    Undo {
        /// The counter.
        counter: CounterId,
        /// Who.
        officer: OfficerId,
    },
    /// Time ends a hold.
    EndHold {
        /// The ticket.
        ticket: TicketId,
    },
    /// Time ends a missed ticket's chance to come back.
    LapseTicket {
        /// The ticket.
        ticket: TicketId,
    },
    /// Time finds an officer idle with someone waiting, where the centre calls by itself.
    AutoCall {
        /// The counter.
        counter: CounterId,
    },
    /// Someone has left the hall: who waits outside can come in.
    Admit,
    /// Time finds a counter left, or its officer's shift over: its ticket goes back where it stood and the counter closes.
    ReleaseCounter {
        /// The counter.
        counter: CounterId,
    },
    /// An agency's services stop for a public reason.
    SuspendServices {
        /// The agency.
        agency: AgencyCode,
        /// One service of it; all when absent.
        service: Option<ServiceId>,
        /// The reason.
        reason: SuspensionReason,
        /// When they may go on, as far as anybody knows.
        back_at: Option<Time>,
    },
    /// They go on.
    ResumeServices {
        /// The agency.
        agency: AgencyCode,
        /// The service that was suspended alone; the agency as a whole when absent.
        service: Option<ServiceId>,
    },
}

/// Who comes, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// What for.
    pub service: ServiceId,
    /// How the ticket shares in the promise.
    pub class: Class,
    /// The language of its slip and calls.
    pub language: Language,
    /// When its clock starts, if not now: a visit that began elsewhere.
    pub clock_start: Option<Time>,
    /// The services that follow on the same ticket.
    pub then: Vec<ServiceId>,
    /// The time of day that it is booked for; only an appointment has one.
    pub booked: Option<Booked>,
}

/// A ticket that a kiosk gave while the server was away: the paper is out, so nobody asks whether it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The kiosk.
    pub kiosk: DeviceId,
    /// The number on the paper.
    pub number: TicketNumber,
    /// The business day that the number belongs to.
    pub date: String,
    /// Who came, and what for.
    pub arrival: Arrival,
    /// When, as the kiosk says.
    pub at: Time,
    /// The ticket that the server had issued for the same request, and that nobody was ever told of.
    pub replaces: Option<TicketId>,
}

/// A time of day that a visit is booked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// When.
    pub at: Time,
    /// The booking in the centre's list; absent when it stands on the citizen's slip alone, for an officer to confirm.
    pub booking: Option<BookingId>,
}

impl Arrival {
    /// Returns someone who comes now for one service.
    pub fn new(service: ServiceId, class: Class, language: Language) -> Arrival {
        Arrival { service, class, language, clock_start: None, then: Vec::new(), booked: None }
    }
}
