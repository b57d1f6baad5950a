//! Stories of slips, printers and the ledger, with a printer that exists only in memory.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use protocol::printing::{SlipOutcome, WhyAbandoned};
use slip::SlipTemplate;
use slip::printer::{Faults, Printer, PrinterStatus, Remembering};
use tokio_util::sync::CancellationToken;

use super::ledger::{Became, open};
use super::press::{Press, Surroundings, Work};
use super::*;
use crate::clock::SystemClock;

#[tokio::test]
async fn a_slip_is_queued_sent_and_printed_and_a_second_one_of_the_same_request_is_not() {
    let centre = Centre::new().await;
    let (twin, press) = centre.press(Remembering::new());
    let kept = centre.keep("a", "K001").await;
    assert!(kept.fresh && kept.view.state == JobState::Queued);
    assert_eq!(press.print(work(&kept)).await, Paper::Printed);
    assert_eq!(centre.state("a").await, JobState::Printed);
    let again = centre.keep("a", "K001").await;
    assert!(!again.fresh && again.view.job == kept.view.job);
    // Even if it were put in line again: what is not queued is not sent.
    assert!(matches!(press.print(work(&kept)).await, Paper::Failed { .. }));
    assert_eq!(twin.jobs().len(), 1);
    assert_eq!(centre.state("a").await, JobState::Printed);
}

#[tokio::test]
async fn without_paper_each_is_told_at_once_and_nothing_comes_out_in_a_burst_later() {
    let centre = Centre::new().await;
    let (twin, press) = centre.press(Remembering::new());
    twin.set(Faults { status: PrinterStatus::PaperOut, ..Faults::default() });
    for (request, number) in [("a", "K001"), ("b", "K002"), ("c", "K003")] {
        let kept = centre.keep(request, number).await;
        assert_eq!(press.print(work(&kept)).await, Paper::Failed { trouble: PrinterTrouble::PaperOut });
        let view = centre.view(request).await;
        assert_eq!((view.state, view.why_abandoned), (JobState::Abandoned, Some(WhyAbandoned::ShownInstead)));
        assert_eq!(view.trouble, Some(PrinterTrouble::PaperOut));
    }
    twin.set(Faults::default());
    let kept = centre.keep("d", "K004").await;
    assert_eq!(press.print(work(&kept)).await, Paper::Printed);
    assert_eq!(twin.jobs().len(), 1, "only the one that was asked for after the paper change");
}

#[tokio::test]
async fn what_is_asked_for_by_hand_waits_for_paper_while_it_is_of_use() {
    let centre = Centre::new().await;
    let (twin, press) = centre.press(Remembering::new());
    twin.set(Faults { status: PrinterStatus::PaperOut, ..Faults::default() });
    let kept = centre.keep_as("a", "K001", JobKind::Reprint).await;
    assert!(press.queue(work(&kept)));
    centre.until("a", |view| view.trouble == Some(PrinterTrouble::PaperOut)).await;
    assert_eq!(centre.state("a").await, JobState::Queued);
    twin.set(Faults::default());
    centre.until("a", |view| view.state == JobState::Printed).await;
    assert_eq!(twin.jobs().len(), 1);
}

#[tokio::test]
async fn what_waited_too_long_for_paper_is_abandoned_and_does_not_come_out() {
    let centre = Centre::new().await;
    let patience = LinePatience { useful: Duration::from_millis(30), ..hasty() };
    let (twin, press) = centre.press_with(Remembering::new(), patience);
    twin.set(Faults { status: PrinterStatus::CoverOpen, ..Faults::default() });
    let kept = centre.keep_as("a", "K001", JobKind::Reprint).await;
    assert!(press.queue(work(&kept)));
    centre.until("a", |view| view.why_abandoned == Some(WhyAbandoned::TooOld)).await;
    twin.set(Faults::default());
    let kept = centre.keep("b", "K002").await;
    assert_eq!(press.print(work(&kept)).await, Paper::Printed);
    assert_eq!(twin.jobs().len(), 1);
}

#[tokio::test]
async fn a_slip_that_was_interrupted_failed_and_is_not_sent_again() {
    let centre = Centre::new().await;
    let (twin, press) = centre.press(Remembering::new());
    twin.set(Faults { stops_with: Some(PrinterStatus::PaperOut), ..Faults::default() });
    let kept = centre.keep("a", "K001").await;
    assert_eq!(press.print(work(&kept)).await, Paper::Failed { trouble: PrinterTrouble::PaperOut });
    assert_eq!(centre.state("a").await, JobState::Failed);
    twin.set(Faults::default());
    let again = centre.keep("a", "K001").await;
    assert_eq!(told(&again.view), Paper::Failed { trouble: PrinterTrouble::PaperOut });
    assert_eq!(twin.jobs().len(), 0);
}

#[tokio::test]
async fn a_printer_that_is_slow_keeps_nobody_waiting_and_what_was_given_up_does_not_come_out() {
    let centre = Centre::new().await;
    let (gate, twin) = slow();
    let (_, press) = centre.press((twin.clone(), gate.clone()));
    let first = centre.keep("a", "K001").await;
    assert_eq!(press.print(work(&first)).await, Paper::Sent, "it was begun, and says nothing yet");
    let second = centre.keep("b", "K002").await;
    assert!(matches!(press.print(work(&second)).await, Paper::Failed { .. }), "it never had its turn");
    gate.open();
    centre.until("a", |view| view.state == JobState::Printed).await;
    let third = centre.keep("c", "K003").await;
    assert_eq!(press.print(work(&third)).await, Paper::Printed);
    assert_eq!(centre.view("b").await.why_abandoned, Some(WhyAbandoned::ShownInstead));
    assert_eq!(twin.jobs().len(), 2);
}

#[tokio::test]
async fn whoever_gives_up_while_the_printer_serves_another_is_told_so_and_finds_no_slip_later() {
    let centre = Centre::new().await;
    let (gate, twin) = slow();
    let (_, press) = centre.press(Busy(twin.clone(), gate.clone()));
    let first = centre.keep("a", "K001").await;
    assert!(matches!(press.print(work(&first)).await, Paper::Failed { .. }), "nothing of it was sent, so it is not said to be");
    assert_eq!(centre.view("a").await.why_abandoned, Some(WhyAbandoned::ShownInstead));
    gate.open();
    let second = centre.keep("b", "K002").await;
    assert_eq!(press.print(work(&second)).await, Paper::Printed);
    assert_eq!(twin.jobs().len(), 1);
}

#[tokio::test]
async fn what_is_given_up_neither_waits_again_nor_is_what_came_out_given_up() {
    let centre = Centre::new().await;
    let (given_up, failed) = (centre.keep("a", "K001").await.view.job, centre.keep("b", "K002").await.view.job);
    let (gone, trouble) = (Became::abandoned(WhyAbandoned::TooOld, None), PrinterTrouble::PaperOut);
    assert!(centre.ledger.change(given_up, gone, Time(1)).await);
    assert!(!centre.ledger.change(given_up, Became::QUEUED, Time(2)).await, "nobody would take it up");
    assert!(centre.ledger.change(failed, Became::SENDING, Time(1)).await);
    assert!(centre.ledger.change(failed, Became::on_paper(Paper::Failed { trouble }), Time(2)).await);
    assert!(!centre.ledger.change(failed, gone, Time(3)).await, "some of it may be on paper");
    assert_eq!((centre.state("a").await, centre.state("b").await), (JobState::Abandoned, JobState::Failed));
}

#[tokio::test]
async fn a_server_killed_between_sent_and_printed_leaves_it_in_doubt() {
    let folder = tempfile::tempdir().expect("a folder");
    let centre = Centre::at(folder.path()).await;
    let kept = centre.keep("a", "K001").await;
    let waiting = centre.keep("b", "K002").await;
    assert!(centre.ledger.change(kept.view.job, Became::SENDING, Time(1)).await);
    drop(centre);
    // Nothing else is written: this is all that a kill leaves.
    let centre = Centre::at(folder.path()).await;
    let view = centre.view("a").await;
    assert!(view.state == JobState::Sent && view.in_doubt);
    assert_eq!(told(&view), Paper::Failed { trouble: PrinterTrouble::Unreachable });
    let (twin, press) = centre.press(Remembering::new());
    assert!(matches!(press.print(work(&kept)).await, Paper::Failed { .. }));
    assert_eq!(twin.jobs().len(), 0, "it may have come out");
    // What was only queued was certainly not sent, and is taken up by whoever asks again.
    assert_eq!(press.print(work(&waiting)).await, Paper::Printed);
}

#[tokio::test]
async fn a_printer_that_a_killed_server_left_in_the_middle_of_a_slip_is_known_until_one_is_whole_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let hall = PrinterId::new("hall").expect("an id");
    let centre = Centre::at(folder.path()).await;
    let job = centre.keep("a", "K001").await.view.job;
    assert!(centre.ledger.change(job, Became::SENDING, Time(1)).await);
    drop(centre);
    let centre = Centre::at(folder.path()).await;
    assert!(centre.ledger.may_be_torn(&hall));
    let job = centre.keep("b", "K002").await.view.job;
    assert!(centre.ledger.change(job, Became::SENDING, Time(2)).await);
    assert!(centre.ledger.change(job, Became::on_paper(Paper::Printed), Time(3)).await);
    let waits = centre.keep("c", "K003").await.view.job;
    assert!(centre.ledger.change(waits, Became::abandoned(WhyAbandoned::TooOld, None), Time(4)).await);
    // The copy is a ledger as well.
    ledger::copy(&folder.path().join("slips.db"), &folder.path().join("copy.db")).await.expect("copied");
    drop(centre);
    assert!(!Centre::at(folder.path()).await.ledger.may_be_torn(&hall));
    let copied = open(&folder.path().join("copy.db"), Duration::from_secs(90), Time(5)).await.expect("a ledger").0;
    assert!(!copied.may_be_torn(&hall));
}

#[tokio::test]
async fn what_a_killed_server_left_in_a_printer_is_cut_off_before_the_next_slip() {
    let folder = tempfile::tempdir().expect("a folder");
    let centre = Centre::at(folder.path()).await;
    let job = centre.keep("a", "K001").await.view.job;
    assert!(centre.ledger.change(job, Became::SENDING, Time(1)).await);
    drop(centre);
    let centre = Centre::at(folder.path()).await;
    let begun_anew = Arc::new(AtomicBool::new(false));
    let (_, press) = centre.press(Told(Remembering::new(), begun_anew.clone()));
    let next = centre.keep("b", "K002").await;
    assert_eq!(press.print(work(&next)).await, Paper::Printed);
    assert!(begun_anew.load(Ordering::SeqCst));
}

#[tokio::test]
async fn what_nobody_took_up_after_a_restart_is_abandoned() {
    let folder = tempfile::tempdir().expect("a folder");
    drop({
        let centre = Centre::at(folder.path()).await;
        centre.keep("a", "K001").await;
        centre
    });
    let centre = Centre::with(folder.path(), Duration::ZERO).await;
    centre.until("a", |view| view.why_abandoned == Some(WhyAbandoned::TooOld)).await;
}

#[tokio::test]
async fn a_station_says_what_became_of_its_slips_as_often_as_it_likes() {
    let centre = Centre::new().await;
    let kiosk = DeviceId::new("kiosk-1").expect("an id");
    let noted = NewJob { at_printer: PrintsAt::Kiosk(kiosk.clone()), asker: kiosk.to_string(), ..job("a", "K001", JobKind::Issue) };
    centre.ledger.note(noted);
    let outcome = |request: &str, paper| SlipOutcome {
        request: RequestId::new(request).expect("an id"),
        job: None,
        number: "K001".parse().ok(),
        service: None,
        paper,
        at: Time(5),
    };
    let slips = vec![outcome("a", Some(Paper::Printed)), outcome("while-away", Some(Paper::Sent)), outcome("power", None)];
    assert!(centre.ledger.report(kiosk.clone(), slips.clone(), Time(9)).await);
    assert!(centre.ledger.report(kiosk.clone(), slips, Time(10)).await);
    let states: Vec<_> = centre.lately().await.into_iter().map(|view| (view.state, view.in_doubt)).collect();
    assert_eq!(states, [(JobState::Sent, true), (JobState::Sent, false), (JobState::Printed, false)], "newest first");
    // What came out stays so.
    assert!(centre.ledger.report(kiosk, vec![outcome("a", Some(Paper::Failed { trouble: PrinterTrouble::PaperOut }))], Time(11)).await);
    assert_eq!(centre.lately().await.last().map(|view| view.state), Some(JobState::Printed));
}

#[tokio::test]
async fn another_kiosk_says_nothing_of_a_job_that_is_not_its_own() {
    let centre = Centre::new().await;
    let own = DeviceId::new("kiosk-1").expect("an id");
    let asked = NewJob { at_printer: PrintsAt::Kiosk(own.clone()), ..job("a", "K001", JobKind::Reprint) };
    let kept = centre.ledger.keep(asked).await.expect("written");
    let outcome = SlipOutcome {
        request: RequestId::new("job-1-0").expect("an id"),
        job: Some(kept.view.job),
        number: None,
        service: None,
        paper: Some(Paper::Printed),
        at: Time(5),
    };
    let other = DeviceId::new("kiosk-2").expect("an id");
    assert!(centre.ledger.report(other, vec![outcome.clone()], Time(9)).await);
    assert_eq!(centre.ledger.waiting_for(own.clone()).await.map(|jobs| jobs.len()), Some(1));
    assert!(centre.ledger.report(own.clone(), vec![outcome], Time(9)).await);
    assert_eq!(centre.ledger.waiting_for(own).await, Some(Vec::new()));
}

struct Centre {
    ledger: Ledger,
    stop: CancellationToken,
    folder: Option<tempfile::TempDir>,
}

impl Drop for Centre {
    fn drop(&mut self) {
        self.stop.cancel();
        drop(self.folder.take());
    }
}

impl Centre {
    async fn new() -> Centre {
        let folder = tempfile::tempdir().expect("a folder");
        let mut centre = Centre::at(folder.path()).await;
        centre.folder = Some(folder);
        centre
    }

    async fn at(folder: &Path) -> Centre {
        Centre::with(folder, Duration::from_secs(90)).await
    }

    async fn with(folder: &Path, useful: Duration) -> Centre {
        let (ledger, book) = open(&folder.join("slips.db"), useful, Time(0)).await.expect("opens");
        let stop = CancellationToken::new();
        tokio::spawn(book.run(stop.clone()));
        Centre { ledger, stop, folder: None }
    }

    async fn keep(&self, request: &str, number: &str) -> Kept {
        self.keep_as(request, number, JobKind::Issue).await
    }

    async fn keep_as(&self, request: &str, number: &str, kind: JobKind) -> Kept {
        self.ledger.keep(job(request, number, kind)).await.expect("written")
    }

    async fn lately(&self) -> Vec<PrintJobView> {
        self.ledger.lately(50).await.expect("read")
    }

    async fn view(&self, request: &str) -> PrintJobView {
        let number = self.keep(request, "K000").await.view.number;
        self.lately().await.into_iter().find(|view| view.number == number).expect("it is there")
    }

    async fn state(&self, request: &str) -> JobState {
        self.view(request).await.state
    }

    async fn until(&self, request: &str, so: impl Fn(&PrintJobView) -> bool) {
        while !so(&self.view(request).await) {
            tokio::task::yield_now().await;
        }
    }

    fn press<P: Twin>(&self, twin: P) -> (Remembering, Press) {
        self.press_with(twin, hasty())
    }

    fn press_with<P: Twin>(&self, twin: P, patience: LinePatience) -> (Remembering, Press) {
        let seen = mpsc::unbounded_channel().0;
        let around = Surroundings {
            ledger: self.ledger.clone(),
            clock: Arc::new(SystemClock),
            seen,
            still_waits: Arc::new(|_| true),
            template: Arc::new(SlipTemplate::default),
            patience,
            closing: Arc::default(),
        };
        let id = PrinterId::new("hall").expect("an id");
        let (remembering, printer) = twin.split();
        (remembering, Press::start(id, printer, PaperSetup::default(), around).expect("starts"))
    }
}

trait Twin {
    fn split(self) -> (Remembering, Box<dyn Printer>);
}

impl Twin for Remembering {
    fn split(self) -> (Remembering, Box<dyn Printer>) {
        (self.clone(), Box::new(self))
    }
}

impl Twin for (Remembering, Arc<Gate>) {
    fn split(self) -> (Remembering, Box<dyn Printer>) {
        (self.0.clone(), Box::new(Slow { printer: self.0, gate: self.1, is_busy: false }))
    }
}

/// One that is busy with another caller.
struct Busy(Remembering, Arc<Gate>);

impl Twin for Busy {
    fn split(self) -> (Remembering, Box<dyn Printer>) {
        (self.0.clone(), Box::new(Slow { printer: self.0, gate: self.1, is_busy: true }))
    }
}

/// One that remembers whether it was told to begin anew.
struct Told(Remembering, Arc<AtomicBool>);

impl Twin for Told {
    fn split(self) -> (Remembering, Box<dyn Printer>) {
        (self.0.clone(), Box::new(self))
    }
}

impl Printer for Told {
    fn print_if(&mut self, job: &[u8], begin: &mut dyn FnMut() -> bool) -> Result<slip::printer::Printed, slip::printer::PrintFailure> {
        self.0.print_if(job, begin)
    }

    fn status(&mut self) -> PrinterStatus {
        self.0.status()
    }

    fn begin_anew(&mut self) {
        self.1.store(true, Ordering::SeqCst);
    }
}

/// A printer that stays in the middle of a slip until its gate is opened.
struct Slow {
    printer: Remembering,
    gate: Arc<Gate>,
    /// Whether it stays before the first byte instead, as one does that is busy with another caller.
    is_busy: bool,
}

#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    opened: std::sync::Condvar,
}

impl Gate {
    fn wait(&self) {
        let open = self.open.lock().expect("not poisoned");
        drop(self.opened.wait_while(open, |open| !*open).expect("not poisoned"));
    }

    fn open(&self) {
        *self.open.lock().expect("not poisoned") = true;
        self.opened.notify_all();
    }
}

fn slow() -> (Arc<Gate>, Remembering) {
    (Arc::default(), Remembering::new())
}

impl Printer for Slow {
    fn print_if(&mut self, job: &[u8], begin: &mut dyn FnMut() -> bool) -> Result<slip::printer::Printed, slip::printer::PrintFailure> {
        if self.is_busy {
            self.gate.wait();
            return self.printer.print_if(job, begin);
        }
        let gate = &self.gate;
        self.printer.print_if(job, &mut || {
            let begun = begin();
            gate.wait();
            begun
        })
    }

    fn status(&mut self) -> PrinterStatus {
        self.printer.status()
    }
}

fn hasty() -> LinePatience {
    LinePatience { answer: Duration::from_millis(300), useful: Duration::from_secs(90), look: Duration::from_millis(10) }
}

fn job(request: &str, number: &str, kind: JobKind) -> NewJob {
    NewJob {
        asker: "kiosk-1".into(),
        request: RequestId::new(request).expect("an id"),
        kind,
        number: number.parse().ok(),
        service: None,
        at_printer: PrintsAt::Printer(PrinterId::new("hall").expect("an id")),
        at: Time(0),
    }
}

fn work(kept: &Kept) -> Work {
    let text = protocol::ticket::Text { en: "Birth certificate".into(), sw: "Cheti cha kuzaliwa".into() };
    let slip = SlipContent::new("Mombasa", kept.view.number.expect("a number"), text);
    Work { job: kept.view.job, kind: kept.view.kind, slip }
}
