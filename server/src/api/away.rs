//! Acts on a ticket by its number, wherever it stands: back from an errand or after a missed call, given up, its priority,
//! its marks.

use axum::Json;
use axum::extract::State;
use protocol::request::{CancelTicket, Done, MarkTicket, ReturnTicket, SetPriority};
use protocol::{CancelReason, Refusal, RefusalBody};
use queue::Command;

use super::App;
use super::extract::{Asked, Person};
use super::refused::Refused;
use crate::dispatcher::RequestName;

/// A citizen is back and waits again: from an errand by the wait so far, after a missed call with a little lost.
#[utoipa::path(
    post, path = "/api/v1/returns", tag = "tickets", request_body = ReturnTicket,
    responses(
        (status = 200, description = "Waits again; on disk. Asked again, the same answer.", body = Done),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn back(State(app): State<App>, person: Person, asked: Asked<ReturnTicket>) -> Result<Json<Done>, Refused> {
    let name = RequestName { id: asked.body.request.clone(), fingerprint: asked.fingerprint(person.name.as_str()) };
    app.done(Command::ReturnTicket { number: asked.body.number }, name).await
}

/// A visit ends away from a counter: the citizen gave the ticket up, or it was taken by mistake.
#[utoipa::path(
    post, path = "/api/v1/cancellations", tag = "tickets", request_body = CancelTicket,
    responses(
        (status = 200, description = "Ended; on disk. Asked again, the same answer.", body = Done),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn cancel(State(app): State<App>, person: Person, asked: Asked<CancelTicket>) -> Result<Json<Done>, Refused> {
    let name = RequestName { id: asked.body.request.clone(), fingerprint: asked.fingerprint(person.name.as_str()) };
    let CancelTicket { number, reason, .. } = asked.body;
    if reason == CancelReason::Replaced {
        return Err(Refused::with(Refusal::BadRequest, "nobody chooses this reason"));
    }
    app.done(Command::CancelTicket { number, reason }, name).await
}

/// An officer gives priority, confirms what the citizen said at the kiosk, or takes it away; the wait so far is kept.
#[utoipa::path(
    post, path = "/api/v1/priorities", tag = "tickets", request_body = SetPriority,
    responses(
        (status = 200, description = "Decided; on disk. Asked again, the same answer.", body = Done),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn priority(State(app): State<App>, person: Person, asked: Asked<SetPriority>) -> Result<Json<Done>, Refused> {
    let name = RequestName { id: asked.body.request.clone(), fingerprint: asked.fingerprint(person.name.as_str()) };
    let SetPriority { number, priority, .. } = asked.body;
    app.done(Command::SetPriority { number, priority }, name).await
}

/// An officer puts a mark of the centre's list on a visit, or takes it off.
#[utoipa::path(
    post, path = "/api/v1/marks", tag = "tickets", request_body = MarkTicket,
    responses(
        (status = 200, description = "Marked; on disk. Asked again, the same answer.", body = Done),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn mark(State(app): State<App>, person: Person, asked: Asked<MarkTicket>) -> Result<Json<Done>, Refused> {
    let name = RequestName { id: asked.body.request.clone(), fingerprint: asked.fingerprint(person.name.as_str()) };
    let MarkTicket { number, mark, on, .. } = asked.body;
    app.done(Command::MarkTicket { number, mark, on }, name).await
}
