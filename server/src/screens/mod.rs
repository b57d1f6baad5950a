//! Screens are readers: a task of its own folds what happened and pushes each topic's view, part by part.
//!
//! The writer never waits for a view to be made. A call reaches displays and its counter at once; everything else is
//! gathered for a moment. A part is pushed when it changed. A reader that falls behind is given a fresh snapshot.

mod again;
mod board;
mod notices;
pub(crate) mod stats;
mod views;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::Utf8Bytes;
use protocol::request::{DeviceKind, PrinterTrouble};
use protocol::view::{Catalogue, DeviceState, TicketPlace};
use protocol::{CounterId, DeviceId, Frame, OfficerId, Seq, TicketId, TicketNumber, Time, ZoneId};
use queue::{Event, Hall, Policy, Recorded};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Calendar;
use crate::dispatcher::Happened;

pub use again::Again;
use stats::Stats;
use views::Picture;

/// Pushes a reader may be behind before it gets a snapshot instead.
const BEHIND: usize = 64;
/// Requests to this task that may wait.
const MAILBOX: usize = 1_024;
/// How long changes that are not calls are gathered.
const GATHER: Duration = Duration::from_millis(250);
/// How often views are made again though nothing happened, for waits grow by themselves.
const REFRESH: Duration = Duration::from_secs(1);

/// What a link is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Every kiosk.
    Kiosk,
    /// One counter.
    Counter(CounterId),
    /// Displays of one zone.
    Display(ZoneId),
    /// The manager's board.
    Board,
}

/// One pushed frame, written once for all its readers.
#[derive(Clone, Debug)]
pub struct Push {
    /// Its number.
    pub frame: u64,
    /// The frame as JSON.
    pub text: Utf8Bytes,
}

/// A snapshot and everything after it.
pub struct Subscription {
    /// The whole view.
    pub snapshot: Push,
    /// The news after it.
    pub news: broadcast::Receiver<Push>,
}

/// Something about a device that the board shows.
#[derive(Clone, Debug)]
pub enum DeviceNews {
    /// It is paired.
    Paired(DeviceId, DeviceKind),
    /// It is no longer.
    Revoked(DeviceId),
    /// A link of it stands.
    Connected(DeviceId),
    /// A link of it ended.
    Disconnected(DeviceId),
    /// Its printer.
    Printer(DeviceId, Option<PrinterTrouble>),
    /// Its speaker.
    Voice(DeviceId, bool),
}

enum Mail {
    Subscribe { key: Key, reply: oneshot::Sender<Option<Subscription>> },
    Device(DeviceNews),
    Devices { reply: oneshot::Sender<Vec<DeviceState>> },
    CounterOf { officer: OfficerId, reply: oneshot::Sender<Option<CounterId>> },
    Place { number: TicketNumber, date: String, reply: oneshot::Sender<Option<TicketPlace>> },
    Again { number: TicketNumber, reply: oneshot::Sender<Again> },
}

/// The way to the screens' task; cheap to clone.
#[derive(Clone)]
pub struct Screens {
    mailbox: mpsc::Sender<Mail>,
}

impl Screens {
    /// Returns a snapshot of the topic and its news; nothing when there is no such topic or no time for it.
    pub async fn subscribe(&self, key: Key) -> Option<Subscription> {
        let (reply, answer) = oneshot::channel();
        self.mailbox.send(Mail::Subscribe { key, reply }).await.ok()?;
        answer.await.ok().flatten()
    }

    /// Returns the paired devices and how they are.
    pub async fn devices(&self) -> Vec<DeviceState> {
        let (reply, answer) = oneshot::channel();
        let asked = self.mailbox.send(Mail::Devices { reply }).await;
        if asked.is_ok() { answer.await.unwrap_or_default() } else { Vec::new() }
    }

    /// Returns the counter where an officer is.
    pub async fn counter_of(&self, officer: OfficerId) -> Option<CounterId> {
        let (reply, answer) = oneshot::channel();
        self.mailbox.send(Mail::CounterOf { officer, reply }).await.ok()?;
        answer.await.ok().flatten()
    }

    /// Returns where a ticket stands; `date` is its day, digits only: `20261124`.
    pub async fn place(&self, number: TicketNumber, date: String) -> Option<TicketPlace> {
        let (reply, answer) = oneshot::channel();
        self.mailbox.send(Mail::Place { number, date, reply }).await.ok()?;
        answer.await.ok().flatten()
    }

    /// Returns what a slip of a ticket of today says now.
    pub async fn again(&self, number: TicketNumber) -> Again {
        let (reply, answer) = oneshot::channel();
        let asked = self.mailbox.send(Mail::Again { number, reply }).await;
        if asked.is_ok() { answer.await.unwrap_or(Again::Unknown) } else { Again::Unknown }
    }

    /// The same for a thread that may block.
    pub fn again_now(&self, number: TicketNumber) -> Again {
        let (reply, answer) = oneshot::channel();
        let asked = self.mailbox.blocking_send(Mail::Again { number, reply });
        if asked.is_ok() { answer.blocking_recv().unwrap_or(Again::Unknown) } else { Again::Unknown }
    }

    /// Tells something about a device.
    pub async fn device(&self, news: DeviceNews) {
        let _ = self.mailbox.send(Mail::Device(news)).await;
    }
}

/// What the task needs to begin.
pub struct Beginning {
    /// The centre's rules.
    pub policy: Policy,
    /// Names.
    pub catalogue: Arc<Catalogue>,
    /// The time at the centre.
    pub clock: Arc<dyn Clock>,
    /// When the centre is open.
    pub calendar: Calendar,
    /// The open day so far.
    pub day: Vec<Recorded>,
    /// What happens from now on.
    pub news: mpsc::Receiver<Happened>,
}

/// Starts the task; it ends when the writer has ended and `stop` is cancelled.
pub fn start(beginning: Beginning, stop: CancellationToken) -> (Screens, impl Future<Output = ()> + Send) {
    let (mailbox_in, mailbox) = mpsc::channel(MAILBOX);
    let mut task = Task {
        hall: Hall::new(beginning.policy.clone()),
        policy: beginning.policy,
        stats: Stats::default(),
        catalogue: beginning.catalogue,
        clock: beginning.clock,
        calendar: beginning.calendar,
        topics: HashMap::new(),
        devices: BTreeMap::new(),
        gathered: false,
        refreshed: Instant::now(),
    };
    task.fold(&beginning.day);
    (Screens { mailbox: mailbox_in }, task.run(mailbox, beginning.news, stop))
}

struct Task {
    policy: Policy,
    hall: Hall,
    stats: Stats,
    catalogue: Arc<Catalogue>,
    clock: Arc<dyn Clock>,
    calendar: Calendar,
    topics: HashMap<Key, TopicState>,
    devices: BTreeMap<DeviceId, Device>,
    gathered: bool,
    refreshed: Instant,
}

struct Device {
    kind: DeviceKind,
    links: u32,
    since: Time,
    trouble: Option<PrinterTrouble>,
    heard: Option<bool>,
}

/// How much of a view was made anew.
enum Extent {
    Some,
    All,
}

struct TopicState {
    frame: u64,
    /// How far in the journal all its parts go.
    seq: Seq,
    /// Whether a part has gone further since; the next look at all of them says so.
    ahead: bool,
    parts: Map<String, Value>,
    sender: broadcast::Sender<Push>,
}

impl Task {
    async fn run(mut self, mut mailbox: mpsc::Receiver<Mail>, mut news: mpsc::Receiver<Happened>, stop: CancellationToken) {
        /// Batches folded before topics are looked at again.
        const AT_ONCE: usize = 256;
        let mut tick = tokio::time::interval(GATHER);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut batches = Vec::with_capacity(AT_ONCE);
        loop {
            tokio::select! {
                biased;
                received = news.recv_many(&mut batches, AT_ONCE) => {
                    if received == 0 { break }
                    self.happened(&mut batches);
                }
                _ = tick.tick() => self.tick(),
                Some(mail) = mailbox.recv() => self.mail(mail),
                () = stop.cancelled() => break,
            }
        }
    }

    fn happened(&mut self, batches: &mut Vec<Happened>) {
        let mut urgent = BTreeSet::new();
        for batch in batches.drain(..) {
            for recorded in batch.iter() {
                self.urgent(&recorded.event, &mut urgent);
            }
            self.fold(&batch);
        }
        self.gathered = true;
        for key in urgent {
            self.push_urgent(&key);
        }
    }

    /// Of a display, only what a call changes: the waits of all groups can be gathered for a moment.
    fn push_urgent(&mut self, key: &Key) {
        let Key::Display(zone) = key else { return self.push(key) };
        if self.is_listened(key) {
            let parts = parts(&self.picture().called(zone));
            self.push_parts(key, parts, Extent::Some);
        }
    }

    fn is_listened(&self, key: &Key) -> bool {
        self.topics.get(key).is_some_and(|topic| topic.sender.receiver_count() > 0)
    }

    fn fold(&mut self, events: &[Recorded]) {
        for recorded in events {
            if recorded.seq <= self.hall.seq() {
                // The day is told again from its beginning, after a failed append.
                if !matches!(recorded.event, Event::DayOpened { .. }) {
                    continue;
                }
                self.hall = Hall::new(self.policy.clone());
                self.stats = Stats::default();
            }
            self.stats.apply(&self.hall, recorded);
            self.hall.apply(recorded);
        }
    }

    /// Notes the topics that must not wait: the counter that acted and the displays that call for it.
    fn urgent(&self, event: &Event, urgent: &mut BTreeSet<Key>) {
        let (counter, heard) = match event {
            Event::TicketCalled(called) => (called.counter, true),
            Event::TicketRecalled { counter, .. } => (*counter, true),
            Event::ServiceStarted { counter, .. }
            | Event::ServiceFinished { counter, .. }
            | Event::TicketMissed { counter, .. }
            | Event::TicketReturned { counter, .. }
            | Event::TicketHeld { counter, .. }
            | Event::TicketTransferred { counter, .. }
            | Event::ActUndone { counter, .. } => (*counter, true),
            Event::CounterOpened { counter, .. }
            | Event::CounterClosed { counter, .. }
            | Event::CounterPaused { counter, .. }
            | Event::CounterResumed { counter, .. }
            | Event::ServiceDelivered { counter, .. } => (*counter, false),
            // The officer who has the ticket looks at it and waits for the answer.
            Event::TicketClassed { ticket, .. } | Event::TicketMarked { ticket, .. } => match self.counter_of(*ticket) {
                Some(counter) => (counter, false),
                None => return,
            },
            Event::DayOpened { .. }
            | Event::DayClosed { .. }
            | Event::TicketIssued(_)
            | Event::NumbersReserved { .. }
            | Event::NumberLeft { .. }
            | Event::TicketClosed { .. }
            | Event::TicketBack { .. }
            | Event::TicketLapsed { .. }
            | Event::TicketCancelled { .. }
            | Event::TicketAdmitted { .. }
            | Event::ServicesSuspended { .. }
            | Event::ServicesResumed { .. } => return,
        };
        urgent.insert(Key::Counter(counter));
        if let Some(desk) = self.hall.counter(counter).filter(|_| heard) {
            let zones = self.catalogue.zones.iter().filter(|entry| entry.calls(&desk.policy.zone));
            urgent.extend(zones.map(|entry| Key::Display(entry.id.clone())));
        }
    }

    /// Returns the counter where a ticket is called or served.
    fn counter_of(&self, ticket: TicketId) -> Option<CounterId> {
        let index = self.hall.ticket(ticket)?.stage.counter()?;
        Some(self.hall.counters()[index].policy.id)
    }

    fn mail(&mut self, mail: Mail) {
        match mail {
            Mail::Subscribe { key, reply } => {
                let subscription = self.subscribe(key);
                let _ = reply.send(subscription);
            }
            Mail::Device(news) => {
                self.device(news);
                self.gathered = true;
            }
            Mail::CounterOf { officer, reply } => {
                let there = self.hall.counters().iter().find(|desk| desk.state.officer() == Some(&officer));
                let _ = reply.send(there.map(|desk| desk.policy.id));
            }
            Mail::Place { number, date, reply } => {
                let today = self.hall.day().is_some_and(|day| day.hours.date.replace('-', "") == date);
                let _ = reply.send(if today { self.picture().place(number) } else { None });
            }
            Mail::Again { number, reply } => {
                let _ = reply.send(self.picture().again(number));
            }
            Mail::Devices { reply } => {
                let _ = reply.send(self.device_states());
            }
        }
    }

    fn subscribe(&mut self, key: Key) -> Option<Subscription> {
        let parts = self.view(&key)?;
        let topic = self.topics.entry(key.clone()).or_insert_with(|| TopicState {
            frame: 0,
            seq: Seq(0),
            ahead: false,
            parts: Map::new(),
            sender: broadcast::channel(BEHIND).0,
        });
        let first = topic.sender.receiver_count() == 0;
        let news = topic.sender.subscribe();
        if first {
            topic.parts = parts;
            topic.frame += 1;
            (topic.seq, topic.ahead) = (self.hall.seq(), false);
        } else {
            self.push(&key);
        }
        let topic = self.topics.get(&key)?;
        let frame = Frame::Snapshot { frame: topic.frame, seq: self.hall.seq(), parts: topic.parts.clone() };
        // Whoever subscribed sees news from here on; frames pushed just now are older than the snapshot and skipped.
        Some(Subscription { snapshot: Push { frame: topic.frame, text: text(&frame) }, news })
    }

    fn tick(&mut self) {
        let refresh = self.refreshed.elapsed() >= REFRESH;
        if !self.gathered && !refresh {
            return;
        }
        self.gathered = false;
        if refresh {
            self.refreshed = Instant::now();
        }
        self.topics.retain(|_, topic| topic.sender.receiver_count() > 0);
        let keys: Vec<Key> = self.topics.keys().cloned().collect();
        for key in keys {
            if key != Key::Board || refresh {
                self.push(&key);
            }
        }
        metrics::gauge!("foleni_waiting").set(self.hall.waiting() as f64);
    }

    /// Makes the view of a topic and pushes the parts that changed.
    fn push(&mut self, key: &Key) {
        if self.is_listened(key) {
            let parts = self.view(key);
            self.push_parts(key, parts, Extent::All);
        }
    }

    fn push_parts(&mut self, key: &Key, parts: Option<Map<String, Value>>, extent: Extent) {
        let Some(parts) = parts else { return };
        let seq = self.hall.seq();
        let Some(topic) = self.topics.get_mut(key) else { return };
        let changed: Map<String, Value> = parts.into_iter().filter(|(name, part)| topic.parts.get(name) != Some(part)).collect();
        match extent {
            Extent::Some if changed.is_empty() => return,
            Extent::Some => topic.ahead = true,
            Extent::All if changed.is_empty() && !topic.ahead => return topic.seq = seq,
            Extent::All => (topic.seq, topic.ahead) = (seq, false),
        }
        let after = topic.frame;
        topic.frame += 1;
        topic.parts.extend(changed.clone());
        let frame = Frame::News { frame: topic.frame, after, seq: topic.seq, parts: changed };
        let _ = topic.sender.send(Push { frame: topic.frame, text: text(&frame) });
    }

    fn view(&self, key: &Key) -> Option<Map<String, Value>> {
        let picture = self.picture();
        match key {
            Key::Kiosk => parts(&picture.kiosk()),
            Key::Counter(counter) => parts(&picture.counter(*counter)?),
            Key::Display(zone) => {
                self.catalogue.zones.iter().find(|entry| entry.id == *zone)?;
                parts(&picture.display(zone))
            }
            Key::Board => parts(&picture.board(self.device_states(), self.clock.trouble())),
        }
    }

    fn picture(&self) -> Picture<'_> {
        let now = self.clock.now().max(self.hall.at());
        Picture { hall: &self.hall, stats: &self.stats, catalogue: &self.catalogue, calendar: &self.calendar, now }
    }

    fn device_states(&self) -> Vec<DeviceState> {
        let state = |(id, device): (&DeviceId, &Device)| DeviceState {
            device: id.clone(),
            kind: device.kind,
            connected: device.links > 0,
            since: device.since,
            trouble: device.trouble,
            heard: device.heard,
            locked: false,
        };
        self.devices.iter().map(state).collect()
    }

    fn device(&mut self, news: DeviceNews) {
        let now = self.clock.now();
        match news {
            DeviceNews::Paired(id, kind) => {
                self.devices.entry(id).or_insert(Device { kind, links: 0, since: now, trouble: None, heard: None });
            }
            DeviceNews::Revoked(id) => {
                self.devices.remove(&id);
            }
            DeviceNews::Connected(id) => self.with_device(&id, |device| {
                device.since = if device.links == 0 { now } else { device.since };
                device.links += 1;
            }),
            DeviceNews::Disconnected(id) => self.with_device(&id, |device| {
                device.links = device.links.saturating_sub(1);
                device.since = if device.links == 0 { now } else { device.since };
            }),
            DeviceNews::Printer(id, trouble) => self.with_device(&id, |device| device.trouble = trouble),
            DeviceNews::Voice(id, heard) => self.with_device(&id, |device| device.heard = Some(heard)),
        }
    }

    fn with_device(&mut self, id: &DeviceId, change: impl FnOnce(&mut Device)) {
        if let Some(device) = self.devices.get_mut(id) {
            change(device);
        }
    }
}

fn parts(view: &impl Serialize) -> Option<Map<String, Value>> {
    match serde_json::to_value(view) {
        Ok(Value::Object(parts)) => Some(parts),
        _ => None,
    }
}

fn text(frame: &Frame) -> Utf8Bytes {
    serde_json::to_string(frame).unwrap_or_default().into()
}
