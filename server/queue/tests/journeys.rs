//! Where a ticket goes besides straight to its end: on to the next service, to another counter or officer, on an errand and
//! back, back after a missed call, out of order, and an act taken back.

mod common;

use common::{Bench, MINUTE, at, called, id, officer};
use protocol::{
    CancelReason, Class, CounterId, Language, OfficerId, OutOfOrderReason, Outcome, Refusal, Standing, Target, TicketId, TicketNumber,
};
use queue::{Arrival, Command, End, Event, Hall, Stage};

/// Two services, three counters: the first serves identity, the second police, the third both.
fn bench() -> Bench {
    let mut bench = Bench::open(&[("id", 'J', 30), ("police", 'K', 30)], &[&["id"], &["police"], &["id", "police"]]);
    for counter in 1..=3 {
        bench.staff(counter);
    }
    bench
}

fn number(bench: &Bench, ticket: TicketId) -> TicketNumber {
    bench.hall.ticket(ticket).expect("live").number
}

fn waited(bench: &Bench, ticket: TicketId) -> i64 {
    bench.hall.ticket(ticket).expect("live").waited(bench.now) / MINUTE
}

fn serve(bench: &mut Bench, counter: u16) -> TicketId {
    let ticket = bench.next(counter).expect("somebody waits");
    bench.start(counter, ticket).expect("called");
    ticket
}

fn transfer(
    bench: &mut Bench,
    counter: u16,
    ticket: TicketId,
    service: &str,
    to: Target,
    standing: Standing,
) -> Result<Vec<Event>, Refusal> {
    let (counter, officer) = (CounterId(counter), officer(counter));
    bench.ask(Command::TransferTicket { counter, officer, ticket, service: id(service), to, standing, then_next: false })
}

fn hold(bench: &mut Bench, counter: u16, ticket: TicketId, minutes: Option<i64>) -> Result<Vec<Event>, Refusal> {
    let until = minutes.map(|minutes| bench.now.plus(minutes * MINUTE));
    bench.ask(Command::HoldTicket { counter: CounterId(counter), officer: officer(counter), ticket, until, then_next: false })
}

fn call(bench: &mut Bench, counter: u16, number: TicketNumber) -> Result<Vec<Event>, Refusal> {
    let reason = OutOfOrderReason::Back;
    bench.ask(Command::CallTicket { counter: CounterId(counter), officer: officer(counter), number, reason })
}

fn undo(bench: &mut Bench, counter: u16) -> Result<Vec<Event>, Refusal> {
    bench.ask(Command::Undo { counter: CounterId(counter), officer: officer(counter) })
}

/// What screens and the next decision rest on, without places in the journal and times of acts.
fn picture(hall: &Hall) -> String {
    let tickets: Vec<_> = hall.tickets().map(|ticket| (ticket.number, ticket.service, ticket.clock_start, ticket.stage.clone())).collect();
    let lanes: Vec<_> = hall.services().iter().map(|desk| (&desk.lanes, desk.finished, desk.finished_time, desk.issued)).collect();
    let busy: Vec<_> = hall.counters().iter().map(|desk| desk.state.officer().cloned().zip(desk.state.is_open().then_some(()))).collect();
    format!("{tickets:?} {lanes:?} {busy:?}")
}

#[test]
fn a_journey_goes_on_by_the_time_waited_and_ends_with_its_last_service() {
    let mut bench = bench();
    let then = vec![id("police")];
    let issue = Command::IssueTicket(Arrival { then, ..Arrival::new(id("id"), Class::Standard, Language::Sw) });
    let ticket = match &bench.ask(issue).expect("open")[..] {
        [Event::TicketIssued(issued)] => issued.ticket,
        other => panic!("{other:?}"),
    };
    bench.wait(12);
    assert_eq!(serve(&mut bench, 1), ticket);
    bench.wait(7);
    bench.finish(1, ticket, false).expect("served");
    assert_eq!(waited(&bench, ticket), 12, "the wait goes on; the time at the counter was none");
    bench.wait(3);
    let newcomer = bench.issue("police");
    assert_eq!(serve(&mut bench, 2), ticket, "15 minutes go before none");
    bench.finish(2, ticket, true).expect("served");
    assert_eq!(bench.hall.ended(ticket), Some(End::Finished(Outcome::Served)));
    assert!(matches!(bench.hall.ticket(newcomer).expect("live").stage, Stage::Called { .. }));
}

#[test]
fn a_journey_ends_where_a_service_could_not_be_done() {
    let mut bench = bench();
    let then = vec![id("police")];
    bench.ask(Command::IssueTicket(Arrival { then, ..Arrival::new(id("id"), Class::Standard, Language::Sw) })).expect("open");
    let ticket = serve(&mut bench, 1);
    let (counter, officer, outcome) = (CounterId(1), officer(1), Outcome::DocumentsMissing);
    bench.ask(Command::FinishService { counter, officer, ticket, outcome: Some(outcome), then_next: false }).expect("ended");
    assert_eq!(bench.hall.ended(ticket), Some(End::Finished(Outcome::DocumentsMissing)));
}

#[test]
fn a_transfer_stands_by_the_wait_so_far_or_in_front_or_at_the_end() {
    for (standing, first) in [(Standing::Kept, false), (Standing::Front, true), (Standing::End, false)] {
        let mut bench = bench();
        let early = bench.issue("police");
        bench.wait(10);
        let ticket = bench.issue("id");
        let late = bench.issue("police");
        bench.wait(8);
        assert_eq!(serve(&mut bench, 1), ticket);
        bench.wait(6);
        transfer(&mut bench, 1, ticket, "police", Target::Anyone, standing).expect("sent on");
        let expected = match standing {
            Standing::Kept | Standing::Front => 8,
            Standing::End => 0,
        };
        assert_eq!(waited(&bench, ticket), expected, "{standing:?}");
        let order: Vec<TicketId> = (0..3)
            .map(|_| {
                let next = serve(&mut bench, 2);
                bench.finish(2, next, false).expect("served");
                next
            })
            .collect();
        let wanted = if first { [ticket, early, late] } else { [early, late, ticket] };
        assert_eq!(order, wanted, "{standing:?}");
    }
}

#[test]
fn the_front_is_in_front_of_every_class() {
    let mut bench = bench();
    let priority = bench.issue_class("police", Class::Priority);
    bench.issue("police");
    bench.wait(20);
    let ticket = bench.issue("id");
    assert_eq!(serve(&mut bench, 1), ticket);
    transfer(&mut bench, 1, ticket, "police", Target::Anyone, Standing::Front).expect("sent on");
    bench.wait(30);
    assert_eq!(serve(&mut bench, 2), ticket, "however fast the others' shares grow");
    bench.finish(2, ticket, false).expect("served");
    assert_eq!(serve(&mut bench, 2), priority);
}

#[test]
fn a_ticket_for_one_counter_waits_for_it_unless_it_is_closed() {
    let mut bench = bench();
    let ticket = bench.issue("id");
    serve(&mut bench, 1);
    assert_eq!(transfer(&mut bench, 1, ticket, "police", Target::Counter(CounterId(1)), Standing::Kept), Err(Refusal::ServiceNotAtCounter));
    assert_eq!(transfer(&mut bench, 1, ticket, "police", Target::Counter(CounterId(9)), Standing::Kept), Err(Refusal::UnknownCounter));
    transfer(&mut bench, 1, ticket, "police", Target::Counter(CounterId(3)), Standing::Kept).expect("sent on");
    let other = bench.issue("police");
    assert_eq!(bench.next(2), Ok(other), "the first is meant for another counter");
    bench.ask(Command::CloseCounter { counter: CounterId(3), officer: officer(3) }).expect("free");
    bench.start(2, other).expect("called");
    bench.finish(2, other, false).expect("served");
    assert_eq!(bench.next(2), Ok(ticket), "a closed counter holds nobody up");
}

#[test]
fn a_ticket_for_one_officer_follows_the_officer() {
    let mut bench = bench();
    let ticket = bench.issue("id");
    serve(&mut bench, 1);
    transfer(&mut bench, 1, ticket, "id", Target::Officer(officer(2)), Standing::Kept).expect("sent on");
    assert_eq!(bench.next(3), Err(Refusal::NobodyWaiting), "the officer is here, at another counter");
    assert_eq!(bench.next(2), Ok(ticket), "though the officer's counter serves another service");
    bench.no_show(2, ticket).expect("called");
    let absent = OfficerId::new("achieng").expect("an id");
    let other = bench.issue("id");
    assert_eq!(serve(&mut bench, 1), other);
    transfer(&mut bench, 1, other, "id", Target::Officer(absent), Standing::Kept).expect("sent on");
    assert_eq!(bench.next(3), Ok(other), "who is not here holds nobody up");
}

#[test]
fn an_errand_keeps_the_place_and_ends_by_time_or_return() {
    let mut bench = bench();
    let [timed, open] = [bench.issue("id"), bench.issue("id")];
    bench.wait(9);
    assert_eq!(serve(&mut bench, 1), timed);
    assert_eq!(hold(&mut bench, 1, timed, Some(0)), Err(Refusal::BadTime));
    assert_eq!(hold(&mut bench, 1, timed, Some(24 * 60)), Err(Refusal::BadTime));
    hold(&mut bench, 1, timed, Some(15)).expect("an errand");
    assert_eq!(serve(&mut bench, 1), open);
    hold(&mut bench, 1, open, None).expect("an errand");
    bench.wait(15);
    assert_eq!(bench.hall.next_deadline().map(|deadline| deadline <= bench.now), Some(true));
    let command = bench.hall.day_overdue(bench.now).expect("the hold has ended");
    assert_eq!(command, Command::EndHold { ticket: timed });
    bench.ask(command).expect("it is due");
    assert_eq!((waited(&bench, timed), waited(&bench, open)), (9, 9), "an errand is no wait");
    let back = number(&bench, open);
    bench.ask(Command::ReturnTicket { number: back }).expect("back");
    assert_eq!(bench.ask(Command::ReturnTicket { number: back }), Err(Refusal::TicketNotAway));
    assert_eq!(bench.next(1), Ok(timed));
}

#[test]
fn who_missed_the_call_comes_back_with_five_minutes_lost_and_not_for_ever() {
    let mut bench = bench();
    let [missed, gone] = [bench.issue("id"), bench.issue("id")];
    bench.wait(12);
    for ticket in [missed, gone] {
        assert_eq!(bench.next(1), Ok(ticket));
        bench.no_show(1, ticket).expect("called");
    }
    bench.wait(20);
    let back = number(&bench, missed);
    bench.ask(Command::ReturnTicket { number: back }).expect("in time");
    assert_eq!(waited(&bench, missed), 7);
    bench.wait(10);
    let late = number(&bench, gone);
    assert_eq!(bench.hall.overdue(bench.now), Some(Command::LapseTicket { ticket: gone }));
    bench.ask(Command::LapseTicket { ticket: gone }).expect("due");
    assert_eq!(bench.hall.ended(gone), Some(End::Missed));
    assert_eq!(bench.ask(Command::ReturnTicket { number: late }), Err(Refusal::UnknownTicket));
    assert_eq!(bench.ask(Command::LapseTicket { ticket: missed }), Err(Refusal::TicketNotAway));
}

#[test]
fn a_call_out_of_order_says_why_and_whose_turn_it_was() {
    let mut bench = bench();
    let first = bench.issue("id");
    bench.wait(3);
    let second = bench.issue("id");
    let elsewhere = bench.issue("police");
    let numbers = [first, second, elsewhere].map(|ticket| number(&bench, ticket));
    assert_eq!(call(&mut bench, 1, numbers[2]), Err(Refusal::ServiceNotAtCounter));
    assert_eq!(call(&mut bench, 1, TicketNumber { letter: 'Z', number: 9 }), Err(Refusal::UnknownTicket));
    let events = call(&mut bench, 1, numbers[1]).expect("waiting");
    let [Event::TicketCalled(told)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(told.why.out_of_order, Some(OutOfOrderReason::Back));
    assert_eq!(told.why.runner_up.as_ref().map(|turn| turn.number), Some(numbers[0]));
    assert_eq!(call(&mut bench, 1, numbers[0]), Err(Refusal::CounterBusy));
    assert_eq!(call(&mut bench, 3, numbers[1]), Err(Refusal::TicketNotWaiting));
    let events = call(&mut bench, 3, numbers[0]).expect("waiting");
    let [Event::TicketCalled(told)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(told.why.out_of_order, None, "it was its turn after all");
}

#[test]
fn a_ticket_that_was_away_is_called_by_its_number_and_keeps_its_clock() {
    let mut bench = bench();
    let ticket = bench.issue("id");
    bench.wait(6);
    serve(&mut bench, 1);
    hold(&mut bench, 1, ticket, None).expect("an errand");
    bench.wait(30);
    let back = number(&bench, ticket);
    assert_eq!(called(&call(&mut bench, 1, back).expect("on hold")), Some(ticket));
    assert_eq!(waited(&bench, ticket), 6);
}

#[test]
fn a_ticket_can_be_given_up_anywhere_but_at_a_counter() {
    let mut bench = bench();
    let [waiting, away] = [bench.issue("police"), bench.issue("id")];
    serve(&mut bench, 1);
    let cancel = |number| Command::CancelTicket { number, reason: CancelReason::GivenUp };
    let [first, second] = [waiting, away].map(|ticket| number(&bench, ticket));
    assert_eq!(bench.ask(cancel(second)), Err(Refusal::TicketNotWaiting));
    hold(&mut bench, 1, away, None).expect("an errand");
    for (ticket, number) in [(waiting, first), (away, second)] {
        bench.ask(cancel(number)).expect("not at a counter");
        assert_eq!(bench.hall.ended(ticket), Some(End::Cancelled(CancelReason::GivenUp)));
    }
    assert_eq!(bench.hall.waiting(), 0);
}

#[test]
fn priority_is_given_confirmed_and_taken_away_without_a_reason_and_the_wait_is_kept() {
    let mut bench = bench();
    let [said, plain, early] = [bench.issue_class("id", Class::Priority), bench.issue("id"), bench.issue("id")];
    let set = |number, priority| Command::SetPriority { number, priority };
    let [said_number, plain_number] = [said, plain].map(|ticket| number(&bench, ticket));
    bench.wait(4);
    bench.ask(set(said_number, true)).expect("what the citizen said is confirmed");
    assert_eq!(bench.ask(set(said_number, true)), Err(Refusal::ClassUnchanged), "once");
    assert_eq!(bench.ask(set(plain_number, false)), Err(Refusal::ClassUnchanged), "it never had priority");
    bench.ask(set(plain_number, true)).expect("an officer gives it");
    bench.ask(set(said_number, false)).expect("an officer takes it away");
    assert_eq!((waited(&bench, said), waited(&bench, plain)), (4, 4));
    assert_eq!([bench.next(1), bench.next(3)], [Ok(plain), Ok(said)], "the first of the standard ones came first");
    bench.ask(set(said_number, true)).expect("also at a counter");
    bench.ask(Command::Undo { counter: CounterId(3), officer: officer(3) }).expect("a word on the class is no step of the visit");
    assert_eq!(bench.hall.ticket(said).map(|ticket| ticket.class), Some(Class::Priority), "and it stays");
    assert!(bench.hall.ticket(early).is_some());
}

#[test]
fn every_act_can_be_taken_back_and_all_is_as_before() {
    type Act = fn(&mut Bench, TicketId);
    let acts: [(&str, bool, Act); 7] = [
        ("call", false, |bench, _| assert!(bench.next(1).is_ok())),
        ("start", true, |bench, ticket| drop(bench.start(1, ticket).expect("called"))),
        ("no-show", true, |bench, ticket| drop(bench.no_show(1, ticket).expect("called"))),
        ("finish", true, |bench, ticket| drop(bench.finish(1, ticket, false).expect("serving"))),
        ("finish and next", true, |bench, ticket| drop(bench.finish(1, ticket, true).expect("serving"))),
        ("hold", true, |bench, ticket| drop(hold(bench, 1, ticket, Some(10)).expect("serving"))),
        ("transfer", true, |bench, ticket| drop(transfer(bench, 1, ticket, "police", Target::Anyone, Standing::End).expect("serving"))),
    ];
    for (name, at_counter, act) in acts {
        let mut bench = bench();
        let [ticket, _next] = [bench.issue("id"), bench.issue("id")];
        bench.wait(4);
        if at_counter {
            assert_eq!(bench.next(1), Ok(ticket));
        }
        if !["call", "start", "no-show"].contains(&name) {
            bench.start(1, ticket).expect("called");
        }
        let before = picture(&bench.hall);
        bench.wait(2);
        act(&mut bench, ticket);
        assert_ne!(picture(&bench.hall), before, "{name} changes something");
        bench.now = bench.now.plus(MINUTE / 2);
        undo(&mut bench, 1).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert_eq!(picture(&bench.hall), before, "{name}");
        assert_eq!(undo(&mut bench, 1), Err(Refusal::NothingToUndo), "{name}: one act, once");
    }
}

#[test]
fn an_act_is_not_taken_back_when_it_is_too_late() {
    let mut bench = bench();
    assert_eq!(undo(&mut bench, 1), Err(Refusal::NothingToUndo));
    let ticket = bench.issue("id");
    serve(&mut bench, 1);
    bench.finish(1, ticket, false).expect("served");
    bench.wait(2);
    assert_eq!(undo(&mut bench, 1), Err(Refusal::TooLateToUndo), "time has passed");
    let sent = bench.issue("id");
    serve(&mut bench, 1);
    transfer(&mut bench, 1, sent, "police", Target::Anyone, Standing::Kept).expect("sent on");
    assert_eq!(bench.next(2), Ok(sent));
    assert_eq!(undo(&mut bench, 1), Err(Refusal::TooLateToUndo), "another officer has called it");
    bench.no_show(2, sent).expect("called");
    assert_eq!(undo(&mut bench, 1), Err(Refusal::TooLateToUndo), "and done more with it");
    assert_eq!(undo(&mut bench, 3), Err(Refusal::NothingToUndo), "nothing was done here");
}

#[test]
fn an_undo_never_brings_back_what_somebody_else_has_ended() {
    let mut bench = bench();
    let ticket = bench.issue("id");
    serve(&mut bench, 1);
    transfer(&mut bench, 1, ticket, "police", Target::Anyone, Standing::Kept).expect("sent on");
    assert_eq!(serve(&mut bench, 2), ticket);
    bench.finish(2, ticket, false).expect("served");
    assert_eq!(undo(&mut bench, 1), Err(Refusal::TooLateToUndo), "another counter has finished the visit");
    let held = bench.issue("id");
    serve(&mut bench, 1);
    hold(&mut bench, 1, held, None).expect("an errand");
    let number = number(&bench, held);
    bench.ask(Command::CancelTicket { number, reason: CancelReason::GivenUp }).expect("on an errand");
    assert_eq!(undo(&mut bench, 1), Err(Refusal::TooLateToUndo), "it was given up");
    assert_eq!(bench.hall.ended(held), Some(End::Cancelled(CancelReason::GivenUp)));
}

#[test]
fn two_acts_in_one_millisecond_are_two_acts() {
    let mut bench = bench();
    let [first, second] = [bench.issue("id"), bench.issue("id")];
    assert_eq!(serve(&mut bench, 1), first);
    bench.finish(1, first, false).expect("served");
    assert_eq!(bench.next(1), Ok(second));
    undo(&mut bench, 1).expect("the call");
    assert_eq!(bench.hall.ended(first), Some(End::Finished(Outcome::Served)), "the end before it stands");
}

#[test]
fn an_idle_officer_is_not_blamed_for_a_ticket_that_was_meant_for_another() {
    let mut bench = bench();
    let ticket = bench.issue("police");
    bench.wait(10);
    serve(&mut bench, 2);
    transfer(&mut bench, 2, ticket, "id", Target::Counter(CounterId(3)), Standing::Kept).expect("sent on");
    let waiting = |bench: &Bench, counter: u16| bench.hall.waiting_for(bench.hall.counter(CounterId(counter)).expect("known"));
    assert_eq!([waiting(&bench, 1), waiting(&bench, 2), waiting(&bench, 3)], [0, 0, 1]);
    bench.wait(19);
    bench.ask(Command::CloseCounter { counter: CounterId(3), officer: officer(3) }).expect("free");
    bench.wait(2);
    assert_eq!(bench.hall.overdue(bench.now), None, "it is theirs for two minutes only");
    assert_eq!(waiting(&bench, 1), 1);
    transfer_to_officer(&mut bench, ticket);
}

/// A ticket for an officer whose counter serves something else is counted there, and does not close the counter.
fn transfer_to_officer(bench: &mut Bench, ticket: TicketId) {
    assert_eq!(bench.next(1), Ok(ticket));
    bench.start(1, ticket).expect("called");
    bench.wait(25);
    transfer(bench, 1, ticket, "id", Target::Officer(officer(2)), Standing::Kept).expect("sent on");
    assert_eq!(bench.hall.overdue(bench.now), None);
    assert_eq!(bench.hall.waiting_for(bench.hall.counter(CounterId(2)).expect("known")), 1);
    assert_eq!(bench.next(2), Ok(ticket));
}

#[test]
fn the_last_act_of_a_day_can_be_taken_back() {
    let mut bench = bench();
    let last = bench.issue("id");
    bench.now = at(19, 5);
    assert_eq!(bench.next(1), Ok(last));
    bench.no_show(1, last).expect("called");
    assert_eq!(bench.hall.day_overdue(bench.now), None, "a hand may have slipped");
    undo(&mut bench, 1).expect("at once");
    bench.no_show(1, last).expect("called");
    bench.wait(1);
    assert_eq!(bench.hall.day_overdue(bench.now), Some(Command::CloseDay));
}

#[test]
fn a_day_ends_for_those_on_errands_and_does_not_wait_for_the_missed() {
    let mut bench = bench();
    let [held, missed] = [bench.issue("id"), bench.issue("id")];
    serve(&mut bench, 1);
    hold(&mut bench, 1, held, None).expect("an errand");
    bench.now = at(18, 50);
    assert_eq!(bench.next(1), Ok(missed));
    bench.no_show(1, missed).expect("called");
    bench.now = at(19, 0);
    assert_eq!(bench.hall.day_overdue(bench.now), None, "somebody may still come back");
    let number = number(&bench, held);
    bench.ask(Command::CancelTicket { number, reason: CancelReason::GivenUp }).expect("on an errand");
    let command = bench.hall.day_overdue(bench.now).expect("only a missed one is left");
    assert_eq!(command, Command::CloseDay);
    bench.ask(command).expect("due");
    assert_eq!(bench.hall.ended(missed), Some(End::Missed));
}
