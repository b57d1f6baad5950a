//! Each question, from its first line to what it asks of the server.

use protocol::Language;
use protocol::view::Catalogue;

use super::*;

/// 08:01:30 at the centre.
const NOW: Time = Time((5 * 60 + 1) * MINUTE + 30_000);

#[test]
fn a_short_break_is_one_answer_and_lunch_is_two() {
    let short = Question::Break { reason: PauseReason::Break };
    assert_eq!(asks(&short, "1"), ("pause", json!({ "reason": "break", "back_at": at(8, 12) })));
    assert_eq!(asks(&short, "0"), ("pause", json!({ "reason": "break", "back_at": null })));
    let lunch = next(&short, "6");
    assert!(shown(&lunch).contains("[6] *Lunch") && shown(&lunch).contains("[3] 08:32"), "{}", shown(&lunch));
    assert_eq!(asks(&lunch, ""), ("pause", json!({ "reason": "lunch", "back_at": at(8, 32) })));
    assert_eq!(asks(&lunch, "45"), ("pause", json!({ "reason": "lunch", "back_at": at(8, 47) })));
    assert_eq!(asks(&next(&short, "9"), ""), ("pause", json!({ "reason": "technical", "back_at": null })));
}

#[test]
fn an_errand_is_until_a_time_or_until_the_citizen_is_back() {
    let held = |until: Value| ("hold", json!({ "ticket": 42, "until": until, "then_next": false }));
    assert_eq!(asks(&Question::Hold, "0"), held(Value::Null));
    assert_eq!(asks(&Question::Hold, "3"), held(json!(at(8, 32))));
    assert_eq!(asks(&Question::Hold, "05"), held(json!(at(8, 7))));
    for bad in ["", "5", "-5", "00", "481", "9999999999999999999999", "x"] {
        assert!(refused(&Question::Hold, bad).contains("Not understood"), "{bad}");
    }
}

#[test]
fn a_ticket_is_sent_on_with_the_keys_of_a_pad_alone() {
    let who = next(&next(&begin(Purpose::Transfer), "2"), "1");
    assert_eq!(who, Question::Who { service: service("licence") });
    assert!(shown(&who).contains("[*1] Road desks (16–17)"), "{}", shown(&who));
    assert_eq!(asks(&next(&who, ""), ""), sent("licence", json!("anyone"), "kept"));
    assert_eq!(asks(&next(&who, "17"), "2"), sent("licence", json!({ "counter": 17 }), "front"));
    assert_eq!(asks(&next(&who, "*1"), "3"), sent("licence", json!({ "pool": "roads" }), "end"));
    assert_eq!(asks(&next(&who, "0"), "1"), sent("licence", json!({ "officer": "amina" }), "kept"));
    assert!(refused(&who, "99").contains("no such counter"));
    assert!(refused(&who, "7").contains("does not give this service"));
    assert!(refused(&who, "*2").contains("Not understood"), "the other pool has no counter for it");
    assert!(refused(&next(&who, ""), "4").contains("Not understood"));
}

#[test]
fn a_service_is_found_by_its_name_too_and_enter_keeps_it() {
    assert_eq!(next(&begin(Purpose::Transfer), ""), Question::Who { service: service("birth") });
    assert_eq!(next(&begin(Purpose::Transfer), "UDEREVA"), Question::Who { service: service("licence") });
    let two = next(&begin(Purpose::Transfer), "cheti");
    assert_eq!(next(&two, "2"), Question::Who { service: service("death") });
    assert!(refused(&two, "3").contains("Not understood"));
    assert!(refused(&begin(Purpose::Transfer), "zebra").contains("Not understood"));
    assert!(refused(&begin(Purpose::Transfer), "3").contains("Not understood"), "there are two groups");
}

#[test]
fn what_was_also_done_is_counted_from_what_is_noted() {
    let begun = begin(Purpose::Deliver);
    assert!(shown(&begun).contains("[1] Birth certificate") && shown(&begun).contains("[2] Death certificate"), "{}", shown(&begun));
    let count = next(&begun, "1");
    assert_eq!(asks(&count, ""), ("deliver", json!({ "ticket": 42, "service": "birth", "count": 3 })), "two are noted");
    assert_eq!(asks(&count, "0"), ("deliver", json!({ "ticket": 42, "service": "birth", "count": 0 })));
    assert!(refused(&count, "100").contains("Not understood") && refused(&count, "many").contains("Not understood"));
    assert_eq!(next(&next(&next(&begun, "0"), "2"), "1"), Question::Count { service: service("licence") });
    assert!(refused(&begun, "").contains("Not understood"));
}

#[test]
fn a_number_is_typed_as_written_or_with_the_digit_of_its_letter() {
    let about = |typed: &str| match next(&Question::Number, typed) {
        Question::About { number } => number.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(shown(&Question::Number).contains("1 L, 2 V"), "{}", shown(&Question::Number));
    assert_eq!([about("L042"), about("l42"), about("v-7"), about("1042"), about("2007")], ["L042", "L042", "V007", "L042", "V007"]);
    assert_eq!(about("1"), "L033", "the first of those who are away");
    for bad in ["", "42", "042", "9042", "L", "L123456", "é42", "L4x", "2"] {
        assert!(refused(&Question::Number, bad).contains("Not understood"), "{bad}");
    }
}

#[test]
fn a_ticket_by_its_number_is_called_with_a_reason_or_comes_back_or_ends() {
    let about = Question::About { number: "V007".parse().expect("a number") };
    assert_eq!(asks(&about, "1"), ("call", json!({ "number": "V007", "reason": "back" })));
    assert_eq!(asks(&about, "4"), ("call", json!({ "number": "V007", "reason": "supervisor" })));
    assert_eq!(asks(&about, "5"), ("/api/v1/returns", json!({ "number": "V007" })));
    assert_eq!(asks(&about, "6"), ("/api/v1/cancellations", json!({ "number": "V007", "reason": "given_up" })));
    assert_eq!(asks(&about, "7"), ("/api/v1/cancellations", json!({ "number": "V007", "reason": "mistake" })));
    assert!(refused(&about, "").contains("Not understood"), "nothing ends by Enter alone");
}

#[test]
fn a_mark_is_put_on_and_taken_off_by_the_same_key() {
    assert!(shown(&Question::Marks).contains("[1] *Needs an interpreter  [2] Waiting card given"), "{}", shown(&Question::Marks));
    assert_eq!(asks(&Question::Marks, "1"), ("/api/v1/marks", json!({ "number": "L042", "mark": "interpreter", "on": false })));
    assert_eq!(asks(&Question::Marks, "2"), ("/api/v1/marks", json!({ "number": "L042", "mark": "waiting-card", "on": true })));
    assert!(refused(&Question::Marks, "3").contains("Not understood"));
}

#[test]
fn an_appointment_of_a_slip_is_confirmed_or_withdrawn() {
    assert!(shown(&Question::Class).contains("[1] Confirm appointment  [2] Withdraw appointment"), "{}", shown(&Question::Class));
    assert_eq!(asks(&Question::Class, "1"), ("/api/v1/priorities", json!({ "number": "L042", "priority": true })));
    assert_eq!(asks(&Question::Class, "2"), ("/api/v1/priorities", json!({ "number": "L042", "priority": false })));
    assert!(refused(&Question::Class, "3").contains("Not understood"));
}

#[test]
fn a_journey_that_goes_on_is_told_and_one_that_ends_is_not() {
    let told = |outcome| with_scene(|scene| finish(outcome, true, scene).told);
    assert_eq!(told(Outcome::Served), Some("L042 keeps the ticket and goes on to Driving licence. Counters: 16–17".to_owned()));
    assert_eq!(told(Outcome::SystemDown), None);
}

#[test]
fn every_question_has_words_in_both_languages_and_a_way_out() {
    let number = "V007".parse().expect("a number");
    let asked = [
        Question::Break { reason: PauseReason::Lunch },
        Question::Hold,
        begin(Purpose::Transfer),
        begin(Purpose::Deliver),
        Question::Who { service: service("birth") },
        Question::Standing { service: service("birth"), to: Target::Anyone },
        Question::Count { service: service("birth") },
        Question::Number,
        Question::About { number },
        Question::Marks,
        Question::Class,
        Question::Outcome { then_next: true },
    ];
    for (language, way_out) in [(Language::En, "[.] Leave it"), (Language::Sw, "[.] Acha")] {
        for question in &asked {
            let view = view();
            let words = Words::new(language, Some(catalogue()));
            let lines = question.lines(Scene { words: &words, view: &view, opened: NOW }).join("\n");
            assert!(lines.ends_with(way_out), "{lines}");
            assert!(["counter-", "refusal-", "pause-", "{$"].iter().all(|left| !lines.contains(left)), "{lines}");
        }
    }
}

#[test]
fn counters_in_a_row_are_said_together() {
    let said = |numbers: &[u16]| spans(&numbers.iter().map(|number| CounterId(*number)).collect::<Vec<_>>());
    assert_eq!([said(&[]), said(&[7]), said(&[5, 2, 3, 4, 8, 8])], ["", "7", "2–5, 8"]);
}

fn begin(purpose: Purpose) -> Question {
    with_scene(|scene| Question::service(purpose, scene))
}

fn answer(question: &Question, typed: &str) -> Answer {
    with_scene(|scene| question.answer(typed, scene))
}

fn asks(question: &Question, typed: &str) -> (&'static str, Value) {
    match answer(question, typed) {
        Answer::Ask(Wish { path, body, told: _ }) => (path, body),
        other => panic!("{typed} leads to {other:?}"),
    }
}

fn next(question: &Question, typed: &str) -> Question {
    match answer(question, typed) {
        Answer::Next(question) => question,
        other => panic!("{typed} leads to {other:?}"),
    }
}

fn refused(question: &Question, typed: &str) -> String {
    match answer(question, typed) {
        Answer::Say(words) => words,
        other => panic!("{typed} leads to {other:?}"),
    }
}

fn shown(question: &Question) -> String {
    with_scene(|scene| question.lines(scene).join("\n"))
}

fn sent(service: &str, to: Value, standing: &str) -> (&'static str, Value) {
    ("transfer", json!({ "ticket": 42, "service": service, "to": to, "standing": standing, "then_next": false }))
}

fn at(hour: i64, minute: i64) -> i64 {
    ((hour - 3) * 60 + minute) * MINUTE
}

fn service(id: &str) -> ServiceId {
    ServiceId::new(id).expect("an id")
}

fn with_scene<T>(look: impl FnOnce(Scene<'_>) -> T) -> T {
    look(Scene { words: &Words::new(Language::En, Some(catalogue())), view: &view(), opened: NOW })
}

fn view() -> CounterView {
    let ticket = json!({
        "ticket": 42, "number": "L042", "service": "birth", "class": "appointment", "classed": false, "booked_at": 0, "language": "sw",
        "stage": "serving", "since": 0, "recalls": 0, "issued_at": 0, "waited": 600_000, "promise": 1_800_000, "usual": 300_000,
        "why": "first", "marks": ["interpreter"], "delivered": [{ "service": "birth", "count": 2 }], "then": ["licence"],
    });
    let view = json!({
        "counter": { "counter": 7, "state": "open", "officer": "amina", "since": 0, "back_at": null }, "ticket": ticket, "queue": [],
        "waiting": 3, "held": [{ "number": "L033", "service": "birth", "since": 0, "until": null }], "missed": [], "suspended": [],
        "my_day": { "finished": 1, "typical": null, "called": 2, "within": 2 },
    });
    serde_json::from_value(view).expect("a view")
}

fn catalogue() -> Catalogue {
    let text = |en: &str, sw: &str| json!({ "en": en, "sw": sw });
    let service = |id: &str, agency: &str, group: &str, name: Value| {
        json!({
            "id": id, "agency": agency, "group": group, "name": name, "icon": "id", "fee_kes": 200, "fee_note": null, "documents": [],
            "turnaround": null, "popular": false, "collection": false, "keywords": [], "promise_minutes": 30,
        })
    };
    let group = |id: &str, letter: char, name: Value| json!({ "id": id, "name": name, "short": name, "icon": "id", "letter": letter });
    let agency = |code: &str, group: &str, name: Value| json!({ "code": code, "name": name, "short": name, "group": group, "icon": "id" });
    let counter = |number: u16, services: &[&str]| json!({ "counter": number, "zone": "hall", "direction": null, "label": text("Desk", "Dawati"), "services": services });
    let catalogue = json!({
        "centre": "Huduma Centre Test", "centre_short": "Test", "languages": ["sw", "en"], "utc_offset_minutes": 180, "opens": "07:00",
        "closes": "19:00", "zones": [],
        "groups": [group("civil", 'L', text("Certificates", "Vyeti")), group("roads", 'V', text("Roads", "Barabara"))],
        "agencies": [agency("CRS", "civil", text("Civil registration", "Usajili")), agency("NTSA", "roads", text("Transport", "Usafiri"))],
        "services": [
            service("birth", "CRS", "civil", text("Birth certificate", "Cheti cha kuzaliwa")),
            service("death", "CRS", "civil", text("Death certificate", "Cheti cha kifo")),
            service("licence", "NTSA", "roads", text("Driving licence", "Leseni ya udereva")),
        ],
        "counters": [counter(7, &["birth", "death"]), counter(16, &["licence"]), counter(17, &["licence"])],
        "pools": [
            { "id": "civil", "name": text("Civil desks", "Kaunta za vyeti"), "counters": [7] },
            { "id": "roads", "name": text("Road desks", "Kaunta za barabara"), "counters": [16, 17] },
        ],
        "marks": [
            { "id": "interpreter", "name": text("Needs an interpreter", "Anahitaji mkalimani") },
            { "id": "waiting-card", "name": text("Waiting card given", "Kadi ya kusubiri imetolewa") },
        ],
    });
    serde_json::from_value(catalogue).expect("a catalogue")
}
