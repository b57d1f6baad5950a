//! Numbers that kiosks hold for when the server is away, and the tickets that they gave with them.

use axum::Json;
use axum::extract::State;
use protocol::offline::{AskNumbers, Became, HandOver, HandedOver, KioskNumbers, NumberBlock, ReservedNumbers, ServiceHours};
use protocol::request::{DeviceKind, IssueTicket, JOURNEY_MAX, Role};
use protocol::{Class, DeviceId, Refusal, RefusalBody, RequestId, TicketId, TicketNumber};
use queue::{Arrival, Booked, Command, Event, Given, Hall};
use sha2::{Digest, Sha256};

use super::App;
use super::extract::{Asked, PairedDevice, Person, fingerprint};
use super::refused::Refused;
use super::tickets;
use crate::dispatcher::{Happened, RequestName};

/// A kiosk asks for numbers to give while the server is away; what it lacks is reserved. Asked again, it is told the same.
#[utoipa::path(
    post, path = "/api/v1/devices/me/numbers", tag = "devices", request_body = AskNumbers,
    responses(
        (status = 200, description = "All that the kiosk may give by itself; on disk", body = ReservedNumbers),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn reserve(State(app): State<App>, device: PairedDevice, asked: Asked<AskNumbers>) -> Result<Json<ReservedNumbers>, Refused> {
    let kiosk = kiosk(device)?;
    let book = asked.body.book;
    match app.dispatcher.ask(Command::ReserveNumbers { kiosk: kiosk.clone(), book }, None).await {
        Ok(_) | Err(Refusal::NumbersHeld) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    let held = app.dispatcher.look(move |hall| held(hall, &kiosk, book)).await?.ok_or(Refusal::CentreClosed)?;
    Ok(Json(ReservedNumbers { now: app.clock.now(), pace: app.clock.pace(), phone_page: app.config.phone_page.clone(), ..held }))
}

fn held(hall: &Hall, kiosk: &DeviceId, book: u32) -> Option<ReservedNumbers> {
    let day = &hall.day()?.hours;
    let open = hall.numbers_of(kiosk).into_iter().flat_map(|numbers| &numbers.open);
    let mine = open.filter(|(_, (of, _))| *of == book).map(|(number, _)| *number);
    let hours = hall.services().iter().filter_map(|desk| {
        let (from, until) = desk.policy.hours?;
        Some(ServiceHours { service: desk.policy.id.clone(), from: day.midnight.plus(from), until: day.midnight.plus(until) })
    });
    Some(ReservedNumbers {
        date: day.date.clone(),
        midnight: day.midnight,
        tickets_from: day.tickets_from,
        closes_at: day.closes_at,
        numbers: NumberBlock::of(mine),
        hours: hours.collect(),
        ..ReservedNumbers::default()
    })
}

/// A kiosk hands over a ticket that it gave while the server was away: it stands where it would have stood.
#[utoipa::path(
    post, path = "/api/v1/devices/me/offline-tickets", tag = "devices", request_body = HandOver,
    responses(
        (status = 200, description = "What became of it; on disk. Handed over again, the same.", body = HandedOver),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn hand_over(State(app): State<App>, device: PairedDevice, asked: Asked<HandOver>) -> Result<Json<HandedOver>, Refused> {
    let kiosk = kiosk(device)?;
    let HandOver { ask, number, date, at } = asked.body;
    if ask.then.len() > JOURNEY_MAX || (ask.class == Class::Appointment && ask.booked_at.is_none()) {
        return Err(Refused::with(Refusal::BadRequest, "no kiosk could have given such a ticket"));
    }
    let kiosk = holder(&app, kiosk, &date, number).await?;
    let (first, second) = names(&ask, &kiosk, &format!("{date} {number}"));
    let given = Given { arrival: arrival(ask), kiosk, number, date, at, replaces: None };
    let happened = match app.dispatcher.ask(Command::HandOver(given.clone()), Some(first)).await {
        Ok(happened) => match given_instead(&happened, &given) {
            None => happened,
            // The server had issued a ticket for this touch and died before it could say so.
            replaces => app.dispatcher.ask(Command::HandOver(Given { replaces, ..given.clone() }), Some(second)).await?,
        },
        // A kiosk of another version may have asked in other words.
        Err(Refusal::RequestReused) => app.dispatcher.ask(Command::HandOver(given.clone()), Some(second)).await?,
        Err(refusal) => return Err(refusal.into()),
    };
    if let Some(issued) = tickets::issued(&happened, &app, given.kiosk.as_str()) {
        tracing::info!(ticket = %number, kiosk = %given.kiosk, "{number} was handed over");
        app.slips.remember(issued.ticket, issued.slip);
    }
    let became = happened.iter().find_map(|recorded| became(&recorded.event)).ok_or(Refusal::RequestReused)?;
    Ok(Json(HandedOver { number, became }))
}

/// Returns the kiosk by whose name the number is known: whoever hands it over, or the one that this machine was before it was
/// taken off the list and paired under another name. A kiosk that is still on the list hands over its own.
async fn holder(app: &App, kiosk: DeviceId, date: &str, number: TicketNumber) -> Result<DeviceId, Refusal> {
    let date = date.to_owned();
    let reserved_for = app.dispatcher.look(move |hall| hall.reserved_for(&date, number).cloned()).await?;
    let gone = |other: &DeviceId| app.registry.devices().iter().all(|device| device.device != *other);
    Ok(reserved_for.filter(gone).unwrap_or(kiosk))
}

/// Tells how many numbers each kiosk was given, today and on the business day before, and how many of them are open.
#[utoipa::path(
    get, path = "/api/v1/numbers", tag = "centre",
    responses(
        (status = 200, description = "By kiosk; the open day first", body = Vec<KioskNumbers>),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn numbers(State(app): State<App>, person: Person) -> Result<Json<Vec<KioskNumbers>>, Refused> {
    person.must_be(Role::Manager)?;
    Ok(Json(app.dispatcher.look(Hall::kiosk_numbers).await?))
}

fn kiosk(device: PairedDevice) -> Result<DeviceId, Refusal> {
    if device.kind == DeviceKind::Kiosk { Ok(device.id) } else { Err(Refusal::NotAllowed) }
}

/// Returns the name that the request for the ticket had, or would have had, and one for when that name stands for another number.
fn names(ask: &IssueTicket, kiosk: &DeviceId, paper: &str) -> (RequestName, RequestName) {
    let body = serde_json::to_vec(ask).unwrap_or_default();
    let first = RequestName { id: ask.request.clone(), fingerprint: fingerprint(tickets::PATH, &body, kiosk.as_str()) };
    let digest = Sha256::digest(format!("{kiosk} {paper}").as_bytes());
    let text: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let id = RequestId::new(&format!("offline-{text}")).unwrap_or_else(|_| ask.request.clone());
    (first, RequestName { id, fingerprint: fingerprint(paper, &body, kiosk.as_str()) })
}

fn arrival(ask: IssueTicket) -> Arrival {
    let booked = ask.booked_at.map(|at| Booked { at, booking: None });
    Arrival { then: ask.then, booked, ..Arrival::new(ask.service, ask.class, ask.language) }
}

/// Returns the ticket that the request had been answered with, when that is not the one on the paper.
fn given_instead(happened: &Happened, given: &Given) -> Option<TicketId> {
    happened.iter().find_map(|recorded| match &recorded.event {
        Event::TicketIssued(issued) if issued.number != given.number => Some(issued.ticket),
        _ => None,
    })
}

fn became(event: &Event) -> Option<Became> {
    match event {
        Event::TicketIssued(issued) => Some(Became::Queued { ticket: issued.ticket, at: issued.offline.as_ref()?.at }),
        Event::NumberLeft { .. } => Some(Became::Left),
        _ => None,
    }
}
