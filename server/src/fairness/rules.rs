//! The rules of a past day: the centre's of today where they are known, and over them what that day's calls carry.
//!
//! Every call was written down with its promise and weight. A promise that was changed since, or rules that are not at
//! hand, do not make an old day look wrong.

use protocol::time::HOUR;
use protocol::{AgencyCode, Class, Time};
use queue::{Called, CounterPolicy, Event, Hall, Policy, Promise, Promises, Recorded, ServicePolicy, Ticket};

/// The promise of a class from which nobody was called all day: nobody is accused of having passed over it by share.
const UNKNOWN_PROMISE: i64 = 24 * HOUR;

/// Returns the rules by which a day was called.
pub fn of_day(day: &[Recorded], given: Option<&Policy>) -> Policy {
    let given = given.cloned().unwrap_or_else(Policy::without_limits);
    let mut hall = Hall::new(given.clone());
    let mut rules = given;
    for recorded in day {
        if let Event::TicketCalled(called) = &recorded.event
            && let Some(ticket) = hall.ticket(called.ticket)
        {
            learn_promise(&mut rules, &hall, called, ticket, recorded.at);
            learn_counter(&mut rules, &hall, called, ticket);
        }
        hall.apply(recorded);
    }
    rules
}

fn learn_promise(rules: &mut Policy, hall: &Hall, called: &Called, ticket: &Ticket, at: Time) {
    let promise = Promise { within: called.why.promise.max(1), head_start: called.why.waited - ticket.waited(at) };
    let service = &hall.services()[ticket.service].policy;
    match rules.services.iter_mut().find(|known| known.id == service.id) {
        Some(known) => set(&mut known.promises, ticket.class, promise),
        None => {
            let agency = crate::config::service_agencies().get(service.id.as_str()).and_then(|code| AgencyCode::new(code).ok());
            let agency = agency.unwrap_or_else(|| service.agency.clone());
            let unknown = Promise::within(UNKNOWN_PROMISE);
            let mut promises = Promises { standard: unknown, priority: unknown, appointment: unknown };
            set(&mut promises, ticket.class, promise);
            rules.services.push(ServicePolicy { agency, promises, ..service.clone() });
        }
    }
}

/// A counter that the rules at hand do not know called for what it called. One that they know is taken as they have it.
fn learn_counter(rules: &mut Policy, hall: &Hall, called: &Called, ticket: &Ticket) {
    let Some(desk) = hall.counter(called.counter) else { return };
    let service = &hall.services()[ticket.service].policy.id;
    if !desk.policy.profile.is_empty() || desk.is_meant(&ticket.target) {
        return;
    }
    if !rules.counters.iter().any(|counter| counter.id == called.counter) {
        rules.counters.push(CounterPolicy { profile: Vec::new(), ..desk.policy.clone() });
    }
    let counter = rules.counters.iter_mut().find(|counter| counter.id == called.counter);
    if let Some(counter) = counter.filter(|counter| !counter.profile.iter().any(|(known, _)| known == service)) {
        counter.profile.push((service.clone(), called.why.weight));
    }
}

fn set(promises: &mut Promises, class: Class, promise: Promise) {
    match class {
        Class::Standard => promises.standard = promise,
        Class::Priority => promises.priority = promise,
        Class::Appointment => promises.appointment = promise,
    }
}
