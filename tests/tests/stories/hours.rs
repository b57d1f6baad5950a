//! What a centre cannot give: no more tickets today, not at this hour, not at night, no number left.

use protocol::time::{HOUR, MINUTE};
use protocol::view::{Availability, DayView, ServiceState};
use tests::{Link, Plan, rules};

#[tokio::test]
async fn a_full_service_says_so_before_anyone_waits() {
    let centre = Plan::of(rules::centre(1, 999, "[[service]]\nid = \"kra-pin\"\nquota = 2\n")).open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let mut door = Link::open(&kiosk, "kiosk").await;
    assert_eq!(service(&door, "kra-pin").left_today, Some(2));
    for _ in 0..2 {
        kiosk.issue("kra-pin").await.expect("a ticket");
    }
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("two are issued").code, "service-full");
    door.until("the service full", |door| service(door, "kra-pin").state == Availability::Full).await;
    assert_eq!(service(&door, "kra-pin").left_today, Some(0));
    kiosk.issue("nrb-id-new").await.expect("other services go on");
}

#[tokio::test]
async fn a_service_with_hours_of_its_own_keeps_them() {
    let hours = "[[service]]\nid = \"kra-pin\"\nfrom = \"10:00\"\nuntil = \"11:00\"\n";
    let centre = Plan::of(rules::centre(1, 999, hours)).open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let mut door = Link::open(&kiosk, "kiosk").await;
    let nine = centre.now().await;
    assert_eq!(service(&door, "kra-pin").state, Availability::Closed);
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("it is nine").code, "service-closed");
    centre.skip_to(nine.plus(HOUR)).await;
    kiosk.issue("kra-pin").await.expect("it is ten");
    door.until("the service open", |door| service(door, "kra-pin").state == Availability::Open).await;
    centre.skip_to(nine.plus(2 * HOUR)).await;
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("it is eleven").code, "service-closed");
    door.until("the service closed", |door| service(door, "kra-pin").state == Availability::Closed).await;
}

#[tokio::test]
async fn at_night_the_centre_is_closed_and_in_the_morning_it_opens_by_itself() {
    let centre = Plan::of(rules::centre(1, 999, "")).at("2026-11-24T22:00:00").open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    let mut door = Link::open(&kiosk, "kiosk").await;
    assert_eq!(door.part::<DayView>("day").date, None);
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("night").code, "centre-closed");
    assert_eq!(officer.open(1).await.expect_err("night").code, "centre-closed");
    assert_eq!(centre.admin().suspend("KRA").await.expect_err("night").code, "centre-closed");
    let morning = centre.now().await.plus(9 * HOUR);
    centre.skip_to(morning).await;
    door.until("the day", |door| door.part::<DayView>("day").date.as_deref() == Some("2026-11-25")).await;
    assert_eq!(kiosk.issue("kra-pin").await.expect("morning").number.to_string(), "S001");
    officer.open(1).await.expect("morning");
}

#[tokio::test]
async fn after_closing_time_holders_of_a_ticket_are_still_served_and_the_day_then_ends() {
    let centre = Plan::of(rules::centre(1, 999, "")).at("2026-11-24T18:50:00").open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    let mut door = Link::open(&kiosk, "kiosk").await;
    officer.open(1).await.expect("the counter opens");
    let ticket = kiosk.issue("kra-pin").await.expect("ten minutes are left").ticket;
    centre.skip_to(centre.now().await.plus(11 * MINUTE)).await;
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("after seven").code, "centre-closed");
    officer.next(1).await.expect("a slip is a contract");
    officer.start(1, ticket).await.expect("the citizen came");
    officer.finish(1, ticket, false).await.expect("served");
    door.until("the day's end", |door| door.part::<DayView>("day").date.is_none()).await;
    assert_eq!(officer.next(1).await.expect_err("the day closed the counter").code, "counter-closed");
}

#[tokio::test]
async fn a_number_is_not_given_again_while_its_holder_waits() {
    let centre = Plan::of(rules::centre(1, 3, "")).open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    officer.open(1).await.expect("the counter opens");
    for number in ["S001", "S002", "S003"] {
        assert_eq!(kiosk.issue("kra-pin").await.expect("a ticket").number.to_string(), number);
    }
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("three are out").code, "numbers-exhausted");
    assert_eq!(kiosk.issue("nrb-id-new").await.expect("another letter").number.to_string(), "J001");
    let called = officer.next(1).await.expect("somebody waits").called.expect("a call");
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("a called number is still held").code, "numbers-exhausted");
    officer.no_show(1, called.ticket, false).await.expect("missed");
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("it may still come back").code, "numbers-exhausted");
    officer.cancel(called.number).await.expect("given up");
    assert_eq!(kiosk.issue("kra-pin").await.expect("one is free").number, called.number);
}

#[tokio::test]
async fn a_counter_that_was_left_is_closed_and_its_ticket_put_back() {
    let centre = Plan::of(rules::centre(2, 999, "")).open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let (gone, here) = (centre.officer("gone").await, centre.officer("here").await);
    let ticket = kiosk.issue("kra-pin").await.expect("a ticket");
    gone.open(1).await.expect("the counter opens");
    gone.next(1).await.expect("a call");
    centre.skip_to(centre.now().await.plus(21 * MINUTE)).await;
    here.open(2).await.expect("the counter opens");
    let called = here.next(2).await.expect("the ticket is in the queue again").called.expect("a call");
    assert_eq!(called.ticket, ticket.ticket);
    assert_eq!(gone.start(1, ticket.ticket).await.expect_err("the counter was closed").code, "counter-closed");
}

fn service(door: &Link, id: &str) -> ServiceState {
    let services: Vec<ServiceState> = door.part("services");
    services.into_iter().find(|state| state.service.as_str() == id).expect("the service is offered")
}
