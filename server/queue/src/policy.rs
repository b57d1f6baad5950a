//! What a centre has decided beforehand: its services and promises, its counters and what each may call.

use protocol::time::{HOUR, MINUTE};
use protocol::{AgencyCode, Class, CounterId, MarkId, OfficerId, PoolId, ServiceId, Time, ZoneId};
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
    /// Numbers of each letter that a kiosk holds for when the server is away; 0 where it gives none by itself.
    pub offline_numbers: u16,
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
    /// Milliseconds before its booked time from which an appointment can check in.
    pub appointment_early: i64,
    /// Milliseconds after its booked time until which it can.
    pub appointment_late: i64,
    /// Whether those whom a day could not serve may take it up on the next, with the wait they had.
    pub returns: bool,
    /// How many tickets may be in the hall; those beyond wait outside and are called in. No limit when absent.
    pub inside_max: Option<u32>,
    /// Milliseconds after which an idle officer's next ticket is called by itself; never when absent.
    pub auto_call_after: Option<i64>,
    /// Whether an officer must say how each service ended.
    pub outcome_required: bool,
    /// The marks that a visit may carry.
    pub marks: Vec<MarkId>,
    /// What single officers serve and how well; an officer who is not here serves all that a counter does.
    pub officers: Vec<OfficerPolicy>,
}

impl Policy {
    /// Returns rules under which time alone asks for nothing and a letter has all numbers: for days that are played or looked
    /// at again, and whose own limits are in what happened.
    pub fn without_limits() -> Policy {
        Policy {
            numbers: NumberRange { first: 1, last: u16::MAX },
            unattended_after: i64::MAX / 8,
            return_within: 0,
            return_loses: 0,
            undo_within: 0,
            close_grace: 0,
            ..Policy::default()
        }
    }
}

impl Default for Policy {
    /// Returns the usual rules of a centre that has no service and no counter yet.
    fn default() -> Policy {
        Policy {
            services: Vec::new(),
            counters: Vec::new(),
            numbers: NumberRange { first: 1, last: 999 },
            offline_numbers: 40,
            unattended_after: 20 * MINUTE,
            return_within: 30 * MINUTE,
            return_loses: 5 * MINUTE,
            undo_within: MINUTE,
            close_grace: 3 * HOUR,
            appointment_early: 30 * MINUTE,
            appointment_late: 15 * MINUTE,
            returns: true,
            inside_max: None,
            auto_call_after: None,
            outcome_required: false,
            marks: Vec::new(),
            officers: Vec::new(),
        }
    }
}

/// What one officer serves.
#[derive(Clone, Debug, PartialEq)]
pub struct OfficerPolicy {
    /// The account's name.
    pub officer: OfficerId,
    /// What this officer serves, with a weight in thousandths that the counter's weight is multiplied by.
    pub profile: Vec<(ServiceId, u32)>,
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
    /// The pools it belongs to.
    pub pools: Vec<PoolId>,
    /// The shifts in which it is meant to be staffed: milliseconds after local midnight, from and until. Any time when empty.
    pub shifts: Vec<(i64, i64)>,
}

impl CounterPolicy {
    /// Returns a counter in no pool and without shifts.
    pub fn new(id: CounterId, zone: ZoneId, profile: Vec<(ServiceId, u32)>) -> CounterPolicy {
        CounterPolicy { id, zone, profile, pools: Vec::new(), shifts: Vec::new() }
    }
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
