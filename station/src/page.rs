//! The page of a station on loopback: embedded files, how the station stands, and the way on to the server.

use std::io;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use protocol::Refusal;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::life::{Shared, Station};
use crate::relay::Places;
use crate::{catalogue, files, guard, health, proxy, refuse, relay};

/// Returns everything that a station serves. `own` are routes of this station alone; they come before what is passed on.
pub fn router(station: &Arc<Station>, own: Router, frame_ancestors: &[String]) -> Router {
    let link = Router::new().route("/link", get(relay::answer)).with_state((station.clone(), Places::default()));
    let shared = Router::new()
        .route("/station.json", get(standing))
        .route("/healthz", get(health::healthz))
        .route("/metrics", get(health::metrics))
        .route(catalogue::PATH, get(catalogue::answer))
        .route("/api/{*path}", any(proxy::pass_on))
        .with_state(station.clone());
    let all = files::router()
        .merge(link)
        .merge(shared)
        .merge(own)
        .fallback(|| async { refuse::refuse(Refusal::NotFound) })
        .method_not_allowed_fallback(|| async { refuse::refuse(Refusal::Method) });
    files::security_headers(all.layer(from_fn(guard::only_this_page)), frame_ancestors)
}

/// Serves until it is stopped.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> io::Result<()> {
    let listener = listener.tap_io(|socket| {
        // A call must not wait for a packet to fill; where the socket has gone already there is nothing to hasten.
        let _ = socket.set_nodelay(true);
    });
    axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
}

async fn standing(State(station): State<Shared>) -> Response {
    station.signs().page_asked();
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(station.told().now())).into_response()
}
