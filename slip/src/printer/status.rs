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
    /// Offline for another reason: paused, a jammed knife, too hot.
    Offline,
    /// It cannot be reached: unplugged, switched off, gone from the network.
    Unreachable,
    /// It can be reached and answers no questions, as simple printers do.
    Unknown,
}

impl PrinterStatus {
    /// Tells whether a job may be sent.
    pub fn can_print(self) -> bool {
        match self {
            PrinterStatus::Ok | PrinterStatus::PaperNearEnd | PrinterStatus::Unknown => true,
            PrinterStatus::PaperOut | PrinterStatus::CoverOpen | PrinterStatus::Offline | PrinterStatus::Unreachable => false,
        }
    }

    /// Returns what a manager must be told; nothing when all is well or nothing is known.
    pub fn trouble(self) -> Option<PrinterTrouble> {
        match self {
            PrinterStatus::Ok | PrinterStatus::Unknown => None,
            PrinterStatus::PaperNearEnd => Some(PrinterTrouble::PaperNearEnd),
            PrinterStatus::PaperOut => Some(PrinterTrouble::PaperOut),
            PrinterStatus::CoverOpen => Some(PrinterTrouble::CoverOpen),
            PrinterStatus::Offline => Some(PrinterTrouble::Offline),
            PrinterStatus::Unreachable => Some(PrinterTrouble::Unreachable),
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
            PrinterStatus::Offline => "offline",
            PrinterStatus::Unreachable => "out of reach",
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
        } else if has(self.printer, OFFLINE) || has(self.offline, FAULT) || has(self.error, ERRORS) {
            PrinterStatus::Offline
        } else if has(self.paper, PAPER_NEAR_END) {
            PrinterStatus::PaperNearEnd
        } else {
            PrinterStatus::Ok
        }
    }
}

const OFFLINE: u8 = 0x08;
const COVER_OPEN: u8 = 0x04;
const STOPPED_FOR_PAPER: u8 = 0x20;
const FAULT: u8 = 0x40;
/// Knife, beyond repair, passing by itself.
const ERRORS: u8 = 0x08 | 0x20 | 0x40;
const PAPER_END: u8 = 0x60;
const PAPER_NEAR_END: u8 = 0x0c;

/// Tells whether a byte is an answer to `DLE EOT`: bits 1 and 4 are set, 0 and 7 are not, in every one of them.
pub fn is_status(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

/// Tells whether a byte is an answer to `GS r 1`, which a printer gives when it has worked off all that came before.
pub fn is_settled(byte: u8) -> bool {
    byte & 0x90 == 0
}

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
            assert!([printer, offline, paper].into_iter().all(is_status));
            let answers = Answers { printer: Some(printer), offline: Some(offline), error: Some(0x12), paper: Some(paper) };
            assert_eq!(answers.status(), status);
        }
    }

    #[test]
    fn a_jammed_knife_is_offline_and_silence_is_unknown() {
        let knife = Answers { printer: Some(0x12), error: Some(0x1a), ..Answers::default() };
        assert_eq!(knife.status(), PrinterStatus::Offline);
        assert_eq!(Answers::default().status(), PrinterStatus::Unknown);
    }

    #[test]
    fn no_byte_is_the_answer_to_both_questions() {
        assert!(!(0..=u8::MAX).any(|byte| is_status(byte) && is_settled(byte)));
    }
}
