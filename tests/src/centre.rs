//! A centre that is open: the server's own process on a port of its own with data of its own, and people who may use it.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use protocol::request::{ApprovePairing, AskPairing, DeviceKind, MakeAccount, PairingAsked, PairingState, Role, SetUp, SignIn, SignedIn};
use protocol::{DeviceId, OfficerId, Time, ZoneId};
use rand::Rng;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::{Client, PASSWORD, PATIENCE, Proof, binary};

/// Which centre to open, and when.
pub struct Plan {
    centre: String,
    clock: String,
}

impl Default for Plan {
    /// The example centre Mombasa on a Tuesday at nine.
    fn default() -> Plan {
        Plan { centre: "mombasa".into(), clock: "2026-11-24T09:00:00".into() }
    }
}

impl Plan {
    /// Returns a plan for an example centre, or for a centre whose file has this text.
    pub fn of(centre: impl Into<String>) -> Plan {
        Plan { centre: centre.into(), ..Plan::default() }
    }

    /// Begins at this local time, such as `2026-11-24T22:00:00`.
    pub fn at(self, clock: &str) -> Plan {
        Plan { clock: clock.into(), ..self }
    }

    /// Opens it in a new folder, with an administrator.
    pub async fn open(self) -> Centre {
        let mut centre = self.open_in(tempfile::tempdir().expect("a folder for the data")).await;
        centre.set_up().await;
        centre
    }

    /// Starts the server over data that is there.
    pub async fn open_in(self, folder: TempDir) -> Centre {
        let centre = match self.centre.contains('\n') {
            true => {
                let file = folder.path().join("centre.toml");
                std::fs::write(&file, &self.centre).expect("the folder can be written");
                file.to_string_lossy().into_owned()
            }
            false => self.centre,
        };
        let origin = format!("http://127.0.0.1:{}", free_port());
        let admin = Client::new(&origin, "admin", Proof::Nobody);
        let mut centre = Centre { folder, centre, clock: self.clock, origin, admin, server: None };
        centre.start().await;
        centre
    }
}

/// An open centre. Dropped, it is killed, and its log must not tell of a panic.
pub struct Centre {
    folder: TempDir,
    centre: String,
    clock: String,
    origin: String,
    admin: Client,
    server: Option<Server>,
}

struct Server {
    child: Child,
    /// Held, so that the process can always write there.
    _stdout: Lines<BufReader<ChildStdout>>,
}

/// How a server ended that was asked to.
pub struct Stopped {
    /// Its exit status.
    pub status: ExitStatus,
    /// How long it took.
    pub took: Duration,
}

impl Centre {
    /// Opens the example centre Mombasa on a Tuesday at nine.
    pub async fn open() -> Centre {
        Plan::default().open().await
    }

    /// Returns the data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Returns the server's process id.
    pub fn process(&self) -> u32 {
        self.server.as_ref().and_then(|server| server.child.id()).expect("the server runs")
    }

    /// Returns where the server is.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the administrator.
    pub fn admin(&self) -> &Client {
        &self.admin
    }

    /// Returns somebody who has not said who they are.
    pub fn nobody(&self) -> Client {
        Client::new(&self.origin, "nobody", Proof::Nobody)
    }

    /// Kills the server as a power cut would: at once, in the middle of whatever it does.
    pub async fn kill(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        server.child.start_kill().expect("one's own process can be killed");
        server.child.wait().await.expect("a killed process ends");
    }

    /// Asks the server to end, and waits until it has.
    pub async fn stop(&mut self) -> Stopped {
        let started = Instant::now();
        self.terminate();
        let mut server = self.server.take().expect("the server runs");
        let status = tokio::time::timeout(PATIENCE, server.child.wait()).await.expect("the server ends when it is asked to");
        Stopped { status: status.expect("it can be waited for"), took: started.elapsed() }
    }

    /// Asks the server to end.
    pub fn terminate(&self) {
        let asked = std::process::Command::new("kill").args(["-TERM", &self.process().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "the server can be asked to end");
    }

    /// Starts the server on the same data and port.
    pub async fn start(&mut self) {
        assert!(self.server.is_none(), "a data folder has one server");
        let address = self.origin.trim_start_matches("http://").to_owned();
        let mut child = Command::new(binary::server())
            .arg("run")
            .args(["--centre", &self.centre, "--listen", &address, "--demo-clock", &self.clock])
            .arg("--data")
            .arg(self.data())
            .env("RUST_LOG", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(self.log_file())
            .kill_on_drop(true)
            .spawn()
            .expect("the server's program can be started");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        let line = tokio::time::timeout(PATIENCE, stdout.next_line()).await.expect("the server starts in time");
        let line = line.expect("its output is text").unwrap_or_default();
        assert!(line.ends_with(&self.origin), "the server did not start: {line:?}\n{}", self.log());
        self.server = Some(Server { child, _stdout: stdout });
    }

    /// Kills the server and starts it again.
    pub async fn restart(&mut self) {
        self.kill().await;
        self.start().await;
    }

    /// Returns what the server has logged, over all its lives.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Runs `foleni-server verify` over the data; returns what it says.
    pub async fn verify(&self) -> Result<String, String> {
        let done = Command::new(binary::server()).arg("verify").arg("--data").arg(self.data()).output().await.expect("it starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if done.status.success() { Ok(text(&done.stdout)) } else { Err(text(&done.stderr)) }
    }

    /// Moves the centre's clock forward to `time`.
    pub async fn skip_to(&self, time: Time) {
        let set: Value = self.admin.post("/api/v1/demo/clock", &json!({ "skip_to": time })).await.expect("the demonstration's clock");
        assert!(set["now"].as_i64() >= Some(time.0), "the clock stands at {set}");
    }

    /// Returns the time at the centre.
    pub async fn now(&self) -> Time {
        let health: Value = self.admin.get("/healthz").await.json();
        Time(health["now"].as_i64().expect("a time"))
    }

    /// Makes an account and signs in with it.
    pub async fn person(&self, name: &str, role: Role) -> Client {
        let id = OfficerId::new(name).expect("an account's name");
        let made = MakeAccount { name: id, shown: format!("{name} of the harness"), role, password: PASSWORD.into() };
        let _: SignedIn = self.admin.post("/api/v1/accounts", &made).await.expect("an administrator makes accounts");
        self.sign_in(name).await
    }

    /// Makes an officer and signs in.
    pub async fn officer(&self, name: &str) -> Client {
        self.person(name, Role::Officer).await
    }

    /// Makes a manager and signs in.
    pub async fn manager(&self, name: &str) -> Client {
        self.person(name, Role::Manager).await
    }

    /// Signs in once more with an account that the harness made.
    pub async fn sign_in(&self, name: &str) -> Client {
        let client = Client::new(&self.origin, name, Proof::Nobody);
        let body = SignIn { name: OfficerId::new(name).expect("an account's name"), password: PASSWORD.into() };
        let text = serde_json::to_string(&body).expect("requests can be written");
        let answer = client.post_until_answered("/api/v1/session", &text).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        client.with(Proof::Session(answer.cookie("foleni_session").expect("a session is a cookie")))
    }

    /// Pairs a kiosk.
    pub async fn kiosk(&self, name: &str) -> Client {
        self.device(name, DeviceKind::Kiosk, None).await
    }

    /// Pairs a display of a zone.
    pub async fn display(&self, name: &str, zone: &str) -> Client {
        self.device(name, DeviceKind::Display, Some(zone)).await
    }

    async fn device(&self, name: &str, kind: DeviceKind, zone: Option<&str>) -> Client {
        let client = Client::new(&self.origin, name, Proof::Nobody);
        let device = DeviceId::new(name).expect("a device's name");
        let asked = AskPairing { kind, device: device.clone() };
        let asked: PairingAsked = client.post("/api/v1/pairings", &asked).await.expect("anyone may ask");
        let zone = zone.map(|zone| ZoneId::new(zone).expect("a zone"));
        let approve = ApprovePairing { code: asked.code, device: Some(device), zone };
        let _: Value = self.admin.post("/api/v1/pairings/approve", &approve).await.expect("an administrator is a manager too");
        match client.get(&format!("/api/v1/pairings/{}", asked.secret)).await.json() {
            PairingState::Approved { token, .. } => client.with(Proof::Device(token)),
            PairingState::Waiting => panic!("{name} was approved and still waits"),
        }
    }

    async fn set_up(&mut self) {
        let code = std::fs::read_to_string(self.data().join("setup-code")).expect("a new centre has a set-up code");
        let name = OfficerId::new("admin").expect("a name");
        let body = SetUp { code: code.trim().into(), name, shown: "Administrator".into(), password: PASSWORD.into() };
        let text = serde_json::to_string(&body).expect("requests can be written");
        let answer = self.admin.post_text("/api/v1/setup", text).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.admin = self.admin.with(Proof::Session(answer.cookie("foleni_session").expect("set-up signs in")));
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    fn log_file(&self) -> File {
        let mut options = File::options();
        options.create(true).append(true).open(self.log_path()).expect("the folder can be written")
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            end(&mut server.child);
        }
        if !std::thread::panicking() {
            let log = self.log();
            assert!(!log.contains("panicked"), "the server panicked:\n{log}");
        } else {
            keep(&self.log_path());
        }
    }
}

/// Kills and waits, so that the folder is nobody's when it is removed.
fn end(child: &mut Child) {
    let _ = child.start_kill();
    let until = Instant::now() + PATIENCE;
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < until {
        std::thread::yield_now();
    }
}

/// A failed test shows the end of the server's log beside its own words.
fn keep(log: &Path) {
    const LINES: usize = 40;
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    println!("the server's log ends:\n{}", lines[lines.len().saturating_sub(LINES)..].join("\n"));
}

/// Returns a port below those that the system gives to outgoing connections: while the server is down, a client that
/// tries it again and again must not by chance connect to itself.
pub(crate) fn free_port() -> u16 {
    let mut ports = std::iter::repeat_with(|| rand::rng().random_range(15_000..30_000));
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
}
