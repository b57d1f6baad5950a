//! How slips look: telling it, changing it, and trying it on sample tickets before it is saved.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use protocol::request::Role;
use protocol::slip::SlipContent;
use protocol::template::{KnownTemplate, PreviewSlip, SlipSample, SlipTemplate};
use protocol::ticket::WaitRange;
use protocol::view::{Catalogue, ServiceEntry};
use protocol::{Class, Language, Refusal, RefusalBody, ServiceId, TicketId, TicketNumber, Time};
use queue::Issued;
use slip::{BadLogo, BadTemplate, SlipWords};

use super::App;
use super::extract::{Asked, Person, same_origin};
use super::refused::Refused;
use super::tickets::slip_content;

/// The largest template as JSON: its logo, as Base64, and room for the rest.
pub const TEMPLATE_BYTES_MAX: usize = 128 * 1024;

/// Tells how slips look now.
#[utoipa::path(
    get, path = "/api/v1/slip-template", tag = "centre",
    responses(
        (status = 200, description = "What is printed with", body = KnownTemplate),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn known(State(app): State<App>, person: Person) -> Result<Json<KnownTemplate>, Refused> {
    person.must_be(Role::Manager)?;
    Ok(Json(told(&app)))
}

/// Changes how slips look; every kiosk in touch prints so at once, the others as soon as they are.
#[utoipa::path(
    put, path = "/api/v1/slip-template", tag = "centre", request_body = SlipTemplate,
    responses(
        (status = 200, description = "Saved; on disk. As it is kept.", body = KnownTemplate),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn save(State(app): State<App>, person: Person, asked: Asked<SlipTemplate>) -> Result<Json<KnownTemplate>, Refused> {
    person.must_be(Role::Manager)?;
    let template = checked(asked.body).await?;
    app.registry.save_slip_template(template, app.config.catalogues.clone(), person.name, app.clock.now()).await?;
    Ok(Json(told(&app)))
}

/// Forgets what was saved: slips look again as the centre's file says.
#[utoipa::path(
    delete, path = "/api/v1/slip-template", tag = "centre",
    responses(
        (status = 200, description = "Forgotten; on disk", body = KnownTemplate),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn reset(State(app): State<App>, person: Person, headers: HeaderMap) -> Result<Json<KnownTemplate>, Refused> {
    same_origin(&Method::DELETE, &headers)?;
    person.must_be(Role::Manager)?;
    app.registry.forget_slip_template(app.config.catalogues.clone(), person.name).await?;
    Ok(Json(told(&app)))
}

/// Shows a sample ticket on a template that is not saved, dot for dot as a printer would get it.
#[utoipa::path(
    post, path = "/api/v1/slip-template/preview", tag = "centre", request_body = PreviewSlip,
    responses(
        (status = 200, description = "The slip, dot for dot", content_type = "image/png"),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn preview(State(app): State<App>, person: Person, asked: Asked<PreviewSlip>) -> Result<Response, Refused> {
    person.must_be(Role::Manager)?;
    let PreviewSlip { template, language, service, sample } = asked.body;
    if !app.config.catalogue.languages.contains(&language) {
        return Err(Refusal::UnknownLanguage.into());
    }
    let template = checked(template).await?;
    let content = sample_content(&app, sample, service.as_ref(), language)?;
    let drawn = tokio::task::spawn_blocking(move || slip::preview_png(&content, &SlipWords::load(), &template));
    let png = drawn.await.map_err(|_| Refusal::TooBusy)?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")], png).into_response())
}

fn told(app: &App) -> KnownTemplate {
    let told = app.config.catalogues.now();
    KnownTemplate { template: told.template.clone(), saved: told.saved }
}

/// A picture is read on a thread of its own: no request makes the others wait.
async fn checked(template: SlipTemplate) -> Result<SlipTemplate, Refused> {
    let checked = tokio::task::spawn_blocking(move || slip::checked_template(template)).await.map_err(|_| Refusal::TooBusy)?;
    checked.map_err(|bad| Refused::with(refusal_of(&bad), bad.to_string()))
}

fn refusal_of(bad: &BadTemplate) -> Refusal {
    match bad {
        BadTemplate::TooManyLines { .. } | BadTemplate::LineTooLong { .. } => Refusal::SlipTooLong,
        BadTemplate::Letters(_) => Refusal::SlipLetters,
        BadTemplate::Logo(BadLogo::Unreadable) => Refusal::SlipLogoUnreadable,
        BadTemplate::Logo(BadLogo::TooLarge { .. } | BadLogo::TooManyBytes(_)) => Refusal::SlipLogoTooLarge,
    }
}

/// Returns what a sample ticket's slip says: written by the same hand as that of a real ticket, and given to nobody.
fn sample_content(app: &App, sample: SlipSample, service: Option<&ServiceId>, language: Language) -> Result<SlipContent, Refused> {
    let (catalogue, now) = (&app.config.catalogue, app.clock.now());
    let chosen = match service {
        Some(id) => catalogue.services.iter().find(|entry| entry.id == *id).ok_or(Refusal::UnknownService)?,
        None => usual(catalogue, sample, language).ok_or(Refusal::UnknownService)?,
    };
    let issued = sample_ticket(catalogue, sample, chosen, language, now);
    let content = slip_content(&issued, now, app, "kiosk-1");
    Ok(match sample {
        SlipSample::Offline => SlipContent { offline: true, ahead: None, wait: None, phone_page: None, ..content },
        SlipSample::Ordinary | SlipSample::Longest | SlipSample::Several | SlipSample::Appointment | SlipSample::Outside => content,
    })
}

/// Returns the service of a sample where none is named: a popular one, or the one with the longest name.
fn usual(catalogue: &Catalogue, sample: SlipSample, language: Language) -> Option<&ServiceEntry> {
    let services = catalogue.services.iter();
    match sample {
        SlipSample::Longest => services.max_by_key(|entry| entry.name.get(language).chars().count()),
        SlipSample::Ordinary | SlipSample::Several | SlipSample::Appointment | SlipSample::Outside | SlipSample::Offline => {
            let popular = services.clone().find(|entry| entry.popular && !entry.documents.is_empty());
            popular.or_else(|| services.clone().next())
        }
    }
}

fn sample_ticket(catalogue: &Catalogue, sample: SlipSample, service: &ServiceEntry, language: Language, now: Time) -> Issued {
    let letter = catalogue.groups.iter().find(|group| group.id == service.group).map_or('W', |group| group.letter);
    let others = catalogue.services.iter().filter(|entry| entry.id != service.id && entry.popular).map(|entry| entry.id.clone());
    let ordinary = Issued {
        ticket: TicketId(0),
        number: TicketNumber { letter, number: 54 },
        service: service.id.clone(),
        class: Class::Standard,
        language,
        clock_start: now,
        ahead: 12,
        wait: Some(WaitRange { from_minutes: 20, to_minutes: 30 }),
        then: Vec::new(),
        booked_at: None,
        booking: None,
        taken_up: None,
        outside: false,
        offline: None,
    };
    match sample {
        SlipSample::Ordinary | SlipSample::Offline => ordinary,
        SlipSample::Longest => Issued {
            number: TicketNumber { letter: 'W', number: 888 },
            ahead: 188,
            wait: Some(WaitRange { from_minutes: 75, to_minutes: 105 }),
            ..ordinary
        },
        SlipSample::Several => Issued { then: others.take(2).collect(), ..ordinary },
        SlipSample::Appointment => {
            Issued { class: Class::Appointment, booked_at: Some(now.plus(30 * protocol::time::MINUTE)), ahead: 1, ..ordinary }
        }
        SlipSample::Outside => Issued { outside: true, ahead: 74, wait: Some(WaitRange { from_minutes: 60, to_minutes: 75 }), ..ordinary },
    }
}
