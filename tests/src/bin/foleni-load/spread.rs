//! Many durations and how they spread.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

/// Durations, kept to a thousandth of their size.
#[derive(Clone)]
pub struct Spread(Histogram<u64>);

impl Default for Spread {
    fn default() -> Spread {
        // Microseconds, up to two minutes.
        Spread(Histogram::new_with_bounds(1, 120_000_000, 3).expect("these bounds are allowed"))
    }
}

impl Spread {
    /// Adds one.
    pub fn add(&mut self, took: Duration) {
        self.0.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Spread) {
        self.0.add(&other.0).expect("they have the same bounds");
    }

    /// Returns how many there are.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Returns the duration that this share stays under, milliseconds.
    pub fn milliseconds(&self, share: f64) -> f64 {
        self.0.value_at_quantile(share) as f64 / 1_000.0
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, most, all] = [0.5, 0.99, 1.0].map(|share| self.milliseconds(share));
        write!(f, "p50 {half:.2} ms, p99 {most:.2} ms, max {all:.2} ms (n {})", self.count())
    }
}
