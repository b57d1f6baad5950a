//! What officers note of a visit: marks from the centre's list, and what was done besides the service of the ticket.
//!
//! There is no free text: whatever a person writes about a citizen would be that citizen's data.

use protocol::{CounterId, MarkId, Outcome, Refusal, ServiceId, TicketNumber};

use crate::event::Event;
use crate::hall::{CounterDesk, Hall, Stage};

impl Hall {
    pub(crate) fn mark(&self, number: TicketNumber, mark: &MarkId, on: bool) -> Result<Event, Refusal> {
        let ticket = self.ticket_numbered(number).ok_or(Refusal::UnknownTicket)?;
        if !self.policy.marks.contains(mark) {
            return Err(Refusal::UnknownMark);
        }
        match ticket.marks.contains(mark) == on {
            true => Err(Refusal::MarkUnchanged),
            false => Ok(Event::TicketMarked { ticket: ticket.id, mark: mark.clone(), on }),
        }
    }

    pub(crate) fn deliver(&self, desk: &CounterDesk, service: &ServiceId, count: u8) -> Result<Event, Refusal> {
        let ticket = self.ticket_at(desk)?;
        let Stage::Serving { .. } = ticket.stage else { return Err(Refusal::TicketNotServing) };
        if !self.service_index.contains_key(service) {
            return Err(Refusal::UnknownService);
        }
        let counter: CounterId = desk.policy.id;
        Ok(Event::ServiceDelivered { ticket: ticket.id, counter, service: service.clone(), count })
    }

    /// Returns how a service ended when the officer says it, or says nothing.
    pub(crate) fn outcome(&self, said: Option<Outcome>) -> Result<Outcome, Refusal> {
        match said {
            Some(outcome) => Ok(outcome),
            None if self.policy.outcome_required => Err(Refusal::OutcomeRequired),
            None => Ok(Outcome::Served),
        }
    }
}
