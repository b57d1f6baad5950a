//! The promise rule: against a slow and obvious reference, and what it promises to people.

mod common;

use common::{Bench, MINUTE, officer, policy};
use proptest::prelude::*;
use protocol::{Class, CounterId, TicketId};
use queue::{Command, Hall, Stage, dispatch};

/// Every waiting ticket of the counter, compared as exact fractions; ties by clock, then by sequence.
fn reference(bench: &Bench, counter: u16) -> Option<TicketId> {
    let hall: &Hall = &bench.hall;
    let desk = hall.counter(CounterId(counter)).expect("known");
    let weight = |service: usize| desk.profile.iter().find(|(index, _)| *index == service).map(|(_, weight)| *weight);
    let mut best: Option<(i128, i128, i64, TicketId)> = None;
    for ticket in hall.tickets().filter(|ticket| ticket.stage == Stage::Waiting) {
        let Some(weight) = weight(ticket.service) else { continue };
        let score = i128::from(weight) * i128::from(bench.now.0 - ticket.clock_start.0);
        let promise = i128::from(hall.promise(ticket).within);
        let wins = best.is_none_or(|(other, of, clock, id)| {
            let (mine, theirs) = (score * of, other * promise);
            mine > theirs || (mine == theirs && (ticket.clock_start.0, ticket.id) < (clock, id))
        });
        if wins {
            best = Some((score, promise, ticket.clock_start.0, ticket.id));
        }
    }
    best.map(|(_, _, _, id)| id)
}

proptest! {
    #[test]
    fn the_rule_calls_whom_the_reference_calls(
        arrivals in prop::collection::vec((0usize..3, 0usize..3, 0i64..7), 1..60),
        weights in prop::collection::vec(1u32..5_000, 3),
        calls in 1usize..40,
    ) {
        let mut policy = policy(&[("a", 'J', 30), ("b", 'K', 17), ("c", 'L', 45)], &[&["a", "b", "c"]]);
        for (entry, weight) in policy.counters[0].profile.iter_mut().zip(&weights) {
            entry.1 = *weight;
        }
        let mut bench = Bench::with(policy);
        bench.staff(1);
        for (service, class, gap) in arrivals {
            bench.issue_class(["a", "b", "c"][service], Class::ALL[class]);
            bench.now = bench.now.plus(gap * MINUTE / 2);
        }
        for _ in 0..calls {
            let expected = reference(&bench, 1);
            match bench.next(1) {
                Ok(ticket) => {
                    prop_assert_eq!(Some(ticket), expected);
                    bench.no_show(1, ticket).expect("called");
                    bench.wait(1);
                }
                Err(_) => { prop_assert_eq!(expected, None); break }
            }
        }
    }

    #[test]
    fn within_a_class_nobody_is_passed(arrivals in prop::collection::vec((0usize..2, 0i64..4), 2..40)) {
        let mut bench = Bench::open(&[("a", 'J', 30)], &[&["a"]]);
        bench.staff(1);
        let mut order: [Vec<TicketId>; 2] = Default::default();
        for (class, gap) in arrivals {
            order[class].push(bench.issue_class("a", Class::ALL[class]));
            bench.wait(gap);
        }
        let mut called: [Vec<TicketId>; 2] = Default::default();
        while let Ok(ticket) = bench.next(1) {
            let class = bench.hall.ticket(ticket).expect("live").class as usize;
            called[class].push(ticket);
            bench.no_show(1, ticket).expect("called");
            bench.wait(1);
        }
        prop_assert_eq!(called, order);
    }
}

#[test]
fn only_those_who_came_early_in_my_wait_can_pass_me() {
    // A priority ticket with a sixth of the promise passes whoever came in the last sixth of its own wait, and no more.
    let mut bench = Bench::open(&[("a", 'J', 30)], &[&["a"]]);
    bench.staff(1);
    let regular = bench.issue("a");
    bench.wait(25);
    let early = bench.issue_class("a", Class::Priority);
    bench.wait(6);
    let late = bench.issue_class("a", Class::Priority);
    bench.now = bench.now.plus(1);
    assert_eq!(bench.next(1), Ok(early), "6 of 5 minutes against 31 of 30");
    bench.no_show(1, early).expect("called");
    assert_eq!(bench.next(1), Ok(regular), "it was not passed by {late}");
}

#[test]
fn a_call_says_why_and_who_was_second() {
    let mut bench = Bench::open(&[("a", 'J', 30)], &[&["a"]]);
    bench.staff(1);
    let regular = bench.issue("a");
    bench.wait(10);
    bench.issue_class("a", Class::Priority);
    bench.wait(5);
    let events = bench.ask(Command::CallNext { counter: CounterId(1), officer: officer(1) }).expect("waiting");
    let [queue::Event::TicketCalled(called)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((called.why.waited, called.why.promise), (5 * MINUTE, 5 * MINUTE));
    let second = called.why.runner_up.as_ref().expect("two waited");
    assert_eq!(second.number, bench.hall.ticket(regular).expect("live").number);
    assert_eq!((second.waited, second.promise), (15 * MINUTE, 30 * MINUTE));
}

#[test]
fn an_arriving_ticket_goes_to_the_counter_that_is_missed_least() {
    let mut bench = Bench::open(&[("a", 'J', 30), ("b", 'K', 30)], &[&["a", "b"], &["a"], &["a"]]);
    for counter in [1, 3, 2] {
        bench.staff(counter);
        bench.wait(1);
    }
    let ticket = bench.issue("a");
    let ticket = bench.hall.ticket(ticket).expect("live");
    let chosen = dispatch::idle_counter(&bench.hall, ticket).expect("three are idle");
    assert_eq!(chosen.policy.id, CounterId(3), "fewest services first, then longest idle");
}

#[test]
fn what_an_officer_sees_next_is_what_is_called_next() {
    let mut bench = Bench::open(&[("a", 'J', 30), ("b", 'K', 15)], &[&["a", "b"]]);
    bench.staff(1);
    for minute in 0..12 {
        bench.issue_class(if minute % 3 == 0 { "b" } else { "a" }, Class::ALL[usize::from(minute % 5 == 0)]);
        bench.wait(1);
    }
    let desk = bench.hall.counter(CounterId(1)).expect("known");
    let shown: Vec<TicketId> = dispatch::upcoming(&bench.hall, desk, bench.now, 6).iter().map(|ticket| ticket.id).collect();
    for ticket in shown {
        assert_eq!(bench.next(1), Ok(ticket));
        bench.no_show(1, ticket).expect("called");
    }
}
