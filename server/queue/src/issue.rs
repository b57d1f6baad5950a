//! Whether somebody gets a ticket, which number it has, and what is told with it.

use protocol::{Class, Language, Refusal, ServiceId, TicketId, TicketNumber, Time};

use crate::command::{Arrival, Booked};
use crate::dispatch::{self, Newcomer};
use crate::estimate::{self, Expected};
use crate::event::{Event, Issued};
use crate::hall::{Hall, ServiceDesk};

/// What a new ticket waits for, and since when.
pub(crate) struct Wish<'a> {
    pub(crate) service: usize,
    pub(crate) class: Class,
    pub(crate) language: Language,
    pub(crate) clock_start: Time,
    pub(crate) then: &'a [ServiceId],
}

impl Hall {
    pub(crate) fn issue(&self, arrival: &Arrival, now: Time) -> Result<Event, Refusal> {
        let service = *self.service_index.get(&arrival.service).ok_or(Refusal::UnknownService)?;
        if !arrival.then.iter().all(|next| self.service_index.contains_key(next)) {
            return Err(Refusal::UnknownService);
        }
        self.check_issuing(&self.services[service], now)?;
        if arrival.booked.is_none_or(|booked| booked.booking.is_none()) {
            // A place on the centre's own list was promised before.
            self.check_quota(&self.services[service])?;
        }
        let (class, clock_start) = match &arrival.booked {
            Some(booked) => {
                self.check_booked(booked, now)?;
                (Class::Appointment, booked.at.max(now))
            }
            None => (arrival.class, arrival.clock_start.unwrap_or(now)),
        };
        let wish = Wish { service, class, language: arrival.language, clock_start, then: &arrival.then };
        let issued = self.issued(&wish, now)?;
        let (booked_at, booking) = (arrival.booked.map(|booked| booked.at), arrival.booked.and_then(|booked| booked.booking));
        Ok(Event::TicketIssued(Issued { booked_at, booking, ..issued }))
    }

    /// Returns the ticket of someone whom the last business day could not serve: the wait of that day counts, as far as the
    /// promise goes, and no quota stands in the way.
    pub(crate) fn take_up(&self, number: TicketNumber, language: Language, now: Time) -> Result<Event, Refusal> {
        self.day.as_ref().ok_or(Refusal::CentreClosed)?;
        let unserved = self.returns.get(&number).ok_or(Refusal::NoReturnTicket)?;
        let service = *self.service_index.get(&unserved.service).ok_or(Refusal::ServiceNotOffered)?;
        let desk = &self.services[service];
        self.check_issuing(desk, now)?;
        let head_start = unserved.waited.clamp(0, desk.policy.promises.of(unserved.class).within);
        let then: Vec<ServiceId> = unserved.then.iter().filter(|next| self.service_index.contains_key(next)).cloned().collect();
        let wish = Wish { service, class: unserved.class, language, clock_start: Time(now.0 - head_start), then: &then };
        let issued = self.issued(&wish, now)?;
        Ok(Event::TicketIssued(Issued { taken_up: Some(number), ..issued }))
    }

    fn issued(&self, wish: &Wish<'_>, now: Time) -> Result<Issued, Refusal> {
        let number = self.free_number(self.services[wish.service].policy.letter)?;
        Ok(self.issued_as(number, wish, now))
    }

    /// Returns a ticket with this number.
    pub(crate) fn issued_as(&self, number: TicketNumber, wish: &Wish<'_>, now: Time) -> Issued {
        let expected = estimate::expected_wait(self, wish.service, wish.class, now);
        let newcomer = Newcomer { service: wish.service, class: wish.class, clock_start: wish.clock_start };
        let ahead = dispatch::ahead_of_newcomer(self, newcomer, now, expected.map_or(0, |expected| expected.wait));
        // Nobody who comes before a booked time is told less than the time until then.
        let lead = wish.clock_start.since(now);
        let told = |expected: Expected| estimate::told(Expected { wait: expected.wait.saturating_add(lead), ..expected });
        Issued {
            ticket: TicketId(self.next_ticket),
            number,
            service: self.services[wish.service].policy.id.clone(),
            class: wish.class,
            language: wish.language,
            clock_start: wish.clock_start,
            ahead,
            wait: expected.map(told),
            then: wish.then.to_vec(),
            booked_at: None,
            booking: None,
            taken_up: None,
            outside: self.is_full(),
            offline: None,
        }
    }

    fn check_issuing(&self, desk: &ServiceDesk, now: Time) -> Result<(), Refusal> {
        let day = self.day.as_ref().ok_or(Refusal::CentreClosed)?;
        if now < day.hours.tickets_from || now >= day.hours.closes_at {
            return Err(Refusal::CentreClosed);
        }
        if self.suspension(desk).is_some() {
            return Err(Refusal::ServiceSuspended);
        }
        let hour = now.0 - day.hours.midnight.0;
        match desk.policy.hours {
            Some((from, until)) if hour < from || hour >= until => Err(Refusal::ServiceClosed),
            _ => Ok(()),
        }
    }

    fn check_quota(&self, desk: &ServiceDesk) -> Result<(), Refusal> {
        match desk.policy.quota {
            Some(quota) if desk.issued >= quota => Err(Refusal::ServiceFull),
            _ => Ok(()),
        }
    }

    fn check_booked(&self, booked: &Booked, now: Time) -> Result<(), Refusal> {
        if booked.booking.is_some_and(|booking| self.bookings.contains(&booking)) {
            return Err(Refusal::AppointmentUsed);
        }
        if booked.at.0.saturating_sub(now.0) > self.policy.appointment_early {
            return Err(Refusal::AppointmentEarly);
        }
        match now.0.saturating_sub(booked.at.0) > self.policy.appointment_late {
            true => Err(Refusal::AppointmentLate),
            false => Ok(()),
        }
    }

    /// Returns the next number of a letter that no live ticket holds and no kiosk may give.
    fn free_number(&self, letter: char) -> Result<TicketNumber, Refusal> {
        let range = self.policy.numbers;
        let after = |number: u16| if number >= range.last { range.first } else { number + 1 };
        let first = self.last_numbers.get(&letter).map_or(range.first, |last| after(*last));
        let mut number = first;
        loop {
            let candidate = TicketNumber { letter, number };
            if !self.numbers.contains_key(&candidate) && !self.kiosks.hold(candidate) {
                return Ok(candidate);
            }
            number = after(number);
            if number == first {
                return Err(Refusal::NumbersExhausted);
            }
        }
    }
}
