//! What has stopped goes on again: the hall, the board and the officer are told so for ten minutes, and then no more.

use protocol::time::{MINUTE, SECOND};
use protocol::view::{DayView, ResumedView, SuspensionView};
use protocol::{Language, Seq};
use tests::{Centre, Client, Link};

#[tokio::test]
async fn what_went_on_again_is_told_for_ten_minutes() {
    let mut centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let manager = centre.manager("juma").await;
    let display = centre.display("display-a", "hall-a").await;
    let mut hall = Link::open(&display, HALL).await;
    kiosk.issue("nrb-id-collect").await.expect("a ticket");
    let stopped = manager.suspend("NRB").await.expect("a manager may").seq;
    hall.until("the suspension", |hall| !suspended(hall).is_empty()).await;
    assert_eq!(suspended(&hall)[0].notice, stopped, "the notice has the number of its place in the journal");
    assert_eq!(hall.part::<Vec<Language>>("languages"), [Language::Sw, Language::En]);
    assert_eq!(resumed(&hall), []);

    let went_on = manager.resume("NRB").await.expect("a manager may").seq;
    hall.until("the notice", |hall| numbers(hall) == [went_on]).await;
    assert_eq!(suspended(&hall), []);
    let [told] = &resumed(&hall)[..] else { panic!("one notice") };
    assert_eq!((told.agency.as_str(), &told.service, told.waiting), ("NRB", &None, 1));
    for (client, topic) in [(&display, HALL), (&manager, "board"), (&manager, "counter&counter=1")] {
        let fresh = Link::open(client, topic).await;
        let concerned = topic != "counter&counter=1" || serves(&kiosk, 1, "NRB").await;
        assert_eq!(numbers(&fresh) == [went_on], concerned, "a {topic} that comes within ten minutes");
    }

    centre.skip_to(told.since.plus(9 * MINUTE)).await;
    centre.restart().await;
    assert_eq!(numbers(&Link::open(&display, HALL).await), [went_on], "also over a restart");
    let mut hall = Link::open(&display, HALL).await;
    centre.skip_to(told.since.plus(10 * MINUTE + SECOND)).await;
    hall.until("no notice", |hall| resumed(hall).is_empty()).await;
    for (client, topic) in [(&display, HALL), (&manager, "board")] {
        assert_eq!(numbers(&Link::open(client, topic).await), [], "a {topic} that comes later");
    }
}

#[tokio::test]
async fn a_new_suspension_takes_the_notice_away() {
    let centre = Centre::open().await;
    let manager = centre.manager("juma").await;
    let mut hall = Link::open(&centre.display("display-a", "hall-a").await, HALL).await;
    let mut newest = Seq(0);
    for _ in 0..2 {
        let stopped = manager.suspend("KRA").await.expect("a manager may").seq;
        hall.until("the suspension", |hall| suspended(hall).iter().any(|one| one.notice == stopped)).await;
        assert_eq!(numbers(&hall), []);
        let went_on = manager.resume("KRA").await.expect("a manager may").seq;
        hall.until("the notice", |hall| numbers(hall) == [went_on]).await;
        assert!(newest < stopped && stopped < went_on);
        newest = went_on;
    }
}

#[tokio::test]
async fn what_the_days_end_lets_go_on_is_not_told() {
    let centre = Centre::open().await;
    let manager = centre.manager("juma").await;
    let mut hall = Link::open(&centre.display("display-a", "hall-a").await, HALL).await;
    manager.suspend("KRA").await.expect("a manager may");
    hall.until("the suspension", |hall| !suspended(hall).is_empty()).await;
    let closes_at = hall.part::<DayView>("day").closes_at.expect("an open day");
    centre.skip_to(closes_at.plus(SECOND)).await;
    hall.until("the day's end", |hall| hall.part::<DayView>("day").date.is_none()).await;
    assert_eq!((suspended(&hall), resumed(&hall)), (vec![], vec![]));
}

const HALL: &str = "display&zone=hall-a";

fn suspended(link: &Link) -> Vec<SuspensionView> {
    link.part("suspended")
}

fn resumed(link: &Link) -> Vec<ResumedView> {
    link.part("resumed")
}

fn numbers(link: &Link) -> Vec<Seq> {
    resumed(link).into_iter().map(|one| one.notice).collect()
}

async fn serves(client: &Client, counter: u16, agency: &str) -> bool {
    let catalogue: protocol::view::Catalogue = client.get("/api/v1/catalogue").await.json();
    let entry = catalogue.counters.iter().find(|entry| entry.counter.0 == counter).expect("the counter is there");
    let of_agency = |id| catalogue.services.iter().any(|service| service.id == id && service.agency.as_str() == agency);
    entry.services.iter().cloned().any(of_agency)
}
