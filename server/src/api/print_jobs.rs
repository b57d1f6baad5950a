//! Slips that somebody asks for: printed again, or to try a printer. And the ledger as managers read it.

use axum::Json;
use axum::extract::State;
use protocol::printing::{AskPrint, JobKind, PrintJobView, PrintWhat, PrintsAt};
use protocol::request::{DeviceKind, Role};
use protocol::slip::SlipContent;
use protocol::ticket::TicketNumber;
use protocol::{Refusal, RefusalBody, RequestId, ServiceId};

use super::App;
use super::extract::{Actor, Asked, Person};
use super::refused::Refused;
use super::tickets::slip_content;
use crate::paper::AskedSlip;
use crate::paper::ledger::TOLD_MAX;
use crate::screens::Again;

/// Asks for a slip: a ticket's again, which says that it is a copy, or one that says that it is a test.
#[utoipa::path(
    post, path = "/api/v1/print-jobs", tag = "printing", request_body = AskPrint,
    responses(
        (status = 200, description = "The job; on disk. Asked again, the same one.", body = PrintJobView),
        (status = "4XX", description = "Refused, with a stable code; nothing is printed", body = RefusalBody),
        (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
    )
)]
pub async fn ask(State(app): State<App>, actor: Actor, asked: Asked<AskPrint>) -> Result<Json<PrintJobView>, Refused> {
    let asker = asker(&app, &actor, &asked.body)?;
    let AskPrint { request, what, printer, kiosk, .. } = asked.body;
    let at_printer = match (printer, kiosk) {
        (Some(printer), None) if app.registry.printers().iter().any(|known| known.printer == printer) => PrintsAt::Printer(printer),
        (Some(_), None) => return Err(Refusal::UnknownPrinter.into()),
        (None, Some(kiosk)) => app.printing.place_of(&kiosk)?,
        (None, None) | (Some(_), Some(_)) => return Err(Refused::with(Refusal::BadRequest, "either a printer or a kiosk")),
    };
    Ok(Json(print(&app, asker, request, what, at_printer).await?))
}

/// A kiosk asks for its own slips only, and only for an attendant.
fn asker(app: &App, actor: &Actor, asked: &AskPrint) -> Result<String, Refusal> {
    match actor {
        Actor::Person(person) => Ok(person.name.to_string()),
        Actor::Device(device) if device.kind == DeviceKind::Kiosk && asked.kiosk.as_ref() == Some(&device.id) => {
            app.registry.check_attendant(&device.id, asked.attendant.as_deref().unwrap_or_default())?;
            Ok(device.id.to_string())
        }
        Actor::Device(_) => Err(Refusal::NotAllowed),
        Actor::Nobody => Err(Refusal::NotSignedIn),
    }
}

/// Puts a slip in line that somebody asked for.
pub(super) async fn print(
    app: &App,
    asker: String,
    request: RequestId,
    what: PrintWhat,
    at_printer: PrintsAt,
) -> Result<PrintJobView, Refusal> {
    let (kind, number) = match what {
        PrintWhat::Reprint(number) => (JobKind::Reprint, Some(number)),
        PrintWhat::Test => (JobKind::Test, None),
    };
    let (slip, service) = slip_of(app, kind, number, &at_printer).await?;
    app.printing.ask(AskedSlip { asker, request, kind, number, service, slip }, at_printer).await
}

/// Returns what a slip says that is asked for now, and its service.
pub(super) async fn slip_of(
    app: &App,
    kind: JobKind,
    number: Option<TicketNumber>,
    at_printer: &PrintsAt,
) -> Result<(SlipContent, Option<ServiceId>), Refusal> {
    let number = match (kind, number) {
        (JobKind::Test, _) => return Ok((slip::content::test_slip(app.config.catalogue.centre_short.clone()), None)),
        (JobKind::Issue | JobKind::Reprint, None) => return Err(Refusal::UnknownTicket),
        (JobKind::Issue | JobKind::Reprint, Some(number)) => number,
    };
    let (issued, at) = match app.screens.again(number).await {
        Again::Stands { issued, at, .. } => (issued, at),
        Again::Ended => return Err(Refusal::TicketEnded),
        Again::Unknown => return Err(Refusal::UnknownTicket),
    };
    let printed_at = match at_printer {
        PrintsAt::Kiosk(kiosk) => kiosk.as_str(),
        PrintsAt::Printer(printer) => printer.as_str(),
    };
    let slip = slip_content(&issued, at, app, printed_at);
    let slip = SlipContent { note: Some(assets::text::both("slip-copy", &[])), ..slip };
    Ok((slip, Some(issued.service.clone())))
}

/// Tells the newest jobs of the ledger, newest first.
#[utoipa::path(
    get, path = "/api/v1/print-jobs", tag = "printing",
    responses(
        (status = 200, description = "Jobs, newest first", body = Vec<PrintJobView>),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
        (status = "5XX", description = "The ledger could not be read", body = RefusalBody),
    )
)]
pub async fn list(State(app): State<App>, person: Person) -> Result<Json<Vec<PrintJobView>>, Refused> {
    person.must_be(Role::Officer)?;
    Ok(Json(app.printing.ledger().lately(TOLD_MAX).await.ok_or(Refusal::Storage)?))
}
