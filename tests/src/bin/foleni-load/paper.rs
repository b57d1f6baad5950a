//! Paper: from the touch on the page to the first byte of the slip at the printer.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::{Duration, Instant};

use protocol::request::{ApprovePairing, IssueTicket, IssuedTicket, Paper};
use protocol::{DeviceId, RequestId, ServiceId};
use serde_json::Value;
use tempfile::TempDir;
use tests::printer::{Emulator, Nature};
use tests::{Centre, Client, PATIENCE, Plan, Proof, rules};
use tokio::process::{Child, Command};

use crate::spread::Spread;
use crate::{Scale, row};

/// Between two touches: people take their slip first.
const GAP: Duration = Duration::from_millis(60);

/// Measures with the real server, the real station and an emulated printer, all on loopback.
pub async fn measure(scale: Scale) {
    let centre = Plan::of(rules::centre(16, 65_000, "")).open().await;
    // As fast as it can: what is measured ends before it burns anything.
    let nature = Nature { line: Duration::from_micros(1), memory: 64 * 1024, ..Nature::default() };
    let printer = Emulator::start(nature).expect("the printer listens");
    let station = Station::start(&centre, &printer).await;
    let mut first_byte = Spread::default();
    let mut answered = Spread::default();
    for number in 0..scale.of(300, 20) {
        assert!(printer.wait_idle(PATIENCE), "the printer comes to rest");
        printer.await_first_byte();
        let touched = Instant::now();
        let paper = station.touch(number).await;
        answered.add(touched.elapsed());
        assert_eq!(paper, Some(Paper::Printed), "touch {number}");
        let at = printer.first_byte(PATIENCE).expect("a slip that was printed had a first byte");
        first_byte.add(at - touched);
        tokio::time::sleep(GAP).await;
    }
    row("touch -> first byte at the printer", &first_byte.to_string(), "p99 < 100 ms");
    row("touch -> the page knows that the slip is out", &answered.to_string(), "");
}

/// The kiosk's real program, beside the server's.
struct Station {
    page: Client,
    _folder: TempDir,
    /// Killed when dropped.
    _process: Child,
}

impl Station {
    async fn start(centre: &Centre, printer: &Emulator) -> Station {
        let folder = tempfile::tempdir().expect("a folder for the station");
        let log = std::fs::File::create(folder.path().join("kiosk.log")).expect("the folder can be written");
        let port = free_port();
        let process = Command::new(tests::kiosk())
            .args(["run", "--server", centre.origin(), "--device", "kiosk-1", "--port", &port.to_string()])
            .args(["--printer", &format!("tcp://{}", printer.address())])
            .arg("--state")
            .arg(folder.path().join("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the station's program can be started");
        let page = Client::new(&format!("http://127.0.0.1:{port}"), "page", Proof::Nobody);
        approve(centre).await;
        let station = Station { page, _folder: folder, _process: process };
        station.wait_paired().await;
        station
    }

    /// The station fetches its token a moment after the manager has approved it.
    async fn wait_paired(&self) {
        let until = Instant::now() + PATIENCE;
        let body = serde_json::to_string(&ask(u32::MAX)).expect("requests can be written");
        while self.page.post_until_answered("/api/v1/tickets", &body).await.status != 200 {
            assert!(Instant::now() < until, "the station never became one of the centre's");
            tokio::time::sleep(GAP).await;
        }
    }

    async fn touch(&self, number: u32) -> Option<Paper> {
        let issued: IssuedTicket = self.page.post("/api/v1/tickets", &ask(number)).await.expect("a ticket");
        issued.paper
    }
}

fn ask(number: u32) -> IssueTicket {
    let service = rules::SERVICES[number as usize % rules::SERVICES.len()];
    serde_json::from_value(serde_json::json!({
        "request": RequestId::new(&format!("touch-{number}")).expect("an id"),
        "service": ServiceId::new(service).expect("a service"),
    }))
    .expect("a touch is a request")
}

async fn approve(centre: &Centre) {
    let until = Instant::now() + PATIENCE;
    loop {
        let asked: Vec<Value> = centre.admin().get("/api/v1/pairings").await.json();
        if let Some(code) = asked.first().and_then(|pairing| pairing["code"].as_str()) {
            let device = Some(DeviceId::new("kiosk-1").expect("a device's name"));
            let body = ApprovePairing { code: code.to_owned(), device, zone: None };
            let _: Value = centre.admin().post("/api/v1/pairings/approve", &body).await.expect("a code that was just read");
            return;
        }
        assert!(Instant::now() < until, "the station did not ask to belong here");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
