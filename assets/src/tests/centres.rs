//! The example centres can be opened: what they offer exists and is served, and the demo's demand fits them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::catalogue::{LETTERS, National, national};
use crate::{centre, centre_names};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CentreFile {
    catalogue: String,
    centre: Centre,
    hours: Hours,
    promise: Promise,
    numbering: Numbering,
    calls: Calls,
    slip: Slip,
    zone: Vec<Zone>,
    services: Offer,
    #[serde(default)]
    service: Vec<Override>,
    counter: Vec<Counter>,
    #[serde(default)]
    not_offered: Vec<NotOffered>,
    #[serde(default)]
    pool: Vec<Pool>,
    #[serde(default)]
    mark: Vec<Mark>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Centre {
    id: String,
    name: String,
    short: String,
    county: String,
    timezone: String,
    languages: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    tickets_from: String,
    opens: String,
    closes: String,
    days: Vec<String>,
    closed_on: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promise {
    minutes: u32,
    priority_factor: String,
    appointment_minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbering {
    first: u16,
    last: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calls {
    unattended_minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Slip {
    paper_mm: u32,
    phone_page: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Zone {
    id: String,
    name_en: String,
    name_sw: String,
    #[serde(default)]
    also_calls: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    offer: OfferList,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OfferList {
    All(String),
    These(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Override {
    id: String,
    quota: Option<u32>,
    promise_minutes: Option<u32>,
    minutes: Option<u32>,
    from: Option<String>,
    until: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counter {
    number: u16,
    zone: String,
    direction: String,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    agencies: Vec<String>,
    #[serde(default)]
    services: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotOffered {
    service: String,
    nearest_en: String,
    nearest_sw: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pool {
    id: String,
    name_en: String,
    name_sw: String,
    counters: Vec<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    id: String,
    name_en: String,
    name_sw: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Demand {
    share: BTreeMap<String, f64>,
    arrivals: BTreeMap<String, Vec<u32>>,
    weight: BTreeMap<String, u32>,
}

#[test]
fn the_example_centres_are_the_ones_we_name() {
    assert_eq!(centre_names(), ["kirinyaga", "mashinani", "mombasa"]);
}

#[test]
fn a_centre_has_a_name_hours_and_a_place() {
    for (name, file) in centres() {
        assert_eq!((file.catalogue.as_str(), file.centre.id.as_str()), ("national", name.as_str()));
        assert!(file.centre.name.contains(&file.centre.short) && !file.centre.county.is_empty());
        assert_eq!(file.centre.timezone, "Africa/Nairobi");
        assert_eq!(file.centre.languages, ["sw", "en"]);
        let hours = &file.hours;
        let clock = [&hours.tickets_from, &hours.opens, &hours.closes].map(|time| minutes(time));
        assert!(clock.is_sorted() && clock[1] < clock[2], "{name}");
        assert_eq!(hours.days, ["mon", "tue", "wed", "thu", "fri"]);
        assert!(hours.closed_on.is_sorted() && hours.closed_on.iter().all(|date| date.len() == 10), "{name}");
    }
}

#[test]
fn the_rules_of_a_centre_make_sense() {
    for (name, file) in centres() {
        assert!(file.promise.minutes > file.promise.appointment_minutes, "{name}");
        assert_eq!(file.promise.priority_factor, "1/6");
        assert!(file.numbering.first < file.numbering.last && file.numbering.last <= 999, "{name}");
        assert!(file.calls.unattended_minutes > 0, "{name}");
        assert!([58, 80].contains(&file.slip.paper_mm), "{name}");
        assert!(file.slip.phone_page.starts_with("http"), "{name}: the QR code leads to a page");
    }
}

#[test]
fn counters_stand_in_zones_and_are_numbered_in_order() {
    for (name, file) in centres() {
        let zones: BTreeSet<&str> = file.zone.iter().map(|zone| zone.id.as_str()).collect();
        assert!(file.zone.iter().all(|zone| !zone.name_en.is_empty() && zone.name_en != zone.name_sw), "{name}");
        for zone in &file.zone {
            assert!(zone.also_calls.iter().all(|other| *other != zone.id && zones.contains(other.as_str())), "{name}, {}", zone.id);
        }
        for (at, counter) in file.counter.iter().enumerate() {
            assert_eq!(usize::from(counter.number), at + 1, "{name}");
            assert!(zones.contains(counter.zone.as_str()), "{name}, counter {}", counter.number);
            assert!(["left", "right", "ahead", "upstairs"].contains(&counter.direction.as_str()), "{name}");
        }
    }
    let counters = |name: &str| centres().remove(name).map(|file| file.counter.len());
    assert_eq!((counters("mombasa"), counters("kirinyaga"), counters("mashinani")), (Some(28), Some(8), Some(7)));
}

#[test]
fn a_pool_is_of_counters_that_serve_the_same() {
    let national = national();
    for (name, file) in centres() {
        let pools: BTreeSet<&str> = file.pool.iter().map(|pool| pool.id.as_str()).collect();
        assert_eq!(pools.len(), file.pool.len(), "{name}: a pool is listed twice");
        for pool in &file.pool {
            assert!(pool.name_en != pool.name_sw && !pool.name_sw.is_empty(), "{name}, {}", pool.id);
            let member = |number: &u16| file.counter.iter().find(|counter| counter.number == *number).expect("a pool's counter is there");
            let mut served = pool.counters.iter().map(|number| served(member(number), &national));
            let first = served.next().expect("a pool has counters");
            let shared = served.fold(first, |shared, other| shared.intersection(&other).cloned().collect());
            assert!(!shared.is_empty(), "{name}, {}: no service is served at all of its counters", pool.id);
        }
    }
}

#[test]
fn a_mark_has_words_in_both_languages() {
    for (name, file) in centres() {
        let marks: BTreeSet<&str> = file.mark.iter().map(|mark| mark.id.as_str()).collect();
        assert_eq!(marks.len(), file.mark.len(), "{name}: a mark is listed twice");
        assert!(file.mark.iter().all(|mark| !mark.name_sw.is_empty() && mark.name_en != mark.name_sw), "{name}");
    }
}

#[test]
fn what_a_counter_serves_is_offered() {
    let national = national();
    for (name, file) in centres() {
        let offered = offered(&file, &national);
        for counter in &file.counter {
            let served = served(counter, &national);
            let wanted = counter.services.iter().all(|service| offered.contains(service.as_str()));
            assert!(wanted && served.intersection(&offered).next().is_some(), "{name}, counter {}", counter.number);
            let known_group = |id: &String| national.group.iter().any(|group| group.id == *id);
            let known_agency = |code: &String| national.agency.iter().any(|agency| agency.code == *code);
            assert!(counter.groups.iter().all(known_group) && counter.agencies.iter().all(known_agency), "{name}");
        }
    }
}

#[test]
fn what_a_centre_offers_is_served_by_some_counter() {
    let national = national();
    for (name, file) in centres() {
        let served: BTreeSet<&str> = file.counter.iter().flat_map(|counter| served(counter, &national)).collect();
        for service in offered(&file, &national) {
            assert!(served.contains(service), "{name}: nobody serves {service}");
        }
    }
}

#[test]
fn overrides_are_of_services_that_are_offered() {
    let national = national();
    for (name, file) in centres() {
        let offered = offered(&file, &national);
        for service in &file.service {
            assert!(offered.contains(service.id.as_str()), "{name}: {}", service.id);
            let changes = [service.quota, service.promise_minutes, service.minutes];
            assert!(changes.iter().flatten().all(|value| *value > 0), "{name}: {}", service.id);
            assert!(changes.iter().any(Option::is_some) || service.from.is_some(), "{name}: {} changes nothing", service.id);
            if let (Some(from), Some(until)) = (&service.from, &service.until) {
                assert!(minutes(from) < minutes(until), "{name}: {}", service.id);
            }
        }
        for missing in &file.not_offered {
            assert!(!offered.contains(missing.service.as_str()), "{name} does offer {}", missing.service);
            assert!(national.service.iter().any(|service| service.id == missing.service), "{name}: {}", missing.service);
            assert!(!missing.nearest_en.is_empty() && !missing.nearest_sw.is_empty(), "{name}");
        }
    }
}

#[test]
fn the_sizes_are_those_of_the_real_centres() {
    let national = national();
    let offered = |name: &str| offered(&centres()[name], &national).len();
    assert_eq!((offered("mombasa"), offered("kirinyaga"), offered("mashinani")), (68, 15, 22));
    let outreach: BTreeSet<&str> = national.service.iter().filter(|s| s.outreach).map(|s| s.id.as_str()).collect();
    assert_eq!(super::centres::offered(&centres()["mashinani"], &national), outreach);
}

#[test]
fn demand_knows_every_service_and_every_opening() {
    let national = national();
    let demand: Demand = toml::from_str(&centre("demand").expect("it is embedded")).expect("demand.toml is well formed");
    let services: BTreeSet<&str> = national.service.iter().map(|service| service.id.as_str()).collect();
    assert_eq!(demand.weight.keys().map(String::as_str).collect::<BTreeSet<_>>(), services);
    assert!((9_990..=10_010).contains(&demand.weight.values().sum::<u32>()), "parts of ten thousand");
    assert!(demand.share.values().all(|share| (0.0..1.0).contains(share)));
    for (name, file) in centres() {
        let hours = format!("{}-{}", file.hours.opens, file.hours.closes);
        let profile = demand.arrivals.get(&hours).unwrap_or_else(|| panic!("{name}: no arrivals for {hours}"));
        let half_hours = (minutes(&file.hours.closes) - minutes(&file.hours.tickets_from)) / 30;
        assert_eq!(u32::try_from(profile.len()).expect("a day is short"), half_hours, "{name}");
    }
}

#[test]
fn no_centre_is_asked_for_more_than_its_counters_can_do() {
    let national = national();
    let demand: Demand = toml::from_str(&centre("demand").expect("it is embedded")).expect("demand.toml is well formed");
    for (name, visitors) in [("mombasa", 2_400.0), ("kirinyaga", 500.0), ("mashinani", 300.0)] {
        let file = &centres()[name];
        let minutes_of: BTreeMap<&str, u32> = national.service.iter().map(|s| (s.id.as_str(), s.minutes())).collect();
        let changed: BTreeMap<&str, u32> = file.service.iter().filter_map(|s| Some((s.id.as_str(), s.minutes?))).collect();
        let (mut weight, mut work) = (0.0, 0.0);
        for service in offered(file, &national) {
            let share = f64::from(demand.weight[service]);
            weight += share;
            work += share * (0.5 + f64::from(*changed.get(service).unwrap_or(&minutes_of[service])));
        }
        let open = f64::from(minutes(&file.hours.closes) - minutes(&file.hours.opens) - 30);
        let counters = f64::from(u32::try_from(file.counter.len()).expect("few"));
        let busy = visitors * work / weight / (open * counters);
        assert!((0.80..0.92).contains(&busy), "{name} is busy {busy:.3} of the time");
    }
}

#[test]
fn there_are_numbers_enough_for_every_letter() {
    assert_eq!(LETTERS.len(), national().group.len());
    assert!(centres().values().all(|file| file.numbering.last - file.numbering.first >= 700));
}

fn centres() -> BTreeMap<String, CentreFile> {
    let read = |name: String| {
        let source = centre(&name).expect("it was listed");
        let file = toml::from_str(&source).unwrap_or_else(|wrong| panic!("{name}.toml: {wrong}"));
        (name, file)
    };
    centre_names().into_iter().map(read).collect()
}

fn offered<'a>(file: &'a CentreFile, national: &'a National) -> BTreeSet<&'a str> {
    match &file.services.offer {
        OfferList::All(all) => {
            assert_eq!(all, "all");
            let missing = |id: &str| file.not_offered.iter().any(|missing| missing.service == id);
            national.service.iter().map(|service| service.id.as_str()).filter(|id| !missing(id)).collect()
        }
        OfferList::These(these) => {
            let known = |id: &String| national.service.iter().any(|service| service.id == *id);
            assert!(these.iter().all(known), "{}: an unknown service", file.centre.id);
            these.iter().map(String::as_str).collect()
        }
    }
}

fn served<'a>(counter: &'a Counter, national: &'a National) -> BTreeSet<&'a str> {
    let group_of = |code: &str| national.agency.iter().find(|agency| agency.code == code).map(|agency| agency.group.clone());
    let by_agency = |service: &&super::catalogue::Service| {
        counter.agencies.contains(&service.agency) || group_of(&service.agency).is_some_and(|group| counter.groups.contains(&group))
    };
    let whole = national.service.iter().filter(by_agency).map(|service| service.id.as_str());
    whole.chain(counter.services.iter().map(String::as_str)).collect()
}

/// Returns the minutes since midnight of a time such as `07:30`.
fn minutes(time: &str) -> u32 {
    let (hour, minute) = time.split_once(':').expect("a time has a colon");
    let (hour, minute): (u32, u32) = (hour.parse().expect("an hour"), minute.parse().expect("a minute"));
    assert!(hour < 24 && minute < 60, "{time}");
    hour * 60 + minute
}
