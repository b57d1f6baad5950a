//! Printers on a line, with all that can go wrong with them: out of paper, open, silent, slow, gone.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use protocol::request::PrinterTrouble;
use serialport::{SerialPort, TTYPort};
use slip::printer::{Patience, PrintFailure, Printed, Printer, PrinterStatus, PrinterUrl};
use slip::twin::{Twin, TwinFaults, picture};
use slip::{PaperSetup, PaperWidth, SlipWords, sample};

#[test]
fn a_slip_comes_out_as_it_was_drawn() {
    let twin = twin();
    let job = job();
    assert_eq!(printer(&twin).print(&job), Ok(Printed::Printed(PrinterStatus::Ok)));
    let slip = twin.last().expect("a slip came out");
    assert_eq!(slip.job, job);
    assert_eq!(slip.png(), Some(slip::preview_png(&sample::birth(), &SlipWords::load(), PaperWidth::Mm80)));
}

#[test]
fn a_printer_in_trouble_is_sent_nothing() {
    let twin = twin();
    let faults = TwinFaults::default();
    for (faults, status) in [
        (TwinFaults { paper_out: true, ..faults }, PrinterStatus::PaperOut),
        (TwinFaults { cover_open: true, ..faults }, PrinterStatus::CoverOpen),
        (TwinFaults { offline: true, ..faults }, PrinterStatus::Offline),
    ] {
        twin.set_faults(faults);
        let mut printer = printer(&twin);
        assert_eq!(printer.status(), status);
        assert_eq!(printer.print(&job()), Err(PrintFailure::Refused(status)));
    }
    twin.set_faults(TwinFaults::default());
    assert_eq!((twin.printed(), twin.held()), (0, 0), "nothing comes out when the paper is changed");
}

#[test]
fn paper_near_its_end_is_printed_on_and_told() {
    let twin = twin();
    twin.set_faults(TwinFaults { paper_near_end: true, ..TwinFaults::default() });
    assert_eq!(printer(&twin).print(&job()), Ok(Printed::Printed(PrinterStatus::PaperNearEnd)));
}

#[test]
fn paper_that_ends_in_the_middle_is_doubt_and_not_sent_again() {
    // This one is well until it has the slip, and out of paper from then on.
    let (address, line) = scripted(|job_seen, question| match (job_seen, question) {
        (true, 1) => Some(0x1a),
        (true, 2) => Some(0x32),
        (true, 4) => Some(0x7e),
        (true, b'r') => None,
        (false, b'r') => Some(0),
        _ => Some(0x12),
    });
    let failure = at(address).print(&job()).expect_err("it may be out or not");
    assert_eq!(failure, PrintFailure::Interrupted(PrinterStatus::PaperOut));
    assert!(!failure.may_be_sent_again());
    line.join().expect("the line ends");
}

#[test]
fn a_silent_printer_is_sent_the_slip_and_believed_nothing() {
    let twin = twin();
    twin.set_faults(TwinFaults { silent: true, ..TwinFaults::default() });
    let mut printer = printer(&twin);
    assert_eq!(printer.print(&job()), Ok(Printed::Sent));
    let start = Instant::now();
    assert_eq!(printer.status(), PrinterStatus::Unknown);
    assert!(start.elapsed() < patience().answer, "one that never answers is not waited for as long");
    wait_until(|| twin.printed() == 1);
}

#[test]
fn a_printer_that_is_not_asked_in_turn_is_still_believed() {
    let (address, line) = scripted(|_, question| (question != b'r').then_some(0x12));
    assert_eq!(at(address).print(&job()), Ok(Printed::Printed(PrinterStatus::Ok)));
    line.join().expect("the line ends");
}

#[test]
fn a_printer_that_is_gone_is_out_of_reach_soon() {
    let listener = TcpListener::bind(loopback()).expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let start = Instant::now();
    let mut printer = at(address);
    // It may be with another caller, so it is waited for; but only once, and not for ever.
    assert_eq!(printer.status(), PrinterStatus::Busy);
    assert_eq!(PrinterStatus::Busy.trouble(), Some(PrinterTrouble::Unreachable));
    assert_eq!(printer.print(&job()), Err(PrintFailure::Refused(PrinterStatus::Busy)));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_printer_that_stops_taking_does_not_hold_us_for_ever() {
    let listener = TcpListener::bind(loopback()).expect("a port");
    let address = listener.local_addr().expect("an address");
    let line = std::thread::spawn(move || {
        listener.accept().map(|(caller, _)| {
            // Takes nothing, and does not hang up.
            std::thread::park_timeout(Duration::from_secs(5));
            drop(caller);
        })
    });
    let start = Instant::now();
    let endless = vec![0; 32 << 20];
    assert_eq!(at(address).print(&endless), Err(PrintFailure::Interrupted(PrinterStatus::Offline)));
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    line.thread().unpark();
    line.join().expect("ends").expect("was called");
}

#[test]
fn a_device_and_a_serial_line_are_talked_with_alike() {
    for scheme in ["usb", "serial"] {
        let (mut end, other) = TTYPort::pair().expect("a pair of lines");
        let path = other.name().expect("it has a name");
        // A serial line is opened by one program at a time.
        drop(other);
        let line = std::thread::spawn(move || {
            let mut answers = Answering::new(|_, question| vec![if question == b'r' { 0 } else { 0x12 }]);
            let mut byte = [0];
            let deadline = Instant::now() + Duration::from_secs(5);
            while Instant::now() < deadline && (answers.jobs == 0 || answers.questions < 9) {
                // Reading fails for as long as nobody has opened the other end.
                if end.read(&mut byte).is_ok_and(|read| read == 1) {
                    end.write_all(&answers.hear(byte[0])).expect("answers");
                }
            }
            answers.jobs
        });
        let url: PrinterUrl = format!("{scheme}://{path}").parse().expect("a printer");
        assert_eq!(url.printer_with(patience()).print(&small_job()), Ok(Printed::Printed(PrinterStatus::Ok)), "{scheme}");
        assert_eq!(line.join().expect("the line ends"), 1, "{scheme}");
    }
}

#[test]
fn a_silent_device_does_not_hold_us_for_ever() {
    let (end, mut other) = TTYPort::pair().expect("a pair of lines");
    other.set_exclusive(false).expect("shared");
    let url: PrinterUrl = format!("usb://{}", other.name().expect("a name")).parse().expect("a printer");
    let start = Instant::now();
    let mut printer = url.printer_with(patience());
    assert_eq!(printer.status(), PrinterStatus::Unknown);
    // Nobody reads: the line fills up, as a printer's does.
    assert_eq!(printer.print(&job()), Err(PrintFailure::Interrupted(PrinterStatus::Offline)));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    drop(end);
}

#[test]
fn a_path_that_is_wrong_is_said_plainly() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = folder.path().join("lp0");
    std::fs::write(&plain, "").expect("writes");
    for scheme in ["usb", "serial"] {
        for path in ["/dev/there-is-no-such-printer", &plain.to_string_lossy()] {
            let url: PrinterUrl = format!("{scheme}://{path}").parse().expect("a printer");
            assert_eq!(url.printer_with(patience()).status(), PrinterStatus::Missing, "{scheme} {path}");
        }
    }
}

#[test]
fn a_device_that_is_pulled_out_and_comes_back_is_found_again() {
    for scheme in ["usb", "serial"] {
        let folder = tempfile::tempdir().expect("a folder");
        let node = folder.path().join("printer");
        let url: PrinterUrl = format!("{scheme}://{}", node.display()).parse().expect("a printer");
        let mut printer = url.printer_with(patience());
        assert_eq!(printer.status(), PrinterStatus::Missing, "{scheme}");
        for _ in 0..2 {
            let (end, other) = TTYPort::pair().expect("a pair of lines");
            std::os::unix::fs::symlink(other.name().expect("a name"), &node).expect("the node comes");
            drop(other);
            let stop = Arc::new(AtomicBool::new(false));
            let line = answer_on(end, stop.clone());
            assert_eq!(printer.print(&small_job()), Ok(Printed::Printed(PrinterStatus::Ok)), "{scheme}");
            stop.store(true, Ordering::SeqCst);
            line.join().expect("the line ends");
            std::fs::remove_file(&node).expect("the node goes");
            assert_eq!(printer.status(), PrinterStatus::Missing, "{scheme}");
        }
    }
}

#[test]
fn a_printer_that_falls_silent_in_the_middle_is_not_believed() {
    let (address, line) = scripted(|job_seen, question| (!job_seen).then_some(if question == b'r' { 0 } else { 0x12 }));
    assert_eq!(at(address).print(&job()), Err(PrintFailure::Interrupted(PrinterStatus::Unreachable)));
    line.join().expect("the line ends");
}

#[test]
fn a_second_caller_waits_until_the_first_is_done() {
    let listener = TcpListener::bind(loopback()).expect("a port");
    let address = listener.local_addr().expect("an address");
    let line = std::thread::spawn(move || {
        // Two calls are hung up on, as by a printer that has a caller.
        for _ in 0..2 {
            drop(listener.accept().expect("a caller"));
        }
        answer_caller(listener.accept().expect("a caller").0, |_, question| Some(if question == b'r' { 0 } else { 0x12 }));
    });
    assert_eq!(at(address).print(&job()), Ok(Printed::Printed(PrinterStatus::Ok)));
    line.join().expect("the line ends");
}

#[test]
fn bytes_that_are_no_answer_do_not_pass_for_one() {
    // Garbage, an empty byte and an automatic status before each answer.
    let (address, line) = scripted_with(|_, question| match question {
        b'r' => vec![0x10, 0x00, 0x00, 0x0f, 0x00],
        4 => vec![0xff, 0x00, 0x18, 0x00, 0x00, 0x0f, 0x1e],
        _ => vec![0xff, 0x00, 0x18, 0x00, 0x00, 0x0f, 0x12],
    });
    assert_eq!(at(address).status(), PrinterStatus::PaperNearEnd);
    line.join().expect("the line ends");
}

#[test]
fn a_slip_that_was_not_begun_can_be_given_up() {
    let twin = twin();
    assert_eq!(printer(&twin).print_if(&job(), &mut || false), Err(PrintFailure::Refused(PrinterStatus::Ok)));
    assert_eq!((twin.printed(), twin.held()), (0, 0));
}

#[test]
fn a_typed_slip_has_no_picture_but_its_mark() {
    let setup = PaperSetup { rendering: slip::Rendering::Text, ..PaperSetup::default() };
    let typed = slip::job(&sample::birth(), &SlipWords::load(), &setup);
    assert_eq!(picture(&typed).map(|canvas| canvas.height()), Some(36));
}

fn twin() -> Twin {
    Twin::start(loopback()).expect("the twin listens")
}

fn loopback() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

fn printer(twin: &Twin) -> Box<dyn Printer> {
    at(twin.address())
}

fn at(address: SocketAddr) -> Box<dyn Printer> {
    let url: PrinterUrl = format!("tcp://{address}").parse().expect("a printer");
    url.printer_with(patience())
}

fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(1),
        answer: Duration::from_millis(400),
        silent: Duration::from_millis(30),
        job: Duration::from_secs(1),
        turn: Duration::from_secs(1),
        settle: Duration::from_secs(1),
    }
}

fn job() -> Vec<u8> {
    slip::job(&sample::birth(), &SlipWords::load(), &PaperSetup::default())
}

fn small_job() -> Vec<u8> {
    b"\x1b@L054\n\x1dVB\0".to_vec()
}

fn wait_until(happened: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(3);
    while !happened() {
        assert!(Instant::now() < deadline, "it did not happen in time");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Opens a printer that answers one caller as a script says, given whether it has had a slip and what is asked.
fn scripted(script: fn(bool, u8) -> Option<u8>) -> (SocketAddr, std::thread::JoinHandle<()>) {
    scripted_with(move |job_seen, question| script(job_seen, question).into_iter().collect())
}

/// The same, with as many bytes for an answer as the script likes.
fn scripted_with(script: impl Fn(bool, u8) -> Vec<u8> + Send + 'static) -> (SocketAddr, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind(loopback()).expect("a port");
    let address = listener.local_addr().expect("an address");
    let line = std::thread::spawn(move || answer_bytes(listener.accept().expect("a caller").0, script));
    (address, line)
}

fn answer_caller(caller: TcpStream, script: fn(bool, u8) -> Option<u8>) {
    answer_bytes(caller, move |job_seen, question| script(job_seen, question).into_iter().collect());
}

fn answer_bytes(mut caller: TcpStream, script: impl Fn(bool, u8) -> Vec<u8> + Send + 'static) {
    let mut answering = Answering::new(script);
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = caller.read(&mut buffer) {
        for &byte in &buffer[..read] {
            if caller.write_all(&answering.hear(byte)).is_err() {
                return;
            }
        }
    }
}

/// Answers well on a line until it is told to stop.
fn answer_on(mut end: TTYPort, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut answers = Answering::new(|_, question| vec![if question == b'r' { 0 } else { 0x12 }]);
        let mut byte = [0];
        while !stop.load(Ordering::SeqCst) {
            // Reading fails for as long as nobody has opened the other end.
            if end.read(&mut byte).is_ok_and(|read| read == 1) {
                end.write_all(&answers.hear(byte[0])).expect("answers");
            }
        }
    })
}

/// The bytes of an answer, given whether a slip was sent and what is asked.
type Script = Box<dyn Fn(bool, u8) -> Vec<u8> + Send>;

/// Finds questions and cuts in a stream, without knowing more of the language.
struct Answering {
    script: Script,
    last: [u8; 3],
    jobs: usize,
    questions: usize,
}

impl Answering {
    fn new(script: impl Fn(bool, u8) -> Vec<u8> + Send + 'static) -> Answering {
        Answering { script: Box::new(script), last: [0; 3], jobs: 0, questions: 0 }
    }

    fn hear(&mut self, byte: u8) -> Vec<u8> {
        self.last = [self.last[1], self.last[2], byte];
        let question = match self.last {
            [0x10, 0x04, question @ 1..=4] => question,
            [0x1d, b'r', 1] => b'r',
            [0x1d, b'V', 66] => {
                self.jobs += 1;
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        self.questions += 1;
        (self.script)(self.jobs > 0, question)
    }
}
