//! A simulated day in plain words, for whoever reads why it failed.

use std::collections::VecDeque;

use protocol::Time;
use queue::{Arrival, Command, Hall};

/// The last lines of a day.
#[derive(Clone, Debug, Default)]
pub struct Diary {
    lines: VecDeque<String>,
}

impl Diary {
    /// What a reader still looks at.
    const KEPT: usize = 30;

    pub fn note(&mut self, line: String) {
        if self.lines.len() == Self::KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// Ends the test with the seed, what is wrong, and how it came to that.
    pub fn fail(&self, seed: u64, wrong: &str) -> ! {
        let lines: Vec<&str> = self.lines.iter().map(String::as_str).collect();
        panic!("FOLENI_SEED={seed}: {wrong}\nThe last {} lines of the day:\n{}", lines.len(), lines.join("\n"));
    }
}

/// Returns a time of the day that began at `midnight`, to the second.
pub fn hour(time: Time, midnight: Time) -> String {
    let seconds = (time.0 - midnight.0).div_euclid(1_000);
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Returns what is asked, as one would say it; `hall` is asked for the numbers of tickets.
pub fn said(command: &Command, hall: &Hall) -> String {
    let number = |ticket: &protocol::TicketId| {
        hall.ticket(*ticket).map_or_else(|| format!("the gone ticket {ticket}"), |ticket| ticket.number.to_string())
    };
    let then = |next: &bool| if *next { ", then the next" } else { "" };
    match command {
        Command::OpenDay(day) => format!("the day {} is to open", day.date),
        Command::CloseDay => "the day is to close".into(),
        Command::IssueTicket(Arrival { service, class, clock_start, then, .. }) => {
            let clock = clock_start.map_or_else(String::new, |clock| format!(" with a clock from {}", clock.0));
            format!("a citizen asks for {service} ({class:?}){clock}, {} to follow", then.len())
        }
        Command::OpenCounter { counter, officer, .. } => format!("{officer} comes to counter {counter}"),
        Command::CloseCounter { counter, officer, .. } => format!("{officer} leaves counter {counter}"),
        Command::PauseCounter { counter, officer, .. } => format!("{officer} begins a break at counter {counter}"),
        Command::ResumeCounter { counter, officer, .. } => format!("{officer} is back at counter {counter}"),
        Command::CallNext { counter, officer, .. } => format!("{officer} at counter {counter} calls the next"),
        Command::Recall { counter, ticket, .. } => format!("counter {counter} calls {} again", number(ticket)),
        Command::StartService { counter, ticket, .. } => format!("{} is at counter {counter}", number(ticket)),
        Command::FinishService { counter, ticket, outcome, then_next, .. } => {
            format!("counter {counter} finishes {}: {outcome:?}{}", number(ticket), then(then_next))
        }
        Command::NoShow { counter, ticket, then_next, .. } => {
            format!("{} did not come to counter {counter}{}", number(ticket), then(then_next))
        }
        Command::CallTicket { counter, number, .. } => format!("counter {counter} calls {number} out of order"),
        Command::HoldTicket { counter, ticket, until, then_next, .. } => {
            let until = if until.is_some() { " for a time" } else { "" };
            format!("counter {counter} sends {} on an errand{until}{}", number(ticket), then(then_next))
        }
        Command::TransferTicket { counter, ticket, service, to, standing, then_next, .. } => {
            format!("counter {counter} sends {} on to {service}, {to:?}, {standing:?}{}", number(ticket), then(then_next))
        }
        Command::ReturnTicket { number, .. } => format!("{number} says it is back"),
        Command::CancelTicket { number, .. } => format!("{number} is given up"),
        Command::SetPriority { number, priority, .. } => format!("an officer says of the priority of {number}: {priority}"),
        Command::Undo { counter, officer, .. } => format!("{officer} at counter {counter} takes the last act back"),
        Command::EndHold { ticket } => format!("time ends the errand of {}", number(ticket)),
        Command::LapseTicket { ticket } => format!("time gives {} up", number(ticket)),
        Command::ReleaseCounter { counter } => format!("time closes the forgotten counter {counter}"),
        Command::SuspendServices { agency, service, .. } => format!("{agency} is suspended, {service:?}"),
        Command::ResumeServices { agency, service, .. } => format!("{agency} goes on, {service:?}"),
        Command::TakeUpReturn { number, .. } => format!("whoever held {number} yesterday comes again"),
        Command::MarkTicket { number, mark, on } => format!("{number} is marked {mark}: {on}"),
        Command::Deliver { counter, ticket, service, count, .. } => {
            format!("counter {counter} has also done {service} {count} times for {}", number(ticket))
        }
        Command::ReserveNumbers { kiosk, book } => format!("{kiosk} asks for numbers for its book {book}"),
        Command::HandOver(given) => {
            let replaces = given.replaces.map_or_else(String::new, |ticket| format!(" in place of {}", number(&ticket)));
            format!("{} hands over {} of {}, given at {}{replaces}", given.kiosk, given.number, given.date, given.at.0)
        }
        Command::AutoCall { counter } => format!("time calls for the idle officer at counter {counter}"),
        Command::Admit => "time lets in who waits outside".into(),
    }
}
