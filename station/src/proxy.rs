//! Passes requests on to the server with the device's token, bounded in size and time. The token stays on this side.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::Refusal;
use tracing::{debug, warn};

use crate::address::ServerAddress;
use crate::life::Shared;
use crate::refuse::{code_in, refuse};

/// The largest request that a page may make.
pub const REQUEST_BYTES_MAX: usize = 64 * 1024;

/// The largest answer that a station takes: a catalogue in two languages, a picture of a slip.
pub const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// What goes along with a request. All else, cookies above all, stays here.
const SENT: [HeaderName; 4] = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::CONTENT_TYPE, header::IF_NONE_MATCH];

/// What comes back with an answer. A cookie of the server would show the page what proves the device.
const RETURNED: [HeaderName; 5] =
    [header::CONTENT_TYPE, header::ETAG, header::CACHE_CONTROL, header::RETRY_AFTER, header::CONTENT_DISPOSITION];

/// The server, asked over HTTP.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    server: ServerAddress,
}

/// What the server answered, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers that may be passed on.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Why the server gave no answer that can be passed on.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// It could not be reached, or not in time.
    #[error("the server cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The answer is larger than any of ours.
    #[error("the server's answer is too large")]
    TooLarge,
}

impl Client {
    /// Returns a client of this server.
    pub fn new(server: ServerAddress) -> Result<Client, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(10))
            .pool_max_idle_per_host(4)
            .tcp_nodelay(true)
            .build()?;
        Ok(Client { http, server })
    }

    /// Asks the server and takes its whole answer.
    pub async fn ask(&self, method: Method, path: &str, headers: HeaderMap, body: Bytes) -> Result<Answer, NoAnswer> {
        let request = self.http.request(method, self.server.http(path)).headers(headers).body(body);
        let mut response = request.send().await.map_err(NoAnswer::Unreachable)?;
        let headers = only(response.headers(), &RETURNED);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(NoAnswer::Unreachable)? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(NoAnswer::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status(), headers, body: body.into() })
    }
}

impl Answer {
    /// Returns whether the server refused, for this reason.
    pub fn is_refused_as(&self, refusal: Refusal) -> bool {
        self.status.as_u16() == refusal.status() && code_in(&self.body).as_deref() == Some(refusal.code())
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.body).into_response()
    }
}

impl IntoResponse for NoAnswer {
    fn into_response(self) -> Response {
        match self {
            NoAnswer::Unreachable(error) => debug!(%error, "a page's request did not reach the server"),
            NoAnswer::TooLarge => warn!("the server's answer was too large to pass on"),
        }
        refuse(Refusal::OutOfTouch)
    }
}

/// Passes a page's request on.
pub(crate) async fn pass_on(State(station): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = bounded(body).await else {
        return refuse(Refusal::TooLarge);
    };
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    match station.ask(head.method, path, only(&head.headers, &SENT), body).await {
        Ok(answer) => answer.into_response(),
        Err(no_answer) => no_answer.into_response(),
    }
}

/// Takes a whole body of a page, if it is not too large.
pub async fn bounded(body: Body) -> Result<Bytes, axum::Error> {
    to_bytes(body, REQUEST_BYTES_MAX).await
}

fn only(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    names.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone()))).collect()
}
