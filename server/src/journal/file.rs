//! The database file: how it is opened, by whom, and which SQLite may open it.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::StoreError;

/// The first SQLite whose write-ahead log cannot be corrupted by a checkpoint at the wrong moment.
const SQLITE_MIN: [u32; 3] = [3, 51, 3];

/// The write-ahead log is cut back to this size after a checkpoint, bytes.
const LOG_BYTES_MAX: &str = "67108864";

/// How long a writer waits for the other one in the same file.
const BUSY: Duration = Duration::from_secs(5);

/// Brings the file's tables up to date, making the file if there is none; refuses an SQLite that is too old.
pub(crate) async fn prepare(path: &Path) -> Result<(), StoreError> {
    let mut connection = writing(path).create_if_missing(true).connect().await?;
    demand_sound_sqlite(&mut connection).await?;
    sqlx::migrate!("./migrations").run(&mut connection).await?;
    connection.close().await?;
    owner_only(path)?;
    Ok(())
}

/// Closes the file to other accounts of the machine: password hashes are in it.
pub(super) fn owner_only(path: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

/// Returns how a writer opens the file: nothing is told as done before the disk has it.
pub(crate) fn writing(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("journal_size_limit", LOG_BYTES_MAX)
}

/// Returns how a reader opens the file.
pub(crate) fn read_only(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY)
}

async fn demand_sound_sqlite(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(connection).await?;
    match is_sound(&found) {
        true => Ok(()),
        false => Err(StoreError::OldSqlite { found }),
    }
}

fn is_sound(version: &str) -> bool {
    let parts: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    parts.as_slice() >= SQLITE_MIN.as_slice()
}

/// Keeps a second server away from the same data while it lives.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

/// Takes the data folder for this process; `None` when another server has it.
///
/// The hashes and the places would stop a second writer anyhow, but only after it had opened its doors.
pub fn lock(data: &Path) -> std::io::Result<Option<DataLock>> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(data.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(DataLock { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_that_can_lose_its_log_is_refused() {
        for old in ["3.40.1", "3.51.2", "3.9.99", "", "x"] {
            assert!(!is_sound(old), "{old}");
        }
        for sound in ["3.51.3", "3.52.0", "4.0.0"] {
            assert!(is_sound(sound), "{sound}");
        }
    }

    #[test]
    fn a_data_folder_has_one_server() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = lock(folder.path()).expect("a lock file");
        assert!(first.is_some());
        assert!(lock(folder.path()).expect("a lock file").is_none());
        drop(first);
        assert!(lock(folder.path()).expect("a lock file").is_some());
    }
}
