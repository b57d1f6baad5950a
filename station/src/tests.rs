//! A station against a server's twin, over real sockets on loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::{SinkExt, StreamExt};
use protocol::frame::{Ask, Frame};
use protocol::request::{DeviceKind, PrinterTrouble};
use protocol::template::{PaperWidth, SlipTemplate};
use protocol::view::Catalogue;
use protocol::{DeviceId, RefusalBody, Seq, ZoneId};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_util::sync::CancellationToken;

use crate::connect::LinkNews;
use crate::link::Delivery;
use crate::standing::{Contact, Standing};
use crate::twin::{TOKEN, Twin, TwinLink, catalogue, hasty, parts};
use crate::{Identity, Settings, StateFolder, Station, page};

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_new_device_is_approved_and_remembers_it() {
    let mut twin = Twin::start().await;
    let hall = Hall::open(twin.address, None).await;
    hall.until(|standing| standing.pairing_code.as_deref() == Some("000001")).await;
    twin.approve();
    let link = twin.next_link().await;
    assert_eq!(link.query, "topic=display&zone=hall-b", "the zone is the one that the manager said");
    let standing = hall.until(|standing| standing.paired).await;
    assert_eq!((standing.device.as_str(), standing.pairing_code), ("display-7", None));
    let kept = std::fs::read_to_string(hall.folder.path().join("identity.json")).expect("kept");
    assert!(kept.contains(TOKEN));
}

#[tokio::test]
async fn an_expired_code_is_replaced_by_a_new_one() {
    let twin = Twin::start().await;
    let hall = Hall::open(twin.address, None).await;
    hall.until(|standing| standing.pairing_code.as_deref() == Some("000001")).await;
    twin.expire();
    hall.until(|standing| standing.pairing_code.as_deref() == Some("000002")).await;
}

#[tokio::test]
async fn pairing_waits_for_a_server_that_is_not_there_yet() {
    let address = Twin::start().await.stop().await;
    let hall = Hall::open(address, None).await;
    let standing = hall.until(|standing| standing.server == Contact::Unreachable).await;
    assert_eq!(standing.pairing_code, None);
    let twin = Twin::start_at(address).await;
    hall.until(|standing| standing.pairing_code.is_some() && standing.server == Contact::Connected).await;
    drop(twin);
}

#[tokio::test]
async fn a_gap_is_mended_by_one_snapshot() {
    let (_twin, mut hall) = in_touch().await;
    let mut link = hall.link.take().expect("a link");
    link.news(3, 2).await;
    assert_eq!(link.next_ask().await, Ask::Resync);
    link.send(Frame::Snapshot { frame: 3, seq: Seq(3), parts: parts(3) }).await;
    link.news(4, 3).await;
    assert_eq!(hall.next_view().await, Delivery::Whole { seq: Seq(3), parts: parts(3) });
    assert_eq!(hall.next_view().await, Delivery::Changed { seq: Seq(4), parts: parts(4) });
}

#[tokio::test]
async fn silence_is_out_of_touch_and_the_station_comes_back_by_itself() {
    let (mut twin, mut hall) = in_touch().await;
    let silent = hall.link.take().expect("a link");
    silent.hush();
    let lost = hall.until(|standing| standing.server == Contact::Unreachable).await;
    let link = twin.next_link().await;
    link.greet(9).await;
    let back = hall.until(|standing| standing.server == Contact::Connected).await;
    assert!(back.since >= lost.since);
    assert_eq!(hall.next_view().await, Delivery::Whole { seq: Seq(9), parts: parts(9) });
}

#[tokio::test]
async fn a_revoked_device_goes_back_to_pairing() {
    let (twin, mut hall) = in_touch().await;
    twin.revoke();
    drop(hall.link.take());
    let standing = hall.until(|standing| standing.pairing_code.is_some()).await;
    assert!(!standing.paired);
    assert!(!hall.folder.path().join("identity.json").exists());
}

#[tokio::test]
async fn a_device_that_is_revoked_while_its_link_stands_learns_it_from_any_request() {
    let (twin, mut hall) = in_touch().await;
    let _standing_link = hall.link.take();
    twin.revoke();
    let answer = hall.http.get(hall.url("/api/v1/echo")).send().await.expect("an answer");
    assert_eq!(refusal(answer).await, (StatusCode::UNAUTHORIZED, "unknown-device".into()));
    let standing = hall.until(|standing| standing.pairing_code.is_some()).await;
    assert!(!standing.paired);
}

#[tokio::test]
async fn the_token_is_added_on_the_way_and_never_shown_to_the_page() {
    let (_twin, hall) = in_touch().await;
    let asked = hall.http.get(hall.url("/api/v1/echo?x=1")).header(header::COOKIE, "a=b").header(header::AUTHORIZATION, "Bearer mine");
    let answer = asked.send().await.expect("an answer");
    assert!(answer.headers().get(header::SET_COOKIE).is_none());
    let seen: Value = answer.json().await.expect("JSON");
    assert_eq!(seen["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(seen.get("cookie"), None);
    let standing = hall.http.get(hall.url("/station.json")).send().await.expect("an answer").text().await.expect("text");
    assert!(!standing.contains(TOKEN) && standing.contains("\"paired\":true"), "{standing}");
}

#[tokio::test]
async fn only_this_page_on_this_machine_may_ask() {
    let (_twin, hall) = in_touch().await;
    let elsewhere = hall.http.get(hall.url("/station.json")).header(header::HOST, "evil.example");
    assert_eq!(refusal(elsewhere.send().await.expect("an answer")).await, (StatusCode::FORBIDDEN, "not-allowed".into()));
    let across = hall.http.post(hall.url("/api/v1/echo")).header(header::ORIGIN, "http://evil.example");
    assert_eq!(refusal(across.send().await.expect("an answer")).await, (StatusCode::FORBIDDEN, "not-allowed".into()));
    let itself = hall.http.post(hall.url("/api/v1/echo")).header(header::ORIGIN, hall.url(""));
    assert_eq!(itself.send().await.expect("an answer").status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_too_large_stops_here() {
    let (_twin, hall) = in_touch().await;
    let large = hall.http.post(hall.url("/api/v1/echo")).body(vec![b'x'; crate::proxy::REQUEST_BYTES_MAX + 1]);
    assert_eq!(refusal(large.send().await.expect("an answer")).await, (StatusCode::PAYLOAD_TOO_LARGE, "too-large".into()));
    let answer = hall.http.get(hall.url("/api/v1/large")).send().await.expect("an answer");
    assert_eq!(refusal(answer).await, (StatusCode::SERVICE_UNAVAILABLE, "out-of-touch".into()));
}

#[tokio::test]
async fn a_new_look_of_slips_is_kept_as_soon_as_the_link_says_so() {
    let (twin, mut hall) = in_touch().await;
    let link = hall.link.take().expect("a link");
    let mut template = hall.station.slip_template();
    assert_eq!(*template.borrow_and_update(), SlipTemplate::default());
    let narrow = SlipTemplate { paper: PaperWidth::Mm58, ..SlipTemplate::default() };
    twin.change_catalogue("\"c2\"", Catalogue { slip: narrow.clone(), ..catalogue("Mombasa") });
    link.send(Frame::Catalogue { version: "\"c2\"".into() }).await;
    timeout(PATIENCE, template.wait_for(|template| *template == narrow)).await.expect("in time").expect("the station lives");
    drop(link);
    let address = twin.stop().await;
    let hall = Hall::open(address, Some(hall.close().await)).await;
    assert_eq!(*hall.station.slip_template().borrow(), narrow, "known at a cold boot without the server");
}

#[tokio::test]
async fn a_cold_boot_without_the_server_still_has_the_catalogue_and_the_page() {
    let (twin, mut hall) = in_touch().await;
    let answer = hall.http.get(hall.url("/api/v1/catalogue")).send().await.expect("an answer");
    assert!(answer.headers().get("foleni-kept").is_none());
    drop(hall.link.take());
    let address = twin.stop().await;
    let folder = hall.close().await;
    let hall = Hall::open(address, Some(folder)).await;
    let answer = hall.http.get(hall.url("/api/v1/catalogue")).send().await.expect("an answer");
    assert_eq!((answer.status(), &answer.headers()["foleni-kept"]), (StatusCode::OK, &"1".parse().expect("a header")));
    let etag = answer.headers()[header::ETAG].clone();
    assert_eq!(answer.json::<Value>().await.expect("JSON")["centre_short"], "Mombasa");
    let again = hall.http.get(hall.url("/api/v1/catalogue")).header(header::IF_NONE_MATCH, etag);
    assert_eq!(again.send().await.expect("an answer").status(), StatusCode::NOT_MODIFIED);
    let text = hall.http.get(hall.url("/assets/text/sw.ftl")).send().await.expect("an answer");
    assert_eq!(text.status(), StatusCode::OK);
    assert!(text.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text").contains("script-src 'self'"));
    let issue = hall.http.post(hall.url("/api/v1/tickets")).json(&json!({})).send().await.expect("an answer");
    assert_eq!(refusal(issue).await, (StatusCode::SERVICE_UNAVAILABLE, "out-of-touch".into()));
    assert_eq!(hall.station.told().now().server, Contact::Unreachable);
}

#[tokio::test]
async fn a_server_that_hangs_keeps_no_page_without_its_catalogue() {
    let (twin, mut hall) = in_touch().await;
    hall.http.get(hall.url("/api/v1/catalogue")).send().await.expect("an answer");
    drop(hall.link.take());
    let address = twin.stop().await;
    let _hanging = TcpListener::bind(address).await.expect("its address is free");
    let hall = Hall::open(address, Some(hall.close().await)).await;
    // The station itself waits for a server much longer than this.
    let asked = timeout(Duration::from_secs(7), hall.http.get(hall.url("/api/v1/catalogue")).send());
    let answer = asked.await.expect("in time").expect("an answer");
    assert_eq!((answer.status(), &answer.headers()["foleni-kept"]), (StatusCode::OK, &"1".parse().expect("a header")));
}

#[tokio::test]
async fn a_cold_boot_of_a_new_device_without_the_server_shows_its_page_and_says_what_is_missing() {
    let nowhere = TcpListener::bind("127.0.0.1:0").await.and_then(|listener| listener.local_addr()).expect("a free port");
    let hall = Hall::open(nowhere, None).await;
    let page = hall.http.get(hall.url("/")).send().await.expect("an answer");
    assert_eq!(page.status(), StatusCode::OK);
    let standing = hall.http.get(hall.url("/station.json")).send().await.expect("an answer");
    let standing = standing.json::<Value>().await.expect("JSON");
    assert_eq!((&standing["paired"], &standing["pairing_code"], &standing["server"]), (&json!(false), &json!(null), &json!("unreachable")));
    let health = hall.http.get(hall.url("/healthz")).send().await.expect("an answer");
    assert_eq!(health.status(), StatusCode::OK, "it answers: nothing would be gained by starting it anew");
    let health = health.json::<Value>().await.expect("JSON");
    assert_eq!((&health["status"], &health["reasons"]), (&json!("degraded"), &json!(["not_paired", "out_of_touch"])));
    // The server comes up, and the code is there for a manager to approve.
    let _twin = Twin::start_at(nowhere).await;
    let standing = hall.until(|standing| standing.pairing_code.is_some()).await;
    assert!(!standing.paired);
}

#[tokio::test]
async fn a_station_says_how_it_is_to_this_machine_alone() {
    let (_twin, hall) = in_touch().await;
    let health = hall.http.get(hall.url("/healthz")).send().await.expect("an answer").json::<Value>().await.expect("JSON");
    assert_eq!((&health["status"], &health["reasons"]), (&json!("ok"), &json!([])));
    let figures = hall.http.get(hall.url("/metrics")).send().await.expect("an answer").text().await.expect("text");
    assert!(figures.contains("foleni_station_in_touch 1\n") && figures.contains("foleni_station_disk_writable 1\n"), "{figures}");
    let elsewhere = hall.http.get(hall.url("/healthz")).header(header::HOST, "10.0.0.2:7401").send().await.expect("an answer");
    assert_eq!(elsewhere.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_pages_link_goes_through_frame_by_frame() {
    let (mut twin, hall) = in_touch().await;
    let mut request = hall.url("/link?topic=board&zone=hall-x").replace("http", "ws").into_client_request().expect("a request");
    request.headers_mut().insert(header::ORIGIN, hall.url("").parse().expect("a header"));
    let (mut page, _) = tokio_tungstenite::connect_async(request).await.expect("opens");
    let mut link = twin.next_link().await;
    assert_eq!(link.query, "topic=display&zone=hall-b", "a page cannot ask for more than its station's own topic");
    link.news(3, 2).await;
    let message = timeout(PATIENCE, page.next()).await.expect("in time").expect("a frame").expect("no error");
    let frame = serde_json::from_str(message.to_text().expect("text")).expect("a frame");
    assert!(matches!(frame, Frame::News { frame: 3, after: 2, .. }), "{frame:?}");
    page.send(Message::text(r#"{"type":"sing"}"#)).await.expect("sends");
    page.send(Message::text(r#"{"type":"resync"}"#)).await.expect("sends");
    assert_eq!(link.next_ask().await, Ask::Resync);
    drop(link);
    let end = loop {
        match timeout(PATIENCE, page.next()).await.expect("in time") {
            Some(Ok(Message::Text(_))) => {} // a heartbeat that was on its way
            end => break end,
        }
    };
    assert!(matches!(end, Some(Ok(Message::Close(_)))), "{end:?}");
}

#[tokio::test]
async fn a_page_that_floods_or_talks_nonsense_is_cut() {
    let (mut twin, hall) = in_touch().await;
    for nonsense in ["not json".to_owned(), "x".repeat(10_000)] {
        let (mut page, _) = tokio_tungstenite::connect_async(hall.url("/link").replace("http", "ws")).await.expect("opens");
        let _link = twin.next_link().await;
        page.send(Message::text(nonsense)).await.expect("sends");
        let end = timeout(PATIENCE, page.next()).await.expect("in time");
        assert!(!matches!(end, Some(Ok(Message::Text(_)))), "{end:?}");
    }
}

#[tokio::test]
async fn the_printer_is_reported_at_each_change_and_after_a_reconnect() {
    let (mut twin, mut hall) = in_touch().await;
    hall.station.told().printer(None);
    assert_eq!(twin.reports(1).await, [json!({"printer": {"trouble": null}})]);
    hall.station.told().printer(Some(PrinterTrouble::PaperOut));
    assert_eq!(twin.reports(2).await[1], json!({"printer": {"trouble": "paper_out"}}));
    drop(hall.link.take());
    hall.until(|standing| standing.server == Contact::Unreachable).await;
    let link = twin.next_link().await;
    link.greet(1).await;
    assert_eq!(twin.reports(3).await[2], json!({"printer": {"trouble": "paper_out"}}));
}

/// A display's station with its page, living in a folder of its own.
struct Hall {
    station: Arc<Station>,
    news: mpsc::Receiver<LinkNews>,
    link: Option<TwinLink>,
    folder: tempfile::TempDir,
    http: reqwest::Client,
    page: SocketAddr,
    stop: CancellationToken,
    lives: Vec<tokio::task::JoinHandle<()>>,
}

impl Hall {
    async fn open(server: SocketAddr, folder: Option<tempfile::TempDir>) -> Hall {
        let folder = folder.unwrap_or_else(|| tempfile::tempdir().expect("a folder"));
        let settings = Settings {
            kind: DeviceKind::Display,
            device: DeviceId::new("display-1").expect("an id"),
            zone: ZoneId::new("hall-a").ok(),
            server: format!("http://{server}").parse().expect("an address"),
            state: folder.path().to_owned(),
            tempo: hasty(),
        };
        let station = Station::open(settings).expect("opens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let page = listener.local_addr().expect("a bound socket");
        let stop = CancellationToken::new();
        let router = page::router(&station, Router::new(), &[]);
        let (sender, news) = mpsc::channel(64);
        let (living, stopping, serving) = (station.clone(), stop.clone(), stop.clone());
        let lives = vec![
            tokio::spawn(async move { living.live(sender, stopping).await }),
            tokio::spawn(async move { page::serve(listener, router, serving).await.expect("serves") }),
        ];
        let http = reqwest::Client::builder().no_proxy().default_headers(HeaderMap::new()).build().expect("a client");
        Hall { station, news, link: None, folder, http, page, stop, lives }
    }

    async fn until(&self, reached: impl FnMut(&Standing) -> bool) -> Standing {
        let mut watch = self.station.told().watch();
        timeout(PATIENCE, watch.wait_for(reached)).await.expect("in time").expect("the station lives").clone()
    }

    /// Returns the next view, passing over clocks and contacts.
    async fn next_view(&mut self) -> Delivery {
        loop {
            match timeout(PATIENCE, self.news.recv()).await.expect("news in time").expect("the station lives") {
                LinkNews::Delivery(view @ (Delivery::Whole { .. } | Delivery::Changed { .. })) => return view,
                LinkNews::Delivery(Delivery::Clock { .. }) | LinkNews::Contact(_) | LinkNews::Catalogue(_) => {}
            }
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.page)
    }

    async fn close(self) -> tempfile::TempDir {
        self.stop.cancel();
        for life in self.lives {
            timeout(PATIENCE, life).await.expect("stops in time").expect("did not panic");
        }
        self.folder
    }
}

/// Returns a paired station whose link holds frame 1.
async fn in_touch() -> (Twin, Hall) {
    let mut twin = Twin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let identity = Identity { device: DeviceId::new("display-1").expect("an id"), token: TOKEN.into(), zone: ZoneId::new("hall-b").ok() };
    StateFolder::open(folder.path()).and_then(|state| state.keep(&identity)).expect("keeps");
    let mut hall = Hall::open(twin.address, Some(folder)).await;
    let link = twin.next_link().await;
    link.greet(1).await;
    assert_eq!(hall.next_view().await, Delivery::Whole { seq: Seq(1), parts: parts(1) });
    hall.until(|standing| standing.server == Contact::Connected).await;
    hall.link = Some(link);
    (twin, hall)
}

async fn refusal(answer: reqwest::Response) -> (StatusCode, String) {
    let status = answer.status();
    (status, answer.json::<RefusalBody>().await.expect("a refusal").code)
}
