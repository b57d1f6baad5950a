//! The centre's names, health and metrics.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::view::Catalogue;
use protocol::{ClockTrouble, Refusal, RefusalBody, Time};
use serde::Serialize;
use tokio::sync::Mutex;

use super::App;
use super::extract::header_text;
use super::refused::Refused;
use crate::dispatcher::Dispatcher;

/// Tells what a page needs to name things; the same all day, but for how slips look.
#[utoipa::path(
    get, path = "/api/v1/catalogue", tag = "centre",
    responses((status = 200, description = "Services, agencies, groups, zones and counters", body = Catalogue))
)]
pub async fn catalogue(State(app): State<App>, headers: HeaderMap) -> Response {
    let told = app.config.catalogues.now();
    if header_text(&headers, header::IF_NONE_MATCH) == Some(&told.etag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, told.etag.as_str())]).into_response();
    }
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::ETAG, &told.etag), (header::CACHE_CONTROL, "no-cache")];
    (headers, told.json.clone()).into_response()
}

/// How the server is.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Health {
    /// The server's version.
    pub version: &'static str,
    /// The time at the centre.
    pub now: Time,
    /// How much faster than real time the centre's clock runs.
    pub pace: u32,
    /// What is wrong with the machine's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockTrouble>,
}

/// Whether the write path worked when it was last tried: whoever asks for the health in a hurry gets the answer of the
/// same second, so that asking costs the writer one row a second at most.
#[derive(Clone, Default)]
pub struct Pulse(Arc<Mutex<Option<(Instant, bool)>>>);

impl Pulse {
    /// How long an answer is good.
    const FRESH: Duration = Duration::from_secs(1);

    /// Returns whether the writer is alive and its disk takes a durable write.
    async fn beats(&self, dispatcher: &Dispatcher) -> bool {
        // Held while the writer answers: those who ask meanwhile wait for the same answer.
        let mut last = self.0.lock().await;
        if let Some((tried, well)) = *last
            && tried.elapsed() < Self::FRESH
        {
            return well;
        }
        let well = dispatcher.ping().await;
        *last = Some((Instant::now(), well));
        well
    }
}

/// Says whether the server can do its work: asks the writer to write to the disk.
#[utoipa::path(
    get, path = "/healthz", tag = "centre",
    responses(
        (status = 200, description = "The write path works", body = Health),
        (status = 503, description = "It does not", body = RefusalBody),
    )
)]
pub async fn healthz(State(app): State<App>) -> Result<Json<Health>, Refused> {
    match app.pulse.beats(&app.dispatcher).await {
        true => {
            let (now, pace, clock) = (app.clock.now(), app.clock.pace(), app.clock.trouble());
            Ok(Json(Health { version: env!("CARGO_PKG_VERSION"), now, pace, clock }))
        }
        false => Err(Refusal::Storage.into()),
    }
}

/// Tells the figures in the text format of Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "centre",
    responses((status = 200, description = "Prometheus text format 0.0.4", content_type = "text/plain"))
)]
pub async fn metrics(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render()).into_response()
}
