//! The clock of a demonstration: its pace, and the jump over a night. A real centre's clock takes no orders but one: a manager's word
//! that the machine's clock is right after all.

use axum::Json;
use axum::extract::State;
use protocol::request::Role;
use protocol::{Refusal, RefusalBody, RequestId, Time};
use serde::{Deserialize, Serialize};

use super::App;
use super::extract::{Asked, Person};
use super::refused::Refused;
use crate::clock::Clock;

/// `POST /api/v1/clock/accept`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptClock {
    /// The request's name; not needed, for asked twice it does no more than once.
    #[serde(default)]
    pub request: Option<RequestId>,
}

/// Accepts the machine's clock after a jump: from now on the centre goes by it.
#[utoipa::path(
    post, path = "/api/v1/clock/accept", tag = "centre", request_body = AcceptClock,
    responses(
        (status = 200, description = "Accepted, or there was nothing to accept", body = ClockSet),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn accept(State(app): State<App>, person: Person, asked: Asked<AcceptClock>) -> Result<Json<ClockSet>, Refused> {
    person.must_be(Role::Manager)?;
    if let Some(trouble) = app.clock.trouble() {
        tracing::warn!(officer = %person.name, ?trouble, request = ?asked.body.request, "the machine's clock was accepted");
    }
    app.clock.accept();
    Ok(Json(ClockSet { now: app.clock.now(), pace: app.clock.pace() }))
}

/// `POST /api/v1/demo/clock`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetClock {
    /// How much faster than real time: 0 to 600.
    #[serde(default)]
    pub pace: Option<u32>,
    /// Go on from this time, if it is later than now.
    #[serde(default)]
    pub skip_to: Option<Time>,
}

/// The time at the centre.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ClockSet {
    /// Now.
    pub now: Time,
    /// The pace.
    pub pace: u32,
}

/// Sets the clock of a demonstration. Refused in a real centre.
#[utoipa::path(
    post, path = "/api/v1/demo/clock", tag = "centre", request_body = SetClock,
    responses(
        (status = 200, description = "Set", body = ClockSet),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn set(State(app): State<App>, person: Person, asked: Asked<SetClock>) -> Result<Json<ClockSet>, Refused> {
    const PACE_MAX: u32 = 600;
    const SKIP_MAX: i64 = 14 * 24 * protocol::time::HOUR;
    person.must_be(Role::Administrator)?;
    let Some(clock) = &app.demo_clock else { return Err(Refusal::NotAllowed.into()) };
    if asked.body.pace.is_some_and(|pace| pace > PACE_MAX) {
        return Err(Refused::with(Refusal::BadRequest, format!("the pace is 0 to {PACE_MAX}")));
    }
    if asked.body.skip_to.is_some_and(|time| time > clock.now().plus(SKIP_MAX)) {
        return Err(Refused::with(Refusal::BadRequest, "a skip is at most two weeks"));
    }
    if let Some(pace) = asked.body.pace {
        clock.set_pace(pace);
    }
    if let Some(time) = asked.body.skip_to {
        clock.skip_to(time);
    }
    Ok(Json(ClockSet { now: clock.now(), pace: clock.pace() }))
}
