//! Who would come on a simulated day, when, for what and for how long: drawn whole before the day begins, so that two plans for the
//! same seed are tried on the same visitors.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use protocol::time::MINUTE;
use protocol::{Class, Language, ServiceId, Time};
use queue::{BusinessDay, Policy};
use rand::Rng;
use serde::Deserialize;

/// What a day asks of a centre: shares, arrivals by the half-hour, and how often each service is asked for.
#[derive(Deserialize)]
pub(super) struct Demand {
    share: Share,
    arrivals: BTreeMap<String, Vec<u32>>,
    weight: BTreeMap<ServiceId, u32>,
}

#[derive(Deserialize)]
struct Share {
    transfer: f64,
    english: f64,
}

/// What the person asking wants to be different.
#[derive(Clone, Copy)]
pub(super) struct Shares {
    pub(super) priority: f64,
    pub(super) no_show: f64,
}

/// Somebody on the way to the centre.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) at: Time,
    pub(super) class: Class,
    pub(super) language: Language,
    /// Whether they are still there when they are called.
    pub(super) comes: bool,
    /// What they come for, and what they are sent on to, each with the milliseconds that it takes.
    pub(super) errands: Vec<(ServiceId, i64)>,
}

/// A half-hour, the step of the arrivals.
const STEP: i64 = 30 * MINUTE;
/// How far times of service are spread, as a share of their mean.
const SPREAD: f64 = 0.5;

impl Demand {
    /// Reads the demand that is kept beside the example centres.
    pub(super) fn read() -> anyhow::Result<Demand> {
        let text = assets::centre("demand").context("find the demand")?;
        toml::from_str(&text).context("read the demand")
    }

    /// Returns the milliseconds at counters that an average visitor asks for, with the walk to each.
    pub(super) fn work(&self, policy: &Policy, walk: i64, shares: Shares) -> f64 {
        let services = self.asked_for(policy);
        let total: f64 = services.iter().map(|(_, weight, _)| f64::from(*weight)).sum();
        let mean: f64 = services.iter().map(|(_, weight, typical)| f64::from(*weight) * *typical as f64).sum::<f64>() / total.max(1.0);
        (mean + walk as f64) * (1.0 - shares.no_show) * (1.0 + self.share.transfer)
    }

    /// Returns the visitors of a day in the order of their arrival, `number` of them on an average day.
    pub(super) fn plan(
        &self,
        policy: &Policy,
        day: &BusinessDay,
        hours: &str,
        number: u32,
        shares: Shares,
        random: &mut impl Rng,
    ) -> anyhow::Result<Vec<Visitor>> {
        let services = self.asked_for(policy);
        ensure!(!services.is_empty(), "the centre offers no service");
        let halves = self.halves(hours, day)?;
        let total: f64 = halves.iter().map(|(_, share)| share).sum();
        let mut visitors = Vec::new();
        for (begins, share) in halves {
            let gap = STEP as f64 / (f64::from(number) * share / total);
            let mut after = exponential(gap, random);
            while after < STEP as f64 {
                // Whoever comes before tickets are given waits at the door.
                visitors.push(self.visitor(begins.plus(after as i64).max(day.tickets_from), &services, shares, random));
                after += exponential(gap, random);
            }
        }
        Ok(visitors)
    }

    fn visitor(&self, at: Time, services: &[(&ServiceId, u32, i64)], shares: Shares, random: &mut impl Rng) -> Visitor {
        let class = if random.random_bool(shares.priority) { Class::Priority } else { Class::Standard };
        let language = if random.random_bool(self.share.english) { Language::En } else { Language::Sw };
        let comes = !random.random_bool(shares.no_show);
        let goes_on = random.random_bool(self.share.transfer);
        // Everything is drawn for everybody, so that a changed share changes nobody else.
        let (first, second) = (errand(services, random), errand(services, random));
        let second = Some(second).filter(|second| goes_on && second.0 != first.0);
        Visitor { at, class, language, comes, errands: std::iter::once(first).chain(second).collect() }
    }

    /// The services of a centre with how often each is asked for and how long it takes. What the demand does not name is rare; where it
    /// names nothing of a centre, all are asked for alike.
    fn asked_for<'a>(&self, policy: &'a Policy) -> Vec<(&'a ServiceId, u32, i64)> {
        let known = policy.services.iter().any(|service| self.weight.get(&service.id).is_some_and(|weight| *weight > 0));
        let weight = |id: &ServiceId| if known { self.weight.get(id).copied().unwrap_or(1) } else { 1 };
        policy.services.iter().map(|service| (&service.id, weight(&service.id), service.typical)).collect()
    }

    /// The half-hours of a day with their shares of its visitors. Hours that the demand does not know are given the longest day it knows,
    /// drawn together or apart.
    fn halves(&self, hours: &str, day: &BusinessDay) -> anyhow::Result<Vec<(Time, f64)>> {
        let begins = day.opens_at.plus(-STEP);
        let row = self.arrivals.get(hours).or_else(|| self.arrivals.values().max_by_key(|row| row.len()));
        let row = row.filter(|row| !row.is_empty()).context("find arrivals in the demand")?;
        let count = usize::try_from(day.closes_at.since(begins) / STEP).unwrap_or(0).max(1);
        let stretched = |index: usize| f64::from(row[index * row.len() / count]);
        Ok((0..count).map(|index| (begins.plus(index as i64 * STEP), stretched(index))).filter(|(_, share)| *share > 0.0).collect())
    }
}

fn errand(services: &[(&ServiceId, u32, i64)], random: &mut impl Rng) -> (ServiceId, i64) {
    let total: u32 = services.iter().map(|(_, weight, _)| weight).sum();
    let mut lot = random.random_range(0..total.max(1));
    let drawn = services.iter().find(|(_, weight, _)| match lot.checked_sub(*weight) {
        Some(left) => {
            lot = left;
            false
        }
        None => true,
    });
    let (service, _, typical) = drawn.or(services.last()).copied().expect("the centre offers a service");
    (service.clone(), lognormal(typical as f64, SPREAD, random) as i64)
}

/// Returns a gap between things that happen without regard to each other.
fn exponential(mean: f64, random: &mut impl Rng) -> f64 {
    -mean * (1.0 - random.random::<f64>()).ln()
}

/// Returns a time of work: never negative, sometimes long.
fn lognormal(mean: f64, spread: f64, random: &mut impl Rng) -> f64 {
    let variance = (1.0 + spread * spread).ln();
    let (one, other): (f64, f64) = (1.0 - random.random::<f64>(), random.random());
    let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos();
    (mean.ln() - variance / 2.0 + variance.sqrt() * normal).exp()
}
