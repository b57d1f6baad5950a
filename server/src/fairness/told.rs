//! `foleni-server fairness`: the report of a day for whoever does not program.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use protocol::report::{FairnessReport, LongestPassed, PriorityPrice, QueueWaits, UnexplainedPass};
use protocol::time::MINUTE;
use protocol::{Act, Class, OutOfOrderReason, ServiceId, Time};
use queue::{Event, Policy, Recorded};

use crate::journal::Reader;

/// Which day to tell of.
#[derive(Args)]
pub struct FairnessSettings {
    /// The data folder
    #[arg(long)]
    data: PathBuf,
    /// The business day, such as 2026-11-24; the last one when absent
    #[arg(long)]
    date: Option<String>,
    /// A file, or the name of an example: the centre's rules; those that the day's calls carry when absent
    #[arg(long)]
    centre: Option<String>,
}

/// Prints whether a day was fair.
pub async fn print(settings: &FairnessSettings) -> anyhow::Result<()> {
    let reader = Reader::open(&crate::run::journal_file(&settings.data)).await.context("open the journal")?;
    let day = crate::day::read(&reader, settings.date.as_deref()).await.context("read the journal")?;
    if day.is_empty() {
        bail!("the journal has no such day");
    }
    // The text of a bad configuration says all; it is shown as it is.
    let load = |centre: &String| crate::config::load(centre).map_err(|error| anyhow::anyhow!("{error}"));
    let centre = settings.centre.as_ref().map(load).transpose()?;
    lines(&day, centre.map(|centre| centre.policy).as_ref()).iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// Returns the report of a day in plain words.
pub fn lines(day: &[Recorded], rules: Option<&Policy>) -> Vec<String> {
    let midnight = day.iter().find_map(|recorded| match &recorded.event {
        Event::DayOpened { day, .. } => Some(day.midnight),
        _ => None,
    });
    let teller = Teller { names: crate::config::service_names(), midnight: midnight.unwrap_or_default() };
    teller.tell(&super::report(day, rules))
}

struct Teller {
    names: BTreeMap<String, String>,
    midnight: Time,
}

impl Teller {
    fn tell(&self, report: &FairnessReport) -> Vec<String> {
        let so_far = if report.closed { String::new() } else { format!(" up to {}", self.clock(report.until)) };
        let mut lines = vec![format!("Fairness of {}{so_far}", report.date), String::new(), headline(report), String::new()];
        lines.push(format!("{} tickets were taken, {} calls made.", report.issued, report.calls));
        lines.extend(passes(report));
        lines.extend(report.unexplained.iter().map(|pass| self.unexplained(pass)));
        lines.extend(report.longest.as_ref().map(|longest| self.longest(longest)));
        lines.extend([String::new(), "Waits until the first call, in minutes:".into()]);
        lines.push(row(
            ["service", "class", "called", "in promise", "half under", "9 in 10 under", "longest", "promised"].map(String::from)
        ));
        lines.extend(report.queues.iter().map(|queue| self.queue(queue)));
        lines.push(String::new());
        lines.extend(decisions(report));
        lines
    }

    fn unexplained(&self, pass: &UnexplainedPass) -> String {
        let UnexplainedPass { at, counter, called, passed, service, class } = pass;
        let (at, service, class) = (self.clock(*at), self.name(service), class_name(*class));
        format!("  {at}  {called} was called to counter {counter} while {passed} ({service}, {class}) waited")
    }

    fn longest(&self, longest: &LongestPassed) -> String {
        let LongestPassed { number, service, class, milliseconds, times } = longest;
        let (service, class, minutes) = (self.name(service), class_name(*class), milliseconds / MINUTE);
        format!("Longest: {number} ({service}, {class}) was passed over for {minutes} min, by {times} calls, until its own call.")
    }

    fn queue(&self, queue: &QueueWaits) -> String {
        let minutes = |milliseconds: i64| (milliseconds / MINUTE).to_string();
        let within = format!("{} %", u64::from(queue.within) * 100 / u64::from(queue.called.max(1)));
        row([
            self.name(&queue.service),
            class_name(queue.class).into(),
            queue.called.to_string(),
            within,
            minutes(queue.p50),
            minutes(queue.p90),
            minutes(queue.longest),
            minutes(queue.promise),
        ])
    }

    fn name(&self, service: &ServiceId) -> String {
        self.names.get(service.as_str()).cloned().unwrap_or_else(|| service.to_string())
    }

    /// Returns the local time of day, `09:14`.
    fn clock(&self, at: Time) -> String {
        let minutes = at.since(self.midnight) / MINUTE;
        format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
    }
}

fn headline(report: &FairnessReport) -> String {
    match (report.passes.unexplained, report.passes.decided_within) {
        (0, 0) => "Nobody of the same service and class was passed over.".into(),
        (0, told) => {
            format!(
                "Nobody of the same service and class was passed over but {told} times because an officer decided so, which is written down."
            )
        }
        (unexplained, _) => format!("{unexplained} times somebody was passed over and no rule explains it. This must be looked into."),
    }
}

fn passes(report: &FairnessReport) -> Vec<String> {
    let passes = &report.passes;
    let reasons = [
        (passes.other_class, "another class of the same service had used more of its promised wait"),
        (passes.other_service, "another service had used more of its promised wait"),
        (passes.front, "an officer had put the other in front"),
        (passes.out_of_order, "an officer called the other out of turn, and said why"),
        (passes.longer_wait, "the other had waited longer, though its ticket was taken later"),
        (passes.target, "the one who waited was meant for another counter or officer"),
        (passes.suspended, "the service of the one who waited was suspended"),
        (passes.unexplained, "no rule explains it"),
    ];
    let told = reasons.into_iter().filter(|(times, _)| *times > 0);
    let told: Vec<String> = told.map(|(times, reason)| format!("  {times:>6} times  {reason}")).collect();
    if told.is_empty() {
        return vec!["Nobody saw another called who had come later.".into()];
    }
    let heading = format!("While they waited, {} of them were passed over by a counter that could have called them.", passes.tickets);
    [heading, "Who had come later was called first:".into()].into_iter().chain(told).collect()
}

fn decisions(report: &FairnessReport) -> Vec<String> {
    let mut lines = Vec::new();
    for calls in &report.out_of_order {
        lines.push(format!("Out of turn: {} called {} times {}.", calls.officer, calls.calls, reason_name(calls.reason)));
    }
    for undone in &report.undone {
        lines.push(format!("Taken back: {} {}.", undone.times, act_name(undone.act)));
    }
    let priority = &report.priority;
    lines.push(format!(
        "Priority: {} asked for it; officers confirmed {}, gave it to {} and withdrew it from {}.",
        priority.asked, priority.confirmed, priority.given, priority.withdrawn
    ));
    lines.extend(price(&report.price));
    let unserved = &report.unserved;
    lines.push(format!(
        "Ended unserved: {} with the day, {} called and not come, {} given up, {} taken by mistake, {} that nobody was told of.",
        unserved.closed_with_day, unserved.missed, unserved.given_up, unserved.mistake, unserved.replaced
    ));
    lines
}

/// What priority was of the work, and how many times as long the others waited.
fn price(price: &PriorityPrice) -> Option<String> {
    let PriorityPrice { share_permille: share, factor_permille: factor } = price;
    let times = format!("{}.{:02}", factor / 1_000, factor % 1_000 / 10);
    (*factor > 0).then(|| format!("Price of priority: it was {} % of the work; the others waited {times} times as long.", share / 10))
}

fn row(cells: [String; 8]) -> String {
    let [service, class, called, within, half, most, longest, promised] = cells;
    let service: String = service.chars().take(44).collect();
    format!("  {service:<44} {class:<12} {called:>6} {within:>10} {half:>10} {most:>13} {longest:>7} {promised:>8}")
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Standard => "standard",
        Class::Priority => "priority",
        Class::Appointment => "appointment",
    }
}

fn reason_name(reason: OutOfOrderReason) -> &'static str {
    match reason {
        OutOfOrderReason::Back => "because the citizen was back",
        OutOfOrderReason::Correction => "to put a mistake right",
        OutOfOrderReason::SameOfficer => "because the officer had begun with the citizen",
        OutOfOrderReason::Supervisor => "because a supervisor asked for it",
    }
}

fn act_name(act: Act) -> &'static str {
    match act {
        Act::Call => "calls",
        Act::Start => "starts of a service",
        Act::Finish => "ends of a service",
        Act::NoShow => "no-shows",
        Act::Hold => "holds",
        Act::Transfer => "transfers",
    }
}
