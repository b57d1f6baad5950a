//! The hall of the browser runs: an open centre, its two stations as real processes, a printer that exists in memory, and
//! what the players may do to them.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use protocol::request::{ApprovePairing, MakeAccount, Role, SignedIn};
use protocol::{OfficerId, ZoneId};
use serde_json::{Value, json};
use slip::twin::{Twin, TwinFaults};
use tempfile::TempDir;
use tests::{Centre, PASSWORD, PATIENCE, Plan};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

const ZONE: &str = "hall-a";

/// Who signs in on the pages.
const PEOPLE: [(&str, &str, Role); 3] =
    [("mwende", "Mwende K.", Role::Officer), ("otieno", "Otieno P.", Role::Officer), ("wanjiru", "Wanjiru N.", Role::Manager)];

/// Everything that a browser can look at.
pub struct Hall {
    /// The centre.
    pub centre: Centre,
    printer: Twin,
    kiosk: Station,
    display: Station,
    folder: TempDir,
}

struct Station {
    origin: String,
    /// Killed when dropped.
    _process: Child,
}

impl Hall {
    /// Opens Mombasa at a local time, with a paired kiosk and a paired display, and people with passwords.
    pub async fn open(clock: &str) -> Hall {
        let centre = Plan::default().at(clock).open().await;
        let printer = Twin::start((Ipv4Addr::LOCALHOST, 0).into()).expect("a printer's port");
        let folder = tempfile::tempdir().expect("a folder for the stations");
        let paper = format!("tcp://{}", printer.address());
        let kiosk = Station::start(&centre, folder.path(), "kiosk", &["--printer", &paper]);
        let display = Station::start(&centre, folder.path(), "display", &["--zone", ZONE, "--mute"]);
        approve(&centre, 2).await;
        for (name, shown, role) in PEOPLE {
            let account = MakeAccount { name: OfficerId::new(name).expect("a name"), shown: shown.into(), role, password: PASSWORD.into() };
            let _: SignedIn = centre.admin().post("/api/v1/accounts", &account).await.expect("an administrator makes accounts");
        }
        Hall { centre, printer, kiosk, display, folder }
    }

    /// Runs one set of steps. Lines that begin with `@` are asks, answered one by one; all others are told on.
    pub async fn play(&mut self, node: &Path, scripts: &Path, what: &str) -> ExitStatus {
        let hall = json!({
            "server": self.centre.origin(), "kiosk": self.kiosk.origin, "display": self.display.origin, "zone": ZONE,
            "password": PASSWORD, "officer": "mwende", "colleague": "otieno", "manager": "wanjiru", "administrator": "admin",
            "folder": self.folder.path(),
        });
        let mut players = Command::new(node)
            .arg(scripts.join("run.mjs"))
            .arg(what)
            .env("FOLENI_HALL", hall.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let mut answers = players.stdin.take().expect("its input is piped");
        let mut lines = BufReader::new(players.stdout.take().expect("its output is piped")).lines();
        while let Some(line) = lines.next_line().await.expect("its output is text") {
            let Some(ask) = line.strip_prefix('@') else {
                println!("{line}");
                if line.starts_with("skipped") {
                    crate::say(&line);
                }
                continue;
            };
            let answer = self.answer(ask).await;
            answers.write_all(format!("{answer}\n").as_bytes()).await.expect("node listens");
        }
        players.wait().await.expect("a process ends")
    }

    async fn answer(&mut self, ask: &str) -> Value {
        match ask {
            "kill" => self.centre.kill().await,
            "start" => self.centre.start().await,
            "paper-out" => self.printer.set_faults(TwinFaults { paper_out: true, ..TwinFaults::default() }),
            "paper-in" => self.printer.set_faults(TwinFaults::default()),
            "slips" => return self.slips(),
            "pairings" => approve(&self.centre, 1).await,
            _ => panic!("the players ask {ask:?}"),
        }
        Value::Null
    }

    /// Returns how many slips came out, and where the newest can be looked at.
    fn slips(&self) -> Value {
        let picture = self.folder.path().join("slip.png");
        let newest = self.printer.last().and_then(|slip| slip.png());
        if let Some(png) = &newest {
            std::fs::write(&picture, png).expect("the folder can be written");
        }
        json!({ "printed": self.printer.printed(), "held": self.printer.held(), "newest": newest.map(|_| picture) })
    }
}

impl Station {
    fn start(centre: &Centre, folder: &Path, kind: &str, more: &[&str]) -> Station {
        let port = free_port();
        let log = std::fs::File::create(folder.join(format!("{kind}.log"))).expect("the folder can be written");
        let process = Command::new(program(kind))
            .args(["run", "--server", centre.origin(), "--device", &format!("{kind}-1"), "--port", &port.to_string()])
            .arg("--state")
            .arg(folder.join(kind))
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("a station's program can be started");
        Station { origin: format!("http://127.0.0.1:{port}"), _process: process }
    }
}

/// Approves so many devices, as the manager does who reads their codes.
async fn approve(centre: &Centre, count: usize) {
    const AGAIN_AFTER: Duration = Duration::from_millis(50);
    let until = Instant::now() + PATIENCE;
    let mut approved = 0;
    while approved < count {
        let asked: Vec<Value> = centre.admin().get("/api/v1/pairings").await.json();
        for pairing in &asked {
            let zone = (pairing["kind"] == "display").then(|| ZoneId::new(ZONE).expect("a zone"));
            let code = pairing["code"].as_str().expect("a code").to_owned();
            let body = ApprovePairing { code, device: None, zone };
            let _: Value = centre.admin().post("/api/v1/pairings/approve", &body).await.expect("a code that was just read");
            approved += 1;
        }
        assert!(Instant::now() < until, "{approved} of {count} devices asked to belong here");
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

/// Returns a program beside the server's, built if need be.
pub fn program(kind: &str) -> PathBuf {
    let program = tests::server().with_file_name(format!("foleni-{kind}"));
    if let Some(cargo) = std::env::var_os("CARGO") {
        let mut build = std::process::Command::new(cargo);
        build.args(["build", "--quiet", "--package", kind]).current_dir(env!("CARGO_MANIFEST_DIR"));
        if program.parent().is_some_and(|folder| folder.ends_with("release")) {
            build.arg("--release");
        }
        assert!(build.status().is_ok_and(|status| status.success()), "the {kind} does not build");
    }
    assert!(program.exists(), "there is no {}; build it with `cargo build -p {kind}`", program.display());
    program
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
