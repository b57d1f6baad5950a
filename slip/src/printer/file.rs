//! A file in place of a printer: for trying out, and for handing slips to another program.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::printer::{PrintFailure, Printed, Printer, PrinterStatus};

/// Appends each slip to a file, or puts each into a file of its own when the path is a folder or ends with a slash.
pub struct FilePrinter {
    path: PathBuf,
    is_folder: bool,
}

impl FilePrinter {
    /// Returns the printer that writes to this file or folder.
    pub fn new(path: &Path) -> FilePrinter {
        let is_folder = path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/");
        FilePrinter { path: path.to_owned(), is_folder }
    }

    fn open(&self) -> io::Result<File> {
        if !self.is_folder {
            return OpenOptions::new().append(true).create(true).open(&self.path);
        }
        fs::create_dir_all(&self.path)?;
        for number in self.last_number()? + 1.. {
            let path = self.path.join(format!("slip-{number:06}.bin"));
            match OpenOptions::new().write(true).create_new(true).open(path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                opened => return opened,
            }
        }
        Err(io::ErrorKind::StorageFull.into())
    }

    fn last_number(&self) -> io::Result<u64> {
        let number = |name: &str| name.strip_prefix("slip-")?.strip_suffix(".bin")?.parse::<u64>().ok();
        let names = fs::read_dir(&self.path)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(names.filter_map(|name| number(&name)).max().unwrap_or(0))
    }
}

impl Printer for FilePrinter {
    fn print_if(&mut self, job: &[u8], begin: &mut dyn FnMut() -> bool) -> Result<Printed, PrintFailure> {
        let mut file = self.open().map_err(|error| {
            tracing::debug!(%error, "could not open {}", self.path.display());
            PrintFailure::Refused(PrinterStatus::Unreachable)
        })?;
        if !begin() {
            return Err(PrintFailure::Refused(PrinterStatus::Ok));
        }
        file.write_all(job).map_err(|error| {
            tracing::debug!(%error, "could not write to {}", self.path.display());
            PrintFailure::Interrupted(PrinterStatus::Unreachable)
        })?;
        Ok(Printed::Printed(PrinterStatus::Ok))
    }

    fn status(&mut self) -> PrinterStatus {
        let parent = if self.is_folder { Some(self.path.as_path()) } else { self.path.parent() };
        match parent {
            Some(folder) if self.is_folder || folder.is_dir() => PrinterStatus::Ok,
            Some(_) | None => PrinterStatus::Unreachable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_every_slip_in_turn() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("slips.bin");
        let mut printer = FilePrinter::new(&path);
        assert_eq!(printer.print(b"one"), Ok(Printed::Printed(PrinterStatus::Ok)));
        assert_eq!(printer.print(b"two"), Ok(Printed::Printed(PrinterStatus::Ok)));
        assert_eq!(fs::read(path).expect("written"), b"onetwo");
    }

    #[test]
    fn a_folder_holds_one_file_a_slip_and_overwrites_none() {
        let folder = tempfile::tempdir().expect("a folder");
        for job in [b"one", b"two"] {
            // Each from a new start, as after a crash.
            assert!(FilePrinter::new(folder.path()).print(job).is_ok());
        }
        assert_eq!(fs::read(folder.path().join("slip-000001.bin")).expect("first"), b"one");
        assert_eq!(fs::read(folder.path().join("slip-000002.bin")).expect("second"), b"two");
    }

    #[test]
    fn a_file_in_no_folder_is_out_of_reach() {
        let mut printer = FilePrinter::new(Path::new("/nowhere/at/all/slips.bin"));
        assert_eq!(printer.status(), PrinterStatus::Unreachable);
        assert_eq!(printer.print(b"one"), Err(PrintFailure::Refused(PrinterStatus::Unreachable)));
    }
}
