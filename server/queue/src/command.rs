//! What can be asked of a hall. A command may be refused.

use protocol::request::SuspensionReason;
use protocol::{AgencyCode, Class, CounterId, Language, OfficerId, Outcome, ServiceId, TicketId, Time};

use crate::policy::BusinessDay;

/// A request to the hall.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The calendar begins a business day.
    OpenDay(BusinessDay),
    /// Time, or a manager, ends it.
    CloseDay,
    /// A citizen comes.
    IssueTicket {
        /// What for.
        service: ServiceId,
        /// How it shares in the promise.
        class: Class,
        /// The language of its slip and calls.
        language: Language,
        /// When its clock starts, if not now: an appointment, or a visit that began elsewhere.
        clock_start: Option<Time>,
    },
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
        /// How it ended.
        outcome: Outcome,
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
    /// Time finds a counter left: its ticket goes back where it stood and the counter closes.
    ReleaseCounter {
        /// The counter.
        counter: CounterId,
    },
    /// An agency's services stop for a public reason.
    SuspendServices {
        /// The agency.
        agency: AgencyCode,
        /// The reason.
        reason: SuspensionReason,
    },
    /// They go on.
    ResumeServices {
        /// The agency.
        agency: AgencyCode,
    },
}
