//! Programs that an earlier demonstration left behind because it was killed: they are stopped before a new one begins.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The folder of notes, one a child, each with its process number.
const NOTES: &str = "running";

/// Notes that a child of this name runs.
pub fn note(folder: &Path, name: &str, pid: u32) -> io::Result<()> {
    fs::create_dir_all(folder.join(NOTES))?;
    fs::write(folder.join(NOTES).join(name), pid.to_string())
}

/// Takes the note away: the child has ended.
pub fn forget(folder: &Path, name: &str) {
    // Without a note there is nothing to forget.
    let _ = fs::remove_file(folder.join(NOTES).join(name));
}

/// Stops what is still running for this folder; returns the names of what was.
pub fn stop(folder: &Path) -> Vec<String> {
    let Ok(folder) = folder.canonicalize() else { return Vec::new() };
    let Ok(notes) = fs::read_dir(folder.join(NOTES)) else { return Vec::new() };
    let left = notes.flatten().filter_map(|note| {
        let pid = fs::read_to_string(note.path()).ok()?.trim().parse().ok().and_then(Pid::from_raw)?;
        (is_ours(pid, &folder) && end(pid)).then(|| note.file_name().to_string_lossy().into_owned())
    });
    left.collect()
}

/// A process number is used again after a while: ours is only the one that was told of this folder.
fn is_ours(pid: Pid, folder: &Path) -> bool {
    let told = fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default();
    let folder = folder.as_os_str().as_encoded_bytes();
    told.split(|byte| *byte == 0).any(|argument| argument.starts_with(folder))
}

/// Asks it to stop, and insists after a while.
fn end(pid: Pid) -> bool {
    const PATIENCE: Duration = Duration::from_secs(5);
    let asked = Instant::now();
    let mut told = kill_process(pid, Signal::TERM).is_ok();
    while told && runs(pid) && asked.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(50));
    }
    if runs(pid) {
        told = kill_process(pid, Signal::KILL).is_ok();
    }
    told
}

/// A process that has ended and that nobody asked about yet has no command line any more.
fn runs(pid: Pid) -> bool {
    fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).is_ok_and(|told| !told.is_empty())
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command};

    use super::*;

    #[test]
    fn what_was_left_behind_is_stopped_and_nobody_else_is() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().canonicalize().expect("a path");
        let (mut ours, mut other) = (sleeper(folder.join("kiosk-1").as_os_str()), sleeper("elsewhere".as_ref()));
        note(&folder, "kiosk-1", ours.id()).expect("notes");
        note(&folder, "display-1", other.id()).expect("notes");
        note(&folder, "server", u32::MAX / 4).expect("notes");
        assert_eq!(stop(&folder), ["kiosk-1"]);
        assert!(ours.try_wait().expect("a status").is_some());
        assert!(other.try_wait().expect("a status").is_none(), "a number that is used again is left alone");
        other.kill().and_then(|()| other.wait()).expect("ends");
    }

    #[test]
    fn an_ended_child_is_forgotten() {
        let home = tempfile::tempdir().expect("a folder");
        note(home.path(), "server", 1).expect("notes");
        forget(home.path(), "server");
        assert!(stop(home.path()).is_empty());
    }

    fn sleeper(argument: &std::ffi::OsStr) -> Child {
        let child = Command::new("/bin/sh").args(["-c", "sleep 60; true"]).arg(argument).spawn().expect("starts");
        let pid = Pid::from_child(&child);
        let began = Instant::now();
        // Until it has become the shell, its command line is that of this test.
        while !fs::read(format!("/proc/{}/comm", pid.as_raw_nonzero())).is_ok_and(|name| name == b"sh\n") {
            assert!(began.elapsed() < Duration::from_secs(10), "it does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        child
    }
}
