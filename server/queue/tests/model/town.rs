//! Those who come to a hall and work in it, drawn from one seed: centres of every size, their rules, and what people ask for.
//!
//! They look at the second model only. Most do what makes sense; some press the wrong key, or one that is long past.

use protocol::request::SuspensionReason;
use protocol::time::{HOUR, MINUTE, SECOND};
use protocol::{
    AgencyCode, BookingId, CancelReason, Class, CounterId, DeviceId, Language, MarkId, OfficerId, OutOfOrderReason, Outcome, PauseReason,
    PoolId, ServiceId, Standing, Target, TicketId, TicketNumber, Time, ZoneId,
};
use queue::{
    Arrival, Booked, BusinessDay, Command, CounterPolicy, Given, NumberRange, OfficerPolicy, Policy, Promise, Promises, ServicePolicy,
};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::{Model, Place};

/// A Wednesday in Nairobi.
const MIDNIGHT: Time = Time(1_795_554_000_000);
const DAY: i64 = 24 * HOUR;

/// A town with its centre.
pub struct Town {
    pub random: SmallRng,
    pub rules: Policy,
    /// Visitors on a day.
    pub visitors: u32,
    come: u32,
    /// Until when each counter's officer is with a citizen, or away without a word.
    busy_until: Vec<Time>,
    /// Milliseconds between two looks at what people want.
    pub tick: i64,
}

impl Town {
    /// Makes a town; the same seed makes the same one. `largest` bounds its visitors.
    pub fn new(seed: u64, largest: u32) -> Town {
        let mut random = SmallRng::seed_from_u64(seed);
        // As many small centres as large ones, on a scale of doublings.
        let doublings = random.random_range(0.0..=(f64::from(largest.max(31)) / 30.0).log2());
        let visitors = ((30.0 * doublings.exp2()) as u32).min(largest);
        let counters = (visitors / 85 + random.random_range(1..=3)).min(35);
        let rules = rules(&mut random, counters as usize);
        let tick = (random.random_range(4..40) * SECOND * 100 / i64::from(visitors)).clamp(2 * SECOND, 60 * SECOND);
        Town { random, visitors, come: 0, busy_until: vec![Time(i64::MIN); counters as usize], tick, rules }
    }

    /// Returns a day of the town; the first is 0.
    pub fn day(&self, number: i64) -> BusinessDay {
        let midnight = MIDNIGHT.plus(number * DAY);
        let at = |hour: i64, minute: i64| midnight.plus(hour * HOUR + minute * MINUTE);
        BusinessDay {
            date: format!("2026-{:02}-{:02}", 11 + number / 28, 1 + number % 28),
            midnight,
            tickets_from: at(7, 30),
            opens_at: at(8, 0),
            closes_at: at(17, 0),
        }
    }

    /// A new day: everybody may come again.
    pub fn sleep(&mut self) {
        self.come = 0;
        self.busy_until.iter_mut().for_each(|busy| *busy = Time(i64::MIN));
    }

    /// Returns what people ask for now.
    pub fn wishes(&mut self, model: &Model, now: Time) -> Vec<Command> {
        let mut wishes = self.arrivals(model, now);
        for desk in 0..model.desks.len() {
            wishes.extend(self.officer(model, desk, now));
        }
        if self.random.random_ratio(1, 12) {
            wishes.extend(self.citizen(model));
        }
        if self.random.random_ratio(1, 400) {
            wishes.push(self.manager(model, now));
        }
        if self.random.random_ratio(1, 6) {
            wishes.push(self.wrong_key(model, now));
        }
        if self.random.random_ratio(1, 60) {
            wishes.push(Command::ReserveNumbers { kiosk: self.kiosk(), book: self.random.random_range(0..21) / 20 });
        }
        if self.random.random_ratio(1, 20) {
            wishes.extend(self.handed_over(model, now));
        }
        wishes
    }

    fn arrivals(&mut self, model: &Model, now: Time) -> Vec<Command> {
        let Some(day) = &model.day else { return Vec::new() };
        let left = self.visitors.saturating_sub(self.come);
        let span = (day.closes_at.0 - day.tickets_from.0).max(1) as f64;
        // Many early, few late: a triangle over the day.
        let along = (now.0 - day.tickets_from.0) as f64 / span;
        let expected = f64::from(self.visitors) * self.tick as f64 / span * (2.0 - 2.0 * along).clamp(0.1, 2.0);
        let mut number = expected as u32 + u32::from(self.random.random_bool(expected.fract().clamp(0.0, 1.0)));
        number = number.min(left);
        self.come += number;
        (0..number).map(|_| self.issue(now)).collect()
    }

    fn issue(&mut self, now: Time) -> Command {
        let service = self.service();
        let class = match self.random.random_range(0..100) {
            0..12 => Class::Priority,
            12..16 => Class::Appointment,
            _ => Class::Standard,
        };
        // An appointment's clock starts with the hour that was booked.
        let booked = class == Class::Appointment && self.random.random_bool(0.5);
        let clock_start = booked.then(|| now.plus(self.random.random_range(-30..30) * MINUTE));
        let then = (0..self.random.random_range(0..60) / 54).map(|_| self.service()).collect();
        let language = if self.random.random_bool(0.7) { Language::Sw } else { Language::En };
        // Some show a code of the list, some only a slip, at a time that may be wrong; a code may be shown twice.
        let on_slip = self.random.random_ratio(1, 12).then(|| now.plus(self.random.random_range(-40..60) * MINUTE));
        let booking = self.random.random_bool(0.6).then(|| BookingId(self.random.random_range(0..400)));
        let booked = on_slip.map(|at| Booked { at, booking });
        Command::IssueTicket(Arrival { clock_start, then, booked, ..Arrival::new(service, class, language) })
    }

    fn officer(&mut self, model: &Model, desk: usize, now: Time) -> Option<Command> {
        let (counter, mine) = (model.desks[desk].id, officer(desk));
        let day = model.day.as_ref()?;
        let at_work = now >= day.opens_at.plus(-20 * MINUTE) && now < day.closes_at;
        if self.random.random_ratio(1, 4_000) {
            // The officer walks away, or forgets.
            self.busy_until[desk] = now.plus(self.random.random_range(10..120) * MINUTE);
        }
        if at_work && self.random.random_ratio(1, 300) {
            // Somebody else comes for the counter, in time for the next shift or not.
            return Some(Command::OpenCounter { counter, officer: officer(desk + self.busy_until.len()) });
        }
        let Some(officer) = model.desks[desk].officer.clone() else {
            let comes = at_work && self.random.random_ratio(1, 6);
            return comes.then_some(Command::OpenCounter { counter, officer: mine });
        };
        if model.desks[desk].pause.is_some() {
            return self.random.random_ratio(1, 40).then_some(Command::ResumeCounter { counter, officer });
        }
        let Some(here) = model.visit_at(desk) else { return self.free_officer(model, desk, officer, now) };
        let ticket = here.id;
        let here = here.place.clone();
        if now < self.busy_until[desk] {
            return None;
        }
        Some(match here {
            Place::Called { .. } => match self.random.random_range(0..100) {
                0..6 => Command::NoShow { counter, officer, ticket, then_next: self.likely() },
                6..18 => Command::Recall { counter, officer, ticket },
                18..20 => self.send_on(counter, officer, ticket),
                20..22 => self.hold(counter, officer, ticket, now),
                22..23 => Command::Undo { counter, officer },
                23..50 => return None,
                _ => {
                    let minutes = f64::from(self.random.random_range(1..8_u32)) * f64::from(self.random.random_range(1..30_u32));
                    self.busy_until[desk] = now.plus((minutes * 6_000.0) as i64);
                    Command::StartService { counter, officer, ticket }
                }
            },
            _ => match self.random.random_range(0..100) {
                0..7 => self.send_on(counter, officer, ticket),
                7..12 => self.hold(counter, officer, ticket, now),
                12..14 => Command::Undo { counter, officer },
                14..20 => Command::Deliver { counter, officer, ticket, service: self.service(), count: self.random.random_range(0..4) },
                _ => {
                    let outcome = if self.likely() { Outcome::Served } else { Outcome::ALL[self.random.random_range(0..4)] };
                    let outcome = self.likely().then_some(outcome);
                    Command::FinishService { counter, officer, ticket, outcome, then_next: self.likely() }
                }
            },
        })
    }

    fn free_officer(&mut self, model: &Model, desk: usize, officer: OfficerId, now: Time) -> Option<Command> {
        let counter = model.desks[desk].id;
        // Who sees nobody waiting presses the key now and then all the same.
        let worth_it = model.callable(desk).next().is_some() || self.random.random_ratio(1, 30);
        if now < self.busy_until[desk] || !worth_it {
            return None;
        }
        Some(match self.random.random_range(0..600) {
            0 => Command::CloseCounter { counter, officer },
            1..4 => {
                let back_at = self.random.random_bool(0.6).then(|| now.plus(self.random.random_range(5..50) * MINUTE));
                Command::PauseCounter { counter, officer, back_at, reason: PauseReason::Break }
            }
            4..10 => Command::Undo { counter, officer },
            10..300 => Command::CallNext { counter, officer },
            _ => return None,
        })
    }

    fn hold(&mut self, counter: CounterId, officer: OfficerId, ticket: TicketId, now: Time) -> Command {
        let until = self.random.random_bool(0.6).then(|| now.plus(self.random.random_range(1..90) * MINUTE));
        Command::HoldTicket { counter, officer, ticket, until, then_next: self.likely() }
    }

    fn send_on(&mut self, counter: CounterId, who: OfficerId, ticket: TicketId) -> Command {
        let to = match self.random.random_range(0..5) {
            0 => Target::Officer(officer(self.random.random_range(0..self.busy_until.len() + 1))),
            1 | 2 => Target::Counter(self.counter()),
            3 => Target::Pool(pool()),
            _ => Target::Anyone,
        };
        let service = match &to {
            // Most officers know what the other counter serves.
            Target::Counter(to) if self.likely() => {
                let profile = self.rules.counters.iter().find(|counter| counter.id == *to).map(|counter| counter.profile.clone());
                profile.and_then(|profile| profile.first().cloned()).map_or_else(|| self.service(), |(service, _)| service)
            }
            _ => self.service(),
        };
        let standing = [Standing::Kept, Standing::Front, Standing::End][self.random.random_range(0..3)];
        Command::TransferTicket { counter, officer: who, ticket, service, to, standing, then_next: self.likely() }
    }

    fn citizen(&mut self, model: &Model) -> Option<Command> {
        if let Some(unserved) = model.returns.first().filter(|_| self.random.random_bool(0.3)) {
            return Some(Command::TakeUpReturn { number: unserved.number, language: Language::Sw });
        }
        let away = |place: &Place| matches!(place, Place::Held { .. } | Place::Missed { .. });
        let wants_away = self.random.random_bool(0.7);
        let some: Vec<TicketNumber> =
            model.visits.iter().filter(|visit| away(&visit.place) == wants_away).map(|visit| visit.number).collect();
        let number = *some.get(self.random.random_range(0..some.len().max(1)))?;
        Some(match self.random.random_range(0..8) {
            0 | 1 if !wants_away => {
                Command::CancelTicket { number, reason: if self.likely() { CancelReason::GivenUp } else { CancelReason::Mistake } }
            }
            0..4 => Command::ReturnTicket { number },
            4 => Command::SetPriority { number, priority: self.likely() },
            5 => Command::MarkTicket { number, mark: mark(), on: self.likely() },
            _ => {
                let desk = self.random.random_range(0..model.desks.len());
                let who = model.desks[desk].officer.clone().unwrap_or_else(|| officer(desk));
                Command::CallTicket { counter: model.desks[desk].id, officer: who, number, reason: OutOfOrderReason::Back }
            }
        })
    }

    /// A kiosk was alone for a while; now and then one tells the same again, has a wrong clock, or holds no such number.
    fn handed_over(&mut self, model: &Model, now: Time) -> Option<Command> {
        let held = model.held.get(self.random.random_range(0..model.held.len().max(1)))?.clone();
        let arrival = match self.issue(now) {
            Command::IssueTicket(arrival) => Arrival { clock_start: None, ..arrival },
            _ => return None,
        };
        let nobodys = model.visits.get(self.random.random_range(0..model.visits.len().max(1))).map(|visit| visit.id);
        Some(Command::HandOver(Given {
            kiosk: if self.likely() { held.kiosk } else { self.kiosk() },
            number: held.number,
            date: held.date,
            arrival: Arrival { booked: arrival.booked.map(|booked| Booked { booking: None, ..booked }), ..arrival },
            at: now.plus(self.random.random_range(-90..10) * MINUTE),
            replaces: nobodys.filter(|_| self.random.random_ratio(1, 8)),
        }))
    }

    fn kiosk(&mut self) -> DeviceId {
        DeviceId::new(&format!("kiosk-{}", self.random.random_range(1..4))).expect("a device's id")
    }

    fn manager(&mut self, model: &Model, now: Time) -> Command {
        let service = self.service();
        let agency = self.rules.services.iter().find(|rule| rule.id == service).map(|rule| rule.agency.clone());
        let (agency, service) = (agency.expect("of these rules"), self.random.random_bool(0.5).then_some(service));
        match model.stopped.first() {
            Some((agency, service)) if self.likely() => Command::ResumeServices { agency: agency.clone(), service: service.clone() },
            _ => {
                let back_at = self.random.random_bool(0.3).then(|| now.plus(self.random.random_range(-5..60) * MINUTE));
                Command::SuspendServices { agency, service, reason: SuspensionReason::SystemDown, back_at }
            }
        }
    }

    /// Something that may make no sense at all.
    fn wrong_key(&mut self, model: &Model, now: Time) -> Command {
        let counter = self.counter();
        let officer = officer(self.random.random_range(0..self.busy_until.len() + 1));
        let ticket = match model.visits.get(self.random.random_range(0..model.visits.len().max(1))) {
            Some(visit) if self.likely() => visit.id,
            _ => TicketId(self.random.random_range(1..model.next_id + 3)),
        };
        let letter = self.rules.services[0].letter;
        let number = model.visit(ticket).map_or(TicketNumber { letter, number: 1 }, |visit| visit.number);
        let then_next = self.likely();
        match self.random.random_range(0..17) {
            0 => Command::OpenCounter { counter, officer },
            1 => Command::CloseCounter { counter, officer },
            2 => Command::ResumeCounter { counter, officer },
            3 => Command::CallNext { counter, officer },
            4 => Command::Recall { counter, officer, ticket },
            5 => Command::StartService { counter, officer, ticket },
            6 => Command::FinishService { counter, officer, ticket, outcome: Some(Outcome::Served), then_next },
            7 => Command::NoShow { counter, officer, ticket, then_next },
            8 => self.hold(counter, officer, ticket, now),
            9 => self.send_on(counter, officer, ticket),
            10 => Command::Undo { counter, officer },
            11 => Command::ReturnTicket { number },
            12 => Command::CallTicket { counter, officer, number, reason: OutOfOrderReason::Correction },
            13 => Command::SetPriority { number, priority: then_next },
            14 => Command::PauseCounter { counter, officer, back_at: Some(now.plus(-MINUTE)), reason: PauseReason::Break },
            15 => Command::HoldTicket { counter, officer, ticket, until: Some(now.plus(9 * HOUR)), then_next },
            _ => Command::OpenDay(self.day(0)),
        }
    }

    fn service(&mut self) -> ServiceId {
        self.rules.services[self.random.random_range(0..self.rules.services.len())].id.clone()
    }

    fn counter(&mut self) -> CounterId {
        // Now and then one that there is not.
        let unknown = u16::from(!self.likely());
        CounterId(self.random.random_range(1..=u16::try_from(self.busy_until.len()).expect("few") + unknown))
    }

    fn likely(&mut self) -> bool {
        self.random.random_bool(0.8)
    }
}

/// Returns the officer who usually sits at a counter, by its place.
pub fn officer(desk: usize) -> OfficerId {
    OfficerId::new(&format!("officer-{}", desk + 1)).expect("an officer's id")
}

fn rules(random: &mut SmallRng, counters: usize) -> Policy {
    let number = random.random_range(1..=(counters * 2).min(40));
    let services: Vec<ServicePolicy> = (0..number).map(|index| service(random, index)).collect();
    let counter = |index: usize, random: &mut SmallRng| {
        let first = if random.random_bool(0.9) { index } else { 0 };
        let mut profile: Vec<(ServiceId, u32)> = Vec::new();
        for step in 0..random.random_range(1..=5) {
            let service = if step == 0 { first % services.len() } else { random.random_range(0..services.len()) };
            let weight = if random.random_bool(0.8) { 1_000 } else { random.random_range(200..4_000) };
            if profile.iter().all(|(known, _)| *known != services[service].id) {
                profile.push((services[service].id.clone(), weight));
            }
        }
        let shifts = if random.random_bool(0.3) { vec![(8 * HOUR, 12 * HOUR), (12 * HOUR, 17 * HOUR)] } else { Vec::new() };
        let pools = if index % 3 == 1 { vec![pool()] } else { Vec::new() };
        let counter =
            CounterPolicy::new(CounterId(u16::try_from(index + 1).expect("few counters")), ZoneId::new("hall").expect("a zone"), profile);
        CounterPolicy { pools, shifts, ..counter }
    };
    let counters = (0..counters).map(|index| counter(index, random)).collect();
    let numbers = if random.random_bool(0.7) {
        NumberRange { first: 1, last: 999 }
    } else {
        let first = random.random_range(1..200);
        NumberRange { first, last: first + random.random_range(0..120) }
    };
    Policy {
        counters,
        numbers,
        offline_numbers: random.random_range(0..12),
        unattended_after: random.random_range(4..25) * MINUTE,
        return_within: if random.random_bool(0.2) { 0 } else { random.random_range(2..45) * MINUTE },
        return_loses: random.random_range(0..8) * MINUTE,
        undo_within: if random.random_bool(0.1) { 0 } else { random.random_range(10..120) * SECOND },
        close_grace: random.random_range(0..4) * 30 * MINUTE,
        inside_max: random.random_bool(0.3).then(|| random.random_range(3..60)),
        auto_call_after: random.random_bool(0.25).then(|| random.random_range(5..120) * SECOND),
        outcome_required: random.random_bool(0.2),
        returns: random.random_bool(0.9),
        appointment_early: random.random_range(0..60) * MINUTE,
        appointment_late: random.random_range(0..30) * MINUTE,
        marks: vec![mark()],
        officers: (0..number).step_by(5).map(|index| skilled(random, index, &services)).collect(),
        services,
    }
}

fn mark() -> MarkId {
    MarkId::new("interpreter").expect("a mark")
}

/// An officer who serves some of it, and some of that with another weight.
fn skilled(random: &mut SmallRng, index: usize, services: &[ServicePolicy]) -> OfficerPolicy {
    let known = services.iter().filter(|_| random.random_bool(0.6)).map(|service| service.id.clone()).collect::<Vec<_>>();
    OfficerPolicy {
        officer: officer(index),
        profile: known.into_iter().map(|service| (service, random.random_range(300..3_000))).collect(),
    }
}

fn pool() -> PoolId {
    PoolId::new("every-third").expect("a pool")
}

fn service(random: &mut SmallRng, index: usize) -> ServicePolicy {
    const LETTERS: [char; 9] = ['J', 'K', 'L', 'G', 'V', 'D', 'S', 'Z', 'Q'];
    let minutes = random.random_range(5..60);
    let head_start = if random.random_bool(0.15) { random.random_range(0..10) * MINUTE } else { 0 };
    let promise = |within: i64| Promise { head_start, ..Promise::within(within) };
    let from = random.random_range(7..12) * HOUR;
    ServicePolicy {
        id: ServiceId::new(&format!("service-{}", index + 1)).expect("a service's id"),
        agency: AgencyCode::new(&format!("AGENCY{}", index / 3)).expect("an agency's code"),
        letter: LETTERS[index / 2 % LETTERS.len()],
        promises: Promises {
            standard: promise(minutes * MINUTE),
            priority: promise((minutes * MINUTE / random.random_range(1..9)).max(1)),
            appointment: promise(10 * MINUTE),
        },
        typical: random.random_range(2..12) * MINUTE,
        quota: random.random_bool(0.15).then(|| random.random_range(3..60)),
        hours: random.random_bool(0.15).then(|| (from, from + random.random_range(1..8) * HOUR)),
    }
}
