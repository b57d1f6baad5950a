//! What a link does when this or that happens, without a socket.

use super::*;

#[test]
fn a_link_greets_takes_a_snapshot_and_follows_the_news() {
    let (mut link, now) = opened();
    assert_eq!(link.on(heard(hello(LINK_VERSION)), now), [clock()]);
    assert_eq!(link.on(heard(snapshot(7)), now), [whole(7), Action::Contact(Contact::Connected)]);
    assert_eq!(link.on(heard(news(8, 7)), now), [changed(8)]);
    assert_eq!(link.on(heard(heartbeat(8)), now), [clock()]);
    assert_eq!(link.on(heard(news(11, 8)), now), [changed(11)]);
}

#[test]
fn a_gap_asks_once_and_nothing_is_drawn_until_the_snapshot_comes() {
    let (mut link, now) = current(7);
    assert_eq!(link.on(heard(news(9, 8)), now), [Action::Send(Ask::Resync)]);
    assert_eq!(link.on(heard(news(10, 9)), now), []);
    assert_eq!(link.on(heard(snapshot(10)), now), [whole(10), Action::Contact(Contact::Connected)]);
    assert_eq!(link.on(heard(news(11, 10)), now), [changed(11)]);
}

#[test]
fn a_heartbeat_of_another_frame_is_a_gap_too() {
    let (mut link, now) = current(7);
    assert_eq!(link.on(heard(heartbeat(8)), now), [Action::Send(Ask::Resync)]);
}

#[test]
fn a_server_that_is_alive_but_never_sends_the_snapshot_is_left() {
    let (mut link, mut now) = current(7);
    link.on(heard(news(9, 8)), now);
    for _ in 0..3 {
        now += Duration::from_secs(2);
        assert_ne!(link.on(heard(heartbeat(9)), now), []);
        let actions = link.on(Event::Woke, now);
        if !actions.is_empty() {
            assert_eq!(actions, [Action::Close, Action::Contact(Contact::Unreachable)]);
            return;
        }
    }
    panic!("the link waits for ever");
}

#[test]
fn silence_is_out_of_touch_and_then_a_new_try() {
    let (mut link, now) = current(7);
    let silent = now + Tempo::default().silence;
    assert_eq!(link.on(Event::Woke, silent - Duration::from_millis(1)), []);
    assert_eq!(link.on(Event::Woke, silent), [Action::Close, Action::Contact(Contact::Unreachable)]);
    let rested = link.deadline().expect("a link goes on");
    assert!(rested > silent && rested <= silent + Tempo::default().rest_longest);
    assert_eq!(link.on(heard(news(8, 7)), silent), [], "the last words of a closed socket");
    assert_eq!(link.on(Event::Woke, rested), [Action::Open]);
}

#[test]
fn the_server_is_told_that_the_station_lives() {
    let (mut link, mut now) = current(7);
    let mut beats = 0;
    for _ in 0..30 {
        now += Duration::from_secs(1);
        link.on(heard(heartbeat(7)), now);
        beats += link.on(Event::Woke, now).iter().filter(|action| **action == Action::Send(Ask::Heartbeat)).count();
    }
    assert_eq!(beats, 3);
}

#[test]
fn waits_grow_while_the_server_is_down_and_are_short_again_after_a_snapshot() {
    let (mut link, mut now) = (LinkState::new(Tempo::default(), 7, Instant::now()), Instant::now());
    let mut last = Duration::ZERO;
    for _ in 0..12 {
        now = link.deadline().expect("a link goes on").max(now);
        assert_eq!(link.on(Event::Woke, now), [Action::Open]);
        assert_eq!(link.on(broken(), now), [Action::Close, Action::Contact(Contact::Unreachable)]);
        last = link.deadline().expect("a link goes on") - now;
    }
    assert!(last >= Tempo::default().rest_longest / 2, "{last:?}");
    now = link.deadline().expect("a link goes on");
    link.on(Event::Woke, now);
    greet(&mut link, 1, now);
    link.on(broken(), now);
    assert!(link.deadline().expect("a link goes on") - now <= Tempo::default().rest_shortest);
}

#[test]
fn a_greeting_alone_does_not_make_the_waits_short() {
    let mut now = Instant::now();
    let mut link = LinkState::new(Tempo::default(), 7, now);
    for _ in 0..12 {
        now = link.deadline().expect("a link goes on").max(now);
        link.on(Event::Woke, now);
        link.on(Event::Opened, now);
        link.on(heard(hello(LINK_VERSION)), now);
        link.on(broken(), now);
    }
    assert!(link.deadline().expect("a link goes on") - now >= Tempo::default().rest_longest / 2);
}

#[test]
fn a_revoked_token_ends_the_link_at_the_door_and_in_the_middle() {
    let now = Instant::now();
    let mut link = LinkState::new(Tempo::default(), 7, now);
    link.on(Event::Woke, now);
    assert_eq!(link.on(Event::Lost(Lost::UnknownDevice), now), [Action::Close, Action::Revoked]);
    assert_eq!(link.deadline(), None);
    let (mut link, now) = current(7);
    let bye = Frame::Bye { code: "unknown-device".into() };
    assert_eq!(link.on(heard(bye), now), [Action::Close, Action::Revoked]);
    assert_eq!(link.on(Event::Woke, now), []);
}

#[test]
fn a_server_that_restarts_or_speaks_another_version_is_tried_again_later() {
    let (mut link, now) = current(7);
    let bye = Frame::Bye { code: "restart".into() };
    assert_eq!(link.on(heard(bye), now), [Action::Close, Action::Contact(Contact::Unreachable)]);
    let (mut link, now) = opened();
    assert_eq!(link.on(heard(hello(LINK_VERSION + 1)), now), [Action::Close, Action::Contact(Contact::Unreachable)]);
    let (mut link, now) = opened();
    assert_eq!(link.on(heard(snapshot(1)), now), [Action::Close, Action::Contact(Contact::Unreachable)]);
}

fn opened() -> (LinkState, Instant) {
    let now = Instant::now();
    let mut link = LinkState::new(Tempo::default(), 7, now);
    assert_eq!(link.on(Event::Woke, now), [Action::Open]);
    assert_eq!(link.on(Event::Opened, now), []);
    (link, now)
}

fn current(frame: u64) -> (LinkState, Instant) {
    let (mut link, now) = opened();
    greet(&mut link, frame, now);
    (link, now)
}

fn greet(link: &mut LinkState, frame: u64, now: Instant) {
    link.on(Event::Opened, now);
    link.on(heard(hello(LINK_VERSION)), now);
    link.on(heard(snapshot(frame)), now);
}

fn heard(frame: Frame) -> Event {
    Event::Heard(frame)
}

fn broken() -> Event {
    Event::Lost(Lost::Broken("connection refused".into()))
}

fn hello(version: u32) -> Frame {
    Frame::Hello { version, centre: "Mombasa".into(), server: "0.1.0".into(), now: Time(5), pace: 1 }
}

fn snapshot(frame: u64) -> Frame {
    Frame::Snapshot { frame, seq: Seq(frame), parts: parts(frame) }
}

fn news(frame: u64, after: u64) -> Frame {
    Frame::News { frame, after, seq: Seq(frame), parts: parts(frame) }
}

fn heartbeat(frame: u64) -> Frame {
    Frame::Heartbeat { frame, now: Time(5), pace: 1 }
}

fn parts(frame: u64) -> Parts {
    Parts::from_iter([("day".to_owned(), frame.into())])
}

fn clock() -> Action {
    Action::Deliver(Delivery::Clock { now: Time(5), pace: 1 })
}

fn whole(frame: u64) -> Action {
    Action::Deliver(Delivery::Whole { seq: Seq(frame), parts: parts(frame) })
}

fn changed(frame: u64) -> Action {
    Action::Deliver(Delivery::Changed { seq: Seq(frame), parts: parts(frame) })
}
