//! Passwords: which are good enough, and how they are kept.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use protocol::Refusal;
use tokio::sync::Semaphore;
use tracing::error;

/// What OWASP asks of Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashing takes a core and 19 MiB for a while; the hall goes before people who sign in.
const AT_ONCE: usize = 2;
const IN_LINE: usize = 100;

const LENGTH_MIN: usize = 10;
/// Longer is no safer, and someone would send a megabyte.
const BYTES_MAX: usize = 512;

/// Hashes and compares passwords, a few at a time.
pub(super) struct Passwords {
    line: Semaphore,
    hands: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Passwords { line: Semaphore::new(IN_LINE), hands: Semaphore::new(AT_ONCE) }
    }
}

impl Passwords {
    /// Returns what is kept of a password.
    pub async fn hash(&self, password: String) -> Result<String, Refusal> {
        self.work(move || hash(&password).map(|hash| hash.to_string())).await?.ok_or(Refusal::Storage)
    }

    /// Returns whether this is the password. Without an account it takes as long, and is no.
    pub async fn is_right(&self, password: String, kept: Option<String>) -> Result<bool, Refusal> {
        let known = kept.is_some();
        let kept = kept.unwrap_or_else(|| NOBODY.to_owned());
        let alike = self.work(move || verify(&password, &kept)).await?;
        Ok(alike && known)
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let _place = self.line.try_acquire().map_err(|_| Refusal::TooBusy)?;
        let _hand = self.hands.acquire().await.map_err(|_| Refusal::TooBusy)?;
        tokio::task::spawn_blocking(work).await.map_err(|problem| {
            error!(error = &problem as &dyn std::error::Error, "could not hash a password");
            Refusal::Storage
        })
    }
}

/// The hash that a name without an account is compared with.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn hash(password: &str) -> Option<PasswordHash> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("these are within Argon2's limits");
    let salt = Salt::generate();
    let hash = output(password, &salt, &params, Params::DEFAULT_OUTPUT_LEN)?;
    Some(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(salt),
        hash: Some(hash),
    })
}

/// A damaged hash fits no password: its account is shut until an administrator makes it anew.
fn verify(password: &str, kept: &str) -> bool {
    let Ok(PasswordHash { algorithm, params, salt: Some(salt), hash: Some(hash), .. }) = PasswordHash::new(kept) else { return false };
    let Ok(params) = Params::try_from(&params) else { return false };
    let ours = algorithm == Algorithm::Argon2id.ident();
    // Outputs are compared in constant time.
    ours && output(password, &salt, &params, hash.len()).is_some_and(|output| output == hash)
}

/// Works in memory that goes back to the system at once. The C library keeps what a thread frees, but for pieces above
/// 32 MiB; so a piece of that size is reserved, and what is not touched of it costs nothing.
fn output(password: &str, salt: &Salt, params: &Params, length: usize) -> Option<Output> {
    const RESERVED_BLOCKS: usize = 33 * 1024;
    let mut memory = Vec::with_capacity(RESERVED_BLOCKS.max(params.block_count()));
    memory.resize(params.block_count(), Block::default());
    let mut output = vec![0; length];
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    hasher.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, &mut memory).ok()?;
    Output::new(&output).ok()
}

/// Refuses a password that somebody would guess.
pub(super) fn demand_strong(password: &str, name: &str, shown: &str) -> Result<(), Refusal> {
    if password.len() > BYTES_MAX {
        return Err(Refusal::BadRequest);
    }
    let plain = password.to_lowercase();
    let only_its_owner = [name, shown].iter().any(|own| is_made_of(&plain, &own.to_lowercase()));
    let weak = password.chars().count() < LENGTH_MIN
        || COMMON.contains(&plain.as_str())
        || COMMON.iter().any(|word| is_made_of(&plain, word))
        || is_a_run(&plain)
        || only_its_owner;
    if weak { Err(Refusal::WeakPassword) } else { Ok(()) }
}

/// Tells whether the password is the word, but for digits and signs around it or itself again.
fn is_made_of(password: &str, word: &str) -> bool {
    let word: String = word.chars().filter(|character| character.is_alphanumeric()).collect();
    let bare: String = password.chars().filter(|character| character.is_alphanumeric()).collect();
    if word.is_empty() || !bare.contains(&word) {
        return false;
    }
    bare.replace(&word, "").chars().all(char::is_numeric)
}

/// Tells whether it is one character again and again, or a run such as `0123456789` or `abcdefghij`.
fn is_a_run(password: &str) -> bool {
    let codes: Vec<i64> = password.chars().map(|character| i64::from(u32::from(character))).collect();
    let steps: Vec<i64> = codes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let turns = steps.iter().filter(|step| ![0, 1, -1].contains(*step)).count();
    turns <= 1
}

/// What people choose when they are asked for ten characters, and what is written on the wall of every centre.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "p@ssw0rd",
    "qwertyuiop",
    "qwerty",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "zaq12wsx",
    "asdfghjkl",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "iloveyou",
    "changeme",
    "default",
    "huduma",
    "hudumacentre",
    "hudumakenya",
    "foleni",
    "kenya",
    "nairobi",
    "mombasa",
    "karibu",
    "nywila",
    "nenosiri",
    "jambo",
    "officer",
    "manager",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_is_right_and_nobody_has_none() {
        let passwords = Passwords::default();
        let kept = passwords.hash("samaki wa kupaka".into()).await.expect("a hash");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_eq!(passwords.is_right("samaki wa kupaka".into(), Some(kept.clone())).await, Ok(true));
        assert_eq!(passwords.is_right("Samaki wa kupaka".into(), Some(kept)).await, Ok(false));
        assert_eq!(passwords.is_right("samaki wa kupaka".into(), None).await, Ok(false));
        assert_eq!(passwords.is_right("samaki wa kupaka".into(), Some("damaged".into())).await, Ok(false));
    }

    #[test]
    fn the_hash_of_nobody_costs_what_a_real_one_costs() {
        let nobody = PasswordHash::new(NOBODY).expect("a well-formed hash");
        let real = hash("x").expect("a hash");
        assert_eq!(nobody.params, real.params);
        let lengths = |hash: &PasswordHash| (hash.salt.map(|salt| salt.len()), hash.hash.map(|output| output.len()));
        assert_eq!(lengths(&nobody), lengths(&real));
    }

    /// Made by another program: what is kept must be read by what comes after us, and the other way round.
    #[test]
    fn a_hash_made_elsewhere_is_read() {
        let kept = "$argon2id$v=19$m=19456,t=2,p=1$IzJeYqxxQwddtCHBmnxHyw$5/w1lZZDsHUErC7e9gAiSmMVDjZoozuFpF/r2jS3a5k";
        assert!(verify("samaki wa kupaka", kept));
        assert!(!verify("samaki wa kupaka!", kept));
        assert!(!verify("samaki wa kupaka", &kept.replace("argon2id", "argon2i")));
    }

    #[tokio::test]
    async fn a_crowd_is_asked_to_come_back() {
        let passwords = Passwords::default();
        let _all = passwords.line.acquire_many(IN_LINE as u32).await.expect("the whole line");
        assert_eq!(passwords.is_right("x".into(), None).await, Err(Refusal::TooBusy));
    }

    #[test]
    fn a_password_that_somebody_would_guess_is_refused() {
        let weak = [
            "",
            "short",
            "ninechars",
            "Password123",
            "password!!2026",
            "HudumaCentre1",
            "huduma2026!",
            "1234567890",
            "9876543210",
            "aaaaaaaaaaaa",
            "abcdefghijkl",
            "qwertyuiop",
            "asha.mwangi",
            "Asha.Mwangi1",
            "ashamwangi99",
            "asha.mwangi asha.mwangi",
            "AshaM 2026",
            "01234567899876543210",
        ];
        for password in weak {
            let verdict = demand_strong(password, "asha.mwangi", "Asha M");
            assert_eq!(verdict, Err(Refusal::WeakPassword), "{password}");
        }
        for password in ["samaki wa kupaka", "mvua kubwa jana", "kx7#Tn2qLw", "Bahari ya Hindi 1498"] {
            assert_eq!(demand_strong(password, "asha.mwangi", "Asha M"), Ok(()), "{password}");
        }
        assert_eq!(demand_strong(&"x y".repeat(1_000), "asha", "Asha"), Err(Refusal::BadRequest));
    }
}
