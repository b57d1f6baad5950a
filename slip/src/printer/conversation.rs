//! How to talk with a printer over any wire: ask, send, ask again.

use std::io;
use std::time::{Duration, Instant};

use crate::printer::status::{Answers, is_settled, is_status};
use crate::printer::{Patience, PrintFailure, Printed, Printer, PrinterStatus};

/// Real-time: answered at once, even by a printer that is out of paper.
const ASK: [[u8; 3]; 4] = [[0x10, 0x04, 1], [0x10, 0x04, 2], [0x10, 0x04, 3], [0x10, 0x04, 4]];

/// Answered in its turn, when all that was sent before has been worked off.
const ASK_IN_TURN: [u8; 3] = [0x1d, b'r', 1];

/// Sent at once, so that a printer with a small buffer is asked how it is before the line is clogged.
const PORTION: usize = 4096;

/// A way to reach a printer.
pub trait Plug: Send {
    /// The open line.
    type Wire: Wire;

    /// Opens the line. It is closed when the wire is dropped.
    fn plug(&self, patience: Duration) -> io::Result<Self::Wire>;
}

/// An open line to a printer. Both ways end with [`io::ErrorKind::TimedOut`] when the patience does.
pub trait Wire {
    /// Sends some of the bytes and returns how many.
    fn write_some(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize>;

    /// Reads one byte.
    fn read_one(&mut self, patience: Duration) -> io::Result<u8>;

    /// Lets go of the line in such a way that what was sent still arrives.
    fn finish(self);
}

/// A printer at the end of a wire.
pub struct Talking<P> {
    plug: P,
    patience: Patience,
    /// Whether it has ever answered; one that has not is not waited for as long.
    manner: Manner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Unmet,
    Silent,
    Answers,
    /// Answers questions about itself and never the one that is asked in turn.
    AnswersAtOnceOnly,
}

impl<P: Plug> Talking<P> {
    /// Returns the printer at the end of a wire, which is opened for each job.
    pub fn new(plug: P, patience: Patience) -> Talking<P> {
        Talking { plug, patience, manner: Manner::Unmet }
    }

    fn open(&self) -> Result<P::Wire, PrinterStatus> {
        self.plug.plug(self.patience.connect).map_err(|error| {
            tracing::debug!(%error, "could not reach the printer");
            PrinterStatus::Unreachable
        })
    }

    /// Asks the four questions. A printer that leaves the first one open is not asked the rest.
    fn ask(&mut self, wire: &mut P::Wire) -> PrinterStatus {
        while wire.read_one(Duration::from_millis(1)).is_ok() {}
        let patience = match self.manner {
            Manner::Silent => self.patience.silent,
            Manner::Unmet | Manner::Answers | Manner::AnswersAtOnceOnly => self.patience.answer,
        };
        let mut answers = Answers::default();
        for (question, answer) in ASK.iter().zip([&mut answers.printer, &mut answers.offline, &mut answers.error, &mut answers.paper]) {
            if let Err(error) = send(wire, question, patience) {
                return if error.kind() == io::ErrorKind::TimedOut { PrinterStatus::Offline } else { PrinterStatus::Unreachable };
            }
            *answer = listen(wire, patience, is_status);
            if answer.is_none() {
                break;
            }
        }
        self.manner = match (answers.printer, self.manner) {
            (None, Manner::Unmet | Manner::Silent) => Manner::Silent,
            (Some(_), Manner::Unmet | Manner::Silent) => Manner::Answers,
            (_, known) => known,
        };
        answers.status()
    }

    /// Waits for the word that the job has been worked off, and asks meanwhile whether something went wrong. A printer
    /// that never gives the word is only watched for a while.
    fn settle(&mut self, wire: &mut P::Wire) -> Result<Printed, PrintFailure> {
        let asked = self.manner == Manner::Answers && send(wire, &ASK_IN_TURN, self.patience.answer).is_ok();
        let wait = if asked { self.patience.settle } else { self.patience.settle / 2 };
        let deadline = Instant::now() + wait;
        while Instant::now() < deadline {
            let word = listen(wire, self.patience.answer, |byte| asked && is_settled(byte));
            if word.is_some() || self.ask_keeping_word(wire)? {
                return self.after(wire);
            }
        }
        if asked {
            self.manner = Manner::AnswersAtOnceOnly;
        }
        self.after(wire)
    }

    /// Asks the four questions while the word may arrive among the answers; tells whether it did.
    fn ask_keeping_word(&mut self, wire: &mut P::Wire) -> Result<bool, PrintFailure> {
        let mut answers = Answers::default();
        let mut settled = false;
        for (question, answer) in ASK.iter().zip([&mut answers.printer, &mut answers.offline, &mut answers.error, &mut answers.paper]) {
            if send(wire, question, self.patience.answer).is_err() {
                return Err(PrintFailure::Interrupted(PrinterStatus::Unreachable));
            }
            let mut heard = listen(wire, self.patience.answer, |_| true);
            while let Some(byte) = heard {
                if is_status(byte) {
                    break;
                }
                settled |= is_settled(byte);
                heard = listen(wire, self.patience.answer, |_| true);
            }
            *answer = heard;
        }
        let status = answers.status();
        if settled || status.can_print() { Ok(settled) } else { Err(PrintFailure::Interrupted(status)) }
    }

    /// Asks once more after a job.
    fn after(&mut self, wire: &mut P::Wire) -> Result<Printed, PrintFailure> {
        match self.ask(wire) {
            PrinterStatus::Unknown => Ok(Printed::Sent),
            status if status.can_print() => Ok(Printed::Printed(status)),
            status => Err(PrintFailure::Interrupted(status)),
        }
    }
}

impl<P: Plug> Printer for Talking<P> {
    fn print(&mut self, job: &[u8]) -> Result<Printed, PrintFailure> {
        let mut wire = self.open().map_err(PrintFailure::Refused)?;
        let before = self.ask(&mut wire);
        if !before.can_print() {
            return Err(PrintFailure::Refused(before));
        }
        if let Err(error) = send(&mut wire, job, self.patience.job) {
            tracing::debug!(%error, "could not send the whole slip");
            return Err(PrintFailure::Interrupted(self.why_stuck(&mut wire)));
        }
        let result = match before {
            PrinterStatus::Unknown => Ok(Printed::Sent),
            _ => self.settle(&mut wire),
        };
        wire.finish();
        result
    }

    fn status(&mut self) -> PrinterStatus {
        match self.open() {
            Ok(mut wire) => {
                let status = self.ask(&mut wire);
                wire.finish();
                status
            }
            Err(status) => status,
        }
    }
}

impl<P: Plug> Talking<P> {
    /// Returns how a printer is that would not take the whole job: never well.
    fn why_stuck(&mut self, wire: &mut P::Wire) -> PrinterStatus {
        let status = self.ask(wire);
        if status.can_print() { PrinterStatus::Offline } else { status }
    }
}

/// Sends all of the bytes before the patience ends.
fn send(wire: &mut impl Wire, mut bytes: &[u8], patience: Duration) -> io::Result<()> {
    let deadline = Instant::now() + patience;
    while !bytes.is_empty() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let portion = &bytes[..bytes.len().min(PORTION)];
        match wire.write_some(portion, left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(sent) => bytes = &bytes[sent..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Returns the first byte that is wanted; others, such as flow control, are passed over.
fn listen(wire: &mut impl Wire, patience: Duration, wanted: impl Fn(u8) -> bool) -> Option<u8> {
    let deadline = Instant::now() + patience;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        match wire.read_one(left) {
            Ok(byte) if wanted(byte) => return Some(byte),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}
