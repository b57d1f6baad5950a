//! The state of a centre: a fold over its journal. `apply` cannot fail and makes no choice.

use std::collections::{BTreeMap, BTreeSet};

use protocol::request::SuspensionReason;
use protocol::{
    Act, AgencyCode, BookingId, CallNumber, CancelReason, Class, CounterId, Language, MarkId, OfficerId, PauseReason, Seq, ServiceId,
    Target, TicketId, TicketNumber, Time,
};

use crate::dispatch;
use crate::event::{Called, End, Event, Issued, Queued, Recorded, Return};
use crate::policy::{BusinessDay, CounterPolicy, Policy, Promise, Promises, ServicePolicy};
use crate::reserve::Kiosks;
use crate::undo::LastAct;

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
    /// Agencies of which everything is suspended.
    pub(crate) suspended: BTreeMap<AgencyCode, Suspension>,
    /// Services that are suspended alone.
    pub(crate) suspended_alone: BTreeMap<ServiceId, Suspension>,
    /// Tickets on an errand, or missed and able to come back.
    pub(crate) away: BTreeSet<TicketId>,
    /// When a hold or a missed ticket's chance to come back ends.
    pub(crate) timers: BTreeSet<(Time, TicketId)>,
    /// Waiting tickets that not everyone may call.
    pub(crate) reserved: BTreeMap<Target, BTreeSet<TicketId>>,
    /// Waiting tickets that were put in front.
    pub(crate) fronts: BTreeSet<TicketId>,
    /// Waiting tickets whose holders are outside.
    pub(crate) outside: BTreeSet<TicketId>,
    /// Bookings of the centre's list that have their ticket.
    pub(crate) bookings: BTreeSet<BookingId>,
    /// The numbers that kiosks hold, and what was given today.
    pub(crate) kiosks: Kiosks,
    /// Tickets of the day before that may be taken up.
    pub(crate) returns: BTreeMap<TicketNumber, Return>,
    /// Tickets that the day which has just closed could not serve.
    pub(crate) unserved: Vec<Return>,
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
    /// The services that follow, as indices.
    pub then: Vec<usize>,
    /// Who may call it.
    pub target: Target,
    /// Whether it is called before all who wait for the same.
    pub front: bool,
    /// Its class.
    pub class: Class,
    /// Whether an officer has decided on its class; before, it is what its holder said.
    pub classed: bool,
    /// The time of day that it is booked for.
    pub booked_at: Option<Time>,
    /// The booking in the centre's list.
    pub booking: Option<BookingId>,
    /// What the day before could not serve, which it stands for.
    pub taken_up: Option<Return>,
    /// The marks that officers put on the visit.
    pub marks: BTreeSet<MarkId>,
    /// What was done besides the services it waited for, and how often.
    pub delivered: BTreeMap<ServiceId, u8>,
    /// Whether its holder waits outside, because the hall is full.
    pub outside: bool,
    /// Its language.
    pub language: Language,
    /// When it was issued.
    pub issued_at: Time,
    /// When its clock started.
    pub clock_start: Time,
    /// Where it stands.
    pub stage: Stage,
    /// The event that moved it last.
    pub moved: Seq,
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
    /// On an errand.
    Held {
        /// The counter that it left.
        counter: usize,
        /// Since when.
        since: Time,
        /// When it goes back to the queue by itself.
        until: Option<Time>,
        /// Milliseconds on its clock, which stands still.
        waited: i64,
    },
    /// Called and not come; it may come back for a while.
    Missed {
        /// Where it was called.
        counter: usize,
        /// Since when.
        since: Time,
        /// Until when.
        until: Time,
        /// Milliseconds on its clock, which stands still.
        waited: i64,
    },
}

impl Stage {
    /// Returns the counter where the ticket is, as an index.
    pub fn counter(&self) -> Option<usize> {
        match self {
            Stage::Called { counter, .. } | Stage::Serving { counter, .. } => Some(*counter),
            Stage::Waiting | Stage::Held { .. } | Stage::Missed { .. } => None,
        }
    }

    /// Returns when time alone moves the ticket on.
    pub(crate) fn until(&self) -> Option<Time> {
        match self {
            Stage::Held { until, .. } => *until,
            Stage::Missed { until, .. } => Some(*until),
            Stage::Waiting | Stage::Called { .. } | Stage::Serving { .. } => None,
        }
    }
}

impl Ticket {
    /// Returns the milliseconds on its clock at `now`: the wait in queues, not the time at counters or on errands.
    pub fn waited(&self, now: Time) -> i64 {
        match self.stage {
            Stage::Waiting => now.0 - self.clock_start.0,
            Stage::Called { since: called, .. } | Stage::Serving { called, .. } => called.0 - self.clock_start.0,
            Stage::Held { waited, .. } | Stage::Missed { waited, .. } => waited,
        }
    }

    /// Returns whether it is on an errand, or missed and able to come back.
    pub fn is_away(&self) -> bool {
        matches!(self.stage, Stage::Held { .. } | Stage::Missed { .. })
    }

    /// Returns whether it was called, did not come, and may still come back.
    pub fn is_missed(&self) -> bool {
        matches!(self.stage, Stage::Missed { .. })
    }
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
    pub acted: Time,
    /// From when an idle officer counts as idle: the last act, or later, when somebody came back to the queue.
    pub last_act: Time,
    /// What the officer did last, while it can be undone.
    pub last: Option<LastAct>,
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
        /// Why.
        reason: PauseReason,
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
    /// When they may go on, as far as anybody knows.
    pub back_at: Option<Time>,
}

impl CounterDesk {
    pub(crate) fn acts(&mut self, at: Time) {
        (self.acted, self.last_act) = (at, at);
    }

    /// Returns whether it calls tickets of a service, an index into [`Hall::services`].
    pub fn serves(&self, service: usize) -> bool {
        self.profile.iter().any(|(served, _)| *served == service)
    }

    /// Returns whether a target is this very counter, its officer or a pool that it belongs to.
    pub fn is_meant(&self, target: &Target) -> bool {
        match target {
            Target::Anyone => false,
            Target::Counter(counter) => self.policy.id == *counter,
            Target::Officer(officer) => self.state.officer() == Some(officer),
            Target::Pool(pool) => self.policy.pools.contains(pool),
        }
    }
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
            suspended_alone: BTreeMap::new(),
            away: BTreeSet::new(),
            timers: BTreeSet::new(),
            reserved: BTreeMap::new(),
            fronts: BTreeSet::new(),
            outside: BTreeSet::new(),
            bookings: BTreeSet::new(),
            kiosks: Kiosks::default(),
            returns: BTreeMap::new(),
            unserved: Vec::new(),
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

    /// Returns a ticket whose visit has not ended by its number.
    pub fn ticket_numbered(&self, number: TicketNumber) -> Option<&Ticket> {
        self.numbers.get(&number).and_then(|id| self.tickets.get(id))
    }

    /// Returns whether a ticket with this number was issued today, as far as the last number of its letter tells.
    pub fn was_issued(&self, number: TicketNumber) -> bool {
        self.last_numbers.get(&number.letter).is_some_and(|last| number.number <= *last)
    }

    /// Returns whether the counter may call the ticket, as far as whom it waits for says. A counter that is closed or does not
    /// serve it, or an officer who is at none, holds nobody up.
    pub fn may_call(&self, desk: &CounterDesk, ticket: &Ticket) -> bool {
        let there = |other: &CounterDesk| match &ticket.target {
            Target::Anyone => false,
            Target::Officer(_) => other.is_meant(&ticket.target),
            Target::Counter(_) | Target::Pool(_) => {
                other.is_meant(&ticket.target) && other.state != Counter::Closed && other.serves(ticket.service)
            }
        };
        ticket.target == Target::Anyone || desk.is_meant(&ticket.target) || !self.counters.iter().any(there)
    }

    /// Returns how many waiting tickets the counter may call now.
    pub fn waiting_for(&self, desk: &CounterDesk) -> usize {
        let callable = |service: usize| self.suspension(&self.services[service]).is_none();
        let lanes: usize =
            desk.profile.iter().filter(|(service, _)| callable(*service)).map(|(service, _)| self.services[*service].waiting()).sum();
        let reserved = self.reserved.values().flatten().filter_map(|id| self.tickets.get(id)).filter(|ticket| callable(ticket.service));
        reserved.fold(lanes, |waiting, ticket| match (desk.serves(ticket.service), self.may_call(desk, ticket)) {
            (true, false) => waiting - 1,
            (false, true) if matches!(ticket.target, Target::Officer(_)) && desk.is_meant(&ticket.target) => waiting + 1,
            (true, true) | (false, true | false) => waiting,
        })
    }

    /// Returns every ticket whose visit has not ended, in the order of issue.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values()
    }

    /// Returns the tickets on an errand and those that were missed and can come back, in the order of issue.
    pub fn away(&self) -> impl Iterator<Item = &Ticket> {
        self.away.iter().filter_map(|id| self.tickets.get(id))
    }

    /// Returns the tickets of the business day before that can still be taken up, by their numbers.
    pub fn returns(&self) -> impl Iterator<Item = &Return> {
        self.returns.values()
    }

    /// Returns the tickets that the day which has just ended could not serve, where they may be taken up on the next.
    pub fn unserved(&self) -> &[Return] {
        if self.policy.returns { &self.unserved } else { &[] }
    }

    /// Returns how many tickets wait.
    pub fn waiting(&self) -> usize {
        self.services.iter().map(ServiceDesk::waiting).sum()
    }

    /// Returns the suspended agencies.
    pub fn suspended(&self) -> &BTreeMap<AgencyCode, Suspension> {
        &self.suspended
    }

    /// Returns the services that are suspended alone.
    pub fn suspended_alone(&self) -> &BTreeMap<ServiceId, Suspension> {
        &self.suspended_alone
    }

    /// Returns the suspension of a service, of its whole agency or alone.
    pub fn suspension(&self, service: &ServiceDesk) -> Option<Suspension> {
        let whole = self.suspended.get(&service.policy.agency);
        whole.or_else(|| self.suspended_alone.get(&service.policy.id)).copied()
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
            Event::DayOpened { day, first_ticket, first_call, returns, open_numbers } => {
                self.day_opened(day, *first_ticket, *first_call, returns);
                self.kiosks.left = open_numbers.clone();
            }
            Event::DayClosed { .. } => self.day_closed(at),
            Event::TicketIssued(issued) => self.ticket_issued(issued, at),
            Event::NumbersReserved { kiosk, book, blocks } => self.kiosks.reserved(kiosk, *book, blocks, at),
            Event::NumberLeft { kiosk, number, left, .. } => self.number_left(kiosk, *number, left.as_ref()),
            Event::CounterOpened { counter, officer } => {
                self.seat(*counter, at, Counter::Free { officer: officer.clone(), since: at });
            }
            Event::CounterClosed { counter, officer, .. } => {
                self.seat(*counter, at, Counter::Closed);
                self.free_reserved(*counter, officer, at);
            }
            Event::CounterPaused { counter, officer, back_at, reason } => {
                let (officer, back_at, reason) = (officer.clone(), *back_at, *reason);
                self.seat(*counter, at, Counter::Paused { officer, since: at, back_at, reason });
            }
            Event::CounterResumed { counter, officer } => {
                self.seat(*counter, at, Counter::Free { officer: officer.clone(), since: at });
            }
            Event::TicketCalled(called) => {
                self.remember_call(called, recorded);
                self.ticket_called(called, at);
            }
            Event::TicketRecalled { call, ticket, counter, .. } => self.ticket_recalled(*call, *ticket, *counter, at),
            Event::ServiceStarted { ticket, counter } => {
                self.remember(Act::Start, *ticket, *counter, recorded);
                self.service_started(*ticket, *counter, at);
            }
            Event::ServiceFinished { ticket, counter, outcome, next } => {
                self.remember(Act::Finish, *ticket, *counter, recorded);
                self.count_finished(*ticket, at);
                match next {
                    Some(next) => self.queue_anew(*ticket, next, at),
                    None => self.end(*ticket, End::Finished(*outcome)),
                }
                self.free(*counter, at);
            }
            Event::TicketMissed { ticket, counter, back_until } => {
                self.remember(Act::NoShow, *ticket, *counter, recorded);
                match back_until {
                    Some(until) => self.ticket_missed(*ticket, *counter, *until, at),
                    None => self.end(*ticket, End::Missed),
                }
                self.free(*counter, at);
            }
            Event::TicketHeld { ticket, counter, until } => {
                self.remember(Act::Hold, *ticket, *counter, recorded);
                self.ticket_held(*ticket, *counter, *until, at);
                self.free(*counter, at);
            }
            Event::TicketTransferred { ticket, counter, next, .. } => {
                self.remember(Act::Transfer, *ticket, *counter, recorded);
                self.count_finished(*ticket, at);
                self.queue_anew(*ticket, next, at);
                self.free(*counter, at);
            }
            Event::TicketBack { ticket, clock_start } => self.queue_at(*ticket, *clock_start, at),
            Event::TicketLapsed { ticket } => self.end(*ticket, End::Missed),
            Event::TicketCancelled { ticket, reason } => {
                if *reason == CancelReason::Mistake {
                    self.can_come_again(*ticket);
                }
                self.end(*ticket, End::Cancelled(*reason));
            }
            Event::TicketClassed { ticket, class, clock_start } => {
                self.classed(*ticket, *class, *clock_start);
                self.can_be_called(*ticket, at);
            }
            Event::TicketMarked { ticket, mark, on } => self.marked(*ticket, mark, *on),
            Event::ServiceDelivered { ticket, counter, service, count } => self.delivered(*ticket, *counter, service, *count, at),
            Event::TicketAdmitted { ticket, .. } => self.admitted(*ticket),
            Event::ActUndone { counter, withdrawn, .. } => self.act_undone(*counter, *withdrawn, at),
            Event::TicketReturned { ticket, counter } => {
                self.free(*counter, at);
                self.forget(*counter);
                if let Some(clock_start) = self.tickets.get(ticket).map(|ticket| ticket.clock_start) {
                    self.queue_at(*ticket, clock_start, at);
                }
            }
            Event::TicketClosed { ticket } => {
                self.unserved.extend(self.left_unserved(*ticket, at));
                self.end(*ticket, End::ClosedWithDay);
            }
            Event::ServicesSuspended { agency, service, reason, back_at } => {
                let suspension = Suspension { since: at, reason: *reason, back_at: *back_at };
                match service {
                    Some(service) => self.suspended_alone.insert(service.clone(), suspension),
                    None => self.suspended.insert(agency.clone(), suspension),
                };
            }
            Event::ServicesResumed { agency, service } => {
                match service {
                    Some(service) => self.suspended_alone.remove(service),
                    None => self.suspended.remove(agency),
                };
                let waiting = self.tickets.values().filter(|ticket| ticket.stage == Stage::Waiting);
                let resumed = waiting.filter(|ticket| self.services[ticket.service].policy.agency == *agency);
                let resumed: BTreeSet<TicketId> = resumed.map(|ticket| ticket.id).collect();
                self.callable_again(&resumed, at);
            }
        }
    }

    fn day_opened(&mut self, hours: &BusinessDay, first_ticket: TicketId, first_call: CallNumber, returns: &[Return]) {
        *self = Hall { seq: self.seq, at: self.at, ..Hall::new(self.policy.clone()) };
        self.day = Some(Day { hours: hours.clone(), issued: 0 });
        self.next_ticket = first_ticket.0;
        self.next_call = first_call.0;
        self.returns = returns.iter().map(|unserved| (unserved.number, unserved.clone())).collect();
    }

    /// Whoever checked in, or took up a ticket of the day before, by mistake can do so again: perhaps it was somebody else's.
    fn can_come_again(&mut self, ticket: TicketId) {
        let Some(ticket) = self.tickets.get(&ticket) else { return };
        if let Some(booking) = ticket.booking {
            self.bookings.remove(&booking);
        }
        if let Some(unserved) = ticket.taken_up.clone() {
            self.returns.insert(unserved.number, unserved);
        }
    }

    /// Returns what is kept of a ticket that the day could not serve.
    fn left_unserved(&self, ticket: TicketId, at: Time) -> Option<Return> {
        let ticket = self.tickets.get(&ticket)?;
        // A day that was forgotten open counts as closed when it should have been.
        let at = self.day.as_ref().map_or(at, |day| at.min(day.hours.closes_at.plus(self.policy.close_grace)));
        let id = |service: &usize| self.services[*service].policy.id.clone();
        Some(Return {
            number: ticket.number,
            service: id(&ticket.service),
            then: ticket.then.iter().map(id).collect(),
            class: ticket.class,
            waited: ticket.waited(at),
        })
    }

    fn ticket_issued(&mut self, issued: &Issued, at: Time) {
        let service = self.known_service(&issued.service, issued.number.letter);
        self.next_ticket = issued.ticket.0 + 1;
        self.kiosks.given(issued);
        if issued.offline.is_none() {
            // A number that a kiosk gave from the top of the range is not where the centre's own ones go on.
            self.last_numbers.insert(issued.number.letter, issued.number.number);
        }
        self.numbers.insert(issued.number, issued.ticket);
        self.services[service].issued += 1;
        if let Some(day) = &mut self.day {
            day.issued += 1;
        }
        self.bookings.extend(issued.booking);
        let taken_up = issued.taken_up.and_then(|number| self.returns.remove(&number));
        let then = issued.then.iter().map(|service| self.known_service(service, issued.number.letter)).collect();
        self.enter(Ticket {
            id: issued.ticket,
            number: issued.number,
            service,
            then,
            target: Target::Anyone,
            front: false,
            class: issued.class,
            classed: issued.booking.is_some(),
            booked_at: issued.booked_at,
            booking: issued.booking,
            taken_up,
            marks: BTreeSet::new(),
            delivered: BTreeMap::new(),
            outside: issued.outside,
            language: issued.language,
            issued_at: issued.offline.as_ref().map_or(at, |offline| offline.at),
            clock_start: issued.clock_start,
            stage: Stage::Waiting,
            moved: self.seq,
        });
        // A wait that began elsewhere is none for the officers here.
        if issued.clock_start < at {
            self.can_be_called(issued.ticket, at);
        }
    }

    fn ticket_called(&mut self, called: &Called, at: Time) {
        self.next_call = called.call.0 + 1;
        let counter = self.known_counter(called.counter);
        self.change(called.ticket, |ticket| {
            // A clock that stood still on an errand goes on from where it stood.
            if ticket.stage != Stage::Waiting {
                ticket.clock_start = Time(at.0 - ticket.waited(at));
            }
            ticket.stage = Stage::Called { counter, call: called.call, since: at, recalls: 0 };
            ticket.outside = false;
        });
        let desk = &mut self.counters[counter];
        desk.acts(at);
        if let Some(officer) = desk.state.officer().cloned() {
            desk.state = Counter::Busy { officer, ticket: called.ticket, since: at };
        }
    }

    fn ticket_missed(&mut self, ticket: TicketId, counter: CounterId, until: Time, at: Time) {
        let counter = self.known_counter(counter);
        self.change(ticket, |ticket| {
            let waited = ticket.waited(at);
            ticket.stage = Stage::Missed { counter, since: at, until, waited };
        });
    }

    fn ticket_held(&mut self, ticket: TicketId, counter: CounterId, until: Option<Time>, at: Time) {
        let counter = self.known_counter(counter);
        self.change(ticket, |ticket| {
            let waited = ticket.waited(at);
            ticket.stage = Stage::Held { counter, since: at, until, waited };
        });
    }

    /// An officer's word on a class is no step of the visit: it does not stand in the way of an undo.
    fn classed(&mut self, ticket: TicketId, class: Class, clock_start: Option<Time>) {
        let Some(mut ticket) = self.leave(ticket) else { return };
        (ticket.class, ticket.classed) = (class, true);
        ticket.clock_start = clock_start.unwrap_or(ticket.clock_start);
        self.enter(ticket);
    }

    fn marked(&mut self, ticket: TicketId, mark: &MarkId, on: bool) {
        let Some(ticket) = self.tickets.get_mut(&ticket) else { return };
        match on {
            true => drop(ticket.marks.insert(mark.clone())),
            false => drop(ticket.marks.remove(mark)),
        }
    }

    fn delivered(&mut self, ticket: TicketId, counter: CounterId, service: &ServiceId, count: u8, at: Time) {
        let counter = self.known_counter(counter);
        self.counters[counter].acts(at);
        let Some(ticket) = self.tickets.get_mut(&ticket) else { return };
        match count {
            0 => drop(ticket.delivered.remove(service)),
            _ => drop(ticket.delivered.insert(service.clone(), count)),
        }
    }

    /// Coming in is no step of the visit: it does not stand in the way of an undo.
    fn admitted(&mut self, ticket: TicketId) {
        let Some(mut ticket) = self.leave(ticket) else { return };
        ticket.outside = false;
        self.enter(ticket);
    }

    /// Queues a ticket for what comes next.
    fn queue_anew(&mut self, ticket: TicketId, next: &Queued, at: Time) {
        let Some(letter) = self.tickets.get(&ticket).map(|ticket| ticket.number.letter) else { return };
        let service = self.known_service(&next.service, letter);
        let then: Vec<usize> = next.then.iter().map(|service| self.known_service(service, letter)).collect();
        self.change(ticket, |ticket| {
            (ticket.service, ticket.then, ticket.target) = (service, then, next.to.clone());
            (ticket.clock_start, ticket.front) = (next.clock_start, next.front);
            ticket.stage = Stage::Waiting;
        });
        self.can_be_called(ticket, at);
    }

    /// Queues a ticket for what it waited for, with this clock.
    fn queue_at(&mut self, ticket: TicketId, clock_start: Time, at: Time) {
        self.change(ticket, |ticket| {
            ticket.clock_start = clock_start;
            ticket.stage = Stage::Waiting;
        });
        self.can_be_called(ticket, at);
    }

    fn ticket_recalled(&mut self, new_call: CallNumber, ticket: TicketId, counter: CounterId, at: Time) {
        self.next_call = new_call.0 + 1;
        if let Some(Ticket { stage: Stage::Called { call, recalls, .. }, .. }) = self.tickets.get_mut(&ticket) {
            *call = new_call;
            *recalls += 1;
        }
        let counter = self.known_counter(counter);
        self.counters[counter].acts(at);
    }

    fn service_started(&mut self, ticket: TicketId, counter: CounterId, at: Time) {
        let counter = self.known_counter(counter);
        self.counters[counter].acts(at);
        self.change(ticket, |ticket| {
            if let Stage::Called { since: called, recalls, .. } = ticket.stage {
                ticket.stage = Stage::Serving { counter, called, since: at, recalls };
            }
        });
    }

    /// Tickets that may have waited long can be called from now on: an officer who sat idle with nobody else to call has not been
    /// away. One who had somebody else counts as idle since then, and no longer.
    fn callable_again(&mut self, tickets: &BTreeSet<TicketId>, at: Time) {
        let wanted = |desk: &CounterDesk| {
            let idle = matches!(desk.state, Counter::Free { .. });
            let concerned = idle && tickets.iter().filter_map(|id| self.tickets.get(id)).any(|ticket| self.concerns(desk, ticket));
            let before = || dispatch::oldest_besides(self, desk, |ticket| tickets.contains(&ticket.id));
            concerned.then(|| before().map_or(at, |before| before.min(at)))
        };
        let wanted: Vec<Option<Time>> = self.counters.iter().map(wanted).collect();
        for (desk, since) in self.counters.iter_mut().zip(wanted) {
            desk.last_act = since.map_or(desk.last_act, |since| since.max(desk.last_act));
        }
    }

    fn concerns(&self, desk: &CounterDesk, ticket: &Ticket) -> bool {
        desk.serves(ticket.service) || desk.is_meant(&ticket.target)
    }

    /// A ticket can be called by officers who sat idle until now.
    pub(crate) fn can_be_called(&mut self, ticket: TicketId, at: Time) {
        self.callable_again(&BTreeSet::from([ticket]), at);
    }

    /// Nobody waits for a counter that is closed: its tickets, and those of its officer, are everybody's.
    fn free_reserved(&mut self, counter: CounterId, officer: &OfficerId, at: Time) {
        let pools = self.counter(counter).into_iter().flat_map(|desk| desk.policy.pools.iter().cloned().map(Target::Pool));
        let targets: Vec<Target> = [Target::Counter(counter), Target::Officer(officer.clone())].into_iter().chain(pools).collect();
        let tickets = targets.iter().filter_map(|target| self.reserved.get(target)).flatten().copied().collect();
        self.callable_again(&tickets, at);
    }

    fn count_finished(&mut self, ticket: TicketId, at: Time) {
        let Some(ticket) = self.tickets.get(&ticket) else { return };
        let called = match ticket.stage {
            Stage::Called { since, .. } => since,
            Stage::Serving { called, .. } => called,
            Stage::Waiting | Stage::Held { .. } | Stage::Missed { .. } => return,
        };
        let service = &mut self.services[ticket.service];
        service.finished += 1;
        service.finished_time += at.since(called);
    }

    /// Moves a live ticket, and keeps every index of it true.
    pub(crate) fn change(&mut self, ticket: TicketId, change: impl FnOnce(&mut Ticket)) {
        let Some(mut ticket) = self.leave(ticket) else { return };
        change(&mut ticket);
        ticket.moved = self.seq;
        self.enter(ticket);
    }

    /// Takes a live ticket out of the hall and of every index.
    pub(crate) fn leave(&mut self, ticket: TicketId) -> Option<Ticket> {
        let ticket = self.tickets.remove(&ticket)?;
        self.numbers.remove(&ticket.number);
        self.services[ticket.service].lanes[ticket.class as usize].remove(&(ticket.clock_start, ticket.id));
        self.away.remove(&ticket.id);
        self.fronts.remove(&ticket.id);
        self.outside.remove(&ticket.id);
        if let Some(until) = ticket.stage.until() {
            self.timers.remove(&(until, ticket.id));
        }
        if let Some(reserved) = self.reserved.get_mut(&ticket.target) {
            reserved.remove(&ticket.id);
            if reserved.is_empty() {
                self.reserved.remove(&ticket.target);
            }
        }
        Some(ticket)
    }

    /// Puts a live ticket into the hall and into every index.
    pub(crate) fn enter(&mut self, ticket: Ticket) {
        self.numbers.insert(ticket.number, ticket.id);
        if ticket.stage == Stage::Waiting {
            self.services[ticket.service].lanes[ticket.class as usize].insert((ticket.clock_start, ticket.id));
            if ticket.front {
                self.fronts.insert(ticket.id);
            }
            if ticket.outside {
                self.outside.insert(ticket.id);
            }
            if ticket.target != Target::Anyone {
                self.reserved.entry(ticket.target.clone()).or_default().insert(ticket.id);
            }
        }
        if ticket.is_away() {
            self.away.insert(ticket.id);
        }
        if let Some(until) = ticket.stage.until() {
            self.timers.insert((until, ticket.id));
        }
        self.tickets.insert(ticket.id, ticket);
    }

    fn end(&mut self, ticket: TicketId, end: End) {
        if self.leave(ticket).is_some() {
            self.ended.insert(ticket, end);
        }
    }

    fn free(&mut self, counter: CounterId, at: Time) {
        let counter = self.known_counter(counter);
        let desk = &mut self.counters[counter];
        desk.acts(at);
        if let Some(officer) = desk.state.officer().cloned() {
            desk.state = Counter::Free { officer, since: at };
        }
    }

    fn seat(&mut self, counter: CounterId, at: Time, state: Counter) {
        let counter = self.known_counter(counter);
        let profile = self.profile_of(&self.counters[counter].policy, state.officer());
        let desk = &mut self.counters[counter];
        desk.profile = profile;
        desk.acts(at);
        desk.state = state;
        desk.last = None;
    }

    /// Returns what an officer may call at a counter, with weights: what both serve. All that the counter does, when nobody
    /// is there or nothing is said of the officer.
    pub(crate) fn profile_of(&self, counter: &CounterPolicy, officer: Option<&OfficerId>) -> Vec<(usize, u32)> {
        /// Weights are in thousandths.
        const WHOLE: u64 = 1_000;
        let skills = officer.and_then(|officer| self.policy.officers.iter().find(|skilled| skilled.officer == *officer));
        let share = |service: &ServiceId| match skills {
            Some(skilled) => skilled.profile.iter().find(|(known, _)| known == service).map(|(_, share)| u64::from(*share)),
            None => Some(WHOLE),
        };
        let entry = |(service, weight): &(ServiceId, u32)| {
            let weight = (u64::from(*weight) * share(service)? / WHOLE).clamp(1, u64::from(u32::MAX));
            Some((*self.service_index.get(service)?, u32::try_from(weight).unwrap_or(u32::MAX)))
        };
        counter.profile.iter().filter_map(entry).collect()
    }

    fn add_service(&mut self, policy: ServicePolicy) -> usize {
        let index = self.services.len();
        self.service_index.insert(policy.id.clone(), index);
        self.services.push(ServiceDesk::new(policy));
        index
    }

    fn add_counter(&mut self, policy: CounterPolicy) -> usize {
        let index = self.counters.len();
        let profile = self.profile_of(&policy, None);
        for (service, _) in &profile {
            self.services[*service].counters.push(index);
        }
        self.counter_index.insert(policy.id, index);
        self.counters.push(CounterDesk {
            policy,
            profile,
            state: Counter::Closed,
            acted: Time(i64::MIN),
            last_act: Time(i64::MIN),
            last: None,
        });
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
    pub(crate) fn known_counter(&mut self, id: CounterId) -> usize {
        if let Some(index) = self.counter_index.get(&id) {
            return *index;
        }
        let zone = protocol::ZoneId::new("gone").expect("a well-formed zone");
        self.add_counter(CounterPolicy::new(id, zone, Vec::new()))
    }
}
