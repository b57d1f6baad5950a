//! The printer's own thread: one slip at a time, its state looked at in between, and nothing printed that comes too late.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use protocol::RequestId;
use protocol::request::{Paper, PrinterTrouble};
use protocol::slip::SlipContent;
use slip::queue::{LinePatience, Turn, WAITING_MAX, stops};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;
use tracing::{error, info, warn};

use crate::ledger::{Begun, Ledger};

/// A printer of slips. Its calls may take seconds.
pub trait Printer: Send {
    /// Prints one slip and says what became of it. Right before the first byte `begin` is asked; when that says no, nothing
    /// of the slip is sent.
    fn print(&mut self, slip: &SlipContent, begin: &mut dyn FnMut() -> bool) -> Became;
    /// Asks the printer how it is.
    fn look(&mut self) -> Option<PrinterTrouble>;
    /// Tells that an earlier run may have left half a slip in it.
    fn begin_anew(&mut self) {}
}

/// What became of a slip, and how the printer is since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Became {
    /// What is told of the slip.
    pub paper: Paper,
    /// Whether some of it may be on paper although it failed.
    pub in_doubt: bool,
    /// What is wrong with the printer now.
    pub trouble: Option<PrinterTrouble>,
}

/// How long a slip that is at the printer is waited for when the program ends; the service manager waits five seconds.
const LAST_SLIP: Duration = Duration::from_secs(4);

/// The press as others hold it.
#[derive(Clone, Debug)]
pub struct Press {
    jobs: SyncSender<Job>,
    trouble: watch::Receiver<Option<Option<PrinterTrouble>>>,
    patience: LinePatience,
    /// Whether a slip is at the printer at this moment.
    busy: watch::Receiver<bool>,
    /// Whether nothing is begun any more.
    closing: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Job {
    request: RequestId,
    slip: SlipContent,
    asked: Instant,
    turn: Turn,
    answer: oneshot::Sender<Paper>,
}

impl Press {
    /// Starts the thread. It ends when nobody holds the press any more.
    pub fn start(printer: Box<dyn Printer>, ledger: Ledger, patience: LinePatience) -> std::io::Result<Press> {
        let (jobs, receiver) = sync_channel(WAITING_MAX);
        let (sender, trouble) = watch::channel(None);
        let (begun, busy) = watch::channel(false);
        let closing = Arc::new(AtomicBool::new(false));
        let worker = Worker { printer, ledger, trouble: sender, patience, busy: begun, closing: closing.clone() };
        thread::Builder::new().name("printer".into()).spawn(move || worker.work(receiver))?;
        Ok(Press { jobs, trouble, patience, busy, closing })
    }

    /// Returns how the printer is, to be watched; nothing until it was looked at.
    pub fn trouble(&self) -> watch::Receiver<Option<Option<PrinterTrouble>>> {
        self.trouble.clone()
    }

    /// Prints, and says in time what became of it. A slip that is said to have failed before it was begun is not printed
    /// later.
    pub async fn print(&self, request: RequestId, slip: SlipContent) -> Paper {
        let (answer, answered) = oneshot::channel();
        let turn = Turn::default();
        let job = Job { request, slip, asked: Instant::now(), turn: turn.clone(), answer };
        if self.jobs.try_send(job).is_err() {
            return self.failed();
        }
        match timeout(self.patience.answer, answered).await {
            Ok(Ok(paper)) => paper,
            Ok(Err(_)) => self.failed(),
            Err(_) if turn.give_up() || self.known_trouble().is_some() => self.failed(),
            Err(_) => Paper::Sent,
        }
    }

    /// Begins no slip any more, and waits until the one that is at the printer is out; but not for long.
    pub async fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
        let mut busy = self.busy.clone();
        if timeout(LAST_SLIP, busy.wait_for(|busy| !busy)).await.is_err() {
            warn!("a slip is still at the printer: nobody will know whether it came out");
        }
    }

    fn failed(&self) -> Paper {
        Paper::Failed { trouble: self.known_trouble().unwrap_or(PrinterTrouble::Unreachable) }
    }

    fn known_trouble(&self) -> Option<PrinterTrouble> {
        self.trouble.borrow().flatten().filter(|trouble| stops(*trouble))
    }
}

struct Worker {
    printer: Box<dyn Printer>,
    ledger: Ledger,
    trouble: watch::Sender<Option<Option<PrinterTrouble>>>,
    patience: LinePatience,
    busy: watch::Sender<bool>,
    closing: Arc<AtomicBool>,
}

impl Worker {
    fn work(mut self, jobs: Receiver<Job>) {
        if self.ledger.may_be_torn() {
            self.printer.begin_anew();
        }
        self.look();
        loop {
            match jobs.recv_timeout(self.patience.look) {
                Ok(job) => self.print(job),
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn print(&mut self, job: Job) {
        let number = job.slip.number;
        if job.turn.is_given_up() {
            return info!(ticket = %number, "{number} is not printed: it was shown on the screen instead");
        }
        if job.asked.elapsed() > self.patience.useful {
            warn!(ticket = %number, "{number} is not printed: it waited too long for the printer");
            let _ = job.answer.send(Paper::Failed { trouble: self.trouble.borrow().flatten().unwrap_or(PrinterTrouble::Offline) });
            return;
        }
        let paper = match self.ledger.find(&job.request) {
            Begun::Never => self.print_now(&job),
            Begun::Before(Some(paper)) => paper,
            // Nobody knows whether it came out: the number is shown large, which is right either way.
            Begun::Before(None) => Paper::Failed { trouble: PrinterTrouble::Unreachable },
        };
        let _ = job.answer.send(paper); // the asker may have left; the slip is the same
    }

    fn print_now(&mut self, job: &Job) -> Paper {
        let started = Instant::now();
        let (ledger, busy, closing) = (&mut self.ledger, &self.busy, &self.closing);
        // The printer may have been waited for: whoever gave up meanwhile must not find the slip later.
        let mut begin = || {
            // Said before it is asked, so that whoever closes either sees the slip or keeps it from being begun.
            busy.send_replace(true);
            !closing.load(Ordering::SeqCst) && job.turn.begin() && ledger.begin(&job.request)
        };
        let became = self.printer.print(&job.slip, &mut begin);
        self.ledger.done(&job.request, became.paper, became.in_doubt);
        self.busy.send_replace(false);
        let (number, took) = (job.slip.number, started.elapsed());
        match became.paper {
            Paper::Printed | Paper::Sent => info!(ticket = %number, ?took, "{number} is on paper"),
            Paper::Failed { .. } if job.turn.is_given_up() => {
                info!(ticket = %number, "{number} is not printed: it was shown on the screen while the printer was busy");
            }
            Paper::Failed { trouble } => warn!(ticket = %number, ?trouble, in_doubt = became.in_doubt, "{number} could not be printed"),
        }
        self.tell(became.trouble);
        became.paper
    }

    fn look(&mut self) {
        let trouble = self.printer.look();
        self.tell(trouble);
    }

    fn tell(&mut self, trouble: Option<PrinterTrouble>) {
        let changed = self.trouble.send_if_modified(|known| {
            let changed = *known != Some(trouble);
            *known = Some(trouble);
            changed
        });
        match trouble {
            Some(trouble) if changed => error!(?trouble, "the printer needs a person"),
            None if changed => info!("the printer is ready"),
            Some(_) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::{Paperwork, hasty, slip};

    #[tokio::test]
    async fn a_slip_is_printed_and_a_second_one_of_the_same_request_is_not() {
        let (paperwork, press, _folder) = press(hasty());
        assert_eq!(press.print(id("a"), slip("K001")).await, Paper::Printed);
        assert_eq!(press.print(id("a"), slip("K001")).await, Paper::Printed);
        assert_eq!(press.print(id("b"), slip("K002")).await, Paper::Printed);
        assert_eq!(paperwork.printed(), ["K001", "K002"]);
    }

    #[tokio::test]
    async fn a_printer_without_paper_is_said_and_printing_goes_on_when_it_has_some() {
        let (paperwork, press, _folder) = press(hasty());
        paperwork.set_trouble(Some(PrinterTrouble::PaperOut));
        assert_eq!(press.print(id("a"), slip("K001")).await, Paper::Failed { trouble: PrinterTrouble::PaperOut });
        paperwork.set_trouble(None);
        let mut trouble = press.trouble();
        trouble.wait_for(|known| *known == Some(None)).await.expect("the press lives");
        assert_eq!(press.print(id("b"), slip("K002")).await, Paper::Printed);
        assert_eq!(paperwork.printed(), ["K002"], "what was shown on the screen does not come out later");
    }

    #[tokio::test]
    async fn a_slow_printer_is_waited_for_only_so_long_and_what_was_begun_is_sent() {
        let (paperwork, press, _folder) = press(hasty());
        let hold = paperwork.hold();
        assert_eq!(press.print(id("a"), slip("K001")).await, Paper::Sent);
        let failed = Paper::Failed { trouble: PrinterTrouble::Unreachable };
        assert_eq!(press.print(id("b"), slip("K002")).await, failed, "it never had its turn");
        drop(hold);
        assert_eq!(press.print(id("c"), slip("K003")).await, Paper::Printed);
        assert_eq!(paperwork.printed(), ["K001", "K003"], "K002 was given up, so it does not come out in a burst");
    }

    #[tokio::test]
    async fn a_press_that_closes_lets_the_slip_at_the_printer_come_out_and_begins_no_other() {
        let (paperwork, press, _folder) = press(hasty());
        let hold = paperwork.hold();
        assert_eq!(press.print(id("a"), slip("K001")).await, Paper::Sent);
        let ending = press.clone();
        let mut closing = tokio::spawn(async move { ending.close().await });
        assert!(timeout(Duration::from_millis(50), &mut closing).await.is_err(), "half a slip would be left in the printer");
        let next = spawn_print(&press, 2);
        drop(hold);
        closing.await.expect("did not panic");
        assert!(matches!(next.await.expect("did not panic"), Paper::Failed { .. }));
        assert_eq!(paperwork.printed(), ["K001"]);
    }

    #[tokio::test]
    async fn a_full_queue_fails_at_once() {
        let (paperwork, press, _folder) = press(LinePatience { answer: Duration::from_secs(60), ..hasty() });
        let hold = paperwork.hold();
        let waiting: Vec<_> = (0..WAITING_MAX + 1).map(|number| spawn_print(&press, number)).collect();
        let mut failures = 0;
        while failures == 0 {
            tokio::task::yield_now().await;
            let request = id("one-more");
            let one_more = timeout(Duration::from_millis(20), press.print(request, slip("K999"))).await;
            failures += usize::from(matches!(one_more, Ok(Paper::Failed { .. })));
        }
        drop(hold);
        for one in waiting {
            assert!(matches!(one.await.expect("did not panic"), Paper::Printed | Paper::Failed { .. }));
        }
    }

    #[tokio::test]
    async fn a_slip_that_waited_too_long_is_dropped() {
        let (paperwork, press, _folder) = press(LinePatience { useful: Duration::ZERO, ..hasty() });
        assert!(matches!(press.print(id("a"), slip("K001")).await, Paper::Failed { .. }));
        assert_eq!(paperwork.printed(), [] as [&str; 0]);
    }

    fn spawn_print(press: &Press, number: usize) -> tokio::task::JoinHandle<Paper> {
        let press = press.clone();
        tokio::spawn(async move { press.print(id(&number.to_string()), slip("K100")).await })
    }

    fn press(patience: LinePatience) -> (Paperwork, Press, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let paperwork = Paperwork::default();
        let ledger = Ledger::open(&folder.path().join("slips.jsonl"));
        let press = Press::start(Box::new(paperwork.clone()), ledger, patience).expect("starts");
        (paperwork, press, folder)
    }

    fn id(text: &str) -> RequestId {
        RequestId::new(text).expect("an id")
    }
}
