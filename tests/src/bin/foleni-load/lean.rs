//! The leanest HTTP/1.1 that does: one connection, one request after the other, so that measuring costs little.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use protocol::request::{CounterDone, IssuedTicket};
use protocol::{Outcome, TicketId};
use serde::de::DeserializeOwned;
use serde_json::json;
use tests::{Client, PATIENCE};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// One connection of somebody who proved who they are.
pub struct Lean {
    stream: BufReader<TcpStream>,
    head: String,
    name: String,
}

/// An answer and how long it took.
pub struct Timed<T> {
    /// The answer, or the refusal's text.
    pub answer: Result<T, String>,
    /// From the first byte sent to the last byte read.
    pub took: Duration,
}

impl Lean {
    /// Connects as this client.
    pub async fn connect(client: &Client) -> Lean {
        let host = client.origin().trim_start_matches("http://");
        let stream = TcpStream::connect(host).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket takes this");
        let (name, value) = client.proof().expect("somebody who is known");
        let head = format!("Host: {host}\r\n{name}: {value}\r\nContent-Type: application/json\r\n");
        Lean { stream: BufReader::new(stream), head, name: client.name().to_owned() }
    }

    /// Asks for a ticket.
    pub async fn issue(&mut self, service: &str) -> Timed<IssuedTicket> {
        let body = json!({ "request": self.request(), "service": service });
        self.post("/api/v1/tickets", &body.to_string()).await
    }

    /// Asks for an act at a counter that needs no ticket.
    pub async fn act(&mut self, counter: u16, act: &str) -> Timed<CounterDone> {
        let body = json!({ "request": self.request() });
        self.post(&format!("/api/v1/counters/{counter}/{act}"), &body.to_string()).await
    }

    /// The citizen is at the counter.
    pub async fn start(&mut self, counter: u16, ticket: TicketId) -> Timed<CounterDone> {
        let body = json!({ "request": self.request(), "ticket": ticket });
        self.post(&format!("/api/v1/counters/{counter}/start"), &body.to_string()).await
    }

    /// The citizen was served.
    pub async fn finish(&mut self, counter: u16, ticket: TicketId) -> Timed<CounterDone> {
        let body = json!({ "request": self.request(), "ticket": ticket, "outcome": Outcome::Served });
        self.post(&format!("/api/v1/counters/{counter}/finish"), &body.to_string()).await
    }

    fn request(&self) -> String {
        static REQUESTS: AtomicU64 = AtomicU64::new(0);
        format!("{}-load-{}", self.name, REQUESTS.fetch_add(1, Ordering::Relaxed))
    }

    async fn post<T: DeserializeOwned>(&mut self, path: &str, body: &str) -> Timed<T> {
        let request = format!("POST {path} HTTP/1.1\r\n{}Content-Length: {}\r\n\r\n{body}", self.head, body.len());
        let started = Instant::now();
        let (status, body) = timeout(PATIENCE, self.exchange(request.as_bytes())).await.expect("an answer in time").expect("an answer");
        let took = started.elapsed();
        let text = || String::from_utf8_lossy(&body).into_owned();
        let answer = match status {
            200 => serde_json::from_slice(&body).map_err(|error| format!("{error}: {}", text())),
            _ => Err(text()),
        };
        Timed { answer, took }
    }

    async fn exchange(&mut self, request: &[u8]) -> std::io::Result<(u16, Vec<u8>)> {
        self.stream.get_mut().write_all(request).await?;
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let text = line.trim_end();
            if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
                status = rest.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0);
            } else if let Some((_, value)) = text.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
                length = value.trim().parse().unwrap_or(0);
            } else if text.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok((status, body))
    }
}

impl<T> Timed<T> {
    /// Returns the answer; a load is only a measure when everything in it is granted.
    pub fn granted(self) -> (T, Duration) {
        let answer = self.answer.unwrap_or_else(|refusal| panic!("refused in the middle of a load: {refusal}"));
        (answer, self.took)
    }
}
