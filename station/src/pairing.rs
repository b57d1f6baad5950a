//! How a new device comes to belong to a centre: it shows a code, a manager approves it, it is told a token.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use protocol::request::{AskPairing, PairingAsked, PairingState};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use crate::backoff::Backoff;
use crate::identity::Identity;
use crate::link::Tempo;
use crate::proxy::{Client, NoAnswer};
use crate::standing::{Contact, Told};

const PATH: &str = "/api/v1/pairings";

/// Asks until the device is approved. While the server cannot be reached it keeps trying; when a code expires it asks for
/// a new one. Never returns unless approved: drop it to stop.
pub async fn pair(client: &Client, ask: &AskPairing, told: &Told, tempo: Tempo) -> Identity {
    let mut backoff = Backoff::new(tempo.rest_shortest, tempo.rest_longest, Backoff::seed());
    loop {
        told.unpaired(None);
        let asked = match begin(client, ask).await {
            Ok(asked) => asked,
            Err(trouble) => {
                warn!(error = %trouble, "could not ask for a pairing code");
                told.contact(trouble.contact());
                sleep(backoff.next_wait()).await;
                continue;
            }
        };
        backoff.reset();
        told.contact(Contact::Connected);
        told.unpaired(Some(&asked.code));
        info!(code = %asked.code, device = %ask.device, "waiting for a manager to approve code {}", asked.code);
        match wait(client, &asked, told, tempo).await {
            Some(identity) => return identity,
            None => info!("the pairing code has expired"),
        }
    }
}

async fn begin(client: &Client, ask: &AskPairing) -> Result<PairingAsked, Trouble> {
    let json = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    let body = serde_json::to_vec(ask).expect("what is asked is plain data");
    let answer = client.ask(Method::POST, PATH, json, body.into()).await?;
    match answer.status.is_success() {
        true => serde_json::from_slice(&answer.body).map_err(Trouble::Unreadable),
        false => Err(Trouble::Refused(answer.status)),
    }
}

/// Returns who the device is, or nothing when the code is worth no more.
async fn wait(client: &Client, asked: &PairingAsked, told: &Told, tempo: Tempo) -> Option<Identity> {
    let expires = Instant::now() + Duration::from_secs(asked.expires_seconds.into());
    while Instant::now() < expires {
        match look(client, &asked.secret).await {
            Ok(PairingState::Approved { device, token, zone }) => return Some(Identity { device, token, zone }),
            Ok(PairingState::Waiting) => told.contact(Contact::Connected),
            Err(Trouble::Refused(StatusCode::GONE | StatusCode::NOT_FOUND)) => return None,
            Err(trouble) => told.contact(trouble.contact()),
        }
        sleep(tempo.pairing_poll).await;
    }
    None
}

async fn look(client: &Client, secret: &str) -> Result<PairingState, Trouble> {
    let answer = client.ask(Method::GET, &format!("{PATH}/{secret}"), HeaderMap::new(), Default::default()).await?;
    match answer.status.is_success() {
        true => serde_json::from_slice(&answer.body).map_err(Trouble::Unreadable),
        false => Err(Trouble::Refused(answer.status)),
    }
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    #[error("the server refused: {0}")]
    Refused(StatusCode),
    #[error("the server's answer could not be read")]
    Unreadable(#[source] serde_json::Error),
}

impl Trouble {
    /// A server that says no is there all the same.
    fn contact(&self) -> Contact {
        match self {
            Trouble::NoAnswer(_) => Contact::Unreachable,
            Trouble::Refused(_) | Trouble::Unreadable(_) => Contact::Connected,
        }
    }
}
