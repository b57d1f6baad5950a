//! A kiosk's own process beside the server's: it can be killed, and starts again on what it kept.

use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use protocol::DeviceId;
use protocol::request::ApprovePairing;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::centre::free_port;
use crate::{Centre, Client, PATIENCE, Proof, binary};

/// A kiosk's process with a state folder of its own. Dropped, it is killed, and its log must not tell of a panic.
pub struct StationProgram {
    folder: TempDir,
    server: String,
    name: String,
    printer: String,
    port: u16,
    page: Client,
    child: Option<Child>,
}

impl StationProgram {
    /// Starts a kiosk with a printer and lets the administrator approve it.
    pub async fn kiosk(centre: &Centre, name: &str, printer: &str) -> StationProgram {
        StationProgram::kiosk_over(centre.origin(), centre, name, printer).await
    }

    /// Starts a kiosk that reaches the centre at `origin`.
    pub async fn kiosk_over(origin: &str, centre: &Centre, name: &str, printer: &str) -> StationProgram {
        let port = free_port();
        let page = Client::new(&format!("http://127.0.0.1:{port}"), name, Proof::Nobody);
        let folder = tempfile::tempdir().expect("a folder for the state");
        let (server, name, printer) = (origin.to_owned(), name.to_owned(), printer.to_owned());
        let mut station = StationProgram { folder, server, name, printer, port, page, child: None };
        station.start();
        let name = station.name.clone();
        station.approve(centre, &name).await;
        station
    }

    /// Lets the administrator take it in under a name.
    pub async fn approve(&self, centre: &Centre, name: &str) {
        let code = self.until("a pairing code", |standing| standing["pairing_code"].as_str().map(str::to_owned)).await;
        let device = DeviceId::new(name).expect("a device's name");
        let approve = ApprovePairing { code, device: Some(device), zone: None };
        let _: Value = centre.admin().post("/api/v1/pairings/approve", &approve).await.expect("an administrator is a manager too");
        self.until("the server", |standing| (standing["paired"] == true && standing["server"] == "connected").then_some(())).await;
    }

    /// Returns where its page is.
    pub fn page(&self) -> &Client {
        &self.page
    }

    /// Kills it in the middle of whatever it does, and starts it again.
    pub async fn restart(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.start_kill().expect("one's own process can be killed");
        child.wait().await.expect("a killed process ends");
        self.start();
        self.until("an answer", |_| Some(())).await;
    }

    /// Waits until its standing says something.
    pub async fn until<T>(&self, what: &str, says: impl Fn(&Value) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            let asked = self.page.request(reqwest::Method::GET, "/station.json");
            if let Some(told) = self.page.try_send(asked).await.ok().and_then(|answer| says(&answer.json())) {
                return told;
            }
            assert!(Instant::now() < until, "{what} never came\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Returns what it has logged, over all its lives.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn start(&mut self) {
        let child = Command::new(binary::kiosk())
            .arg("run")
            .args(["--server", &self.server, "--device", &self.name, "--port", &self.port.to_string(), "--printer", &self.printer])
            .arg("--state")
            .arg(self.folder.path().join("state"))
            .env("RUST_LOG", "info")
            .stdin(Stdio::null())
            .stderr(File::options().create(true).append(true).open(self.log_path()).expect("the folder can be written"))
            .kill_on_drop(true)
            .spawn();
        self.child = Some(child.expect("the kiosk's program can be started"));
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("kiosk.log")
    }
}

impl Drop for StationProgram {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(!self.log().contains("panicked"), "the kiosk panicked:\n{}", self.log());
        }
    }
}
