//! Passes: who waited when another was called, though issued or clocked earlier, and why that was right.

use protocol::report::{PassReason, RuleFigures};
use protocol::{Class, ServiceId, Target, TicketId, TicketNumber, Time};
use queue::{Called, CounterDesk, Hall, Stage, Ticket, UNIT_WEIGHT};

/// A waiting ticket that a call passed over.
pub struct Pass {
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// What it waited for.
    pub service: ServiceId,
    /// Its class.
    pub class: Class,
    /// Whether the one called was of the same service and class.
    pub same_queue: bool,
    /// Why it was right.
    pub reason: PassReason,
    /// How it stood in the rule.
    pub own: RuleFigures,
}

/// Returns the passes of a call: all who waited for a service of the counter, or were meant for it, and had been issued
/// earlier than the one called or had the earlier clock. `hall` is the hall before the call.
pub fn passes(hall: &Hall, called: &Called, at: Time) -> Vec<Pass> {
    let (Some(desk), Some(one)) = (hall.counter(called.counter), hall.ticket(called.ticket)) else { return Vec::new() };
    let turn = Turn { hall, desk, called, one, standing: standing_of(called, one, at), at };
    // The rule chose before the ticket that the same act sent on was back in a queue.
    let just_left = desk.last.as_ref().filter(|_| called.same_act).map(|last| last.before.id);
    let waiting = hall.tickets().filter(|other| other.stage == Stage::Waiting && other.id != one.id && Some(other.id) != just_left);
    waiting.filter_map(|other| turn.pass(other)).collect()
}

/// How a ticket stood in the promise rule at one moment.
#[derive(Clone, Copy)]
struct Standing {
    ticket: TicketId,
    clock_start: Time,
    figures: RuleFigures,
}

impl Standing {
    /// Returns whether its clock started first; of equal clocks the earlier ticket's.
    fn is_clocked_before(&self, other: &Standing) -> bool {
        (self.clock_start, self.ticket) < (other.clock_start, other.ticket)
    }

    /// Returns whether it had used more of its promise, by the counter's weights; of equal shares the earlier clock.
    fn is_before(&self, other: &Standing) -> bool {
        let score = |of: &RuleFigures, over: &RuleFigures| i128::from(of.weight) * i128::from(of.waited) * i128::from(over.promise);
        let (mine, theirs) = (score(&self.figures, &other.figures), score(&other.figures, &self.figures));
        mine > theirs || (mine == theirs && self.is_clocked_before(other))
    }
}

/// The ticket that was called, by the figures that its call carries.
fn standing_of(called: &Called, one: &Ticket, at: Time) -> Standing {
    let why = &called.why;
    Standing { ticket: one.id, clock_start: Time(at.0 - one.waited(at)), figures: RuleFigures::new(why.waited, why.promise, why.weight) }
}

/// One call, and the moment at which it was made.
struct Turn<'a> {
    hall: &'a Hall,
    desk: &'a CounterDesk,
    called: &'a Called,
    one: &'a Ticket,
    standing: Standing,
    at: Time,
}

impl Turn<'_> {
    fn pass(&self, other: &Ticket) -> Option<Pass> {
        let weight = self.desk.profile.iter().find(|(service, _)| *service == other.service).map(|(_, weight)| *weight);
        let weight = weight.or_else(|| self.is_its_officers(other).then_some(UNIT_WEIGHT))?;
        let promise = self.hall.promise(other);
        let own = RuleFigures::new(other.waited(self.at) + promise.head_start, promise.within, weight);
        let waiting = Standing { ticket: other.id, clock_start: other.clock_start, figures: own };
        if other.id > self.one.id && !waiting.is_clocked_before(&self.standing) {
            return None;
        }
        Some(Pass {
            ticket: other.id,
            number: other.number,
            service: self.hall.services()[other.service].policy.id.clone(),
            class: other.class,
            same_queue: self.is_same_queue(other),
            reason: self.reason(other, &waiting),
            own,
        })
    }

    /// Returns whether it is meant for the officer at the counter, who takes it whatever it is for.
    fn is_its_officers(&self, other: &Ticket) -> bool {
        matches!(other.target, Target::Officer(_)) && self.desk.is_meant(&other.target)
    }

    fn is_same_queue(&self, other: &Ticket) -> bool {
        other.service == self.one.service && other.class == self.one.class
    }

    fn reason(&self, other: &Ticket, waiting: &Standing) -> PassReason {
        let why = &self.called.why;
        if self.hall.suspension(&self.hall.services()[other.service]).is_some() {
            return PassReason::Suspended;
        }
        if !self.hall.may_call(self.desk, other) {
            return PassReason::Target;
        }
        if why.out_of_order.is_some() {
            return PassReason::OutOfOrder;
        }
        match (why.front, other.front) {
            (true, false) => return PassReason::Front,
            (false, true) => return PassReason::Unexplained,
            (true, true) | (false, false) => {}
        }
        match (other.service == self.one.service, other.class == self.one.class) {
            (true, true) if self.standing.is_clocked_before(waiting) => PassReason::LongerWait,
            (true, true) => PassReason::Unexplained,
            _ if !self.standing.is_before(waiting) => PassReason::Unexplained,
            (true, false) => PassReason::OtherClass,
            (false, _) => PassReason::OtherService,
        }
    }
}
