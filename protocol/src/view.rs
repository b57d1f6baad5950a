//! What screens show: each topic of the link pushes one of these views, part by part.
//!
//! A view is state, drawn as it is. Only calls and notices are news: each has a number and is announced once.

use serde::{Deserialize, Serialize};

use crate::clock::ClockTrouble;
use crate::fee::FeePeriod;
use crate::id::{AgencyCode, CallNumber, CounterId, DeviceId, GroupId, MarkId, OfficerId, PoolId, Seq, ServiceId, TicketId, ZoneId};
use crate::report::PriorityPrice;
use crate::request::{DeviceKind, PrinterTrouble, SuspensionReason};
use crate::ticket::{Act, Class, Language, OutOfOrderReason, PauseReason, Text, TicketNumber, WaitRange};
use crate::time::{MINUTE, Time};

/// `GET /api/v1/catalogue`: what does not change during a day. Everything a page needs to name things.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Catalogue {
    /// The centre's full name, `Huduma Centre Mombasa`.
    pub centre: String,
    /// The name after "Huduma Centre".
    pub centre_short: String,
    /// The centre's languages, the usual one first.
    pub languages: Vec<Language>,
    /// Minutes that local time is ahead of UTC.
    pub utc_offset_minutes: i32,
    /// Opening hours as shown, `07:00` and `19:00`.
    pub opens: String,
    /// See `opens`.
    pub closes: String,
    /// Halls and floors.
    pub zones: Vec<ZoneEntry>,
    /// Groups of services, in the order in which they are shown.
    pub groups: Vec<GroupEntry>,
    /// Agencies with a service here.
    pub agencies: Vec<AgencyEntry>,
    /// Services offered here.
    pub services: Vec<ServiceEntry>,
    /// Services of the national catalogue that are not.
    #[serde(default)]
    pub not_offered: Vec<NotOfferedEntry>,
    /// Counters, by number.
    pub counters: Vec<CounterEntry>,
    /// Pools of counters that a ticket can be sent to.
    #[serde(default)]
    pub pools: Vec<PoolEntry>,
    /// The marks that a visit may carry.
    #[serde(default)]
    pub marks: Vec<MarkEntry>,
    /// Whether an officer must say how each service ended.
    #[serde(default)]
    pub outcome_required: bool,
    /// How an appointment checks in.
    #[serde(default)]
    pub appointments: AppointmentRules,
}

/// How an appointment checks in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppointmentRules {
    /// Minutes before the booked time from which it can.
    pub early_minutes: u32,
    /// Minutes after the booked time until which it can.
    pub late_minutes: u32,
}

/// A pool as pages name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolEntry {
    /// Its id.
    pub id: PoolId,
    /// Its name.
    pub name: Text,
    /// Its counters.
    pub counters: Vec<CounterId>,
}

/// A mark as pages name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarkEntry {
    /// Its id.
    pub id: MarkId,
    /// Its name.
    pub name: Text,
}

/// A zone as pages name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ZoneEntry {
    /// Its id.
    pub id: ZoneId,
    /// Its name.
    pub name: Text,
    /// Other zones whose calls are shown and spoken here as well: their visitors wait here.
    #[serde(default)]
    pub also_calls: Vec<ZoneId>,
}

impl ZoneEntry {
    /// Returns whether the calls to a counter in `zone` are shown and spoken here.
    pub fn calls(&self, zone: &ZoneId) -> bool {
        self.id == *zone || self.also_calls.contains(zone)
    }
}

/// A group as pages name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupEntry {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: Text,
    /// Its name where room is short.
    pub short: Text,
    /// The stem of its icon under `/assets/icons/`.
    pub icon: String,
    /// The letter of its tickets.
    pub letter: char,
}

/// An agency as pages name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgencyEntry {
    /// Its code.
    pub code: AgencyCode,
    /// Its name.
    pub name: Text,
    /// Its name where room is short.
    pub short: Text,
    /// The group its services belong to.
    pub group: GroupId,
    /// The stem of its icon.
    pub icon: String,
}

/// A service as pages name it: all that a citizen should know before queueing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceEntry {
    /// Its id.
    pub id: ServiceId,
    /// Whose it is.
    pub agency: AgencyCode,
    /// Its group.
    pub group: GroupId,
    /// Its name.
    pub name: Text,
    /// The stem of its icon.
    pub icon: String,
    /// The fee in Kenya shillings; 0 is free of charge, absent is "ask at the counter".
    pub fee_kes: Option<u32>,
    /// What more is to be said of the fee.
    pub fee_note: Option<Text>,
    /// Fees that hold between dates, the earliest first; on a date of none of them the plain fee above holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<FeePeriod>,
    /// Documents to have.
    pub documents: Vec<Text>,
    /// How long until it is ready.
    pub turnaround: Option<Text>,
    /// One of the services most asked for.
    pub popular: bool,
    /// A finished document is fetched.
    pub collection: bool,
    /// Words to find it by, in any language.
    pub keywords: Vec<String>,
    /// The promised wait of the standard class.
    pub promise_minutes: u32,
}

/// A service that is not offered here, as pages name it: whoever looks for it is told so before queueing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotOfferedEntry {
    /// Its id.
    pub id: ServiceId,
    /// Its name.
    pub name: Text,
    /// Whose it is; the agency need not have another service here.
    pub agency: AgencyCode,
    /// The agency's name.
    pub agency_name: Text,
    /// The agency's name where room is short.
    pub agency_short: Text,
    /// The stem of its icon.
    pub icon: String,
    /// Words to find it by, in any language.
    pub keywords: Vec<String>,
    /// The nearest centre that offers it, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Text>,
}

/// A counter as pages name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CounterEntry {
    /// Its number.
    pub counter: CounterId,
    /// Where it is.
    pub zone: ZoneId,
    /// Which way to walk from the zone's screen.
    pub direction: Option<Direction>,
    /// What is done here, in short.
    pub label: Text,
    /// Services it serves.
    pub services: Vec<ServiceId>,
}

/// Which way to walk from a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Straight on.
    Ahead,
    /// One floor up.
    Upstairs,
}

/// `GET /api/v1/places/{place}`: where a ticket stands, for the phone page behind a slip's QR code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketPlace {
    /// The number.
    pub number: TicketNumber,
    /// Its service.
    pub service: ServiceId,
    /// Where it stands.
    pub stage: PlaceStage,
    /// How many would be called before it, as the hall stands; while it waits.
    pub ahead: Option<u32>,
    /// The counter it is called to or served at.
    pub counter: Option<CounterId>,
    /// Whether its service is suspended; the place is kept.
    pub suspended: bool,
    /// Whether its holder waits outside until called in, because the hall is full.
    #[serde(default)]
    pub outside: bool,
    /// The time at the centre.
    pub now: Time,
}

/// Where a ticket stands, for its holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlaceStage {
    /// In the queue.
    Waiting,
    /// Called to a counter.
    Called,
    /// At a counter.
    Serving,
    /// On an errand; the place is kept.
    Held,
    /// Called to a counter and not come: see Customer Care.
    Missed,
}

/// Topic `kiosk`: parts `day` and `services`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KioskView {
    /// Whether tickets are issued.
    pub day: DayView,
    /// Every service offered here.
    pub services: Vec<ServiceState>,
}

/// The business day as screens show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayView {
    /// `2026-11-24`, absent while the centre is closed.
    pub date: Option<String>,
    /// When the counters close today.
    pub closes_at: Option<Time>,
    /// Tickets issued today.
    pub issued: u32,
    /// Tickets waiting now.
    pub waiting: u32,
    /// Tickets whose holders wait outside, because the hall is full.
    #[serde(default)]
    pub outside: u32,
    /// Whether the hall is full: who comes now waits outside.
    #[serde(default)]
    pub full: bool,
    /// Tickets of the business day before that were not served then and can still be taken up.
    #[serde(default)]
    pub returns: u32,
    /// Tickets that the day which has just ended could not serve, and which can be taken up on the next; 0 while a day is open.
    #[serde(default)]
    pub unserved: u32,
    /// When the next business day gives tickets; absent when none does within a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_from: Option<Time>,
}

/// A service as it is this minute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceState {
    /// The service.
    pub service: ServiceId,
    /// Whether it issues tickets.
    pub state: Availability,
    /// Since when it is suspended.
    pub since: Option<Time>,
    /// Why it is suspended.
    pub reason: Option<SuspensionReason>,
    /// When it may go on, as far as anybody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_at: Option<Time>,
    /// Tickets waiting for it.
    pub waiting: u32,
    /// The wait a newcomer of the standard class would be told.
    pub wait: Option<WaitRange>,
    /// Tickets left today, when they are counted.
    pub left_today: Option<u32>,
}

/// Whether a service issues tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Yes.
    Open,
    /// Suspended with a public reason; tickets keep their place.
    Suspended,
    /// All of today's tickets are issued.
    Full,
    /// Not at this hour.
    Closed,
}

/// Topic `display`: parts `calls`, `groups`, `missed`, `suspended`, `admitted`, `resumed`, `day` and `languages`, for one zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DisplayView {
    /// The latest calls to counters of the zone and of those it calls for as well, newest first, at most [`CALLS_SHOWN`].
    pub calls: Vec<CallView>,
    /// Waiting by group, for the whole centre.
    pub groups: Vec<GroupState>,
    /// Numbers that were called and did not come, newest first.
    pub missed: Vec<TicketNumber>,
    /// Agencies whose services are suspended.
    pub suspended: Vec<SuspensionView>,
    /// Numbers that may come in from outside, newest first.
    #[serde(default)]
    pub admitted: Vec<TicketNumber>,
    /// What has gone on again lately, newest first.
    #[serde(default)]
    pub resumed: Vec<ResumedView>,
    /// The day.
    pub day: DayView,
    /// The centre's languages, the usual one first: in these its notices are spoken.
    #[serde(default)]
    pub languages: Vec<Language>,
}

/// How many calls a display is told.
pub const CALLS_SHOWN: usize = 24;

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallView {
    /// Its number; announced once.
    pub call: CallNumber,
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// Where to go.
    pub counter: CounterId,
    /// The ticket's language.
    pub language: Language,
    /// When.
    pub at: Time,
    /// 0 for the first call of a ticket to this counter, 1 for its first recall, and so on.
    pub recall: u32,
    /// Whether the citizen is still awaited.
    pub stage: CallStage,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallStage {
    /// The citizen is awaited.
    Awaited,
    /// The citizen is at the counter.
    Serving,
    /// The citizen was served and has left, was missed, or was put back.
    Over,
}

/// A group as the hall sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupState {
    /// The group.
    pub group: GroupId,
    /// Tickets waiting.
    pub waiting: u32,
    /// The wait of a newcomer to the one of its services that most people wait for.
    pub wait: Option<WaitRange>,
    /// Whether all of its services are suspended.
    pub suspended: bool,
}

/// A suspension as the hall sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuspensionView {
    /// The notice's number, the place of the suspension in the journal; announced once. 0 where it is not known.
    #[serde(default)]
    pub notice: Seq,
    /// Whose services.
    pub agency: AgencyCode,
    /// The service that is suspended alone; all of the agency when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// Since when.
    pub since: Time,
    /// Why.
    pub reason: SuspensionReason,
    /// When they may go on, as far as anybody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_at: Option<Time>,
    /// Tickets that wait and keep their place.
    pub waiting: u32,
}

/// How long screens say that something has gone on again, milliseconds: as long as a cup of tea.
pub const RESUMED_SHOWN: i64 = 10 * MINUTE;

/// Services that have gone on again after a suspension, as the hall sees them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResumedView {
    /// The notice's number, the place of the resumption in the journal; announced once.
    pub notice: Seq,
    /// Whose services.
    pub agency: AgencyCode,
    /// The service that had been suspended alone; all of the agency when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// Since when they go on; told for [`RESUMED_SHOWN`].
    pub since: Time,
    /// Tickets that wait for them.
    pub waiting: u32,
}

/// Topic `counter`: the parts are the fields, for one counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CounterView {
    /// The counter and who is at it.
    pub counter: CounterState,
    /// The ticket at the counter.
    pub ticket: Option<CounterTicket>,
    /// The next tickets in the order in which the rule calls them now, at most [`QUEUE_SHOWN`].
    pub queue: Vec<QueuedTicket>,
    /// Tickets waiting that this counter may call.
    pub waiting: u32,
    /// Tickets on an errand from this counter, the longest away first.
    #[serde(default)]
    pub held: Vec<AwayTicket>,
    /// Tickets this counter called that did not come and may come back, newest first.
    pub missed: Vec<AwayTicket>,
    /// What the officer can undo.
    #[serde(default)]
    pub undo: Option<UndoView>,
    /// The officer's own day.
    pub my_day: MyDay,
    /// Agencies of this counter whose services are suspended.
    pub suspended: Vec<SuspensionView>,
    /// What this counter serves and has gone on again lately, newest first.
    #[serde(default)]
    pub resumed: Vec<ResumedView>,
}

/// A ticket that is on an errand, or was missed and may come back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AwayTicket {
    /// Its number.
    pub number: TicketNumber,
    /// Its service.
    pub service: ServiceId,
    /// Since when.
    pub since: Time,
    /// A held ticket goes back to the queue then by itself; a missed one may come back until then.
    pub until: Option<Time>,
}

/// An act that can still be undone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UndoView {
    /// The act.
    pub act: Act,
    /// The ticket it was about.
    pub number: TicketNumber,
}

/// How many waiting tickets an officer sees.
pub const QUEUE_SHOWN: usize = 10;

/// A counter and who is at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CounterState {
    /// The counter.
    pub counter: CounterId,
    /// Closed, open or paused.
    pub state: CounterOpenness,
    /// Who is at it.
    pub officer: Option<OfficerId>,
    /// Since when it is so.
    pub since: Option<Time>,
    /// When the officer means to be back.
    pub back_at: Option<Time>,
    /// Why the officer is on a break.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<PauseReason>,
}

/// Whether a counter takes tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CounterOpenness {
    /// Nobody is at it.
    Closed,
    /// It takes tickets.
    Open,
    /// The officer is on a break.
    Paused,
}

/// The ticket at a counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CounterTicket {
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// Its service.
    pub service: ServiceId,
    /// Its class.
    pub class: Class,
    /// Whether an officer has decided on the class; before, it is what the citizen said.
    #[serde(default)]
    pub classed: bool,
    /// The time of day that it is booked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_at: Option<Time>,
    /// The marks on the visit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<MarkId>,
    /// What was done besides, and how often.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delivered: Vec<Delivered>,
    /// The language the citizen chose.
    pub language: Language,
    /// Called or being served.
    pub stage: CounterStage,
    /// Since when.
    pub since: Time,
    /// How often it was called again.
    pub recalls: u32,
    /// When it was issued.
    pub issued_at: Time,
    /// Milliseconds waited until the call.
    pub waited: i64,
    /// Milliseconds that were promised.
    pub promise: i64,
    /// The usual time at a counter for this service, milliseconds.
    pub usual: i64,
    /// Why this ticket, as a manager can read it.
    pub why: String,
    /// Why it was called although it was not its turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_order: Option<OutOfOrderReason>,
    /// The services that follow on the same ticket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<ServiceId>,
}

/// Something that was done for a citizen besides the service of the ticket, or more than once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivered {
    /// What.
    pub service: ServiceId,
    /// How often in this visit.
    pub count: u8,
}

/// Where the ticket at a counter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CounterStage {
    /// Called, not yet at the counter.
    Called,
    /// Being served.
    Serving,
}

/// A waiting ticket as an officer sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueuedTicket {
    /// Its number.
    pub number: TicketNumber,
    /// Its service.
    pub service: ServiceId,
    /// Its class.
    pub class: Class,
    /// Its language.
    pub language: Language,
    /// When its clock started.
    pub clock_start: Time,
    /// Milliseconds promised.
    pub promise: i64,
}

/// An officer's own day; shown to that officer alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyDay {
    /// Services finished.
    pub finished: u32,
    /// The median time at the counter, milliseconds.
    pub typical: Option<i64>,
    /// Calls made.
    pub called: u32,
    /// Calls made within the promise.
    pub within: u32,
}

/// Topic `board`: the parts are the fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardView {
    /// The day.
    pub day: DayView,
    /// The centre in a few figures.
    pub totals: Totals,
    /// One row a group, worst first.
    pub groups: Vec<BoardRow>,
    /// One row a service that had a ticket today, worst first.
    pub services: Vec<BoardRow>,
    /// Every counter.
    pub counters: Vec<CounterTile>,
    /// Suspended agencies.
    pub suspended: Vec<SuspensionView>,
    /// What has gone on again lately, newest first.
    #[serde(default)]
    pub resumed: Vec<ResumedView>,
    /// What needs the manager, worst first.
    pub alerts: Vec<Alert>,
    /// Paired devices.
    pub devices: Vec<DeviceState>,
    /// People waiting through the day: one point each ten minutes.
    pub history: Vec<HistoryPoint>,
}

/// The centre in a few figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    /// Tickets waiting.
    pub waiting: u32,
    /// First calls made today.
    pub called: u32,
    /// Of these within the promise.
    pub within: u32,
    /// Services finished.
    pub finished: u32,
    /// Tickets that were called and did not come.
    pub missed: u32,
    /// The longest wait of a ticket that can be called, milliseconds.
    pub longest: Option<LongestWait>,
    /// Median wait of today's first calls, milliseconds.
    pub p50: Option<i64>,
    /// 90th percentile of the same.
    pub p90: Option<i64>,
    /// Counters open, a break included.
    pub counters_open: u32,
    /// Counters there are.
    pub counters: u32,
    /// What the priority class asks of everyone else so far today.
    #[serde(default)]
    pub price: PriorityPrice,
}

/// Who has waited longest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LongestWait {
    /// The ticket's number.
    pub number: TicketNumber,
    /// Its service.
    pub service: ServiceId,
    /// When its clock started.
    pub clock_start: Time,
}

/// A group or a service on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardRow {
    /// The group's or service's id.
    pub id: String,
    /// Late, near, paused or on time.
    pub state: PromiseState,
    /// Tickets waiting.
    pub waiting: u32,
    /// Tickets waiting past their promise.
    pub late: u32,
    /// When the clock of the one who has waited longest started.
    pub longest_start: Option<Time>,
    /// The largest share of its promise that a waiting ticket has used, in hundredths.
    pub share_percent: u32,
    /// Median wait of today's first calls, milliseconds.
    pub p50: Option<i64>,
    /// 90th percentile of the same.
    pub p90: Option<i64>,
    /// The promise of the standard class, milliseconds (of a group: that of the services most of its tickets ask for).
    pub promise: i64,
    /// First calls today.
    pub called: u32,
    /// Of these within the promise.
    pub within: u32,
    /// Counters open for it now.
    pub counters: u32,
    /// Since when all of it is suspended.
    pub suspended_since: Option<Time>,
    /// The wait of a newcomer.
    pub wait: Option<WaitRange>,
}

/// How a row stands against its promise: near from .8, late from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PromiseState {
    /// A ticket has waited past its promise.
    Late,
    /// A ticket has used four fifths of its promise.
    Near,
    /// Suspended.
    Paused,
    /// All is well.
    OnTime,
}

/// A counter on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CounterTile {
    /// Its number.
    pub counter: CounterId,
    /// What it does now.
    pub state: TileState,
    /// The ticket at it.
    pub number: Option<TicketNumber>,
    /// Since when.
    pub since: Option<Time>,
    /// When the officer means to be back.
    pub back_at: Option<Time>,
    /// Why the officer is on a break.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<PauseReason>,
    /// Who is at it.
    pub officer: Option<OfficerId>,
    /// Tickets it may call.
    pub waiting: u32,
}

/// What a counter does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TileState {
    /// A citizen is being served.
    Serving,
    /// A ticket is called.
    Called,
    /// Open, with no ticket.
    Free,
    /// On a break.
    Paused,
    /// Closed.
    Closed,
}

/// What needs the manager.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Alert {
    /// Tickets of a group wait past their promise.
    Late {
        /// The group.
        group: GroupId,
        /// Past their promise.
        late: u32,
        /// Waiting.
        waiting: u32,
        /// A closed counter that could serve it.
        counter: Option<CounterId>,
    },
    /// Tickets wait and no open counter serves them.
    NoCounter {
        /// The group.
        group: GroupId,
        /// Waiting.
        waiting: u32,
        /// A closed counter that could serve it.
        counter: Option<CounterId>,
    },
    /// An agency's services, or one of them, are suspended.
    Suspended {
        /// The agency.
        agency: AgencyCode,
        /// The service that is suspended alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<ServiceId>,
        /// Since when.
        since: Time,
        /// Waiting.
        waiting: u32,
    },
    /// A kiosk's printer has trouble.
    Printer {
        /// The kiosk.
        device: DeviceId,
        /// What is wrong.
        trouble: PrinterTrouble,
    },
    /// A device is out of touch.
    OutOfTouch {
        /// The device.
        device: DeviceId,
        /// Since when.
        since: Time,
    },
    /// A display cannot be heard.
    Silent {
        /// The display.
        device: DeviceId,
    },
    /// The machine's clock is not simply believed.
    Clock(ClockTrouble),
}

/// A paired device as the board shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceState {
    /// The device.
    pub device: DeviceId,
    /// What it is.
    pub kind: DeviceKind,
    /// Whether its link stands.
    pub connected: bool,
    /// Since when that is so.
    pub since: Time,
    /// What is wrong with its printer.
    pub trouble: Option<PrinterTrouble>,
    /// Whether its voice is heard, for a display's station.
    pub heard: Option<bool>,
    /// Whether a manager closed its screen to citizens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
}

/// People waiting at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryPoint {
    /// When.
    pub at: Time,
    /// Tickets waiting.
    pub waiting: u32,
}
