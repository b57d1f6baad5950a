//! The start page: the centre's real pages in frames, its clock, and the things that can go wrong.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use protocol::{Refusal, Time};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use station::files;
use station::refuse::{refuse, refuse_with};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::client::{Proof, SESSION_COOKIE};
use crate::demo::Demo;
use crate::options;

type Shared = State<Arc<Demo>>;

/// How long the person at the computer waits for an answer that needs the server.
const PATIENCE: Duration = Duration::from_secs(4);

/// Serves the start page until `stop`.
pub async fn serve(demo: Arc<Demo>, stop: CancellationToken) -> io::Result<()> {
    let listener = TcpListener::bind(demo.options.start_page()).await?;
    axum::serve(listener, router(demo)).with_graceful_shutdown(stop.cancelled_owned()).await
}

fn router(demo: Arc<Demo>) -> Router {
    let own = Router::new()
        .route("/", get(start))
        .route("/demo/state", get(state))
        .route("/demo/pace", post(pace))
        .route("/demo/faults/agency", post(agency))
        .route("/demo/faults/paper", post(paper))
        .route("/demo/faults/cable", post(cable))
        .route("/demo/faults/server", post(server))
        .route("/demo/slips/{name}", get(slip))
        .method_not_allowed_fallback(|| async { refuse(Refusal::Method) })
        .with_state(demo.clone());
    let files = files::router().fallback(|| async { refuse(Refusal::NotFound) });
    let guarded = own.fallback_service(files).layer(from_fn_with_state(demo, guard));
    files::security_headers(guarded, &[])
}

/// Lets only this page speak: a name elsewhere that points here, and a page of another origin, get nothing.
async fn guard(State(demo): Shared, request: Request, next: Next) -> Response {
    match is_ours(request.method(), request.headers(), demo.options.start_page().port()) {
        Ok(()) => next.run(request).await,
        Err(why) => refuse_with(Refusal::NotAllowed, Some(why.into())),
    }
}

fn is_ours(method: &Method, headers: &HeaderMap, port: u16) -> Result<(), &'static str> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let hosts = [format!("localhost:{port}"), format!("127.0.0.1:{port}")];
    let host = text(header::HOST).filter(|host| hosts.iter().any(|own| own == host));
    let host = host.ok_or("the demonstration answers to localhost alone")?;
    let ours = |origin: &str| origin.strip_prefix("http://") == Some(host);
    match method.is_safe() || text(header::ORIGIN).is_none_or(ours) {
        true => Ok(()),
        false => Err("the request came from another origin"),
    }
}

/// The page, with the person signed in: cookies know no ports, so the session opens every frame.
async fn start(State(demo): Shared, headers: HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if host.starts_with("127.") {
        // Frames and cookies belong to the name `localhost`.
        return Redirect::temporary(&format!("{}/", demo.options.start_origin())).into_response();
    }
    if !demo.is_ready() {
        return opening(&demo);
    }
    let Some(page) = assets::Pages::get("start.html") else { return refuse(Refusal::NotFound) };
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.data.into_owned()).into_response();
    let own = response.headers_mut();
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&policy(&demo)) {
        own.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if let Some(cookie) = session(&demo, &headers).await {
        own.insert(header::SET_COOKIE, cookie);
    }
    response
}

fn policy(demo: &Demo) -> String {
    let frames = demo.page_ports().map(options::page).join(" ");
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src {frames}; \
         object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// Returns the cookie of a new session, unless the browser has one that is good: the person may have signed in as another.
async fn session(demo: &Demo, headers: &HeaderMap) -> Option<HeaderValue> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok()).flat_map(|cookies| cookies.split(';'));
    let mut pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
    let held = pairs.find(|(name, _)| *name == SESSION_COOKIE).map(|(_, token)| token.to_owned());
    let fresh = async {
        if let Some(token) = held
            && demo.server.get::<Value>("/api/v1/session", &Proof::Session(token)).await.is_ok()
        {
            return None;
        }
        demo.manager.session().await.ok()
    };
    // While the server is down the page comes without.
    let token = timeout(PATIENCE, fresh).await.ok().flatten()?;
    HeaderValue::from_str(&format!("{SESSION_COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/")).ok()
}

/// Said to a browser that was open before the centre is.
fn opening(demo: &Demo) -> Response {
    let time = demo.time_of_day();
    let words = assets::text::both("start-opening", &[("time", &time)]);
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"2\"><title>Foleni</title>\
         <link rel=\"stylesheet\" href=\"/assets/pages/design.css\"><h1>Foleni</h1><p>{}</p><p lang=\"sw\">{}</p></html>",
        words.en, words.sw
    );
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, page).into_response()
}

async fn state(State(demo): Shared) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(told(&demo))).into_response()
}

/// Returns all that the page shows.
fn told(demo: &Demo) -> Value {
    let screens = demo.world.screens.borrow().clone();
    let (issued, waiting) = screens.day.as_ref().map_or((0, 0), |day| (day.issued, day.waiting));
    let down = demo.is_server_down();
    let server_off = || {
        let words = assets::text::both("start-server-off", &[]);
        format!("{} · {}", words.en, words.sw)
    };
    json!({
        "now": demo.world.clock.now(),
        "pace": demo.world.clock.pace(),
        "utc_offset_minutes": demo.utc_offset_minutes,
        "centre": demo.centre,
        "issued": issued,
        "waiting": waiting,
        "server_up": screens.up && !down,
        "pages": demo.pages(),
        "accounts": demo.shown_accounts,
        "faults": {
            "agency": { "code": demo.agency(), "down": demo.is_agency_down() },
            "paper": { "kiosk": "kiosk-1", "out": demo.slips.is_paper_out() },
            "cable": { "display": "display-1", "cut": demo.cable.is_cut() },
            "server": { "down": down },
        },
        "slips": demo.slips.latest(),
        "waiting_for": down.then(server_off),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pace {
    pace: u32,
}

async fn pace(State(demo): Shared, headers: HeaderMap, body: Bytes) -> Response {
    match read::<Pace>(&headers, &body) {
        Ok(Pace { pace }) if pace > 600 => refuse_with(Refusal::BadRequest, Some("the pace is 0 to 600".into())),
        Ok(Pace { pace }) => answer(&demo, timeout(PATIENCE, demo.set_pace(pace)).await.is_ok()),
        Err(wrong) => refuse_with(Refusal::BadJson, Some(wrong)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Agency {
    down: bool,
}

async fn agency(State(demo): Shared, headers: HeaderMap, body: Bytes) -> Response {
    match read::<Agency>(&headers, &body) {
        Ok(Agency { down }) => answer(&demo, timeout(PATIENCE, demo.set_agency_down(down)).await.is_ok()),
        Err(wrong) => refuse_with(Refusal::BadJson, Some(wrong)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paper {
    out: bool,
}

async fn paper(State(demo): Shared, headers: HeaderMap, body: Bytes) -> Response {
    match read::<Paper>(&headers, &body) {
        Ok(Paper { out }) => {
            demo.slips.set_paper_out(out);
            answer(&demo, true)
        }
        Err(wrong) => refuse_with(Refusal::BadJson, Some(wrong)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cut {
    cut: bool,
}

async fn cable(State(demo): Shared, headers: HeaderMap, body: Bytes) -> Response {
    match read::<Cut>(&headers, &body) {
        Ok(Cut { cut }) => {
            demo.cable.set_cut(cut);
            answer(&demo, true)
        }
        Err(wrong) => refuse_with(Refusal::BadJson, Some(wrong)),
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn server(State(demo): Shared, headers: HeaderMap, body: Bytes) -> Response {
    match read::<Nothing>(&headers, &body) {
        Ok(Nothing {}) => {
            demo.pull_server_plug().await;
            answer(&demo, true)
        }
        Err(wrong) => refuse_with(Refusal::BadJson, Some(wrong)),
    }
}

/// Tells the new state; what needs the server and got no answer is said to be out of touch.
fn answer(demo: &Demo, done: bool) -> Response {
    match done {
        true => Json(told(demo)).into_response(),
        false => refuse(Refusal::OutOfTouch),
    }
}

/// Returns what a body says, or what is wrong with it.
fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, String> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        return Err("the content type must be application/json".into());
    }
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

async fn slip(State(demo): Shared, Path(name): Path<String>) -> Response {
    let id = name.strip_suffix(".png").and_then(|id| id.parse().ok());
    let Some(id) = id else { return refuse(Refusal::NotFound) };
    // Drawing a slip takes a while; nobody else waits for it.
    let slips = demo.slips.clone();
    let drawn = tokio::task::spawn_blocking(move || slips.png(id)).await;
    match drawn.ok().flatten() {
        Some(png) => ([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "private, max-age=3600")], png).into_response(),
        None => refuse(Refusal::NotFound),
    }
}

/// Returns the local time of day.
pub fn time_of_day(calendar: &crate::calendar::Calendar, now: Time) -> String {
    calendar.local(now).format("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_page_itself_may_ask() {
        let ask = |method: Method, host: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::from_iter([(header::HOST, host.parse().expect("a host"))]);
            headers.extend(origin.map(|origin| (header::ORIGIN, origin.parse().expect("an origin"))));
            is_ours(&method, &headers, 7480)
        };
        assert_eq!(ask(Method::GET, "localhost:7480", None), Ok(()));
        assert_eq!(ask(Method::GET, "127.0.0.1:7480", None), Ok(()));
        assert_eq!(ask(Method::POST, "localhost:7480", Some("http://localhost:7480")), Ok(()));
        assert!(ask(Method::GET, "evil.example", None).is_err());
        assert!(ask(Method::GET, "localhost.evil.example:7480", None).is_err());
        for origin in ["http://localhost:7400", "http://evil.example", "null", "https://localhost:7480"] {
            assert!(ask(Method::POST, "localhost:7480", Some(origin)).is_err(), "{origin}");
        }
    }

    #[test]
    fn a_body_is_json_and_says_what_it_should() {
        let json = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))]);
        let told = |headers: &HeaderMap, body: &'static str| read::<Pace>(headers, &Bytes::from_static(body.as_bytes()));
        assert_eq!(told(&json, r#"{"pace":10}"#).map(|told| told.pace), Ok(10));
        for bad in ["", "{}", r#"{"pace":-1}"#, r#"{"pace":1,"more":2}"#, "[1, 2]"] {
            assert!(told(&json, bad).is_err(), "{bad}");
        }
        assert!(told(&HeaderMap::new(), r#"{"pace":10}"#).is_err(), "a form cannot be posted here");
    }
}
