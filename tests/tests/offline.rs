//! A kiosk without its server: the server is killed in the rush, the kiosk's own process is killed again and again, and afterwards
//! every number on paper is known to the server once, in the order in which it was given.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use protocol::offline::KioskNumbers;
use protocol::request::{IssueTicket, IssuedTicket};
use protocol::{Language, RequestId, ServiceId, TicketNumber};
use queue::Event;
use rand::Rng;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde_json::Value;
use server::journal::Reader;
use slip::twin::Twin;
use tests::{Centre, Client, PATIENCE, Plan, StationProgram, Wire, rules};

/// Where a ticket is asked for.
const TICKETS: &str = "/api/v1/tickets";
/// Where one is handed over.
const HAND_OVERS: &str = "/api/v1/devices/me/offline-tickets";
/// Touches while the server is away: an hour of a rush at one kiosk.
const TOUCHES: u32 = 60;
/// How often the kiosk's own process is killed meanwhile.
const KILLS: u32 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_number_that_was_printed_is_known_once_and_in_order() {
    let started = Instant::now();
    let mut hall = Hall::open(rules::centre(2, 999, "")).await;
    let mut random = SmallRng::seed_from_u64(rand::random());
    let mut told: Vec<Told> = Vec::new();

    // Some while the server lives.
    for _ in 0..5 {
        told.push(hall.touch(&mut random).await);
    }
    // The power of the server fails in the middle of several touches.
    let (first, second) = (hall.ask(&mut random), hall.ask(&mut random));
    let asked = [first.clone(), second.clone()].map(|ask| tokio::spawn(send(hall.page.clone(), ask)));
    tokio::time::sleep(Duration::from_millis(random.random_range(0..6))).await;
    hall.centre.kill().await;
    for (asked, ask) in asked.into_iter().zip([first, second]) {
        let issued = match asked.await.expect("a task") {
            Some(issued) => issued,
            None => hall.until_answered(&ask).await,
        };
        told.push(Told { turn: hall.touches, ask, issued });
    }
    let before = told.len();

    // An hour of the rush, shortened: what matters is each touch and each cut, not the rest between them.
    let kills: BTreeSet<u32> = rand::seq::index::sample(&mut random, TOUCHES as usize, KILLS as usize).iter().map(|at| at as u32).collect();
    for touch in 0..TOUCHES {
        match kills.contains(&touch) {
            false => told.push(hall.touch(&mut random).await),
            true => {
                // Killed somewhere between the touch and the paper; the page asks again, as pages do.
                let ask = hall.ask(&mut random);
                let asked = tokio::spawn(send(hall.page.clone(), ask.clone()));
                tokio::time::sleep(Duration::from_millis(random.random_range(0..1_000))).await;
                hall.kiosk.restart().await;
                let lost = asked.await.expect("a task");
                let issued = hall.until_answered(&ask).await;
                assert!(lost.is_none_or(|lost| lost.number == issued.number), "one touch has one number");
                told.push(Told { turn: hall.touches, ask, issued });
            }
        }
    }
    let given = told.len() - before;

    hall.centre.start().await;
    let handed_over = Instant::now();
    hall.until_nothing_is_open_but(&told).await;
    let took = handed_over.elapsed();

    // A page that was asleep all the while asks again.
    for told in told.iter().step_by(7) {
        assert_eq!(hall.until_answered(&told.ask).await.number, told.issued.number, "the same touch has the same number");
    }
    let stopped = hall.centre.stop().await;
    assert!(stopped.status.success());
    let known = hall.everyone_has_one_number(&told).await;
    let printed = hall.printed();
    println!(
        "{given} touches without the server, {KILLS} kills of the kiosk: {} numbers told, {} slips on paper, {known} of them given by the \
         kiosk; every one known to the server once, in order; handed over in {:.1} s; all in {:.1} s",
        told.len(),
        printed.len(),
        took.as_secs_f64(),
        started.elapsed().as_secs_f64(),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_touches_at_once_get_two_numbers_and_one_touch_twice_gets_one() {
    let mut hall = Hall::open(rules::centre(2, 999, "")).await;
    let mut random = SmallRng::seed_from_u64(7);
    let first = hall.touch(&mut random).await;
    assert!(!first.issued.slip.offline);
    hall.centre.kill().await;
    let (one, other) = (hall.ask(&mut random), hall.ask(&mut random));
    let (first, again, second) = tokio::join!(hall.until_answered(&one), hall.until_answered(&one), hall.until_answered(&other));
    assert_eq!(first, again);
    assert_ne!(first.number, second.number);
    assert!(first.slip.offline && first.wait.is_none());
    let standing: Value = hall.page.get("/station.json").await.json();
    assert_eq!(standing["can_issue_offline"], true);
    let code = hall.page.post_text("/api/v1/check-ins", r#"{"request":"c1","code":"ABCD-1234"}"#).await;
    assert_eq!(code.status, 503, "an appointment's code is the server's to know");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_that_nobody_was_told_of_ends_when_its_holder_has_another_number() {
    let centre = Plan::of(rules::centre(2, 999, "")).open().await;
    let wire = Wire::lay(centre.origin()).await;
    let mut hall = Hall::over(&wire.origin(), centre).await;
    let mut random = SmallRng::seed_from_u64(11);
    // The ticket is in the journal, and its answer is lost with the line and with the server.
    wire.lose(TICKETS);
    let told = [hall.touch(&mut random).await];
    wire.broken().await;
    assert!(told[0].issued.slip.offline, "the kiosk gave one of its own");
    hall.centre.kill().await;
    hall.centre.start().await;
    // What became of the hand-over is lost as well, and it is handed over once more.
    wire.lose(HAND_OVERS);
    wire.broken().await;
    wire.mend();
    hall.until_nothing_is_open_but(&told).await;
    let number = told[0].issued.number;
    hall.kiosk.until("the hand-over", |_| hall.kiosk.log().contains(&format!("handed over {number}")).then_some(())).await;
    let report: Value = hall.centre.admin().get("/api/v1/reports/fairness").await.json();
    assert_eq!((&report["unserved"]["replaced"], &report["unserved"]["mistake"]), (&1.into(), &0.into()), "{report}");
    assert!(hall.centre.stop().await.status.success());
    assert_eq!(hall.everyone_has_one_number(&told).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kiosk_that_was_paired_anew_under_another_name_tells_what_it_gave() {
    let centre = Plan::of(rules::centre(2, 999, "")).open().await;
    let wire = Wire::lay(centre.origin()).await;
    let mut hall = Hall::over(&wire.origin(), centre).await;
    let mut random = SmallRng::seed_from_u64(12);
    wire.lose(TICKETS);
    let told = [hall.touch(&mut random).await];
    assert!(told[0].issued.slip.offline);
    let admin = hall.centre.admin();
    assert_eq!(admin.send(admin.request(reqwest::Method::DELETE, "/api/v1/devices/kiosk-1")).await.status, 204);
    wire.mend();
    hall.kiosk.approve(&hall.centre, "kiosk-7").await;
    hall.until_nothing_is_open_but(&told).await;
    assert!(hall.centre.stop().await.status.success());
    assert_eq!(hall.everyone_has_one_number(&told).await, 1);
}

/// A touch and what it led to.
struct Told {
    /// Two touches at once have the same: either may have been first.
    turn: u32,
    ask: IssueTicket,
    issued: IssuedTicket,
}

/// A centre, one kiosk of it, and the kiosk's printer.
struct Hall {
    centre: Centre,
    kiosk: StationProgram,
    page: Client,
    printer: Twin,
    touches: u32,
    /// What came out of the printer, by the printer's own count: it keeps the last slips only.
    paper: Mutex<BTreeMap<u64, TicketNumber>>,
}

impl Hall {
    async fn open(rules: String) -> Hall {
        let centre = Plan::of(rules).open().await;
        let origin = centre.origin().to_owned();
        Hall::over(&origin, centre).await
    }

    async fn over(origin: &str, centre: Centre) -> Hall {
        let printer = Twin::start("127.0.0.1:0".parse().expect("an address")).expect("a printer");
        let kiosk = StationProgram::kiosk_over(origin, &centre, "kiosk-1", &format!("tcp://{}?slip=text", printer.address())).await;
        let page = kiosk.page().clone();
        let hall = Hall { centre, kiosk, page, printer, touches: 0, paper: Mutex::default() };
        hall.kiosk.until("numbers", |standing| (standing["can_issue_offline"] == true).then_some(())).await;
        hall
    }

    fn ask(&mut self, random: &mut SmallRng) -> IssueTicket {
        self.touches += 1;
        let service = rules::SERVICES[random.random_range(0..rules::SERVICES.len())];
        IssueTicket {
            request: RequestId::new(&format!("touch-{}", self.touches)).expect("an id"),
            service: ServiceId::new(service).expect("a service"),
            class: protocol::Class::Standard,
            language: Language::Sw,
            then: Vec::new(),
            booked_at: None,
        }
    }

    async fn touch(&mut self, random: &mut SmallRng) -> Told {
        let ask = self.ask(random);
        let issued = self.until_answered(&ask).await;
        Told { turn: self.touches, ask, issued }
    }

    async fn until_answered(&self, ask: &IssueTicket) -> IssuedTicket {
        let until = Instant::now() + PATIENCE;
        loop {
            self.gather();
            if let Some(issued) = send(self.page.clone(), ask.clone()).await {
                return issued;
            }
            assert!(Instant::now() < until, "nobody answers {}\n{}", ask.request, self.kiosk.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the server knows every number that the kiosk gave.
    async fn until_nothing_is_open_but(&self, told: &[Told]) {
        let given = told.iter().filter(|told| told.issued.slip.offline).count();
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.centre.admin().get("/api/v1/numbers").await;
            let numbers: Vec<KioskNumbers> = if answer.status == 200 { answer.json() } else { Vec::new() };
            if numbers.iter().any(|numbers| numbers.used as usize >= given) {
                return;
            }
            assert!(Instant::now() < until, "{given} were given, and the server knows {numbers:?}\n{}", self.kiosk.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Holds the journal against what citizens were told and against the paper. Returns how many the kiosk gave.
    async fn everyone_has_one_number(&self, told: &[Told]) -> usize {
        let reader = Reader::open(&server::run::journal_file(&self.centre.data())).await.expect("the journal");
        let (mut issued, mut cancelled) = (Vec::new(), BTreeSet::new());
        for entry in reader.day(Some("2026-11-24")).await.expect("the day") {
            match serde_json::from_str(&entry.event).expect("an event") {
                Event::TicketIssued(one) => issued.push(one),
                Event::TicketCancelled { ticket, .. } => drop(cancelled.insert(ticket)),
                _ => {}
            }
        }
        let live: Vec<_> = issued.iter().filter(|one| !cancelled.contains(&one.ticket)).collect();
        let mut numbers: BTreeMap<TicketNumber, u32> = BTreeMap::new();
        live.iter().for_each(|one| *numbers.entry(one.number).or_default() += 1);
        let wanted: BTreeMap<TicketNumber, u32> = told.iter().map(|told| (told.issued.number, 1)).collect();
        assert_eq!(wanted.len(), told.len(), "no number was told twice");
        assert_eq!(numbers, wanted, "every number is known once, and no other waits");
        let paper = self.printed();
        let distinct: BTreeSet<&TicketNumber> = paper.iter().collect();
        assert_eq!(distinct.len(), paper.len(), "no slip twice");
        assert!(paper.iter().all(|number| wanted.contains_key(number)), "nothing is on paper that nobody knows");
        // By the order of issue, as the citizens stood.
        let clock = |number: TicketNumber| live.iter().find(|one| one.number == number).map(|one| (one.clock_start, one.ticket));
        let offline = told.iter().filter(|told| told.issued.slip.offline);
        let mut clocks: Vec<_> = offline.map(|told| (told.turn, clock(told.issued.number))).collect();
        clocks.sort_unstable();
        assert!(clocks.is_sorted_by_key(|(_, clock)| *clock), "who came first stands first: {clocks:?}");
        live.iter().filter(|one| one.offline.is_some()).count()
    }

    fn printed(&self) -> Vec<TicketNumber> {
        self.gather();
        self.paper.lock().expect("not poisoned").values().copied().collect()
    }

    fn gather(&self) {
        let mut paper = self.paper.lock().expect("not poisoned");
        for slip in self.printer.slips() {
            match number_on(&slip.job) {
                Some(number) => paper.insert(slip.number, number),
                None => {
                    assert!(is_cut_off(&slip.job), "no number on {:?}", String::from_utf8_lossy(&slip.job));
                    None
                }
            };
        }
    }
}

/// Returns the ticket; nothing when nobody answers.
async fn send(page: Client, ask: IssueTicket) -> Option<IssuedTicket> {
    let body = serde_json::to_string(&ask).expect("plain data");
    let request = page.request(reqwest::Method::POST, "/api/v1/tickets").header("content-type", "application/json").body(body);
    let answer = page.try_send(request).await.ok()?;
    (answer.status == 200).then(|| answer.json())
}

/// Tells whether it is what a kiosk cuts off that was killed in the middle of a slip: it ends with filling, a reset and a cut.
fn is_cut_off(job: &[u8]) -> bool {
    job.ends_with(&[0, 0, 0, 0, 0x1b, b'@', 0x1d, b'V', b'B', 0])
}

/// Reads a slip that was typed: a letter and three digits, as nothing else on it has.
fn number_on(job: &[u8]) -> Option<TicketNumber> {
    let text: Vec<u8> = job.iter().copied().filter(|byte| *byte != b' ').collect();
    text.windows(4).find_map(|four| std::str::from_utf8(four).ok()?.parse().ok())
}
