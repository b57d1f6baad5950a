//! The time at the centre, as a kiosk knows it while the server is away: counted on from what the server said last.

use std::fmt::Debug;

use protocol::Time;
use serde::{Deserialize, Serialize};
use station::standing::wall_clock;

/// What a machine's clocks say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Which start of the machine; the counting clock begins anew with each.
    pub boot: String,
    /// Milliseconds of a clock that nobody can set, and that goes on while the machine sleeps.
    pub counted: i64,
    /// The clock that anybody can set.
    pub wall: Time,
}

/// The machine's clocks, or a twin of them.
pub trait Clocks: Debug + Send + Sync {
    /// Returns what they say now.
    fn look(&self) -> Look;
}

/// The real ones.
#[derive(Debug)]
pub struct MachineClocks {
    boot: String,
}

impl MachineClocks {
    /// Finds out which start of the machine this is; where nobody says, every start of this program is one.
    pub fn of_this_machine() -> MachineClocks {
        let known = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|text| text.trim().to_owned());
        MachineClocks { boot: known.unwrap_or_else(|_| station::backoff::Backoff::seed().to_string()) }
    }
}

impl Clocks for MachineClocks {
    fn look(&self) -> Look {
        let since_boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let counted = since_boot.tv_sec.saturating_mul(1_000).saturating_add(since_boot.tv_nsec / 1_000_000);
        Look { boot: self.boot.clone(), counted, wall: wall_clock() }
    }
}

/// What the server said of the time, and what the machine's clocks said then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Anchor {
    pub(crate) centre: Time,
    /// How much faster than real time it runs.
    pub(crate) pace: u32,
    pub(crate) look: Look,
}

impl Anchor {
    /// Returns the time at the centre when the clocks said so. After another start of the machine only the clock that anybody
    /// can set is left; when it stands before what it said last, nobody knows.
    pub(crate) fn at(&self, look: &Look) -> Option<Time> {
        let passed = match look.boot == self.look.boot {
            true => look.counted - self.look.counted,
            false => Some(look.wall.0 - self.look.wall.0).filter(|passed| *passed >= 0)?,
        };
        Some(self.centre.plus(passed.saturating_mul(i64::from(self.pace))))
    }

    /// Returns the time at the centre of an earlier look in the same start of the machine.
    pub(crate) fn back_to(&self, look: &Look) -> Option<Time> {
        (look.boot == self.look.boot).then(|| self.at(look)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use protocol::time::{HOUR, MINUTE};

    use super::*;

    const DAY: i64 = 24 * HOUR;

    #[test]
    fn a_clock_that_is_set_wrong_by_a_day_changes_nothing_while_the_machine_runs() {
        let anchor = Anchor { centre: Time(1_000 * DAY), pace: 1, look: look("one", 500, 77) };
        for wrong in [-DAY, 0, DAY] {
            let at = anchor.at(&look("one", 500 + 5 * MINUTE, 77 + wrong));
            assert_eq!(at, Some(Time(1_000 * DAY + 5 * MINUTE)), "wrong by {wrong}");
        }
        // What was given before the server said the time is put right afterwards, by the same clock.
        assert_eq!(anchor.back_to(&look("one", 500 - MINUTE, DAY)), Some(Time(1_000 * DAY - MINUTE)));
    }

    #[test]
    fn after_another_start_the_clock_counts_unless_it_stands_in_the_past() {
        let anchor = Anchor { centre: Time(1_000 * DAY), pace: 1, look: look("one", 500, 77) };
        assert_eq!(anchor.at(&look("two", 3, 77 + MINUTE)), Some(Time(1_000 * DAY + MINUTE)));
        assert_eq!(anchor.at(&look("two", 3, 76)), None, "nobody knows what time it is");
        assert_eq!(anchor.back_to(&look("two", 3, 77)), None);
    }

    #[test]
    fn this_machine_counts() {
        let (clocks, again) = (MachineClocks::of_this_machine(), MachineClocks::of_this_machine());
        let (first, second) = (clocks.look(), again.look());
        assert_eq!(first.boot, second.boot, "the same start of the machine");
        assert!(second.counted >= first.counted && first.counted > 0);
    }

    fn look(boot: &str, counted: i64, wall: i64) -> Look {
        Look { boot: boot.into(), counted, wall: Time(wall) }
    }
}
