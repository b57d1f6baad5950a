//! Who may do what: accounts, sessions, paired devices and open pairings. And what managers set: days that are closed, the
//! list of appointments, printers, and the PIN of those who help at kiosks.
//!
//! All of it is held in memory and written through to the database, so knowing who asks costs a request no SQL. A change
//! runs in a task of its own: a caller that goes away in the middle leaves nothing half done.

mod accounts;
mod attendant;
mod bookings;
mod closed_days;
mod devices;
mod lockout;
mod pairings;
mod password;
mod printers;
mod sessions;
mod setup;
#[cfg(test)]
mod tests;
mod token;

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use protocol::{DeviceId, OfficerId, Refusal, Time};
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::MutexGuard as WriterGuard;
use tracing::error;

use crate::clock::Clock;
use crate::journal::{StoreError, prepare, writing};

pub use accounts::Account;
pub use bookings::Booking;
pub use closed_days::AddedDay;
pub use devices::Device;
pub use pairings::OpenPairing;

use attendant::Attendants;
use lockout::Lockouts;
use pairings::Pairings;
use password::Passwords;
use printers::Printers;
use sessions::Session;
use token::Digest;

/// Knows accounts, sessions and devices. Clones are the same registry.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Arc<dyn Clock>,
    passwords: Passwords,
    setup_file: PathBuf,
    memory: Mutex<Memory>,
    /// The one connection that changes things; who holds it has the only say.
    writer: tokio::sync::Mutex<SqliteConnection>,
}

/// What is known without asking the database.
#[derive(Default)]
struct Memory {
    accounts: HashMap<OfficerId, accounts::Stored>,
    sessions: HashMap<Digest, Session>,
    devices: HashMap<DeviceId, Device>,
    device_tokens: HashMap<Digest, DeviceId>,
    bookings: HashMap<Digest, Booking>,
    closed_days: BTreeMap<NaiveDate, AddedDay>,
    attendants: Attendants,
    pairings: Pairings,
    printers: Printers,
    lockouts: Lockouts,
    setup_code: Option<String>,
}

impl Registry {
    /// Opens the registry in the database at `path`. While it has no account, a code for the first administrator stands
    /// in `data`.
    ///
    /// `clock` is real time, also in a demonstration: a session does not end sooner because the centre's day is hurried.
    pub async fn open(path: &Path, data: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        prepare(path).await?;
        let mut connection = writing(path).connect().await?;
        let mut memory = Memory { accounts: accounts::load(&mut connection).await?, ..Memory::default() };
        memory.sessions = sessions::load(&mut connection, clock.now()).await?;
        memory.bookings = bookings::load(&mut connection, clock.now()).await?;
        (memory.devices, memory.device_tokens) = devices::load(&mut connection).await?;
        memory.closed_days = closed_days::load(&mut connection).await?;
        memory.printers = printers::load(&mut connection).await?;
        let setup_file = data.join(setup::FILE);
        memory.attendants = attendant::load(&mut connection).await?;
        memory.setup_code = setup::prepare(&setup_file, memory.accounts.is_empty())?;
        let (memory, writer) = (Mutex::new(memory), tokio::sync::Mutex::new(connection));
        let inner = Inner { clock, passwords: Passwords::default(), setup_file, memory, writer };
        Ok(Registry { inner: Arc::new(inner) })
    }

    /// Runs a change to its end, whether or not its caller waits for it.
    async fn change<T, F>(&self, change: impl FnOnce(Registry) -> F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Refusal>> + Send + 'static,
    {
        tokio::spawn(change(self.clone())).await.unwrap_or(Err(Refusal::Storage))
    }

    fn now(&self) -> Time {
        self.inner.clock.now()
    }

    /// Every change of the memory is a single step, so what a panicking thread leaves behind is still good.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.inner.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn writer(&self) -> WriterGuard<'_, SqliteConnection> {
        self.inner.writer.lock().await
    }
}

/// Logs why a change could not be written, once, and says to the caller that it was not done.
fn not_written(error: sqlx::Error) -> Refusal {
    error!(error = &error as &dyn std::error::Error, "could not write to the registry");
    Refusal::Storage
}
