//! The core under queues whose answer is known: an M/M/c hall at load .9, 12 % of its visitors priority, and Kleinrock's
//! single counter with three slopes. Waits are told in mean services.
//!
//! The means for one counter are Kleinrock's closed form ("A delay dependent queue discipline", Naval Research Logistics
//! Quarterly 11, 1964); those for several follow from Stanford, Taylor and Ziedins ("Waiting time distributions in the
//! accumulating priority queue", Queueing Systems 77, 2014), since with equal rates only the mean wait of all depends on
//! the number of counters. The real `decide` is driven event by event. `FOLENI_TICKETS` says how many tickets; a usual test
//! run takes fewer and so a wider tolerance.

mod common;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use common::{MINUTE, at, day, id, officer, policy};
use protocol::{Class, CounterId, Language, Outcome, TicketId, Time};
use queue::{Arrival, BusinessDay, Command, Event, Hall, NumberRange, Promise, Promises, Recorded, dispatch};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// One mean service, long enough that rounding to milliseconds is nothing.
const SERVICE: i64 = 10 * MINUTE;

/// A queue whose answer is known.
struct Theory {
    name: &'static str,
    counters: usize,
    /// Arrivals in a mean service, promise and expected mean wait of each class that comes.
    classes: &'static [(Class, f64, i64, f64)],
}

const STANDARD: Class = Class::Standard;
const PRIORITY: Class = Class::Priority;

const THEORIES: [Theory; 9] = [
    Theory { name: "M/M/5, one promise", counters: 5, classes: &[(PRIORITY, 0.54, 60, 1.525), (STANDARD, 3.96, 60, 1.525)] },
    Theory { name: "M/M/5, promise ratio 2", counters: 5, classes: &[(PRIORITY, 0.54, 30, 0.887), (STANDARD, 3.96, 60, 1.612)] },
    Theory { name: "M/M/5, promise ratio 3", counters: 5, classes: &[(PRIORITY, 0.54, 20, 0.657), (STANDARD, 3.96, 60, 1.643)] },
    Theory { name: "M/M/5, promise ratio 6", counters: 5, classes: &[(PRIORITY, 0.54, 10, 0.419), (STANDARD, 3.96, 60, 1.676)] },
    Theory { name: "M/M/12, one promise", counters: 12, classes: &[(PRIORITY, 1.296, 60, 0.5334), (STANDARD, 9.504, 60, 0.5334)] },
    Theory { name: "M/M/12, promise ratio 2", counters: 12, classes: &[(PRIORITY, 1.296, 30, 0.310), (STANDARD, 9.504, 60, 0.564)] },
    Theory { name: "M/M/12, promise ratio 3", counters: 12, classes: &[(PRIORITY, 1.296, 20, 0.230), (STANDARD, 9.504, 60, 0.575)] },
    Theory { name: "M/M/12, promise ratio 6", counters: 12, classes: &[(PRIORITY, 1.296, 10, 0.147), (STANDARD, 9.504, 60, 0.586)] },
    Theory {
        name: "M/M/1, slopes 4, 2, 1",
        counters: 1,
        classes: &[(PRIORITY, 0.15, 15, 2.6187), (Class::Appointment, 0.25, 30, 4.3184), (STANDARD, 0.45, 60, 7.4317)],
    },
];

#[test]
fn the_core_waits_as_theory_says() {
    let tickets = std::env::var("FOLENI_TICKETS").ok().and_then(|text| text.parse().ok()).unwrap_or(40_000);
    let tolerance = if tickets >= 2_000_000 { 0.03 } else { 0.35 };
    println!("{tickets} tickets each, in mean services: measured / theory");
    for theory in &THEORIES {
        let waits = play(theory, tickets);
        let told: Vec<String> = waits.iter().map(|(class, measured, known)| format!("{class:?} {measured:.4} / {known}")).collect();
        println!("{:<24} {}", theory.name, told.join(", "));
        for (class, measured, known) in waits {
            assert!((measured / known - 1.0).abs() < tolerance, "{}, {class:?}: {measured:.4} against {known}", theory.name);
        }
    }
}

/// Returns the mean wait of each class, in mean services, beside what it should be.
fn play(theory: &Theory, tickets: u64) -> Vec<(Class, f64, f64)> {
    let mut hall = TheoryHall::open(theory);
    let mut random = SmallRng::seed_from_u64(7);
    let rate: f64 = theory.classes.iter().map(|(_, rate, _, _)| rate).sum();
    let mut arrival = Time(hall.now.0);
    for _ in 0..tickets {
        arrival = arrival.plus(exponential(&mut random, SERVICE as f64 / rate));
        hall.serve_until(arrival, &mut random);
        let mut share = random.random_range(0.0..rate);
        let class = theory
            .classes
            .iter()
            .find(|(_, rate, _, _)| {
                share -= rate;
                share < 0.0
            })
            .map_or(STANDARD, |(class, _, _, _)| *class);
        hall.arrive(class, &mut random);
    }
    let mean = |class: Class| {
        let (sum, count) = hall.waits[&class];
        sum as f64 / count as f64 / SERVICE as f64
    };
    theory.classes.iter().map(|(class, _, _, known)| (*class, mean(*class), *known)).collect()
}

fn exponential(random: &mut SmallRng, mean: f64) -> i64 {
    (-mean * (1.0 - random.random::<f64>()).ln()).round() as i64
}

/// A hall with a clock of its own, and who is done when.
struct TheoryHall {
    hall: Hall,
    now: Time,
    done: BinaryHeap<Reverse<(Time, u16, TicketId)>>,
    waits: BTreeMap<Class, (i64, i64)>,
}

impl TheoryHall {
    fn open(theory: &Theory) -> TheoryHall {
        let profiles: Vec<&[&str]> = vec![&["a"]; theory.counters];
        let mut policy = policy(&[("a", 'J', 30)], &profiles);
        let promise = |class| {
            theory
                .classes
                .iter()
                .find(|(of, ..)| *of == class)
                .map_or(Promise::within(1), |(_, _, minutes, _)| Promise::within(minutes * MINUTE))
        };
        policy.services[0].promises =
            Promises { standard: promise(STANDARD), priority: promise(PRIORITY), appointment: promise(Class::Appointment) };
        policy.numbers = NumberRange { first: 1, last: u16::MAX };
        let mut theory_hall = TheoryHall { hall: Hall::new(policy), now: at(7, 0), done: BinaryHeap::new(), waits: BTreeMap::new() };
        // Theory knows no evening.
        theory_hall.ask(&Command::OpenDay(BusinessDay { closes_at: Time(i64::MAX / 4), ..day() }));
        for counter in 1..=u16::try_from(theory.counters).expect("few") {
            theory_hall.ask(&Command::OpenCounter { counter: CounterId(counter), officer: officer(counter) });
        }
        theory_hall
    }

    fn arrive(&mut self, class: Class, random: &mut SmallRng) {
        let events = self.ask(&Command::IssueTicket(Arrival::new(id("a"), class, Language::Sw)));
        let [Event::TicketIssued(issued)] = &events[..] else { panic!("{events:?}") };
        let ticket = self.hall.ticket(issued.ticket).expect("live");
        if let Some(counter) = dispatch::idle_counter(&self.hall, ticket).map(|desk| desk.policy.id) {
            let events = self.ask(&Command::CallNext { counter, officer: officer(counter.0) });
            self.begin(&events, random);
        }
    }

    /// Ends every service that is over by `time`, and calls whoever is next.
    fn serve_until(&mut self, time: Time, random: &mut SmallRng) {
        while let Some(Reverse((over, counter, ticket))) = self.done.peek().copied().filter(|Reverse((over, ..))| *over <= time) {
            self.done.pop();
            self.now = over;
            let outcome = Outcome::Served;
            let finish = Command::FinishService {
                counter: CounterId(counter),
                officer: officer(counter),
                ticket,
                outcome: Some(outcome),
                then_next: true,
            };
            let events = self.ask(&finish);
            self.begin(&events, random);
        }
        self.now = time;
    }

    fn begin(&mut self, events: &[Event], random: &mut SmallRng) {
        let called = events.iter().find_map(|event| match event {
            Event::TicketCalled(called) => Some(called.clone()),
            _ => None,
        });
        let Some(called) = called else { return };
        let class = self.hall.ticket(called.ticket).expect("live").class;
        let (sum, count) = self.waits.entry(class).or_default();
        (*sum, *count) = (*sum + called.why.waited, *count + 1);
        let (counter, ticket) = (called.counter, called.ticket);
        self.ask(&Command::StartService { counter, officer: officer(counter.0), ticket });
        self.done.push(Reverse((self.now.plus(exponential(random, SERVICE as f64)), counter.0, ticket)));
    }

    fn ask(&mut self, command: &Command) -> Vec<Event> {
        let now = Time(self.now.0);
        let events = self.hall.decide(command, now).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
        for event in &events {
            let recorded = Recorded { seq: protocol::Seq(self.hall.seq().0 + 1), at: now, event: event.clone() };
            self.hall.apply(&recorded);
        }
        events
    }
}
