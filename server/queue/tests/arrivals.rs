//! Who gets a ticket besides those who simply come: appointments, those whom yesterday could not serve, and a full hall.

mod common;

use common::{Bench, MINUTE, at, id, policy};
use protocol::{BookingId, Class, CounterId, Language, PauseReason, Refusal, Seq, TicketId, TicketNumber, Time};
use queue::{Arrival, Booked, BusinessDay, Command, Event, Hall, Issued, Policy, Recorded};

fn number(text: &str) -> TicketNumber {
    text.parse().expect("a number")
}

fn booked(at: Time, booking: Option<u64>) -> Command {
    let booked = Some(Booked { at, booking: booking.map(BookingId) });
    Command::IssueTicket(Arrival { booked, ..Arrival::new(id("id"), Class::Standard, Language::En) })
}

fn issued(events: Result<Vec<Event>, Refusal>) -> Issued {
    match events.as_deref() {
        Ok([Event::TicketIssued(issued)]) => issued.clone(),
        other => panic!("no ticket: {other:?}"),
    }
}

/// The morning after, in the same hall.
fn tomorrow() -> BusinessDay {
    let today = common::day();
    let later = |time: Time| time.plus(24 * 60 * MINUTE);
    BusinessDay {
        date: "2026-11-26".into(),
        midnight: later(today.midnight),
        tickets_from: later(today.tickets_from),
        opens_at: later(today.opens_at),
        closes_at: later(today.closes_at),
    }
}

#[test]
fn a_booked_visit_checks_in_within_its_window_and_its_clock_starts_at_the_booked_time() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.now = at(9, 29);
    assert_eq!(bench.ask(booked(at(10, 0), Some(1))), Err(Refusal::AppointmentEarly));
    bench.now = at(9, 40);
    let early = issued(bench.ask(booked(at(10, 0), Some(1))));
    assert_eq!((early.class, early.clock_start, early.booked_at), (Class::Appointment, at(10, 0), Some(at(10, 0))));
    assert_eq!(bench.ask(booked(at(10, 0), Some(1))), Err(Refusal::AppointmentUsed));
    bench.now = at(10, 10);
    let late = issued(bench.ask(booked(at(10, 0), Some(2))));
    assert_eq!(late.clock_start, at(10, 10), "who comes late has not waited yet");
    bench.now = at(10, 16);
    assert_eq!(bench.ask(booked(at(10, 0), Some(3))), Err(Refusal::AppointmentLate));
}

#[test]
fn nobody_is_told_a_wait_that_ends_before_the_booked_time() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    bench.now = at(9, 35);
    let wait = issued(bench.ask(booked(at(10, 0), None))).wait.expect("a counter is open");
    assert!(wait.to_minutes >= 25, "{wait} minutes told, twenty-five minutes before the time");
}

#[test]
fn an_appointment_is_called_at_its_time_before_those_who_came_without_one() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.now = at(9, 40);
    let early = issued(bench.ask(booked(at(10, 0), Some(1)))).ticket;
    bench.now = at(9, 45);
    let walked_in = bench.issue("id");
    bench.staff(1);
    bench.now = at(9, 59);
    assert_eq!(bench.next(1), Ok(walked_in), "its time has not come");
    bench.no_show(1, walked_in).expect("called");
    let second = bench.issue("id");
    bench.now = at(10, 8);
    assert_eq!(bench.next(1), Ok(early), "8 of 10 minutes against 9 of 30; {second} waits");
}

#[test]
fn an_appointment_on_a_slip_alone_is_confirmed_or_withdrawn_by_an_officer() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.now = at(10, 0);
    let said = issued(bench.ask(booked(at(10, 0), None)));
    let set = |number, priority| Command::SetPriority { number, priority };
    bench.ask(set(said.number, true)).expect("the officer has seen the slip");
    assert_eq!(bench.hall.ticket(said.ticket).map(|ticket| (ticket.class, ticket.classed)), Some((Class::Appointment, true)));
    assert_eq!(bench.ask(set(said.number, true)), Err(Refusal::ClassUnchanged), "once");
    bench.ask(set(said.number, false)).expect("confirmed by mistake");
    bench.ask(set(said.number, true)).expect("and right after all");
    assert_eq!(bench.hall.ticket(said.ticket).map(|ticket| ticket.class), Some(Class::Appointment));
    let other = issued(bench.ask(booked(at(10, 0), None)));
    bench.ask(set(other.number, false)).expect("there is no such slip");
    assert_eq!(bench.hall.ticket(other.ticket).map(|ticket| ticket.class), Some(Class::Standard));
    let listed = issued(bench.ask(booked(at(10, 0), Some(9))));
    assert_eq!(bench.ask(set(listed.number, false)), Err(Refusal::ClassUnchanged), "the centre's own list is not doubted");
}

#[test]
fn whoever_came_early_for_no_appointment_has_waited_since() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.now = at(9, 35);
    let early = issued(bench.ask(booked(at(10, 0), None)));
    assert_eq!(early.clock_start, at(10, 0));
    bench.now = at(9, 50);
    bench.ask(Command::SetPriority { number: early.number, priority: false }).expect("there is no such slip");
    assert_eq!(bench.hall.ticket(early.ticket).map(|ticket| ticket.clock_start), Some(at(9, 35)));
}

#[test]
fn who_checked_in_by_mistake_can_do_so_again_and_the_list_is_not_bound_by_the_quota() {
    let mut rules = policy(&[("id", 'J', 30)], &[&["id"]]);
    rules.services[0].quota = Some(0);
    let mut bench = Bench::with(rules);
    bench.now = at(10, 0);
    let first = issued(bench.ask(booked(at(10, 0), Some(4))));
    assert_eq!(bench.ask(booked(at(10, 0), Some(4))), Err(Refusal::AppointmentUsed));
    bench.ask(Command::CancelTicket { number: first.number, reason: protocol::CancelReason::Mistake }).expect("waiting");
    issued(bench.ask(booked(at(10, 0), Some(4))));
    assert_eq!(bench.ask(booked(at(10, 0), None)), Err(Refusal::ServiceFull), "a slip alone is no promise");
}

#[test]
fn whom_the_day_could_not_serve_comes_next_morning_with_the_wait_of_that_day() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.now = at(18, 50);
    bench.issue("id");
    bench.issue_class("id", Class::Priority);
    bench.now = at(21, 0);
    bench.ask(Command::CloseDay).expect("open");
    // Switched off over night: the journal is all that is left.
    let mut again = Hall::new(bench.hall.policy().clone());
    bench.journal.iter().for_each(|recorded| again.apply(recorded));
    bench.hall = again;
    let morning = |hour, minute| at(hour, minute).plus(24 * 60 * MINUTE);
    bench.now = morning(6, 30);
    bench.ask(Command::OpenDay(tomorrow())).expect("closed");
    let first = bench.issue("id");
    bench.now = morning(7, 0);
    let take_up = |text| Command::TakeUpReturn { number: number(text), language: Language::Sw };
    let back = issued(bench.ask(take_up("J001")));
    assert_eq!((back.clock_start, back.taken_up), (morning(6, 30), Some(number("J001"))), "130 minutes waited, 30 promised: 30 count");
    assert_eq!(back.ahead, 1, "only the one of this morning, who came half an hour ago as well");
    assert_ne!(back.number, number("J001"), "that number is somebody else's today");
    assert_eq!(bench.ask(take_up("J001")), Err(Refusal::NoReturnTicket), "once");
    assert_eq!(bench.ask(take_up("K042")), Err(Refusal::NoReturnTicket));
    bench.ask(Command::CancelTicket { number: back.number, reason: protocol::CancelReason::Mistake }).expect("waiting");
    issued(bench.ask(take_up("J001")));
    assert_eq!(issued(bench.ask(take_up("J002"))).class, Class::Priority);
    bench.staff(1);
    assert_eq!(bench.next(1).map(|_| ()), Ok(()));
    assert!(bench.hall.ticket(first).is_some());
    bench.now = morning(21, 0);
    bench.ask(Command::CloseDay).expect("open");
    let events = bench.journal.iter().filter(|recorded| matches!(recorded.event, Event::DayOpened { .. })).count();
    assert_eq!(events, 2);
}

#[test]
fn a_quota_does_not_keep_out_whom_yesterday_could_not_serve() {
    let mut policy = policy(&[("id", 'J', 30)], &[&["id"]]);
    policy.services[0].quota = Some(1);
    let mut bench = Bench::with(policy);
    bench.issue("id");
    bench.now = at(21, 0);
    bench.ask(Command::CloseDay).expect("open");
    bench.now = at(7, 0).plus(24 * 60 * MINUTE);
    bench.ask(Command::OpenDay(tomorrow())).expect("closed");
    bench.issue("id");
    assert_eq!(bench.ask(Command::IssueTicket(Arrival::new(id("id"), Class::Standard, Language::En))), Err(Refusal::ServiceFull));
    issued(bench.ask(Command::TakeUpReturn { number: number("J001"), language: Language::En }));
}

#[test]
fn a_full_hall_lets_people_wait_outside_and_calls_them_in_by_turn() {
    let mut bench = Bench::with(Policy { inside_max: Some(2), ..policy(&[("id", 'J', 30)], &[&["id"]]) });
    let inside = [bench.issue("id"), bench.issue("id")];
    bench.wait(1);
    let outside = bench.issue("id");
    bench.wait(6);
    let hurried = bench.issue_class("id", Class::Priority);
    assert_eq!(bench.hall.outside().collect::<Vec<_>>(), [outside, hurried]);
    assert_eq!(bench.hall.overdue(bench.now), None, "there is no room");
    bench.staff(1);
    let ticket = bench.next(1).expect("waiting");
    assert_eq!(ticket, inside[0]);
    bench.start(1, ticket).expect("called");
    bench.wait(4);
    bench.finish(1, ticket, false).expect("serving");
    assert_eq!(bench.hall.overdue(bench.now), Some(Command::Admit));
    let events = bench.ask(Command::Admit).expect("room");
    assert!(
        matches!(events[..], [Event::TicketAdmitted { ticket, .. }] if ticket == hurried),
        "4 of 5 minutes against 10 of 30: {events:?}"
    );
    assert_eq!(bench.ask(Command::Admit), Err(Refusal::NobodyWaiting));
    // Whoever is called comes in whatever the door says, and nobody is forgotten outside.
    let number = bench.hall.ticket(outside).expect("live").number;
    let reason = protocol::OutOfOrderReason::Supervisor;
    bench.ask(Command::CallTicket { counter: CounterId(1), officer: common::officer(1), number, reason }).expect("waiting");
    assert_eq!(bench.hall.outside().count(), 0);
    assert_eq!(bench.hall.inside(), 3);
}

#[test]
fn nobody_is_asked_in_to_wait_for_a_service_that_stands_still() {
    let mut bench = Bench::with(Policy { inside_max: Some(1), ..policy(&[("id", 'J', 30), ("tax", 'S', 30)], &[&["id", "tax"]]) });
    let there = bench.issue("id");
    bench.issue("tax");
    let agency = common::agency("TAX");
    let reason = protocol::request::SuspensionReason::SystemDown;
    bench.ask(Command::SuspendServices { agency: agency.clone(), service: None, reason, back_at: None }).expect("runs");
    let number = bench.hall.ticket(there).expect("live").number;
    bench.ask(Command::CancelTicket { number, reason: protocol::CancelReason::GivenUp }).expect("waiting");
    assert_eq!(bench.hall.overdue(bench.now), None);
    bench.ask(Command::ResumeServices { agency, service: None }).expect("suspended");
    assert_eq!(bench.hall.overdue(bench.now), Some(Command::Admit));
}

#[test]
fn an_old_journal_still_folds() {
    // As it was written before bookings, return tickets, breaks with a reason and a full hall.
    let old = [
        r#"{"type":"day_opened","day":{"date":"2026-11-25","midnight":1795554000000,"tickets_from":1795577400000,"opens_at":1795579200000,"closes_at":1795622400000},"first_ticket":1,"first_call":1}"#,
        r#"{"type":"ticket_issued","ticket":1,"number":"J001","service":"id","class":"standard","language":"sw","clock_start":1795579200000,"ahead":0,"wait":null}"#,
        r#"{"type":"counter_opened","counter":1,"officer":"officer-1"}"#,
        r#"{"type":"counter_paused","counter":1,"officer":"officer-1","back_at":null}"#,
    ];
    let mut hall = Hall::new(policy(&[("id", 'J', 30)], &[&["id"]]));
    for (index, text) in old.iter().enumerate() {
        let event: Event = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        hall.apply(&Recorded { seq: Seq(index as u64 + 1), at: at(7, 0), event });
        hall.check().expect("sound");
    }
    let ticket = hall.ticket(TicketId(1)).expect("issued");
    assert!(!ticket.outside && ticket.marks.is_empty());
    assert!(matches!(&hall.counters()[0].state, queue::Counter::Paused { reason: PauseReason::Break, .. }));
}
