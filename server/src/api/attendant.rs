//! Attendant mode: the centre's PIN, which managers set, and the proof of whoever said it at a kiosk.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use protocol::attendant::{Attendant, AttendantPin, OpenAttendant, SetAttendantPin, UseAttendant};
use protocol::request::{DeviceKind, Role};
use protocol::{Refusal, RefusalBody};

use super::App;
use super::extract::{Asked, PairedDevice, Person, same_origin};
use super::refused::Refused;

/// Tells whether an attendant PIN is set.
#[utoipa::path(
    get, path = "/api/v1/attendant-pin", tag = "devices",
    responses(
        (status = 200, description = "Whether one is set, and by whom", body = AttendantPin),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn pin(State(app): State<App>, person: Person) -> Result<Json<AttendantPin>, Refused> {
    person.must_be(Role::Manager)?;
    Ok(Json(app.registry.attendant_pin()))
}

/// Sets the PIN that opens attendant mode at every kiosk; whoever is in that mode has to say the new one.
#[utoipa::path(
    put, path = "/api/v1/attendant-pin", tag = "devices", request_body = SetAttendantPin,
    responses(
        (status = 200, description = "Set; on disk", body = AttendantPin),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn set_pin(State(app): State<App>, person: Person, asked: Asked<SetAttendantPin>) -> Result<Json<AttendantPin>, Refused> {
    person.must_be(Role::Manager)?;
    Ok(Json(app.registry.set_attendant_pin(asked.body.pin, person.name).await?))
}

/// Somebody at this kiosk says the PIN. Five wrong ones close the pad for a minute, each further one for twice as long.
#[utoipa::path(
    post, path = "/api/v1/devices/me/attendant", tag = "devices", request_body = OpenAttendant,
    responses(
        (status = 200, description = "Attendant mode is open; the proof is good at this kiosk alone", body = Attendant),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn open(State(app): State<App>, device: PairedDevice, asked: Asked<OpenAttendant>) -> Result<Json<Attendant>, Refused> {
    must_be_kiosk(&device)?;
    Ok(Json(app.registry.open_attendant(&device.id, asked.body.pin).await?))
}

/// The attendant is still there: refused once the proof has ended, and otherwise good for longer.
#[utoipa::path(
    post, path = "/api/v1/devices/me/attendant/use", tag = "devices", request_body = UseAttendant,
    responses(
        (status = 200, description = "Still open, and until when", body = Attendant),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn stay(State(app): State<App>, device: PairedDevice, asked: Asked<UseAttendant>) -> Result<Json<Attendant>, Refused> {
    must_be_kiosk(&device)?;
    let until = app.registry.use_attendant(&device.id, &asked.body.attendant)?;
    Ok(Json(Attendant { attendant: asked.body.attendant, until }))
}

/// The attendant leaves: the proof opens nothing more.
#[utoipa::path(
    delete, path = "/api/v1/devices/me/attendant", tag = "devices",
    responses(
        (status = 204, description = "Attendant mode is closed"),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn leave(State(app): State<App>, device: PairedDevice, headers: HeaderMap) -> Result<StatusCode, Refused> {
    same_origin(&Method::DELETE, &headers)?;
    must_be_kiosk(&device)?;
    app.registry.close_attendant(&device.id);
    Ok(StatusCode::NO_CONTENT)
}

fn must_be_kiosk(device: &PairedDevice) -> Result<(), Refusal> {
    match device.kind {
        DeviceKind::Kiosk => Ok(()),
        DeviceKind::Display => Err(Refusal::NotAllowed),
    }
}
