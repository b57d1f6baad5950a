//! Readers beside the writer: reports and backups, which never hold it up.

use std::path::{Path, PathBuf};

use protocol::Seq;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{SqliteConnection, SqlitePool};

use super::{Entry, StoreError, Verified, VerifyError, read_only, sqlite, verify};

/// Reads a journal while it is written. Clones share their two connections.
#[derive(Clone, Debug)]
pub struct Reader {
    pool: SqlitePool,
}

impl Reader {
    /// Opens the journal at `path`, which a store has opened before.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let pool = SqlitePoolOptions::new().max_connections(2).connect_with(read_only(path)).await?;
        Ok(Reader { pool })
    }

    /// Returns the entries at `from` and after it, at most `limit` of them.
    pub async fn read(&self, from: Seq, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        sqlite::read(&mut connection, from, limit).await
    }

    /// Returns the entries of a business day in order, of the last one when no date is given; none when there is no such
    /// day. Pages are read one by one, so that no long reading keeps the writer's log from being folded in.
    pub async fn day(&self, date: Option<&str>) -> Result<Vec<Entry>, StoreError> {
        const PAGE: u32 = 5_000;
        let opened: Option<i64> = match date {
            Some(date) => sqlx::query_scalar(sqlite::DATE_OPENED).bind(date).fetch_one(&self.pool).await?,
            None => sqlx::query_scalar(sqlite::DAY_OPENED).fetch_one(&self.pool).await?,
        };
        let mut day: Vec<Entry> = Vec::new();
        let mut from = opened.map(sqlite::seq_of);
        while let Some(start) = from {
            let page = self.read(start, PAGE).await?;
            let date = day.first().or(page.first()).map(|first| first.day.clone()).unwrap_or_default();
            from = page.last().filter(|last| last.day == date).map(|last| Seq(last.seq.0 + 1));
            day.extend(page.into_iter().take_while(|entry| entry.day == date));
        }
        Ok(day)
    }

    /// Writes a copy of the whole database to `to` while the centre runs, and verifies it.
    ///
    /// The copy is made beside its place and moved there when it is found good, so a backup that is there is whole.
    pub async fn backup(&self, to: &Path) -> Result<Verified, BackupError> {
        let mut connection = self.pool.acquire().await?;
        copy_whole(&mut connection, to, async |part| Ok(verify(part).await?)).await
    }
}

/// Copies a database beside its place, holds it good or not, and moves it there.
pub(crate) async fn copy_whole<T>(
    connection: &mut SqliteConnection,
    to: &Path,
    good: impl AsyncFnOnce(&Path) -> Result<T, BackupError>,
) -> Result<T, BackupError> {
    let part = beside(to);
    remove_if_there(&part).await?;
    let part_name = part.to_str().ok_or(BackupError::Path)?;
    sqlx::query("VACUUM INTO $1").bind(part_name).execute(connection).await?;
    let found = good(&part).await?;
    let to = to.to_path_buf();
    tokio::task::spawn_blocking(move || put_in_place(&part, &to)).await.map_err(std::io::Error::from)??;
    Ok(found)
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The path is not text.
    #[error("name the backup: its path is not UTF-8")]
    Path,
    /// The copy could not be made.
    #[error("copy the journal")]
    Copy(#[from] sqlx::Error),
    /// The journal in the copy is not whole.
    #[error("verify the copy")]
    Verify(#[from] VerifyError),
    /// The copy could not be put in its place.
    #[error("put the copy in its place")]
    Files(#[from] std::io::Error),
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

async fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The copy holds the accounts too, so it is for its owner's eyes only; after a power cut it is whole or not there.
fn put_in_place(from: &Path, to: &Path) -> std::io::Result<()> {
    let file = std::fs::OpenOptions::new().write(true).open(from)?;
    crate::journal::file::owner_only(from)?;
    file.sync_all()?;
    std::fs::rename(from, to)?;
    match to.parent() {
        Some(folder) if folder != Path::new("") => std::fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
