//! A day, or one ticket's visit, told line by line in plain words: what happened, and of every call, why this ticket.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use chrono::{FixedOffset, TimeZone};
use clap::Args;
use protocol::request::SuspensionReason;
use protocol::time::MINUTE;
use protocol::{Act, CancelReason, Class, OutOfOrderReason, PauseReason, ServiceId, Standing, Target, TicketId, TicketNumber, Time};
use queue::{CloseReason, Event, Queued, Recorded, Why};

use crate::journal::Reader;

/// What to tell.
#[derive(Args)]
pub struct TranscriptSettings {
    /// The data folder
    #[arg(long)]
    data: std::path::PathBuf,
    /// The business day, such as 2026-11-24; the last one when absent
    #[arg(long)]
    date: Option<String>,
    /// One ticket's visit only, such as K042
    ticket: Option<TicketNumber>,
}

/// Prints a day, or a ticket's visit, in plain words.
pub async fn print(settings: &TranscriptSettings) -> anyhow::Result<()> {
    let reader = Reader::open(&crate::run::journal_file(&settings.data)).await.context("open the journal")?;
    let day = crate::day::read(&reader, settings.date.as_deref()).await.context("read the journal")?;
    let lines = lines(&day, settings.ticket);
    if lines.is_empty() {
        bail!("there is nothing to tell of that day or ticket");
    }
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// Returns a line for each event, or for each one that is about a ticket.
pub fn lines(day: &[Recorded], only: Option<TicketNumber>) -> Vec<String> {
    let mut teller = Teller { names: crate::config::service_names(), numbers: BTreeMap::new(), midnight: Time(0) };
    let mut lines = Vec::new();
    for recorded in day {
        let (about, text) = teller.tell(recorded);
        if only.is_none_or(|only| about.contains(&only)) {
            lines.push(format!("{}  {text}", teller.clock(recorded.at)));
        }
    }
    lines
}

struct Teller {
    names: BTreeMap<String, String>,
    numbers: BTreeMap<TicketId, TicketNumber>,
    midnight: Time,
}

impl Teller {
    /// Returns the tickets that an event is about, and the event in words.
    fn tell(&mut self, recorded: &Recorded) -> (Vec<TicketNumber>, String) {
        let number = |ticket: &TicketId| self.numbers.get(ticket).copied().unwrap_or(TicketNumber { letter: '?', number: 0 });
        let about = |ticket: &TicketId, text: String| (vec![number(ticket)], format!("{} {text}", number(ticket)));
        match &recorded.event {
            Event::DayOpened { day, .. } => {
                self.midnight = day.midnight;
                let (opens, closes) = (self.clock(day.opens_at), self.clock(day.closes_at));
                (Vec::new(), format!("The day {} begins; open from {opens} to {closes}.", day.date))
            }
            Event::DayClosed { unserved: 0 } => (Vec::new(), "The day ends; everyone was served.".into()),
            Event::DayClosed { unserved } => (Vec::new(), format!("The day ends; {unserved} could not be served.")),
            Event::TicketIssued(issued) => {
                self.numbers.insert(issued.ticket, issued.number);
                let wait =
                    issued.wait.map(|wait| format!(", {} to {} minutes told", wait.from_minutes, wait.to_minutes)).unwrap_or_default();
                let then: String = issued.then.iter().map(|service| format!(", then {}", self.name(service))).collect();
                let (number, service, ahead) = (issued.number, self.name(&issued.service), issued.ahead);
                let booked = issued.booked_at.map(|at| format!(", booked for {}", self.clock(at))).unwrap_or_default();
                let taken_up = issued.taken_up.map(|old| format!(", in place of {old} of the day before")).unwrap_or_default();
                let outside = if issued.outside { "; the hall is full, its holder waits outside" } else { "" };
                let class = class(issued.class);
                let offline = issued.offline.as_ref();
                let offline = offline.map(|given| format!("; {} gave it at {} without the server", given.kiosk, self.clock(given.at)));
                let offline = offline.unwrap_or_default();
                let text =
                    format!("{number} is taken for {service}{then} ({class}{booked}{taken_up}); {ahead} ahead{wait}{outside}{offline}.");
                (vec![number], text)
            }
            Event::NumbersReserved { kiosk, blocks, .. } => {
                let blocks: Vec<String> =
                    blocks.iter().map(|block| format!("{}{:03}-{:03}", block.letter, block.first, block.last)).collect();
                (Vec::new(), format!("{kiosk} may give {} by itself while the server is away.", blocks.join(", ")))
            }
            Event::NumberLeft { kiosk, number, at, left } => {
                let after = if left.is_some() { "it can be taken up" } else { "its day has ended" };
                (
                    vec![*number],
                    format!("{number}, which {kiosk} gave at {} without the server, is handed over late; {after}.", self.clock(*at)),
                )
            }
            Event::CounterOpened { counter, officer } => (Vec::new(), format!("Counter {counter} opens ({officer}).")),
            Event::CounterClosed { counter, officer, why } => {
                let why = match why {
                    CloseReason::Officer => "",
                    CloseReason::Unattended => ": it was left alone",
                    CloseReason::Shift => ": the shift is over",
                    CloseReason::Day => " with the day",
                };
                (Vec::new(), format!("Counter {counter} closes ({officer}){why}."))
            }
            Event::CounterPaused { counter, back_at, reason, .. } => {
                let back = back_at.map(|back| format!(", back at {}", self.clock(back))).unwrap_or_default();
                let reason = match reason {
                    PauseReason::Break => "is on a break",
                    PauseReason::Lunch => "is at lunch",
                    PauseReason::BackOffice => "works away from the counter",
                    PauseReason::Meeting => "is at a meeting",
                    PauseReason::Technical => "has a technical fault",
                };
                (Vec::new(), format!("Counter {counter} {reason}{back}."))
            }
            Event::CounterResumed { counter, .. } => (Vec::new(), format!("Counter {counter} is back from its break.")),
            Event::TicketCalled(called) => {
                let by_itself = if called.auto { " by itself" } else { "" };
                let text = format!("{} is called{by_itself} to counter {}: {}.", called.number, called.counter, because(&called.why));
                let second = called.why.runner_up.as_ref().map(|second| second.number);
                (std::iter::once(called.number).chain(second).collect(), text)
            }
            Event::TicketRecalled { number, counter, .. } => (vec![*number], format!("{number} is called again to counter {counter}.")),
            Event::ServiceStarted { ticket, counter } => about(ticket, format!("is at counter {counter}.")),
            Event::ServiceFinished { ticket, counter, outcome, next } => {
                let outcome = serde_json::to_value(outcome).ok().and_then(|value| value.as_str().map(|text| text.replace('_', " ")));
                let next = next.as_ref().map(|next| format!("; goes on to {}", self.waits(next, recorded.at))).unwrap_or_default();
                about(ticket, format!("is finished at counter {counter}: {}{next}.", outcome.unwrap_or_default()))
            }
            Event::TicketMissed { ticket, counter, back_until } => {
                let back = back_until.map(|until| format!("; may come back until {}", self.clock(until))).unwrap_or_default();
                about(ticket, format!("did not come to counter {counter}{back}."))
            }
            Event::TicketHeld { ticket, counter, until } => {
                let until = until.map(|until| format!(" until {}", self.clock(until))).unwrap_or_default();
                about(ticket, format!("goes on an errand from counter {counter}{until}; its place is kept."))
            }
            Event::TicketTransferred { ticket, counter, standing, next } => {
                let standing = match standing {
                    Standing::Kept => "",
                    Standing::Front => ", in front",
                    Standing::End => ", at the end",
                };
                about(ticket, format!("is sent on by counter {counter} to {}{standing}.", self.waits(next, recorded.at)))
            }
            Event::TicketBack { ticket, clock_start } => {
                about(ticket, format!("is back, with {} waited.", minutes(recorded.at.0 - clock_start.0)))
            }
            Event::TicketLapsed { ticket } => about(ticket, "did not come back; the visit has ended.".into()),
            Event::TicketCancelled { ticket, reason } => about(
                ticket,
                match reason {
                    CancelReason::GivenUp => "is given up by its holder.".into(),
                    CancelReason::Mistake => "was taken by mistake and ends.".into(),
                    CancelReason::Replaced => "was never told to anybody and ends: its holder has another number.".into(),
                },
            ),
            Event::TicketClassed { ticket, class: now, .. } => about(ticket, format!("is {}: an officer decided so.", class(*now))),
            Event::TicketMarked { ticket, mark, on: true } => about(ticket, format!("is marked “{mark}”.")),
            Event::TicketMarked { ticket, mark, on: false } => about(ticket, format!("is no longer marked “{mark}”.")),
            Event::ServiceDelivered { ticket, counter, service, count } => {
                about(ticket, format!("was also given {count} × {} at counter {counter}.", self.name(service)))
            }
            Event::TicketAdmitted { ticket, .. } => about(ticket, "may come in.".into()),
            Event::ActUndone { counter, act, ticket, withdrawn, .. } => {
                let act = match act {
                    Act::Call => "call",
                    Act::Start => "start",
                    Act::Finish => "end",
                    Act::NoShow => "no-show",
                    Act::Hold => "hold",
                    Act::Transfer => "transfer",
                };
                let besides = withdrawn.as_ref().map(|other| format!("; {} is back where it stood", number(other))).unwrap_or_default();
                let tickets = std::iter::once(ticket).chain(withdrawn).map(number).collect();
                (tickets, format!("Counter {counter} takes the {act} of {} back{besides}.", number(ticket)))
            }
            Event::TicketReturned { ticket, counter } => about(ticket, format!("goes back from counter {counter} to where it stood.")),
            Event::TicketClosed { ticket } => about(ticket, "could not be served before the day ended.".into()),
            Event::ServicesSuspended { agency, service, reason, back_at } => {
                let what = service.as_ref().map_or_else(|| format!("All of {agency}"), |service| self.name(service));
                let back = back_at.map(|back| format!(", expected back at {}", self.clock(back))).unwrap_or_default();
                let why = match reason {
                    SuspensionReason::SystemDown => "the agency's system is down",
                    SuspensionReason::NetworkDown => "the network is down",
                    SuspensionReason::NoOfficer => "no officer is here",
                    SuspensionReason::NoMaterial => "the material is used up",
                };
                (Vec::new(), format!("{what} is suspended: {why}{back}."))
            }
            Event::ServicesResumed { agency, service } => {
                let what = service.as_ref().map_or_else(|| format!("All of {agency}"), |service| self.name(service));
                (Vec::new(), format!("{what} goes on."))
            }
        }
    }

    fn name(&self, service: &ServiceId) -> String {
        let name = self.names.get(service.as_str());
        name.map_or_else(|| service.to_string(), |name| format!("“{name}”"))
    }

    fn waits(&self, next: &Queued, now: Time) -> String {
        let to = match &next.to {
            Target::Anyone => String::new(),
            Target::Counter(counter) => format!(" at counter {counter}"),
            Target::Officer(officer) => format!(" with {officer}"),
            Target::Pool(pool) => format!(" at the counters “{pool}”"),
        };
        format!("{}{to}, with {} waited", self.name(&next.service), minutes(now.0 - next.clock_start.0))
    }

    /// Returns the local time of day, `09:14:03`.
    fn clock(&self, at: Time) -> String {
        let seconds = at.0.saturating_sub(self.midnight.0).div_euclid(1_000);
        let utc = FixedOffset::east_opt(0).and_then(|zone| zone.timestamp_opt(seconds.rem_euclid(86_400), 0).single());
        utc.map(|time| time.format("%H:%M:%S").to_string()).unwrap_or_default()
    }
}

fn minutes(milliseconds: i64) -> String {
    format!("{} min", milliseconds.max(0) / MINUTE)
}

fn class(class: Class) -> &'static str {
    match class {
        Class::Standard => "standard",
        Class::Priority => "priority",
        Class::Appointment => "appointment",
    }
}

/// Why this ticket, so that a manager can say it to whoever asks.
fn because(why: &Why) -> String {
    let share = |waited: i64, promise: i64| {
        let tenths = i128::from(waited.max(0)) * 1_000 / i128::from(promise.max(1));
        format!("{} of {} ({}.{} %)", minutes(waited), minutes(promise), tenths / 10, tenths % 10)
    };
    let weight = match why.weight {
        1_000 => String::new(),
        thousandths => format!(", counted {}.{:02} times at this counter", thousandths / 1_000, thousandths % 1_000 / 10),
    };
    let own = share(why.waited, why.promise) + &weight;
    let second = why.runner_up.as_ref().map(|second| (second.number, share(second.waited, second.promise)));
    if why.front {
        return format!("it had been put in front, with {own} of its promise used");
    }
    match (why.out_of_order, second) {
        (None, None) => format!("it had used {own} of its promise and nobody else waited for this counter"),
        (None, Some((number, theirs))) => format!("it had used {own} of its promise, no other more; next was {number} with {theirs}"),
        (Some(reason), None) => format!("out of order, {}; it had used {own}", said(reason)),
        (Some(reason), Some((number, theirs))) => format!("out of order, {}; it was the turn of {number} with {theirs}", said(reason)),
    }
}

fn said(reason: OutOfOrderReason) -> &'static str {
    match reason {
        OutOfOrderReason::Back => "because the citizen was back",
        OutOfOrderReason::Correction => "to put a mistake right",
        OutOfOrderReason::SameOfficer => "because the officer had begun with this citizen",
        OutOfOrderReason::Supervisor => "because a supervisor asked for it",
    }
}

/// The journeys of `docs/journeys.md`, played by the real core with the rules of the example centre Mombasa.
#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use protocol::time::HOUR;
    use protocol::{CounterId, Language, OfficerId, Outcome, Seq};
    use queue::{Arrival, Command, Hall};

    use super::*;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/journeys.md");
    /// A Tuesday, nine o'clock in Nairobi.
    const NINE: Time = Time(1_795_500_000_000);

    struct Script {
        hall: Hall,
        now: Time,
        told: Vec<Recorded>,
    }

    impl Script {
        fn open(counters: &[u16]) -> Script {
            let centre = crate::config::parse("mombasa.toml", &assets::centre("mombasa").expect("an example")).expect("it is right");
            let day = centre.calendar.day_at(NINE).expect("a Tuesday");
            let mut script = Script { hall: Hall::new(centre.policy), now: NINE, told: Vec::new() };
            script.ask(Command::OpenDay(day));
            for counter in counters {
                script.ask(Command::OpenCounter { counter: CounterId(*counter), officer: officer(*counter) });
            }
            script
        }

        fn ask(&mut self, command: Command) {
            let events = self.hall.decide(&command, self.now).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
            for event in events {
                let recorded = Recorded { seq: Seq(self.hall.seq().0 + 1), at: self.now, event };
                self.hall.apply(&recorded);
                self.hall.check().expect("every invariant holds");
                self.told.push(recorded);
            }
        }

        fn wait(&mut self, minutes: i64) {
            self.now = self.now.plus(minutes * MINUTE);
            while let Some(command) = self.hall.day_overdue(self.now) {
                self.ask(command);
            }
        }

        fn take(&mut self, service: &str, class: Class) -> TicketNumber {
            let service = ServiceId::new(service).expect("an id");
            self.ask(Command::IssueTicket(Arrival::new(service, class, Language::Sw)));
            match self.told.last().map(|recorded| &recorded.event) {
                Some(Event::TicketIssued(issued)) => issued.number,
                other => panic!("{other:?}"),
            }
        }

        fn next(&mut self, counter: u16) {
            self.ask(Command::CallNext { counter: CounterId(counter), officer: officer(counter) });
            self.wait(1);
            let ticket = self.here(counter);
            self.ask(Command::StartService { counter: CounterId(counter), officer: officer(counter), ticket });
        }

        fn finish(&mut self, counter: u16) {
            let (ticket, outcome) = (self.here(counter), Outcome::Served);
            let (counter, officer) = (CounterId(counter), officer(counter));
            self.ask(Command::FinishService { counter, officer, ticket, outcome: Some(outcome), then_next: false });
        }

        fn send_on(&mut self, counter: u16, service: &str) {
            let (ticket, service) = (self.here(counter), ServiceId::new(service).expect("an id"));
            let (counter, officer, to, standing) = (CounterId(counter), officer(counter), Target::Anyone, Standing::Kept);
            self.ask(Command::TransferTicket { counter, officer, ticket, service, to, standing, then_next: false });
        }

        fn hold(&mut self, counter: u16, until: Option<Time>) {
            let (ticket, counter, officer) = (self.here(counter), CounterId(counter), officer(counter));
            self.ask(Command::HoldTicket { counter, officer, ticket, until, then_next: false });
        }

        fn here(&self, counter: u16) -> TicketId {
            match &self.hall.counter(CounterId(counter)).expect("known").state {
                queue::Counter::Busy { ticket, .. } => *ticket,
                other => panic!("{other:?}"),
            }
        }
    }

    fn officer(counter: u16) -> OfficerId {
        OfficerId::new(&format!("officer-{counter}")).expect("an id")
    }

    /// Somebody lost an ID card: customer care, the police desk for an abstract, then the registry.
    fn lost_id() -> (Script, TicketNumber) {
        let mut script = Script::open(&[1, 13, 2]);
        let lost = script.take("hk-info", Class::Standard);
        script.wait(4);
        script.next(1);
        script.wait(3);
        script.send_on(1, "nps-abstract");
        let other = script.take("nps-abstract", Class::Standard);
        script.wait(6);
        script.next(13);
        script.wait(7);
        script.send_on(13, "nrb-id-replace");
        script.take("nrb-id-replace", Class::Priority);
        script.wait(2);
        script.next(2);
        script.wait(9);
        script.finish(2);
        script.next(2);
        script.wait(12);
        script.finish(2);
        assert_ne!(lost, other);
        (script, lost)
    }

    /// A business name: the search takes until two o'clock, and then the same ticket goes on.
    fn business_name() -> (Script, TicketNumber) {
        let mut script = Script::open(&[25]);
        let name = script.take("brs-search", Class::Standard);
        script.wait(11);
        script.next(25);
        script.wait(8);
        script.hold(25, Some(NINE.plus(5 * HOUR)));
        script.wait(5 * 60 - 20);
        script.next(25);
        script.wait(2);
        script.send_on(25, "brs-name");
        script.take("brs-name", Class::Standard);
        script.next(25);
        script.wait(12);
        script.finish(25);
        (script, name)
    }

    /// A certificate of good conduct: the form is not printed; from the cyber café back to the same place.
    fn good_conduct() -> (Script, TicketNumber) {
        let mut script = Script::open(&[14]);
        let conduct = script.take("dci-pcc", Class::Standard);
        script.wait(14);
        script.next(14);
        script.wait(1);
        script.hold(14, None);
        script.wait(25);
        script.take("dci-pcc", Class::Standard);
        script.wait(4);
        script.ask(Command::ReturnTicket { number: conduct });
        script.wait(1);
        script.next(14);
        script.wait(9);
        script.finish(14);
        (script, conduct)
    }

    #[test]
    fn the_journeys_can_be_read_by_whoever_runs_a_centre() {
        let mut text = String::from(
            "# Three journeys\n\nAs the system tells them, played by the real core with the rules of the example centre Mombasa. Any ticket of any day can be told so:\n\
             `foleni-server why --data DATA --date 2026-11-24 K042`. Written by `FOLENI_WRITE=1 cargo test -p server journeys`.\n",
        );
        let journeys =
            [("A lost ID card", lost_id()), ("A business name", business_name()), ("A certificate of good conduct", good_conduct())];
        for (title, (script, number)) in journeys {
            assert!(script.hall.ticket_numbered(number).is_none(), "{title}: it has ended");
            write!(text, "\n## {title}\n\n```\n{}\n```\n", lines(&script.told, Some(number)).join("\n")).expect("text grows");
        }
        if std::env::var_os("FOLENI_WRITE").is_some() {
            std::fs::write(FILE, &text).expect("docs can be written");
        }
        assert_eq!(std::fs::read_to_string(FILE).unwrap_or_default(), text, "docs/journeys.md is not what the core does; write it anew");
    }
}
