//! The time at the centre: real time, or in a demonstration a time that can be hurried or stopped.

mod guard;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use protocol::{ClockFault, ClockTrouble, Time};
use tracing::{error, info};

use guard::{Guard, Look};

/// Tells the time at the centre.
pub trait Clock: Send + Sync {
    /// Returns the time at the centre.
    fn now(&self) -> Time;

    /// Returns how much faster than real time it runs: 1, but in a demonstration; 0 when it stands still.
    fn pace(&self) -> u32;

    /// Returns what is wrong with the machine's clock.
    fn trouble(&self) -> Option<ClockTrouble> {
        None
    }

    /// Believes the machine's clock as it is.
    fn accept(&self) {}

    /// Returns how long to sleep until `milliseconds` of the centre have passed; `None` while its time stands still.
    fn real(&self, milliseconds: i64) -> Option<Duration> {
        let pace = u64::from(self.pace());
        let milliseconds = u64::try_from(milliseconds).unwrap_or(0);
        (pace > 0).then(|| Duration::from_millis(milliseconds.div_ceil(pace)))
    }
}

/// The machine's clock. It may be set back under our feet; the journal's time is kept from that by its writer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        // Before 1970 the clock is plainly wrong; the journal then waits at its last entry until it is right again.
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    fn pace(&self) -> u32 {
        1
    }
}

/// The machine's clock, believed as long as it goes like the one that cannot be set.
#[derive(Debug)]
pub struct GuardedClock {
    guard: Mutex<Guard>,
}

impl GuardedClock {
    /// Begins beside the time of the journal's last entry; a clock that cannot be right is said, and refuses nothing.
    pub fn new(last_entry: Option<Time>) -> Self {
        let guard = Guard::new(look(), last_entry);
        if let Some(trouble) = guard.trouble() {
            say(trouble);
        }
        GuardedClock { guard: Mutex::new(guard) }
    }

    /// A guard is a few numbers, so one left by a panicking thread is still good.
    fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for GuardedClock {
    fn now(&self) -> Time {
        let mut guard = self.guard();
        let before = guard.trouble();
        let now = guard.look(look());
        match guard.trouble() {
            trouble if trouble == before => {}
            Some(trouble) => say(trouble),
            None => info!("the machine's clock agrees with the centre's time again"),
        }
        now
    }

    fn pace(&self) -> u32 {
        1
    }

    fn trouble(&self) -> Option<ClockTrouble> {
        self.guard().trouble()
    }

    fn accept(&self) {
        self.guard().accept(look());
    }
}

fn say(trouble: ClockTrouble) {
    let minutes = trouble.by / protocol::time::MINUTE;
    match trouble.fault {
        ClockFault::Jumped => error!(minutes, "the machine's clock jumped; the centre goes on by its own time"),
        ClockFault::BehindJournal => error!(minutes, "the machine's clock is behind the journal; the centre goes on from its last entry"),
        ClockFault::FarAhead => error!(minutes, "the machine's clock is far later than the journal; is the date right?"),
    }
}

fn look() -> Look {
    Look { machine: SystemClock.now(), counted: counted() }
}

/// Returns the milliseconds of a clock that cannot be set. It counts on while the machine sleeps (an `Instant` does not): a laptop that
/// was closed over night has no jump in the morning, it has slept, and both clocks say so.
#[cfg(target_os = "linux")]
fn counted() -> i64 {
    let since_boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    since_boot.tv_sec.saturating_mul(1_000).saturating_add(since_boot.tv_nsec / 1_000_000)
}

/// Elsewhere a machine that slept has a jump, and its manager accepts it.
#[cfg(not(target_os = "linux"))]
fn counted() -> i64 {
    static BEGAN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    i64::try_from(BEGAN.elapsed().as_millis()).unwrap_or(i64::MAX)
}

/// A clock for demonstrations: starts at any moment, runs at any pace, never runs backwards.
#[derive(Debug)]
pub struct PacedClock {
    leg: Mutex<Leg>,
}

/// A stretch of time at one pace.
#[derive(Clone, Copy, Debug)]
struct Leg {
    base: Time,
    started: Instant,
    pace: u32,
}

impl Leg {
    fn at(self, instant: Instant) -> Time {
        let real = instant.saturating_duration_since(self.started).as_micros();
        let centre = real.saturating_mul(u128::from(self.pace)) / 1_000;
        self.base.plus(i64::try_from(centre).unwrap_or(i64::MAX))
    }
}

impl PacedClock {
    /// Starts a clock at `base`.
    pub fn new(base: Time, pace: u32) -> Self {
        PacedClock { leg: Mutex::new(Leg { base, started: Instant::now(), pace }) }
    }

    /// Runs on at another pace from here; 0 stops it.
    pub fn set_pace(&self, pace: u32) {
        let mut leg = self.leg();
        let now = Instant::now();
        *leg = Leg { base: leg.at(now), started: now, pace };
    }

    /// Goes on from `time` if that is later than now: nobody waits for the night to pass.
    pub fn skip_to(&self, time: Time) {
        let mut leg = self.leg();
        let now = Instant::now();
        *leg = Leg { base: leg.at(now).max(time), started: now, pace: leg.pace };
    }

    /// A leg is replaced whole, so one left by a panicking thread is still good.
    fn leg(&self) -> MutexGuard<'_, Leg> {
        self.leg.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for PacedClock {
    fn now(&self) -> Time {
        self.leg().at(Instant::now())
    }

    fn pace(&self) -> u32 {
        self.leg().pace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_the_centre_passes_in_a_minute() {
        let leg = Leg { base: Time(1_000), started: Instant::now(), pace: 60 };
        assert_eq!(leg.at(leg.started), Time(1_000));
        assert_eq!(leg.at(leg.started + Duration::from_secs(60)), Time(1_000 + 3_600_000));
        assert_eq!(PacedClock::new(Time(0), 60).real(3_600_000), Some(Duration::from_secs(60)));
        assert_eq!(SystemClock.real(5), Some(Duration::from_millis(5)));
        assert_eq!(SystemClock.real(-5), Some(Duration::ZERO));
    }

    #[test]
    fn a_sleeper_never_wakes_before_the_moment() {
        assert_eq!(PacedClock::new(Time(0), 60).real(61), Some(Duration::from_millis(2)));
    }

    #[test]
    fn a_stopped_clock_stands_still_and_goes_on_from_there() {
        let clock = PacedClock::new(Time(5), 0);
        assert_eq!(clock.real(1), None);
        assert_eq!(clock.now(), Time(5));
        clock.set_pace(1_000_000);
        assert_eq!(clock.pace(), 1_000_000);
        clock.skip_to(Time(1 << 50));
        clock.set_pace(0);
        let stopped = clock.now();
        assert!(stopped >= Time(1 << 50));
        clock.skip_to(Time(7));
        assert_eq!(clock.now(), stopped);
    }

    #[test]
    fn no_pace_makes_time_run_backwards() {
        let clock = PacedClock::new(Time(0), 1);
        let mut last = clock.now();
        for pace in (0..2_000).map(|step| step * 7_919 % 601) {
            clock.set_pace(pace);
            let now = clock.now();
            assert!(now >= last, "{pace}");
            last = now;
        }
    }

    #[test]
    fn the_system_clock_tells_a_time_of_this_century() {
        assert!(SystemClock.now() > Time(1_700_000_000_000));
        let guarded = GuardedClock::new(None);
        assert!(guarded.now() >= guarded.now().plus(-1_000) && guarded.trouble().is_none());
    }

    #[test]
    fn a_guarded_clock_says_what_is_wrong_and_takes_a_word_for_it() {
        let long_ago = GuardedClock::new(Some(Time(0)));
        assert_eq!(long_ago.trouble().map(|trouble| trouble.fault), Some(ClockFault::FarAhead));
        long_ago.accept();
        assert_eq!(long_ago.trouble(), None);
        let tomorrow = SystemClock.now().plus(24 * protocol::time::HOUR);
        let ahead = GuardedClock::new(Some(tomorrow));
        assert!(ahead.now() >= tomorrow, "the journal's time never runs back");
        assert_eq!(ahead.trouble().map(|trouble| trouble.fault), Some(ClockFault::BehindJournal));
    }
}
