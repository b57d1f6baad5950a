//! What a manager can ask of a day that is in the journal: whether its calls were fair, and why one ticket waited as it did.

use serde::{Deserialize, Serialize};

use crate::id::{CounterId, OfficerId, ServiceId, TicketId};
use crate::request::SuspensionReason;
use crate::ticket::{Act, CancelReason, Class, OutOfOrderReason, Outcome, Standing, Target, TicketNumber, WaitRange};
use crate::time::Time;

/// `GET /api/v1/reports/fairness`: one business day, as it was called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FairnessReport {
    /// The local date, `2026-11-24`.
    pub date: String,
    /// The last event that was counted.
    pub until: Time,
    /// Whether the day has ended.
    pub closed: bool,
    /// Tickets issued.
    pub issued: u32,
    /// Calls from the queue; announcements made again are not counted.
    pub calls: u32,
    /// Waits by service and class, for those that had a call.
    pub queues: Vec<QueueWaits>,
    /// Who was passed over, and why.
    pub passes: Passes,
    /// The passes that no rule explains, the first hundred.
    pub unexplained: Vec<UnexplainedPass>,
    /// Who was passed over for longest by counters that could have called them.
    pub longest: Option<LongestPassed>,
    /// Calls out of order, by officer and reason.
    pub out_of_order: Vec<OutOfOrderCalls>,
    /// Acts taken back, by kind.
    pub undone: Vec<UndoneActs>,
    /// What officers decided on priority.
    pub priority: PriorityDecisions,
    /// What the priority class asked of everyone else.
    pub price: PriorityPrice,
    /// Tickets that ended without being served.
    pub unserved: Unserved,
}

/// The waits of one class of one service. A wait is from the start of a ticket's clock to its first call for the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueWaits {
    /// The service.
    pub service: ServiceId,
    /// The class.
    pub class: Class,
    /// Tickets called.
    pub called: u32,
    /// Of these within the promise.
    pub within: u32,
    /// The promise, milliseconds.
    pub promise: i64,
    /// Median wait, milliseconds.
    pub p50: i64,
    /// 90th percentile of the same.
    pub p90: i64,
    /// The longest.
    pub longest: i64,
}

/// How often a waiting ticket that was issued or clocked earlier was passed over by a call, by why that was right. One call
/// that passes over two tickets is two passes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Passes {
    /// Tickets that were passed over at least once by a counter that could have called them.
    pub tickets: u32,
    /// Another class of the same service had used more of its promise.
    pub other_class: u32,
    /// Another service had used more of its promise.
    pub other_service: u32,
    /// It had waited longer, though it was issued later: time at counters and on errands is no wait.
    pub longer_wait: u32,
    /// An officer had put it in front.
    pub front: u32,
    /// It was called out of order, with a reason.
    pub out_of_order: u32,
    /// Of those put in front and called out of order: an officer decided so within one service and class.
    pub decided_within: u32,
    /// The ticket passed over was meant for another counter or officer.
    pub target: u32,
    /// Its service was suspended at that moment.
    pub suspended: u32,
    /// No rule explains it: same service, same class, earlier clock; or the larger share of its promise used.
    pub unexplained: u32,
}

/// Why it was right that one ticket was called while another, issued or clocked earlier, waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PassReason {
    /// Of another class of the same service, it had used more of its promise.
    OtherClass,
    /// Of another service, it had used more of its promise.
    OtherService,
    /// It had waited longer, though it was issued later.
    LongerWait,
    /// An officer had put it in front.
    Front,
    /// It was called out of order, with a reason.
    OutOfOrder,
    /// The one that waited was meant for another counter or officer.
    Target,
    /// The service of the one that waited was suspended.
    Suspended,
    /// No rule explains it.
    Unexplained,
}

/// A pass that no rule explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnexplainedPass {
    /// When.
    pub at: Time,
    /// The counter that called.
    pub counter: CounterId,
    /// Who was called.
    pub called: TicketNumber,
    /// Who was passed over.
    pub passed: TicketNumber,
    /// The service that it waited for.
    pub service: ServiceId,
    /// Its class.
    pub class: Class,
}

/// Who was passed over for longest: from the first time until the ticket's own call, or until it waited no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LongestPassed {
    /// The ticket.
    pub number: TicketNumber,
    /// What it waited for.
    pub service: ServiceId,
    /// Its class.
    pub class: Class,
    /// Milliseconds.
    pub milliseconds: i64,
    /// How often it was passed over in that time.
    pub times: u32,
}

/// Calls of one officer out of order for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutOfOrderCalls {
    /// Who.
    pub officer: OfficerId,
    /// Why.
    pub reason: OutOfOrderReason,
    /// How often.
    pub calls: u32,
}

/// Acts of one kind that were taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UndoneActs {
    /// What.
    pub act: Act,
    /// How often.
    pub times: u32,
}

/// What was said and decided on priority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriorityDecisions {
    /// Tickets issued with priority.
    pub asked: u32,
    /// Confirmed by an officer.
    pub confirmed: u32,
    /// Given by an officer.
    pub given: u32,
    /// Withdrawn by an officer.
    pub withdrawn: u32,
}

/// What the priority class asks of everyone else: with the share `p` of the work and promises `T`, the others wait
/// `1 / (1 - p (1 - T_priority / T_standard))` times as long as they would without it (Kleinrock 1964).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriorityPrice {
    /// Priority's share of the work, thousandths: tickets weighted by what a visit usually takes.
    pub share_permille: u32,
    /// How many times as long the others wait, thousandths; 1,000 is no longer at all, 0 is not known.
    pub factor_permille: u32,
}

/// Tickets that ended without being served.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unserved {
    /// Not reached before the day ended.
    pub closed_with_day: u32,
    /// Called, and not come.
    pub missed: u32,
    /// Given up by their holders.
    pub given_up: u32,
    /// Taken by mistake.
    pub mistake: u32,
    /// Never told to anybody: their holders have other numbers, which kiosks gave while the server was away.
    #[serde(default)]
    pub replaced: u32,
}

/// `GET /api/v1/tickets/{number}/why`: all that a day's journal says of one number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketWhy {
    /// The local date, `2026-11-24`.
    pub date: String,
    /// The number.
    pub number: TicketNumber,
    /// The visits that had it, in the order of issue: more than one only where a day ran out of numbers.
    pub visits: Vec<Visit>,
}

/// One visit, line by line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Visit {
    /// The ticket.
    pub ticket: TicketId,
    /// What happened, and who was called before it.
    pub lines: Vec<VisitLine>,
}

/// One thing that happened in a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitLine {
    /// When.
    pub at: Time,
    /// What.
    #[serde(flatten)]
    pub what: VisitEvent,
}

/// What a line of a visit says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum VisitEvent {
    /// The ticket was taken.
    Issued {
        /// What for.
        service: ServiceId,
        /// Its class.
        class: Class,
        /// How many were told to be ahead.
        ahead: u32,
        /// The wait that was told.
        wait: Option<WaitRange>,
        /// The services that follow.
        then: Vec<ServiceId>,
        /// The time that it is booked for; its clock starts then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Time>,
        /// The number in whose place it stands, which the day before could not serve; the wait of that day counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        taken_up: Option<TicketNumber>,
        /// Whether the hall was full, and its holder waited outside.
        #[serde(default)]
        outside: bool,
    },
    /// Its holder was called in from outside.
    Admitted,
    /// Something was done besides, or more than once.
    Delivered {
        /// What.
        service: ServiceId,
        /// How often by then.
        count: u8,
        /// Where.
        counter: CounterId,
    },
    /// It was called.
    Called {
        /// Where.
        counter: CounterId,
        /// Its own figures.
        figures: RuleFigures,
        /// Who would have been called otherwise.
        runner_up: Option<RunnerUpFigures>,
        /// Whether an officer had put it in front.
        front: bool,
        /// Why it was called although it was not its turn.
        out_of_order: Option<OutOfOrderReason>,
    },
    /// While it waited another was called that had come later.
    PassedBy {
        /// Who.
        number: TicketNumber,
        /// Where.
        counter: CounterId,
        /// What the other had waited for.
        service: ServiceId,
        /// The other's class.
        class: Class,
        /// Why that was right.
        reason: PassReason,
        /// The reason of a call out of order.
        out_of_order: Option<OutOfOrderReason>,
        /// The other's figures.
        figures: RuleFigures,
        /// Its own at that moment.
        own: RuleFigures,
    },
    /// It was announced again.
    Recalled {
        /// Where.
        counter: CounterId,
    },
    /// The citizen was at the counter.
    Started {
        /// Where.
        counter: CounterId,
    },
    /// The service ended.
    Finished {
        /// Where.
        counter: CounterId,
        /// How.
        outcome: Outcome,
        /// What it waits for next.
        next: Option<NextWait>,
    },
    /// The citizen did not come.
    Missed {
        /// Where.
        counter: CounterId,
        /// Until when it could come back.
        back_until: Option<Time>,
    },
    /// The citizen went on an errand.
    Held {
        /// From where.
        counter: CounterId,
        /// Until when.
        until: Option<Time>,
    },
    /// The citizen was sent on.
    Transferred {
        /// From where.
        counter: CounterId,
        /// Where it stood then.
        standing: Standing,
        /// What it waits for.
        next: NextWait,
    },
    /// The citizen was back and waited again.
    Back {
        /// Milliseconds waited so far.
        waited: i64,
    },
    /// The citizen did not come back in time.
    Lapsed,
    /// The visit ended away from a counter.
    Cancelled {
        /// Why.
        reason: CancelReason,
    },
    /// An officer decided on its class.
    Classed {
        /// Its class from then on.
        class: Class,
    },
    /// An officer's act was taken back.
    Undone {
        /// Where.
        counter: CounterId,
        /// What.
        act: Act,
        /// Whether the act was on another ticket and had called this one besides.
        besides: bool,
    },
    /// It went back where it stood.
    Returned {
        /// From where.
        counter: CounterId,
    },
    /// Its service was suspended while it waited; it kept its place.
    Suspended {
        /// Why.
        reason: SuspensionReason,
        /// When it was to go on.
        back_at: Option<Time>,
    },
    /// Its service went on.
    Resumed,
    /// The day ended before its turn.
    Closed,
}

/// What a ticket waits for next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextWait {
    /// The service.
    pub service: ServiceId,
    /// Who may call it.
    pub to: Target,
    /// Milliseconds waited so far.
    pub waited: i64,
}

/// How a ticket stood in the promise rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleFigures {
    /// Milliseconds waited.
    pub waited: i64,
    /// Milliseconds promised.
    pub promise: i64,
    /// The share of the promise that was used, thousandths.
    pub share_permille: i64,
    /// The counter's weight for the service, thousandths; the rule multiplies the share by it.
    pub weight: u32,
}

impl RuleFigures {
    /// Returns the figures with their share.
    pub fn new(waited: i64, promise: i64, weight: u32) -> RuleFigures {
        let share = i128::from(waited.max(0)) * 1_000 / i128::from(promise.max(1));
        RuleFigures { waited, promise, share_permille: i64::try_from(share).unwrap_or(i64::MAX), weight }
    }
}

/// The ticket that came second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunnerUpFigures {
    /// Its number.
    pub number: TicketNumber,
    /// Its figures, without a weight of its own.
    pub figures: RuleFigures,
}
