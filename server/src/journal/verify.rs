//! Whether a journal is whole: every place taken, every hash right, no step back in time.
//!
//! The chain shows any change inside the journal. It cannot show by itself that the newest entries were cut off; who
//! needs to know that compares [`Verified::last`] with a hash noted earlier, such as the one printed on a day sheet.

use std::path::Path;

use futures_util::TryStreamExt;
use protocol::{Seq, Time};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteRow;

use super::chain::{self, Hash};
use super::{Entry, StoreError, read_only, sqlite};

/// A journal that is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many entries it has.
    pub entries: u64,
    /// The last one.
    pub last: Seq,
    /// Its hash, which vouches for all before it.
    pub hash: Hash,
}

/// A journal that is not whole, or cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("entry {seq}: {what}")]
pub struct VerifyError {
    /// The first entry that is wrong.
    pub seq: Seq,
    /// What is wrong with it.
    pub what: &'static str,
    /// Why it could not be read, if that was it.
    #[source]
    pub source: Option<StoreError>,
}

/// Reads the whole journal at `path` and checks it, entry by entry, in little memory.
pub async fn verify(path: &Path) -> Result<Verified, VerifyError> {
    let mut verified = Verified { entries: 0, last: Seq(0), hash: Hash::default() };
    let mut at = Time(i64::MIN);
    let unread = |seq: Seq, error: sqlx::Error| broken(seq, "cannot be read", Some(error.into()));
    let mut connection = read_only(path).connect().await.map_err(|error| unread(Seq(1), error))?;
    let mut rows = sqlx::query(ALL).fetch(&mut connection);
    loop {
        let seq = Seq(verified.last.0 + 1);
        let Some(row) = rows.try_next().await.map_err(|error| unread(seq, error))? else { break };
        let entry = sqlite::entry(&row).map_err(|error| broken(seq, "cannot be read", Some(error)))?;
        verified.hash = check(&row, &entry, seq, at, &verified.hash).map_err(|what| broken(seq, what, None))?;
        verified.last = seq;
        verified.entries += 1;
        at = entry.at;
    }
    Ok(verified)
}

const ALL: &str = "SELECT seq, at, day, request, fingerprint, event, kind, hash FROM journal ORDER BY seq";

fn check(row: &SqliteRow, entry: &Entry, seq: Seq, at: Time, before: &Hash) -> Result<Hash, &'static str> {
    use sqlx::Row;
    let hash = chain::hash(before, entry);
    if entry.seq != seq {
        return Err("is missing");
    }
    if row.try_get::<&[u8], _>("hash").ok() != Some(hash.as_slice()) {
        return Err("is not what was written");
    }
    if chain::kind(&entry.event).as_deref() != row.try_get("kind").ok() {
        return Err("is filed under another kind");
    }
    if entry.at < at {
        return Err("is earlier than the entry before");
    }
    Ok(hash)
}

fn broken(seq: Seq, what: &'static str, source: Option<StoreError>) -> VerifyError {
    VerifyError { seq, what, source }
}
