//! What the slip of a ticket says, from the catalogue: the server and a kiosk without one fill it in alike.

use chrono::{DateTime, Datelike, FixedOffset, Utc};
use protocol::slip::{SlipContent, SlipFee};
use protocol::ticket::{Class, Language, Text, TicketNumber, WaitRange};
use protocol::view::Catalogue;
use protocol::{ServiceId, Time};

/// A ticket, as far as its slip tells of it.
#[derive(Clone, Debug)]
pub struct Ticket<'a> {
    /// Its number.
    pub number: TicketNumber,
    /// What it waits for.
    pub service: &'a ServiceId,
    /// The services that follow.
    pub then: &'a [ServiceId],
    /// Its class.
    pub class: Class,
    /// Its language.
    pub language: Language,
    /// When it was given.
    pub at: Time,
    /// How many are called before it; absent when nobody knows.
    pub ahead: Option<u32>,
    /// The wait, when one can be told.
    pub wait: Option<WaitRange>,
    /// What it is booked for.
    pub booked_at: Option<Time>,
    /// Whether it stands for one that the day before could not serve.
    pub taken_up: bool,
    /// Whether its holder waits outside.
    pub outside: bool,
    /// Whether a kiosk gave it by itself.
    pub offline: bool,
}

/// Returns what the slip of a ticket says. `phone_page` is where its QR code leads, `kiosk` who prints it.
pub fn content(ticket: &Ticket<'_>, catalogue: &Catalogue, phone_page: Option<&str>, kiosk: &str) -> SlipContent {
    let entry = catalogue.services.iter().find(|entry| entry.id == *ticket.service);
    let agency = entry.and_then(|entry| catalogue.agencies.iter().find(|agency| agency.code == entry.agency));
    let local = local_time(ticket.at, catalogue.utc_offset_minutes);
    let date = local.format("%Y-%m-%d").to_string();
    let fee_of = |id: &ServiceId| {
        let entry = catalogue.services.iter().find(|entry| entry.id == *id);
        entry.and_then(|entry| entry.fee_on(&date).kes).filter(|shillings| *shillings > 0)
    };
    let named = |id: &ServiceId| {
        let entry = catalogue.services.iter().find(|entry| entry.id == *id);
        entry.map_or_else(|| Text { en: id.to_string(), sw: id.to_string() }, |entry| entry.name.clone())
    };
    SlipContent {
        group: agency.map(|agency| agency.short.get(ticket.language).to_owned()).unwrap_or_default(),
        language: ticket.language,
        priority: ticket.class == Class::Priority,
        ahead: ticket.ahead,
        wait: ticket.wait,
        fee: match entry.and_then(|entry| entry.fee_on(&date).kes) {
            None => SlipFee::Unknown,
            Some(0) => SlipFee::Free,
            Some(shillings) => SlipFee::Kes(shillings),
        },
        documents: documents(ticket, catalogue),
        date: local.format("%d.%m.%Y").to_string(),
        time: local.format("%H:%M").to_string(),
        weekday: weekday(local),
        kiosk: kiosk.to_owned(),
        then: ticket.then.iter().map(|id| with_fee(named(id), fee_of(id))).collect(),
        booked: ticket.booked_at.map(|at| local_time(at, catalogue.utc_offset_minutes).format("%H:%M").to_string()),
        outside: ticket.outside,
        offline: ticket.offline,
        note: ticket.taken_up.then(|| assets::text::both("slip-taken-up", &[])),
        phone_page: Some(phone_address(phone_page, ticket.number, local)),
        ..SlipContent::new(catalogue.centre_short.clone(), ticket.number, named(ticket.service))
    }
}

/// Returns a slip that says that it is a test, with a number that no citizen gets.
pub fn test_slip(centre: impl Into<String>) -> SlipContent {
    let number = TicketNumber { letter: 'X', number: 0 };
    SlipContent {
        note: Some(assets::text::both("slip-test-good", &[])),
        ..SlipContent::new(centre, number, assets::text::both("slip-test", &[]))
    }
}

/// Returns the documents of every service of the visit, in the order in which they are asked for; what two ask for stands once.
fn documents(ticket: &Ticket<'_>, catalogue: &Catalogue) -> Vec<Text> {
    let mut documents: Vec<Text> = Vec::new();
    for id in std::iter::once(ticket.service).chain(ticket.then) {
        let entry = catalogue.services.iter().find(|entry| entry.id == *id);
        for document in entry.into_iter().flat_map(|entry| &entry.documents) {
            if !documents.contains(document) {
                documents.push(document.clone());
            }
        }
    }
    documents
}

/// Returns a service's name with its fee, where one is known and paid: on a ticket for several services the fee that stands
/// alone is that of the first.
fn with_fee(name: Text, shillings: Option<u32>) -> Text {
    let Some(shillings) = shillings else { return name };
    Text { en: format!("{} (KSh {shillings})", name.en), sw: format!("{} (KSh {shillings})", name.sw) }
}

/// What the QR code holds: the phone page's address where the centre publishes one, else the ticket's own name.
fn phone_address(page: Option<&str>, number: TicketNumber, local: DateTime<FixedOffset>) -> String {
    let ticket = format!("{number}-{}", local.format("%Y%m%d"));
    match page {
        Some(page) => format!("{}/{ticket}", page.trim_end_matches('/')),
        None => format!("foleni:{ticket}"),
    }
}

fn local_time(at: Time, utc_offset_minutes: i32) -> DateTime<FixedOffset> {
    let utc = DateTime::<Utc>::from_timestamp_millis(at.0).unwrap_or_default();
    let offset = FixedOffset::east_opt(utc_offset_minutes * 60).unwrap_or_else(|| FixedOffset::east_opt(0).expect("zero is an offset"));
    utc.with_timezone(&offset)
}

fn weekday(local: DateTime<FixedOffset>) -> Text {
    const KEYS: [&str; 7] = ["day-mon", "day-tue", "day-wed", "day-thu", "day-fri", "day-sat", "day-sun"];
    let key = KEYS[local.weekday().num_days_from_monday() as usize];
    Text { en: assets::text::message(Language::En, key, &[]), sw: assets::text::message(Language::Sw, key, &[]) }
}
