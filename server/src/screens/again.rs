//! What a slip that is printed again says: the ticket as it was issued, with ahead and wait as they are now.

use protocol::{TicketNumber, Time};
use queue::{Issued, Stage, dispatch, estimate};

use super::views::Picture;

/// What is known of a ticket by its number.
#[derive(Clone, Debug, PartialEq)]
pub enum Again {
    /// Its visit has not ended.
    Stands {
        /// As it would be issued now.
        issued: Box<Issued>,
        /// When it was issued.
        at: Time,
        /// Whether it is neither called nor served: its slip is of use.
        waits: bool,
    },
    /// Its visit has ended.
    Ended,
    /// Nobody has this number today.
    Unknown,
}

impl Picture<'_> {
    /// Returns what a slip of this ticket says now.
    pub fn again(&self, number: TicketNumber) -> Again {
        let Some(ticket) = self.hall.ticket_numbered(number) else {
            let today = self.hall.day().is_some() && self.hall.was_issued(number);
            return if today { Again::Ended } else { Again::Unknown };
        };
        let waits = match ticket.stage {
            Stage::Waiting | Stage::Held { .. } | Stage::Missed { .. } => true,
            Stage::Called { .. } | Stage::Serving { .. } => false,
        };
        let named = |service: usize| self.hall.services()[service].policy.id.clone();
        let ahead = if ticket.stage == Stage::Waiting { dispatch::ahead_of(self.hall, ticket, self.now) } else { 0 };
        let issued = Issued {
            ticket: ticket.id,
            number,
            service: named(ticket.service),
            class: ticket.class,
            language: ticket.language,
            clock_start: ticket.clock_start,
            ahead,
            wait: estimate::expected_again(self.hall, ticket, ahead, self.now).map(estimate::told),
            then: ticket.then.iter().map(|service| named(*service)).collect(),
            booked_at: ticket.booked_at,
            booking: ticket.booking,
            taken_up: ticket.taken_up.as_ref().map(|taken_up| taken_up.number),
            outside: ticket.outside,
            offline: None,
        };
        Again::Stands { issued: Box::new(issued), at: ticket.issued_at, waits }
    }
}
