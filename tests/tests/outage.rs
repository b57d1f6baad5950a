//! Power cuts: the server is killed in the middle of a full hall's work, again and again, and nothing may be lost,
//! doubled or out of place. `FOLENI_ROUNDS` says how often; 8 by default.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use protocol::request::{CalledTicket, CounterDone, IssueTicket, IssuedTicket};
use protocol::view::{CallView, DayView, Totals};
use protocol::{CounterId, Seq, TicketId};
use rand::Rng;
use tests::day::{Day, Place};
use tests::{Centre, Client, Link, Plan, rules};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const KIOSKS: u16 = 16;
const OFFICERS: u16 = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_the_power_is_cut_again_and_again() {
    let rounds: u32 = std::env::var("FOLENI_ROUNDS").ok().map_or(8, |rounds| rounds.parse().expect("FOLENI_ROUNDS is a number"));
    let started = Instant::now();
    let mut centre = Plan::of(rules::centre(OFFICERS, 65_000, "")).open().await;
    let hall = Hall::open(&centre).await;
    let screens = screens(&centre, &hall).await;
    let screens: Vec<_> = screens.into_iter().map(Link::run).collect();
    let work = Work::begin(&hall);

    for _ in 0..rounds {
        // The moment of the cut is counted in acts, so it falls anywhere in the middle of them.
        let acts = rand::rng().random_range(1..400);
        work.answered(acts).await;
        centre.restart().await;
    }
    work.answered(u64::from(OFFICERS)).await;
    let told = work.end().await;
    ask_again(&told).await;

    let mut links = Vec::new();
    for screen in screens {
        links.push(screen.take().await);
    }
    let verified = centre.verify().await.expect("a server that runs can be verified");
    let stopped = centre.stop().await;
    assert!(stopped.status.success());
    let day = Day::read(&centre.data()).await;
    all_that_was_told_is_there(&told, &day);
    assert_eq!(centre.verify().await.as_ref(), Ok(&verified));
    centre.start().await;
    screens_are_right(&mut links, &day).await;
    println!(
        "{rounds} power cuts: {} tickets and {} calls told, {} acts in all; {} entries in the journal; lost 0, doubled 0; \
         {} links came right by themselves; {:.1} s",
        told.tickets.len(),
        told.calls.len(),
        told.acts,
        day.last,
        links.len(),
        started.elapsed().as_secs_f64(),
    );
}

/// Everyone who works in the hall.
struct Hall {
    kiosks: Vec<Client>,
    officers: Vec<Client>,
}

impl Hall {
    async fn open(centre: &Centre) -> Hall {
        let mut hall = Hall { kiosks: Vec::new(), officers: Vec::new() };
        for number in 1..=KIOSKS {
            hall.kiosks.push(centre.kiosk(&format!("kiosk-{number}")).await);
        }
        for number in 1..=OFFICERS {
            let officer = centre.officer(&format!("officer-{number}")).await;
            officer.open(number).await.expect("the counter opens");
            hall.officers.push(officer);
        }
        hall
    }
}

/// What the server has said to those who asked.
#[derive(Default)]
struct Told {
    tickets: Vec<(Client, IssueTicket, IssuedTicket)>,
    calls: Vec<(CounterId, CalledTicket, Seq)>,
    finished: Vec<TicketId>,
    acts: u64,
}

/// Sixteen kiosks and sixteen officers, each in a task of its own.
struct Work {
    tasks: JoinSet<Told>,
    stop: CancellationToken,
    acts: Arc<AtomicU64>,
    news: watch::Receiver<()>,
}

impl Work {
    fn begin(hall: &Hall) -> Work {
        let (tell, news) = watch::channel(());
        let count = Counted { acts: Arc::default(), tell: Arc::new(tell), stop: CancellationToken::new() };
        let mut tasks = JoinSet::new();
        for kiosk in hall.kiosks.clone() {
            tasks.spawn(issue(kiosk, count.clone()));
        }
        for (officer, number) in hall.officers.clone().into_iter().zip(1..) {
            tasks.spawn(serve(officer, number, count.clone()));
        }
        Work { tasks, stop: count.stop, acts: count.acts, news }
    }

    /// Waits until so many more acts are answered.
    async fn answered(&self, more: u64) {
        let until = self.acts.load(Ordering::Relaxed) + more;
        let mut news = self.news.clone();
        let reached = news.wait_for(|()| self.acts.load(Ordering::Relaxed) >= until);
        let waited = tokio::time::timeout(tests::PATIENCE, reached).await;
        waited.expect("the hall works on").expect("somebody works");
    }

    /// Lets everyone finish what they do.
    async fn end(self) -> Told {
        self.stop.cancel();
        let mut all = Told::default();
        for told in self.tasks.join_all().await {
            all.tickets.extend(told.tickets);
            all.calls.extend(told.calls);
            all.finished.extend(told.finished);
        }
        all.acts = self.acts.load(Ordering::Relaxed);
        all
    }
}

#[derive(Clone)]
struct Counted {
    acts: Arc<AtomicU64>,
    tell: Arc<watch::Sender<()>>,
    stop: CancellationToken,
}

impl Counted {
    fn one(&self) {
        self.acts.fetch_add(1, Ordering::Relaxed);
        self.tell.send_replace(());
    }
}

async fn issue(kiosk: Client, count: Counted) -> Told {
    let mut told = Told::default();
    while !count.stop.is_cancelled() {
        let service = rules::SERVICES[rand::rng().random_range(0..rules::SERVICES.len())];
        let request = kiosk.ticket_request(service);
        let issued = kiosk.post("/api/v1/tickets", &request).await.unwrap_or_else(|refusal| panic!("a kiosk: {}", refusal.code));
        told.tickets.push((kiosk.clone(), request, issued));
        count.one();
    }
    told
}

async fn serve(officer: Client, counter: u16, count: Counted) -> Told {
    let mut told = Told::default();
    let fail = |act: &str, refusal: protocol::RefusalBody| -> CounterDone { panic!("counter {counter} {act}: {}", refusal.code) };
    while !count.stop.is_cancelled() {
        let done = match officer.next(counter).await {
            Ok(done) => done,
            Err(refusal) if refusal.code == "nobody-waiting" => continue,
            Err(refusal) => fail("next", refusal),
        };
        count.one();
        let called = done.called.expect("a call");
        told.calls.push((done.counter, called, done.seq));
        officer.start(counter, called.ticket).await.unwrap_or_else(|refusal| fail("start", refusal));
        count.one();
        officer.finish(counter, called.ticket, false).await.unwrap_or_else(|refusal| fail("finish", refusal));
        count.one();
        told.finished.push(called.ticket);
    }
    told
}

/// Whoever lost an answer asks again; here everyone does, for some of all the days' tickets.
async fn ask_again(told: &Told) {
    const MOST: usize = 200;
    let every = told.tickets.len().div_ceil(MOST).max(1);
    for (kiosk, request, issued) in told.tickets.iter().step_by(every) {
        let again: IssuedTicket = kiosk.post("/api/v1/tickets", request).await.expect("the same answer");
        assert_eq!(&again, issued);
    }
}

/// The journal itself has no doubled number, call or ticket: reading it would have failed.
fn all_that_was_told_is_there(told: &Told, day: &Day) {
    assert_eq!(day.tickets.len(), told.tickets.len(), "every ticket in the journal was told to a kiosk, and the other way round");
    for (_, request, issued) in &told.tickets {
        let life = &day.tickets[&issued.ticket];
        assert_eq!((life.number, life.issued), (issued.number, issued.seq), "ticket {}", issued.ticket);
        assert_eq!(day.requests[&request.request], (issued.seq, 1), "request {}", request.request);
    }
    assert_eq!(day.calls.len(), told.calls.len(), "every call was told to an officer, and the other way round");
    let mut called: BTreeMap<TicketId, u32> = BTreeMap::new();
    for (counter, call, _) in &told.calls {
        assert_eq!(day.calls[&call.call], (call.ticket, *counter), "call {}", call.call);
        *called.entry(call.ticket).or_default() += 1;
    }
    assert!(called.values().all(|count| *count == 1), "a ticket was called to two officers");
    for ticket in &told.finished {
        assert_eq!(day.tickets[ticket].stage, Place::Over, "ticket {ticket}");
        assert_eq!(day.tickets[ticket].called, 1, "ticket {ticket}");
    }
    assert_eq!(day.count(|place| place == Place::Over), told.finished.len());
    assert_eq!(day.count(|place| place == Place::Waiting), told.tickets.len() - told.finished.len());
}

async fn screens(centre: &Centre, hall: &Hall) -> Vec<Link> {
    let mut links = vec![Link::open(centre.admin(), "board").await, Link::open(&hall.kiosks[0], "kiosk").await];
    for number in 1..=4 {
        let display = centre.display(&format!("display-{number}"), "hall").await;
        links.push(Link::open(&display, "display&zone=hall").await);
    }
    for (officer, number) in hall.officers.iter().zip(1..=OFFICERS) {
        links.push(Link::open(officer, &format!("counter&counter={number}")).await);
    }
    links
}

async fn screens_are_right(links: &mut [Link], day: &Day) {
    let waiting = u32::try_from(day.count(|place| place == Place::Waiting)).expect("a small day");
    let finished = u32::try_from(day.count(|place| place == Place::Over)).expect("a small day");
    let last_call = *day.calls.keys().next_back().expect("calls were made");
    for link in &mut *links {
        link.until("the whole journal", |link| link.seq() >= day.last).await;
        assert!(link.byes.iter().all(|code| code == "restart"), "{:?}", link.byes);
    }
    assert_eq!(links[0].part::<Totals>("totals").finished, finished);
    for link in &links[..6] {
        assert_eq!(link.part::<DayView>("day").waiting, waiting);
    }
    for link in &links[2..6] {
        assert_eq!(link.part::<Vec<CallView>>("calls")[0].call, last_call);
    }
    for link in &links[6..] {
        assert_eq!(link.parts()["ticket"], serde_json::Value::Null, "everyone finished what they did");
        assert_eq!(link.parts()["waiting"], waiting);
    }
}
