//! The centre's time as the simulated people feel it: they sleep by it, and wake when its pace changes.

use protocol::Time;
use tokio::sync::watch;
use tokio::time::{Duration, Instant, sleep_until};

/// The centre's clock, as the server told it last; cheap to clone.
#[derive(Clone, Debug)]
pub struct CentreClock {
    leg: watch::Sender<Leg>,
}

/// A stretch of time at one pace.
#[derive(Clone, Copy, Debug, PartialEq)]
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

    /// Returns when it will be `time`; never, while the clock stands still.
    fn reaches(self, time: Time) -> Option<Instant> {
        if time <= self.base {
            return Some(self.started);
        }
        let centre = u64::try_from(time.since(self.base)).unwrap_or(u64::MAX).saturating_mul(1_000);
        (self.pace > 0).then(|| self.started + Duration::from_micros(centre.div_ceil(u64::from(self.pace))))
    }
}

impl CentreClock {
    /// Returns a clock that runs on from `now`.
    pub fn new(now: Time, pace: u32) -> CentreClock {
        CentreClock { leg: watch::Sender::new(Leg { base: now, started: Instant::now(), pace }) }
    }

    /// Returns the time at the centre.
    pub fn now(&self) -> Time {
        self.leg.borrow().at(Instant::now())
    }

    /// Returns how much faster than real time it runs; 0 when it stands still.
    pub fn pace(&self) -> u32 {
        self.leg.borrow().pace
    }

    /// Takes what the server says. A difference as small as a journey over the network is left alone.
    pub fn tell(&self, now: Time, pace: u32) {
        /// Real milliseconds.
        const SMALL: i64 = 250;
        self.leg.send_if_modified(|leg| {
            let ours = leg.at(Instant::now());
            let apart = (ours.0 - now.0).abs();
            if leg.pace == pace && apart <= SMALL * i64::from(pace.max(1)) {
                return false;
            }
            *leg = Leg { base: now, started: Instant::now(), pace };
            true
        });
    }

    /// Sleeps until it is `time` at the centre, however often the pace changes meanwhile.
    pub async fn sleep_until(&self, time: Time) {
        let mut changes = self.leg.subscribe();
        loop {
            let leg = *changes.borrow_and_update();
            if leg.at(Instant::now()) >= time {
                return;
            }
            let reached = async {
                match leg.reaches(time) {
                    Some(instant) => sleep_until(instant).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = reached => {}
                _ = changes.changed() => {}
            }
        }
    }

    /// Waits while the clock stands still: nobody does anything in a paused day.
    pub async fn running(&self) {
        // The sender lives in `self`, so the wait cannot fail.
        let _ = self.leg.subscribe().wait_for(|leg| leg.pace > 0).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_at_the_centres_time() {
        let clock = CentreClock::new(Time(0), 600);
        let started = Instant::now();
        clock.sleep_until(Time(60_000)).await;
        assert!(clock.now() >= Time(60_000));
        assert!(started.elapsed() >= Duration::from_millis(100));
    }

    #[tokio::test]
    async fn a_sleeper_follows_a_change_of_pace_and_a_pause() {
        let clock = CentreClock::new(Time(0), 1);
        let sleeper = clock.clone();
        let asleep = tokio::spawn(async move { sleeper.sleep_until(Time(3_600_000)).await });
        clock.tell(clock.now(), 0);
        tokio::task::yield_now().await;
        assert!(!asleep.is_finished());
        let stopped = clock.now();
        clock.tell(stopped, 600);
        clock.tell(Time(3_599_000), 600);
        asleep.await.expect("wakes");
        assert!(clock.now() >= Time(3_600_000));
    }

    #[tokio::test]
    async fn small_differences_are_left_alone_and_a_jump_is_not() {
        let clock = CentreClock::new(Time(1_000), 0);
        clock.tell(Time(1_100), 0);
        assert_eq!(clock.now(), Time(1_000));
        clock.tell(Time(9_000), 0);
        assert_eq!(clock.now(), Time(9_000));
    }

    #[tokio::test]
    async fn nobody_runs_while_the_day_is_paused() {
        let clock = CentreClock::new(Time(0), 0);
        let waiter = clock.clone();
        let waiting = tokio::spawn(async move { waiter.running().await });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.tell(Time(0), 1);
        waiting.await.expect("goes on");
    }

    #[test]
    fn a_moment_is_reached_when_the_pace_says_and_never_while_time_stands_still() {
        let leg = Leg { base: Time(0), started: Instant::now(), pace: 60 };
        assert_eq!(leg.reaches(Time(120_000)), Some(leg.started + Duration::from_secs(2)));
        assert_eq!(leg.reaches(Time(-5)), Some(leg.started));
        assert_eq!(Leg { pace: 0, ..leg }.reaches(Time(1)), None);
    }
}
