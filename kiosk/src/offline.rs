//! Tickets without the server: given from the numbers in the book, and handed over when the server is back.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::http::StatusCode;
use protocol::offline::{AskNumbers, HandOver, HandedOver, ReservedNumbers};
use protocol::request::{IssueTicket, IssuedTicket, JOURNEY_MAX};
use protocol::view::{Availability, Catalogue, DayView, ServiceEntry, ServiceState};
use protocol::{Class, Refusal, Seq, ServiceId, TicketId, TicketNumber, Time};
use station::connect::LinkNews;
use station::link::Parts;
use station::proxy::Answer;
use station::refuse::code_in;
use station::{Contact, Delivery, Station};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};
use tracing::{debug, error, info, warn};

use crate::book::{Book, By, Kept, Limit, Ticket};
use crate::centre_time::{Anchor, Clocks};

/// Where numbers are asked for.
const NUMBERS: &str = "/api/v1/devices/me/numbers";
/// Where tickets are handed over.
const TICKETS: &str = "/api/v1/devices/me/offline-tickets";

/// How often a server in touch is asked for numbers at least; a reserve that is full costs it nothing.
const LOOK: Duration = Duration::from_secs(300);
/// The rest before a server that did not answer is asked again.
const REST: Duration = Duration::from_secs(2);

/// The rest before what the server refused is told to it again: whatever stands in the way, a manager may have put it right.
const REST_AFTER_REFUSAL: Duration = Duration::from_secs(30);

/// What became of a hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// The server knows the ticket, or will never take it.
    Settled {
        /// Whether it knows it.
        taken: bool,
    },
    /// It does not take this one now.
    Refused,
    /// Nobody answered, or not as a server that is well.
    Nothing,
}

/// What became of all that was to be handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    All,
    /// All but what was refused.
    NotAll,
    /// The server could not be told.
    Nothing,
}

/// Gives tickets while the server is away.
#[derive(Debug)]
pub struct Offline {
    station: Arc<Station>,
    book: Arc<Mutex<Book>>,
    clocks: Arc<dyn Clocks>,
    /// The time at the centre as it was heard last, and the business day; the book has what was said with the numbers.
    heard: Mutex<Heard>,
    /// Something is to be done with the server.
    wake: Notify,
}

#[derive(Debug, Default)]
struct Heard {
    anchor: Option<Anchor>,
    date: Option<Option<String>>,
    limits: Option<Vec<Limit>>,
}

impl Offline {
    /// Opens the book in the station's folder.
    pub fn open(station: Arc<Station>, clocks: Arc<dyn Clocks>) -> io::Result<Arc<Offline>> {
        let book = Book::open(&station.folder().file("numbers.book"))?;
        let offline = Offline { station, book: Arc::new(Mutex::new(book)), clocks, heard: Mutex::default(), wake: Notify::new() };
        offline.tell();
        Ok(Arc::new(offline))
    }

    /// Returns whether a ticket could be given now, as far as numbers go.
    pub(crate) fn can_give(&self) -> bool {
        self.station.told().now().can_issue_offline
    }

    /// Returns the ticket that was given for this touch before.
    pub(crate) fn given(&self, ask: &IssueTicket) -> Option<Result<IssuedTicket, Refusal>> {
        let ticket = self.book().of_request(&ask.request).filter(|ticket| ticket.by == By::Kiosk)?.clone();
        Some(if ticket.ask == *ask { Ok(self.issued(&ticket)) } else { Err(Refusal::RequestReused) })
    }

    /// Gives a ticket; it is on the disk when this returns.
    pub(crate) async fn give(self: &Arc<Self>, ask: &IssueTicket) -> Result<IssuedTicket, Refusal> {
        let (offline, wanted) = (self.clone(), ask.clone());
        let given = spawn_blocking(move || offline.enter(&wanted)).await.map_err(|_| Refusal::OutOfTouch)?;
        self.tell();
        let ticket = given?;
        info!(ticket = %ticket.number, service = %ticket.ask.service, "gave {} without the server", ticket.number);
        self.wake.notify_one();
        Ok(self.issued(&ticket))
    }

    /// Remembers a ticket that the server issued, in case the same touch comes again while the server is away.
    pub(crate) async fn note(self: &Arc<Self>, ask: &IssueTicket, issued: &IssuedTicket) {
        let look = self.clocks.look();
        let (number, at) = (issued.number, issued.at);
        let ticket = Ticket { serial: 0, ask: ask.clone(), number, date: String::new(), by: By::Server, at, timed: true, look };
        let offline = self.clone();
        let noted = spawn_blocking(move || offline.book().enter(ticket)).await;
        if let Ok(Err(error)) = noted {
            debug!(%error, "could not note a ticket of the server");
        }
    }

    /// Takes note of what the link brings.
    pub fn hear(&self, news: &LinkNews) {
        match news {
            LinkNews::Contact(contact) => {
                if *contact == Contact::Unreachable {
                    self.keep_limits();
                }
                self.wake.notify_one();
            }
            LinkNews::Delivery(Delivery::Clock { now, pace }) => {
                self.heard().anchor = Some(Anchor { centre: *now, pace: *pace, look: self.clocks.look() });
            }
            LinkNews::Catalogue(_) => {}
            LinkNews::Delivery(Delivery::Whole { parts, .. } | Delivery::Changed { parts, .. }) => self.hear_parts(parts),
        }
    }

    fn hear_parts(&self, parts: &Parts) {
        if let Some(day) = part::<DayView>(parts, "day") {
            let before = self.heard().date.replace(day.date.clone());
            if before != Some(day.date) {
                self.wake.notify_one();
            }
        }
        let Some(services) = part::<Vec<ServiceState>>(parts, "services") else { return };
        let limits: Vec<Limit> = services.into_iter().filter_map(limit).collect();
        let stopped = |limits: &[Limit]| limits.iter().filter(|limit| limit.is_stopped()).cloned().collect::<Vec<_>>();
        let changed = stopped(&self.book().kept().limits) != stopped(&limits);
        self.heard().limits = Some(limits);
        if changed {
            self.keep_limits();
        }
    }

    /// Keeps for the next start which services are stopped. How many tickets are left changes too often to be kept each time.
    fn keep_limits(&self) {
        let (book, limits) = (self.book.clone(), self.heard().limits.clone());
        let Some(limits) = limits else { return };
        spawn_blocking(move || {
            let mut book = lock(&book);
            if book.kept().limits != limits {
                let kept = Kept { limits, ..book.kept().clone() };
                let _ = book.keep(kept).inspect_err(|error| warn!(%error, "could not keep which services are stopped"));
            }
        });
    }

    /// Hands over and asks for numbers, for as long as the station lives.
    pub async fn keep_in_step(self: Arc<Self>) {
        loop {
            let standing = self.station.told().now();
            let in_touch = standing.paired && standing.server == Contact::Connected;
            // A change of contact wakes; the day may have ended meanwhile.
            let rest = if in_touch { self.step().await } else { REST * 5 };
            self.tell();
            let _ = timeout(rest, self.wake.notified()).await;
            if rest == REST {
                sleep(REST / 4).await;
            }
        }
    }

    /// Hands over, asks for numbers, and returns how long to rest.
    async fn step(&self) -> Duration {
        let told = self.hand_over_all().await;
        let renewed = told != Told::Nothing && self.renew().await;
        match told {
            _ if !renewed => REST,
            Told::All => LOOK,
            Told::NotAll | Told::Nothing => REST_AFTER_REFUSAL,
        }
    }

    /// Hands everything over in the order in which it was given. What is refused keeps nobody who came later waiting.
    async fn hand_over_all(&self) -> Told {
        let open: Vec<Ticket> = self.book().open_tickets().cloned().collect();
        let mut told = Told::All;
        for ticket in open {
            match self.hand_over(&ticket).await {
                Said::Settled { taken } => {
                    let book = self.book.clone();
                    let settled = spawn_blocking(move || lock(&book).settle(ticket.serial, taken)).await;
                    if !matches!(settled, Ok(Ok(()))) {
                        error!("could not write down what was handed over: it is handed over again");
                        return Told::Nothing;
                    }
                }
                Said::Refused => told = Told::NotAll,
                Said::Nothing => return Told::Nothing,
            }
        }
        told
    }

    async fn hand_over(&self, ticket: &Ticket) -> Said {
        let known = self.anchor().and_then(|anchor| anchor.back_to(&ticket.look));
        let (ask, number, date) = (ticket.ask.clone(), ticket.number, ticket.date.clone());
        let body = HandOver { ask, number, date, at: known.unwrap_or(ticket.at) };
        let answer = match self.station.post(TICKETS, &body).await {
            Ok(answer) => answer,
            Err(error) => {
                debug!(%error, "could not hand over {number}");
                return Said::Nothing;
            }
        };
        match serde_json::from_slice::<HandedOver>(&answer.body) {
            Ok(handed_over) if answer.status == StatusCode::OK => {
                info!(ticket = %number, became = ?handed_over.became, "handed over {number}");
                Said::Settled { taken: true }
            }
            _ => refused(number, &answer),
        }
    }

    /// Asks for the numbers that the book lacks. Returns whether there is no need to ask again soon.
    async fn renew(&self) -> bool {
        if !self.write("could not begin the book: no numbers are asked for", Book::begin).await {
            return false;
        }
        let book = self.book().kept().book;
        let answer = match self.station.post(NUMBERS, &AskNumbers { book }).await {
            Ok(answer) if answer.status == StatusCode::OK => answer,
            // A centre that is closed says so by the next day's own news; an older server knows no such address.
            Ok(answer) => return answer.status.is_client_error(),
            Err(_) => return false,
        };
        let numbers: ReservedNumbers = match serde_json::from_slice(&answer.body) {
            Ok(numbers) => numbers,
            Err(error) => {
                warn!(%error, "the server's numbers could not be read: this station needs an update");
                return true;
            }
        };
        let anchor = Anchor { centre: numbers.now, pace: numbers.pace, look: self.clocks.look() };
        self.heard().anchor = Some(anchor.clone());
        let keep = move |book: &mut Book| book.keep(Kept { numbers: Some(numbers), anchor: Some(anchor), ..book.kept().clone() });
        self.write("could not keep the numbers: without the server no ticket can be given", keep).await
    }

    /// Writes into the book, while the page is served on. Returns whether it is on the disk.
    async fn write(&self, otherwise: &'static str, what: impl FnOnce(&mut Book) -> io::Result<()> + Send + 'static) -> bool {
        let book = self.book.clone();
        let written = spawn_blocking(move || what(&mut lock(&book))).await.map_err(io::Error::other).and_then(|written| written);
        written.inspect_err(|error| error!(%error, "{otherwise}")).is_ok()
    }

    fn enter(&self, ask: &IssueTicket) -> Result<Ticket, Refusal> {
        let catalogue = self.station.kept_catalogue().ok_or(Refusal::OutOfTouch)?;
        let look = self.clocks.look();
        let now = self.anchor().and_then(|anchor| anchor.at(&look));
        let mut book = self.book();
        if let Some(known) = book.of_request(&ask.request) {
            return if known.ask == *ask { Ok(known.clone()) } else { Err(Refusal::RequestReused) };
        }
        let letter = self.check(&book, ask, &catalogue, now)?;
        let date = book.kept().numbers.as_ref().map(|numbers| numbers.date.clone()).unwrap_or_default();
        let said = book.kept().anchor.as_ref().map_or(Time(0), |anchor| anchor.centre);
        let last = book.open_tickets().last().map_or(said, |ticket| ticket.at.max(said));
        let at = now.unwrap_or(last).max(last);
        // One slot that cannot be written is passed over; a second one is a broken disk.
        for _ in 0..2 {
            let number = book.free(letter).next().ok_or(Refusal::NoNumberLeft)?;
            let (ask, date, look) = (ask.clone(), date.clone(), look.clone());
            let ticket = Ticket { serial: 0, ask, number, date, by: By::Kiosk, at, timed: now.is_some(), look };
            match book.enter(ticket.clone()) {
                Ok(()) => return Ok(ticket),
                Err(error) => error!(%error, "could not write {number} into the book: it is not given"),
            }
        }
        Err(Refusal::OutOfTouch)
    }

    /// Returns the letter of the service's tickets, or why none is given: as the server would, by what it said last.
    fn check(&self, book: &Book, ask: &IssueTicket, catalogue: &Catalogue, now: Option<Time>) -> Result<char, Refusal> {
        let entry = |id: &ServiceId| catalogue.services.iter().find(|entry| entry.id == *id).ok_or(Refusal::UnknownService);
        let service = entry(&ask.service)?;
        if ask.then.len() > JOURNEY_MAX || (ask.class == Class::Appointment && ask.booked_at.is_none()) {
            // The server would not take it afterwards.
            return Err(Refusal::BadRequest);
        }
        ask.then.iter().try_for_each(|id| entry(id).map(drop))?;
        let numbers = book.kept().numbers.as_ref().ok_or(Refusal::OutOfTouch)?;
        let limits = self.heard().limits.clone().unwrap_or_else(|| book.kept().limits.clone());
        let limit = limits.iter().find(|limit| limit.service == ask.service);
        if limit.is_some_and(|limit| limit.suspended) {
            return Err(Refusal::ServiceSuspended);
        }
        let given = || book.open_tickets().filter(|ticket| ticket.ask.service == ask.service).count();
        if limit.and_then(|limit| limit.left).is_some_and(|left| given() >= left as usize) {
            return Err(Refusal::ServiceFull);
        }
        if let Some(now) = now {
            check_time(numbers, ask, catalogue, now)?;
        }
        letter(service, catalogue).ok_or(Refusal::UnknownService)
    }

    /// Returns what the page is told of a ticket in the book.
    fn issued(&self, ticket: &Ticket) -> IssuedTicket {
        let Ticket { ask, number, at, .. } = ticket;
        let (kept, catalogue) = (self.book().kept().clone(), self.station.kept_catalogue());
        let day = kept.numbers.as_ref().map_or(*at, |numbers| numbers.midnight);
        let told = slip::content::Ticket {
            number: *number,
            service: &ask.service,
            then: &ask.then,
            class: if ask.booked_at.is_some() { Class::Appointment } else { ask.class },
            language: ask.language,
            at: if ticket.timed { *at } else { (*at).max(day) },
            ahead: None,
            wait: None,
            booked_at: ask.booked_at,
            taken_up: false,
            outside: false,
            // Where it stands is not known here, even if the server issued it.
            offline: true,
        };
        let phone_page = kept.numbers.as_ref().and_then(|numbers| numbers.phone_page.as_deref());
        let kiosk = self.station.told().now().device;
        let catalogue = catalogue.unwrap_or_else(nothing_known);
        let mut slip = slip::content::content(&told, &catalogue, phone_page, kiosk.as_str());
        if !ticket.timed {
            // No time is better than a wrong one.
            slip.time.clear();
        }
        IssuedTicket {
            seq: Seq(0),
            ticket: TicketId(0),
            number: *number,
            service: ask.service.clone(),
            class: told.class,
            language: ask.language,
            at: told.at,
            ahead: 0,
            wait: None,
            outside: false,
            slip,
            paper: None,
        }
    }

    /// Returns what is known best of the time at the centre.
    fn anchor(&self) -> Option<Anchor> {
        let heard = self.heard().anchor.clone();
        heard.or_else(|| self.book().kept().anchor.clone())
    }

    /// Tells the page whether tickets can be given without the server.
    fn tell(&self) {
        let now = self.anchor().and_then(|anchor| anchor.at(&self.clocks.look()));
        let book = self.book();
        let numbers = book.kept().numbers.as_ref();
        let open = |numbers: &ReservedNumbers| now.is_none_or(|now| (numbers.tickets_from..numbers.closes_at).contains(&now));
        self.station.told().can_issue_offline(numbers.is_some_and(open) && book.has_numbers());
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.book)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().expect("nobody panics while holding what was heard")
    }
}

fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().expect("nobody panics while holding the book")
}

fn refused(number: TicketNumber, answer: &Answer) -> Said {
    match code_in(&answer.body).and_then(|code| Refusal::from_code(&code)) {
        Some(
            refusal
            @ (Refusal::NumberGiven | Refusal::NumberNotReserved | Refusal::UnknownService | Refusal::BadRequest | Refusal::BadJson),
        ) => {
            error!(ticket = %number, code = refusal.code(), "the server does not take {number}: whoever holds it must be helped by hand");
            Said::Settled { taken: false }
        }
        _ => {
            warn!(ticket = %number, status = %answer.status, "the server does not take {number} now");
            // Who does not know this kiosk, or has no time for it, says the same to all that follow.
            let to_all = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
            if answer.status.is_client_error() && !to_all.contains(&answer.status) { Said::Refused } else { Said::Nothing }
        }
    }
}

fn check_time(numbers: &ReservedNumbers, ask: &IssueTicket, catalogue: &Catalogue, now: Time) -> Result<(), Refusal> {
    use protocol::time::{HOUR, MINUTE};
    if now >= numbers.midnight.plus(24 * HOUR) {
        // Nobody knows whether today is a day at all.
        return Err(Refusal::OutOfTouch);
    }
    if now < numbers.tickets_from || now >= numbers.closes_at {
        return Err(Refusal::CentreClosed);
    }
    let hours = numbers.hours.iter().find(|hours| hours.service == ask.service);
    if hours.is_some_and(|hours| now < hours.from || now >= hours.until) {
        return Err(Refusal::ServiceClosed);
    }
    let rules = &catalogue.appointments;
    match ask.booked_at {
        Some(at) if at.0 - now.0 > i64::from(rules.early_minutes) * MINUTE => Err(Refusal::AppointmentEarly),
        Some(at) if now.0 - at.0 > i64::from(rules.late_minutes) * MINUTE => Err(Refusal::AppointmentLate),
        Some(_) | None => Ok(()),
    }
}

fn letter(service: &ServiceEntry, catalogue: &Catalogue) -> Option<char> {
    catalogue.groups.iter().find(|group| group.id == service.group).map(|group| group.letter)
}

fn limit(state: ServiceState) -> Option<Limit> {
    let suspended = state.state == Availability::Suspended;
    let left = if state.state == Availability::Full { Some(0) } else { state.left_today };
    (suspended || left.is_some()).then_some(Limit { service: state.service, suspended, left })
}

fn part<T: serde::de::DeserializeOwned>(parts: &Parts, name: &str) -> Option<T> {
    serde_json::from_value(parts.get(name)?.clone()).ok()
}

/// Stands for a catalogue that was lost: the number and the service's own name are printed all the same.
fn nothing_known() -> Catalogue {
    serde_json::from_value(serde_json::json!({
        "centre": "", "centre_short": "", "languages": ["sw", "en"], "utc_offset_minutes": 180, "opens": "", "closes": "",
        "zones": [], "groups": [], "agencies": [], "services": [], "counters": [],
    }))
    .expect("a catalogue of nothing is one")
}

#[cfg(test)]
mod tests;
