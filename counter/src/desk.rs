//! What an officer sees and what each key does: a function of the counter's view, without network, clock or terminal.

use protocol::request::CounterDone;
use protocol::view::{CounterOpenness, CounterStage, CounterView};
use protocol::{Language, Outcome, RequestId, Seq};
use serde_json::{Map, Value, json};
use station::{Contact, Delivery};

use crate::words::Words;

/// The counter's view as far as it is known, and the officer's choice of outcome.
#[derive(Debug)]
pub struct Desk {
    words: Words,
    parts: Map<String, Value>,
    seq: Seq,
    contact: Contact,
    outcome: Outcome,
    /// What the view must hold before the next key counts: the officer has not seen it yet.
    expected: Seq,
    busy: bool,
}

/// What a key leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Ask the server: the path under the counter's own, and the body.
    Ask {
        /// Such as `next`.
        path: &'static str,
        /// Its body, with a request id.
        body: Value,
    },
    /// Say why not, or what was chosen.
    Say(String),
    /// Leave; close the counter first, so that none is open behind an officer.
    Leave {
        /// Whether there is a counter to close.
        close: bool,
    },
    /// Nothing: the officer has not seen yet where the counter stands, so this may be the second press of one key.
    Ignore,
}

/// Where the counter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Closed,
    Paused,
    Free,
    Called,
    Serving,
}

impl Desk {
    /// Returns a desk that has not been told anything yet.
    pub fn new(words: Words) -> Desk {
        Desk {
            words,
            parts: Map::new(),
            seq: Seq(0),
            contact: Contact::Unreachable,
            outcome: Outcome::Served,
            expected: Seq(0),
            busy: false,
        }
    }

    /// Takes what the link brought. Returns whether there is something new to see.
    pub fn hear(&mut self, delivery: Delivery) -> bool {
        let before = (self.view(), self.contact);
        match delivery {
            Delivery::Clock { .. } => return false,
            Delivery::Whole { seq, parts } => {
                self.parts = parts;
                self.seq = seq;
                // Whoever sends the whole view is in touch.
                self.contact = Contact::Connected;
            }
            Delivery::Changed { seq, parts } => {
                self.parts.extend(parts);
                self.seq = seq;
            }
        }
        let after = (self.view(), self.contact);
        let ticket = |view: &Option<CounterView>| view.as_ref().and_then(|view| Some(view.ticket.as_ref()?.ticket));
        if ticket(&before.0) != ticket(&after.0) {
            self.outcome = Outcome::Served;
        }
        before != after
    }

    /// Takes whether the server is heard. Returns whether that is new.
    pub fn contact(&mut self, contact: Contact) -> bool {
        let new = self.contact != contact && !self.parts.is_empty();
        self.contact = contact;
        new
    }

    /// Takes the answer to an act. The next key counts when the officer has seen what the act did.
    pub fn done(&mut self, done: Option<&CounterDone>) {
        self.busy = false;
        self.expected = done.map_or(self.expected, |done| done.seq.max(self.expected));
    }

    /// Returns whether an act is under way.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// Takes a key and the name of the request that it may lead to.
    pub fn key(&mut self, key: &str, request: &RequestId) -> Step {
        if key == "q" {
            return self.leave();
        }
        let Some(view) = self.view().filter(|_| !self.busy && self.seq >= self.expected) else {
            return Step::Ignore;
        };
        if self.contact == Contact::Unreachable {
            return self.say("counter-behind");
        }
        let step = self.step(key, &view, request);
        self.busy = matches!(step, Step::Ask { .. });
        step
    }

    /// Says that an act was not done.
    pub fn refused(&self, reason: &str) -> String {
        self.words.with("counter-refused", "reason", reason)
    }

    /// Returns what the officer sees, line by line.
    pub fn lines(&self) -> Vec<String> {
        let Some(view) = self.view() else {
            return vec![self.words.say("common-connecting")];
        };
        let mut lines = Vec::new();
        if self.contact == Contact::Unreachable {
            lines.push(self.words.say("counter-behind"));
        }
        lines.push(self.words.standing(&view));
        if let Some(ticket) = &view.ticket {
            lines.extend(self.words.ticket(ticket));
        }
        lines.push(self.words.queue(&view));
        lines.push(self.keys(stand(&view)));
        lines
    }

    fn view(&self) -> Option<CounterView> {
        serde_json::from_value(Value::Object(self.parts.clone())).ok()
    }

    fn step(&mut self, key: &str, view: &CounterView, request: &RequestId) -> Step {
        let ticket = view.ticket.as_ref().map(|ticket| ticket.ticket);
        let act = |path| Step::Ask { path, body: json!({ "request": request }) };
        let on_ticket = |path| Step::Ask { path, body: json!({ "request": request, "ticket": ticket }) };
        let outcome = self.outcome;
        let finish = |then_next: bool| {
            let body = json!({ "request": request, "ticket": ticket, "outcome": outcome, "then_next": then_next });
            Step::Ask { path: "finish", body }
        };
        match (key, stand(view)) {
            ("", Stand::Closed) => act("open"),
            ("", Stand::Paused) => act("resume"),
            ("", Stand::Free) if view.waiting == 0 => self.say("counter-empty"),
            ("", Stand::Free) => act("next"),
            ("", Stand::Called) => on_ticket("start"),
            ("", Stand::Serving) => finish(true),
            ("0", Stand::Serving) => finish(false),
            ("1", Stand::Called) => on_ticket("recall"),
            ("3", Stand::Called) => {
                Step::Ask { path: "no-show", body: json!({ "request": request, "ticket": ticket, "then_next": false }) }
            }
            ("6", Stand::Serving) => self.choose(Outcome::Served),
            ("7", Stand::Serving) => self.choose(Outcome::DocumentsMissing),
            ("8", Stand::Serving) => self.choose(Outcome::Referred),
            ("9", Stand::Serving) => self.choose(Outcome::SystemDown),
            ("/", Stand::Free) => act("pause"),
            ("c", Stand::Free | Stand::Paused) => act("close"),
            ("0" | "6" | "7" | "8" | "9", _) => self.say("counter-why-not-serving"),
            ("1" | "3", _) => self.say("counter-why-not-called"),
            ("/", Stand::Paused) => self.say("counter-why-paused"),
            ("/" | "c", Stand::Called | Stand::Serving) => self.say("counter-why-ticket"),
            ("/" | "c", Stand::Closed) => self.say("counter-closed"),
            _ => Step::Say(self.keys(stand(view))),
        }
    }

    /// Without the server nothing can be closed; the officer may leave all the same.
    fn leave(&self) -> Step {
        let stand = self.view().filter(|_| self.contact == Contact::Connected).map(|view| stand(&view));
        match stand {
            Some(Stand::Called | Stand::Serving) => self.say("counter-why-ticket"),
            Some(Stand::Free | Stand::Paused) => Step::Leave { close: true },
            Some(Stand::Closed) | None => Step::Leave { close: false },
        }
    }

    fn choose(&mut self, outcome: Outcome) -> Step {
        self.outcome = outcome;
        Step::Say(self.words.outcome(outcome))
    }

    fn say(&self, key: &str) -> Step {
        Step::Say(self.words.say(key))
    }

    /// The keys that do something now.
    fn keys(&self, stand: Stand) -> String {
        let enter = |what: &str| format!("[Enter] {}", self.words.say(what));
        let other = |key: &str, what: &str| format!("[{key}] {}", self.words.say(what));
        let keys = match stand {
            Stand::Closed => vec![enter("counter-open")],
            Stand::Paused => vec![enter("counter-break-over"), other("c", "counter-close")],
            Stand::Free => vec![enter("counter-call-next"), other("/", "counter-break"), other("c", "counter-close")],
            Stand::Called => vec![enter("counter-start"), other("1", "counter-recall"), other("3", "counter-no-show")],
            Stand::Serving => {
                let ends = [("6", Outcome::Served), ("7", Outcome::DocumentsMissing), ("8", Outcome::Referred), ("9", Outcome::SystemDown)];
                let mark = |outcome| if outcome == self.outcome { "*" } else { "" };
                let ends = ends.map(|(key, outcome)| format!("[{key}] {}{}", mark(outcome), self.words.outcome(outcome)));
                [vec![enter("counter-finish-next"), other("0", "counter-finish")], ends.to_vec()].concat()
            }
        };
        [keys, vec![other("q", "counter-sign-out")]].concat().join("  ")
    }
}

fn stand(view: &CounterView) -> Stand {
    match (view.counter.state, view.ticket.as_ref().map(|ticket| ticket.stage)) {
        (CounterOpenness::Closed, _) => Stand::Closed,
        (CounterOpenness::Paused, _) => Stand::Paused,
        (CounterOpenness::Open, None) => Stand::Free,
        (CounterOpenness::Open, Some(CounterStage::Called)) => Stand::Called,
        (CounterOpenness::Open, Some(CounterStage::Serving)) => Stand::Serving,
    }
}

/// Returns the language of the words.
pub fn language(text: &str) -> Result<Language, String> {
    Language::ALL.into_iter().find(|language| language.tag() == text).ok_or_else(|| "en or sw".to_owned())
}

#[cfg(test)]
mod tests {
    use protocol::Time;

    use super::*;

    #[test]
    fn enter_is_always_the_next_right_thing() {
        let asks = |view: Value| match desk(view).key("", &request()) {
            Step::Ask { path, body } => (path, body["ticket"].as_u64(), body["then_next"].as_bool()),
            other => panic!("{other:?}"),
        };
        assert_eq!(asks(view("closed", None, 4)), ("open", None, None));
        assert_eq!(asks(view("paused", None, 4)), ("resume", None, None));
        assert_eq!(asks(view("open", None, 4)), ("next", None, None));
        assert_eq!(asks(view("open", Some("called"), 4)), ("start", Some(42), None));
        assert_eq!(asks(view("open", Some("serving"), 4)), ("finish", Some(42), Some(true)));
    }

    #[test]
    fn a_double_press_does_nothing_until_the_officer_has_seen_what_the_first_did() {
        let mut desk = desk(view("open", None, 4));
        assert!(matches!(desk.key("", &request()), Step::Ask { path: "next", .. }));
        assert_eq!(desk.key("", &request()), Step::Ignore, "the first is under way");
        desk.done(Some(&done(8)));
        assert_eq!(desk.key("", &request()), Step::Ignore, "it is done, and not yet on the screen");
        desk.hear(Delivery::Whole { seq: Seq(8), parts: parts(view("open", Some("called"), 3)) });
        assert!(matches!(desk.key("", &request()), Step::Ask { path: "start", .. }));
        desk.done(None);
        assert!(matches!(desk.key("", &request()), Step::Ask { path: "start", .. }), "a refused act may be tried again");
    }

    #[test]
    fn the_outcome_is_chosen_and_goes_back_to_served_with_the_next_ticket() {
        let mut desk = desk(view("open", Some("serving"), 4));
        assert!(matches!(desk.key("7", &request()), Step::Say(_)));
        let Step::Ask { path: "finish", body } = desk.key("0", &request()) else { panic!("not finished") };
        assert_eq!((&body["outcome"], &body["then_next"]), (&json!("documents_missing"), &json!(false)));
        desk.done(Some(&done(8)));
        let mut next = view("open", Some("serving"), 3);
        next["ticket"]["ticket"] = json!(43);
        desk.hear(Delivery::Whole { seq: Seq(8), parts: parts(next) });
        let Step::Ask { body, .. } = desk.key("0", &request()) else { panic!("not finished") };
        assert_eq!(body["outcome"], json!("served"));
    }

    #[test]
    fn a_key_that_means_nothing_now_says_why_and_asks_nothing() {
        for (key, now) in [("1", view("open", None, 4)), ("0", view("open", Some("called"), 4)), ("/", view("open", Some("called"), 4))] {
            assert!(matches!(desk(now).key(key, &request()), Step::Say(_)), "{key}");
        }
        assert_eq!(desk(view("open", None, 0)).key("", &request()), Step::Say("No one is waiting".into()));
    }

    #[test]
    fn an_officer_leaves_no_counter_open_and_no_ticket_alone() {
        let leave = |view: Value| desk(view).key("q", &request());
        assert_eq!(leave(view("closed", None, 0)), Step::Leave { close: false });
        assert_eq!(leave(view("open", None, 0)), Step::Leave { close: true });
        assert_eq!(leave(view("paused", None, 0)), Step::Leave { close: true });
        assert!(matches!(leave(view("open", Some("serving"), 0)), Step::Say(_)));
        let mut alone = desk(view("open", Some("serving"), 0));
        alone.contact(Contact::Unreachable);
        assert_eq!(alone.key("q", &request()), Step::Leave { close: false });
    }

    #[test]
    fn out_of_touch_nothing_is_asked_and_the_screen_says_so() {
        let mut desk = desk(view("open", None, 4));
        desk.contact(Contact::Unreachable);
        assert!(matches!(desk.key("", &request()), Step::Say(_)));
        assert!(desk.lines()[0].contains("No contact"), "{:?}", desk.lines());
    }

    #[test]
    fn the_officer_sees_ticket_queue_and_keys() {
        let lines = desk(view("open", Some("serving"), 4)).lines().join("\n");
        for word in ["7", "K042", "waiting", "J007", "[Enter] Finish and call next", "[6] *Served"] {
            assert!(lines.contains(word), "{word} is not in\n{lines}");
        }
        assert!(!lines.contains("counter-") && !lines.contains("{$"), "{lines}");
    }

    #[test]
    fn news_replace_whole_parts() {
        let mut desk = desk(view("open", None, 4));
        assert!(desk.hear(Delivery::Changed { seq: Seq(9), parts: Map::from_iter([("waiting".to_owned(), json!(9))]) }));
        assert!(!desk.hear(Delivery::Clock { now: Time(0), pace: 1 }));
        assert!(desk.lines().join("\n").contains("9 waiting"));
    }

    fn desk(view: Value) -> Desk {
        let mut desk = Desk::new(Words::new(Language::En, None));
        desk.contact(Contact::Connected);
        assert!(desk.hear(Delivery::Whole { seq: Seq(7), parts: parts(view) }));
        desk
    }

    fn view(state: &str, stage: Option<&str>, waiting: u32) -> Value {
        let ticket = stage.map(|stage| {
            json!({
                "ticket": 42, "number": "K042", "service": "birth", "class": "standard", "language": "sw", "stage": stage, "since": 0,
                "recalls": 0, "issued_at": 0, "waited": 600_000, "promise": 1_800_000, "usual": 300_000, "why": "first",
            })
        });
        json!({
            "counter": {"counter": 7, "state": state, "officer": "amina", "since": 0, "back_at": null}, "ticket": ticket,
            "queue": [{"number": "J007", "service": "birth", "class": "priority", "language": "en", "clock_start": 0, "promise": 1}],
            "waiting": waiting, "missed": [], "my_day": {"finished": 1, "typical": null, "called": 2, "within": 2}, "suspended": [],
        })
    }

    fn parts(view: Value) -> Map<String, Value> {
        view.as_object().expect("an object").clone()
    }

    fn done(seq: u64) -> CounterDone {
        CounterDone { seq: Seq(seq), at: Time(0), counter: protocol::CounterId(7), called: None }
    }

    fn request() -> RequestId {
        RequestId::new("r1").expect("an id")
    }
}
