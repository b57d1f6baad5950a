//! Displays: from the press of "next" until the last of very many displays holds the call.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use protocol::frame::Ask;
use tests::{Client, PATIENCE, Plan, Socket, dial, rules};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::lean::Lean;
use crate::spread::Spread;
use crate::{Scale, row};

/// What a display saw: the newest call, how it stands, and when.
struct Seen {
    call: u64,
    over: bool,
    at: Instant,
}

/// Measures with 200 and 1,000 displays.
pub async fn measure(scale: Scale) {
    for (displays, to_reach) in [(200, "p99 < 50 ms"), (1_000, "p99 < 150 ms")] {
        let displays = scale.of(displays, 10);
        let centre = Plan::of(rules::centre(1, 999, "")).open().await;
        let device = centre.display("display-1", "hall").await;
        let (tell, mut told) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        for _ in 0..displays {
            let socket = opened(&device).await;
            tasks.spawn(watch(socket, tell.clone()));
        }
        let mut door = Lean::connect(&centre.kiosk("kiosk-1").await).await;
        let mut desk = Lean::connect(&centre.officer("officer-1").await).await;
        desk.act(1, "open").await.granted();
        let mut spread = Spread::default();
        for _ in 0..scale.of(200, 10) {
            door.issue("nrb-id-new").await.granted();
            let pressed = Instant::now();
            let (done, _) = desk.act(1, "next").await.granted();
            let called = done.called.expect("somebody waits");
            let last = last_to_see(&mut told, displays, called.call.0, false).await;
            spread.add(last.duration_since(pressed));
            desk.start(1, called.ticket).await.granted();
            desk.finish(1, called.ticket).await.granted();
            // The next press comes when every display is quiet again.
            last_to_see(&mut told, displays, called.call.0, true).await;
        }
        row(&format!("press of next -> last of {displays} displays holds the call"), &spread.to_string(), to_reach);
    }
}

async fn opened(device: &Client) -> Socket {
    dial(device, "display&zone=hall", &[]).await.expect("a paired display has a link")
}

/// Waits until every display has seen this call, or its end; returns when the last one did.
async fn last_to_see(told: &mut mpsc::UnboundedReceiver<Seen>, displays: u32, call: u64, over: bool) -> Instant {
    let mut count = 0;
    let mut last = None;
    while count < displays {
        let seen = tokio::time::timeout(PATIENCE, told.recv()).await.expect("every display sees it").expect("displays run");
        if seen.call == call && seen.over == over {
            count += 1;
            last = last.max(Some(seen.at));
        }
    }
    last.expect("there are displays")
}

/// Tells each change of the newest call. Frames are searched, not parsed: a thousand displays are not meant to be here.
async fn watch(mut socket: Socket, tell: mpsc::UnboundedSender<Seen>) {
    let alive = serde_json::to_string(&Ask::Heartbeat).expect("it can be written");
    let mut heartbeat = tokio::time::interval(Duration::from_secs(10));
    let mut told = (0, false);
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            _ = heartbeat.tick() => {
                let _ = socket.send(Message::text(alive.as_str())).await;
                continue;
            }
        };
        let at = Instant::now();
        let Some(Ok(message)) = message else { return };
        let Message::Text(text) = message else { continue };
        let Some(calls) = text.find("\"calls\":[").map(|from| &text[from..]) else { continue };
        let Some(call) = number_after(calls, "\"call\":") else { continue };
        let stage = calls.find("\"stage\":\"").map(|from| &calls[from + 9..]);
        let over = stage.is_some_and(|stage| stage.starts_with("over"));
        let called_and_quiet = over || stage.is_some_and(|stage| stage.starts_with("awaited"));
        if called_and_quiet && told != (call, over) {
            told = (call, over);
            let _ = tell.send(Seen { call, over, at });
        }
    }
}

fn number_after(text: &str, key: &str) -> Option<u64> {
    let rest = &text[text.find(key)? + key.len()..];
    let end = rest.find(|character: char| !character.is_ascii_digit())?;
    rest[..end].parse().ok()
}
