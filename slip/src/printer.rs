//! Printers: where slips go, how a printer is, and what became of a slip.
//!
//! Everything here blocks, with a deadline, and is meant for a thread of its own. Whatever happens, a job is sent at
//! most once: a slip that came out twice is worse than a number read from the screen.

mod address;
mod conversation;
mod device;
mod file;
mod hearing;
mod network;
mod remembering;
mod serial;
mod status;

use std::time::Duration;

use protocol::request::{Paper, PrinterTrouble};

pub use address::{BadPrinterUrl, Flow, PrinterAddress, PrinterUrl};
pub use file::FilePrinter;
pub use remembering::{Faults, Remembering};
pub use status::PrinterStatus;

/// Something that puts slips on paper.
pub trait Printer: Send {
    /// Sends one job, unless the printer already says that it could not print it. Right before the first byte `begin` is
    /// asked; when that says no, the job is refused and nothing of it is sent.
    fn print_if(&mut self, job: &[u8], begin: &mut dyn FnMut() -> bool) -> Result<Printed, PrintFailure>;

    /// Sends one job that nobody will have given up meanwhile.
    fn print(&mut self, job: &[u8]) -> Result<Printed, PrintFailure> {
        self.print_if(job, &mut || true)
    }

    /// Asks the printer how it is.
    fn status(&mut self) -> PrinterStatus;

    /// Tells that an earlier run may have left half a slip in it, so that the next one begins on paper of its own.
    fn begin_anew(&mut self) {}
}

/// How a job that was sent went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    /// The printer took all of it and says that it is well, or near the end of its paper.
    Printed(PrinterStatus),
    /// The printer took all of it and answers no questions.
    Sent,
}

/// Why a job is not known to be on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintFailure {
    /// Nothing was sent, so nothing can come out later.
    #[error("print: the printer is {0}")]
    Refused(PrinterStatus),
    /// Some or all of it was sent before something went wrong; it may come out or not.
    #[error("finish printing: the printer is {0}")]
    Interrupted(PrinterStatus),
}

impl PrintFailure {
    /// Returns how the printer was.
    pub fn status(self) -> PrinterStatus {
        match self {
            PrintFailure::Refused(status) | PrintFailure::Interrupted(status) => status,
        }
    }

    /// Tells whether the same slip may be sent again: only when it certainly did not come out.
    pub fn may_be_sent_again(self) -> bool {
        match self {
            PrintFailure::Refused(_) => true,
            PrintFailure::Interrupted(_) => false,
        }
    }
}

/// Returns what to tell about a slip.
pub fn paper(result: Result<Printed, PrintFailure>) -> Paper {
    match result {
        Ok(Printed::Printed(_)) => Paper::Printed,
        Ok(Printed::Sent) => Paper::Sent,
        Err(failure) => Paper::Failed { trouble: failure.status().trouble().unwrap_or(PrinterTrouble::Unreachable) },
    }
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a printer to be found and reached.
    pub connect: Duration,
    /// For the answer to one question.
    pub answer: Duration,
    /// For the same, from a printer that has never answered.
    pub silent: Duration,
    /// For a whole job to be taken, and worked off by a printer that says when.
    pub job: Duration,
    /// For a printer that is busy with another caller.
    pub turn: Duration,
    /// For the word that it has been worked off.
    pub settle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            connect: Duration::from_secs(3),
            answer: Duration::from_millis(500),
            silent: Duration::from_millis(60),
            job: Duration::from_secs(30),
            turn: Duration::from_secs(6),
            settle: Duration::from_secs(4),
        }
    }
}

impl PrinterUrl {
    /// Returns the printer at this address. Nothing is opened before the first question or job.
    pub fn printer(&self) -> Box<dyn Printer> {
        self.printer_with(Patience::default())
    }

    /// Returns the printer at this address, with other deadlines.
    pub fn printer_with(&self, patience: Patience) -> Box<dyn Printer> {
        use conversation::Talking;
        match &self.address {
            PrinterAddress::Network { host, port } => Box::new(Talking::new(network::Network::new(host, *port), patience)),
            PrinterAddress::Serial { path, baud, flow } => {
                Box::new(Talking::new(serial::Serial { path: path.clone(), baud: *baud, flow: *flow }, patience))
            }
            PrinterAddress::Device { path } => Box::new(Talking::new(device::Device { path: path.clone() }, patience)),
            PrinterAddress::File { path } => Box::new(FilePrinter::new(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_that_may_be_out_is_not_sent_again() {
        assert!(PrintFailure::Refused(PrinterStatus::PaperOut).may_be_sent_again());
        assert!(!PrintFailure::Interrupted(PrinterStatus::PaperOut).may_be_sent_again());
    }

    #[test]
    fn a_failure_says_what_is_wrong_with_the_printer() {
        let failed = paper(Err(PrintFailure::Refused(PrinterStatus::CoverOpen)));
        assert_eq!(failed, Paper::Failed { trouble: PrinterTrouble::CoverOpen });
        assert_eq!(paper(Ok(Printed::Sent)), Paper::Sent);
        assert_eq!(paper(Ok(Printed::Printed(PrinterStatus::PaperNearEnd))), Paper::Printed);
    }
}
