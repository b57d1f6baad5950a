//! Days on which the centre stays closed: a manager adds one, and nobody is let in on it.

use protocol::closed_day::{AddClosedDay, ClosedDays};
use protocol::ticket::Text;
use protocol::time::HOUR;
use protocol::view::DayView;
use protocol::{Refusal, Time};
use reqwest::Method;
use tests::{Centre, Client, Link, Plan, rules};

/// Half past six on 25 November 2026, when tickets would be given.
const WEDNESDAY: Time = Time(1_795_577_400_000);

#[tokio::test]
async fn a_holiday_that_a_manager_adds_is_kept_by_the_writer_also_after_a_restart() {
    let mut centre = Plan::of(rules::centre(1, 999, "")).at("2026-11-24T22:00:00").open().await;
    let manager = centre.manager("juma").await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let door = Link::open(&kiosk, "kiosk").await;
    assert_eq!(next_from(&door), WEDNESDAY, "the page says when tickets are given next");
    let days = add(&manager, "2026-11-25").await.expect("it is to come");
    assert_eq!(days.next.expect("an opening").date, "2026-11-26");
    centre.skip_to(WEDNESDAY.plus(HOUR)).await;
    let door = Link::open(&kiosk, "kiosk").await;
    assert_eq!(door.part::<DayView>("day").date, None);
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("a holiday").code, "centre-closed");
    centre.restart().await;
    // A demonstration's clock begins anew with its server: it is Tuesday night once more.
    centre.skip_to(WEDNESDAY.plus(HOUR)).await;
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("still a holiday").code, "centre-closed");
    remove(&manager, "2026-11-25").await.expect("the holiday is called off");
    let mut door = Link::open(&kiosk, "kiosk").await;
    door.until("the day", |door| door.part::<DayView>("day").date.as_deref() == Some("2026-11-25")).await;
    kiosk.issue("kra-pin").await.expect("the centre is open after all");
}

#[tokio::test]
async fn days_that_cannot_be_closed_or_opened_are_refused_by_name() {
    let centre = Centre::open().await;
    let manager = centre.manager("juma").await;
    for (date, refusal) in [
        ("2026-11-31", Refusal::BadDate),
        ("25.12.2026", Refusal::BadDate),
        ("2036-01-01", Refusal::BadDate),
        ("2026-11-23", Refusal::DatePast),
        ("2026-11-24", Refusal::DayOpen),
        ("2026-12-25", Refusal::DateListed),
    ] {
        assert_eq!(add(&manager, date).await.expect_err(date), refusal.code(), "{date}");
    }
    add(&manager, "2026-11-26").await.expect("it is to come");
    assert_eq!(add(&manager, "2026-11-26").await.expect_err("it is listed"), Refusal::DateListed.code());
    for (date, refusal) in [
        ("2026-11-27", Refusal::DateNotListed),
        ("2026-12-25", Refusal::DateFixed),
        ("2026-11-20", Refusal::DatePast),
        ("..%2F", Refusal::BadDate),
    ] {
        assert_eq!(remove(&manager, date).await.expect_err(date), refusal.code(), "{date}");
    }
    for body in [
        r#"{"date":"2026-11-30"}"#.to_owned(),
        r#"{"date":"2026-11-30","name":{"en":"A","sw":"B"},"forever":true}"#.to_owned(),
        "[]".to_owned(),
    ] {
        manager.post_text("/api/v1/closed-days", body).await.must_be(Refusal::BadJson);
    }
    let long = AddClosedDay { date: "2026-11-30".into(), name: Text { en: "x".repeat(61), sw: "Sikukuu".into() } };
    let refused: Result<ClosedDays, _> = manager.post("/api/v1/closed-days", &long).await;
    assert_eq!(refused.expect_err("too long").code, Refusal::BadRequest.code());
    let days: ClosedDays = manager.get("/api/v1/closed-days").await.json();
    assert_eq!((days.today.as_str(), days.days[0].date.as_str()), ("2026-11-24", "2026-11-26"));
    assert_eq!(days.days[0].added_by.as_ref().map(|by| by.as_str()), Some("juma"));
    assert!(days.days.iter().any(|day| day.date == "2026-12-25" && day.name.is_none()), "those of the file are there too");
}

#[tokio::test]
async fn closed_days_are_a_managers() {
    let centre = Centre::open().await;
    let (stranger, officer, kiosk) = (centre.nobody(), centre.officer("asha").await, centre.kiosk("kiosk-1").await);
    for (who, refusal) in [(&stranger, Refusal::NotSignedIn), (&kiosk, Refusal::NotSignedIn), (&officer, Refusal::NotAllowed)] {
        who.get("/api/v1/closed-days").await.must_be(refusal);
        assert_eq!(add(who, "2026-11-26").await.expect_err("not theirs"), refusal.code());
        assert_eq!(remove(who, "2026-11-26").await.expect_err("not theirs"), refusal.code());
    }
    let manager = centre.manager("juma").await;
    let elsewhere = manager.request(Method::DELETE, "/api/v1/closed-days/2026-11-26").header("origin", "http://elsewhere.example");
    manager.send(elsewhere).await.must_be(Refusal::NotAllowed);
}

async fn add(client: &Client, date: &str) -> Result<ClosedDays, String> {
    let day = AddClosedDay { date: date.into(), name: Text { en: "Idd-ul-Fitr".into(), sw: "Idd-ul-Fitr".into() } };
    client.post("/api/v1/closed-days", &day).await.map_err(|refusal| refusal.code)
}

async fn remove(client: &Client, date: &str) -> Result<(), String> {
    let answer = client.send(client.request(Method::DELETE, &format!("/api/v1/closed-days/{date}"))).await;
    if answer.status == 204 { Ok(()) } else { Err(answer.refusal().code) }
}

fn next_from(door: &Link) -> Time {
    door.part::<DayView>("day").next_from.expect("the centre opens again")
}
