//! Sessions: who is signed in, proved by a token that ends after twelve idle hours.

use std::collections::HashMap;

use protocol::request::SignIn;
use protocol::time::{HOUR, MINUTE};
use protocol::{OfficerId, Refusal, Time};
use sqlx::SqliteConnection;
use tracing::{info, warn};

use super::token::{self, Digest};
use super::{Account, Memory, Registry, not_written};

/// A session nobody used for so long has ended.
const IDLE_MAX: i64 = 12 * HOUR;

/// How stale the time of last use on disk may be: a restart may end a session so much too early.
const USE_NOTED_EVERY: i64 = 10 * MINUTE;

/// One account's sessions at the same time; the one used longest ago gives way.
const SESSIONS_MAX: usize = 16;

/// A session as it is held in memory.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub account: OfficerId,
    pub used: Time,
    pub noted: Time,
}

impl Registry {
    /// Signs in with a password; returns the account and the token of a new session, which is told only here.
    pub async fn sign_in(&self, asked: SignIn) -> Result<(Account, String), Refusal> {
        let SignIn { name, password } = asked;
        let kept = self.begin_attempt(&name)?;
        if !self.inner.passwords.is_right(password, kept.clone()).await? {
            // What was typed for a name that nobody has may be a password.
            match kept {
                Some(_) => warn!(account = %name, "a wrong password for account {name}"),
                None => warn!("a wrong password for an account that is not there"),
            }
            return Err(Refusal::WrongPassword);
        }
        self.change(|registry| async move { registry.start_session(&name, kept).await }).await
    }

    /// Returns whose session the token proves, and counts as its use.
    pub fn session(&self, token: &str) -> Result<Account, Refusal> {
        let (now, digest) = (self.now(), token::digest(token));
        let mut memory = self.memory();
        let session = memory.sessions.get_mut(&digest).ok_or(Refusal::NotSignedIn)?;
        if now.since(session.used) > IDLE_MAX {
            memory.sessions.remove(&digest);
            return Err(Refusal::NotSignedIn);
        }
        session.used = session.used.max(now);
        let stale = now.since(session.noted) > USE_NOTED_EVERY;
        if stale {
            session.noted = now;
        }
        let name = session.account.clone();
        let account = memory.accounts.get(&name).ok_or(Refusal::NotSignedIn)?.account.clone();
        drop(memory);
        if stale {
            self.note_use(digest, now);
        }
        Ok(account)
    }

    /// Returns whether the session has not ended; asking is not using it, so an open page keeps nobody signed in.
    pub fn session_stands(&self, token: &str) -> bool {
        let (now, digest) = (self.now(), token::digest(token));
        self.memory().sessions.get(&digest).is_some_and(|session| now.since(session.used) <= IDLE_MAX)
    }

    /// Ends the session; one that has ended already stays ended.
    pub async fn sign_out(&self, token: &str) -> Result<(), Refusal> {
        let digest = token::digest(token);
        self.change(move |registry| async move {
            let mut writer = registry.writer().await;
            let end = sqlx::query("DELETE FROM sessions WHERE token_hash = $1").bind(digest.as_slice());
            end.execute(&mut *writer).await.map_err(not_written)?;
            registry.memory().sessions.remove(&digest);
            Ok(())
        })
        .await
    }

    /// Counts an attempt and returns what is kept of the account's password.
    fn begin_attempt(&self, name: &OfficerId) -> Result<Option<String>, Refusal> {
        let now = self.now();
        let mut memory = self.memory();
        memory.lockouts.attempt(name.as_str(), now)?;
        Ok(memory.accounts.get(name).map(|stored| stored.password.clone()))
    }

    pub(super) async fn start_session(&self, name: &OfficerId, proved: Option<String>) -> Result<(Account, String), Refusal> {
        let mut writer = self.writer().await;
        let (now, token) = (self.now(), token::new());
        let digest = token::digest(&token);
        let (account, given_way) = {
            let mut memory = self.memory();
            // The account may have been replaced while its old password was being compared.
            let stored = memory.accounts.get(name).filter(|stored| Some(&stored.password) == proved.as_ref());
            let account = stored.ok_or(Refusal::WrongPassword)?.account.clone();
            memory.lockouts.right(name.as_str());
            (account, memory.sessions_to_end(name, now))
        };
        write(&mut writer, &digest, name, now, &given_way).await.map_err(not_written)?;
        let session = Session { account: name.clone(), used: now, noted: now };
        let mut memory = self.memory();
        memory.sessions.retain(|digest, _| !given_way.contains(digest));
        memory.sessions.insert(digest, session);
        drop(memory);
        info!(account = %name, "{name} signed in");
        Ok((account, token))
    }

    /// Writes the time of last use when there is time for it: nothing is lost but ten minutes of a twelve-hour limit.
    fn note_use(&self, digest: Digest, now: Time) {
        let registry = self.clone();
        tokio::spawn(async move {
            let mut writer = registry.writer().await;
            let note = sqlx::query("UPDATE sessions SET used_at = $1 WHERE token_hash = $2");
            if let Err(error) = note.bind(now.0).bind(digest.as_slice()).execute(&mut *writer).await {
                warn!(error = &error as &dyn std::error::Error, "could not note the use of a session");
            }
        });
    }
}

impl Memory {
    /// Returns sessions of anyone that have ended, and those of `name` that give way to a new one.
    fn sessions_to_end(&self, name: &OfficerId, now: Time) -> Vec<Digest> {
        let ended = |session: &Session| now.since(session.used) > IDLE_MAX;
        let (gone, here): (Vec<_>, Vec<_>) = self.sessions.iter().partition(|(_, session)| ended(session));
        let mut own: Vec<_> = here.into_iter().filter(|(_, session)| session.account == *name).collect();
        own.sort_by_key(|(_, session)| std::cmp::Reverse(session.used));
        gone.into_iter().chain(own.into_iter().skip(SESSIONS_MAX - 1)).map(|(digest, _)| *digest).collect()
    }
}

async fn write(
    connection: &mut SqliteConnection,
    digest: &Digest,
    name: &OfficerId,
    now: Time,
    ended: &[Digest],
) -> Result<(), sqlx::Error> {
    for digest in ended {
        let end = sqlx::query("DELETE FROM sessions WHERE token_hash = $1").bind(digest.as_slice());
        end.execute(&mut *connection).await?;
    }
    let start = "INSERT INTO sessions (token_hash, account, started_at, used_at) VALUES ($1, $2, $3, $3)";
    sqlx::query(start).bind(digest.as_slice()).bind(name.as_str()).bind(now.0).execute(connection).await?;
    Ok(())
}

pub(super) async fn load(connection: &mut SqliteConnection, now: Time) -> Result<HashMap<Digest, Session>, sqlx::Error> {
    let ended = now.plus(-IDLE_MAX).0;
    sqlx::query("DELETE FROM sessions WHERE used_at < $1").bind(ended).execute(&mut *connection).await?;
    let sql = "SELECT token_hash, account, used_at FROM sessions";
    let rows: Vec<(Vec<u8>, String, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
    let session = |(hash, account, used): (Vec<u8>, String, i64)| {
        let (hash, account) = (Digest::try_from(hash).ok()?, OfficerId::new(&account).ok()?);
        Some((hash, Session { account, used: Time(used), noted: Time(used) }))
    };
    Ok(rows.into_iter().filter_map(session).collect())
}
