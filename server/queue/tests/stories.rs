//! Given these events, when this command, then these events or this refusal.

mod common;

use common::{Bench, MINUTE, agency, at, called, day, id, officer, policy};
use protocol::request::SuspensionReason;
use protocol::{Class, CounterId, Language, PauseReason, Refusal, TicketNumber};
use queue::{Arrival, BusinessDay, Command, Counter, End, Event, Hall, Stage};

#[test]
fn a_ticket_goes_from_issue_to_end() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    let ticket = bench.issue("id");
    assert_eq!(bench.hall.ticket(ticket).expect("live").number, TicketNumber { letter: 'J', number: 1 });
    assert_eq!(bench.next(1), Ok(ticket));
    bench.start(1, ticket).expect("called");
    bench.wait(5);
    bench.finish(1, ticket, false).expect("served");
    assert_eq!(bench.hall.ended(ticket), Some(End::Finished(protocol::Outcome::Served)));
    assert_eq!(bench.next(1), Err(Refusal::NobodyWaiting));
}

#[test]
fn a_recall_is_a_new_announcement_of_the_same_ticket() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    let ticket = bench.issue("id");
    bench.next(1).expect("waiting");
    let first = match bench.hall.ticket(ticket).expect("live").stage {
        Stage::Called { call, .. } => call,
        ref other => panic!("{other:?}"),
    };
    let recall = Command::Recall { counter: CounterId(1), officer: officer(1), ticket };
    let events = bench.ask(recall.clone()).expect("called");
    assert!(matches!(&events[..], [Event::TicketRecalled { call, .. }] if call.0 == first.0 + 1));
    bench.start(1, ticket).expect("called");
    assert_eq!(bench.ask(recall), Err(Refusal::TicketNotCalled));
}

#[test]
fn a_double_press_never_calls_a_second_ticket() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    let first = bench.issue("id");
    let second = bench.issue("id");
    assert_eq!(bench.next(1), Ok(first));
    assert_eq!(bench.next(1), Err(Refusal::CounterBusy));
    bench.start(1, first).expect("called");
    assert_eq!(called(&bench.finish(1, first, true).expect("served")), Some(second));
    assert_eq!(bench.finish(1, first, true), Err(Refusal::StaleTicket));
}

#[test]
fn a_counter_has_one_officer_and_an_officer_one_counter() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"], &["id"]]);
    bench.staff(1);
    let open = |counter, who| Command::OpenCounter { counter: CounterId(counter), officer: officer(who) };
    assert_eq!(bench.ask(open(1, 1)), Err(Refusal::CounterOpen));
    assert_eq!(bench.ask(open(1, 2)), Err(Refusal::CounterTaken));
    assert_eq!(bench.ask(open(2, 1)), Err(Refusal::OfficerElsewhere));
    assert_eq!(bench.ask(open(9, 2)), Err(Refusal::UnknownCounter));
    assert_eq!(bench.ask(Command::CallNext { counter: CounterId(1), officer: officer(2) }), Err(Refusal::CounterTaken));
    assert_eq!(bench.ask(Command::CallNext { counter: CounterId(2), officer: officer(2) }), Err(Refusal::CounterClosed));
}

#[test]
fn a_stale_screen_acts_on_nothing() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    let first = bench.issue("id");
    let second = bench.issue("id");
    assert_eq!(bench.start(1, first), Err(Refusal::CounterIdle));
    bench.next(1).expect("waiting");
    assert_eq!(bench.start(1, second), Err(Refusal::StaleTicket));
    assert_eq!(bench.start(1, protocol::TicketId(99)), Err(Refusal::UnknownTicket));
    assert_eq!(bench.finish(1, first, false), Err(Refusal::TicketNotServing));
    bench.start(1, first).expect("called");
    assert_eq!(bench.no_show(1, first), Err(Refusal::TicketNotCalled));
}

#[test]
fn a_break_stops_calls_until_the_officer_is_back() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    let ticket = bench.issue("id");
    let (counter, officer) = (CounterId(1), officer(1));
    let back_at = Some(at(7, 30));
    bench.ask(Command::PauseCounter { counter, officer: officer.clone(), back_at, reason: PauseReason::Break }).expect("free");
    assert_eq!(bench.next(1), Err(Refusal::CounterPaused));
    bench.ask(Command::ResumeCounter { counter, officer: officer.clone() }).expect("paused");
    assert_eq!(bench.ask(Command::ResumeCounter { counter, officer: officer.clone() }), Err(Refusal::CounterNotPaused));
    assert_eq!(bench.next(1), Ok(ticket));
    assert_eq!(
        bench.ask(Command::PauseCounter { counter, officer: officer.clone(), back_at, reason: PauseReason::Break }),
        Err(Refusal::CounterBusy)
    );
    assert_eq!(bench.ask(Command::CloseCounter { counter, officer }), Err(Refusal::CounterBusy));
}

#[test]
fn a_suspended_service_keeps_its_tickets_in_their_place() {
    let mut bench = Bench::open(&[("ntsa", 'D', 30), ("id", 'J', 30)], &[&["ntsa", "id"]]);
    bench.staff(1);
    let waiting = bench.issue("ntsa");
    let suspend = Command::SuspendServices { agency: agency("NTSA"), service: None, reason: SuspensionReason::SystemDown, back_at: None };
    bench.ask(suspend.clone()).expect("going on");
    assert_eq!(bench.ask(suspend), Err(Refusal::AlreadySuspended));
    let issue = Command::IssueTicket(Arrival::new(id("ntsa"), Class::Standard, Language::En));
    assert_eq!(bench.ask(issue), Err(Refusal::ServiceSuspended));
    assert_eq!(bench.next(1), Err(Refusal::NobodyWaiting));
    bench.wait(10);
    let later = bench.issue("id");
    let resume = Command::ResumeServices { agency: agency("NTSA"), service: None };
    bench.ask(resume.clone()).expect("suspended");
    assert_eq!(bench.ask(resume), Err(Refusal::NotSuspended));
    assert_eq!(bench.next(1), Ok(waiting), "the place was kept while {later} came");
}

#[test]
fn a_full_a_closed_and_an_unknown_service_say_so_before_anyone_waits() {
    let mut policy = policy(&[("id", 'J', 30), ("helb", 'S', 30)], &[&["id", "helb"]]);
    policy.services[0].quota = Some(1);
    policy.services[1].hours = Some((9 * 60 * MINUTE, 12 * 60 * MINUTE));
    let mut bench = Bench::with(policy);
    bench.issue("id");
    let issue = |service| Command::IssueTicket(Arrival::new(id(service), Class::Standard, Language::En));
    assert_eq!(bench.ask(issue("id")), Err(Refusal::ServiceFull));
    assert_eq!(bench.ask(issue("helb")), Err(Refusal::ServiceClosed));
    assert_eq!(bench.ask(issue("visa")), Err(Refusal::UnknownService));
    bench.now = at(9, 0);
    bench.issue("helb");
    bench.now = at(12, 0);
    assert_eq!(bench.ask(issue("helb")), Err(Refusal::ServiceClosed));
    bench.now = at(19, 0);
    assert_eq!(bench.ask(issue("helb")), Err(Refusal::CentreClosed));
}

#[test]
fn numbers_wrap_past_those_still_held() {
    let mut policy = policy(&[("id", 'J', 30), ("birth", 'J', 30)], &[&["id", "birth"]]);
    policy.numbers = queue::NumberRange { first: 1, last: 3 };
    let mut bench = Bench::with(policy);
    bench.staff(1);
    let missed = bench.issue("id");
    let served = bench.issue("birth");
    bench.issue("id");
    let full = Command::IssueTicket(Arrival::new(id("id"), Class::Standard, Language::En));
    assert_eq!(bench.ask(full), Err(Refusal::NumbersExhausted));
    assert_eq!(bench.next(1), Ok(missed));
    bench.no_show(1, missed).expect("called");
    assert_eq!(bench.next(1), Ok(served));
    bench.start(1, served).expect("called");
    bench.finish(1, served, false).expect("served");
    let again = bench.issue("id");
    assert_eq!(bench.hall.ticket(again).expect("live").number.number, 2, "the first may still come back");
}

#[test]
fn a_counter_left_unattended_closes_and_its_ticket_keeps_its_place() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"], &["id"]]);
    bench.staff(1);
    let first = bench.issue("id");
    bench.wait(1);
    bench.issue("id");
    assert_eq!(bench.next(1), Ok(first));
    let deadline = bench.hall.next_deadline().expect("someone is called");
    assert_eq!(deadline, bench.now.plus(20 * MINUTE));
    bench.now = deadline;
    let command = bench.hall.overdue(bench.now).expect("the counter was left");
    let events = bench.ask(command).expect("still there");
    assert!(matches!(&events[..], [Event::TicketReturned { .. }, Event::CounterClosed { .. }]), "{events:?}");
    assert_eq!(bench.hall.counter(CounterId(1)).expect("known").state, Counter::Closed);
    bench.staff(2);
    assert_eq!(bench.next(2), Ok(first), "it stands where it stood");
}

#[test]
fn an_officer_who_could_call_nobody_was_not_away() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"], &["id"]]);
    bench.issue("id");
    bench.staff(1);
    bench.next(1).expect("waiting");
    bench.staff(2);
    bench.wait(20);
    bench.ask(bench.hall.overdue(bench.now).expect("counter 1 was left")).expect("still there");
    assert_eq!(bench.hall.overdue(bench.now), None, "counter 2 has someone to call only now");
    let suspend = Command::SuspendServices { agency: agency("ID"), service: None, reason: SuspensionReason::SystemDown, back_at: None };
    bench.ask(suspend).expect("going on");
    bench.wait(60);
    assert_eq!(bench.hall.overdue(bench.now), None);
    bench.ask(Command::ResumeServices { agency: agency("ID"), service: None }).expect("suspended");
    assert_eq!(bench.hall.overdue(bench.now), None, "and again");
    bench.wait(20);
    assert!(bench.hall.overdue(bench.now).is_some());
}

#[test]
fn a_break_that_does_not_end_frees_the_counter() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    let back_at = Some(protocol::Time(i64::MAX));
    bench.ask(Command::PauseCounter { counter: CounterId(1), officer: officer(1), back_at, reason: PauseReason::Break }).expect("free");
    bench.wait(120 + 59);
    assert_eq!(bench.hall.overdue(bench.now), None);
    bench.wait(1);
    bench.ask(bench.hall.overdue(bench.now).expect("two hours and patience")).expect("still there");
    assert_eq!(bench.hall.counter(CounterId(1)).expect("known").state, Counter::Closed);
}

#[test]
fn services_of_the_same_counters_are_one_queue_to_those_who_wait() {
    let mut bench = Bench::open(&[("new", 'J', 30), ("lost", 'J', 30), ("tax", 'S', 30)], &[&["new", "lost"], &["tax"]]);
    for service in ["new", "new", "tax"] {
        bench.issue(service);
    }
    let ticket = bench.issue("lost");
    let Some(queue::Recorded { event: Event::TicketIssued(issued), .. }) = bench.journal.last() else { panic!("issued last") };
    assert_eq!(issued.ahead, 2);
    bench.wait(1);
    assert_eq!(queue::dispatch::ahead_of(&bench.hall, bench.hall.ticket(ticket).expect("live"), bench.now), 2);
}

#[test]
fn an_officer_with_nobody_waiting_is_not_thought_gone() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    bench.wait(60);
    assert_eq!(bench.hall.overdue(bench.now), None);
    bench.issue("id");
    assert_eq!(bench.hall.overdue(bench.now), None, "the one who came waits from now on");
    bench.wait(20);
    assert!(bench.hall.overdue(bench.now).is_some());
}

#[test]
fn ticket_holders_are_served_after_closing_and_then_the_day_ends() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    bench.now = at(18, 59);
    let ticket = bench.issue("id");
    bench.now = at(19, 5);
    assert_eq!(bench.hall.overdue(bench.now), None);
    assert_eq!(bench.next(1), Ok(ticket));
    bench.start(1, ticket).expect("called");
    bench.finish(1, ticket, false).expect("served");
    assert_eq!(bench.hall.overdue(bench.now), None, "it may still be taken back");
    bench.wait(1);
    assert_eq!(bench.hall.overdue(bench.now), Some(Command::CloseDay));
    bench.ask(Command::CloseDay).expect("open");
    assert!(bench.hall.day().is_none());
}

#[test]
fn a_new_day_starts_its_numbers_again_and_keeps_its_ids() {
    let mut bench = Bench::open(&[("id", 'J', 30)], &[&["id"]]);
    bench.staff(1);
    let yesterday = bench.issue("id");
    bench.now = at(21, 0);
    let left = bench.hall.overdue(bench.now).expect("its officer went home");
    assert!(matches!(left, Command::ReleaseCounter { .. }));
    bench.ask(left).expect("open");
    let events = bench.ask(bench.hall.overdue(bench.now).expect("late")).expect("open");
    assert!(events.iter().any(|event| matches!(event, Event::TicketClosed { ticket } if *ticket == yesterday)));
    assert!(matches!(events.last(), Some(Event::DayClosed { unserved: 1 })));
    let today = BusinessDay { date: "2026-11-26".into(), ..shifted(day()) };
    bench.now = today.opens_at;
    bench.ask(Command::OpenDay(today)).expect("closed");
    let ticket = bench.issue("id");
    assert!(ticket > yesterday);
    assert_eq!(bench.hall.ticket(ticket).expect("live").number.number, 1);
}

#[test]
fn a_rule_that_went_away_loses_no_ticket() {
    let mut bench = Bench::open(&[("id", 'J', 30), ("old", 'K', 30)], &[&["id"], &["old"]]);
    bench.staff(2);
    let ticket = bench.issue("old");
    bench.next(2).expect("waiting");
    let mut hall = Hall::new(policy(&[("id", 'J', 30)], &[&["id"]]));
    for recorded in &bench.journal {
        hall.apply(recorded);
        hall.check().expect("whole");
    }
    assert!(hall.ticket(ticket).is_some());
}

#[test]
fn the_fold_of_the_journal_is_the_hall() {
    let mut bench = Bench::open(&[("id", 'J', 30), ("birth", 'L', 20)], &[&["id", "birth"], &["birth"]]);
    bench.staff(1);
    bench.staff(2);
    for _ in 0..4 {
        bench.issue("id");
        bench.issue_class("birth", Class::Priority);
        bench.wait(1);
    }
    let ticket = bench.next(1).expect("waiting");
    bench.start(1, ticket).expect("called");
    let mut again = Hall::new(bench.hall.policy().clone());
    for recorded in &bench.journal {
        let json = serde_json::to_string(&recorded.event).expect("plain data");
        let event = serde_json::from_str(&json).expect("reads back");
        again.apply(&queue::Recorded { event, ..recorded.clone() });
    }
    assert_eq!(format!("{again:?}"), format!("{:?}", bench.hall));
}

fn shifted(day: BusinessDay) -> BusinessDay {
    const DAY: i64 = 24 * 60 * MINUTE;
    BusinessDay {
        midnight: day.midnight.plus(DAY),
        tickets_from: day.tickets_from.plus(DAY),
        opens_at: day.opens_at.plus(DAY),
        closes_at: day.closes_at.plus(DAY),
        ..day
    }
}

#[test]
fn an_officer_who_had_nobody_to_call_until_now_has_not_been_away() {
    // Somebody whose clock runs since before: an appointment, or a visit that began elsewhere.
    let mut bench = Bench::open(&[("id", 'J', 30), ("police", 'K', 30)], &[&["id"], &["id"], &["police"]]);
    (1..=3).for_each(|counter| bench.staff(counter));
    bench.wait(30);
    let (service, clock_start) = (id("id"), Some(bench.now.plus(-30 * MINUTE)));
    let late = Command::IssueTicket(Arrival { clock_start, ..Arrival::new(service, Class::Appointment, Language::Sw) });
    bench.ask(late).expect("open");
    assert_eq!(bench.hall.overdue(bench.now), None);

    // Somebody who was called elsewhere meanwhile, and that call was undone.
    let ticket = bench.next(1).expect("waiting");
    bench.now = bench.now.plus(MINUTE / 2);
    bench.ask(Command::Undo { counter: CounterId(1), officer: officer(1) }).expect("a moment ago");
    bench.wait(19);
    assert_eq!(bench.hall.overdue(bench.now), None, "counter 2 could not call {ticket} for that moment");

    // Somebody meant for an officer who does not serve that, while it was suspended.
    assert_eq!(bench.next(1), Ok(ticket));
    let (to, standing) = (protocol::Target::Officer(officer(3)), protocol::Standing::Kept);
    let (counter, service) = (CounterId(1), id("id"));
    bench.ask(Command::TransferTicket { counter, officer: officer(1), ticket, service, to, standing, then_next: false }).expect("called");
    let (agency, service) = (agency("ID"), None);
    let reason = SuspensionReason::SystemDown;
    bench.ask(Command::SuspendServices { agency: agency.clone(), service: service.clone(), reason, back_at: None }).expect("running");
    bench.wait(30);
    bench.ask(Command::ResumeServices { agency, service }).expect("suspended");
    assert_eq!(bench.hall.overdue(bench.now), None);
}
