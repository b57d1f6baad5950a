//! Plays seeded days of a centre with the real core under virtual time, so that a manager can ask "what if": more visitors, a counter
//! that stays closed, another lunch.
//!
//! Visitors, their errands and how long each takes are drawn before the day begins and do not depend on the plan: the same seed tries
//! two plans on the same people. Nobody here loses patience, and who was called and did not come stays away.

mod day;
mod demand;
mod report;

use std::collections::BTreeSet;

use anyhow::{Context, bail, ensure};
use chrono::NaiveTime;
use clap::Args;
use protocol::time::MINUTE;
use protocol::{CounterId, Time};
use queue::BusinessDay;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::config::{self, CentreConfig};
use day::{Staffing, WALK, play};
use demand::{Demand, Shares};
use report::{Plan, Report};

/// What to simulate.
#[derive(Args)]
pub struct SimulateSettings {
    /// A file, or the name of an example: mombasa, kirinyaga, mashinani
    centre: String,
    /// Visitors on an average day; as many as keep the counters busy 88 % of their time when absent
    #[arg(long, allow_negative_numbers = true)]
    visitors: Option<i64>,
    /// How many days
    #[arg(long, default_value_t = 20, allow_negative_numbers = true)]
    days: i64,
    /// The same seed gives the same days
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many of a hundred visitors have priority
    #[arg(long, default_value_t = 12.0, allow_negative_numbers = true)]
    priority_percent: f64,
    /// How many of a hundred are not there when they are called
    #[arg(long, default_value_t = 7.0, allow_negative_numbers = true)]
    no_show_percent: f64,
    /// Counters that stay closed, such as 5,6
    #[arg(long, value_delimiter = ',')]
    close_counter: Vec<String>,
    /// When the counters open, such as 08:30; the centre's hour when absent
    #[arg(long)]
    open_from: Option<String>,
    /// When the first half of the counters goes on its break, such as 12:30; the middle of the day when absent
    #[arg(long)]
    lunch: Option<String>,
    /// Minutes of each counter's break; 0 for none
    #[arg(long, default_value_t = 30, allow_negative_numbers = true)]
    lunch_minutes: i64,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// More would be a stadium.
const VISITORS_MAX: i64 = 100_000;
const DAYS_MAX: i64 = 10_000;
/// How much of their time counters are busy when nobody says how many visitors come.
const USUAL_LOAD: f64 = 0.88;
/// The day that is played again and again: a usual one, wherever this is asked.
const SOMEWHEN: Time = Time(1_767_225_600_000);

/// Simulates and returns what to print.
pub fn run(settings: &SimulateSettings) -> anyhow::Result<String> {
    let centre = config::load(&settings.centre).map_err(|error| anyhow::anyhow!("{error}"))?;
    let report = simulate(settings, &centre)?;
    match settings.json {
        true => serde_json::to_string_pretty(&report).context("write the report"),
        false => Ok(report.to_string()),
    }
}

fn simulate(settings: &SimulateSettings, centre: &CentreConfig) -> anyhow::Result<Report> {
    let day = centre.calendar.next_day(SOMEWHEN).context("the centre is never open")?;
    let closed = closed(settings, centre)?;
    let shares = Shares { priority: share("priority", settings.priority_percent)?, no_show: share("no-show", settings.no_show_percent)? };
    ensure!((1..=DAYS_MAX).contains(&settings.days), "{} days: it must be 1 to {DAYS_MAX}", settings.days);
    let opens_at = hour(settings.open_from.as_deref(), &day)?.unwrap_or(day.opens_at);
    let lunch = settings.lunch_minutes.checked_mul(MINUTE).filter(|lunch| (0..=4 * 60 * MINUTE).contains(lunch));
    let lunch = lunch.with_context(|| format!("a break of {} minutes: it must be 0 to 240", settings.lunch_minutes))?;
    let middle = Time(day.opens_at.0 / 2 + day.closes_at.0 / 2 - lunch);
    let lunch_at = hour(settings.lunch.as_deref(), &day)?.unwrap_or(middle);
    let staffing = Staffing { policy: &centre.policy, day: &day, closed: &closed, opens_at, lunch_at, lunch };
    let demand = Demand::read()?;
    let visitors = visitors(settings, &staffing, &demand, shares)?;
    let hours = format!("{}-{}", centre.catalogue.opens, centre.catalogue.closes);
    let mut days = Vec::new();
    for number in 0..settings.days {
        let mut random = StdRng::seed_from_u64(settings.seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
        let planned = demand.plan(&centre.policy, &day, &hours, visitors, shares, &mut random)?;
        days.push(play(&staffing, &planned).with_context(|| format!("play day {number} of seed {}", settings.seed))?);
    }
    let plan = Plan { seed: settings.seed, visitors, staffing: &staffing, shares };
    Ok(Report::new(centre, &plan, &days))
}

/// How many come on an average day. What counters would do that stay closed counts: those who come do not know of it.
fn visitors(settings: &SimulateSettings, staffing: &Staffing<'_>, demand: &Demand, shares: Shares) -> anyhow::Result<u32> {
    let Some(visitors) = settings.visitors else {
        let open = staffing.day.closes_at.since(staffing.day.opens_at) - staffing.lunch;
        let time = open as f64 * staffing.policy.counters.len() as f64 * USUAL_LOAD;
        return Ok((time / demand.work(staffing.policy, WALK, shares)) as u32);
    };
    ensure!((1..=VISITORS_MAX).contains(&visitors), "{visitors} visitors: it must be 1 to {VISITORS_MAX}");
    Ok(u32::try_from(visitors)?)
}

fn closed(settings: &SimulateSettings, centre: &CentreConfig) -> anyhow::Result<BTreeSet<CounterId>> {
    let known: Vec<String> = centre.policy.counters.iter().map(|counter| counter.id.to_string()).collect();
    let mut closed = BTreeSet::new();
    for text in &settings.close_counter {
        let counter = centre.policy.counters.iter().find(|counter| counter.id.to_string() == text.trim());
        let counter = counter.with_context(|| format!("there is no counter {}; there are {}", text.trim(), known.join(", ")))?;
        closed.insert(counter.id);
    }
    if closed.len() == known.len() {
        bail!("no counter would be left open");
    }
    Ok(closed)
}

fn share(name: &str, percent: f64) -> anyhow::Result<f64> {
    ensure!((0.0..=100.0).contains(&percent), "{percent} % {name}: it must be 0 to 100");
    Ok(percent / 100.0)
}

/// Returns a local hour of the day that is played, if one was given.
fn hour(text: Option<&str>, day: &BusinessDay) -> anyhow::Result<Option<Time>> {
    let Some(text) = text else { return Ok(None) };
    let hour = NaiveTime::parse_from_str(text, "%H:%M").ok().with_context(|| format!("{text} is not an hour such as 12:30"))?;
    let at = day.midnight.plus((hour - NaiveTime::MIN).num_milliseconds());
    ensure!(at >= day.opens_at && at < day.closes_at, "{text} is not within the hours of the centre");
    Ok(Some(at))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        settings: SimulateSettings,
    }

    fn asked(line: &str) -> anyhow::Result<String> {
        let words = std::iter::once("simulate").chain(line.split_whitespace());
        run(&Line::try_parse_from(words)?.settings)
    }

    fn figures(line: &str) -> serde_json::Value {
        serde_json::from_str(&asked(&format!("{line} --json")).expect("a report")).expect("JSON")
    }

    #[test]
    fn the_same_seed_gives_the_same_report() {
        let first = asked("kirinyaga --days 3").expect("a report");
        assert_eq!(asked("kirinyaga --days 3").expect("a report"), first);
        assert_ne!(asked("kirinyaga --days 3 --seed 2").expect("a report"), first);
    }

    #[test]
    fn a_centre_with_shifts_lunches_and_calls_by_itself_plays_whole_days() {
        let text = assets::centre("kirinyaga").expect("an example").into_owned();
        let text = text.replace("zone = \"hall\"\n", "zone = \"hall\"\nshifts = [\"07:30-12:40\", \"12:40-17:30\"]\n");
        let text = text.replace("[calls]\n", "[calls]\nauto_call_seconds = 20\n") + "\n[hall]\ninside_max = 40\n";
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("shifts.toml");
        std::fs::write(&file, text).expect("the folder can be written");
        let report = figures(&format!("{} --days 3 --lunch-minutes 45", file.display()));
        let plain = figures("kirinyaga --days 3 --lunch-minutes 45");
        let served = |report: &serde_json::Value| report["day"]["served"]["mean"].as_f64().expect("a figure");
        assert!(served(&report) > served(&plain) * 0.95, "{} against {}", served(&report), served(&plain));
    }

    #[test]
    fn everybody_who_took_a_ticket_is_accounted_for() {
        for line in ["kirinyaga --days 4", "mashinani --days 2 --visitors 700", "mombasa --days 1 --close-counter 2,3,4"] {
            let report = figures(line);
            let mean = |name: &str| report["day"][name]["mean"].as_f64().expect("a figure");
            let ended = mean("served") + mean("no_shows") + mean("unserved");
            assert!((mean("tickets") - ended).abs() < 1e-6, "{line}: {} tickets, {ended} ends", mean("tickets"));
            assert!((mean("visitors") - mean("tickets") - mean("turned_away")).abs() < 1e-6, "{line}");
        }
    }

    #[test]
    fn a_closed_counter_makes_the_same_visitors_wait_longer() {
        let (usual, fewer) = (figures("kirinyaga --days 5"), figures("kirinyaga --days 5 --close-counter 4,5"));
        assert_eq!(usual["day"]["visitors"], fewer["day"]["visitors"]);
        let within = |report: &serde_json::Value| report["day"]["within_promise_percent"]["mean"].as_f64().expect("a figure");
        assert!(within(&usual) > within(&fewer) + 5.0, "{} and {}", within(&usual), within(&fewer));
        assert_eq!(fewer["counters"].as_array().expect("counters").len(), usual["counters"].as_array().expect("counters").len() - 2);
    }

    #[test]
    fn most_come_early_and_priority_waits_less() {
        let report = figures("kirinyaga --days 10");
        let waits = report["waits"].as_array().expect("waits");
        let mean = |class: &str| {
            let mut of: Vec<f64> = Vec::new();
            of.extend(waits.iter().filter(|row| row["class"] == class).filter_map(|row| row["p90_minutes"]["mean"].as_f64()));
            of.iter().sum::<f64>() / of.len() as f64
        };
        assert!(mean("priority") < mean("standard"), "{} and {}", mean("priority"), mean("standard"));
    }

    #[test]
    fn what_cannot_be_is_refused_in_plain_words() {
        for (line, word) in [
            ("kirinyaga --visitors 0", "0 visitors"),
            ("kirinyaga --visitors -5", "-5 visitors"),
            ("kirinyaga --visitors 100001", "1 to 100000"),
            ("kirinyaga --days 0", "0 days"),
            ("kirinyaga --close-counter 9", "there is no counter 9; there are 1, 2"),
            ("kirinyaga --close-counter x", "there is no counter x"),
            ("kirinyaga --close-counter 1,2,3,4,5,6,7,8", "no counter would be left"),
            ("kirinyaga --priority-percent 101", "0 to 100"),
            ("kirinyaga --priority-percent NaN", "0 to 100"),
            ("kirinyaga --no-show-percent -1", "0 to 100"),
            ("kirinyaga --lunch noon", "noon is not an hour"),
            ("kirinyaga --lunch 23:00", "not within the hours"),
            ("kirinyaga --lunch-minutes -30", "-30 minutes"),
            ("nowhere.toml", "nowhere.toml"),
        ] {
            let told = asked(line).expect_err(line).to_string();
            assert!(told.contains(word), "{line}: {told}");
        }
    }
}
