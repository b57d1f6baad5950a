//! A printer on the network that does what real ones do when something is wrong: it takes bytes into a small memory, burns
//! line after line at its own speed, stops in the middle, goes on when it is helped, or forgets. What is on its paper is kept,
//! piece by piece.

mod language;

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub use language::{Act, Language, lines};

/// What kind of printer it is.
#[derive(Clone, Copy, Debug)]
pub struct Nature {
    /// Which of the four questions it answers.
    pub answers: [bool; 4],
    /// Whether it says when all before a question has been printed.
    pub gives_word: bool,
    /// Whether it drops its memory when it is asked to.
    pub clears: bool,
    /// Whether it also says things that nobody asked.
    pub babbles: bool,
    /// Bytes of memory.
    pub memory: usize,
    /// How long a line takes.
    pub line: Duration,
    /// Whether it hangs up on a second caller, or lets it wait.
    pub hangs_up: bool,
}

impl Default for Nature {
    /// As good printers are.
    fn default() -> Nature {
        Nature {
            answers: [true; 4],
            gives_word: true,
            clears: true,
            babbles: false,
            memory: 4096,
            line: Duration::from_micros(60),
            hangs_up: true,
        }
    }
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The roll is at its end.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// Somebody holds its button.
    Offline,
    /// The knife is stuck.
    Cutter,
    /// An error that only its switch mends.
    Broken,
    /// The head is too hot, for a moment.
    Hot,
    /// Nothing of it is reached: calls are neither refused nor heard.
    Deaf,
    /// Its interface hangs up on everyone.
    HungUp,
}

/// A piece of paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// The lines on it, from the top.
    pub lines: Vec<Vec<u8>>,
    /// Whether it fell off by the knife; else it was torn off with the old roll.
    pub was_cut: bool,
}

/// The printer. It stops when dropped.
pub struct Emulator {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    nature: Nature,
    machine: Mutex<Machine>,
    changed: Condvar,
}

#[derive(Default)]
struct Machine {
    fault: Option<Fault>,
    near_end: bool,
    /// What goes wrong, after so many more lines; a stuck knife waits for the cut.
    strikes: Option<(Fault, usize)>,
    struck: bool,
    memory: VecDeque<u8>,
    language: Language,
    /// What was begun when it stopped.
    pending: Option<Act>,
    piece: Piece,
    pieces: Vec<Piece>,
    caller: Option<TcpStream>,
    /// Callers of an earlier time have been cut off.
    time: u64,
    closed: bool,
    first_byte: Option<Instant>,
    calls: u64,
}

impl Machine {
    fn prints(&self) -> bool {
        // Its mechanism does not know whether anyone is on the line.
        matches!(self.fault, None | Some(Fault::Deaf | Fault::HungUp))
    }

    fn hears(&self) -> bool {
        !matches!(self.fault, Some(Fault::Deaf | Fault::HungUp))
    }

    fn answer(&self, question: u8) -> u8 {
        let is = |fault: Fault| self.fault == Some(fault);
        let error = is(Fault::Cutter) || is(Fault::Broken) || is(Fault::Hot);
        let bit = |set: bool, bits: u8| if set { bits } else { 0 };
        0x12 | match question {
            1 => bit(self.fault.is_some(), 0x08),
            2 => bit(is(Fault::CoverOpen), 0x04) | bit(is(Fault::PaperOut), 0x20) | bit(error, 0x40),
            3 => bit(is(Fault::Cutter), 0x08) | bit(is(Fault::Broken), 0x20) | bit(is(Fault::Hot), 0x40),
            _ => bit(self.near_end || is(Fault::PaperOut), 0x0c) | bit(is(Fault::PaperOut), 0x60),
        }
    }

    fn forget(&mut self) {
        self.memory.clear();
        self.language = Language::default();
        self.pending = None;
    }

    fn tear_off(&mut self, was_cut: bool) {
        let mut piece = std::mem::take(&mut self.piece);
        piece.was_cut = was_cut;
        if !piece.lines.is_empty() {
            self.pieces.push(piece);
        }
    }
}

impl Emulator {
    /// Opens it on a free port.
    pub fn start(nature: Nature) -> io::Result<Emulator> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { nature, machine: Mutex::default(), changed: Condvar::new() });
        let (ears, hands) = (shared.clone(), shared.clone());
        thread::Builder::new().name("emulated-calls".into()).spawn(move || ears.listen(&listener))?;
        thread::Builder::new().name("emulated-print".into()).spawn(move || hands.work())?;
        Ok(Emulator { address, shared })
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets something go wrong at once.
    pub fn fail(&self, fault: Fault) {
        self.change(|machine| machine.fault = Some(fault));
    }

    /// Lets something go wrong after so many more lines.
    pub fn fail_after(&self, fault: Fault, lines: usize) {
        self.change(|machine| {
            machine.strikes = Some((fault, lines));
            machine.struck = false;
        });
    }

    /// Waits until what was to go wrong has; tells whether it did in time.
    pub fn wait_struck(&self, patience: Duration) -> bool {
        self.wait(patience, |machine| machine.struck)
    }

    /// Somebody does what is needed: a new roll, a closed cover, a freed knife. What it holds comes out.
    pub fn help(&self) {
        self.change(|machine| {
            if machine.fault == Some(Fault::PaperOut) {
                machine.tear_off(false);
            }
            (machine.fault, machine.strikes) = (None, None);
        });
    }

    /// Switches it off and on: what it held is gone, what is on paper stays there.
    pub fn switch_off_and_on(&self) {
        self.change(|machine| {
            machine.forget();
            machine.time += 1;
            (machine.fault, machine.strikes) = (None, None);
        });
    }

    /// Breaks the line that is open.
    pub fn cut_off_caller(&self) {
        self.change(|machine| machine.time += 1);
    }

    /// Says that little paper is left, or not.
    pub fn near_end(&self, near: bool) {
        self.change(|machine| machine.near_end = near);
    }

    /// Waits until it has nothing more to print and nobody on the line; tells whether that came in time.
    pub fn wait_idle(&self, patience: Duration) -> bool {
        self.wait(patience, |machine| machine.memory.is_empty() && machine.pending.is_none() && machine.caller.is_none())
    }

    /// Returns every piece of paper, the one that is still in the printer last.
    pub fn paper(&self) -> Vec<Piece> {
        let machine = self.shared.lock();
        let mut pieces = machine.pieces.clone();
        if !machine.piece.lines.is_empty() {
            pieces.push(machine.piece.clone());
        }
        pieces
    }

    /// Returns how many lines have been burnt.
    pub fn burnt(&self) -> usize {
        let machine = self.shared.lock();
        machine.pieces.iter().map(|piece| piece.lines.len()).sum::<usize>() + machine.piece.lines.len()
    }

    /// Forgets when the first byte of a slip came.
    pub fn await_first_byte(&self) {
        self.change(|machine| machine.first_byte = None);
    }

    /// Returns when the first byte came that was no question.
    pub fn first_byte(&self, patience: Duration) -> Option<Instant> {
        self.wait(patience, |machine| machine.first_byte.is_some());
        self.shared.lock().first_byte
    }

    /// Returns how often it was called.
    pub fn calls(&self) -> u64 {
        self.shared.lock().calls
    }

    fn change(&self, act: impl FnOnce(&mut Machine)) {
        act(&mut self.shared.lock());
        self.shared.changed.notify_all();
    }

    fn wait(&self, patience: Duration, happened: impl Fn(&Machine) -> bool) -> bool {
        let wait = self.shared.changed.wait_timeout_while(self.shared.lock(), patience, |machine| !happened(machine));
        !wait.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.change(|machine| machine.closed = true);
        // Wakes the listener, so that it sees that it is over.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_millis(200));
    }
}

/// How long anything here waits before it looks again whether something has changed.
const LOOK: Duration = Duration::from_millis(2);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(self: Arc<Self>, listener: &TcpListener) {
        for caller in listener.incoming() {
            let Ok(caller) = caller else { continue };
            let mut machine = self.lock();
            // One caller at a time. A second one waits in the queue unless it is hung up on.
            while machine.caller.is_some() && !self.nature.hangs_up && !machine.closed {
                machine = self.changed.wait(machine).unwrap_or_else(PoisonError::into_inner);
            }
            if machine.closed {
                return;
            }
            if machine.caller.is_some() || machine.fault == Some(Fault::HungUp) {
                continue;
            }
            machine.caller = caller.try_clone().ok();
            machine.calls += 1;
            let (own, time) = (self.clone(), machine.time);
            drop(machine);
            thread::spawn(move || {
                // A broken line is the caller's affair.
                let _ = own.hear(caller, time);
                own.lock().caller = None;
                own.changed.notify_all();
            });
        }
    }

    /// Takes bytes from a caller for as long as there is room for them.
    fn hear(&self, mut caller: TcpStream, time: u64) -> io::Result<()> {
        caller.set_read_timeout(Some(LOOK))?;
        caller.set_write_timeout(Some(Duration::from_millis(200)))?;
        caller.set_nodelay(true)?;
        let mut last = VecDeque::from([0; 10]);
        let mut buffer = [0; 512];
        loop {
            let room = {
                let machine = self.lock();
                if machine.closed || machine.time != time {
                    return Ok(());
                }
                let room = self.nature.memory.saturating_sub(machine.memory.len());
                if room == 0 || !machine.hears() {
                    drop(self.changed.wait_timeout(machine, LOOK));
                    continue;
                }
                room.min(buffer.len())
            };
            let read = match caller.read(&mut buffer[..room]) {
                Ok(0) => return Ok(()),
                Ok(read) => read,
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => continue,
                Err(error) => return Err(error),
            };
            let answers = self.take(&buffer[..read], &mut last, time);
            caller.write_all(&answers)?;
        }
    }

    /// Picks real-time commands out, wherever they are, and keeps all of it for the mechanism.
    fn take(&self, bytes: &[u8], last: &mut VecDeque<u8>, time: u64) -> Vec<u8> {
        let mut machine = self.lock();
        let mut answers = Vec::new();
        if machine.time != time || !machine.hears() {
            return answers;
        }
        for &byte in bytes {
            last.pop_front();
            last.push_back(byte);
            machine.memory.push_back(byte);
            let ended = last.make_contiguous();
            match *ended {
                [.., 0x10, 0x04, question @ 1..=4] => {
                    if self.nature.babbles {
                        answers.extend([0x14, 0x00, 0x00, 0x0f, 0xff]);
                    }
                    if self.nature.answers[usize::from(question) - 1] {
                        answers.push(machine.answer(question));
                    }
                }
                [0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8] if self.nature.clears => {
                    machine.forget();
                    answers.extend([0x37, 0x25, 0x00]);
                }
                // `ESC @` begins every slip; questions do not.
                [.., 0x1b, b'@'] if machine.first_byte.is_none() => machine.first_byte = Some(Instant::now()),
                _ => {}
            }
        }
        self.changed.notify_all();
        answers
    }

    /// Burns what is in memory, line after line.
    fn work(&self) {
        /// Lines that are burnt between two pauses; a pause for each would be far longer than asked for.
        const STRIDE: u32 = 16;
        let mut burnt = 0;
        let mut machine = self.lock();
        while !machine.closed {
            if machine.fault == Some(Fault::Hot) {
                drop(machine);
                thread::sleep(Duration::from_millis(30));
                machine = self.lock();
                if machine.fault == Some(Fault::Hot) {
                    machine.fault = None;
                }
                continue;
            }
            let idle = machine.pending.is_none() && machine.memory.is_empty();
            if idle || !machine.prints() {
                machine = self.changed.wait(machine).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            if self.step(&mut machine) {
                burnt += 1;
            }
            if burnt >= STRIDE {
                burnt = 0;
                drop(machine);
                self.changed.notify_all();
                thread::sleep(self.nature.line * STRIDE);
                machine = self.lock();
            } else if machine.memory.is_empty() {
                self.changed.notify_all();
            }
        }
    }

    /// Does the next thing; tells whether it was a line.
    fn step(&self, machine: &mut Machine) -> bool {
        let act = match machine.pending.take() {
            Some(act) => Some(act),
            None => machine.memory.pop_front().and_then(|byte| machine.language.read(byte)),
        };
        let Some(act) = act else { return false };
        if strikes(machine, &act) {
            machine.pending = Some(act);
            self.changed.notify_all();
            return false;
        }
        match act {
            Act::Line(line) => {
                machine.piece.lines.push(line);
                return true;
            }
            Act::Cut => machine.tear_off(true),
            Act::Word => {
                if let (true, true, Some(caller)) = (self.nature.gives_word, machine.hears(), &mut machine.caller) {
                    // A caller that is gone needs no word.
                    let _ = caller.write_all(&[0]);
                }
            }
        }
        false
    }
}

/// Tells whether something goes wrong right before this act.
fn strikes(machine: &mut Machine, act: &Act) -> bool {
    let Some((fault, left)) = &mut machine.strikes else { return false };
    let now = match (*fault, act) {
        (Fault::Cutter, Act::Cut) => true,
        (Fault::Cutter, Act::Line(_)) | (_, Act::Cut | Act::Word) => false,
        (_, Act::Line(_)) if *left == 0 => true,
        (_, Act::Line(_)) => {
            *left -= 1;
            false
        }
    };
    if now {
        machine.fault = Some(*fault);
        machine.strikes = None;
        machine.struck = true;
    }
    now && !machine.prints()
}
