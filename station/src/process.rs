//! What every station's program needs of its process: to be stopped, to name requests, to open a page on loopback.

use std::fs::{File, TryLockError};
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use protocol::RequestId;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::backoff::Backoff;
use crate::life::Station;
use crate::{disk, page, supervisor};

/// The exit status of a station that ends because it was ordered to start anew: no failure, and the service manager starts
/// it again.
pub const RESTART_ORDERED: u8 = 75;

/// Returns a token that is cancelled when the process is told to stop.
pub fn stop_on_signal() -> io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let told = stop.clone();
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        signals.next().await;
        info!("told to stop");
        supervisor::stopping();
        told.cancel();
    });
    Ok(stop)
}

/// Holds a state folder for this process alone until the file is dropped: two programs that keep the same numbers or records
/// would spoil them for each other. One that has just been told to stop is waited for.
pub fn hold_alone(folder: &Path) -> io::Result<File> {
    /// A program that stops lets its slip come out first.
    const STOPPING: Duration = Duration::from_secs(6);
    std::fs::create_dir_all(folder)?;
    let lock = disk::private().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    let deadline = Instant::now() + STOPPING;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(50)),
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(io::ErrorKind::WouldBlock, "another program uses this state folder"));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Returns a name for a request that no other request has.
pub fn new_request() -> RequestId {
    let text = format!("{:016x}{:016x}", Backoff::seed(), Backoff::seed());
    RequestId::new(&text).expect("hexadecimal digits are well formed")
}

/// Serves a station's page on loopback until it is stopped. Port 0 takes a free one.
pub async fn serve_page(
    station: &Arc<Station>,
    port: u16,
    own: Router,
    frame_ancestors: &[String],
    stop: CancellationToken,
) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    info!("the page is at http://{}", listener.local_addr()?);
    supervisor::ready();
    tokio::select! {
        served = page::serve(listener, page::router(station, own, frame_ancestors), stop) => served,
        () = supervisor::beat() => Ok(()),
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
