//! The slips that came out of the door kiosk's printer, with the numbers on them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::Time;
use protocol::ticket::TicketNumber;
use serde::Serialize;
use slip::twin::{Twin, TwinFaults};

use crate::clock::CentreClock;

/// One slip as the start page lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownSlip {
    /// Counts slips from 1.
    pub id: u64,
    /// The number on it; empty when nobody said.
    pub number: String,
    /// When it came out.
    pub at: Time,
    /// Where its picture is.
    pub url: String,
}

/// The printer and what is known of its slips.
#[derive(Clone)]
pub struct Slips {
    printer: Arc<Twin>,
    clock: CentreClock,
    known: Arc<Mutex<BTreeMap<u64, Known>>>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    number: Option<TicketNumber>,
    at: Time,
}

/// How many slips are listed.
const LISTED: usize = 8;

impl Slips {
    /// Returns the slips of a printer.
    pub fn new(printer: Arc<Twin>, clock: CentreClock) -> Slips {
        Slips { printer, clock, known: Arc::default() }
    }

    /// Reads a line of the kiosk's log: it says which number it has put on paper, and that is the newest slip.
    pub fn read(&self, line: &str) {
        let Some(number) = number_on_paper(line) else { return };
        self.look();
        if let Some(mut newest) = self.known().last_entry()
            && newest.get().number.is_none()
        {
            newest.get_mut().number = Some(number);
        }
    }

    /// Returns the latest slips, the newest first.
    pub fn latest(&self) -> Vec<ShownSlip> {
        self.look();
        let shown = |(id, known): (&u64, &Known)| ShownSlip {
            id: *id,
            number: known.number.map(|number| number.to_string()).unwrap_or_default(),
            at: known.at,
            url: format!("/demo/slips/{id}.png"),
        };
        self.known().iter().rev().take(LISTED).map(shown).collect()
    }

    /// Returns the picture of a slip.
    pub fn png(&self, id: u64) -> Option<Vec<u8>> {
        self.printer.slips().into_iter().find(|slip| slip.number == id)?.png()
    }

    /// Takes the paper out, or puts a new roll in.
    pub fn set_paper_out(&self, paper_out: bool) {
        self.printer.set_faults(TwinFaults { paper_out, ..self.printer.faults() });
    }

    /// Tells whether the paper is out.
    pub fn is_paper_out(&self) -> bool {
        self.printer.faults().paper_out
    }

    /// Notes what came out since the last look, and forgets what the printer has forgotten.
    fn look(&self) {
        let (now, printed) = (self.clock.now(), self.printer.slips());
        let mut known = self.known();
        for slip in &printed {
            known.entry(slip.number).or_insert(Known { number: None, at: now });
        }
        known.retain(|id, _| printed.iter().any(|slip| slip.number == *id));
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<u64, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn number_on_paper(line: &str) -> Option<TicketNumber> {
    let (before, _) = line.split_once(" is on paper")?;
    before.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_number_is_read_from_the_kiosks_log() {
        let line = "2026-11-24T07:00:00.1Z  INFO foleni_kiosk::press: L054 is on paper ticket=L054 took=41ms\n";
        assert_eq!(number_on_paper(line), "L054".parse().ok());
        for other in ["", " is on paper", "INFO something else", "INFO l054 is on paper"] {
            assert_eq!(number_on_paper(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn the_newest_slip_gets_its_number_and_comes_first() {
        let slips = slips();
        for (count, number) in [(1, "L001"), (2, "K002")] {
            print(&slips, count);
            slips.read(&format!("INFO press: {number} is on paper ticket={number}"));
        }
        let latest = slips.latest();
        let listed: Vec<(u64, &str)> = latest.iter().map(|slip| (slip.id, slip.number.as_str())).collect();
        assert_eq!(listed, [(2, "K002"), (1, "L001")]);
        assert_eq!(latest[0].url, "/demo/slips/2.png");
        assert_eq!(slips.png(9), None);
    }

    #[tokio::test]
    async fn the_paper_can_run_out() {
        let slips = slips();
        assert!(!slips.is_paper_out());
        slips.set_paper_out(true);
        assert!(slips.is_paper_out());
        slips.set_paper_out(false);
        assert!(!slips.is_paper_out());
    }

    fn slips() -> Slips {
        let printer = Twin::start(([127, 0, 0, 1], 0).into()).expect("listens");
        Slips::new(Arc::new(printer), CentreClock::new(Time(5), 1))
    }

    /// Prints nothing but a cut, and waits until it has come out.
    fn print(slips: &Slips, count: u64) {
        let mut line = TcpStream::connect(slips.printer.address()).expect("connects");
        line.write_all(b"\x1b@slip\n\x1dVA\0").expect("writes");
        for _ in 0..200 {
            if slips.printer.printed() >= count {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("nothing came out");
    }
}
