//! A small hall for tests: commands go in by hand, and what must always hold is checked after every event.

#![allow(dead_code, reason = "each test file uses its own part")]

use protocol::{AgencyCode, Class, CounterId, Language, OfficerId, Outcome, Refusal, Seq, ServiceId, TicketId, Time, ZoneId};
use queue::{Arrival, BusinessDay, Command, CounterPolicy, Event, Hall, NumberRange, Policy, Promise, Promises, Recorded, ServicePolicy};

pub const MINUTE: i64 = 60_000;

/// A hall with a clock that only the test moves.
pub struct Bench {
    pub hall: Hall,
    pub now: Time,
    pub journal: Vec<Recorded>,
}

impl Bench {
    /// Opens a day in a hall with these services (name, letter, promised minutes) and counters (services by name).
    pub fn open(services: &[(&str, char, i64)], counters: &[&[&str]]) -> Bench {
        Bench::with(policy(services, counters))
    }

    pub fn with(policy: Policy) -> Bench {
        let mut bench = Bench { hall: Hall::new(policy), now: at(7, 0), journal: Vec::new() };
        bench.ask(Command::OpenDay(day())).expect("a new hall opens");
        bench
    }

    /// Asks, applies and checks.
    pub fn ask(&mut self, command: Command) -> Result<Vec<Event>, Refusal> {
        let before = format!("{:?}", self.hall);
        let decided = self.hall.decide(&command, self.now);
        assert_eq!(before, format!("{:?}", self.hall), "a decision changes nothing");
        let events = decided?;
        assert!(!events.is_empty(), "a granted command leads to an event");
        self.record(&events);
        Ok(events)
    }

    /// Like `ask`, for long days: without comparing the whole hall.
    pub fn ask_fast(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        let events = self.hall.decide(command, self.now)?;
        self.record(&events);
        Ok(events)
    }

    fn record(&mut self, events: &[Event]) {
        for event in events {
            let recorded = Recorded { seq: Seq(self.hall.seq().0 + 1), at: self.now, event: event.clone() };
            self.hall.apply(&recorded);
            self.journal.push(recorded);
        }
        self.hall.check().unwrap_or_else(|violation| panic!("{violation} after {events:?}"));
    }

    pub fn wait(&mut self, minutes: i64) {
        self.now = self.now.plus(minutes * MINUTE);
    }

    pub fn issue(&mut self, service: &str) -> TicketId {
        self.issue_class(service, Class::Standard)
    }

    pub fn issue_class(&mut self, service: &str, class: Class) -> TicketId {
        let command = Command::IssueTicket(Arrival::new(id(service), class, Language::Sw));
        match self.ask(command).as_deref() {
            Ok([Event::TicketIssued(issued)]) => issued.ticket,
            other => panic!("no ticket: {other:?}"),
        }
    }

    pub fn staff(&mut self, counter: u16) {
        self.ask(Command::OpenCounter { counter: CounterId(counter), officer: officer(counter) }).expect("opens");
    }

    pub fn next(&mut self, counter: u16) -> Result<TicketId, Refusal> {
        let events = self.ask(Command::CallNext { counter: CounterId(counter), officer: officer(counter) })?;
        Ok(called(&events).expect("a call"))
    }

    pub fn start(&mut self, counter: u16, ticket: TicketId) -> Result<Vec<Event>, Refusal> {
        self.ask(Command::StartService { counter: CounterId(counter), officer: officer(counter), ticket })
    }

    pub fn finish(&mut self, counter: u16, ticket: TicketId, then_next: bool) -> Result<Vec<Event>, Refusal> {
        let (counter, officer) = (CounterId(counter), officer(counter));
        self.ask(Command::FinishService { counter, officer, ticket, outcome: Some(Outcome::Served), then_next })
    }

    pub fn no_show(&mut self, counter: u16, ticket: TicketId) -> Result<Vec<Event>, Refusal> {
        self.ask(Command::NoShow { counter: CounterId(counter), officer: officer(counter), ticket, then_next: false })
    }
}

pub fn called(events: &[Event]) -> Option<TicketId> {
    events.iter().find_map(|event| match event {
        Event::TicketCalled(called) => Some(called.ticket),
        _ => None,
    })
}

pub fn id(service: &str) -> ServiceId {
    ServiceId::new(service).expect("a service's id")
}

pub fn officer(counter: u16) -> OfficerId {
    OfficerId::new(&format!("officer-{counter}")).expect("an officer's id")
}

pub fn agency(code: &str) -> AgencyCode {
    AgencyCode::new(code).expect("an agency's code")
}

/// Today at an hour, in a centre three hours ahead of UTC.
pub fn at(hour: i64, minute: i64) -> Time {
    midnight().plus((hour * 60 + minute) * MINUTE)
}

fn midnight() -> Time {
    Time(1_795_554_000_000)
}

pub fn day() -> BusinessDay {
    BusinessDay { date: "2026-11-25".into(), midnight: midnight(), tickets_from: at(6, 30), opens_at: at(7, 0), closes_at: at(19, 0) }
}

pub fn promises(minutes: i64) -> Promises {
    Promises {
        standard: Promise::within(minutes * MINUTE),
        priority: Promise::within(minutes * MINUTE / 6),
        appointment: Promise::within(10 * MINUTE),
    }
}

pub fn policy(services: &[(&str, char, i64)], counters: &[&[&str]]) -> Policy {
    let service = |(name, letter, minutes): &(&str, char, i64)| ServicePolicy {
        id: id(name),
        agency: agency(&name.to_uppercase()),
        letter: *letter,
        promises: promises(*minutes),
        typical: 8 * MINUTE,
        quota: None,
        hours: None,
    };
    let counter = |(index, profile): (usize, &&[&str])| {
        let profile = profile.iter().map(|name| (id(name), 1_000)).collect();
        CounterPolicy::new(CounterId(u16::try_from(index + 1).expect("few counters")), ZoneId::new("hall").expect("a zone"), profile)
    };
    Policy {
        services: services.iter().map(service).collect(),
        counters: counters.iter().enumerate().map(counter).collect(),
        numbers: NumberRange { first: 1, last: 999 },
        unattended_after: 20 * MINUTE,
        return_within: 30 * MINUTE,
        return_loses: 5 * MINUTE,
        undo_within: MINUTE,
        close_grace: 120 * MINUTE,
        ..Policy::default()
    }
}
