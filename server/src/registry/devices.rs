//! Devices: the kiosks and displays that a manager said belong here, each proved by a token of its own.

use std::collections::HashMap;

use protocol::request::{ApprovePairing, DeviceKind};
use protocol::{DeviceId, Refusal, Time, ZoneId};
use sqlx::SqliteConnection;
use tracing::{info, warn};

use super::token::{self, Digest};
use super::{OpenPairing, Registry, not_written};

/// A device of the centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What it is called.
    pub device: DeviceId,
    /// What it is.
    pub kind: DeviceKind,
    /// The zone of a display.
    pub zone: Option<ZoneId>,
    /// Since when it belongs here.
    pub paired_at: Time,
}

impl Registry {
    /// Takes the device with this code into the centre.
    ///
    /// A name given here replaces the device that has it: its old token opens nothing more, as when a dead machine is
    /// exchanged. A device's own wish never does; when the name is taken it gets the next one, `kiosk-2`.
    pub async fn approve_pairing(&self, asked: ApprovePairing) -> Result<Device, Refusal> {
        self.change(|registry| async move { registry.take_in(asked).await }).await
    }

    /// Returns which device the token proves.
    pub fn device(&self, token: &str) -> Result<Device, Refusal> {
        let memory = self.memory();
        let device = memory.device_tokens.get(&token::digest(token)).ok_or(Refusal::UnknownDevice)?;
        memory.devices.get(device).cloned().ok_or(Refusal::UnknownDevice)
    }

    /// Returns every device of the centre, by name.
    pub fn devices(&self) -> Vec<Device> {
        let mut devices: Vec<_> = self.memory().devices.values().cloned().collect();
        devices.sort_by(|one, other| one.device.cmp(&other.device));
        devices
    }

    /// Takes a device out of the centre: its token opens nothing from now on.
    pub async fn revoke_device(&self, device: &DeviceId) -> Result<(), Refusal> {
        let device = device.clone();
        self.change(|registry| async move {
            let mut writer = registry.writer().await;
            if !registry.memory().devices.contains_key(&device) {
                return Err(Refusal::UnknownDevice);
            }
            let revoke = sqlx::query("UPDATE devices SET revoked_at = $1 WHERE device = $2");
            let revoke = revoke.bind(registry.now().0).bind(device.as_str());
            revoke.execute(&mut *writer).await.map_err(not_written)?;
            let mut memory = registry.memory();
            memory.devices.remove(&device);
            memory.device_tokens.retain(|_, known| *known != device);
            memory.attendants.leave(&device);
            info!(device = %device, "device {device} is revoked");
            Ok(())
        })
        .await
    }

    async fn take_in(&self, asked: ApprovePairing) -> Result<Device, Refusal> {
        let mut writer = self.writer().await;
        let now = self.now();
        let ApprovePairing { code, device, zone } = asked;
        let OpenPairing { code, kind, device: wish } = self.memory().pairings.find(&code, now)?;
        let device = device.unwrap_or_else(|| self.free_name(wish));
        let device = Device { device, kind, zone, paired_at: now };
        let token = token::new();
        let digest = token::digest(&token);
        write(&mut writer, &device, &digest).await.map_err(not_written)?;
        let mut memory = self.memory();
        memory.device_tokens.retain(|_, known| *known != device.device);
        memory.device_tokens.insert(digest, device.device.clone());
        memory.attendants.leave(&device.device);
        memory.devices.insert(device.device.clone(), device.clone());
        memory.pairings.approve(&code, device.clone(), token);
        info!(device = %device.device, "device {} is paired", device.device);
        Ok(device)
    }

    fn free_name(&self, wish: DeviceId) -> DeviceId {
        let memory = self.memory();
        let free = |name: &DeviceId| !memory.devices.contains_key(name);
        if free(&wish) {
            return wish;
        }
        let stem = wish.as_str().trim_end_matches(|character: char| character.is_ascii_digit()).trim_end_matches('-');
        let stem: String = if stem.is_empty() { "device".into() } else { stem.chars().take(34).collect() };
        let names = (2..).filter_map(|number| DeviceId::new(&format!("{stem}-{number}")).ok());
        names.into_iter().find(free).unwrap_or(wish)
    }
}

async fn write(connection: &mut SqliteConnection, device: &Device, digest: &Digest) -> Result<(), sqlx::Error> {
    sqlx::query(KEEP)
        .bind(device.device.as_str())
        .bind(kind_text(device.kind))
        .bind(device.zone.as_ref().map(ZoneId::as_str))
        .bind(digest.as_slice())
        .bind(device.paired_at.0)
        .execute(connection)
        .await?;
    Ok(())
}

const KEEP: &str = "INSERT INTO devices (device, kind, zone, token_hash, paired_at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (device) DO UPDATE SET kind = excluded.kind, zone = excluded.zone, token_hash = excluded.token_hash, \
    paired_at = excluded.paired_at, revoked_at = NULL";

/// The devices, and which token proves which.
type Known = (HashMap<DeviceId, Device>, HashMap<Digest, DeviceId>);

pub(super) async fn load(connection: &mut SqliteConnection) -> Result<Known, sqlx::Error> {
    let sql = "SELECT device, kind, zone, token_hash, paired_at FROM devices WHERE revoked_at IS NULL";
    let rows: Vec<Row> = sqlx::query_as(sql).fetch_all(connection).await?;
    let mut known = Known::default();
    for row in rows {
        let Some((device, digest)) = read(row) else {
            warn!("a device in the registry is damaged and must be paired again");
            continue;
        };
        known.1.insert(digest, device.device.clone());
        known.0.insert(device.device.clone(), device);
    }
    Ok(known)
}

type Row = (String, String, Option<String>, Vec<u8>, i64);

fn read((device, kind, zone, digest, paired_at): Row) -> Option<(Device, Digest)> {
    let device = DeviceId::new(&device).ok()?;
    let zone = zone.map(|zone| ZoneId::new(&zone)).transpose().ok()?;
    let device = Device { device, kind: kind_of(&kind)?, zone, paired_at: Time(paired_at) };
    Some((device, digest.try_into().ok()?))
}

fn kind_text(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Kiosk => "kiosk",
        DeviceKind::Display => "display",
    }
}

fn kind_of(text: &str) -> Option<DeviceKind> {
    [DeviceKind::Kiosk, DeviceKind::Display].into_iter().find(|kind| kind_text(*kind) == text)
}
