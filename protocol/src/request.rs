//! What can be asked of the server over HTTP, and what is answered when it is granted.
//!
//! Every request that changes the hall carries a request id of the asker's making: asked again with the same id, it
//! gets the same receipt and nothing happens twice.

use serde::{Deserialize, Serialize};

use crate::id::{AgencyCode, CallNumber, CounterId, DeviceId, MarkId, OfficerId, RequestId, Seq, ServiceId, TicketId, ZoneId};
use crate::slip::SlipContent;
use crate::ticket::{CancelReason, Class, Language, OutOfOrderReason, Outcome, PauseReason, Standing, Target, TicketNumber, WaitRange};
use crate::time::Time;

/// `POST /api/v1/tickets`: a ticket for one service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IssueTicket {
    /// The asker's name for this request.
    pub request: RequestId,
    /// What the citizen came for.
    pub service: ServiceId,
    /// How the ticket shares in the promise.
    #[serde(default)]
    pub class: Class,
    /// The language of the slip and of the call.
    #[serde(default)]
    pub language: Language,
    /// The services that follow on the same ticket, in order; at most [`JOURNEY_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<ServiceId>,
    /// The time that stands on the citizen's own appointment slip; the ticket is then an appointment that an officer confirms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_at: Option<Time>,
}

/// `POST /api/v1/check-ins`: a citizen with a code of the centre's list of appointments is here. Answered like [`IssueTicket`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The code on the appointment slip; spaces, dashes and the case of letters do not matter.
    pub code: String,
    /// The language of the slip and of the call.
    #[serde(default)]
    pub language: Language,
}

/// `POST /api/v1/return-tickets`: someone whom the last business day could not serve takes that up. Answered like
/// [`IssueTicket`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TakeUpReturn {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The number on the slip of that day.
    pub number: TicketNumber,
    /// The language of the new slip and of the call.
    #[serde(default)]
    pub language: Language,
}

/// `POST /api/v1/bookings`: adds appointments to the centre's list, or changes those with the same code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddBookings {
    /// At most [`BOOKINGS_MAX`] at a time.
    pub bookings: Vec<NewBooking>,
}

/// How many appointments one request may add.
pub const BOOKINGS_MAX: usize = 200;

/// One appointment of the centre's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewBooking {
    /// The code on the citizen's appointment slip, 4 to 32 letters and digits; only a digest of it is kept.
    pub code: String,
    /// What is booked.
    pub service: ServiceId,
    /// For when.
    pub at: Time,
}

/// How many services may follow the first on one ticket.
pub const JOURNEY_MAX: usize = 8;

/// The answer to [`IssueTicket`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuedTicket {
    /// Where the issue stands in the journal.
    pub seq: Seq,
    /// The ticket.
    pub ticket: TicketId,
    /// The number on it.
    pub number: TicketNumber,
    /// Its service.
    pub service: ServiceId,
    /// Its class.
    pub class: Class,
    /// Its language.
    pub language: Language,
    /// When it was issued.
    pub at: Time,
    /// How many are called before it, as the hall stands.
    pub ahead: u32,
    /// The wait told to the citizen, when one can be told.
    pub wait: Option<WaitRange>,
    /// Whether the citizen waits outside until called in, because the hall is full.
    #[serde(default)]
    pub outside: bool,
    /// What the paper says.
    pub slip: SlipContent,
    /// What became of the paper; filled in by the kiosk's station, absent when nobody prints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Paper>,
}

/// What became of a slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Paper {
    /// The printer took it and reports no trouble.
    Printed,
    /// The printer took it and says nothing of itself.
    Sent,
    /// It was not printed: the number must be shown large.
    Failed {
        /// What is wrong with the printer.
        trouble: PrinterTrouble,
    },
}

/// What can be wrong with a printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PrinterTrouble {
    /// The paper is finished.
    PaperOut,
    /// Some slips are left.
    PaperNearEnd,
    /// The cover is open.
    CoverOpen,
    /// The printer says it is offline.
    Offline,
    /// The printer does not answer.
    Unreachable,
    /// The knife is stuck: somebody has to free it.
    CutterFault,
    /// An error that does not pass by itself.
    Fault,
    /// Too hot, or another error that passes by itself.
    Resting,
    /// The system does not let the station use its printer.
    NotAllowed,
}

/// `POST /api/v1/counters/{counter}/…` for acts that need nothing but their name: `open`, `close`, `resume`, `next`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CounterAct {
    /// The asker's name for this request.
    pub request: RequestId,
}

/// `POST /api/v1/counters/{counter}/recall` and `/start`: acts on the ticket the officer sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketAct {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The ticket on the officer's screen; another one at the counter means that the screen was stale.
    pub ticket: TicketId,
}

/// `POST /api/v1/counters/{counter}/no-show`: the citizen did not come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoShow {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The ticket on the officer's screen.
    pub ticket: TicketId,
    /// Call the next ticket in the same act, if one waits.
    #[serde(default)]
    pub then_next: bool,
}

/// `POST /api/v1/counters/{counter}/finish`: the service ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FinishService {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The ticket on the officer's screen.
    pub ticket: TicketId,
    /// How it ended; absent is served, unless the centre wants it said.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// Call the next ticket in the same act, if one waits.
    #[serde(default)]
    pub then_next: bool,
}

/// `POST /api/v1/counters/{counter}/pause`: a break.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PauseCounter {
    /// The asker's name for this request.
    pub request: RequestId,
    /// When the officer means to be back.
    #[serde(default)]
    pub back_at: Option<Time>,
    /// Why.
    #[serde(default)]
    pub reason: PauseReason,
}

/// `POST /api/v1/counters/{counter}/call`: a ticket whose turn it is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CallTicket {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The number on the slip.
    pub number: TicketNumber,
    /// Why; it is kept in the journal.
    pub reason: OutOfOrderReason,
}

/// `POST /api/v1/counters/{counter}/hold`: the citizen goes on an errand and keeps the place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldTicket {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The ticket on the officer's screen.
    pub ticket: TicketId,
    /// When it goes back to the queue by itself; when the citizen is back if absent.
    #[serde(default)]
    pub until: Option<Time>,
    /// Call the next ticket in the same act, if one waits.
    #[serde(default)]
    pub then_next: bool,
}

/// `POST /api/v1/counters/{counter}/transfer`: the citizen goes on elsewhere with the same ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TransferTicket {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The ticket on the officer's screen.
    pub ticket: TicketId,
    /// What it waits for from now on.
    pub service: ServiceId,
    /// Who may call it.
    #[serde(default)]
    pub to: Target,
    /// Where it stands.
    #[serde(default)]
    pub standing: Standing,
    /// Call the next ticket in the same act, if one waits.
    #[serde(default)]
    pub then_next: bool,
}

/// `POST /api/v1/returns`: a citizen is back, from an errand or after a missed call, and waits again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReturnTicket {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The number on the slip.
    pub number: TicketNumber,
}

/// `POST /api/v1/priorities`: an officer gives priority, confirms it, or takes it away. The reason is not asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetPriority {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The number on the slip.
    pub number: TicketNumber,
    /// Whether the ticket has priority from now on.
    pub priority: bool,
}

/// `POST /api/v1/marks`: an officer puts a mark of the centre's list on a visit, or takes it off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkTicket {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The number on the slip.
    pub number: TicketNumber,
    /// The mark.
    pub mark: MarkId,
    /// Whether the ticket has it from now on.
    pub on: bool,
}

/// `POST /api/v1/counters/{counter}/deliver`: something was done for the citizen besides, or more than once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeliverService {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The ticket on the officer's screen.
    pub ticket: TicketId,
    /// What was done.
    pub service: ServiceId,
    /// How often in this visit by now; 0 takes it back.
    pub count: u8,
}

/// `POST /api/v1/cancellations`: a visit ends away from a counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CancelTicket {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The number on the slip.
    pub number: TicketNumber,
    /// Why.
    pub reason: CancelReason,
}

/// The answer to an act at a counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CounterDone {
    /// Where the last event of the act stands in the journal; a screen that holds less than this is stale.
    pub seq: Seq,
    /// When it happened.
    pub at: Time,
    /// The counter.
    pub counter: CounterId,
    /// The ticket that was called by the act, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<CalledTicket>,
}

/// A ticket that an act called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalledTicket {
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// The announcement.
    pub call: CallNumber,
}

/// `POST /api/v1/suspensions`: services stop for a public reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SuspendServices {
    /// The asker's name for this request.
    pub request: RequestId,
    /// Whose services.
    pub agency: AgencyCode,
    /// One service of the agency; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// The public reason.
    #[serde(default)]
    pub reason: SuspensionReason,
    /// When the hall is told that they may go on; nothing happens by itself then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_at: Option<Time>,
}

/// `POST /api/v1/suspensions/{agency}/resume`: they go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResumeServices {
    /// The asker's name for this request.
    pub request: RequestId,
    /// The service that was suspended alone; the agency as a whole when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
}

/// Why services are suspended, in words the hall may hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SuspensionReason {
    /// The agency's own system is down.
    #[default]
    SystemDown,
    /// The network to the agency is down.
    NetworkDown,
    /// No officer of the agency is here.
    NoOfficer,
    /// The agency's material is used up.
    NoMaterial,
}

/// The answer to an act that is not done at a counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Done {
    /// Where the last event stands in the journal.
    pub seq: Seq,
    /// When it happened.
    pub at: Time,
}

/// What an account may do. A later role may do all that an earlier one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Serves at a counter.
    Officer,
    /// Sees the board, suspends services, approves devices.
    Manager,
    /// Makes accounts.
    Administrator,
}

/// `POST /api/v1/setup`: makes the first administrator, once.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The code that the server wrote to the file `setup-code` in its data folder.
    pub code: String,
    /// The account's name.
    pub name: OfficerId,
    /// The name that colleagues see.
    pub shown: String,
    /// The password: 10 characters or more.
    pub password: String,
}

/// `POST /api/v1/session`: signs in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's name.
    pub name: OfficerId,
    /// Its password.
    pub password: String,
}

/// Who is signed in: the answer to signing in and to `GET /api/v1/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// The account's name.
    pub name: OfficerId,
    /// The name that colleagues see.
    pub shown: String,
    /// What the account may do.
    pub role: Role,
    /// The counter where the officer is, if at one.
    #[serde(default)]
    pub counter: Option<CounterId>,
}

/// `POST /api/v1/accounts`: makes or replaces an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MakeAccount {
    /// The account's name.
    pub name: OfficerId,
    /// The name that colleagues see.
    pub shown: String,
    /// What it may do.
    pub role: Role,
    /// Its first password: 10 characters or more.
    pub password: String,
}

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// A touch kiosk.
    Kiosk,
    /// A hall screen.
    Display,
}

/// `POST /api/v1/pairings`: a new device asks to belong to the centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskPairing {
    /// What it is.
    pub kind: DeviceKind,
    /// What it would like to be called.
    pub device: DeviceId,
}

/// The answer: the code to show on the device's screen and the secret to ask with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PairingAsked {
    /// Six digits, shown on the device.
    pub code: String,
    /// Known to the device alone: `GET /api/v1/pairings/{secret}`.
    pub secret: String,
    /// Real seconds until it is forgotten.
    pub expires_seconds: u32,
}

/// `GET /api/v1/pairings/{secret}`: how the pairing stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PairingState {
    /// A manager has not answered yet.
    Waiting,
    /// Approved. The token is told once.
    Approved {
        /// What the device is called from now on.
        device: DeviceId,
        /// Proves the device on every request (`Authorization: Bearer`).
        token: String,
        /// The zone of a display.
        zone: Option<ZoneId>,
    },
}

/// `POST /api/v1/pairings/approve`: a manager says that the device with this code belongs here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovePairing {
    /// The six digits on the device's screen.
    pub code: String,
    /// What to call it; the device's own wish when absent.
    #[serde(default)]
    pub device: Option<DeviceId>,
    /// The zone, for a display.
    #[serde(default)]
    pub zone: Option<ZoneId>,
}

/// `POST /api/v1/devices/me/printer`: a kiosk's station tells how its printer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PrinterReport {
    /// What is wrong; nothing when absent.
    pub trouble: Option<PrinterTrouble>,
}

/// `POST /api/v1/devices/me/voice`: a display's station tells how its speaker is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VoiceReport {
    /// Whether calls can be heard.
    pub heard: bool,
}
