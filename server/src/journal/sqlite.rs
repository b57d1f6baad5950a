//! The journal in an SQLite file: one writer connection, one statement an append.
//!
//! However many entries an append holds, it is a single `INSERT`: that is a transaction by itself, so there is no moment at
//! which a dropped future, a kill or a power cut could leave half of it, and one trip to the database's thread.

use std::path::Path;

use protocol::{RequestId, Seq, Time};
use sqlx::sqlite::SqliteRow;
use sqlx::{ConnectOptions, Row, SqliteConnection};

use super::chain::{self, Hash, Link};
use super::{Entry, Store, StoreError, Tail, prepare, writing};

/// The one writer of a journal in an SQLite file.
pub struct SqliteStore {
    connection: SqliteConnection,
    /// Where the journal ends; unknown after an append that did not come to its end.
    tail: Option<Tail>,
}

impl SqliteStore {
    /// Opens the journal at `path`, making it if there is none.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        prepare(path).await?;
        let connection = writing(path).connect().await?;
        Ok(SqliteStore { connection, tail: None })
    }

    async fn known_tail(&mut self) -> Result<Tail, StoreError> {
        match self.tail {
            Some(tail) => Ok(tail),
            None => self.tail().await,
        }
    }
}

impl Store for SqliteStore {
    async fn append(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        let Some(first) = entries.first() else { return Ok(()) };
        let tail = self.known_tail().await?;
        let (links, after) = chain::links(&tail, entries)?;
        let rows = rows(&links);
        // Until the answer is here nobody knows: a future dropped now still commits or does not.
        self.tail = None;
        let done = sqlx::query(APPEND).bind(rows).execute(&mut self.connection).await;
        done.map_err(|error| fenced(error, first.seq))?;
        self.tail = Some(after);
        Ok(())
    }

    async fn tail(&mut self) -> Result<Tail, StoreError> {
        let end: Option<(i64, i64, Vec<u8>)> = sqlx::query_as(END).fetch_optional(&mut self.connection).await?;
        let opened: Option<i64> = sqlx::query_scalar(DAY_OPENED).fetch_one(&mut self.connection).await?;
        let mut tail = Tail { day_opened: opened.map(seq_of), ..Tail::default() };
        if let Some((seq, at, hash)) = end {
            let seq = seq_of(seq);
            let damaged = |_| StoreError::Damaged { seq, what: "its hash is not 32 bytes" };
            tail = Tail { seq, at: Time(at), hash: hash.try_into().map_err(damaged)?, ..tail };
        }
        self.tail = Some(tail);
        Ok(tail)
    }

    async fn read(&mut self, from: Seq, limit: u32) -> Result<Vec<Entry>, StoreError> {
        read(&mut self.connection, from, limit).await
    }

    async fn ping(&mut self) -> Result<(), StoreError> {
        sqlx::query(PING).execute(&mut self.connection).await?;
        Ok(())
    }
}

pub(super) const END: &str = "SELECT seq, at, hash FROM journal ORDER BY seq DESC LIMIT 1";
pub(super) const DAY_OPENED: &str = "SELECT max(seq) FROM journal WHERE kind = 'day_opened'";
pub(super) const DATE_OPENED: &str = "SELECT min(seq) FROM journal WHERE kind = 'day_opened' AND day = $1";
const READ: &str = "SELECT seq, at, day, request, fingerprint, event FROM journal WHERE seq >= $1 ORDER BY seq LIMIT $2";
const PING: &str = "INSERT INTO health (id, beats) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET beats = beats + 1";
const APPEND: &str = "INSERT INTO journal (seq, at, day, kind, request, fingerprint, event, hash) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, unhex(value ->> 7) \
    FROM json_each($1)";

/// Returns the links as one JSON text, an array a row, in the order of [`APPEND`]'s columns.
fn rows(links: &[Link<'_>]) -> String {
    let rows: Vec<_> = links.iter().map(row).collect();
    serde_json::to_string(&rows).expect("texts and numbers are always JSON")
}

fn row<'a>(link: &'a Link<'a>) -> impl serde::Serialize {
    let Entry { seq, at, day, request, fingerprint, event } = link.entry;
    (seq, at, day, &link.kind, request, fingerprint, event, hex(&link.hash))
}

fn hex(hash: &Hash) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("half a byte is one digit");
    hash.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn fenced(error: sqlx::Error, seq: Seq) -> StoreError {
    match &error {
        sqlx::Error::Database(refused) if refused.is_unique_violation() => StoreError::Fenced { seq },
        _ => StoreError::Database(error),
    }
}

/// Returns the entries at `from` and after it, at most `limit` of them.
pub(super) async fn read(connection: &mut SqliteConnection, from: Seq, limit: u32) -> Result<Vec<Entry>, StoreError> {
    let from = i64::try_from(from.0).unwrap_or(i64::MAX);
    let rows = sqlx::query(READ).bind(from).bind(limit).fetch_all(connection).await?;
    rows.iter().map(entry).collect()
}

/// Returns the entry in a row that has the columns of [`READ`].
pub(super) fn entry(row: &SqliteRow) -> Result<Entry, StoreError> {
    let seq = seq_of(row.try_get("seq")?);
    let request: Option<&str> = row.try_get("request")?;
    let damaged = |_| StoreError::Damaged { seq, what: "its request id is none" };
    Ok(Entry {
        seq,
        at: Time(row.try_get("at")?),
        day: row.try_get("day")?,
        request: request.map(RequestId::new).transpose().map_err(damaged)?,
        fingerprint: row.try_get("fingerprint")?,
        event: row.try_get("event")?,
    })
}

/// The table's own check keeps places above zero.
pub(super) fn seq_of(seq: i64) -> Seq {
    Seq(seq.unsigned_abs())
}
