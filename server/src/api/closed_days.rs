//! Days on which the centre stays closed: those to come, and adding and removing one.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use chrono::NaiveDate;
use protocol::RefusalBody;
use protocol::closed_day::{AddClosedDay, ClosedDay, ClosedDays, Opening};
use protocol::request::Role;

use super::App;
use super::extract::{Asked, Person, same_origin};
use super::refused::Refused;

/// Tells the closed days from today on, and when the centre opens next.
#[utoipa::path(
    get, path = "/api/v1/closed-days", tag = "centre",
    responses(
        (status = 200, description = "In order", body = ClosedDays),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn closed_days(State(app): State<App>, person: Person) -> Result<Json<ClosedDays>, Refused> {
    person.must_be(Role::Manager)?;
    Ok(Json(coming(&app)))
}

/// Closes one more day; the writer knows it at once. Answers with the closed days as they are now.
#[utoipa::path(
    post, path = "/api/v1/closed-days", tag = "centre", request_body = AddClosedDay,
    responses(
        (status = 200, description = "Closed; on disk", body = ClosedDays),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn add(State(app): State<App>, person: Person, asked: Asked<AddClosedDay>) -> Result<Json<ClosedDays>, Refused> {
    person.must_be(Role::Manager)?;
    app.registry.close_day(app.calendar.clone(), asked.body, person.name, app.clock.now()).await?;
    Ok(Json(coming(&app)))
}

/// Opens a day again that a manager closed. A day of the centre's file stays closed.
#[utoipa::path(
    delete, path = "/api/v1/closed-days/{date}", tag = "centre",
    params(("date" = String, Path, description = "The date, `2026-12-25`")),
    responses(
        (status = 204, description = "No longer closed; on disk"),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn remove(State(app): State<App>, person: Person, headers: HeaderMap, Path(date): Path<String>) -> Result<StatusCode, Refused> {
    same_origin(&Method::DELETE, &headers)?;
    person.must_be(Role::Manager)?;
    app.registry.reopen_day(app.calendar.clone(), &date, person.name, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn coming(app: &App) -> ClosedDays {
    let now = app.clock.now();
    let today = app.calendar.date_at(now);
    let added = app.registry.closed_days();
    let dates: BTreeSet<NaiveDate> = app.calendar.file_days().chain(added.keys().copied()).collect();
    let day = |date: NaiveDate| {
        let added = added.get(&date).cloned();
        ClosedDay {
            date: date.to_string(),
            name: added.as_ref().map(|day| day.name.clone()),
            added_by: added.as_ref().map(|day| day.added_by.clone()),
            added_at: added.map(|day| day.added_at),
        }
    };
    let next = app.calendar.next_day(now);
    ClosedDays {
        today: today.map(|today| today.to_string()).unwrap_or_default(),
        days: dates.into_iter().filter(|date| Some(*date) >= today).map(day).collect(),
        next: next.map(|day| Opening { date: day.date, tickets_from: day.tickets_from, opens_at: day.opens_at }),
    }
}
