//! How long the core takes: to pick the next ticket from few and from very many, and to live through a large day.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use protocol::{Class, CounterId, Language, Outcome, Seq, TicketId, TicketNumber, Time};
use queue::{Arrival, Command, Counter, Event, Hall, Issued, Recorded, dispatch};

#[path = "../tests/common/mod.rs"]
mod common;

use common::{at, day, id, officer, policy};

const SERVICES: [(&str, char, i64); 8] = [
    ("nrb", 'J', 45),
    ("crs", 'L', 30),
    ("police", 'K', 15),
    ("sha", 'G', 30),
    ("ntsa", 'D', 30),
    ("kra", 'S', 30),
    ("social", 'V', 30),
    ("other", 'Z', 20),
];
const COUNTERS: u16 = 28;
const VISITORS: u32 = 2_400;

fn pick(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pick");
    for waiting in [10, 1_000, 100_000] {
        let hall = with_waiting(waiting);
        let counter = hall.counter(CounterId(1)).expect("a counter");
        let now = hall.at().plus(1_000);
        group.bench_function(BenchmarkId::from_parameter(waiting), |bencher| {
            bencher.iter(|| dispatch::next_ticket(black_box(&hall), black_box(counter), black_box(now)));
        });
    }
    group.finish();
}

fn decide_and_apply(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("call, start and finish");
    for waiting in [10, 100_000] {
        let mut core = Core { hall: with_waiting(waiting), checked: false };
        let now = core.hall.at().plus(1_000);
        core.ask(now, &Command::OpenCounter { counter: CounterId(1), officer: officer(1) });
        group.bench_function(BenchmarkId::from_parameter(waiting), |bencher| {
            bencher.iter(|| {
                core.issue(now, 0);
                core.serve(now, 1)
            });
        });
    }
    group.finish();
}

fn a_day(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a day of 2400 visitors");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("alone", |bencher| bencher.iter_batched(hall, |hall| play(hall, false), BatchSize::PerIteration));
    group.bench_function("checked after each event", |bencher| {
        bencher.iter_batched(hall, |hall| play(hall, true), BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, pick, decide_and_apply, a_day);
criterion_main!(benches);

/// A hall with an open day, where every counter serves three of the eight services.
fn hall() -> Hall {
    let names: Vec<&str> = SERVICES.iter().map(|(name, _, _)| *name).collect();
    let profile = |index: usize| [names[index % 8], names[(index + 3) % 8], names[(index + 6) % 8]];
    let profiles: Vec<[&str; 3]> = (0..usize::from(COUNTERS)).map(profile).collect();
    let profiles: Vec<&[&str]> = profiles.iter().map(|profile| profile.as_slice()).collect();
    let mut core = Core { hall: Hall::new(policy(&SERVICES, &profiles)), checked: false };
    core.ask(at(7, 0), &Command::OpenDay(day()));
    core.hall
}

/// Tickets are put in as a journal would: more than there are numbers in a usual range.
fn with_waiting(waiting: u32) -> Hall {
    let mut core = Core { hall: hall(), checked: false };
    for index in 0..waiting {
        let (service, letter, _) = SERVICES[index as usize % SERVICES.len()];
        let number = u16::try_from(index / 8).expect("a number");
        let now = core.hall.at().plus(10);
        let class = if index % 10 == 9 { Class::Priority } else { Class::Standard };
        let issued = Issued {
            ticket: TicketId(u64::from(index) + 1),
            number: TicketNumber { letter, number },
            service: id(service),
            class,
            language: Language::Sw,
            clock_start: now,
            ahead: 0,
            wait: None,
            then: Vec::new(),
            booked_at: None,
            booking: None,
            taken_up: None,
            outside: false,
            offline: None,
        };
        core.record(now, Event::TicketIssued(issued));
    }
    core.hall
}

/// Plays a day on which everyone comes, waits, and is served by whoever is free.
fn play(hall: Hall, checked: bool) -> Core {
    let mut core = Core { hall, checked };
    for counter in 1..=COUNTERS {
        core.ask(at(7, 0), &Command::OpenCounter { counter: CounterId(counter), officer: officer(counter) });
    }
    let mut free_at = [Time(0); COUNTERS as usize + 1];
    let mut now = at(7, 0);
    let mut visitors = 0..VISITORS;
    while now < at(19, 0) {
        now = now.plus(10_000);
        if let Some(visitor) = visitors.next() {
            core.issue(now, visitor);
        }
        for counter in 1..=COUNTERS {
            let free = &mut free_at[usize::from(counter)];
            if *free <= now && core.serve(now, counter) {
                *free = now.plus(5 * common::MINUTE);
            }
        }
    }
    core
}

/// A hall that does what it is asked, and is checked after each event if wanted.
struct Core {
    hall: Hall,
    checked: bool,
}

impl Core {
    fn issue(&mut self, now: Time, visitor: u32) {
        let service = id(SERVICES[visitor as usize % SERVICES.len()].0);
        let class = if visitor % 10 == 9 { Class::Priority } else { Class::Standard };
        self.ask(now, &Command::IssueTicket(Arrival::new(service, class, Language::Sw)));
    }

    /// Calls and starts the next ticket after finishing the one before; returns whether somebody waited.
    fn serve(&mut self, now: Time, counter: u16) -> bool {
        let (counter, officer) = (CounterId(counter), officer(counter));
        if let Some(Counter::Busy { ticket, .. }) = self.hall.counter(counter).map(|desk| desk.state.clone()) {
            let outcome = Outcome::Served;
            self.ask(now, &Command::FinishService { counter, officer: officer.clone(), ticket, outcome: Some(outcome), then_next: false });
        }
        let called = self.ask(now, &Command::CallNext { counter, officer: officer.clone() });
        let Some(Event::TicketCalled(called)) = called else { return false };
        self.ask(now, &Command::StartService { counter, officer, ticket: called.ticket }).is_some()
    }

    fn ask(&mut self, now: Time, command: &Command) -> Option<Event> {
        let events = self.hall.decide(command, now).ok()?;
        for event in &events {
            self.record(now, event.clone());
        }
        events.into_iter().next()
    }

    fn record(&mut self, at: Time, event: Event) {
        self.hall.apply(&Recorded { seq: Seq(self.hall.seq().0 + 1), at, event });
        if self.checked {
            self.hall.check().expect("what must always hold");
        }
    }
}
