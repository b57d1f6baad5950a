//! Tells the server how a station's printer and speaker are: at each change, and again after each reconnect.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use protocol::Time;
use protocol::request::{PrinterReport, VoiceReport};
use tokio::time::sleep;
use tracing::debug;

use crate::life::Station;
use crate::standing::{Contact, Standing};

/// What the server was told since it was last out of touch.
#[derive(Default)]
struct Reported {
    since: Time,
    printer: Option<PrinterReport>,
    voice: Option<VoiceReport>,
}

/// Reports for as long as the station lives.
pub(crate) async fn keep_told(station: Arc<Station>) {
    let mut watch = station.told().watch();
    let mut reported = Reported::default();
    loop {
        let standing = watch.borrow_and_update().clone();
        if standing.since != reported.since {
            reported = Reported { since: standing.since, ..Reported::default() };
        }
        let in_touch = standing.paired && standing.server == Contact::Connected;
        if in_touch && !report(&station, &standing, &mut reported).await {
            sleep(Duration::from_secs(2)).await;
            continue;
        }
        if watch.changed().await.is_err() {
            return;
        }
    }
}

/// Sends what the server does not know yet. Returns whether it knows all now.
async fn report(station: &Station, standing: &Standing, reported: &mut Reported) -> bool {
    if standing.printer != reported.printer {
        let Some(report) = &standing.printer else { return true };
        if !send(station, "printer", report).await {
            return false;
        }
        reported.printer = standing.printer.clone();
    }
    if standing.voice != reported.voice {
        let Some(report) = &standing.voice else { return true };
        if !send(station, "voice", report).await {
            return false;
        }
        reported.voice = standing.voice.clone();
    }
    true
}

/// A server that refuses is not asked again with the same words: only one that could not be asked is.
async fn send<T: serde::Serialize>(station: &Station, what: &str, report: &T) -> bool {
    let path = format!("/api/v1/devices/me/{what}");
    match station.post(&path, report).await {
        Ok(answer) if answer.status.is_success() => true,
        Ok(answer) => {
            debug!(status = %answer.status, "the server did not take the report about the {what}");
            answer.status.is_client_error() && answer.status != StatusCode::TOO_MANY_REQUESTS
        }
        Err(error) => {
            debug!(%error, "could not report about the {what}");
            false
        }
    }
}
