//! What a handler takes in: bodies that are checked, and who asks.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use protocol::request::{DeviceKind, Role};
use protocol::{CounterId, DeviceId, OfficerId, Refusal};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use super::App;
use super::refused::Refused;

/// The largest body of a request, bytes.
pub const BODY_BYTES_MAX: usize = 16 * 1024;

/// A body must have arrived within this time.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// The name of the session's cookie.
pub const SESSION_COOKIE: &str = "foleni_session";
/// The name of a browser device's cookie.
pub const DEVICE_COOKIE: &str = "foleni_device";

/// A JSON body and a digest of it with its address.
pub struct Asked<T> {
    /// The body.
    pub body: T,
    digest: Sha256,
}

impl<T> Asked<T> {
    /// Returns the digest of who asked for what.
    pub fn fingerprint(&self, actor: &str) -> i64 {
        shortened(self.digest.clone(), actor)
    }
}

/// Returns the fingerprint of a request that was, or would have been, sent to `path` with this body.
pub fn fingerprint(path: &str, body: &[u8], actor: &str) -> i64 {
    shortened(begun(path).chain_update(body), actor)
}

fn begun(path: &str) -> Sha256 {
    Sha256::new().chain_update(path.as_bytes()).chain_update([0])
}

fn shortened(digest: Sha256, actor: &str) -> i64 {
    let hash = digest.chain_update(actor.as_bytes()).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}

impl<T: DeserializeOwned> FromRequest<App> for Asked<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        same_origin(request.method(), request.headers())?;
        let json = |value: &str| value.trim().to_ascii_lowercase().starts_with("application/json");
        if !header_text(request.headers(), header::CONTENT_TYPE).is_some_and(json) {
            return Err(Refused::with(Refusal::BadJson, "the content type must be application/json"));
        }
        let digest = begun(request.uri().path());
        let arrived = timeout(BODY_WITHIN, Bytes::from_request(request, app)).await;
        let arrived = arrived.map_err(|_| Refused::with(Refusal::BadRequest, "the body did not arrive in time"))?;
        let bytes = arrived.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refused::with(Refusal::TooLarge, format!("at most {BODY_BYTES_MAX} bytes")),
            _ => Refused::with(Refusal::BadRequest, rejection.body_text()),
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|error| Refused::with(Refusal::NotUtf8, error.to_string()))?;
        let body = serde_json::from_str(text).map_err(|error| Refused::with(Refusal::BadJson, error.to_string()))?;
        Ok(Asked { body, digest: digest.chain_update(&bytes) })
    }
}

/// A browser says where a page came from; a page of another origin may not act for its user.
pub fn same_origin(method: &Method, headers: &HeaderMap) -> Result<(), Refused> {
    if method.is_safe() {
        return Ok(());
    }
    let Some(origin) = header_text(headers, header::ORIGIN) else { return Ok(()) };
    let host = header_text(headers, header::HOST).unwrap_or_default();
    match origin.split_once("://").is_some_and(|(_, from)| from == host) {
        true => Ok(()),
        false => Err(Refused::with(Refusal::NotAllowed, "the page is of another origin")),
    }
}

/// The counter in the address.
pub struct AtCounter(pub CounterId);

impl FromRequestParts<App> for AtCounter {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let Path(text) = Path::<String>::from_request_parts(parts, app).await.map_err(|_| Refusal::UnknownCounter)?;
        let number = text.parse().map_err(|_| Refusal::UnknownCounter)?;
        Ok(AtCounter(CounterId(number)))
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub name: OfficerId,
    /// The name that colleagues see.
    pub shown: String,
    /// What the account may do.
    pub role: Role,
}

impl Person {
    /// Refuses whoever has not at least this role.
    pub fn must_be(&self, role: Role) -> Result<(), Refusal> {
        if self.role >= role { Ok(()) } else { Err(Refusal::NotAllowed) }
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        match actor(&parts.headers, app) {
            Actor::Person(person) => Ok(person),
            Actor::Device(_) | Actor::Nobody => Err(Refusal::NotSignedIn.into()),
        }
    }
}

/// A paired device.
#[derive(Clone, Debug)]
pub struct PairedDevice {
    /// The device.
    pub id: DeviceId,
    /// What it is.
    pub kind: DeviceKind,
}

impl FromRequestParts<App> for PairedDevice {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        device(&parts.headers, app).ok_or_else(|| Refusal::UnknownDevice.into())
    }
}

/// Whoever asks. A token said aloud goes before the cookies that a browser sends by itself.
#[derive(Clone, Debug)]
pub enum Actor {
    /// A paired device.
    Device(PairedDevice),
    /// Somebody signed in.
    Person(Person),
    /// Neither.
    Nobody,
}

impl FromRequestParts<App> for Actor {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        Ok(actor(&parts.headers, app))
    }
}

fn actor(headers: &HeaderMap, app: &App) -> Actor {
    let bearer = bearer(headers).is_some();
    if let Some(account) = cookie(headers, SESSION_COOKIE).filter(|_| !bearer).and_then(|token| app.registry.session(token).ok()) {
        return Actor::Person(Person { name: account.name, shown: account.shown, role: account.role });
    }
    device(headers, app).map_or(Actor::Nobody, Actor::Device)
}

fn device(headers: &HeaderMap, app: &App) -> Option<PairedDevice> {
    let device = app.registry.device(device_token(headers)?).ok()?;
    Some(PairedDevice { id: device.device, kind: device.kind })
}

/// Returns the token by which a device says who it is.
pub fn device_token(headers: &HeaderMap) -> Option<&str> {
    bearer(headers).or_else(|| cookie(headers, DEVICE_COOKIE))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    header_text(headers, header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "))
}

/// Returns the value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Returns a header's value, if it is text.
pub fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
