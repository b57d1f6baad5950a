//! What a journal says of a day, told a second time by the simplest means: no rule of the hall is used to check the hall.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use protocol::{CallNumber, CounterId, RequestId, Seq, TicketId, TicketNumber};
use queue::Event;
use server::journal::{Entry, Reader};

/// A day as its journal tells it. Reading it panics at the first thing that must never be.
#[derive(Debug, Default)]
pub struct Day {
    /// Every ticket.
    pub tickets: BTreeMap<TicketId, Life>,
    /// Every announcement, with its ticket and counter.
    pub calls: BTreeMap<CallNumber, (TicketId, CounterId)>,
    /// Where each request's first event is, and how many it led to.
    pub requests: BTreeMap<RequestId, (Seq, u64)>,
    /// The last place in the journal.
    pub last: Seq,
    numbers: BTreeSet<TicketNumber>,
    counters: BTreeMap<CounterId, TicketId>,
}

/// What became of a ticket.
#[derive(Clone, Debug)]
pub struct Life {
    /// Its number.
    pub number: TicketNumber,
    /// Where its issue stands in the journal.
    pub issued: Seq,
    /// Where it is now.
    pub stage: Place,
    /// How often it was called from the queue.
    pub called: u32,
}

/// Where a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the queue.
    Waiting,
    /// Called to a counter.
    Called(CounterId),
    /// At a counter.
    Serving(CounterId),
    /// On an errand, or called and not come.
    Away,
    /// Its visit is over.
    Over,
}

impl Day {
    /// Reads the journal in a data folder.
    pub async fn read(data: &Path) -> Day {
        const PAGE: u32 = 10_000;
        let reader = Reader::open(&server::run::journal_file(data)).await.expect("a journal");
        let mut day = Day::default();
        loop {
            let page = reader.read(Seq(day.last.0 + 1), PAGE).await.expect("a journal that can be read");
            if page.is_empty() {
                return day;
            }
            page.iter().for_each(|entry| day.tell(entry));
        }
    }

    /// Returns how many tickets are at this stage.
    pub fn count(&self, holds: impl Fn(Place) -> bool) -> usize {
        self.tickets.values().filter(|life| holds(life.stage)).count()
    }

    fn tell(&mut self, entry: &Entry) {
        assert_eq!(entry.seq.0, self.last.0 + 1, "the journal has no gaps");
        self.last = entry.seq;
        if let Some(request) = &entry.request {
            let (first, count) = self.requests.entry(request.clone()).or_insert((entry.seq, 0));
            assert_eq!(first.0 + *count, entry.seq.0, "request {request} was done at two moments");
            *count += 1;
        }
        let event: Event = serde_json::from_str(&entry.event).expect("an event");
        self.happened(entry.seq, event);
    }

    fn happened(&mut self, seq: Seq, event: Event) {
        match event {
            Event::DayOpened { .. } => self.numbers.clear(),
            Event::TicketIssued(issued) => {
                assert!(self.numbers.insert(issued.number), "number {} was given twice", issued.number);
                let life = Life { number: issued.number, issued: seq, stage: Place::Waiting, called: 0 };
                assert!(self.tickets.insert(issued.ticket, life).is_none(), "ticket {} was issued twice", issued.ticket);
            }
            Event::TicketCalled(called) => {
                self.call(called.call, called.ticket, called.counter);
                let away = self.tickets.get(&called.ticket).is_some_and(|life| life.stage == Place::Away);
                let from = if away { Place::Away } else { Place::Waiting };
                self.step(called.ticket, from, Place::Called(called.counter)).called += 1;
                let there = self.counters.insert(called.counter, called.ticket);
                assert_eq!(there, None, "counter {} got a second ticket", called.counter);
            }
            Event::TicketRecalled { call, ticket, counter, .. } => {
                self.call(call, ticket, counter);
                self.step(ticket, Place::Called(counter), Place::Called(counter));
            }
            Event::ServiceStarted { ticket, counter } => {
                self.step(ticket, Place::Called(counter), Place::Serving(counter));
            }
            Event::ServiceFinished { ticket, counter, next, .. } => {
                let to = if next.is_some() { Place::Waiting } else { Place::Over };
                self.leave(ticket, counter, Place::Serving(counter), to);
            }
            Event::TicketMissed { ticket, counter, back_until } => {
                let to = if back_until.is_some() { Place::Away } else { Place::Over };
                self.leave(ticket, counter, Place::Called(counter), to);
            }
            Event::TicketHeld { ticket, counter, .. } => self.leave(ticket, counter, self.tickets[&ticket].stage, Place::Away),
            Event::TicketTransferred { ticket, counter, .. } => self.leave(ticket, counter, self.tickets[&ticket].stage, Place::Waiting),
            Event::TicketBack { ticket, .. } => {
                self.step(ticket, Place::Away, Place::Waiting);
            }
            Event::TicketLapsed { ticket } => {
                self.step(ticket, Place::Away, Place::Over);
            }
            Event::TicketCancelled { ticket, .. } => {
                let from = self.tickets[&ticket].stage;
                assert!([Place::Waiting, Place::Away].contains(&from), "ticket {ticket} was cancelled at {from:?}");
                self.step(ticket, from, Place::Over);
            }
            Event::TicketClassed { .. } | Event::TicketMarked { .. } | Event::ServiceDelivered { .. } | Event::TicketAdmitted { .. } => {}
            Event::ActUndone { act, .. } => panic!("the crowd never takes an act back: {act:?}"),
            Event::TicketReturned { ticket, counter } => {
                let from = self.tickets[&ticket].stage;
                self.leave(ticket, counter, from, Place::Waiting);
            }
            Event::TicketClosed { ticket } => {
                self.step(ticket, Place::Waiting, Place::Over);
            }
            Event::DayClosed { .. }
            | Event::NumbersReserved { .. }
            | Event::NumberLeft { .. }
            | Event::CounterOpened { .. }
            | Event::CounterClosed { .. }
            | Event::CounterPaused { .. }
            | Event::CounterResumed { .. }
            | Event::ServicesSuspended { .. }
            | Event::ServicesResumed { .. } => {}
        }
    }

    fn call(&mut self, call: CallNumber, ticket: TicketId, counter: CounterId) {
        let last = self.calls.keys().next_back().copied();
        assert!(last.is_none_or(|last| call > last), "call {call} came after call {last:?}");
        self.calls.insert(call, (ticket, counter));
    }

    fn step(&mut self, ticket: TicketId, from: Place, to: Place) -> &mut Life {
        let life = self.tickets.get_mut(&ticket).unwrap_or_else(|| panic!("ticket {ticket} was never issued"));
        assert_eq!(life.stage, from, "ticket {ticket} on its way to {to:?}");
        life.stage = to;
        life
    }

    fn leave(&mut self, ticket: TicketId, counter: CounterId, from: Place, to: Place) {
        self.step(ticket, from, to);
        assert_eq!(self.counters.remove(&counter), Some(ticket), "counter {counter}");
    }
}
