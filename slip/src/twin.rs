//! A receipt printer on the network that exists only in memory: for demonstrations, and for tests of everything that can
//! go wrong with a real one.
//!
//! It behaves as printers do: it answers questions about itself at once, takes bytes while it is out of paper, and prints
//! them when the paper is changed.

mod reader;

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::canvas::Canvas;
use crate::preview;
use reader::{Heard, Reader};

/// Older slips are forgotten: a demonstration may run for days.
const SLIPS_KEPT: usize = 32;

/// Callers beyond these are hung up on.
const CALLERS_MAX: usize = 8;

/// What is wrong with the twin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TwinFaults {
    /// The paper is finished.
    pub paper_out: bool,
    /// Little paper is left.
    pub paper_near_end: bool,
    /// The cover is open.
    pub cover_open: bool,
    /// Offline for another reason.
    pub offline: bool,
    /// It answers nothing at all, as the simplest printers do.
    pub silent: bool,
}

impl TwinFaults {
    /// Tells whether it prints what it is sent.
    pub fn prints(self) -> bool {
        !(self.paper_out || self.cover_open || self.offline)
    }

    fn answer(self, question: u8) -> u8 {
        const WELL: u8 = 0x12;
        let bit = |set: bool, bits: u8| if set { bits } else { 0 };
        match question {
            1 => WELL | bit(!self.prints(), 0x08),
            2 => WELL | bit(self.cover_open, 0x04) | bit(self.paper_out, 0x20),
            4 => WELL | bit(self.paper_near_end || self.paper_out, 0x0c) | bit(self.paper_out, 0x60),
            _ => WELL,
        }
    }
}

/// One slip that came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwinSlip {
    /// Counts the slips from 1.
    pub number: u64,
    /// The bytes, as they were sent.
    pub job: Vec<u8>,
}

impl TwinSlip {
    /// Returns what was drawn on the slip, as PNG; nothing when it was typed in the printer's own letters.
    pub fn png(&self) -> Option<Vec<u8>> {
        picture(&self.job).map(|canvas| preview::png(&canvas))
    }
}

/// A printer that listens. It stops when dropped.
pub struct Twin {
    address: SocketAddr,
    inside: Arc<Inside>,
}

#[derive(Default)]
struct Inside {
    state: Mutex<State>,
    callers: AtomicUsize,
    closed: AtomicBool,
}

#[derive(Default)]
struct State {
    faults: TwinFaults,
    printed: u64,
    slips: VecDeque<TwinSlip>,
    held: VecDeque<Vec<u8>>,
}

impl Twin {
    /// Listens at an address; port 0 picks a free one.
    pub fn start(address: SocketAddr) -> io::Result<Twin> {
        let listener = TcpListener::bind(address)?;
        let twin = Twin { address: listener.local_addr()?, inside: Arc::default() };
        let inside = Arc::clone(&twin.inside);
        thread::Builder::new().name("printer-twin".into()).spawn(move || listen(&listener, &inside))?;
        Ok(twin)
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns what is wrong with it.
    pub fn faults(&self) -> TwinFaults {
        self.state().faults
    }

    /// Gives it trouble, or takes it away; what it holds comes out as soon as it can.
    pub fn set_faults(&self, faults: TwinFaults) {
        let mut state = self.state();
        state.faults = faults;
        state.print_held();
    }

    /// Returns how many slips have come out.
    pub fn printed(&self) -> u64 {
        self.state().printed
    }

    /// Returns how many jobs wait in its memory for paper.
    pub fn held(&self) -> usize {
        self.state().held.len()
    }

    /// Returns the last slips, the newest last.
    pub fn slips(&self) -> Vec<TwinSlip> {
        self.state().slips.iter().cloned().collect()
    }

    /// Returns the newest slip.
    pub fn last(&self) -> Option<TwinSlip> {
        self.state().slips.back().cloned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inside.state()
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        self.inside.closed.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it sees that it is over.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_millis(200));
    }
}

impl Inside {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
}

impl State {
    fn take(&mut self, job: Vec<u8>) {
        // A printer's memory is small; what does not fit is never taken.
        if self.held.len() < SLIPS_KEPT {
            self.held.push_back(job);
        }
        self.print_held();
    }

    fn print_held(&mut self) {
        while self.faults.prints() {
            let Some(job) = self.held.pop_front() else { return };
            self.printed += 1;
            self.slips.push_back(TwinSlip { number: self.printed, job });
            if self.slips.len() > SLIPS_KEPT {
                self.slips.pop_front();
            }
        }
    }
}

fn listen(listener: &TcpListener, inside: &Arc<Inside>) {
    for caller in listener.incoming() {
        if inside.is_closed() {
            return;
        }
        let Ok(caller) = caller else { continue };
        if inside.callers.load(Ordering::SeqCst) >= CALLERS_MAX {
            continue;
        }
        inside.callers.fetch_add(1, Ordering::SeqCst);
        let own = Arc::clone(inside);
        let started = thread::Builder::new().name("printer-twin-line".into()).spawn(move || {
            if let Err(error) = serve(caller, &own) {
                tracing::debug!(%error, "a line to the printer's twin broke");
            }
            own.callers.fetch_sub(1, Ordering::SeqCst);
        });
        if started.is_err() {
            inside.callers.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn serve(mut caller: TcpStream, inside: &Inside) -> io::Result<()> {
    caller.set_read_timeout(Some(Duration::from_millis(50)))?;
    caller.set_write_timeout(Some(Duration::from_secs(2)))?;
    let mut reader = Reader::default();
    let mut buffer = [0; 8192];
    // A question asked in its turn is answered when all before it has come out.
    let mut owed = 0;
    while !inside.is_closed() {
        let read = match caller.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => 0,
            Err(error) => return Err(error),
        };
        let mut answers = Vec::new();
        for &byte in &buffer[..read] {
            match reader.hear(byte) {
                Heard::Nothing => {}
                Heard::Question(question) => answers.push(inside.state().faults.answer(question)),
                Heard::QuestionInTurn => owed += 1,
                Heard::Job(job) => inside.state().take(job),
            }
        }
        if owed > 0 && inside.state().held.is_empty() && inside.state().faults.prints() {
            answers.extend(std::iter::repeat_n(0, std::mem::take(&mut owed)));
        }
        if !inside.state().faults.silent {
            caller.write_all(&answers)?;
        }
    }
    Ok(())
}

/// Returns the picture in a job: all its bands, one under the other.
pub fn picture(job: &[u8]) -> Option<Canvas> {
    let bands = reader::bands(job);
    let width = bands.iter().map(|band| band.bytes_a_row).max()?;
    let mut canvas = Canvas::new(u32::try_from(width).ok()? * 8);
    for band in bands {
        for row in band.dots.chunks(band.bytes_a_row) {
            canvas.append(row);
        }
    }
    Some(canvas)
}
