//! Remembers on disk which slips were begun, so that a request that comes again prints no second slip, also after a
//! restart in the middle of printing.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use protocol::RequestId;
use protocol::request::Paper;
use serde::{Deserialize, Serialize};
use station::disk;
use tracing::warn;

/// Requests that are remembered. A page repeats within seconds; this is hours of a busy kiosk.
const REMEMBERED_MAX: usize = 512;

/// Lines after which the file is written anew.
const LINES_MAX: usize = 4 * REMEMBERED_MAX;

/// Far more than so many lines have.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// One line of the file. A later line about the same request replaces an earlier one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    request: RequestId,
    /// What became of the paper; absent while that is not known.
    paper: Option<Paper>,
    /// Whether some of a slip that failed may be on paper.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    in_doubt: bool,
}

/// The slips that were begun.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    file: Option<File>,
    lines: VecDeque<Line>,
    written: usize,
}

/// What is known of a request's slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It was never begun.
    Never,
    /// It was begun or refused before, and this became of it, if that is known.
    Before(Option<Paper>),
}

impl Ledger {
    /// Takes what an earlier run wrote; a line that was cut off in a power cut is passed over.
    pub fn open(path: &Path) -> Ledger {
        let mut ledger = Ledger { path: path.to_owned(), file: None, lines: VecDeque::new(), written: 0 };
        match disk::read_small(path, FILE_BYTES_MAX) {
            Ok(bytes) => {
                let lines = bytes.as_deref().unwrap_or_default().split(|byte| *byte == b'\n');
                lines.filter_map(|line| serde_json::from_slice(line).ok()).for_each(|line| ledger.remember(line));
            }
            Err(error) => warn!(%error, "could not read which slips were printed"),
        }
        if let Err(error) = ledger.write_anew() {
            warn!(%error, "could not write which slips are printed: after a restart one might be printed twice");
        }
        ledger
    }

    /// Returns what is known of a request's slip.
    pub fn find(&self, request: &RequestId) -> Begun {
        let known = self.lines.iter().rev().find(|line| line.request == *request);
        known.map_or(Begun::Never, |line| Begun::Before(line.paper))
    }

    /// Begins a slip, and says whether it may be sent: a second time it may not. It is on the disk when this returns, or the
    /// disk's trouble is said: a slip matters more than its record.
    pub fn begin(&mut self, request: &RequestId) -> bool {
        if self.find(request) != Begun::Never {
            return false;
        }
        self.write(Line { request: request.clone(), paper: None, in_doubt: false }, true);
        true
    }

    /// Writes what became of it.
    pub fn done(&mut self, request: &RequestId, paper: Paper, in_doubt: bool) {
        self.write(Line { request: request.clone(), paper: Some(paper), in_doubt }, false);
    }

    /// Tells whether the last slip that was begun may be torn: an earlier run was stopped in the middle of it, or was left in
    /// doubt. Slips that were refused since changed nothing.
    pub fn may_be_torn(&self) -> bool {
        let was_begun = |line: &&Line| line.in_doubt || !matches!(line.paper, Some(Paper::Failed { .. }));
        self.lines.iter().rev().find(was_begun).is_some_and(|line| line.in_doubt || line.paper.is_none())
    }

    fn write(&mut self, line: Line, flush: bool) {
        let bytes = serde_json::to_vec(&line).expect("a line is plain data");
        self.remember(line);
        if let Err(error) = self.append(&bytes, flush) {
            warn!(%error, "could not write which slip is printed");
            self.file = None;
        }
    }

    fn append(&mut self, bytes: &[u8], flush: bool) -> io::Result<()> {
        if self.written >= LINES_MAX || self.file.is_none() {
            return self.write_anew(); // this line is among those remembered
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(&[bytes, b"\n"].concat())?;
        self.written += 1;
        if flush { file.sync_data() } else { Ok(()) }
    }

    fn write_anew(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        for line in &self.lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        self.written = self.lines.len();
        disk::write_whole(&self.path, &bytes)?;
        self.file = Some(disk::private().append(true).open(&self.path)?);
        Ok(())
    }

    fn remember(&mut self, line: Line) {
        self.lines.retain(|known| known.request != line.request);
        self.lines.push_back(line);
        if self.lines.len() > REMEMBERED_MAX {
            self.lines.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::request::PrinterTrouble;

    use super::*;

    #[test]
    fn a_slip_is_begun_once_also_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("slips.jsonl");
        let mut ledger = Ledger::open(&path);
        assert!(ledger.begin(&id("a")) && !ledger.begin(&id("a")));
        ledger.done(&id("a"), Paper::Printed, false);
        assert!(!ledger.may_be_torn());
        assert!(ledger.begin(&id("b")));
        assert_eq!(ledger.find(&id("a")), Begun::Before(Some(Paper::Printed)));
        let mut ledger = Ledger::open(&path);
        assert!(ledger.may_be_torn(), "the power went in the middle of b");
        assert_eq!(ledger.find(&id("a")), Begun::Before(Some(Paper::Printed)));
        assert_eq!(ledger.find(&id("b")), Begun::Before(None));
        assert!(!ledger.begin(&id("b")), "nobody knows whether it came out");
        assert_eq!(ledger.find(&id("c")), Begun::Never);
    }

    #[test]
    fn a_torn_slip_is_remembered_until_one_is_whole_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("slips.jsonl");
        let failed = Paper::Failed { trouble: PrinterTrouble::PaperOut };
        let mut ledger = Ledger::open(&path);
        ledger.begin(&id("a"));
        ledger.done(&id("a"), failed, true);
        ledger.done(&id("b"), failed, false);
        let mut ledger = Ledger::open(&path);
        assert!(ledger.may_be_torn(), "what was refused since changed nothing");
        ledger.begin(&id("c"));
        ledger.done(&id("c"), Paper::Printed, false);
        assert!(!Ledger::open(&path).may_be_torn());
    }

    #[test]
    fn a_line_cut_off_by_a_power_cut_costs_that_line_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("slips.jsonl");
        Ledger::open(&path).begin(&id("a"));
        std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(b"{\"request\":\"b\",\"pa"))
            .expect("writes");
        let mut ledger = Ledger::open(&path);
        assert!(ledger.begin(&id("b")));
        assert_eq!(Ledger::open(&path).find(&id("b")), Begun::Before(None));
        assert_eq!(Ledger::open(&path).find(&id("a")), Begun::Before(None));
    }

    #[test]
    fn the_file_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("slips.jsonl");
        let mut ledger = Ledger::open(&path);
        for number in 0..LINES_MAX + 10 {
            ledger.write(Line { request: id(&number.to_string()), paper: None, in_doubt: false }, false);
        }
        let lines = std::fs::read_to_string(&path).expect("reads").lines().count();
        assert!(lines <= LINES_MAX, "{lines}");
        assert_eq!(ledger.find(&id(&(LINES_MAX + 9).to_string())), Begun::Before(None));
    }

    #[test]
    fn a_full_disk_does_not_keep_a_slip_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut ledger = Ledger::open(&folder.path().join("nowhere").join("slips.jsonl"));
        assert!(ledger.begin(&id("a")));
        assert!(!ledger.begin(&id("a")));
    }

    fn id(text: &str) -> RequestId {
        RequestId::new(text).expect("an id")
    }
}
