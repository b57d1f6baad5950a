//! Accounts: who may sign in, and as what.

use std::collections::HashMap;

use protocol::request::{MakeAccount, Role, SetUp};
use protocol::{OfficerId, Refusal};
use sqlx::{Connection, SqliteConnection};
use subtle::ConstantTimeEq;
use tracing::{info, warn};

use super::{Registry, not_written, password, setup};

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name typed to sign in; also the officer's id in the journal.
    pub name: OfficerId,
    /// The name that colleagues see.
    pub shown: String,
    /// What the account may do.
    pub role: Role,
}

/// An account with what is kept of its password.
pub(super) struct Stored {
    pub account: Account,
    pub password: String,
}

impl Registry {
    /// Returns whether the first administrator is still to be made.
    pub fn needs_set_up(&self) -> bool {
        self.memory().accounts.is_empty()
    }

    /// Makes the first administrator, once, for whoever can read the code on the server itself.
    pub async fn set_up(&self, asked: SetUp) -> Result<Account, Refusal> {
        self.prove_setup_code(&asked.code)?;
        let SetUp { name, shown, password, .. } = asked;
        let made = MakeAccount { name, shown, role: Role::Administrator, password };
        let account = self.make(made, Only::AsTheFirst).await?;
        info!(account = %account.name, "the first administrator is set up");
        Ok(account)
    }

    /// Makes an account, or replaces it: its sessions end, and the old password opens nothing more.
    pub async fn make_account(&self, asked: MakeAccount) -> Result<Account, Refusal> {
        let account = self.make(asked, Only::WithAnAdministratorLeft).await?;
        info!(account = %account.name, role = role_text(account.role), "account {} is made", account.name);
        Ok(account)
    }

    /// Returns every account, by name.
    pub fn accounts(&self) -> Vec<Account> {
        let mut accounts: Vec<_> = self.memory().accounts.values().map(|stored| stored.account.clone()).collect();
        accounts.sort_by(|one, other| one.name.cmp(&other.name));
        accounts
    }

    fn prove_setup_code(&self, said: &str) -> Result<(), Refusal> {
        let now = self.now();
        let mut memory = self.memory();
        let Some(code) = memory.setup_code.clone().filter(|_| memory.accounts.is_empty()) else {
            return Err(Refusal::AlreadySetUp);
        };
        memory.lockouts.attempt(setup::LOCK_NAME, now)?;
        if !bool::from(code.as_bytes().ct_eq(said.trim().as_bytes())) {
            return Err(Refusal::SetupCode);
        }
        memory.lockouts.right(setup::LOCK_NAME);
        Ok(())
    }

    async fn make(&self, asked: MakeAccount, only: Only) -> Result<Account, Refusal> {
        let MakeAccount { name, shown, role, password } = asked;
        let shown = shown.trim().to_owned();
        if shown.is_empty() || shown.chars().count() > SHOWN_MAX || shown.chars().any(char::is_control) {
            return Err(Refusal::BadRequest);
        }
        password::demand_strong(&password, name.as_str(), &shown)?;
        let password = self.inner.passwords.hash(password).await?;
        let account = Account { name, shown, role };
        let stored = Stored { account: account.clone(), password };
        self.change(|registry| async move { registry.keep(stored, only).await }).await?;
        Ok(account)
    }

    async fn keep(&self, stored: Stored, only: Only) -> Result<(), Refusal> {
        let mut writer = self.writer().await;
        self.allow(&stored.account, only)?;
        write(&mut writer, &stored, self.now().0).await.map_err(not_written)?;
        let name = stored.account.name.clone();
        let mut memory = self.memory();
        memory.sessions.retain(|_, session| session.account != name);
        memory.lockouts.right(name.as_str());
        memory.accounts.insert(name, stored);
        if memory.setup_code.take().is_some() {
            setup::forget(&self.inner.setup_file);
        }
        Ok(())
    }

    fn allow(&self, account: &Account, only: Only) -> Result<(), Refusal> {
        let memory = self.memory();
        match only {
            Only::AsTheFirst if memory.accounts.is_empty() => Ok(()),
            Only::AsTheFirst => Err(Refusal::AlreadySetUp),
            Only::WithAnAdministratorLeft => {
                let after = |stored: &Stored| match stored.account.name == account.name {
                    true => account.role,
                    false => stored.account.role,
                };
                let new = account.role == Role::Administrator;
                let left = new || memory.accounts.values().any(|stored| after(stored) == Role::Administrator);
                if left { Ok(()) } else { Err(Refusal::NotAllowed) }
            }
        }
    }
}

/// The longest name that fits where colleagues see it, characters.
const SHOWN_MAX: usize = 60;

/// On what condition an account may be made.
#[derive(Clone, Copy)]
enum Only {
    AsTheFirst,
    WithAnAdministratorLeft,
}

async fn write(connection: &mut SqliteConnection, stored: &Stored, now: i64) -> Result<(), sqlx::Error> {
    let Stored { account, password } = stored;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("DELETE FROM sessions WHERE account = $1").bind(account.name.as_str()).execute(&mut *transaction).await?;
    sqlx::query(KEEP)
        .bind(account.name.as_str())
        .bind(&account.shown)
        .bind(role_text(account.role))
        .bind(password)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

const KEEP: &str = "INSERT INTO accounts (name, shown, role, password, changed_at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (name) DO UPDATE SET shown = excluded.shown, role = excluded.role, password = excluded.password, \
    changed_at = excluded.changed_at";

pub(super) async fn load(connection: &mut SqliteConnection) -> Result<HashMap<OfficerId, Stored>, sqlx::Error> {
    let sql = "SELECT name, shown, role, password FROM accounts";
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(sql).fetch_all(connection).await?;
    let mut accounts = HashMap::new();
    for (name, shown, role, password) in rows {
        let (Ok(name), Some(role)) = (OfficerId::new(&name), role_of(&role)) else {
            warn!("an account in the registry is damaged and left out");
            continue;
        };
        accounts.insert(name.clone(), Stored { account: Account { name, shown, role }, password });
    }
    Ok(accounts)
}

fn role_text(role: Role) -> &'static str {
    match role {
        Role::Officer => "officer",
        Role::Manager => "manager",
        Role::Administrator => "administrator",
    }
}

fn role_of(text: &str) -> Option<Role> {
    [Role::Officer, Role::Manager, Role::Administrator].into_iter().find(|role| role_text(*role) == text)
}
