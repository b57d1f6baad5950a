//! How a station is, for those who look after machines: whether anything is wrong, and what.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use protocol::request::PrinterTrouble;
use serde::Serialize;

use crate::disk;
use crate::identity::StateFolder;
use crate::life::{Shared, Station};
use crate::standing::{Contact, Standing};

/// A page asks its station every two seconds; one that was not heard for so long is closed, or its browser hangs.
const PAGE_SILENT_MAX: Duration = Duration::from_secs(60);

/// How long it is believed that the disk takes a file: each try is a write that reaches the disk.
const DISK_TRIED_EVERY: Duration = Duration::from_secs(30);

/// What a station notices of itself besides its standing.
#[derive(Debug)]
pub(crate) struct Signs {
    started: Instant,
    page_asked: Mutex<Option<Instant>>,
    disk_tried: tokio::sync::Mutex<Option<(Instant, bool)>>,
}

impl Default for Signs {
    fn default() -> Signs {
        Signs { started: Instant::now(), page_asked: Mutex::default(), disk_tried: tokio::sync::Mutex::default() }
    }
}

impl Signs {
    /// A page is open and asked how the station stands.
    pub fn page_asked(&self) {
        *self.page_asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Returns for how long no page asked; since the start, if none has yet.
    fn page_silent(&self) -> Duration {
        let asked = *self.page_asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.unwrap_or(self.started).elapsed()
    }

    /// Returns whether the state folder takes a file.
    async fn disk_takes(&self, folder: &StateFolder) -> bool {
        // Held while the disk is tried: those who ask meanwhile wait for the same answer.
        let mut tried = self.disk_tried.lock().await;
        if let Some((at, takes)) = *tried
            && at.elapsed() < DISK_TRIED_EVERY
        {
            return takes;
        }
        let file = folder.file("probe");
        let wrote = tokio::task::spawn_blocking(move || disk::write_whole(&file, b"the disk takes a file\n").is_ok()).await;
        let takes = wrote.unwrap_or(false);
        *tried = Some((Instant::now(), takes));
        takes
    }
}

/// `GET /healthz` of a station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// `ok`, or `degraded` when there is any reason.
    pub status: Status,
    /// What is wrong.
    pub reasons: Vec<Reason>,
    /// The station's version.
    pub version: &'static str,
    /// For how long it runs.
    pub uptime_seconds: u64,
    /// For how long no page asked it anything.
    pub page_silent_seconds: u64,
}

/// Whether anything is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing.
    Ok,
    /// Something; the station does what it can.
    Degraded,
}

/// One thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No manager has approved the device yet, or it was revoked.
    NotPaired,
    /// The server does not answer.
    OutOfTouch,
    /// The printer is in this trouble.
    Printer(PrinterTrouble),
    /// Calls cannot be heard.
    VoiceSilent,
    /// The state folder takes no file: what should survive a power cut does not.
    Disk,
    /// No page is open, or its browser hangs.
    NoPage,
}

/// Always 200: a station that is out of paper or of touch still serves citizens, and starting it anew mends neither. That it
/// does not answer at all is for the service manager.
pub(crate) async fn healthz(State(station): State<Shared>) -> Response {
    let health = health(&station).await;
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(health)).into_response()
}

/// The same as figures, in the text format of Prometheus.
pub(crate) async fn metrics(State(station): State<Shared>) -> Response {
    let text = figures(&health(&station).await, station.told().now().printer.is_some());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn health(station: &Station) -> Health {
    let signs = station.signs();
    let disk = signs.disk_takes(station.folder()).await;
    let silent = signs.page_silent();
    let reasons = reasons(&station.told().now(), disk, silent);
    Health {
        status: if reasons.is_empty() { Status::Ok } else { Status::Degraded },
        reasons,
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: signs.started.elapsed().as_secs(),
        page_silent_seconds: silent.as_secs(),
    }
}

fn reasons(standing: &Standing, disk: bool, page_silent: Duration) -> Vec<Reason> {
    let trouble = standing.printer.as_ref().and_then(|printer| printer.trouble);
    let silent = standing.voice.as_ref().is_some_and(|voice| !voice.heard);
    let all = [
        (!standing.paired).then_some(Reason::NotPaired),
        (standing.server == Contact::Unreachable).then_some(Reason::OutOfTouch),
        trouble.map(Reason::Printer),
        silent.then_some(Reason::VoiceSilent),
        (!disk).then_some(Reason::Disk),
        (page_silent > PAGE_SILENT_MAX).then_some(Reason::NoPage),
    ];
    all.into_iter().flatten().collect()
}

fn figures(health: &Health, has_printer: bool) -> String {
    let well = |wrong: fn(&Reason) -> bool| u64::from(!health.reasons.iter().any(wrong));
    let printer = has_printer.then(|| ("foleni_station_printer_ready", well(|reason| matches!(reason, Reason::Printer(_)))));
    let lines = [
        Some(("foleni_station_paired", well(|reason| *reason == Reason::NotPaired))),
        Some(("foleni_station_in_touch", well(|reason| *reason == Reason::OutOfTouch))),
        printer,
        Some(("foleni_station_disk_writable", well(|reason| *reason == Reason::Disk))),
        Some(("foleni_station_page_silent_seconds", health.page_silent_seconds)),
        Some(("foleni_station_uptime_seconds", health.uptime_seconds)),
        resident_bytes().map(|bytes| ("foleni_station_resident_bytes", bytes)),
    ];
    lines.into_iter().flatten().map(|(name, figure)| format!("# TYPE {name} gauge\n{name} {figure}\n")).collect()
}

/// Returns the memory that this process holds; nothing where the system does not tell.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use protocol::DeviceId;
    use protocol::request::DeviceKind;

    use super::*;
    use crate::identity::Identity;
    use crate::standing::Told;

    #[test]
    fn a_station_that_has_all_it_needs_is_well() {
        assert_eq!(reasons(&well().now(), true, Duration::ZERO), []);
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        let told = Told::new(DeviceKind::Kiosk, device(), None);
        assert_eq!(reasons(&told.now(), true, Duration::ZERO), [Reason::NotPaired, Reason::OutOfTouch]);
        let told = well();
        told.printer(Some(PrinterTrouble::CoverOpen));
        told.voice(false);
        let all = [Reason::Printer(PrinterTrouble::CoverOpen), Reason::VoiceSilent, Reason::Disk, Reason::NoPage];
        assert_eq!(reasons(&told.now(), false, Duration::from_secs(61)), all);
        told.printer(None);
        told.voice(true);
        assert_eq!(reasons(&told.now(), true, Duration::from_secs(59)), []);
    }

    #[test]
    fn reasons_and_figures_have_the_shape_that_was_promised() {
        let health = Health {
            status: Status::Degraded,
            reasons: vec![Reason::OutOfTouch, Reason::Printer(PrinterTrouble::PaperOut)],
            version: "1",
            uptime_seconds: 7,
            page_silent_seconds: 1,
        };
        let promised = serde_json::json!({
            "status": "degraded", "reasons": ["out_of_touch", {"printer": "paper_out"}], "version": "1",
            "uptime_seconds": 7, "page_silent_seconds": 1,
        });
        assert_eq!(serde_json::to_value(&health).expect("plain data"), promised);
        let figures = figures(&health, true);
        for line in ["foleni_station_in_touch 0\n", "foleni_station_paired 1\n", "foleni_station_printer_ready 0\n"] {
            assert!(figures.contains(line), "{line} is not in {figures}");
        }
        assert!(!super::figures(&health, false).contains("printer"), "without a printer nothing is told of one");
    }

    #[tokio::test]
    async fn a_folder_that_takes_no_file_is_noticed() {
        let guard = tempfile::tempdir().expect("a folder");
        let folder = StateFolder::open(&guard.path().join("state")).expect("opens");
        assert!(Signs::default().disk_takes(&folder).await);
        std::fs::remove_dir_all(guard.path().join("state")).expect("removes");
        assert!(!Signs::default().disk_takes(&folder).await);
    }

    fn well() -> Told {
        let told = Told::new(DeviceKind::Kiosk, device(), None);
        told.paired(&Identity { device: device(), token: "t".into(), zone: None });
        told.contact(Contact::Connected);
        told
    }

    fn device() -> DeviceId {
        DeviceId::new("kiosk-1").expect("an id")
    }
}
