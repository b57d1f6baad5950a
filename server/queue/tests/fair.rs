//! What the rule promises to people, looked at after every call of random halls: within a class nobody is passed, only those
//! who came early in my wait can pass me, and whoever waits is called in the end.
//!
//! `FOLENI_STATES=100000 cargo test --release -p queue --test fair -- --nocapture`

mod common;

use std::collections::BTreeMap;

use common::{Bench, MINUTE, agency, id, officer, policy};
use protocol::request::SuspensionReason;
use protocol::{Class, CounterId, Language, Standing, Target, TicketId, TicketNumber, Time};
use queue::{Arrival, Command, Counter, CounterDesk, Event, Policy, Stage, Ticket};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

const SERVICES: [(&str, char, i64); 3] = [("a", 'J', 30), ("b", 'K', 17), ("c", 'L', 45)];
const PROFILES: [&[&str]; 3] = [&["a", "b", "c"], &["a", "b"], &["c"]];

/// A call that was made while somebody else waited for the same counter.
struct Pass {
    number: TicketNumber,
    clock_start: Time,
    promise: i64,
}

/// A ticket as it has waited since nothing about it was changed.
#[derive(Default)]
struct Wait {
    terms: Option<(usize, Class, Time)>,
    passed_by: Vec<Pass>,
}

/// One random hall, and who has passed whom in it.
struct Hall {
    bench: Bench,
    random: SmallRng,
    waits: BTreeMap<TicketId, Wait>,
    states: u32,
    passes: u32,
}

#[test]
fn nobody_starves_and_within_a_class_nobody_is_passed() {
    let wanted = std::env::var("FOLENI_STATES").ok().and_then(|text| text.parse().ok()).unwrap_or(12_000);
    let (mut states, mut passes, mut seed) = (0, 0, 0);
    while states < wanted {
        let mut hall = Hall::open(seed);
        for _ in 0..60 {
            hall.step();
        }
        hall.is_emptied();
        (states, passes, seed) = (states + hall.states, passes + hall.passes, seed + 1);
    }
    assert!(passes > states / 100, "only {passes} passes in {states} states: the halls are too quiet to show anything");
    println!("{states} states of {seed} halls: {passes} passes by a larger share of a promise, each one early enough; 0 within a class");
}

impl Hall {
    fn open(seed: u64) -> Hall {
        let rules = Policy { return_within: 0, ..policy(&SERVICES, &PROFILES) };
        let mut hall =
            Hall { bench: Bench::with(rules), random: SmallRng::seed_from_u64(seed), waits: BTreeMap::new(), states: 0, passes: 0 };
        (1..=3).for_each(|counter| hall.bench.staff(counter));
        hall
    }

    fn step(&mut self) {
        self.bench.now = self.bench.now.plus(self.random.random_range(0..3 * MINUTE));
        let counter = CounterId(self.random.random_range(1..=3));
        let command = match self.random.random_range(0..20) {
            0..9 => self.arrive(),
            9..16 => self.at_counter(counter),
            16 => self.reclass(),
            17 => self.come_back(),
            18 => self.suspend(),
            _ => None,
        };
        if let Some(command) = command {
            self.ask(&command);
        }
    }

    fn ask(&mut self, command: &Command) {
        let before = self.bench.hall.clone();
        let Ok(events) = self.bench.ask_fast(command) else { return };
        self.states += 1;
        for event in &events {
            if let Event::TicketCalled(called) = event {
                self.called(&before, called.counter, called.ticket);
            }
        }
        self.waits.retain(|id, _| before.ticket(*id).is_some());
    }

    /// Looks at everybody else who waited for the counter that has called.
    fn called(&mut self, before: &queue::Hall, counter: CounterId, called: TicketId) {
        let desk = before.counter(counter).expect("known");
        let now = self.bench.now;
        let Some(mine) = before.ticket(called).filter(|mine| mine.stage == Stage::Waiting) else { return };
        self.check_passes(before, mine, now);
        for other in before.tickets().filter(|other| other.id != called && is_waiting_for(before, desk, other)) {
            let same_class = other.service == mine.service && other.class == mine.class;
            let earlier = (other.clock_start, other.id) < (mine.clock_start, mine.id);
            assert!(!(same_class && earlier) || mine.front, "{} was passed by {} within its class", other.number, mine.number);
            if mine.front {
                continue;
            }
            let terms = (other.service, other.class, other.clock_start);
            let wait = self.waits.entry(other.id).or_default();
            if wait.terms != Some(terms) {
                *wait = Wait { terms: Some(terms), passed_by: Vec::new() };
            }
            let (number, clock_start, promise) = (mine.number, mine.clock_start, before.promise(mine).within);
            if (other.clock_start, other.id) < (mine.clock_start, mine.id) {
                self.passes += 1;
            }
            wait.passed_by.push(Pass { number, clock_start, promise });
        }
    }

    /// Only those who came in the first `1 - T_j/T_i` of my wait can have passed me.
    fn check_passes(&self, before: &queue::Hall, mine: &Ticket, now: Time) {
        let Some(wait) = self.waits.get(&mine.id) else { return };
        if wait.terms != Some((mine.service, mine.class, mine.clock_start)) || mine.front {
            return;
        }
        let promise = i128::from(before.promise(mine).within);
        for pass in &wait.passed_by {
            // a_j <= a_i + w (1 - T_j/T_i), without a division.
            let after_me = i128::from(pass.clock_start.0 - mine.clock_start.0) * promise;
            let allowed = i128::from(now.0 - mine.clock_start.0) * (promise - i128::from(pass.promise));
            assert!(after_me <= allowed.max(0), "{} came too late in the wait of {} to pass it", pass.number, mine.number);
        }
    }

    /// When nobody comes any more, everybody is called.
    fn is_emptied(&mut self) {
        let agencies: Vec<_> = self.bench.hall.suspended().keys().cloned().collect();
        for agency in agencies {
            self.ask(&Command::ResumeServices { agency, service: None });
        }
        let away: Vec<TicketNumber> = self.bench.hall.away().map(|ticket| ticket.number).collect();
        for number in away {
            self.ask(&Command::ReturnTicket { number });
        }
        let most = 4 * self.bench.hall.tickets().count();
        for _ in 0..=most {
            for counter in (1..=3).map(CounterId) {
                self.bench.now = self.bench.now.plus(MINUTE);
                let officer = officer(counter.0);
                let command = match self.bench.hall.counter(counter).expect("known").state {
                    Counter::Busy { ticket, .. } => Command::NoShow { counter, officer, ticket, then_next: false },
                    Counter::Free { .. } | Counter::Closed | Counter::Paused { .. } => Command::CallNext { counter, officer },
                };
                self.finish_or(command);
            }
        }
        assert_eq!(self.bench.hall.waiting(), 0, "somebody was never called");
    }

    fn finish_or(&mut self, command: Command) {
        if let Command::NoShow { counter, officer, ticket, .. } = &command {
            let serving = self.bench.hall.ticket(*ticket).is_some_and(|ticket| matches!(ticket.stage, Stage::Serving { .. }));
            if serving {
                let (counter, officer, ticket) = (*counter, officer.clone(), *ticket);
                return self.ask(&Command::FinishService { counter, officer, ticket, outcome: None, then_next: false });
            }
        }
        self.ask(&command);
    }

    fn arrive(&mut self) -> Option<Command> {
        let service = id(SERVICES[self.random.random_range(0..3)].0);
        let class = Class::ALL[self.random.random_range(0..3)];
        Some(Command::IssueTicket(Arrival::new(service, class, Language::En)))
    }

    fn at_counter(&mut self, counter: CounterId) -> Option<Command> {
        let (officer, then_next) = (officer(counter.0), self.random.random_bool(0.5));
        let Counter::Busy { ticket, .. } = self.bench.hall.counter(counter)?.state else {
            return Some(Command::CallNext { counter, officer });
        };
        let Stage::Serving { .. } = self.bench.hall.ticket(ticket)?.stage else {
            return Some(match self.random.random_bool(0.8) {
                true => Command::StartService { counter, officer, ticket },
                false => Command::NoShow { counter, officer, ticket, then_next },
            });
        };
        Some(match self.random.random_range(0..6) {
            0 => {
                let service = id(SERVICES[self.random.random_range(0..3)].0);
                let standing = [Standing::Kept, Standing::Front, Standing::End][self.random.random_range(0..3)];
                let to = if self.random.random_bool(0.3) { Target::Counter(CounterId(1)) } else { Target::Anyone };
                Command::TransferTicket { counter, officer, ticket, service, to, standing, then_next }
            }
            1 => Command::HoldTicket { counter, officer, ticket, until: None, then_next },
            _ => Command::FinishService { counter, officer, ticket, outcome: None, then_next },
        })
    }

    fn reclass(&mut self) -> Option<Command> {
        let numbers: Vec<TicketNumber> = self.bench.hall.tickets().map(|ticket| ticket.number).collect();
        let number = *numbers.get(self.random.random_range(0..numbers.len().max(1)))?;
        Some(Command::SetPriority { number, priority: self.random.random_bool(0.5) })
    }

    fn come_back(&mut self) -> Option<Command> {
        let number = self.bench.hall.away().next()?.number;
        Some(Command::ReturnTicket { number })
    }

    fn suspend(&mut self) -> Option<Command> {
        let agency = agency(&SERVICES[self.random.random_range(0..3)].0.to_uppercase());
        Some(match self.bench.hall.suspended().contains_key(&agency) {
            true => Command::ResumeServices { agency, service: None },
            false => Command::SuspendServices { agency, service: None, reason: SuspensionReason::SystemDown, back_at: None },
        })
    }
}

/// Returns whether the counter could have called the ticket.
fn is_waiting_for(hall: &queue::Hall, desk: &CounterDesk, ticket: &Ticket) -> bool {
    let service = &hall.services()[ticket.service];
    let served = desk.serves(ticket.service) && hall.may_call(desk, ticket) && hall.suspension(service).is_none();
    served && ticket.stage == Stage::Waiting
}
