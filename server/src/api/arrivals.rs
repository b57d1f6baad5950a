//! Tickets for those who do not simply come: with a code of the list of appointments, or with yesterday's slip.

use axum::Json;
use axum::extract::State;
use protocol::request::{AddBookings, BOOKINGS_MAX, CheckIn, IssuedTicket, Role, TakeUpReturn};
use protocol::{BookedVisit, Class, Language, Refusal, RefusalBody};
use queue::{Arrival, Booked, Command};

use super::App;
use super::extract::{Actor, Asked, Person};
use super::refused::Refused;
use super::tickets::{Asker, issue_as};
use crate::dispatcher::RequestName;
use crate::registry::Booking;

/// Checks a booked visit in: its ticket is an appointment.
#[utoipa::path(
    post, path = "/api/v1/check-ins", tag = "tickets", request_body = CheckIn,
    responses(
        (status = 200, description = "The ticket; on disk. Asked again, the same one.", body = IssuedTicket),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn check_in(State(app): State<App>, actor: Actor, asked: Asked<CheckIn>) -> Result<Json<IssuedTicket>, Refused> {
    let asker = Asker::of(actor)?;
    let name = RequestName { id: asked.body.request.clone(), fingerprint: asked.fingerprint(&asker.who) };
    let language = spoken_here(&app, asked.body.language)?;
    let Booking { id, service, at } = app.registry.booking(&asked.body.code)?;
    let told = BookedVisit { service: service.clone(), at };
    let booked = Some(Booked { at, booking: Some(id) });
    let arrival = Arrival { booked, ..Arrival::new(service, Class::Appointment, language) };
    issue_as(&app, asker, name, Command::IssueTicket(arrival)).await.map_err(|refused| refused.about(told))
}

/// Gives whoever the last business day could not serve a ticket of today, with the wait of that day.
#[utoipa::path(
    post, path = "/api/v1/return-tickets", tag = "tickets", request_body = TakeUpReturn,
    responses(
        (status = 200, description = "The ticket; on disk. Asked again, the same one.", body = IssuedTicket),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn take_up(State(app): State<App>, actor: Actor, asked: Asked<TakeUpReturn>) -> Result<Json<IssuedTicket>, Refused> {
    let asker = Asker::of(actor)?;
    let name = RequestName { id: asked.body.request.clone(), fingerprint: asked.fingerprint(&asker.who) };
    let language = spoken_here(&app, asked.body.language)?;
    issue_as(&app, asker, name, Command::TakeUpReturn { number: asked.body.number, language }).await
}

/// Adds appointments to the centre's list, or changes those with the same code. Of a code only a digest is kept.
#[utoipa::path(
    post, path = "/api/v1/bookings", tag = "centre", request_body = AddBookings,
    responses(
        (status = 200, description = "The whole list", body = Vec<Booking>),
        (status = "4XX", description = "Refused, with a stable code; nothing was added", body = RefusalBody),
    )
)]
pub async fn add(State(app): State<App>, person: Person, asked: Asked<AddBookings>) -> Result<Json<Vec<Booking>>, Refused> {
    person.must_be(Role::Manager)?;
    let added = asked.body.bookings;
    if added.len() > BOOKINGS_MAX {
        return Err(Refused::with(Refusal::BadRequest, format!("at most {BOOKINGS_MAX} appointments at a time")));
    }
    let offered = |booking: &&protocol::request::NewBooking| app.config.catalogue.services.iter().any(|entry| entry.id == booking.service);
    if let Some(unknown) = added.iter().find(|booking| !offered(booking)) {
        return Err(Refused::with(Refusal::UnknownService, unknown.service.to_string()));
    }
    app.registry.add_bookings(added).await?;
    Ok(Json(app.registry.bookings()))
}

/// Tells the centre's list of appointments, without codes.
#[utoipa::path(
    get, path = "/api/v1/bookings", tag = "centre",
    responses(
        (status = 200, description = "The list, in the order of time", body = Vec<Booking>),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn list(State(app): State<App>, person: Person) -> Result<Json<Vec<Booking>>, Refused> {
    person.must_be(Role::Manager)?;
    Ok(Json(app.registry.bookings()))
}

fn spoken_here(app: &App, language: Language) -> Result<Language, Refusal> {
    if app.config.catalogue.languages.contains(&language) { Ok(language) } else { Err(Refusal::UnknownLanguage) }
}
