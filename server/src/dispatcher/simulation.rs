//! Whole days of the real writer with a line that loses, doubles and delays, a disk that fails, a process that is killed at any moment,
//! and a clock that is set: everything from one seed, with a second model of the hall beside it.
//!
//! `FOLENI_SEED=n` plays one seed, `FOLENI_DAYS=n` so many. At length:
//! `FOLENI_DAYS=500 FOLENI_VISITORS=400 cargo test --release -p server --lib simulation -- --nocapture`

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use protocol::time::{HOUR, MINUTE, SECOND};
use queue::BusinessDay;
use rand::Rng;

use super::*;
use crate::config;
use crate::journal::{Hash, Tail};

#[path = "../../queue/tests/model/mod.rs"]
mod model;

use model::Model;
use model::town::Town;
use model::words::{self, Diary};

/// What the disk does with the next append.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// It fails before anything is written.
    NothingWritten,
    /// It is written, and the answer is lost.
    AnswerLost,
}

/// A disk that outlives the process; it keeps what a store promises, and has the faults that it is told to have.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<Written>>);

#[derive(Default)]
struct Written {
    entries: Vec<Entry>,
    fault: Option<Fault>,
}

impl Disk {
    fn written(&self) -> MutexGuard<'_, Written> {
        self.0.lock().expect("nobody panics while writing")
    }
}

impl Store for Disk {
    async fn append(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut written = self.written();
        let mut last = written.entries.last().map_or((Seq(0), Time(i64::MIN)), |last| (last.seq, last.at));
        for entry in entries {
            if entry.seq.0 != last.0.0 + 1 {
                return Err(StoreError::Gap { expected: Seq(last.0.0 + 1), found: entry.seq });
            }
            if entry.at < last.1 {
                return Err(StoreError::Backwards { seq: entry.seq });
            }
            last = (entry.seq, entry.at);
        }
        let fault = written.fault.take();
        if fault != Some(Fault::NothingWritten) {
            written.entries.extend_from_slice(entries);
        }
        match fault {
            None => Ok(()),
            Some(_) => Err(StoreError::Files(std::io::Error::other("the disk failed"))),
        }
    }

    async fn tail(&mut self) -> Result<Tail, StoreError> {
        let written = self.written();
        let Some(last) = written.entries.last() else { return Ok(Tail::default()) };
        let opened = written.entries.iter().rev().find(|entry| entry.event.contains("\"type\":\"day_opened\""));
        Ok(Tail { seq: last.seq, at: last.at, hash: Hash::default(), day_opened: opened.map(|entry| entry.seq) })
    }

    async fn read(&mut self, from: Seq, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let written = self.written();
        let from = usize::try_from(from.0.saturating_sub(1)).expect("fits");
        Ok(written.entries.iter().skip(from).take(limit as usize).cloned().collect())
    }

    async fn ping(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A clock that only the simulation moves.
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::Relaxed))
    }

    fn pace(&self) -> u32 {
        1
    }
}

/// Something that somebody wants and asks for until it is answered.
struct Wish {
    name: RequestName,
    command: Command,
    /// When it arrives next.
    arrives: Time,
    /// How often it was asked.
    tries: u32,
}

/// What should happen: which of the deliveries of a turn leads to it, none when time does, and to what.
type Expected = (Option<usize>, Result<Vec<Recorded>, Refusal>);

/// An answer on its way.
type Answering = Pin<Box<dyn Future<Output = Result<Happened, Refusal>>>>;

#[test]
fn the_writer_keeps_its_word_through_faults_of_every_kind() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let days = number("FOLENI_DAYS").unwrap_or(8);
    let largest = number("FOLENI_VISITORS").and_then(|visitors| u32::try_from(visitors).ok()).unwrap_or(120);
    let seeds = number("FOLENI_SEED").map_or(0..days, |seed| seed..seed + 1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let (started, mut sum) = (Instant::now(), Count::default());
    for seed in seeds {
        // Nothing else runs beside it that it should make room for.
        sum.add(&runtime.block_on(tokio::task::unconstrained(Simulation::play(seed, largest))));
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{sum:?} in {seconds:.1} s, {:.0} days an hour", sum.days as f64 * 3_600.0 / seconds);
    if days >= 8 && number("FOLENI_SEED").is_none() {
        let faults = [sum.asked_again, sum.answered_again, sum.killed, sum.failed_before, sum.failed_after, sum.clock_set];
        assert!(faults.iter().all(|fault| *fault > 0), "some fault never came: {sum:?}");
    }
}

/// What was played.
#[derive(Debug, Default)]
struct Count {
    days: u64,
    turns: u64,
    events: u64,
    /// Requests that arrived a second time.
    asked_again: u64,
    /// Requests that were answered before, and got the same answer again.
    answered_again: u64,
    killed: u64,
    failed_before: u64,
    failed_after: u64,
    clock_set: u64,
}

impl Count {
    fn add(&mut self, other: &Count) {
        self.days += other.days;
        self.turns += other.turns;
        self.events += other.events;
        self.asked_again += other.asked_again;
        self.answered_again += other.answered_again;
        self.killed += other.killed;
        self.failed_before += other.failed_before;
        self.failed_after += other.failed_after;
        self.clock_set += other.clock_set;
    }
}

struct Simulation {
    seed: u64,
    town: Town,
    disk: Disk,
    clock: Arc<HandClock>,
    calendar: Calendar,
    opened: Opened<Disk>,
    /// The true time; the clock may be off.
    time: Time,
    /// The journal folded beside the writer.
    hall: Hall,
    model: Model,
    /// The date that was opened last.
    date: String,
    /// Every request in the journal.
    known: BTreeMap<RequestId, (i64, Vec<Recorded>)>,
    wishes: Vec<Wish>,
    named: u64,
    diary: Diary,
    count: Count,
}

impl Simulation {
    /// Plays two days and the nights around them.
    async fn play(seed: u64, largest: u32) -> Count {
        let town = Town::new(seed, largest);
        // The town keeps the hours of this example.
        let text = assets::centre("kirinyaga").expect("an example");
        let calendar = config::parse("kirinyaga.toml", &text).expect("the example is right").calendar;
        let time = town.day(0).tickets_from.plus(-MINUTE);
        let (disk, clock) = (Disk::default(), Arc::new(HandClock(AtomicI64::new(time.0))));
        let opened = open(disk.clone(), town.rules.clone(), calendar.clone(), clock.clone()).await.expect("an empty journal");
        let (hall, model) = (Hall::new(town.rules.clone()), Model::new(town.rules.clone()));
        let (known, wishes, date) = (BTreeMap::new(), Vec::new(), String::new());
        let (diary, count) = (Diary::default(), Count::default());
        let mut simulation =
            Simulation { seed, town, disk, clock, calendar, opened, time, hall, model, date, known, wishes, named: 0, diary, count };
        for day in 0..2 {
            simulation.day(day).await;
        }
        simulation.count
    }

    async fn day(&mut self, number: i64) {
        self.town.sleep();
        let day = self.town.day(number);
        self.move_clock(day.tickets_from);
        // Every third town forgets its second day until the next morning.
        let until = match self.seed.is_multiple_of(3) && number == 0 {
            true => day.closes_at.plus(-HOUR),
            false => day.closes_at.plus(self.town.rules.close_grace + HOUR),
        };
        while self.time < until {
            self.time = self.time.plus(self.town.tick);
            self.clock.0.fetch_add(self.town.tick, Ordering::Relaxed);
            self.trouble().await;
            let commands = self.town.wishes(&self.model, self.now());
            for command in commands.into_iter().filter(|command| !matches!(command, Command::OpenDay(_))) {
                self.wish(command);
            }
            self.turn().await;
        }
        self.count.days += 1;
        if until < day.closes_at {
            self.kill("the server is switched off before the day is over").await;
        } else {
            self.looks_whole();
        }
    }

    /// The writer's time: the clock's, and never before the journal's last entry.
    fn now(&self) -> Time {
        self.clock.now().max(self.hall.at())
    }

    fn move_clock(&mut self, time: Time) {
        self.time = self.time.max(time);
        self.clock.0.store(self.time.0, Ordering::Relaxed);
    }

    /// What happens to machines.
    async fn trouble(&mut self) {
        match self.town.random.random_range(0..1_500) {
            0..4 => self.kill("the process is killed").await,
            4..7 => {
                let by = self.town.random.random_range(-40..15) * MINUTE;
                self.clock.0.fetch_add(by, Ordering::Relaxed);
                self.count.clock_set += 1;
                self.note(&format!("the clock is set by {} minutes", by / MINUTE));
            }
            7..10 => self.clock.0.store(self.time.0, Ordering::Relaxed),
            10..40 => {
                let fault = if self.town.random.random_bool(0.5) { Fault::NothingWritten } else { Fault::AnswerLost };
                self.disk.written().fault = Some(fault);
            }
            _ => {}
        }
    }

    /// Ends the process without a word, and starts it again on the same disk.
    async fn kill(&mut self, how: &str) {
        self.note(how);
        self.count.killed += 1;
        self.disk.written().fault = None;
        let rules = self.town.rules.clone();
        self.opened = open(self.disk.clone(), rules, self.calendar.clone(), self.clock.clone()).await.expect("a whole journal");
        self.looks_whole();
    }

    fn wish(&mut self, command: Command) {
        self.named += 1;
        let id = RequestId::new(&format!("request-{}-{}", self.seed, self.named)).expect("a well-formed name");
        // Most arrive at once; some hang on the line.
        let delay = if self.town.random.random_bool(0.9) { 0 } else { self.town.random.random_range(0..180) * SECOND };
        let name = RequestName { id, fingerprint: self.named as i64 };
        self.wishes.push(Wish { name, command, arrives: self.time.plus(delay), tries: 0 });
    }

    /// One turn of the writer: some requests arrive, in any order, some of them twice; answers come back, or are lost.
    async fn turn(&mut self) {
        let mut due: Vec<usize> = (0..self.wishes.len()).filter(|wish| self.wishes[*wish].arrives <= self.time).collect();
        for place in (1..due.len()).rev() {
            due.swap(place, self.town.random.random_range(0..=place));
        }
        if let Some(doubled) = due.first().copied().filter(|_| self.town.random.random_ratio(1, 8)) {
            due.push(doubled);
        }
        let mut answers: Vec<(usize, Answering)> = Vec::new();
        for wish in &due {
            let Wish { name, command, tries, .. } = &mut self.wishes[*wish];
            *tries += 1;
            self.count.asked_again += u64::from(*tries > 1);
            let (dispatcher, command, name) = (self.opened.dispatcher.clone(), command.clone(), name.clone());
            let mut answer: Answering = Box::pin(async move { dispatcher.ask(command, Some(name)).await });
            let arrived = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(arrived.is_pending(), "there is room in the mailbox");
            answers.push((*wish, answer));
        }
        let mut mail = Vec::new();
        while let Ok(letter) = self.opened.writer.mailbox.try_recv() {
            mail.push(letter);
        }
        let before = (self.hall.clone(), self.model.clone(), self.date.clone());
        let fault = self.disk.written().fault;
        let length = self.disk.written().entries.len();
        let expected = self.expect(&due);
        self.opened.writer.work(&mut mail).await;
        self.count.turns += 1;
        let happened = expected.iter().map(|(_, answer)| answer.as_ref().map_or(0, Vec::len)).sum::<usize>();
        let used = fault.filter(|_| happened > 0);
        match used {
            Some(Fault::NothingWritten) => {
                (self.hall, self.model, self.date) = before;
                self.count.failed_before += 1;
                self.note("the disk fails, nothing is written");
            }
            Some(Fault::AnswerLost) => {
                self.count.failed_after += 1;
                self.note("the disk writes, and its answer is lost");
            }
            None => {}
        }
        self.journal_is_as_expected(length, &due, &expected, used);
        self.answer(answers, &expected, used);
        self.drain_screens();
        self.check();
    }

    /// Plays the turn on the second model and on a hall of our own: what each request should lead to, and what time asks for.
    fn expect(&mut self, due: &[usize]) -> Vec<Expected> {
        let now = self.now();
        let mut expected = Vec::new();
        self.time_asks(now, &mut expected);
        let mut granted = BTreeSet::new();
        for (delivery, wish) in due.iter().enumerate() {
            if self.known.contains_key(&self.wishes[*wish].name.id) || granted.contains(wish) {
                continue;
            }
            // What was refused before is no answer to keep: it may be granted when it arrives again.
            let command = self.wishes[*wish].command.clone();
            let answer = self.both(&command, now);
            if answer.is_ok() {
                granted.insert(*wish);
            }
            expected.push((Some(delivery), answer));
        }
        self.time_asks(now, &mut expected);
        expected
    }

    fn time_asks(&mut self, now: Time, expected: &mut Vec<Expected>) {
        let opened_at = self.opened.writer.opened_at;
        while let Some(command) = self.hall.overdue_since(opened_at, now) {
            if let Some(early) = self.model.too_early(&command, now) {
                self.fail(&format!("time asks too early, {early}: {command:?}"));
            }
            let answer = self.both(&command, now);
            expected.push((None, answer));
        }
        let today = self.calendar.day_at(now).filter(|day: &BusinessDay| self.hall.day().is_none() && day.date != self.date);
        if let Some(day) = today {
            self.date.clone_from(&day.date);
            let answer = self.both(&Command::OpenDay(day), now);
            expected.push((None, answer));
        }
    }

    /// Asks the second model and our own hall; both must agree.
    fn both(&mut self, command: &Command, now: Time) -> Result<Vec<Recorded>, Refusal> {
        let said = words::said(command, &self.hall);
        let ours = self.model.ask(command, now);
        let decided = self.hall.decide(command, now);
        let answer = decided.as_ref().map_or_else(|refusal| format!("no, {}", refusal.code()), |_| "yes".to_owned());
        self.note(&format!("{said}: {answer}"));
        if ours.is_some() != decided.is_ok() {
            self.fail(&format!("the core says {answer}, the second model {ours:?}"));
        }
        let mut happened = Vec::new();
        for event in decided? {
            let recorded = Recorded { seq: Seq(self.hall.seq().0 + 1), at: now, event };
            self.hall.apply(&recorded);
            happened.push(recorded);
        }
        Ok(happened)
    }

    /// What the turn wrote is what it should have led to, each request under its name, or nothing at all.
    fn journal_is_as_expected(&mut self, length: usize, due: &[usize], expected: &[Expected], used: Option<Fault>) {
        let entries: Vec<Entry> = self.disk.written().entries[length..].to_vec();
        let mut wanted = Vec::new();
        for (by, happened) in expected.iter().filter_map(|(by, answer)| Some((by, answer.as_ref().ok()?))) {
            let name = by.map(|delivery| self.wishes[due[delivery]].name.clone());
            wanted.extend(happened.iter().map(|recorded| (name.clone(), recorded.clone())));
        }
        if used == Some(Fault::NothingWritten) {
            wanted.clear();
        }
        if entries.len() != wanted.len() {
            self.fail(&format!("{} entries were written, {} should have been", entries.len(), wanted.len()));
        }
        for (entry, (name, recorded)) in entries.into_iter().zip(wanted) {
            let id = entry.request.clone();
            let (found, _) = read(entry).expect("our own event");
            if found != recorded || id != name.as_ref().map(|name| name.id.clone()) {
                self.fail(&format!("{found:?} by {id:?} was written, {recorded:?} by {name:?} should have been"));
            }
            self.count.events += 1;
            if let Some(name) = name {
                self.known.entry(name.id).or_insert_with(|| (name.fingerprint, Vec::new())).1.push(recorded);
            }
        }
    }

    /// Takes the answers in; some are lost on the line, and whoever has none asks again.
    fn answer(&mut self, answers: Vec<(usize, Answering)>, expected: &[Expected], used: Option<Fault>) {
        let mut done = BTreeSet::new();
        for (delivery, (wish, mut answer)) in answers.into_iter().enumerate() {
            let Poll::Ready(answer) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
                self.fail("a request was not answered in its turn");
            };
            let decided = expected.iter().find(|(by, _)| *by == Some(delivery)).map(|(_, answer)| answer.as_ref());
            let owed = self.known.get(&self.wishes[wish].name.id).map(|(_, happened)| happened);
            let right = match (&answer, decided, owed) {
                (Ok(happened), Some(Ok(decided)), _) => used.is_none() && happened[..] == decided[..],
                (Ok(happened), None, Some(owed)) => happened[..] == owed[..],
                (Err(Refusal::Storage), _, _) => used.is_some(),
                (Err(refusal), Some(Err(decided)), _) => used.is_none() && refusal == decided,
                (Ok(_) | Err(_), _, _) => false,
            };
            if !right {
                let command = &self.wishes[wish].command;
                self.fail(&format!("{command:?} was answered {answer:?}; decided was {decided:?}, owed was {owed:?}"));
            }
            self.count.answered_again += u64::from(answer.is_ok() && decided.is_none());
            if self.asks_again(wish, &answer) {
                done.remove(&wish);
            } else {
                done.insert(wish);
            }
        }
        // From the end, so that places before stay what they are.
        for wish in done.into_iter().rev() {
            self.wishes.swap_remove(wish);
        }
    }

    /// Says when a wish arrives once more, if it does: its answer was lost, it has none, or somebody asks for no reason, up to the
    /// next morning.
    fn asks_again(&mut self, wish: usize, answer: &Result<Happened, Refusal>) -> bool {
        let (random, tries) = (&mut self.town.random, self.wishes[wish].tries);
        let (soon, later) = (random.random_range(1..90) * SECOND, random.random_range(0..18) * HOUR);
        let (lost, no_reason) = (random.random_ratio(1, 6), tries < 6 && random.random_ratio(1, 12));
        let after = match answer {
            Err(Refusal::Storage) => soon,
            Err(_) => return false,
            Ok(_) if lost => soon,
            Ok(_) if no_reason => later,
            Ok(_) => return false,
        };
        let arrives = self.time.plus(after);
        self.wishes[wish].arrives = arrives;
        // An answer is owed for a day; nobody asks so late that a clock that is off could decide it.
        answer.as_ref().map_or(true, |happened| happened.first().is_some_and(|first| arrives < first.at.plus(22 * HOUR)))
    }

    /// Screens are slow: what they were told waits for them, and the writer goes on.
    fn drain_screens(&mut self) {
        let waiting = self.opened.news.len();
        if waiting > NEWS / 2 || self.town.random.random_ratio(1, 200) {
            while self.opened.news.try_recv().is_ok() {}
        }
    }

    fn check(&self) {
        let hall = &self.opened.writer.hall;
        if let Err(violation) = hall.check() {
            self.fail(&format!("the core breaks its own rule: {violation}"));
        }
        if let Some(difference) = self.model.differs(hall) {
            self.fail(&format!("the writer's hall differs in {difference}"));
        }
    }

    /// The journal folded from its first entry is the writer's hall; no call was announced twice; each request stands there once.
    fn looks_whole(&self) {
        let mut hall = Hall::new(self.town.rules.clone());
        let (mut calls, mut requests) = (BTreeSet::new(), BTreeSet::new());
        let mut last: Option<RequestId> = None;
        for entry in self.disk.written().entries.clone() {
            if entry.request != last {
                if let Some(request) = entry.request.clone().filter(|request| !requests.insert(request.clone())) {
                    self.fail(&format!("{request} stands in the journal twice"));
                }
                last = entry.request.clone();
            }
            let (recorded, _) = read(entry).expect("our own event");
            let call = match &recorded.event {
                Event::TicketCalled(called) => Some(called.call),
                Event::TicketRecalled { call, .. } => Some(*call),
                _ => None,
            };
            if let Some(call) = call.filter(|call| !calls.insert(*call)) {
                self.fail(&format!("call {call:?} was announced twice"));
            }
            hall.apply(&recorded);
        }
        if format!("{hall:?}") != format!("{:?}", self.opened.writer.hall) {
            self.fail("the journal folded anew is not the writer's hall");
        }
    }

    fn note(&mut self, line: &str) {
        let midnight = self.model.day.as_ref().map_or(Time(0), |day| day.midnight);
        self.diary.note(format!("{}  {line}", words::hour(self.now(), midnight)));
    }

    fn fail(&self, wrong: &str) -> ! {
        self.diary.fail(self.seed, wrong)
    }
}
