//! Pairings that are under way: a device shows six digits, a manager says that it belongs here.
//!
//! They live in memory only. After a restart a device asks again and shows another code.

use std::collections::HashMap;

use protocol::request::{AskPairing, DeviceKind, PairingAsked, PairingState};
use protocol::time::MINUTE;
use protocol::{DeviceId, Refusal, Time};

use super::token::{self, Digest};
use super::{Device, Registry};

/// How long a code is good for.
const OPEN_FOR: i64 = 10 * MINUTE;

/// Codes at the same time; more is a fault or an attack, and whoever comes later waits.
const OPEN_MAX: usize = 50;

/// A pairing that waits for a manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPairing {
    /// The six digits on the device's screen.
    pub code: String,
    /// What the device is.
    pub kind: DeviceKind,
    /// What it would like to be called.
    pub device: DeviceId,
}

/// The pairings that are under way, by the secret that only the device knows.
#[derive(Debug, Default)]
pub(super) struct Pairings {
    open: HashMap<Digest, Pairing>,
}

#[derive(Debug)]
struct Pairing {
    until: Time,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Waiting(OpenPairing),
    Approved { device: Device, token: String },
}

impl Registry {
    /// Opens a pairing for a device that asks.
    pub fn ask_pairing(&self, asked: AskPairing) -> Result<PairingAsked, Refusal> {
        let now = self.now();
        self.memory().pairings.ask(asked, now)
    }

    /// Returns how the pairing with this secret stands. An approved one is told once, with the device's token.
    pub fn pairing(&self, secret: &str) -> Result<PairingState, Refusal> {
        let now = self.now();
        self.memory().pairings.poll(secret, now)
    }

    /// Returns the pairings that wait for a manager, by code.
    pub fn pairings(&self) -> Vec<OpenPairing> {
        let now = self.now();
        self.memory().pairings.waiting(now)
    }
}

impl Pairings {
    fn ask(&mut self, asked: AskPairing, now: Time) -> Result<PairingAsked, Refusal> {
        self.forget(now);
        if self.open.len() >= OPEN_MAX {
            return Err(Refusal::TooBusy);
        }
        let AskPairing { kind, device } = asked;
        let (code, secret) = (self.new_code(), token::new());
        let stage = Stage::Waiting(OpenPairing { code: code.clone(), kind, device });
        self.open.insert(token::digest(&secret), Pairing { until: now.plus(OPEN_FOR), stage });
        let expires_seconds = u32::try_from(OPEN_FOR / 1_000).unwrap_or(u32::MAX);
        Ok(PairingAsked { code, secret, expires_seconds })
    }

    fn poll(&mut self, secret: &str, now: Time) -> Result<PairingState, Refusal> {
        self.forget(now);
        let digest = token::digest(secret);
        let pairing = self.open.get(&digest).ok_or(Refusal::PairingExpired)?;
        let Stage::Approved { device, token } = &pairing.stage else { return Ok(PairingState::Waiting) };
        let (device, zone, token) = (device.device.clone(), device.zone.clone(), token.clone());
        self.open.remove(&digest);
        Ok(PairingState::Approved { device, token, zone })
    }

    fn waiting(&mut self, now: Time) -> Vec<OpenPairing> {
        self.forget(now);
        let mut waiting: Vec<_> = self.open.values().filter_map(Pairing::waiting).cloned().collect();
        waiting.sort_by(|one, other| one.code.cmp(&other.code));
        waiting
    }

    /// Returns the pairing that waits with this code.
    pub fn find(&mut self, code: &str, now: Time) -> Result<OpenPairing, Refusal> {
        self.waiting(now).into_iter().find(|open| open.code == code.trim()).ok_or(Refusal::PairingExpired)
    }

    /// Keeps the token for the device that shows this code, until it asks.
    pub fn approve(&mut self, code: &str, device: Device, token: String) {
        let has_code = |pairing: &&mut Pairing| pairing.waiting().is_some_and(|open| open.code == code);
        if let Some(pairing) = self.open.values_mut().find(has_code) {
            pairing.stage = Stage::Approved { device, token };
        }
    }

    fn new_code(&self) -> String {
        let taken = |code: &String| self.open.values().filter_map(Pairing::waiting).any(|open| open.code == *code);
        std::iter::repeat_with(|| token::digits(6)).find(|code| !taken(code)).expect("fifty of a million codes can't all be taken")
    }

    /// A clock that was set back does not keep a pairing open for longer.
    fn forget(&mut self, now: Time) {
        self.open.retain(|_, pairing| now < pairing.until && pairing.until.since(now) <= OPEN_FOR);
    }
}

impl Pairing {
    fn waiting(&self) -> Option<&OpenPairing> {
        match &self.stage {
            Stage::Waiting(open) => Some(open),
            Stage::Approved { .. } => None,
        }
    }
}
