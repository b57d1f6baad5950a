//! How long a newcomer will wait: a first estimate from the work that stands before it.
//!
//! The work waiting at each open counter (tickets times their usual time, shared among the counters that could take
//! them) plus what the counters have in hand gives an expected wait; the class bends it by its share of the promise;
//! and a range is told, never a point, rounded outwards. Integers only, so that a replay says the same.

use protocol::time::MINUTE;
use protocol::{Class, Time, WaitRange};

use crate::dispatch::{self, Newcomer};
use crate::hall::{Counter, Hall, Stage, Ticket};

/// An expected wait and how many tickets it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Milliseconds.
    pub wait: i64,
    /// Tickets ahead on each counter, for the width of the range.
    pub depth: i64,
}

/// Returns the wait that a newcomer may expect; nothing when the service is suspended or no counter is open for it.
///
/// Before opening time, counters are taken to open on time.
pub fn expected_wait(hall: &Hall, service: usize, class: Class, now: Time) -> Option<Expected> {
    let desk = &hall.services[service];
    if hall.suspension(desk).is_some() {
        return None;
    }
    let opens_in = hall.day.as_ref().map_or(0, |day| day.hours.opens_at.since(now));
    let staffed = |index: &&usize| is_staffed(hall, **index, service, opens_in > 0);
    let counters: Vec<usize> = desk.counters.iter().filter(staffed).copied().collect();
    let count = i64::try_from(counters.len()).unwrap_or(i64::MAX);
    if count == 0 {
        return None;
    }
    let loads: Vec<i64> = counters.iter().map(|index| load(hall, *index, opens_in > 0)).collect();
    let least = loads.iter().copied().min().unwrap_or(0);
    let mean = loads.iter().sum::<i64>() / count;
    let in_hand = residual(hall, &counters, desk.usual(), count);
    let queue = bend((least + mean) / 2, hall, service, class);
    let wait = opens_in + queue + in_hand;
    Some(Expected { wait, depth: queue / desk.usual().max(1) })
}

/// Returns the range that is told: from the expected wait, wider where it stands on few tickets, rounded outwards.
pub fn told(expected: Expected) -> WaitRange {
    let root = (expected.depth.max(0) + 1).isqrt();
    let below = 150 + 300 / root;
    let above = 150 + 400 / root;
    let low = expected.wait * (1_000 - below) / 1_000;
    let high = expected.wait * (1_000 + above) / 1_000;
    rounded_outwards(low / MINUTE, (high + MINUTE - 1) / MINUTE)
}

/// Returns a range of minutes in steps of 2 below 10, 5 below 30, 10 below 90, then 15; never empty.
pub fn rounded_outwards(from: i64, to: i64) -> WaitRange {
    let step = |minutes: i64| match minutes {
        ..10 => 2,
        10..30 => 5,
        30..90 => 10,
        _ => 15,
    };
    let down = |minutes: i64| minutes / step(minutes) * step(minutes);
    let up = |minutes: i64| (minutes + step(minutes) - 1) / step(minutes) * step(minutes);
    let low = down(from.max(0));
    let high = up(to.max(1)).max(low + step(low));
    let short = |minutes: i64| u16::try_from(minutes).unwrap_or(u16::MAX);
    WaitRange { from_minutes: short(low), to_minutes: short(high) }
}

/// Returns whether a counter takes a service now; before opening, whether it is meant to when the day begins.
fn is_staffed(hall: &Hall, counter: usize, service: usize, before_opening: bool) -> bool {
    let desk = &hall.counters[counter];
    match (before_opening, &hall.day) {
        (true, Some(day)) => {
            let opening = day.hours.opens_at.since(day.hours.midnight);
            desk.policy.shifts.is_empty() || desk.policy.shifts.iter().any(|(from, until)| *from <= opening && opening < *until)
        }
        (true, None) | (false, _) => desk.state.is_open() && desk.serves(service),
    }
}

/// Returns the milliseconds of waiting work that fall to one counter, each ticket shared among those who could take it.
fn load(hall: &Hall, counter: usize, before_opening: bool) -> i64 {
    let shared = |service: &usize| {
        let desk = &hall.services[*service];
        let waiting = i64::try_from(desk.waiting()).unwrap_or(i64::MAX);
        if waiting == 0 || hall.suspension(desk).is_some() {
            return 0;
        }
        let open = desk.counters.iter().filter(|index| is_staffed(hall, **index, *service, before_opening)).count();
        waiting.saturating_mul(desk.usual()) / i64::try_from(open.max(1)).unwrap_or(1)
    };
    hall.counters[counter].profile.iter().map(|(service, _)| shared(service)).sum()
}

/// Returns the milliseconds until the first of the counters is free, as if each busy one were half way.
fn residual(hall: &Hall, counters: &[usize], usual: i64, count: i64) -> i64 {
    let busy = |index: &&usize| matches!(hall.counters[**index].state, Counter::Busy { .. });
    match counters.iter().filter(busy).count() == counters.len() {
        true => usual / (count + 1),
        false => 0,
    }
}

/// Bends a wait by class: a share of the promise, and a tenth more for those whom later arrivals may pass.
fn bend(wait: i64, hall: &Hall, service: usize, class: Class) -> i64 {
    let promises = &hall.services[service].policy.promises;
    match class {
        Class::Standard => wait * 11 / 10,
        Class::Priority | Class::Appointment => {
            let share = i128::from(wait) * i128::from(promises.of(class).within) / i128::from(promises.standard.within);
            i64::try_from(share).unwrap_or(wait).min(wait)
        }
    }
}

/// Returns what is left of a waiting ticket's wait when `ahead` are called before it: a newcomer's, by how much shorter its line is.
pub fn expected_again(hall: &Hall, ticket: &Ticket, ahead: u32, now: Time) -> Option<Expected> {
    let expected = expected_wait(hall, ticket.service, ticket.class, now).filter(|_| ticket.stage == Stage::Waiting)?;
    let newcomer = Newcomer { service: ticket.service, class: ticket.class, clock_start: now };
    let behind = dispatch::ahead_of_newcomer(hall, newcomer, now, expected.wait).max(ahead);
    let share = |whole: i64| whole * i64::from(ahead + 1) / i64::from(behind + 1);
    let lead = ticket.clock_start.since(now).max(0);
    Some(Expected { wait: share(expected.wait).saturating_add(lead), depth: share(expected.depth) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_rounded_outwards_in_the_steps_of_the_hall() {
        let range = |from, to| rounded_outwards(from, to).to_string();
        assert_eq!(range(0, 1), "0-2");
        assert_eq!(range(5, 9), "4-10");
        assert_eq!(range(13, 27), "10-30");
        assert_eq!(range(33, 58), "30-60");
        assert_eq!(range(76, 99), "70-105");
        assert_eq!(range(20, 20), "20-25");
    }
}
