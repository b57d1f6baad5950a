//! Keeps the last catalogue on disk, so that a cold boot with the server down still names every service.

use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::template::SlipTemplate;
use protocol::view::Catalogue;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::disk;
use crate::files::held;
use crate::identity::StateFolder;
use crate::life::{Shared, Station};
use crate::proxy::ANSWER_BYTES_MAX;

/// How long a page waits for the server's catalogue while there is a kept one.
const HANGING: Duration = Duration::from_secs(2);

/// Where it is asked for.
pub(crate) const PATH: &str = "/api/v1/catalogue";

/// Says in an answer that the catalogue is the kept one, because the server cannot be asked.
pub(crate) const KEPT: HeaderName = HeaderName::from_static("foleni-kept");

/// The catalogue as the server sent it last.
#[derive(Debug)]
pub(crate) struct KeptCatalogue {
    folder: StateFolder,
    last: Mutex<Option<Version>>,
    slip: watch::Sender<SlipTemplate>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    etag: HeaderValue,
    body: Bytes,
}

impl KeptCatalogue {
    /// Takes what an earlier run kept. A damaged file is as good as none, and is said.
    pub(crate) fn open(folder: StateFolder) -> KeptCatalogue {
        let last = read(&folder).unwrap_or_else(|error| {
            warn!(%error, "the kept catalogue is damaged: it is asked for again");
            None
        });
        let slip = watch::Sender::new(last.as_ref().map(slip_of).unwrap_or_default());
        KeptCatalogue { folder, last: Mutex::new(last), slip }
    }

    /// Asks the server for a newer one and keeps it. Returns what the server said instead, when it said something else.
    pub(crate) async fn renew(&self, station: &Station) -> Renewed {
        let mut headers = HeaderMap::new();
        if let Some(version) = self.last() {
            headers.insert(header::IF_NONE_MATCH, version.etag);
        }
        let answer = match station.ask(Method::GET, PATH, headers, Bytes::new()).await {
            Ok(answer) => answer,
            Err(_) => return Renewed::NoAnswer,
        };
        if answer.status == StatusCode::NOT_MODIFIED {
            return Renewed::Fresh;
        }
        if answer.status.is_server_error() {
            return Renewed::NoAnswer;
        }
        let readable = serde_json::from_slice::<Catalogue>(&answer.body).is_ok();
        let etag = answer.headers.get(header::ETAG).cloned();
        match (answer.status, etag) {
            (StatusCode::OK, Some(etag)) if readable => {
                self.keep(Version { etag, body: answer.body });
                Renewed::Fresh
            }
            _ => Renewed::Other(Box::new(answer.into_response())),
        }
    }

    fn keep(&self, version: Version) {
        if self.last().as_ref() == Some(&version) {
            return;
        }
        match write(&self.folder, &version) {
            Ok(()) => info!("a new catalogue is kept"),
            Err(error) => warn!(%error, "could not keep the catalogue on disk"),
        }
        self.slip.send_replace(slip_of(&version));
        *self.last.lock().expect("nobody panics while holding the catalogue") = Some(version);
    }

    /// Returns the catalogue that is kept.
    pub(crate) fn known(&self) -> Option<Catalogue> {
        serde_json::from_slice(&self.last()?.body).ok()
    }

    /// Tells whether the kept catalogue is this version.
    pub(crate) fn is(&self, version: &str) -> bool {
        self.last().is_some_and(|last| last.etag.as_bytes() == version.as_bytes())
    }

    /// Returns how slips look, by the kept catalogue.
    pub(crate) fn slip_template(&self) -> watch::Receiver<SlipTemplate> {
        self.slip.subscribe()
    }

    fn last(&self) -> Option<Version> {
        self.last.lock().expect("nobody panics while holding the catalogue").clone()
    }
}

/// Returns how the centre's slips look by the catalogue that a station keeps in this folder; as Foleni has them where there is
/// none.
pub fn kept_slip_template(state: &Path) -> SlipTemplate {
    let kept = StateFolder::at(state);
    let version = read(&kept).unwrap_or_else(|error| {
        warn!(%error, "the kept catalogue cannot be read: the slip looks as without one");
        None
    });
    version.as_ref().map(slip_of).unwrap_or_default()
}

fn slip_of(version: &Version) -> SlipTemplate {
    serde_json::from_slice::<Catalogue>(&version.body).map(|catalogue| catalogue.slip).unwrap_or_default()
}

/// What came of asking.
#[derive(Debug)]
pub(crate) enum Renewed {
    /// The kept catalogue is the server's.
    Fresh,
    /// The server cannot be asked.
    NoAnswer,
    /// The server said something that cannot be kept.
    Other(Box<Response>),
}

/// Answers a page: the server's catalogue, or the kept one when the server cannot be asked.
pub(crate) async fn answer(State(station): State<Shared>, headers: HeaderMap) -> Response {
    let kept = station.catalogue();
    // A server that hangs is as good as none to a page that has nothing to show yet.
    let patience = if kept.last().is_some() { HANGING } else { Duration::MAX };
    let renewed = timeout(patience, kept.renew(&station)).await.unwrap_or(Renewed::NoAnswer);
    match (renewed, kept.last()) {
        (Renewed::Other(response), _) => *response,
        (Renewed::Fresh, Some(version)) => send(version, &headers, false),
        (Renewed::NoAnswer, Some(version)) => send(version, &headers, true),
        (Renewed::Fresh | Renewed::NoAnswer, None) => crate::refuse::refuse(protocol::Refusal::OutOfTouch),
    }
}

fn send(version: Version, asked: &HeaderMap, from_disk: bool) -> Response {
    let mut response = match held(asked, &version.etag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, "application/json")], version.body).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, version.etag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if from_disk {
        headers.insert(KEPT, HeaderValue::from_static("1"));
    }
    response
}

const FILE: &str = "catalogue.json";

/// The file has the ETag in its first line and the catalogue, as it was sent, after it.
fn read(folder: &StateFolder) -> io::Result<Option<Version>> {
    let Some(bytes) = disk::read_small(&folder.file(FILE), ANSWER_BYTES_MAX as u64 + 1024)? else {
        return Ok(None);
    };
    let damaged = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(|| damaged("it has no first line"))?;
    let etag = HeaderValue::from_bytes(&bytes[..end]).map_err(|_| damaged("its first line is no ETag"))?;
    let body = Bytes::from(bytes).slice(end + 1..);
    serde_json::from_slice::<Catalogue>(&body)?;
    Ok(Some(Version { etag, body }))
}

fn write(folder: &StateFolder, version: &Version) -> io::Result<()> {
    let bytes = [version.etag.as_bytes(), b"\n", &version.body].concat();
    disk::write_whole(&folder.file(FILE), &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_outlives_the_process_and_damage_is_as_good_as_none() {
        let guard = tempfile::tempdir().expect("a folder");
        let folder = StateFolder::open(guard.path()).expect("opens");
        assert_eq!(read(&folder).expect("no error"), None);
        let body = serde_json::to_vec(&crate::twin::catalogue("Mombasa")).expect("plain data");
        let version = Version { etag: HeaderValue::from_static("\"1\""), body: body.into() };
        KeptCatalogue::open(folder.clone()).keep(version.clone());
        assert_eq!(KeptCatalogue::open(folder.clone()).last(), Some(version));
        assert_eq!(*KeptCatalogue::open(folder.clone()).slip_template().borrow(), SlipTemplate::default());
        let template = SlipTemplate { paper: protocol::template::PaperWidth::Mm58, ..SlipTemplate::default() };
        let catalogue = Catalogue { slip: template.clone(), ..crate::twin::catalogue("Mombasa") };
        let body = serde_json::to_vec(&catalogue).expect("plain data");
        KeptCatalogue::open(folder.clone()).keep(Version { etag: HeaderValue::from_static("\"2\""), body: body.into() });
        assert_eq!(kept_slip_template(guard.path()), template);
        assert_eq!(kept_slip_template(&guard.path().join("nowhere")), SlipTemplate::default());
        std::fs::write(folder.file(FILE), "\"1\"\n{\"centre\":").expect("writes");
        assert_eq!(KeptCatalogue::open(folder).last(), None);
    }
}
