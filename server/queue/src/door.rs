//! The hall's limit of people inside: who comes when it is full waits outside, and is called in when there is room.

use protocol::Refusal;
use protocol::{TicketId, Time};

use crate::dispatch;
use crate::event::Event;
use crate::hall::Hall;

impl Hall {
    /// Returns how many tickets are in the hall: waiting, called or being served; not on errands, and not outside.
    pub fn inside(&self) -> usize {
        self.tickets.len() - self.away.len() - self.outside.len()
    }

    /// Returns the tickets whose holders wait outside, in the order of issue.
    pub fn outside(&self) -> impl Iterator<Item = TicketId> {
        self.outside.iter().copied()
    }

    /// Returns whether a newcomer waits outside.
    pub fn is_full(&self) -> bool {
        self.policy.inside_max.is_some_and(|most| self.inside() >= most as usize)
    }

    /// Returns whether there is room for someone outside who could be called.
    pub(crate) fn can_admit(&self) -> bool {
        !self.outside.is_empty() && !self.is_full() && self.outside.iter().any(|id| self.is_callable(*id))
    }

    /// Calls in as many as there is room for: those first whose turn at a counter comes first.
    pub(crate) fn admit(&self, now: Time) -> Result<Vec<Event>, Refusal> {
        let room = self.policy.inside_max.map_or(usize::MAX, |most| (most as usize).saturating_sub(self.inside()));
        let waiting: Vec<TicketId> = self.outside.iter().copied().filter(|id| self.is_callable(*id)).collect();
        let admitted = dispatch::by_turn(self, waiting, now).into_iter().take(room);
        let admitted = admitted.filter_map(|id| self.tickets.get(&id));
        let events: Vec<Event> = admitted.map(|ticket| Event::TicketAdmitted { ticket: ticket.id, number: ticket.number }).collect();
        if events.is_empty() { Err(Refusal::NobodyWaiting) } else { Ok(events) }
    }

    /// Nobody is asked in to wait for a service that stands still.
    fn is_callable(&self, ticket: TicketId) -> bool {
        self.tickets.get(&ticket).is_some_and(|ticket| self.suspension(&self.services[ticket.service]).is_none())
    }
}
