//! Builds what a centre says of its people: pools, shifts, weights, what single officers serve, and the marks they put on visits.

use std::collections::{BTreeMap, BTreeSet};

use protocol::ticket::Text;
use protocol::view::{CounterEntry, MarkEntry, PoolEntry};
use protocol::{CounterId, MarkId, OfficerId, PoolId, ServiceId};
use queue::{CounterPolicy, OfficerPolicy};
use toml::Spanned;

use super::build::Builder;
use super::calendar::after_midnight;

/// Weight of a service but for experts, thousandths.
const WEIGHT: u32 = 1_000;

impl Builder<'_> {
    /// Returns a counter's rules.
    pub(super) fn counter_policy(&mut self, entry: &CounterEntry, pools: &[PoolEntry]) -> CounterPolicy {
        let centre = self.centre;
        let shape = centre.counters.iter().find(|shape| *shape.number.get_ref() == entry.counter.0);
        let weights = shape.map(|shape| self.weights(&shape.weights, &entry.services)).unwrap_or_default();
        let weight = |service: &ServiceId| weights.get(service).copied().unwrap_or(WEIGHT);
        let profile = entry.services.iter().map(|service| (service.clone(), weight(service))).collect();
        let mine = pools.iter().filter(|pool| pool.counters.contains(&entry.counter)).map(|pool| pool.id.clone());
        CounterPolicy {
            pools: mine.collect(),
            shifts: shape.map(|shape| self.shifts(&shape.shifts)).unwrap_or_default(),
            ..CounterPolicy::new(entry.counter, entry.zone.clone(), profile)
        }
    }

    pub(super) fn pools(&mut self, counters: &[CounterEntry]) -> Vec<PoolEntry> {
        let mut pools: Vec<PoolEntry> = Vec::new();
        for pool in &self.centre.pools {
            let id = match PoolId::new(pool.id.get_ref()) {
                Ok(id) => id,
                Err(error) => {
                    self.fault(pool.id.span(), error.to_string());
                    continue;
                }
            };
            if pools.iter().any(|known| known.id == id) {
                self.fault(pool.id.span(), format!("the pool {id} is listed twice"));
            }
            for number in pool.counters.iter().filter(|number| !counters.iter().any(|entry| entry.counter.0 == *number.get_ref())) {
                self.fault(number.span(), format!("there is no counter {}", number.get_ref()));
            }
            if pool.counters.is_empty() {
                self.fault(pool.id.span(), format!("the pool {id} has no counter"));
            }
            let members = pool.counters.iter().map(|number| CounterId(*number.get_ref())).collect();
            pools.push(PoolEntry { id, name: Text { en: pool.name_en.clone(), sw: pool.name_sw.clone() }, counters: members });
        }
        pools
    }

    pub(super) fn marks(&mut self) -> Vec<MarkEntry> {
        let mut marks: Vec<MarkEntry> = Vec::new();
        for mark in &self.centre.marks {
            match MarkId::new(mark.id.get_ref()) {
                Ok(id) if marks.iter().any(|known| known.id == id) => self.fault(mark.id.span(), format!("the mark {id} is listed twice")),
                Ok(id) => marks.push(MarkEntry { id, name: Text { en: mark.name_en.clone(), sw: mark.name_sw.clone() } }),
                Err(error) => self.fault(mark.id.span(), error.to_string()),
            }
        }
        marks
    }

    pub(super) fn officers(&mut self, offered: &BTreeSet<String>, counters: &[CounterEntry]) -> Vec<OfficerPolicy> {
        let mut officers: Vec<OfficerPolicy> = Vec::new();
        for officer in &self.centre.officers {
            let services = self.profile(&officer.wanted(), offered);
            let weights = self.weights(&officer.weights, &services);
            let served = |service: &&ServiceId| counters.iter().any(|entry| entry.services.contains(service));
            if !services.iter().any(|service| served(&service)) {
                self.fault(officer.name.span(), format!("{} serves nothing that a counter serves", officer.name.get_ref()));
            }
            match OfficerId::new(officer.name.get_ref()) {
                Ok(name) if officers.iter().any(|known| known.officer == name) => {
                    self.fault(officer.name.span(), format!("the officer {name} is listed twice"));
                }
                Ok(name) => {
                    let weight = |service: &ServiceId| weights.get(service).copied().unwrap_or(WEIGHT);
                    let profile = services.iter().map(|service| (service.clone(), weight(service))).collect();
                    officers.push(OfficerPolicy { officer: name, profile });
                }
                Err(error) => self.fault(officer.name.span(), error.to_string()),
            }
        }
        officers
    }

    /// Returns weights in thousandths: 2.0 calls a service as if its tickets had waited twice as long.
    fn weights(&mut self, listed: &BTreeMap<String, Spanned<f64>>, services: &[ServiceId]) -> BTreeMap<ServiceId, u32> {
        let mut weights = BTreeMap::new();
        for (name, weight) in listed {
            let Some(service) = services.iter().find(|service| service.as_str() == name) else {
                self.fault(weight.span(), format!("{name} is not among the services of this weight's owner"));
                continue;
            };
            match weight.get_ref() {
                share if (0.01..=100.0).contains(share) => {
                    // Rounded to the finest that the core knows.
                    weights.insert(service.clone(), (share * f64::from(WEIGHT)).round() as u32);
                }
                other => self.fault(weight.span(), format!("a weight of {other}: it must be 0.01 to 100")),
            }
        }
        weights
    }

    fn shifts(&mut self, listed: &[Spanned<String>]) -> Vec<(i64, i64)> {
        let mut shifts: Vec<(i64, i64)> = Vec::new();
        for text in listed {
            let part = |time: &str| chrono::NaiveTime::parse_from_str(time.trim(), "%H:%M").ok().map(after_midnight);
            let shift = text.get_ref().split_once('-').and_then(|(from, until)| Some((part(from)?, part(until)?)));
            match shift {
                Some((from, until)) if from < until && shifts.last().is_none_or(|(_, before)| *before <= from) => {
                    shifts.push((from, until))
                }
                Some(_) => self
                    .fault(text.span(), format!("the shift \"{}\" ends after it begins, and begins after the one before", text.get_ref())),
                None => self.fault(text.span(), format!("\"{}\" is not a shift such as \"07:00-13:00\"", text.get_ref())),
            }
        }
        shifts
    }
}
