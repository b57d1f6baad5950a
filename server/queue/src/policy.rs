//! What a centre has decided beforehand: its services and promises, its counters and what each may call.

use protocol::{AgencyCode, Class, CounterId, ServiceId, Time, ZoneId};
use serde::{Deserialize, Serialize};

/// The rules of one centre, made from its configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Services offered here. Their order is the order of tables and has no part in who is next.
    pub services: Vec<ServicePolicy>,
    /// Counters, in the order of their numbers.
    pub counters: Vec<CounterPolicy>,
    /// The numbers a letter runs through.
    pub numbers: NumberRange,
    /// Milliseconds without an act after which a counter with someone waiting is taken for left.
    pub unattended_after: i64,
    /// Milliseconds within which a ticket that was called and missed may come back; 0 where it may not.
    pub return_within: i64,
    /// Milliseconds of its wait that a missed ticket loses when it comes back.
    pub return_loses: i64,
    /// Milliseconds within which an officer may undo an act.
    pub undo_within: i64,
    /// Milliseconds after closing time at which the day ends even if tickets are left.
    pub close_grace: i64,
}

/// One service's rules.
#[derive(Clone, Debug, PartialEq)]
pub struct ServicePolicy {
    /// The service.
    pub id: ServiceId,
    /// Whose it is.
    pub agency: AgencyCode,
    /// The letter of its tickets.
    pub letter: char,
    /// The promised waits.
    pub promises: Promises,
    /// Milliseconds that a visit to the counter usually takes, before today has taught better.
    pub typical: i64,
    /// Tickets a day; no limit when absent.
    pub quota: Option<u32>,
    /// Milliseconds after local midnight from which it issues tickets, and until which.
    pub hours: Option<(i64, i64)>,
}

/// The promises of one service, by class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promises {
    /// Of the regular queue.
    pub standard: Promise,
    /// Of the priority class.
    pub priority: Promise,
    /// Of booked visits.
    pub appointment: Promise,
}

impl Promises {
    /// Returns the promise of a class.
    pub fn of(&self, class: Class) -> Promise {
        match class {
            Class::Standard => self.standard,
            Class::Priority => self.priority,
            Class::Appointment => self.appointment,
        }
    }
}

/// The wait a centre promises to one class of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Milliseconds; above zero.
    pub within: i64,
    /// Milliseconds that a newcomer is taken to have waited already; zero but for experts.
    pub head_start: i64,
}

impl Promise {
    /// Returns a promise of so many milliseconds, at least one.
    pub fn within(milliseconds: i64) -> Promise {
        Promise { within: milliseconds.max(1), head_start: 0 }
    }
}

/// One counter's rules.
#[derive(Clone, Debug, PartialEq)]
pub struct CounterPolicy {
    /// Its number.
    pub id: CounterId,
    /// Where it stands.
    pub zone: ZoneId,
    /// What it may call, with a weight in thousandths (1,000 but for experts).
    pub profile: Vec<(ServiceId, u32)>,
}

/// The numbers a letter runs through, first to last and from the first again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberRange {
    /// The first number of a day.
    pub first: u16,
    /// The last before it wraps; not below the first.
    pub last: u16,
}

/// One business day, as the calendar gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessDay {
    /// The local date, `2026-11-24`.
    pub date: String,
    /// Local midnight at its start.
    pub midnight: Time,
    /// From when kiosks issue tickets.
    pub tickets_from: Time,
    /// When counters open.
    pub opens_at: Time,
    /// When kiosks stop; ticket holders are still served.
    pub closes_at: Time,
}
