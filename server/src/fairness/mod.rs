//! Whether a day was fair: a fold over its events that holds every call against everyone who waited at that moment.
//!
//! The hall is folded as it was; the passes of a call are found by looking at each waiting ticket, not by asking the rule
//! again who was next. A journal in which somebody was passed over for no reason does not come out clean.

mod pass;
mod rules;
#[cfg(test)]
mod tests;
pub mod told;
mod visit;

use std::collections::{BTreeMap, BTreeSet};

use protocol::report::{
    FairnessReport, LongestPassed, OutOfOrderCalls, PassReason, Passes, PriorityDecisions, QueueWaits, UndoneActs, UnexplainedPass,
    Unserved,
};
use protocol::{Act, CancelReason, Class, CounterId, OfficerId, OutOfOrderReason, ServiceId, TicketId, TicketNumber, Time};
use queue::{Called, End, Event, Hall, Issued, Policy, Recorded};

use crate::priority::Load;
use crate::screens::stats::Spread;
use pass::Pass;
pub use visit::visits;

/// Returns the report of a business day. Without the centre's rules, those are used that the day's calls carry.
pub fn report(day: &[Recorded], rules: Option<&Policy>) -> FairnessReport {
    let mut fold = Fold::new(rules::of_day(day, rules));
    for recorded in day {
        fold.apply(recorded);
    }
    fold.report()
}

/// Passes that are listed one by one.
const UNEXPLAINED_LISTED: usize = 100;

struct Fold {
    hall: Hall,
    load: Load,
    date: String,
    closed: bool,
    issued: Vec<TicketId>,
    calls: u32,
    waits: BTreeMap<(TicketId, ServiceId), Wait>,
    passes: Passes,
    passed: BTreeSet<TicketId>,
    unexplained: Vec<UnexplainedPass>,
    /// Tickets that wait and were passed over since they began to.
    passed_now: BTreeMap<TicketId, PassedNow>,
    longest: Option<LongestPassed>,
    out_of_order: BTreeMap<(OfficerId, OutOfOrderReason), u32>,
    undone: BTreeMap<Act, u32>,
    priority: PriorityDecisions,
}

/// The wait of a ticket for a service, as it was called first.
struct Wait {
    class: Class,
    waited: i64,
    promise: i64,
}

struct PassedNow {
    number: TicketNumber,
    service: ServiceId,
    class: Class,
    since: Time,
    times: u32,
}

impl Fold {
    fn new(rules: Policy) -> Fold {
        Fold {
            hall: Hall::new(rules),
            load: Load::default(),
            date: String::new(),
            closed: false,
            issued: Vec::new(),
            calls: 0,
            waits: BTreeMap::new(),
            passes: Passes::default(),
            passed: BTreeSet::new(),
            unexplained: Vec::new(),
            passed_now: BTreeMap::new(),
            longest: None,
            out_of_order: BTreeMap::new(),
            undone: BTreeMap::new(),
            priority: PriorityDecisions::default(),
        }
    }

    fn apply(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        match &recorded.event {
            Event::DayOpened { day, .. } => (self.date, self.closed) = (day.date.clone(), false),
            Event::DayClosed { .. } => self.closed = true,
            Event::TicketIssued(issued) => self.count_issued(issued),
            Event::TicketCalled(called) => self.count_call(called, at),
            Event::TicketClassed { ticket, class, .. } => self.count_decision(*ticket, *class),
            Event::ActUndone { act, ticket, withdrawn, .. } => {
                *self.undone.entry(*act).or_default() += 1;
                let uncalled = withdrawn.iter().chain((*act == Act::Call).then_some(ticket));
                uncalled.for_each(|ticket| self.not_called(*ticket));
                if *act != Act::Call {
                    // What had been sent back to the queue is at its counter again.
                    self.settle(*ticket, at);
                }
            }
            Event::TicketReturned { ticket, .. } => self.not_called(*ticket),
            Event::TicketCancelled { ticket, .. } | Event::TicketClosed { ticket } => self.settle(*ticket, at),
            Event::TicketLapsed { .. }
            | Event::NumbersReserved { .. }
            | Event::NumberLeft { .. }
            | Event::CounterOpened { .. }
            | Event::CounterClosed { .. }
            | Event::CounterPaused { .. }
            | Event::CounterResumed { .. }
            | Event::TicketRecalled { .. }
            | Event::ServiceStarted { .. }
            | Event::ServiceFinished { .. }
            | Event::TicketMissed { .. }
            | Event::TicketHeld { .. }
            | Event::TicketTransferred { .. }
            | Event::TicketBack { .. }
            | Event::TicketMarked { .. }
            | Event::ServiceDelivered { .. }
            | Event::TicketAdmitted { .. }
            | Event::ServicesSuspended { .. }
            | Event::ServicesResumed { .. } => {}
        }
        self.load.apply(&self.hall, recorded);
        self.hall.apply(recorded);
    }

    fn count_issued(&mut self, issued: &Issued) {
        self.issued.push(issued.ticket);
        self.priority.asked += u32::from(issued.class == Class::Priority);
    }

    fn count_call(&mut self, called: &Called, at: Time) {
        self.calls += 1;
        self.settle(called.ticket, at);
        if let Some(ticket) = self.hall.ticket(called.ticket) {
            let service = self.hall.services()[ticket.service].policy.id.clone();
            let wait =
                Wait { class: ticket.class, waited: called.why.waited - self.hall.promise(ticket).head_start, promise: called.why.promise };
            self.waits.entry((ticket.id, service)).or_insert(wait);
        }
        if let (Some(reason), Some(officer)) = (called.why.out_of_order, self.officer_at(called.counter)) {
            *self.out_of_order.entry((officer, reason)).or_default() += 1;
        }
        for pass in pass::passes(&self.hall, called, at) {
            self.count_pass(&pass, called, at);
        }
    }

    fn officer_at(&self, counter: CounterId) -> Option<OfficerId> {
        self.hall.counter(counter).and_then(|desk| desk.state.officer()).cloned()
    }

    fn count_pass(&mut self, pass: &Pass, called: &Called, at: Time) {
        let passes = &mut self.passes;
        let (counted, could_be_called) = match pass.reason {
            PassReason::OtherClass => (&mut passes.other_class, true),
            PassReason::OtherService => (&mut passes.other_service, true),
            PassReason::Front => (&mut passes.front, true),
            PassReason::OutOfOrder => (&mut passes.out_of_order, true),
            PassReason::Unexplained => (&mut passes.unexplained, true),
            PassReason::LongerWait => (&mut passes.longer_wait, false),
            PassReason::Target => (&mut passes.target, false),
            PassReason::Suspended => (&mut passes.suspended, false),
        };
        *counted += 1;
        if !could_be_called {
            return;
        }
        let decided = matches!(pass.reason, PassReason::OutOfOrder | PassReason::Front);
        passes.decided_within += u32::from(decided && pass.same_queue);
        self.passed.insert(pass.ticket);
        let (number, class) = (pass.number, pass.class);
        let first = || PassedNow { number, service: pass.service.clone(), class, since: at, times: 0 };
        self.passed_now.entry(pass.ticket).or_insert_with(first).times += 1;
        if pass.reason == PassReason::Unexplained && self.unexplained.len() < UNEXPLAINED_LISTED {
            let (counter, service) = (called.counter, pass.service.clone());
            self.unexplained.push(UnexplainedPass { at, counter, called: called.number, passed: number, service, class });
        }
    }

    fn count_decision(&mut self, ticket: TicketId, class: Class) {
        let Some(before) = self.hall.ticket(ticket).map(|ticket| ticket.class) else { return };
        match (before, class) {
            (Class::Priority, Class::Priority) => self.priority.confirmed += 1,
            (_, Class::Priority) => self.priority.given += 1,
            (Class::Priority, _) => self.priority.withdrawn += 1,
            (Class::Standard | Class::Appointment, Class::Standard | Class::Appointment) => {}
        }
    }

    /// A call that was taken back, or that nobody stood by, ended no wait.
    fn not_called(&mut self, ticket: TicketId) {
        let Some(service) = self.hall.ticket(ticket).map(|ticket| self.hall.services()[ticket.service].policy.id.clone()) else { return };
        self.waits.remove(&(ticket, service));
    }

    /// The ticket waits no more: how long it had been passed over is known.
    fn settle(&mut self, ticket: TicketId, at: Time) {
        let Some(passed) = self.passed_now.remove(&ticket) else { return };
        let PassedNow { number, service, class, since, times } = passed;
        let milliseconds = at.since(since);
        if self.longest.as_ref().is_none_or(|longest| milliseconds > longest.milliseconds) {
            self.longest = Some(LongestPassed { number, service, class, milliseconds, times });
        }
    }

    fn report(mut self) -> FairnessReport {
        let until = self.hall.at();
        let waiting: Vec<TicketId> = self.passed_now.keys().copied().collect();
        waiting.into_iter().for_each(|ticket| self.settle(ticket, until));
        FairnessReport {
            until,
            closed: self.closed,
            issued: count(self.issued.len()),
            calls: self.calls,
            queues: queues(&self.waits),
            passes: Passes { tickets: count(self.passed.len()), ..self.passes },
            unserved: unserved(&self.hall, &self.issued),
            price: self.load.price(&self.hall),
            date: self.date,
            unexplained: self.unexplained,
            longest: self.longest,
            out_of_order: self
                .out_of_order
                .into_iter()
                .map(|((officer, reason), calls)| OutOfOrderCalls { officer, reason, calls })
                .collect(),
            undone: self.undone.into_iter().map(|(act, times)| UndoneActs { act, times }).collect(),
            priority: self.priority,
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn queues(waits: &BTreeMap<(TicketId, ServiceId), Wait>) -> Vec<QueueWaits> {
    let mut queues: BTreeMap<(&ServiceId, Class), (Spread, QueueWaits)> = BTreeMap::new();
    for ((_, service), wait) in waits {
        let empty =
            || QueueWaits { service: service.clone(), class: wait.class, called: 0, within: 0, promise: 0, p50: 0, p90: 0, longest: 0 };
        let (spread, figures) = queues.entry((service, wait.class)).or_insert_with(|| (Spread::default(), empty()));
        let waited = wait.waited.max(0);
        spread.add(waited);
        figures.called += 1;
        figures.within += u32::from(wait.waited <= wait.promise);
        (figures.promise, figures.longest) = (wait.promise, figures.longest.max(waited));
    }
    let known = |(spread, figures): (Spread, QueueWaits)| {
        let quantile = |percent| spread.quantile(percent).unwrap_or_default();
        QueueWaits { p50: quantile(50), p90: quantile(90), ..figures }
    };
    queues.into_values().map(known).collect()
}

fn unserved(hall: &Hall, issued: &[TicketId]) -> Unserved {
    let mut unserved = Unserved::default();
    for ticket in issued {
        match hall.ended(*ticket) {
            Some(End::ClosedWithDay) => unserved.closed_with_day += 1,
            Some(End::Missed) => unserved.missed += 1,
            Some(End::Cancelled(CancelReason::GivenUp)) => unserved.given_up += 1,
            Some(End::Cancelled(CancelReason::Mistake)) => unserved.mistake += 1,
            Some(End::Cancelled(CancelReason::Replaced)) => unserved.replaced += 1,
            Some(End::Finished(_)) | None => {}
        }
    }
    unserved
}
