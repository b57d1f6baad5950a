//! A server's twin for tests: it speaks the protocol on a port of its own and remembers what it was told.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use protocol::frame::{Ask, Frame, LINK_VERSION};
use protocol::request::{PairingAsked, PairingState};
use protocol::view::Catalogue;
use protocol::{DeviceId, Refusal, Seq, Time, ZoneId};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::link::{Parts, Tempo};
use crate::refuse::refuse;

pub(crate) const TOKEN: &str = "t0ken-of-the-device";
const PATIENCE: Duration = Duration::from_secs(10);

/// The twin and what it was told.
pub(crate) struct Twin {
    pub(crate) address: SocketAddr,
    pub(crate) links: mpsc::Receiver<TwinLink>,
    shared: Arc<Shared>,
    stop: CancellationToken,
    serving: tokio::task::JoinHandle<()>,
}

struct Shared {
    links: mpsc::Sender<TwinLink>,
    reports: watch::Sender<Vec<Value>>,
    pairing: Mutex<Pairing>,
    catalogue: Mutex<(String, Catalogue)>,
    stop: CancellationToken,
}

#[derive(Default)]
struct Pairing {
    codes: u32,
    expired: bool,
    approved: bool,
    revoked: bool,
}

/// One link as the twin holds it. Dropping it ends the socket.
pub(crate) struct TwinLink {
    pub(crate) query: String,
    pub(crate) asks: mpsc::Receiver<Ask>,
    frames: mpsc::Sender<Frame>,
    hushed: Arc<AtomicBool>,
}

impl Twin {
    pub(crate) async fn start() -> Twin {
        Twin::start_at("127.0.0.1:0".parse().expect("an address")).await
    }

    pub(crate) async fn start_at(address: SocketAddr) -> Twin {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let (sender, links) = mpsc::channel(8);
        let stop = CancellationToken::new();
        let catalogue = Mutex::new(("\"c1\"".to_owned(), catalogue("Mombasa")));
        let (reports, pairing) = (watch::Sender::default(), Mutex::default());
        let shared = Arc::new(Shared { links: sender, reports, pairing, catalogue, stop: stop.clone() });
        let router = router(shared.clone());
        let ended = stop.clone().cancelled_owned();
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).with_graceful_shutdown(ended).await.expect("the twin serves");
        });
        Twin { address, links, shared, stop, serving }
    }

    /// Pulls the plug; the port is free afterwards.
    pub(crate) async fn stop(self) -> SocketAddr {
        self.stop.cancel();
        drop(self.links);
        timeout(PATIENCE, self.serving).await.expect("stops in time").expect("did not panic");
        self.address
    }

    pub(crate) fn approve(&self) {
        self.pairing().approved = true;
    }

    pub(crate) fn expire(&self) {
        self.pairing().expired = true;
    }

    pub(crate) fn revoke(&self) {
        *self.pairing() = Pairing { revoked: true, ..Pairing::default() };
    }

    pub(crate) async fn next_link(&mut self) -> TwinLink {
        timeout(PATIENCE, self.links.recv()).await.expect("a link in time").expect("the twin lives")
    }

    /// Waits until so many reports have come and returns them.
    pub(crate) async fn reports(&self, count: usize) -> Vec<Value> {
        let mut reports = self.shared.reports.subscribe();
        let reached = timeout(PATIENCE, reports.wait_for(|reports| reports.len() >= count)).await;
        reached.expect("reports in time").expect("the twin lives").clone()
    }

    /// Changes the catalogue; nobody is told.
    pub(crate) fn change_catalogue(&self, etag: &str, catalogue: Catalogue) {
        *self.shared.catalogue.lock().expect("not poisoned") = (etag.to_owned(), catalogue);
    }

    fn pairing(&self) -> std::sync::MutexGuard<'_, Pairing> {
        self.shared.pairing.lock().expect("not poisoned")
    }
}

impl TwinLink {
    pub(crate) async fn send(&self, frame: Frame) {
        self.frames.send(frame).await.expect("the socket stands");
    }

    pub(crate) async fn greet(&self, frame: u64) {
        let server = "0.1.0".into();
        self.send(Frame::Hello { version: LINK_VERSION, centre: "Mombasa".into(), server, now: Time(5), pace: 1 }).await;
        self.send(Frame::Snapshot { frame, seq: Seq(frame), parts: parts(frame) }).await;
    }

    pub(crate) async fn news(&self, frame: u64, after: u64) {
        self.send(Frame::News { frame, after, seq: Seq(frame), parts: parts(frame) }).await;
    }

    /// Ends the heartbeats; the socket stays open.
    pub(crate) fn hush(&self) {
        self.hushed.store(true, Ordering::Relaxed);
    }

    /// Returns the next thing that was asked, which is not a heartbeat.
    pub(crate) async fn next_ask(&mut self) -> Ask {
        loop {
            let ask = timeout(PATIENCE, self.asks.recv()).await.expect("an ask in time").expect("the socket stands");
            if ask != Ask::Heartbeat {
                return ask;
            }
        }
    }
}

pub(crate) fn parts(frame: u64) -> Parts {
    Parts::from_iter([("day".to_owned(), json!({ "issued": frame }))])
}

/// Patience for tests.
pub(crate) fn hasty() -> Tempo {
    Tempo {
        silence: Duration::from_millis(500),
        heartbeat: Duration::from_millis(100),
        opening: Duration::from_secs(2),
        rest_shortest: Duration::from_millis(10),
        rest_longest: Duration::from_millis(100),
        pairing_poll: Duration::from_millis(10),
    }
}

pub(crate) fn catalogue(centre: &str) -> Catalogue {
    serde_json::from_value(json!({
        "centre": format!("Huduma Centre {centre}"), "centre_short": centre, "languages": ["sw", "en"],
        "utc_offset_minutes": 180, "opens": "07:00", "closes": "19:00",
        "zones": [], "groups": [], "agencies": [], "services": [], "counters": [],
    }))
    .expect("a catalogue")
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/link", get(link))
        .route("/api/v1/pairings", post(ask_pairing))
        .route("/api/v1/pairings/{secret}", get(look_pairing))
        .route("/api/v1/devices/me/{what}", post(take_report))
        .route("/api/v1/catalogue", get(give_catalogue))
        .route("/api/v1/echo", any(echo))
        .route("/api/v1/large", get(|| async { vec![b'x'; crate::proxy::ANSWER_BYTES_MAX + 1] }))
        .with_state(shared)
}

async fn link(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !proven(&headers) || shared.pairing.lock().expect("not poisoned").revoked {
        return refuse(Refusal::UnknownDevice);
    }
    upgrade.on_upgrade(move |socket| speak(shared, query.unwrap_or_default(), socket))
}

async fn speak(shared: Arc<Shared>, query: String, mut socket: WebSocket) {
    let (frames, mut to_send) = mpsc::channel::<Frame>(64);
    let (heard, asks) = mpsc::channel(64);
    let hushed = Arc::new(AtomicBool::new(false));
    if shared.links.send(TwinLink { query, asks, frames, hushed: hushed.clone() }).await.is_err() {
        return;
    }
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    let mut last = None;
    loop {
        let frame = tokio::select! {
            () = shared.stop.cancelled() => return,
            frame = to_send.recv() => frame,
            _ = beat.tick() => match last {
                Some(frame) if !hushed.load(Ordering::Relaxed) => Some(Frame::Heartbeat { frame, now: Time(5), pace: 1 }),
                _ => continue,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    let _ = heard.send(serde_json::from_str(&text).expect("an ask")).await;
                    continue;
                }
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return,
            },
        };
        let Some(frame) = frame else { return };
        if let Frame::Snapshot { frame, .. } | Frame::News { frame, .. } = &frame {
            last = Some(*frame);
        }
        let text = serde_json::to_string(&frame).expect("plain data");
        if socket.send(Message::text(text)).await.is_err() {
            return;
        }
    }
}

async fn ask_pairing(State(shared): State<Arc<Shared>>) -> Json<PairingAsked> {
    let mut pairing = shared.pairing.lock().expect("not poisoned");
    pairing.codes += 1;
    pairing.expired = false;
    Json(PairingAsked { code: format!("{:06}", pairing.codes), secret: "s3cret".into(), expires_seconds: 60 })
}

async fn look_pairing(State(shared): State<Arc<Shared>>, Path(_): Path<String>) -> Response {
    let mut pairing = shared.pairing.lock().expect("not poisoned");
    if pairing.expired {
        return refuse(Refusal::PairingExpired);
    }
    if !pairing.approved {
        return Json(PairingState::Waiting).into_response();
    }
    pairing.revoked = false;
    let device = DeviceId::new("display-7").expect("an id");
    Json(PairingState::Approved { device, token: TOKEN.into(), zone: ZoneId::new("hall-b").ok() }).into_response()
}

async fn take_report(
    State(shared): State<Arc<Shared>>,
    Path(what): Path<String>,
    headers: HeaderMap,
    Json(report): Json<Value>,
) -> StatusCode {
    if !proven(&headers) {
        return StatusCode::UNAUTHORIZED;
    }
    shared.reports.send_modify(|reports| reports.push(json!({ what: report })));
    StatusCode::NO_CONTENT
}

async fn give_catalogue(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let (etag, catalogue) = shared.catalogue.lock().expect("not poisoned").clone();
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == etag) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([(header::ETAG, etag)], Json(catalogue)).into_response()
}

/// Tells what headers came, and tries to hand the page a cookie.
async fn echo(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    if shared.pairing.lock().expect("not poisoned").revoked {
        return refuse(Refusal::UnknownDevice);
    }
    let seen = |(name, value): (&header::HeaderName, &header::HeaderValue)| (name.to_string(), Value::from(value.to_str().unwrap_or("")));
    let headers: serde_json::Map<String, Value> = request.headers().iter().map(seen).collect();
    let cookie = format!("foleni_device={TOKEN}");
    ([(header::SET_COOKIE, cookie)], Json(headers)).into_response()
}

fn proven(headers: &HeaderMap) -> bool {
    headers.get(header::AUTHORIZATION).is_some_and(|value| value == &format!("Bearer {TOKEN}"))
}
