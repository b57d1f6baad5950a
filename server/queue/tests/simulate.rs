//! Whole days of centres of every size, played by the core and by a second, simpler model of the hall at once: after every command
//! both must agree on whether it is granted, on whom it called, and on where everybody stands.
//!
//! `FOLENI_SEED=n` plays one seed, `FOLENI_DAYS=n` so many days, `FOLENI_VISITORS=n` bounds how many come. At length:
//! `FOLENI_DAYS=5000 FOLENI_VISITORS=3000 cargo test --release -p queue --test simulate -- --nocapture`

mod model;

use std::collections::BTreeSet;

use model::town::Town;
use model::words::{self, Diary};
use model::{Done, Model};
use protocol::{Seq, Time};
use queue::{Command, Event, Hall, Recorded};

#[test]
fn the_core_and_a_second_model_agree_on_whole_days() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let days = number("FOLENI_DAYS").unwrap_or(40);
    let largest = number("FOLENI_VISITORS").and_then(|visitors| u32::try_from(visitors).ok()).unwrap_or(600);
    let seeds = number("FOLENI_SEED").map_or(0..days, |seed| seed..seed + 1);
    let started = std::time::Instant::now();
    let (mut played, mut commands, mut granted, mut tickets) = (0, 0, 0, 0);
    let mut kinds = BTreeSet::new();
    for seed in seeds {
        let mut both = Both::play(seed, largest);
        kinds.append(&mut both.kinds);
        played += both.days;
        commands += both.commands;
        granted += both.granted;
        tickets += both.tickets;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{played} days, {tickets} tickets, {commands} commands, {granted} granted, core and model agree after each: {seconds:.1} s, \
         {:.0} days an hour",
        played as f64 * 3_600.0 / seconds
    );
    if played >= 40 {
        assert!(granted * 5 > commands, "much of what is asked makes sense: {granted} of {commands}");
        for kind in KINDS {
            assert!(kinds.contains(kind), "no day had {kind}");
        }
    }
}

/// What all days together must hold, so that they show something.
const KINDS: [&str; 30] = [
    "ReserveNumbers",
    "HandOver",
    "TakeUpReturn",
    "MarkTicket",
    "Deliver",
    "AutoCall",
    "Admit",
    "OpenDay",
    "CloseDay",
    "IssueTicket",
    "OpenCounter",
    "CloseCounter",
    "PauseCounter",
    "ResumeCounter",
    "CallNext",
    "Recall",
    "StartService",
    "FinishService",
    "NoShow",
    "CallTicket",
    "HoldTicket",
    "TransferTicket",
    "ReturnTicket",
    "CancelTicket",
    "SetPriority",
    "Undo",
    "EndHold",
    "LapseTicket",
    "ReleaseCounter",
    "SuspendServices",
];

/// The core and the second model side by side.
struct Both {
    seed: u64,
    hall: Hall,
    model: Model,
    now: Time,
    diary: Diary,
    journal: Vec<Recorded>,
    days: u64,
    commands: u64,
    granted: u64,
    tickets: u64,
    /// The kinds of commands that were granted.
    kinds: BTreeSet<String>,
}

impl Both {
    /// Plays a town's days: most have one, some go on with the next.
    fn play(seed: u64, largest: u32) -> Both {
        let mut town = Town::new(seed, largest);
        let (hall, model) = (Hall::new(town.rules.clone()), Model::new(town.rules.clone()));
        let (diary, journal) = (Diary::default(), Vec::new());
        let (now, kinds) = (town.day(0).tickets_from, BTreeSet::new());
        let mut both = Both { seed, hall, model, now, diary, journal, days: 0, commands: 0, granted: 0, tickets: 0, kinds };
        for day in 0..=i64::from(seed.is_multiple_of(4)) {
            town.sleep();
            both.now = both.now.max(town.day(day).tickets_from);
            both.ask(&Command::OpenDay(town.day(day)));
            while both.model.day.is_some() {
                both.now = both.now.plus(town.tick);
                both.time_asks();
                for wish in town.wishes(&both.model, both.now) {
                    both.ask(&wish);
                }
            }
            both.the_journal_is_all_there_is();
            both.days += 1;
        }
        both
    }

    /// Lets time ask for what it wants, not too early and not too late.
    fn time_asks(&mut self) {
        while let Some(command) = self.hall.overdue(self.now) {
            let due = self.hall.next_deadline();
            if due.is_none_or(|due| due > self.now) {
                self.fail(&format!("{command:?} is overdue, but the next deadline is {due:?}"));
            }
            if let Some(early) = self.model.too_early(&command, self.now) {
                self.fail(&format!("time asks too early, {early}: {command:?}"));
            }
            if !self.ask(&command) {
                self.fail(&format!("time asks for what is refused: {command:?}"));
            }
        }
        if let Some(overlooked) = self.model.overlooked(self.now) {
            self.fail(&format!("time has overlooked something: {overlooked}"));
        }
    }

    fn ask(&mut self, command: &Command) -> bool {
        self.commands += 1;
        let said = words::said(command, &self.hall);
        let ours = self.model.ask(command, self.now);
        let decided = self.hall.decide(command, self.now);
        let answer = match &decided {
            Ok(events) => done(events).called.map_or("yes".into(), |called| format!("yes, ticket {called} is called")),
            Err(refusal) => format!("no, {}", refusal.code()),
        };
        let midnight = self.model.day.as_ref().map_or(Time(0), |day| day.midnight);
        self.diary.note(format!("{}  {said}: {answer}", words::hour(self.now, midnight)));
        let theirs = decided.as_ref().ok().map(|events| done(events));
        if ours != theirs {
            self.fail(&format!("the core says {theirs:?} ({answer}), the second model {ours:?}"));
        }
        let Ok(events) = decided else { return false };
        self.granted += 1;
        self.kinds.insert(format!("{command:?}").chars().take_while(char::is_ascii_alphanumeric).collect());
        self.tickets += u64::from(done(&events).issued.is_some());
        for event in events {
            let recorded = Recorded { seq: Seq(self.hall.seq().0 + 1), at: self.now, event };
            self.hall.apply(&recorded);
            self.journal.push(recorded);
        }
        if let Err(violation) = self.hall.check() {
            self.fail(&format!("the core breaks its own rule: {violation}"));
        }
        if let Some(difference) = self.model.differs(&self.hall) {
            self.fail(&format!("after this, the core differs in {difference}"));
        }
        true
    }

    fn the_journal_is_all_there_is(&mut self) {
        let mut again = Hall::new(self.hall.policy().clone());
        self.journal.iter().for_each(|recorded| again.apply(recorded));
        if format!("{again:?}") != format!("{:?}", self.hall) {
            self.fail("folded from its journal the hall is another");
        }
        if let Some(difference) = self.model.ends_differ(&self.hall) {
            self.fail(&format!("at the end of the day, the core differs in {difference}"));
        }
    }

    fn fail(&self, wrong: &str) -> ! {
        self.diary.fail(self.seed, wrong)
    }
}

/// Returns what events say of a ticket issued or called.
fn done(events: &[Event]) -> Done {
    let mut done = Done::default();
    for event in events {
        match event {
            Event::TicketIssued(issued) => done.issued = Some((issued.ticket, issued.number)),
            Event::TicketCalled(called) => done.called = Some(called.ticket),
            _ => {}
        }
    }
    done
}
