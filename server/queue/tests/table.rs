//! Every act in every state: allowed, or refused with a name. The table in `docs/acts.md` is what this finds;
//! `FOLENI_WRITE=1 cargo test -p queue --test table` writes it anew.

mod common;

use std::fmt::Write;

use common::{Bench, MINUTE, id, officer};
use protocol::{
    CancelReason, Class, CounterId, DeviceId, Language, MarkId, OutOfOrderReason, Outcome, PauseReason, Refusal, Standing, Target,
    TicketId, TicketNumber,
};
use queue::{Arrival, Command, Given, Policy};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/acts.md");
const HERE: CounterId = CounterId(1);

/// A hall as the officer at counter 1 finds it, and the ticket that the officer means.
type State = (&'static str, fn(&mut Bench) -> TicketId);

const STATES: [State; 12] = [
    ("before opening", |bench| {
        bench.ask(Command::CloseDay).expect("open");
        TicketId(99)
    }),
    ("counter closed", |bench| bench.issue("id")),
    ("another officer's", |bench| {
        bench.ask(Command::OpenCounter { counter: HERE, officer: officer(2) }).expect("closed");
        bench.issue("id")
    }),
    ("break", |bench| {
        bench.staff(1);
        bench.ask(Command::PauseCounter { counter: HERE, officer: officer(1), back_at: None, reason: PauseReason::Break }).expect("free");
        bench.issue("id")
    }),
    ("free, nobody waits", |bench| {
        bench.staff(1);
        TicketId(99)
    }),
    ("free, it waits", |bench| {
        bench.staff(1);
        bench.issue("id")
    }),
    ("called", |bench| {
        bench.staff(1);
        bench.issue("id");
        bench.next(1).expect("waiting")
    }),
    ("serving", |bench| {
        bench.staff(1);
        bench.issue("id");
        let ticket = bench.next(1).expect("waiting");
        bench.start(1, ticket).expect("called");
        ticket
    }),
    ("serving another", |bench| {
        let ticket = bench.issue("id");
        bench.staff(1);
        bench.issue_class("id", Class::Priority);
        bench.wait(1);
        let other = bench.next(1).expect("waiting");
        bench.start(1, other).expect("called");
        ticket
    }),
    ("it is held", |bench| {
        bench.staff(1);
        bench.issue("id");
        let ticket = bench.next(1).expect("waiting");
        bench.ask(Command::HoldTicket { counter: HERE, officer: officer(1), ticket, until: None, then_next: false }).expect("called");
        ticket
    }),
    ("it was missed", |bench| {
        bench.staff(1);
        bench.issue("id");
        let ticket = bench.next(1).expect("waiting");
        bench.no_show(1, ticket).expect("called");
        ticket
    }),
    ("it has ended", |bench| {
        bench.staff(1);
        bench.issue("id");
        let ticket = bench.next(1).expect("waiting");
        bench.start(1, ticket).expect("called");
        bench.finish(1, ticket, false).expect("serving");
        bench.wait(5);
        ticket
    }),
];

/// The acts, each as the officer of counter 1 asks for it about a ticket.
fn acts(bench: &Bench, ticket: TicketId) -> Vec<(&'static str, Command)> {
    let (counter, officer) = (HERE, officer(1));
    let number = bench.hall.ticket(ticket).map_or(TicketNumber { letter: 'J', number: 1 }, |ticket| ticket.number);
    let until = Some(bench.now.plus(10 * MINUTE));
    let then_next = false;
    vec![
        ("issue a ticket", Command::IssueTicket(Arrival::new(id("id"), Class::Standard, Language::En))),
        ("a kiosk asks for numbers", Command::ReserveNumbers { kiosk: kiosk(), book: 1 }),
        ("a kiosk hands over", Command::HandOver(handed_over(bench))),
        ("open the counter", Command::OpenCounter { counter, officer: officer.clone() }),
        ("close the counter", Command::CloseCounter { counter, officer: officer.clone() }),
        ("begin a break", Command::PauseCounter { counter, officer: officer.clone(), back_at: until, reason: PauseReason::Break }),
        ("end a break", Command::ResumeCounter { counter, officer: officer.clone() }),
        ("call the next", Command::CallNext { counter, officer: officer.clone() }),
        ("call it out of order", Command::CallTicket { counter, officer: officer.clone(), number, reason: OutOfOrderReason::Back }),
        ("recall", Command::Recall { counter, officer: officer.clone(), ticket }),
        ("start", Command::StartService { counter, officer: officer.clone(), ticket }),
        ("finish", Command::FinishService { counter, officer: officer.clone(), ticket, outcome: Some(Outcome::Served), then_next }),
        ("no-show", Command::NoShow { counter, officer: officer.clone(), ticket, then_next }),
        ("hold", Command::HoldTicket { counter, officer: officer.clone(), ticket, until, then_next }),
        (
            "transfer",
            Command::TransferTicket {
                counter,
                officer: officer.clone(),
                ticket,
                service: id("id"),
                to: Target::Anyone,
                standing: Standing::Kept,
                then_next,
            },
        ),
        ("undo", Command::Undo { counter, officer: officer.clone() }),
        ("it is back", Command::ReturnTicket { number }),
        ("give it up", Command::CancelTicket { number, reason: CancelReason::GivenUp }),
        ("give it priority", Command::SetPriority { number, priority: true }),
        ("mark it", Command::MarkTicket { number, mark: mark(), on: true }),
        ("note what was done", Command::Deliver { counter, officer: officer.clone(), ticket, service: id("id"), count: 2 }),
        ("take up yesterday's", Command::TakeUpReturn { number, language: Language::En }),
        ("time: the centre calls", Command::AutoCall { counter }),
        ("time: someone comes in", Command::Admit),
        ("time: the hold ends", Command::EndHold { ticket }),
        ("time: it lapses", Command::LapseTicket { ticket }),
        ("time: the counter was left", Command::ReleaseCounter { counter }),
        ("open the day", Command::OpenDay(common::day())),
        ("close the day", Command::CloseDay),
    ]
}

fn kiosk() -> DeviceId {
    DeviceId::new("kiosk-1").expect("a device's id")
}

/// What a kiosk gave while the server was away; its block is the day's first act.
fn handed_over(bench: &Bench) -> Given {
    Given {
        kiosk: DeviceId::new("kiosk-2").expect("a device's id"),
        number: TicketNumber { letter: 'J', number: 999 },
        date: common::day().date,
        arrival: Arrival::new(id("id"), Class::Standard, Language::En),
        at: bench.now,
        replaces: None,
    }
}

fn mark() -> MarkId {
    MarkId::new("interpreter").expect("a mark")
}

/// A hall with two counters for one service, and a mark.
fn open() -> Bench {
    let mut bench = Bench::with(Policy { marks: vec![mark()], ..common::policy(&[("id", 'J', 30)], &[&["id"], &["id"]]) });
    let kiosk = DeviceId::new("kiosk-2").expect("a device's id");
    bench.ask(Command::ReserveNumbers { kiosk, book: 1 }).expect("nothing is held");
    bench
}

#[test]
fn every_act_in_every_state_is_allowed_or_has_a_named_refusal() {
    let mut rows: Vec<(&str, Vec<Result<(), Refusal>>)> = Vec::new();
    for (_, make) in STATES {
        let mut bench = open();
        let ticket = make(&mut bench);
        for (at, (name, command)) in acts(&bench, ticket).into_iter().enumerate() {
            if rows.len() <= at {
                rows.push((name, Vec::new()));
            }
            // What is allowed is also done, with every invariant checked after it.
            let mut fresh = open();
            make(&mut fresh);
            rows[at].1.push(fresh.ask(command).map(drop));
        }
    }
    let table = written(&rows);
    if std::env::var_os("FOLENI_WRITE").is_some() {
        std::fs::write(FILE, &table).expect("docs can be written");
    }
    let known = std::fs::read_to_string(FILE).expect("the table is in docs");
    assert!(known == table, "docs/acts.md is not what the core does; write it anew with FOLENI_WRITE=1 and read the change:\n{table}");
}

fn written(rows: &[(&str, Vec<Result<(), Refusal>>)]) -> String {
    let mut text = String::from(
        "# Acts and states\n\nWhat the officer of a counter can do with a ticket, and what time can, in each state: `yes`, or the code of the refusal. Written by\n\
         `FOLENI_WRITE=1 cargo test -p queue --test table`, which also does each act that is allowed and checks every invariant after it.\n\n| act |",
    );
    for (state, _) in STATES {
        write!(text, " {state} |").expect("text grows");
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(STATES.len()));
    text.push('\n');
    for (name, answers) in rows {
        write!(text, "| {name} |").expect("text grows");
        for answer in answers {
            let told = match answer {
                Ok(()) => "**yes**",
                Err(refusal) => refusal.code(),
            };
            write!(text, " {told} |").expect("text grows");
        }
        text.push('\n');
    }
    text
}
