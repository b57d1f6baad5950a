//! Asks the server as any client does: over HTTP, with a request id, again and again until it is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use protocol::request::SignIn;
use protocol::{OfficerId, Refusal, RefusalBody, RequestId};
use reqwest::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use station::backoff::Backoff;
use tokio::sync::Mutex;
use tokio::time::sleep;
use tracing::{debug, warn};

/// The cookie of somebody who is signed in.
pub const SESSION_COOKIE: &str = "foleni_session";

/// A request that the server did not grant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server refused: {code} ({status})")]
pub struct Refused {
    /// The stable code.
    pub code: String,
    /// The HTTP status.
    pub status: u16,
}

impl Refused {
    /// Tells whether it is this refusal.
    pub fn is(&self, refusal: Refusal) -> bool {
        self.code == refusal.code()
    }
}

/// What proves who asks.
#[derive(Clone)]
pub enum Proof {
    /// Nothing.
    Nobody,
    /// A session's token.
    Session(String),
    /// A device's token.
    Device(String),
}

/// The way to one server, or to one station; cheap to clone.
#[derive(Clone)]
pub struct Server {
    http: reqwest::Client,
    origin: Arc<str>,
    run: Arc<str>,
    requests: Arc<AtomicU64>,
}

impl Server {
    /// Returns the way to `origin`, such as `http://127.0.0.1:7400`. `run` makes request ids of this run its own.
    pub fn new(origin: &str, run: &str) -> reqwest::Result<Server> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(10))
            .tcp_nodelay(true)
            .build()?;
        Ok(Server { http, origin: origin.into(), run: run.into(), requests: Arc::default() })
    }

    /// Returns a request id that was never used.
    pub fn request_id(&self) -> RequestId {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        RequestId::new(&format!("demo-{}-{number}", self.run)).expect("letters, digits and hyphens are an id")
    }

    /// Asks for something until there is an answer; the body's request id stays the same, so nothing is done twice.
    pub async fn post<B: Serialize, A: DeserializeOwned>(&self, path: &str, proof: &Proof, body: &B) -> Result<A, Refused> {
        read(self.answered(Method::POST, path, proof, Some(body)).await).await
    }

    /// Reads something, until there is an answer.
    pub async fn get<A: DeserializeOwned>(&self, path: &str, proof: &Proof) -> Result<A, Refused> {
        read(self.answered(Method::GET, path, proof, None::<&()>).await).await
    }

    /// Tells whether the server answers now.
    pub async fn answers(&self) -> bool {
        let asked = self.http.get(self.url("/healthz")).timeout(Duration::from_secs(2)).send();
        asked.await.is_ok_and(|response| response.status().is_success())
    }

    /// Signs in and returns the token of the new session.
    pub async fn sign_in(&self, name: &OfficerId, password: &str) -> Result<String, Refused> {
        let asked = SignIn { name: name.clone(), password: password.to_owned() };
        let response = self.answered(Method::POST, "/api/v1/session", &Proof::Nobody, Some(&asked)).await;
        match session_of(&response) {
            Some(token) => Ok(token),
            None => Err(refused(response).await),
        }
    }

    /// Asks until the answer is the server's own word: no answer, and a server in trouble, are asked again.
    pub async fn answered<B: Serialize>(&self, method: Method, path: &str, proof: &Proof, body: Option<&B>) -> Response {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2), Backoff::seed());
        loop {
            match self.request(method.clone(), path, proof, body).send().await {
                Ok(response) if !again(response.status()) => return response,
                Ok(response) => debug!(status = %response.status(), path, "the server is busy: asking again"),
                Err(error) => debug!(%error, path, "no answer: asking again"),
            }
            sleep(backoff.next_wait()).await;
        }
    }

    fn request<B: Serialize>(&self, method: Method, path: &str, proof: &Proof, body: Option<&B>) -> RequestBuilder {
        let mut request = self.http.request(method, self.url(path));
        request = match proof {
            Proof::Nobody => request,
            Proof::Session(token) => request.header(COOKIE, format!("{SESSION_COOKIE}={token}")),
            Proof::Device(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
        };
        match body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// Somebody who stays signed in, signing in again where the session has ended.
pub struct Person {
    server: Server,
    name: OfficerId,
    password: String,
    token: Mutex<Option<String>>,
}

impl Person {
    /// Returns somebody who is not signed in yet.
    pub fn new(server: Server, name: OfficerId, password: String) -> Person {
        Person { server, name, password, token: Mutex::default() }
    }

    /// Returns the way to the server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Returns the account's name.
    pub fn name(&self) -> &OfficerId {
        &self.name
    }

    /// Asks for something, signed in.
    pub async fn post<B: Serialize, A: DeserializeOwned>(&self, path: &str, body: &B) -> Result<A, Refused> {
        match self.server.post(path, &self.proof().await?, body).await {
            Err(refused) if refused.is(Refusal::NotSignedIn) => self.server.post(path, &self.proof_anew().await?, body).await,
            answer => answer,
        }
    }

    /// Reads something, signed in.
    pub async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, Refused> {
        match self.server.get(path, &self.proof().await?).await {
            Err(refused) if refused.is(Refusal::NotSignedIn) => self.server.get(path, &self.proof_anew().await?).await,
            answer => answer,
        }
    }

    /// Returns the token of a session that is good now.
    pub async fn session(&self) -> Result<String, Refused> {
        self.get::<serde_json::Value>("/api/v1/session").await?;
        self.token().await
    }

    /// Returns a token; the server may have ended its session.
    pub async fn token(&self) -> Result<String, Refused> {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref() {
            return Ok(token.clone());
        }
        let new = self.server.sign_in(&self.name, &self.password).await?;
        *token = Some(new.clone());
        Ok(new)
    }

    async fn proof(&self) -> Result<Proof, Refused> {
        Ok(Proof::Session(self.token().await?))
    }

    async fn proof_anew(&self) -> Result<Proof, Refused> {
        *self.token.lock().await = None;
        self.proof().await
    }
}

/// A server that has no time or cannot write has done nothing, and is asked again.
fn again(status: StatusCode) -> bool {
    status.is_server_error()
}

async fn read<A: DeserializeOwned>(response: Response) -> Result<A, Refused> {
    if !response.status().is_success() {
        return Err(refused(response).await);
    }
    let status = response.status().as_u16();
    response.json().await.map_err(|error| {
        warn!(%error, "an answer could not be read");
        Refused { code: "unreadable".into(), status }
    })
}

async fn refused(response: Response) -> Refused {
    let status = response.status().as_u16();
    let code = response.json::<RefusalBody>().await.map(|body| body.code);
    Refused { code: code.unwrap_or_else(|_| "unreadable".into()), status }
}

fn session_of(response: &Response) -> Option<String> {
    let cookies = response.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let mut pairs = cookies.filter_map(|cookie| cookie.split(';').next()?.split_once('='));
    pairs.find(|(name, _)| *name == SESSION_COOKIE).map(|(_, token)| token.to_owned())
}
