//! The national catalogue is whole: every agency has its group, every service its agency, and all that a slip needs.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{Icons, catalogue};

/// The letters least misheard in both languages.
pub const LETTERS: &str = "JKLGVDSZQ";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct National {
    catalogue: String,
    pub group: Vec<Group>,
    pub agency: Vec<Agency>,
    pub service: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub id: String,
    letter: char,
    icon: String,
    name_en: String,
    name_sw: String,
    short_en: String,
    short_sw: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    pub code: String,
    pub group: String,
    icon: String,
    name_en: String,
    name_sw: String,
    short_en: String,
    short_sw: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub id: String,
    pub agency: String,
    name_en: String,
    name_sw: String,
    icon: Option<String>,
    fee_kes: Option<u32>,
    fee_note_en: Option<String>,
    fee_note_sw: Option<String>,
    #[serde(default)]
    fees: Vec<Fee>,
    documents: Vec<Document>,
    minutes: u32,
    turnaround_en: Option<String>,
    turnaround_sw: Option<String>,
    availability: Availability,
    #[serde(default)]
    #[expect(dead_code, reason = "read to know that it is a bool")]
    biometric: bool,
    #[serde(default)]
    collection: bool,
    #[serde(default)]
    popular: bool,
    #[serde(default)]
    #[expect(dead_code, reason = "read to know that it is a bool")]
    appointment: bool,
    #[serde(default)]
    pub outreach: bool,
    keywords: Vec<String>,
}

impl Service {
    /// Returns the usual minutes at a counter.
    pub fn minutes(&self) -> u32 {
        self.minutes
    }
}

/// A fee between two dates. That dates are dates and periods do not overlap is checked where a centre is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fee {
    #[expect(dead_code, reason = "read to know that it is there")]
    from: String,
    #[expect(dead_code, reason = "read to know that it is text")]
    until: Option<String>,
    kes: Option<u32>,
    note_en: Option<String>,
    note_sw: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Availability {
    Most,
    Select,
    Cyber,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    en: String,
    sw: String,
}

#[test]
fn it_holds_all_groups_agencies_and_services() {
    let national = national();
    assert_eq!(national.catalogue, "national");
    assert_eq!((national.group.len(), national.agency.len(), national.service.len()), (9, 36, 76));
}

#[test]
fn nothing_has_the_name_of_another() {
    let national = national();
    assert_unique(national.group.iter().map(|group| group.id.as_str()));
    assert_unique(national.group.iter().map(|group| group.letter));
    assert_unique(national.agency.iter().map(|agency| agency.code.as_str()));
    assert_unique(national.service.iter().map(|service| service.id.as_str()));
    assert_unique(national.service.iter().map(|service| service.name_en.as_str()));
    assert_unique(national.service.iter().map(|service| service.name_sw.as_str()));
}

#[test]
fn every_agency_has_a_group_and_every_service_an_agency() {
    let national = national();
    let groups: BTreeSet<&str> = national.group.iter().map(|group| group.id.as_str()).collect();
    let agencies: BTreeSet<&str> = national.agency.iter().map(|agency| agency.code.as_str()).collect();
    let used: BTreeSet<&str> = national.service.iter().map(|service| service.agency.as_str()).collect();
    assert!(national.agency.iter().all(|agency| groups.contains(agency.group.as_str())));
    assert_eq!(used, agencies, "an agency without a service, or a service without an agency");
}

#[test]
fn letters_are_the_ones_least_misheard() {
    assert!(national().group.iter().all(|group| LETTERS.contains(group.letter)));
}

#[test]
fn every_icon_is_there() {
    let national = national();
    let of_groups = national.group.iter().map(|group| &group.icon);
    let of_agencies = national.agency.iter().map(|agency| &agency.icon);
    let of_services = national.service.iter().filter_map(|service| service.icon.as_ref());
    for icon in of_groups.chain(of_agencies).chain(of_services) {
        assert!(Icons::get(&format!("{icon}.svg")).is_some(), "{icon}");
    }
}

#[test]
fn every_name_is_said_in_both_languages() {
    let national = national();
    for group in &national.group {
        assert_said([&group.name_en, &group.name_sw, &group.short_en, &group.short_sw]);
    }
    for agency in &national.agency {
        assert_said([&agency.name_en, &agency.name_sw, &agency.short_en, &agency.short_sw]);
    }
    for service in &national.service {
        assert_said([&service.name_en, &service.name_sw]);
        assert_ne!(service.name_en, service.name_sw, "{}", service.id);
        assert_eq!(service.fee_note_en.is_some(), service.fee_note_sw.is_some(), "{}", service.id);
        for fee in &service.fees {
            assert_eq!(fee.note_en.is_some(), fee.note_sw.is_some(), "{}", service.id);
            assert_said([&fee.note_en, &fee.note_sw].map(|note| note.as_ref().expect("a fee that changes says why")));
        }
        assert_eq!(service.turnaround_en.is_some(), service.turnaround_sw.is_some(), "{}", service.id);
        for document in &service.documents {
            assert_said([&document.en, &document.sw]);
            assert_ne!(document.en, document.sw, "{}", service.id);
        }
    }
}

#[test]
fn every_service_can_be_found_timed_and_paid_for() {
    for service in &national().service {
        assert!((1..=30).contains(&service.minutes), "{}", service.id);
        assert!(service.fee_kes.is_none_or(|fee| fee <= 10_000), "{}", service.id);
        assert!(service.fees.iter().all(|fee| fee.kes.is_none_or(|kes| kes <= 10_000)), "{}", service.id);
        assert!(service.keywords.len() >= 3, "{}", service.id);
        assert!(service.keywords.iter().all(|word| *word == word.to_lowercase()), "{}", service.id);
        assert!(!service.collection || service.fee_kes == Some(0), "{} is collecting, which is free", service.id);
        assert!(!service.popular || matches!(service.availability, Availability::Most | Availability::Select), "{}", service.id);
    }
}

#[test]
fn eight_services_are_popular() {
    assert_eq!(national().service.iter().filter(|service| service.popular).count(), 8);
}

/// Returns the national catalogue.
pub fn national() -> National {
    let source = catalogue("national").expect("it is embedded");
    toml::from_str(&source).unwrap_or_else(|wrong| panic!("national.toml: {wrong}"))
}

fn assert_said<const N: usize>(names: [&String; N]) {
    assert!(names.iter().all(|name| !name.trim().is_empty() && name.len() <= 90), "{names:?}");
}

fn assert_unique<T: Ord + std::fmt::Debug>(things: impl Iterator<Item = T>) {
    let mut seen = BTreeSet::new();
    for thing in things {
        assert!(!seen.contains(&thing), "{thing:?} is there twice");
        seen.insert(thing);
    }
}
