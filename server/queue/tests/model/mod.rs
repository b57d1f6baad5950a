//! A second hall, much simpler and much slower than the core: what the rules of the hall say, in plain lists that are searched
//! from end to end, with no index to keep true. It is written from the rules, not from the core, and made to be doubted in another way:
//! a clock here is a start or a wait that stands still, not both; who is next is a fold over everybody who waits.
//!
//! It answers a command with yes or no and with whom was called; [`Model::differs`] holds it against the core.

#![allow(dead_code, reason = "the core's days and the writer's days each use their own part")]

pub mod town;
pub mod words;

use protocol::{
    Act, AgencyCode, BookingId, CancelReason, Class, CounterId, DeviceId, MarkId, OfficerId, Outcome, PoolId, ServiceId, Standing, Target,
    TicketId, TicketNumber, Time,
    time::{HOUR, MINUTE},
};
use queue::{Arrival, Booked, BusinessDay, Command, Counter, End, Given, Hall, Policy, ServicePolicy, Stage};

/// A visit that has not ended.
#[derive(Clone, Debug)]
pub struct Visit {
    pub id: TicketId,
    pub number: TicketNumber,
    pub service: ServiceId,
    then: Vec<ServiceId>,
    target: Target,
    front: bool,
    pub class: Class,
    decided: bool,
    marks: Vec<MarkId>,
    delivered: Vec<(ServiceId, u8)>,
    came: Time,
    booked_at: Option<Time>,
    booking: Option<BookingId>,
    taken_up: Option<Box<Visit>>,
    /// Whether its holder is still before the door.
    outside: bool,
    /// What its wait is counted from.
    since: Time,
    /// Milliseconds waited, while the clock stands still.
    stood: Option<i64>,
    pub place: Place,
    /// Counts its steps among all steps of the hall.
    step: u64,
}

/// Where a visit stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Waiting,
    Called { counter: CounterId },
    Serving { counter: CounterId },
    Held { until: Option<Time> },
    Missed { until: Time },
}

/// A counter.
#[derive(Clone, Debug)]
pub struct Desk {
    pub id: CounterId,
    /// What it serves with whoever is at it.
    profile: Vec<(ServiceId, u32)>,
    pools: Vec<PoolId>,
    pub officer: Option<OfficerId>,
    /// Since when on a break, and until when it is meant to last.
    pub pause: Option<(Time, Option<Time>)>,
    /// When its officer last did anything.
    acted: Time,
    /// Since when there has always been somebody whom it could call.
    wanted: Option<Time>,
    /// When somebody last came back to the queue whom it might call.
    stirred: Time,
    last: Option<Last>,
}

/// What an officer did last.
#[derive(Clone, Debug)]
struct Last {
    act: Act,
    at: Time,
    before: Visit,
    step: u64,
    /// Whether the act ended the visit.
    ended: bool,
    called: Option<TicketId>,
}

/// What a granted command led to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Done {
    pub issued: Option<(TicketId, TicketNumber)>,
    pub called: Option<TicketId>,
}

/// A number that a kiosk may give by itself.
#[derive(Clone, Debug)]
pub struct Held {
    pub kiosk: DeviceId,
    pub number: TicketNumber,
    pub date: String,
    book: u32,
    since: Time,
    /// When its day closed, once it has.
    closed: Option<Time>,
}

/// The hall.
#[derive(Clone, Debug)]
pub struct Model {
    pub rules: Policy,
    pub day: Option<BusinessDay>,
    pub visits: Vec<Visit>,
    pub ended: Vec<(TicketId, End)>,
    pub desks: Vec<Desk>,
    stopped: Vec<(AgencyCode, Option<ServiceId>)>,
    last_numbers: Vec<(char, u16)>,
    issued: Vec<ServiceId>,
    /// Bookings of the list that have come.
    pub booked: Vec<BookingId>,
    /// Numbers that kiosks may give, today's and those that the last day left.
    pub held: Vec<Held>,
    /// Every number that a ticket of today has or had.
    numbers: Vec<TicketNumber>,
    /// When each kiosk's last ticket was given that was handed over.
    handed_over: Vec<(DeviceId, Time)>,
    /// What the last day could not serve and nobody has taken up yet.
    pub returns: Vec<Visit>,
    next_id: u64,
    steps: u64,
}

impl Model {
    pub fn new(rules: Policy) -> Model {
        let desk = |counter: &queue::CounterPolicy| Desk {
            id: counter.id,
            profile: counter.profile.clone(),
            pools: counter.pools.clone(),
            officer: None,
            pause: None,
            acted: Time(i64::MIN),
            wanted: None,
            stirred: Time(i64::MIN),
            last: None,
        };
        Model {
            desks: rules.counters.iter().map(desk).collect(),
            rules,
            day: None,
            visits: Vec::new(),
            ended: Vec::new(),
            stopped: Vec::new(),
            last_numbers: Vec::new(),
            issued: Vec::new(),
            booked: Vec::new(),
            held: Vec::new(),
            numbers: Vec::new(),
            handed_over: Vec::new(),
            returns: Vec::new(),
            next_id: 1,
            steps: 0,
        }
    }

    /// Does what is asked, or says no and changes nothing.
    pub fn ask(&mut self, command: &Command, now: Time) -> Option<Done> {
        let done = self.act(command, now)?;
        self.look_who_is_wanted(now);
        Some(done)
    }

    fn act(&mut self, command: &Command, now: Time) -> Option<Done> {
        match command {
            Command::OpenDay(day) => self.open_day(day),
            Command::CloseDay => self.close_day(now),
            Command::IssueTicket(Arrival { service, class, clock_start, then, booked, .. }) => {
                let room = self.rule_of(service)?.quota;
                let room = room.is_none_or(|quota| self.issued.iter().filter(|issued| *issued == service).count() < quota as usize);
                let promised = booked.is_some_and(|booked| booked.booking.is_some());
                (room || promised).then_some(())?;
                let Some(Booked { at, booking }) = booked else {
                    return self.issue(service, *class, clock_start.unwrap_or(now), then, now);
                };
                let from_to = at.plus(-self.rules.appointment_early)..=at.plus(self.rules.appointment_late);
                let fresh = booking.is_none_or(|booking| !self.booked.contains(&booking));
                (fresh && from_to.contains(&now)).then_some(())?;
                let done = self.issue(service, Class::Appointment, now.max(*at), then, now)?;
                self.booked.extend(*booking);
                let visit = self.visits.last_mut()?;
                (visit.decided, visit.booked_at, visit.booking) = (booking.is_some(), Some(*at), *booking);
                Some(done)
            }
            Command::TakeUpReturn { number, .. } => {
                self.day.as_ref()?;
                let place = self.returns.iter().position(|visit| visit.number == *number)?;
                let Visit { service, then, class, stood, .. } = self.returns[place].clone();
                let most = self.rule_of(&service)?.promises.of(class).within;
                let done = self.issue(&service, class, now.plus(-stood?.max(0).min(most)), &then, now)?;
                let taken_up = Box::new(self.returns.remove(place));
                self.visits.last_mut()?.taken_up = Some(taken_up);
                Some(done)
            }
            Command::ReserveNumbers { kiosk, book } => self.reserve(kiosk, *book, now),
            Command::HandOver(given) => self.take_over(given, now),
            Command::MarkTicket { number, mark, on } => {
                let known = self.rules.marks.contains(mark);
                let visit = self.visits.iter_mut().find(|visit| visit.number == *number).filter(|_| known)?;
                let has = visit.marks.contains(mark);
                (has != *on).then_some(())?;
                visit.marks.retain(|other| other != mark);
                visit.marks.extend(on.then(|| mark.clone()));
                Some(Done::default())
            }
            Command::Deliver { counter, officer, ticket, service, count } => {
                let desk = self.with(*counter, officer, *ticket)?;
                matches!(self.visit(*ticket)?.place, Place::Serving { .. }).then_some(())?;
                self.rule_of(service)?;
                self.desks[desk].acted = now;
                let visit = self.visits.iter_mut().find(|visit| visit.id == *ticket)?;
                visit.delivered.retain(|(other, _)| other != service);
                visit.delivered.extend((*count > 0).then(|| (service.clone(), *count)));
                Some(Done::default())
            }
            Command::AutoCall { counter } => {
                let desk = self.desks.iter().position(|desk| desk.id == *counter)?;
                let officer = self.desks[desk].officer.clone()?;
                self.act(&Command::CallNext { counter: *counter, officer }, now)
            }
            Command::Admit => {
                let coming = self.may_come_in(now);
                (!coming.is_empty()).then_some(())?;
                self.visits.iter_mut().filter(|visit| coming.contains(&visit.id)).for_each(|visit| visit.outside = false);
                Some(Done::default())
            }
            Command::OpenCounter { counter, officer, .. } => self.sit_down(*counter, officer, now),
            Command::CloseCounter { counter, officer, .. } => {
                let desk = self.at(*counter, officer)?;
                self.visit_at(desk).is_none().then_some(())?;
                self.get_up(desk, now);
                Some(Done::default())
            }
            Command::PauseCounter { counter, officer, back_at, .. } => {
                let desk = self.free(*counter, officer)?;
                self.settle(desk, now);
                self.desks[desk].pause = Some((now, *back_at));
                Some(Done::default())
            }
            Command::ResumeCounter { counter, officer, .. } => {
                let desk = self.at(*counter, officer)?;
                self.desks[desk].pause?;
                self.settle(desk, now);
                self.desks[desk].pause = None;
                Some(Done::default())
            }
            Command::CallNext { counter, officer, .. } => {
                let desk = self.free(*counter, officer)?;
                let called = self.next_for(desk, now)?;
                self.remember(desk, Act::Call, called, now);
                self.call(desk, called, now);
                Some(Done { called: Some(called), ..Done::default() })
            }
            Command::CallTicket { counter, officer, number, .. } => {
                let desk = self.free(*counter, officer)?;
                let visit = self.numbered(*number).filter(|visit| visit.counter().is_none())?;
                let (called, fits) = (visit.id, self.serves(desk, visit) || self.is_meant(desk, visit));
                (fits && !self.is_stopped(&visit.service)).then_some(())?;
                self.remember(desk, Act::Call, called, now);
                self.call(desk, called, now);
                Some(Done { called: Some(called), ..Done::default() })
            }
            Command::Recall { counter, officer, ticket, .. } => {
                let desk = self.with(*counter, officer, *ticket)?;
                matches!(self.visit(*ticket)?.place, Place::Called { .. }).then_some(())?;
                self.desks[desk].acted = now;
                Some(Done::default())
            }
            Command::StartService { counter, officer, ticket, .. } => {
                let desk = self.with(*counter, officer, *ticket)?;
                let Place::Called { counter } = self.visit(*ticket)?.place else { return None };
                self.remember(desk, Act::Start, *ticket, now);
                self.desks[desk].acted = now;
                self.change(*ticket, |visit| visit.place = Place::Serving { counter });
                Some(Done::default())
            }
            Command::FinishService { counter, officer, ticket, outcome, then_next, .. } => {
                (outcome.is_some() || !self.rules.outcome_required).then_some(())?;
                let outcome = &outcome.unwrap_or(Outcome::Served);
                let desk = self.with(*counter, officer, *ticket)?;
                matches!(self.visit(*ticket)?.place, Place::Serving { .. }).then_some(())?;
                let next = self.visit(*ticket)?.then.first().cloned().filter(|_| *outcome == Outcome::Served);
                self.leaving(desk, Act::Finish, *ticket, *then_next, now, |hall| match next {
                    Some(service) => {
                        hall.change(*ticket, |visit| {
                            visit.then.remove(0);
                            visit.queue_anew(service, Target::Anyone, false, None, now);
                        });
                        hall.stir(*ticket, now);
                    }
                    None => hall.end(*ticket, End::Finished(*outcome)),
                })
            }
            Command::NoShow { counter, officer, ticket, then_next, .. } => {
                let desk = self.with(*counter, officer, *ticket)?;
                matches!(self.visit(*ticket)?.place, Place::Called { .. }).then_some(())?;
                let within = self.rules.return_within;
                self.leaving(desk, Act::NoShow, *ticket, *then_next, now, |hall| match within {
                    0 => hall.end(*ticket, End::Missed),
                    _ => hall.change(*ticket, |visit| visit.place = Place::Missed { until: now.plus(within) }),
                })
            }
            Command::HoldTicket { counter, officer, ticket, until, then_next, .. } => {
                let desk = self.with(*counter, officer, *ticket)?;
                until.is_none_or(|until| until > now && until <= now.plus(8 * HOUR)).then_some(())?;
                self.leaving(desk, Act::Hold, *ticket, *then_next, now, |hall| {
                    hall.change(*ticket, |visit| visit.place = Place::Held { until: *until });
                })
            }
            Command::TransferTicket { counter, officer, ticket, service, to, standing, then_next, .. } => {
                let desk = self.with(*counter, officer, *ticket)?;
                self.rule_of(service)?;
                if let Target::Counter(to) = to {
                    let there = self.desks.iter().find(|desk| desk.id == *to)?;
                    there.profile.iter().find(|(serves, _)| serves == service)?;
                }
                if let Target::Pool(pool) = to {
                    let mut pool = self.desks.iter().filter(|desk| desk.pools.contains(pool));
                    pool.find(|desk| desk.profile.iter().any(|(serves, _)| serves == service))?;
                }
                let fresh = (*standing == Standing::End).then_some(0);
                self.leaving(desk, Act::Transfer, *ticket, *then_next, now, |hall| {
                    hall.change(*ticket, |visit| {
                        visit.queue_anew(service.clone(), to.clone(), *standing == Standing::Front, fresh, now);
                    });
                    hall.stir(*ticket, now);
                })
            }
            Command::ReturnTicket { number, .. } => {
                let visit = self.numbered(*number)?.id;
                self.back(visit, now)
            }
            Command::EndHold { ticket } => {
                matches!(self.visit(*ticket)?.place, Place::Held { .. }).then_some(())?;
                self.back(*ticket, now)
            }
            Command::LapseTicket { ticket } => {
                matches!(self.visit(*ticket)?.place, Place::Missed { .. }).then_some(())?;
                self.end(*ticket, End::Missed);
                Some(Done::default())
            }
            Command::CancelTicket { number, reason, .. } => {
                let visit = self.numbered(*number).filter(|visit| visit.counter().is_none())?.clone();
                if *reason == CancelReason::Mistake {
                    self.booked.retain(|booking| Some(*booking) != visit.booking);
                    self.returns.extend(visit.taken_up.as_deref().cloned());
                }
                self.end(visit.id, End::Cancelled(*reason));
                Some(Done::default())
            }
            Command::SetPriority { number, priority, .. } => self.set_priority(*number, *priority, now),
            Command::Undo { counter, officer, .. } => self.undo(*counter, officer, now),
            Command::ReleaseCounter { counter } => {
                let desk = self.desks.iter().position(|desk| desk.id == *counter && desk.officer.is_some())?;
                if let Some(there) = self.visit_at(desk).map(|visit| visit.id) {
                    self.put_back(there, now);
                }
                self.get_up(desk, now);
                Some(Done::default())
            }
            Command::SuspendServices { agency, service, back_at, .. } => self.stop(agency, service.as_ref(), *back_at, now),
            Command::ResumeServices { agency, service, .. } => {
                let entry = (agency.clone(), service.clone());
                let at = self.stopped.iter().position(|stopped| *stopped == entry)?;
                self.stopped.remove(at);
                self.desks.iter_mut().for_each(|desk| desk.stirred = now);
                Some(Done::default())
            }
            // A command that was added since: whoever adds it says here what it should do, or never asks for it.
            #[allow(unreachable_patterns)]
            other => unimplemented!("the second model does not know {other:?}"),
        }
    }

    fn open_day(&mut self, day: &BusinessDay) -> Option<Done> {
        self.day.is_none().then_some(())?;
        let (returns, held) = (std::mem::take(&mut self.returns), std::mem::take(&mut self.held));
        *self = Model { next_id: self.next_id, steps: self.steps, returns, held, ..Model::new(self.rules.clone()) };
        self.day = Some(day.clone());
        Some(Done::default())
    }

    fn close_day(&mut self, now: Time) -> Option<Done> {
        let closed = self.day.take()?;
        (self.booked, self.returns) = (Vec::new(), Vec::new());
        for desk in 0..self.desks.len() {
            self.desks[desk].profile = self.rules.counters[desk].profile.clone();
        }
        for desk in &mut self.desks {
            (desk.officer, desk.pause, desk.last) = (None, None, None);
        }
        for visit in std::mem::take(&mut self.visits) {
            let end = if matches!(visit.place, Place::Missed { .. }) { End::Missed } else { End::ClosedWithDay };
            self.ended.push((visit.id, end));
            if end == End::ClosedWithDay && self.rules.returns {
                // Whoever was at a counter is back where it stood.
                let now = now.min(closed.closes_at.plus(self.rules.close_grace));
                let waited = if visit.counter().is_some() { now.0 - visit.since.0 } else { visit.waited(now) };
                self.returns.push(Visit { stood: Some(waited), ..visit });
            }
        }
        self.stopped.clear();
        let closed_at = now.min(closed.closes_at.plus(self.rules.close_grace));
        self.held.retain(|held| held.closed.is_none());
        self.held.iter_mut().for_each(|held| held.closed = Some(closed_at));
        self.handed_over.clear();
        self.numbers.clear();
        Some(Done::default())
    }

    /// A kiosk gets what its book lacks of every letter, from the top, from the upper half.
    fn reserve(&mut self, kiosk: &DeviceId, book: u32, now: Time) -> Option<Done> {
        let date = self.day.as_ref()?.date.clone();
        let range = self.rules.numbers;
        let mut letters: Vec<char> = self.rules.services.iter().map(|rule| rule.letter).collect();
        letters.sort_unstable();
        letters.dedup();
        let before = self.held.len();
        for letter in letters {
            let mine = |held: &&Held| held.closed.is_none() && held.kiosk == *kiosk && held.book == book && held.number.letter == letter;
            let mut lacks = usize::from(self.rules.offline_numbers).saturating_sub(self.held.iter().filter(mine).count());
            let mut number = range.last;
            while lacks > 0 && u32::from(number - range.first) * 2 > u32::from(range.last - range.first) {
                let candidate = TicketNumber { letter, number };
                if self.numbered(candidate).is_none() && !self.numbers.contains(&candidate) && !self.is_held(candidate) {
                    self.held.push(Held { kiosk: kiosk.clone(), number: candidate, date: date.clone(), book, since: now, closed: None });
                    lacks -= 1;
                }
                number -= 1;
            }
        }
        (self.held.len() > before).then(Done::default)
    }

    fn is_held(&self, number: TicketNumber) -> bool {
        self.held.iter().any(|held| held.number == number && held.closed.is_none())
    }

    /// A kiosk tells what it gave by itself. The paper is out: only the number is asked about.
    fn take_over(&mut self, given: &Given, now: Time) -> Option<Done> {
        let today = self.day.as_ref().is_some_and(|day| day.date == given.date);
        let mine = |held: &Held| held.kiosk == given.kiosk && held.number == given.number && held.date == given.date;
        let place = self.held.iter().position(|held| mine(held) && held.closed.is_none() == today)?;
        let arrival = &given.arrival;
        let rule = self.rule_of(&arrival.service).cloned();
        (!today || rule.is_some()).then_some(())?;
        let held = self.held.remove(place);
        let then: Vec<ServiceId> = arrival.then.iter().filter(|service| self.rule_of(service).is_some()).cloned().collect();
        let class = if arrival.booked.is_some() { Class::Appointment } else { arrival.class };
        if let Some(closed) = held.closed {
            let waited = closed.0 - given.at.0.clamp(held.since.0, closed.0.max(held.since.0));
            let visit = self.visit_of(given.number, &arrival.service, class, &then, now);
            if self.rules.returns {
                self.returns.push(Visit { stood: Some(waited.max(0)), ..visit });
            }
            return Some(Done::default());
        }
        let earlier = self.handed_over.iter().filter(|(kiosk, _)| *kiosk == given.kiosk).map(|(_, at)| *at).max();
        let at = earlier.into_iter().chain([given.at, held.since]).max()?.min(now);
        self.handed_over.push((given.kiosk.clone(), at));
        if let Some(nobodys) = given.replaces.and_then(|ticket| self.visit(ticket)).filter(|visit| visit.counter().is_none()) {
            self.end(nobodys.id, End::Cancelled(CancelReason::Replaced));
        }
        let visit = self.visit_of(given.number, &arrival.service, class, &then, at);
        // A booked time is one of today, and none before the paper.
        let closes_at = self.day.as_ref()?.closes_at;
        let booked_at = arrival.booked.map(|booked| if booked.at > closes_at { closes_at.max(at) } else { booked.at.max(at) });
        let since = booked_at.unwrap_or(at);
        self.issued.push(arrival.service.clone());
        self.numbers.push(given.number);
        let id = visit.id;
        (self.next_id, self.steps) = (self.next_id + 1, self.steps + 1);
        self.visits.push(Visit { since, booked_at, step: self.steps, ..visit });
        if since < now {
            self.stir(id, now);
        }
        Some(Done { issued: Some((id, given.number)), called: None })
    }

    /// Returns a visit that has just come in.
    fn visit_of(&self, number: TicketNumber, service: &ServiceId, class: Class, then: &[ServiceId], came: Time) -> Visit {
        Visit {
            id: TicketId(self.next_id),
            number,
            service: service.clone(),
            then: then.to_vec(),
            target: Target::Anyone,
            front: false,
            class,
            decided: false,
            marks: Vec::new(),
            delivered: Vec::new(),
            came,
            booked_at: None,
            booking: None,
            taken_up: None,
            outside: false,
            since: came,
            stood: None,
            place: Place::Waiting,
            step: self.steps,
        }
    }

    fn issue(&mut self, service: &ServiceId, class: Class, since: Time, then: &[ServiceId], now: Time) -> Option<Done> {
        let day = self.day.as_ref()?;
        let rule = self.rule_of(service)?;
        let known = then.iter().all(|service| self.rule_of(service).is_some());
        let in_time = now >= day.tickets_from && now < day.closes_at;
        let hour = now.0 - day.midnight.0;
        let in_hours = rule.hours.is_none_or(|(from, until)| hour >= from && hour < until);
        (known && in_time && in_hours && !self.is_stopped(service)).then_some(())?;
        let number = self.next_number(rule.letter)?;
        let id = TicketId(self.next_id);
        let outside = self.rules.inside_max.is_some_and(|most| self.inside() >= most as usize);
        self.next_id += 1;
        self.steps += 1;
        self.issued.push(service.clone());
        self.last_numbers.retain(|(letter, _)| *letter != number.letter);
        self.last_numbers.push((number.letter, number.number));
        self.numbers.push(number);
        let visit = self.visit_of(number, service, class, then, now);
        self.visits.push(Visit { id, outside, since, ..visit });
        if since < now {
            self.stir(id, now);
        }
        Some(Done { issued: Some((id, number)), called: None })
    }

    /// The numbers of a letter follow one another and begin again at the end of the range; one that somebody holds is passed over.
    fn next_number(&self, letter: char) -> Option<TicketNumber> {
        let range = self.rules.numbers;
        let span = u32::from(range.last - range.first) + 1;
        let last = self.last_numbers.iter().find(|(of, _)| *of == letter).map(|(_, last)| u32::from(last - range.first));
        let start = last.map_or(0, |last| last + 1);
        (0..span)
            .map(|step| (start + step) % span)
            .map(|number| TicketNumber { letter, number: range.first + u16::try_from(number).expect("in range") })
            .find(|number| self.numbered(*number).is_none() && !self.is_held(*number))
    }

    fn sit_down(&mut self, counter: CounterId, officer: &OfficerId, now: Time) -> Option<Done> {
        self.day.as_ref()?;
        let desk = self.desks.iter().position(|desk| desk.id == counter)?;
        self.desks.iter().all(|desk| desk.officer.as_ref() != Some(officer)).then_some(())?;
        let profile = self.served_by(desk, officer);
        (!profile.is_empty()).then_some(())?;
        if self.desks[desk].officer.is_some() {
            // Whoever comes for the next shift relieves an officer who is with nobody.
            let over = self.shift_over(desk).is_some_and(|over| over <= now);
            (over && self.visit_at(desk).is_none()).then_some(())?;
            self.get_up(desk, now);
        }
        self.settle(desk, now);
        (self.desks[desk].officer, self.desks[desk].profile) = (Some(officer.clone()), profile);
        Some(Done::default())
    }

    fn get_up(&mut self, desk: usize, now: Time) {
        self.settle(desk, now);
        (self.desks[desk].officer, self.desks[desk].pause) = (None, None);
        self.desks[desk].profile = self.rules.counters[desk].profile.clone();
        // What waited for this counter or its officer is everybody's now.
        if self.visits.iter().any(|visit| visit.target != Target::Anyone) {
            self.desks.iter_mut().for_each(|desk| desk.stirred = now);
        }
    }

    /// Returns what both a counter and an officer serve, with the product of their weights.
    fn served_by(&self, desk: usize, officer: &OfficerId) -> Vec<(ServiceId, u32)> {
        let skills = self.rules.officers.iter().find(|skilled| skilled.officer == *officer);
        let all = self.rules.counters[desk].profile.iter();
        let both = all.filter_map(|(service, weight)| match skills {
            None => Some((service.clone(), *weight)),
            Some(skilled) => {
                let (_, share) = skilled.profile.iter().find(|(known, _)| known == service)?;
                Some((service.clone(), (u64::from(*weight) * u64::from(*share) / 1_000).max(1) as u32))
            }
        });
        both.collect()
    }

    /// Returns when the shift ends in which the officer last did anything.
    fn shift_over(&self, desk: usize) -> Option<Time> {
        let midnight = self.day.as_ref()?.midnight;
        let ends = self.rules.counters[desk].shifts.iter().map(|(_, until)| midnight.plus(*until));
        ends.filter(|end| *end >= self.desks[desk].acted).min()
    }

    fn inside(&self) -> usize {
        let there = |visit: &&Visit| !visit.outside && !matches!(visit.place, Place::Held { .. } | Place::Missed { .. });
        self.visits.iter().filter(there).count()
    }

    /// Returns who may come in from outside: as many as there is room for, in the order in which their turn comes.
    fn may_come_in(&self, now: Time) -> Vec<TicketId> {
        let room = self.rules.inside_max.map_or(usize::MAX, |most| (most as usize).saturating_sub(self.inside()));
        let mut left: Vec<&Visit> = self.visits.iter().filter(|visit| visit.outside && !self.is_stopped(&visit.service)).collect();
        let mut coming = Vec::new();
        while coming.len() < room {
            let promise = |visit: &Visit| self.rule_of(&visit.service).expect("offered").promises.of(visit.class);
            let share = |visit: &Visit| i128::from(now.0 - visit.since.0 + promise(visit).head_start);
            let sooner = |one: &Visit, other: &Visit| {
                let by_share = share(one) * i128::from(promise(other).within) - share(other) * i128::from(promise(one).within);
                by_share > 0 || (by_share == 0 && (one.since, one.id) < (other.since, other.id))
            };
            let first = left.iter().position(|visit| left.iter().all(|other| other.id == visit.id || sooner(visit, other)));
            let Some(first) = first else { break };
            coming.push(left.remove(first).id);
        }
        coming
    }

    /// An officer comes, goes, or begins or ends a break: there is nothing to undo any more.
    fn settle(&mut self, desk: usize, now: Time) {
        (self.desks[desk].acted, self.desks[desk].last) = (now, None);
    }

    /// Ends the presence of a ticket at a counter. The next one is chosen before it is gone, so that nobody is called back at once.
    fn leaving(
        &mut self,
        desk: usize,
        act: Act,
        ticket: TicketId,
        then_next: bool,
        now: Time,
        leave: impl FnOnce(&mut Model),
    ) -> Option<Done> {
        let next = self.next_for(desk, now).filter(|_| then_next);
        self.remember(desk, act, ticket, now);
        leave(self);
        self.desks[desk].acted = now;
        let ended = self.visit(ticket).is_none();
        if let Some(last) = &mut self.desks[desk].last {
            (last.step, last.ended, last.called) = (self.steps, ended, next);
        }
        if let Some(next) = next {
            self.call(desk, next, now);
        }
        Some(Done { called: next, ..Done::default() })
    }

    fn call(&mut self, desk: usize, ticket: TicketId, now: Time) {
        let counter = self.desks[desk].id;
        self.desks[desk].acted = now;
        self.change(ticket, |visit| {
            let waited = visit.waited(now);
            (visit.since, visit.stood) = (now.plus(-waited), Some(waited));
            (visit.place, visit.outside) = (Place::Called { counter }, false);
        });
    }

    fn back(&mut self, ticket: TicketId, now: Time) -> Option<Done> {
        let visit = self.visit(ticket)?;
        let waited = visit.waited(now);
        let kept = match visit.place {
            Place::Held { .. } => waited,
            // What it loses never leaves it worse than a newcomer.
            Place::Missed { .. } if waited > 0 => (waited - self.rules.return_loses).max(0),
            Place::Missed { .. } => waited,
            Place::Waiting | Place::Called { .. } | Place::Serving { .. } => return None,
        };
        self.change(ticket, |visit| {
            (visit.since, visit.stood, visit.place) = (now.plus(-kept), None, Place::Waiting);
        });
        self.stir(ticket, now);
        Some(Done::default())
    }

    /// Puts a ticket that was at a counter back where it stood, as if it had never been called.
    fn put_back(&mut self, ticket: TicketId, now: Time) {
        self.change(ticket, |visit| (visit.stood, visit.place) = (None, Place::Waiting));
        self.stir(ticket, now);
    }

    fn set_priority(&mut self, number: TicketNumber, priority: bool, now: Time) -> Option<Done> {
        let visit = self.visits.iter_mut().find(|visit| visit.number == number)?;
        let class = match (priority, visit.class) {
            (false, _) => Class::Standard,
            (true, Class::Appointment) => Class::Appointment,
            (true, Class::Standard) if visit.booked_at.is_some() => Class::Appointment,
            (true, _) => Class::Priority,
        };
        let nothing_to_say = visit.class == class && (visit.decided || class == Class::Standard);
        (!nothing_to_say && visit.booking.is_none()).then_some(())?;
        (visit.class, visit.decided) = (class, true);
        if let (Some(booked_at), Place::Waiting) = (visit.booked_at, &visit.place) {
            visit.since = if class == Class::Appointment { visit.since.max(booked_at) } else { visit.since.min(visit.came) };
        }
        let ticket = visit.id;
        self.stir(ticket, now);
        Some(Done::default())
    }

    fn undo(&mut self, counter: CounterId, officer: &OfficerId, now: Time) -> Option<Done> {
        let desk = self.at(counter, officer)?;
        self.undoable(desk, now).then_some(())?;
        let last = self.desks[desk].last.take()?;
        if let Some(withdrawn) = last.called {
            self.put_back(withdrawn, now);
        }
        let mut before = last.before;
        if let Some(today) = self.visit(before.id) {
            (before.class, before.decided) = (today.class, today.decided);
            (before.marks, before.delivered) = (today.marks.clone(), today.delivered.clone());
        }
        before.outside = false;
        self.steps += 1;
        before.step = self.steps;
        let ticket = before.id;
        self.ended.retain(|(ended, _)| *ended != ticket);
        self.visits.retain(|visit| visit.id != ticket);
        let place = self.visits.iter().take_while(|visit| visit.id < ticket).count();
        self.visits.insert(place, before);
        self.desks[desk].acted = now;
        self.stir(ticket, now);
        Some(Done::default())
    }

    /// Whether all is as the last act of a counter left it, and it was a moment ago.
    fn undoable(&self, desk: usize, now: Time) -> bool {
        let Some(last) = &self.desks[desk].last else { return false };
        let here = self.visit_at(desk);
        let called = |ticket: TicketId| here.is_some_and(|here| here.id == ticket && matches!(here.place, Place::Called { .. }));
        let stands = match last.act {
            Act::Call => called(last.before.id),
            Act::Start => here.is_some_and(|here| here.id == last.before.id),
            Act::Finish | Act::NoShow | Act::Hold | Act::Transfer => {
                let next_stands = last.called.map_or(here.is_none(), called);
                let own_stands = match self.visit(last.before.id) {
                    Some(visit) => visit.step == last.step,
                    // Its number may have been given to another.
                    None => last.ended && self.numbered(last.before.number).is_none(),
                };
                next_stands && own_stands
            }
        };
        stands && now.0 - last.at.0 <= self.rules.undo_within
    }

    fn stop(&mut self, agency: &AgencyCode, service: Option<&ServiceId>, back_at: Option<Time>, now: Time) -> Option<Done> {
        self.day.as_ref()?;
        let offered = |rule: &ServicePolicy| rule.agency == *agency && service.is_none_or(|service| rule.id == *service);
        self.rules.services.iter().any(offered).then_some(())?;
        back_at.is_none_or(|back_at| back_at > now).then_some(())?;
        let whole = (agency.clone(), None);
        let entry = (agency.clone(), service.cloned());
        (!self.stopped.contains(&whole) && !self.stopped.contains(&entry)).then_some(())?;
        self.stopped.push(entry);
        Some(Done::default())
    }

    // What time asks for.

    /// Returns why time should not ask for `command` yet, if so.
    pub fn too_early(&self, command: &Command, now: Time) -> Option<String> {
        let due = match command {
            Command::EndHold { ticket } => {
                self.visit(*ticket).and_then(|visit| if let Place::Held { until } = visit.place { until } else { None })
            }
            Command::LapseTicket { ticket } => {
                self.visit(*ticket).and_then(|visit| if let Place::Missed { until } = visit.place { Some(until) } else { None })
            }
            Command::CloseDay => self.day.as_ref().map(|day| match self.all_served() {
                true => day.closes_at,
                false => day.closes_at.plus(self.rules.close_grace),
            }),
            Command::ReleaseCounter { counter } => {
                let desk = self.desks.iter().position(|desk| desk.id == *counter);
                desk.and_then(|desk| self.left_at(desk, false))
            }
            Command::AutoCall { counter } => {
                let desk = self.desks.iter().position(|desk| desk.id == *counter);
                desk.and_then(|desk| self.calls_itself_at(desk, false))
            }
            Command::Admit => (!self.may_come_in(now).is_empty()).then_some(now),
            other => return Some(format!("time has no business with {other:?}")),
        };
        match due {
            Some(due) if due <= now => None,
            Some(due) => Some(format!("it is due only at {}", self.clock(due))),
            None => Some("it is not due at all".into()),
        }
    }

    /// Returns what time should have asked for by `now` and has not.
    pub fn overlooked(&self, now: Time) -> Option<String> {
        let day = self.day.as_ref()?;
        for visit in &self.visits {
            match visit.place {
                Place::Held { until: Some(until) } | Place::Missed { until } if until <= now => {
                    return Some(format!("{} is still away, though its time passed at {}", visit.number, self.clock(until)));
                }
                _ => {}
            }
        }
        for (index, desk) in self.desks.iter().enumerate() {
            if let Some(left) = self.left_at(index, true).filter(|left| *left <= now) {
                return Some(format!("counter {} is still open, though it was left by {}", desk.id, self.clock(left)));
            }
            if let Some(due) = self.calls_itself_at(index, true).filter(|due| *due <= now) {
                return Some(format!("counter {} has not called by itself, though it was due at {}", desk.id, self.clock(due)));
            }
        }
        if let Some(coming) = self.may_come_in(now).first() {
            return Some(format!("ticket {coming} may come in and was not told"));
        }
        let undone_by = self.desks.iter().filter_map(|desk| desk.last.as_ref()).map(|last| last.at.plus(self.rules.undo_within)).max();
        let over = match self.all_served() {
            true => undone_by.map_or(day.closes_at, |undone_by| undone_by.max(day.closes_at)),
            false => day.closes_at.plus(self.rules.close_grace),
        };
        (over <= now).then(|| format!("the day is still open, though it was over at {}", self.clock(over)))
    }

    fn all_served(&self) -> bool {
        self.visits.iter().all(|visit| matches!(visit.place, Place::Missed { .. }))
    }

    /// When a counter counts as left. Somebody waiting whom nobody else takes must be noticed at the latest when the oldest of them has
    /// waited so long since the last return to the queue; it may be noticed as soon as there has always been somebody for so long.
    fn left_at(&self, desk: usize, at_the_latest: bool) -> Option<Time> {
        let idle = self.desks[desk].officer.is_some() && self.visit_at(desk).is_none();
        let shift = self.shift_over(desk).filter(|_| idle).map(|over| over.plus(5 * MINUTE));
        self.unattended_at(desk, at_the_latest).into_iter().chain(shift).min()
    }

    /// When the centre calls for an idle officer; the sooner or later of it as with [`Model::left_at`].
    fn calls_itself_at(&self, desk: usize, at_the_latest: bool) -> Option<Time> {
        let (after, state) = (self.rules.auto_call_after?, &self.desks[desk]);
        (state.officer.is_some() && state.pause.is_none() && self.visit_at(desk).is_none()).then_some(())?;
        let oldest = self.callable(desk).map(|visit| visit.since).min()?;
        let from = state.acted.max(oldest).max(self.day.as_ref()?.opens_at);
        let at = if at_the_latest { from.max(state.stirred) } else { from }.plus(after);
        self.shift_over(desk).is_none_or(|over| over > at).then_some(at)
    }

    fn unattended_at(&self, desk: usize, at_the_latest: bool) -> Option<Time> {
        let (patience, here) = (self.rules.unattended_after, self.visit_at(desk));
        let state = &self.desks[desk];
        state.officer.as_ref()?;
        if let Some((since, back_at)) = state.pause {
            let back = back_at.unwrap_or(since).max(since).min(since.plus(2 * HOUR));
            return Some(back.plus(3 * patience));
        }
        match here.map(|visit| &visit.place) {
            Some(Place::Serving { .. }) => Some(state.acted.plus(3 * patience)),
            Some(_) => Some(state.acted.plus(patience)),
            None => {
                let from = state.wanted?.max(state.acted).max(self.day.as_ref()?.opens_at);
                let oldest = self.callable(desk).map(|visit| visit.since).min()?;
                let from = if at_the_latest { from.max(state.stirred).max(oldest) } else { from };
                Some(from.plus(patience))
            }
        }
    }

    fn look_who_is_wanted(&mut self, now: Time) {
        for desk in 0..self.desks.len() {
            let free = self.desks[desk].officer.is_some() && self.visit_at(desk).is_none();
            let wanted = free && self.callable(desk).next().is_some();
            let since = self.desks[desk].wanted.unwrap_or(now);
            self.desks[desk].wanted = wanted.then_some(since);
        }
    }

    /// A ticket has come back to the queue: those who might call it have not been idle before.
    fn stir(&mut self, ticket: TicketId, now: Time) {
        let Some(visit) = self.visit(ticket).cloned() else { return };
        for desk in 0..self.desks.len() {
            if visit.target != Target::Anyone || self.serves(desk, &visit) {
                self.desks[desk].stirred = now;
            }
        }
    }

    // Who is next.

    /// Returns the ticket that has used up the largest share of its promise among all that the counter may call.
    fn next_for(&self, desk: usize, now: Time) -> Option<TicketId> {
        let mut best: Option<(&Visit, Share)> = None;
        for visit in self.callable(desk) {
            let share = self.share(desk, visit, now);
            let wins = best.as_ref().is_none_or(|(other, theirs)| {
                let by_share = share.times * theirs.over - theirs.times * share.over;
                match (visit.front, other.front) {
                    (true, false) => true,
                    (false, true) => false,
                    _ if by_share != 0 => by_share > 0,
                    _ if visit.since != other.since => visit.since < other.since,
                    _ => visit.id < other.id,
                }
            });
            if wins {
                best = Some((visit, share));
            }
        }
        best.map(|(visit, _)| visit.id)
    }

    fn share(&self, desk: usize, visit: &Visit, now: Time) -> Share {
        let promise = self.rule_of(&visit.service).expect("offered").promises.of(visit.class);
        let weight = self.desks[desk].profile.iter().find(|(service, _)| *service == visit.service).map_or(1_000, |(_, weight)| *weight);
        Share { times: i128::from(weight) * i128::from(now.0 - visit.since.0 + promise.head_start), over: i128::from(promise.within) }
    }

    fn callable(&self, desk: usize) -> impl Iterator<Item = &Visit> {
        self.visits.iter().filter(move |visit| visit.place == Place::Waiting && self.may_call(desk, visit))
    }

    /// A counter that is closed or does not serve it, or an officer who is at none, holds nobody up. An officer takes whatever was
    /// sent to that officer.
    fn may_call(&self, desk: usize, visit: &Visit) -> bool {
        let nobody_there = (0..self.desks.len()).all(|other| {
            let staffed = self.desks[other].officer.is_some() && self.is_meant(other, visit);
            !(staffed && (matches!(visit.target, Target::Officer(_)) || self.serves(other, visit)))
        });
        let mine = self.is_meant(desk, visit);
        let its_officers = mine && matches!(visit.target, Target::Officer(_));
        (its_officers || (self.serves(desk, visit) && (mine || nobody_there))) && !self.is_stopped(&visit.service)
    }

    fn is_meant(&self, desk: usize, visit: &Visit) -> bool {
        match &visit.target {
            Target::Anyone => false,
            Target::Counter(counter) => self.desks[desk].id == *counter,
            Target::Officer(officer) => self.desks[desk].officer.as_ref() == Some(officer),
            Target::Pool(pool) => self.desks[desk].pools.contains(pool),
        }
    }

    fn serves(&self, desk: usize, visit: &Visit) -> bool {
        self.desks[desk].profile.iter().any(|(service, _)| *service == visit.service)
    }

    fn is_stopped(&self, service: &ServiceId) -> bool {
        let agency = self.rule_of(service).map(|rule| &rule.agency);
        self.stopped.iter().any(|(of, alone)| match alone {
            Some(alone) => alone == service,
            None => Some(of) == agency,
        })
    }

    // Looking things up, from end to end.

    pub fn visit(&self, ticket: TicketId) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.id == ticket)
    }

    pub fn numbered(&self, number: TicketNumber) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.number == number)
    }

    pub fn visit_at(&self, desk: usize) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.counter() == Some(self.desks[desk].id))
    }

    fn rule_of(&self, service: &ServiceId) -> Option<&ServicePolicy> {
        self.rules.services.iter().find(|rule| rule.id == *service)
    }

    /// The counter with this officer at it.
    fn at(&self, counter: CounterId, officer: &OfficerId) -> Option<usize> {
        self.desks.iter().position(|desk| desk.id == counter && desk.officer.as_ref() == Some(officer))
    }

    /// The counter with this officer at it, no ticket and no break.
    fn free(&self, counter: CounterId, officer: &OfficerId) -> Option<usize> {
        self.at(counter, officer).filter(|desk| self.visit_at(*desk).is_none() && self.desks[*desk].pause.is_none())
    }

    /// The counter with this officer and this very ticket.
    fn with(&self, counter: CounterId, officer: &OfficerId, ticket: TicketId) -> Option<usize> {
        self.at(counter, officer).filter(|desk| self.visit_at(*desk).is_some_and(|there| there.id == ticket))
    }

    fn remember(&mut self, desk: usize, act: Act, ticket: TicketId, now: Time) {
        let before = self.visit(ticket).cloned();
        let step = self.steps;
        self.desks[desk].last = before.map(|before| Last { act, at: now, before, step, ended: false, called: None });
    }

    fn change(&mut self, ticket: TicketId, change: impl FnOnce(&mut Visit)) {
        self.steps += 1;
        let step = self.steps;
        if let Some(visit) = self.visits.iter_mut().find(|visit| visit.id == ticket) {
            change(visit);
            visit.step = step;
        }
    }

    fn end(&mut self, ticket: TicketId, end: End) {
        self.visits.retain(|visit| visit.id != ticket);
        self.ended.push((ticket, end));
    }

    fn clock(&self, time: Time) -> String {
        self.day.as_ref().map_or_else(|| time.0.to_string(), |day| words::hour(time, day.midnight))
    }

    // Against the core.

    /// Returns the first thing in which the core is not as this model: tickets, where they stand and wait, counters, who has ended how.
    pub fn differs(&self, hall: &Hall) -> Option<String> {
        if hall.day().map(|day| &day.hours) != self.day.as_ref() {
            return Some(format!("the open day: {:?}, here {:?}", hall.day(), self.day));
        }
        self.visits_differ(hall).or_else(|| self.desks_differ(hall)).or_else(|| self.numbers_differ(hall))
    }

    fn numbers_differ(&self, hall: &Hall) -> Option<String> {
        let today = || self.held.iter().filter(|held| held.closed.is_none());
        let astray = today().find(|held| hall.holder(held.number) != Some(&held.kiosk));
        let astray = astray.map(|held| format!("who holds {}: {:?}, here {}", held.number, hall.holder(held.number), held.kiosk));
        let (ours, theirs) = (self.held.len(), hall.kiosk_numbers().iter().map(|numbers| numbers.open as usize).sum::<usize>());
        astray.or_else(|| (ours != theirs).then(|| format!("how many numbers kiosks hold: {theirs}, here {ours}")))
    }

    /// Returns the first visit of the day that did not end in the core as it did here.
    pub fn ends_differ(&self, hall: &Hall) -> Option<String> {
        let ended = self.ended.iter().find(|(ticket, end)| hall.ended(*ticket) != Some(*end))?;
        Some(format!("how ticket {} ended: {:?}, here {:?}", ended.0, hall.ended(ended.0), ended.1))
    }

    fn visits_differ(&self, hall: &Hall) -> Option<String> {
        let mut theirs = hall.tickets();
        let mut waiting = vec![[0; Class::ALL.len()]; hall.services().len()];
        for ours in &self.visits {
            let same = theirs.next().is_some_and(|theirs| {
                waiting[theirs.service][theirs.class as usize] += usize::from(ours.place == Place::Waiting);
                let service = &hall.services()[theirs.service].policy.id;
                let counter = theirs.stage.counter().map(|counter| hall.counters()[counter].policy.id);
                let stage = match (&theirs.stage, &ours.place) {
                    (Stage::Waiting, Place::Waiting) => theirs.clock_start == ours.since && theirs.front == ours.front,
                    (Stage::Called { .. }, Place::Called { .. }) | (Stage::Serving { .. }, Place::Serving { .. }) => {
                        ours.stood == Some(theirs.waited(theirs.clock_start)) && counter == ours.counter()
                    }
                    (Stage::Held { until, waited, .. }, Place::Held { until: ours_until }) => {
                        until == ours_until && ours.stood == Some(*waited)
                    }
                    (Stage::Missed { until, waited, .. }, Place::Missed { until: ours_until }) => {
                        until == ours_until && ours.stood == Some(*waited)
                    }
                    _ => false,
                };
                let who = (theirs.id, theirs.number, service, theirs.class, theirs.classed, theirs.outside, &theirs.target);
                let marks = theirs.marks.len() == ours.marks.len() && ours.marks.iter().all(|mark| theirs.marks.contains(mark));
                let done = theirs.delivered.len() == ours.delivered.len()
                    && ours.delivered.iter().all(|(service, count)| theirs.delivered.get(service) == Some(count));
                let same = (ours.id, ours.number, &ours.service, ours.class, ours.decided, ours.outside, &ours.target);
                stage && marks && done && who == same
            });
            if !same {
                return Some(format!("ticket {}: {:?}, here {ours:?}", ours.number, hall.ticket(ours.id)));
            }
        }
        if let Some(theirs) = theirs.next() {
            return Some(format!("ticket {} is in the core alone: {theirs:?}", theirs.number));
        }
        // The services of both are the same, ticket by ticket: so the counts may be taken by place.
        let lanes = hall.services().iter().map(|service| Class::ALL.map(|class| service.lane(class).len()));
        let (service, (ours, theirs)) = waiting.into_iter().zip(lanes).enumerate().find(|(_, (ours, theirs))| ours != theirs)?;
        Some(format!("who waits for {}, by class: {theirs:?}, here {ours:?}", hall.services()[service].policy.id))
    }

    fn desks_differ(&self, hall: &Hall) -> Option<String> {
        for (index, (ours, theirs)) in self.desks.iter().zip(hall.counters()).enumerate() {
            let here = self.visit_at(index).map(|visit| visit.id);
            let same = match &theirs.state {
                Counter::Closed => ours.officer.is_none(),
                Counter::Paused { officer, back_at, .. } => {
                    ours.officer.as_ref() == Some(officer) && ours.pause.is_some_and(|(_, ours)| ours == *back_at)
                }
                Counter::Free { officer, .. } => ours.officer.as_ref() == Some(officer) && ours.pause.is_none() && here.is_none(),
                Counter::Busy { officer, ticket, .. } => ours.officer.as_ref() == Some(officer) && here == Some(*ticket),
            };
            if !same || ours.id != theirs.policy.id {
                return Some(format!("counter {}: {:?}, here {ours:?} with {here:?}", ours.id, theirs.state));
            }
        }
        None
    }
}

/// A share of a promise, as a fraction that is never divided.
struct Share {
    times: i128,
    over: i128,
}

impl Visit {
    pub fn counter(&self) -> Option<CounterId> {
        match self.place {
            Place::Called { counter } | Place::Serving { counter } => Some(counter),
            Place::Waiting | Place::Held { .. } | Place::Missed { .. } => None,
        }
    }

    fn waited(&self, now: Time) -> i64 {
        self.stood.unwrap_or(now.0 - self.since.0)
    }

    /// Queues it for something else, with the wait so far or with another.
    fn queue_anew(&mut self, service: ServiceId, target: Target, front: bool, waited: Option<i64>, now: Time) {
        let waited = waited.unwrap_or_else(|| self.waited(now));
        (self.service, self.target, self.front) = (service, target, front);
        (self.since, self.stood, self.place) = (now.plus(-waited), None, Place::Waiting);
    }
}
