//! A network printer's own thread: one slip at a time, its state looked at in between, nothing printed that comes too late,
//! and nothing sent before the ledger has it on disk.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use protocol::printing::{JobKind, WhyAbandoned};
use protocol::request::{Paper, PrinterTrouble};
use protocol::slip::SlipContent;
use protocol::{JobId, PrinterId};
use slip::printer::{PrintFailure, Printed, Printer};
use slip::queue::{LinePatience, Turn, WAITING_MAX, stops};
use slip::{PaperSetup, SlipTemplate, SlipWords};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tracing::{error, info, warn};

use super::ledger::{Became, Ledger};
use crate::clock::Clock;

/// A slip that waited longer than this is printed only if its ticket still waits, too.
const FRESH: Duration = Duration::from_secs(10);

/// A slip to print.
#[derive(Clone, Debug)]
pub struct Work {
    /// Its place in the ledger.
    pub job: JobId,
    /// Why.
    pub kind: JobKind,
    /// What it says.
    pub slip: SlipContent,
}

/// What was seen of a printer.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which.
    pub printer: PrinterId,
    /// What is wrong with it.
    pub trouble: Option<PrinterTrouble>,
}

/// What a press needs beside its printer.
#[derive(Clone)]
pub struct Surroundings {
    /// Where every step is written.
    pub ledger: Ledger,
    /// The time at the centre.
    pub clock: Arc<dyn Clock>,
    /// Who is told how the printer is, after each look.
    pub seen: mpsc::UnboundedSender<Seen>,
    /// Tells whether a ticket still waits; it may block.
    pub still_waits: Arc<dyn Fn(protocol::TicketNumber) -> bool + Send + Sync>,
    /// Tells how slips look now.
    pub template: Arc<dyn Fn() -> SlipTemplate + Send + Sync>,
    /// How patient it is.
    pub patience: LinePatience,
    /// Whether the server ends, so that nothing is begun any more.
    pub closing: Arc<AtomicBool>,
}

/// The press as others hold it. Its thread ends when it is dropped.
pub struct Press {
    line: SyncSender<InLine>,
    /// What is in line or being printed, for those who ask again.
    open: Open,
    trouble: watch::Receiver<Option<PrinterTrouble>>,
    /// Whether a slip is at the printer at this moment.
    busy: watch::Receiver<bool>,
    around: Surroundings,
}

type Open = Arc<Mutex<HashMap<JobId, Asked>>>;

#[derive(Clone)]
struct Asked {
    turn: Turn,
    became: watch::Receiver<Option<Paper>>,
}

struct InLine {
    work: Work,
    asked: Instant,
    turn: Turn,
    became: watch::Sender<Option<Paper>>,
}

impl Press {
    /// Starts the thread.
    pub fn start(id: PrinterId, printer: Box<dyn Printer>, setup: PaperSetup, around: Surroundings) -> std::io::Result<Press> {
        let (line, receiver) = sync_channel(WAITING_MAX);
        let (sender, trouble) = watch::channel(None);
        let (begun, busy) = watch::channel(false);
        let open = Open::default();
        let worker = Worker {
            id,
            printer,
            setup,
            words: SlipWords::load(),
            around: around.clone(),
            trouble: sender,
            busy: begun,
            patient: VecDeque::new(),
            open: open.clone(),
        };
        thread::Builder::new().name("network-printer".into()).spawn(move || worker.work(&receiver))?;
        Ok(Press { line, open, trouble, busy, around })
    }

    /// Returns what is wrong with the printer, as last seen.
    pub fn trouble(&self) -> Option<PrinterTrouble> {
        *self.trouble.borrow()
    }

    /// Prints, and says in time what became of it. What is said to have failed before it was begun is not printed later.
    pub async fn print(&self, work: Work) -> Paper {
        let job = work.job;
        let Some(Asked { turn, mut became }) = self.join(work) else {
            let trouble = self.trouble_or(PrinterTrouble::Offline);
            self.abandon(job, WhyAbandoned::ShownInstead).await;
            return Paper::Failed { trouble };
        };
        let answered = timeout(self.around.patience.answer, became.wait_for(Option::is_some)).await;
        match answered.map(|known| known.map(|paper| *paper)) {
            Ok(Ok(paper)) => paper.unwrap_or(Paper::Sent),
            Ok(Err(_)) => Paper::Failed { trouble: self.trouble_or(PrinterTrouble::Unreachable) },
            Err(_) if turn.give_up() => {
                self.abandon(job, WhyAbandoned::ShownInstead).await;
                Paper::Failed { trouble: self.trouble_or(PrinterTrouble::Offline) }
            }
            Err(_) => match self.trouble().filter(|trouble| stops(*trouble)) {
                Some(trouble) => Paper::Failed { trouble },
                None => Paper::Sent,
            },
        }
    }

    /// Waits until no slip is at the printer.
    pub async fn idle(&self) {
        let mut busy = self.busy.clone();
        let _ = busy.wait_for(|busy| !busy).await; // a thread that has ended is idle, too
    }

    /// Returns whether a job is in line or being printed.
    pub fn holds(&self, job: JobId) -> bool {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&job)
    }

    /// Puts a slip in line, for whoever does not stand before the screen; false when the line is full.
    pub fn queue(&self, work: Work) -> bool {
        self.join(work).is_some()
    }

    /// Joins the line, or finds the same job there.
    fn join(&self, work: Work) -> Option<Asked> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(asked) = open.get(&work.job) {
            return Some(asked.clone());
        }
        let (sender, became) = watch::channel(None);
        let asked = Asked { turn: Turn::default(), became };
        let job = work.job;
        let place = InLine { work, asked: Instant::now(), turn: asked.turn.clone(), became: sender };
        self.line.try_send(place).ok()?;
        open.insert(job, asked.clone());
        Some(asked)
    }

    async fn abandon(&self, job: JobId, why: WhyAbandoned) {
        warn!(%job, ?why, "slip {job} is given up: its number was shown on the screen instead");
        self.around.ledger.change(job, Became::abandoned(why, self.trouble()), self.around.clock.now()).await;
    }

    fn trouble_or(&self, otherwise: PrinterTrouble) -> PrinterTrouble {
        self.trouble().filter(|trouble| stops(*trouble)).unwrap_or(otherwise)
    }
}

/// How a slip began, if it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// The printer would have nothing of it.
    NotAsked,
    /// Its asker gave up first, or the server ends.
    GivenUp,
    /// The ledger did not take it.
    NotWritten,
    /// It is on disk as sent.
    Begun,
}

fn start_of(place: &InLine, around: &Surroundings) -> Start {
    if around.closing.load(Ordering::SeqCst) || !place.turn.begin() {
        Start::GivenUp
    } else if !around.ledger.change_now(place.work.job, Became::SENDING, around.clock.now()) {
        Start::NotWritten
    } else {
        Start::Begun
    }
}

struct Worker {
    id: PrinterId,
    printer: Box<dyn Printer>,
    setup: PaperSetup,
    words: SlipWords,
    around: Surroundings,
    trouble: watch::Sender<Option<PrinterTrouble>>,
    busy: watch::Sender<bool>,
    /// Slips that somebody asked for and nobody stands waiting for: they may wait for paper while they are of use.
    patient: VecDeque<InLine>,
    open: Open,
}

impl Worker {
    fn work(mut self, line: &Receiver<InLine>) {
        if self.around.ledger.may_be_torn(&self.id) {
            self.printer.begin_anew();
        }
        self.look();
        loop {
            match line.recv_timeout(self.around.patience.look) {
                Ok(place) => self.take(place),
                Err(RecvTimeoutError::Timeout) => drop(self.look()),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.take_patient();
        }
        // The printer was taken out of use. Those who are in line have been served; those who wait for paper have not.
        for place in std::mem::take(&mut self.patient) {
            self.abandon(&place, WhyAbandoned::PrinterGone);
        }
    }

    /// While the printer is in trouble, those who wait for it only grow old.
    fn take_patient(&mut self) {
        for place in std::mem::take(&mut self.patient) {
            if self.is_stopped() && place.asked.elapsed() <= self.around.patience.useful {
                self.patient.push_back(place);
            } else {
                self.take(place);
            }
        }
    }

    fn take(&mut self, place: InLine) {
        if place.asked.elapsed() > self.around.patience.useful {
            return self.abandon(&place, WhyAbandoned::TooOld);
        }
        if place.asked.elapsed() > FRESH && place.work.kind != JobKind::Test && !(self.around.still_waits)(place.work.slip.number) {
            return self.abandon(&place, WhyAbandoned::TicketGone);
        }
        // A printer that was in trouble a moment ago is asked before anything is written.
        if self.is_stopped() && self.look().is_some_and(stops) {
            return self.refused(place);
        }
        self.print(place);
    }

    /// The printer may have to be waited for: only right before the first byte it is settled who was first, and that is on disk
    /// as sent.
    fn print(&mut self, place: InLine) {
        let (job, number, started) = (place.work.job, place.work.slip.number, Instant::now());
        let template = (self.around.template)();
        let bytes = slip::job(&place.work.slip, &self.words, &template, &self.setup);
        let (around, busy, mut start) = (&self.around, &self.busy, Start::NotAsked);
        let mut begin = || {
            busy.send_replace(true);
            start = start_of(&place, around);
            start == Start::Begun
        };
        let result = self.printer.print_if(&bytes, &mut begin);
        match start {
            Start::NotAsked | Start::Begun => self.became(place, result),
            Start::GivenUp => self.close(&place, None),
            Start::NotWritten => {
                warn!(%job, "slip {job} is not printed: the ledger did not take it, or has given it up");
                self.close(&place, Some(Paper::Failed { trouble: PrinterTrouble::Offline }));
            }
        }
        self.busy.send_replace(false);
        if start == Start::Begun {
            let took = started.elapsed();
            info!(%job, ticket = %number, printer = %self.id, ?took, "{number} went to printer {}", self.id);
            self.look();
        }
    }

    fn became(&mut self, place: InLine, result: Result<Printed, PrintFailure>) {
        let (job, number) = (place.work.job, place.work.slip.number);
        match result {
            Ok(Printed::Printed(_)) => self.done(&place, Paper::Printed),
            Ok(Printed::Sent) => self.done(&place, Paper::Sent),
            Err(PrintFailure::Refused(status)) => {
                self.tell(status.trouble());
                self.refused(place);
            }
            Err(PrintFailure::Interrupted(status)) => {
                let trouble = status.trouble().unwrap_or(PrinterTrouble::Unreachable);
                warn!(%job, ticket = %number, ?trouble, "{number} was interrupted: it may have come out or not");
                self.done(&place, Paper::Failed { trouble });
            }
        }
    }

    /// Nothing of it was sent. Whoever stands before a screen reads the number there; what was asked for by hand may wait.
    fn refused(&mut self, place: InLine) {
        let trouble = self.trouble.borrow().unwrap_or(PrinterTrouble::Offline);
        match place.work.kind {
            JobKind::Issue => self.abandon(&place, WhyAbandoned::ShownInstead),
            JobKind::Reprint | JobKind::Test if self.patient.len() >= WAITING_MAX => self.abandon(&place, WhyAbandoned::TooOld),
            JobKind::Reprint | JobKind::Test => {
                let waits = Became { trouble: Some(trouble), ..Became::QUEUED };
                if self.around.ledger.change_now(place.work.job, waits, self.around.clock.now()) {
                    self.patient.push_back(place);
                } else {
                    self.close(&place, Some(Paper::Failed { trouble }));
                }
            }
        }
    }

    fn done(&mut self, place: &InLine, paper: Paper) {
        let now = self.around.clock.now();
        if !self.around.ledger.change_now(place.work.job, Became::on_paper(paper), now) {
            warn!(job = %place.work.job, "could not write what became of slip {}", place.work.job);
        }
        self.close(place, Some(paper));
    }

    fn abandon(&mut self, place: &InLine, why: WhyAbandoned) {
        let (job, number, trouble) = (place.work.job, place.work.slip.number, *self.trouble.borrow());
        warn!(%job, ticket = %number, ?why, "{number} is not printed: nothing of it came out, and nothing will");
        self.around.ledger.change_now(job, Became::abandoned(why, trouble), self.around.clock.now());
        self.close(place, Some(Paper::Failed { trouble: trouble.unwrap_or(PrinterTrouble::Offline) }));
    }

    fn close(&self, place: &InLine, paper: Option<Paper>) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&place.work.job);
        place.became.send_replace(paper);
    }

    fn is_stopped(&self) -> bool {
        self.trouble.borrow().is_some_and(stops)
    }

    fn look(&mut self) -> Option<PrinterTrouble> {
        let trouble = self.printer.status().trouble();
        self.tell(trouble);
        trouble
    }

    fn tell(&mut self, trouble: Option<PrinterTrouble>) {
        let before = self.trouble.send_replace(trouble);
        match trouble {
            Some(trouble) if before != Some(trouble) => error!(printer = %self.id, ?trouble, "printer {} needs a person", self.id),
            None if before.is_some() => info!(printer = %self.id, "printer {} is ready", self.id),
            Some(_) | None => {}
        }
        let _ = self.around.seen.send(Seen { printer: self.id.clone(), trouble }); // nobody is told when the server stops
    }
}
