//! The officer's words in the chosen language, from the same files as the pages.

use assets::text::message;
use protocol::ticket::Text;
use protocol::view::{
    Catalogue, CounterEntry, CounterOpenness, CounterStage, CounterState, CounterTicket, CounterView, GroupEntry, MarkEntry, PoolEntry,
    ServiceEntry, UndoView,
};
use protocol::{
    Act, CancelReason, Class, CounterId, Language, OutOfOrderReason, Outcome, PauseReason, ServiceId, Standing, TicketNumber, Time,
};

use crate::question::spans;

/// Words, and the names of services.
#[derive(Debug)]
pub struct Words {
    language: Language,
    catalogue: Option<Catalogue>,
}

impl Words {
    /// Returns the words of a language; without a catalogue services go by their ids.
    pub fn new(language: Language, catalogue: Option<Catalogue>) -> Words {
        Words { language, catalogue }
    }

    /// Says one message.
    pub fn say(&self, key: &str) -> String {
        message(self.language, key, &[])
    }

    /// Says one message with a variable.
    pub fn with(&self, key: &str, name: &str, value: &str) -> String {
        message(self.language, key, &[(name, value)])
    }

    /// Says how a service ends.
    pub fn outcome(&self, outcome: Outcome) -> String {
        self.say(match outcome {
            Outcome::Served => "outcome-served",
            Outcome::DocumentsMissing => "outcome-documents-missing",
            Outcome::Referred => "outcome-referred",
            Outcome::SystemDown => "outcome-system-down",
        })
    }

    /// Says why an officer takes a break.
    pub(crate) fn pause(&self, reason: PauseReason) -> String {
        self.say(match reason {
            PauseReason::Break => "pause-break",
            PauseReason::Lunch => "pause-lunch",
            PauseReason::BackOffice => "pause-back-office",
            PauseReason::Meeting => "pause-meeting",
            PauseReason::Technical => "pause-technical",
        })
    }

    /// Says why a ticket is called out of turn.
    pub(crate) fn reason(&self, reason: OutOfOrderReason) -> String {
        self.say(match reason {
            OutOfOrderReason::Back => "reason-back",
            OutOfOrderReason::Correction => "reason-correction",
            OutOfOrderReason::SameOfficer => "reason-same-officer",
            OutOfOrderReason::Supervisor => "reason-supervisor",
        })
    }

    /// Says why a visit ends away from a counter.
    pub(crate) fn cancel(&self, reason: CancelReason) -> String {
        self.say(match reason {
            CancelReason::GivenUp => "counter-cancel-given-up",
            CancelReason::Mistake => "counter-cancel-mistake",
            CancelReason::Replaced => "counter-cancel-replaced",
        })
    }

    /// Says where a ticket that is sent on stands.
    pub(crate) fn stands(&self, standing: Standing) -> String {
        self.say(match standing {
            Standing::Kept => "counter-transfer-kept",
            Standing::Front => "counter-transfer-front",
            Standing::End => "counter-transfer-end",
        })
    }

    /// Says what can be undone.
    pub(crate) fn undo(&self, undo: &UndoView) -> String {
        let key = match undo.act {
            Act::Call => "counter-undo-call",
            Act::Start => "counter-undo-start",
            Act::Finish => "counter-undo-finish",
            Act::NoShow => "counter-undo-no_show",
            Act::Hold => "counter-undo-hold",
            Act::Transfer => "counter-undo-transfer",
        };
        format!("{}: {}", self.say("counter-undo"), self.with(key, "number", &undo.number.to_string()))
    }

    /// Says where a citizen goes on to with the same ticket.
    pub(crate) fn goes_on(&self, number: TicketNumber, service: &ServiceId) -> String {
        let (number, name, counters) = (number.to_string(), self.service(service), self.counters_of(service));
        message(self.language, "counter-goes-on", &[("number", &number), ("service", &name), ("counters", &counters)])
    }

    /// Returns a time of day at the centre.
    pub(crate) fn time(&self, time: Time) -> String {
        let offset = self.catalogue.as_ref().map_or(0, |catalogue| i64::from(catalogue.utc_offset_minutes));
        let minutes = (time.0.div_euclid(protocol::time::MINUTE) + offset).rem_euclid(24 * 60);
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// Returns a text of the catalogue in the officer's language.
    pub(crate) fn text<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.language)
    }

    /// Returns whether the centre wants every outcome said.
    pub(crate) fn outcome_required(&self) -> bool {
        self.catalogue.as_ref().is_some_and(|catalogue| catalogue.outcome_required)
    }

    /// Returns the centre's marks.
    pub(crate) fn marks(&self) -> &[MarkEntry] {
        self.catalogue.as_ref().map_or(&[], |catalogue| &catalogue.marks)
    }

    /// Returns the centre's pools.
    pub(crate) fn pools(&self) -> &[PoolEntry] {
        self.catalogue.as_ref().map_or(&[], |catalogue| &catalogue.pools)
    }

    /// Returns the groups of services, in the order in which they are shown.
    pub(crate) fn groups(&self) -> &[GroupEntry] {
        self.catalogue.as_ref().map_or(&[], |catalogue| &catalogue.groups)
    }

    /// Returns the counters, by number.
    pub(crate) fn counters(&self) -> &[CounterEntry] {
        self.catalogue.as_ref().map_or(&[], |catalogue| &catalogue.counters)
    }

    /// Returns the counters that serve a service, such as `3, 13–15`.
    pub(crate) fn counters_of(&self, service: &ServiceId) -> String {
        let counters = self.counters().iter().filter(|entry| entry.services.contains(service)).map(|entry| entry.counter);
        spans(&counters.collect::<Vec<CounterId>>())
    }

    /// Returns the services that are such.
    pub(crate) fn services(&self, is: impl Fn(&ServiceEntry) -> bool) -> Vec<ServiceId> {
        let services = self.catalogue.iter().flat_map(|catalogue| &catalogue.services);
        services.filter(|service| is(service)).map(|service| service.id.clone()).collect()
    }

    /// Returns the services that hold every word typed, in their name, agency or code.
    pub(crate) fn services_like(&self, typed: &str) -> Vec<ServiceId> {
        let typed = typed.to_lowercase();
        let agencies = || self.catalogue.iter().flat_map(|catalogue| &catalogue.agencies);
        self.services(|service| {
            let agency = agencies().find(|agency| agency.code == service.agency);
            let short = agency.map(|agency| format!("{} {}", agency.short.en, agency.short.sw)).unwrap_or_default();
            let text = format!("{} {} {} {short}", service.name.en, service.name.sw, service.agency).to_lowercase();
            typed.split_whitespace().all(|word| text.contains(word))
        })
    }

    /// Says where the counter stands.
    pub(crate) fn standing(&self, view: &CounterView) -> String {
        let stage = view.ticket.as_ref().map(|ticket| ticket.stage);
        let state = match (view.counter.state, stage) {
            (CounterOpenness::Closed, _) => self.say("counter-closed"),
            (CounterOpenness::Paused, _) => self.paused(&view.counter),
            (CounterOpenness::Open, None) => self.say("counter-free"),
            (CounterOpenness::Open, Some(CounterStage::Called)) => self.say("counter-called"),
            (CounterOpenness::Open, Some(CounterStage::Serving)) => self.say("counter-serving"),
        };
        let counter = self.with("common-counter-number", "counter", &view.counter.counter.to_string());
        format!("── {counter} · {state}")
    }

    fn paused(&self, counter: &CounterState) -> String {
        let state = self.say(match counter.reason.unwrap_or_default() {
            PauseReason::Break => "paused-break",
            PauseReason::Lunch => "paused-lunch",
            PauseReason::BackOffice => "paused-back-office",
            PauseReason::Meeting => "paused-meeting",
            PauseReason::Technical => "paused-technical",
        });
        match counter.back_at {
            Some(back_at) => message(self.language, "paused-back", &[("state", &state), ("time", &self.time(back_at))]),
            None => state,
        }
    }

    /// Says what the ticket at the counter is.
    pub(crate) fn ticket(&self, ticket: &CounterTicket) -> Vec<String> {
        let speaks = match ticket.language {
            Language::En => "common-english",
            Language::Sw => "common-kiswahili",
        };
        let waited = self.with("counter-waited", "count", &minutes(ticket.promise));
        let about = [
            self.class(ticket),
            self.with("counter-speaks", "language", &self.say(speaks)),
            format!("{waited}: {} {}", minutes(ticket.waited), self.say("common-minutes-short")),
            self.with("counter-calls", "count", &(ticket.recalls + 1).to_string()),
        ];
        let mut lines = vec![format!("   {}  {}", ticket.number, self.service(&ticket.service)), format!("   {}", about.join(" · "))];
        let then: Vec<String> = ticket.then.iter().map(|service| self.service(service)).collect();
        let marks = ticket.marks.iter().map(|id| match self.marks().iter().find(|mark| mark.id == *id) {
            Some(mark) => self.text(&mark.name).to_owned(),
            None => id.to_string(),
        });
        let also = ticket.delivered.iter().map(|one| format!("{} × {}", self.service(&one.service), one.count));
        let noted = [
            ("counter-then", then.join(" → ")),
            ("counter-marks", marks.collect::<Vec<_>>().join(" · ")),
            ("counter-also", also.collect::<Vec<_>>().join(" · ")),
        ];
        lines.extend(noted.iter().filter(|(_, what)| !what.is_empty()).map(|(key, what)| format!("   {}: {what}", self.say(key))));
        lines
    }

    /// Says who is not here and may come back.
    pub(crate) fn away(&self, view: &CounterView) -> Option<String> {
        let held = view.held.iter().map(|away| match away.until {
            Some(until) => format!("{} ({})", away.number, self.with("counter-on-hold-until", "time", &self.time(until))),
            None => away.number.to_string(),
        });
        let missed = view.missed.iter().map(|away| away.number.to_string());
        let away = [("counter-on-hold", held.collect::<Vec<_>>()), ("counter-missed", missed.collect())];
        let away = away.iter().filter(|(_, numbers)| !numbers.is_empty());
        let away: Vec<String> = away.map(|(key, numbers)| format!("{}: {}", self.say(key), numbers.join(" "))).collect();
        (!away.is_empty()).then(|| format!("   {}", away.join(" · ")))
    }

    /// Says who waits.
    pub(crate) fn queue(&self, view: &CounterView) -> String {
        let waiting = self.with("counter-waiting-count", "count", &view.waiting.to_string());
        let numbers: Vec<String> = view.queue.iter().map(|ticket| ticket.number.to_string()).collect();
        match numbers.is_empty() {
            true => format!("   {waiting}"),
            false => format!("   {waiting} · {}: {}", self.say("counter-next-here"), numbers.join(" ")),
        }
    }

    fn class(&self, ticket: &CounterTicket) -> String {
        match (ticket.class, ticket.booked_at) {
            (Class::Standard, _) => self.say("class-standard"),
            (Class::Priority, _) => self.say("class-priority"),
            (Class::Appointment, None) => self.say("class-appointment"),
            (Class::Appointment, Some(at)) => {
                let key = if ticket.classed { "counter-appointment-confirmed" } else { "counter-appointment-said" };
                self.with(key, "time", &self.time(at))
            }
        }
    }

    /// Returns what a service is called.
    pub(crate) fn service(&self, id: &ServiceId) -> String {
        let entry = self.catalogue.iter().flat_map(|catalogue| &catalogue.services).find(|entry| entry.id == *id);
        entry.map_or_else(|| id.to_string(), |entry| entry.name.get(self.language).to_owned())
    }
}

fn minutes(milliseconds: i64) -> String {
    (milliseconds / protocol::time::MINUTE).to_string()
}
