//! Passes a page's link on to the server, frame by frame and with limits. The page never sees the token.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt, StreamExt};
use protocol::frame::{Ask, FRAME_BYTES_MAX};
use protocol::{Refusal, ZoneId};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;
use tracing::debug;

use crate::connect::{self, OpenError, Socket};
use crate::life::Shared;
use crate::refuse::refuse;

/// Pages that may be open on one station: the screen, its reload, a technician's look.
const PAGES_MAX: usize = 8;

/// A page or a server that takes no frame for this long is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a page may say is small.
const ASK_BYTES_MAX: usize = 256;

/// A place among the open pages.
#[derive(Clone, Debug)]
pub(crate) struct Places(Arc<Semaphore>);

impl Default for Places {
    fn default() -> Places {
        Places(Arc::new(Semaphore::new(PAGES_MAX)))
    }
}

/// What a page asks a link with. The station knows its own topic; of the page only the zone counts.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    zone: String,
}

pub(crate) async fn answer(
    State((station, places)): State<(Shared, Places)>,
    asked: Result<Query<Asked>, QueryRejection>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let (Ok(Query(asked)), Ok(upgrade)) = (asked, upgrade) else {
        return refuse(Refusal::BadRequest);
    };
    let Ok(place) = places.0.try_acquire_owned() else {
        return refuse(Refusal::TooBusy);
    };
    if station.bearer().is_none() {
        return refuse(Refusal::UnknownDevice);
    }
    let target = station.target(ZoneId::new(&asked.zone).ok());
    let proof = target.proof.clone();
    let server = match timeout(PATIENCE, connect::open(target)).await {
        Ok(Ok(server)) => server,
        Ok(Err(OpenError::Refused { code, .. })) => {
            let refusal = Refusal::from_code(&code).unwrap_or(Refusal::OutOfTouch);
            if refusal == Refusal::UnknownDevice {
                station.disown(proof.as_ref());
            }
            return refuse(refusal);
        }
        Ok(Err(OpenError::Unreachable(_))) | Err(_) => return refuse(Refusal::OutOfTouch),
    };
    upgrade
        .read_buffer_size(4096)
        .write_buffer_size(0)
        .max_write_buffer_size(256 * 1024)
        .max_message_size(ASK_BYTES_MAX)
        .max_frame_size(ASK_BYTES_MAX)
        .on_upgrade(move |page| pass_frames(page, server, place))
        .into_response()
}

/// Passes frames both ways until one side ends; then ends the other.
async fn pass_frames(mut page: WebSocket, mut server: Socket, place: OwnedSemaphorePermit) {
    loop {
        let passed = tokio::select! {
            frame = server.next() => to_page(&mut page, frame).await,
            ask = page.next() => to_server(&mut server, ask).await,
        };
        if passed.is_none() {
            break;
        }
    }
    debug!("a page's link has ended");
    let bye = Message::Close(Some(CloseFrame { code: 1012, reason: "".into() }));
    let _ = timeout(Duration::from_millis(500), page.send(bye)).await;
    let _ = timeout(Duration::from_millis(500), server.close(None)).await;
    drop(place);
}

async fn to_page(page: &mut WebSocket, frame: Option<Result<tungstenite::Message, tungstenite::Error>>) -> Option<()> {
    let text = match frame?.ok()? {
        tungstenite::Message::Text(text) if text.len() <= FRAME_BYTES_MAX => text,
        tungstenite::Message::Text(_) | tungstenite::Message::Close(_) => return None,
        tungstenite::Message::Binary(_)
        | tungstenite::Message::Ping(_)
        | tungstenite::Message::Pong(_)
        | tungstenite::Message::Frame(_) => return Some(()),
    };
    timeout(PATIENCE, page.send(Message::text(text.as_str()))).await.ok()?.ok()
}

/// Only what a screen can mean to say goes on.
async fn to_server(server: &mut Socket, ask: Option<Result<Message, axum::Error>>) -> Option<()> {
    let text = match ask?.ok()? {
        Message::Text(text) => text,
        Message::Close(_) => return None,
        Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => return Some(()),
    };
    let ask: Ask = serde_json::from_str(&text).ok()?;
    if ask == Ask::Unknown {
        return Some(());
    }
    let text = serde_json::to_string(&ask).expect("an ask is plain data");
    timeout(PATIENCE, server.send(tungstenite::Message::text(text))).await.ok()?.ok()
}
