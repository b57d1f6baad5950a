//! Wrong passwords: after five a name is closed for a minute, after each further one for twice as long.

use std::collections::HashMap;

use protocol::time::{HOUR, MINUTE};
use protocol::{Refusal, Time};

/// Wrong passwords before a name is closed.
const WRONG_MAX: u32 = 5;

/// How many names are remembered, so that inventing names does not fill the memory.
const NAMES_MAX: usize = 10_000;

/// A name is never closed for longer, so that nobody can keep an officer out for a day.
const CLOSED_MAX: i64 = HOUR;

/// When an attempt is forgotten.
const FORGOTTEN_AFTER: i64 = 12 * HOUR;

/// The attempts that have not proved right.
#[derive(Debug, Default)]
pub(super) struct Lockouts {
    names: HashMap<String, Attempts>,
}

#[derive(Debug)]
struct Attempts {
    wrong: u32,
    last: Time,
    closed_until: Time,
}

impl Lockouts {
    /// Lets an attempt begin, or refuses it. It counts as wrong until [`Lockouts::right`] is said: many at once do not
    /// get more tries than one after the other.
    ///
    /// Names without an account are counted too; else a lock would tell which names exist.
    pub fn attempt(&mut self, name: &str, now: Time) -> Result<(), Refusal> {
        self.forget(now);
        let fresh = Attempts { wrong: 0, last: now, closed_until: now };
        let attempts = self.names.entry(name.to_owned()).or_insert(fresh);
        // A lock longer than the longest comes from a clock that was set back since.
        if attempts.closed_until > now && attempts.closed_until.since(now) <= CLOSED_MAX {
            return Err(Refusal::LockedOut);
        }
        attempts.wrong += 1;
        attempts.last = now;
        attempts.closed_until = now.plus(closed_for(attempts.wrong));
        Ok(())
    }

    /// The last attempt for this name was right: all is forgiven.
    pub fn right(&mut self, name: &str) {
        self.names.remove(name);
    }

    fn forget(&mut self, now: Time) {
        if self.names.len() < NAMES_MAX {
            return;
        }
        self.names.retain(|_, attempts| now.since(attempts.last) < FORGOTTEN_AFTER);
        let oldest = self.names.iter().min_by_key(|(_, attempts)| attempts.last).map(|(name, _)| name.clone());
        if self.names.len() >= NAMES_MAX
            && let Some(oldest) = oldest
        {
            self.names.remove(&oldest);
        }
    }
}

fn closed_for(wrong: u32) -> i64 {
    match wrong.checked_sub(WRONG_MAX) {
        None => 0,
        Some(further) => (MINUTE << further.min(16)).min(CLOSED_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_passwords_close_a_name_for_a_minute_and_each_more_for_twice_as_long() {
        let mut lockouts = Lockouts::default();
        let mut now = Time(0);
        for _ in 0..WRONG_MAX {
            assert_eq!(lockouts.attempt("asha", now), Ok(()));
        }
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(lockouts.attempt("asha", now.plus(minutes * MINUTE - 1)), Err(Refusal::LockedOut));
            assert_eq!(lockouts.attempt("juma", now), Ok(()), "others are not touched");
            lockouts.right("juma");
            now = now.plus(minutes * MINUTE);
            assert_eq!(lockouts.attempt("asha", now), Ok(()));
        }
    }

    #[test]
    fn the_right_password_forgives() {
        let mut lockouts = Lockouts::default();
        for _ in 0..20 {
            for _ in 0..WRONG_MAX - 1 {
                assert_eq!(lockouts.attempt("asha", Time(0)), Ok(()));
            }
            lockouts.right("asha");
        }
    }

    #[test]
    fn invented_names_do_not_fill_the_memory_nor_open_a_closed_one() {
        let mut lockouts = Lockouts::default();
        for index in 0..NAMES_MAX as i64 + 500 {
            lockouts.attempt(&format!("name-{index}"), Time(index)).expect("a first try");
        }
        assert_eq!(lockouts.names.len(), NAMES_MAX);
        assert!(lockouts.names.contains_key("name-10499"));
        assert!(!lockouts.names.contains_key("name-0"));
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out_for_ever() {
        let mut lockouts = Lockouts::default();
        for _ in 0..WRONG_MAX {
            lockouts.attempt("asha", Time(1_000 * HOUR)).expect("a try");
        }
        assert_eq!(lockouts.attempt("asha", Time(0)), Ok(()));
    }
}
