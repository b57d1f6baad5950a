//! Printers on the network: a manager adds and removes them, and says which kiosk's slips come out where.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use protocol::printing::{AddPrinter, AssignPrinter, PrinterView};
use protocol::request::Role;
use protocol::{DeviceId, PrinterId, Refusal, RefusalBody};

use super::App;
use super::extract::{Asked, Person, same_origin};
use super::refused::Refused;

/// Tells every printer: those on the network, and those that hang on kiosks.
#[utoipa::path(
    get, path = "/api/v1/printers", tag = "printing",
    responses(
        (status = 200, description = "Printers, with how they are", body = Vec<PrinterView>),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn list(State(app): State<App>, person: Person) -> Result<Json<Vec<PrinterView>>, Refused> {
    person.must_be(Role::Officer)?;
    Ok(Json(app.printing.printers().await))
}

/// A manager adds a printer on the network; said again in the same words, it changes nothing.
#[utoipa::path(
    post, path = "/api/v1/printers", tag = "printing", request_body = AddPrinter,
    responses(
        (status = 200, description = "All printers", body = Vec<PrinterView>),
        (status = "4XX", description = "Refused, with a stable code; nothing was added", body = RefusalBody),
    )
)]
pub async fn add(State(app): State<App>, person: Person, asked: Asked<AddPrinter>) -> Result<Json<Vec<PrinterView>>, Refused> {
    person.must_be(Role::Manager)?;
    app.printing.add(asked.body).await?;
    Ok(Json(app.printing.printers().await))
}

/// A manager takes a network printer out of use. What waits for it is abandoned.
#[utoipa::path(
    delete, path = "/api/v1/printers/{printer}", tag = "printing",
    params(("printer" = String, Path, description = "The printer's name")),
    responses(
        (status = 204, description = "Out of use"),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn remove(
    State(app): State<App>,
    Path(printer): Path<String>,
    person: Person,
    headers: HeaderMap,
) -> Result<StatusCode, Refused> {
    same_origin(&Method::DELETE, &headers)?;
    person.must_be(Role::Manager)?;
    let printer = PrinterId::new(&printer).map_err(|_| Refusal::UnknownPrinter)?;
    app.printing.remove(&printer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A manager says where a kiosk's slips come out. Two kiosks may share a printer; what is queued stays where it was asked for.
#[utoipa::path(
    post, path = "/api/v1/devices/{device}/printer", tag = "printing", request_body = AssignPrinter,
    params(("device" = String, Path, description = "The kiosk")),
    responses(
        (status = 200, description = "All printers", body = Vec<PrinterView>),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn assign(
    State(app): State<App>,
    Path(device): Path<String>,
    person: Person,
    asked: Asked<AssignPrinter>,
) -> Result<Json<Vec<PrinterView>>, Refused> {
    person.must_be(Role::Manager)?;
    let device = DeviceId::new(&device).map_err(|_| Refusal::NotFound)?;
    app.printing.assign(&device, asked.body.printer).await?;
    Ok(Json(app.printing.printers().await))
}
