//! What is ordered of stations, and what they say of their slips.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use protocol::printing::{AskOrder, DeviceOrder, Orders, PrintOrder, PrintWhat, PrintsAt, REPORTED_MAX, ReportSlips, WhyAbandoned};
use protocol::request::{DeviceKind, Role};
use protocol::{DeviceId, JobId, Refusal, RefusalBody, RequestId};
use serde::Deserialize;
use tokio::time::timeout;

use super::App;
use super::extract::{Asked, PairedDevice, Person};
use super::print_jobs::{print, slip_of};
use super::refused::Refused;

/// How long a station's question stays open; stations give up any request after ten seconds.
const WAIT: Duration = Duration::from_secs(8);

/// What a station knows already.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Known {
    /// The last job it was told of.
    #[serde(default)]
    after: u64,
    /// Whether it takes its screen to be closed; absent right after its start.
    locked: Option<bool>,
}

/// A manager orders something of a kiosk's station. Asked again with the same request id, a test print comes out once.
#[utoipa::path(
    post, path = "/api/v1/devices/{device}/orders", tag = "printing", request_body = AskOrder,
    params(("device" = String, Path, description = "The kiosk")),
    responses(
        (status = 204, description = "Ordered"),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn ask(
    State(app): State<App>,
    Path(device): Path<String>,
    person: Person,
    asked: Asked<AskOrder>,
) -> Result<StatusCode, Refused> {
    person.must_be(Role::Manager)?;
    let device = DeviceId::new(&device).map_err(|_| Refusal::NotFound)?;
    app.registry.must_be_kiosk(&device)?;
    match asked.body.order {
        DeviceOrder::Restart => {
            tracing::info!(%device, by = %person.name, "{device} is to start again");
            app.printing.restart(&device);
        }
        DeviceOrder::Lock(on) => app.printing.lock(&device, on).await?,
        DeviceOrder::TestPrint => {
            let at_printer = app.printing.place_of(&device)?;
            print(&app, person.name.to_string(), asked.body.request, PrintWhat::Test, at_printer).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Tells a station what is ordered of it: at once when there is something it does not know, else when there is, or after a while.
#[utoipa::path(
    get, path = "/api/v1/devices/me/orders", tag = "printing", params(Known),
    responses(
        (status = 200, description = "What is ordered; empty after eight seconds without anything", body = Orders),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn mine(
    State(app): State<App>,
    device: PairedDevice,
    known: Result<Query<Known>, QueryRejection>,
) -> Result<Json<Orders>, Refused> {
    let Query(known) = known.map_err(|error| Refused::with(Refusal::BadRequest, error.body_text()))?;
    if device.kind != DeviceKind::Kiosk {
        return Err(Refusal::NotAllowed.into());
    }
    let mut ordered = app.printing.ordered();
    let something = async {
        loop {
            ordered.mark_unchanged();
            let orders = orders(&app, &device.id, known.after).await?;
            if !orders.prints.is_empty() || orders.restart || known.locked != Some(orders.locked) {
                return Ok(orders);
            }
            tokio::select! {
                _ = ordered.changed() => {}
                () = app.stop.cancelled() => return Ok(orders),
            }
        }
    };
    match timeout(WAIT, something).await {
        Ok(orders) => orders.map(Json),
        Err(_) => Ok(Json(Orders { prints: Vec::new(), restart: false, locked: app.registry.is_locked(&device.id) })),
    }
}

async fn orders(app: &App, kiosk: &DeviceId, after: u64) -> Result<Orders, Refused> {
    let mut prints = Vec::new();
    for job in app.printing.ledger().waiting_for(kiosk.clone()).await.ok_or(Refusal::Storage)? {
        if job.job <= JobId(after) {
            continue;
        }
        match slip_of(app, job.kind, job.number, &PrintsAt::Kiosk(kiosk.clone())).await {
            Ok((slip, _)) => prints.push(PrintOrder { job: job.job, request: order_name(job.job, job.at.0), kind: job.kind, slip }),
            // Its visit has ended since it was asked for.
            Err(_) => app.printing.abandon(job.job, WhyAbandoned::TicketGone).await,
        }
    }
    Ok(Orders { prints, restart: app.printing.take_restart(kiosk), locked: app.registry.is_locked(kiosk) })
}

/// The time is in it, so that a ledger that was begun anew gives no name twice.
fn order_name(job: JobId, at: i64) -> RequestId {
    RequestId::new(&format!("job-{job}-{at}")).expect("digits and dashes are an id")
}

/// A kiosk's station tells what became of its slips. Told again, it changes nothing.
#[utoipa::path(
    post, path = "/api/v1/devices/me/slips", tag = "printing", request_body = ReportSlips,
    responses(
        (status = 204, description = "In the ledger; on disk"),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Not written; tell it again", body = RefusalBody),
    )
)]
pub async fn slips(State(app): State<App>, device: PairedDevice, asked: Asked<ReportSlips>) -> Result<StatusCode, Refused> {
    if device.kind != DeviceKind::Kiosk {
        return Err(Refusal::NotAllowed.into());
    }
    let slips = asked.body.slips;
    if slips.len() > REPORTED_MAX {
        return Err(Refused::with(Refusal::BadRequest, format!("at most {REPORTED_MAX} slips at a time")));
    }
    match app.printing.ledger().report(device.id, slips, app.clock.now()).await {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Refusal::Storage.into()),
    }
}
