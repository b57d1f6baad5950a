//! What every line of slips before a printer needs, at a station as on the server: whose turn it is when a citizen stops
//! waiting, which troubles stop a printer, and when a slip has become useless.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use protocol::request::PrinterTrouble;

/// How patient a line before a printer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinePatience {
    /// How long a citizen waits to be told what became of the slip.
    pub answer: Duration,
    /// A slip that was not begun for this long is of no use to anyone.
    pub useful: Duration,
    /// How often an idle printer is looked at.
    pub look: Duration,
}

impl Default for LinePatience {
    fn default() -> LinePatience {
        LinePatience { answer: Duration::from_millis(2500), useful: Duration::from_secs(90), look: Duration::from_secs(5) }
    }
}

/// Slips that may wait for one printer. More would come out when those who took them have left.
pub const WAITING_MAX: usize = 16;

/// Who was first: the printer that begins, or the asker who gives up. Clones are the same turn.
#[derive(Clone, Debug, Default)]
pub struct Turn(Arc<AtomicU8>);

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const GIVEN_UP: u8 = 2;

impl Turn {
    /// Begins to print; not, when the asker has given up.
    pub fn begin(&self) -> bool {
        self.take(BEGUN)
    }

    /// Gives up waiting; not, when the printer has begun.
    pub fn give_up(&self) -> bool {
        self.take(GIVEN_UP)
    }

    /// Returns whether the asker was first.
    pub fn is_given_up(&self) -> bool {
        self.0.load(Ordering::Acquire) == GIVEN_UP
    }

    fn take(&self, turn: u8) -> bool {
        self.0.compare_exchange(WAITING, turn, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

/// Returns whether a printer in this trouble prints nothing.
pub fn stops(trouble: PrinterTrouble) -> bool {
    match trouble {
        // They need a person or time, and what is sent meanwhile would come out later.
        PrinterTrouble::PaperOut
        | PrinterTrouble::CoverOpen
        | PrinterTrouble::CutterFault
        | PrinterTrouble::Fault
        | PrinterTrouble::Resting
        | PrinterTrouble::Offline
        | PrinterTrouble::Unreachable
        | PrinterTrouble::NotAllowed => true,
        PrinterTrouble::PaperNearEnd => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_taken_once() {
        let turn = Turn::default();
        assert!(turn.clone().begin());
        assert!(!turn.give_up() && !turn.begin() && !turn.is_given_up());
        let turn = Turn::default();
        assert!(turn.clone().give_up());
        assert!(!turn.begin() && !turn.give_up() && turn.is_given_up());
    }
}
