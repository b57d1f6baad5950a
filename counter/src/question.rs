//! What an act asks first, and what each answer leads to. An answer is one line, and every one can be typed on a ten-key pad.

use protocol::time::MINUTE;
use protocol::view::{CounterTicket, CounterView, PoolEntry};
use protocol::{CancelReason, Class, CounterId, OutOfOrderReason, Outcome, PauseReason, ServiceId, Standing, Target, TicketNumber, Time};
use serde_json::{Value, json};

use crate::words::Words;

/// The minutes that a break or an errand is likely to last, by the key of each; 0 is the key of no set time.
const MINUTES: [(&str, i64); 4] = [("1", 10), ("2", 15), ("3", 30), ("4", 60)];
/// Nobody is away for longer, on a break or an errand.
const MINUTES_MAX: i64 = 8 * 60;
/// As many services as can be read at once.
const SERVICES_SHOWN: usize = 20;
/// How often one thing can be noted in a visit.
const COUNT_MAX: u8 = 99;

/// The reasons of a break, by the key of each.
const PAUSES: [(&str, PauseReason); 5] = [
    ("5", PauseReason::Break),
    ("6", PauseReason::Lunch),
    ("7", PauseReason::BackOffice),
    ("8", PauseReason::Meeting),
    ("9", PauseReason::Technical),
];
/// The outcomes, by the key of each.
pub(crate) const OUTCOMES: [(&str, Outcome); 4] =
    [("6", Outcome::Served), ("7", Outcome::DocumentsMissing), ("8", Outcome::Referred), ("9", Outcome::SystemDown)];
/// Where a ticket that is sent on stands, by the key of each.
const STANDINGS: [(&str, Standing); 3] = [("1", Standing::Kept), ("2", Standing::Front), ("3", Standing::End)];
/// Why a ticket is called out of turn, by the key of each.
const REASONS: [(&str, OutOfOrderReason); 4] = [
    ("1", OutOfOrderReason::Back),
    ("2", OutOfOrderReason::SameOfficer),
    ("3", OutOfOrderReason::Correction),
    ("4", OutOfOrderReason::Supervisor),
];
/// Why a visit ends away from a counter, by the key of each.
const CANCELS: [(&str, CancelReason); 2] = [("6", CancelReason::GivenUp), ("7", CancelReason::Mistake)];

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Question {
    /// Why a break is taken, or at once until when.
    Break {
        /// The reason that is chosen so far.
        reason: PauseReason,
    },
    /// Until when a ticket is put aside.
    Hold,
    /// Which service is meant.
    Service {
        /// What for.
        purpose: Purpose,
        /// What stands to choose.
        choices: Choices,
    },
    /// Who may call a ticket that is sent on.
    Who {
        /// What it then waits for.
        service: ServiceId,
    },
    /// Where a ticket that is sent on stands.
    Standing {
        /// What it then waits for.
        service: ServiceId,
        /// Who may call it.
        to: Target,
    },
    /// How often something was also done.
    Count {
        /// What.
        service: ServiceId,
    },
    /// Which ticket is meant, by its number.
    Number,
    /// What becomes of that ticket.
    About {
        /// Its number.
        number: TicketNumber,
    },
    /// Which mark is put on or taken off.
    Marks,
    /// Whether the ticket keeps the class that the citizen spoke of.
    Class,
    /// How the service ended, where the centre wants it said.
    Outcome {
        /// Whether the next ticket is called in the same act.
        then_next: bool,
    },
}

/// What a service is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The ticket is sent on to it.
    Transfer,
    /// It was also done.
    Deliver,
}

/// What stands to choose of the services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choices {
    /// The groups.
    Groups,
    /// These services.
    Services(Vec<ServiceId>),
}

/// What an answer leads to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// Ask the server.
    Ask(Wish),
    /// Ask the officer this.
    Next(Question),
    /// Nothing but these words; a question that is open stays open.
    Say(String),
}

/// What is asked of the server, without the name of the request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wish {
    /// The path under the counter's own, or from the root.
    pub path: &'static str,
    /// The body.
    pub body: Value,
    /// What to say when it is done.
    pub told: Option<String>,
}

impl Wish {
    /// Returns a wish of which the screen itself says that it is done.
    pub fn new(path: &'static str, body: Value) -> Wish {
        Wish { path, body, told: None }
    }
}

/// What an officer looks at while a question is open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    /// The words and names.
    pub words: &'a Words,
    /// The counter.
    pub view: &'a CounterView,
    /// When the question was opened; the times it offers stay what they were.
    pub opened: Time,
}

impl Question {
    /// Returns the first question of an act on a service.
    pub fn service(purpose: Purpose, scene: Scene<'_>) -> Question {
        let choices = match purpose {
            Purpose::Transfer => Choices::Groups,
            Purpose::Deliver => Choices::Services(likely_besides(scene)),
        };
        Question::Service { purpose, choices }
    }

    /// Returns what the officer is asked, line by line.
    pub fn lines(&self, scene: Scene<'_>) -> Vec<String> {
        let words = scene.words;
        let number = scene.view.ticket.as_ref().map(|ticket| ticket.number.to_string()).unwrap_or_default();
        let mut lines = match self {
            Question::Break { reason } => {
                let reasons = PAUSES.map(|(key, one)| format!("[{key}] {}{}", chosen(one == *reason), words.pause(one)));
                let likely = likely_minutes(*reason).map_or_else(|| words.say("counter-break-open"), |minutes| scene.time_in(minutes));
                vec![
                    format!("{}  {}", words.say("counter-break"), reasons.join("  ")),
                    format!("{}: {}  [Enter] {likely}", words.say("counter-break-until"), times(scene, "counter-break-open")),
                ]
            }
            Question::Hold => vec![
                format!("{}: {number}", words.say("counter-hold")),
                format!("{}: {}", words.say("counter-hold-until"), times(scene, "counter-hold-back")),
            ],
            Question::Service { purpose, choices } => service_lines(*purpose, choices, &number, scene),
            Question::Who { service } => {
                let mut lines = vec![format!(
                    "{} {}: {}",
                    words.with("counter-transfer-to", "number", &number),
                    words.service(service),
                    words.say("counter-ask-who")
                )];
                lines.push(format!("[Enter] {}  [0] {}", words.say("counter-transfer-any"), words.say("counter-transfer-me")));
                let pools = pools_for(service, scene).into_iter().enumerate();
                lines.extend(pools.map(|(at, pool)| format!("[*{}] {} ({})", at + 1, words.text(&pool.name), spans(&pool.counters))));
                lines.push(format!("{}: {}", words.say("counter-ask-counter"), words.counters_of(service)));
                lines
            }
            Question::Standing { service, to: _ } => {
                let standings =
                    STANDINGS.map(|(key, standing)| format!("[{key}] {}{}", chosen(standing == Standing::Kept), words.stands(standing)));
                vec![
                    format!(
                        "{} {}: {}",
                        words.with("counter-transfer-to", "number", &number),
                        words.service(service),
                        words.say("counter-transfer-standing")
                    ),
                    standings.join("  "),
                ]
            }
            Question::Count { service } => vec![format!(
                "{} × {}  {}  [Enter] {}",
                words.service(service),
                scene.count_of(service),
                words.say("counter-ask-count"),
                scene.count_of(service).saturating_add(1)
            )],
            Question::Number => {
                let away = away(scene.view).into_iter().enumerate().map(|(at, number)| format!("[{}] {number}", at + 1));
                let mut lines = vec![words.with("counter-ask-number", "letters", &letters(words))];
                lines.extend(Some(away.collect::<Vec<_>>().join("  ")).filter(|away| !away.is_empty()));
                lines
            }
            Question::About { number } => {
                let calls = REASONS.map(|(key, reason)| format!("[{key}] {}", words.reason(reason)));
                let cancels = CANCELS.map(|(key, reason)| format!("[{key}] {}", words.cancel(reason)));
                vec![
                    words.with("counter-ask-act", "number", &number.to_string()),
                    format!("{}: {}", words.with("counter-call-now", "number", &number.to_string()), calls.join("  ")),
                    format!("[5] {}", words.say("counter-return")),
                    format!("{}: {}", words.say("counter-cancel"), cancels.join("  ")),
                ]
            }
            Question::Marks => {
                let marks = words.marks().iter().enumerate();
                let marks = marks.map(|(at, mark)| format!("[{}] {}{}", at + 1, chosen(scene.has_mark(&mark.id)), words.text(&mark.name)));
                vec![words.with("counter-marks-of", "number", &number), marks.collect::<Vec<_>>().join("  ")]
            }
            Question::Class => {
                let acts = scene.view.ticket.as_ref().map(class_acts).unwrap_or_default();
                let acts = acts.iter().enumerate().map(|(at, (key, _))| format!("[{}] {}", at + 1, words.say(key)));
                vec![words.with("counter-priority-ask", "number", &number), acts.collect::<Vec<_>>().join("  ")]
            }
            Question::Outcome { then_next: _ } => {
                let ends = OUTCOMES.map(|(key, outcome)| format!("[{key}] {}", words.outcome(outcome)));
                vec![words.say("counter-outcome-ask"), ends.join("  ")]
            }
        };
        if let Some(last) = lines.last_mut() {
            last.push_str(&format!("  [.] {}", words.say("counter-ask-leave")));
        }
        lines
    }

    /// Takes an answer.
    pub fn answer(&self, typed: &str, scene: Scene<'_>) -> Answer {
        match self {
            Question::Break { reason } => answer_break(*reason, typed, scene),
            Question::Hold => match moment(typed, scene) {
                Some(until) => Answer::Ask(Wish::new("hold", scene.on_ticket(json!({ "until": until, "then_next": false })))),
                None => scene.bad(typed),
            },
            Question::Service { purpose, choices } => answer_service(*purpose, choices, typed, scene),
            Question::Who { service } => match answer_who(service, typed, scene) {
                Ok(to) => Answer::Next(Question::Standing { service: service.clone(), to }),
                Err(refused) => refused,
            },
            Question::Standing { service, to } => match chosen_by(if typed.is_empty() { "1" } else { typed }, &STANDINGS) {
                Some(standing) => {
                    let body = json!({ "service": service, "to": to, "standing": standing, "then_next": false });
                    Answer::Ask(Wish::new("transfer", scene.on_ticket(body)))
                }
                None => scene.bad(typed),
            },
            Question::Count { service } => {
                let count = if typed.is_empty() { Some(scene.count_of(service).saturating_add(1)) } else { typed.parse().ok() };
                match count.filter(|count| *count <= COUNT_MAX) {
                    Some(count) => Answer::Ask(Wish::new("deliver", scene.on_ticket(json!({ "service": service, "count": count })))),
                    None => scene.bad(typed),
                }
            }
            Question::Number => match nth(typed, &away(scene.view)).or_else(|| number_of(typed, scene.words)) {
                Some(number) => Answer::Next(Question::About { number }),
                None => scene.bad(typed),
            },
            Question::About { number } => answer_about(*number, typed, scene),
            Question::Marks => match (nth(typed, scene.words.marks()), &scene.view.ticket) {
                (Some(mark), Some(ticket)) => {
                    let body = json!({ "number": ticket.number, "mark": mark.id, "on": !scene.has_mark(&mark.id) });
                    Answer::Ask(Wish::new("/api/v1/marks", body))
                }
                _ => scene.bad(typed),
            },
            Question::Class => match scene.view.ticket.as_ref().and_then(|ticket| Some((ticket, nth(typed, &class_acts(ticket))?))) {
                Some((ticket, (_, priority))) => {
                    Answer::Ask(Wish::new("/api/v1/priorities", json!({ "number": ticket.number, "priority": priority })))
                }
                None => scene.bad(typed),
            },
            Question::Outcome { then_next } => match chosen_by(typed, &OUTCOMES) {
                Some(outcome) => Answer::Ask(finish(outcome, *then_next, scene)),
                None => scene.bad(typed),
            },
        }
    }
}

/// Returns the end of the service, and what to tell the citizen when the visit goes on.
pub(crate) fn finish(outcome: Outcome, then_next: bool, scene: Scene<'_>) -> Wish {
    let onward = scene.view.ticket.as_ref().filter(|_| outcome == Outcome::Served);
    let told = onward.and_then(|ticket| Some(scene.words.goes_on(ticket.number, ticket.then.first()?)));
    Wish { told, ..Wish::new("finish", scene.on_ticket(json!({ "outcome": outcome, "then_next": then_next }))) }
}

/// Returns what can be done with the class of a ticket: the words, and whether it has priority then.
pub(crate) fn class_acts(ticket: &CounterTicket) -> Vec<(&'static str, bool)> {
    match (ticket.class, ticket.classed) {
        (Class::Appointment, true) => Vec::new(),
        (Class::Appointment, false) => vec![("counter-appointment-confirm", true), ("counter-appointment-remove", false)],
        (Class::Priority, true) => vec![("counter-priority-remove", false)],
        (Class::Priority, false) => vec![("counter-priority-confirm", true), ("counter-priority-remove", false)],
        (Class::Standard, _) => vec![("counter-priority-give", true)],
    }
}

impl Scene<'_> {
    fn on_ticket(self, mut body: Value) -> Value {
        body["ticket"] = json!(self.view.ticket.as_ref().map(|ticket| ticket.ticket));
        body
    }

    fn bad(self, typed: &str) -> Answer {
        Answer::Say(self.words.with("counter-ask-bad", "typed", typed))
    }

    /// The whole minute, for it is shown as a time of day.
    fn after(self, minutes: i64) -> Time {
        Time((self.opened.0 + MINUTE - 1).div_euclid(MINUTE) * MINUTE + minutes * MINUTE)
    }

    fn time_in(self, minutes: i64) -> String {
        self.words.time(self.after(minutes))
    }

    fn count_of(self, service: &ServiceId) -> u8 {
        let delivered = self.view.ticket.iter().flat_map(|ticket| &ticket.delivered).find(|one| one.service == *service);
        delivered.map_or(0, |one| one.count)
    }

    fn has_mark(self, mark: &protocol::MarkId) -> bool {
        self.view.ticket.as_ref().is_some_and(|ticket| ticket.marks.contains(mark))
    }
}

fn answer_break(reason: PauseReason, typed: &str, scene: Scene<'_>) -> Answer {
    if let Some(reason) = chosen_by(typed, &PAUSES) {
        return Answer::Next(Question::Break { reason });
    }
    let back_at = match typed {
        "" => Some(likely_minutes(reason).map(|minutes| scene.after(minutes))),
        _ => moment(typed, scene),
    };
    match back_at {
        Some(back_at) => Answer::Ask(Wish::new("pause", json!({ "reason": reason, "back_at": back_at }))),
        None => scene.bad(typed),
    }
}

fn likely_minutes(reason: PauseReason) -> Option<i64> {
    match reason {
        PauseReason::Break | PauseReason::BackOffice => Some(15),
        PauseReason::Lunch => Some(30),
        PauseReason::Meeting => Some(60),
        PauseReason::Technical => None,
    }
}

/// Returns the moment that was typed: a key, or minutes in two digits or more; no set time for 0.
fn moment(typed: &str, scene: Scene<'_>) -> Option<Option<Time>> {
    if typed == "0" {
        return Some(None);
    }
    let minutes = match chosen_by(typed, &MINUTES) {
        Some(minutes) => minutes,
        None if typed.len() >= 2 && typed.bytes().all(|byte| byte.is_ascii_digit()) => typed.parse().ok()?,
        None => return None,
    };
    (1..=MINUTES_MAX).contains(&minutes).then(|| Some(scene.after(minutes)))
}

fn answer_service(purpose: Purpose, choices: &Choices, typed: &str, scene: Scene<'_>) -> Answer {
    let chosen = |service: ServiceId| {
        Answer::Next(match purpose {
            Purpose::Transfer => Question::Who { service },
            Purpose::Deliver => Question::Count { service },
        })
    };
    let among = |services: Vec<ServiceId>| Answer::Next(Question::Service { purpose, choices: Choices::Services(services) });
    let is_place = !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
    match (typed, choices) {
        ("", Choices::Groups) if purpose == Purpose::Transfer => match &scene.view.ticket {
            Some(ticket) => chosen(ticket.service.clone()),
            None => scene.bad(typed),
        },
        ("", Choices::Groups | Choices::Services(_)) => scene.bad(typed),
        ("0", Choices::Services(_)) => Answer::Next(Question::Service { purpose, choices: Choices::Groups }),
        (_, Choices::Services(services)) if is_place => match nth(typed, services) {
            Some(service) => chosen(service),
            None => scene.bad(typed),
        },
        (_, Choices::Groups) if is_place => match nth(typed, scene.words.groups()) {
            Some(group) => among(scene.words.services(|service| service.group == group.id)),
            None => scene.bad(typed),
        },
        (_, Choices::Groups | Choices::Services(_)) => {
            let mut found = scene.words.services_like(typed);
            match found.len() {
                0 => scene.bad(typed),
                1 => chosen(found.remove(0)),
                count if count > SERVICES_SHOWN => Answer::Say(scene.words.with("counter-ask-many", "count", &count.to_string())),
                _ => among(found),
            }
        }
    }
}

fn answer_who(service: &ServiceId, typed: &str, scene: Scene<'_>) -> Result<Target, Answer> {
    let refused = |key: &str| Err(Answer::Say(scene.words.say(key)));
    if let Some(place) = typed.strip_prefix('*') {
        return nth(place, &pools_for(service, scene)).map(|pool| Target::Pool(pool.id.clone())).ok_or_else(|| scene.bad(typed));
    }
    match (typed, typed.parse().map(CounterId)) {
        ("", _) => Ok(Target::Anyone),
        ("0", _) => scene.view.counter.officer.clone().map(Target::Officer).ok_or_else(|| scene.bad(typed)),
        (_, Ok(counter)) => match scene.words.counters().iter().find(|entry| entry.counter == counter) {
            None => refused("refusal-unknown-counter"),
            Some(entry) if !entry.services.contains(service) => refused("refusal-service-not-at-counter"),
            Some(_) => Ok(Target::Counter(counter)),
        },
        (_, Err(_)) => Err(scene.bad(typed)),
    }
}

fn answer_about(number: TicketNumber, typed: &str, scene: Scene<'_>) -> Answer {
    if let Some(reason) = chosen_by(typed, &REASONS) {
        return Answer::Ask(Wish::new("call", json!({ "number": number, "reason": reason })));
    }
    let told = |key: &str| Some(scene.words.with(key, "number", &number.to_string()));
    if typed == "5" {
        return Answer::Ask(Wish { told: told("counter-returned"), ..Wish::new("/api/v1/returns", json!({ "number": number })) });
    }
    match chosen_by(typed, &CANCELS) {
        Some(reason) => {
            let body = json!({ "number": number, "reason": reason });
            Answer::Ask(Wish { told: told("counter-cancelled"), ..Wish::new("/api/v1/cancellations", body) })
        }
        None => scene.bad(typed),
    }
}

fn service_lines(purpose: Purpose, choices: &Choices, number: &str, scene: Scene<'_>) -> Vec<String> {
    let words = scene.words;
    let title = match purpose {
        Purpose::Transfer => words.with("counter-transfer-to", "number", number),
        Purpose::Deliver => words.with("counter-also-ask", "number", number),
    };
    match choices {
        Choices::Groups => {
            let groups = words.groups().iter().enumerate().map(|(at, group)| format!("[{}] {}", at + 1, words.text(&group.short)));
            let same = match purpose {
                Purpose::Transfer => Some(format!("[Enter] {}", words.say("counter-ask-same"))),
                Purpose::Deliver => None,
            };
            let choices: Vec<String> = same.into_iter().chain(groups).collect();
            vec![format!("{title} · {}", words.say("counter-ask-service")), choices.join("  ")]
        }
        Choices::Services(services) => {
            let services = services.iter().enumerate().map(|(at, service)| format!("  [{}] {}", at + 1, words.service(service)));
            let all = format!("[0] {}", words.say("counter-ask-service"));
            [title].into_iter().chain(services).chain([all]).collect()
        }
    }
}

/// What is likely also done: the ticket's own service once more, then what this counter does.
fn likely_besides(scene: Scene<'_>) -> Vec<ServiceId> {
    /// As many as one digit tells apart.
    const LIKELY: usize = 9;
    let own = scene.view.ticket.as_ref().map(|ticket| ticket.service.clone());
    let here = scene.words.counters().iter().find(|entry| entry.counter == scene.view.counter.counter);
    let others = here.iter().flat_map(|entry| &entry.services).filter(|service| Some(*service) != own.as_ref());
    own.iter().chain(others).take(LIKELY).cloned().collect()
}

fn pools_for(service: &ServiceId, scene: Scene<'_>) -> Vec<PoolEntry> {
    let serves = |counter: &CounterId| {
        let entry = scene.words.counters().iter().find(|entry| entry.counter == *counter);
        entry.is_some_and(|entry| entry.services.contains(service))
    };
    scene.words.pools().iter().filter(|pool| pool.counters.iter().any(serves)).cloned().collect()
}

/// Those who are not here, as one digit tells them apart.
fn away(view: &CounterView) -> Vec<TicketNumber> {
    view.held.iter().chain(&view.missed).take(9).map(|away| away.number).collect()
}

fn times(scene: Scene<'_>, open: &str) -> String {
    let choices = MINUTES.map(|(key, minutes)| format!("[{key}] {}", scene.time_in(minutes)));
    format!("{}  [0] {}  ({})", choices.join("  "), scene.words.say(open), scene.words.say("counter-ask-minutes"))
}

/// The letters of numbers, by the digit of each: a pad has no letters.
fn letters(words: &Words) -> String {
    let letters = words.groups().iter().take(9).enumerate().map(|(at, group)| format!("{} {}", at + 1, group.letter));
    letters.collect::<Vec<_>>().join(", ")
}

/// Returns the number that was typed: `k42` as on the slip, or `2042` with the digit of the letter K.
fn number_of(typed: &str, words: &Words) -> Option<TicketNumber> {
    let typed: String = typed.chars().filter(|character| !character.is_whitespace() && *character != '-').collect();
    let first = typed.chars().next()?;
    let digits = &typed[first.len_utf8()..];
    if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let letter = match first {
        '1'..='9' if digits.len() >= 3 => nth(&first.to_string(), words.groups())?.letter,
        'a'..='z' | 'A'..='Z' => first.to_ascii_uppercase(),
        _ => return None,
    };
    Some(TicketNumber { letter, number: digits.parse().ok()? })
}

/// Returns the choice at a place that was typed, counted from 1.
fn nth<T: Clone>(typed: &str, choices: &[T]) -> Option<T> {
    let place: usize = typed.parse().ok()?;
    choices.get(place.checked_sub(1)?).cloned()
}

fn chosen_by<T: Copy>(typed: &str, keys: &[(&str, T)]) -> Option<T> {
    keys.iter().find(|(key, _)| *key == typed).map(|(_, choice)| *choice)
}

fn chosen(is: bool) -> &'static str {
    if is { "*" } else { "" }
}

/// Returns numbers with those in a row drawn together: `2–6, 8`.
pub(crate) fn spans(counters: &[CounterId]) -> String {
    let mut numbers: Vec<u16> = counters.iter().map(|counter| counter.0).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let runs = numbers.chunk_by(|one, next| one.checked_add(1) == Some(*next));
    let runs = runs.map(|run| match run {
        [first, .., last] => format!("{first}–{last}"),
        run => run.iter().map(u16::to_string).collect(),
    });
    runs.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
