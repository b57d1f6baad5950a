//! The demonstration as a visitor starts it, on ports of its own.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rand::Rng;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::hall::program;

/// Playing the morning takes a while on a machine that builds.
const LONGEST: Duration = Duration::from_secs(300);

/// A running demonstration; asked to end when dropped, so that it ends its own programs.
pub struct Demo {
    start: String,
    folder: TempDir,
    process: Child,
    /// Held, so that it can always write there.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Demo {
    /// Opens it and waits until it says where its page is; the morning is played until a time of day.
    pub async fn open(until: &str) -> Demo {
        for kind in ["kiosk", "display"] {
            let _ = program(kind);
        }
        let folder = tempfile::tempdir().expect("a folder for the demonstration");
        let mut process = Command::new(program("demo"))
            .arg("--data")
            .arg(folder.path().join("data"))
            .args(["--port-base", &free_ports().to_string(), "--play-until", until, "--no-open"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the demonstration's program can be started");
        let mut said = BufReader::new(process.stdout.take().expect("its output is piped")).lines();
        let start = tokio::time::timeout(LONGEST, address(&mut said)).await.expect("the centre is alive in time");
        Demo { start, folder, process, _said: said }
    }

    /// Runs the steps of the start page.
    pub async fn look(&self, node: &Path, scripts: &Path) -> ExitStatus {
        let hall = json!({ "start": self.start, "folder": self.folder.path() });
        let mut players = Command::new(node);
        players.arg(scripts.join("run.mjs")).arg("start").env("FOLENI_HALL", hall.to_string()).stdin(Stdio::null()).kill_on_drop(true);
        players.status().await.expect("node starts")
    }
}

async fn address(said: &mut Lines<BufReader<ChildStdout>>) -> String {
    while let Some(line) = said.next_line().await.expect("its output is text") {
        println!("{line}");
        if let Some(address) = line.strip_prefix("open ") {
            return address.to_owned();
        }
    }
    panic!("the demonstration ended before it was alive");
}

impl Drop for Demo {
    fn drop(&mut self) {
        let Some(id) = self.process.id() else { return };
        let _ = std::process::Command::new("kill").args(["-TERM", &id.to_string()]).status();
        let until = Instant::now() + Duration::from_secs(30);
        while matches!(self.process.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.start_kill();
    }
}

/// Returns the first of the ports that the demonstration wants, all of them free.
fn free_ports() -> u16 {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let mut bases = std::iter::repeat_with(|| rand::rng().random_range(150..300) * 100);
    bases.find(|base| [0, 1, 2, 3, 80, 91, 92].iter().all(|offset| free(base + offset))).expect("free ports")
}
