//! What an officer sees and what each key does: a function of the counter's view, without network, clock or terminal.

use protocol::request::Done;
use protocol::view::{CounterOpenness, CounterStage, CounterView};
use protocol::{Language, Outcome, RequestId, Seq, TicketId, Time};
use serde_json::{Map, Value, json};
use station::{Contact, Delivery};

use crate::question::{self, Answer, OUTCOMES, Purpose, Question, Scene, Wish};
use crate::words::Words;

/// The counter's view as far as it is known, and the officer's choice of outcome.
#[derive(Debug)]
pub struct Desk {
    words: Words,
    parts: Map<String, Value>,
    seq: Seq,
    contact: Contact,
    /// How the service will end; nothing where the centre wants it said and it is not yet.
    outcome: Option<Outcome>,
    /// What the view must hold before the next key counts: the officer has not seen it yet.
    expected: Seq,
    under_way: Option<UnderWay>,
    asking: Option<Asking>,
}

/// An act that has not been answered yet.
#[derive(Debug)]
struct UnderWay {
    /// Whether the view will show it.
    shows: bool,
    /// What to say when it is done.
    told: Option<String>,
}

/// A question to the officer.
#[derive(Debug)]
struct Asking {
    question: Question,
    /// When it was opened; the times it offers stay what they were.
    opened: Time,
}

/// A key and what goes with it.
#[derive(Clone, Debug)]
pub struct Pressed {
    /// The name of the request that it may lead to.
    pub request: RequestId,
    /// The time at the centre.
    pub now: Time,
}

/// What a key leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Ask the server: the path under the counter's own, or from the root, and the body.
    Ask {
        /// Such as `next`, or `/api/v1/marks`.
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
        let outcome = usual_outcome(&words);
        Desk {
            words,
            parts: Map::new(),
            seq: Seq(0),
            contact: Contact::Unreachable,
            outcome,
            expected: Seq(0),
            under_way: None,
            asking: None,
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
        if before.0.as_ref().map(there) != after.0.as_ref().map(there) {
            self.outcome = usual_outcome(&self.words);
        }
        // A question is about where the counter stood; while it is open, the queue does not write over it.
        let moved = before.0.as_ref().map(stands) != after.0.as_ref().map(stands);
        if moved {
            self.asking = None;
        }
        before.1 != after.1 || (before.0 != after.0 && self.asking.is_none() && is_worth_showing(&before.0, &after.0))
    }

    /// Takes whether the server is heard. Returns whether that is new.
    pub fn contact(&mut self, contact: Contact) -> bool {
        let new = self.contact != contact && !self.parts.is_empty();
        self.contact = contact;
        new
    }

    /// Takes the answer to an act; returns what is worth saying of it. The next key counts when the officer has seen what the
    /// act did.
    pub fn done(&mut self, done: Option<&Done>) -> Option<String> {
        let under_way = self.under_way.take()?;
        let done = done?;
        if under_way.shows {
            self.expected = done.seq.max(self.expected);
        }
        under_way.told
    }

    /// Returns whether an act is under way.
    pub fn is_busy(&self) -> bool {
        self.under_way.is_some()
    }

    /// Takes a key, or the answer to a question.
    pub fn key(&mut self, key: &str, pressed: &Pressed) -> Step {
        if self.asking.is_none() && (key == "q" || key == "///") {
            return self.leave();
        }
        let Some(view) = self.view().filter(|_| self.under_way.is_none() && self.seq >= self.expected) else {
            return Step::Ignore;
        };
        if self.contact == Contact::Unreachable {
            return self.say("counter-behind");
        }
        let answer = match self.asking.take() {
            None => self.step(key, &view, pressed.now),
            Some(_) if key == "." => return Step::Say(self.lines_of(&view).join("\n")),
            Some(asking) => {
                let answer = asking.question.answer(key, self.scene(&view, asking.opened));
                if let Answer::Say(_) = answer {
                    self.asking = Some(asking);
                }
                answer
            }
        };
        self.take(answer, &view, pressed)
    }

    fn take(&mut self, answer: Answer, view: &CounterView, pressed: &Pressed) -> Step {
        match answer {
            Answer::Ask(Wish { path, mut body, told }) => {
                body["request"] = json!(pressed.request);
                // What is done away from the counter may change nothing that its view shows.
                let shows = !path.starts_with('/') || ["/api/v1/marks", "/api/v1/priorities"].contains(&path);
                self.under_way = Some(UnderWay { shows, told });
                Step::Ask { path, body }
            }
            Answer::Next(question) => {
                let lines = question.lines(self.scene(view, pressed.now));
                self.asking = Some(Asking { question, opened: pressed.now });
                Step::Say(lines.join("\n"))
            }
            Answer::Say(words) => {
                let asked = self.asking.as_ref().map(|asking| asking.question.lines(self.scene(view, asking.opened)));
                Step::Say([vec![words], asked.unwrap_or_default()].concat().join("\n"))
            }
        }
    }

    fn scene<'a>(&'a self, view: &'a CounterView, opened: Time) -> Scene<'a> {
        Scene { words: &self.words, view, opened }
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
        let mut lines = self.lines_of(&view);
        if let Some(asking) = &self.asking {
            lines.extend(asking.question.lines(self.scene(&view, asking.opened)));
        }
        lines
    }

    fn lines_of(&self, view: &CounterView) -> Vec<String> {
        let mut lines = Vec::new();
        if self.contact == Contact::Unreachable {
            lines.push(self.words.say("counter-behind"));
        }
        lines.push(self.words.standing(view));
        if let Some(ticket) = &view.ticket {
            lines.extend(self.words.ticket(ticket));
        }
        lines.push(self.words.queue(view));
        lines.extend(self.words.away(view));
        lines.extend(self.keys(view));
        lines
    }

    fn view(&self) -> Option<CounterView> {
        serde_json::from_value(Value::Object(self.parts.clone())).ok()
    }

    fn step(&mut self, key: &str, view: &CounterView, now: Time) -> Answer {
        let ticket = view.ticket.as_ref().map(|ticket| ticket.ticket);
        let act = |path| Answer::Ask(Wish::new(path, json!({})));
        let on_ticket = |path| Answer::Ask(Wish::new(path, json!({ "ticket": ticket })));
        let scene = self.scene(view, now);
        let finish = |then_next: bool| match self.outcome {
            Some(outcome) => Answer::Ask(question::finish(outcome, then_next, scene)),
            None => Answer::Next(Question::Outcome { then_next }),
        };
        match (key, stand(view)) {
            ("", Stand::Closed) => act("open"),
            ("", Stand::Paused) => act("resume"),
            ("", Stand::Free) if view.waiting == 0 => self.refuse("counter-empty"),
            ("", Stand::Free) => act("next"),
            ("", Stand::Called) => on_ticket("start"),
            ("", Stand::Serving) => finish(true),
            ("0", Stand::Serving) => finish(false),
            ("1", Stand::Called) => on_ticket("recall"),
            ("2", Stand::Paused | Stand::Free | Stand::Called | Stand::Serving) => Answer::Next(Question::Number),
            ("3", Stand::Called) => Answer::Ask(Wish::new("no-show", json!({ "ticket": ticket, "then_next": false }))),
            ("4", Stand::Called | Stand::Serving) => Answer::Next(Question::service(Purpose::Transfer, scene)),
            ("5", Stand::Called | Stand::Serving) => Answer::Next(Question::Hold),
            ("6" | "7" | "8" | "9", Stand::Serving) => self.choose(key),
            (".", Stand::Paused | Stand::Free | Stand::Called | Stand::Serving) if view.undo.is_some() => act("undo"),
            ("*", Stand::Called | Stand::Serving) if self.words.marks().is_empty() => self.refuse("refusal-unknown-mark"),
            ("*", Stand::Called | Stand::Serving) => Answer::Next(Question::Marks),
            ("+", Stand::Serving) => Answer::Next(Question::service(Purpose::Deliver, scene)),
            ("-", Stand::Called | Stand::Serving) => {
                match view.ticket.as_ref().is_some_and(|ticket| !question::class_acts(ticket).is_empty()) {
                    true => Answer::Next(Question::Class),
                    false => self.refuse("refusal-class-unchanged"),
                }
            }
            ("/", Stand::Free) => Answer::Next(Question::Break { reason: Default::default() }),
            ("c" | "//", Stand::Free | Stand::Paused) => act("close"),
            ("0" | "6" | "7" | "8" | "9" | "+", _) => self.refuse("counter-why-not-serving"),
            ("1" | "3", _) => self.refuse("counter-why-not-called"),
            ("4" | "5" | "*" | "-", _) => self.refuse("refusal-counter-idle"),
            (".", Stand::Paused | Stand::Free | Stand::Called | Stand::Serving) => self.refuse("refusal-nothing-to-undo"),
            ("/", Stand::Paused) => self.refuse("counter-why-paused"),
            ("/" | "c" | "//", Stand::Called | Stand::Serving) => self.refuse("counter-why-ticket"),
            ("2" | "." | "/" | "c" | "//", Stand::Closed) => self.refuse("counter-closed"),
            _ => Answer::Say(self.keys(view).join("\n")),
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

    fn choose(&mut self, key: &str) -> Answer {
        self.outcome = OUTCOMES.iter().find(|(one, _)| *one == key).map(|(_, outcome)| *outcome);
        Answer::Say(self.outcome.map(|outcome| self.words.outcome(outcome)).unwrap_or_default())
    }

    fn refuse(&self, key: &str) -> Answer {
        Answer::Say(self.words.say(key))
    }

    fn say(&self, key: &str) -> Step {
        Step::Say(self.words.say(key))
    }

    /// The keys that do something now.
    fn keys(&self, view: &CounterView) -> Vec<String> {
        let enter = |what: &str| format!("[Enter] {}", self.words.say(what));
        let other = |key: &str, what: &str| format!("[{key}] {}", self.words.say(what));
        let undo = view.undo.as_ref().map(|undo| format!("[.] {}", self.words.undo(undo)));
        let ends = OUTCOMES.map(|(key, outcome)| {
            let chosen = if self.outcome == Some(outcome) { "*" } else { "" };
            format!("[{key}] {chosen}{}", self.words.outcome(outcome))
        });
        let marks = (!self.words.marks().is_empty()).then(|| other("*", "counter-marks"));
        let away = [other("4", "counter-transfer"), other("5", "counter-hold")];
        let class = other("-", "class-priority");
        let (close, leave) = (other("//", "counter-close"), other("///", "counter-sign-out"));
        let number = other("2", "counter-call-ticket");
        let rows = match stand(view) {
            Stand::Closed => vec![vec![enter("counter-open"), leave]],
            Stand::Paused => vec![vec![enter("counter-break-over"), number, close, leave]],
            Stand::Free => {
                let rest = [other("/", "counter-break"), close, leave];
                vec![[vec![enter("counter-call-next"), number], undo.into_iter().collect(), rest.to_vec()].concat()]
            }
            Stand::Called => vec![
                [vec![enter("counter-start"), other("1", "counter-recall"), other("3", "counter-no-show")], away.to_vec()].concat(),
                [vec![number], marks.into_iter().collect(), vec![class], undo.into_iter().collect()].concat(),
            ],
            Stand::Serving => vec![
                [vec![enter("counter-finish-next"), other("0", "counter-finish")], away.to_vec()].concat(),
                ends.to_vec(),
                [vec![number], marks.into_iter().collect(), vec![other("+", "counter-also"), class], undo.into_iter().collect()].concat(),
            ],
        };
        rows.into_iter().map(|keys| keys.join("  ")).collect()
    }
}

fn usual_outcome(words: &Words) -> Option<Outcome> {
    (!words.outcome_required()).then_some(Outcome::Served)
}

fn there(view: &CounterView) -> Option<TicketId> {
    view.ticket.as_ref().map(|ticket| ticket.ticket)
}

fn stands(view: &CounterView) -> (Stand, Option<TicketId>) {
    (stand(view), there(view))
}

/// While a citizen is at the counter, news of the queue alone wait for the next look: they would write over what is typed.
fn is_worth_showing(before: &Option<CounterView>, after: &Option<CounterView>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return true };
    let apart = |view: &CounterView| CounterView { queue: Vec::new(), waiting: 0, ..view.clone() };
    after.ticket.is_none() || apart(before) != apart(after)
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
        let asks = |view: Value| match desk(view).key("", &pressed()) {
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
        assert!(matches!(desk.key("", &pressed()), Step::Ask { path: "next", .. }));
        assert_eq!(desk.key("", &pressed()), Step::Ignore, "the first is under way");
        desk.done(Some(&done(8)));
        assert_eq!(desk.key("", &pressed()), Step::Ignore, "it is done, and not yet on the screen");
        desk.hear(Delivery::Whole { seq: Seq(8), parts: parts(view("open", Some("called"), 3)) });
        assert!(matches!(desk.key("", &pressed()), Step::Ask { path: "start", .. }));
        desk.done(None);
        assert!(matches!(desk.key("", &pressed()), Step::Ask { path: "start", .. }), "a refused act may be tried again");
    }

    #[test]
    fn the_outcome_is_chosen_and_goes_back_to_served_with_the_next_ticket() {
        let mut desk = desk(view("open", Some("serving"), 4));
        assert!(matches!(desk.key("7", &pressed()), Step::Say(_)));
        let Step::Ask { path: "finish", body } = desk.key("0", &pressed()) else { panic!("not finished") };
        assert_eq!((&body["outcome"], &body["then_next"]), (&json!("documents_missing"), &json!(false)));
        desk.done(Some(&done(8)));
        let mut next = view("open", Some("serving"), 3);
        next["ticket"]["ticket"] = json!(43);
        desk.hear(Delivery::Whole { seq: Seq(8), parts: parts(next) });
        let Step::Ask { body, .. } = desk.key("0", &pressed()) else { panic!("not finished") };
        assert_eq!(body["outcome"], json!("served"));
    }

    #[test]
    fn a_key_that_means_nothing_now_says_why_and_asks_nothing() {
        for (key, now) in [("1", view("open", None, 4)), ("0", view("open", Some("called"), 4)), ("/", view("open", Some("called"), 4))] {
            assert!(matches!(desk(now).key(key, &pressed()), Step::Say(_)), "{key}");
        }
        assert_eq!(desk(view("open", None, 0)).key("", &pressed()), Step::Say("No one is waiting".into()));
    }

    #[test]
    fn an_officer_leaves_no_counter_open_and_no_ticket_alone() {
        let leave = |view: Value| {
            let (letter, pad) = (desk(view.clone()).key("q", &pressed()), desk(view).key("///", &pressed()));
            assert_eq!(letter, pad, "a pad has no letters");
            pad
        };
        assert_eq!(leave(view("closed", None, 0)), Step::Leave { close: false });
        assert_eq!(leave(view("open", None, 0)), Step::Leave { close: true });
        assert_eq!(leave(view("paused", None, 0)), Step::Leave { close: true });
        assert!(matches!(leave(view("open", Some("serving"), 0)), Step::Say(_)));
        let mut alone = desk(view("open", Some("serving"), 0));
        alone.contact(Contact::Unreachable);
        assert_eq!(alone.key("q", &pressed()), Step::Leave { close: false });
    }

    #[test]
    fn where_the_outcome_must_be_said_enter_asks_for_it_and_a_second_enter_says_nothing() {
        let mut desk = desk_with(view("open", Some("serving"), 4), |catalogue| catalogue["outcome_required"] = json!(true));
        assert!(says(desk.key("", &pressed())).contains("How does this service end?"));
        assert!(says(desk.key("", &pressed())).contains("Not understood"));
        let Step::Ask { path: "finish", body } = desk.key("7", &pressed()) else { panic!("not finished") };
        assert_eq!((&body["outcome"], &body["then_next"]), (&json!("documents_missing"), &json!(true)));
        let mut before = desk_with(view("open", Some("serving"), 4), |catalogue| catalogue["outcome_required"] = json!(true));
        assert!(matches!(before.key("6", &pressed()), Step::Say(_)), "chosen before the key that finishes");
        assert!(matches!(before.key("0", &pressed()), Step::Ask { path: "finish", .. }));
    }

    #[test]
    fn a_question_is_left_with_a_point_and_does_not_outlive_its_ticket() {
        let mut desk = desk(view("open", Some("serving"), 4));
        assert!(says(desk.key("5", &pressed())).contains("Hold"));
        assert!(says(desk.key(".", &pressed())).contains("[Enter] Finish and call next"));
        desk.key("5", &pressed());
        let mut other = view("open", Some("called"), 4);
        other["ticket"]["ticket"] = json!(43);
        desk.hear(Delivery::Whole { seq: Seq(8), parts: parts(other) });
        assert!(matches!(desk.key("0", &pressed()), Step::Say(_)), "it is the key of the new ticket, not the answer for the old one");
    }

    #[test]
    fn news_of_the_queue_do_not_write_over_a_question_or_a_visit() {
        let mut desk = desk(view("open", Some("serving"), 4));
        let news = |seq, waiting: u32| Delivery::Changed { seq: Seq(seq), parts: Map::from_iter([("waiting".to_owned(), json!(waiting))]) };
        assert!(!desk.hear(news(8, 5)));
        desk.key("4", &pressed());
        assert!(!desk.hear(news(9, 6)));
        assert!(desk.lines().join("\n").contains("6 waiting"), "the next look shows it");
    }

    #[test]
    fn what_was_done_beside_the_counter_is_said_and_not_waited_for() {
        let mut desk = desk(view("open", None, 4));
        desk.key("2", &pressed());
        desk.key("k42", &pressed());
        let Step::Ask { path: "/api/v1/returns", body } = desk.key("5", &pressed()) else { panic!("not asked") };
        assert_eq!(body, json!({ "number": "K042", "request": "r1" }));
        assert_eq!(desk.done(Some(&done(99))), Some("K042 waits again".to_owned()));
        assert!(matches!(desk.key("", &pressed()), Step::Ask { path: "next", .. }), "its place in the journal may never be this view's");
    }

    #[test]
    fn an_undo_is_offered_by_what_it_takes_back() {
        let mut desk = desk(view("open", None, 4));
        assert_eq!(desk.key(".", &pressed()), Step::Say("There is nothing to undo".into()));
        let undo = Map::from_iter([("undo".to_owned(), json!({ "act": "finish", "number": "K042" }))]);
        assert!(desk.hear(Delivery::Changed { seq: Seq(8), parts: undo }));
        assert!(desk.lines().join("\n").contains("[.] Undo: the end of K042"));
        assert!(matches!(desk.key(".", &pressed()), Step::Ask { path: "undo", .. }));
    }

    #[test]
    fn every_key_in_every_state_asks_or_says_something() {
        for (state, stage) in [("closed", None), ("paused", None), ("open", None), ("open", Some("called")), ("open", Some("serving"))] {
            for key in ["", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "/", "*", "-", "+", "//", "c", "x", "é", "99999999999"]
            {
                let step = desk(view(state, stage, 4)).key(key, &pressed());
                let well = match &step {
                    Step::Ask { .. } => true,
                    Step::Say(words) => !words.is_empty() && !words.contains("counter-") && !words.contains("refusal-"),
                    Step::Leave { .. } | Step::Ignore => false,
                };
                assert!(well, "{key} while {state} {stage:?}: {step:?}");
            }
        }
    }

    #[test]
    fn out_of_touch_nothing_is_asked_and_the_screen_says_so() {
        let mut desk = desk(view("open", None, 4));
        desk.contact(Contact::Unreachable);
        assert!(matches!(desk.key("", &pressed()), Step::Say(_)));
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

    fn says(step: Step) -> String {
        match step {
            Step::Say(words) => words,
            other => panic!("{other:?}"),
        }
    }

    fn desk_with(view: Value, change: impl Fn(&mut Value)) -> Desk {
        let mut catalogue = json!({
            "centre": "Huduma Centre Test", "centre_short": "Test", "languages": ["sw", "en"], "utc_offset_minutes": 180, "opens": "07:00",
            "closes": "19:00", "zones": [], "groups": [], "agencies": [], "services": [], "counters": [],
        });
        change(&mut catalogue);
        seated(Words::new(Language::En, serde_json::from_value(catalogue).expect("a catalogue")), view)
    }

    fn desk(view: Value) -> Desk {
        seated(Words::new(Language::En, None), view)
    }

    fn seated(words: Words, view: Value) -> Desk {
        let mut desk = Desk::new(words);
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

    fn done(seq: u64) -> Done {
        Done { seq: Seq(seq), at: Time(0) }
    }

    fn pressed() -> Pressed {
        Pressed { request: RequestId::new("r1").expect("an id"), now: Time(0) }
    }
}
