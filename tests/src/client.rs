//! Anyone who asks the server over HTTP, and asks again with the same words until there is an answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use protocol::{Refusal, RefusalBody, RequestId};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::PATIENCE;

/// What proves who asks.
#[derive(Clone, Debug)]
pub enum Proof {
    /// Nothing.
    Nobody,
    /// The token of somebody who signed in.
    Session(String),
    /// The token of a paired device.
    Device(String),
}

/// Somebody or something that asks; clones are the same one.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    origin: Arc<str>,
    name: Arc<str>,
    proof: Proof,
}

/// What came back.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// Returns a client of the server at `origin`, such as `http://127.0.0.1:7400`.
    pub fn new(origin: &str, name: &str, proof: Proof) -> Client {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .expect("a plain client can always be made");
        Client { http, origin: origin.into(), name: name.into(), proof }
    }

    /// Returns the same client proving itself in another way.
    pub fn with(&self, proof: Proof) -> Client {
        Client { proof, ..self.clone() }
    }

    /// Returns the name of the account or device.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns where it asks.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns what proves who asks, as a header.
    pub fn proof(&self) -> Option<(&'static str, String)> {
        match &self.proof {
            Proof::Nobody => None,
            Proof::Session(token) => Some((COOKIE_NAME, format!("foleni_session={token}"))),
            Proof::Device(token) => Some((AUTHORIZATION_NAME, format!("Bearer {token}"))),
        }
    }

    /// Returns a name for a request that no other request has.
    pub fn request_id(&self) -> RequestId {
        static REQUESTS: AtomicU64 = AtomicU64::new(0);
        let number = REQUESTS.fetch_add(1, Ordering::Relaxed);
        RequestId::new(&format!("{}-{}-{number}", self.name, std::process::id())).expect("letters, digits and hyphens are an id")
    }

    /// Returns a request to fill in.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.origin));
        match &self.proof {
            Proof::Nobody => request,
            Proof::Session(token) => request.header(COOKIE, format!("foleni_session={token}")),
            Proof::Device(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
        }
    }

    /// Sends a request once.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).await.expect("the server answers")
    }

    /// Sends a request once; the connection may be lost.
    pub async fn try_send(&self, request: RequestBuilder) -> reqwest::Result<Answer> {
        read(request.send().await?).await
    }

    /// Posts text as JSON once, whatever it is.
    pub async fn post_text(&self, path: &str, text: impl Into<reqwest::Body>) -> Answer {
        self.send(self.request(Method::POST, path).header(CONTENT_TYPE, "application/json").body(text)).await
    }

    /// Gets something once.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Asks until there is an answer, with the same body each time; only a refusal that asking again may lift is asked again.
    pub async fn post<A: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<A, RefusalBody> {
        let text = serde_json::to_string(body).expect("requests can be written");
        let answer = self.post_until_answered(path, &text).await;
        if answer.status == 200 { Ok(answer.json()) } else { Err(answer.refusal()) }
    }

    /// Posts JSON until the server answers it for good.
    pub async fn post_until_answered(&self, path: &str, text: &str) -> Answer {
        /// A lost connection is tried again this soon; the server may be starting.
        const AGAIN_AFTER: Duration = Duration::from_millis(10);
        let until = Instant::now() + PATIENCE;
        loop {
            let request = self.request(Method::POST, path).header(CONTENT_TYPE, "application/json").body(text.to_owned());
            match self.try_send(request).await {
                Ok(answer) if answer.status != 503 => return answer,
                Ok(answer) => assert!(Instant::now() < until, "{path} is still refused: {}", answer.text()),
                Err(error) => assert!(Instant::now() < until, "{path} is still not answered: {error}"),
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }
}

const COOKIE_NAME: &str = "cookie";
const AUTHORIZATION_NAME: &str = "authorization";

async fn read(response: reqwest::Response) -> reqwest::Result<Answer> {
    let status = response.status().as_u16();
    let (path, headers) = (response.url().path().to_owned(), response.headers().clone());
    let body = response.bytes().await?.to_vec();
    let answer = Answer { status, headers, body };
    assert_ne!(status, 500, "{path} failed: {}", answer.text());
    Ok(answer)
}

impl Answer {
    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body as what it must be.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// Returns the refusal, which must be whole: a problem document with a known code, its status, and words in both languages.
    pub fn refusal(&self) -> RefusalBody {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        assert_eq!(kind, Some("application/problem+json"), "{} {}", self.status, self.text());
        let body: RefusalBody = self.json();
        let known = Refusal::from_code(&body.code).unwrap_or_else(|| panic!("{} is no known code", body.code));
        assert_eq!((body.status, self.status), (known.status(), known.status()), "{}", body.code);
        assert_eq!(body.kind, format!("urn:foleni:refusal:{}", body.code));
        let (en, sw) = (&body.title.en, &body.title.sw);
        for words in [en, sw] {
            assert!(words.contains(' ') && !words.contains("refusal-"), "{} says {words:?}", body.code);
        }
        assert_ne!(en, sw, "{} says the same in both languages", body.code);
        body
    }

    /// Says that this is that refusal, whole and with its words.
    #[track_caller]
    pub fn must_be(&self, refusal: Refusal) {
        assert_eq!(self.refusal().code, refusal.code(), "{}", self.text());
    }

    /// Returns the value of a cookie that the answer sets.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.filter_map(|cookie| cookie.split(';').next()?.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }
}
