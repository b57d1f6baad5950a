//! Who is next: the promise rule, in integers.
//!
//! A free counter calls the ticket that has used up the largest share of its promise:
//! `score = weight * (now - clock_start + head_start) / promise`, the largest first; ties go to the earlier clock, then
//! to the lower sequence. This is Kleinrock's accumulating-priority queue (A delay dependent queue discipline, 1964;
//! Stanford, Taylor, Ziedins, Queueing Systems 77, 2014). Scores are compared by cross-multiplication in `i128`, so
//! that server, replay and any reference agree bit for bit. Within a lane the head has the largest score, so only heads
//! are compared.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use protocol::{Class, OutOfOrderReason, Target, TicketId, Time};

use crate::event::{RunnerUp, Why};
use crate::hall::{Counter, CounterDesk, Hall, Ticket};

/// A ticket that could be called, with the figures of its score.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) ticket: TicketId,
    pub(crate) clock_start: Time,
    waited: i64,
    promise: i64,
    weight: u32,
    front: bool,
}

impl Candidate {
    /// Orders by who was put in front, then by score, earlier clock, lower sequence; the greatest is called.
    fn compare(&self, other: &Candidate) -> Ordering {
        let score = |of: &Candidate, over: &Candidate| i128::from(of.weight) * i128::from(of.waited) * i128::from(over.promise);
        let by_score = score(self, other).cmp(&score(other, self));
        self.front.cmp(&other.front).then(by_score).then(other.clock_start.cmp(&self.clock_start)).then(other.ticket.cmp(&self.ticket))
    }
}

/// Returns the ticket that the counter calls next and why, or nothing when none that it may call waits.
pub fn next_ticket(hall: &Hall, counter: &CounterDesk, now: Time) -> Option<(TicketId, Why)> {
    let mut best: Option<Candidate> = None;
    let mut second: Option<Candidate> = None;
    for candidate in heads(hall, counter, now) {
        match best {
            Some(leader) if candidate.compare(&leader) == Ordering::Less => {
                if second.is_none_or(|second| candidate.compare(&second) == Ordering::Greater) {
                    second = Some(candidate);
                }
            }
            _ => {
                second = best;
                best = Some(candidate);
            }
        }
    }
    let best = best?;
    let runner_up = second.and_then(|second| {
        let number = hall.ticket(second.ticket)?.number;
        Some(RunnerUp { number, waited: second.waited, promise: second.promise })
    });
    Some((
        best.ticket,
        Why { waited: best.waited, promise: best.promise, weight: best.weight, runner_up, front: best.front, out_of_order: None },
    ))
}

/// Returns the reason of a call out of order: its own figures, and whose turn it was. When it is its turn, the reason is
/// that.
pub fn why_out_of_order(hall: &Hall, counter: &CounterDesk, ticket: &Ticket, reason: OutOfOrderReason, now: Time) -> Why {
    let turn = next_ticket(hall, counter, now);
    if let Some((_, why)) = turn.as_ref().filter(|(turn, _)| *turn == ticket.id) {
        return why.clone();
    }
    let promise = hall.promise(ticket);
    let weight = counter.profile.iter().find(|(service, _)| *service == ticket.service).map_or(UNIT_WEIGHT, |(_, weight)| *weight);
    let runner_up = turn.and_then(|(turn, why)| {
        let number = hall.ticket(turn)?.number;
        Some(RunnerUp { number, waited: why.waited, promise: why.promise })
    });
    let waited = ticket.waited(now) + promise.head_start;
    Why { waited, promise: promise.within, weight, runner_up, front: false, out_of_order: Some(reason) }
}

/// Returns up to `most` waiting tickets in the order in which the counter would call them if time stood still.
pub fn upcoming<'a>(hall: &'a Hall, counter: &CounterDesk, now: Time, most: usize) -> Vec<&'a Ticket> {
    let mut candidates: Vec<Candidate> = reserved(hall, counter, now).collect();
    for (service, weight) in &counter.profile {
        for class in Class::ALL {
            let lane = hall.services[*service].lane(class).iter().filter_map(|(_, id)| hall.ticket(*id));
            let lane = lane.filter(|ticket| hall.may_call(counter, ticket)).take(most);
            candidates.extend(lane.filter_map(|ticket| candidate(hall, ticket, *weight, now)));
        }
    }
    candidates.sort_by(|a, b| b.compare(a));
    candidates.iter().take(most).filter_map(|candidate| hall.ticket(candidate.ticket)).collect()
}

/// Returns the idle counter that takes an arriving ticket: fewest services first, then longest idle, then lowest number.
pub fn idle_counter<'a>(hall: &'a Hall, ticket: &Ticket) -> Option<&'a CounterDesk> {
    let idle = |counter: &CounterDesk| match counter.state {
        Counter::Free { since, .. } => Some(since),
        Counter::Closed | Counter::Paused { .. } | Counter::Busy { .. } => None,
    };
    hall.services[ticket.service]
        .counters
        .iter()
        .map(|index| &hall.counters[*index])
        .filter(|counter| hall.may_call(counter, ticket))
        .filter_map(|counter| Some((counter.profile.len(), idle(counter)?, counter.policy.id, counter)))
        .min_by_key(|(services, since, id, _)| (*services, *since, *id))
        .map(|(_, _, _, counter)| counter)
}

/// Returns tickets in the order in which a counter that serves them all would call them.
pub(crate) fn by_turn(hall: &Hall, tickets: Vec<TicketId>, now: Time) -> Vec<TicketId> {
    let figures = |id: TicketId| candidate(hall, hall.ticket(id)?, UNIT_WEIGHT, now);
    let mut candidates: Vec<Candidate> = tickets.into_iter().filter_map(figures).collect();
    candidates.sort_by(|a, b| b.compare(a));
    candidates.into_iter().map(|candidate| candidate.ticket).collect()
}

/// The usual weight, thousandths; also of a service that a counter does not serve but may call one ticket of.
pub const UNIT_WEIGHT: u32 = 1_000;

/// Returns the first ticket that the counter may call of each class of each of its services, and those meant for it alone.
pub(crate) fn heads(hall: &Hall, counter: &CounterDesk, now: Time) -> impl Iterator<Item = Candidate> {
    let of_profile = counter.profile.iter().flat_map(move |(service, weight)| {
        let desk = &hall.services[*service];
        let callable = desk.lanes.iter().any(|lane| !lane.is_empty()) && hall.suspension(desk).is_none();
        let classes: &[Class] = if callable { &Class::ALL } else { &[] };
        classes.iter().filter_map(move |class| {
            let (clock_start, ticket) = *desk.lane(*class).iter().find(|(_, id)| in_turn(hall, counter, *id))?;
            let promise = desk.policy.promises.of(*class);
            let waited = now.0 - clock_start.0 + promise.head_start;
            Some(Candidate { ticket, clock_start, waited, promise: promise.within, weight: *weight, front: false })
        })
    });
    of_profile.chain(fronts(hall, counter, now)).chain(reserved(hall, counter, now))
}

/// Returns the tickets that were put in front and that the counter may call.
fn fronts(hall: &Hall, counter: &CounterDesk, now: Time) -> impl Iterator<Item = Candidate> {
    let tickets = hall.fronts.iter().filter_map(|id| hall.ticket(*id)).filter(|ticket| hall.may_call(counter, ticket));
    tickets.filter_map(move |ticket| {
        let (_, weight) = counter.profile.iter().find(|(service, _)| *service == ticket.service)?;
        candidate(hall, ticket, *weight, now)
    })
}

/// Most halls have no ticket that is meant for somebody or was put in front: then none is looked up.
fn in_turn(hall: &Hall, counter: &CounterDesk, ticket: TicketId) -> bool {
    let plain = hall.reserved.is_empty() && hall.fronts.is_empty();
    plain || hall.ticket(ticket).is_some_and(|ticket| !ticket.front && hall.may_call(counter, ticket))
}

/// Returns the tickets meant for the counter's officer whose service it does not serve.
fn reserved(hall: &Hall, counter: &CounterDesk, now: Time) -> impl Iterator<Item = Candidate> {
    let officer = counter.state.officer().filter(|_| !hall.reserved.is_empty());
    let target = officer.map(|officer| Target::Officer(officer.clone()));
    let tickets = target.into_iter().filter_map(|target| hall.reserved.get(&target)).flatten().filter_map(|id| hall.ticket(*id));
    let elsewhere = tickets.filter(|ticket| !counter.serves(ticket.service));
    elsewhere.filter_map(move |ticket| candidate(hall, ticket, UNIT_WEIGHT, now))
}

/// Returns the earliest clock among the tickets that the counter may call, besides those for which `new` holds.
pub(crate) fn oldest_besides(hall: &Hall, counter: &CounterDesk, new: impl Fn(&Ticket) -> bool) -> Option<Time> {
    let callable = |ticket: &&Ticket| !new(ticket) && hall.may_call(counter, ticket);
    let lanes = counter.profile.iter().filter(|(service, _)| hall.suspension(&hall.services[*service]).is_none());
    let lanes = lanes.flat_map(|(service, _)| hall.services[*service].lanes.iter());
    let first = lanes.filter_map(|lane| lane.iter().filter_map(|(_, id)| hall.ticket(*id)).find(callable));
    let officer = counter.state.officer().and_then(|officer| hall.reserved.get(&Target::Officer(officer.clone())));
    let meant = officer.into_iter().flatten().filter_map(|id| hall.ticket(*id)).filter(callable);
    let meant = meant.filter(|ticket| hall.suspension(&hall.services[ticket.service]).is_none());
    first.chain(meant).map(|ticket| ticket.clock_start).min()
}

fn candidate(hall: &Hall, ticket: &Ticket, weight: u32, now: Time) -> Option<Candidate> {
    let desk = &hall.services[ticket.service];
    if hall.suspension(desk).is_some() {
        return None;
    }
    let promise = desk.policy.promises.of(ticket.class);
    let waited = now.0 - ticket.clock_start.0 + promise.head_start;
    let (id, clock_start, front) = (ticket.id, ticket.clock_start, ticket.front);
    Some(Candidate { ticket: id, clock_start, waited, promise: promise.within, weight, front })
}

/// Somebody who is about to join a queue.
#[derive(Clone, Copy, Debug)]
pub struct Newcomer {
    /// What for, an index into [`Hall::services`].
    pub service: usize,
    /// In which class.
    pub class: Class,
    /// With which clock: now, but for those who have waited before or are booked for later.
    pub clock_start: Time,
}

/// Returns how many waiting tickets would be called before a newcomer, if nobody came after it.
///
/// Services that exactly the same counters serve stand in one queue. Of its own lane, all with an earlier clock are called before it. One of
/// another class is, if its share of its promise is still the larger when the newcomer has waited `expected`
/// milliseconds. At most [`AHEAD_COUNTED`] of each other class are looked at.
pub fn ahead_of_newcomer(hall: &Hall, newcomer: Newcomer, now: Time, expected: i64) -> u32 {
    let Newcomer { service, class, clock_start } = newcomer;
    let mine = hall.services[service].policy.promises.of(class);
    let then = now.plus(expected);
    let my_wait = then.0 - clock_start.0 + mine.head_start;
    let before_me = |clock_start: Time, other: crate::policy::Promise| {
        let waited = then.0 - clock_start.0 + other.head_start;
        i128::from(waited) * i128::from(mine.within) >= i128::from(my_wait) * i128::from(other.within)
    };
    let mut ahead = 0;
    for index in one_queue(hall, service) {
        let desk = &hall.services[index];
        for other in Class::ALL {
            let lane: &BTreeSet<_> = desk.lane(other);
            ahead += match index == service && other == class {
                true => lane.len() - lane.range((clock_start, TicketId(u64::MAX))..).count(),
                false => {
                    let promise = desk.policy.promises.of(other);
                    lane.iter().take(AHEAD_COUNTED).take_while(|(start, _)| before_me(*start, promise)).count()
                }
            };
        }
    }
    u32::try_from(ahead).unwrap_or(u32::MAX)
}

/// Returns how many waiting tickets of its queue have a larger score than a waiting ticket at `now`: those who would be
/// called before it if time stood still. At most [`AHEAD_COUNTED`] of each class are looked at.
pub fn ahead_of(hall: &Hall, ticket: &Ticket, now: Time) -> u32 {
    let figures = |service: usize, class: Class, clock_start: Time, ticket: TicketId| {
        let promise = hall.services[service].policy.promises.of(class);
        Candidate {
            ticket,
            clock_start,
            waited: now.0 - clock_start.0 + promise.head_start,
            promise: promise.within,
            weight: 1,
            front: false,
        }
    };
    let mine = figures(ticket.service, ticket.class, ticket.clock_start, ticket.id);
    let before_me = |service: usize, class: Class| {
        let lane = hall.services[service].lane(class).iter().take(AHEAD_COUNTED);
        lane.take_while(|(start, id)| figures(service, class, *start, *id).compare(&mine) == Ordering::Greater).count()
    };
    let lanes = one_queue(hall, ticket.service).flat_map(|service| Class::ALL.map(|class| (service, class)));
    u32::try_from(lanes.map(|(service, class)| before_me(service, class)).sum::<usize>()).unwrap_or(u32::MAX)
}

/// Returns the services that the same counters serve, this one among them; others only while they are not suspended.
fn one_queue(hall: &Hall, service: usize) -> impl Iterator<Item = usize> + '_ {
    let counters = &hall.services[service].counters;
    let together = move |(index, desk): &(usize, &crate::hall::ServiceDesk)| {
        *index == service || (desk.counters == *counters && !counters.is_empty() && hall.suspension(desk).is_none())
    };
    hall.services.iter().enumerate().filter(together).map(|(index, _)| index)
}

/// How far into another class's lane [`ahead_of_newcomer`] looks.
pub const AHEAD_COUNTED: usize = 500;
