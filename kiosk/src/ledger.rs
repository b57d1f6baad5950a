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
}

/// The slips that were begun.
#[derive(Debug)]
pub(crate) struct Ledger {
    path: PathBuf,
    file: Option<File>,
    lines: VecDeque<Line>,
    written: usize,
}

/// What is known of a request's slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// It is begun now.
    Now,
    /// It was begun before, and this became of it, if that is known.
    Before(Option<Paper>),
}

impl Ledger {
    /// Takes what an earlier run wrote; a line that was cut off in a power cut is passed over.
    pub(crate) fn open(path: &Path) -> Ledger {
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

    /// Begins a slip, unless that was done before. It is on the disk when this returns, or the disk's trouble is said:
    /// a slip matters more than its record.
    pub(crate) fn begin(&mut self, request: &RequestId) -> Begun {
        if let Some(line) = self.lines.iter().rev().find(|line| line.request == *request) {
            return Begun::Before(line.paper);
        }
        self.write(Line { request: request.clone(), paper: None }, true);
        Begun::Now
    }

    /// Writes what became of it.
    pub(crate) fn done(&mut self, request: &RequestId, paper: Paper) {
        self.write(Line { request: request.clone(), paper: Some(paper) }, false);
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
    use super::*;

    #[test]
    fn a_slip_is_begun_once_also_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("slips.jsonl");
        let mut ledger = Ledger::open(&path);
        assert_eq!(ledger.begin(&id("a")), Begun::Now);
        assert_eq!(ledger.begin(&id("b")), Begun::Now);
        ledger.done(&id("a"), Paper::Printed);
        assert_eq!(ledger.begin(&id("a")), Begun::Before(Some(Paper::Printed)));
        let mut ledger = Ledger::open(&path);
        assert_eq!(ledger.begin(&id("a")), Begun::Before(Some(Paper::Printed)));
        assert_eq!(ledger.begin(&id("b")), Begun::Before(None), "the power went in the middle of it");
        assert_eq!(ledger.begin(&id("c")), Begun::Now);
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
        assert_eq!(ledger.begin(&id("b")), Begun::Now);
        assert_eq!(Ledger::open(&path).begin(&id("b")), Begun::Before(None));
        assert_eq!(Ledger::open(&path).begin(&id("a")), Begun::Before(None));
    }

    #[test]
    fn the_file_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("slips.jsonl");
        let mut ledger = Ledger::open(&path);
        for number in 0..LINES_MAX + 10 {
            ledger.write(Line { request: id(&number.to_string()), paper: None }, false);
        }
        let lines = std::fs::read_to_string(&path).expect("reads").lines().count();
        assert!(lines <= LINES_MAX, "{lines}");
        assert_eq!(ledger.begin(&id(&(LINES_MAX + 9).to_string())), Begun::Before(None));
    }

    #[test]
    fn a_full_disk_does_not_keep_a_slip_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut ledger = Ledger::open(&folder.path().join("nowhere").join("slips.jsonl"));
        assert_eq!(ledger.begin(&id("a")), Begun::Now);
        assert_eq!(ledger.begin(&id("a")), Begun::Before(None));
    }

    fn id(text: &str) -> RequestId {
        RequestId::new(text).expect("an id")
    }
}
