use std::collections::HashSet;

use protocol::CallNumber;
use protocol::ticket::TicketNumber;
use protocol::time::HOUR;
use rand::SeedableRng;

use super::*;
use crate::calendar::tests::{at, mombasa};

const MORNING: &str = "2026-11-24T06:30:00";

#[test]
fn an_officer_opens_before_the_doors_and_calls() {
    let mut officer = officer();
    let Action::Wait(arrives) = officer.on(Event::Woke, at(MORNING), &town()) else { panic!("waits for the morning") };
    assert!(arrives > at("2026-11-24T06:51:00") && arrives <= at("2026-11-24T07:00:00"), "{arrives:?}");
    assert_eq!(officer.on(Event::Woke, arrives, &town()), Action::Ask(Act::Open));
    assert_eq!(officer.on(Event::Done(None), arrives, &town()), Action::Ask(Act::Next));
}

#[test]
fn a_citizen_walks_is_served_and_goes() {
    let (mut officer, now) = open();
    let Action::Wait(there) = officer.on(Event::Done(Some(called(1))), now, &town()) else { panic!("waits for the walk") };
    assert!((10_000..50_001).contains(&there.since(now)), "{there:?}");
    let now = walk_up(&mut officer, there);
    let Action::Wait(until) = officer.on(Event::Done(None), now, &town()) else { panic!("serves for a while") };
    assert!((30 * SECOND..40 * MINUTE).contains(&until.since(now)));
    let Action::Ask(Act::Finish { ticket, .. }) = officer.on(Event::Woke, until, &town()) else { panic!("finishes") };
    assert_eq!(ticket, TicketId(1));
}

#[test]
fn finishing_may_call_the_next_in_the_same_act() {
    let (mut officer, now) = open();
    let later = serve(&mut officer, called(1), now);
    let action = officer.on(Event::Done(Some(called(2))), later, &town());
    assert!(matches!(action, Action::Wait(_)), "the next one walks: {action:?}");
}

#[test]
fn who_does_not_come_is_called_again_and_then_missed() {
    let (mut officer, now) = open();
    let town = Town { gone: HashSet::from([TicketId(1)]), ..town() };
    let Action::Wait(first) = officer.on(Event::Done(Some(called(1))), now, &town) else { panic!("waits") };
    assert_eq!(officer.on(Event::Woke, first, &town), Action::Ask(Act::Recall(TicketId(1))));
    let Action::Wait(second) = officer.on(Event::Done(Some(called(1))), first, &town) else { panic!("waits again") };
    let action = officer.on(Event::Woke, second, &town);
    assert_eq!(action, Action::Ask(Act::NoShow { ticket: TicketId(1), then_next: true }));
}

#[test]
fn nobody_waiting_is_a_rest_and_not_a_loop() {
    let (mut officer, now) = open();
    assert_eq!(officer.on(refused(Refusal::NobodyWaiting), now, &town()), Action::Idle(now.plus(MINUTE)));
}

#[test]
fn every_refusal_is_followed_by_a_wait_or_a_look_and_never_by_the_same_question() {
    for refusal in Refusal::ALL {
        let (mut officer, now) = open();
        let action = officer.on(refused(*refusal), now, &town());
        assert!(!matches!(action, Action::Ask(_)), "{refusal}: {action:?}");
    }
}

#[test]
fn a_break_comes_after_the_citizen_and_ends_by_itself() {
    let mut officer = officer();
    let tea = officer.breaks[0].from;
    officer.stage = Stage::Serving { ticket: TicketId(1), until: tea };
    let Action::Ask(Act::Finish { then_next, .. }) = officer.on(Event::Woke, tea, &town()) else { panic!("finishes first") };
    assert!(!then_next, "nobody is called to a counter that pauses");
    let Action::Ask(Act::Pause { back_at }) = officer.on(Event::Done(None), tea, &town()) else { panic!("pauses") };
    assert_eq!(officer.on(Event::Done(None), tea, &town()), Action::Wait(back_at));
    assert_eq!(officer.on(Event::Woke, back_at, &town()), Action::Ask(Act::Resume));
    assert_eq!(officer.on(Event::Done(None), back_at, &town()), Action::Ask(Act::Next));
}

#[test]
fn the_journey_of_a_request_is_no_part_of_the_work() {
    let ends = |lag: i64| {
        let (mut officer, now) = open();
        let Action::Wait(there) = officer.on(Event::Done(Some(called(1))), now.plus(lag), &town()) else { panic!("waits") };
        assert_eq!(officer.on(Event::Woke, there.plus(lag), &town()), Action::Ask(Act::Start(TicketId(1))));
        let Action::Wait(until) = officer.on(Event::Done(None), there.plus(2 * lag), &town()) else { panic!("serves") };
        until
    };
    assert_eq!(ends(2 * SECOND), ends(0), "a slow network changes nothing");
    assert!(ends(HOUR) > ends(0).plus(MINUTE), "an outage does");
}

#[test]
fn after_closing_time_the_last_are_served_and_then_everybody_goes_home() {
    let (mut officer, _) = open();
    let evening = at("2026-11-24T19:02:00");
    officer.breaks.clear();
    assert_eq!(officer.on(Event::Woke, evening, &town()), Action::Ask(Act::Next), "ticket holders are still served");
    assert_eq!(officer.on(refused(Refusal::NobodyWaiting), evening, &town()), Action::Ask(Act::Close));
    let Action::Wait(morning) = officer.on(Event::Done(None), evening, &town()) else { panic!("goes home") };
    assert!(morning > at("2026-11-25T06:51:00") && morning <= at("2026-11-25T07:00:00"));
}

#[test]
fn who_is_relieved_serves_to_the_end_closes_and_stays_away() {
    let (officer, now) = open();
    let mut officer = officer.leaving_at(now);
    officer.stage = Stage::Serving { ticket: TicketId(1), until: now };
    let Action::Ask(Act::Finish { then_next, .. }) = officer.on(Event::Woke, now, &town()) else { panic!("finishes") };
    assert!(!then_next);
    assert_eq!(officer.on(Event::Done(None), now, &town()), Action::Ask(Act::Close));
    let Action::Wait(back) = officer.on(Event::Done(None), now, &town()) else { panic!("is gone") };
    assert!(back > now.plus(1_000 * HOUR));
}

#[test]
fn a_counter_that_was_closed_for_the_officer_is_opened_again() {
    let (mut officer, now) = open();
    let Action::Wait(back) = officer.on(refused(Refusal::CounterClosed), now, &town()) else { panic!("comes back") };
    assert!(back > now);
    assert_eq!(officer.on(Event::Woke, back, &town()), Action::Ask(Act::Open));
    assert_eq!(officer.on(refused(Refusal::CounterOpen), back, &town()), Action::Look);
    let seen = SeenTicket { ticket: TicketId(9), stage: CounterStage::Serving };
    assert!(matches!(officer.on(Event::Seen(Some(seen)), back, &town()), Action::Wait(_)), "goes on with whoever is there");
}

#[test]
fn when_the_agencys_system_is_down_that_is_the_outcome() {
    let (mut officer, now) = open();
    let town = Town { down: true, ..town() };
    officer.stage = Stage::Serving { ticket: TicketId(1), until: now };
    let Action::Ask(Act::Finish { outcome, .. }) = officer.on(Event::Woke, now, &town) else { panic!("finishes") };
    assert_eq!(outcome, Outcome::SystemDown);
}

#[test]
fn work_is_somebody_waiting_for_one_of_our_services() {
    let serves = BTreeSet::from([service("crs-birth"), service("crs-death")]);
    assert!(!has_work(&serves, |_| 0));
    assert!(has_work(&serves, |service| u32::from(service.as_str() == "crs-death")));
}

#[derive(Clone, Default)]
struct Town {
    gone: HashSet<TicketId>,
    down: bool,
}

impl Visits for Town {
    fn comes(&self, ticket: TicketId) -> bool {
        !self.gone.contains(&ticket)
    }

    fn service(&self, _: TicketId) -> Option<ServiceId> {
        Some(service("crs-birth"))
    }

    fn minutes(&self, _: Option<&ServiceId>) -> f64 {
        7.0
    }

    fn is_down(&self, _: &ServiceId) -> bool {
        self.down
    }
}

fn town() -> Town {
    Town::default()
}

fn service(id: &str) -> ServiceId {
    ServiceId::new(id).expect("an id")
}

fn officer() -> Officer {
    Officer::new(CounterId(9), mombasa(), StdRng::seed_from_u64(6), at(MORNING))
}

fn open() -> (Officer, Time) {
    let mut officer = officer();
    let Action::Wait(arrives) = officer.on(Event::Woke, at(MORNING), &town()) else { panic!("waits") };
    officer.on(Event::Woke, arrives, &town());
    assert_eq!(officer.on(Event::Done(None), arrives, &town()), Action::Ask(Act::Next));
    (officer, arrives)
}

/// Waits until the citizen stands there, through a recall if need be.
fn walk_up(officer: &mut Officer, mut now: Time) -> Time {
    loop {
        match officer.on(Event::Woke, now, &town()) {
            Action::Ask(Act::Start(_)) => return now,
            Action::Ask(Act::Recall(ticket)) => match officer.on(Event::Done(Some(called(ticket.0))), now, &town()) {
                Action::Wait(until) => now = until,
                Action::Ask(Act::Start(_)) => return now,
                other => panic!("{other:?}"),
            },
            Action::Wait(until) => now = until,
            other => panic!("{other:?}"),
        }
    }
}

/// Serves a called ticket up to the act that ends it.
fn serve(officer: &mut Officer, ticket: CalledTicket, now: Time) -> Time {
    let Action::Wait(there) = officer.on(Event::Done(Some(ticket)), now, &town()) else { panic!("waits") };
    let now = walk_up(officer, there);
    let Action::Wait(until) = officer.on(Event::Done(None), now, &town()) else { panic!("serves") };
    assert!(matches!(officer.on(Event::Woke, until, &town()), Action::Ask(Act::Finish { .. })));
    until
}

fn called(ticket: u64) -> CalledTicket {
    CalledTicket { ticket: TicketId(ticket), number: TicketNumber { letter: 'L', number: 1 }, call: CallNumber(ticket) }
}

fn refused(refusal: Refusal) -> Event {
    Event::Refused(refusal.code().to_owned())
}
