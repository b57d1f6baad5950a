//! Printers on the network, the kiosks whose slips come out there, and kiosks whose screen a manager closed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use protocol::printing::{AddPrinter, SlipRendering};
use protocol::request::DeviceKind;
use protocol::{DeviceId, PrinterId, Refusal};
use sqlx::SqliteConnection;
use tracing::{info, warn};

use super::{Registry, not_written};

/// What is known of printers and kiosks without asking the database.
#[derive(Clone, Debug, Default)]
pub(super) struct Printers {
    printers: BTreeMap<PrinterId, AddPrinter>,
    kiosks: BTreeMap<DeviceId, PrinterId>,
    locked: BTreeSet<DeviceId>,
}

/// Printers of a centre; each has a thread of its own.
const PRINTERS_MAX: usize = 64;

/// The longest name that a network knows.
const HOST_MAX: usize = 253;

impl Registry {
    /// Adds a printer on the network.
    pub async fn add_printer(&self, asked: AddPrinter) -> Result<AddPrinter, Refusal> {
        let host = asked.host.trim().to_owned();
        if !is_host(&host) || asked.port == 0 {
            return Err(Refusal::PrinterAddress);
        }
        if ![58, 80].contains(&asked.paper_mm) {
            return Err(Refusal::BadRequest);
        }
        let printer = AddPrinter { host, ..asked };
        self.change(|registry| async move {
            let mut writer = registry.writer().await;
            registry.has_room_for(&printer)?;
            write(&mut writer, &printer, registry.now().0).await.map_err(not_written)?;
            info!(printer = %printer.printer, "printer {} is added", printer.printer);
            registry.memory().printers.printers.insert(printer.printer.clone(), printer.clone());
            Ok(printer)
        })
        .await
    }

    /// Takes a printer out of use; the kiosks that used it print for themselves again. Returns those.
    pub async fn remove_printer(&self, printer: &PrinterId) -> Result<Vec<DeviceId>, Refusal> {
        let printer = printer.clone();
        self.change(|registry| async move {
            let mut writer = registry.writer().await;
            if !registry.memory().printers.printers.contains_key(&printer) {
                return Err(Refusal::UnknownPrinter);
            }
            let remove = sqlx::query("DELETE FROM printers WHERE printer = $1").bind(printer.as_str());
            remove.execute(&mut *writer).await.map_err(not_written)?;
            let kiosks = registry.kiosks_at(&printer);
            let mut memory = registry.memory();
            memory.printers.printers.remove(&printer);
            memory.printers.kiosks.retain(|_, at| *at != printer);
            info!(%printer, "printer {printer} is removed");
            Ok(kiosks)
        })
        .await
    }

    /// Lets a kiosk's slips come out at this printer, or at its own.
    pub async fn assign_printer(&self, kiosk: &DeviceId, printer: Option<PrinterId>) -> Result<(), Refusal> {
        let kiosk = kiosk.clone();
        self.change(|registry| async move {
            let mut writer = registry.writer().await;
            registry.must_be_kiosk(&kiosk)?;
            if printer.as_ref().is_some_and(|printer| !registry.memory().printers.printers.contains_key(printer)) {
                return Err(Refusal::UnknownPrinter);
            }
            let change = match &printer {
                Some(printer) => sqlx::query(ASSIGN).bind(kiosk.as_str()).bind(printer.as_str()),
                None => sqlx::query("DELETE FROM kiosk_printers WHERE kiosk = $1").bind(kiosk.as_str()),
            };
            change.execute(&mut *writer).await.map_err(not_written)?;
            let mut memory = registry.memory();
            match printer {
                Some(printer) => {
                    info!(%kiosk, %printer, "the slips of {kiosk} come out at {printer}");
                    memory.printers.kiosks.insert(kiosk, printer);
                }
                None => {
                    info!(%kiosk, "{kiosk} prints its slips itself");
                    memory.printers.kiosks.remove(&kiosk);
                }
            }
            Ok(())
        })
        .await
    }

    /// Closes a kiosk's screen to citizens, or opens it again.
    pub async fn lock_kiosk(&self, kiosk: &DeviceId, on: bool) -> Result<(), Refusal> {
        let kiosk = kiosk.clone();
        self.change(move |registry| async move {
            let mut writer = registry.writer().await;
            registry.must_be_kiosk(&kiosk)?;
            let change = match on {
                true => sqlx::query(LOCK).bind(kiosk.as_str()).bind(registry.now().0),
                false => sqlx::query("DELETE FROM locked_kiosks WHERE kiosk = $1").bind(kiosk.as_str()),
            };
            change.execute(&mut *writer).await.map_err(not_written)?;
            info!(%kiosk, on, "{kiosk} is {}", if on { "closed" } else { "open again" });
            let locked = &mut registry.memory().printers.locked;
            if on {
                locked.insert(kiosk)
            } else {
                locked.remove(&kiosk)
            };
            Ok(())
        })
        .await
    }

    /// Returns every printer on the network, by name.
    pub fn printers(&self) -> Vec<AddPrinter> {
        self.memory().printers.printers.values().cloned().collect()
    }

    /// Returns the network printer at which a kiosk's slips come out, if they do at one.
    pub fn printer_of(&self, kiosk: &DeviceId) -> Option<PrinterId> {
        self.memory().printers.kiosks.get(kiosk).cloned()
    }

    /// Returns the kiosks whose slips come out at a printer.
    pub fn kiosks_at(&self, printer: &PrinterId) -> Vec<DeviceId> {
        let memory = self.memory();
        memory.printers.kiosks.iter().filter(|(_, at)| *at == printer).map(|(kiosk, _)| kiosk.clone()).collect()
    }

    /// Returns whether a kiosk's screen is closed to citizens.
    pub fn is_locked(&self, kiosk: &DeviceId) -> bool {
        self.memory().printers.locked.contains(kiosk)
    }

    /// Refuses whatever is no kiosk of the centre.
    pub fn must_be_kiosk(&self, device: &DeviceId) -> Result<(), Refusal> {
        match self.memory().devices.get(device) {
            Some(known) if known.kind == DeviceKind::Kiosk => Ok(()),
            Some(_) => Err(Refusal::NotAllowed),
            None => Err(Refusal::NotFound),
        }
    }

    fn has_room_for(&self, printer: &AddPrinter) -> Result<(), Refusal> {
        let memory = self.memory();
        match memory.printers.printers.get(&printer.printer) {
            // Said twice is said once: the answer may have been lost.
            Some(known) if known == printer => Ok(()),
            Some(_) => Err(Refusal::PrinterKnown),
            None if memory.printers.printers.len() >= PRINTERS_MAX => Err(Refusal::TooBusy),
            None => Ok(()),
        }
    }
}

/// Tells whether this is an address, or a name of letters, digits, dots and dashes, as networks have them.
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(sign) && !label.starts_with('-') && !label.ends_with('-')
    };
    // Digits and dots alone are meant as an address, so they must be one.
    let name = host.bytes().any(|byte| byte.is_ascii_alphabetic()) && host.split('.').all(label);
    host.len() <= HOST_MAX && (host.parse::<IpAddr>().is_ok_and(is_one_machine) || name)
}

/// Tells whether an address is that of one machine. This one is as good as another, for a printer that hangs on it; that of a
/// hired machine's own secrets is nobody's printer.
fn is_one_machine(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => !(v4.octets()[0] == 0 || v4.is_multicast() || v4.is_broadcast() || v4.octets() == [169, 254, 169, 254]),
        IpAddr::V6(v6) => !(v6.is_unspecified() || v6.is_multicast()),
    }
}

const ADD: &str = "INSERT INTO printers (printer, host, port, paper_mm, rendering, added_at) VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (printer) DO NOTHING";
const ASSIGN: &str = "INSERT INTO kiosk_printers (kiosk, printer) VALUES ($1, $2) \
    ON CONFLICT (kiosk) DO UPDATE SET printer = excluded.printer";
const LOCK: &str = "INSERT INTO locked_kiosks (kiosk, locked_at) VALUES ($1, $2) ON CONFLICT (kiosk) DO NOTHING";

async fn write(connection: &mut SqliteConnection, printer: &AddPrinter, now: i64) -> Result<(), sqlx::Error> {
    let add = sqlx::query(ADD).bind(printer.printer.as_str()).bind(&printer.host).bind(i64::from(printer.port));
    let add = add.bind(i64::from(printer.paper_mm)).bind(rendering_text(printer.rendering)).bind(now);
    add.execute(connection).await?;
    Ok(())
}

pub(super) async fn load(connection: &mut SqliteConnection) -> Result<Printers, sqlx::Error> {
    let mut known = Printers::default();
    let sql = "SELECT printer, host, port, paper_mm, rendering FROM printers";
    let rows: Vec<(String, String, i64, i64, String)> = sqlx::query_as(sql).fetch_all(&mut *connection).await?;
    for row in rows {
        let Some(printer) = read(row) else {
            warn!("a printer in the registry is damaged and left out");
            continue;
        };
        known.printers.insert(printer.printer.clone(), printer);
    }
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT kiosk, printer FROM kiosk_printers").fetch_all(&mut *connection).await?;
    let pair = |(kiosk, printer): (String, String)| Some((DeviceId::new(&kiosk).ok()?, PrinterId::new(&printer).ok()?));
    known.kiosks = rows.into_iter().filter_map(pair).collect();
    let rows: Vec<String> = sqlx::query_scalar("SELECT kiosk FROM locked_kiosks").fetch_all(connection).await?;
    known.locked = rows.iter().filter_map(|kiosk| DeviceId::new(kiosk).ok()).collect();
    Ok(known)
}

fn read((printer, host, port, paper_mm, rendering): (String, String, i64, i64, String)) -> Option<AddPrinter> {
    let (printer, port, paper_mm) = (PrinterId::new(&printer).ok()?, port.try_into().ok()?, paper_mm.try_into().ok()?);
    Some(AddPrinter { printer, host, port, paper_mm, rendering: rendering_of(&rendering)? })
}

fn rendering_text(rendering: SlipRendering) -> &'static str {
    match rendering {
        SlipRendering::Image => "image",
        SlipRendering::Text => "text",
    }
}

fn rendering_of(text: &str) -> Option<SlipRendering> {
    [SlipRendering::Image, SlipRendering::Text].into_iter().find(|rendering| rendering_text(*rendering) == text)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use protocol::request::{ApprovePairing, AskPairing};

    use super::*;
    use crate::clock::SystemClock;

    #[tokio::test]
    async fn printers_whose_slips_come_out_there_and_closed_screens_survive_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let registry = open(folder.path()).await;
        let kiosk = DeviceId::new("kiosk-1").expect("an id");
        let asked = registry.ask_pairing(AskPairing { kind: DeviceKind::Kiosk, device: kiosk.clone() }).expect("a code");
        registry.approve_pairing(ApprovePairing { code: asked.code, device: None, zone: None }).await.expect("paired");
        let hall = printer("hall", " 10.0.0.9 ");
        let added = registry.add_printer(hall.clone()).await.expect("added");
        assert_eq!(added.host, "10.0.0.9");
        assert_eq!(registry.add_printer(printer("hall", "10.0.0.8")).await, Err(Refusal::PrinterKnown));
        let nowhere = PrinterId::new("nowhere").ok();
        assert_eq!(registry.assign_printer(&kiosk, nowhere).await, Err(Refusal::UnknownPrinter));
        registry.assign_printer(&kiosk, Some(hall.printer.clone())).await.expect("assigned");
        registry.lock_kiosk(&kiosk, true).await.expect("closed");
        let stranger = DeviceId::new("kiosk-2").expect("an id");
        assert_eq!(registry.lock_kiosk(&stranger, true).await, Err(Refusal::NotFound));
        drop(registry);
        let registry = open(folder.path()).await;
        assert_eq!((registry.printers(), registry.printer_of(&kiosk)), (vec![added], Some(hall.printer.clone())));
        assert!(registry.is_locked(&kiosk));
        assert_eq!(registry.remove_printer(&hall.printer).await, Ok(vec![kiosk.clone()]));
        assert_eq!(registry.remove_printer(&hall.printer).await, Err(Refusal::UnknownPrinter));
        registry.lock_kiosk(&kiosk, false).await.expect("open");
        drop(registry);
        let registry = open(folder.path()).await;
        assert_eq!((registry.printers(), registry.printer_of(&kiosk), registry.is_locked(&kiosk)), (Vec::new(), None, false));
    }

    fn printer(name: &str, host: &str) -> AddPrinter {
        let printer = PrinterId::new(name).expect("a name");
        AddPrinter { printer, host: host.into(), port: 9100, paper_mm: 58, rendering: SlipRendering::Text }
    }

    async fn open(folder: &std::path::Path) -> Registry {
        Registry::open(&folder.join("centre.db"), folder, Arc::new(SystemClock)).await.expect("a registry")
    }

    #[test]
    fn a_host_is_a_name_or_an_address() {
        for good in ["10.0.0.9", "127.0.0.1", "169.254.7.9", "printer-1", "hall_a.huduma.local", "fe80::1", "p"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "10.0.0", "10.0.0.300", "a b", "a/b", "a:9100", "http://a", "-a", "a..b", "\u{e9}", &"a".repeat(64), "99"] {
            assert!(!is_host(bad), "{bad:?}");
        }
        for bad in ["0.0.0.0", "255.255.255.255", "224.0.0.1", "ff02::1", "::", "169.254.169.254", "::ffff:169.254.169.254"] {
            assert!(!is_host(bad), "{bad:?}");
        }
    }
}
