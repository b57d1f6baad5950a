//! Numbers that kiosks hold, and what they gave while the server was away.

mod common;

use common::{Bench, MINUTE, at, day, id, officer};
use protocol::offline::NumberBlock;
use protocol::request::SuspensionReason;
use protocol::{CancelReason, Class, CounterId, DeviceId, Language, Refusal, TicketId, TicketNumber, Time};
use queue::{Arrival, Booked, BusinessDay, Command, End, Event, Given, Hall, Issued, NumberRange, Policy};

#[test]
fn a_kiosk_gets_a_block_from_the_top_once_and_no_other_ticket_has_its_numbers() {
    let mut bench = hall(NumberRange { first: 1, last: 20 }, 6);
    let events = bench.ask(reserve("kiosk-1", 1)).expect("nothing was held");
    let block = |letter, first, last| NumberBlock { letter, first, last };
    let [Event::NumbersReserved { blocks, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(*blocks, [block('J', 15, 20), block('K', 15, 20)]);
    assert_eq!(bench.ask(reserve("kiosk-1", 1)), Err(Refusal::NumbersHeld));
    let given: Vec<TicketNumber> = (0..14).map(|_| issued(bench.ask(issue())).number).collect();
    assert!(given.iter().all(|number| number.number < 15), "{given:?}");
    assert_eq!(bench.ask(issue()), Err(Refusal::NumbersExhausted), "what a kiosk may have given is nobody else's");
}

#[test]
fn all_kiosks_together_leave_half_of_a_letter_to_the_centre() {
    let mut bench = hall(NumberRange { first: 1, last: 20 }, 6);
    for (kiosk, numbers) in [("kiosk-1", 6), ("kiosk-2", 4), ("kiosk-3", 0)] {
        let _ = bench.ask(reserve(kiosk, 1));
        let held =
            bench.hall.numbers_of(&device(kiosk)).map_or(0, |numbers| numbers.open.keys().filter(|number| number.letter == 'J').count());
        assert_eq!(held, numbers, "{kiosk}");
    }
    assert_eq!(hall(NumberRange { first: 1, last: 20 }, 0).ask(reserve("kiosk-1", 1)), Err(Refusal::NumbersHeld), "0 is none");
    assert_eq!(hall(NumberRange { first: 7, last: 7 }, 6).ask(reserve("kiosk-1", 1)), Err(Refusal::NumbersHeld));
}

#[test]
fn a_book_that_was_begun_anew_gets_other_numbers() {
    let mut bench = hall(NumberRange { first: 1, last: 999 }, 6);
    bench.ask(reserve("kiosk-1", 1)).expect("nothing was held");
    let events = bench.ask(reserve("kiosk-1", 2)).expect("another book");
    let [Event::NumbersReserved { blocks, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(blocks[0], NumberBlock { letter: 'J', first: 988, last: 993 });
    // What the lost book had given is still known when somebody finds it.
    issued(bench.ask(hand_over("K999", "id", at(7, 0))));
}

#[test]
fn what_a_kiosk_gave_stands_where_it_would_have_stood() {
    let mut bench = hall(NumberRange { first: 1, last: 999 }, 6);
    bench.staff(1);
    bench.ask(reserve("kiosk-1", 1)).expect("nothing was held");
    bench.wait(10);
    let later = issued(bench.ask(issue()));
    bench.wait(50);
    let given = issued(bench.ask(hand_over("K999", "id", at(7, 5))));
    assert_eq!((given.number, given.clock_start), (number("K999"), at(7, 5)));
    assert_eq!(given.offline.map(|offline| offline.at), Some(at(7, 5)));
    assert_eq!(bench.hall.ticket(given.ticket).map(|ticket| ticket.issued_at), Some(at(7, 5)));
    assert_eq!(bench.next(1), Ok(given.ticket), "who came first is called first");
    assert_ne!(later.ticket, given.ticket);
    let next = issued(bench.ask(issue()));
    assert_eq!(next.number.number, later.number.number + 1, "the centre's own numbers go on");
    assert_eq!(bench.ask(hand_over("K999", "id", at(7, 5))), Err(Refusal::NumberGiven));
    assert_eq!(bench.ask(hand_over("K500", "id", at(7, 5))), Err(Refusal::NumberNotReserved));
}

#[test]
fn a_wrong_clock_keeps_the_order_of_the_kiosk_and_leads_neither_back_nor_ahead() {
    let mut bench = hall(NumberRange { first: 1, last: 999 }, 6);
    bench.wait(30);
    bench.ask(reserve("kiosk-1", 1)).expect("nothing was held");
    let reserved = bench.now;
    bench.wait(60);
    let day = 24 * 60 * MINUTE;
    let clocks = [reserved.plus(-day), reserved.plus(20 * MINUTE), reserved.plus(5 * MINUTE), bench.now.plus(day), reserved];
    let wanted = [reserved, reserved.plus(20 * MINUTE), reserved.plus(20 * MINUTE), bench.now, bench.now];
    let mut order = Vec::new();
    for ((clock, wanted), number) in clocks.into_iter().zip(wanted).zip(["K999", "K998", "K997", "K996", "K995"]) {
        let given = issued(bench.ask(hand_over(number, "id", clock)));
        assert_eq!(given.clock_start, wanted, "{number}");
        order.push(given.ticket);
    }
    let lane: Vec<TicketId> = bench.hall.service(&id("id")).expect("offered").lane(Class::Standard).iter().map(|(_, id)| *id).collect();
    assert_eq!(lane, order);
}

#[test]
fn the_paper_is_out_so_nobody_asks_whether_it_should_be() {
    let mut bench = hall(NumberRange { first: 1, last: 999 }, 6);
    bench.ask(reserve("kiosk-1", 1)).expect("nothing was held");
    let agency = common::agency("ID");
    bench.ask(Command::SuspendServices { agency, service: None, reason: SuspensionReason::SystemDown, back_at: None }).expect("goes on");
    bench.now = at(19, 5);
    assert_eq!(bench.ask(issue()), Err(Refusal::CentreClosed));
    let booked = Some(Booked { at: at(18, 30), booking: None });
    let arrival = Arrival { booked, then: vec![id("gone")], ..Arrival::new(id("id"), Class::Appointment, Language::Sw) };
    let given = Given { arrival, ..given("K999", "id", at(18, 0)) };
    let issued = issued(bench.ask(Command::HandOver(given)));
    assert_eq!((issued.class, issued.clock_start, issued.then.len()), (Class::Appointment, at(18, 30), 0));
    assert!(!issued.outside, "whoever holds the paper was let in");
}

#[test]
fn a_booked_time_that_nobody_could_check_is_one_of_the_day() {
    for booked in [i64::MIN, 0, i64::MAX] {
        let mut bench = hall(NumberRange { first: 1, last: 999 }, 6);
        bench.staff(1);
        bench.ask(reserve("kiosk-1", 1)).expect("nothing was held");
        bench.wait(10);
        let booked = Some(Booked { at: Time(booked), booking: None });
        let arrival = Arrival { booked, ..Arrival::new(id("id"), Class::Appointment, Language::Sw) };
        let issued = issued(bench.ask(Command::HandOver(Given { arrival, ..given("K999", "id", at(7, 5)) })));
        assert!((at(7, 5)..=day().closes_at).contains(&issued.clock_start), "{issued:?}");
        assert_eq!(issued.booked_at, Some(issued.clock_start));
        bench.wait(10);
        assert_eq!(bench.next(1), Ok(issued.ticket), "it is called like any other");
    }
}

#[test]
fn whose_a_number_was_is_known_while_somebody_may_come_with_it() {
    let mut bench = hall(NumberRange { first: 1, last: 999 }, 6);
    bench.ask(reserve("kiosk-1", 1)).expect("nothing was held");
    let (today, kiosk) = (day().date, device("kiosk-1"));
    assert_eq!(bench.hall.reserved_for(&today, number("K999")), Some(&kiosk));
    issued(bench.ask(hand_over("K999", "id", at(7, 0))));
    assert_eq!(bench.hall.reserved_for(&today, number("K999")), Some(&kiosk), "also when it is told again");
    assert_eq!(bench.hall.reserved_for(&today, number("K500")), None);
    assert_eq!(bench.hall.reserved_for("2026-01-01", number("K999")), None);
    bench.now = at(19, 0);
    bench.ask(Command::CloseDay).expect("open");
    assert_eq!(bench.hall.reserved_for(&today, number("K998")), Some(&kiosk));
    assert_eq!(bench.hall.reserved_for(&today, number("K999")), None, "it was handed over");
}

#[test]
fn a_ticket_that_nobody_was_told_of_ends_when_its_holder_comes_with_another_number() {
    for called in [false, true] {
        let mut bench = hall(NumberRange { first: 1, last: 999 }, 6);
        bench.staff(1);
        bench.ask(reserve("kiosk-1", 1)).expect("nothing was held");
        let nobodys = issued(bench.ask(issue())).ticket;
        if called {
            bench.next(1).expect("waiting");
        }
        let given = Given { replaces: Some(nobodys), ..given("K999", "id", at(7, 0)) };
        let events = bench.ask(Command::HandOver(given)).expect("reserved");
        assert_eq!(bench.hall.ended(nobodys), (!called).then_some(End::Cancelled(CancelReason::Replaced)));
        assert!(matches!(events.last(), Some(Event::TicketIssued(issued)) if issued.number == number("K999")));
    }
}

#[test]
fn a_paper_of_a_day_that_has_ended_is_taken_up_on_the_next() {
    for (opened, returns) in [(false, true), (true, true), (true, false)] {
        let mut bench = hall_with(Policy { returns, ..rules(NumberRange { first: 1, last: 999 }, 6) });
        bench.ask(reserve("kiosk-1", 1)).expect("nothing was held");
        issued(bench.ask(hand_over("K998", "id", at(8, 0))));
        bench.now = at(19, 0);
        bench.ask(Command::CloseDay).expect("open");
        if opened {
            bench.now = at(7, 0).plus(24 * 60 * MINUTE);
            bench.ask(Command::OpenDay(tomorrow())).expect("closed");
        }
        let numbers = bench.hall.kiosk_numbers();
        assert_eq!((numbers[0].reserved, numbers[0].used, numbers[0].open), (12, 1, 11), "they are accounted for");
        let events = bench.ask(hand_over("K999", "id", at(9, 0))).expect("it is not lost");
        let [Event::NumberLeft { left, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(left.as_ref().map(|left| left.waited), returns.then_some(10 * 60 * MINUTE));
        assert_eq!(bench.ask(hand_over("K999", "id", at(9, 0))), Err(Refusal::NumberNotReserved), "once");
        assert_eq!(bench.hall.kiosk_numbers()[0].open, 10);
        if !opened {
            bench.now = at(7, 0).plus(24 * 60 * MINUTE);
            bench.ask(Command::OpenDay(tomorrow())).expect("closed");
        }
        let taken_up = bench.ask(Command::TakeUpReturn { number: number("K999"), language: Language::Sw });
        assert_eq!(taken_up.is_ok(), returns);
        let mut again = Hall::new(bench.hall.policy().clone());
        bench.journal.iter().for_each(|recorded| again.apply(recorded));
        assert_eq!(format!("{again:?}"), format!("{:?}", bench.hall));
    }
}

#[test]
fn an_officer_who_sat_idle_is_not_blamed_for_who_waited_at_the_kiosk() {
    let mut bench = hall(NumberRange { first: 1, last: 999 }, 6);
    bench.ask(reserve("kiosk-1", 1)).expect("nothing was held");
    bench.staff(1);
    bench.wait(90);
    issued(bench.ask(hand_over("K999", "id", at(7, 1))));
    assert_eq!(bench.hall.overdue(bench.now), None);
    let left = Command::ReleaseCounter { counter: CounterId(1) };
    assert_eq!(bench.hall.overdue(bench.now.plus(20 * MINUTE)), Some(left), "from now on as usual");
    assert_eq!(bench.hall.counter(CounterId(1)).and_then(|desk| desk.state.officer().cloned()), Some(officer(1)));
}

fn rules(numbers: NumberRange, offline_numbers: u16) -> Policy {
    Policy { numbers, offline_numbers, ..common::policy(&[("id", 'K', 30), ("card", 'J', 30)], &[&["id", "card"]]) }
}

fn hall(numbers: NumberRange, offline_numbers: u16) -> Bench {
    hall_with(rules(numbers, offline_numbers))
}

fn hall_with(rules: Policy) -> Bench {
    Bench::with(rules)
}

fn tomorrow() -> BusinessDay {
    let later = |time: Time| time.plus(24 * 60 * MINUTE);
    let BusinessDay { midnight, tickets_from, opens_at, closes_at, .. } = day();
    BusinessDay {
        date: "2026-11-26".into(),
        midnight: later(midnight),
        tickets_from: later(tickets_from),
        opens_at: later(opens_at),
        closes_at: later(closes_at),
    }
}

fn device(name: &str) -> DeviceId {
    DeviceId::new(name).expect("a device's id")
}

fn number(text: &str) -> TicketNumber {
    text.parse().expect("a number")
}

fn reserve(kiosk: &str, book: u32) -> Command {
    Command::ReserveNumbers { kiosk: device(kiosk), book }
}

fn issue() -> Command {
    Command::IssueTicket(Arrival::new(id("id"), Class::Standard, Language::Sw))
}

fn given(paper: &str, service: &str, at: Time) -> Given {
    let arrival = Arrival::new(id(service), Class::Standard, Language::Sw);
    Given { kiosk: device("kiosk-1"), number: number(paper), date: day().date, arrival, at, replaces: None }
}

fn hand_over(paper: &str, service: &str, at: Time) -> Command {
    Command::HandOver(given(paper, service, at))
}

fn issued(events: Result<Vec<Event>, Refusal>) -> Issued {
    match events.as_deref() {
        Ok([Event::TicketIssued(issued)]) => issued.clone(),
        other => panic!("no ticket: {other:?}"),
    }
}
