//! `foleni-display run`: the screen's page on loopback and the hall's voice, both fed by the server.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use axum::Router;
use protocol::request::DeviceKind;
use protocol::{CallNumber, DeviceId, ZoneId};
use serde::Deserialize;
use station::connect::LinkNews;
use station::process::{serve_page, stop_on_signal};
use station::{ServerAddress, StateFolder, Station, Tempo, disk, files};
use tokio::sync::mpsc;
use tracing::{error, warn};

use crate::ear::{Ear, Heard};
use crate::voice::speaker::DeviceSpeaker;
use crate::voice::{Known, Languages, Player, Policy, Settings, VoiceState};

/// The name of the built-in voice.
const BUILT_IN: &str = "emma";

/// The display's station.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// The server, such as `http://10.0.0.2:7400`.
    #[arg(long, env = "FOLENI_SERVER", default_value = "http://127.0.0.1:7400")]
    server: ServerAddress,
    /// What this display would like to be called; the manager has the last word.
    #[arg(long, env = "FOLENI_DEVICE", default_value = "display-1")]
    device: DeviceId,
    /// The zone whose calls are shown and spoken, unless the manager says another one.
    #[arg(long, env = "FOLENI_ZONE")]
    zone: Option<ZoneId>,
    /// The folder for what must survive a power cut.
    #[arg(long, env = "FOLENI_STATE")]
    state: PathBuf,
    /// The port of the page on loopback.
    #[arg(long, default_value_t = 7402)]
    port: u16,
    /// An origin that may show the page in a frame; may be repeated.
    #[arg(long, alias = "frame-ancestor", value_parser = origin)]
    frame_ancestors: Vec<String>,
    /// The voice: `emma`, or the folder of the centre's own.
    #[arg(long, default_value = BUILT_IN)]
    voice: PathBuf,
    /// Speak each call in both languages when there is time.
    #[arg(long)]
    both_languages: bool,
    /// The sound device, as `voices devices` lists it.
    #[arg(long)]
    sound_device: Option<String>,
    /// Show calls and do not speak them: another display of the zone has the speaker.
    #[arg(long)]
    mute: bool,
}

impl Run {
    /// Runs until it is told to stop. One thread is plenty for one screen; the voice has its own.
    pub fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let outcome = runtime.block_on(self.live());
        runtime.shutdown_background();
        outcome
    }

    async fn live(self) -> Result<()> {
        let stop = stop_on_signal()?;
        let station = self.open()?;
        let (news, to_hear) = mpsc::channel(16);
        let page = serve_page(&station, self.port, Router::new(), &self.frame_ancestors, stop.clone());
        tokio::select! {
            served = page => served.with_context(|| format!("could not serve the page on port {}", self.port)),
            () = station.live(news, stop.clone()) => Ok(()),
            () = self.speak(&station, to_hear) => Ok(()),
        }
    }

    fn open(&self) -> Result<Arc<Station>> {
        let settings = station::Settings {
            kind: DeviceKind::Display,
            device: self.device.clone(),
            zone: self.zone.clone(),
            server: self.server.clone(),
            state: self.state.clone(),
            tempo: Tempo::default(),
        };
        Station::open(settings).with_context(|| format!("could not use the state folder {}", self.state.display()))
    }

    /// Feeds the voice for as long as the link brings something.
    async fn speak(&self, station: &Arc<Station>, mut news: mpsc::Receiver<LinkNews>) {
        let mut ear = Ear::new(kept(station.folder()));
        let mut player = None;
        while let Some(one) = news.recv().await {
            let LinkNews::Delivery(delivery) = one else { continue };
            let Some(Heard { begin, calls, notices }) = ear.on(&delivery, Instant::now()) else { continue };
            if self.mute {
                continue;
            }
            if let Some(known) = begin {
                player = self.begin(station, player, known);
            }
            let Some(player) = &player else { continue };
            if let Some(calls) = calls {
                player.take(calls);
            }
            if let Some(notices) = notices {
                player.take_notices(notices);
            }
        }
    }

    /// Starts the voice in place of the one before. A hall whose voice cannot start still has its screen, and the manager is
    /// told.
    fn begin(&self, station: &Arc<Station>, before: Option<Player>, known: Known) -> Option<Player> {
        if let Some(before) = before {
            before.stop();
        }
        let languages = if self.both_languages { Languages::Both } else { Languages::Ticket };
        let own_voice = (self.voice.as_os_str() != BUILT_IN).then(|| self.voice.clone());
        let settings = Settings { own_voice, policy: Policy { languages, ..Policy::default() }, known };
        match Player::start(&settings, DeviceSpeaker::new(self.sound_device.clone())) {
            Ok(player) => {
                tokio::spawn(watch(player.status(), station.clone()));
                Some(player)
            }
            Err(error) => {
                error!(%error, "could not start the voice: calls are not heard");
                station.told().voice(false);
                None
            }
        }
    }
}

/// Tells whether calls can be heard, and keeps the newest that was taken in, until the voice ends.
async fn watch(mut status: tokio::sync::watch::Receiver<crate::voice::Status>, station: Arc<Station>) {
    let mut newest = None;
    loop {
        let now = status.borrow_and_update().clone();
        station.told().voice(!matches!(now.state, VoiceState::NoDevice { .. }));
        if newest != Some(now.newest) {
            newest = Some(now.newest);
            keep(station.folder().clone(), now.newest).await;
        }
        if status.changed().await.is_err() {
            return;
        }
    }
}

const FILE: &str = "spoken.json";

/// What the file may hold: before there were notices it was the number of a call.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Known(Known),
    Calls(CallNumber),
}

fn kept(folder: &StateFolder) -> Known {
    let read = disk::read_small(&folder.file(FILE), 128).and_then(|bytes| match bytes {
        Some(bytes) => serde_json::from_slice(&bytes).map_err(std::io::Error::from),
        None => Ok(Kept::Known(Known::default())),
    });
    match read {
        Ok(Kept::Known(known)) => known,
        Ok(Kept::Calls(calls)) => Known { calls, ..Known::default() },
        Err(error) => {
            warn!(%error, "could not read which call was spoken last: one may be spoken again");
            Known::default()
        }
    }
}

/// The disk may be slow; the page is not to wait for it.
async fn keep(folder: StateFolder, newest: Known) {
    let write = move || disk::write_whole(&folder.file(FILE), &serde_json::to_vec(&newest)?);
    let written = tokio::task::spawn_blocking(write).await;
    if let Ok(Err(error)) = written {
        warn!(%error, "could not keep which call was spoken last");
    }
}

fn origin(text: &str) -> Result<String, String> {
    match files::is_origin(text) {
        true => Ok(text.to_owned()),
        false => Err("an origin looks like http://127.0.0.1:7410".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use protocol::Seq;

    use super::*;

    #[tokio::test]
    async fn the_newest_is_kept_and_damage_counts_as_nothing() {
        let guard = tempfile::tempdir().expect("a folder");
        let folder = StateFolder::open(guard.path()).expect("opens");
        assert_eq!(kept(&folder), Known::default());
        let known = Known { calls: CallNumber(u64::MAX), notices: Seq(u64::MAX) };
        keep(folder.clone(), known).await;
        assert_eq!(kept(&folder), known);
        std::fs::write(folder.file(FILE), "42").expect("writes");
        assert_eq!(kept(&folder), Known { calls: CallNumber(42), notices: Seq(0) }, "as an earlier program wrote it");
        std::fs::write(folder.file(FILE), "4x").expect("writes");
        assert_eq!(kept(&folder), Known::default());
    }
}
