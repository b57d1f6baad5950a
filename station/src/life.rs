//! The life of a station: it is paired, keeps its link, and is paired again when it was revoked.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use protocol::request::{AskPairing, DeviceKind};
use protocol::view::Catalogue;
use protocol::{DeviceId, Refusal, ZoneId};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::address::ServerAddress;
use crate::catalogue::KeptCatalogue;
use crate::connect::{self, Ended, LinkNews, Target};
use crate::health::Signs;
use crate::identity::{Identity, Remembered, StateFolder};
use crate::link::Tempo;
use crate::pairing;
use crate::proxy::{Answer, Client, NoAnswer};
use crate::report;
use crate::standing::{Contact, Told};

/// What a station is told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it is.
    pub kind: DeviceKind,
    /// What it would like to be called.
    pub device: DeviceId,
    /// The zone of a display, unless the centre says another one.
    pub zone: Option<ZoneId>,
    /// The server.
    pub server: ServerAddress,
    /// The folder for what must survive a power cut.
    pub state: PathBuf,
    /// How patient it is.
    pub tempo: Tempo,
}

/// A station.
#[derive(Debug)]
pub struct Station {
    settings: Settings,
    folder: StateFolder,
    client: Client,
    identity: RwLock<Option<Identity>>,
    told: Told,
    catalogue: KeptCatalogue,
    signs: Signs,
    /// Woken when the server says to a request that it does not know this device.
    disowned: Notify,
}

/// A station as its page server holds it.
pub(crate) type Shared = Arc<Station>;

impl Station {
    /// Opens the state folder. A damaged identity is said, and the station starts unpaired.
    pub fn open(settings: Settings) -> io::Result<Arc<Station>> {
        let folder = StateFolder::open(&settings.state)?;
        let told = Told::new(settings.kind, settings.device.clone(), settings.zone.clone());
        let identity = remember(&folder);
        if let Some(identity) = &identity {
            told.paired(identity);
        }
        Ok(Arc::new(Station {
            client: Client::new(settings.server.clone()).map_err(io::Error::other)?,
            catalogue: KeptCatalogue::open(folder.clone()),
            identity: RwLock::new(identity),
            signs: Signs::default(),
            disowned: Notify::new(),
            folder,
            told,
            settings,
        }))
    }

    /// Lives until it is stopped: what its link brings goes to `news`.
    pub async fn live(self: &Arc<Self>, news: mpsc::Sender<LinkNews>, stop: CancellationToken) {
        let mut reporter = tokio::spawn(report::keep_told(self.clone()));
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.pair_and_link(news, &stop) => {}
            _ = &mut reporter => {}
        }
        reporter.abort();
    }

    /// Returns how the station stands.
    pub fn told(&self) -> &Told {
        &self.told
    }

    /// Asks the server as this device, and takes note when it does not know the device any more.
    pub async fn ask(&self, method: Method, path: &str, mut headers: HeaderMap, body: Bytes) -> Result<Answer, NoAnswer> {
        let proof = self.bearer();
        headers.extend(proof.clone());
        let answer = self.client.ask(method, path, headers, body).await?;
        if answer.is_refused_as(Refusal::UnknownDevice) {
            self.disown(proof.as_ref());
        }
        Ok(answer)
    }

    /// Sends JSON to the server as this device.
    pub async fn post<T: serde::Serialize>(&self, path: &str, body: &T) -> Result<Answer, NoAnswer> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let body = serde_json::to_vec(body).expect("what is asked is plain data");
        self.ask(Method::POST, path, headers, body.into()).await
    }

    /// Takes note that the server does not know who brought this proof. An older proof tells nothing about the present one.
    pub(crate) fn disown(&self, proof: Option<&(HeaderName, HeaderValue)>) {
        if proof.is_some() && proof == self.bearer().as_ref() {
            self.disowned.notify_waiters();
        }
    }

    /// Returns the folder for what must survive a power cut.
    pub fn folder(&self) -> &StateFolder {
        &self.folder
    }

    /// The header that proves this device; nothing while it is not paired.
    pub(crate) fn bearer(&self) -> Option<(HeaderName, HeaderValue)> {
        let identity = self.identity.read().expect("nobody panics while holding the identity");
        let mut value = HeaderValue::from_str(&format!("Bearer {}", identity.as_ref()?.token)).ok()?;
        value.set_sensitive(true);
        Some((header::AUTHORIZATION, value))
    }

    pub(crate) fn signs(&self) -> &Signs {
        &self.signs
    }

    /// Returns the catalogue as the server sent it last; nothing before it ever did.
    pub fn kept_catalogue(&self) -> Option<Catalogue> {
        self.catalogue.known()
    }

    pub(crate) fn catalogue(&self) -> &KeptCatalogue {
        &self.catalogue
    }

    /// Returns where this device's link goes; `asked` is a zone that counts when the centre has named none.
    pub(crate) fn target(&self, asked: Option<ZoneId>) -> Target {
        let zone = self.zone().or(asked);
        let query = match (self.settings.kind, zone) {
            (DeviceKind::Kiosk, _) => "?topic=kiosk".to_owned(),
            (DeviceKind::Display, Some(zone)) => format!("?topic=display&zone={zone}"),
            (DeviceKind::Display, None) => "?topic=display".to_owned(),
        };
        Target { server: self.settings.server.clone(), query, proof: self.bearer() }
    }

    fn zone(&self) -> Option<ZoneId> {
        let identity = self.identity.read().expect("nobody panics while holding the identity");
        identity.as_ref().and_then(|identity| identity.zone.clone()).or_else(|| self.settings.zone.clone())
    }

    async fn pair_and_link(self: &Arc<Self>, news: mpsc::Sender<LinkNews>, stop: &CancellationToken) {
        loop {
            if self.bearer().is_none() {
                let ask = AskPairing { kind: self.settings.kind, device: self.settings.device.clone() };
                self.become_paired(pairing::pair(&self.client, &ask, &self.told, self.settings.tempo).await);
            }
            match self.link(&news, stop).await {
                Ended::Stopped => return,
                Ended::Revoked => self.become_unpaired(),
            }
        }
    }

    async fn link(self: &Arc<Self>, news: &mpsc::Sender<LinkNews>, stop: &CancellationToken) -> Ended {
        let (sender, mut receiver) = mpsc::channel(16);
        let run = connect::run(self.target(None), self.settings.tempo, sender, stop.clone());
        tokio::pin!(run);
        loop {
            tokio::select! {
                biased;
                Some(one) = receiver.recv() => {
                    self.hear(&one);
                    if news.send(one).await.is_err() {
                        return Ended::Stopped;
                    }
                }
                ended = &mut run => return ended,
                () = self.disowned.notified() => return Ended::Revoked,
            }
        }
    }

    fn hear(self: &Arc<Self>, news: &LinkNews) {
        let LinkNews::Contact(contact) = news else {
            return;
        };
        self.told.contact(*contact);
        if *contact == Contact::Connected {
            // Kept now, so that the next cold boot has it even if no page asks for it today.
            let station = self.clone();
            tokio::spawn(async move { station.catalogue.renew(&station).await });
        }
    }

    fn become_paired(&self, identity: Identity) {
        if let Err(error) = self.folder.keep(&identity) {
            warn!(%error, "could not keep the pairing: it will be lost at the next start");
        }
        info!(device = %identity.device, "paired as {}", identity.device);
        self.told.paired(&identity);
        *self.identity.write().expect("nobody panics while holding the identity") = Some(identity);
    }

    fn become_unpaired(&self) {
        warn!("the centre does not know this device any more: it must be approved again");
        if let Err(error) = self.folder.forget() {
            warn!(%error, "could not remove the kept identity");
        }
        *self.identity.write().expect("nobody panics while holding the identity") = None;
        self.told.contact(Contact::Unreachable);
        self.told.unpaired(None);
    }
}

fn remember(folder: &StateFolder) -> Option<Identity> {
    match folder.identity() {
        Remembered::Paired(identity) => Some(identity),
        Remembered::Unpaired => None,
        Remembered::Damaged(error) => {
            warn!(%error, "the kept identity is damaged: this device must be approved again");
            None
        }
    }
}
