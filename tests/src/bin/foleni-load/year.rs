//! A year: how soon the server answers, and how long a check takes, when a large centre's journal of a year is there.

use std::path::Path;
use std::time::{Duration, Instant};

use protocol::time::{HOUR, MINUTE};
use protocol::{CounterId, Language, OfficerId, Outcome, RequestId, Seq, Time};
use queue::{Arrival, BusinessDay, Command, Event, Hall, Recorded};
use server::config::{self, CentreConfig};
use server::journal::{Entry, SqliteStore, Store};
use server::run::journal_file;
use tests::{Centre, Plan};

use crate::spread::Spread;
use crate::{Scale, row};

/// The afternoon on which the server is started: the day so far is full.
const AFTERNOON: &str = "2026-11-24T16:00:00";
const MIDNIGHT: Time = Time(1_795_467_600_000);
const DAYS: u32 = 250;
const VISITORS: u32 = 2_400;

/// Measures an empty journal, then a year's.
pub async fn measure(scale: Scale) {
    let empty = starts(&mut Plan::of("mombasa").at(AFTERNOON).open().await).await;
    row("start to first answer, empty journal", &empty.to_string(), "");
    let days = scale.of(DAYS, 3);
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).expect("the folder can be written");
    let entries = write(&data, days).await;
    let size = std::fs::metadata(journal_file(&data)).map(|file| file.len() >> 20).unwrap_or_default();
    let mut centre = Plan::of("mombasa").at(AFTERNOON).open_in(folder).await;
    let year = starts(&mut centre).await;
    let figure = format!("start to first answer, {days} days of {VISITORS} visitors ({entries} entries, {size} MiB)");
    row(&figure, &year.to_string(), "< 500 ms");
    let started = Instant::now();
    let verified = centre.verify().await.expect("a journal that is whole");
    assert!(verified.contains("nothing was altered"), "{verified}");
    row("verify all of it, while the server runs", &format!("{:.1} s", started.elapsed().as_secs_f64()), "");
}

/// Starts the server again and again; from the start of the process to the first healthy answer.
async fn starts(centre: &mut Centre) -> Spread {
    const TIMES: usize = 9;
    let mut spread = Spread::default();
    for _ in 0..TIMES {
        centre.kill().await;
        let started = Instant::now();
        centre.start().await;
        assert_eq!(centre.nobody().get("/healthz").await.status, 200);
        spread.add(started.elapsed());
    }
    spread
}

/// Writes a journal as the server would have: the real core decides, the real store chains and appends.
async fn write(data: &Path, days: u32) -> u64 {
    const DAY: i64 = 24 * HOUR;
    let centre = config::load("mombasa").expect("an example");
    let noon = |back: u32| Time(MIDNIGHT.0 + 12 * HOUR - i64::from(back) * DAY);
    let mut calendar: Vec<BusinessDay> = (0..).filter_map(|back| centre.calendar.day_at(noon(back))).take(days as usize).collect();
    calendar.reverse();
    let store = SqliteStore::open(&journal_file(data)).await.expect("a new journal");
    let mut writer = Writer::new(store, &centre);
    let last = calendar.len().saturating_sub(1);
    for (index, day) in calendar.into_iter().enumerate() {
        writer.day(day, index < last).await;
    }
    writer.append().await;
    writer.hall.seq().0
}

struct Writer<'a> {
    store: SqliteStore,
    hall: Hall,
    centre: &'a CentreConfig,
    now: Time,
    date: String,
    entries: Vec<Entry>,
}

impl Writer<'_> {
    fn new(store: SqliteStore, centre: &CentreConfig) -> Writer<'_> {
        let hall = Hall::new(centre.policy.clone());
        Writer { store, hall, centre, now: Time(0), date: String::new(), entries: Vec::new() }
    }

    /// Plays a day: everyone comes, is called, and is served; the whole of it between eight and four.
    async fn day(&mut self, day: BusinessDay, to_its_end: bool) {
        let closes = day.closes_at;
        (self.now, self.date) = (day.opens_at.plus(HOUR), day.date.clone());
        self.ask(Command::OpenDay(day));
        let counters: Vec<CounterId> = self.centre.policy.counters.iter().map(|counter| counter.id).collect();
        for counter in &counters {
            self.ask(Command::OpenCounter { counter: *counter, officer: officer(*counter) });
        }
        let step = 8 * HOUR / i64::from(VISITORS) - 1;
        let services = self.centre.policy.services.len();
        for visitor in 0..VISITORS as usize {
            self.now = self.now.plus(step);
            // Ten thousand and seven is a prime: the services are gone through in a scattered order.
            let service = self.centre.policy.services[visitor * 10_007 % services].id.clone();
            let language = Language::ALL[visitor % 2];
            self.ask(Command::IssueTicket(Arrival::new(service, Default::default(), language)));
            for offset in 0..counters.len() {
                let counter = counters[(visitor + offset) % counters.len()];
                if self.serve(counter) {
                    break;
                }
            }
        }
        if to_its_end {
            self.now = closes.plus(MINUTE);
            self.ask(Command::CloseDay);
        }
        self.append().await;
    }

    fn serve(&mut self, counter: CounterId) -> bool {
        let Some(Event::TicketCalled(called)) = self.ask(Command::CallNext { counter, officer: officer(counter) }) else { return false };
        let ticket = called.ticket;
        self.ask(Command::StartService { counter, officer: officer(counter), ticket });
        let served =
            Command::FinishService { counter, officer: officer(counter), ticket, outcome: Some(Outcome::Served), then_next: false };
        self.ask(served).is_some()
    }

    /// Asks the core; returns the first thing that happened, if it was granted.
    fn ask(&mut self, command: Command) -> Option<Event> {
        let events = self.hall.decide(&command, self.now).ok()?;
        let request = RequestId::new(&format!("00000000-0000-4000-8000-{:012x}", self.hall.seq().0)).ok();
        for event in &events {
            let recorded = Recorded { seq: Seq(self.hall.seq().0 + 1), at: self.now, event: event.clone() };
            self.hall.apply(&recorded);
            self.entries.push(Entry {
                seq: recorded.seq,
                at: recorded.at,
                day: self.date.clone(),
                request: request.clone(),
                fingerprint: Some(i64::MAX / 3),
                event: serde_json::to_string(event).expect("events can be written"),
            });
        }
        events.into_iter().next()
    }

    async fn append(&mut self) {
        const WITHIN: Duration = Duration::from_secs(60);
        let append = tokio::time::timeout(WITHIN, self.store.append(&self.entries));
        append.await.expect("a day is written in a minute").expect("a day is written");
        self.entries.clear();
    }
}

fn officer(counter: CounterId) -> OfficerId {
    OfficerId::new(&format!("officer-{counter}")).expect("a name")
}
