//! Taking the last act back: what an officer did is kept for a moment, and put back as it was.

use protocol::{Act, CounterId, OfficerId, Refusal, Seq, TicketId, Time};

use crate::event::{Called, Event, Recorded};
use crate::hall::{Counter, CounterDesk, Hall, Stage, Ticket};

/// What an officer did last at a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastAct {
    /// What.
    pub act: Act,
    /// When.
    pub at: Time,
    /// The event that did it.
    pub seq: Seq,
    /// The ticket before it.
    pub before: Ticket,
    /// Whether it ended the visit.
    pub ended: bool,
    /// The ticket that was called in the same act.
    pub called: Option<TicketId>,
}

impl LastAct {
    /// Returns the milliseconds from call to end that the act added to what its service usually takes.
    fn counted(&self) -> Option<i64> {
        match (self.act, &self.before.stage) {
            (Act::Finish | Act::Transfer, Stage::Called { since: called, .. } | Stage::Serving { called, .. }) => {
                Some(self.at.since(*called))
            }
            _ => None,
        }
    }
}

impl Hall {
    /// Returns the event that takes the officer's last act back.
    pub(crate) fn undo(&self, counter: CounterId, officer: &OfficerId, now: Time) -> Result<Event, Refusal> {
        let desk = self.desk_of(counter, officer)?;
        desk.last.as_ref().ok_or(Refusal::NothingToUndo)?;
        let last = self.undoable(desk, now).ok_or(Refusal::TooLateToUndo)?;
        let (officer, act, ticket, withdrawn) = (officer.clone(), last.act, last.before.id, last.called);
        Ok(Event::ActUndone { counter, officer, act, ticket, withdrawn })
    }

    /// Returns the last act at a counter, if it can still be undone at `now`.
    pub fn undoable<'a>(&self, desk: &'a CounterDesk, now: Time) -> Option<&'a LastAct> {
        let last = desk.last.as_ref().filter(|last| now.0 - last.at.0 <= self.policy.undo_within)?;
        let here = match &desk.state {
            Counter::Busy { ticket, .. } => self.tickets.get(ticket),
            Counter::Closed | Counter::Paused { .. } | Counter::Free { .. } => None,
        };
        let called = |id: TicketId| here.is_some_and(|here| here.id == id && matches!(here.stage, Stage::Called { .. }));
        let as_it_left_it = match (last.act, last.called) {
            (Act::Call, _) => called(last.before.id),
            (Act::Start, _) => here.is_some_and(|here| here.id == last.before.id),
            (_, Some(next)) => called(next) && self.untouched(last),
            (_, None) => here.is_none() && self.untouched(last),
        };
        as_it_left_it.then_some(last)
    }

    /// Returns whether nobody has gone on with the ticket since, nor taken its number.
    fn untouched(&self, last: &LastAct) -> bool {
        match self.tickets.get(&last.before.id) {
            Some(ticket) => ticket.moved == last.seq,
            None => last.ended && !self.numbers.contains_key(&last.before.number),
        }
    }

    pub(crate) fn act_undone(&mut self, counter: CounterId, withdrawn: Option<TicketId>, at: Time) {
        let counter = self.known_counter(counter);
        if let Some(withdrawn) = withdrawn {
            self.change(withdrawn, |ticket| ticket.stage = Stage::Waiting);
            self.can_be_called(withdrawn, at);
        }
        let desk = &mut self.counters[counter];
        desk.acts(at);
        let (Some(last), Some(officer)) = (desk.last.take(), desk.state.officer().cloned()) else { return };
        desk.state = match last.act {
            Act::Call => Counter::Free { officer, since: at },
            Act::Start | Act::Finish | Act::NoShow | Act::Hold | Act::Transfer => {
                Counter::Busy { officer, ticket: last.before.id, since: at }
            }
        };
        if let Some(counted) = last.counted() {
            let service = &mut self.services[last.before.service];
            service.finished -= 1;
            service.finished_time -= counted;
        }
        self.ended.remove(&last.before.id);
        let now = self.leave(last.before.id);
        // What was decided on its class meanwhile, or noted, is no part of the act.
        let noted = now.as_ref().unwrap_or(&last.before);
        let (class, classed, marks, delivered) = (noted.class, noted.classed, noted.marks.clone(), noted.delivered.clone());
        let (ticket, waits) = (last.before.id, last.before.stage == Stage::Waiting);
        // Whoever was called has come in by now.
        let outside = false;
        self.enter(Ticket { class, classed, marks, delivered, outside, moved: self.seq, ..last.before });
        if waits {
            self.can_be_called(ticket, at);
        }
    }

    /// Keeps what an act is about to change.
    pub(crate) fn remember(&mut self, act: Act, ticket: TicketId, counter: CounterId, recorded: &Recorded) {
        let counter = self.known_counter(counter);
        let before = self.tickets.get(&ticket).cloned();
        let ended = matches!(recorded.event, Event::ServiceFinished { next: None, .. } | Event::TicketMissed { back_until: None, .. });
        self.counters[counter].last = before.map(|before| LastAct { act, at: recorded.at, seq: recorded.seq, before, ended, called: None });
    }

    /// Keeps what a call is about to change; one that ended a ticket in the same act is undone with it.
    pub(crate) fn remember_call(&mut self, called: &Called, recorded: &Recorded) {
        let counter = self.known_counter(called.counter);
        match &mut self.counters[counter].last {
            Some(last) if called.same_act => last.called = Some(called.ticket),
            _ => self.remember(Act::Call, called.ticket, called.counter, recorded),
        }
    }

    /// Forgets what could be undone at a counter.
    pub(crate) fn forget(&mut self, counter: CounterId) {
        let counter = self.known_counter(counter);
        self.counters[counter].last = None;
    }
}
