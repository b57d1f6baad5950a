//! Who comes on a day, when and for what: drawn from the demand that is kept beside the example centres.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use protocol::time::MINUTE;
use protocol::{Class, Language, ServiceId, Time};
use rand::Rng;
use serde::Deserialize;

use crate::calendar::Day;
use crate::chance;

/// What a day asks of a centre.
#[derive(Debug, Deserialize)]
pub struct Demand {
    share: Share,
    arrivals: BTreeMap<String, Vec<u32>>,
    weight: BTreeMap<ServiceId, u32>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Share {
    priority: f64,
    no_show: f64,
    transfer: f64,
    appointment: f64,
    english: f64,
}

/// Somebody on the way to the centre.
#[derive(Clone, Debug, PartialEq)]
pub struct Visitor {
    /// When they stand before the kiosk.
    pub at: Time,
    /// What they come for.
    pub service: ServiceId,
    /// How they share in the promise.
    pub class: Class,
    /// The language they choose.
    pub language: Language,
    /// Whether they are still there when they are called.
    pub comes: bool,
    /// They leave without a ticket when they are told to wait longer than so many minutes.
    pub patience_minutes: u16,
    /// What they need afterwards.
    pub second: Option<ServiceId>,
}

/// A half-hour, the step of the arrivals.
const STEP: i64 = 30 * MINUTE;

impl Demand {
    /// Reads the demand.
    pub fn read(text: &str) -> Result<Demand> {
        toml::from_str(text).context("read the demand")
    }

    /// Returns the visitors of a day in the order of their arrival, `number` of them on an average day. `hours` names the
    /// row of arrivals, such as `07:00-19:00`; `offered` are the services of this centre.
    pub fn plan(&self, day: &Day, hours: &str, number: u32, offered: &[ServiceId], random: &mut impl Rng) -> Result<Vec<Visitor>> {
        let halves = self.arrivals.get(hours).with_context(|| format!("find arrivals for {hours}"))?;
        let services: Vec<(&ServiceId, u32)> =
            offered.iter().filter_map(|service| self.weight.get_key_value(service)).map(|(service, weight)| (service, *weight)).collect();
        ensure!(services.iter().any(|(_, weight)| *weight > 0), "nobody asks for any service of this centre");
        let mut visitors = Vec::new();
        for (index, thousandths) in (0..).zip(halves) {
            let begins = day.opens.plus((index - 1) * STEP);
            for at in arrivals(begins, f64::from(number) * f64::from(*thousandths) / 1_000.0, random) {
                visitors.push(self.visitor(at, &services, random));
            }
        }
        Ok(visitors)
    }

    fn visitor(&self, at: Time, services: &[(&ServiceId, u32)], random: &mut impl Rng) -> Visitor {
        let share = self.share;
        let class = match random.random::<f64>() {
            lot if lot < share.priority => Class::Priority,
            lot if lot < share.priority + share.appointment => Class::Appointment,
            _ => Class::Standard,
        };
        let service = chance::weighted(services, random);
        let second = random.random_bool(share.transfer).then(|| chance::weighted(services, random)).filter(|second| *second != service);
        Visitor {
            at,
            service,
            class,
            language: if random.random_bool(share.english) { Language::En } else { Language::Sw },
            comes: !random.random_bool(share.no_show),
            patience_minutes: random.random_range(45..120),
            second,
        }
    }
}

/// Returns the arrivals of a half-hour: gaps are drawn so that any moment is as likely as another.
fn arrivals(begins: Time, expected: f64, random: &mut impl Rng) -> Vec<Time> {
    let mut arrivals = Vec::new();
    if expected <= 0.0 {
        return arrivals;
    }
    let mut after = chance::exponential(STEP as f64 / expected, random);
    while after < STEP as f64 {
        arrivals.push(begins.plus(after as i64));
        after += chance::exponential(STEP as f64 / expected, random);
    }
    arrivals
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::calendar::tests::{at, mombasa};

    #[test]
    fn a_day_has_the_visitors_of_its_demand_in_order() {
        let visitors = plan(1, 2_400);
        let day = mombasa().day_at(at("2026-11-24T06:30:00"));
        assert!((2_250..2_550).contains(&visitors.len()), "{}", visitors.len());
        assert!(visitors.is_sorted_by_key(|visitor| visitor.at));
        assert!(visitors.iter().all(|visitor| visitor.at >= day.tickets_from && visitor.at < day.closes));
    }

    #[test]
    fn more_than_a_third_come_before_ten() {
        let visitors = plan(2, 2_400);
        let ten = at("2026-11-24T10:00:00");
        let early = visitors.iter().filter(|visitor| visitor.at < ten).count() as f64 / visitors.len() as f64;
        assert!((0.31..0.41).contains(&early), "{early}");
    }

    #[test]
    fn the_mix_is_that_of_the_demand() {
        let visitors = plan(3, 20_000);
        let share =
            |which: &dyn Fn(&Visitor) -> bool| visitors.iter().filter(|visitor| which(visitor)).count() as f64 / visitors.len() as f64;
        let near = |share: f64, wanted: f64| assert!((share - wanted).abs() < 0.01, "{share} is not near {wanted}");
        near(share(&|visitor| visitor.language == Language::En), 0.30);
        near(share(&|visitor| visitor.class == Class::Priority), 0.10);
        near(share(&|visitor| visitor.class == Class::Appointment), 0.03);
        near(share(&|visitor| !visitor.comes), 0.07);
        near(share(&|visitor| visitor.service.as_str() == "nrb-id-collect"), 0.093);
    }

    #[test]
    fn the_same_seed_gives_the_same_day() {
        assert_eq!(plan(7, 500), plan(7, 500));
        assert_ne!(plan(7, 500), plan(8, 500));
    }

    #[test]
    fn only_what_the_centre_offers_is_asked_for() {
        let only = [ServiceId::new("crs-birth").expect("an id")];
        let day = mombasa().day_at(at("2026-11-24T06:30:00"));
        let mut random = StdRng::seed_from_u64(1);
        let visitors = demand().plan(&day, "07:00-19:00", 100, &only, &mut random).expect("a plan");
        assert!(visitors.iter().all(|visitor| visitor.service == only[0] && visitor.second.is_none()));
        assert!(demand().plan(&day, "07:00-19:00", 100, &[], &mut random).is_err());
    }

    fn plan(seed: u64, number: u32) -> Vec<Visitor> {
        let calendar = mombasa();
        let day = calendar.day_at(at("2026-11-24T06:30:00"));
        let demand = demand();
        let offered: Vec<ServiceId> = demand.weight.keys().cloned().collect();
        demand.plan(&day, &calendar.hours(), number, &offered, &mut StdRng::seed_from_u64(seed)).expect("a plan")
    }

    fn demand() -> Demand {
        Demand::read(&assets::centre("demand").expect("the demand")).expect("well formed")
    }
}
