//! The server's face: HTTP requests with their OpenAPI description, the link, and the pages.

mod arrivals;
mod attendant;
mod away;
mod clock;
mod closed_days;
mod connections;
mod counters;
mod devices;
mod extract;
mod health;
mod link;
mod numbers;
mod orders;
mod people;
mod places;
mod print_jobs;
mod printers;
mod refused;
mod reports;
mod slips;
mod suspensions;
mod tickets;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use protocol::request::Done;
use protocol::view::Catalogue;
use protocol::{DeviceId, Refusal};
use queue::Command;
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::clock::{Clock, PacedClock};
use crate::config::Calendar;
use crate::dispatcher::{Dispatcher, RequestName};
use crate::paper::Printing;
use crate::registry::Registry;
use crate::screens::Screens;
pub use health::Pulse;
use refused::Refused;
pub use reports::Reports;
use slips::Slips;

/// What every handler can reach.
#[derive(Clone)]
pub struct App {
    /// The way to the writer.
    pub dispatcher: Dispatcher,
    /// The way to the screens.
    pub screens: Screens,
    /// Accounts, sessions and devices.
    pub registry: Registry,
    /// What does not change while the server runs.
    pub config: Arc<AppConfig>,
    /// When the centre is open; the writer's own, so that both know the same closed days.
    pub calendar: Calendar,
    /// The time at the centre.
    pub clock: Arc<dyn Clock>,
    /// The same clock, when it is a demonstration's.
    pub demo_clock: Option<Arc<PacedClock>>,
    /// What is told of days in the journal.
    pub reports: Reports,
    /// The slips issued lately.
    pub slips: Slips,
    /// Slips on paper, as far as they are the server's affair.
    pub printing: Printing,
    /// Whether the write path worked lately.
    pub pulse: Pulse,
    /// Open links, so that a stop can say goodbye to each.
    pub links: TaskTracker,
    /// Tells the links which device was taken out of use.
    pub revoked: broadcast::Sender<DeviceId>,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
}

impl App {
    /// Asks the writer for an act that is not done at a counter; returns where it stands in the journal.
    async fn done(&self, command: Command, name: RequestName) -> Result<Json<Done>, Refused> {
        let happened = self.dispatcher.ask(command, Some(name)).await?;
        let last = happened.last().ok_or(Refusal::RequestReused)?;
        Ok(Json(Done { seq: last.seq, at: last.at }))
    }
}

/// What does not change while the server runs.
pub struct AppConfig {
    /// Names.
    pub catalogue: Catalogue,
    /// The catalogue as JSON, with its ETag.
    pub catalogue_json: (String, String),
    /// Where a slip's QR code leads, where the centre publishes a page.
    pub phone_page: Option<String>,
    /// The paper that previews are drawn for.
    pub paper: slip::PaperWidth,
    /// Origins that may show a page in a frame.
    pub frame_ancestors: Vec<String>,
}

impl AppConfig {
    /// Returns the settings with the catalogue written once.
    pub fn new(catalogue: Catalogue, phone_page: Option<String>, paper: slip::PaperWidth, frame_ancestors: Vec<String>) -> Self {
        let json = serde_json::to_string(&catalogue).unwrap_or_default();
        let hash = Sha256::digest(json.as_bytes());
        let etag = format!("\"{}\"", hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>());
        AppConfig { catalogue, catalogue_json: (json, etag), phone_page, paper, frame_ancestors }
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Foleni", description = "The queue of a Huduma Centre. Requests that change anything carry a request id and can be asked again safely; every refusal has a stable code and words in English and Kiswahili."),
    tags(
        (name = "tickets", description = "Issuing tickets"),
        (name = "counters", description = "What an officer does"),
        (name = "suspensions", description = "Stopping services with a public reason"),
        (name = "reports", description = "What managers ask of a day: whether it was fair, and why a ticket waited"),
        (name = "people", description = "Set-up, sign-in, accounts"),
        (name = "devices", description = "Pairing and reports of stations"),
        (name = "printing", description = "Slips as jobs, printers on the network, and what is ordered of kiosks"),
        (name = "centre", description = "Names, closed days, health, metrics"),
    )
)]
struct Description;

/// Returns everything the server answers.
pub fn router(app: App) -> Router {
    let (routes, description) = requests().split_for_parts();
    // Written once: what a handler holds is cloned for its every request, and the description is a megabyte of small pieces.
    let openapi = Bytes::from(serde_json::to_vec(&description).unwrap_or_default());
    let frame_ancestors = app.config.frame_ancestors.clone();
    let pages = routes
        .route("/link", get(link::open))
        .route("/openapi.json", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], openapi) }))
        .method_not_allowed_fallback(|| async { Refused::from(Refusal::Method) })
        .layer(DefaultBodyLimit::max(extract::BODY_BYTES_MAX))
        .with_state(app.clone())
        .merge(station::files::router())
        .fallback(|| async { Refused::from(Refusal::NotFound) });
    let guarded = pages
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a handler panicked; the request was refused");
            Refused::from(Refusal::TooBusy).into_response()
        }))
        .layer(from_fn(refuse_plainly))
        .layer(from_fn_with_state(app, count_requests));
    station::files::security_headers(guarded, &frame_ancestors)
}

fn requests() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(tickets::issue))
        .routes(routes!(arrivals::check_in))
        .routes(routes!(arrivals::take_up))
        .routes(routes!(arrivals::add, arrivals::list))
        .routes(routes!(tickets::slip_png))
        .routes(routes!(places::place))
        .routes(routes!(counters::open))
        .routes(routes!(counters::close))
        .routes(routes!(counters::pause))
        .routes(routes!(counters::resume))
        .routes(routes!(counters::next))
        .routes(routes!(counters::recall))
        .routes(routes!(counters::start))
        .routes(routes!(counters::finish))
        .routes(routes!(counters::no_show))
        .routes(routes!(counters::call))
        .routes(routes!(counters::hold))
        .routes(routes!(counters::transfer))
        .routes(routes!(counters::undo))
        .routes(routes!(counters::deliver))
        .routes(routes!(away::back))
        .routes(routes!(away::cancel))
        .routes(routes!(away::priority))
        .routes(routes!(away::mark))
        .routes(routes!(suspensions::suspend))
        .routes(routes!(suspensions::resume))
        .routes(routes!(reports::fairness))
        .routes(routes!(reports::why))
        .routes(routes!(people::setup_needed, people::set_up))
        .routes(routes!(people::sign_in, people::signed_in, people::sign_out))
        .routes(routes!(people::make_account, people::accounts))
        .routes(routes!(devices::ask_pairing, devices::pairings))
        .routes(routes!(devices::approve))
        .routes(routes!(devices::pairing_state))
        .routes(routes!(devices::devices))
        .routes(routes!(devices::revoke))
        .routes(routes!(devices::printer))
        .routes(routes!(devices::voice))
        .routes(routes!(attendant::pin, attendant::set_pin))
        .routes(routes!(attendant::open, attendant::leave))
        .routes(routes!(attendant::stay))
        .routes(routes!(numbers::reserve))
        .routes(routes!(numbers::hand_over))
        .routes(routes!(numbers::numbers))
        .routes(routes!(printers::list, printers::add))
        .routes(routes!(printers::remove))
        .routes(routes!(printers::assign))
        .routes(routes!(print_jobs::ask, print_jobs::list))
        .routes(routes!(orders::ask))
        .routes(routes!(orders::mine))
        .routes(routes!(orders::slips))
        .routes(routes!(closed_days::closed_days, closed_days::add))
        .routes(routes!(closed_days::remove))
        .routes(routes!(health::catalogue))
        .routes(routes!(health::healthz))
        .routes(routes!(health::metrics))
        .routes(routes!(clock::set))
        .routes(routes!(clock::accept))
}

/// The framework's own refusals are plain text; ours have a code and both languages.
async fn refuse_plainly(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let problem = |response: &Response| {
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        kind.is_some_and(|kind| kind.starts_with("application/problem+json"))
    };
    if status.as_u16() < 400 || problem(&response) {
        return response;
    }
    let refusal = match status.as_u16() {
        404 => Refusal::NotFound,
        405 => Refusal::Method,
        413 => Refusal::TooLarge,
        401 => Refusal::NotSignedIn,
        403 => Refusal::NotAllowed,
        500.. => Refusal::TooBusy,
        _ => Refusal::BadRequest,
    };
    Refused::from(refusal).into_response()
}

async fn count_requests(State(app): State<App>, request: Request, next: Next) -> Response {
    let link = request.uri().path() == "/link";
    let started = std::time::Instant::now();
    let response = next.run(request).await;
    if !link {
        metrics::histogram!("foleni_request_seconds").record(started.elapsed().as_secs_f64());
    }
    if response.status().is_server_error() {
        tracing::warn!(status = response.status().as_u16(), stopping = app.stop.is_cancelled(), "answered with a server status");
    }
    response
}

/// Serves until `stop`, then says goodbye to every link, for two seconds at most.
pub async fn serve(app: App, listener: tokio::net::TcpListener) {
    /// What a stop waits for links at most.
    const GOODBYE: Duration = Duration::from_secs(2);
    /// What a stop waits for requests that are under way at most.
    const UNANSWERED: Duration = Duration::from_secs(5);
    let (stop, links) = (app.stop.clone(), app.links.clone());
    let serving = connections::serve(router(app), listener, stop.clone());
    let patience = async {
        stop.cancelled().await;
        tokio::time::sleep(UNANSWERED).await;
    };
    tokio::select! {
        () = serving => {}
        () = patience => tracing::warn!("a request did not end in time"),
    }
    links.close();
    if tokio::time::timeout(GOODBYE, links.wait()).await.is_err() {
        tracing::warn!(links = links.len(), "links did not end in time");
    }
}
