//! Stopping and resuming an agency's services, with a public reason.

use axum::Json;
use axum::extract::{Path, State};
use protocol::request::{Done, ResumeServices, Role, SuspendServices};
use protocol::{AgencyCode, Refusal, RefusalBody};
use queue::Command;

use super::App;
use super::extract::{Asked, Person};
use super::refused::Refused;
use crate::dispatcher::RequestName;

/// Suspends an agency's services, or one of them: kiosks, hall, officers and boards know at once, tickets keep their place.
#[utoipa::path(
    post, path = "/api/v1/suspensions", tag = "suspensions", request_body = SuspendServices,
    responses(
        (status = 200, description = "Suspended; on disk", body = Done),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn suspend(State(app): State<App>, person: Person, asked: Asked<SuspendServices>) -> Result<Json<Done>, Refused> {
    person.must_be(Role::Manager)?;
    let name = RequestName { id: asked.body.request.clone(), fingerprint: asked.fingerprint(person.name.as_str()) };
    let SuspendServices { agency, service, reason, back_at, .. } = asked.body;
    tracing::info!(%agency, ?service, ?reason, "suspending services");
    app.done(Command::SuspendServices { agency, service, reason, back_at }, name).await
}

/// Resumes the services of an agency, or the one that was suspended alone.
#[utoipa::path(
    post, path = "/api/v1/suspensions/{agency}/resume", tag = "suspensions", request_body = ResumeServices,
    params(("agency" = String, Path, description = "The agency's code")),
    responses(
        (status = 200, description = "Resumed; on disk", body = Done),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn resume(
    State(app): State<App>,
    Path(agency): Path<String>,
    person: Person,
    asked: Asked<ResumeServices>,
) -> Result<Json<Done>, Refused> {
    person.must_be(Role::Manager)?;
    let agency = AgencyCode::new(&agency).map_err(|_| Refusal::NotSuspended)?;
    let name = RequestName { id: asked.body.request.clone(), fingerprint: asked.fingerprint(person.name.as_str()) };
    let service = asked.body.service;
    tracing::info!(%agency, ?service, "resuming services");
    app.done(Command::ResumeServices { agency, service }, name).await
}
