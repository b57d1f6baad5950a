//! Tells the system's service manager, where there is one, that a station is ready, that it lives, and that it stops.

use std::time::Duration;

/// The page can be opened.
pub(crate) fn ready() {
    tell(State::Ready);
}

/// The station was told to stop.
pub(crate) fn stopping() {
    tell(State::Stopping);
}

/// Says again and again that the station lives, twice as often as the service manager asks for; for ever.
///
/// It is said on the thread that serves the page: one that hangs falls silent, and is started anew.
pub(crate) async fn beat() {
    let Some(within) = watchdog() else { return std::future::pending().await };
    loop {
        tell(State::Alive);
        tokio::time::sleep(within / 2).await;
    }
}

#[derive(Clone, Copy)]
enum State {
    Ready,
    Alive,
    Stopping,
}

#[cfg(target_os = "linux")]
fn tell(state: State) {
    use sd_notify::NotifyState;
    let state = match state {
        State::Ready => NotifyState::Ready,
        State::Alive => NotifyState::Watchdog,
        State::Stopping => NotifyState::Stopping,
    };
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "could not tell the service manager how this station is");
    }
}

/// Returns within which time the service manager wants to hear that the station lives; nothing where it does not.
#[cfg(target_os = "linux")]
fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled().filter(|within| !within.is_zero())
}

#[cfg(not(target_os = "linux"))]
fn tell(_state: State) {}

#[cfg(not(target_os = "linux"))]
fn watchdog() -> Option<Duration> {
    None
}
