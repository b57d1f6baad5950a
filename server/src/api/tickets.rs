//! Issuing tickets, and the picture of a slip.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use protocol::request::{DeviceKind, IssueTicket, IssuedTicket, JOURNEY_MAX};
use protocol::slip::SlipContent;
use protocol::view::{Catalogue, NotOfferedEntry};
use protocol::{Class, DeviceId, Refusal, RefusalBody, ServiceId, Time};
use queue::{Arrival, Booked, Command, Event, Issued};

use super::App;
use super::extract::{Actor, Asked};
use super::refused::Refused;
use crate::dispatcher::{Happened, RequestName};

/// Where a ticket is asked for.
pub const PATH: &str = "/api/v1/tickets";

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
    /// The kiosk, which the paper names. An officer's account is nobody's business.
    kiosk: Option<DeviceId>,
}

impl Asker {
    /// Returns whoever may ask for tickets: a kiosk, or somebody signed in.
    pub fn of(actor: Actor) -> Result<Asker, Refusal> {
        match actor {
            Actor::Device(device) if device.kind == DeviceKind::Kiosk => Ok(Asker { who: device.id.to_string(), kiosk: Some(device.id) }),
            Actor::Person(person) => Ok(Asker { who: person.name.to_string(), kiosk: None }),
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
    let request = name.id.clone();
    let happened = app.dispatcher.ask(command, Some(name)).await;
    let happened = happened.map_err(|refusal| named(refusal, &asked_for, &app.config.catalogue))?;
    let printed_at = asker.kiosk.as_ref().map_or("", DeviceId::as_str);
    let mut answer = issued(&happened, app, printed_at).ok_or(Refusal::RequestReused)?;
    let (number, service) = (answer.number, answer.service.clone());
    tracing::debug!(ticket = %number, %service, by = asker.who, "issued {number}");
    app.slips.remember(answer.ticket, answer.slip.clone());
    if let Some(kiosk) = &asker.kiosk {
        answer.paper = app.printing.ticket(kiosk, request, &answer).await;
    }
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

/// Returns the ticket that was issued, with what its slip says; `issued_at` is the kiosk.
pub fn issued(happened: &Happened, app: &App, issued_at: &str) -> Option<IssuedTicket> {
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
            slip: slip_content(issued, recorded.at, app, issued_at),
            paper: None,
        }),
        _ => None,
    })
}

/// Returns what the slip of a ticket says.
pub(super) fn slip_content(issued: &Issued, at: Time, app: &App, kiosk: &str) -> SlipContent {
    let offline = issued.offline.as_ref();
    let ticket = slip::content::Ticket {
        number: issued.number,
        service: &issued.service,
        then: &issued.then,
        class: issued.class,
        language: issued.language,
        at: offline.map_or(at, |offline| offline.at),
        ahead: offline.is_none().then_some(issued.ahead),
        wait: issued.wait.filter(|_| offline.is_none()),
        booked_at: issued.booked_at,
        taken_up: issued.taken_up.is_some(),
        outside: issued.outside,
        offline: offline.is_some(),
    };
    slip::content::content(&ticket, &app.config.catalogue, app.config.phone_page.as_deref(), kiosk)
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
    let width = app.config.paper;
    let drawn = tokio::task::spawn_blocking(move || slip::preview_png(&slip, &slip::SlipWords::load(), width));
    let png = drawn.await.map_err(|_| Refusal::TooBusy)?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "private, max-age=3600")], png).into_response())
}
