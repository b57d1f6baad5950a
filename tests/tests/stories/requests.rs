//! Requests that are not what they should be: every one is refused with a code, in words of both languages.

use protocol::Refusal;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use tests::{Centre, Client, PATIENCE, Plan, rules};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let (_centre, kiosk, _) = hall().await;
    let deep = format!("{}{}", "[".repeat(8_000), "]".repeat(8_000));
    for bad in ["", " ", "{", "{]", "nonsense", "null", "[]", "3", "\"text\"", "{\"request\":}", "\u{feff}{}", "{}{}", "{'a':1}", &deep] {
        kiosk.post_text("/api/v1/tickets", bad.to_owned()).await.must_be(Refusal::BadJson);
    }
}

#[tokio::test]
async fn what_is_of_the_wrong_type_is_refused() {
    let (_centre, kiosk, officer) = hall().await;
    for bad in [
        r#"{}"#,
        r#"{"request":1,"service":"kra-pin"}"#,
        r#"{"request":"a","service":7}"#,
        r#"{"request":"a","service":null}"#,
        r#"{"request":"a","service":["kra-pin"]}"#,
        r#"{"request":"a","service":{"id":"kra-pin"}}"#,
        r#"{"request":"a","service":"kra-pin","class":"royal"}"#,
        r#"{"request":"a","service":"kra-pin","class":1}"#,
        r#"{"request":"a","service":"kra-pin","language":"fr"}"#,
        r#"{"request":"a","service":"kra-pin","name":"Wanjiru"}"#,
        r#"{"request":"a","service":"kra-pin","service":"kra-pin"}"#,
        r#"{"request":"","service":"kra-pin"}"#,
        r#"{"request":"a b","service":"kra-pin"}"#,
        r#"{"request":"a","service":"kra pin"}"#,
        r#"{"request":"a","service":"'; DROP TABLE journal; --"}"#,
    ] {
        kiosk.post_text("/api/v1/tickets", bad).await.must_be(Refusal::BadJson);
    }
    for bad in ["1.5", "-1", "1e99", "18446744073709551616", "\"1\"", "null", "true", "[1]"] {
        let body = format!(r#"{{"request":"a","ticket":{bad}}}"#);
        officer.post_text("/api/v1/counters/1/start", body).await.must_be(Refusal::BadJson);
    }
    let long = format!(r#"{{"request":"{}","service":"kra-pin"}}"#, "r".repeat(65));
    kiosk.post_text("/api/v1/tickets", long).await.must_be(Refusal::BadJson);
}

#[tokio::test]
async fn unknown_ids_are_refused() {
    let (centre, kiosk, officer) = hall().await;
    kiosk.post_text("/api/v1/tickets", r#"{"request":"a","service":"no-such-service"}"#).await.must_be(Refusal::UnknownService);
    for counter in ["99", "0", "65535", "65536", "-1", "one", "1x", "%20", "%F0%9F%92%A9", "99999999999999999999"] {
        let answer = officer.post_text(&format!("/api/v1/counters/{counter}/next"), r#"{"request":"b"}"#).await;
        answer.must_be(Refusal::UnknownCounter);
    }
    for ticket in ["99", "0", "18446744073709551615"] {
        let body = format!(r#"{{"request":"c","ticket":{ticket}}}"#);
        officer.post_text("/api/v1/counters/1/start", body).await.must_be(Refusal::UnknownTicket);
        kiosk.get(&format!("/api/v1/tickets/{ticket}/slip.png")).await.must_be(Refusal::UnknownTicket);
    }
    kiosk.get("/api/v1/tickets/K001/slip.png").await.must_be(Refusal::UnknownTicket);
    assert_eq!(centre.admin().suspend("NOBODY").await.expect_err("no such agency").code, "service-not-offered");
    assert_eq!(centre.admin().resume("NOBODY").await.expect_err("no such agency").code, "not-suspended");
    centre.admin().post_text("/api/v1/pairings/approve", r#"{"code":"000000"}"#).await.must_be(Refusal::PairingExpired);
    centre.nobody().get("/api/v1/pairings/no-such-secret").await.must_be(Refusal::PairingExpired);
    let revoke = centre.admin().request(Method::DELETE, "/api/v1/devices/no-such-device");
    centre.admin().send(revoke).await.must_be(Refusal::UnknownDevice);
}

#[tokio::test]
async fn the_farthest_times_and_ids_do_no_harm() {
    let (_centre, kiosk, officer) = hall().await;
    for (index, back_at) in [i64::MAX, i64::MIN, 0, -1].into_iter().enumerate() {
        let body = format!(r#"{{"request":"far-{index}","back_at":{back_at}}}"#);
        assert_eq!(officer.post_text("/api/v1/counters/1/pause", body).await.status, 200);
        let mut desk = tests::Link::open(&officer, "counter&counter=1").await;
        desk.until("the break", |desk| desk.parts()["counter"]["back_at"] == back_at).await;
        officer.back(1).await.expect("back");
    }
    let longest = "r".repeat(64);
    let body = format!(r#"{{"request":"{longest}","service":"kra-pin"}}"#);
    assert_eq!(kiosk.post_text("/api/v1/tickets", body).await.status, 200);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let (_centre, kiosk, _) = hall().await;
    for bytes in [17 * 1024, 300 * 1024] {
        let text = format!(r#"{{"request":"{}"}}"#, "a".repeat(bytes));
        answer(&kiosk, || text.clone().into()).await.must_be(Refusal::TooLarge);
    }
    // Without a length, it is found while it comes.
    let pieces = || (0..40).map(|_| Ok::<_, std::io::Error>("a".repeat(1_024)));
    answer(&kiosk, || reqwest::Body::wrap_stream(futures_util::stream::iter(pieces()))).await.must_be(Refusal::TooLarge);
    let under = format!(r#"{{"request":"{}"}}"#, "a".repeat(15 * 1024));
    answer(&kiosk, || under.clone().into()).await.must_be(Refusal::BadJson);
    kiosk.issue("kra-pin").await.expect("the centre goes on");
}

#[tokio::test]
async fn a_body_that_is_not_utf8_is_refused() {
    let (_centre, kiosk, officer) = hall().await;
    for bad in [b"{\"request\":\"\xff\xfe\"}".to_vec(), vec![0xc3], vec![0x80; 200], b"{\"request\":\"\xed\xa0\x80\"}".to_vec()] {
        kiosk.post_text("/api/v1/tickets", bad.clone()).await.must_be(Refusal::NotUtf8);
        officer.post_text("/api/v1/counters/1/next", bad).await.must_be(Refusal::NotUtf8);
    }
}

#[tokio::test]
async fn an_unknown_address_or_method_is_refused() {
    let (centre, kiosk, _) = hall().await;
    for path in ["/api/v1/nothing", "/api/v2/tickets", "/api/v1/counters/1/dance", "/api", "/nothing.html", "/assets/nothing.js"] {
        kiosk.get(path).await.must_be(Refusal::NotFound);
    }
    for path in ["/assets/../Cargo.toml", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/pages/%00", "/%ff", "//etc/passwd"] {
        assert!((400..500).contains(&kiosk.get(path).await.status), "{path}");
    }
    for (method, path) in [
        (Method::GET, "/api/v1/counters/1/next"),
        (Method::PUT, "/api/v1/tickets"),
        (Method::DELETE, "/api/v1/tickets"),
        (Method::PATCH, "/api/v1/session"),
        (Method::POST, "/healthz"),
        (Method::from_bytes(b"DANCE").expect("a method"), "/api/v1/tickets"),
    ] {
        kiosk.send(kiosk.request(method, path)).await.must_be(Refusal::Method);
    }
    for topic in
        ["", "?topic=", "?topic=dance", "?topic=counter", "?topic=display", "?topic=counter&counter=x", "?topic=display&zone=a%20b"]
    {
        centre.admin().get(&format!("/link{topic}")).await.must_be(Refusal::BadRequest);
    }
}

#[tokio::test]
async fn a_body_that_is_not_called_json_is_refused() {
    let (_centre, kiosk, _) = hall().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"] {
        let request = kiosk.request(Method::POST, "/api/v1/tickets").header(CONTENT_TYPE, kind);
        kiosk.send(request.body(r#"{"request":"a","service":"kra-pin"}"#)).await.must_be(Refusal::BadJson);
    }
    let request = kiosk.request(Method::POST, "/api/v1/tickets").body(r#"{"request":"a","service":"kra-pin"}"#);
    kiosk.send(request).await.must_be(Refusal::BadJson);
    let request = kiosk.request(Method::POST, "/api/v1/tickets").header(CONTENT_TYPE, "Application/JSON; charset=utf-8");
    assert_eq!(kiosk.send(request.body(r#"{"request":"a","service":"kra-pin"}"#)).await.status, 200);
}

#[tokio::test]
async fn who_never_ends_a_request_is_let_go_and_holds_nobody_up() {
    let (centre, kiosk, _) = hall().await;
    let address = centre.origin().trim_start_matches("http://").to_owned();
    let head =
        format!("POST /api/v1/tickets HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 40\r\n\r\n{{");
    let mut slow = tokio::net::TcpStream::connect(&address).await.expect("a connection");
    slow.write_all(head.as_bytes()).await.expect("half a request");
    kiosk.issue("kra-pin").await.expect("nobody waits for the slow one");
    let mut said = Vec::new();
    timeout(PATIENCE, slow.read_to_end(&mut said)).await.expect("it is let go").expect("to the end");
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.1 400") && said.contains("bad-request"), "{said}");
}

/// The addresses are those of the server's own description, so a new one is tried as well.
#[tokio::test]
async fn a_stranger_with_half_a_body_is_refused_at_every_address() {
    let (centre, kiosk, _) = hall().await;
    let description: serde_json::Value = kiosk.get("/openapi.json").await.json();
    let paths = description["paths"].as_object().expect("paths");
    assert!(paths.len() >= 20, "{} addresses are described", paths.len());
    for (path, methods) in paths {
        let address = path.replace("{counter}", "1").replace("{ticket}", "1").replace("{agency}", "KRA").replace("{device}", "x");
        let address = address.replace("{secret}", "x").replace("{number}", "J001");
        for method in methods.as_object().expect("methods").keys().filter(|method| *method != "get") {
            let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).expect("a method");
            let stranger = centre.nobody();
            let answer = stranger.send(stranger.request(method.clone(), &address).header(CONTENT_TYPE, "application/json").body("{")).await;
            if answer.status != 204 {
                answer.refusal();
            }
        }
    }
}

/// A server that has read enough answers and hangs up; that may lose the answer, or the next request on the connection. Then again.
async fn answer(kiosk: &Client, body: impl Fn() -> reqwest::Body) -> tests::Answer {
    const TRIES: usize = 20;
    for _ in 0..TRIES {
        let request = kiosk.request(Method::POST, "/api/v1/tickets").header(CONTENT_TYPE, "application/json").body(body());
        if let Ok(answer) = kiosk.try_send(request).await {
            return answer;
        }
    }
    panic!("{TRIES} large bodies and no answer")
}

async fn hall() -> (Centre, Client, Client) {
    let centre = Plan::of(rules::centre(2, 999, "")).open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    officer.open(1).await.expect("the counter opens");
    (centre, kiosk, officer)
}
