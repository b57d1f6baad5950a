//! The slips issued lately, for showing them again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use protocol::TicketId;
use protocol::slip::SlipContent;

/// Slips kept in memory.
const KEPT: usize = 64;

/// The latest slips; cheap to clone.
#[derive(Clone, Default)]
pub struct Slips(Arc<Mutex<VecDeque<(TicketId, SlipContent)>>>);

impl Slips {
    /// Keeps a slip; a slip that is kept already stays as it is.
    pub fn remember(&self, ticket: TicketId, slip: SlipContent) {
        let mut slips = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slips.iter().any(|(id, _)| *id == ticket) {
            return;
        }
        slips.push_back((ticket, slip));
        if slips.len() > KEPT {
            slips.pop_front();
        }
    }

    /// Returns the slip of a ticket, if it is among the latest.
    pub fn find(&self, ticket: TicketId) -> Option<SlipContent> {
        let slips = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slips.iter().find(|(id, _)| *id == ticket).map(|(_, slip)| slip.clone())
    }
}
