//! How to talk with a printer over any wire: wait for its attention, ask, send, ask again, and leave nothing behind.

use std::io;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::printer::hearing::{Ear, Heard};
use crate::printer::status::Answers;
use crate::printer::{Patience, PrintFailure, Printed, Printer, PrinterStatus};

/// Real-time: answered at once, even by a printer that is out of paper.
const ASK: [[u8; 3]; 4] = [[0x10, 0x04, 1], [0x10, 0x04, 2], [0x10, 0x04, 3], [0x10, 0x04, 4]];

/// Answered in its turn, when all that was sent before has been worked off.
const ASK_IN_TURN: [u8; 3] = [0x1d, b'r', 1];

/// Real-time: drop everything that is not yet on paper.
const CLEAR: [u8; 10] = [0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8];

/// Starts over, and cuts off whatever is on the paper.
const CUT_OFF: [u8; 6] = [0x1b, b'@', 0x1d, b'V', 66, 0];

/// Sent at once, so that a printer with a small buffer is asked how it is before the line is clogged.
const PORTION: usize = 4096;

/// The most that a printer can still be waiting for in the middle of a slip: a band of a picture.
const UNFINISHED_MAX: usize = 72 * 256;

/// Rounds of questions until the answers are one each.
const ROUNDS_MAX: usize = 3;

/// Rounds after which a question that was never answered is not asked any more, nor the word in turn waited for.
const MISSES_MAX: u8 = 3;

/// How long a late answer may take to come when one is known to be owed.
const LATE: Duration = Duration::from_millis(60);

/// A line that takes no byte for so long is clogged.
const CLOGGED: Duration = Duration::from_secs(8);

/// For so long after it was found busy, a printer counts as shared.
const SHARED: Duration = Duration::from_secs(60);

/// The gap in which another caller of a shared printer can have its turn.
const COURTESY: Duration = Duration::from_millis(150);

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

    /// Lets go of the line in such a way that nothing more arrives: what the system still holds is dropped.
    fn abandon(self);
}

/// A printer at the end of a wire.
pub struct Talking<P> {
    plug: P,
    patience: Patience,
    manner: Manner,
    /// What was learnt of each of the four questions.
    questions: [Question; 4],
    /// Whether it gives the word in turn.
    word: Question,
    /// Whether an answer may still be under way to a question that was given up.
    owed: bool,
    /// How many bytes it may still be waiting for in the middle of a slip; none when the last one ended.
    torn: Option<usize>,
    /// Whether it was reached when last tried: one that is only busy is worth waiting for.
    was_reached: bool,
    /// When it was last found busy with another caller.
    shared_since: Option<Instant>,
    /// When it was last let go.
    left: Option<Instant>,
    /// What the system last said when it could not be opened, so that the same is not said again and again.
    said: Option<io::ErrorKind>,
}

/// Whether it has ever answered; one that has not is not waited for as long, and one that has is not well when it is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Unmet,
    Silent,
    Answers,
}

/// What was learnt of one question.
#[derive(Clone, Copy, Debug, Default)]
struct Question {
    answered: bool,
    missed: u8,
}

impl Question {
    fn is_worth_asking(self) -> bool {
        self.answered || self.missed < MISSES_MAX
    }

    fn learn(&mut self, answered: bool) {
        self.answered |= answered;
        self.missed = if answered { 0 } else { self.missed.saturating_add(1) };
    }
}

/// An open line and what was half heard on it.
struct Line<W> {
    wire: W,
    ear: Ear,
}

/// Why a round of questions came to nothing.
enum Broken {
    /// The line ended, before anything was answered or after.
    Ended { answered: bool },
    /// It takes no more bytes.
    Stuck,
}

impl<P: Plug> Talking<P> {
    /// Returns the printer at the end of a wire, which is opened for each job.
    pub fn new(plug: P, patience: Patience) -> Talking<P> {
        Talking {
            plug,
            patience,
            manner: Manner::Unmet,
            questions: [Question::default(); 4],
            word: Question::default(),
            owed: false,
            torn: None,
            was_reached: true,
            shared_since: None,
            left: None,
            said: None,
        }
    }

    /// Opens the line and asks how the printer is. One that is busy with another caller is waited for, but not for ever.
    fn meet(&mut self) -> Result<(Line<P::Wire>, PrinterStatus), PrinterStatus> {
        let (turn, first) = match self.was_reached {
            true => (self.patience.turn, self.patience.turn),
            false => (Duration::ZERO, self.patience.answer),
        };
        let deadline = Instant::now() + turn;
        loop {
            self.make_room();
            let met = self.plug.plug(self.patience.connect).map_err(|error| self.say(&error)).and_then(|wire| self.greet(wire, first));
            self.was_reached = matches!(&met, Ok((_, status)) if *status != PrinterStatus::Unreachable);
            match met {
                Err(PrinterStatus::Busy) if Instant::now() < deadline => {
                    self.shared_since = Some(Instant::now());
                    thread::sleep(lot());
                }
                met => return met,
            }
        }
    }

    fn greet(&mut self, wire: P::Wire, first: Duration) -> Result<(Line<P::Wire>, PrinterStatus), PrinterStatus> {
        self.said = None;
        let mut line = Line { wire, ear: Ear::default() };
        match self.ask(&mut line, first) {
            Ok(status) => Ok((line, status)),
            // Taken in and hung up on without a word: another caller has it.
            Err(Broken::Ended { answered: false }) => Err(PrinterStatus::Busy),
            Err(Broken::Ended { answered: true }) => Err(PrinterStatus::Unreachable),
            Err(Broken::Stuck) => {
                // Let go of plainly, a serial line would be waited for until it has sent what it cannot send.
                line.wire.abandon();
                Err(PrinterStatus::Offline)
            }
        }
    }

    /// Leaves a gap before the next call on a printer that others call too.
    fn make_room(&self) {
        let is_shared = self.shared_since.is_some_and(|since| since.elapsed() < SHARED);
        if let (true, Some(left)) = (is_shared, self.left) {
            thread::sleep(COURTESY.saturating_sub(left.elapsed()));
        }
    }

    /// Returns what an error means that came when the line was opened, and says it once.
    fn say(&mut self, error: &io::Error) -> PrinterStatus {
        let status = match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::InvalidInput => PrinterStatus::Missing,
            io::ErrorKind::PermissionDenied => PrinterStatus::NotAllowed,
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ResourceBusy => PrinterStatus::Busy,
            _ => PrinterStatus::Unreachable,
        };
        if self.said.replace(error.kind()) != Some(error.kind()) {
            tracing::warn!(%error, "could not open the line to the printer: it is {status}");
        }
        status
    }

    /// Asks until each question has one answer. A silence is unknown from a printer that never spoke, and out of reach from
    /// one that did.
    fn ask(&mut self, line: &mut Line<P::Wire>, first: Duration) -> Result<PrinterStatus, Broken> {
        let mut answers = Answers::default();
        for _ in 0..ROUNDS_MAX {
            line.hush(if self.owed { LATE } else { Duration::from_millis(1) });
            let was_owed = std::mem::take(&mut self.owed);
            (answers, _) = self.round(line, first)?;
            // An answer to an earlier question among these has moved them all by one.
            if !(was_owed || self.owed) || !line.has_more(LATE) {
                break;
            }
            self.owed = true;
        }
        Ok(self.judge(answers))
    }

    fn judge(&mut self, answers: Answers) -> PrinterStatus {
        let spoke = answers != Answers::default();
        match (spoke, self.manner) {
            (true, _) => self.manner = Manner::Answers,
            (false, Manner::Unmet | Manner::Silent) => self.manner = Manner::Silent,
            (false, Manner::Answers) => return PrinterStatus::Unreachable,
        }
        answers.status()
    }

    /// Asks the four questions once; tells also whether the word came in between. A printer that leaves the first question
    /// open is not asked the rest.
    fn round(&mut self, line: &mut Line<P::Wire>, first: Duration) -> Result<(Answers, bool), Broken> {
        let mut answers = Answers::default();
        let mut settled = false;
        let own = [&mut answers.printer, &mut answers.offline, &mut answers.error, &mut answers.paper];
        let mut answered = false;
        for (at, (ask, answer)) in ASK.iter().zip(own).enumerate() {
            if !self.questions[at].is_worth_asking() && at > 0 {
                continue;
            }
            let patience = match (self.manner, at) {
                (Manner::Answers, 0) => first,
                (Manner::Unmet | Manner::Answers, _) => self.patience.answer,
                (Manner::Silent, _) => self.patience.silent,
            };
            send(&mut line.wire, ask, self.patience.answer).map_err(|error| broken(&error, answered))?;
            *answer = line.answer(patience, &mut settled).map_err(|_| Broken::Ended { answered })?;
            answered |= answer.is_some();
            self.owed |= answer.is_none() && self.manner == Manner::Answers;
            if at > 0 {
                self.questions[at].learn(answer.is_some());
            } else if answer.is_none() {
                break;
            }
        }
        Ok((answers, settled))
    }

    /// Waits for the word that the job has been worked off, and asks meanwhile whether something went wrong. A printer that
    /// never gives the word is only watched for a while.
    fn settle(&mut self, line: &mut Line<P::Wire>) -> Result<Printed, PrinterStatus> {
        let asked = self.word.is_worth_asking() && send(&mut line.wire, &ASK_IN_TURN, self.patience.answer).is_ok();
        let wait = match (asked, self.word.answered) {
            (true, true) => self.patience.job,
            (true, false) => self.patience.settle,
            (false, _) => self.patience.settle / 2,
        };
        let deadline = Instant::now() + wait;
        let mut last = PrinterStatus::Unreachable;
        while Instant::now() < deadline {
            if asked && line.settled(self.patience.answer).map_err(|_| PrinterStatus::Unreachable)? {
                return Ok(self.word_given(line));
            }
            let round = self.round(line, self.patience.answer).map_err(|_| PrinterStatus::Unreachable)?;
            if asked && round.1 {
                return Ok(self.word_given(line));
            }
            // One question may be missed while the knife falls; only the last silence counts.
            last = self.judge(round.0);
            if !last.can_print() && last != PrinterStatus::Unreachable {
                return Err(last);
            }
            if !asked {
                line.hush(self.patience.answer / 4);
            }
        }
        if asked {
            self.word.learn(false);
        }
        match (last.can_print(), self.word.answered) {
            (true, false) => Ok(Printed::Printed(last)),
            // It always gave the word, and now it does not: nobody knows.
            (true, true) => Ok(Printed::Sent),
            (false, _) => Err(last),
        }
    }

    /// The slip is out, whatever the printer says from now on.
    fn word_given(&mut self, line: &mut Line<P::Wire>) -> Printed {
        self.word.learn(true);
        let after = self.ask(line, self.patience.answer);
        Printed::Printed(after.unwrap_or(PrinterStatus::Ok))
    }

    /// Lets the rest of a broken slip run out and cuts it off, so that the next one has its paper to itself.
    fn mend(&mut self, line: &mut Line<P::Wire>) -> io::Result<()> {
        let Some(unfinished) = self.torn else { return Ok(()) };
        // Where a picture was cut short these are white dots; elsewhere they are nothing.
        send(&mut line.wire, &vec![0; unfinished], self.patience.job)?;
        send(&mut line.wire, &CUT_OFF, self.patience.answer)?;
        self.torn = None;
        Ok(())
    }

    /// Sends the slip. From the first byte on it is torn until it is known to be whole.
    fn send_slip(&mut self, line: &mut Line<P::Wire>, job: &[u8], before: PrinterStatus) -> Result<Printed, Trouble> {
        self.torn = Some(UNFINISHED_MAX.min(job.len()));
        send(&mut line.wire, job, self.patience.job).map_err(|error| {
            tracing::debug!(%error, "could not send the whole slip");
            Trouble::Stuck
        })?;
        let printed = match before {
            PrinterStatus::Unknown => Printed::Sent,
            _ => self.settle(line).map_err(Trouble::Says)?,
        };
        self.torn = None;
        Ok(printed)
    }

    /// Makes sure that as little as possible of a broken slip comes out later, and finds out what is wrong.
    fn give_up(&mut self, mut line: Line<P::Wire>, trouble: Trouble) -> PrintFailure {
        let status = match trouble {
            Trouble::Says(PrinterStatus::Unreachable) => {
                line.wire.abandon();
                PrinterStatus::Unreachable
            }
            Trouble::Says(status) => {
                self.take_back(&mut line);
                line.wire.abandon();
                status
            }
            Trouble::Stuck => {
                // The line is clogged, so questions would not get through: it is asked on a new one.
                line.wire.abandon();
                self.why_stuck()
            }
        };
        self.left = Some(Instant::now());
        PrintFailure::Interrupted(status)
    }

    /// Asks the printer to drop what it holds of the slip, or it comes out when the paper is changed.
    fn take_back(&mut self, line: &mut Line<P::Wire>) {
        if self.manner != Manner::Answers || send(&mut line.wire, &CLEAR, self.patience.answer).is_err() {
            return;
        }
        match line.wait_for(self.patience.answer, |heard| heard == Heard::Cleared) {
            Ok(Some(_)) => self.torn = Some(0),
            Ok(None) | Err(_) => tracing::debug!("the printer does not say that it has dropped the rest of the slip"),
        }
    }

    /// Returns how a printer is that would not take the whole job: never well.
    fn why_stuck(&mut self) -> PrinterStatus {
        let Ok(wire) = self.plug.plug(self.patience.connect) else { return PrinterStatus::Unreachable };
        let mut line = Line { wire, ear: Ear::default() };
        match self.ask(&mut line, self.patience.answer) {
            Ok(PrinterStatus::Unknown) | Err(Broken::Stuck) => PrinterStatus::Offline,
            Ok(status) => {
                self.take_back(&mut line);
                line.wire.finish();
                if status.can_print() { PrinterStatus::Offline } else { status }
            }
            Err(Broken::Ended { .. }) => PrinterStatus::Unreachable,
        }
    }
}

/// What went wrong with a slip that was begun.
enum Trouble {
    /// The printer says so.
    Says(PrinterStatus),
    /// It would not take all of it.
    Stuck,
}

impl<P: Plug> Printer for Talking<P> {
    fn print_if(&mut self, job: &[u8], begin: &mut dyn FnMut() -> bool) -> Result<Printed, PrintFailure> {
        let (mut line, before) = self.meet().map_err(PrintFailure::Refused)?;
        if !before.can_print() {
            line.wire.finish();
            self.left = Some(Instant::now());
            return Err(PrintFailure::Refused(before));
        }
        if let Err(error) = self.mend(&mut line) {
            tracing::debug!(%error, "could not cut off the slip before");
            line.wire.abandon();
            return Err(PrintFailure::Refused(PrinterStatus::Offline));
        }
        if !begin() {
            line.wire.finish();
            self.left = Some(Instant::now());
            return Err(PrintFailure::Refused(before));
        }
        match self.send_slip(&mut line, job, before) {
            Ok(printed) => {
                line.wire.finish();
                self.left = Some(Instant::now());
                Ok(printed)
            }
            Err(trouble) => Err(self.give_up(line, trouble)),
        }
    }

    fn status(&mut self) -> PrinterStatus {
        match self.meet() {
            Ok((line, status)) => {
                line.wire.finish();
                self.left = Some(Instant::now());
                status
            }
            Err(status) => status,
        }
    }

    fn begin_anew(&mut self) {
        self.torn = Some(UNFINISHED_MAX);
    }
}

impl<W: Wire> Line<W> {
    /// Passes over what comes until it is quiet for so long.
    fn hush(&mut self, quiet: Duration) {
        // A printer that never stops talking is not listened to for ever.
        let deadline = Instant::now() + quiet.max(Duration::from_millis(50)) * 4;
        while Instant::now() < deadline && self.wire.read_one(quiet).is_ok() {}
        self.ear.rest();
    }

    /// Tells whether another answer comes that nobody waits for.
    fn has_more(&mut self, patience: Duration) -> bool {
        matches!(self.wait_for(patience, |heard| matches!(heard, Heard::Status(_))), Ok(Some(_)))
    }

    /// Returns the answer to a question, if it comes in time, and notes the word.
    fn answer(&mut self, patience: Duration, settled: &mut bool) -> io::Result<Option<u8>> {
        let wanted = |heard| {
            *settled |= heard == Heard::Settled;
            matches!(heard, Heard::Status(_))
        };
        Ok(self.wait_for(patience, wanted)?.and_then(|heard| match heard {
            Heard::Status(byte) => Some(byte),
            Heard::Nothing | Heard::Settled | Heard::Cleared => None,
        }))
    }

    /// Waits for the word.
    fn settled(&mut self, patience: Duration) -> io::Result<bool> {
        Ok(self.wait_for(patience, |heard| heard == Heard::Settled)?.is_some())
    }

    /// Returns the first that is wanted; the rest is passed over. An end of the line is an error, a silence is none.
    fn wait_for(&mut self, patience: Duration, mut wanted: impl FnMut(Heard) -> bool) -> io::Result<Option<Heard>> {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                // What was half heard stays so: the rest of an automatic status must not pass for the word.
                return Ok(None);
            }
            match self.wire.read_one(left) {
                Ok(byte) => {
                    let heard = self.ear.hear(byte);
                    if wanted(heard) {
                        return Ok(Some(heard));
                    }
                }
                Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn broken(error: &io::Error, answered: bool) -> Broken {
    if error.kind() == io::ErrorKind::TimedOut { Broken::Stuck } else { Broken::Ended { answered } }
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
        match wire.write_some(portion, left.min(CLOGGED)) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(sent) => bytes = &bytes[sent..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Returns a short time that is not the same for two callers that wait for one printer.
fn lot() -> Duration {
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Duration::from_millis(20 + u64::from(clock.subsec_micros() % 60))
}
