//! Where a ticket stands, for its holder's phone: a number and a date, nothing else is known or told.

use axum::Json;
use axum::extract::{Path, State};
use protocol::view::TicketPlace;
use protocol::{Refusal, RefusalBody, TicketNumber};

use super::App;
use super::refused::Refused;

/// Tells where a ticket of today stands.
#[utoipa::path(
    get, path = "/api/v1/places/{place}", tag = "tickets",
    params(("place" = String, Path, description = "The number and the date on the slip, `K042-20261124`")),
    responses(
        (status = 200, description = "Where it stands", body = TicketPlace),
        (status = 404, description = "It has ended, or is not of today", body = RefusalBody),
    )
)]
pub async fn place(State(app): State<App>, Path(place): Path<String>) -> Result<Json<TicketPlace>, Refused> {
    let (number, date) = place.split_once('-').ok_or(Refusal::UnknownTicket)?;
    let number: TicketNumber = number.parse().map_err(|_| Refusal::UnknownTicket)?;
    let place = app.screens.place(number, date.to_owned()).await.ok_or(Refusal::UnknownTicket)?;
    Ok(Json(place))
}
