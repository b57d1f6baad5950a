//! What is well written and still cannot be meant: settings that contradict each other.
//!
//! A fault is refused, because a day would go wrong by it. A warning is told and the centre opens all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use chrono::{NaiveDate, NaiveTime, Timelike};
use toml::Spanned;

use super::build::{OFFLINE_NUMBERS, RETURN_MINUTES};
use super::faults::Fault;
use super::fees;
use super::shape::{self, Centre, National, Offered};

/// The letters least misheard in both languages.
const LETTERS: &str = "JKLGVDSZQ";
/// A letter has numbers for so many times the tickets that hold one when all goes as promised: some days it does not.
const NUMBERS_FOR_BAD_DAYS: u32 = 2;

/// What was found in one file.
#[derive(Debug, Default)]
pub struct Found {
    /// What is refused.
    pub faults: Vec<Fault>,
    /// What is only told.
    pub warnings: Vec<Fault>,
}

impl Found {
    fn fault(&mut self, at: std::ops::Range<usize>, what: impl Into<String>) {
        self.faults.push(Fault::at(at, what));
    }

    fn warn(&mut self, at: std::ops::Range<usize>, what: impl Into<String>) {
        self.warnings.push(Fault::at(at, what));
    }
}

/// Looks through the national catalogue.
pub fn of_national(national: &National) -> Found {
    let mut found = Found::default();
    let mut letters: BTreeMap<char, &str> = BTreeMap::new();
    for group in &national.groups {
        let letter = *group.letter.get_ref();
        if let Some(other) = letters.insert(letter, &group.id) {
            let what = format!("the groups {other} and {} have the same letter {letter}: their numbers could not be told apart", group.id);
            found.fault(group.letter.span(), what);
        }
        if !LETTERS.contains(letter) {
            let listed: Vec<String> = LETTERS.chars().map(String::from).collect();
            found.warn(group.letter.span(), format!("{letter} is easily misheard; the letters least misheard are {}", listed.join(" ")));
        }
    }
    for service in &national.services {
        fees::periods(&service.fees, &mut found.faults);
    }
    found
}

/// Looks through a centre's file; `today` is the date on which it is read.
pub fn of_centre(national: &National, centre: &Centre, today: NaiveDate) -> Found {
    let mut look = Look { national, centre, found: Found::default() };
    look.not_offered();
    look.quotas();
    look.numbers();
    look.hours_of_services();
    look.minutes_and_the_day();
    look.priority();
    look.closed_days(today);
    look.found
}

struct Look<'a> {
    national: &'a National,
    centre: &'a Centre,
    found: Found,
}

impl Look<'_> {
    fn not_offered(&mut self) {
        let mut listed = BTreeSet::new();
        for entry in &self.centre.not_offered {
            let id = entry.service.get_ref();
            let offered = match self.centre.services.offer.get_ref() {
                Offered::Word(_) => false,
                Offered::List(list) => list.iter().any(|offered| offered.get_ref() == id),
            };
            if offered {
                self.found.fault(entry.service.span(), format!("{id} is among the services that are offered here"));
            }
            if !listed.insert(id) {
                self.found.fault(entry.service.span(), format!("{id} is listed twice as not offered"));
            }
            if entry.nearest_en.is_some() != entry.nearest_sw.is_some() {
                self.found.fault(entry.service.span(), format!("the nearest centre with {id} is named in one language only"));
            }
        }
    }

    fn quotas(&mut self) {
        for quota in self.centre.overrides.iter().filter_map(|change| change.quota.as_ref()).filter(|quota| *quota.get_ref() == 0) {
            self.found.fault(quota.span(), "a quota of 0 offers the service and never gives it; list it in [[not_offered]] instead");
        }
    }

    fn numbers(&mut self) {
        let numbering = &self.centre.numbering;
        let (first, last) = (*numbering.first.get_ref(), *numbering.last.get_ref());
        let range = u32::from(last.saturating_sub(first)) + 1;
        let held_by_kiosk = self.held_by_kiosk(range);
        for group in &self.national.groups {
            let letter = group.letter.get_ref();
            let quotas: Vec<Option<u32>> = self.offered_of(group).map(|service| self.quota(service)).collect();
            let counted = quotas.iter().flatten().fold(0u32, |sum, quota| sum.saturating_add(*quota));
            let held = self.held_at_once(group);
            if counted > range {
                let what = format!(
                    "the quotas of letter {letter} come to {counted} tickets a day and there are {range} numbers: \
                    they would come round again while they are held"
                );
                self.found.fault(numbering.last.span(), what);
            } else if quotas.contains(&None) && range - held_by_kiosk < held.saturating_mul(NUMBERS_FOR_BAD_DAYS) {
                let what = format!(
                    "about {held} tickets of letter {letter} hold a number at the same time when all goes as promised, \
                    and there are {range} numbers, of which a kiosk holds {held_by_kiosk} for when the server is away: on a bad day they run out"
                );
                self.found.warn(numbering.last.span(), what);
            }
        }
    }

    /// Returns how many numbers of a letter the first kiosk takes away from the centre. All kiosks together get half of them.
    fn held_by_kiosk(&mut self, range: u32) -> u32 {
        let usual = || self.centre.numbering.last.span();
        let offline = &self.centre.numbering.offline;
        let (wanted, span) = offline.as_ref().map_or_else(|| (OFFLINE_NUMBERS, usual()), |offline| (*offline.get_ref(), offline.span()));
        let (wanted, half) = (u32::from(wanted), range / 2);
        if half < wanted * 2 {
            let what = format!(
                "a kiosk holds {wanted} numbers of each letter for when the server is away and all kiosks together at most {half} of {range}: \
                a second kiosk gets fewer, or none"
            );
            self.found.warn(span, what);
        }
        wanted.min(half)
    }

    /// Returns how many tickets of a group hold a number at the same time, when every wait is as long as promised and every
    /// missed ticket is still awaited: what its counters get through in that time, and those at the counters.
    fn held_at_once(&self, group: &shape::Group) -> u32 {
        let away = self.centre.calls.return_minutes.as_ref().map_or(RETURN_MINUTES, |minutes| *minutes.get_ref());
        let at_counter = |counter: &shape::CounterShape| {
            let served: Vec<&shape::Service> = self.offered_of(group).filter(|service| serves(counter, service, group)).collect();
            let shortest = served.iter().map(|service| self.minutes(service)).min()?.max(1);
            let promise = served.iter().map(|service| self.promise(service)).max()?;
            Some(1 + promise.saturating_add(away) / shortest)
        };
        self.centre.counters.iter().filter_map(at_counter).fold(0, u32::saturating_add)
    }

    fn hours_of_services(&mut self) {
        let hours = &self.centre.hours;
        let (Some(tickets_from), Some(closes)) = (time(&hours.tickets_from), time(&hours.closes)) else { return };
        for change in &self.centre.overrides {
            let (from, until) = (change.from.as_ref(), change.until.as_ref());
            let id = change.id.get_ref();
            for (bound, at) in [("begins", from), ("ends", until)] {
                let Some(at) = at else { continue };
                if time(at).is_some_and(|time| !(tickets_from..=closes).contains(&time)) {
                    let what = format!(
                        "{id} {bound} at {}, and tickets are given here from {} to {}",
                        at.get_ref(),
                        shown(tickets_from),
                        shown(closes)
                    );
                    self.found.warn(at.span(), what);
                }
            }
        }
    }

    /// Waits that no day is long enough for: they promise nothing, and nobody is ever found to have left.
    fn minutes_and_the_day(&mut self) {
        let hours = &self.centre.hours;
        let (Some(opens), Some(closes)) = (time(&hours.opens), time(&hours.closes)) else { return };
        let day = (closes.num_seconds_from_midnight().saturating_sub(opens.num_seconds_from_midnight())) / 60;
        let unattended = &self.centre.calls.unattended_minutes;
        if *unattended.get_ref() > day {
            let what =
                format!("a counter that was left is never closed: {} minutes are longer than the day of {day}", unattended.get_ref());
            self.found.warn(unattended.span(), what);
        }
        let of_centre = [&self.centre.promise.minutes, &self.centre.promise.appointment_minutes];
        let of_services = self.centre.overrides.iter().filter_map(|change| change.promise_minutes.as_ref());
        for promise in of_centre.into_iter().chain(of_services).filter(|promise| *promise.get_ref() > day) {
            let what = format!("a promise of {} minutes is longer than the day of {day}: it is always kept", promise.get_ref());
            self.found.warn(promise.span(), what);
        }
    }

    fn priority(&mut self) {
        let text = &self.centre.promise.priority_factor;
        let parts = text.get_ref().split_once('/').and_then(|(part, whole)| Some((part.parse().ok()?, whole.parse().ok()?)));
        let Some((part, whole)): Option<(u32, u32)> = parts.filter(|(_, whole)| *whole > 0) else { return };
        let below_a_minute = |minutes: u32| u64::from(minutes) * u64::from(part) < u64::from(whole);
        let usual = *self.centre.promise.minutes.get_ref();
        if below_a_minute(usual) {
            let what = format!(
                "{part}/{whole} of the promised {usual} minutes is less than a minute: priority is called before anyone else, always"
            );
            self.found.warn(text.span(), what);
        }
        for promise in self.centre.overrides.iter().filter_map(|change| change.promise_minutes.as_ref()) {
            let minutes = *promise.get_ref();
            if below_a_minute(minutes) {
                let what = format!("{part}/{whole} of {minutes} minutes, the promise to priority, is less than a minute");
                self.found.warn(promise.span(), what);
            }
        }
    }

    fn closed_days(&mut self, today: NaiveDate) {
        let listed = &self.centre.hours.closed_on;
        let past = |date: &Spanned<String>| NaiveDate::from_str(date.get_ref()).is_ok_and(|date| date < today);
        if let Some(last) = listed.last().filter(|_| listed.iter().all(past)) {
            self.found.warn(last.span(), "every closed day of the list is past: the calendar is old");
        }
    }

    fn offered_of<'a>(&'a self, group: &'a shape::Group) -> impl Iterator<Item = &'a shape::Service> {
        let of_group = |code: &str| self.national.agencies.iter().any(|agency| agency.code == code && agency.group == group.id);
        self.national.services.iter().filter(move |service| of_group(&service.agency) && self.offers(&service.id))
    }

    fn offers(&self, id: &str) -> bool {
        let listed = match self.centre.services.offer.get_ref() {
            Offered::Word(_) => true,
            Offered::List(list) => list.iter().any(|offered| offered.get_ref() == id),
        };
        listed && !self.centre.not_offered.iter().any(|entry| entry.service.get_ref() == id)
    }

    fn change(&self, service: &shape::Service) -> Option<&shape::Override> {
        self.centre.overrides.iter().find(|change| *change.id.get_ref() == service.id)
    }

    fn quota(&self, service: &shape::Service) -> Option<u32> {
        self.change(service)?.quota.as_ref().map(|quota| *quota.get_ref())
    }

    fn minutes(&self, service: &shape::Service) -> u32 {
        let changed = self.change(service).and_then(|change| change.minutes.as_ref());
        changed.map_or(service.minutes, |minutes| *minutes.get_ref())
    }

    fn promise(&self, service: &shape::Service) -> u32 {
        let changed = self.change(service).and_then(|change| change.promise_minutes.as_ref());
        *changed.unwrap_or(&self.centre.promise.minutes).get_ref()
    }
}

fn serves(counter: &shape::CounterShape, service: &shape::Service, group: &shape::Group) -> bool {
    let has = |listed: &[Spanned<String>], name: &str| listed.iter().any(|listed| listed.get_ref() == name);
    has(&counter.services, &service.id) || has(&counter.agencies, &service.agency) || has(&counter.groups, &group.id)
}

/// Returns a time of day; one that is no time is a fault that is told elsewhere.
fn time(text: &Spanned<String>) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text.get_ref(), "%H:%M").ok()
}

fn shown(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use crate::config::{CentreConfig, ConfigError, parse_on};

    #[test]
    fn nothing_in_the_examples_contradicts_itself() {
        for name in assets::centre_names() {
            let centre = read(&assets::centre(&name).expect("an example")).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(told(&centre), "", "{name}");
        }
    }

    #[test]
    fn two_groups_with_one_letter_are_refused_where_the_second_stands() {
        let national = national("letter = \"L\"", "letter = \"J\"");
        let error = with_national(&national).expect_err("two with J").to_string();
        assert!(error.contains("identity and civil have the same letter J"), "{error}");
        assert_eq!(places(&error), [place(&national, "letter = \"J\"", 2, "\"J\"")]);
    }

    #[test]
    fn a_letter_that_is_misheard_is_a_warning() {
        let national = national("letter = \"L\"", "letter = \"M\"");
        let centre = with_national(&national).expect("it is only told");
        assert!(told(&centre).contains("M is easily misheard; the letters least misheard are J K L G V D S Z Q"), "{}", told(&centre));
        assert_eq!(places(&told(&centre)), [place(&national, "letter = \"M\"", 1, "\"M\"")]);
    }

    #[test]
    fn quotas_that_come_to_more_than_the_numbers_are_refused() {
        let text = kirinyaga("last = 999", "last = 119");
        let error = refused(&text);
        assert!(error.contains("the quotas of letter J come to 120 tickets a day and there are 119 numbers"), "{error}");
        assert_eq!(places(&error), [place(&text, "last = 119", 1, "119")]);
        let enough = kirinyaga("last = 999", "last = 120");
        assert!(read(&enough).is_ok());
    }

    #[test]
    fn numbers_too_few_for_a_bad_day_are_a_warning() {
        let text = kirinyaga("last = 999", "last = 20").replacen("quota = 120", "quota = 20", 1);
        let centre = read(&text).expect("it is only told");
        let told = told(&centre);
        assert!(told.contains("tickets of letter J hold a number at the same time"), "{told}");
        assert!(!told.contains("letter V"), "all of V are counted: {told}");
        assert_eq!(places(&told)[0], place(&text, "last = 20", 1, "20"));
    }

    #[test]
    fn a_second_kiosk_without_numbers_is_a_warning() {
        let text = kirinyaga("last = 999", "last = 150");
        let warned = told(&read(&text).expect("it is only told"));
        assert!(warned.contains("all kiosks together at most 75 of 150: a second kiosk gets fewer, or none"), "{warned}");
        assert_eq!(places(&warned)[0], place(&text, "last = 150", 1, "150"));
        for enough in ["last = 160", "last = 150\noffline = 37", "last = 150\noffline = 0"] {
            let warned = told(&read(&kirinyaga("last = 999", enough)).expect("it is only told"));
            assert!(!warned.contains("a second kiosk"), "{enough}: {warned}");
        }
        let few = told(&read(&kirinyaga("last = 999", "last = 999\noffline = 400")).expect("it is only told"));
        assert!(few.contains("a second kiosk gets fewer"), "{few}");
    }

    #[test]
    fn a_quota_of_none_is_refused() {
        let text = kirinyaga("quota = 12\n", "quota = 0\n");
        let error = refused(&text);
        assert!(error.contains("a quota of 0") && error.contains("[[not_offered]]"), "{error}");
        assert_eq!(places(&error), [place(&text, "quota = 0\n", 1, "0\n")]);
    }

    #[test]
    fn a_service_that_is_offered_and_not_offered_is_refused() {
        let text = kirinyaga("service = \"jud-file\"", "service = \"kra-pin\"");
        let error = refused(&text);
        assert!(error.contains("kra-pin is among the services that are offered here"), "{error}");
        assert!(error.contains(&place(&text, "service = \"kra-pin\"", 1, "\"kra-pin\"")), "{error}");
    }

    #[test]
    fn a_nearest_centre_is_named_in_both_languages() {
        let text = kirinyaga("nearest_sw = \"Huduma Centre Embu\"\n", "");
        let error = refused(&text);
        assert!(error.contains("the nearest centre with ntsa-dl-bio is named in one language only"), "{error}");
    }

    #[test]
    fn hours_of_a_service_outside_the_centres_are_a_warning() {
        let text = kirinyaga("quota = 12\n", "quota = 12\nfrom = \"07:00\"\nuntil = \"17:30\"\n");
        let centre = read(&text).expect("it is only told");
        let told = told(&centre);
        assert!(told.contains("dsd-shg begins at 07:00, and tickets are given here from 07:30 to 17:00"), "{told}");
        let expected = [place(&text, "from = \"07:00\"", 1, "\"07:00\""), place(&text, "until = \"17:30\"", 1, "\"17:30\"")];
        assert_eq!(places(&told), expected);
        let within = kirinyaga("quota = 12\n", "quota = 12\nfrom = \"07:30\"\nuntil = \"17:00\"\n");
        assert!(read(&within).expect("good").warnings.is_empty());
    }

    #[test]
    fn a_counter_that_is_never_found_left_is_a_warning() {
        let text = kirinyaga("unattended_minutes = 20", "unattended_minutes = 541");
        let centre = read(&text).expect("it is only told");
        assert!(told(&centre).contains("541 minutes are longer than the day of 540"), "{}", told(&centre));
        assert_eq!(places(&told(&centre)), [place(&text, "unattended_minutes = 541", 1, "541")]);
        assert!(read(&kirinyaga("unattended_minutes = 20", "unattended_minutes = 540")).expect("good").warnings.is_empty());
    }

    #[test]
    fn a_promise_longer_than_the_day_is_a_warning() {
        let text = kirinyaga("[promise]\nminutes = 30", "[promise]\nminutes = 600");
        let centre = read(&text).expect("it is only told");
        assert!(told(&centre).contains("a promise of 600 minutes is longer than the day of 540"), "{}", told(&centre));
        assert!(places(&told(&centre)).contains(&place(&text, "minutes = 600", 1, "600")));
    }

    #[test]
    fn a_priority_promise_below_a_minute_is_a_warning() {
        let text = kirinyaga("promise_minutes = 15", "promise_minutes = 5");
        let centre = read(&text).expect("it is only told");
        assert!(told(&centre).contains("1/6 of 5 minutes, the promise to priority, is less than a minute"), "{}", told(&centre));
        assert_eq!(places(&told(&centre)), [place(&text, "promise_minutes = 5", 1, "5")]);
        let usual = kirinyaga("priority_factor = \"1/6\"", "priority_factor = \"1/31\"");
        let centre = read(&usual).expect("it is only told");
        assert!(places(&told(&centre)).contains(&place(&usual, "priority_factor = \"1/31\"", 1, "\"1/31\"")), "{}", told(&centre));
        assert!(read(&kirinyaga("promise_minutes = 15", "promise_minutes = 6")).expect("good").warnings.is_empty());
    }

    #[test]
    fn a_calendar_whose_closed_days_are_all_past_is_old() {
        let text = kirinyaga("id = ", "id = ");
        let on = |date: &str| parse_on("here.toml", &text, &national("", ""), date.parse().expect("a date")).expect("good");
        assert!(on("2027-12-27").warnings.is_empty());
        let told = told(&on("2027-12-28"));
        assert!(told.contains("the calendar is old"), "{told}");
        assert_eq!(places(&told), [place(&text, "\"2027-12-27\"", 1, "\"2027-12-27\"")]);
    }

    #[test]
    fn fees_that_overlap_or_end_before_they_begin_are_refused_with_their_place() {
        let waived = "until = \"2026-10-30\"";
        let overlapping = national(waived, "until = \"2026-10-31\"");
        let error = with_national(&overlapping).expect_err("two fees on one day").to_string();
        assert!(error.contains("the fee from 2026-10-31 holds on a date on which the one from 2025-10-31 holds as well"), "{error}");
        assert_eq!(places(&error), [place(&overlapping, "from = \"2026-10-31\"", 1, "\"2026-10-31\"")]);
        let backwards = national(waived, "until = \"2025-10-30\"");
        let error = with_national(&backwards).expect_err("it ends before it begins").to_string();
        assert!(error.contains("the fee ends on 2025-10-30, before it begins on 2025-10-31"), "{error}");
        assert_eq!(places(&error), [place(&backwards, "until = \"2025-10-30\"", 1, "\"2025-10-30\"")]);
        let no_date = national(waived, "until = \"2026-10-3\"");
        assert!(with_national(&no_date).expect_err("no date").to_string().contains("\"2026-10-3\" is not a date"));
    }

    #[test]
    fn a_centre_may_have_fees_of_its_own_and_they_are_checked_as_well() {
        let own = "quota = 12\nfees = [{ from = \"2027-01-01\", kes = 50 }, { from = \"2026-12-01\", until = \"2026-12-31\", kes = 0 }]\n";
        let centre = read(&kirinyaga("quota = 12\n", own)).expect("good");
        let service = centre.catalogue.services.iter().find(|service| service.id.as_str() == "dsd-shg").expect("it is offered");
        let fee = |date: &str| service.fee_on(date).kes;
        assert_eq!((fee("2026-11-30"), fee("2026-12-31"), fee("2027-01-01")), (service.fee_kes, Some(0), Some(50)));
        let text = kirinyaga("quota = 12\n", &own.replace("2026-12-31", "2027-01-01"));
        let error = refused(&text);
        assert_eq!(places(&error), [place(&text, "from = \"2027-01-01\"", 1, "\"2027-01-01\"")]);
    }

    const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");

    fn read(text: &str) -> Result<CentreConfig, ConfigError> {
        parse_on("here.toml", text, &national("", ""), TODAY)
    }

    fn refused(text: &str) -> String {
        read(text).expect_err("it contradicts itself").to_string()
    }

    fn with_national(national: &str) -> Result<CentreConfig, ConfigError> {
        parse_on("here.toml", &kirinyaga("id = ", "id = "), national, TODAY)
    }

    /// Returns the warnings as `foleni-server check` prints them.
    fn told(centre: &CentreConfig) -> String {
        centre.warnings.iter().map(|warning| warning.to_string()).collect::<Vec<_>>().join("\n")
    }

    fn kirinyaga(old: &str, new: &str) -> String {
        replaced(assets::centre("kirinyaga").expect("an example").as_ref(), old, new)
    }

    fn national(old: &str, new: &str) -> String {
        replaced(assets::catalogue("national").expect("it is embedded").as_ref(), old, new)
    }

    fn replaced(text: &str, old: &str, new: &str) -> String {
        assert!(text.contains(old), "the example still has {old}");
        text.replacen(old, new, 1)
    }

    /// Returns the lines and columns that a report names, `12:9`.
    fn places(report: &str) -> Vec<String> {
        let heads = report.lines().filter(|line| !line.starts_with(' '));
        heads.map(|line| line.splitn(4, ':').skip(1).take(2).collect::<Vec<_>>().join(":")).collect()
    }

    /// Returns line and column of `value` in the `nth` occurrence of `around`.
    fn place(text: &str, around: &str, nth: usize, value: &str) -> String {
        let (start, _) = text.match_indices(around).nth(nth - 1).expect("it is there");
        let at = start + around.find(value).expect("the value is in it");
        let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        format!("{}:{}", text[..at].matches('\n').count() + 1, text[line_start..at].chars().count() + 1)
    }
}
