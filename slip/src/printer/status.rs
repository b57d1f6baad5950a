//! How a printer says it is: the four answers to `DLE EOT`.

use std::fmt;

use protocol::request::PrinterTrouble;

/// How a printer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrinterStatus {
    /// Ready.
    Ok,
    /// Ready, with little paper left.
    PaperNearEnd,
    /// The paper is finished.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// The knife is stuck: somebody has to free it, then open and close the cover.
    CutterFault,
    /// An error that does not pass by itself: switched off and on it may, else it is to be repaired.
    Fault,
    /// Too hot, or another error that passes by itself.
    Resting,
    /// Offline for another reason: paused by its button, or fed by hand.
    Offline,
    /// Somebody else is printing on it, or it takes nobody in.
    Busy,
    /// It cannot be reached: unplugged, switched off, gone from the network.
    Unreachable,
    /// Nothing is at the path of the setting, or something that is no printer.
    Missing,
    /// The system does not let this program use it.
    NotAllowed,
    /// It can be reached and answers no questions, as simple printers do.
    Unknown,
}

impl PrinterStatus {
    /// Tells whether a job may be sent.
    pub fn can_print(self) -> bool {
        match self {
            PrinterStatus::Ok | PrinterStatus::PaperNearEnd | PrinterStatus::Unknown => true,
            PrinterStatus::PaperOut
            | PrinterStatus::CoverOpen
            | PrinterStatus::CutterFault
            | PrinterStatus::Fault
            // A slip that waits in a hot printer comes out after its citizen has left.
            | PrinterStatus::Resting
            | PrinterStatus::Offline
            | PrinterStatus::Busy
            | PrinterStatus::Unreachable
            | PrinterStatus::Missing
            | PrinterStatus::NotAllowed => false,
        }
    }

    /// Returns what a manager must be told; nothing when all is well or nothing is known.
    pub fn trouble(self) -> Option<PrinterTrouble> {
        match self {
            PrinterStatus::Ok | PrinterStatus::Unknown => None,
            PrinterStatus::PaperNearEnd => Some(PrinterTrouble::PaperNearEnd),
            PrinterStatus::PaperOut => Some(PrinterTrouble::PaperOut),
            PrinterStatus::CoverOpen => Some(PrinterTrouble::CoverOpen),
            PrinterStatus::CutterFault => Some(PrinterTrouble::CutterFault),
            PrinterStatus::Fault => Some(PrinterTrouble::Fault),
            PrinterStatus::Resting => Some(PrinterTrouble::Resting),
            PrinterStatus::Offline => Some(PrinterTrouble::Offline),
            PrinterStatus::Busy | PrinterStatus::Unreachable | PrinterStatus::Missing => Some(PrinterTrouble::Unreachable),
            PrinterStatus::NotAllowed => Some(PrinterTrouble::NotAllowed),
        }
    }
}

impl fmt::Display for PrinterStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PrinterStatus::Ok => "ready",
            PrinterStatus::PaperNearEnd => "near the end of its paper",
            PrinterStatus::PaperOut => "out of paper",
            PrinterStatus::CoverOpen => "open",
            PrinterStatus::CutterFault => "stuck at its knife: free it, then open and close the cover",
            PrinterStatus::Fault => "broken: switch it off and on",
            PrinterStatus::Resting => "too hot, and goes on by itself",
            PrinterStatus::Offline => "offline",
            PrinterStatus::Busy => "busy with another caller, or takes none",
            PrinterStatus::Unreachable => "out of reach",
            PrinterStatus::Missing => "not at that path: is it plugged in?",
            PrinterStatus::NotAllowed => "not for this user: groups such as lp and dialout may use it",
            PrinterStatus::Unknown => "silent",
        })
    }
}

/// The four answers to `DLE EOT`; a printer that skips a question has nothing to say about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// To question 1, the printer.
    pub printer: Option<u8>,
    /// To question 2, why it is offline.
    pub offline: Option<u8>,
    /// To question 3, errors.
    pub error: Option<u8>,
    /// To question 4, the paper.
    pub paper: Option<u8>,
}

impl Answers {
    /// Returns how the printer is; the trouble that explains most comes first.
    pub fn status(self) -> PrinterStatus {
        let has = |answer: Option<u8>, bits: u8| answer.is_some_and(|byte| byte & bits != 0);
        if self == Answers::default() {
            PrinterStatus::Unknown
        } else if has(self.offline, COVER_OPEN) {
            PrinterStatus::CoverOpen
        } else if has(self.paper, PAPER_END) || has(self.offline, STOPPED_FOR_PAPER) {
            PrinterStatus::PaperOut
        } else if has(self.error, CUTTER) {
            PrinterStatus::CutterFault
        } else if has(self.error, BEYOND_REPAIR | MECHANICAL) {
            PrinterStatus::Fault
        } else if has(self.error, PASSES) {
            PrinterStatus::Resting
        } else if has(self.offline, FAULT) {
            // An error, of which a printer without an answer to question 3 does not say more.
            PrinterStatus::Fault
        } else if has(self.printer, OFFLINE | WAITS_FOR_RECOVERY) || has(self.offline, FED_BY_HAND) {
            PrinterStatus::Offline
        } else if has(self.paper, PAPER_NEAR_END) {
            PrinterStatus::PaperNearEnd
        } else {
            PrinterStatus::Ok
        }
    }
}

const OFFLINE: u8 = 0x08;
const WAITS_FOR_RECOVERY: u8 = 0x20;
const COVER_OPEN: u8 = 0x04;
const FED_BY_HAND: u8 = 0x08;
const STOPPED_FOR_PAPER: u8 = 0x20;
const FAULT: u8 = 0x40;
const MECHANICAL: u8 = 0x04;
const CUTTER: u8 = 0x08;
const BEYOND_REPAIR: u8 = 0x20;
const PASSES: u8 = 0x40;
const PAPER_END: u8 = 0x60;
const PAPER_NEAR_END: u8 = 0x0c;

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from an independent emulator of three makes of printer: answers to questions 1, 2 and 4.
    #[test]
    fn recorded_answers_are_understood() {
        let recorded = [
            ([0x12, 0x12, 0x12], PrinterStatus::Ok),
            ([0x1a, 0x32, 0x7e], PrinterStatus::PaperOut),
            ([0x1a, 0x16, 0x12], PrinterStatus::CoverOpen),
            ([0x1a, 0x12, 0x12], PrinterStatus::Offline),
            ([0x12, 0x12, 0x1e], PrinterStatus::PaperNearEnd),
        ];
        for ([printer, offline, paper], status) in recorded {
            let answers = Answers { printer: Some(printer), offline: Some(offline), error: Some(0x12), paper: Some(paper) };
            assert_eq!(answers.status(), status);
        }
    }

    #[test]
    fn every_bit_of_the_four_answers_has_its_meaning() {
        let well = Answers { printer: Some(0x12), offline: Some(0x12), error: Some(0x12), paper: Some(0x12) };
        assert_eq!(well.status(), PrinterStatus::Ok);
        for (bits, status) in [
            (0x04, PrinterStatus::Ok), // the drawer, which slips have none of
            (0x08, PrinterStatus::Offline),
            (0x20, PrinterStatus::Offline),
            (0x40, PrinterStatus::Ok), // a finger on the feed button
        ] {
            assert_eq!(Answers { printer: Some(0x12 | bits), ..well }.status(), status, "1: {bits:02x}");
        }
        for (bits, status) in [
            (0x04, PrinterStatus::CoverOpen),
            (0x08, PrinterStatus::Offline),
            (0x20, PrinterStatus::PaperOut),
            (0x40, PrinterStatus::Fault),
        ] {
            assert_eq!(Answers { offline: Some(0x12 | bits), ..well }.status(), status, "2: {bits:02x}");
        }
        for (bits, status) in
            [(0x04, PrinterStatus::Fault), (0x08, PrinterStatus::CutterFault), (0x20, PrinterStatus::Fault), (0x40, PrinterStatus::Resting)]
        {
            let answers = Answers { printer: Some(0x1a), offline: Some(0x52), error: Some(0x12 | bits), ..well };
            assert_eq!(answers.status(), status, "3: {bits:02x}");
        }
        for (bits, status) in [(0x04, PrinterStatus::PaperNearEnd), (0x08, PrinterStatus::PaperNearEnd), (0x20, PrinterStatus::PaperOut)] {
            assert_eq!(Answers { paper: Some(0x12 | bits), ..well }.status(), status, "4: {bits:02x}");
        }
    }

    #[test]
    fn silence_is_unknown_and_some_answers_are_better_than_none() {
        assert_eq!(Answers::default().status(), PrinterStatus::Unknown);
        assert_eq!(Answers { printer: Some(0x12), ..Answers::default() }.status(), PrinterStatus::Ok);
        assert_eq!(Answers { printer: Some(0x1a), ..Answers::default() }.status(), PrinterStatus::Offline);
    }
}
