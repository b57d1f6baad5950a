//! What the simulated days have in common, as a table that a manager can read and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use protocol::time::{HOUR, MINUTE};
use protocol::view::CounterEntry;
use protocol::{Class, CounterId, Refusal, ServiceId, Time};
use queue::{Policy, ServicePolicy};
use serde::Serialize;

use super::day::{Played, Staffing};
use super::demand::Shares;
use crate::config::CentreConfig;

/// What was tried.
pub(super) struct Plan<'a> {
    pub(super) seed: u64,
    pub(super) visitors: u32,
    pub(super) staffing: &'a Staffing<'a>,
    pub(super) shares: Shares,
}

/// The days as figures.
#[derive(Serialize)]
pub(super) struct Report {
    centre: String,
    days: usize,
    seed: u64,
    visitors_a_day: u32,
    priority_percent: f64,
    no_show_percent: f64,
    opens: String,
    closes: String,
    closed_counters: Vec<u16>,
    /// Services that no open counter serves.
    served_by_nobody: Vec<String>,
    day: Day,
    waits: Vec<Waits>,
    counters: Vec<CounterFigures>,
    letters: Vec<Letter>,
    quotas: Vec<Quota>,
}

/// One day, as a mean over all of them.
#[derive(Serialize)]
struct Day {
    visitors: Figure,
    tickets: Figure,
    turned_away: Figure,
    /// The same by the code of the refusal.
    turned_away_by: BTreeMap<&'static str, Figure>,
    served: Figure,
    no_shows: Figure,
    waiting_at_closing: Figure,
    unserved: Figure,
    within_promise_percent: Figure,
    longest_queue: Figure,
    longest_queue_at: Option<Figure>,
    last_served_at: Option<Figure>,
    counters_busy_percent: Figure,
}

/// The waits of one class of one group.
#[derive(Serialize)]
struct Waits {
    group: String,
    class: Class,
    tickets: Figure,
    p50_minutes: Figure,
    p90_minutes: Figure,
    longest_minutes: Figure,
    within_promise_percent: Figure,
}

#[derive(Serialize)]
struct CounterFigures {
    counter: u16,
    label: String,
    busy_percent: Figure,
}

#[derive(Serialize)]
struct Letter {
    letter: char,
    tickets: Figure,
    /// How many numbers there are before they begin again.
    numbers: u32,
}

#[derive(Serialize)]
struct Quota {
    service: String,
    quota: u32,
    days_reached: usize,
    reached_at: Option<Figure>,
}

/// A figure of a day: its mean, how far days are from it, the least and the most. A time of day is in minutes after midnight.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Figure {
    mean: f64,
    deviation: f64,
    least: f64,
    most: f64,
}

impl Figure {
    fn of(days: impl IntoIterator<Item = f64>) -> Option<Figure> {
        let days: Vec<f64> = days.into_iter().collect();
        if days.is_empty() {
            return None;
        }
        let count = days.len() as f64;
        let mean = days.iter().sum::<f64>() / count;
        let deviation = (days.iter().map(|day| (day - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0)).sqrt();
        let (least, most) = days.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), day| (least.min(*day), most.max(*day)));
        Some(Figure { mean, deviation, least, most })
    }

    fn count(days: &[Played], count: impl Fn(&Played) -> usize) -> Figure {
        Figure::of(days.iter().map(|day| count(day) as f64)).unwrap_or_default()
    }

    fn numbers(self) -> [String; 3] {
        [self.mean, self.least, self.most].map(|number| format!("{number:.0}"))
    }

    fn times(self) -> [String; 3] {
        [self.mean, self.least, self.most].map(clock)
    }
}

impl Report {
    pub(super) fn new(centre: &CentreConfig, plan: &Plan<'_>, days: &[Played]) -> Report {
        let (policy, midnight) = (&centre.policy, plan.staffing.day.midnight);
        let minute = |at: Time| at.since(midnight) as f64 / MINUTE as f64;
        let tickets = |day: &Played| day.letters.values().sum::<usize>();
        let day = Day {
            visitors: Figure::count(days, |day| day.visitors),
            tickets: Figure::count(days, tickets),
            turned_away: Figure::count(days, |day| day.turned_away.values().sum()),
            turned_away_by: turned_away(days),
            served: Figure::count(days, |day| day.served),
            no_shows: Figure::count(days, |day| day.no_shows),
            waiting_at_closing: Figure::count(days, |day| day.left_at_closing),
            unserved: Figure::count(days, |day| day.unserved as usize),
            within_promise_percent: Figure::of(days.iter().filter_map(|day| within(day.waits.values().flatten()))).unwrap_or_default(),
            longest_queue: Figure::count(days, |day| day.longest_queue.0),
            longest_queue_at: Figure::of(days.iter().filter(|day| day.longest_queue.0 > 0).map(|day| minute(day.longest_queue.1))),
            last_served_at: Figure::of(days.iter().filter_map(|day| day.last_served).map(minute)),
            counters_busy_percent: Figure::of(days.iter().map(|day| share(day.busy.values().sum(), day.open.values().sum())))
                .unwrap_or_default(),
        };
        Report {
            centre: centre.catalogue.centre.clone(),
            days: days.len(),
            seed: plan.seed,
            visitors_a_day: plan.visitors,
            priority_percent: percent(plan.shares.priority),
            no_show_percent: percent(plan.shares.no_show),
            opens: clock(minute(plan.staffing.opens_at)),
            closes: clock(minute(plan.staffing.day.closes_at)),
            closed_counters: plan.staffing.closed.iter().map(|counter| counter.0).collect(),
            served_by_nobody: served_by_nobody(centre, plan),
            day,
            waits: waits(centre, days),
            counters: counters(centre, plan, days),
            letters: letters(policy, days),
            quotas: quotas(centre, days, minute),
        }
    }
}

fn turned_away(days: &[Played]) -> BTreeMap<&'static str, Figure> {
    let codes: BTreeSet<&'static str> = days.iter().flat_map(|day| day.turned_away.keys().copied()).collect();
    let figure = |code: &'static str| Figure::count(days, |day| day.turned_away.get(code).copied().unwrap_or(0));
    codes.into_iter().map(|code| (code, figure(code))).collect()
}

fn served_by_nobody(centre: &CentreConfig, plan: &Plan<'_>) -> Vec<String> {
    let open: Vec<_> = centre.policy.counters.iter().filter(|counter| !plan.staffing.closed.contains(&counter.id)).collect();
    let served = |service: &ServiceId| open.iter().any(|counter| counter.profile.iter().any(|(id, _)| id == service));
    centre.catalogue.services.iter().filter(|service| !served(&service.id)).map(|service| service.name.en.clone()).collect()
}

fn waits(centre: &CentreConfig, days: &[Played]) -> Vec<Waits> {
    let mut rows = Vec::new();
    for group in &centre.catalogue.groups {
        let services: Vec<_> =
            centre.catalogue.services.iter().filter(|service| service.group == group.id).map(|entry| &entry.id).collect();
        for class in Class::ALL {
            let of = |day: &Played| {
                let mine = day.waits.iter().filter(|((service, of), _)| *of == class && services.contains(&service));
                let mut waits: Vec<(i64, i64)> = mine.flat_map(|(_, waits)| waits.iter().copied()).collect();
                waits.sort_unstable();
                waits
            };
            let by_day: Vec<Vec<(i64, i64)>> = days.iter().map(of).collect();
            let some = || by_day.iter().filter(|waits| !waits.is_empty());
            let at = |share: f64| Figure::of(some().map(|waits| quantile(waits, share))).unwrap_or_default();
            if some().next().is_none() {
                continue;
            }
            rows.push(Waits {
                group: group.short.en.clone(),
                class,
                tickets: Figure::of(by_day.iter().map(|waits| waits.len() as f64)).unwrap_or_default(),
                p50_minutes: at(0.5),
                p90_minutes: at(0.9),
                longest_minutes: at(1.0),
                within_promise_percent: Figure::of(some().filter_map(|waits| within(waits.iter()))).unwrap_or_default(),
            });
        }
    }
    rows
}

fn counters(centre: &CentreConfig, plan: &Plan<'_>, days: &[Played]) -> Vec<CounterFigures> {
    let open = centre.catalogue.counters.iter().filter(|entry| !plan.staffing.closed.contains(&entry.counter));
    let busy = |entry: &CounterEntry| {
        let of = |figures: &BTreeMap<CounterId, i64>| figures.get(&entry.counter).copied().unwrap_or(0);
        Figure::of(days.iter().map(|day| share(of(&day.busy), of(&day.open)))).unwrap_or_default()
    };
    open.map(|entry| CounterFigures { counter: entry.counter.0, label: entry.label.en.clone(), busy_percent: busy(entry) }).collect()
}

fn letters(policy: &Policy, days: &[Played]) -> Vec<Letter> {
    let letters: BTreeSet<char> = days.iter().flat_map(|day| day.letters.keys().copied()).collect();
    let numbers = u32::from(policy.numbers.last - policy.numbers.first) + 1;
    let tickets = |letter: char| Figure::count(days, |day| day.letters.get(&letter).copied().unwrap_or(0));
    letters.into_iter().map(|letter| Letter { letter, tickets: tickets(letter), numbers }).collect()
}

fn quotas(centre: &CentreConfig, days: &[Played], minute: impl Fn(Time) -> f64) -> Vec<Quota> {
    let limited = centre.policy.services.iter().filter_map(|service| Some((service, service.quota?)));
    let quota = |(service, quota): (&ServicePolicy, u32)| {
        let name = centre.catalogue.services.iter().find(|entry| entry.id == service.id).map(|entry| entry.name.en.clone());
        let reached: Vec<f64> = days.iter().filter_map(|day| day.full.get(&service.id)).map(|at| minute(*at)).collect();
        Quota { service: name.unwrap_or_default(), quota, days_reached: reached.len(), reached_at: Figure::of(reached) }
    };
    limited.map(quota).collect()
}

/// Returns the wait in minutes that so large a share of sorted waits does not go beyond.
fn quantile(waits: &[(i64, i64)], share: f64) -> f64 {
    let place = ((waits.len() as f64 * share).ceil() as usize).clamp(1, waits.len());
    waits[place - 1].0 as f64 / MINUTE as f64
}

/// Returns the percentage of waits that were within their promise.
fn within<'a>(waits: impl Iterator<Item = &'a (i64, i64)>) -> Option<f64> {
    let (mut kept, mut all) = (0, 0);
    for (wait, promise) in waits {
        all += 1;
        kept += i64::from(wait <= promise);
    }
    (all > 0).then(|| share(kept, all))
}

fn share(part: i64, whole: i64) -> f64 {
    if whole > 0 { part as f64 * 100.0 / whole as f64 } else { 0.0 }
}

/// Returns a share in percent, to a tenth.
fn percent(share: f64) -> f64 {
    (share * 1_000.0).round() / 10.0
}

fn clock(minutes: f64) -> String {
    let minutes = minutes.max(0.0) as i64;
    format!("{:02}:{:02}", minutes / (HOUR / MINUTE), minutes % (HOUR / MINUTE))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} simulated days, seed {}", self.centre, self.days, self.seed)?;
        writeln!(
            f,
            "{} visitors on an average day, {} % with priority, {} % not there when called; counters open {} to {}",
            self.visitors_a_day, self.priority_percent, self.no_show_percent, self.opens, self.closes
        )?;
        if !self.closed_counters.is_empty() {
            let closed: Vec<String> = self.closed_counters.iter().map(u16::to_string).collect();
            writeln!(f, "What if these counters stay closed: {}", closed.join(", "))?;
        }
        for service in &self.served_by_nobody {
            writeln!(f, "ATTENTION: no open counter serves “{service}”")?;
        }
        self.write_day(f)?;
        self.write_waits(f)?;
        self.write_counters(f)?;
        self.write_numbers(f)
    }
}

impl Report {
    fn write_day(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = &self.day;
        writeln!(f, "\n{:<34} {:>8} {:>8} {:>8}", "A day", "mean", "least", "most")?;
        let rows = [
            ("Visitors", day.visitors),
            ("Tickets taken", day.tickets),
            (TURNED_AWAY, day.turned_away),
            ("Served", day.served),
            ("Not there when called", day.no_shows),
            ("Still waiting at closing time", day.waiting_at_closing),
            ("Not served when the day ended", day.unserved),
            ("Waits within the promise, %", day.within_promise_percent),
            ("Counters busy, %", day.counters_busy_percent),
            ("Longest queue", day.longest_queue),
        ];
        for (name, figure) in rows {
            line(f, name, figure.numbers())?;
            if name == TURNED_AWAY {
                for (code, figure) in &day.turned_away_by {
                    line(f, &format!("  {}", words(code)), figure.numbers())?;
                }
            }
        }
        let times = [("  at", day.longest_queue_at), ("Last visitor served at", day.last_served_at)];
        for (name, figure) in times.into_iter().filter_map(|(name, figure)| Some((name, figure?))) {
            line(f, name, figure.times())?;
        }
        Ok(())
    }

    fn write_waits(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nWaits in minutes, mean of the days (least to most)")?;
        writeln!(f, "{:>44}  {:<18} {:<18} {:<18} in promise", "tickets", "half within", "9 of 10 within", "longest")?;
        for row in &self.waits {
            let class = match row.class {
                Class::Standard => "standard",
                Class::Priority => "priority",
                Class::Appointment => "appointment",
            };
            let [p50, p90, longest] = [row.p50_minutes, row.p90_minutes, row.longest_minutes].map(spread);
            let kept = format!("{:.0} %", row.within_promise_percent.mean);
            writeln!(f, "{:<24} {class:<11} {:>7.0}  {p50:<18} {p90:<18} {longest:<18} {kept}", row.group, row.tickets.mean)?;
        }
        Ok(())
    }

    fn write_counters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<34} {:>8} {:>8} {:>8}", "Counters, busy % of their time", "mean", "least", "most")?;
        for row in &self.counters {
            line(f, &format!("{:>4}  {}", row.counter, row.label), row.busy_percent.numbers())?;
        }
        Ok(())
    }

    fn write_numbers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<34} {:>8} {:>8} {:>8}", "Tickets of a letter", "mean", "least", "most")?;
        for row in &self.letters {
            let [mean, least, most] = row.tickets.numbers();
            let note = if row.tickets.most > f64::from(row.numbers) { "  the numbers begin again" } else { "" };
            writeln!(f, "{:<34} {mean:>8} {least:>8} {most:>8}  of {}{note}", row.letter, row.numbers)?;
        }
        if self.quotas.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nDaily limits")?;
        for row in &self.quotas {
            let reached = match row.reached_at {
                Some(at) => format!(
                    "reached on {} of {} days, at {} ({} to {})",
                    row.days_reached,
                    self.days,
                    clock(at.mean),
                    clock(at.least),
                    clock(at.most)
                ),
                None => "never reached".to_owned(),
            };
            writeln!(f, "{} ({} a day): {reached}", row.service, row.quota)?;
        }
        Ok(())
    }
}

const TURNED_AWAY: &str = "Turned away without a ticket";

/// Returns why somebody was turned away, as a manager says it.
fn words(code: &str) -> &str {
    match code {
        code if code == Refusal::ServiceFull.code() => "the daily limit was reached",
        code if code == Refusal::ServiceClosed.code() => "not at this hour",
        code if code == Refusal::NumbersExhausted.code() => "no number was free",
        code => code,
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, [mean, least, most]: [String; 3]) -> fmt::Result {
    writeln!(f, "{name:<34} {mean:>8} {least:>8} {most:>8}")
}

fn spread(figure: Figure) -> String {
    let [mean, least, most] = figure.numbers();
    format!("{mean} ({least} to {most})")
}
