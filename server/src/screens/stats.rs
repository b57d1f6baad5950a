//! The figures of the day: a second fold over the same events, for boards and officers.
//!
//! Definitions: a *wait* is from the start of a ticket's clock to its first call; *within* means not longer than the
//! promise of its service and class; a *visit* is from its call to its end at the counter.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use protocol::view::{CALLS_SHOWN, CallStage, CallView, HistoryPoint};
use protocol::{Act, CallNumber, CounterId, Language, OfficerId, ServiceId, TicketId, TicketNumber, Time, ZoneId};
use queue::{Event, Hall, Recorded, Stage};

use super::notices::Notices;
use crate::priority::Load;

/// Missed numbers are shown this long, milliseconds.
const MISSED_SHOWN: i64 = 30 * protocol::time::MINUTE;
/// Numbers that may come in are shown this long, milliseconds.
const ADMITTED_SHOWN: i64 = 5 * protocol::time::MINUTE;
/// More than any display shows.
const ADMITTED_KEPT: usize = 32;
/// One point of the day's course each so many milliseconds.
const HISTORY_STEP: i64 = 10 * protocol::time::MINUTE;

/// The figures of the day.
#[derive(Default)]
pub struct Stats {
    /// By service.
    pub services: BTreeMap<ServiceId, ServiceStats>,
    /// By officer.
    pub officers: BTreeMap<OfficerId, OfficerStats>,
    /// The latest calls by zone, newest first.
    pub calls: BTreeMap<ZoneId, VecDeque<CallView>>,
    /// Missed tickets, newest first.
    pub missed: VecDeque<Missed>,
    /// Tickets that were called in from outside, newest first.
    pub admitted: VecDeque<Admitted>,
    /// Why each ticket was called last.
    pub why: BTreeMap<TicketId, queue::Why>,
    /// The course of the day.
    pub history: Vec<HistoryPoint>,
    /// What was asked for, by class.
    pub load: Load,
    /// What the hall is told of suspensions.
    pub notices: Notices,
    /// Tickets that were called today: a ticket put back and called again waited once.
    called: BTreeSet<TicketId>,
}

/// A ticket that was called in from outside.
pub struct Admitted {
    /// Its number.
    pub number: TicketNumber,
    /// When.
    pub at: Time,
}

/// A ticket that was called and did not come.
pub struct Missed {
    /// Its number.
    pub number: TicketNumber,
    /// When it was given up.
    pub at: Time,
}

/// One service's figures.
#[derive(Default)]
pub struct ServiceStats {
    /// Waits until the first call.
    pub waits: Spread,
    /// First calls.
    pub called: u32,
    /// Of these within the promise.
    pub within: u32,
    /// Visits finished.
    pub finished: u32,
    /// Tickets missed.
    pub missed: u32,
}

/// One officer's figures.
#[derive(Default)]
pub struct OfficerStats {
    /// Visits.
    pub visits: Spread,
    /// Calls.
    pub called: u32,
    /// Of these within the promise.
    pub within: u32,
}

/// How durations are spread, counted by the second: any quantile without keeping each one.
#[derive(Clone, Default)]
pub struct Spread {
    seconds: BTreeMap<i64, u32>,
    count: u32,
}

impl Spread {
    /// Counts one duration, milliseconds.
    pub fn add(&mut self, milliseconds: i64) {
        *self.seconds.entry(milliseconds / 1_000).or_default() += 1;
        self.count += 1;
    }

    /// Takes one counted duration back.
    pub fn remove(&mut self, milliseconds: i64) {
        let second = milliseconds / 1_000;
        let Some(count) = self.seconds.get_mut(&second) else { return };
        *count -= 1;
        if *count == 0 {
            self.seconds.remove(&second);
        }
        self.count -= 1;
    }

    /// Counts all of another's.
    pub fn merge(&mut self, other: &Spread) {
        for (second, count) in &other.seconds {
            *self.seconds.entry(*second).or_default() += count;
        }
        self.count += other.count;
    }

    /// Returns how many were counted.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Returns the nearest-rank quantile in milliseconds, to the second; nothing when none was counted.
    pub fn quantile(&self, percent: u32) -> Option<i64> {
        let rank = (u64::from(self.count) * u64::from(percent)).div_ceil(100).max(1);
        let mut seen = 0;
        self.seconds.iter().find_map(|(second, count)| {
            seen += u64::from(*count);
            (seen >= rank).then_some(second * 1_000)
        })
    }
}

impl Stats {
    /// Counts one event. `before` is the hall before it.
    pub fn apply(&mut self, before: &Hall, recorded: &Recorded) {
        let at = recorded.at;
        self.note_history(before, at);
        self.load.apply(before, recorded);
        self.notices.apply(before, recorded);
        match &recorded.event {
            Event::DayOpened { .. } => *self = Stats::default(),
            Event::TicketCalled(called) => {
                self.count_call(before, called);
                self.why.insert(called.ticket, called.why.clone());
                self.missed.retain(|missed| missed.number != called.number);
                let (ticket, language) = (called.ticket, called.language);
                self.announce(
                    before,
                    Announced { call: called.call, ticket, number: called.number, counter: called.counter, language, recall: 0 },
                    at,
                );
            }
            Event::TicketRecalled { call, ticket, number, counter, language } => {
                let recall = before.ticket(*ticket).map_or(0, recalls) + 1;
                let announced = Announced { call: *call, ticket: *ticket, number: *number, counter: *counter, language: *language, recall };
                self.announce(before, announced, at);
            }
            Event::ServiceStarted { ticket, .. } => self.mark(*ticket, CallStage::Serving),
            Event::ServiceFinished { ticket, counter, .. } => {
                self.count_finished(before, *ticket, *counter, at);
                self.mark(*ticket, CallStage::Over);
            }
            Event::TicketMissed { ticket, .. } => {
                self.count_missed(before, *ticket, at);
                self.mark(*ticket, CallStage::Over);
            }
            Event::TicketReturned { ticket, .. } => self.mark(*ticket, CallStage::Over),
            Event::TicketTransferred { ticket, counter, .. } => {
                self.count_visit(before, *ticket, *counter, at);
                self.mark(*ticket, CallStage::Over);
            }
            Event::TicketHeld { ticket, .. } => self.mark(*ticket, CallStage::Over),
            Event::TicketBack { ticket, .. } | Event::TicketLapsed { ticket } | Event::TicketCancelled { ticket, .. } => {
                self.no_longer_missed(before, *ticket);
            }
            Event::TicketAdmitted { number, .. } => {
                self.admitted.push_front(Admitted { number: *number, at });
                self.admitted.truncate(ADMITTED_KEPT);
            }
            Event::ActUndone { counter, withdrawn, .. } => self.undo(before, *counter, *withdrawn),
            Event::DayClosed { .. }
            | Event::TicketClassed { .. }
            | Event::TicketMarked { .. }
            | Event::ServiceDelivered { .. }
            | Event::TicketIssued(_)
            | Event::NumbersReserved { .. }
            | Event::NumberLeft { .. }
            | Event::CounterOpened { .. }
            | Event::CounterClosed { .. }
            | Event::CounterPaused { .. }
            | Event::CounterResumed { .. }
            | Event::TicketClosed { .. }
            | Event::ServicesSuspended { .. }
            | Event::ServicesResumed { .. } => {}
        }
    }

    /// Returns the numbers missed lately, newest first.
    pub fn missed_lately(&self, now: Time) -> impl Iterator<Item = &Missed> {
        self.missed.iter().take_while(move |missed| now.since(missed.at) <= MISSED_SHOWN)
    }

    /// Returns the numbers called in lately, newest first.
    pub fn admitted_lately(&self, now: Time) -> impl Iterator<Item = TicketNumber> {
        self.admitted.iter().take_while(move |admitted| now.since(admitted.at) <= ADMITTED_SHOWN).map(|admitted| admitted.number)
    }

    fn count_call(&mut self, hall: &Hall, called: &queue::Called) {
        let Some(ticket) = hall.ticket(called.ticket).filter(|ticket| self.called.insert(ticket.id)) else { return };
        let service = hall.services()[ticket.service].policy.id.clone();
        // A head start is given, not waited.
        let waited = called.why.waited - hall.promise(ticket).head_start;
        let within = u32::from(waited <= called.why.promise);
        let figures = self.services.entry(service).or_default();
        figures.waits.add(waited.max(0));
        figures.called += 1;
        figures.within += within;
        if let Some(officer) = hall.counter(called.counter).and_then(|desk| desk.state.officer()) {
            let figures = self.officers.entry(officer.clone()).or_default();
            figures.called += 1;
            figures.within += within;
        }
    }

    fn count_finished(&mut self, hall: &Hall, ticket: TicketId, counter: CounterId, at: Time) {
        if let Some(ticket) = hall.ticket(ticket) {
            let service = hall.services()[ticket.service].policy.id.clone();
            self.services.entry(service).or_default().finished += 1;
        }
        self.count_visit(hall, ticket, counter, at);
    }

    fn count_visit(&mut self, hall: &Hall, ticket: TicketId, counter: CounterId, at: Time) {
        let Some(Stage::Serving { since, .. }) = hall.ticket(ticket).map(|ticket| &ticket.stage) else { return };
        if let Some(officer) = hall.counter(counter).and_then(|desk| desk.state.officer()) {
            self.officers.entry(officer.clone()).or_default().visits.add(at.since(*since));
        }
    }

    fn no_longer_missed(&mut self, hall: &Hall, ticket: TicketId) {
        if let Some(ticket) = hall.ticket(ticket) {
            self.missed.retain(|missed| missed.number != ticket.number);
        }
    }

    /// Takes back what the last act at a counter had counted.
    fn undo(&mut self, hall: &Hall, counter: CounterId, withdrawn: Option<TicketId>) {
        let Some(desk) = hall.counter(counter) else { return };
        let Some(last) = &desk.last else { return };
        let before = &last.before;
        let service = hall.services()[before.service].policy.id.clone();
        let visit = match before.stage {
            Stage::Serving { since, .. } => Some(last.at.since(since)),
            Stage::Waiting | Stage::Called { .. } | Stage::Held { .. } | Stage::Missed { .. } => None,
        };
        if let (Act::Finish | Act::Transfer, Some(visit), Some(officer)) = (last.act, visit, desk.state.officer()) {
            self.officers.entry(officer.clone()).or_default().visits.remove(visit);
        }
        let figures = self.services.entry(service).or_default();
        match last.act {
            Act::Finish => figures.finished = figures.finished.saturating_sub(1),
            Act::NoShow => {
                figures.missed = figures.missed.saturating_sub(1);
                self.missed.retain(|missed| missed.number != before.number);
            }
            Act::Call | Act::Start | Act::Hold | Act::Transfer => {}
        }
        for uncalled in withdrawn.into_iter().chain((last.act == Act::Call).then_some(before.id)) {
            self.mark(uncalled, CallStage::Over);
        }
        let stage = match before.stage {
            Stage::Called { .. } => CallStage::Awaited,
            Stage::Serving { .. } => CallStage::Serving,
            Stage::Waiting | Stage::Held { .. } | Stage::Missed { .. } => return,
        };
        let latest = self.calls.values_mut().flatten().filter(|call| call.ticket == before.id).max_by_key(|call| call.call);
        if let Some(call) = latest {
            call.stage = stage;
        }
    }

    fn count_missed(&mut self, hall: &Hall, ticket: TicketId, at: Time) {
        /// More than any screen shows.
        const MISSED_KEPT: usize = 32;
        let Some(ticket) = hall.ticket(ticket) else { return };
        let service = hall.services()[ticket.service].policy.id.clone();
        self.services.entry(service).or_default().missed += 1;
        self.missed.push_front(Missed { number: ticket.number, at });
        self.missed.truncate(MISSED_KEPT);
    }

    fn announce(&mut self, hall: &Hall, announced: Announced, at: Time) {
        let Some(desk) = hall.counter(announced.counter) else { return };
        self.mark(announced.ticket, CallStage::Over);
        let calls = self.calls.entry(desk.policy.zone.clone()).or_default();
        calls.push_front(CallView {
            call: announced.call,
            ticket: announced.ticket,
            number: announced.number,
            counter: announced.counter,
            language: announced.language,
            at,
            recall: announced.recall,
            stage: CallStage::Awaited,
        });
        calls.truncate(CALLS_SHOWN);
    }

    /// Marks the latest call of a ticket; a call that is over stays over.
    fn mark(&mut self, ticket: TicketId, stage: CallStage) {
        let calls = self.calls.values_mut().flatten();
        for call in calls.filter(|call| call.ticket == ticket && call.stage != CallStage::Over) {
            call.stage = stage;
        }
    }

    fn note_history(&mut self, hall: &Hall, at: Time) {
        if hall.day().is_none() {
            return;
        }
        let step = at.0.div_euclid(HISTORY_STEP);
        if self.history.last().is_none_or(|last| last.at.0.div_euclid(HISTORY_STEP) < step) {
            let waiting = u32::try_from(hall.waiting()).unwrap_or(u32::MAX);
            self.history.push(HistoryPoint { at, waiting });
        }
    }
}

struct Announced {
    call: CallNumber,
    ticket: TicketId,
    number: TicketNumber,
    counter: CounterId,
    language: Language,
    recall: u32,
}

fn recalls(ticket: &queue::Ticket) -> u32 {
    match ticket.stage {
        Stage::Called { recalls, .. } | Stage::Serving { recalls, .. } => recalls,
        Stage::Waiting | Stage::Held { .. } | Stage::Missed { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_nearest_rank() {
        let mut spread = Spread::default();
        assert_eq!(spread.quantile(50), None);
        for seconds in [4, 1, 3, 2] {
            spread.add(seconds * 1_000);
        }
        assert_eq!(spread.quantile(50), Some(2_000));
        assert_eq!(spread.quantile(90), Some(4_000));
        assert_eq!(spread.quantile(0), Some(1_000));
    }
}
