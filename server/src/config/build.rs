//! Builds a centre's settings from the two files, and gathers every fault of meaning on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use protocol::fee::FeePeriod;
use protocol::ticket::Text;
use protocol::time::{MINUTE, SECOND};
use protocol::view::{AgencyEntry, AppointmentRules, Catalogue, CounterEntry, GroupEntry, ServiceEntry, ZoneEntry};
use protocol::{AgencyCode, CounterId, GroupId, Language, ServiceId, Time, ZoneId};
use queue::{NumberRange, Policy, Promise, Promises, ServicePolicy};
use toml::Spanned;

use super::CentreConfig;
use super::calendar::{AddedDays, Calendar, after_midnight, weekday};
use super::elsewhere;
use super::faults::Fault;
use super::fees;
use super::shape::{self, Centre, National, Offered};

/// The counters close this long after the centre does, if tickets are left.
const CLOSE_GRACE: i64 = 3 * 60 * MINUTE;
/// A missed ticket may come back for so long, where the centre says nothing else; 0 where it may not.
pub(super) const RETURN_MINUTES: u32 = 30;
/// Numbers of each letter that a kiosk holds for when the server is away.
pub(super) const OFFLINE_NUMBERS: u16 = 40;
/// What a missed ticket loses of its wait when it comes back.
const RETURN_LOSES: i64 = 5 * MINUTE;
/// An act can be undone for so long, where the centre says nothing else.
const UNDO_SECONDS: u32 = 60;
/// A slip that was not begun for so long is not printed, where the centre says nothing else.
const USEFUL_SECONDS: u32 = 90;
/// An appointment checks in from so long before its time until so long after, where the centre says nothing else.
const APPOINTMENT_EARLY_MINUTES: u32 = 30;
const APPOINTMENT_LATE_MINUTES: u32 = 15;

/// Returns the settings, or everything that is wrong with the centre's file, which is in `folder`; `faults` are those found in it already.
pub fn build(national: &National, centre: &Centre, folder: &Path, faults: Vec<Fault>) -> Result<CentreConfig, Vec<Fault>> {
    let mut builder = Builder { national, centre, faults };
    let built = builder.centre(folder);
    match (built, builder.faults) {
        (Some(config), faults) if faults.is_empty() => Ok(config),
        (_, mut faults) => {
            faults.sort_by_key(|fault| fault.place_hint());
            Err(faults)
        }
    }
}

/// Builds the settings, part by part.
pub(super) struct Builder<'a> {
    pub(super) national: &'a National,
    pub(super) centre: &'a Centre,
    faults: Vec<Fault>,
}

/// What a centre changes about one service.
#[derive(Default)]
struct Changes {
    quota: Option<u32>,
    fees: Option<Vec<FeePeriod>>,
    promise_minutes: Option<u32>,
    minutes: Option<u32>,
    hours: Option<(i64, i64)>,
    head_start_minutes: u32,
}

impl Builder<'_> {
    fn centre(&mut self, folder: &Path) -> Option<CentreConfig> {
        let (national, centre) = (self.national, self.centre);
        let calendar = self.calendar();
        let languages = self.languages();
        let factor = self.factor();
        let numbers = self.numbers();
        let offline_numbers = self.offline_numbers();
        let paper = self.paper();
        let slip = self.slip_template(paper, folder);
        let (listen, frame_ancestors) = self.server();
        let zones = self.zones();
        let offered = self.offered();
        let changes = self.changes(&offered);
        let counters = self.counters(&offered, &zones);
        self.every_service_has_a_counter(&offered, &counters);
        let services: Vec<&shape::Service> = national.services.iter().filter(|service| offered.contains(service.id.as_str())).collect();
        let agencies: BTreeMap<&str, &shape::Agency> = national.agencies.iter().map(|agency| (agency.code.as_str(), agency)).collect();
        let entries = services.iter().filter_map(|service| self.entry(service, &agencies, changes.get(service.id.as_str())));
        let entries: Vec<ServiceEntry> = entries.collect();
        let return_minutes = self.at_most(centre.calls.return_minutes.as_ref(), RETURN_MINUTES, 24 * 60);
        let undo_seconds = self.at_most(centre.calls.undo_seconds.as_ref(), UNDO_SECONDS, 600);
        let unattended = i64::from(self.above_zero(&centre.calls.unattended_minutes)) * MINUTE;
        let appointment = i64::from(self.above_zero(&centre.promise.appointment_minutes)) * MINUTE;
        let groups = groups(national, &entries);
        let pools = self.pools(&counters);
        let marks = self.marks();
        let auto_call = self.at_most(centre.calls.auto_call_seconds.as_ref(), 0, 600);
        let appointments = AppointmentRules {
            early_minutes: self.at_most(centre.appointments.early_minutes.as_ref(), APPOINTMENT_EARLY_MINUTES, 24 * 60),
            late_minutes: self.at_most(centre.appointments.late_minutes.as_ref(), APPOINTMENT_LATE_MINUTES, 24 * 60),
        };
        let policies = services.iter().zip(&entries).map(|(service, entry)| {
            let changes = changes.get(service.id.as_str());
            let promise = i64::from(entry.promise_minutes) * MINUTE;
            let (part, whole) = factor.unwrap_or((1, 6));
            let head_start = changes.map_or(0, |changes| i64::from(changes.head_start_minutes) * MINUTE);
            let minutes = changes.and_then(|changes| changes.minutes).unwrap_or(service.minutes);
            ServicePolicy {
                id: entry.id.clone(),
                agency: entry.agency.clone(),
                letter: groups.iter().find(|group| group.id == entry.group).map_or('Z', |group| group.letter),
                promises: Promises {
                    standard: Promise { head_start, ..Promise::within(promise) },
                    priority: Promise { head_start, ..Promise::within(promise * part / whole) },
                    appointment: Promise { head_start, ..Promise::within(appointment) },
                },
                typical: i64::from(minutes.max(1)) * MINUTE,
                quota: changes.and_then(|changes| changes.quota),
                hours: changes.and_then(|changes| changes.hours),
            }
        });
        let policies: Vec<ServicePolicy> = policies.collect();
        let policy = Policy {
            services: policies,
            counters: counters.iter().map(|entry| self.counter_policy(entry, &pools)).collect(),
            numbers: numbers?,
            offline_numbers: offline_numbers?,
            unattended_after: unattended,
            return_within: i64::from(return_minutes) * MINUTE,
            return_loses: RETURN_LOSES,
            undo_within: i64::from(undo_seconds) * SECOND,
            close_grace: CLOSE_GRACE,
            appointment_early: i64::from(appointments.early_minutes) * MINUTE,
            appointment_late: i64::from(appointments.late_minutes) * MINUTE,
            returns: centre.closing.return_tickets,
            inside_max: self.inside_max(),
            auto_call_after: (auto_call > 0).then(|| i64::from(auto_call) * SECOND),
            outcome_required: centre.calls.outcome_required,
            marks: marks.iter().map(|mark| mark.id.clone()).collect(),
            officers: self.officers(&offered, &counters),
        };
        let calendar = calendar?;
        let shown = |time: NaiveTime| time.format("%H:%M").to_string();
        let here: BTreeSet<&AgencyCode> = entries.iter().map(|entry| &entry.agency).collect();
        let agencies = national.agencies.iter().filter_map(agency).filter(|agency| here.contains(&agency.code)).collect();
        let catalogue = Catalogue {
            centre: centre.centre.name.get_ref().clone(),
            centre_short: centre.centre.short.clone(),
            languages,
            utc_offset_minutes: calendar.utc_offset_minutes(Time(Utc::now().timestamp_millis())),
            opens: shown(calendar.opens),
            closes: shown(calendar.closes),
            zones,
            groups,
            agencies,
            services: entries,
            not_offered: elsewhere::not_offered(national, centre, &offered),
            counters,
            pools,
            marks,
            outcome_required: centre.calls.outcome_required,
            appointments,
            slip,
        };
        let page = &centre.slip.phone_page;
        let is_web_address = ["http://", "https://"].iter().any(|scheme| page.get_ref().starts_with(scheme));
        if !is_web_address && !page.get_ref().is_empty() {
            self.fault(page.span(), format!("\"{}\" is not an address such as \"http://foleni.local/t\"", page.get_ref()));
        }
        let phone_page = Some(page.get_ref().clone()).filter(|page| !page.is_empty());
        let data = PathBuf::from(centre.server.data.as_deref().unwrap_or("var/foleni"));
        let warnings = Vec::new();
        let slip_useful = Duration::from_secs(self.at_most(centre.printing.useful_seconds.as_ref(), USEFUL_SECONDS, 3_600).into());
        Some(CentreConfig { catalogue, policy, calendar, phone_page, listen, data, frame_ancestors, slip_useful, warnings })
    }

    pub(super) fn fault(&mut self, span: Range<usize>, what: impl Into<String>) {
        self.faults.push(Fault::at(span, what));
    }

    fn above_zero(&mut self, minutes: &Spanned<u32>) -> u32 {
        const DAY: u32 = 24 * 60;
        if !(1..=DAY).contains(minutes.get_ref()) {
            self.fault(minutes.span(), format!("{} minutes: it must be 1 to {DAY}", minutes.get_ref()));
        }
        (*minutes.get_ref()).clamp(1, DAY)
    }

    /// Returns a number that may be zero; `usual` when it is not given.
    fn at_most(&mut self, number: Option<&Spanned<u32>>, usual: u32, most: u32) -> u32 {
        let Some(number) = number else { return usual };
        if *number.get_ref() > most {
            self.fault(number.span(), format!("{}: it must be 0 to {most}", number.get_ref()));
        }
        (*number.get_ref()).min(most)
    }

    fn inside_max(&mut self) -> Option<u32> {
        let most = self.centre.hall.inside_max.as_ref()?;
        if *most.get_ref() == 0 {
            self.fault(most.span(), "a hall holds at least one");
        }
        Some(*most.get_ref()).filter(|most| *most > 0)
    }

    fn time(&mut self, text: &Spanned<String>) -> Option<NaiveTime> {
        let time = NaiveTime::parse_from_str(text.get_ref(), "%H:%M").ok();
        if time.is_none() {
            self.fault(text.span(), format!("\"{}\" is not a time of day such as \"07:00\"", text.get_ref()));
        }
        time
    }

    fn calendar(&mut self) -> Option<Calendar> {
        let hours = &self.centre.hours;
        let zone = &self.centre.centre.timezone;
        let timezone = Tz::from_str(zone.get_ref()).ok();
        if timezone.is_none() {
            self.fault(zone.span(), format!("\"{}\" is not a time zone such as \"Africa/Nairobi\"", zone.get_ref()));
        }
        let (tickets_from, opens, closes) = (self.time(&hours.tickets_from), self.time(&hours.opens), self.time(&hours.closes));
        if let (Some(from), Some(opens), Some(closes)) = (tickets_from, opens, closes)
            && !(from <= opens && opens < closes)
        {
            self.fault(hours.opens.span(), "tickets begin, then counters open, then the centre closes: these hours are in another order");
        }
        let mut days = BTreeSet::new();
        for day in &hours.days {
            match Weekday::from_str(day.get_ref()) {
                Ok(parsed) => drop(days.insert(weekday(parsed))),
                Err(_) => self.fault(day.span(), format!("\"{}\" is not a day of the week such as \"mon\"", day.get_ref())),
            }
        }
        if days.is_empty() {
            self.fault(hours.opens.span(), "a centre is open on at least one day of the week");
        }
        let mut closed_on = BTreeSet::new();
        for date in &hours.closed_on {
            match NaiveDate::from_str(date.get_ref()) {
                Ok(parsed) => drop(closed_on.insert(parsed)),
                Err(_) => self.fault(date.span(), format!("\"{}\" is not a date such as \"2026-12-12\"", date.get_ref())),
            }
        }
        let added = AddedDays::default();
        Some(Calendar { timezone: timezone?, days, closed_on, tickets_from: tickets_from?, opens: opens?, closes: closes?, added })
    }

    fn languages(&mut self) -> Vec<Language> {
        let mut languages = Vec::new();
        let listed = &self.centre.centre.languages;
        for tag in listed.get_ref() {
            match Language::ALL.into_iter().find(|language| language.tag() == tag.get_ref()) {
                Some(language) if languages.contains(&language) => self.fault(tag.span(), format!("\"{}\" is listed twice", tag.get_ref())),
                Some(language) => languages.push(language),
                None => self.fault(tag.span(), format!("the language \"{}\" is not here; there are \"en\" and \"sw\"", tag.get_ref())),
            }
        }
        if listed.get_ref().is_empty() {
            self.fault(listed.span(), "a centre has at least one language");
        }
        languages
    }

    fn factor(&mut self) -> Option<(i64, i64)> {
        let text = &self.centre.promise.priority_factor;
        let fraction = text.get_ref().split_once('/').and_then(|(part, whole)| Some((part.parse().ok()?, whole.parse().ok()?)));
        let factor = fraction.filter(|(part, whole): &(i64, i64)| 0 < *part && part <= whole && *whole <= 1_000);
        if factor.is_none() {
            self.fault(text.span(), format!("\"{}\" is not a share of the promise such as \"1/6\"", text.get_ref()));
        }
        factor
    }

    fn numbers(&mut self) -> Option<NumberRange> {
        const LAST_MAX: u16 = 65_000;
        let (first, last) = (&self.centre.numbering.first, &self.centre.numbering.last);
        let range = NumberRange { first: *first.get_ref(), last: *last.get_ref() };
        if range.first > range.last || range.last > LAST_MAX {
            self.fault(
                last.span(),
                format!("numbers run from {} to {}: the last is not below the first, and at most {LAST_MAX}", range.first, range.last),
            );
            return None;
        }
        Some(range)
    }

    fn offline_numbers(&mut self) -> Option<u16> {
        /// A kiosk that is alone for a day gives fewer.
        const OFFLINE_MAX: u16 = 400;
        let Some(offline) = &self.centre.numbering.offline else { return Some(OFFLINE_NUMBERS) };
        if *offline.get_ref() > OFFLINE_MAX {
            self.fault(offline.span(), format!("a kiosk holds {} numbers of each letter: at most {OFFLINE_MAX}", offline.get_ref()));
            return None;
        }
        Some(*offline.get_ref())
    }

    fn paper(&mut self) -> slip::PaperWidth {
        let paper = &self.centre.slip.paper_mm;
        match paper.get_ref() {
            58 => slip::PaperWidth::Mm58,
            80 => slip::PaperWidth::Mm80,
            other => {
                self.fault(paper.span(), format!("paper of {other} mm: it is 58 or 80"));
                slip::PaperWidth::Mm80
            }
        }
    }

    fn server(&mut self) -> (SocketAddr, Vec<String>) {
        let standard = SocketAddr::from(([127, 0, 0, 1], 7400));
        let server = &self.centre.server;
        for origin in &server.frame_ancestors {
            if !station::files::is_origin(origin.get_ref()) {
                self.fault(origin.span(), format!("\"{}\" is not an origin such as \"http://localhost:7480\"", origin.get_ref()));
            }
        }
        let ancestors = server.frame_ancestors.iter().map(|origin| origin.get_ref().clone()).collect();
        let Some(listen) = &server.listen else { return (standard, ancestors) };
        match listen.get_ref().parse() {
            Ok(address) => (address, ancestors),
            Err(_) => {
                self.fault(listen.span(), format!("\"{}\" is not an address and port such as \"0.0.0.0:7400\"", listen.get_ref()));
                (standard, ancestors)
            }
        }
    }

    fn zones(&mut self) -> Vec<ZoneEntry> {
        let mut zones: Vec<ZoneEntry> = Vec::new();
        for zone in &self.centre.zones {
            match ZoneId::new(zone.id.get_ref()) {
                Ok(id) if zones.iter().any(|known| known.id == id) => self.fault(zone.id.span(), format!("the zone {id} is listed twice")),
                Ok(id) => {
                    let name = Text { en: zone.name_en.clone(), sw: zone.name_sw.clone() };
                    let also_calls = zone.also_calls.iter().filter_map(|other| self.other_zone(zone.id.get_ref(), other)).collect();
                    zones.push(ZoneEntry { id, name, also_calls });
                }
                Err(error) => self.fault(zone.id.span(), error.to_string()),
            }
        }
        zones
    }

    /// Returns a zone that another one calls for as well, if there is such a zone.
    fn other_zone(&mut self, here: &str, other: &Spanned<String>) -> Option<ZoneId> {
        let name = other.get_ref();
        let known = name != here && self.centre.zones.iter().any(|zone| zone.id.get_ref() == name);
        if !known {
            self.fault(other.span(), format!("there is no other zone \"{name}\""));
        }
        ZoneId::new(name).ok().filter(|_| known)
    }

    fn offered(&mut self) -> BTreeSet<String> {
        let known: BTreeSet<&str> = self.national.services.iter().map(|service| service.id.as_str()).collect();
        let offer = &self.centre.services.offer;
        let mut offered: BTreeSet<String> = match offer.get_ref() {
            Offered::Word(word) if word == "all" => known.iter().map(|id| (*id).to_owned()).collect(),
            Offered::Word(word) => {
                self.fault(offer.span(), format!("\"{word}\": a centre offers \"all\" or a list of services"));
                BTreeSet::new()
            }
            Offered::List(list) => {
                for id in list.iter().filter(|id| !known.contains(id.get_ref().as_str())) {
                    self.faults.push(Fault::at(id.span(), unknown("service", id.get_ref(), &known)));
                }
                list.iter().map(|id| id.get_ref().clone()).collect()
            }
        };
        for entry in &self.centre.not_offered {
            let id = entry.service.get_ref();
            if !known.contains(id.as_str()) {
                self.fault(entry.service.span(), unknown("service", id, &known));
            }
            offered.remove(id);
        }
        offered
    }

    fn changes(&mut self, offered: &BTreeSet<String>) -> BTreeMap<String, Changes> {
        let mut all = BTreeMap::new();
        for change in &self.centre.overrides {
            let id = change.id.get_ref();
            if !offered.contains(id) {
                self.fault(change.id.span(), format!("{id} is not offered here, so nothing can be changed about it"));
            }
            let fees = change.fees.as_ref().map(|fees| fees::periods(fees, &mut self.faults));
            let minutes = change.minutes.as_ref().map(|minutes| self.above_zero(minutes));
            let promise_minutes = change.promise_minutes.as_ref().map(|minutes| self.above_zero(minutes));
            let head_start_minutes = self.at_most(change.head_start_minutes.as_ref(), 0, 24 * 60);
            let from = change.from.as_ref().map(|from| self.time(from));
            let until = change.until.as_ref().map(|until| self.time(until));
            const DAY: i64 = 24 * 60 * MINUTE;
            let hours = (from.is_some() || until.is_some()).then(|| {
                let start = from.flatten().map_or(0, after_midnight);
                (start, until.flatten().map_or(DAY, after_midnight))
            });
            if let (Some((start, end)), Some(until)) = (hours, &change.until)
                && start >= end
            {
                self.fault(until.span(), "a service ends after it begins");
            }
            let quota = change.quota.as_ref().map(|quota| *quota.get_ref());
            all.insert(id.clone(), Changes { quota, fees, promise_minutes, minutes, hours, head_start_minutes });
        }
        all
    }

    fn counters(&mut self, offered: &BTreeSet<String>, zones: &[ZoneEntry]) -> Vec<CounterEntry> {
        let mut counters: Vec<CounterEntry> = Vec::new();
        for counter in &self.centre.counters {
            let number = *counter.number.get_ref();
            if number == 0 || number > 99 {
                self.fault(counter.number.span(), "a counter's number is 1 to 99");
            }
            if counters.iter().any(|known| known.counter.0 == number) {
                self.fault(counter.number.span(), format!("counter {number} is listed twice"));
            }
            let zone = zones.iter().find(|zone| zone.id.as_str() == counter.zone.get_ref());
            if zone.is_none() {
                self.fault(counter.zone.span(), format!("there is no zone \"{}\"", counter.zone.get_ref()));
            }
            let services = self.profile(&counter.wanted(), offered);
            if services.is_empty() {
                self.fault(counter.number.span(), format!("counter {number} serves nothing that is offered here"));
            }
            let Some(zone) = zone else { continue };
            let label = self.label(&services);
            let direction = counter.direction;
            counters.push(CounterEntry { counter: CounterId(number), zone: zone.id.clone(), direction, label, services });
        }
        counters.sort_by_key(|counter| counter.counter);
        counters
    }

    pub(super) fn profile(&mut self, wanted: &shape::Wanted<'_>, offered: &BTreeSet<String>) -> Vec<ServiceId> {
        let national = self.national;
        let groups: BTreeSet<&str> = national.groups.iter().map(|group| group.id.as_str()).collect();
        let agencies: BTreeSet<&str> = national.agencies.iter().map(|agency| agency.code.as_str()).collect();
        let ids: BTreeSet<&str> = national.services.iter().map(|service| service.id.as_str()).collect();
        for (kind, listed, known) in
            [("group", wanted.groups, &groups), ("agency", wanted.agencies, &agencies), ("service", wanted.services, &ids)]
        {
            for name in listed.iter().filter(|name| !known.contains(name.get_ref().as_str())) {
                self.fault(name.span(), unknown(kind, name.get_ref(), known));
            }
        }
        for id in wanted.services.iter().filter(|id| ids.contains(id.get_ref().as_str()) && !offered.contains(id.get_ref())) {
            self.fault(id.span(), format!("{} is not offered here", id.get_ref()));
        }
        let has = |listed: &[Spanned<String>], name: &str| listed.iter().any(|listed| listed.get_ref() == name);
        let group_of = |code: &str| national.agencies.iter().find(|agency| agency.code == code).map_or("", |agency| agency.group.as_str());
        let served = |service: &&shape::Service| {
            let (id, agency) = (service.id.as_str(), service.agency.as_str());
            has(wanted.services, id) || has(wanted.agencies, agency) || has(wanted.groups, group_of(agency))
        };
        let services = national.services.iter().filter(|service| offered.contains(&service.id)).filter(served);
        services.filter_map(|service| ServiceId::new(&service.id).ok()).collect()
    }

    /// What is done at a counter, in short: its agencies, at most three.
    fn label(&self, services: &[ServiceId]) -> Text {
        const SHOWN: usize = 3;
        let mut agencies: Vec<&shape::Agency> = Vec::new();
        for service in self.national.services.iter().filter(|service| services.iter().any(|id| id.as_str() == service.id)) {
            let agency = self.national.agencies.iter().find(|agency| agency.code == service.agency);
            agencies.extend(agency.filter(|agency| !agencies.iter().any(|known| known.code == agency.code)));
        }
        let more = if agencies.len() > SHOWN { " +" } else { "" };
        let join = |short: fn(&shape::Agency) -> &str| {
            let names: Vec<&str> = agencies.iter().take(SHOWN).map(|agency| short(agency)).collect();
            names.join(", ") + more
        };
        Text {
            en: join(|agency| agency.short_en.as_deref().unwrap_or(&agency.code)),
            sw: join(|agency| agency.short_sw.as_deref().unwrap_or(&agency.code)),
        }
    }

    fn every_service_has_a_counter(&mut self, offered: &BTreeSet<String>, counters: &[CounterEntry]) {
        let served = |id: &str| counters.iter().any(|counter| counter.services.iter().any(|service| service.as_str() == id));
        let orphans: Vec<&str> = offered.iter().map(String::as_str).filter(|id| !served(id)).collect();
        if !orphans.is_empty() && !self.centre.counters.is_empty() {
            let span = self.centre.counters[0].number.span();
            self.fault(span, format!("no counter serves {}", orphans.join(", ")));
        }
    }

    fn entry(
        &self,
        service: &shape::Service,
        agencies: &BTreeMap<&str, &shape::Agency>,
        changes: Option<&Changes>,
    ) -> Option<ServiceEntry> {
        let agency = agencies.get(service.agency.as_str())?;
        let both = |en: &Option<String>, sw: &Option<String>| en.clone().zip(sw.clone()).map(|(en, sw)| Text { en, sw });
        let usual = *self.centre.promise.minutes.get_ref();
        Some(ServiceEntry {
            id: ServiceId::new(&service.id).ok()?,
            agency: AgencyCode::new(&agency.code).ok()?,
            group: GroupId::new(&agency.group).ok()?,
            name: Text { en: service.name_en.clone(), sw: service.name_sw.clone() },
            icon: service.icon.clone().unwrap_or_else(|| agency.icon.clone()),
            fee_kes: service.fee_kes,
            fee_note: both(&service.fee_note_en, &service.fee_note_sw),
            fees: match changes.and_then(|changes| changes.fees.clone()) {
                Some(fees) => fees,
                // The catalogue was found good before any centre is built over it.
                None => fees::periods(&service.fees, &mut Vec::new()),
            },
            documents: service.documents.clone(),
            turnaround: both(&service.turnaround_en, &service.turnaround_sw),
            popular: service.popular,
            collection: service.collection,
            keywords: service.keywords.clone(),
            promise_minutes: changes.and_then(|changes| changes.promise_minutes).unwrap_or(usual).max(1),
        })
    }
}

fn agency(agency: &shape::Agency) -> Option<AgencyEntry> {
    let short = |text: &Option<String>| text.clone().unwrap_or_else(|| agency.code.clone());
    Some(AgencyEntry {
        code: AgencyCode::new(&agency.code).ok()?,
        name: Text { en: agency.name_en.clone(), sw: agency.name_sw.clone() },
        short: Text { en: short(&agency.short_en), sw: short(&agency.short_sw) },
        group: GroupId::new(&agency.group).ok()?,
        icon: agency.icon.clone(),
    })
}

/// Returns the groups that have a service here, in the catalogue's order.
fn groups(national: &National, services: &[ServiceEntry]) -> Vec<GroupEntry> {
    let entry = |group: &shape::Group| {
        Some(GroupEntry {
            id: GroupId::new(&group.id).ok()?,
            name: Text { en: group.name_en.clone(), sw: group.name_sw.clone() },
            short: Text { en: group.short_en.clone(), sw: group.short_sw.clone() },
            icon: group.icon.clone(),
            letter: *group.letter.get_ref(),
        })
    };
    let groups = national.groups.iter().filter_map(entry);
    groups.filter(|group| services.iter().any(|service| service.group == group.id)).collect()
}

/// Says that a name is unknown, with the nearest one that is known.
fn unknown(kind: &str, name: &str, known: &BTreeSet<&str>) -> String {
    let letters = |text: &str| -> BTreeSet<char> { text.chars().collect() };
    let alike = |other: &&&str| letters(other).symmetric_difference(&letters(name)).count() * 100 + other.len().abs_diff(name.len());
    match known.iter().min_by_key(alike) {
        Some(nearest) => format!("there is no {kind} \"{name}\"; did you mean \"{nearest}\"?"),
        None => format!("there is no {kind} \"{name}\""),
    }
}
