//! What became of slips, kept on disk until the server's ledger has it; also of tickets that were issued while it was away.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use protocol::printing::{REPORTED_MAX, ReportSlips, SlipOutcome};
use station::{Station, disk};
use tokio::sync::Notify;
use tokio::time::sleep;
use tracing::{debug, warn};

/// Outcomes that are kept while the server is away: a whole day of a busy kiosk.
const KEPT_MAX: usize = 2_048;

/// Far more than so many outcomes have.
const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// How long is waited before the server is told again.
const AGAIN: Duration = Duration::from_secs(3);

/// The outbox; clones are the same.
#[derive(Clone, Debug)]
pub struct Outbox {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    kept: Mutex<VecDeque<SlipOutcome>>,
    added: Notify,
}

impl Outbox {
    /// Takes what an earlier run could not tell. A damaged file is said, and costs what was in it.
    pub fn open(path: &Path) -> Outbox {
        let kept = match disk::read_small(path, FILE_BYTES_MAX) {
            Ok(bytes) => {
                let lines = bytes.as_deref().unwrap_or_default().split(|byte| *byte == b'\n');
                lines.filter_map(|line| serde_json::from_slice(line).ok()).collect()
            }
            Err(error) => {
                warn!(%error, "could not read which slips the server does not know of");
                VecDeque::new()
            }
        };
        Outbox { inner: Arc::new(Inner { path: path.to_owned(), kept: Mutex::new(kept), added: Notify::new() }) }
    }

    /// Keeps an outcome until the server has it.
    pub fn add(&self, outcome: SlipOutcome) {
        let mut kept = self.kept();
        // A page that asks again is told again what became of the same slip.
        kept.retain(|known| (&known.request, known.job) != (&outcome.request, outcome.job));
        kept.push_back(outcome);
        while kept.len() > KEPT_MAX {
            kept.pop_front();
        }
        self.write(&kept);
        self.inner.added.notify_one();
    }

    /// Tells the server for as long as the station lives.
    pub async fn keep_telling(self, station: Arc<Station>) {
        loop {
            let told = self.oldest();
            if told.is_empty() {
                self.inner.added.notified().await;
                continue;
            }
            let wait = match station.post("/api/v1/devices/me/slips", &ReportSlips { slips: told.clone() }).await {
                Ok(answer) if answer.status.is_success() => {
                    self.remove(&told);
                    continue;
                }
                // It understood and does not want it: telling it again would keep back all that comes after.
                Ok(answer) if matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) => {
                    warn!(status = %answer.status, slips = told.len(), "the server does not take what became of slips");
                    self.remove(&told);
                    continue;
                }
                Ok(answer) => {
                    debug!(status = %answer.status, "could not tell what became of slips");
                    AGAIN
                }
                Err(error) => {
                    debug!(%error, "could not tell what became of slips");
                    AGAIN
                }
            };
            sleep(wait).await;
        }
    }

    fn oldest(&self) -> Vec<SlipOutcome> {
        self.kept().iter().take(REPORTED_MAX).cloned().collect()
    }

    /// What was said again meanwhile stays.
    fn remove(&self, told: &[SlipOutcome]) {
        let mut kept = self.kept();
        kept.retain(|outcome| !told.contains(outcome));
        self.write(&kept);
    }

    fn write(&self, kept: &VecDeque<SlipOutcome>) {
        let mut bytes = Vec::new();
        for outcome in kept {
            bytes.extend(serde_json::to_vec(outcome).expect("an outcome is plain data"));
            bytes.push(b'\n');
        }
        if let Err(error) = disk::write_whole(&self.inner.path, &bytes) {
            warn!(%error, "could not keep what became of a slip: after a power cut the server would not know of it");
        }
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<SlipOutcome>> {
        self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use protocol::request::Paper;
    use protocol::{RequestId, Time};

    use super::*;

    #[test]
    fn what_was_not_told_is_there_after_a_restart_and_what_was_told_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("outbox.jsonl");
        let outbox = Outbox::open(&path);
        outbox.add(outcome("a", Paper::Sent));
        outbox.add(outcome("b", Paper::Printed));
        outbox.add(outcome("a", Paper::Printed));
        let told = outbox.oldest();
        assert_eq!(told, [outcome("b", Paper::Printed), outcome("a", Paper::Printed)], "once, as known last");
        let outbox = Outbox::open(&path);
        assert_eq!(outbox.oldest(), told);
        outbox.remove(&told[..1]);
        assert_eq!(Outbox::open(&path).oldest(), told[1..]);
    }

    #[test]
    fn a_line_cut_off_by_a_power_cut_costs_that_line_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("outbox.jsonl");
        Outbox::open(&path).add(outcome("a", Paper::Printed));
        let mut bytes = std::fs::read(&path).expect("reads");
        bytes.extend(b"{\"request\":\"b\",\"pa");
        std::fs::write(&path, bytes).expect("writes");
        assert_eq!(Outbox::open(&path).oldest(), [outcome("a", Paper::Printed)]);
    }

    fn outcome(request: &str, paper: Paper) -> SlipOutcome {
        let request = RequestId::new(request).expect("an id");
        SlipOutcome { request, job: None, number: "K001".parse().ok(), service: None, paper: Some(paper), at: Time(1) }
    }
}
