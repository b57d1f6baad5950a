//! Everybody who can sign in: the officers that are simulated, and the person at this computer.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use protocol::OfficerId;
use protocol::request::Role;
use rand::Rng;
use serde::Serialize;

/// An account with its password, for this demonstration alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// What is typed to sign in.
    pub name: OfficerId,
    /// The password.
    pub password: String,
    /// What it may do.
    pub role: Role,
    /// The name that colleagues see.
    pub shown: String,
}

/// First names of the simulated officers; made up, as is everybody here.
const OFFICERS: [&str; 28] = [
    "Amina", "Brian", "Chebet", "Daudi", "Esther", "Fatuma", "Grace", "Hassan", "Irene", "Juma", "Kamau", "Lilian", "Mwende", "Njeri",
    "Omondi", "Purity", "Rehema", "Salim", "Tabitha", "Umi", "Violet", "Wanjiku", "Yusuf", "Zainab", "Achieng", "Baraka", "Cherono",
    "Dzombo",
];

/// Returns the accounts of simulated officers, `count` of them.
pub fn officers(count: usize) -> Vec<Account> {
    OFFICERS.iter().take(count).map(|shown| account(&shown.to_lowercase(), shown, Role::Officer)).collect()
}

/// Returns the account of the person at this computer.
pub fn manager() -> Account {
    account("meneja", "Meneja", Role::Manager)
}

/// Returns the account that made the others.
pub fn administrator() -> Account {
    account("msimamizi", "Msimamizi", Role::Administrator)
}

/// Returns an officer's account that nobody plays, for trying the officer's screen as an officer.
pub fn spare() -> Account {
    account("afisa", "Afisa", Role::Officer)
}

/// Writes the accounts where only their owner can read them.
pub fn write(path: &Path, accounts: &[Account]) -> io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    writeln!(file, "Made anew at each start of the demonstration. Name, password, role, shown as.\n")?;
    for Account { name, password, role, shown } in accounts {
        let role = format!("{role:?}").to_lowercase();
        writeln!(file, "{:<12} {password:<16} {role:<14} {shown}", name.as_str())?;
    }
    file.sync_all()
}

fn account(name: &str, shown: &str, role: Role) -> Account {
    let name = OfficerId::new(name).expect("a first name is an id");
    Account { name, password: password(), role, shown: shown.to_owned() }
}

/// Returns a password that can be read aloud and typed: syllables, and two digits. Some 42 bits, drawn anew each start.
fn password() -> String {
    const FIRST: &[u8] = b"bdfghjklmnprstvwyz";
    const SECOND: &[u8] = b"aeiou";
    let mut random = rand::rng();
    let mut password = String::new();
    for syllable in 0..5 {
        if syllable == 3 {
            password.push('-');
        }
        password.push(FIRST[random.random_range(0..FIRST.len())].into());
        password.push(SECOND[random.random_range(0..SECOND.len())].into());
    }
    format!("{password}{:02}", random.random_range(0..100))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn every_name_is_its_own_and_every_password_is_long_and_new() {
        let mut accounts = officers(28);
        accounts.extend([manager(), administrator(), spare()]);
        let names: BTreeSet<_> = accounts.iter().map(|account| account.name.clone()).collect();
        let passwords: BTreeSet<_> = accounts.iter().map(|account| account.password.clone()).collect();
        assert_eq!((names.len(), passwords.len()), (31, 31));
        assert!(accounts.iter().all(|account| account.password.len() >= 12), "{accounts:?}");
    }

    #[test]
    fn the_file_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("accounts.txt");
        let account = manager();
        write(&path, std::slice::from_ref(&account)).expect("writes");
        let text = std::fs::read_to_string(&path).expect("reads");
        assert!(text.contains("meneja") && text.contains(&account.password) && text.contains("manager"), "{text}");
        assert_eq!(std::fs::metadata(&path).expect("is there").permissions().mode() & 0o777, 0o600);
    }
}
