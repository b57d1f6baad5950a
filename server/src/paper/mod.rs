//! Slips on paper, from the server's side: the ledger of jobs, the printers on the network, and what is ordered of stations.
//!
//! A kiosk's ticket is printed by the server where a manager gave the kiosk a network printer, and by the kiosk's station
//! where one hangs there. Either way the slip is a job in the ledger, and the ledger agrees with the paper.

pub mod ledger;
mod press;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::printing::{AddPrinter, JobKind, JobState, PrintJobView, PrinterView, PrintsAt, SlipRendering};
use protocol::request::{IssuedTicket, Paper, PrinterTrouble};
use protocol::slip::SlipContent;
use protocol::{DeviceId, JobId, PrinterId, Refusal, RequestId, TicketNumber, Time};
use slip::printer::{PrinterAddress, PrinterUrl};
use slip::queue::LinePatience;
use slip::{PaperSetup, PaperWidth, Rendering};
use tokio::sync::{mpsc, watch};
use tracing::error;

use crate::catalogues::Catalogues;
use crate::clock::Clock;
use crate::registry::Registry;
use crate::screens::{Again, DeviceNews, Screens};
use ledger::{Kept, Ledger, NewJob};
use press::{Press, Seen, Surroundings, Work};

/// The server's side of paper. Clones are the same.
#[derive(Clone)]
pub struct Printing {
    inner: Arc<Inner>,
}

struct Inner {
    registry: Registry,
    screens: Screens,
    around: Surroundings,
    memory: Mutex<Memory>,
    /// Counts what stations may not have heard of: whoever waits for orders looks again.
    ordered: watch::Sender<u64>,
}

#[derive(Default)]
struct Memory {
    presses: BTreeMap<PrinterId, Arc<Press>>,
    /// How the printers that hang on kiosks are, and since when that is known.
    own: BTreeMap<DeviceId, (Option<PrinterTrouble>, Time)>,
    /// When a network printer was looked at last.
    looked: BTreeMap<PrinterId, Time>,
    /// Kiosks that are to be started again, and were not told yet.
    restarts: BTreeSet<DeviceId>,
    /// Requests of which the server had the slip, oldest first: where a kiosk's slips come out may change before it asks again.
    served: VecDeque<(DeviceId, RequestId)>,
}

/// Requests that are remembered as served; a kiosk asks again within seconds.
const SERVED_MAX: usize = 1_024;

impl Memory {
    /// Tells whether the slip of this request is the server's: now, or when it was asked for before.
    fn remember(&mut self, kiosk: &DeviceId, request: &RequestId, now: bool) -> bool {
        let known = self.served.iter().any(|(by, served)| (by, served) == (kiosk, request));
        if now && !known {
            if self.served.len() >= SERVED_MAX {
                self.served.pop_front();
            }
            self.served.push_back((kiosk.clone(), request.clone()));
        }
        now || known
    }
}

/// What is printed of a ticket, or to try a printer.
#[derive(Clone, Debug)]
pub struct AskedSlip {
    /// Who asks: a device or an account.
    pub asker: String,
    /// The asker's name for it.
    pub request: RequestId,
    /// Why.
    pub kind: JobKind,
    /// The ticket's number; a test has none.
    pub number: Option<TicketNumber>,
    /// The ticket's service.
    pub service: Option<protocol::ServiceId>,
    /// What it says.
    pub slip: SlipContent,
}

/// The task that passes on what printers' threads see.
pub struct Watcher {
    printing: Printing,
    seen: mpsc::UnboundedReceiver<Seen>,
}

impl Printing {
    /// Starts the threads of all printers that the registry knows.
    pub fn start(
        registry: Registry,
        screens: Screens,
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        catalogues: Catalogues,
        patience: LinePatience,
    ) -> (Printing, Watcher) {
        let (sender, seen) = mpsc::unbounded_channel();
        let asked = screens.clone();
        let still_waits = move |number| match asked.again_now(number) {
            Again::Stands { waits, .. } => waits,
            Again::Ended => false,
            // The screens may be a moment behind.
            Again::Unknown => true,
        };
        let template = Arc::new(move || catalogues.now().template.clone());
        let around =
            Surroundings { ledger, clock, seen: sender, still_waits: Arc::new(still_waits), template, patience, closing: Arc::default() };
        let inner = Inner { registry, screens, around, memory: Mutex::default(), ordered: watch::Sender::new(0) };
        let printing = Printing { inner: Arc::new(inner) };
        for printer in printing.inner.registry.printers() {
            printing.open(&printer);
        }
        (printing.clone(), Watcher { printing, seen })
    }

    /// Prints a ticket that was just issued, where the server prints for this kiosk; says what became of the paper.
    ///
    /// A slip that the station prints by itself is only noted, and nothing waits for that. A request that is asked again
    /// finds its job: it prints no second slip.
    pub async fn ticket(&self, kiosk: &DeviceId, request: RequestId, issued: &IssuedTicket) -> Option<Paper> {
        let place = match self.inner.registry.printer_of(kiosk) {
            Some(printer) => PrintsAt::Printer(printer),
            None => PrintsAt::Kiosk(kiosk.clone()),
        };
        let printed_here = self.memory().remember(kiosk, &request, matches!(place, PrintsAt::Printer(_)));
        let job = NewJob {
            asker: kiosk.to_string(),
            request,
            kind: JobKind::Issue,
            number: Some(issued.number),
            service: Some(issued.service.clone()),
            at_printer: place,
            at: issued.at,
        };
        if !printed_here {
            if self.memory().own.contains_key(kiosk) {
                self.inner.around.ledger.note(job);
            }
            return None;
        }
        let Some(Kept { view, .. }) = self.inner.around.ledger.keep(job).await else {
            return Some(Paper::Failed { trouble: PrinterTrouble::Offline });
        };
        match view.at_printer {
            PrintsAt::Printer(_) => Some(self.print_kept(&view, issued.slip.clone()).await),
            // It was the station's when it was asked for first.
            PrintsAt::Kiosk(_) => None,
        }
    }

    /// Queued jobs follow the printer at which they were asked for, whichever the kiosk uses by now.
    async fn print_kept(&self, view: &PrintJobView, slip: SlipContent) -> Paper {
        let PrintsAt::Printer(printer) = &view.at_printer else { return told(view) };
        let press = self.memory().presses.get(printer).cloned();
        match (view.state, press) {
            (JobState::Queued, Some(press)) => press.print(Work { job: view.job, kind: view.kind, slip }).await,
            // It is with the printer at this moment, for a request that came a moment before; or it was when the server ended.
            (JobState::Sent, Some(press)) if view.in_doubt && press.holds(view.job) => {
                press.print(Work { job: view.job, kind: view.kind, slip }).await
            }
            (JobState::Queued | JobState::Sent | JobState::Printed | JobState::Failed | JobState::Abandoned, _) => told(view),
        }
    }

    /// Puts a slip that somebody asked for in line, on a network printer or at a kiosk's station.
    pub async fn ask(&self, asked: AskedSlip, at_printer: PrintsAt) -> Result<PrintJobView, Refusal> {
        let AskedSlip { asker, request, kind, number, service, slip } = asked;
        let at = self.inner.around.clock.now();
        let job = NewJob { asker, request, kind, number, service, at_printer, at };
        let kept = self.inner.around.ledger.keep(job.clone()).await.ok_or(Refusal::Storage)?;
        let same = (kept.view.kind, kept.view.number, &kept.view.at_printer) == (kind, number, &job.at_printer);
        if !same {
            return Err(Refusal::RequestReused);
        }
        match &kept.view.at_printer {
            PrintsAt::Kiosk(_) => self.wake_stations(),
            PrintsAt::Printer(printer) if kept.view.state == JobState::Queued => {
                let press = self.memory().presses.get(printer).cloned().ok_or(Refusal::UnknownPrinter)?;
                let fits = press.queue(Work { job: kept.view.job, kind, slip });
                if !fits {
                    return Err(Refusal::PrinterBusy);
                }
            }
            PrintsAt::Printer(_) => {}
        }
        Ok(kept.view)
    }

    /// Returns where the slips of a kiosk come out.
    pub fn place_of(&self, kiosk: &DeviceId) -> Result<PrintsAt, Refusal> {
        self.inner.registry.must_be_kiosk(kiosk)?;
        match self.inner.registry.printer_of(kiosk) {
            Some(printer) => Ok(PrintsAt::Printer(printer)),
            None if self.memory().own.contains_key(kiosk) => Ok(PrintsAt::Kiosk(kiosk.clone())),
            None => Err(Refusal::NoPrinter),
        }
    }

    /// Adds a printer on the network.
    pub async fn add(&self, asked: AddPrinter) -> Result<(), Refusal> {
        let printer = self.inner.registry.add_printer(asked).await?;
        self.open(&printer);
        Ok(())
    }

    /// Takes a printer out of use. What waits for it is abandoned, and the kiosks that used it print for themselves.
    pub async fn remove(&self, printer: &PrinterId) -> Result<(), Refusal> {
        let kiosks = self.inner.registry.remove_printer(printer).await?;
        self.memory().presses.remove(printer);
        for kiosk in kiosks {
            self.tell_of(&kiosk).await;
        }
        Ok(())
    }

    /// Lets a kiosk's slips come out at this printer, or at its own.
    pub async fn assign(&self, kiosk: &DeviceId, printer: Option<PrinterId>) -> Result<(), Refusal> {
        self.inner.registry.assign_printer(kiosk, printer).await?;
        self.tell_of(kiosk).await;
        Ok(())
    }

    /// Takes note of how the printer is that hangs on a kiosk.
    pub async fn own_printer(&self, kiosk: &DeviceId, trouble: Option<PrinterTrouble>) {
        let now = self.inner.around.clock.now();
        self.memory().own.insert(kiosk.clone(), (trouble, now));
        self.tell_of(kiosk).await;
    }

    /// Returns every printer: those on the network, then those that hang on kiosks.
    pub async fn printers(&self) -> Vec<PrinterView> {
        let queued = self.inner.around.ledger.waiting().await;
        let waiting = |at: &PrintsAt| queued.get(at).copied().unwrap_or_default();
        let memory = self.memory();
        let on_network = self.inner.registry.printers().into_iter().map(|known| {
            let at = PrintsAt::Printer(known.printer.clone());
            PrinterView {
                address: Some(address(&known)),
                paper_mm: Some(known.paper_mm),
                rendering: Some(known.rendering),
                trouble: memory.presses.get(&known.printer).and_then(|press| press.trouble()),
                seen: memory.looked.get(&known.printer).copied(),
                kiosks: self.inner.registry.kiosks_at(&known.printer),
                queued: waiting(&at),
                printer: at,
            }
        });
        let own =
            memory.own.iter().filter(|(kiosk, _)| self.inner.registry.must_be_kiosk(kiosk).is_ok()).map(|(kiosk, (trouble, seen))| {
                let at = PrintsAt::Kiosk(kiosk.clone());
                let used = self.inner.registry.printer_of(kiosk).is_none();
                PrinterView {
                    address: None,
                    paper_mm: None,
                    rendering: None,
                    trouble: *trouble,
                    seen: Some(*seen),
                    kiosks: used.then(|| kiosk.clone()).into_iter().collect(),
                    queued: waiting(&at),
                    printer: at,
                }
            });
        on_network.chain(own).collect()
    }

    /// The ledger of jobs.
    pub fn ledger(&self) -> &Ledger {
        &self.inner.around.ledger
    }

    /// Orders a kiosk's station to start again; told once.
    pub fn restart(&self, kiosk: &DeviceId) {
        self.memory().restarts.insert(kiosk.clone());
        self.wake_stations();
    }

    /// Closes a kiosk's screen to citizens, or opens it again.
    pub async fn lock(&self, kiosk: &DeviceId, on: bool) -> Result<(), Refusal> {
        self.inner.registry.lock_kiosk(kiosk, on).await?;
        self.wake_stations();
        Ok(())
    }

    /// Returns whether this kiosk is to start again; from now on that counts as told.
    pub fn take_restart(&self, kiosk: &DeviceId) -> bool {
        self.memory().restarts.remove(kiosk)
    }

    /// Returns what changes whenever something was ordered of any station.
    pub fn ordered(&self) -> watch::Receiver<u64> {
        self.inner.ordered.subscribe()
    }

    /// Writes that a job will not come out after all.
    pub async fn abandon(&self, job: JobId, why: protocol::printing::WhyAbandoned) {
        let became = ledger::Became::abandoned(why, None);
        self.inner.around.ledger.change(job, became, self.inner.around.clock.now()).await;
    }

    /// Begins no slip any more, and waits until none is at a printer, so that what becomes of it is in the ledger before the server ends; but not for long.
    pub async fn settle(&self) {
        const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
        self.inner.around.closing.store(true, Ordering::SeqCst);
        let presses: Vec<Arc<Press>> = self.memory().presses.values().cloned().collect();
        let idle = async {
            for press in &presses {
                press.idle().await;
            }
        };
        if tokio::time::timeout(PATIENCE, idle).await.is_err() {
            tracing::warn!("a slip is still at its printer: nobody will know whether it came out");
        }
    }

    fn wake_stations(&self) {
        self.inner.ordered.send_modify(|count| *count += 1);
    }

    fn open(&self, printer: &AddPrinter) {
        let mut memory = self.memory();
        if memory.presses.contains_key(&printer.printer) {
            return;
        }
        let url = url(printer);
        match Press::start(printer.printer.clone(), url.printer(), url.setup, self.inner.around.clone()) {
            Ok(press) => drop(memory.presses.insert(printer.printer.clone(), Arc::new(press))),
            Err(error) => error!(%error, printer = %printer.printer, "could not start the thread of printer {}", printer.printer),
        }
    }

    /// Tells the board how the printer is at which this kiosk's slips come out.
    async fn tell_of(&self, kiosk: &DeviceId) {
        let printer = self.inner.registry.printer_of(kiosk);
        let trouble = {
            let memory = self.memory();
            match printer {
                Some(printer) => memory.presses.get(&printer).and_then(|press| press.trouble()),
                None => memory.own.get(kiosk).and_then(|(trouble, _)| *trouble),
            }
        };
        self.inner.screens.device(DeviceNews::Printer(kiosk.clone(), trouble)).await;
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.inner.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher {
    /// Passes on what is seen of printers, until the server stops.
    pub async fn run(mut self, stop: tokio_util::sync::CancellationToken) {
        let mut last: BTreeMap<PrinterId, Option<PrinterTrouble>> = BTreeMap::new();
        loop {
            let seen = tokio::select! {
                Some(seen) = self.seen.recv() => seen,
                () = stop.cancelled() => return,
            };
            let now = self.printing.inner.around.clock.now();
            self.printing.memory().looked.insert(seen.printer.clone(), now);
            if last.insert(seen.printer.clone(), seen.trouble) != Some(seen.trouble) {
                for kiosk in self.printing.inner.registry.kiosks_at(&seen.printer) {
                    self.printing.tell_of(&kiosk).await;
                }
            }
        }
    }
}

/// Returns what a citizen is told of a job that stands in the ledger.
fn told(view: &PrintJobView) -> Paper {
    let trouble = view.trouble.unwrap_or(PrinterTrouble::Unreachable);
    match view.state {
        JobState::Printed => Paper::Printed,
        JobState::Sent if !view.in_doubt => Paper::Sent,
        // Nobody knows whether it came out: the number is shown large, which is right either way.
        JobState::Sent | JobState::Queued | JobState::Failed | JobState::Abandoned => Paper::Failed { trouble },
    }
}

fn url(printer: &AddPrinter) -> PrinterUrl {
    let width = if printer.paper_mm == 58 { PaperWidth::Mm58 } else { PaperWidth::Mm80 };
    let rendering = match printer.rendering {
        SlipRendering::Image => Rendering::Image,
        SlipRendering::Text => Rendering::Text,
    };
    let address = PrinterAddress::Network { host: printer.host.clone(), port: printer.port };
    PrinterUrl { address, setup: PaperSetup { width: Some(width), rendering, ..PaperSetup::default() } }
}

fn address(printer: &AddPrinter) -> String {
    let AddPrinter { host, port, .. } = printer;
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}
