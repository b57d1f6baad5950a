//! Attendants: staff who help at a kiosk prove themselves there with the centre's PIN, for as long as they go on helping.

use std::collections::HashMap;

use protocol::attendant::{Attendant, AttendantPin, PIN_DIGITS_MAX, PIN_DIGITS_MIN};
use protocol::time::MINUTE;
use protocol::{DeviceId, OfficerId, Refusal, Time};
use sqlx::SqliteConnection;
use tracing::{info, warn};

use super::token::{self, Digest};
use super::{Registry, not_written};

/// A proof that nobody used for so long has ended: the attendant has walked away.
const IDLE_MAX: i64 = 10 * MINUTE;

/// The PIN, and who is in attendant mode. Proofs are in memory alone: after a restart the PIN is typed again.
#[derive(Debug, Default)]
pub(super) struct Attendants {
    pin: Option<Pin>,
    /// One at a kiosk: whoever types the PIN there again takes over.
    at: HashMap<DeviceId, Proof>,
}

#[derive(Clone)]
struct Pin {
    hash: String,
    by: OfficerId,
    at: Time,
}

#[derive(Clone, Copy, Debug)]
struct Proof {
    digest: Digest,
    used: Time,
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pin").field("by", &self.by).field("at", &self.at).finish_non_exhaustive()
    }
}

impl Attendants {
    /// Nobody is in attendant mode at this kiosk any more.
    pub fn leave(&mut self, device: &DeviceId) {
        self.at.remove(device);
    }
}

impl Registry {
    /// Sets the PIN. Whoever is in attendant mode by the old one is so no longer.
    pub async fn set_attendant_pin(&self, pin: String, by: OfficerId) -> Result<AttendantPin, Refusal> {
        demand_good(&pin)?;
        let hash = self.inner.passwords.hash(pin).await?;
        self.change(|registry| async move {
            let mut writer = registry.writer().await;
            let pin = Pin { hash, by, at: registry.now() };
            write(&mut writer, &pin).await.map_err(not_written)?;
            info!(by = %pin.by, "the attendant PIN is set");
            let mut memory = registry.memory();
            memory.attendants = Attendants { pin: Some(pin), at: HashMap::new() };
            Ok(())
        })
        .await?;
        Ok(self.attendant_pin())
    }

    /// Returns whether a PIN is set, and by whom.
    pub fn attendant_pin(&self) -> AttendantPin {
        let memory = self.memory();
        let pin = memory.attendants.pin.as_ref();
        AttendantPin { set: pin.is_some(), by: pin.map(|pin| pin.by.clone()), at: pin.map(|pin| pin.at) }
    }

    /// Opens attendant mode at a kiosk for whoever knows the PIN; the proof is told only here.
    pub async fn open_attendant(&self, device: &DeviceId, pin: String) -> Result<Attendant, Refusal> {
        let name = lock_name(device);
        let kept = self.begin_pin(&name)?;
        // What no PIN can be is not worth the work of comparing it.
        let possible = pin.len() <= PIN_DIGITS_MAX;
        if !possible || !self.inner.passwords.is_right(pin, Some(kept.clone())).await? {
            warn!(device = %device, "a wrong attendant PIN at {device}");
            return Err(Refusal::WrongPin);
        }
        let (now, token) = (self.now(), token::new());
        let mut memory = self.memory();
        // The PIN may have been changed, or the kiosk taken out of use, while it was being compared.
        if memory.attendants.pin.as_ref().is_none_or(|pin| pin.hash != kept) {
            return Err(Refusal::WrongPin);
        }
        if !memory.devices.contains_key(device) {
            return Err(Refusal::UnknownDevice);
        }
        memory.lockouts.right(&name);
        memory.attendants.at.insert(device.clone(), Proof { digest: token::digest(&token), used: now });
        info!(device = %device, "attendant mode is open at {device}");
        Ok(Attendant { attendant: token, until: now.plus(IDLE_MAX) })
    }

    /// Refuses whoever is not in attendant mode at this kiosk; asking counts as use.
    pub fn check_attendant(&self, device: &DeviceId, proof: &str) -> Result<(), Refusal> {
        self.use_attendant(device, proof).map(|_| ())
    }

    /// As [`Registry::check_attendant`]; returns until when the proof is good from now.
    pub fn use_attendant(&self, device: &DeviceId, proof: &str) -> Result<Time, Refusal> {
        let now = self.now();
        let mut memory = self.memory();
        let known = memory.attendants.at.get_mut(device).ok_or(Refusal::AttendantOver)?;
        if known.digest != token::digest(proof) {
            return Err(Refusal::AttendantOver);
        }
        if now.since(known.used) > IDLE_MAX {
            memory.attendants.leave(device);
            return Err(Refusal::AttendantOver);
        }
        known.used = known.used.max(now);
        Ok(known.used.plus(IDLE_MAX))
    }

    /// Ends attendant mode at a kiosk; where it has ended already nothing happens.
    pub fn close_attendant(&self, device: &DeviceId) {
        self.memory().attendants.leave(device);
    }

    /// Counts an attempt and returns what is kept of the PIN.
    fn begin_pin(&self, name: &str) -> Result<String, Refusal> {
        let now = self.now();
        let mut memory = self.memory();
        let kept = memory.attendants.pin.as_ref().map(|pin| pin.hash.clone()).ok_or(Refusal::NoAttendantPin)?;
        memory.lockouts.attempt(name, now).map_err(|_| Refusal::PinLocked)?;
        Ok(kept)
    }
}

/// Under which a kiosk's wrong PINs are counted; no account can have this name.
fn lock_name(device: &DeviceId) -> String {
    format!("attendant at {device}")
}

/// Refuses a PIN that has not four to eight digits, or that somebody would try first.
fn demand_good(pin: &str) -> Result<(), Refusal> {
    let digits: Vec<i8> = pin.bytes().filter(u8::is_ascii_digit).map(|byte| (byte - b'0') as i8).collect();
    let well_formed = digits.len() == pin.len() && (PIN_DIGITS_MIN..=PIN_DIGITS_MAX).contains(&digits.len());
    if well_formed && !is_a_run(&digits) && !is_repeated(&digits) && !is_a_year(pin) && !ON_THE_KEYS.contains(&pin) {
        Ok(())
    } else {
        Err(Refusal::WeakPin)
    }
}

/// Straight down and up the middle of a ten-key pad.
const ON_THE_KEYS: [&str; 2] = ["2580", "0852"];

/// Tells whether each digit follows the one before by the same step of none or one, such as 0000, 1234, 8901 and 4321.
fn is_a_run(digits: &[i8]) -> bool {
    [0, 1, 9].iter().any(|step| digits.windows(2).all(|pair| (pair[1] - pair[0]).rem_euclid(10) == *step))
}

/// Tells whether it is one piece again and again, such as 1212 and 417417.
fn is_repeated(digits: &[i8]) -> bool {
    (1..=digits.len() / 2).any(|length| digits.chunks(length).all(|piece| piece == &digits[..length]))
}

/// Tells whether it may be the year of somebody's birth.
fn is_a_year(pin: &str) -> bool {
    pin.len() == 4 && (pin.starts_with("19") || pin.starts_with("20"))
}

async fn write(connection: &mut SqliteConnection, pin: &Pin) -> Result<(), sqlx::Error> {
    sqlx::query(KEEP).bind(&pin.hash).bind(pin.by.as_str()).bind(pin.at.0).execute(connection).await?;
    Ok(())
}

const KEEP: &str = "INSERT INTO attendant_pin (only, pin, set_by, set_at) VALUES (1, $1, $2, $3) \
    ON CONFLICT (only) DO UPDATE SET pin = excluded.pin, set_by = excluded.set_by, set_at = excluded.set_at";

pub(super) async fn load(connection: &mut SqliteConnection) -> Result<Attendants, sqlx::Error> {
    let row: Option<(String, String, i64)> =
        sqlx::query_as("SELECT pin, set_by, set_at FROM attendant_pin").fetch_optional(connection).await?;
    let pin = row.and_then(|(hash, by, at)| match OfficerId::new(&by) {
        Ok(by) => Some(Pin { hash, by, at: Time(at) }),
        Err(_) => {
            warn!("the attendant PIN in the registry is damaged and must be set again");
            None
        }
    });
    Ok(Attendants { pin, at: HashMap::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_that_somebody_would_try_first_is_refused() {
        for weak in [
            "",
            "123",
            "123456789",
            "12a4",
            "٤٤٦٦",
            " 6041",
            "0000",
            "7777777",
            "1234",
            "4321",
            "8901",
            "1098",
            "1212",
            "417417",
            "1987",
            "2024",
            "2580",
            "6041 ",
            "-604",
        ] {
            assert_eq!(demand_good(weak), Err(Refusal::WeakPin), "{weak}");
        }
        for good in ["6041", "60418", "4711", "1235", "19870412", "90210"] {
            assert_eq!(demand_good(good), Ok(()), "{good}");
        }
    }
}
