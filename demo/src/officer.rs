//! What one simulated officer does, as a function: what happened goes in, what to do next comes out.

use std::collections::BTreeSet;

use protocol::request::CalledTicket;
use protocol::time::{HOUR, MINUTE};
use protocol::view::{CounterStage, CounterTicket};
use protocol::{CounterId, Outcome, Refusal, ServiceId, TicketId, Time};
use rand::Rng;
use rand::rngs::StdRng;

use crate::calendar::{Calendar, Day};
use crate::chance;

/// One second of the centre's time, milliseconds.
const SECOND: i64 = 1_000;

/// What an officer does at the counter.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Opens the counter.
    Open,
    /// Closes it.
    Close,
    /// Begins a break.
    Pause {
        /// When it is meant to end.
        back_at: Time,
    },
    /// Ends a break.
    Resume,
    /// Calls the next ticket.
    Next,
    /// Calls it again.
    Recall(TicketId),
    /// The citizen is there.
    Start(TicketId),
    /// The service ended.
    Finish {
        /// Whose.
        ticket: TicketId,
        /// How.
        outcome: Outcome,
        /// Whether to call the next one in the same act.
        then_next: bool,
    },
    /// Nobody came.
    NoShow {
        /// Who did not.
        ticket: TicketId,
        /// Whether to call the next one in the same act.
        then_next: bool,
    },
}

/// What an officer wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Ask the server for this.
    Ask(Act),
    /// Look at the counter's screen: what was thought to be so is not.
    Look,
    /// Do nothing until then.
    Wait(Time),
    /// Do nothing until somebody waits for this counter, or until then.
    Idle(Time),
}

/// What happened to an officer.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The time waited for has come, or somebody waits.
    Woke,
    /// The act was granted, and called this ticket.
    Done(Option<CalledTicket>),
    /// The act was refused.
    Refused(String),
    /// This is on the counter's screen.
    Seen(Option<SeenTicket>),
}

/// A ticket on the counter's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenTicket {
    /// Which.
    pub ticket: TicketId,
    /// Called or being served.
    pub stage: CounterStage,
}

impl From<&CounterTicket> for SeenTicket {
    fn from(seen: &CounterTicket) -> SeenTicket {
        SeenTicket { ticket: seen.ticket, stage: seen.stage }
    }
}

/// What is known of those who are called.
pub trait Visits {
    /// Whether the citizen with this ticket is still there.
    fn comes(&self, ticket: TicketId) -> bool;
    /// What the citizen with this ticket came for, if it is known.
    fn service(&self, ticket: TicketId) -> Option<ServiceId>;
    /// The mean time that a service takes, minutes.
    fn minutes(&self, service: Option<&ServiceId>) -> f64;
    /// Whether the agency behind a service has no system at the moment.
    fn is_down(&self, service: &ServiceId) -> bool;
}

/// An officer at a counter of their own.
#[derive(Debug)]
pub struct Officer {
    counter: CounterId,
    calendar: Calendar,
    random: StdRng,
    day: Day,
    arrives: Time,
    breaks: Vec<Break>,
    stage: Stage,
    asked: Option<Act>,
    /// When the next thing should happen, if nothing took any time but work.
    due: Option<Time>,
    /// How far behind that the officer is: in a hurried day the journey of a request takes long by the centre's clock.
    behind: i64,
    /// When somebody else takes over for good.
    leaves: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Break {
    from: Time,
    length: i64,
}

#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// Not at the counter.
    Away,
    /// At the counter, with no ticket.
    Free,
    /// A ticket is called and the citizen walks, or does not come.
    Called { ticket: TicketId, called: Time, there: Option<Time>, recalls: u32 },
    /// A citizen is served.
    Serving { ticket: TicketId, until: Time },
    /// On a break.
    OnBreak { until: Time },
}

/// How long after a call it is made again.
const RECALL_AFTER: i64 = 50 * SECOND;
/// How often a ticket is called again before it counts as missed.
const RECALLS: u32 = 1;

impl Officer {
    /// Returns an officer who is not at the counter yet.
    pub fn new(counter: CounterId, calendar: Calendar, random: StdRng, now: Time) -> Officer {
        let day = calendar.day_at(now);
        let (breaks, stage) = (Vec::new(), Stage::Away);
        let mut officer =
            Officer { counter, calendar, random, day, arrives: now, breaks, stage, asked: None, due: None, behind: 0, leaves: None };
        officer.plan(day);
        officer
    }

    /// Returns the officer as one who calls nobody from then on, leaves and does not come back.
    pub fn leaving_at(mut self, time: Time) -> Officer {
        self.leaves = Some(time);
        self
    }

    /// Returns the officer's counter.
    pub fn counter(&self) -> CounterId {
        self.counter
    }

    /// Takes what happened and returns what to do.
    pub fn on(&mut self, event: Event, now: Time, visits: &impl Visits) -> Action {
        /// What is later than this is an outage, and not made up for.
        const BEHIND_MAX: i64 = 3 * MINUTE;
        if let Some(due) = self.due.take() {
            self.behind = (self.behind + now.since(due)).min(BEHIND_MAX);
        }
        let action = self.next(event, now, visits);
        self.due = match &action {
            Action::Wait(until) => Some(*until),
            Action::Ask(_) | Action::Look => Some(now),
            Action::Idle(_) => None,
        };
        action
    }

    fn next(&mut self, event: Event, now: Time, visits: &impl Visits) -> Action {
        let asked = self.asked.take();
        match event {
            Event::Woke => self.go_on(now, visits),
            Event::Done(called) => {
                self.done(asked.as_ref(), now, visits);
                if let Some(called) = called.filter(|_| !matches!(asked, Some(Act::Recall(_)))) {
                    self.stage = self.called(called.ticket, now, visits);
                }
                self.go_on(now, visits)
            }
            Event::Refused(code) => self.refused(&code, asked, now),
            Event::Seen(seen) => {
                self.stage = match seen {
                    None => Stage::Free,
                    Some(SeenTicket { ticket, stage: CounterStage::Called }) => self.called(ticket, now, visits),
                    Some(SeenTicket { ticket, stage: CounterStage::Serving }) => self.serving(ticket, now, visits),
                };
                self.go_on(now, visits)
            }
        }
    }

    fn done(&mut self, asked: Option<&Act>, now: Time, visits: &impl Visits) {
        self.stage = match (asked, self.stage.clone()) {
            (Some(Act::Open | Act::Resume | Act::Finish { .. } | Act::NoShow { .. }), _) => Stage::Free,
            (Some(Act::Close), _) => {
                let next = if now < self.day.closes { self.day } else { self.calendar.next(&self.day) };
                self.plan(next);
                Stage::Away
            }
            (Some(Act::Pause { back_at }), _) => Stage::OnBreak { until: *back_at },
            (Some(Act::Start(ticket)), _) => self.serving(*ticket, now, visits),
            (Some(Act::Recall(_)), Stage::Called { ticket, there, recalls, .. }) => {
                Stage::Called { ticket, called: now, there, recalls: recalls + 1 }
            }
            (_, stage) => stage,
        };
    }

    /// Does the next right thing.
    fn go_on(&mut self, now: Time, visits: &impl Visits) -> Action {
        /// Ten years.
        const FOR_GOOD: i64 = 10 * 365 * 24 * HOUR;
        match self.stage.clone() {
            Stage::Away if self.has_left(now) => Action::Wait(now.plus(FOR_GOOD)),
            Stage::Away if now < self.arrives => Action::Wait(self.arrives),
            Stage::Away => self.ask(Act::Open),
            Stage::Free => self.free(now),
            Stage::Called { ticket, there: Some(there), .. } if there <= now => self.ask(Act::Start(ticket)),
            Stage::Called { ticket, called, there, recalls } => {
                let again = called.plus(RECALL_AFTER);
                match there {
                    _ if now < again => Action::Wait(there.map_or(again, |there| there.min(again))),
                    _ if recalls < RECALLS => self.ask(Act::Recall(ticket)),
                    Some(there) => Action::Wait(there),
                    None => self.ask(Act::NoShow { ticket, then_next: !self.stops_calling(now) }),
                }
            }
            Stage::Serving { until, .. } if now < until => Action::Wait(until),
            Stage::Serving { ticket, .. } => {
                let outcome = self.outcome(ticket, visits);
                // Most officers call the next at once; some first put their papers away.
                let then_next = !self.stops_calling(now) && self.random.random_bool(0.85);
                self.ask(Act::Finish { ticket, outcome, then_next })
            }
            Stage::OnBreak { until } if now < until => Action::Wait(until),
            Stage::OnBreak { .. } => self.ask(Act::Resume),
        }
    }

    fn free(&mut self, now: Time) -> Action {
        if self.has_left(now) {
            return self.ask(Act::Close);
        }
        if self.is_break_due(now) {
            let back_at = now.plus(self.breaks.remove(0).length);
            return self.ask(Act::Pause { back_at });
        }
        self.ask(Act::Next)
    }

    fn refused(&mut self, code: &str, asked: Option<Act>, now: Time) -> Action {
        /// Nobody asks the same again at once.
        const REST: i64 = 20 * SECOND;
        match Refusal::from_code(code) {
            Some(Refusal::NobodyWaiting) if now >= self.day.closes => self.ask(Act::Close),
            Some(Refusal::NobodyWaiting) => Action::Idle(now.plus(MINUTE)),
            Some(Refusal::CounterOpen | Refusal::CounterBusy | Refusal::StaleTicket | Refusal::TicketNotCalled) => Action::Look,
            Some(Refusal::TicketNotServing | Refusal::CounterIdle) => Action::Look,
            Some(Refusal::CounterPaused) => {
                self.stage = Stage::OnBreak { until: now.plus(REST) };
                Action::Wait(now.plus(REST))
            }
            Some(Refusal::CounterNotPaused) => Action::Look,
            Some(Refusal::CounterClosed | Refusal::CentreClosed | Refusal::CounterTaken | Refusal::OfficerElsewhere) => {
                self.away(asked.as_ref(), now)
            }
            _ => Action::Wait(now.plus(REST)),
        }
    }

    /// The counter is not ours now: it was closed for us, is somebody else's, or the centre is closed.
    fn away(&mut self, asked: Option<&Act>, now: Time) -> Action {
        self.stage = Stage::Away;
        let day = self.calendar.day_at(now);
        if day != self.day {
            self.plan(day);
        } else {
            let rest = if asked == Some(&Act::Open) { 5 * MINUTE } else { MINUTE };
            self.arrives = now.plus(rest);
        }
        Action::Wait(self.arrives)
    }

    fn ask(&mut self, act: Act) -> Action {
        self.asked = Some(act.clone());
        Action::Ask(act)
    }

    fn called(&mut self, ticket: TicketId, now: Time, visits: &impl Visits) -> Stage {
        let late = self.random.random_bool(0.06);
        let walk = if late { self.random.random_range(55..85) } else { self.random.random_range(10..40) };
        let there = visits.comes(ticket).then(|| now.plus(self.made_up(walk * SECOND)));
        Stage::Called { ticket, called: now, there, recalls: 0 }
    }

    fn serving(&mut self, ticket: TicketId, now: Time, visits: &impl Visits) -> Stage {
        /// The times at a counter spread by half their mean.
        const SPREAD: f64 = 0.5;
        let minutes = chance::lognormal(visits.minutes(visits.service(ticket).as_ref()), SPREAD, &mut self.random);
        let length = (minutes.clamp(0.5, 40.0) * MINUTE as f64) as i64;
        Stage::Serving { ticket, until: now.plus(self.made_up(length)) }
    }

    /// Returns a length of work without what the officer is behind.
    fn made_up(&mut self, length: i64) -> i64 {
        let taken = self.behind.clamp(0, (length - SECOND).max(0));
        self.behind -= taken;
        length - taken
    }

    fn outcome(&mut self, ticket: TicketId, visits: &impl Visits) -> Outcome {
        if visits.service(ticket).is_some_and(|service| visits.is_down(&service)) {
            return Outcome::SystemDown;
        }
        match self.random.random_range(0..100) {
            0..88 => Outcome::Served,
            88..97 => Outcome::DocumentsMissing,
            _ => Outcome::Referred,
        }
    }

    fn stops_calling(&self, now: Time) -> bool {
        self.is_break_due(now) || self.has_left(now)
    }

    fn has_left(&self, now: Time) -> bool {
        self.leaves.is_some_and(|leaves| leaves <= now)
    }

    fn is_break_due(&self, now: Time) -> bool {
        self.breaks.first().is_some_and(|one| one.from <= now)
    }

    /// Plans a day: when to come, and when to rest. Two neighbours never rest at the same time.
    fn plan(&mut self, day: Day) {
        self.day = day;
        self.arrives = day.opens.plus(-self.random.random_range(0..8 * MINUTE));
        let turn = i64::from(self.counter.0 % 7);
        let tea = Break { from: day.opens.plus(120 * MINUTE + turn * 17 * MINUTE), length: 12 * MINUTE };
        let lunch = Break { from: day.opens.plus(300 * MINUTE + turn * 20 * MINUTE), length: 25 * MINUTE };
        self.breaks = vec![tea, lunch];
        // Who comes after a break has had it.
        let comes = self.arrives;
        self.breaks.retain(|one| one.from.plus(one.length) > comes);
    }
}

/// Returns the services that somebody at a counter waits for, of those that it serves.
pub fn has_work(serves: &BTreeSet<ServiceId>, waiting: impl Fn(&ServiceId) -> u32) -> bool {
    serves.iter().any(|service| waiting(service) > 0)
}

#[cfg(test)]
mod tests;
