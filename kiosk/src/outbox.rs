//! What became of slips, kept on disk until the server's ledger has it; also of tickets that were issued while it was away.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use protocol::printing::{REPORTED_MAX, ReportSlips, SlipOutcome};
use station::{Station, disk};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
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
    /// Held by whoever writes the file, so that what is written last is what is kept now.
    writing: tokio::sync::Mutex<()>,
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
        Outbox {
            inner: Arc::new(Inner {
                path: path.to_owned(),
                kept: Mutex::new(kept),
                writing: tokio::sync::Mutex::default(),
                added: Notify::new(),
            }),
        }
    }

    /// Keeps an outcome until the server has it.
    pub async fn add(&self, outcome: SlipOutcome) {
        self.put(outcome);
        self.write().await;
        self.inner.added.notify_one();
    }

    fn put(&self, outcome: SlipOutcome) {
        let mut kept = self.kept();
        // A page that asks again is told again what became of the same slip.
        kept.retain(|known| (&known.request, known.job) != (&outcome.request, outcome.job));
        kept.push_back(outcome);
        while kept.len() > KEPT_MAX {
            kept.pop_front();
        }
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
                    self.remove(&told).await;
                    continue;
                }
                // It understood and does not want it: telling it again would keep back all that comes after.
                Ok(answer) if matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) => {
                    warn!(status = %answer.status, slips = told.len(), "the server does not take what became of slips");
                    self.remove(&told).await;
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
    async fn remove(&self, told: &[SlipOutcome]) {
        self.kept().retain(|outcome| !told.contains(outcome));
        self.write().await;
    }

    /// Waits for the disk beside the one thread that serves the page and the link.
    async fn write(&self) {
        let outbox = self.clone();
        if let Err(error) = spawn_blocking(move || outbox.write_now()).await {
            warn!(%error, "could not keep what became of a slip");
        }
    }

    fn write_now(&self) {
        let _alone = self.inner.writing.blocking_lock();
        let kept = self.kept().clone();
        let mut bytes = Vec::new();
        for outcome in kept {
            bytes.extend(serde_json::to_vec(&outcome).expect("an outcome is plain data"));
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

    #[tokio::test]
    async fn what_was_not_told_is_there_after_a_restart_and_what_was_told_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("outbox.jsonl");
        let outbox = Outbox::open(&path);
        outbox.add(outcome("a", Paper::Sent)).await;
        outbox.add(outcome("b", Paper::Printed)).await;
        outbox.add(outcome("a", Paper::Printed)).await;
        let told = outbox.oldest();
        assert_eq!(told, [outcome("b", Paper::Printed), outcome("a", Paper::Printed)], "once, as known last");
        let outbox = Outbox::open(&path);
        assert_eq!(outbox.oldest(), told);
        outbox.remove(&told[..1]).await;
        assert_eq!(Outbox::open(&path).oldest(), told[1..]);
    }

    #[tokio::test]
    async fn a_line_cut_off_by_a_power_cut_costs_that_line_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("outbox.jsonl");
        Outbox::open(&path).add(outcome("a", Paper::Printed)).await;
        let mut bytes = std::fs::read(&path).expect("reads");
        bytes.extend(b"{\"request\":\"b\",\"pa");
        std::fs::write(&path, bytes).expect("writes");
        assert_eq!(Outbox::open(&path).oldest(), [outcome("a", Paper::Printed)]);
    }

    #[tokio::test]
    async fn a_slow_disk_keeps_nobody_else_waiting_and_the_last_word_is_the_one_that_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("outbox.jsonl");
        let outbox = Outbox::open(&path);
        let slow = outbox.inner.writing.lock().await;
        let adding = |request: &'static str| {
            let outbox = outbox.clone();
            tokio::spawn(async move { outbox.add(outcome(request, Paper::Printed)).await })
        };
        let (one, two) = (adding("a"), adding("b"));
        while outbox.oldest().len() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(!one.is_finished() && !two.is_finished(), "it is not on disk");
        drop(slow);
        one.await.and(two.await).expect("did not panic");
        assert_eq!(Outbox::open(&path).oldest(), outbox.oldest());
    }

    fn outcome(request: &str, paper: Paper) -> SlipOutcome {
        let request = RequestId::new(request).expect("an id");
        SlipOutcome { request, job: None, number: "K001".parse().ok(), service: None, paper: Some(paper), at: Time(1) }
    }
}
