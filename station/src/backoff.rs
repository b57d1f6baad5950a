//! How long to wait before the next try: longer each time, and never the same for two stations that lost power together.

use std::time::Duration;

/// Waits that grow from a shortest to a longest, each drawn at random from the upper half of its range.
#[derive(Clone, Debug)]
pub struct Backoff {
    shortest: Duration,
    longest: Duration,
    tries: u32,
    random: u64,
}

impl Backoff {
    /// Returns waits between the two; `seed` should differ from station to station.
    pub fn new(shortest: Duration, longest: Duration, seed: u64) -> Backoff {
        Backoff { shortest, longest, tries: 0, random: seed | 1 }
    }

    /// Returns a seed that no other station has.
    pub fn seed() -> u64 {
        let mut bytes = [0; 8];
        match getrandom::fill(&mut bytes) {
            Ok(()) => u64::from_ne_bytes(bytes),
            // Without a source of randomness the process number still parts the stations of one machine.
            Err(_) => u64::from(std::process::id()),
        }
    }

    /// Returns the next wait.
    pub fn next_wait(&mut self) -> Duration {
        let doubled = self.shortest.saturating_mul(1 << self.tries.min(16));
        self.tries = self.tries.saturating_add(1);
        let range = doubled.min(self.longest);
        let half = range / 2;
        half + half.mul_f64(self.share())
    }

    /// Starts again with the shortest wait: the last try went well.
    pub fn reset(&mut self) {
        self.tries = 0;
    }

    /// Returns a number from 0 to 1 (xorshift; nothing secret hangs on it).
    fn share(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 40) as f64 / (1u64 << 24) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_start_again_after_a_success() {
        let (shortest, longest) = (Duration::from_millis(200), Duration::from_secs(10));
        let mut backoff = Backoff::new(shortest, longest, 7);
        let waits: Vec<Duration> = (0..40).map(|_| backoff.next_wait()).collect();
        assert!(waits[0] >= shortest / 2 && waits[0] <= shortest, "{:?}", waits[0]);
        assert!(waits[10..].iter().all(|wait| *wait >= longest / 2 && *wait <= longest), "{waits:?}");
        backoff.reset();
        assert!(backoff.next_wait() <= shortest);
    }

    #[test]
    fn two_stations_do_not_knock_at_the_same_moment() {
        let waits = |seed| {
            let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(10), seed);
            (0..8).map(|_| backoff.next_wait()).collect::<Vec<_>>()
        };
        assert_ne!(waits(0x5eed_0001_0000_0001), waits(0x5eed_0002_0000_0003));
    }
}
