//! The real programs, found beside this one, and what each is told at its start.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tokio::sync::mpsc;

use crate::calendar::Calendar;
use crate::children::Recipe;
use crate::clock::CentreClock;
use crate::options::Options;

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
}

/// Finds the programs beside this one.
pub fn find() -> Result<Programs> {
    let own = std::env::current_exe().context("find this program")?;
    let folder = own.parent().context("find this program's folder")?.to_owned();
    let programs = Programs { folder };
    for name in ["foleni-server", "foleni-kiosk", "foleni-display"] {
        let file = programs.file(name);
        ensure!(
            file.is_file(),
            "{} is not there: build it first, with `make run` or `cargo build -p server -p kiosk -p display`",
            file.display()
        );
    }
    Ok(programs)
}

impl Programs {
    /// Returns how the server is started: its clock goes on from the centre's time, and runs at its pace.
    pub fn server(&self, options: &Options, centre: &str, data: &Path, calendar: Calendar, clock: CentreClock) -> Recipe {
        let fixed: Vec<OsString> = [
            "run".into(),
            "--centre".into(),
            centre.into(),
            "--listen".into(),
            options.server().to_string().into(),
            "--data".into(),
            data.into(),
            "--frame-ancestor".into(),
            options.start_origin().into(),
        ]
        .into();
        let arguments = move || {
            // Whole seconds, rounded up: the centre's time never runs backwards.
            let now = calendar.local(clock.now().plus(999)).format("%Y-%m-%dT%H:%M:%S");
            let told = [format!("--demo-clock={now}"), format!("--demo-pace={}", clock.pace())];
            fixed.iter().cloned().chain(told.map(OsString::from)).collect()
        };
        Recipe { name: "server", program: self.file("foleni-server"), arguments: Box::new(arguments), lines: None }
    }

    /// Returns how the door's kiosk is started.
    pub fn kiosk(&self, options: &Options, state: &Path, lines: mpsc::Sender<String>) -> Recipe {
        let mut told = station("kiosk-1", options.server(), state, options.kiosk_port(), options);
        told.push(format!("--printer=tcp://{}", options.printer()).into());
        Recipe { name: "kiosk-1", program: self.file("foleni-kiosk"), arguments: Box::new(move || told.clone()), lines: Some(lines) }
    }

    /// Returns how a display is started, the first or the second.
    pub fn display(&self, options: &Options, number: u16, server: SocketAddr, state: &Path) -> Recipe {
        let name = if number == 1 { "display-1" } else { "display-2" };
        let told = station(name, server, state, options.display_port(number), options);
        Recipe { name, program: self.file("foleni-display"), arguments: Box::new(move || told.clone()), lines: None }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn station(name: &str, server: SocketAddr, state: &Path, port: u16, options: &Options) -> Vec<OsString> {
    [
        "run".into(),
        format!("--server=http://{server}").into(),
        format!("--device={name}").into(),
        "--state".into(),
        state.into(),
        format!("--port={port}").into(),
        format!("--frame-ancestors={}", options.start_origin()).into(),
    ]
    .into()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::calendar::tests::{at, mombasa};

    #[test]
    fn a_server_that_comes_back_goes_on_from_the_centres_time() {
        let programs = Programs { folder: "/bin".into() };
        let options = Options::parse_from(["foleni-demo"]);
        let clock = CentreClock::new(at("2026-11-24T06:30:00"), 0);
        let recipe = programs.server(&options, "mombasa", Path::new("/tmp/x"), mombasa(), clock.clone());
        let told = |wanted: &str| (recipe.arguments)().iter().any(|argument| argument == wanted);
        assert!(told("--demo-clock=2026-11-24T06:30:00") && told("--demo-pace=0"));
        clock.tell(at("2026-11-24T09:40:00").plus(1), 0);
        assert!(told("--demo-clock=2026-11-24T09:40:01"));
    }
}
