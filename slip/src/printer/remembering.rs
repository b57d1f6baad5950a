//! A printer's twin: remembers what it was told to print, and has whatever trouble a test gives it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::printer::{PrintFailure, Printed, Printer, PrinterStatus};

/// What is wrong with a twin; shared with the test that sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// How it says it is.
    pub status: PrinterStatus,
    /// Whether it stops in the middle of the next job, with this status from then on.
    pub stops_with: Option<PrinterStatus>,
}

impl Default for Faults {
    fn default() -> Self {
        Faults { status: PrinterStatus::Ok, stops_with: None }
    }
}

/// A printer that exists only in memory. Clones are the same printer.
#[derive(Clone, Default)]
pub struct Remembering {
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    faults: Faults,
    jobs: Vec<Vec<u8>>,
}

impl Remembering {
    /// Returns a printer that is well.
    pub fn new() -> Remembering {
        Remembering::default()
    }

    /// Gives it trouble, or takes it away.
    pub fn set(&self, faults: Faults) {
        self.with(|inside| inside.faults = faults);
    }

    /// Returns every job it has printed.
    pub fn jobs(&self) -> Vec<Vec<u8>> {
        self.with(|inside| inside.jobs.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inside) -> T) -> T {
        act(&mut self.inside.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Printer for Remembering {
    fn print_if(&mut self, job: &[u8], begin: &mut dyn FnMut() -> bool) -> Result<Printed, PrintFailure> {
        self.with(|inside| {
            if !inside.faults.status.can_print() || !begin() {
                return Err(PrintFailure::Refused(inside.faults.status));
            }
            if let Some(status) = inside.faults.stops_with.take() {
                inside.faults.status = status;
                return Err(PrintFailure::Interrupted(status));
            }
            inside.jobs.push(job.to_vec());
            match inside.faults.status {
                PrinterStatus::Unknown => Ok(Printed::Sent),
                status => Ok(Printed::Printed(status)),
            }
        })
    }

    fn status(&mut self) -> PrinterStatus {
        self.with(|inside| inside.faults.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twin_behaves_like_a_printer_in_trouble() {
        let twin = Remembering::new();
        let mut printer = twin.clone();
        assert_eq!(printer.print(b"one"), Ok(Printed::Printed(PrinterStatus::Ok)));
        twin.set(Faults { status: PrinterStatus::PaperOut, ..Faults::default() });
        assert_eq!(printer.print(b"two"), Err(PrintFailure::Refused(PrinterStatus::PaperOut)));
        twin.set(Faults { stops_with: Some(PrinterStatus::CoverOpen), ..Faults::default() });
        assert_eq!(printer.print(b"three"), Err(PrintFailure::Interrupted(PrinterStatus::CoverOpen)));
        assert_eq!(printer.status(), PrinterStatus::CoverOpen);
        assert_eq!(twin.jobs(), [b"one"]);
    }
}
