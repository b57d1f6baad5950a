//! A screen's link: applies parts, asks again after a gap, comes back by itself, and waits until something is seen.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use protocol::frame::{Ask, Frame};
use protocol::{Seq, Time};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::CancellationToken;

use crate::{Client, PATIENCE};

/// An open WebSocket.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens a WebSocket on a topic, such as `counter&counter=7`, with more headers if wanted.
pub async fn dial(client: &Client, topic: &str, headers: &[(&str, &str)]) -> Result<Socket, tungstenite::Error> {
    let address = format!("{}/link?topic={topic}", client.origin().replacen("http", "ws", 1));
    let mut request = address.into_client_request()?;
    let proof = client.proof();
    let proof = proof.as_ref().map(|(name, value)| (*name, value.as_str()));
    for (name, value) in proof.into_iter().chain(headers.iter().copied()) {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        request.headers_mut().insert(name, HeaderValue::from_str(value).expect("a header's value"));
    }
    timeout(PATIENCE, tokio_tungstenite::connect_async(request)).await.expect("the server answers").map(|(socket, _)| socket)
}

/// One screen's link. It holds what the screen would show.
pub struct Link {
    client: Client,
    topic: String,
    socket: Option<Socket>,
    frame: u64,
    seq: Seq,
    parts: Map<String, Value>,
    told: Instant,
    /// The time at the centre, as last told.
    pub now: Time,
    /// How often it began anew: the first time, after a gap, after a lost connection.
    pub snapshots: u32,
    /// How often a frame was missing.
    pub gaps: u32,
    /// Why the server ended the link, each time it said so.
    pub byes: Vec<String>,
    /// The codes with which sockets were closed.
    pub closes: Vec<u16>,
    /// Which catalogue is the centre's, as last told.
    pub catalogue: Option<String>,
    /// The longest frame that came, bytes.
    pub longest: usize,
}

impl Link {
    /// Opens a link and waits for its first snapshot.
    pub async fn open(client: &Client, topic: &str) -> Link {
        let mut link = Link {
            client: client.clone(),
            topic: topic.into(),
            socket: None,
            frame: 0,
            seq: Seq(0),
            parts: Map::new(),
            told: Instant::now(),
            now: Time(0),
            snapshots: 0,
            gaps: 0,
            byes: Vec::new(),
            closes: Vec::new(),
            catalogue: None,
            longest: 0,
        };
        link.until("a snapshot", |link| link.snapshots > 0).await;
        link
    }

    /// Returns how far in the journal the view goes.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Returns one part of the view.
    pub fn part<T: DeserializeOwned>(&self, name: &str) -> T {
        let part = self.parts.get(name).unwrap_or_else(|| panic!("{} has no part {name}", self.topic));
        T::deserialize(part).unwrap_or_else(|error| panic!("the part {name} of {}: {error}", self.topic))
    }

    /// Returns the whole view.
    pub fn view<T: DeserializeOwned>(&self) -> T {
        T::deserialize(Value::Object(self.parts.clone())).unwrap_or_else(|error| panic!("{}: {error}", self.topic))
    }

    /// Returns the parts as they came.
    pub fn parts(&self) -> &Map<String, Value> {
        &self.parts
    }

    /// Follows the link until this holds.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&Link) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !holds(self) {
            let step = timeout(until.saturating_duration_since(Instant::now()), self.step()).await;
            assert!(step.is_ok(), "the link on {} never saw {what}; it holds {}", self.topic, Value::Object(self.parts.clone()));
        }
    }

    /// Follows the link in the background, as a screen on a wall does.
    pub fn run(mut self) -> Running {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            while stopped.run_until_cancelled(self.step()).await.is_some() {}
            self
        });
        Running { stop, task }
    }

    /// Takes the next frame, opening the socket first if there is none.
    pub async fn step(&mut self) {
        const TELL_EVERY: Duration = Duration::from_secs(10);
        let Some(socket) = &mut self.socket else { return self.reconnect().await };
        if self.told.elapsed() > TELL_EVERY {
            self.told = Instant::now();
            self.tell(&Ask::Heartbeat).await;
            return;
        }
        match socket.next().await {
            Some(Ok(Message::Text(text))) => {
                self.longest = self.longest.max(text.len());
                let frame = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
                self.apply(frame).await;
            }
            Some(Ok(Message::Close(close))) => self.closes.extend(close.map(|close| u16::from(close.code))),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => self.socket = None,
        }
    }

    async fn apply(&mut self, frame: Frame) {
        match frame {
            Frame::Hello { now, .. } => self.now = now,
            Frame::Snapshot { frame, seq, parts } => {
                (self.frame, self.seq, self.parts) = (frame, seq, parts);
                self.snapshots += 1;
            }
            Frame::News { frame, after, seq, parts } if after == self.frame => {
                (self.frame, self.seq) = (frame, seq);
                self.parts.extend(parts);
            }
            Frame::News { .. } => {
                self.gaps += 1;
                self.tell(&Ask::Resync).await;
            }
            Frame::Heartbeat { now, .. } => self.now = now,
            Frame::Bye { code } => self.byes.push(code),
            Frame::Catalogue { version } => self.catalogue = Some(version),
            Frame::Unknown => {}
        }
    }

    async fn tell(&mut self, ask: &Ask) {
        let text = serde_json::to_string(ask).expect("it can be written");
        let Some(socket) = &mut self.socket else { return };
        if socket.send(Message::text(text)).await.is_err() {
            self.socket = None;
        }
    }

    async fn reconnect(&mut self) {
        const AGAIN_AFTER: Duration = Duration::from_millis(20);
        match dial(&self.client, &self.topic, &[]).await {
            Ok(socket) => (self.socket, self.told) = (Some(socket), Instant::now()),
            Err(tungstenite::Error::Http(refused)) if refused.status() != 503 => {
                panic!("the link on {} is refused: {}", self.topic, refused.status())
            }
            Err(_) => tokio::time::sleep(AGAIN_AFTER).await,
        }
    }
}

/// A link that is followed in the background.
pub struct Running {
    stop: CancellationToken,
    task: JoinHandle<Link>,
}

impl Running {
    /// Takes the link back.
    pub async fn take(self) -> Link {
        self.stop.cancel();
        self.task.await.expect("a link does not panic")
    }
}
