//! Failures that other queue systems are known for, each shown not to happen here. The names in brackets are those systems'
//! public issues.

mod common;

use std::collections::BTreeSet;

use common::{Bench, MINUTE, at, called, day, id, officer};
use protocol::{Class, CounterId, Language, Refusal, Time};
use queue::{Arrival, BusinessDay, Command, Event, Hall, Stage};

fn refolded(bench: &Bench) -> Hall {
    let mut hall = Hall::new(bench.hall.policy().clone());
    bench.journal.iter().for_each(|recorded| hall.apply(recorded));
    hall
}

/// [novosga 290, 367] Two citizens got the same number.
#[test]
fn two_citizens_never_hold_one_number() {
    let mut policy = common::policy(&[("id", 'J', 30), ("birth", 'J', 30)], &[&["id"], &["birth"]]);
    policy.numbers = queue::NumberRange { first: 1, last: 5 };
    let mut bench = Bench::with(policy);
    bench.staff(1);
    let mut held = BTreeSet::new();
    for round in 0..40 {
        let service = if round % 2 == 0 { "id" } else { "birth" };
        let command = Command::IssueTicket(Arrival::new(id(service), Class::Standard, Language::Sw));
        match bench.ask(command) {
            Ok(events) => {
                let [Event::TicketIssued(issued)] = &events[..] else { panic!("{events:?}") };
                assert!(held.insert(issued.number), "{} is held twice", issued.number);
            }
            Err(refusal) => {
                assert_eq!((refusal, held.len()), (Refusal::NumbersExhausted, 5));
                let Ok(ticket) = bench.next(1) else { break };
                held.remove(&bench.hall.ticket(ticket).expect("live").number);
                bench.start(1, ticket).expect("called");
                bench.finish(1, ticket, false).expect("serving");
            }
        }
        // A restart between any two citizens changes nothing.
        bench.hall = refolded(&bench);
    }
}

/// [sbc-qsystem 272] Two clerks called one ticket.
#[test]
fn two_officers_never_get_one_ticket() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"], &["id"]]);
    bench.staff(1);
    bench.staff(2);
    let only = bench.issue("id");
    assert_eq!(bench.next(1), Ok(only));
    assert_eq!(bench.next(2), Err(Refusal::NobodyWaiting));
    let number = bench.hall.ticket(only).expect("live").number;
    let by_number =
        Command::CallTicket { counter: CounterId(2), officer: officer(2), number, reason: protocol::OutOfOrderReason::Supervisor };
    assert_eq!(bench.ask(by_number), Err(Refusal::TicketNotWaiting));
}

/// [theq 626] Numbers went on over the day's boundary, or a ticket of yesterday was called.
#[test]
fn a_new_day_starts_its_numbers_again_and_nobody_of_yesterday_is_called() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    for _ in 0..3 {
        bench.issue("id");
    }
    bench.now = at(23, 0);
    while let Some(command) = bench.hall.overdue(bench.now) {
        bench.ask(command).expect("due");
    }
    let night = 24 * 60 * MINUTE;
    let next = |time: Time| time.plus(night);
    let today = day();
    let tomorrow = BusinessDay {
        date: "2026-11-26".into(),
        midnight: next(today.midnight),
        tickets_from: next(today.tickets_from),
        opens_at: next(today.opens_at),
        closes_at: next(today.closes_at),
    };
    bench.now = next(at(7, 0));
    bench.ask(Command::OpenDay(tomorrow)).expect("closed");
    bench.staff(1);
    assert_eq!(bench.next(1), Err(Refusal::NobodyWaiting));
    let first = bench.issue("id");
    assert_eq!(bench.hall.ticket(first).expect("live").number.number, 1);
    assert_eq!(bench.next(1), Ok(first));
}

/// [zms 3258] A parked ticket was called again though nobody wanted it.
#[test]
fn a_ticket_on_an_errand_is_not_called_by_the_rule() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    let parked = bench.issue("id");
    bench.next(1).expect("waiting");
    bench.start(1, parked).expect("called");
    bench
        .ask(Command::HoldTicket { counter: CounterId(1), officer: officer(1), ticket: parked, until: None, then_next: false })
        .expect("here");
    bench.wait(200);
    assert_eq!(bench.next(1), Err(Refusal::NobodyWaiting));
    let newcomer = bench.issue("id");
    assert_eq!(bench.next(1), Ok(newcomer));
    assert!(matches!(bench.hall.ticket(parked).expect("live").stage, Stage::Held { .. }));
}

/// [qsystem] Priority was lost when the server was started again.
#[test]
fn priority_survives_a_restart() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    let standard = bench.issue("id");
    bench.wait(6);
    let priority = bench.issue_class("id", Class::Priority);
    bench.wait(4);
    bench.hall = refolded(&bench);
    assert_eq!(bench.next(1), Ok(priority));
    bench.start(1, priority).expect("called");
    assert_eq!(called(&bench.finish(1, priority, true).expect("serving")), Some(standard));
}

/// [novosga] Among equals the newest was called first.
#[test]
fn among_equals_the_first_to_come_is_called_first() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    let order = [bench.issue("id"), bench.issue("id"), bench.issue("id")];
    bench.wait(5);
    for ticket in order {
        assert_eq!(bench.next(1), Ok(ticket), "all came in the same millisecond");
        bench.no_show(1, ticket).expect("called");
    }
}
