//! The state of a centre: a fold over its journal. `apply` cannot fail and makes no choice.

use std::collections::{BTreeMap, BTreeSet};

use protocol::request::SuspensionReason;
use protocol::{AgencyCode, CallNumber, Class, CounterId, Language, OfficerId, Seq, ServiceId, TicketId, TicketNumber, Time};

use crate::event::{Called, End, Event, Issued, Recorded};
use crate::policy::{BusinessDay, CounterPolicy, Policy, Promise, Promises, ServicePolicy};

/// One centre on one day.
#[derive(Clone, Debug)]
pub struct Hall {
    pub(crate) policy: Policy,
    pub(crate) seq: Seq,
    pub(crate) at: Time,
    pub(crate) day: Option<Day>,
    pub(crate) next_ticket: u64,
    pub(crate) next_call: u64,
    pub(crate) last_numbers: BTreeMap<char, u16>,
    pub(crate) numbers: BTreeMap<TicketNumber, TicketId>,
    pub(crate) tickets: BTreeMap<TicketId, Ticket>,
    pub(crate) ended: BTreeMap<TicketId, End>,
    pub(crate) services: Vec<ServiceDesk>,
    pub(crate) service_index: BTreeMap<ServiceId, usize>,
    pub(crate) counters: Vec<CounterDesk>,
    pub(crate) counter_index: BTreeMap<CounterId, usize>,
    pub(crate) suspended: BTreeMap<AgencyCode, Suspension>,
}

/// The business day that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its hours.
    pub hours: BusinessDay,
    /// Tickets issued.
    pub issued: u32,
}

/// A ticket whose visit has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// Its service, an index into [`Hall::services`].
    pub service: usize,
    /// Its class.
    pub class: Class,
    /// Its language.
    pub language: Language,
    /// When it was issued.
    pub issued_at: Time,
    /// When its clock started.
    pub clock_start: Time,
    /// Where it stands.
    pub stage: Stage,
}

/// Where a ticket stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In the queue.
    Waiting,
    /// Called to a counter.
    Called {
        /// Where.
        counter: usize,
        /// The latest announcement.
        call: CallNumber,
        /// When it was first called to this counter.
        since: Time,
        /// How often it was announced again.
        recalls: u32,
    },
    /// At a counter.
    Serving {
        /// Where.
        counter: usize,
        /// When it was called.
        called: Time,
        /// Since when it is served.
        since: Time,
        /// How often it was announced again before.
        recalls: u32,
    },
}

/// A service as it is today.
#[derive(Clone, Debug)]
pub struct ServiceDesk {
    /// Its rules.
    pub policy: ServicePolicy,
    /// Tickets issued today.
    pub issued: u32,
    /// The counters that may call it, indices into [`Hall::counters`].
    pub counters: Vec<usize>,
    /// Waiting tickets by class, in the order of [`Class::ALL`].
    pub lanes: [Lane; 3],
    /// Visits to a counter finished today.
    pub finished: i64,
    /// Milliseconds from call to end that they took together.
    pub finished_time: i64,
}

/// The waiting tickets of one class of one service, earliest clock first.
pub type Lane = BTreeSet<(Time, TicketId)>;

/// A counter as it is now.
#[derive(Clone, Debug)]
pub struct CounterDesk {
    /// Its rules.
    pub policy: CounterPolicy,
    /// What it may call: indices into [`Hall::services`], with weights.
    pub profile: Vec<(usize, u32)>,
    /// Who is at it and doing what.
    pub state: Counter,
    /// When its officer last did anything.
    pub last_act: Time,
}

/// Who is at a counter and doing what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Nobody.
    Closed,
    /// An officer on a break.
    Paused {
        /// Who.
        officer: OfficerId,
        /// Since when.
        since: Time,
        /// Meaning to be back.
        back_at: Option<Time>,
    },
    /// An officer with no ticket.
    Free {
        /// Who.
        officer: OfficerId,
        /// Since when.
        since: Time,
    },
    /// An officer with a ticket that is called or being served.
    Busy {
        /// Who.
        officer: OfficerId,
        /// The ticket.
        ticket: TicketId,
        /// Since when.
        since: Time,
    },
}

impl Counter {
    /// Returns who is at the counter.
    pub fn officer(&self) -> Option<&OfficerId> {
        match self {
            Counter::Closed => None,
            Counter::Paused { officer, .. } | Counter::Free { officer, .. } | Counter::Busy { officer, .. } => Some(officer),
        }
    }

    /// Returns whether the counter takes tickets: free or busy.
    pub fn is_open(&self) -> bool {
        matches!(self, Counter::Free { .. } | Counter::Busy { .. })
    }
}

/// Services of an agency that are stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Since when.
    pub since: Time,
    /// Why.
    pub reason: SuspensionReason,
}

impl ServiceDesk {
    fn new(policy: ServicePolicy) -> ServiceDesk {
        ServiceDesk { policy, issued: 0, counters: Vec::new(), lanes: Default::default(), finished: 0, finished_time: 0 }
    }

    /// Returns the waiting tickets of one class.
    pub fn lane(&self, class: Class) -> &Lane {
        &self.lanes[class as usize]
    }

    /// Returns how many wait.
    pub fn waiting(&self) -> usize {
        self.lanes.iter().map(Lane::len).sum()
    }

    /// Returns the milliseconds from call to end that a visit takes: what was expected, corrected by today.
    pub fn usual(&self) -> i64 {
        const WEIGHT_OF_EXPECTATION: i64 = 5;
        (self.policy.typical * WEIGHT_OF_EXPECTATION + self.finished_time) / (WEIGHT_OF_EXPECTATION + self.finished)
    }
}

impl Hall {
    /// Returns a hall before its first event.
    pub fn new(policy: Policy) -> Hall {
        let mut hall = Hall {
            seq: Seq(0),
            at: Time(i64::MIN),
            day: None,
            next_ticket: 1,
            next_call: 1,
            last_numbers: BTreeMap::new(),
            numbers: BTreeMap::new(),
            tickets: BTreeMap::new(),
            ended: BTreeMap::new(),
            services: Vec::new(),
            service_index: BTreeMap::new(),
            counters: Vec::new(),
            counter_index: BTreeMap::new(),
            suspended: BTreeMap::new(),
            policy,
        };
        for service in hall.policy.services.clone() {
            hall.add_service(service);
        }
        for counter in hall.policy.counters.clone() {
            hall.add_counter(counter);
        }
        hall
    }

    /// Returns the place of the last event applied.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Returns the time of the last event applied; a later command is never decided before it.
    pub fn at(&self) -> Time {
        self.at
    }

    /// Returns the open business day.
    pub fn day(&self) -> Option<&Day> {
        self.day.as_ref()
    }

    /// Returns the centre's rules.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Returns every service, in the order of the policy.
    pub fn services(&self) -> &[ServiceDesk] {
        &self.services
    }

    /// Returns a service by its id.
    pub fn service(&self, id: &ServiceId) -> Option<&ServiceDesk> {
        self.service_index.get(id).map(|index| &self.services[*index])
    }

    /// Returns every counter, in the order of the policy.
    pub fn counters(&self) -> &[CounterDesk] {
        &self.counters
    }

    /// Returns a counter by its number.
    pub fn counter(&self, id: CounterId) -> Option<&CounterDesk> {
        self.counter_index.get(&id).map(|index| &self.counters[*index])
    }

    /// Returns a ticket whose visit has not ended.
    pub fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.tickets.get(&id)
    }

    /// Returns how a visit of today ended.
    pub fn ended(&self, id: TicketId) -> Option<End> {
        self.ended.get(&id).copied()
    }

    /// Returns every ticket whose visit has not ended, in the order of issue.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values()
    }

    /// Returns how many tickets wait.
    pub fn waiting(&self) -> usize {
        self.services.iter().map(ServiceDesk::waiting).sum()
    }

    /// Returns the suspended agencies.
    pub fn suspended(&self) -> &BTreeMap<AgencyCode, Suspension> {
        &self.suspended
    }

    /// Returns the suspension of a service.
    pub fn suspension(&self, service: &ServiceDesk) -> Option<Suspension> {
        self.suspended.get(&service.policy.agency).copied()
    }

    /// Returns the promise of a ticket.
    pub fn promise(&self, ticket: &Ticket) -> Promise {
        self.services[ticket.service].policy.promises.of(ticket.class)
    }

    /// Records what happened.
    pub fn apply(&mut self, recorded: &Recorded) {
        debug_assert!(recorded.at >= self.at, "time in a journal never runs backwards");
        self.seq = recorded.seq;
        self.at = recorded.at;
        let at = recorded.at;
        match &recorded.event {
            Event::DayOpened { day, first_ticket, first_call } => self.day_opened(day, *first_ticket, *first_call),
            Event::DayClosed { .. } => self.day = None,
            Event::TicketIssued(issued) => self.ticket_issued(issued, at),
            Event::CounterOpened { counter, officer } => {
                self.seat(*counter, at, Counter::Free { officer: officer.clone(), since: at });
            }
            Event::CounterClosed { counter, .. } => self.seat(*counter, at, Counter::Closed),
            Event::CounterPaused { counter, officer, back_at } => {
                self.seat(*counter, at, Counter::Paused { officer: officer.clone(), since: at, back_at: *back_at });
            }
            Event::CounterResumed { counter, officer } => {
                self.seat(*counter, at, Counter::Free { officer: officer.clone(), since: at });
            }
            Event::TicketCalled(called) => self.ticket_called(called, at),
            Event::TicketRecalled { call, ticket, counter, .. } => self.ticket_recalled(*call, *ticket, *counter, at),
            Event::ServiceStarted { ticket, counter } => self.service_started(*ticket, *counter, at),
            Event::ServiceFinished { ticket, counter, outcome } => {
                self.count_finished(*ticket, at);
                self.end(*ticket, End::Finished(*outcome));
                self.free(*counter, at);
            }
            Event::TicketMissed { ticket, counter } => {
                self.end(*ticket, End::Missed);
                self.free(*counter, at);
            }
            Event::TicketReturned { ticket, counter } => {
                self.queue(*ticket);
                self.free(*counter, at);
                let service = self.tickets.get(ticket).map(|ticket| ticket.service);
                self.callable_again(at, |index, _| Some(index) == service);
            }
            Event::TicketClosed { ticket } => self.end(*ticket, End::ClosedWithDay),
            Event::ServicesSuspended { agency, reason } => {
                self.suspended.insert(agency.clone(), Suspension { since: at, reason: *reason });
            }
            Event::ServicesResumed { agency } => {
                self.suspended.remove(agency);
                self.callable_again(at, |_, service| service.policy.agency == *agency);
            }
        }
    }

    fn day_opened(&mut self, hours: &BusinessDay, first_ticket: TicketId, first_call: CallNumber) {
        *self = Hall { seq: self.seq, at: self.at, ..Hall::new(self.policy.clone()) };
        self.day = Some(Day { hours: hours.clone(), issued: 0 });
        self.next_ticket = first_ticket.0;
        self.next_call = first_call.0;
    }

    fn ticket_issued(&mut self, issued: &Issued, at: Time) {
        let service = self.known_service(&issued.service, issued.number.letter);
        self.next_ticket = issued.ticket.0 + 1;
        self.last_numbers.insert(issued.number.letter, issued.number.number);
        self.numbers.insert(issued.number, issued.ticket);
        self.services[service].issued += 1;
        if let Some(day) = &mut self.day {
            day.issued += 1;
        }
        let ticket = Ticket {
            id: issued.ticket,
            number: issued.number,
            service,
            class: issued.class,
            language: issued.language,
            issued_at: at,
            clock_start: issued.clock_start,
            stage: Stage::Waiting,
        };
        self.tickets.insert(ticket.id, ticket);
        self.queue(issued.ticket);
    }

    fn ticket_called(&mut self, called: &Called, at: Time) {
        self.next_call = called.call.0 + 1;
        let counter = self.known_counter(called.counter);
        let Some(ticket) = self.tickets.get_mut(&called.ticket) else { return };
        ticket.stage = Stage::Called { counter, call: called.call, since: at, recalls: 0 };
        let place = (ticket.clock_start, ticket.id);
        let (service, class) = (ticket.service, ticket.class);
        self.services[service].lanes[class as usize].remove(&place);
        let desk = &mut self.counters[counter];
        desk.last_act = at;
        if let Some(officer) = desk.state.officer().cloned() {
            desk.state = Counter::Busy { officer, ticket: called.ticket, since: at };
        }
    }

    fn ticket_recalled(&mut self, new_call: CallNumber, ticket: TicketId, counter: CounterId, at: Time) {
        self.next_call = new_call.0 + 1;
        if let Some(Ticket { stage: Stage::Called { call, recalls, .. }, .. }) = self.tickets.get_mut(&ticket) {
            *call = new_call;
            *recalls += 1;
        }
        let counter = self.known_counter(counter);
        self.counters[counter].last_act = at;
    }

    fn service_started(&mut self, ticket: TicketId, counter: CounterId, at: Time) {
        let counter = self.known_counter(counter);
        self.counters[counter].last_act = at;
        let Some(ticket) = self.tickets.get_mut(&ticket) else { return };
        if let Stage::Called { since: called, recalls, .. } = ticket.stage {
            ticket.stage = Stage::Serving { counter, called, since: at, recalls };
        }
    }

    /// Tickets that have waited long can be called again: an officer who sat idle until now has not been away.
    fn callable_again(&mut self, at: Time, which: impl Fn(usize, &ServiceDesk) -> bool) {
        let services = &self.services;
        for desk in &mut self.counters {
            let idle = matches!(desk.state, Counter::Free { .. });
            if idle && desk.profile.iter().any(|(service, _)| which(*service, &services[*service])) {
                desk.last_act = at;
            }
        }
    }

    fn count_finished(&mut self, ticket: TicketId, at: Time) {
        let Some(ticket) = self.tickets.get(&ticket) else { return };
        let called = match ticket.stage {
            Stage::Waiting => return,
            Stage::Called { since, .. } => since,
            Stage::Serving { called, .. } => called,
        };
        let service = &mut self.services[ticket.service];
        service.finished += 1;
        service.finished_time += at.since(called);
    }

    fn queue(&mut self, ticket: TicketId) {
        let Some(ticket) = self.tickets.get_mut(&ticket) else { return };
        ticket.stage = Stage::Waiting;
        self.services[ticket.service].lanes[ticket.class as usize].insert((ticket.clock_start, ticket.id));
    }

    fn end(&mut self, ticket: TicketId, end: End) {
        let Some(ticket) = self.tickets.remove(&ticket) else { return };
        self.services[ticket.service].lanes[ticket.class as usize].remove(&(ticket.clock_start, ticket.id));
        self.numbers.remove(&ticket.number);
        self.ended.insert(ticket.id, end);
    }

    fn free(&mut self, counter: CounterId, at: Time) {
        let counter = self.known_counter(counter);
        let desk = &mut self.counters[counter];
        desk.last_act = at;
        if let Some(officer) = desk.state.officer().cloned() {
            desk.state = Counter::Free { officer, since: at };
        }
    }

    fn seat(&mut self, counter: CounterId, at: Time, state: Counter) {
        let counter = self.known_counter(counter);
        let desk = &mut self.counters[counter];
        desk.last_act = at;
        desk.state = state;
    }

    fn add_service(&mut self, policy: ServicePolicy) -> usize {
        let index = self.services.len();
        self.service_index.insert(policy.id.clone(), index);
        self.services.push(ServiceDesk::new(policy));
        index
    }

    fn add_counter(&mut self, policy: CounterPolicy) -> usize {
        let index = self.counters.len();
        let mut profile = Vec::new();
        for (id, weight) in &policy.profile {
            if let Some(service) = self.service_index.get(id) {
                profile.push((*service, *weight));
                self.services[*service].counters.push(index);
            }
        }
        self.counter_index.insert(policy.id, index);
        self.counters.push(CounterDesk { policy, profile, state: Counter::Closed, last_act: Time(i64::MIN) });
        index
    }

    /// Returns the index of a service; one that the rules no longer name gets a desk that no counter serves.
    fn known_service(&mut self, id: &ServiceId, letter: char) -> usize {
        if let Some(index) = self.service_index.get(id) {
            return *index;
        }
        let promise = Promise::within(30 * protocol::time::MINUTE);
        self.add_service(ServicePolicy {
            id: id.clone(),
            agency: AgencyCode::new("gone").expect("a well-formed code"),
            letter,
            promises: Promises { standard: promise, priority: promise, appointment: promise },
            typical: 10 * protocol::time::MINUTE,
            quota: Some(0),
            hours: None,
        })
    }

    /// Returns the index of a counter; one that the rules no longer name gets a desk that serves nothing.
    fn known_counter(&mut self, id: CounterId) -> usize {
        if let Some(index) = self.counter_index.get(&id) {
            return *index;
        }
        let zone = protocol::ZoneId::new("gone").expect("a well-formed zone");
        self.add_counter(CounterPolicy { id, zone, profile: Vec::new() })
    }
}
