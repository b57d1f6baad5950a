//! How a station stands: whether it is paired, whether the server answers, how its device is. Pages read it as
//! `/station.json`.

use std::time::{SystemTime, UNIX_EPOCH};

use protocol::request::{DeviceKind, PrinterReport, PrinterTrouble, VoiceReport};
use protocol::{DeviceId, Time, ZoneId};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::identity::Identity;

/// Whether the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    /// It was heard a moment ago.
    Connected,
    /// It was not.
    Unreachable,
}

/// All that a page may know of its station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What the station is.
    pub kind: DeviceKind,
    /// What it is called, or would like to be.
    pub device: DeviceId,
    /// The zone of a display, once the centre or the installer has named one.
    pub zone: Option<ZoneId>,
    /// Whether the centre knows it.
    pub paired: bool,
    /// The code to show while a manager has not approved it.
    pub pairing_code: Option<String>,
    /// Whether the server answers.
    pub server: Contact,
    /// Since when that is so, by this machine's clock.
    pub since: Time,
    /// How the printer is; absent where there is none or nothing is known yet.
    pub printer: Option<PrinterReport>,
    /// Whether a kiosk can give tickets while the server does not answer.
    #[serde(default)]
    pub can_issue_offline: bool,
    /// How the speaker is; absent where there is none or nothing is known yet.
    pub voice: Option<VoiceReport>,
    /// Whether a manager closed this screen to citizens.
    #[serde(default)]
    pub locked: bool,
}

/// Where the standing is told and read.
#[derive(Clone, Debug)]
pub struct Told {
    sender: watch::Sender<Standing>,
}

impl Told {
    /// Returns the standing of a station that has just started.
    pub fn new(kind: DeviceKind, device: DeviceId, zone: Option<ZoneId>) -> Told {
        let standing = Standing {
            kind,
            device,
            zone,
            paired: false,
            pairing_code: None,
            server: Contact::Unreachable,
            since: wall_clock(),
            printer: None,
            can_issue_offline: false,
            voice: None,
            locked: false,
        };
        Told { sender: watch::Sender::new(standing) }
    }

    /// Returns how the station stands now.
    pub fn now(&self) -> Standing {
        self.sender.borrow().clone()
    }

    /// Returns a view of it that can be awaited.
    pub fn watch(&self) -> watch::Receiver<Standing> {
        self.sender.subscribe()
    }

    /// Tells whether the server answers; `since` moves only when that changes.
    pub fn contact(&self, server: Contact) {
        self.change(|standing| {
            if standing.server != server {
                standing.server = server;
                standing.since = wall_clock();
            }
        });
    }

    /// Tells how the printer is.
    pub fn printer(&self, trouble: Option<PrinterTrouble>) {
        self.change(|standing| standing.printer = Some(PrinterReport { trouble }));
    }

    /// Tells whether a kiosk can give tickets while the server does not answer.
    pub fn can_issue_offline(&self, can: bool) {
        self.change(|standing| standing.can_issue_offline = can);
    }

    /// Tells how the speaker is.
    pub fn voice(&self, heard: bool) {
        self.change(|standing| standing.voice = Some(VoiceReport { heard }));
    }

    /// Tells whether a manager closed this screen to citizens.
    pub fn locked(&self, locked: bool) {
        self.change(|standing| standing.locked = locked);
    }

    /// Tells that the station belongs to the centre.
    pub(crate) fn paired(&self, identity: &Identity) {
        self.change(|standing| {
            standing.paired = true;
            standing.pairing_code = None;
            standing.device = identity.device.clone();
            standing.zone = identity.zone.clone().or_else(|| standing.zone.take());
        });
    }

    /// Tells that it does not, and the code to show, once there is one.
    pub(crate) fn unpaired(&self, code: Option<&str>) {
        self.change(|standing| {
            standing.paired = false;
            standing.pairing_code = code.map(str::to_owned);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Standing)) {
        self.sender.send_if_modified(|standing| {
            let before = standing.clone();
            change(standing);
            *standing != before
        });
    }
}

/// Returns this machine's time.
pub fn wall_clock() -> Time {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_the_shape_it_was_promised() {
        let told = Told::new(DeviceKind::Kiosk, DeviceId::new("kiosk-1").expect("an id"), None);
        told.unpaired(Some("123456"));
        told.printer(Some(PrinterTrouble::PaperOut));
        let mut json = serde_json::to_value(told.now()).expect("plain data");
        json["since"] = 5.into();
        let promised = serde_json::json!({
            "kind": "kiosk", "device": "kiosk-1", "zone": null, "paired": false, "pairing_code": "123456",
            "server": "unreachable", "since": 5, "printer": {"trouble": "paper_out"}, "can_issue_offline": false, "voice": null, "locked": false,
        });
        assert_eq!(json, promised);
    }

    #[test]
    fn telling_the_same_again_wakes_nobody() {
        let told = Told::new(DeviceKind::Display, DeviceId::new("display-1").expect("an id"), None);
        told.voice(true);
        let mut watch = told.watch();
        watch.mark_unchanged();
        told.voice(true);
        told.contact(Contact::Unreachable);
        assert!(!watch.has_changed().expect("the sender lives"));
        told.contact(Contact::Connected);
        assert!(watch.has_changed().expect("the sender lives"));
    }
}
