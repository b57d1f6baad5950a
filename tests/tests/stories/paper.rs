//! Slips on paper, from the server's side: printers on the network, what is printed again, and what is ordered of kiosks.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use protocol::printing::{
    AddPrinter, AskOrder, AskPrint, AssignPrinter, DeviceOrder, JobKind, JobState, Orders, PrintJobView, PrintWhat, PrinterView,
    ReportSlips, SlipOutcome, SlipRendering, WhyAbandoned,
};
use protocol::request::{IssuedTicket, Paper, PrinterReport, PrinterTrouble};
use protocol::ticket::TicketNumber;
use protocol::{DeviceId, JobId, PrinterId, Refusal, Time};
use reqwest::Method;
use serde_json::Value;
use slip::twin::{Twin, TwinFaults};
use tests::{Centre, Client};
use tokio::time::Instant;

const SERVICE: &str = "kra-pin";

#[tokio::test]
async fn two_kiosks_share_a_printer_and_after_a_paper_change_nothing_comes_out_in_a_burst() {
    let centre = Centre::open().await;
    let twin = twin();
    let (one, two) = (centre.kiosk("kiosk-1").await, centre.kiosk("kiosk-2").await);
    add(&centre, "hall", twin.address()).await;
    assign(&centre, "kiosk-1", Some("hall")).await;
    assign(&centre, "kiosk-2", Some("hall")).await;
    let first = one.issue(SERVICE).await.expect("a ticket");
    assert_eq!(first.paper, Some(Paper::Printed));
    twin.set_faults(TwinFaults { paper_out: true, ..TwinFaults::default() });
    for kiosk in [&one, &two, &one, &two] {
        let issued = kiosk.issue(SERVICE).await.expect("a ticket all the same");
        assert_eq!(issued.paper, Some(Paper::Failed { trouble: PrinterTrouble::PaperOut }), "its number is shown large");
    }
    let seen: Vec<PrinterView> = centre.admin().get("/api/v1/printers").await.json();
    assert_eq!((seen[0].trouble, seen[0].kiosks.len()), (Some(PrinterTrouble::PaperOut), 2));
    twin.set_faults(TwinFaults::default());
    let last = two.issue(SERVICE).await.expect("a ticket");
    assert_eq!(last.paper, Some(Paper::Printed));
    assert_eq!(twin.printed(), 2, "the first and the last");
    let jobs = jobs(&centre).await;
    let states: Vec<_> = jobs.iter().map(|job| (job.state, job.why_abandoned)).collect();
    let given_up = (JobState::Abandoned, Some(WhyAbandoned::ShownInstead));
    assert_eq!(states, [(JobState::Printed, None), given_up, given_up, given_up, given_up, (JobState::Printed, None)]);
    assert!(centre.log().contains("nothing of it came out, and nothing will"), "it is said");
}

#[tokio::test]
async fn a_request_that_is_asked_again_prints_no_second_slip() {
    let centre = Centre::open().await;
    let twin = twin();
    let kiosk = centre.kiosk("kiosk-1").await;
    add(&centre, "hall", twin.address()).await;
    assign(&centre, "kiosk-1", Some("hall")).await;
    let ask = kiosk.ticket_request(SERVICE);
    let first: IssuedTicket = kiosk.post("/api/v1/tickets", &ask).await.expect("a ticket");
    let again: IssuedTicket = kiosk.post("/api/v1/tickets", &ask).await.expect("the same");
    assert_eq!((first.number, first.paper, again.paper), (again.number, Some(Paper::Printed), Some(Paper::Printed)));
    // The kiosk's slips come out elsewhere from now on; this one is out, and its station must not print it, too.
    assign(&centre, "kiosk-1", None).await;
    let moved: IssuedTicket = kiosk.post("/api/v1/tickets", &ask).await.expect("the same");
    assert_eq!(moved.paper, Some(Paper::Printed));
    assert_eq!(twin.printed(), 1);
}

#[tokio::test]
async fn a_printer_is_moved_to_another_kiosk() {
    let centre = Centre::open().await;
    let twin = twin();
    let (one, two) = (centre.kiosk("kiosk-1").await, centre.kiosk("kiosk-2").await);
    add(&centre, "hall", twin.address()).await;
    assign(&centre, "kiosk-1", Some("hall")).await;
    assert_eq!(one.issue(SERVICE).await.expect("a ticket").paper, Some(Paper::Printed));
    assert_eq!(two.issue(SERVICE).await.expect("a ticket").paper, None, "nobody prints for it");
    assign(&centre, "kiosk-1", None).await;
    assign(&centre, "kiosk-2", Some("hall")).await;
    assert_eq!(one.issue(SERVICE).await.expect("a ticket").paper, None);
    assert_eq!(two.issue(SERVICE).await.expect("a ticket").paper, Some(Paper::Printed));
    assert_eq!(twin.printed(), 2);
    let remove = centre.admin().request(Method::DELETE, "/api/v1/printers/hall");
    assert_eq!(centre.admin().send(remove).await.status, 204);
    assert_eq!(two.issue(SERVICE).await.expect("a ticket").paper, None);
}

#[tokio::test]
async fn a_slip_is_printed_again_after_a_restart_while_its_visit_lasts() {
    let mut centre = Centre::open().await;
    let twin = twin();
    let kiosk = centre.kiosk("kiosk-1").await;
    add(&centre, "hall", twin.address()).await;
    let ticket = kiosk.issue(SERVICE).await.expect("a ticket");
    centre.restart().await;
    let officer = centre.officer("afisa").await;
    let ask = reprint(&officer, ticket.number, "hall");
    let job: PrintJobView = officer.post("/api/v1/print-jobs", &ask).await.expect("a copy");
    let same: PrintJobView = officer.post("/api/v1/print-jobs", &ask).await.expect("the same");
    assert_eq!((job.job, job.kind, job.number), (same.job, JobKind::Reprint, Some(ticket.number)));
    until(&centre, |jobs| jobs[0].state == JobState::Printed).await;
    assert_eq!(twin.printed(), 1);
    let unknown = TicketNumber { letter: ticket.number.letter, number: 998 };
    let refused = officer.post::<PrintJobView>("/api/v1/print-jobs", &reprint(&officer, unknown, "hall")).await;
    assert_eq!(refused.expect_err("nobody has it").code, Refusal::UnknownTicket.code());
    officer.cancel(ticket.number).await.expect("given up");
    let refused = officer.post::<PrintJobView>("/api/v1/print-jobs", &reprint(&officer, ticket.number, "hall")).await;
    assert_eq!(refused.expect_err("its visit has ended").code, Refusal::TicketEnded.code());
}

#[tokio::test]
async fn a_server_killed_while_a_slip_is_at_the_printer_does_not_print_it_twice() {
    let mut centre = Centre::open().await;
    let stuck = Stuck::start();
    let kiosk = centre.kiosk("kiosk-1").await;
    add(&centre, "hall", stuck.address).await;
    assign(&centre, "kiosk-1", Some("hall")).await;
    let ask = kiosk.ticket_request(SERVICE);
    let asking = {
        let (kiosk, ask) = (kiosk.clone(), ask.clone());
        tokio::spawn(async move { kiosk.post_text("/api/v1/tickets", serde_json::to_string(&ask).expect("plain data")).await })
    };
    until(&centre, |jobs| jobs.first().is_some_and(|job| job.state == JobState::Sent && job.in_doubt)).await;
    while stuck.slips() == 0 {
        tokio::task::yield_now().await;
    }
    centre.kill().await;
    asking.abort();
    centre.start().await;
    let again: IssuedTicket = kiosk.post("/api/v1/tickets", &ask).await.expect("the same ticket");
    assert_eq!(again.paper, Some(Paper::Failed { trouble: PrinterTrouble::Unreachable }), "nobody knows: the number is shown large");
    let jobs = jobs(&centre).await;
    assert_eq!((jobs.len(), jobs[0].state, jobs[0].in_doubt), (1, JobState::Sent, true));
    assert_eq!(stuck.slips(), 1);
}

#[tokio::test]
async fn a_kiosk_is_told_what_is_ordered_of_it_and_says_what_became_of_its_slips() {
    let centre = Centre::open().await;
    let (kiosk, other) = (centre.kiosk("kiosk-1").await, centre.kiosk("kiosk-2").await);
    let told: Orders = kiosk.get("/api/v1/devices/me/orders").await.json();
    assert_eq!(told, Orders { prints: Vec::new(), restart: false, locked: false });
    let admin = centre.admin();
    order(admin, "kiosk-1", DeviceOrder::TestPrint).await.must_be(Refusal::NoPrinter);
    let _ =
        kiosk.post_text("/api/v1/devices/me/printer", serde_json::to_string(&PrinterReport { trouble: None }).expect("plain data")).await;
    let ticket = kiosk.issue(SERVICE).await.expect("a ticket");
    let copy = AskPrint { printer: None, kiosk: DeviceId::new("kiosk-1").ok(), ..reprint(admin, ticket.number, "x") };
    let _: PrintJobView = admin.post("/api/v1/print-jobs", &copy).await.expect("a copy");
    assert_eq!(order(admin, "kiosk-1", DeviceOrder::TestPrint).await.status, 204);
    let told: Orders = kiosk.get("/api/v1/devices/me/orders?after=0&locked=false").await.json();
    let kinds: Vec<_> = told.prints.iter().map(|print| print.kind).collect();
    assert_eq!(kinds, [JobKind::Reprint, JobKind::Test]);
    assert_eq!((told.prints[0].slip.number, told.prints[0].slip.note.is_some()), (ticket.number, true), "it says that it is a copy");
    let outcome = |job: JobId, request: &protocol::RequestId| SlipOutcome {
        request: request.clone(),
        job: Some(job),
        number: None,
        service: None,
        paper: Some(Paper::Printed),
        at: Time(1),
    };
    let slips: Vec<_> = told.prints.iter().map(|print| outcome(print.job, &print.request)).collect();
    let said = serde_json::to_string(&ReportSlips { slips }).expect("plain data");
    assert_eq!(other.post_text("/api/v1/devices/me/slips", said.clone()).await.status, 204);
    let told: Orders = kiosk.get("/api/v1/devices/me/orders").await.json();
    assert_eq!(told.prints.len(), 2, "what another kiosk says of them counts for nothing");
    assert_eq!(kiosk.post_text("/api/v1/devices/me/slips", said).await.status, 204);
    until(&centre, |jobs| jobs[..2].iter().all(|job| job.state == JobState::Printed)).await;
    assert_eq!(jobs(&centre).await[2].state, JobState::Queued, "the ticket's own slip, of which the station has said nothing yet");
}

#[tokio::test]
async fn a_screen_is_closed_until_it_is_opened_again_and_a_restart_is_told_once() {
    let mut centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let waiting = {
        let kiosk = kiosk.clone();
        tokio::spawn(async move { kiosk.get("/api/v1/devices/me/orders?locked=false").await.json::<Orders>() })
    };
    assert_eq!(order(centre.admin(), "kiosk-1", DeviceOrder::Lock(true)).await.status, 204);
    assert!(waiting.await.expect("an answer").locked, "whoever waits is told at once");
    centre.restart().await;
    assert!(kiosk.get("/api/v1/devices/me/orders").await.json::<Orders>().locked, "also after a restart");
    assert_eq!(order(centre.admin(), "kiosk-1", DeviceOrder::Lock(false)).await.status, 204);
    assert_eq!(order(centre.admin(), "kiosk-1", DeviceOrder::Restart).await.status, 204);
    let told: Orders = kiosk.get("/api/v1/devices/me/orders").await.json();
    assert_eq!((told.restart, told.locked), (true, false));
    assert!(!kiosk.get("/api/v1/devices/me/orders").await.json::<Orders>().restart, "else it would start again for ever");
    order(centre.admin(), "kiosk-9", DeviceOrder::Restart).await.must_be(Refusal::NotFound);
    let officer = centre.officer("afisa").await;
    order(&officer, "kiosk-1", DeviceOrder::Restart).await.must_be(Refusal::NotAllowed);
    kiosk.get("/api/v1/printers").await.must_be(Refusal::NotSignedIn);
}

#[tokio::test]
async fn a_printer_that_cannot_be_one_is_refused() {
    let centre = Centre::open().await;
    let add = |body: Value| centre.admin().post_text("/api/v1/printers", body.to_string());
    let good = serde_json::json!({ "printer": "hall", "host": "127.0.0.1", "port": 1, "paper_mm": 80 });
    for (field, bad, refusal) in [
        ("host", Value::from("a b"), Refusal::PrinterAddress),
        ("host", Value::from("10.0.0.300"), Refusal::PrinterAddress),
        ("host", Value::from(""), Refusal::PrinterAddress),
        ("port", Value::from(0), Refusal::PrinterAddress),
        ("port", Value::from(70_000), Refusal::BadJson),
        ("paper_mm", Value::from(57), Refusal::BadRequest),
        ("printer", Value::from("a/b"), Refusal::BadJson),
    ] {
        let mut body = good.clone();
        body[field] = bad;
        add(body).await.must_be(refusal);
    }
    assert_eq!(add(good.clone()).await.status, 200);
    assert_eq!(add(good.clone()).await.status, 200, "said twice is said once");
    let mut other = good;
    other["host"] = "127.0.0.2".into();
    add(other).await.must_be(Refusal::PrinterKnown);
    let kiosk = centre.kiosk("kiosk-1").await;
    let body = serde_json::json!({ "printer": "nowhere" }).to_string();
    centre.admin().post_text("/api/v1/devices/kiosk-1/printer", body.clone()).await.must_be(Refusal::UnknownPrinter);
    kiosk.post_text("/api/v1/devices/kiosk-1/printer", body).await.must_be(Refusal::NotSignedIn);
    let body = serde_json::json!({ "request": "a", "what": "test", "kiosk": "kiosk-1", "attendant": "nobody" }).to_string();
    let refused = kiosk.post_text("/api/v1/print-jobs", body).await;
    assert!((400..500).contains(&refused.status), "no attendant is there: {}", refused.text());
}

/// A printer that takes a slip, says that it is well, and never that it has worked it off.
struct Stuck {
    address: SocketAddr,
    slips: Arc<AtomicUsize>,
}

impl Stuck {
    fn start() -> Stuck {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let slips = Arc::new(AtomicUsize::new(0));
        let counted = slips.clone();
        std::thread::spawn(move || {
            for caller in listener.incoming() {
                let (Ok(mut caller), counted) = (caller, counted.clone()) else { continue };
                std::thread::spawn(move || {
                    let (mut bytes, mut taken, mut job) = ([0; 4096], 0, false);
                    while let Ok(count @ 1..) = caller.read(&mut bytes) {
                        let asked = bytes[..count].windows(2).filter(|pair| *pair == [0x10, 0x04]).count();
                        if !job && caller.write_all(&vec![0x12; asked]).is_err() {
                            return;
                        }
                        taken += count;
                        if taken > 1_000 && !job {
                            job = true;
                            counted.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        Stuck { address, slips }
    }

    fn slips(&self) -> usize {
        self.slips.load(Ordering::SeqCst)
    }
}

fn twin() -> Twin {
    Twin::start((Ipv4Addr::LOCALHOST, 0).into()).expect("a printer that exists only in memory")
}

async fn add(centre: &Centre, name: &str, address: SocketAddr) {
    let (host, port) = (address.ip().to_string(), address.port());
    let printer = AddPrinter { printer: printer(name), host, port, paper_mm: 80, rendering: SlipRendering::Image };
    let _: Vec<PrinterView> = centre.admin().post("/api/v1/printers", &printer).await.expect("added");
}

async fn assign(centre: &Centre, kiosk: &str, name: Option<&str>) {
    let ask = AssignPrinter { printer: name.map(printer) };
    let _: Vec<PrinterView> = centre.admin().post(&format!("/api/v1/devices/{kiosk}/printer"), &ask).await.expect("assigned");
}

async fn order(who: &Client, kiosk: &str, order: DeviceOrder) -> tests::Answer {
    let ask = AskOrder { request: who.request_id(), order };
    who.post_text(&format!("/api/v1/devices/{kiosk}/orders"), serde_json::to_string(&ask).expect("plain data")).await
}

fn reprint(who: &Client, number: TicketNumber, name: &str) -> AskPrint {
    AskPrint { request: who.request_id(), what: PrintWhat::Reprint(number), printer: Some(printer(name)), kiosk: None, attendant: None }
}

fn printer(name: &str) -> PrinterId {
    PrinterId::new(name).expect("a printer's name")
}

async fn jobs(centre: &Centre) -> Vec<PrintJobView> {
    centre.admin().get("/api/v1/print-jobs").await.json()
}

async fn until(centre: &Centre, so: impl Fn(&[PrintJobView]) -> bool) {
    let give_up = Instant::now() + tests::PATIENCE;
    loop {
        let jobs = jobs(centre).await;
        if so(&jobs) {
            return;
        }
        assert!(Instant::now() < give_up, "{jobs:?}");
    }
}
