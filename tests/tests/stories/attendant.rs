//! A member of staff helps at a kiosk: the PIN, who may say it, and what its proof is good for.

use protocol::Refusal;
use protocol::attendant::{Attendant, AttendantPin};
use reqwest::Method;
use serde_json::json;
use tests::{Answer, Centre, Client};

const PIN: &str = "/api/v1/attendant-pin";
const OPEN: &str = "/api/v1/devices/me/attendant";
const USE: &str = "/api/v1/devices/me/attendant/use";

#[tokio::test]
async fn a_manager_sets_the_pin_and_it_opens_attendant_mode_at_one_kiosk() {
    let mut centre = Centre::open().await;
    let (manager, officer) = (centre.manager("juma").await, centre.officer("asha").await);
    let (kiosk, other) = (centre.kiosk("kiosk-1").await, centre.kiosk("kiosk-2").await);
    let display = centre.display("display-a", "hall-a").await;
    say(&kiosk, "60418").await.must_be(Refusal::NoAttendantPin);
    set(&officer, "60418").await.must_be(Refusal::NotAllowed);
    set(&kiosk, "60418").await.must_be(Refusal::NotSignedIn);
    for weak in ["0000", "1234", "604", "604180418", "6o41", ""] {
        set(&manager, weak).await.must_be(Refusal::WeakPin);
    }
    let told: AttendantPin = read(&manager.get(PIN).await);
    assert!(!told.set);
    let told: AttendantPin = read(&set(&manager, "60418").await);
    assert_eq!((told.set, told.by.as_ref().map(|by| by.as_str())), (true, Some("juma")));
    assert!(!manager.get(PIN).await.text().contains("60418"));
    officer.get(PIN).await.must_be(Refusal::NotAllowed);

    say(&display, "60418").await.must_be(Refusal::NotAllowed);
    say(&centre.nobody(), "60418").await.must_be(Refusal::UnknownDevice);
    say(&kiosk, "60417").await.must_be(Refusal::WrongPin);
    let opened: Attendant = read(&say(&kiosk, "60418").await);
    assert_eq!(stay(&kiosk, &opened.attendant).await.status, 200);
    stay(&other, &opened.attendant).await.must_be(Refusal::AttendantOver);
    stay(&kiosk, "").await.must_be(Refusal::AttendantOver);
    assert_eq!(kiosk.send(kiosk.request(Method::DELETE, OPEN)).await.status, 204);
    stay(&kiosk, &opened.attendant).await.must_be(Refusal::AttendantOver);

    let opened: Attendant = read(&say(&kiosk, "60418").await);
    set(&manager, "73520").await;
    stay(&kiosk, &opened.attendant).await.must_be(Refusal::AttendantOver);
    let opened: Attendant = read(&say(&kiosk, "73520").await);
    centre.kill().await;
    centre.start().await;
    stay(&kiosk, &opened.attendant).await.must_be(Refusal::AttendantOver);
    assert_eq!(say(&kiosk, "73520").await.status, 200, "the PIN outlives a power cut");
}

#[tokio::test]
async fn five_wrong_pins_close_the_pad_of_that_kiosk_and_no_other() {
    let centre = Centre::open().await;
    let (kiosk, other) = (centre.kiosk("kiosk-1").await, centre.kiosk("kiosk-2").await);
    set(centre.admin(), "60418").await;
    for _ in 0..5 {
        say(&kiosk, "60417").await.must_be(Refusal::WrongPin);
    }
    let closed = say(&kiosk, "60418").await;
    assert!(closed.headers.contains_key("retry-after"));
    closed.must_be(Refusal::PinLocked);
    assert_eq!(say(&other, "60418").await.status, 200);
    kiosk.issue("kra-pin").await.expect("citizens notice nothing");
}

#[tokio::test]
async fn what_is_no_pin_is_refused_in_words() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    set(centre.admin(), "60418").await;
    kiosk.post_text(OPEN, "").await.must_be(Refusal::BadJson);
    kiosk.post_text(OPEN, r#"{"pin":60418}"#).await.must_be(Refusal::BadJson);
    kiosk.post_text(OPEN, r#"{"pin":"60418","name":"asha"}"#).await.must_be(Refusal::BadJson);
    kiosk.post_text(OPEN, json!({ "pin": "6".repeat(20_000) }).to_string()).await.must_be(Refusal::TooLarge);
    say(&kiosk, "\u{0}").await.must_be(Refusal::WrongPin);
    let elsewhere = kiosk.request(Method::DELETE, OPEN).header("origin", "http://elsewhere.example");
    kiosk.send(elsewhere).await.must_be(Refusal::NotAllowed);
}

async fn set(who: &Client, pin: &str) -> Answer {
    let request = who.request(Method::PUT, PIN).header("content-type", "application/json");
    who.send(request.body(json!({ "pin": pin }).to_string())).await
}

async fn say(kiosk: &Client, pin: &str) -> Answer {
    kiosk.post_text(OPEN, json!({ "pin": pin }).to_string()).await
}

async fn stay(kiosk: &Client, proof: &str) -> Answer {
    kiosk.post_text(USE, json!({ "attendant": proof }).to_string()).await
}

fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> T {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}
