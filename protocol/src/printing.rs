//! Slips as jobs: what is to be printed where, what became of it, the printers, and what the server orders of a station.

use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, JobId, PrinterId, RequestId, ServiceId};
use crate::request::{Paper, PrinterTrouble};
use crate::slip::SlipContent;
use crate::ticket::TicketNumber;
use crate::time::Time;

/// Outcomes that a station reports at a time.
pub const REPORTED_MAX: usize = 50;

/// The port at which network printers listen, unless they are told otherwise.
pub const PRINTER_PORT: u16 = 9100;

/// Why a slip is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// A ticket was issued.
    #[default]
    Issue,
    /// Somebody asked for a slip again; it says that it is a copy.
    Reprint,
    /// To see whether the printer works.
    Test,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Not begun.
    Queued,
    /// It goes to the printer, or went and nothing more is known. It is never sent again by itself.
    Sent,
    /// The printer took it and says that it is well.
    Printed,
    /// Some of it was sent before something went wrong: it may have come out or not.
    Failed,
    /// Nothing of it came out, and nothing will.
    Abandoned,
}

/// Why a job was abandoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhyAbandoned {
    /// The printer did not get to it in time, so the number was shown on the screen instead.
    ShownInstead,
    /// It waited longer than it could be of use.
    TooOld,
    /// Its ticket was called or ended before.
    TicketGone,
    /// The printer was taken out of use.
    PrinterGone,
    /// The station never said what became of it.
    NoWord,
}

/// Where a slip comes out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PrintsAt {
    /// A printer on the network, driven by the server.
    Printer(PrinterId),
    /// The printer that hangs on a kiosk's station.
    Kiosk(DeviceId),
}

/// A job as managers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrintJobView {
    /// Its place in the ledger.
    pub job: JobId,
    /// Why it is printed.
    pub kind: JobKind,
    /// The ticket's number; a test has none.
    #[serde(default)]
    pub number: Option<TicketNumber>,
    /// The ticket's service; a test has none.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// Where it comes out.
    pub at_printer: PrintsAt,
    /// How far it is.
    pub state: JobState,
    /// What was wrong with the printer.
    #[serde(default)]
    pub trouble: Option<PrinterTrouble>,
    /// Why it was abandoned.
    #[serde(default)]
    pub why_abandoned: Option<WhyAbandoned>,
    /// Whether the server ended between sending it and learning what became of it.
    #[serde(default)]
    pub in_doubt: bool,
    /// When it was asked for.
    pub at: Time,
    /// When it changed last.
    pub changed: Time,
}

/// How slips are put on a network printer's paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SlipRendering {
    /// As a picture.
    #[default]
    Image,
    /// In the printer's own font.
    Text,
}

/// A printer as managers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrinterView {
    /// Its own name, or the kiosk that it hangs on.
    pub printer: PrintsAt,
    /// Host and port of a network printer.
    #[serde(default)]
    pub address: Option<String>,
    /// The width of a network printer's roll, millimetres; of others the station knows it.
    #[serde(default)]
    pub paper_mm: Option<u16>,
    /// How slips are put on its paper.
    #[serde(default)]
    pub rendering: Option<SlipRendering>,
    /// What is wrong with it.
    #[serde(default)]
    pub trouble: Option<PrinterTrouble>,
    /// When it was looked at last; absent when it never was.
    #[serde(default)]
    pub seen: Option<Time>,
    /// The kiosks whose slips come out here.
    pub kiosks: Vec<DeviceId>,
    /// Jobs that wait for it.
    pub queued: u32,
}

/// `POST /api/v1/printers`: a manager adds a printer on the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddPrinter {
    /// What it is called.
    pub printer: PrinterId,
    /// Its name on the network, or its address.
    pub host: String,
    /// Its port.
    #[serde(default = "usual_port")]
    pub port: u16,
    /// The width of its roll, millimetres: 58 or 80.
    pub paper_mm: u16,
    /// How slips are put on its paper.
    #[serde(default)]
    pub rendering: SlipRendering,
}

fn usual_port() -> u16 {
    PRINTER_PORT
}

/// `POST /api/v1/devices/{device}/printer`: a manager says where a kiosk's slips come out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AssignPrinter {
    /// A network printer; absent for the kiosk's own.
    pub printer: Option<PrinterId>,
}

/// What is to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PrintWhat {
    /// The slip of a ticket of today again, with ahead and wait as they are now.
    Reprint(TicketNumber),
    /// A slip that says that it is a test.
    Test,
}

/// `POST /api/v1/print-jobs`: somebody asks for a slip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskPrint {
    /// The asker's name for this request.
    pub request: RequestId,
    /// What is to be printed.
    pub what: PrintWhat,
    /// On a network printer.
    #[serde(default)]
    pub printer: Option<PrinterId>,
    /// Or wherever this kiosk's slips come out.
    #[serde(default)]
    pub kiosk: Option<DeviceId>,
    /// A kiosk's proof that an attendant asks.
    #[serde(default)]
    pub attendant: Option<String>,
}

/// What a manager orders of a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeviceOrder {
    /// Its program ends, and is started again by the system.
    Restart,
    /// Its screen is closed to citizens, or open again.
    Lock(bool),
    /// A slip that says that it is a test comes out.
    TestPrint,
}

/// `POST /api/v1/devices/{device}/orders`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskOrder {
    /// The asker's name for this request.
    pub request: RequestId,
    /// What is ordered.
    pub order: DeviceOrder,
}

/// The answer to `GET /api/v1/devices/me/orders`: what a station has not been told yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Orders {
    /// Slips to print, in the order of their jobs. They are told until the station has said what became of each.
    #[serde(default)]
    pub prints: Vec<PrintOrder>,
    /// Whether the program is to be started again; told once.
    #[serde(default)]
    pub restart: bool,
    /// Whether the screen is closed to citizens.
    #[serde(default)]
    pub locked: bool,
}

/// One slip that a station is to print.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrintOrder {
    /// The job.
    pub job: JobId,
    /// Under this name the station's own record knows it; never used for another slip.
    pub request: RequestId,
    /// Why it is printed.
    pub kind: JobKind,
    /// What it says.
    pub slip: SlipContent,
}

/// `POST /api/v1/devices/me/slips`: a station tells what became of slips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportSlips {
    /// The outcomes, the oldest first.
    pub slips: Vec<SlipOutcome>,
}

/// What became of one slip at a station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlipOutcome {
    /// The request that the slip was printed for.
    pub request: RequestId,
    /// The job, when the server ordered it.
    #[serde(default)]
    pub job: Option<JobId>,
    /// The ticket's number; a test has none.
    #[serde(default)]
    pub number: Option<TicketNumber>,
    /// The ticket's service.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// What became of the paper; absent when the power went in the middle and nobody knows.
    #[serde(default)]
    pub paper: Option<Paper>,
    /// When, by the station's clock.
    pub at: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_reads_as_it_is_written_by_hand() {
        let ask: AskPrint = serde_json::from_str(r#"{"request":"a","what":{"reprint":"K042"},"kiosk":"kiosk-1"}"#).expect("reads");
        assert_eq!(ask.what, PrintWhat::Reprint(TicketNumber { letter: 'K', number: 42 }));
        let ask: AskPrint = serde_json::from_str(r#"{"request":"a","what":"test","printer":"hall"}"#).expect("reads");
        assert_eq!(ask.what, PrintWhat::Test);
        let ask: AskOrder = serde_json::from_str(r#"{"request":"a","order":{"lock":true}}"#).expect("reads");
        assert_eq!(ask.order, DeviceOrder::Lock(true));
        let ask: AskOrder = serde_json::from_str(r#"{"request":"a","order":"restart"}"#).expect("reads");
        assert_eq!(ask.order, DeviceOrder::Restart);
    }

    #[test]
    fn a_printer_listens_at_its_usual_port() {
        let added: AddPrinter = serde_json::from_str(r#"{"printer":"hall","host":"10.0.0.9","paper_mm":80}"#).expect("reads");
        assert_eq!((added.port, added.rendering), (9100, SlipRendering::Image));
    }
}
