//! What a manager asks of a past day, or of this one: whether it was fair, and why one ticket waited as it did.
//!
//! A report is folded from the journal by a reader of its own: the writer and the screens do nothing for it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use protocol::report::{FairnessReport, TicketWhy};
use protocol::request::Role;
use protocol::{Refusal, RefusalBody, TicketNumber};
use queue::{Event, Policy, Recorded};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::App;
use super::extract::Person;
use super::refused::Refused;
use crate::fairness;
use crate::journal::Reader;

/// Reports that are made at a time; who asks for one more is told to ask again.
const AT_ONCE: usize = 2;

/// What reports are made from; clones share it.
#[derive(Clone)]
pub struct Reports {
    journal: Reader,
    rules: Arc<Policy>,
    places: Arc<Semaphore>,
}

impl Reports {
    /// Returns the reports of a centre with these rules, from its journal.
    pub fn new(journal: Reader, rules: Policy) -> Reports {
        Reports { journal, rules: Arc::new(rules), places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Reads a day and makes something of it, away from those who answer requests.
    async fn of_day<T: Send + 'static>(
        &self,
        date: Option<&str>,
        make: impl FnOnce(&[Recorded], &Policy) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Refusal::TooBusy)?;
        let day = crate::day::read(&self.journal, date).await.map_err(|error| {
            tracing::error!(%error, "could not read the journal for a report");
            Refusal::TooBusy
        })?;
        if day.is_empty() {
            return Err(Refusal::UnknownDay);
        }
        let rules = self.rules.clone();
        let made = tokio::task::spawn_blocking(move || {
            let _place = place;
            make(&day, &rules)
        });
        made.await.map_err(|_| Refusal::TooBusy)
    }
}

/// Which day.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct OfDay {
    /// The local date, `2026-11-24`; the last business day when absent.
    date: Option<String>,
}

/// Tells whether a day was fair: its waits, who was passed over and why, calls out of order, the price of priority.
#[utoipa::path(
    get, path = "/api/v1/reports/fairness", tag = "reports", params(OfDay),
    responses(
        (status = 200, description = "The day, or what there is of it so far", body = FairnessReport),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Ask again", body = RefusalBody),
    )
)]
pub async fn fairness(State(app): State<App>, person: Person, Query(of): Query<OfDay>) -> Result<Json<FairnessReport>, Refused> {
    person.must_be(Role::Manager)?;
    let report = app.reports.of_day(of.date.as_deref(), |day, rules| fairness::report(day, Some(rules))).await?;
    Ok(Json(report))
}

/// Tells one ticket's visit line by line, with the reason of every call of it and of every call before it.
#[utoipa::path(
    get, path = "/api/v1/tickets/{number}/why", tag = "reports",
    params(("number" = TicketNumber, Path, description = "The number on the slip"), OfDay),
    responses(
        (status = 200, description = "The visits that had the number", body = TicketWhy),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Ask again", body = RefusalBody),
    )
)]
pub async fn why(
    State(app): State<App>,
    person: Person,
    Path(number): Path<String>,
    Query(of): Query<OfDay>,
) -> Result<Json<TicketWhy>, Refused> {
    person.must_be(Role::Manager)?;
    let number: TicketNumber = number.parse().map_err(|_| Refusal::UnknownTicket)?;
    let told = move |day: &[Recorded], rules: &Policy| (date_of(day), fairness::visits(day, Some(rules), number));
    let (date, visits) = app.reports.of_day(of.date.as_deref(), told).await?;
    if visits.is_empty() {
        return Err(Refusal::UnknownTicket.into());
    }
    Ok(Json(TicketWhy { date, number, visits }))
}

fn date_of(day: &[Recorded]) -> String {
    let opened = day.iter().find_map(|recorded| match &recorded.event {
        Event::DayOpened { day, .. } => Some(day.date.clone()),
        _ => None,
    });
    opened.unwrap_or_default()
}
