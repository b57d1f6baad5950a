//! The shape of the two files: the national catalogue, and one centre over it.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// The national catalogue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct National {
    #[serde(rename = "catalogue")]
    pub _catalogue: String,
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
    #[serde(rename = "agency")]
    pub agencies: Vec<Agency>,
    #[serde(rename = "service")]
    pub services: Vec<Service>,
}

/// A group of services with one letter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub id: String,
    pub letter: Spanned<char>,
    pub icon: String,
    pub name_en: String,
    pub name_sw: String,
    pub short_en: String,
    pub short_sw: String,
}

/// An agency.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    pub code: String,
    pub group: String,
    pub icon: String,
    pub name_en: String,
    pub name_sw: String,
    pub short_en: Option<String>,
    pub short_sw: Option<String>,
}

/// A service.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub id: String,
    pub agency: String,
    pub icon: Option<String>,
    pub name_en: String,
    pub name_sw: String,
    pub fee_kes: Option<u32>,
    pub fee_note_en: Option<String>,
    pub fee_note_sw: Option<String>,
    #[serde(default)]
    pub fees: Vec<FeeShape>,
    pub documents: Vec<protocol::ticket::Text>,
    pub minutes: u32,
    pub turnaround_en: Option<String>,
    pub turnaround_sw: Option<String>,
    #[serde(default)]
    pub popular: bool,
    #[serde(default)]
    pub collection: bool,
    #[serde(default, rename = "biometric")]
    pub _biometric: bool,
    #[serde(default, rename = "appointment")]
    pub _appointment: bool,
    #[serde(default, rename = "outreach")]
    pub _outreach: bool,
    #[serde(default, rename = "availability")]
    pub _availability: Option<String>,
    #[serde(default)]
    pub keywords: Vec<String>,
}

/// A fee between two dates.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeShape {
    pub from: Spanned<String>,
    pub until: Option<Spanned<String>>,
    pub kes: Option<u32>,
    pub note_en: Option<String>,
    pub note_sw: Option<String>,
}

/// One centre.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Centre {
    pub catalogue: Spanned<String>,
    pub centre: About,
    pub hours: Hours,
    pub promise: Promise,
    pub numbering: Numbering,
    pub calls: Calls,
    pub slip: Slip,
    #[serde(default)]
    pub printing: Printing,
    #[serde(default)]
    pub server: Server,
    #[serde(rename = "zone")]
    pub zones: Vec<Zone>,
    pub services: Offer,
    #[serde(default, rename = "service")]
    pub overrides: Vec<Override>,
    #[serde(rename = "counter")]
    pub counters: Vec<CounterShape>,
    #[serde(default)]
    pub not_offered: Vec<NotOffered>,
    #[serde(default)]
    pub appointments: Appointments,
    #[serde(default)]
    pub hall: HallShape,
    #[serde(default)]
    pub closing: Closing,
    #[serde(default, rename = "pool")]
    pub pools: Vec<PoolShape>,
    #[serde(default, rename = "mark")]
    pub marks: Vec<MarkShape>,
    #[serde(default, rename = "officer")]
    pub officers: Vec<OfficerShape>,
}

/// How booked visits check in.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appointments {
    pub early_minutes: Option<Spanned<u32>>,
    pub late_minutes: Option<Spanned<u32>>,
}

/// How many people the hall holds.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HallShape {
    pub inside_max: Option<Spanned<u32>>,
}

/// What becomes of those whom the day could not serve.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    pub return_tickets: bool,
}

impl Default for Closing {
    fn default() -> Closing {
        Closing { return_tickets: true }
    }
}

/// A named set of counters that can be sent a ticket together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolShape {
    pub id: Spanned<String>,
    pub name_en: String,
    pub name_sw: String,
    pub counters: Vec<Spanned<u16>>,
}

/// A mark that a visit may carry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkShape {
    pub id: Spanned<String>,
    pub name_en: String,
    pub name_sw: String,
}

/// What one officer serves; who is not listed serves all that a counter does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerShape {
    pub name: Spanned<String>,
    #[serde(default)]
    pub groups: Vec<Spanned<String>>,
    #[serde(default)]
    pub agencies: Vec<Spanned<String>>,
    #[serde(default)]
    pub services: Vec<Spanned<String>>,
    #[serde(default)]
    pub weights: BTreeMap<String, Spanned<f64>>,
}

/// The services that a counter or an officer is said to serve, by group, agency or name.
pub struct Wanted<'a> {
    pub groups: &'a [Spanned<String>],
    pub agencies: &'a [Spanned<String>],
    pub services: &'a [Spanned<String>],
}

impl OfficerShape {
    /// Returns what is listed.
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted { groups: &self.groups, agencies: &self.agencies, services: &self.services }
    }
}

impl CounterShape {
    /// Returns what is listed.
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted { groups: &self.groups, agencies: &self.agencies, services: &self.services }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    #[serde(rename = "id")]
    pub _id: String,
    pub name: Spanned<String>,
    pub short: String,
    #[serde(default, rename = "county")]
    pub _county: String,
    pub timezone: Spanned<String>,
    pub languages: Spanned<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    pub tickets_from: Spanned<String>,
    pub opens: Spanned<String>,
    pub closes: Spanned<String>,
    pub days: Vec<Spanned<String>>,
    #[serde(default)]
    pub closed_on: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    pub minutes: Spanned<u32>,
    pub priority_factor: Spanned<String>,
    pub appointment_minutes: Spanned<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbering {
    pub first: Spanned<u16>,
    pub last: Spanned<u16>,
    pub offline: Option<Spanned<u16>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calls {
    pub unattended_minutes: Spanned<u32>,
    pub return_minutes: Option<Spanned<u32>>,
    pub undo_seconds: Option<Spanned<u32>>,
    pub auto_call_seconds: Option<Spanned<u32>>,
    #[serde(default)]
    pub outcome_required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slip {
    pub paper_mm: Spanned<u32>,
    pub phone_page: Spanned<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printing {
    pub useful_seconds: Option<Spanned<u32>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: Option<Spanned<String>>,
    pub data: Option<String>,
    #[serde(default)]
    pub frame_ancestors: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    pub id: Spanned<String>,
    pub name_en: String,
    pub name_sw: String,
    #[serde(default)]
    pub also_calls: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    pub offer: Spanned<Offered>,
}

/// What is offered here.
pub enum Offered {
    /// A word; only `"all"` means something.
    Word(String),
    /// These.
    List(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for Offered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfferedVisitor)
    }
}

/// Keeps the place of each item, which an untagged enum would lose.
struct OfferedVisitor;

impl<'de> Visitor<'de> for OfferedVisitor {
    type Value = Offered;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"all\" or a list of services")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Offered, E> {
        Ok(Offered::Word(word.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Offered, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Offered::List(list))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    pub id: Spanned<String>,
    pub quota: Option<Spanned<u32>>,
    pub fees: Option<Vec<FeeShape>>,
    pub promise_minutes: Option<Spanned<u32>>,
    pub minutes: Option<Spanned<u32>>,
    pub from: Option<Spanned<String>>,
    pub until: Option<Spanned<String>>,
    pub head_start_minutes: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CounterShape {
    pub number: Spanned<u16>,
    pub zone: Spanned<String>,
    pub direction: Option<protocol::view::Direction>,
    #[serde(default)]
    pub groups: Vec<Spanned<String>>,
    #[serde(default)]
    pub agencies: Vec<Spanned<String>>,
    #[serde(default)]
    pub services: Vec<Spanned<String>>,
    #[serde(default)]
    pub weights: BTreeMap<String, Spanned<f64>>,
    #[serde(default)]
    pub shifts: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotOffered {
    pub service: Spanned<String>,
    pub nearest_en: Option<String>,
    pub nearest_sw: Option<String>,
}
