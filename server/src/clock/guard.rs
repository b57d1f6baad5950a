//! Guards the centre's time against a machine whose clock jumps: a jump ahead would end the business day, and the journal's time would
//! be pinned there, for it never runs back.
//!
//! The machine has two clocks. One tells the date and can be set by anybody: a battery that died, a mistaken hand, a time server. The
//! other only counts on and cannot be set. As long as both go alike the first is believed, with small steps as a time server makes
//! them. When it jumps, the centre goes on by the second from the last moment that was believed, and says so.

use protocol::time::{HOUR, MINUTE};
use protocol::{ClockFault, ClockTrouble, Time};

/// What a time server may set in one step without anybody being asked.
const STEP: i64 = 2 * MINUTE;
/// So long after the machine was switched on its clock may still be set ahead at once: without a battery it begins where it was
/// switched off, and a time server puts that right.
const SWITCHED_ON_LATELY: i64 = 15 * MINUTE;
/// How long a centre may have been closed before its machine's clock is doubted.
const CLOSED_LONGEST: i64 = 400 * 24 * HOUR;
/// The beginning of 2025: a machine that tells an earlier time has lost it.
const EARLIEST: Time = Time(1_735_689_600_000);

/// One look at both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// What the machine's clock tells.
    pub(super) machine: Time,
    /// Milliseconds since some moment that stays the same, counted on also while the machine sleeps.
    pub(super) counted: i64,
}

/// What was believed last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard {
    told: Time,
    counted: i64,
    trouble: Option<ClockTrouble>,
}

impl Guard {
    /// Begins with the first look, beside the time of the journal's last entry. Nothing is refused: a centre must open.
    pub(super) fn new(look: Look, last_entry: Option<Time>) -> Guard {
        let floor = last_entry.unwrap_or(EARLIEST).max(EARLIEST);
        let by = look.machine.0.saturating_sub(floor.0);
        let fault = match last_entry {
            _ if by < -STEP => Some(ClockFault::BehindJournal),
            Some(_) if by > CLOSED_LONGEST => Some(ClockFault::FarAhead),
            _ => None,
        };
        Guard { told: look.machine.max(floor), counted: look.counted, trouble: fault.map(|fault| ClockTrouble { fault, by }) }
    }

    /// Returns the centre's time. It never runs back by itself.
    pub(super) fn look(&mut self, look: Look) -> Time {
        let passed = look.counted.saturating_sub(self.counted).max(0);
        let own = self.told.plus(passed);
        let apart = look.machine.0.saturating_sub(own.0);
        self.counted = look.counted;
        self.told = match self.trouble {
            None => self.follow(look.machine, passed, apart, None),
            Some(ClockTrouble { fault: ClockFault::FarAhead, .. }) => self.follow(look.machine, passed, apart, self.trouble),
            Some(ClockTrouble { fault: ClockFault::Jumped, .. }) => self.follow(look.machine, passed, apart, None),
            // It was plainly wrong, so whatever brings it past the journal's last entry sets it right.
            Some(ClockTrouble { fault: ClockFault::BehindJournal, .. }) if (-STEP..=CLOSED_LONGEST).contains(&apart) => {
                self.trouble = None;
                look.machine.max(own)
            }
            Some(ClockTrouble { fault: ClockFault::BehindJournal, .. }) => own,
        };
        self.told
    }

    /// Follows a clock that goes like the counted one, give or take a step; `well` is what is said then.
    fn follow(&mut self, machine: Time, passed: i64, apart: i64, well: Option<ClockTrouble>) -> Time {
        if self.counted < SWITCHED_ON_LATELY && (STEP..=CLOSED_LONGEST).contains(&apart) {
            self.trouble = None;
            return machine;
        }
        if apart.abs() > STEP {
            let known = self.trouble.filter(|trouble| trouble.fault == ClockFault::Jumped && (trouble.by - apart).abs() <= STEP);
            self.trouble = Some(known.unwrap_or(ClockTrouble { fault: ClockFault::Jumped, by: apart }));
            return self.told.plus(passed);
        }
        self.trouble = well;
        // A clock that was set back a little is waited for at half pace: time goes on, and never back.
        machine.max(self.told.plus(passed / 2))
    }

    /// Believes the machine's clock as it is. The journal's own time does not go back with it: it stands until the clock has come up.
    pub(super) fn accept(&mut self, look: Look) {
        if self.trouble.is_some() && look.machine >= EARLIEST {
            *self = Guard { told: look.machine, counted: look.counted, trouble: None };
        }
    }

    /// Returns what is wrong.
    pub(super) fn trouble(&self) -> Option<ClockTrouble> {
        self.trouble
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Time = Time(1_795_510_800_000);
    const SECOND: i64 = 1_000;
    const DAY: i64 = 24 * HOUR;

    /// A machine with both clocks, and what the centre tells by them.
    struct Machine {
        look: Look,
        guard: Guard,
    }

    impl Machine {
        fn started(machine: Time, last_entry: Option<Time>) -> Machine {
            let look = Look { machine, counted: HOUR };
            Machine { look, guard: Guard::new(look, last_entry) }
        }

        fn passes(&mut self, milliseconds: i64) -> Time {
            self.look = Look { machine: self.look.machine.plus(milliseconds), counted: self.look.counted + milliseconds };
            self.guard.look(self.look)
        }

        /// Somebody sets the clock that tells the date.
        fn set(&mut self, by: i64) -> Time {
            self.look.machine = self.look.machine.plus(by);
            self.guard.look(self.look)
        }

        fn fault(&self) -> Option<(ClockFault, i64)> {
            self.guard.trouble().map(|trouble| (trouble.fault, trouble.by))
        }
    }

    #[test]
    fn a_machine_without_a_battery_is_set_right_after_it_was_switched_on() {
        // It begins where it was switched off the evening before, just after the last entry; half a minute later the network is there.
        let evening = NOON.plus(8 * HOUR);
        let look = Look { machine: evening, counted: 20 * SECOND };
        let mut machine = Machine { look, guard: Guard::new(look, Some(evening.plus(-SECOND))) };
        machine.passes(30 * SECOND);
        assert_eq!(machine.set(14 * HOUR), evening.plus(30 * SECOND).plus(14 * HOUR));
        assert_eq!(machine.fault(), None);
        machine.passes(20 * MINUTE);
        let before = machine.guard.look(machine.look);
        assert_eq!(machine.set(14 * HOUR), before, "once it has run for a while, a jump is a jump");
    }

    #[test]
    fn a_clock_that_goes_well_is_told_as_it_is() {
        let mut machine = Machine::started(NOON, Some(NOON.plus(-DAY)));
        for second in 1..=600 {
            assert_eq!(machine.passes(SECOND), NOON.plus(second * SECOND));
        }
        assert_eq!(machine.fault(), None);
    }

    #[test]
    fn small_steps_of_a_time_server_are_followed_and_time_never_runs_back() {
        let mut machine = Machine::started(NOON, None);
        assert_eq!(machine.set(90 * SECOND), NOON.plus(90 * SECOND));
        assert_eq!(machine.set(-60 * SECOND), NOON.plus(90 * SECOND), "it waits");
        assert_eq!(machine.passes(30 * SECOND), NOON.plus(105 * SECOND), "at half pace");
        assert_eq!(machine.passes(200 * SECOND), NOON.plus(260 * SECOND), "and has come up");
        assert_eq!(machine.fault(), None);
    }

    #[test]
    fn a_jump_ahead_does_not_end_the_day() {
        let mut machine = Machine::started(NOON, None);
        assert_eq!(machine.set(7 * DAY), NOON);
        assert_eq!(machine.fault(), Some((ClockFault::Jumped, 7 * DAY)));
        assert_eq!(machine.passes(HOUR), NOON.plus(HOUR), "the centre goes on");
        assert_eq!(machine.fault(), Some((ClockFault::Jumped, 7 * DAY)));
        assert_eq!(machine.set(-7 * DAY), NOON.plus(HOUR));
        assert_eq!(machine.fault(), None, "it agrees again");
    }

    #[test]
    fn a_jump_back_leaves_the_centre_going_on() {
        let mut machine = Machine::started(NOON, None);
        assert_eq!(machine.set(-3 * HOUR), NOON);
        assert_eq!(machine.passes(MINUTE), NOON.plus(MINUTE));
        assert_eq!(machine.fault(), Some((ClockFault::Jumped, -3 * HOUR)));
        assert_eq!(machine.set(HOUR), NOON.plus(MINUTE), "half way is not there");
        assert_eq!(machine.fault(), Some((ClockFault::Jumped, -2 * HOUR)));
        machine.set(2 * HOUR);
        assert_eq!(machine.fault(), None);
    }

    #[test]
    fn a_manager_accepts_the_new_time() {
        for jump in [3 * HOUR, -3 * HOUR] {
            let mut machine = Machine::started(NOON, None);
            machine.set(jump);
            machine.guard.accept(machine.look);
            assert_eq!(machine.passes(SECOND), NOON.plus(jump + SECOND));
            assert_eq!(machine.fault(), None);
        }
    }

    /// The counted clock goes on while the lid is closed.
    #[test]
    fn a_laptop_that_was_closed_over_night_finds_the_right_day() {
        let mut machine = Machine::started(NOON, None);
        assert_eq!(machine.passes(20 * HOUR), NOON.plus(20 * HOUR));
        assert_eq!(machine.fault(), None);
    }

    #[test]
    fn a_clock_behind_the_journal_goes_on_from_the_journal_and_is_believed_when_it_is_set_right() {
        let evening = NOON.plus(5 * HOUR);
        let mut machine = Machine::started(Time(0), Some(evening));
        assert_eq!(machine.fault(), Some((ClockFault::BehindJournal, -evening.0)));
        assert_eq!(machine.passes(MINUTE), evening.plus(MINUTE));
        machine.guard.accept(machine.look);
        assert!(machine.fault().is_some(), "nobody can want the year 1970");
        let morning = evening.plus(15 * HOUR);
        assert_eq!(machine.set(morning.0 - MINUTE), morning);
        assert_eq!(machine.fault(), None);
        assert!(Machine::started(NOON.plus(-2 * MINUTE), Some(NOON)).fault().is_none(), "a restart after a small step");
        assert_eq!(Machine::started(Time(0), None).fault(), Some((ClockFault::BehindJournal, -EARLIEST.0)), "the first start ever");
    }

    #[test]
    fn a_clock_far_ahead_of_the_journal_is_believed_and_said() {
        let mut machine = Machine::started(NOON.plus(401 * DAY), Some(NOON));
        assert_eq!(machine.fault(), Some((ClockFault::FarAhead, 401 * DAY)));
        assert_eq!(machine.passes(MINUTE), NOON.plus(401 * DAY + MINUTE));
        assert!(machine.fault().is_some());
        machine.guard.accept(machine.look);
        assert_eq!(machine.fault(), None);
        assert_eq!(Machine::started(NOON.plus(399 * DAY), Some(NOON)).fault(), None, "a long holiday");
    }

    #[test]
    fn whatever_the_clocks_do_time_never_runs_back_by_itself() {
        let mut machine = Machine::started(NOON, Some(NOON));
        let mut last = NOON;
        for step in 0..20_000_i64 {
            let lot = step.wrapping_mul(2_654_435_761) % 1_000;
            let now = match lot {
                0..20 => machine.set((lot - 10) * HOUR),
                20..60 => machine.set((lot - 40) * 10 * SECOND),
                60 => machine.set(i64::MAX / 4),
                61 => machine.set(NOON.0 - machine.look.machine.0),
                _ => machine.passes(lot),
            };
            assert!(now >= last, "step {step}");
            assert!(now.0 - last.0 <= 4 * MINUTE, "step {step}");
            last = now;
        }
    }
}
