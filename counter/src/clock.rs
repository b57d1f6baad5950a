//! The time at the centre between two frames: the officer's terminal has no other clock.

use std::time::Instant;

use protocol::Time;

/// The centre's time as it was heard last, carried on.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    at: Time,
    pace: u32,
    heard: Instant,
}

impl Clock {
    /// Returns the clock as a frame told it.
    pub fn heard(at: Time, pace: u32) -> Clock {
        Clock { at, pace, heard: Instant::now() }
    }

    /// Returns the time at this moment.
    pub fn now(&self) -> Time {
        let passed = i64::try_from(self.heard.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.at.plus(passed.saturating_mul(i64::from(self.pace)))
    }
}
