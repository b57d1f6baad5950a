//! The journal: what happened, in order, on disk, chained by hashes.
//!
//! An entry is the only thing that is ever stored about the hall. Whoever holds a [`Store`] is its one writer; a second
//! writer is fenced off by the place it wants to take.

mod chain;
mod file;
mod reader;
mod sqlite;
#[cfg(test)]
mod tests;
mod verify;

use std::future::Future;

use protocol::{RequestId, Seq, Time};

pub use chain::Hash;
pub use file::{DataLock, lock};
pub(crate) use file::{prepare, read_only, writing};
pub(crate) use reader::copy_whole;
pub use reader::{BackupError, Reader};
pub use sqlite::SqliteStore;
pub use verify::{Verified, VerifyError, verify};

/// One thing that happened, at its place in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub seq: Seq,
    /// When it happened; never earlier than the entry before.
    pub at: Time,
    /// The business day it belongs to, such as `2026-11-24`.
    pub day: String,
    /// The asker's name for the request that led to it; absent when time alone did.
    pub request: Option<RequestId>,
    /// A digest of that request's content, to tell a repeated request from a reused name.
    pub fingerprint: Option<i64>,
    /// The event as JSON text, exactly as it is hashed: an object with a `type`.
    pub event: String,
}

/// Where a journal ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// The last entry's place; 0 while the journal is empty.
    pub seq: Seq,
    /// When it happened; meaningless while the journal is empty.
    pub at: Time,
    /// Its hash, which the next entry is chained to.
    pub hash: Hash,
    /// Where the last business day was opened: folding from here gives the state of today.
    pub day_opened: Option<Seq>,
}

/// Where entries are kept.
pub trait Store: Send {
    /// Appends all the entries in one durable transaction, or none of them.
    ///
    /// They must continue the journal as this store last knew it. After an error the caller rebuilds its state from
    /// the journal, because nobody can tell a lost commit from a lost answer.
    fn append(&mut self, entries: &[Entry]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Reads from the disk where the journal ends, however long it is, in no time.
    fn tail(&mut self) -> impl Future<Output = Result<Tail, StoreError>> + Send;

    /// Returns the entries at `from` and after it, at most `limit` of them.
    fn read(&mut self, from: Seq, limit: u32) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send;

    /// Writes one durable row, to learn whether writing works at all.
    fn ping(&mut self) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer has taken the place.
    #[error("append entry {seq}: another writer has taken its place")]
    Fenced {
        /// The place that was wanted.
        seq: Seq,
    },
    /// The entries do not continue the journal.
    #[error("append entry {found}: the journal goes on with {expected}")]
    Gap {
        /// The place that comes next.
        expected: Seq,
        /// The place that was given.
        found: Seq,
    },
    /// Time in the journal never runs backwards.
    #[error("append entry {seq}: it is earlier than the entry before")]
    Backwards {
        /// The entry that is too early.
        seq: Seq,
    },
    /// The event is not a JSON object with a `type`.
    #[error("append entry {seq}: its event is not JSON with a type")]
    BadEvent {
        /// The entry with the event.
        seq: Seq,
    },
    /// A stored entry cannot be read.
    #[error("read entry {seq}: {what}")]
    Damaged {
        /// The entry.
        seq: Seq,
        /// What is wrong with it.
        what: &'static str,
    },
    /// SQLite below 3.51.3 can corrupt its write-ahead log.
    #[error("open the journal: SQLite {found} is too old, 3.51.3 is needed")]
    OldSqlite {
        /// The version that was linked.
        found: String,
    },
    /// The tables could not be brought up to date.
    #[error("bring the tables up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The database refused or failed.
    #[error("use the database")]
    Database(#[from] sqlx::Error),
    /// The file system refused or failed.
    #[error("use the data folder")]
    Files(#[from] std::io::Error),
}
