//! Numbers that kiosks hold for when the server is away, and the tickets that they gave with them.
//!
//! They come from the top of the range downwards and never from its lower half, so that all kiosks together leave at least half
//! of every letter to the centre. A number is held until it is handed over or the day ends; what was never handed over is
//! carried into the next day, once, so that whoever comes with such a paper is known.

use std::collections::{BTreeMap, BTreeSet};

use protocol::offline::{KioskNumbers, NumberBlock};
use protocol::{CancelReason, Class, DeviceId, Refusal, ServiceId, TicketId, TicketNumber, Time};

use crate::command::Given;
use crate::event::{Event, Issued, Offline, OpenNumbers, Return};
use crate::hall::Hall;
use crate::issue::Wish;

/// The numbers of all kiosks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kiosks {
    /// Each kiosk's numbers of today.
    pub(crate) numbers: BTreeMap<DeviceId, Numbers>,
    /// Which kiosk may give a number.
    holders: BTreeMap<TicketNumber, DeviceId>,
    /// Whose numbers those were that were handed over today.
    given: BTreeMap<TicketNumber, DeviceId>,
    /// Every number that a ticket of today has or had.
    used: BTreeSet<TicketNumber>,
    /// What the business day before left open.
    pub(crate) left: Vec<OpenNumbers>,
}

/// The numbers of one kiosk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Those that may have been given, with the book that holds them and since when.
    pub open: BTreeMap<TicketNumber, (u32, Time)>,
    /// How many were reserved today.
    pub reserved: u32,
    /// How many of them were handed over.
    pub used: u32,
    /// When the last one was given that was handed over.
    pub last: Option<Time>,
}

impl Kiosks {
    /// Returns whether a kiosk may give the number.
    pub(crate) fn hold(&self, number: TicketNumber) -> bool {
        self.holders.contains_key(&number)
    }

    pub(crate) fn reserved(&mut self, kiosk: &DeviceId, book: u32, blocks: &[NumberBlock], at: Time) {
        let numbers = self.numbers.entry(kiosk.clone()).or_default();
        for number in blocks.iter().flat_map(|block| block.numbers()) {
            numbers.open.insert(number, (book, at));
            numbers.reserved += 1;
            self.holders.insert(number, kiosk.clone());
        }
    }

    pub(crate) fn given(&mut self, issued: &Issued) {
        self.used.insert(issued.number);
        let Some(offline) = &issued.offline else { return };
        self.holders.remove(&issued.number);
        let numbers = self.numbers.entry(offline.kiosk.clone()).or_default();
        if numbers.open.remove(&issued.number).is_some() {
            numbers.used += 1;
        }
        self.given.insert(issued.number, offline.kiosk.clone());
        numbers.last = numbers.last.max(Some(offline.at));
    }

    /// Returns what no kiosk has handed over, as the day ends.
    fn left_open(&self, date: &str, closed_at: Time) -> Vec<OpenNumbers> {
        let left = |(kiosk, numbers): (&DeviceId, &Numbers)| OpenNumbers {
            kiosk: kiosk.clone(),
            date: date.to_owned(),
            closed_at,
            reserved: numbers.reserved,
            used: numbers.used,
            blocks: runs(numbers),
        };
        self.numbers.iter().map(left).collect()
    }
}

/// Returns open numbers as runs, each held since one moment.
fn runs(numbers: &Numbers) -> Vec<(Time, NumberBlock)> {
    let since: BTreeSet<Time> = numbers.open.values().map(|(_, since)| *since).collect();
    let held = |at: Time| numbers.open.iter().filter(move |(_, (_, since))| *since == at).map(|(number, _)| *number);
    since.into_iter().flat_map(|at| NumberBlock::of(held(at)).into_iter().map(move |block| (at, block))).collect()
}

impl Hall {
    /// Returns the numbers of a kiosk, if any were reserved today.
    pub fn numbers_of(&self, kiosk: &DeviceId) -> Option<&Numbers> {
        self.kiosks.numbers.get(kiosk)
    }

    /// Returns the kiosk that may give a number by itself.
    pub fn holder(&self, number: TicketNumber) -> Option<&DeviceId> {
        self.kiosks.holders.get(&number)
    }

    /// Returns the kiosk for which a number was reserved on a day, handed over or not; of the day before, while it was not.
    pub fn reserved_for(&self, date: &str, number: TicketNumber) -> Option<&DeviceId> {
        if self.day.as_ref().is_some_and(|day| day.hours.date == date) {
            return self.holder(number).or_else(|| self.kiosks.given.get(&number));
        }
        let holds =
            |left: &&OpenNumbers| left.date == date && left.blocks.iter().any(|(_, block)| block.numbers().any(|one| one == number));
        self.kiosks.left.iter().find(holds).map(|left| &left.kiosk)
    }

    /// Returns what became of the numbers of every kiosk, today and on the business day before.
    pub fn kiosk_numbers(&self) -> Vec<KioskNumbers> {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let date = self.day.as_ref().map(|day| day.hours.date.clone());
        let today = self.kiosks.numbers.iter().filter_map(|(kiosk, numbers)| {
            let (date, open) = (date.clone()?, count(numbers.open.len()));
            Some(KioskNumbers { kiosk: kiosk.clone(), date, reserved: numbers.reserved, used: numbers.used, open })
        });
        let before = self.kiosks.left.iter().map(|left| {
            let open = count(left.blocks.iter().map(|(_, block)| block.numbers().count()).sum());
            KioskNumbers { kiosk: left.kiosk.clone(), date: left.date.clone(), reserved: left.reserved, used: left.used, open }
        });
        today.chain(before).collect()
    }

    /// Sets aside what the kiosk's book lacks of each letter.
    pub(crate) fn reserve(&self, kiosk: &DeviceId, book: u32) -> Result<Vec<Event>, Refusal> {
        self.day.as_ref().ok_or(Refusal::CentreClosed)?;
        let letters: BTreeSet<char> = self.services.iter().map(|desk| desk.policy.letter).collect();
        let numbers: Vec<TicketNumber> = letters.into_iter().flat_map(|letter| self.lacking(kiosk, book, letter)).collect();
        match numbers.is_empty() {
            true => Err(Refusal::NumbersHeld),
            false => Ok(vec![Event::NumbersReserved { kiosk: kiosk.clone(), book, blocks: NumberBlock::of(numbers) }]),
        }
    }

    fn lacking(&self, kiosk: &DeviceId, book: u32, letter: char) -> Vec<TicketNumber> {
        let range = self.policy.numbers;
        let half = (range.last - range.first).div_ceil(2);
        let mine = |(number, (held_by, _)): &(&TicketNumber, &(u32, Time))| number.letter == letter && *held_by == book;
        let held = self.numbers_of(kiosk).map_or(0, |numbers| numbers.open.iter().filter(mine).count());
        let wanted = usize::from(self.policy.offline_numbers).saturating_sub(held);
        let from_the_top = (0..half).map(|below| TicketNumber { letter, number: range.last - below });
        let free =
            |number: &TicketNumber| !self.numbers.contains_key(number) && !self.kiosks.used.contains(number) && !self.kiosks.hold(*number);
        from_the_top.filter(free).take(wanted).collect()
    }

    /// Takes what a kiosk gave by itself: into the queue of its day, or among those whom that day could not serve.
    pub(crate) fn hand_over(&self, given: &Given, now: Time) -> Result<Vec<Event>, Refusal> {
        let today = self.day.as_ref().is_some_and(|day| day.hours.date == given.date);
        match today {
            true => self.hand_over_today(given, now),
            false => Ok(vec![self.left_over(given)?]),
        }
    }

    fn hand_over_today(&self, given: &Given, now: Time) -> Result<Vec<Event>, Refusal> {
        let numbers = self.numbers_of(&given.kiosk).ok_or(Refusal::NumberNotReserved)?;
        let Some((_, since)) = numbers.open.get(&given.number) else {
            let before = self.kiosks.used.contains(&given.number);
            return Err(if before { Refusal::NumberGiven } else { Refusal::NumberNotReserved });
        };
        let arrival = &given.arrival;
        let service = *self.service_index.get(&arrival.service).ok_or(Refusal::UnknownService)?;
        // A clock that was wrong moves nobody before those who came to the same kiosk earlier, nor into the future.
        let at = given.at.max(*since).max(numbers.last.unwrap_or(*since)).min(now);
        // Nobody could be asked whether the booked time is one of today: whoever holds the paper waits no longer than the day.
        let booked_at = arrival.booked.map(|booked| booked.at.min(self.closes_at()).max(at));
        let (class, clock_start) = match booked_at {
            Some(booked_at) => (Class::Appointment, booked_at),
            None => (arrival.class, at),
        };
        let then = self.known(&arrival.then);
        let wish = Wish { service, class, language: arrival.language, clock_start, then: &then };
        let issued = Issued {
            booked_at,
            // Whoever holds this paper was let in.
            outside: false,
            offline: Some(Offline { kiosk: given.kiosk.clone(), at }),
            ..self.issued_as(given.number, &wish, now)
        };
        Ok(self.replaced(given.replaces).into_iter().chain([Event::TicketIssued(issued)]).collect())
    }

    fn closes_at(&self) -> Time {
        self.day.as_ref().map_or(self.at, |day| day.hours.closes_at)
    }

    /// Ends the ticket that was issued for the same request and that nobody holds; one that is at a counter by now is missed there.
    fn replaced(&self, ticket: Option<TicketId>) -> Option<Event> {
        let number = self.ticket(ticket?)?.number;
        self.cancel(number, CancelReason::Replaced).ok()
    }

    fn left_over(&self, given: &Given) -> Result<Event, Refusal> {
        let of_the_day = |left: &&OpenNumbers| left.kiosk == given.kiosk && left.date == given.date;
        let left = self.kiosks.left.iter().find(of_the_day).ok_or(Refusal::NumberNotReserved)?;
        let holds = |(_, block): &&(Time, NumberBlock)| block.numbers().any(|number| number == given.number);
        let (since, _) = left.blocks.iter().find(holds).ok_or(Refusal::NumberNotReserved)?;
        let at = given.at.clamp(*since, left.closed_at.max(*since));
        let class = if given.arrival.booked.is_some() { Class::Appointment } else { given.arrival.class };
        let unserved = Return {
            number: given.number,
            service: given.arrival.service.clone(),
            then: self.known(&given.arrival.then),
            class,
            waited: left.closed_at.since(at),
        };
        let left = self.policy.returns.then_some(unserved);
        Ok(Event::NumberLeft { kiosk: given.kiosk.clone(), number: given.number, at, left })
    }

    /// Returns a number that is held and should not be, or is counted wrongly.
    pub(crate) fn reserved_wrongly(&self) -> Option<TicketNumber> {
        let kiosks = &self.kiosks;
        let taken = kiosks.holders.keys().find(|number| self.numbers.contains_key(number) || kiosks.used.contains(number));
        let mine = |number: &TicketNumber, kiosk: &DeviceId| kiosks.holders.get(number) == Some(kiosk);
        let astray = kiosks.numbers.iter().find_map(|(kiosk, numbers)| numbers.open.keys().find(|number| !mine(number, kiosk)));
        let counted: usize = kiosks.numbers.values().map(|numbers| numbers.open.len()).sum();
        let uncounted = kiosks.holders.keys().next().filter(|_| counted != kiosks.holders.len());
        let spent = kiosks.numbers.values().find(|numbers| numbers.reserved as usize != numbers.used as usize + numbers.open.len());
        let spent = spent.and_then(|numbers| numbers.open.keys().next().or_else(|| kiosks.used.first()));
        taken.or(astray).or(uncounted).or(spent).copied()
    }

    fn known(&self, services: &[ServiceId]) -> Vec<ServiceId> {
        services.iter().filter(|service| self.service_index.contains_key(service)).cloned().collect()
    }

    pub(crate) fn day_closed(&mut self, at: Time) {
        if let Some(day) = self.day.take() {
            // A day that was forgotten open has waited for nobody since it should have been closed.
            let closed_at = at.min(day.hours.closes_at.plus(self.policy.close_grace));
            self.kiosks = Kiosks { left: self.kiosks.left_open(&day.hours.date, closed_at), ..Kiosks::default() };
        }
    }

    pub(crate) fn number_left(&mut self, kiosk: &DeviceId, number: TicketNumber, left: Option<&Return>) {
        let holds = |block: &NumberBlock| block.numbers().any(|other| other == number);
        let open = self.kiosks.left.iter_mut().filter(|open| open.kiosk == *kiosk);
        for open in open.filter(|open| open.blocks.iter().any(|(_, block)| holds(block))).take(1) {
            open.used += 1;
            open.blocks = without(&open.blocks, number);
        }
        match (left, &self.day) {
            (Some(left), Some(_)) => drop(self.returns.insert(number, left.clone())),
            (Some(left), None) => self.unserved.push(left.clone()),
            (None, _) => {}
        }
    }
}

/// Returns runs of numbers without one of them.
fn without(blocks: &[(Time, NumberBlock)], number: TicketNumber) -> Vec<(Time, NumberBlock)> {
    let kept = |(since, block): &(Time, NumberBlock)| {
        let since = *since;
        NumberBlock::of(block.numbers().filter(|other| *other != number)).into_iter().map(move |block| (since, block)).collect::<Vec<_>>()
    };
    blocks.iter().flat_map(kept).collect()
}
