//! Who may do what, and what becomes of those who may not.

use protocol::Refusal;
use protocol::request::SignIn;
use reqwest::Method;
use serde_json::json;
use tests::{Centre, Client, Link, PASSWORD, Plan, Proof, dial, rules};

#[tokio::test]
async fn the_first_administrator_needs_the_code_of_the_servers_own_folder() {
    let centre = Plan::of(rules::centre(1, 999, ""));
    let centre = centre.open_in(tempfile::tempdir().expect("a folder")).await;
    let stranger = centre.nobody();
    let body = |code: &str| json!({ "code": code, "name": "boss", "shown": "Boss", "password": PASSWORD }).to_string();
    assert_eq!(stranger.get("/api/v1/setup").await.text(), r#"{"needed":true}"#);
    stranger.post_text("/api/v1/setup", body("00000000")).await.must_be(Refusal::SetupCode);
    let code = std::fs::read_to_string(centre.data().join("setup-code")).expect("a code");
    let weak = body(code.trim()).replace(PASSWORD, "password12");
    stranger.post_text("/api/v1/setup", weak).await.must_be(Refusal::WeakPassword);
    assert_eq!(stranger.post_text("/api/v1/setup", body(code.trim())).await.status, 200);
    stranger.post_text("/api/v1/setup", body(code.trim())).await.must_be(Refusal::AlreadySetUp);
    assert!(!centre.data().join("setup-code").exists(), "the code is used up");
}

#[tokio::test]
async fn five_wrong_passwords_lock_a_name_and_no_other() {
    let centre = Centre::open().await;
    centre.officer("asha").await;
    let stranger = centre.nobody();
    for name in ["asha", "nobody-of-that-name"] {
        for _ in 0..5 {
            sign_in(&stranger, name, "not-the-password").await.must_be(Refusal::WrongPassword);
        }
        let locked = sign_in(&stranger, name, PASSWORD).await;
        assert!(locked.headers.contains_key("retry-after"));
        locked.must_be(Refusal::LockedOut);
    }
    centre.officer("juma").await;
    let asha = centre.officer("asha").await;
    assert_eq!(asha.get("/api/v1/session").await.status, 200, "an administrator who makes the account anew opens it");
}

#[tokio::test]
async fn a_page_of_another_origin_may_not_act() {
    let centre = Centre::open().await;
    let officer = centre.officer("asha").await;
    let own = officer.origin().to_owned();
    for origin in ["http://elsewhere.example", "https://127.0.0.1", "null", "http://127.0.0.1:1", "", "127.0.0.1"] {
        let request = officer.request(Method::POST, "/api/v1/counters/1/open").header("origin", origin);
        let request = request.header("content-type", "application/json").body(r#"{"request":"a"}"#);
        officer.send(request).await.must_be(Refusal::NotAllowed);
        let leave = officer.request(Method::DELETE, "/api/v1/session").header("origin", origin);
        officer.send(leave).await.must_be(Refusal::NotAllowed);
        let refused = dial(&officer, "counter&counter=1", &[("origin", origin)]).await.expect_err("no link for that page");
        assert!(refused.to_string().contains("403"), "{origin}: {refused}");
    }
    let request = officer.request(Method::POST, "/api/v1/counters/1/open").header("origin", &own);
    let request = request.header("content-type", "application/json").body(r#"{"request":"a"}"#);
    assert_eq!(officer.send(request).await.status, 200);
    dial(&officer, "counter&counter=1", &[("origin", &own)]).await.expect("a link for its own page");
}

#[tokio::test]
async fn everyone_does_what_is_theirs_and_nothing_else() {
    let centre = Centre::open().await;
    let (stranger, officer) = (centre.nobody(), centre.officer("asha").await);
    let (manager, kiosk) = (centre.manager("juma").await, centre.kiosk("kiosk-1").await);
    let display = centre.display("display-a", "hall-a").await;
    let ticket = r#"{"request":"t","service":"kra-pin"}"#;
    let suspend = r#"{"request":"s","agency":"KRA"}"#;
    let account = json!({ "name": "new", "shown": "New", "role": "manager", "password": PASSWORD }).to_string();
    let act = r#"{"request":"n"}"#;
    for (who, path, body, refusal) in [
        (&stranger, "/api/v1/tickets", ticket, Refusal::UnknownDevice),
        (&display, "/api/v1/tickets", ticket, Refusal::NotAllowed),
        (&stranger, "/api/v1/counters/1/open", act, Refusal::NotSignedIn),
        (&kiosk, "/api/v1/counters/1/open", act, Refusal::NotSignedIn),
        (&officer, "/api/v1/suspensions", suspend, Refusal::NotAllowed),
        (&kiosk, "/api/v1/suspensions", suspend, Refusal::NotSignedIn),
        (&officer, "/api/v1/suspensions/KRA/resume", act, Refusal::NotAllowed),
        (&manager, "/api/v1/accounts", account.as_str(), Refusal::NotAllowed),
        (&officer, "/api/v1/pairings/approve", r#"{"code":"123456"}"#, Refusal::NotAllowed),
        (&officer, "/api/v1/devices/me/printer", r#"{"trouble":null}"#, Refusal::UnknownDevice),
        (&display, "/api/v1/devices/me/printer", r#"{"trouble":null}"#, Refusal::NotAllowed),
        (&kiosk, "/api/v1/devices/me/voice", r#"{"heard":true}"#, Refusal::NotAllowed),
        (&manager, "/api/v1/demo/clock", r#"{"pace":600}"#, Refusal::NotAllowed),
    ] {
        who.post_text(path, body.to_owned()).await.must_be(refusal);
    }
    for (who, path, refusal) in [
        (&stranger, "/api/v1/devices", Refusal::NotSignedIn),
        (&officer, "/api/v1/devices", Refusal::NotAllowed),
        (&officer, "/api/v1/pairings", Refusal::NotAllowed),
        (&manager, "/api/v1/accounts", Refusal::NotAllowed),
        (&stranger, "/link?topic=board", Refusal::NotSignedIn),
        (&officer, "/link?topic=board", Refusal::NotAllowed),
        (&kiosk, "/link?topic=board", Refusal::NotAllowed),
        (&kiosk, "/link?topic=display&zone=hall-a", Refusal::NotAllowed),
        (&stranger, "/link?topic=kiosk", Refusal::UnknownDevice),
        (&stranger, "/api/v1/tickets/1/slip.png", Refusal::NotSignedIn),
    ] {
        who.get(path).await.must_be(refusal);
    }
}

#[tokio::test]
async fn a_revoked_device_opens_nothing_and_its_link_ends() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let other = centre.kiosk("kiosk-2").await;
    kiosk.issue("kra-pin").await.expect("a ticket");
    let mut socket = dial(&kiosk, "kiosk", &[]).await.expect("a paired kiosk has a link");
    let revoke = centre.admin().request(Method::DELETE, "/api/v1/devices/kiosk-1");
    assert_eq!(centre.admin().send(revoke).await.status, 204);
    assert_eq!(kiosk.issue("kra-pin").await.expect_err("revoked").code, "unknown-device");
    kiosk.get("/link?topic=kiosk").await.must_be(Refusal::UnknownDevice);
    assert_eq!(super::links::farewell(&mut socket).await.as_deref(), Some("unknown-device"));
    other.issue("kra-pin").await.expect("another kiosk goes on");
}

#[tokio::test]
async fn signing_out_ends_the_links_of_that_session() {
    let centre = Centre::open().await;
    let manager = centre.manager("juma").await;
    let again = centre.sign_in("juma").await;
    let mut socket = dial(&manager, "board", &[]).await.expect("a manager has a board");
    let mut board = Link::open(&again, "board").await;
    assert_eq!(manager.send(manager.request(Method::DELETE, "/api/v1/session")).await.status, 204);
    assert_eq!(super::links::farewell(&mut socket).await.as_deref(), Some("not-signed-in"));
    let before = board.now;
    board.until("a heartbeat in another session", |board| board.now > before).await;
}

#[tokio::test]
async fn a_made_up_token_is_nobody() {
    let centre = Centre::open().await;
    let long = "x".repeat(4_000);
    for token in ["", "x", "../../etc/passwd", long.as_str()] {
        let device = centre.nobody().with(Proof::Device(token.into()));
        assert_eq!(device.issue("kra-pin").await.expect_err("made up").code, "unknown-device");
        let person = centre.nobody().with(Proof::Session(token.into()));
        assert_eq!(person.open(1).await.expect_err("made up").code, "not-signed-in");
    }
}

#[tokio::test]
async fn no_secret_is_in_the_log() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    sign_in(&centre.nobody(), "asha", "a-wrong-secret-word").await.must_be(Refusal::WrongPassword);
    kiosk.issue("kra-pin").await.expect("a ticket");
    let log = centre.log();
    for client in [&kiosk, &officer] {
        let (_, proof) = client.proof().expect("a proof");
        let token = proof.trim_start_matches("Bearer ").trim_start_matches("foleni_session=");
        assert!(!log.contains(token), "the log has the token of {}", client.name());
    }
    assert!(!log.contains(PASSWORD) && !log.contains("a-wrong-secret-word"));
}

async fn sign_in(client: &Client, name: &str, password: &str) -> tests::Answer {
    let body = SignIn { name: name.parse().expect("a name"), password: password.into() };
    client.post_text("/api/v1/session", serde_json::to_string(&body).expect("it can be written")).await
}
