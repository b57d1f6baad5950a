//! Those who do not simply come: with an appointment, with yesterday's ticket, and to a full hall; and what stays with a visit.

use protocol::request::IssuedTicket;
use protocol::time::{HOUR, MINUTE};
use protocol::view::{Catalogue, CounterTicket, DayView, Delivered, DisplayView, TicketPlace};
use protocol::{BookedVisit, Class, Language, Refusal, ServiceId, TicketNumber, Time};
use serde_json::{Value, json};
use tests::{Centre, Client, Link, Plan, rules};

#[tokio::test]
async fn a_booked_visit_checks_in_by_its_code_within_its_time_and_once() {
    let centre = small("").await;
    let (kiosk, manager) = (centre.kiosk("kiosk-1").await, centre.manager("juma").await);
    let now = centre.now().await;
    let (soon, later, gone) = (now.plus(20 * MINUTE), now.plus(2 * HOUR), Time(now.0 - HOUR));
    let list = [("SOON-1", "kra-pin", soon), ("LATER1", "hk-info", later), ("GONE-1", "crs-birth", gone)];
    manager.add_bookings(&list).await.expect("a manager may");

    let early = kiosk.check_in("LATER1").await.expect_err("two hours ahead");
    assert_eq!((early.code.as_str(), early.booked), ("appointment-early", Some(visit("hk-info", later))), "the kiosk can say from when");
    let late = kiosk.check_in("GONE-1").await.expect_err("an hour ago");
    assert_eq!((late.code.as_str(), late.booked), ("appointment-late", Some(visit("crs-birth", gone))), "and give an ordinary ticket");
    for unknown in ["NOBODY1", "a-b", "", "😀😀😀😀", "' OR 1=1"] {
        let refused = kiosk.check_in(unknown).await.expect_err("not on the list");
        assert_eq!((refused.code.as_str(), refused.booked), ("unknown-booking", None), "{unknown}");
    }

    let ticket = kiosk.check_in("soon 1").await.expect("twenty minutes ahead");
    assert_eq!((ticket.service.as_str(), ticket.class), ("kra-pin", Class::Appointment));
    assert_eq!(ticket.slip.booked, Some(clock_time(soon)), "the slip says for when");
    for _ in 0..2 {
        let refused = kiosk.check_in("SOON1").await.expect_err("it has its ticket");
        assert_eq!((refused.code.as_str(), refused.booked), ("appointment-used", None));
    }
    centre.skip_to(later.plus(-20 * MINUTE)).await;
    kiosk.check_in("LATER1").await.expect("its time has come near");
}

#[tokio::test]
async fn a_check_in_whose_answer_was_lost_is_asked_again_and_gets_the_same_ticket() {
    let mut centre = small("").await;
    let kiosk = centre.kiosk("kiosk-1").await;
    centre.admin().add_bookings(&[("AB12CD", "kra-pin", centre.now().await)]).await.expect("an administrator may");
    let body = json!({ "request": kiosk.request_id(), "code": "AB12CD", "language": "en" });
    let first: IssuedTicket = kiosk.post("/api/v1/check-ins", &body).await.expect("booked");
    centre.restart().await;
    let again: IssuedTicket = kiosk.post("/api/v1/check-ins", &body).await.expect("the same question");
    assert_eq!(again, first);
    assert_eq!(kiosk.check_in("AB12CD").await.expect_err("another question").code, Refusal::AppointmentUsed.code());
}

#[tokio::test]
async fn the_list_is_the_managers_tells_no_code_survives_a_restart_and_a_changed_one_keeps_who_has_come() {
    let mut centre = small("").await;
    let (kiosk, manager, officer) = (centre.kiosk("kiosk-1").await, centre.manager("juma").await, centre.officer("asha").await);
    let now = centre.now().await;
    let added = manager.add_bookings(&[("AB12-CD", "kra-pin", now), ("EF34", "hk-info", now)]).await.expect("a manager may");
    assert!(!added.to_string().contains("AB12") && !added.to_string().contains("EF34"), "{added}");
    let refused = manager.add_bookings(&[("GH56", "kra-pin", now), ("IJ78", "passport", now)]).await.expect_err("not offered");
    assert_eq!(refused.code, Refusal::UnknownService.code());
    assert_eq!(manager.add_bookings(&[("GH56", "kra-pin", now), ("x", "kra-pin", now)]).await.expect_err("no code").code, "bad-request");
    assert_eq!(officer.add_bookings(&[("GH56", "kra-pin", now)]).await.expect_err("no manager").code, Refusal::NotAllowed.code());
    kiosk.get("/api/v1/bookings").await.must_be(Refusal::NotSignedIn);
    assert_eq!(list(&manager).await, added, "of a list with a fault nothing is added");

    kiosk.check_in("AB12CD").await.expect("booked");
    centre.restart().await;
    assert_eq!(list(&manager).await, added, "the list is kept");
    let moved = [("ab12cd", "hk-info", now.plus(10 * MINUTE)), ("EF34", "hk-info", now.plus(10 * MINUTE)), ("GH56", "kra-pin", now)];
    let changed = manager.add_bookings(&moved).await.expect("a new list");
    assert_eq!(changed.as_array().map(Vec::len), Some(3), "the same code is the same visit");
    assert_eq!(kiosk.check_in("AB12CD").await.expect_err("has come").code, Refusal::AppointmentUsed.code());
    let moved = kiosk.check_in("EF34").await.expect("at its new time");
    assert_eq!(moved.slip.booked, Some(clock_time(now.plus(10 * MINUTE))));
    let files = std::fs::read_dir(centre.data()).expect("the data folder").flatten().filter(|entry| entry.path().is_file());
    for file in files {
        let bytes = std::fs::read(file.path()).expect("a file");
        assert!(!bytes.windows(6).any(|part| part.eq_ignore_ascii_case(b"AB12CD")), "{:?} holds a code", file.path());
    }
}

#[tokio::test]
async fn an_appointment_on_a_slip_alone_is_confirmed_or_withdrawn_by_an_officer() {
    let centre = small("").await;
    let (kiosk, officer) = (centre.kiosk("kiosk-1").await, centre.officer("asha").await);
    let now = centre.now().await;
    assert_eq!(kiosk.booked_on_slip("kra-pin", now.plus(HOUR)).await.expect_err("early").code, Refusal::AppointmentEarly.code());
    assert_eq!(kiosk.booked_on_slip("kra-pin", Time(now.0 - HOUR)).await.expect_err("late").code, Refusal::AppointmentLate.code());
    let [seen, doubted] = [kiosk.booked_on_slip("kra-pin", now).await, kiosk.booked_on_slip("kra-pin", now).await];
    let [seen, doubted] = [seen.expect("now"), doubted.expect("now")];
    officer.open(1).await.expect("opens");
    let mut desk = Link::open(&officer, "counter&counter=1").await;
    for (ticket, confirmed, class) in [(&seen, true, Class::Appointment), (&doubted, false, Class::Standard)] {
        officer.next(1).await.expect("waiting");
        desk.until("the ticket", |desk| at_counter(desk).is_some_and(|at| at.number == ticket.number)).await;
        let at = at_counter(&desk).expect("called");
        assert_eq!((at.class, at.classed, at.booked_at), (Class::Appointment, false, Some(now)), "it is what the citizen says");
        officer.priority(ticket.number, confirmed).await.expect("the officer has looked at the slip");
        desk.until("the officer's word", |desk| at_counter(desk).is_some_and(|at| at.class == class && at.classed)).await;
        officer.start(1, ticket.ticket).await.expect("called");
        officer.finish(1, ticket.ticket, false).await.expect("served");
    }
}

#[tokio::test]
async fn whom_the_day_could_not_serve_comes_next_morning_and_the_wait_of_that_day_counts() {
    let mut centre = Plan::of(rules::centre(1, 999, "")).at("2026-11-24T18:45:00").open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let mut door = Link::open(&kiosk, "kiosk").await;
    assert_eq!(door.part::<DayView>("day").returns, 0);
    let old = kiosk.issue("kra-pin").await.expect("a quarter of an hour is left");
    assert_eq!(kiosk.take_up(old.number).await.expect_err("today is today").code, Refusal::NoReturnTicket.code());
    centre.skip_to(centre.now().await.plus(12 * HOUR + 30 * MINUTE)).await;
    door.until("the next day", |door| door.part::<DayView>("day").returns == 1).await;
    centre.restart().await;

    let today = kiosk.issue("kra-pin").await.expect("morning");
    let back = kiosk.take_up(old.number).await.expect("not served yesterday");
    assert_ne!(back.number, old.number, "yesterday's number is somebody else's today");
    let note = back.slip.note.clone().expect("the slip says so");
    assert!(note.en.contains("last day") && note.sw.contains("siku iliyopita"), "{note:?}");
    door.until("none left", |door| door.part::<DayView>("day").returns == 0).await;
    for number in [old.number, "Z999".parse().expect("a number")] {
        assert_eq!(kiosk.take_up(number).await.expect_err("once").code, Refusal::NoReturnTicket.code());
    }
    let officer = centre.officer("asha").await;
    officer.open(1).await.expect("opens");
    let called = officer.next(1).await.expect("waiting").called.map(|called| called.number);
    assert_eq!(called, Some(back.number), "thirty minutes were waited: {} came only now", today.number);
}

#[tokio::test]
async fn a_full_hall_lets_people_wait_outside_and_the_screen_at_the_door_calls_them_in() {
    let centre = small("\n[hall]\ninside_max = 3\n").await;
    let (kiosk, officer) = (centre.kiosk("kiosk-1").await, centre.officer("asha").await);
    let mut hall = Link::open(&centre.display("display-a", "hall").await, "display&zone=hall").await;
    let mut door = Link::open(&kiosk, "kiosk").await;
    let mut board = Link::open(&centre.manager("juma").await, "board").await;
    officer.open(1).await.expect("opens");
    let mut tickets = Vec::new();
    for _ in 0..5 {
        tickets.push(kiosk.issue("kra-pin").await.expect("a full hall still gives tickets"));
    }
    let outside: Vec<bool> = tickets.iter().map(|ticket| ticket.outside && ticket.slip.outside).collect();
    assert_eq!(outside, [false, false, false, true, true], "three are inside");
    for screen in [&mut hall, &mut door, &mut board] {
        screen.until("two outside", |screen| screen.part::<DayView>("day").outside == 2).await;
    }
    assert!(hall.view::<DisplayView>().admitted.is_empty());
    assert!(place(&kiosk, tickets[3].number).await.outside, "the phone says to wait outside");

    let first = officer.next(1).await.expect("waiting").called.expect("a call").ticket;
    officer.start(1, first).await.expect("called");
    assert!(hall.view::<DisplayView>().admitted.is_empty(), "who is at a counter is still in the hall");
    officer.finish(1, first, false).await.expect("served");
    let numbers = |places: &[usize]| places.iter().map(|place| tickets[*place].number).collect::<Vec<_>>();
    hall.until("one may come in", |hall| hall.view::<DisplayView>().admitted == numbers(&[3])).await;
    board.until("one outside", |board| board.part::<DayView>("day").outside == 1).await;
    assert!(!place(&kiosk, tickets[3].number).await.outside, "the phone says to come in");
    officer.call(1, tickets[4].number).await.expect("a call brings anyone in");
    door.until("nobody outside", |door| door.part::<DayView>("day").outside == 0).await;
    let fresh = Link::open(&centre.display("display-b", "hall").await, "display&zone=hall").await;
    assert_eq!(fresh.view::<DisplayView>().admitted, numbers(&[3]), "who is called to a counter need not be called in");
}

#[tokio::test]
async fn what_was_delivered_and_what_was_marked_is_seen_at_the_counter() {
    let centre = small("\n[[mark]]\nid = \"copies\"\nname_en = \"Copies made\"\nname_sw = \"Nakala zimetolewa\"\n").await;
    let (kiosk, officer) = (centre.kiosk("kiosk-1").await, centre.officer("asha").await);
    let catalogue: Catalogue = kiosk.get("/api/v1/catalogue").await.json();
    assert_eq!(catalogue.marks.iter().map(|mark| mark.id.to_string()).collect::<Vec<_>>(), ["copies"]);
    let mut request = kiosk.ticket_request("kra-pin");
    (request.then, request.language) = (vec![service("hk-info")], Language::En);
    let ticket: IssuedTicket = kiosk.post("/api/v1/tickets", &request).await.expect("both are offered");
    assert_eq!(ticket.slip.then.len(), 1, "the slip names what follows");
    officer.open(1).await.expect("opens");
    let mut desk = Link::open(&officer, "counter&counter=1").await;
    officer.next(1).await.expect("waiting");
    officer.start(1, ticket.ticket).await.expect("called");
    officer.mark(ticket.number, "copies", true).await.expect("on the list");
    officer.deliver(1, ticket.ticket, "hk-info", 2).await.expect("offered here");
    let delivered = [Delivered { service: service("hk-info"), count: 2 }];
    desk.until("both", |desk| at_counter(desk).is_some_and(|at| at.delivered == delivered && at.marks.len() == 1)).await;
    assert_eq!(at_counter(&desk).expect("serving").then, [service("hk-info")]);
    assert_eq!(officer.mark(ticket.number, "copies", true).await.expect_err("twice").code, Refusal::MarkUnchanged.code());
    assert_eq!(officer.mark(ticket.number, "vip", true).await.expect_err("not on the list").code, Refusal::UnknownMark.code());
    assert_eq!(officer.deliver(1, ticket.ticket, "passport", 1).await.expect_err("not offered").code, Refusal::UnknownService.code());
    officer.mark(ticket.number, "copies", false).await.expect("off again");
    officer.deliver(1, ticket.ticket, "hk-info", 0).await.expect("taken back");
    desk.until("neither", |desk| at_counter(desk).is_some_and(|at| at.delivered.is_empty() && at.marks.is_empty())).await;
}

/// A centre of one hall and two counters that serve everything.
async fn small(more: &str) -> Centre {
    Plan::of(rules::centre(2, 999, more)).open().await
}

fn service(id: &str) -> ServiceId {
    ServiceId::new(id).expect("a service's id")
}

fn visit(id: &str, at: Time) -> BookedVisit {
    BookedVisit { service: service(id), at }
}

/// The time of day in Nairobi, as slips have it.
fn clock_time(time: Time) -> String {
    let minutes = (time.0 / MINUTE + 180) % (24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

async fn list(manager: &Client) -> Value {
    manager.get("/api/v1/bookings").await.json()
}

async fn place(client: &Client, number: TicketNumber) -> TicketPlace {
    client.get(&format!("/api/v1/places/{number}-20261124")).await.json()
}

fn at_counter(desk: &Link) -> Option<CounterTicket> {
    desk.part("ticket")
}
