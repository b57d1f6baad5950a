//! One simulated day: the real core under virtual time, with visitors who come and officers who work.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use anyhow::Context;
use protocol::time::{MINUTE, SECOND};
use protocol::{Class, CounterId, OfficerId, Outcome, PauseReason, Refusal, Seq, ServiceId, Standing, Target, TicketId, Time};
use queue::{Arrival, BusinessDay, CloseReason, Command, Counter, Event, Hall, Policy, Recorded, Stage, dispatch};

use super::demand::Visitor;

/// From the call to the counter.
pub(super) const WALK: i64 = 30 * SECOND;
/// How long an officer waits for somebody who was called, and again after the recall.
const AWAITED: i64 = 50 * SECOND;

/// How a day is staffed.
pub(super) struct Staffing<'a> {
    pub(super) policy: &'a Policy,
    pub(super) day: &'a BusinessDay,
    /// Counters that stay closed.
    pub(super) closed: &'a BTreeSet<CounterId>,
    /// When the others open.
    pub(super) opens_at: Time,
    /// When the first of them go on their break.
    pub(super) lunch_at: Time,
    /// How long a break is; 0 for none.
    pub(super) lunch: i64,
}

/// What became of a day.
#[derive(Default)]
pub(super) struct Played {
    pub(super) visitors: usize,
    pub(super) served: usize,
    pub(super) no_shows: usize,
    /// Waiting when the doors closed.
    pub(super) left_at_closing: usize,
    /// Not served when the day ended.
    pub(super) unserved: u32,
    pub(super) turned_away: BTreeMap<&'static str, usize>,
    /// Waits from taking the ticket to its first call, or to the end of the day, with the promise.
    pub(super) waits: BTreeMap<(ServiceId, Class), Vec<(i64, i64)>>,
    pub(super) busy: BTreeMap<CounterId, i64>,
    /// Milliseconds that each counter was open, breaks taken off.
    pub(super) open: BTreeMap<CounterId, i64>,
    pub(super) longest_queue: (usize, Time),
    pub(super) last_served: Option<Time>,
    pub(super) letters: BTreeMap<char, usize>,
    /// When a service was full for the first time.
    pub(super) full: BTreeMap<ServiceId, Time>,
}

/// What happens next; at equal times in the order of the variants.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Open(CounterId),
    Lunch(CounterId),
    Back(CounterId),
    Closing,
    /// Somebody who was called is at the counter.
    There(CounterId, TicketId),
    NotThere(CounterId, TicketId),
    GivenUp(CounterId, TicketId),
    Done(CounterId, TicketId),
    Arrive(usize),
}

struct Play<'a> {
    staffing: &'a Staffing<'a>,
    hall: Hall,
    now: Time,
    visitors: &'a [Visitor],
    by_ticket: BTreeMap<TicketId, Visit>,
    moments: BinaryHeap<Reverse<(Time, Moment)>>,
    hungry: BTreeSet<CounterId>,
    called_at: BTreeMap<CounterId, Time>,
    open_since: BTreeMap<CounterId, Time>,
    played: Played,
}

/// A visitor with a ticket, and how far they are.
struct Visit {
    visitor: usize,
    errand: usize,
    issued_at: Time,
    called: bool,
}

/// Plays a day to its end.
pub(super) fn play(staffing: &Staffing<'_>, visitors: &[Visitor]) -> anyhow::Result<Played> {
    let (hall, moments) = (Hall::new(staffing.policy.clone()), BinaryHeap::new());
    let played = Played { visitors: visitors.len(), ..Played::default() };
    let mut play = Play {
        staffing,
        hall,
        now: staffing.day.tickets_from,
        visitors,
        by_ticket: BTreeMap::new(),
        moments,
        hungry: BTreeSet::new(),
        called_at: BTreeMap::new(),
        open_since: BTreeMap::new(),
        played,
    };
    play.plan();
    play.ask(&Command::OpenDay(staffing.day.clone()))?;
    play.run()?;
    Ok(play.played)
}

impl Play<'_> {
    fn plan(&mut self) {
        let staffing = self.staffing;
        let staffed = staffing.policy.counters.iter().map(|counter| counter.id).filter(|counter| !staffing.closed.contains(counter));
        for (place, counter) in staffed.enumerate() {
            self.moments.push(Reverse((staffing.opens_at, Moment::Open(counter))));
            if staffing.lunch > 0 {
                // One half goes while the other works.
                let at = staffing.lunch_at.plus(place as i64 % 2 * staffing.lunch);
                self.moments.push(Reverse((at, Moment::Lunch(counter))));
            }
        }
        self.moments.push(Reverse((staffing.day.closes_at, Moment::Closing)));
        let arrivals = self.visitors.iter().enumerate().map(|(index, visitor)| Reverse((visitor.at, Moment::Arrive(index))));
        self.moments.extend(arrivals);
    }

    fn run(&mut self) -> anyhow::Result<()> {
        while self.hall.day().is_some() {
            let deadline = self.hall.next_deadline();
            let next = self.moments.peek().map(|Reverse((at, _))| *at);
            match (next, deadline) {
                (Some(next), Some(deadline)) if deadline < next => self.time_asks(deadline)?,
                (Some(_), _) => {
                    let Some(Reverse((at, moment))) = self.moments.pop() else { break };
                    self.now = at;
                    self.happen(moment)?;
                }
                (None, Some(deadline)) => self.time_asks(deadline)?,
                (None, None) => break,
            }
        }
        Ok(())
    }

    fn time_asks(&mut self, deadline: Time) -> anyhow::Result<()> {
        self.now = self.now.max(deadline);
        while let Some(command) = self.hall.overdue(self.now) {
            if command == Command::CloseDay {
                self.evening();
            }
            self.ask(&command)?;
        }
        Ok(())
    }

    /// Counters close, and whoever was never called has waited until now at least.
    fn evening(&mut self) {
        for (counter, since) in std::mem::take(&mut self.open_since) {
            *self.played.open.entry(counter).or_default() += self.now.since(since);
        }
        for ticket in self.hall.tickets() {
            let Some(visit) = self.by_ticket.get(&ticket.id).filter(|visit| !visit.called) else { continue };
            let service = self.hall.services()[ticket.service].policy.id.clone();
            let wait = (self.now.since(visit.issued_at), self.hall.promise(ticket).within);
            self.played.waits.entry((service, ticket.class)).or_default().push(wait);
        }
    }

    fn happen(&mut self, moment: Moment) -> anyhow::Result<()> {
        match moment {
            Moment::Open(counter) if self.state(counter) != Some(&Counter::Closed) => Ok(()),
            Moment::Open(counter) => {
                self.ask(&Command::OpenCounter { counter, officer: officer(counter) })?;
                self.open_since.insert(counter, self.now);
                self.call_next(counter)
            }
            Moment::Lunch(counter) => match self.state(counter) {
                Some(Counter::Free { .. }) => self.pause(counter),
                Some(Counter::Busy { .. }) => {
                    self.hungry.insert(counter);
                    Ok(())
                }
                Some(Counter::Paused { .. } | Counter::Closed) | None => Ok(()),
            },
            // A break that the end of a shift ended: the next officer has come, or comes.
            Moment::Back(counter) if !matches!(self.state(counter), Some(Counter::Paused { .. })) => Ok(()),
            Moment::Back(counter) => {
                self.ask(&Command::ResumeCounter { counter, officer: officer(counter) })?;
                self.open_since.insert(counter, self.now);
                self.call_next(counter)
            }
            Moment::Closing => {
                self.played.left_at_closing = self.hall.waiting();
                Ok(())
            }
            Moment::There(counter, ticket) => {
                self.ask(&Command::StartService { counter, officer: officer(counter), ticket })?;
                let visit = self.by_ticket.get(&ticket).context("find the visit")?;
                // Whoever serves for longer than an officer can be silent presses a key in between.
                let longest = self.staffing.policy.unattended_after.saturating_mul(3) - MINUTE;
                let takes = self.visitors[visit.visitor].errands[visit.errand].1.clamp(SECOND, longest.max(SECOND));
                self.moments.push(Reverse((self.now.plus(takes), Moment::Done(counter, ticket))));
                Ok(())
            }
            Moment::NotThere(counter, ticket) => {
                self.ask(&Command::Recall { counter, officer: officer(counter), ticket })?;
                self.moments.push(Reverse((self.now.plus(AWAITED), Moment::GivenUp(counter, ticket))));
                Ok(())
            }
            Moment::GivenUp(counter, ticket) => {
                self.played.no_shows += 1;
                let then_next = !self.hungry.contains(&counter);
                self.leave(counter, &Command::NoShow { counter, officer: officer(counter), ticket, then_next })
            }
            Moment::Done(counter, ticket) => self.done(counter, ticket),
            Moment::Arrive(visitor) => self.arrive(visitor),
        }
    }

    fn arrive(&mut self, index: usize) -> anyhow::Result<()> {
        let visitor = &self.visitors[index];
        let (service, class, language) = (visitor.errands[0].0.clone(), visitor.class, visitor.language);
        let wish = Command::IssueTicket(Arrival::new(service.clone(), class, language));
        match self.hall.decide(&wish, self.now) {
            Ok(events) => {
                self.record(&events);
                let Some(Event::TicketIssued(issued)) = events.first() else { return Ok(()) };
                *self.played.letters.entry(issued.number.letter).or_default() += 1;
                self.by_ticket.insert(issued.ticket, Visit { visitor: index, errand: 0, issued_at: self.now, called: false });
                self.offer(issued.ticket)
            }
            Err(refusal) => {
                *self.played.turned_away.entry(refusal.code()).or_default() += 1;
                if refusal == Refusal::ServiceFull {
                    self.played.full.entry(service).or_insert(self.now);
                }
                Ok(())
            }
        }
    }

    fn done(&mut self, counter: CounterId, ticket: TicketId) -> anyhow::Result<()> {
        let visit = self.by_ticket.get_mut(&ticket).context("find the visit")?;
        visit.errand += 1;
        let onward = self.visitors[visit.visitor].errands.get(visit.errand).map(|(service, _)| service.clone());
        let then_next = !self.hungry.contains(&counter);
        let Some(service) = onward else {
            self.played.served += 1;
            self.played.last_served = Some(self.now);
            let finish = Command::FinishService { counter, officer: officer(counter), ticket, outcome: Some(Outcome::Served), then_next };
            return self.leave(counter, &finish);
        };
        let (to, standing) = (Target::Anyone, Standing::Kept);
        self.leave(counter, &Command::TransferTicket { counter, officer: officer(counter), ticket, service, to, standing, then_next })?;
        match self.hall.ticket(ticket).map(|ticket| &ticket.stage) {
            Some(Stage::Waiting) => self.offer(ticket),
            _ => Ok(()),
        }
    }

    /// Ends the presence of a ticket at a counter; its officer goes on with the next, or on the break that is due.
    fn leave(&mut self, counter: CounterId, command: &Command) -> anyhow::Result<()> {
        let since = self.called_at.remove(&counter).unwrap_or(self.now);
        *self.played.busy.entry(counter).or_default() += self.now.since(since);
        self.ask(command)?;
        match self.hungry.remove(&counter) {
            true => self.pause(counter),
            false => Ok(()),
        }
    }

    fn pause(&mut self, counter: CounterId) -> anyhow::Result<()> {
        if let Some(since) = self.open_since.remove(&counter) {
            *self.played.open.entry(counter).or_default() += self.now.since(since);
        }
        let back = self.now.plus(self.staffing.lunch);
        self.ask(&Command::PauseCounter { counter, officer: officer(counter), back_at: Some(back), reason: PauseReason::Lunch })?;
        self.moments.push(Reverse((back, Moment::Back(counter))));
        Ok(())
    }

    /// Offers a ticket that has just come to the idle counters that could take it.
    fn offer(&mut self, ticket: TicketId) -> anyhow::Result<()> {
        let idle = self.hall.ticket(ticket).and_then(|ticket| dispatch::idle_counter(&self.hall, ticket));
        match idle.map(|desk| desk.policy.id) {
            Some(counter) => self.call_next(counter),
            None => Ok(()),
        }
    }

    fn call_next(&mut self, counter: CounterId) -> anyhow::Result<()> {
        let next = Command::CallNext { counter, officer: officer(counter) };
        match self.hall.decide(&next, self.now) {
            Ok(events) => {
                self.record(&events);
                Ok(())
            }
            Err(Refusal::NobodyWaiting) => Ok(()),
            Err(refusal) => Err(refusal).with_context(|| format!("{next:?}")),
        }
    }

    fn ask(&mut self, command: &Command) -> anyhow::Result<()> {
        let events = self.hall.decide(command, self.now).with_context(|| format!("{command:?} at {:?}", self.now))?;
        self.record(&events);
        Ok(())
    }

    fn record(&mut self, events: &[Event]) {
        for event in events {
            self.hall.apply(&Recorded { seq: Seq(self.hall.seq().0 + 1), at: self.now, event: event.clone() });
            if let Event::TicketCalled(called) = event {
                self.called(called.counter, called.ticket);
            }
            if let Event::CounterClosed { counter, why: CloseReason::Shift, .. } = event {
                self.relieved(*counter);
            }
            if let Event::DayClosed { unserved } = event {
                self.played.unserved = *unserved;
            }
        }
        let waiting = self.hall.waiting();
        if waiting > self.played.longest_queue.0 {
            self.played.longest_queue = (waiting, self.now);
        }
    }

    /// The shift at a counter is over: whoever has the next one comes at once, or when it begins.
    fn relieved(&mut self, counter: CounterId) {
        if let Some(since) = self.open_since.remove(&counter) {
            *self.played.open.entry(counter).or_default() += self.now.since(since);
        }
        let Some(midnight) = self.hall.day().map(|day| day.hours.midnight) else { return };
        let shifts = self.hall.counter(counter).map(|desk| desk.policy.shifts.clone()).unwrap_or_default();
        let coming = shifts.iter().filter(|(_, until)| midnight.plus(*until) > self.now).map(|(from, _)| midnight.plus(*from)).min();
        if let Some(begins) = coming {
            self.moments.push(Reverse((begins.max(self.now), Moment::Open(counter))));
        }
    }

    fn called(&mut self, counter: CounterId, ticket: TicketId) {
        let Some(live) = self.hall.ticket(ticket) else { return };
        let (service, promise) = (self.hall.services()[live.service].policy.id.clone(), self.hall.promise(live).within);
        let class = live.class;
        let Some(visit) = self.by_ticket.get_mut(&ticket) else { return };
        if !std::mem::replace(&mut visit.called, true) {
            let wait = self.now.since(visit.issued_at);
            self.played.waits.entry((service, class)).or_default().push((wait, promise));
        }
        self.called_at.insert(counter, self.now);
        let next = match self.visitors[visit.visitor].comes {
            true => (self.now.plus(WALK), Moment::There(counter, ticket)),
            false => (self.now.plus(AWAITED), Moment::NotThere(counter, ticket)),
        };
        self.moments.push(Reverse(next));
    }

    fn state(&self, counter: CounterId) -> Option<&Counter> {
        self.hall.counter(counter).map(|desk| &desk.state)
    }
}

fn officer(counter: CounterId) -> OfficerId {
    OfficerId::new(&format!("officer-{counter}")).expect("a well-formed name")
}
