//! Draws: what is not the same every time, from a source that is.

use rand::Rng;

/// Returns one of the things, each as likely as its weight says. There must be one with a weight.
pub fn weighted<T: Clone>(things: &[(&T, u32)], random: &mut impl Rng) -> T {
    let total: u32 = things.iter().map(|(_, weight)| weight).sum();
    let mut lot = random.random_range(0..total.max(1));
    for (thing, weight) in things {
        match lot.checked_sub(*weight) {
            Some(left) => lot = left,
            None => return (*thing).clone(),
        }
    }
    things.last().map(|(thing, _)| (*thing).clone()).expect("somebody asks for something")
}

/// Returns a gap between things that happen without regard to each other.
pub fn exponential(mean: f64, random: &mut impl Rng) -> f64 {
    -mean * (1.0 - random.random::<f64>()).ln()
}

/// Returns a time of work: never negative, sometimes long; `spread` is its deviation as a share of the mean.
pub fn lognormal(mean: f64, spread: f64, random: &mut impl Rng) -> f64 {
    let variance = (1.0 + spread * spread).ln();
    (mean.ln() - variance / 2.0 + variance.sqrt() * normal(random)).exp()
}

/// Returns a number from the bell curve around nought (Box and Muller).
fn normal(random: &mut impl Rng) -> f64 {
    let (one, other): (f64, f64) = (1.0 - random.random::<f64>(), random.random());
    (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn weights_are_kept() {
        let mut random = StdRng::seed_from_u64(1);
        let things = [(&"a", 1), (&"b", 3), (&"c", 0)];
        let drawn: Vec<&str> = (0..10_000).map(|_| weighted(&things, &mut random)).collect();
        let share = drawn.iter().filter(|thing| **thing == "b").count() as f64 / 10_000.0;
        assert!((share - 0.75).abs() < 0.02, "{share}");
        assert!(!drawn.contains(&"c"));
    }

    #[test]
    fn means_and_spreads_come_out_as_asked() {
        let mut random = StdRng::seed_from_u64(2);
        let count = 50_000;
        let gaps: f64 = (0..count).map(|_| exponential(30.0, &mut random)).sum::<f64>() / f64::from(count);
        assert!((gaps - 30.0).abs() < 1.0, "{gaps}");
        let work: Vec<f64> = (0..count).map(|_| lognormal(7.0, 0.5, &mut random)).collect();
        let mean = work.iter().sum::<f64>() / f64::from(count);
        let deviation = (work.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / f64::from(count)).sqrt();
        assert!((mean - 7.0).abs() < 0.1 && (deviation - 3.5).abs() < 0.2, "{mean} {deviation}");
    }
}
