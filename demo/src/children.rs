//! The real programs as child processes: started, watched, started again when they die, stopped by their process number.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child as Process, Command};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use crate::leftovers;

/// How to start a program; asked anew at each start.
pub type Arguments = Box<dyn Fn() -> Vec<OsString> + Send + Sync>;

/// A program to keep running.
pub struct Recipe {
    /// What people call it, and its log.
    pub name: &'static str,
    /// The file.
    pub program: PathBuf,
    /// What it is told.
    pub arguments: Arguments,
    /// Who reads over its shoulder, line by line.
    pub lines: Option<mpsc::Sender<String>>,
}

/// A program that is kept running.
#[derive(Clone, Debug)]
pub struct Child {
    pull: mpsc::Sender<Duration>,
    running: watch::Receiver<bool>,
}

impl Child {
    /// Kills it as a power cut does; it is started again after `rest`.
    pub async fn pull_plug(&self, rest: Duration) {
        // A program that is being started again already has no plug to pull.
        let _ = self.pull.try_send(rest);
        let mut running = self.running.clone();
        let _ = timeout(Duration::from_secs(2), running.wait_for(|running| !running)).await;
    }

    /// Tells whether the process runs.
    pub fn runs(&self) -> bool {
        *self.running.borrow()
    }
}

/// All children of this demonstration.
#[derive(Debug)]
pub struct Children {
    folder: PathBuf,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Children {
    /// Returns a nursery that writes what children say into `logs` of a folder, and beside it which of them run.
    pub fn new(folder: &Path, stop: CancellationToken) -> Children {
        Children { folder: folder.to_owned(), stop, tasks: TaskTracker::new() }
    }

    /// Starts a program and keeps it running.
    pub fn start(&self, recipe: Recipe) -> Child {
        let (pull, pulled) = mpsc::channel(1);
        let (up, running) = watch::channel(false);
        self.tasks.spawn(keep(recipe, self.folder.clone(), pulled, up, self.stop.clone()));
        Child { pull, running }
    }

    /// Waits until all have ended; call it after the stop.
    pub async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn keep(recipe: Recipe, folder: PathBuf, mut pulled: mpsc::Receiver<Duration>, up: watch::Sender<bool>, stop: CancellationToken) {
    const REST_SHORTEST: Duration = Duration::from_secs(1);
    const REST_LONGEST: Duration = Duration::from_secs(20);
    let log = folder.join("logs").join(format!("{}.log", recipe.name));
    let mut rest = REST_SHORTEST;
    loop {
        let started = Instant::now();
        let again = match spawn(&recipe, &log) {
            Ok(mut process) => {
                up.send_replace(true);
                let noted = process.id().map_or(Ok(()), |pid| leftovers::note(&folder, recipe.name, pid));
                if let Err(error) = noted {
                    warn!(%error, "could not note that {} runs", recipe.name);
                }
                tokio::select! {
                    () = stop.cancelled() => {
                        end(recipe.name, process).await;
                        return leftovers::forget(&folder, recipe.name);
                    }
                    Some(rest) = pulled.recv() => {
                        println!("the plug of {} is pulled", recipe.name);
                        if let Err(error) = process.kill().await {
                            warn!(%error, "could not kill {}", recipe.name);
                        }
                        Some(rest)
                    }
                    status = process.wait() => { say_ended(recipe.name, &status, &log); None }
                }
            }
            Err(error) => {
                println!("could not start {}: {error}", recipe.program.display());
                None
            }
        };
        up.send_replace(false);
        rest = if started.elapsed() > REST_LONGEST { REST_SHORTEST } else { (rest * 2).min(REST_LONGEST) };
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(again.unwrap_or(rest)) => {}
        }
    }
}

fn say_ended(name: &str, status: &io::Result<ExitStatus>, log: &Path) {
    match status {
        Ok(status) => println!("{name} has ended by itself ({status}) and is started again; its log is {}", log.display()),
        Err(error) => println!("{name} was lost ({error}) and is started again"),
    }
}

fn spawn(recipe: &Recipe, log: &Path) -> io::Result<Process> {
    let mut process = Command::new(&recipe.program)
        .args((recipe.arguments)())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Ctrl-C is meant for us; the children are told in turn.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    if let Some(out) = process.stdout.take() {
        tokio::spawn(listen(out, log.to_owned(), recipe.lines.clone()));
    }
    if let Some(err) = process.stderr.take() {
        tokio::spawn(listen(err, log.to_owned(), recipe.lines.clone()));
    }
    Ok(process)
}

/// Writes what a child says into its log; the log begins again when it is large.
async fn listen(said: impl AsyncRead + Unpin, log: PathBuf, lines: Option<mpsc::Sender<String>>) {
    const LOG_BYTES_MAX: u64 = 8 * 1024 * 1024;
    let mut said = BufReader::new(said);
    let mut line = Vec::new();
    let mut file = append(&log).await;
    while said.read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
        if let Ok(file) = &mut file {
            let large = file.metadata().await.is_ok_and(|metadata| metadata.len() > LOG_BYTES_MAX);
            let written = if large { file.set_len(0).await } else { Ok(()) };
            if let Err(error) = written.and(file.write_all(&line).await) {
                debug!(%error, "could not write a log");
            }
        }
        if let Some(lines) = &lines {
            // Whoever reads over the shoulder must not slow the child down.
            let _ = lines.try_send(String::from_utf8_lossy(&line).into_owned());
        }
        line.clear();
    }
}

async fn append(log: &Path) -> io::Result<File> {
    File::options().create(true).append(true).open(log).await
}

/// Asks a child to stop, and insists after a while.
async fn end(name: &str, mut process: Process) {
    const PATIENCE: Duration = Duration::from_secs(6);
    let pid = process.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
    if let Some(pid) = pid
        && let Err(error) = kill_process(pid, Signal::TERM)
    {
        debug!(%error, "could not tell {name} to stop");
    }
    if timeout(PATIENCE, process.wait()).await.is_err() {
        println!("{name} did not stop when it was told to, and was killed");
        if let Err(error) = process.kill().await {
            warn!(%error, "could not kill {name}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_child_that_dies_is_started_again_and_ends_when_told() {
        let folder = folder();
        let stop = CancellationToken::new();
        let children = Children::new(folder.path(), stop.clone());
        let (lines, mut said) = mpsc::channel(16);
        let child = children.start(shell("echo hello; sleep 60", lines));
        assert_eq!(said.recv().await.as_deref(), Some("hello\n"));
        assert!(child.runs());
        child.pull_plug(Duration::from_millis(10)).await;
        assert_eq!(said.recv().await.as_deref(), Some("hello\n"), "it is up again");
        stop.cancel();
        timeout(Duration::from_secs(5), children.ended()).await.expect("ends in time");
        let log = std::fs::read_to_string(folder.path().join("logs/child.log")).expect("a log");
        assert_eq!(log, "hello\nhello\n");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_does_not_stop_the_others() {
        let folder = folder();
        let stop = CancellationToken::new();
        let children = Children::new(folder.path(), stop.clone());
        let (lines, _said) = mpsc::channel(1);
        let child = children.start(Recipe { program: folder.path().join("nothing"), ..shell("", lines) });
        tokio::task::yield_now().await;
        assert!(!child.runs());
        stop.cancel();
        timeout(Duration::from_secs(5), children.ended()).await.expect("ends in time");
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("logs")).expect("a folder for logs");
        folder
    }

    fn shell(script: &'static str, lines: mpsc::Sender<String>) -> Recipe {
        Recipe {
            name: "child",
            program: "/bin/sh".into(),
            arguments: Box::new(move || vec!["-c".into(), script.into()]),
            lines: Some(lines),
        }
    }
}
