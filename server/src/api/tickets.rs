//! Issuing tickets, and the picture of a slip.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, FixedOffset, Utc};
use protocol::request::{DeviceKind, IssueTicket, IssuedTicket, JOURNEY_MAX};
use protocol::slip::{SlipContent, SlipFee};
use protocol::ticket::Text;
use protocol::view::{Catalogue, NotOfferedEntry};
use protocol::{Class, Language, Refusal, RefusalBody, ServiceId, Time};
use queue::{Arrival, Booked, Command, Event, Issued};

use super::App;
use super::extract::{Actor, Asked};
use super::refused::Refused;
use crate::dispatcher::{Happened, RequestName};

/// Issues a ticket to a citizen.
#[utoipa::path(
    post, path = "/api/v1/tickets", tag = "tickets", request_body = IssueTicket,
    responses(
        (status = 200, description = "The ticket; on disk. Asked again, the same one.", body = IssuedTicket),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn issue(State(app): State<App>, actor: Actor, asked: Asked<IssueTicket>) -> Result<Json<IssuedTicket>, Refused> {
    let asker = Asker::of(actor)?;
    let name = RequestName { id: asked.body.request.clone(), fingerprint: asked.fingerprint(&asker.who) };
    let IssueTicket { service, class, language, then, booked_at, .. } = asked.body;
    if !app.config.catalogue.languages.contains(&language) {
        return Err(Refusal::UnknownLanguage.into());
    }
    if then.len() > JOURNEY_MAX {
        return Err(Refused::with(Refusal::BadRequest, format!("at most {JOURNEY_MAX} services may follow")));
    }
    if class == Class::Appointment && booked_at.is_none() {
        return Err(Refused::with(Refusal::BadRequest, "an appointment has a booked time"));
    }
    let booked = booked_at.map(|at| Booked { at, booking: None });
    issue_as(&app, asker, name, Command::IssueTicket(Arrival { then, booked, ..Arrival::new(service, class, language) })).await
}

/// Who asks for a ticket.
pub struct Asker {
    /// The device or account, for the request's name.
    pub who: String,
    /// What the paper names: the kiosk. An officer's account is nobody's business.
    kiosk: String,
}

impl Asker {
    /// Returns whoever may ask for tickets: a kiosk, or somebody signed in.
    pub fn of(actor: Actor) -> Result<Asker, Refusal> {
        match actor {
            Actor::Device(device) if device.kind == DeviceKind::Kiosk => {
                Ok(Asker { who: device.id.to_string(), kiosk: device.id.to_string() })
            }
            Actor::Person(person) => Ok(Asker { who: person.name.to_string(), kiosk: String::new() }),
            Actor::Device(_) => Err(Refusal::NotAllowed),
            Actor::Nobody => Err(Refusal::UnknownDevice),
        }
    }
}

/// Asks the writer for a ticket; returns it with what its slip says.
pub async fn issue_as(app: &App, asker: Asker, name: RequestName, command: Command) -> Result<Json<IssuedTicket>, Refused> {
    let asked_for = match &command {
        Command::IssueTicket(arrival) => std::iter::once(&arrival.service).chain(&arrival.then).cloned().collect(),
        _ => Vec::new(),
    };
    let happened = app.dispatcher.ask(command, Some(name)).await;
    let happened = happened.map_err(|refusal| named(refusal, &asked_for, &app.config.catalogue))?;
    let answer = issued(&happened, app, &asker.kiosk).ok_or(Refusal::RequestReused)?;
    let (number, service) = (answer.number, answer.service.clone());
    tracing::debug!(ticket = %number, %service, by = asker.who, "issued {number}");
    app.slips.remember(answer.ticket, answer.slip.clone());
    Ok(Json(answer))
}

/// The hall knows only services that are offered here: one that is offered elsewhere is refused by that name, with the centre
/// to go to where one is known.
fn named(refusal: Refusal, asked_for: &[ServiceId], catalogue: &Catalogue) -> Refused {
    let elsewhere = catalogue.not_offered.iter().find(|entry| asked_for.contains(&entry.id));
    match (refusal, elsewhere) {
        (Refusal::UnknownService, Some(NotOfferedEntry { id, nearest: Some(nearest), .. })) => {
            Refused::with(Refusal::ServiceNotOffered, format!("{id} is not offered here; nearest: {}", nearest.en))
        }
        (Refusal::UnknownService, Some(entry)) => Refused::with(Refusal::ServiceNotOffered, format!("{} is not offered here", entry.id)),
        (other, _) => other.into(),
    }
}

fn issued(happened: &Happened, app: &App, issued_at: &str) -> Option<IssuedTicket> {
    happened.iter().find_map(|recorded| match &recorded.event {
        Event::TicketIssued(issued) => Some(IssuedTicket {
            seq: recorded.seq,
            ticket: issued.ticket,
            number: issued.number,
            service: issued.service.clone(),
            class: issued.class,
            language: issued.language,
            at: recorded.at,
            ahead: issued.ahead,
            wait: issued.wait,
            outside: issued.outside,
            slip: slip_content(issued, recorded.at, &app.config.catalogue, app.config.phone_page.as_deref(), issued_at),
            paper: None,
        }),
        _ => None,
    })
}

/// Returns what the slip of a ticket says.
pub(super) fn slip_content(issued: &Issued, at: Time, catalogue: &Catalogue, phone_page: Option<&str>, kiosk: &str) -> SlipContent {
    let entry = catalogue.services.iter().find(|entry| entry.id == issued.service);
    let agency = entry.and_then(|entry| catalogue.agencies.iter().find(|agency| agency.code == entry.agency));
    let local = local_time(at, catalogue.utc_offset_minutes);
    let date = local.format("%Y-%m-%d").to_string();
    let fee_of = |id: &ServiceId| {
        let entry = catalogue.services.iter().find(|entry| entry.id == *id);
        entry.and_then(|entry| entry.fee_on(&date).kes).filter(|shillings| *shillings > 0)
    };
    let named = |id: &ServiceId| {
        let entry = catalogue.services.iter().find(|entry| entry.id == *id);
        entry.map_or_else(|| Text { en: id.to_string(), sw: id.to_string() }, |entry| entry.name.clone())
    };
    SlipContent {
        group: agency.map(|agency| agency.short.get(issued.language).to_owned()).unwrap_or_default(),
        language: issued.language,
        priority: issued.class == Class::Priority,
        ahead: Some(issued.ahead),
        wait: issued.wait,
        fee: match entry.and_then(|entry| entry.fee_on(&date).kes) {
            None => SlipFee::Unknown,
            Some(0) => SlipFee::Free,
            Some(shillings) => SlipFee::Kes(shillings),
        },
        documents: documents(issued, catalogue),
        date: local.format("%d.%m.%Y").to_string(),
        time: local.format("%H:%M").to_string(),
        weekday: weekday(local),
        kiosk: kiosk.to_owned(),
        then: issued.then.iter().map(|id| with_fee(named(id), fee_of(id))).collect(),
        booked: issued.booked_at.map(|at| local_time(at, catalogue.utc_offset_minutes).format("%H:%M").to_string()),
        outside: issued.outside,
        note: issued.taken_up.map(|_| assets::text::both("slip-taken-up", &[])),
        phone_page: Some(phone_address(phone_page, issued, local)),
        ..SlipContent::new(catalogue.centre_short.clone(), issued.number, named(&issued.service))
    }
}

/// Returns the documents of every service of the visit, in the order in which they are asked for; what two ask for stands once.
fn documents(issued: &Issued, catalogue: &Catalogue) -> Vec<Text> {
    let mut documents: Vec<Text> = Vec::new();
    for id in std::iter::once(&issued.service).chain(&issued.then) {
        let entry = catalogue.services.iter().find(|entry| entry.id == *id);
        for document in entry.into_iter().flat_map(|entry| &entry.documents) {
            if !documents.contains(document) {
                documents.push(document.clone());
            }
        }
    }
    documents
}

/// Returns a service's name with its fee, where one is known and paid: on a ticket for several services the fee that stands
/// alone is that of the first.
fn with_fee(name: Text, shillings: Option<u32>) -> Text {
    let Some(shillings) = shillings else { return name };
    Text { en: format!("{} (KSh {shillings})", name.en), sw: format!("{} (KSh {shillings})", name.sw) }
}

/// What the QR code holds: the phone page's address where the centre publishes one, else the ticket's own name.
fn phone_address(page: Option<&str>, issued: &Issued, local: DateTime<FixedOffset>) -> String {
    let ticket = format!("{}-{}", issued.number, local.format("%Y%m%d"));
    match page {
        Some(page) => format!("{}/{ticket}", page.trim_end_matches('/')),
        None => format!("foleni:{ticket}"),
    }
}

fn local_time(at: Time, utc_offset_minutes: i32) -> DateTime<FixedOffset> {
    let utc = DateTime::<Utc>::from_timestamp_millis(at.0).unwrap_or_default();
    let offset = FixedOffset::east_opt(utc_offset_minutes * 60).unwrap_or_else(|| FixedOffset::east_opt(0).expect("zero is an offset"));
    utc.with_timezone(&offset)
}

fn weekday(local: DateTime<FixedOffset>) -> Text {
    const KEYS: [&str; 7] = ["day-mon", "day-tue", "day-wed", "day-thu", "day-fri", "day-sat", "day-sun"];
    let key = KEYS[local.weekday().num_days_from_monday() as usize];
    Text { en: assets::text::message(Language::En, key, &[]), sw: assets::text::message(Language::Sw, key, &[]) }
}

/// Shows a slip issued lately as it looks on paper.
#[utoipa::path(
    get, path = "/api/v1/tickets/{ticket}/slip.png", tag = "tickets",
    params(("ticket" = u64, Path, description = "The ticket's id")),
    responses(
        (status = 200, description = "The slip, dot for dot", content_type = "image/png"),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn slip_png(State(app): State<App>, actor: Actor, Path(ticket): Path<String>) -> Result<Response, Refused> {
    if matches!(actor, Actor::Nobody) {
        return Err(Refusal::NotSignedIn.into());
    }
    let ticket = ticket.parse().map_err(|_| Refusal::UnknownTicket)?;
    let slip = app.slips.find(protocol::TicketId(ticket)).ok_or(Refusal::UnknownTicket)?;
    let told = app.config.catalogues.now();
    let drawn = tokio::task::spawn_blocking(move || slip::preview_png(&slip, &slip::SlipWords::load(), &told.template));
    let png = drawn.await.map_err(|_| Refusal::TooBusy)?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "private, no-cache")], png).into_response())
}
