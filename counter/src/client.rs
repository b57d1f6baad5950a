//! Asks the server for one officer: signs in, and repeats an act under the same name until it is answered.

use std::time::{Duration, Instant};

use http::HeaderValue;
use http::header::{COOKIE, SET_COOKIE};
use protocol::request::{Done, SignIn, SignedIn};
use protocol::view::Catalogue;
use protocol::{CounterId, Language, OfficerId, RefusalBody};
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use station::ServerAddress;

/// How long an act is repeated.
const DEADLINE: Duration = Duration::from_secs(10);

/// A signed-in officer.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    server: ServerAddress,
    session: HeaderValue,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// The server said no.
    #[error("{}", .0.title.en)]
    Refused(Box<RefusalBody>),
    /// It could not be asked, or not understood.
    #[error("the server does not answer")]
    NoAnswer,
}

impl NotDone {
    /// Returns the reason in the officer's language.
    pub fn words(&self, language: Language) -> String {
        match self {
            NotDone::Refused(body) => body.title.get(language).to_owned(),
            NotDone::NoAnswer => assets::text::message(language, "common-no-answer", &[]),
        }
    }
}

impl Client {
    /// Signs in.
    pub async fn sign_in(server: &ServerAddress, name: OfficerId, password: String) -> Result<(Client, SignedIn), NotDone> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().map_err(|_| NotDone::NoAnswer)?;
        let answer = send(http.post(server.http("/api/v1/session")).json(&SignIn { name, password })).await?;
        let session = session(&answer).ok_or(NotDone::NoAnswer)?;
        let signed_in = read(answer).await?;
        Ok((Client { http, server: server.clone(), session }, signed_in))
    }

    /// Returns the cookie that proves the officer.
    pub fn session(&self) -> HeaderValue {
        self.session.clone()
    }

    /// Returns the names of things.
    pub async fn catalogue(&self) -> Result<Catalogue, NotDone> {
        read(send(self.http.get(self.server.http("/api/v1/catalogue"))).await?).await
    }

    /// Does one act: at a counter, or of the centre when its path is from the root. The body has a request id, so that asking
    /// again does nothing twice.
    pub async fn act(&self, counter: CounterId, path: &str, body: &Value) -> Result<Done, NotDone> {
        let give_up = Instant::now() + DEADLINE;
        let url = match path.starts_with('/') {
            true => self.server.http(path),
            false => self.server.http(&format!("/api/v1/counters/{counter}/{path}")),
        };
        let mut wait = Duration::from_millis(200);
        loop {
            let asked = self.http.post(&url).header(COOKIE, self.session.clone()).json(body);
            let answer = match send(asked).await {
                Ok(answer) => read(answer).await,
                Err(not_done) => Err(not_done),
            };
            match answer {
                Err(not_done) if may_pass(&not_done) && Instant::now() + wait < give_up => tokio::time::sleep(wait).await,
                answer => return answer,
            }
            wait *= 2;
        }
    }

    /// Signs out.
    pub async fn sign_out(&self) -> Result<(), NotDone> {
        let asked = self.http.delete(self.server.http("/api/v1/session")).header(COOKIE, self.session.clone());
        send(asked).await.map(|_| ())
    }
}

/// Returns whether the same question may be answered a moment later.
fn may_pass(not_done: &NotDone) -> bool {
    match not_done {
        NotDone::Refused(body) => body.status >= 500,
        NotDone::NoAnswer => true,
    }
}

async fn send(request: RequestBuilder) -> Result<Response, NotDone> {
    let answer = request.send().await.map_err(|_| NotDone::NoAnswer)?;
    if answer.status().is_success() {
        return Ok(answer);
    }
    let body = answer.json().await.map_err(|_| NotDone::NoAnswer)?;
    Err(NotDone::Refused(Box::new(body)))
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, NotDone> {
    answer.json().await.map_err(|_| NotDone::NoAnswer)
}

/// Returns the cookie without its attributes.
fn session(answer: &Response) -> Option<HeaderValue> {
    let cookies = answer.headers().get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let session = cookies.filter_map(|cookie| cookie.split(';').next()).find(|cookie| cookie.starts_with("foleni_session="))?;
    let mut value = HeaderValue::from_str(session).ok()?;
    value.set_sensitive(true);
    Some(value)
}
