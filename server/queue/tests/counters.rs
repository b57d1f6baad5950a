//! Counters and those who staff them: what an officer serves, pools, shifts, calls by itself, and what is noted of a visit.

mod common;

use common::{Bench, MINUTE, at, called, id, officer, policy};
use protocol::{CounterId, MarkId, Outcome, PoolId, Refusal, Standing, Target, TicketId};
use queue::{CloseReason, Command, Counter, Event, OfficerPolicy, Policy};

const SERVICES: [(&str, char, i64); 2] = [("id", 'J', 30), ("tax", 'S', 30)];

fn mark(text: &str) -> MarkId {
    MarkId::new(text).expect("a mark")
}

fn serving(bench: &mut Bench, service: &str) -> TicketId {
    let ticket = bench.issue(service);
    bench.staff(1);
    assert_eq!(bench.next(1), Ok(ticket));
    bench.start(1, ticket).expect("called");
    ticket
}

#[test]
fn an_officer_calls_what_both_the_officer_and_the_counter_serve() {
    let mut policy = policy(&SERVICES, &[&["id", "tax"], &["id"]]);
    policy.officers = vec![OfficerPolicy { officer: officer(1), profile: vec![(id("tax"), 1_000)] }];
    let mut bench = Bench::with(policy);
    bench.issue("id");
    let tax = bench.issue("tax");
    bench.staff(1);
    assert_eq!(bench.next(1), Ok(tax), "the officer does not serve the one who waits longer");
    bench.no_show(1, tax).expect("called");
    assert_eq!(bench.next(1), Err(Refusal::NobodyWaiting));
    bench.ask(Command::CloseCounter { counter: CounterId(1), officer: officer(1) }).expect("free");
    let wrong = Command::OpenCounter { counter: CounterId(2), officer: officer(1) };
    assert_eq!(bench.ask(wrong), Err(Refusal::OfficerNotTrained));
    bench.ask(Command::OpenCounter { counter: CounterId(1), officer: officer(7) }).expect("closed");
    let events = bench.ask(Command::CallNext { counter: CounterId(1), officer: officer(7) }).expect("the other one waits");
    assert!(called(&events).is_some(), "of an officer who is not listed nothing is said");
}

#[test]
fn an_officers_weight_bends_the_rule() {
    let mut policy = policy(&SERVICES, &[&["id", "tax"]]);
    policy.counters[0].profile[1].1 = 500;
    policy.officers = vec![OfficerPolicy { officer: officer(1), profile: vec![(id("id"), 1_000), (id("tax"), 4_000)] }];
    let mut bench = Bench::with(policy);
    bench.issue("id");
    bench.wait(4);
    let tax = bench.issue("tax");
    bench.wait(6);
    bench.staff(1);
    assert_eq!(bench.next(1), Ok(tax), "half of four is twice: 12 against 10");
    let Counter::Busy { .. } = bench.hall.counters()[0].state else { panic!("busy") };
    let desk = &bench.hall.counters()[0];
    assert_eq!(desk.profile[1].1, 2_000);
}

#[test]
fn a_ticket_sent_to_a_pool_is_called_by_its_counters_only_while_one_is_staffed() {
    let mut policy = policy(&SERVICES, &[&["id"], &["tax"], &["tax"], &["id", "tax"]]);
    let pool = PoolId::new("cashiers").expect("a pool");
    policy.counters[1].pools = vec![pool.clone()];
    policy.counters[2].pools = vec![pool.clone()];
    let mut bench = Bench::with(policy);
    let ticket = serving(&mut bench, "id");
    let send = |service: &str, to| Command::TransferTicket {
        counter: CounterId(1),
        officer: officer(1),
        ticket,
        service: id(service),
        to,
        standing: Standing::Kept,
        then_next: false,
    };
    assert_eq!(bench.ask(send("tax", Target::Pool(PoolId::new("nobody").expect("a pool")))), Err(Refusal::UnknownPool));
    assert_eq!(bench.ask(send("id", Target::Pool(pool.clone()))), Err(Refusal::ServiceNotAtCounter));
    bench.staff(3);
    bench.ask(send("tax", Target::Pool(pool))).expect("serving");
    bench.staff(4);
    assert_eq!(bench.next(4), Err(Refusal::NobodyWaiting), "it is the pool's");
    assert_eq!(bench.hall.waiting_for(bench.hall.counter(CounterId(3)).expect("known")), 1);
    bench.ask(Command::CloseCounter { counter: CounterId(3), officer: officer(3) }).expect("free");
    assert_eq!(bench.next(4), Ok(ticket), "nobody of the pool is there: it holds nobody up");
}

#[test]
fn a_pools_counter_is_not_sent_what_it_does_not_serve() {
    let mut rules = policy(&SERVICES, &[&["id"], &["tax"], &["id"]]);
    let pool = PoolId::new("front").expect("a pool");
    (rules.counters[1].pools, rules.counters[2].pools) = (vec![pool.clone()], vec![pool.clone()]);
    let mut bench = Bench::with(rules);
    let ticket = serving(&mut bench, "id");
    let (counter, officer) = (CounterId(1), officer(1));
    let (service, to, standing) = (id("tax"), Target::Pool(pool), Standing::Kept);
    bench.ask(Command::TransferTicket { counter, officer, ticket, service, to, standing, then_next: false }).expect("counter 2 serves it");
    bench.staff(3);
    assert_eq!(bench.next(3), Err(Refusal::NobodyWaiting), "of the pool, but not for this");
    bench.staff(2);
    assert_eq!(bench.next(2), Ok(ticket));
}

#[test]
fn an_idle_officer_in_a_busy_hall_counts_as_idle_although_others_come_back() {
    let mut bench = Bench::with(Policy { auto_call_after: Some(60_000), ..policy(&SERVICES, &[&["id"], &["id"]]) });
    let away = serving(&mut bench, "id");
    bench
        .ask(Command::HoldTicket { counter: CounterId(1), officer: officer(1), ticket: away, until: None, then_next: false })
        .expect("serving");
    bench.ask(Command::CloseCounter { counter: CounterId(1), officer: officer(1) }).expect("free");
    bench.staff(2);
    bench.issue("id");
    bench.now = bench.now.plus(50_000);
    let number = bench.hall.ticket(away).expect("live").number;
    bench.ask(Command::ReturnTicket { number }).expect("away");
    bench.now = bench.now.plus(10_000);
    assert_eq!(bench.hall.overdue(bench.now), Some(Command::AutoCall { counter: CounterId(2) }), "somebody has waited for a minute");
}

#[test]
fn nobody_is_called_to_an_officer_who_has_gone_home() {
    let mut rules = Policy { auto_call_after: Some(30_000), ..policy(&SERVICES, &[&["id"]]) };
    rules.counters[0].shifts = vec![(7 * 60 * MINUTE, 13 * 60 * MINUTE), (13 * 60 * MINUTE, 19 * 60 * MINUTE)];
    let mut bench = Bench::with(rules);
    bench.now = at(12, 58);
    bench.staff(1);
    bench.now = at(13, 0);
    bench.issue("id");
    assert_eq!(bench.hall.overdue(at(13, 2)), None, "it would have been called to an empty desk");
    bench.now = at(13, 2);
    bench.ask(Command::OpenCounter { counter: CounterId(1), officer: officer(9) }).expect("the next shift");
}

#[test]
fn an_officer_whose_shift_is_over_is_relieved_or_closed() {
    let mut policy = policy(&SERVICES, &[&["id"], &["id"]]);
    let hour = 60 * MINUTE;
    for counter in &mut policy.counters {
        counter.shifts = vec![(7 * hour, 13 * hour), (13 * hour, 19 * hour)];
    }
    let mut bench = Bench::with(policy);
    bench.staff(1);
    bench.staff(2);
    bench.now = at(12, 59);
    let relieve = Command::OpenCounter { counter: CounterId(1), officer: officer(8) };
    assert_eq!(bench.ask(relieve.clone()), Err(Refusal::CounterTaken), "the shift is not over");
    bench.now = at(13, 1);
    let events = bench.ask(relieve).expect("it is over");
    assert!(matches!(&events[..], [Event::CounterClosed { why: CloseReason::Shift, .. }, Event::CounterOpened { .. }]), "{events:?}");
    assert_eq!(bench.hall.overdue(at(13, 4)), None);
    assert_eq!(bench.hall.overdue(at(13, 5)), Some(Command::ReleaseCounter { counter: CounterId(2) }));
    bench.now = at(13, 5);
    let events = bench.ask(Command::ReleaseCounter { counter: CounterId(2) }).expect("staffed");
    assert!(matches!(&events[..], [Event::CounterClosed { why: CloseReason::Shift, .. }]), "{events:?}");
    assert_eq!(bench.hall.overdue(at(18, 59)), None, "the one who came at 13:01 has the second shift");
}

#[test]
fn who_works_on_after_the_shift_is_not_sent_home() {
    let mut policy = policy(&SERVICES, &[&["id"]]);
    policy.counters[0].shifts = vec![(7 * 60 * MINUTE, 13 * 60 * MINUTE)];
    let mut bench = Bench::with(policy);
    bench.now = at(12, 50);
    let ticket = serving(&mut bench, "id");
    bench.now = at(13, 2);
    bench.finish(1, ticket, false).expect("serving");
    assert_eq!(bench.hall.overdue(at(13, 30)), None);
}

#[test]
fn an_idle_officers_next_ticket_is_called_by_itself_where_the_centre_wants_it() {
    let mut bench = Bench::with(Policy { auto_call_after: Some(15_000), ..policy(&SERVICES, &[&["id"]]) });
    bench.staff(1);
    bench.wait(3);
    let ticket = bench.issue("id");
    assert_eq!(bench.hall.next_deadline(), Some(bench.now.plus(15_000)));
    assert_eq!(bench.hall.overdue(bench.now.plus(14_999)), None, "the officer has time to press");
    bench.now = bench.now.plus(15_000);
    assert_eq!(bench.hall.overdue(bench.now), Some(Command::AutoCall { counter: CounterId(1) }));
    let events = bench.ask(Command::AutoCall { counter: CounterId(1) }).expect("idle");
    let [Event::TicketCalled(call)] = &events[..] else { panic!("{events:?}") };
    assert!(call.auto && call.ticket == ticket);
    // Nobody is there after all: as with any call, the counter closes and the ticket is back where it stood.
    assert_eq!(bench.hall.overdue(bench.now.plus(20 * MINUTE)), Some(Command::ReleaseCounter { counter: CounterId(1) }));
    assert_eq!(bench.ask(Command::AutoCall { counter: CounterId(1) }), Err(Refusal::CounterBusy));
}

#[test]
fn a_centre_that_wants_the_outcome_said_gets_it_said() {
    let mut bench = Bench::with(Policy { outcome_required: true, ..policy(&SERVICES, &[&["id"]]) });
    let ticket = serving(&mut bench, "id");
    let finish = |outcome| Command::FinishService { counter: CounterId(1), officer: officer(1), ticket, outcome, then_next: false };
    assert_eq!(bench.ask(finish(None)), Err(Refusal::OutcomeRequired));
    bench.ask(finish(Some(Outcome::Referred))).expect("said");
    let mut silent = Bench::open(&SERVICES, &[&["id"]]);
    let ticket = serving(&mut silent, "id");
    let events = silent
        .ask(Command::FinishService { counter: CounterId(1), officer: officer(1), ticket, outcome: None, then_next: false })
        .expect("not asked for");
    assert!(matches!(events[..], [Event::ServiceFinished { outcome: Outcome::Served, .. }]));
}

#[test]
fn marks_and_what_was_done_besides_stay_with_the_visit_also_through_an_undo() {
    let mut bench = Bench::with(Policy { marks: vec![mark("interpreter")], ..policy(&SERVICES, &[&["id"], &["tax"]]) });
    let ticket = serving(&mut bench, "id");
    let number = bench.hall.ticket(ticket).expect("live").number;
    let set = |name: &str, on| Command::MarkTicket { number, mark: mark(name), on };
    assert_eq!(bench.ask(set("tall", true)), Err(Refusal::UnknownMark));
    bench.ask(set("interpreter", true)).expect("listed");
    assert_eq!(bench.ask(set("interpreter", true)), Err(Refusal::MarkUnchanged));
    let done = |service: &str, count| Command::Deliver { counter: CounterId(1), officer: officer(1), ticket, service: id(service), count };
    assert_eq!(bench.ask(done("passport", 1)), Err(Refusal::UnknownService));
    bench.ask(done("tax", 3)).expect("serving");
    bench.ask(done("id", 2)).expect("serving");
    bench.ask(done("id", 0)).expect("taken back");
    bench.finish(1, ticket, false).expect("serving");
    bench.ask(Command::Undo { counter: CounterId(1), officer: officer(1) }).expect("just now");
    let visit = bench.hall.ticket(ticket).expect("live again");
    assert!(visit.marks.contains(&mark("interpreter")));
    assert_eq!(visit.delivered.iter().collect::<Vec<_>>(), [(&id("tax"), &3)]);
    bench.ask(set("interpreter", false)).expect("it has it");
    assert!(bench.hall.ticket(ticket).expect("live").marks.is_empty());
}

#[test]
fn before_opening_only_counters_of_the_first_shift_are_counted_on() {
    let mut one = policy(&SERVICES, &[&["id"], &["id"]]);
    let hour = 60 * MINUTE;
    one.counters[1].shifts = vec![(13 * hour, 19 * hour)];
    let told = |policy: Policy| {
        let mut bench = Bench::with(policy);
        for _ in 0..20 {
            bench.issue("id");
        }
        let early = at(6, 45);
        queue::estimate::expected_wait(&bench.hall, 0, protocol::Class::Standard, early).expect("counters will open").wait
    };
    let both = told(policy(&SERVICES, &[&["id"], &["id"]]));
    let half = told(one);
    assert!(half > both * 3 / 2, "{half} against {both}");
}
