//! The officer's words in the chosen language, from the same files as the pages.

use assets::text::message;
use protocol::view::{Catalogue, CounterOpenness, CounterStage, CounterTicket, CounterView};
use protocol::{Class, Language, Outcome, ServiceId};

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

    /// Says where the counter stands.
    pub(crate) fn standing(&self, view: &CounterView) -> String {
        let stage = view.ticket.as_ref().map(|ticket| ticket.stage);
        let state = match (view.counter.state, stage) {
            (CounterOpenness::Closed, _) => "counter-closed",
            (CounterOpenness::Paused, _) => "counter-paused",
            (CounterOpenness::Open, None) => "counter-free",
            (CounterOpenness::Open, Some(CounterStage::Called)) => "counter-called",
            (CounterOpenness::Open, Some(CounterStage::Serving)) => "counter-serving",
        };
        let counter = self.with("common-counter-number", "counter", &view.counter.counter.to_string());
        format!("── {counter} · {}", self.say(state))
    }

    /// Says what the ticket at the counter is.
    pub(crate) fn ticket(&self, ticket: &CounterTicket) -> Vec<String> {
        let speaks = match ticket.language {
            Language::En => "common-english",
            Language::Sw => "common-kiswahili",
        };
        let waited = self.with("counter-waited", "count", &minutes(ticket.promise));
        let about = [
            self.class(ticket.class),
            self.with("counter-speaks", "language", &self.say(speaks)),
            format!("{waited}: {} {}", minutes(ticket.waited), self.say("common-minutes-short")),
            self.with("counter-calls", "count", &(ticket.recalls + 1).to_string()),
        ];
        vec![format!("   {}  {}", ticket.number, self.service(&ticket.service)), format!("   {}", about.join(" · "))]
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

    fn class(&self, class: Class) -> String {
        self.say(match class {
            Class::Standard => "class-standard",
            Class::Priority => "class-priority",
            Class::Appointment => "class-appointment",
        })
    }

    fn service(&self, id: &ServiceId) -> String {
        let entry = self.catalogue.iter().flat_map(|catalogue| &catalogue.services).find(|entry| entry.id == *id);
        entry.map_or_else(|| id.to_string(), |entry| entry.name.get(self.language).to_owned())
    }
}

fn minutes(milliseconds: i64) -> String {
    (milliseconds / protocol::time::MINUTE).to_string()
}
