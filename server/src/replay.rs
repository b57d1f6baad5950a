//! Drives the real core with recorded days under virtual time, and writes down what it decided.
//!
//! A day is a file of JSON lines: counters with what they can do and when they are open, tickets with when they came,
//! how long each visit took, and where it went on. The recorded day owns time and durations; the core only decides.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use protocol::{AgencyCode, Class, CounterId, Language, OfficerId, Outcome, Seq, ServiceId, TicketId, Time, ZoneId};
use queue::{
    Arrival, BusinessDay, Command, Counter, CounterPolicy, Event, Hall, Policy, Promise, Promises, Recorded, ServicePolicy, dispatch,
};
use serde::{Deserialize, Serialize};

/// Virtual time is counted in milliseconds, as the centre's is.
const SECOND: f64 = 1_000.0;

/// What to replay.
#[derive(Args)]
pub struct ReplaySettings {
    /// Recorded days, played in order
    #[arg(required = true)]
    traces: Vec<PathBuf>,
    /// Promised seconds by class, such as reg=1800,prio=300
    #[arg(long, default_value = "reg=1800,prio=300,appt=600")]
    promise: String,
    /// Where the calls are written, a JSON line each
    #[arg(long)]
    calls: PathBuf,
    /// Forget the hall after every so many events and fold it again from them, as a restart does
    #[arg(long)]
    restart_every: Option<NonZeroU64>,
}

#[derive(Deserialize)]
#[serde(tag = "ev", rename_all = "snake_case")]
enum Line {
    Meta {},
    Counter { id: String, skills: BTreeMap<String, f64>, open: Vec<(f64, f64)> },
    Ticket(Visit),
}

#[derive(Deserialize)]
struct Visit {
    id: String,
    t: f64,
    service: String,
    cls: String,
    dur: f64,
    #[serde(default)]
    next: Vec<Step>,
    #[serde(default)]
    start_clock: Option<f64>,
}

#[derive(Clone, Deserialize)]
struct Step {
    service: String,
    dur: f64,
}

#[derive(Serialize)]
struct Call<'a> {
    id: &'a str,
    step: usize,
    t: f64,
    counter: &'a str,
}

/// What happens next; at equal times in the order of the variants, then in the order of the file.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Open(usize),
    Close(usize),
    End(usize),
    Arrive(usize),
}

/// Plays every day and writes the calls.
pub fn run(settings: &ReplaySettings) -> anyhow::Result<()> {
    let promises = promises(&settings.promise)?;
    let out = File::create(&settings.calls).with_context(|| format!("make {}", settings.calls.display()))?;
    let mut out = BufWriter::new(out);
    let mut calls = 0;
    for trace in &settings.traces {
        let mut day = Day::read(trace, &promises).with_context(|| format!("read {}", trace.display()))?;
        day.restart_every = settings.restart_every;
        calls += day.play(&mut out).with_context(|| format!("play {}", trace.display()))?;
    }
    out.flush().context("write the calls")?;
    tracing::info!(calls, days = settings.traces.len(), "replayed");
    Ok(())
}

struct Day {
    hall: Hall,
    /// What a restart folds the hall from; kept when there are restarts.
    journal: Vec<Recorded>,
    restart_every: Option<NonZeroU64>,
    counters: Vec<(String, Vec<(f64, f64)>)>,
    visits: Vec<Journey>,
    by_ticket: BTreeMap<TicketId, usize>,
    moments: BinaryHeap<Reverse<(Time, Moment)>>,
    closing: BTreeSet<usize>,
}

/// A visit of several steps, and how far it is.
struct Journey {
    id: String,
    class: Class,
    steps: Vec<(ServiceId, i64)>,
    step: usize,
    clock_start: Time,
    waited: i64,
}

impl Day {
    fn read(path: &Path, promises: &BTreeMap<String, Promise>) -> anyhow::Result<Day> {
        let file = BufReader::new(File::open(path)?);
        let mut lines = Vec::new();
        for (number, line) in file.lines().enumerate() {
            lines.push(serde_json::from_str(&line?).with_context(|| format!("line {}", number + 1))?);
        }
        let hall = Hall::new(policy(&lines, promises)?);
        let mut day = Day {
            hall,
            journal: Vec::new(),
            restart_every: None,
            counters: Vec::new(),
            visits: Vec::new(),
            by_ticket: BTreeMap::new(),
            moments: BinaryHeap::new(),
            closing: BTreeSet::new(),
        };
        for line in lines {
            day.plan(line)?;
        }
        Ok(day)
    }

    fn plan(&mut self, line: Line) -> anyhow::Result<()> {
        match line {
            Line::Meta {} => {}
            Line::Counter { id, open, .. } => {
                let index = self.counters.len();
                for (from, until) in &open {
                    self.moments.push(Reverse((time(*from), Moment::Open(index))));
                    self.moments.push(Reverse((time(*until), Moment::Close(index))));
                }
                self.counters.push((id, open));
            }
            Line::Ticket(visit) => {
                let first = Step { service: visit.service, dur: visit.dur };
                let steps = std::iter::once(&first).chain(&visit.next);
                let steps = steps.map(|step| Ok((ServiceId::new(&step.service)?, time(step.dur).0))).collect::<anyhow::Result<_>>()?;
                let class = class(&visit.cls)?;
                let clock_start = time(visit.start_clock.unwrap_or(visit.t));
                self.moments.push(Reverse((time(visit.t), Moment::Arrive(self.visits.len()))));
                self.visits.push(Journey { id: visit.id, class, steps, step: 0, clock_start, waited: 0 });
            }
        }
        Ok(())
    }

    fn play(&mut self, out: &mut impl Write) -> anyhow::Result<usize> {
        let hours =
            BusinessDay { date: "replayed".into(), midnight: Time(0), tickets_from: Time(0), opens_at: Time(0), closes_at: Time(i64::MAX) };
        self.ask(&Command::OpenDay(hours), Time(0))?;
        let mut calls = 0;
        while let Some(Reverse((now, moment))) = self.moments.pop() {
            let called = match moment {
                Moment::Open(counter) => self.open(counter, now)?,
                Moment::Close(counter) => self.close(counter, now)?,
                Moment::End(counter) => self.end(counter, now)?,
                Moment::Arrive(visit) => self.arrive(visit, now)?.into_iter().collect(),
            };
            for (visit, counter) in called {
                let journey = &self.visits[visit];
                let line = Call { id: &journey.id, step: journey.step, t: now.0 as f64 / SECOND, counter: &self.counters[counter].0 };
                serde_json::to_writer(&mut *out, &line)?;
                out.write_all(b"\n")?;
                calls += 1;
            }
        }
        Ok(calls)
    }

    fn open(&mut self, counter: usize, now: Time) -> anyhow::Result<Vec<(usize, usize)>> {
        self.closing.remove(&counter);
        if self.hall.counters()[counter].state == Counter::Closed {
            self.ask(&Command::OpenCounter { counter: number(counter), officer: officer(counter) }, now)?;
        }
        Ok(self.call_next(counter, now)?.into_iter().collect())
    }

    /// A counter that closes finishes its customer.
    fn close(&mut self, counter: usize, now: Time) -> anyhow::Result<Vec<(usize, usize)>> {
        match self.hall.counters()[counter].state {
            Counter::Busy { .. } => {
                self.closing.insert(counter);
            }
            Counter::Free { .. } => {
                self.ask(&Command::CloseCounter { counter: number(counter), officer: officer(counter) }, now)?;
            }
            Counter::Closed | Counter::Paused { .. } => {}
        }
        Ok(Vec::new())
    }

    fn end(&mut self, counter: usize, now: Time) -> anyhow::Result<Vec<(usize, usize)>> {
        let Counter::Busy { ticket, .. } = self.hall.counters()[counter].state else { bail!("counter {counter} has no ticket to end") };
        let visit = *self.by_ticket.get(&ticket).context("find the visit")?;
        let mut called = Vec::new();
        let journey = &mut self.visits[visit];
        if journey.step + 1 < journey.steps.len() {
            // The citizen walks on before the counter is free again, so it is offered to the others first.
            journey.step += 1;
            journey.clock_start = Time(now.0 - journey.waited);
            self.queue(visit, now)?;
            called.extend(self.offer(visit, now)?);
        }
        let (id, who) = (number(counter), officer(counter));
        let finish = Command::FinishService { counter: id, officer: who, ticket, outcome: Some(Outcome::Served), then_next: false };
        self.ask(&finish, now)?;
        if self.closing.remove(&counter) {
            self.ask(&Command::CloseCounter { counter: id, officer: officer(counter) }, now)?;
        } else {
            called.extend(self.call_next(counter, now)?);
        }
        Ok(called)
    }

    fn arrive(&mut self, visit: usize, now: Time) -> anyhow::Result<Option<(usize, usize)>> {
        self.queue(visit, now)?;
        self.offer(visit, now)
    }

    fn queue(&mut self, visit: usize, now: Time) -> anyhow::Result<()> {
        let journey = &self.visits[visit];
        let service = journey.steps[journey.step].0.clone();
        let (class, clock_start) = (journey.class, Some(journey.clock_start));
        let events = self.ask(&Command::IssueTicket(Arrival { clock_start, ..Arrival::new(service, class, Language::Sw) }), now)?;
        let [Event::TicketIssued(issued)] = &events[..] else { bail!("no ticket was issued") };
        self.by_ticket.insert(issued.ticket, visit);
        Ok(())
    }

    /// Offers a ticket that has just come to the idle counters that could take it.
    fn offer(&mut self, visit: usize, now: Time) -> anyhow::Result<Option<(usize, usize)>> {
        let waiting = |ticket: &&queue::Ticket| ticket.stage == queue::Stage::Waiting && self.by_ticket.get(&ticket.id) == Some(&visit);
        let Some(ticket) = self.hall.tickets().find(waiting) else { return Ok(None) };
        let Some(desk) = dispatch::idle_counter(&self.hall, ticket) else { return Ok(None) };
        let counter = usize::from(desk.policy.id.0) - 1;
        self.call_next(counter, now)
    }

    fn call_next(&mut self, counter: usize, now: Time) -> anyhow::Result<Option<(usize, usize)>> {
        let (id, who) = (number(counter), officer(counter));
        let Ok(events) = self.hall.decide(&Command::CallNext { counter: id, officer: who.clone() }, now) else { return Ok(None) };
        self.apply(&events, now);
        let [Event::TicketCalled(called)] = &events[..] else { bail!("no ticket was called") };
        let ticket = called.ticket;
        self.ask(&Command::StartService { counter: id, officer: who, ticket }, now)?;
        let visit = *self.by_ticket.get(&ticket).context("find the visit")?;
        let journey = &mut self.visits[visit];
        journey.waited = now.0 - journey.clock_start.0;
        self.moments.push(Reverse((now.plus(journey.steps[journey.step].1), Moment::End(counter))));
        Ok(Some((visit, counter)))
    }

    fn ask(&mut self, command: &Command, now: Time) -> anyhow::Result<Vec<Event>> {
        let events = self.hall.decide(command, now).with_context(|| format!("{command:?} at {now:?}"))?;
        self.apply(&events, now);
        Ok(events)
    }

    fn apply(&mut self, events: &[Event], now: Time) {
        for event in events {
            let recorded = Recorded { seq: Seq(self.hall.seq().0 + 1), at: now, event: event.clone() };
            self.hall.apply(&recorded);
            self.restart_sometimes(recorded);
        }
    }

    fn restart_sometimes(&mut self, recorded: Recorded) {
        let Some(every) = self.restart_every else { return };
        let due = recorded.seq.0 % every == 0;
        self.journal.push(recorded);
        if due {
            let mut hall = Hall::new(self.hall.policy().clone());
            self.journal.iter().for_each(|recorded| hall.apply(recorded));
            self.hall = hall;
        }
    }
}

fn policy(lines: &[Line], by_class: &BTreeMap<String, Promise>) -> anyhow::Result<Policy> {
    let promise = |class: &str| by_class.get(class).or_else(|| by_class.get("reg")).copied().context("a promise for reg is needed");
    let promises = Promises { standard: promise("reg")?, priority: promise("prio")?, appointment: promise("appt")? };
    let mut services = BTreeSet::new();
    let mut counters = Vec::new();
    for line in lines {
        match line {
            Line::Meta {} => {}
            Line::Ticket(visit) => services.extend(std::iter::once(&visit.service).chain(visit.next.iter().map(|step| &step.service))),
            Line::Counter { skills, .. } => {
                services.extend(skills.keys());
                // Weights of experts are fractions; a thousandth is the finest that the core knows.
                let profile = skills.iter().map(|(service, weight)| Ok((ServiceId::new(service)?, (weight * 1_000.0).round() as u32)));
                let profile = profile.collect::<anyhow::Result<_>>()?;
                counters.push(CounterPolicy::new(number(counters.len()), ZoneId::new("hall")?, profile));
            }
        }
    }
    let service = |name: &String| {
        let id = ServiceId::new(name)?;
        Ok(ServicePolicy { id, agency: AgencyCode::new("replayed")?, letter: 'J', promises, typical: 300_000, quota: None, hours: None })
    };
    Ok(Policy { services: services.into_iter().map(service).collect::<anyhow::Result<_>>()?, counters, ..Policy::without_limits() })
}

fn promises(text: &str) -> anyhow::Result<BTreeMap<String, Promise>> {
    let promise = |pair: &str| {
        let (class, seconds) = pair.split_once('=').with_context(|| format!("{pair} is not class=seconds"))?;
        let seconds: f64 = seconds.parse().with_context(|| format!("{seconds} is not a number of seconds"))?;
        if !(seconds > 0.0 && seconds < 1e9) {
            bail!("{seconds} seconds cannot be promised");
        }
        Ok((class.to_owned(), Promise::within(time(seconds).0)))
    };
    text.split(',').map(promise).collect()
}

fn class(name: &str) -> anyhow::Result<Class> {
    match name {
        "reg" => Ok(Class::Standard),
        "prio" => Ok(Class::Priority),
        "appt" => Ok(Class::Appointment),
        _ => bail!("there is no class {name}"),
    }
}

fn time(seconds: f64) -> Time {
    Time((seconds * SECOND).round() as i64)
}

fn number(counter: usize) -> CounterId {
    CounterId(u16::try_from(counter + 1).unwrap_or(u16::MAX))
}

fn officer(counter: usize) -> OfficerId {
    OfficerId::new(&format!("officer-{counter}")).expect("a well-formed name")
}
