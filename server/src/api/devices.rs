//! Pairing devices, and what their stations report.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::request::{ApprovePairing, AskPairing, DeviceKind, PairingAsked, PairingState, PrinterReport, Role, VoiceReport};
use protocol::view::DeviceState;
use protocol::{DeviceId, Refusal, RefusalBody, ZoneId};
use serde::Serialize;

use super::App;
use super::extract::{Asked, DEVICE_COOKIE, PairedDevice, Person, same_origin};
use super::refused::Refused;
use crate::screens::DeviceNews;

/// A device that waits for a manager.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WaitingDevice {
    /// The six digits on its screen.
    pub code: String,
    /// What it is.
    pub kind: DeviceKind,
    /// What it would like to be called.
    pub device: DeviceId,
}

/// A device that belongs to the centre.
#[derive(Serialize, utoipa::ToSchema)]
pub struct KnownDevice {
    /// Its name.
    pub device: DeviceId,
    /// What it is.
    pub kind: DeviceKind,
    /// The zone of a display.
    pub zone: Option<ZoneId>,
}

/// A new device asks to belong to the centre.
#[utoipa::path(
    post, path = "/api/v1/pairings", tag = "devices", request_body = AskPairing,
    responses(
        (status = 200, description = "The code to show", body = PairingAsked),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn ask_pairing(State(app): State<App>, asked: Asked<AskPairing>) -> Result<Json<PairingAsked>, Refused> {
    Ok(Json(app.registry.ask_pairing(asked.body)?))
}

/// Tells the device how its pairing stands. An approval is told once; browsers get it as a cookie, too.
#[utoipa::path(
    get, path = "/api/v1/pairings/{secret}", tag = "devices",
    params(("secret" = String, Path, description = "What the device was told alone")),
    responses(
        (status = 200, description = "Waiting, or approved", body = PairingState),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn pairing_state(State(app): State<App>, Path(secret): Path<String>) -> Result<Response, Refused> {
    let state = app.registry.pairing(&secret)?;
    let PairingState::Approved { token, .. } = &state else { return Ok(Json(state).into_response()) };
    const YEAR_SECONDS: u32 = 365 * 24 * 3_600;
    let device = format!("{DEVICE_COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={YEAR_SECONDS}");
    let cookie = HeaderValue::from_str(&device).map_err(|_| Refusal::Storage)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(state)).into_response())
}

/// Tells which devices wait for a manager.
#[utoipa::path(
    get, path = "/api/v1/pairings", tag = "devices",
    responses(
        (status = 200, description = "Waiting devices", body = Vec<WaitingDevice>),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn pairings(State(app): State<App>, person: Person) -> Result<Json<Vec<WaitingDevice>>, Refused> {
    person.must_be(Role::Manager)?;
    let waiting = app.registry.pairings().into_iter();
    Ok(Json(waiting.map(|open| WaitingDevice { code: open.code, kind: open.kind, device: open.device }).collect()))
}

/// A manager says that the device with this code belongs here.
#[utoipa::path(
    post, path = "/api/v1/pairings/approve", tag = "devices", request_body = ApprovePairing,
    responses(
        (status = 200, description = "It belongs here now", body = KnownDevice),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn approve(State(app): State<App>, person: Person, asked: Asked<ApprovePairing>) -> Result<Json<KnownDevice>, Refused> {
    person.must_be(Role::Manager)?;
    let known = |zone: &ZoneId| app.config.catalogue.zones.iter().any(|entry| entry.id == *zone);
    if asked.body.zone.as_ref().is_some_and(|zone| !known(zone)) {
        return Err(Refused::with(Refusal::BadRequest, "there is no such zone"));
    }
    let device = app.registry.approve_pairing(asked.body).await?;
    // Whoever had this name before is another machine now.
    let _ = app.revoked.send(device.device.clone());
    app.screens.device(DeviceNews::Paired(device.device.clone(), device.kind)).await;
    Ok(Json(KnownDevice { device: device.device, kind: device.kind, zone: device.zone }))
}

/// Tells the devices that belong to the centre, with how they are.
#[utoipa::path(
    get, path = "/api/v1/devices", tag = "devices",
    responses(
        (status = 200, description = "Devices, by name", body = Vec<DeviceState>),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn devices(State(app): State<App>, person: Person) -> Result<Json<Vec<DeviceState>>, Refused> {
    person.must_be(Role::Manager)?;
    let mut devices = app.screens.devices().await;
    for known in &mut devices {
        known.locked = app.registry.is_locked(&known.device);
    }
    Ok(Json(devices))
}

/// Takes a device out of use: its token opens nothing more.
#[utoipa::path(
    delete, path = "/api/v1/devices/{device}", tag = "devices",
    params(("device" = String, Path, description = "The device's name")),
    responses(
        (status = 204, description = "Out of use"),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn revoke(State(app): State<App>, Path(device): Path<String>, person: Person, headers: HeaderMap) -> Result<StatusCode, Refused> {
    same_origin(&axum::http::Method::DELETE, &headers)?;
    person.must_be(Role::Manager)?;
    let device = DeviceId::new(&device).map_err(|_| Refusal::NotFound)?;
    app.registry.revoke_device(&device).await?;
    let _ = app.revoked.send(device.clone());
    app.screens.device(DeviceNews::Revoked(device)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// A kiosk tells how its printer is.
#[utoipa::path(
    post, path = "/api/v1/devices/me/printer", tag = "devices", request_body = PrinterReport,
    responses(
        (status = 204, description = "Noted"),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn printer(State(app): State<App>, device: PairedDevice, asked: Asked<PrinterReport>) -> Result<StatusCode, Refused> {
    if device.kind != DeviceKind::Kiosk {
        return Err(Refusal::NotAllowed.into());
    }
    if let Some(trouble) = asked.body.trouble {
        tracing::warn!(device = %device.id, ?trouble, "printer trouble");
    }
    app.printing.own_printer(&device.id, asked.body.trouble).await;
    Ok(StatusCode::NO_CONTENT)
}

/// A display tells whether calls can be heard.
#[utoipa::path(
    post, path = "/api/v1/devices/me/voice", tag = "devices", request_body = VoiceReport,
    responses(
        (status = 204, description = "Noted"),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn voice(State(app): State<App>, device: PairedDevice, asked: Asked<VoiceReport>) -> Result<StatusCode, Refused> {
    if device.kind != DeviceKind::Display {
        return Err(Refusal::NotAllowed.into());
    }
    app.screens.device(DeviceNews::Voice(device.id, asked.body.heard)).await;
    Ok(StatusCode::NO_CONTENT)
}
