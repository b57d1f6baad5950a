//! The one writer: takes requests from its mailbox, decides, appends, applies, publishes, replies.
//!
//! All requests that wait are decided in turn and appended in one durable transaction (group commit). Nobody sees what
//! is not on disk: only after the append are screens told and callers answered. If it fails, the hall is rebuilt from
//! the journal and every caller of the batch gets an honest refusal.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use protocol::{Refusal, RequestId, Seq, Time};
use queue::{Command, Event, Hall, Policy, Recorded};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use crate::clock::Clock;
use crate::config::Calendar;
use crate::journal::{Entry, Store, StoreError};

/// Requests that may wait; one more is refused as too busy.
const MAILBOX: usize = 2_048;
/// Requests decided in one transaction.
const BATCH: usize = 256;
/// Batches that the screens may be behind before the writer waits for them.
const NEWS: usize = 4_096;
/// The longest sleep without a look at the clock, real time.
const LOOK_AT_CLOCK: Duration = Duration::from_millis(250);
/// How long answers are kept for those who ask again, milliseconds of the centre's time.
const ANSWERS_KEPT: i64 = 24 * protocol::time::HOUR;

/// What happened in one request, on disk by now.
pub type Happened = Arc<[Recorded]>;

/// A request's name and a digest of its content.
#[derive(Clone, Debug)]
pub struct RequestName {
    /// The name its asker gave it.
    pub id: RequestId,
    /// A digest of who asked for what, so that a name used for another request is noticed.
    pub fingerprint: i64,
}

enum Mail {
    Ask { command: Command, name: Option<RequestName>, reply: Reply },
    Ping { reply: oneshot::Sender<bool> },
    Look(Look),
}

/// Reads something of the hall.
type Look = Box<dyn FnOnce(&Hall) + Send>;

/// The way to the writer; cheap to clone.
#[derive(Clone)]
pub struct Dispatcher {
    mailbox: mpsc::Sender<Mail>,
}

impl Dispatcher {
    /// Asks for `command`; returns what happened, once it is on disk. A request asked again gets the same answer.
    pub async fn ask(&self, command: Command, name: Option<RequestName>) -> Result<Happened, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.mailbox.try_send(Mail::Ask { command, name, reply }).map_err(|_| Refusal::TooBusy)?;
        answer.await.unwrap_or(Err(Refusal::TooBusy))
    }

    /// Reads something of the hall as it stands on disk.
    pub async fn look<T: Send + 'static>(&self, read: impl FnOnce(&Hall) -> T + Send + 'static) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        let look: Look = Box::new(move |hall| drop(reply.send(read(hall))));
        self.mailbox.try_send(Mail::Look(look)).map_err(|_| Refusal::TooBusy)?;
        answer.await.map_err(|_| Refusal::TooBusy)
    }

    /// Returns whether the writer is alive and its disk takes a durable write.
    pub async fn ping(&self) -> bool {
        let (reply, answer) = oneshot::channel();
        self.mailbox.try_send(Mail::Ping { reply }).is_ok() && answer.await.unwrap_or(false)
    }
}

/// The writer before it runs.
pub struct Writer<S> {
    store: S,
    hall: Hall,
    answers: HashMap<RequestId, Answer>,
    clock: Arc<dyn Clock>,
    calendar: Calendar,
    policy: Policy,
    /// The date of the day that is open or was open last.
    date: String,
    /// When this hall was folded from the journal: before it, no officer could press a key.
    opened_at: Time,
    stop: CancellationToken,
    mailbox: mpsc::Receiver<Mail>,
    news: mpsc::Sender<Happened>,
}

struct Answer {
    fingerprint: i64,
    happened: Happened,
}

type Reply = oneshot::Sender<Result<Happened, Refusal>>;

/// What was decided in one turn and is not yet on disk.
#[derive(Default)]
struct Batch {
    granted: Vec<Pending>,
    /// A refusal may rest on something granted before it in the same turn, so it waits for the disk as well.
    refused: Vec<(Reply, Refusal)>,
}

/// One request of a batch that was granted.
struct Pending {
    day: String,
    name: Option<RequestName>,
    happened: Happened,
    replies: Vec<Reply>,
}

/// What a writer starts with, for whoever else folds the day.
pub struct Opened<S> {
    /// The writer; run it.
    pub writer: Writer<S>,
    /// The way to it.
    pub dispatcher: Dispatcher,
    /// The open day so far.
    pub day: Vec<Recorded>,
    /// Everything that happens from now on, a request at a time.
    pub news: mpsc::Receiver<Happened>,
}

/// Opens the hall: folds the open business day from the journal.
pub async fn open<S: Store>(mut store: S, policy: Policy, calendar: Calendar, clock: Arc<dyn Clock>) -> Result<Opened<S>, StoreError> {
    let started = Instant::now();
    let (hall, answers, day) = rebuild(&mut store, &policy, clock.now()).await?;
    info!(seq = %hall.seq(), events = day.len(), milliseconds = started.elapsed().as_millis() as u64, "hall opened from the journal");
    let (mailbox_in, mailbox) = mpsc::channel(MAILBOX);
    let (news_in, news) = mpsc::channel(NEWS);
    let date = day.first().and_then(date_of).unwrap_or_default();
    let (opened_at, stop) = (clock.now().max(hall.at()), CancellationToken::new());
    let writer = Writer { opened_at, stop, date, store, hall, answers, clock, calendar, policy, mailbox, news: news_in };
    Ok(Opened { writer, dispatcher: Dispatcher { mailbox: mailbox_in }, day, news })
}

impl<S: Store> Writer<S> {
    /// Runs until `stop` and the mailbox is empty; returns the store.
    pub async fn run(mut self, stop: CancellationToken) -> S {
        self.stop = stop.clone();
        let mut mail = Vec::with_capacity(BATCH);
        // A day that was left open is closed, and today's opened, before anybody asks for anything.
        self.work(&mut mail).await;
        loop {
            let sleep = self.until_deadline();
            tokio::select! {
                biased;
                received = self.mailbox.recv_many(&mut mail, BATCH) => if received == 0 { break },
                () = tokio::time::sleep(sleep) => {}
                () = stop.cancelled(), if mail.is_empty() => self.mailbox.close(),
            }
            self.work(&mut mail).await;
        }
        info!("writer stopped");
        self.store
    }

    fn until_deadline(&self) -> Duration {
        let now = self.now();
        // What was due is done or deliberately left; a deadline that has passed is looked at again with the clock.
        let Some(deadline) = self.hall.next_deadline().filter(|deadline| *deadline > now) else { return LOOK_AT_CLOCK };
        self.clock.real(deadline.since(now)).map_or(LOOK_AT_CLOCK, |sleep| sleep.min(LOOK_AT_CLOCK))
    }

    /// The time at the centre; never before the last event.
    fn now(&self) -> Time {
        self.clock.now().max(self.hall.at())
    }

    async fn work(&mut self, mail: &mut Vec<Mail>) {
        let started = Instant::now();
        let (mut pings, mut looks) = (Vec::new(), Vec::new());
        let mut batch = Batch::default();
        self.decide_due(&mut batch);
        for letter in mail.drain(..) {
            match letter {
                Mail::Ping { reply } => pings.push(reply),
                Mail::Look(look) => looks.push(look),
                Mail::Ask { command, name, reply } => self.decide(&command, name, Some(reply), &mut batch),
            }
        }
        self.decide_due(&mut batch);
        if batch.granted.is_empty() {
            batch.refuse();
        } else {
            self.commit(batch).await;
            metrics::histogram!("foleni_batch_seconds").record(started.elapsed().as_secs_f64());
        }
        looks.into_iter().for_each(|look| look(&self.hall));
        if !pings.is_empty() {
            let well = self.store.ping().await.inspect_err(|error| warn!(%error, "could not write the health row")).is_ok();
            for ping in pings {
                let _ = ping.send(well);
            }
        }
    }

    /// Does what time alone asks for: counters left, the day's end, the day's beginning.
    fn decide_due(&mut self, batch: &mut Batch) {
        let now = self.now();
        let opened_at = self.opened_at;
        let due = |hall: &Hall| hall.overdue_since(opened_at, now);
        while let Some(command) = due(&self.hall) {
            info!(?command, "time asks");
            self.decide(&command, None, None, batch);
        }
        if self.hall.day().is_none()
            && let Some(day) = self.calendar.day_at(now)
            && day.date != self.date
        {
            info!(date = day.date, "the business day begins");
            self.decide(&Command::OpenDay(day), None, None, batch);
        }
    }

    fn decide(&mut self, command: &Command, name: Option<RequestName>, reply: Option<Reply>, batch: &mut Batch) {
        if let Some(name) = &name {
            if let Some(answer) = self.answers.get(&name.id) {
                let answered = same_request(name, answer.fingerprint).map(|()| answer.happened.clone());
                // It is on disk since it was given first.
                return send(reply, answered);
            }
            let asked = |pending: &&mut Pending| pending.name.as_ref().is_some_and(|other| other.id == name.id);
            if let Some(pending) = batch.granted.iter_mut().find(asked) {
                let first = pending.name.as_ref().map_or(0, |first| first.fingerprint);
                match same_request(name, first) {
                    Ok(()) => pending.replies.extend(reply),
                    Err(refusal) => batch.refused.extend(reply.map(|reply| (reply, refusal))),
                }
                return;
            }
        }
        let now = self.now();
        match self.hall.decide(command, now) {
            Ok(events) => {
                let happened = self.apply(events, now);
                let day = self.date.clone();
                batch.granted.push(Pending { day, name, happened, replies: reply.into_iter().collect() });
            }
            Err(refusal) => {
                debug!(code = refusal.code(), "refused");
                metrics::counter!("foleni_refusals_total", "code" => refusal.code()).increment(1);
                batch.refused.extend(reply.map(|reply| (reply, refusal)));
            }
        }
    }

    fn apply(&mut self, events: Vec<Event>, at: Time) -> Happened {
        let mut happened = Vec::with_capacity(events.len());
        for event in events {
            let recorded = Recorded { seq: Seq(self.hall.seq().0 + 1), at, event };
            self.hall.apply(&recorded);
            self.date = date_of(&recorded).unwrap_or_else(|| std::mem::take(&mut self.date));
            happened.push(recorded);
        }
        happened.into()
    }

    async fn commit(&mut self, batch: Batch) {
        let appended = match entries(&batch.granted) {
            Ok(entries) => self.store.append(&entries).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match appended {
            Ok(()) => self.publish(batch).await,
            Err(error) => self.give_up(batch, &error).await,
        }
    }

    async fn publish(&mut self, mut batch: Batch) {
        for pending in batch.granted.drain(..) {
            metrics::counter!("foleni_events_total").increment(pending.happened.len() as u64);
            if pending.happened.iter().any(|recorded| matches!(recorded.event, Event::DayOpened { .. })) {
                let oldest = Time(self.hall.at().0 - ANSWERS_KEPT);
                self.answers.retain(|_, answer| answer.happened.first().is_some_and(|first| first.at >= oldest));
            }
            if let Some(name) = pending.name {
                let answer = Answer { fingerprint: name.fingerprint, happened: pending.happened.clone() };
                self.answers.insert(name.id, answer);
            }
            // Screens fold as fast as the disk writes; waiting here only happens when they are far behind.
            let _ = self.news.send(pending.happened.clone()).await;
            for reply in pending.replies {
                let _ = reply.send(Ok(pending.happened.clone()));
            }
        }
        batch.refuse();
    }

    async fn give_up(&mut self, batch: Batch, why: &str) {
        error!(error = why, requests = batch.granted.len(), "could not append to the journal; rebuilding the hall from it");
        metrics::counter!("foleni_append_failures_total").increment(1);
        let refused = batch.refused.into_iter().map(|(reply, _)| reply);
        for reply in batch.granted.into_iter().flat_map(|pending| pending.replies).chain(refused) {
            let _ = reply.send(Err(Refusal::Storage));
        }
        loop {
            match rebuild(&mut self.store, &self.policy, self.clock.now()).await {
                Ok((hall, answers, day)) => {
                    self.opened_at = self.clock.now().max(hall.at());
                    self.date = day.first().and_then(date_of).unwrap_or_default();
                    self.hall = hall;
                    self.answers = answers;
                    // A commit may have reached the disk though its answer was lost: screens fold the whole day again.
                    let _ = self.news.send(day.into()).await;
                    return;
                }
                Err(error) => {
                    error!(%error, "could not read the journal; trying again");
                    if self.stop.is_cancelled() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}

impl Batch {
    fn refuse(self) {
        for (reply, refusal) in self.refused {
            let _ = reply.send(Err(refusal));
        }
    }
}

fn same_request(name: &RequestName, fingerprint: i64) -> Result<(), Refusal> {
    if name.fingerprint == fingerprint { Ok(()) } else { Err(Refusal::RequestReused) }
}

fn send(reply: Option<Reply>, answer: Result<Happened, Refusal>) {
    if let Some(reply) = reply {
        let _ = reply.send(answer);
    }
}

fn date_of(recorded: &Recorded) -> Option<String> {
    match &recorded.event {
        Event::DayOpened { day, .. } => Some(day.date.clone()),
        _ => None,
    }
}

/// Returns the batch as journal entries.
fn entries(batch: &[Pending]) -> Result<Vec<Entry>, serde_json::Error> {
    let mut entries = Vec::new();
    for pending in batch {
        for recorded in pending.happened.iter() {
            entries.push(Entry {
                seq: recorded.seq,
                at: recorded.at,
                day: pending.day.clone(),
                request: pending.name.as_ref().map(|name| name.id.clone()),
                fingerprint: pending.name.as_ref().map(|name| name.fingerprint),
                event: serde_json::to_string(&recorded.event)?,
            });
        }
    }
    Ok(entries)
}

type Rebuilt = (Hall, HashMap<RequestId, Answer>, Vec<Recorded>);

/// What happened, and the request that asked for it.
type Named = (Recorded, RequestName);

/// Entries read from the journal at a time.
const PAGE: u32 = 5_000;
/// Entries read at a time when looking back over the beginning of the day, where most often none is wanted.
const STEP_BACK: u32 = 500;

/// Folds the open business day from the journal, and finds the answers of the last 24 hours.
async fn rebuild<S: Store>(store: &mut S, policy: &Policy, now: Time) -> Result<Rebuilt, StoreError> {
    let tail = store.tail().await?;
    let mut hall = Hall::new(policy.clone());
    let mut day: Vec<Recorded> = Vec::new();
    let opened = tail.day_opened.unwrap_or(Seq(1));
    let before = answered_before(store, opened, Time(now.max(tail.at).0 - ANSWERS_KEPT)).await;
    // The day that is open does not rest on the one before: damage there must not keep the centre shut.
    let mut named = before.inspect_err(|error| warn!(%error, "could not read the answers of the day before")).unwrap_or_default();
    let mut from = opened;
    while from <= tail.seq {
        let page = store.read(from, PAGE).await?;
        let Some(last) = page.last() else { break };
        from = Seq(last.seq.0 + 1);
        for entry in page {
            let (recorded, name) = read(entry)?;
            hall.apply(&recorded);
            named.extend(name.map(|name| (recorded.clone(), name)));
            day.push(recorded);
        }
    }
    Ok((hall, answers(named), day))
}

/// Returns what was asked for before `opened` and not before `oldest`: someone may still wait for the answer. An entry
/// that this version does not know is nothing to stop for; the day that is open does not rest on it.
async fn answered_before<S: Store>(store: &mut S, opened: Seq, oldest: Time) -> Result<Vec<Named>, StoreError> {
    let mut named = Vec::new();
    let mut end = opened.0;
    while end > 1 {
        let from = end.saturating_sub(u64::from(STEP_BACK)).max(1);
        let page = store.read(Seq(from), u32::try_from(end - from).unwrap_or(STEP_BACK)).await?;
        let reaches_back = page.first().is_none_or(|first| first.at < oldest);
        let lately = page.into_iter().filter(|entry| entry.at >= oldest);
        named.extend(lately.filter_map(|entry| read(entry).ok()).filter_map(|(recorded, name)| Some((recorded, name?))));
        if reaches_back {
            break;
        }
        end = from;
    }
    named.sort_unstable_by_key(|(recorded, _)| recorded.seq);
    Ok(named)
}

fn read(entry: Entry) -> Result<(Recorded, Option<RequestName>), StoreError> {
    let event = serde_json::from_str(&entry.event)
        .map_err(|_| StoreError::Damaged { seq: entry.seq, what: "the event is not one that this version knows" })?;
    let name = entry.request.zip(entry.fingerprint).map(|(id, fingerprint)| RequestName { id, fingerprint });
    Ok((Recorded { seq: entry.seq, at: entry.at, event }, name))
}

fn answers(named: Vec<Named>) -> HashMap<RequestId, Answer> {
    let mut answers: HashMap<RequestId, (i64, Vec<Recorded>)> = HashMap::new();
    for (recorded, name) in named {
        answers.entry(name.id).or_insert_with(|| (name.fingerprint, Vec::new())).1.push(recorded);
    }
    let answer = |(id, (fingerprint, happened)): (RequestId, (i64, Vec<Recorded>))| (id, Answer { fingerprint, happened: happened.into() });
    answers.into_iter().map(answer).collect()
}

#[cfg(test)]
mod simulation;

#[cfg(test)]
mod tests {
    use protocol::time::HOUR;
    use protocol::{Class, Language, ServiceId};

    use queue::Arrival;

    use super::*;
    use crate::clock::PacedClock;
    use crate::config;
    use crate::journal::SqliteStore;

    /// A Tuesday, twenty minutes before eight in Nairobi.
    const MORNING: Time = Time(1_795_495_200_000);

    /// Opens the hall at `now`, asks for the same ticket under the same name, and returns what happened.
    async fn ask_at(now: Time, folder: &std::path::Path) -> Result<Happened, Refusal> {
        let centre = config::parse("mashinani.toml", &assets::centre("mashinani").expect("an example")).expect("the example is right");
        let service = ServiceId::new("nrb-id-replace").expect("an id");
        let store = SqliteStore::open(&folder.join("journal.db")).await.expect("a journal");
        let opened = open(store, centre.policy, centre.calendar, Arc::new(PacedClock::new(now, 1))).await.expect("a hall");
        let Opened { writer, dispatcher, mut news, .. } = opened;
        let (stop, screens) = (CancellationToken::new(), tokio::spawn(async move { while news.recv().await.is_some() {} }));
        let running = tokio::spawn(writer.run(stop.clone()));
        let name = RequestName { id: RequestId::new("the-touch-at-the-door").expect("an id"), fingerprint: 7 };
        let command = Command::IssueTicket(Arrival::new(service, Class::Standard, Language::Sw));
        let answer = dispatcher.ask(command, Some(name)).await;
        drop(dispatcher);
        stop.cancel();
        running.await.expect("the writer ends");
        screens.await.expect("the screens end");
        answer
    }

    /// Opens the hall at `now` and stops it; returns what happened though nobody asked.
    async fn start_at(now: Time, folder: &std::path::Path) -> Vec<Recorded> {
        let centre = config::parse("mashinani.toml", &assets::centre("mashinani").expect("an example")).expect("the example is right");
        let store = SqliteStore::open(&folder.join("journal.db")).await.expect("a journal");
        let opened = open(store, centre.policy, centre.calendar, Arc::new(PacedClock::new(now, 0))).await.expect("a hall");
        let Opened { writer, mut news, .. } = opened;
        let stop = CancellationToken::new();
        stop.cancel();
        writer.run(stop).await;
        let mut happened = Vec::new();
        while let Some(batch) = news.recv().await {
            happened.extend(batch.iter().cloned());
        }
        happened
    }

    #[tokio::test]
    async fn a_day_that_was_left_open_is_closed_at_once_before_the_next_one_opens() {
        for days_later in [1, 3, 7] {
            let folder = tempfile::tempdir().expect("a folder");
            ask_at(MORNING.plus(2 * HOUR), folder.path()).await.expect("a ticket");
            let later = MORNING.plus(days_later * 24 * HOUR + HOUR);
            let happened = start_at(later, folder.path()).await;
            let kinds: Vec<String> = happened.iter().map(|recorded| format!("{:?}", recorded.event)).collect();
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.split([' ', '(']).next().expect("a name")).collect();
            assert_eq!(kinds, ["TicketClosed", "DayClosed", "DayOpened"], "{days_later} days later");
            assert!(happened.iter().all(|recorded| recorded.at == later));
            assert!(start_at(later.plus(HOUR), folder.path()).await.is_empty(), "once");
        }
    }

    #[tokio::test]
    async fn an_answer_is_owed_for_a_day_also_when_the_business_day_has_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let late = MORNING.plus(8 * HOUR);
        let first = ask_at(late, folder.path()).await.expect("a ticket");
        let next_morning = MORNING.plus(24 * HOUR);
        assert_eq!(ask_at(next_morning, folder.path()).await.expect("the same ticket"), first);
        // That day begins now; the answer is found before its beginning when the server starts once more.
        assert_eq!(ask_at(next_morning.plus(HOUR), folder.path()).await.expect("still the same ticket"), first);
        let again = ask_at(next_morning.plus(24 * HOUR), folder.path()).await.expect("another ticket");
        assert_ne!(again, first);
        assert!(again.iter().all(|recorded| recorded.at >= next_morning.plus(24 * HOUR)));
    }
}
