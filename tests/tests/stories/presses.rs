//! Impatient fingers and stale screens: pressed twice, pressed late, pressed at the wrong counter.

use protocol::request::{CounterAct, CounterDone, FinishService, IssueTicket, IssuedTicket};
use protocol::{Outcome, Refusal};
use serde_json::Value;
use tests::{Centre, Client, Plan, rules};
use tokio::task::JoinSet;

#[tokio::test]
async fn a_request_asked_twice_at_once_is_done_once() {
    let (_centre, kiosk, officer) = small_hall().await;
    let request = kiosk.ticket_request("nrb-id-new");
    let (one, other) = tokio::join!(ticket(&kiosk, &request), ticket(&kiosk, &request));
    assert_eq!(one, other);
    let next = CounterAct { request: officer.request_id() };
    let path = "/api/v1/counters/1/next";
    let (one, other) = tokio::join!(officer.post::<CounterDone>(path, &next), officer.post::<CounterDone>(path, &next));
    assert_eq!(one.expect("a call"), other.expect("the same call"));
    assert_eq!(officer.next(1).await.expect_err("the counter has its ticket").code, "counter-busy");
}

#[tokio::test]
async fn two_presses_of_next_call_one_ticket() {
    let (_centre, kiosk, officer) = small_hall().await;
    for _ in 0..4 {
        kiosk.issue("nrb-id-new").await.expect("a ticket");
    }
    let mut presses = JoinSet::new();
    for _ in 0..8 {
        let officer = officer.clone();
        presses.spawn(async move { officer.next(1).await });
    }
    let answers = presses.join_all().await;
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err()).map(|refusal| refusal.code.as_str());
    assert_eq!(refused.collect::<Vec<_>>(), ["counter-busy"; 7]);
}

#[tokio::test]
async fn a_second_press_of_finish_and_next_does_not_end_the_next_ticket() {
    let (_centre, kiosk, officer) = small_hall().await;
    let [first, second] = [kiosk.issue("nrb-id-new").await.expect("a ticket"), kiosk.issue("nrb-id-new").await.expect("a ticket")];
    officer.next(1).await.expect("a call");
    officer.start(1, first.ticket).await.expect("the citizen came");
    let called = officer.finish(1, first.ticket, true).await.expect("served").called.expect("the next");
    assert_eq!(called.ticket, second.ticket);
    assert_eq!(officer.finish(1, first.ticket, true).await.expect_err("pressed again").code, "stale-ticket");
    assert_eq!(officer.no_show(1, first.ticket, true).await.expect_err("pressed beside it").code, "stale-ticket");
    officer.start(1, second.ticket).await.expect("the second ticket is still called");
}

#[tokio::test]
async fn a_stale_screen_is_told_so() {
    let (_centre, kiosk, officer) = small_hall().await;
    let [first, second] = [kiosk.issue("nrb-id-new").await.expect("a ticket"), kiosk.issue("nrb-id-new").await.expect("a ticket")];
    assert_eq!(officer.start(1, first.ticket).await.expect_err("not called yet").code, "counter-idle");
    officer.next(1).await.expect("a call");
    assert_eq!(officer.finish(1, first.ticket, false).await.expect_err("not started").code, "ticket-not-serving");
    for refusal in [
        officer.recall(1, second.ticket).await,
        officer.start(1, second.ticket).await,
        officer.finish(1, second.ticket, false).await,
        officer.no_show(1, second.ticket, true).await,
    ] {
        assert_eq!(refusal.expect_err("another ticket is at the counter").code, "stale-ticket");
    }
    officer.start(1, first.ticket).await.expect("the citizen came");
    assert_eq!(officer.start(1, first.ticket).await.expect_err("started already").code, "ticket-not-called");
    assert_eq!(officer.recall(1, first.ticket).await.expect_err("the citizen is here").code, "ticket-not-called");
    assert_eq!(officer.no_show(1, first.ticket, false).await.expect_err("the citizen is here").code, "ticket-not-called");
    assert_eq!(officer.close(1).await.expect_err("a citizen is here").code, "counter-busy");
    assert_eq!(officer.pause(1).await.expect_err("a citizen is here").code, "counter-busy");
}

#[tokio::test]
async fn one_counter_has_one_officer_and_one_officer_one_counter() {
    let (centre, kiosk, asha) = small_hall().await;
    kiosk.issue("nrb-id-new").await.expect("a ticket");
    let juma = centre.officer("juma").await;
    assert_eq!(juma.open(1).await.expect_err("asha is there").code, "counter-taken");
    assert_eq!(juma.next(1).await.expect_err("asha is there").code, "counter-taken");
    assert_eq!(asha.open(2).await.expect_err("asha is at counter 1").code, "officer-elsewhere");
    assert_eq!(asha.open(1).await.expect_err("it is open").code, "counter-open");
    assert_eq!(juma.next(2).await.expect_err("nobody opened it").code, "counter-closed");
    let (one, other) = tokio::join!(juma.open(2), juma.open(2));
    assert_eq!([one, other].into_iter().filter(Result::is_ok).count(), 1, "two tabs of one officer open it once");
    juma.pause(2).await.expect("a break");
    assert_eq!(juma.next(2).await.expect_err("on a break").code, "counter-paused");
    assert_eq!(asha.back(1).await.expect_err("no break").code, "counter-not-paused");
    let (first, second) = tokio::join!(asha.next(1), async {
        juma.back(2).await.expect("back");
        juma.next(2).await
    });
    assert_eq!([first, second].into_iter().filter(Result::is_ok).count(), 1, "one ticket goes to one of them");
}

#[tokio::test]
async fn a_request_id_used_for_another_thing_is_refused() {
    let (centre, kiosk, officer) = small_hall().await;
    let request = kiosk.ticket_request("nrb-id-new");
    ticket(&kiosk, &request).await;
    let other = IssueTicket { service: "kra-pin".parse().expect("a service"), ..request.clone() };
    kiosk.post_text("/api/v1/tickets", text(&other)).await.must_be(Refusal::RequestReused);
    let another = centre.kiosk("kiosk-2").await;
    another.post_text("/api/v1/tickets", text(&request)).await.must_be(Refusal::RequestReused);
    let next = CounterAct { request: request.request.clone() };
    officer.post_text("/api/v1/counters/1/next", text(&next)).await.must_be(Refusal::RequestReused);
    assert_eq!(ticket(&kiosk, &request).await["number"], "J001", "the first answer stands");
}

#[tokio::test]
async fn a_refused_request_may_be_asked_again_with_the_same_id() {
    let (_centre, kiosk, officer) = small_hall().await;
    let next = CounterAct { request: officer.request_id() };
    officer.post_text("/api/v1/counters/1/next", text(&next)).await.must_be(Refusal::NobodyWaiting);
    kiosk.issue("nrb-id-new").await.expect("a ticket");
    let done: CounterDone = officer.post("/api/v1/counters/1/next", &next).await.expect("somebody waits by now");
    assert!(done.called.is_some());
}

#[tokio::test]
async fn a_request_repeated_after_a_restart_gets_the_same_answer() {
    let (mut centre, kiosk, officer) = small_hall().await;
    let mut asked: Vec<(Client, String, String, Value)> = Vec::new();
    for service in ["nrb-id-new", "kra-pin"] {
        let body = text(&kiosk.ticket_request(service));
        asked.push(ask(&kiosk, "/api/v1/tickets", body).await);
    }
    asked.push(ask(&officer, "/api/v1/counters/1/next", text(&CounterAct { request: officer.request_id() })).await);
    let called = asked[2].3["called"]["ticket"].clone();
    let start = serde_json::json!({ "request": officer.request_id(), "ticket": called });
    asked.push(ask(&officer, "/api/v1/counters/1/start", start.to_string()).await);
    let ticket = serde_json::from_value(called).expect("a ticket");
    let finish = FinishService { request: officer.request_id(), ticket, outcome: Some(Outcome::DocumentsMissing), then_next: true };
    asked.push(ask(&officer, "/api/v1/counters/1/finish", text(&finish)).await);
    for _ in 0..2 {
        centre.restart().await;
        for (client, path, body, before) in &asked {
            let after = client.post_until_answered(path, body).await;
            assert_eq!((after.status, after.json::<Value>()), (200, before.clone()), "{path} {body}");
        }
    }
    assert_eq!(officer.next(1).await.expect_err("the second ticket is at the counter").code, "counter-busy");
}

async fn ask(client: &Client, path: &str, body: String) -> (Client, String, String, Value) {
    let answer = client.post_until_answered(path, &body).await;
    assert_eq!(answer.status, 200, "{path} {body}: {}", answer.text());
    (client.clone(), path.to_owned(), body, answer.json())
}

/// A hall with two counters, the first of them open.
async fn small_hall() -> (Centre, Client, Client) {
    let centre = Plan::of(rules::centre(2, 999, "")).open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    officer.open(1).await.expect("the counter opens");
    (centre, kiosk, officer)
}

async fn ticket(kiosk: &Client, request: &IssueTicket) -> Value {
    let issued: IssuedTicket = kiosk.post("/api/v1/tickets", request).await.expect("a ticket");
    serde_json::to_value(issued).expect("it was JSON")
}

fn text(body: &impl serde::Serialize) -> String {
    serde_json::to_string(body).expect("requests can be written")
}
