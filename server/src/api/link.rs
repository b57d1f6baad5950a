//! The link: one WebSocket a screen; a greeting, a snapshot, then news and heartbeats.
//!
//! A screen that reads slowly is not waited for: it is given a fresh snapshot when it fell behind, and is let go when
//! its connection takes nothing for a while. What screens send is bounded and mostly ignored.

use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use protocol::frame::{ASK_BYTES_MAX, Ask, HEARTBEAT_SECONDS, LINK_VERSION};
use protocol::request::{DeviceKind, Role};
use protocol::{CounterId, DeviceId, Frame, Refusal, Topic, ZoneId};
use serde::Deserialize;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::App;
use super::extract::{Actor, SESSION_COOKIE, cookie, device_token, header_text};
use super::refused::Refused;
use crate::screens::{DeviceNews, Key, Push, Subscription};

/// A connection that takes nothing for so long is let go.
const SEND_WITHIN: Duration = Duration::from_secs(5);
/// A screen that says nothing for so long is let go; it says something every ten seconds.
const SILENCE_MAX: Duration = Duration::from_secs(45);

/// What a link is asked for.
#[derive(Debug, Deserialize)]
pub struct LinkQuery {
    topic: Topic,
    counter: Option<CounterId>,
    zone: Option<ZoneId>,
}

/// Opens a link.
pub async fn open(
    State(app): State<App>,
    actor: Actor,
    headers: HeaderMap,
    query: Result<Query<LinkQuery>, axum::extract::rejection::QueryRejection>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refused> {
    let Query(query) = query.map_err(|error| Refused::with(Refusal::BadRequest, error.body_text()))?;
    same_origin(&headers)?;
    let key = key(&query)?;
    // Before the upgrade: a browser is not told why its socket was refused, and asks this address plainly to learn it.
    let device = allowed(&key, actor)?;
    let proof = match device {
        Some(_) => device_token(&headers).map(|token| Proof::Device(token.to_owned())),
        None => cookie(&headers, SESSION_COOKIE).map(|token| Proof::Session(token.to_owned())),
    };
    let upgrade = upgrade
        .map_err(|error| Refused::with(Refusal::BadRequest, error.body_text()))?
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(1024 * 1024)
        .max_message_size(ASK_BYTES_MAX)
        .max_frame_size(ASK_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| run(app, socket, key, device, proof)))
}

/// A page of another origin may not open a link with its user's cookies.
fn same_origin(headers: &HeaderMap) -> Result<(), Refused> {
    super::extract::same_origin(&axum::http::Method::POST, headers)?;
    match header_text(headers, axum::http::header::HOST) {
        Some(_) => Ok(()),
        None => Err(Refusal::BadRequest.into()),
    }
}

fn key(query: &LinkQuery) -> Result<Key, Refused> {
    match query.topic {
        Topic::Kiosk => Ok(Key::Kiosk),
        Topic::Board => Ok(Key::Board),
        Topic::Counter => match query.counter {
            Some(counter) => Ok(Key::Counter(counter)),
            None => Err(Refused::with(Refusal::BadRequest, "the topic counter needs &counter=")),
        },
        Topic::Display => match &query.zone {
            Some(zone) => Ok(Key::Display(zone.clone())),
            None => Err(Refused::with(Refusal::BadRequest, "the topic display needs &zone=")),
        },
    }
}

/// Returns the device behind the link, if it is one; refuses who may not see the topic.
fn allowed(key: &Key, actor: Actor) -> Result<Option<DeviceId>, Refused> {
    match (key, actor) {
        (Key::Kiosk, Actor::Device(device)) if device.kind == DeviceKind::Kiosk => Ok(Some(device.id)),
        (Key::Display(_), Actor::Device(device)) if device.kind == DeviceKind::Display => Ok(Some(device.id)),
        (Key::Board, Actor::Person(person)) => Ok(person.must_be(Role::Manager).map(|()| None)?),
        (Key::Kiosk | Key::Display(_) | Key::Counter(_), Actor::Person(_)) => Ok(None),
        (Key::Counter(_) | Key::Board, Actor::Nobody) => Err(Refusal::NotSignedIn.into()),
        (Key::Kiosk | Key::Display(_), Actor::Nobody) => Err(Refusal::UnknownDevice.into()),
        (_, Actor::Device(_)) => Err(Refusal::NotAllowed.into()),
    }
}

/// What a link was opened with; it is looked at again with every heartbeat.
enum Proof {
    Device(String),
    Session(String),
}

impl Proof {
    fn stands(&self, app: &App) -> Result<(), Refusal> {
        match self {
            Proof::Device(token) => app.registry.device(token).map(drop),
            Proof::Session(token) if app.registry.session_stands(token) => Ok(()),
            Proof::Session(_) => Err(Refusal::NotSignedIn),
        }
    }
}

async fn run(app: App, mut socket: WebSocket, key: Key, device: Option<DeviceId>, proof: Option<Proof>) {
    let _tracked = app.links.token();
    metrics::gauge!("foleni_links").increment(1.0);
    let revoked = app.revoked.subscribe();
    if let Some(device) = &device {
        app.screens.device(DeviceNews::Connected(device.clone())).await;
    }
    let code = tokio::select! {
        said = converse(&app, &mut socket, &key, proof.as_ref()) => said.err(),
        () = until_revoked(revoked, device.as_ref()) => Some(Refusal::UnknownDevice.code()),
    };
    if let Some(code) = code {
        let _ = send(&mut socket, &Frame::Bye { code: code.to_owned() }).await;
    }
    // 1012: the service restarts (registered close code of RFC 6455); 1000 otherwise.
    let restart = app.stop.is_cancelled();
    let close = CloseFrame { code: if restart { 1012 } else { 1000 }, reason: Utf8Bytes::from_static("") };
    let _ = timeout(Duration::from_secs(1), socket.send(Message::Close(Some(close)))).await;
    if let Some(device) = device {
        app.screens.device(DeviceNews::Disconnected(device)).await;
    }
    metrics::gauge!("foleni_links").decrement(1.0);
}

/// Waits until a manager takes this very device out of use; a person's link waits for ever.
async fn until_revoked(mut revoked: broadcast::Receiver<DeviceId>, device: Option<&DeviceId>) {
    loop {
        match (revoked.recv().await, device) {
            (Ok(gone), Some(device)) if gone == *device => return,
            (Ok(_) | Err(RecvError::Lagged(_)), _) => {}
            (Err(RecvError::Closed), _) => std::future::pending().await,
        }
    }
}

/// Talks until either side ends it; the error says why the server did.
async fn converse(app: &App, socket: &mut WebSocket, key: &Key, proof: Option<&Proof>) -> Result<(), &'static str> {
    let stands = || proof.map_or(Ok(()), |proof| proof.stands(app)).map_err(|refusal| refusal.code());
    // It may have been taken away since the upgrade, before anybody listened for that.
    stands()?;
    let Some(mut subscription) = app.screens.subscribe(key.clone()).await else { return Err(Refusal::NotFound.code()) };
    let hello = Frame::Hello {
        version: LINK_VERSION,
        centre: app.config.catalogue.centre.clone(),
        server: env!("CARGO_PKG_VERSION").to_owned(),
        now: app.clock.now(),
        pace: app.clock.pace(),
    };
    if send(socket, &hello).await.is_err() || push(socket, &subscription.snapshot).await.is_err() {
        return Ok(());
    }
    // Devices keep the catalogue for when the server is away, and print with what it says; pages ask for it when they open.
    let mut catalogues = app.config.catalogues.watch();
    if matches!(proof, Some(Proof::Device(_))) {
        catalogues.mark_changed();
    }
    let mut frame = subscription.snapshot.frame;
    let mut heartbeat = tokio::time::interval(Duration::from_secs(HEARTBEAT_SECONDS));
    let mut heard = tokio::time::Instant::now();
    loop {
        tokio::select! {
            biased;
            () = app.stop.cancelled() => return Err("restart"),
            news = subscription.news.recv() => match news {
                Ok(news) if news.frame <= frame => {}
                Ok(news) => {
                    frame = news.frame;
                    if push(socket, &news).await.is_err() { return Ok(()) }
                }
                Err(RecvError::Lagged(_)) => match resync(app, socket, key).await {
                    Some(fresh) => { frame = fresh.snapshot.frame; subscription = fresh }
                    None => return Ok(()),
                },
                Err(RecvError::Closed) => return Err("restart"),
            },
            _ = catalogues.changed(), if matches!(proof, Some(Proof::Device(_))) => {
                let version = catalogues.borrow_and_update().etag.clone();
                if send(socket, &Frame::Catalogue { version }).await.is_err() { return Ok(()) }
            }
            received = socket.recv() => match received {
                Some(Ok(Message::Text(text))) => {
                    heard = tokio::time::Instant::now();
                    match serde_json::from_str(&text) {
                        Ok(Ask::Resync) => match resync(app, socket, key).await {
                            Some(fresh) => { frame = fresh.snapshot.frame; subscription = fresh }
                            None => return Ok(()),
                        },
                        Ok(Ask::Heartbeat | Ask::Unknown) => {}
                        Err(_) => return Err(Refusal::BadJson.code()),
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => heard = tokio::time::Instant::now(),
                Some(Ok(Message::Binary(_))) => return Err(Refusal::NotUtf8.code()),
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(Err(error)) => return Err(reason(&error).code()),
            },
            _ = heartbeat.tick() => {
                if heard.elapsed() > SILENCE_MAX { return Ok(()) }
                stands()?;
                let beat = Frame::Heartbeat { frame, now: app.clock.now(), pace: app.clock.pace() };
                if send(socket, &beat).await.is_err() { return Ok(()) }
            }
        }
    }
}

/// Tells a frame that is too large from one that is not UTF-8.
fn reason(error: &axum::Error) -> Refusal {
    let text = error.to_string().to_ascii_lowercase();
    if text.contains("utf-8") {
        Refusal::NotUtf8
    } else if text.contains("too long") || text.contains("too large") || text.contains("capacity") {
        Refusal::TooLarge
    } else {
        Refusal::BadRequest
    }
}

async fn resync(app: &App, socket: &mut WebSocket, key: &Key) -> Option<Subscription> {
    metrics::counter!("foleni_resyncs_total").increment(1);
    let fresh = app.screens.subscribe(key.clone()).await?;
    push(socket, &fresh.snapshot).await.ok()?;
    Some(fresh)
}

async fn send(socket: &mut WebSocket, frame: &Frame) -> Result<(), ()> {
    let text = serde_json::to_string(frame).map_err(|_| ())?;
    deliver(socket, text.into()).await
}

async fn push(socket: &mut WebSocket, push: &Push) -> Result<(), ()> {
    deliver(socket, push.text.clone()).await
}

async fn deliver(socket: &mut WebSocket, text: Utf8Bytes) -> Result<(), ()> {
    match timeout(SEND_WITHIN, socket.send(Message::Text(text))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(()),
    }
}
