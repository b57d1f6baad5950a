//! Who a station is, kept in its state folder: the name, the token that proves it and a display's zone.

use std::io;
use std::path::{Path, PathBuf};

use protocol::{DeviceId, ZoneId};
use serde::{Deserialize, Serialize};

use crate::disk;

/// A paired station.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// What the centre calls it.
    pub device: DeviceId,
    /// Proves it on every request. Never shown, logged or given to a page.
    pub token: String,
    /// The zone of a display.
    #[serde(default)]
    pub zone: Option<ZoneId>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("device", &self.device).field("zone", &self.zone).finish_non_exhaustive()
    }
}

/// What a state folder holds of an identity.
#[derive(Debug)]
pub enum Remembered {
    /// The station is paired.
    Paired(Identity),
    /// It never was, or was told to forget.
    Unpaired,
    /// The file is there and cannot be used; the station starts unpaired and says so.
    Damaged(io::Error),
}

/// The folder where a station keeps what must survive a power cut.
#[derive(Clone, Debug)]
pub struct StateFolder {
    path: PathBuf,
}

/// Far more than an identity has.
const IDENTITY_BYTES_MAX: u64 = 8 * 1024;

impl StateFolder {
    /// Returns the folder, made if it is not there.
    pub fn open(path: &Path) -> io::Result<StateFolder> {
        std::fs::create_dir_all(path)?;
        Ok(StateFolder { path: path.to_owned() })
    }

    /// Returns the folder as it is, to read in it.
    pub(crate) fn at(path: &Path) -> StateFolder {
        StateFolder { path: path.to_owned() }
    }

    /// Returns where a file of this folder is.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Returns who the station is.
    pub fn identity(&self) -> Remembered {
        let read = disk::read_small(&self.identity_file(), IDENTITY_BYTES_MAX).and_then(|bytes| match bytes {
            Some(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::from),
            None => Ok(None),
        });
        match read {
            Ok(Some(identity)) => Remembered::Paired(identity),
            Ok(None) => Remembered::Unpaired,
            Err(error) => Remembered::Damaged(error),
        }
    }

    /// Keeps who the station is.
    pub fn keep(&self, identity: &Identity) -> io::Result<()> {
        disk::write_whole(&self.identity_file(), &serde_json::to_vec_pretty(identity)?)
    }

    /// Forgets who the station is: its token was revoked.
    pub fn forget(&self) -> io::Result<()> {
        disk::remove(&self.identity_file())
    }

    fn identity_file(&self) -> PathBuf {
        self.file("identity.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_outlives_the_process_until_it_is_forgotten() {
        let (_guard, folder) = folder();
        assert!(matches!(folder.identity(), Remembered::Unpaired));
        folder.keep(&identity()).expect("keeps");
        assert!(matches!(folder.identity(), Remembered::Paired(found) if found == identity()));
        folder.forget().expect("forgets");
        assert!(matches!(folder.identity(), Remembered::Unpaired));
    }

    #[test]
    fn a_damaged_file_starts_the_station_unpaired_and_says_so() {
        let (_guard, folder) = folder();
        for damage in [&b"{\"device\":\"kiosk-1\",\"tok"[..], b"", b"\0\0\0", b"{\"device\":\"a b\",\"token\":\"t\"}"] {
            std::fs::write(folder.identity_file(), damage).expect("writes");
            assert!(matches!(folder.identity(), Remembered::Damaged(_)), "{damage:?}");
        }
        folder.keep(&identity()).expect("keeps over the damage");
        assert!(matches!(folder.identity(), Remembered::Paired(_)));
    }

    #[test]
    fn the_token_does_not_get_into_a_log() {
        assert!(!format!("{:?}", identity()).contains("s3cret"));
    }

    fn folder() -> (tempfile::TempDir, StateFolder) {
        let guard = tempfile::tempdir().expect("a folder");
        let folder = StateFolder::open(&guard.path().join("state")).expect("opens");
        (guard, folder)
    }

    fn identity() -> Identity {
        Identity { device: DeviceId::new("display-1").expect("an id"), token: "s3cret".into(), zone: ZoneId::new("hall-a").ok() }
    }
}
