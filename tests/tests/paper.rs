//! Slips with random faults: afterwards the station's record and the paper agree, no slip is out twice, and none comes late.
//!
//! The station's own press, record and printer talk with an emulated printer over loopback. `FOLENI_SEED` repeats a run,
//! `FOLENI_SLIPS` makes it longer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kiosk::ledger::Ledger;
use kiosk::paper::PaperPrinter;
use kiosk::press::Press;
use protocol::RequestId;
use protocol::request::Paper;
use protocol::slip::SlipContent;
use protocol::ticket::Text;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::Deserialize;
use slip::printer::{Patience, PrinterUrl};
use slip::queue::{LinePatience, stops};
use slip::{PaperSetup, Rendering, SlipTemplate, SlipWords};
use tests::printer::{Emulator, Fault, Nature, lines};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Slips of one printer; then comes another with another nature.
const SLIPS_EACH: usize = 25;

/// Printers at a time; most of the time of each goes by with waiting.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn ledger_and_paper_agree_after_random_faults() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("FOLENI_SEED").unwrap_or_else(rand::random::<u32>);
    let slips = number("FOLENI_SLIPS").unwrap_or(200) as usize;
    println!("FOLENI_SEED={seed} FOLENI_SLIPS={slips}");
    let started = Instant::now();
    let mut sum = Sum::default();
    let printers: Vec<usize> = (0..slips.div_ceil(SLIPS_EACH)).collect();
    for some in printers.chunks(AT_ONCE) {
        let working: Vec<JoinHandle<Sum>> = some.iter().map(|&printer| tokio::spawn(life(seed, printer))).collect();
        for one in working {
            sum.add(&one.await.unwrap_or_else(|error| panic!("FOLENI_SEED={seed} FOLENI_SLIPS={slips}: {error}")));
        }
    }
    println!("{sum:?} in {:?}", started.elapsed());
    // A run in which nothing was printed or nothing went wrong would prove nothing.
    assert!(sum.whole * 5 > sum.touched && sum.printed > 0 && sum.refused > 0 && sum.doubt > 0 && sum.helped > 0, "{sum:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_kiosks_share_a_printer_and_each_waits_its_turn() {
    const EACH: usize = 12;
    for hangs_up in [true, false] {
        let emulator = Emulator::start(Nature { hangs_up, ..Nature::default() }).expect("the emulator listens");
        let folder = tempfile::tempdir().expect("a folder");
        let setup = PaperSetup { rendering: Rendering::Text, ..PaperSetup::default() };
        let patient = Patience { turn: Duration::from_secs(20), answer: Duration::from_secs(2), ..hasty() };
        let kiosk = |name: char| {
            let press = press_with(&emulator, setup, folder.path().join(format!("slips-{name}.jsonl")), patient);
            tokio::spawn(async move {
                let mut became = Vec::new();
                for number in 1..=EACH {
                    let number = format!("{name}{number:03}");
                    became.push(press.print(RequestId::new(&number).expect("an id"), slip(&number)).await);
                }
                became
            })
        };
        let (first, second) = (kiosk('K'), kiosk('L'));
        for became in [first.await.expect("prints"), second.await.expect("prints")] {
            assert_eq!(became, vec![Paper::Printed; EACH], "hangs up: {hangs_up}");
        }
        let numbers = ['K', 'L'].into_iter().flat_map(|name| (1..=EACH).map(move |number| format!("{name}{number:03}")));
        let pieces = emulator.paper();
        assert_eq!(pieces.len(), 2 * EACH);
        for (number, look) in looks(numbers, &setup) {
            assert_eq!(pieces.iter().filter(|piece| piece.lines == look.whole).count(), 1, "{number}");
        }
    }
}

/// The slips of one printer, from its first to its last.
async fn life(seed: u32, printer: usize) -> Sum {
    let mut station = Station::open(printer, StdRng::seed_from_u64(u64::from(seed) << 16 | printer as u64));
    while station.touched.len() < SLIPS_EACH {
        station.go_on().await;
    }
    station.check(&format!("FOLENI_SEED={seed}, printer {printer} of nature {:?}", station.nature))
}

/// What happened, over all printers.
#[derive(Debug, Default)]
struct Sum {
    touched: usize,
    whole: usize,
    printed: usize,
    refused: usize,
    doubt: usize,
    helped: usize,
}

impl Sum {
    fn add(&mut self, other: &Sum) {
        self.touched += other.touched;
        self.whole += other.whole;
        self.printed += other.printed;
        self.refused += other.refused;
        self.doubt += other.doubt;
        self.helped += other.helped;
    }
}

/// The natures of printers, in turn.
fn nature(world: usize, chance: &mut StdRng) -> Nature {
    let good = Nature { hangs_up: chance.random_bool(0.5), memory: chance.random_range(600..6_000), ..Nature::default() };
    match world % 8 {
        0 | 1 => good,
        2 => Nature { clears: false, ..good },
        3 => Nature { babbles: true, ..good },
        4 => Nature { answers: [true, false, false, true], clears: false, ..good },
        5 => Nature { gives_word: false, ..good },
        6 => Nature { answers: [true, false, false, false], clears: false, ..good },
        _ => Nature { answers: [false; 4], gives_word: false, clears: false, ..good },
    }
}

struct Station {
    nature: Nature,
    chance: StdRng,
    emulator: Emulator,
    press: Press,
    folder: tempfile::TempDir,
    /// How often the station was started.
    starts: usize,
    setup: PaperSetup,
    /// What each slip looks like on paper, and the lines that no other slip has.
    looks: BTreeMap<String, Look>,
    touched: Vec<String>,
    record: BTreeMap<String, Line>,
    helped: usize,
}

/// What a slip looks like on paper.
struct Look {
    whole: Vec<Vec<u8>>,
    own: BTreeSet<Vec<u8>>,
}

/// A line of the record, read here by its format alone.
#[derive(Clone, Debug, Deserialize)]
struct Line {
    request: String,
    paper: Option<Paper>,
    #[serde(default)]
    in_doubt: bool,
}

impl Station {
    fn open(world: usize, mut chance: StdRng) -> Station {
        let nature = nature(world, &mut chance);
        let emulator = Emulator::start(nature).expect("the emulator listens");
        let folder = tempfile::tempdir().expect("a folder");
        let rendering = if world % 10 == 9 { Rendering::Image } else { Rendering::Text };
        let setup = PaperSetup { rendering, ..PaperSetup::default() };
        let press = press(&emulator, setup, folder.path().join("slips-0.jsonl"));
        let letter = char::from(b"JKLGVDSZQ"[world % 9]);
        let looks = looks((1..=SLIPS_EACH + 8).map(|number| format!("{letter}{number:03}")), &setup);
        Station {
            nature,
            chance,
            emulator,
            press,
            folder,
            starts: 0,
            setup,
            looks,
            touched: Vec::new(),
            record: BTreeMap::new(),
            helped: 0,
        }
    }

    /// The next thing that happens at this kiosk.
    async fn go_on(&mut self) {
        match self.chance.random_range(0..14) {
            0..=5 => {
                self.touch().await;
            }
            6 => {
                let near = self.chance.random_bool(0.5);
                self.emulator.near_end(near);
                self.touch_twice().await;
            }
            7 | 8 => self.in_trouble_before().await,
            9..=11 => self.in_trouble_in_the_middle().await,
            12 => self.line_breaks_in_the_middle().await,
            _ => self.restart_in_the_middle().await,
        }
    }

    async fn touch(&mut self) -> Paper {
        let (request, slip) = self.next();
        let paper = self.press.print(request, slip).await;
        self.read_record();
        paper
    }

    async fn touch_twice(&mut self) {
        let (request, slip) = self.next();
        let (first, second) = tokio::join!(self.press.print(request.clone(), slip.clone()), self.press.print(request, slip));
        assert_eq!(first, second);
        self.read_record();
    }

    fn touch_begun(&mut self) -> JoinHandle<Paper> {
        let (request, slip) = self.next();
        let press = self.press.clone();
        tokio::spawn(async move { press.print(request, slip).await })
    }

    fn next(&mut self) -> (RequestId, SlipContent) {
        let number = self.looks.keys().nth(self.touched.len()).expect("enough were drawn").clone();
        self.touched.push(number.clone());
        (RequestId::new(&number).expect("an id"), slip(&number))
    }

    fn trouble(&mut self) -> Fault {
        let all = [Fault::PaperOut, Fault::CoverOpen, Fault::Offline, Fault::Broken, Fault::Hot, Fault::Deaf, Fault::HungUp];
        all[self.chance.random_range(0..all.len())]
    }

    async fn in_trouble_before(&mut self) {
        let fault = self.trouble();
        self.emulator.fail(fault);
        for _ in 0..self.chance.random_range(1..4) {
            self.touch().await;
        }
        self.help(fault).await;
    }

    async fn in_trouble_in_the_middle(&mut self) {
        let fault = if self.chance.random_bool(0.2) { Fault::Cutter } else { self.trouble() };
        let after = self.somewhere();
        self.emulator.fail_after(fault, after);
        // Others go on touching while nobody helps.
        for _ in 0..self.chance.random_range(1..4) {
            self.touch().await;
        }
        self.help(fault).await;
    }

    async fn line_breaks_in_the_middle(&mut self) {
        let after = self.somewhere();
        self.emulator.fail_after(Fault::Deaf, after);
        let begun = self.touch_begun();
        self.emulator.wait_struck(Duration::from_millis(300));
        match self.chance.random_bool(0.5) {
            true => self.emulator.switch_off_and_on(),
            false => {
                self.emulator.cut_off_caller();
                self.emulator.help();
            }
        }
        begun.await.expect("the press lives");
        self.read_record();
        self.recover().await;
    }

    /// The station is killed in the middle of a slip, and the page asks again when it is back.
    async fn restart_in_the_middle(&mut self) {
        let after = self.somewhere();
        self.emulator.fail_after(Fault::Deaf, after);
        let begun = self.touch_begun();
        self.emulator.wait_struck(Duration::from_millis(300));
        // What is on the disk at this moment is all that the next life knows.
        let (before, copy) = (self.record_path(), self.folder.path().join(format!("slips-{}.jsonl", self.starts + 1)));
        std::fs::copy(before, &copy).expect("copies");
        self.emulator.fail(Fault::HungUp);
        self.emulator.cut_off_caller();
        begun.await.expect("the press lives");
        self.starts += 1;
        // The first life is over before the line is back: a killed process would not go on talking.
        self.emulator.fail(Fault::HungUp);
        self.press = press(&self.emulator, self.setup, copy);
        self.emulator.help();
        self.recover().await;
        let number = self.touched.last().expect("one was touched").clone();
        self.press.print(RequestId::new(&number).expect("an id"), slip(&number)).await;
        self.read_record();
    }

    /// Somewhere in a slip, or a little after it.
    fn somewhere(&mut self) -> usize {
        let whole = self.looks.values().next().map_or(0, |look| look.whole.len());
        self.chance.random_range(0..whole + 2)
    }

    /// Somebody comes and does what is needed; no burst of old slips may come out.
    async fn help(&mut self, fault: Fault) {
        let before = self.numbers_on_paper();
        match fault {
            Fault::Broken => self.emulator.switch_off_and_on(),
            Fault::PaperOut | Fault::CoverOpen | Fault::Offline | Fault::Cutter | Fault::Hot | Fault::Deaf | Fault::HungUp => {
                self.emulator.help()
            }
        }
        self.helped += 1;
        self.recover().await;
        let late: Vec<String> = self.numbers_on_paper().into_iter().filter(|number| !before.contains(number)).collect();
        let blind = !self.nature.answers[0];
        assert!(late.len() <= 1 || blind, "a burst of old slips came out: {late:?}, {:?}", self.nature);
        // The one that may come is the one in whose middle it happened; a printer that clears its memory has not even that.
        for number in late.iter().filter(|_| !blind) {
            let line = self.record.get(number);
            assert!(line.is_some_and(|line| line.in_doubt || line.paper == Some(Paper::Sent)), "{number} came late: {line:?}");
        }
    }

    /// Waits until the printer has nothing more to do and the press has seen that it is well.
    async fn recover(&mut self) {
        assert!(self.emulator.wait_idle(Duration::from_secs(10)) || self.is_stuck(), "the printer does not come to rest");
        let mut trouble = self.press.trouble();
        let well = trouble.wait_for(|known| known.is_some_and(|trouble| trouble.is_none_or(|trouble| !stops(trouble))));
        timeout(Duration::from_secs(10), well).await.expect("the press sees that the printer is well").expect("the press lives");
        self.emulator.wait_idle(Duration::from_secs(10));
        self.read_record();
    }

    /// The idle moment between two looks may be too short to be seen.
    fn is_stuck(&self) -> bool {
        let burnt = self.emulator.burnt();
        !self.emulator.wait_idle(Duration::from_secs(5)) && burnt == self.emulator.burnt()
    }

    fn record_path(&self) -> PathBuf {
        self.folder.path().join(format!("slips-{}.jsonl", self.starts))
    }

    fn read_record(&mut self) {
        let text = std::fs::read_to_string(self.record_path()).unwrap_or_default();
        self.record.clear();
        for line in text.lines() {
            let line: Line = serde_json::from_str(line).expect("a line of the record");
            self.record.insert(line.request.clone(), line);
        }
    }

    fn numbers_on_paper(&self) -> BTreeSet<String> {
        let on_paper: BTreeSet<Vec<u8>> = self.emulator.paper().into_iter().flat_map(|piece| piece.lines).collect();
        self.looks.iter().filter(|(_, look)| !look.own.is_disjoint(&on_paper)).map(|(number, _)| number.clone()).collect()
    }

    /// Holds the record against the paper.
    fn check(&mut self, place: &str) -> Sum {
        let mut sum = Sum { helped: self.helped, ..Sum::default() };
        self.emulator.wait_idle(Duration::from_secs(10));
        self.read_record();
        let pieces = self.emulator.paper();
        let speaks = self.nature.answers[0];
        for number in &self.touched {
            let look = &self.looks[number];
            let whole = pieces.iter().filter(|piece| piece.was_cut && piece.lines.ends_with(&look.whole)).count();
            let count = |lines: &[Vec<u8>], line: &Vec<u8>| lines.iter().filter(|other| *other == line).count();
            for line in &look.own {
                let burnt: usize = pieces.iter().map(|piece| count(&piece.lines, line)).sum();
                assert!(burnt <= count(&look.whole, line), "{number} is on paper twice: {place}");
            }
            let touched = pieces.iter().flat_map(|piece| &piece.lines).any(|line| look.own.contains(line));
            let line = self.record.get(number);
            match line.map(|line| (line.paper, line.in_doubt)) {
                Some((Some(Paper::Printed), _)) if self.nature.gives_word => {
                    assert_eq!(whole, 1, "{number} is called printed and is not on paper: {place}");
                    sum.printed += 1;
                }
                Some((Some(Paper::Failed { .. }), false)) | None => {
                    assert!(!touched, "{number} is called refused and is on paper: {line:?} {place}");
                    sum.refused += 1;
                }
                Some((None | Some(Paper::Printed | Paper::Sent), _) | (Some(Paper::Failed { .. }), true)) => sum.doubt += 1,
            }
            (sum.touched, sum.whole) = (sum.touched + 1, sum.whole + whole);
        }
        for piece in pieces.iter().filter(|piece| piece.was_cut && speaks) {
            let numbers: Vec<&String> = self
                .looks
                .iter()
                .filter(|(_, look)| piece.lines.iter().any(|line| look.own.contains(line)))
                .map(|(number, _)| number)
                .collect();
            assert!(numbers.len() <= 1, "one piece of paper with two numbers {numbers:?}: {place}");
        }
        sum
    }
}

/// Draws slips, and finds what only one of them has.
fn looks(numbers: impl Iterator<Item = String>, setup: &PaperSetup) -> BTreeMap<String, Look> {
    let words = SlipWords::load();
    let whole: BTreeMap<String, Vec<Vec<u8>>> =
        numbers.map(|number| (number.clone(), lines(&slip::job(&slip(&number), &words, &SlipTemplate::default(), setup)))).collect();
    let mut owners: BTreeMap<&Vec<u8>, BTreeSet<&String>> = BTreeMap::new();
    for (number, lines) in &whole {
        lines.iter().for_each(|line| _ = owners.entry(line).or_default().insert(number));
    }
    let own = |lines: &[Vec<u8>]| lines.iter().filter(|line| owners[line].len() == 1).cloned().collect::<BTreeSet<_>>();
    let looks: BTreeMap<String, Look> =
        whole.iter().map(|(number, lines)| (number.clone(), Look { whole: lines.clone(), own: own(lines) })).collect();
    assert!(looks.values().all(|look| !look.own.is_empty()), "a slip cannot be told from others");
    looks
}

fn press(emulator: &Emulator, setup: PaperSetup, record: PathBuf) -> Press {
    press_with(emulator, setup, record, hasty())
}

fn press_with(emulator: &Emulator, setup: PaperSetup, record: PathBuf, with_printer: Patience) -> Press {
    let url: PrinterUrl = format!("tcp://{}", emulator.address()).parse().expect("a printer");
    let printer = PaperPrinter::patient(&url, setup, watch::channel(SlipTemplate::default()).1, with_printer);
    let patience = LinePatience { answer: Duration::from_secs(20), useful: Duration::from_secs(90), look: Duration::from_millis(15) };
    Press::start(Box::new(printer), Ledger::open(&record), patience).expect("the press starts")
}

/// Patience with a printer that is a hundred times as fast as real ones.
fn hasty() -> Patience {
    Patience {
        connect: Duration::from_millis(500),
        answer: Duration::from_millis(40),
        silent: Duration::from_millis(4),
        job: Duration::from_millis(400),
        turn: Duration::from_millis(80),
        settle: Duration::from_millis(200),
    }
}

fn slip(number: &str) -> SlipContent {
    let service = Text { en: "Birth certificate".into(), sw: "Cheti cha kuzaliwa".into() };
    SlipContent::new("Mombasa", number.parse().expect("a number"), service)
}
