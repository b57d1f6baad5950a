//! The centre's list of appointments: which service at which time, found by a code of which only a digest is kept.

use std::collections::HashMap;

use protocol::request::NewBooking;
use protocol::{BookingId, Refusal, ServiceId, Time};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sqlx::{Connection, SqliteConnection};

use super::token::Digest;
use super::{Registry, not_written};

/// A booking is forgotten so long after its time.
const KEPT: i64 = 2 * 24 * protocol::time::HOUR;
/// How long a code is.
const CODE: std::ops::RangeInclusive<usize> = 4..=32;

/// One appointment of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Booking {
    /// What the journal knows it by.
    pub id: BookingId,
    /// What is booked.
    pub service: ServiceId,
    /// For when.
    pub at: Time,
}

impl Registry {
    /// Adds bookings, or changes those with the same code; returns how many the list then holds.
    pub async fn add_bookings(&self, added: Vec<NewBooking>) -> Result<usize, Refusal> {
        self.change(|registry| async move { registry.write_bookings(added).await }).await
    }

    /// Returns the booking with this code.
    pub fn booking(&self, code: &str) -> Result<Booking, Refusal> {
        let digest = digest(code).ok_or(Refusal::UnknownBooking)?;
        self.memory().bookings.get(&digest).cloned().ok_or(Refusal::UnknownBooking)
    }

    /// Returns the list in the order of time.
    pub fn bookings(&self) -> Vec<Booking> {
        let mut bookings: Vec<Booking> = self.memory().bookings.values().cloned().collect();
        bookings.sort_by_key(|booking| (booking.at, booking.id));
        bookings
    }

    async fn write_bookings(&self, added: Vec<NewBooking>) -> Result<usize, Refusal> {
        let mut writer = self.writer().await;
        let mut written = Vec::with_capacity(added.len());
        let mut transaction = writer.begin().await.map_err(not_written)?;
        for NewBooking { code, service, at } in added {
            let digest = digest(&code).ok_or(Refusal::BadRequest)?;
            let id = write(&mut transaction, &digest, &service, at).await.map_err(not_written)?;
            written.push((digest, Booking { id, service, at }));
        }
        let oldest = forget_past(&mut transaction, self.now()).await.map_err(not_written)?;
        transaction.commit().await.map_err(not_written)?;
        let mut memory = self.memory();
        memory.bookings.extend(written);
        memory.bookings.retain(|_, booking| booking.at >= oldest);
        Ok(memory.bookings.len())
    }
}

/// Reads the list, and removes from it what is past.
pub(super) async fn load(connection: &mut SqliteConnection, now: Time) -> sqlx::Result<HashMap<Digest, Booking>> {
    forget_past(connection, now).await?;
    let rows: Vec<(i64, Vec<u8>, String, i64)> =
        sqlx::query_as("SELECT id, code_hash, service, at FROM bookings").fetch_all(connection).await?;
    let booking = |(id, digest, service, at): (i64, Vec<u8>, String, i64)| {
        let booking = Booking { id: BookingId(u64::try_from(id).ok()?), service: ServiceId::new(&service).ok()?, at: Time(at) };
        Some((Digest::try_from(digest).ok()?, booking))
    };
    Ok(rows.into_iter().filter_map(booking).collect())
}

/// Removes what is past, by this clock and by the journal both: a clock that is wrong once must not empty the list. Returns the
/// time of the oldest that is left in.
async fn forget_past(connection: &mut SqliteConnection, now: Time) -> sqlx::Result<Time> {
    let last = sqlx::query_scalar("SELECT at FROM journal ORDER BY seq DESC LIMIT 1").fetch_optional(&mut *connection).await?;
    let oldest = now.0.min(last.unwrap_or(i64::MIN)).saturating_sub(KEPT);
    sqlx::query("DELETE FROM bookings WHERE at < $1").bind(oldest).execute(connection).await?;
    Ok(Time(oldest))
}

async fn write(connection: &mut SqliteConnection, digest: &Digest, service: &ServiceId, at: Time) -> sqlx::Result<BookingId> {
    let insert = sqlx::query_scalar(
        "INSERT INTO bookings (code_hash, service, at) VALUES ($1, $2, $3)
         ON CONFLICT (code_hash) DO UPDATE SET service = excluded.service, at = excluded.at RETURNING id",
    );
    let id: i64 = insert.bind(digest.as_slice()).bind(service.as_str()).bind(at.0).fetch_one(connection).await?;
    Ok(BookingId(u64::try_from(id).unwrap_or_default()))
}

/// Returns the digest of a code as people write it: spaces, dashes and the case of letters do not matter.
fn digest(code: &str) -> Option<Digest> {
    let plain: String = code.chars().filter(|c| !c.is_whitespace() && !"-_./".contains(*c)).collect();
    let well_formed = CODE.contains(&plain.len()) && plain.bytes().all(|byte| byte.is_ascii_alphanumeric());
    well_formed.then(|| Sha256::digest(plain.to_ascii_uppercase()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_written() {
        assert_eq!(digest("ab12-cd"), digest("AB12 CD"));
        assert_ne!(digest("AB12CD"), digest("AB12CE"));
        for bad in ["", "a-b", "ab\u{e9}cd", &"9".repeat(33)] {
            assert_eq!(digest(bad), None, "{bad:?}");
        }
    }
}
