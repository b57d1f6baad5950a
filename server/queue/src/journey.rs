//! Where a ticket goes besides straight from the queue to its end: the next service, another counter, an errand and back.

use protocol::{CallNumber, CancelReason, Class, CounterId, OfficerId, OutOfOrderReason, Outcome, Refusal, ServiceId, Standing, Target};
use protocol::{TicketId, TicketNumber, Time};

use crate::dispatch;
use crate::event::{Called, Event, Queued};
use crate::hall::{Hall, Stage, Ticket};

impl Hall {
    /// Returns what a ticket waits for when its service is finished: the next one of its journey, by the wait so far. A
    /// journey ends where a service could not be done.
    pub(crate) fn next_service(&self, ticket: &Ticket, outcome: Outcome, now: Time) -> Option<Queued> {
        let (next, then) = ticket.then.split_first().filter(|_| outcome == Outcome::Served)?;
        Some(Queued {
            service: self.services[*next].policy.id.clone(),
            to: Target::Anyone,
            clock_start: Time(now.0 - ticket.waited(now)),
            front: false,
            then: self.names(then),
        })
    }

    /// Returns the call of a ticket whose turn it is not; when it is its turn after all, it is called like any other.
    pub(crate) fn call_out_of_order(
        &self,
        counter: CounterId,
        officer: &OfficerId,
        number: TicketNumber,
        reason: OutOfOrderReason,
        now: Time,
    ) -> Result<Event, Refusal> {
        let desk = self.free_desk(counter, officer)?;
        let ticket = self.ticket_numbered(number).ok_or(Refusal::UnknownTicket)?;
        if ticket.stage.counter().is_some() {
            return Err(Refusal::TicketNotWaiting);
        }
        if !desk.is_meant(&ticket.target) && !desk.serves(ticket.service) {
            return Err(Refusal::ServiceNotAtCounter);
        }
        if self.suspension(&self.services[ticket.service]).is_some() {
            return Err(Refusal::ServiceSuspended);
        }
        let why = dispatch::why_out_of_order(self, desk, ticket, reason, now);
        let call = CallNumber(self.next_call);
        let (ticket, number, language) = (ticket.id, ticket.number, ticket.language);
        Ok(Event::TicketCalled(Called { call, ticket, number, counter, language, why, same_act: false, auto: false }))
    }

    pub(crate) fn hold(&self, counter: CounterId, ticket: TicketId, until: Option<Time>, now: Time) -> Result<Event, Refusal> {
        /// Whoever is away for longer takes a ticket of another day.
        const ERRAND_MAX: i64 = 8 * protocol::time::HOUR;
        if until.is_some_and(|until| until <= now || until.0 - now.0 > ERRAND_MAX) {
            return Err(Refusal::BadTime);
        }
        Ok(Event::TicketHeld { ticket, counter, until })
    }

    pub(crate) fn transfer(
        &self,
        counter: CounterId,
        ticket: &Ticket,
        service: &ServiceId,
        to: &Target,
        standing: Standing,
        now: Time,
    ) -> Result<Event, Refusal> {
        let index = *self.service_index.get(service).ok_or(Refusal::UnknownService)?;
        if let Target::Counter(wanted) = to {
            let desk = self.counter(*wanted).ok_or(Refusal::UnknownCounter)?;
            if !desk.serves(index) {
                return Err(Refusal::ServiceNotAtCounter);
            }
        }
        if let Target::Pool(_) = to {
            let mut pool = self.counters.iter().filter(|desk| desk.is_meant(to)).peekable();
            pool.peek().ok_or(Refusal::UnknownPool)?;
            if !pool.any(|desk| desk.serves(index)) {
                return Err(Refusal::ServiceNotAtCounter);
            }
        }
        let clock_start = match standing {
            Standing::Kept | Standing::Front => Time(now.0 - ticket.waited(now)),
            Standing::End => now,
        };
        let front = standing == Standing::Front;
        let next = Queued { service: service.clone(), to: to.clone(), clock_start, front, then: self.names(&ticket.then) };
        Ok(Event::TicketTransferred { ticket: ticket.id, counter, standing, next })
    }

    /// Returns the return of a ticket from an errand, by the wait so far, or after a missed call, with a little lost.
    pub(crate) fn back(&self, ticket: &Ticket, now: Time) -> Result<Event, Refusal> {
        let waited = match ticket.stage {
            Stage::Held { waited, .. } => waited,
            Stage::Missed { waited, .. } => (waited - self.policy.return_loses).max(waited.min(0)),
            Stage::Waiting | Stage::Called { .. } | Stage::Serving { .. } => return Err(Refusal::TicketNotAway),
        };
        Ok(Event::TicketBack { ticket: ticket.id, clock_start: Time(now.0 - waited) })
    }

    pub(crate) fn cancel(&self, number: TicketNumber, reason: CancelReason) -> Result<Event, Refusal> {
        let ticket = self.ticket_numbered(number).ok_or(Refusal::UnknownTicket)?;
        match ticket.stage.counter() {
            Some(_) => Err(Refusal::TicketNotWaiting),
            None => Ok(Event::TicketCancelled { ticket: ticket.id, reason }),
        }
    }

    /// Returns the officer's word on a class. An appointment that stands on a citizen's slip alone is confirmed or withdrawn
    /// like priority; one of the centre's list has a promise of its own and no other class.
    pub(crate) fn set_priority(&self, number: TicketNumber, priority: bool) -> Result<Event, Refusal> {
        let ticket = self.ticket_numbered(number).ok_or(Refusal::UnknownTicket)?;
        let class = match (priority, ticket.class) {
            (true, Class::Appointment) => Class::Appointment,
            // What was withdrawn by mistake is an appointment again.
            (true, Class::Standard) if ticket.booked_at.is_some() => Class::Appointment,
            (true, Class::Standard | Class::Priority) => Class::Priority,
            (false, _) => Class::Standard,
        };
        let settled = ticket.class == class && (ticket.classed || !priority);
        if settled || ticket.booking.is_some() {
            return Err(Refusal::ClassUnchanged);
        }
        let clock_start = match (ticket.booked_at.filter(|_| ticket.stage == Stage::Waiting), class) {
            (Some(booked_at), Class::Appointment) => Some(ticket.clock_start.max(booked_at)),
            // Whoever came early for nothing has waited since.
            (Some(_), Class::Standard | Class::Priority) => Some(ticket.clock_start.min(ticket.issued_at)),
            (None, _) => None,
        };
        Ok(Event::TicketClassed { ticket: ticket.id, class, clock_start })
    }

    fn names(&self, services: &[usize]) -> Vec<ServiceId> {
        services.iter().map(|service| self.services[*service].policy.id.clone()).collect()
    }
}
