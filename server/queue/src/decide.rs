//! Whether a command is granted, and what then happens. Reads only; may say no.

use protocol::{AgencyCode, CallNumber, Class, CounterId, Language, OfficerId, Refusal, ServiceId, TicketId, TicketNumber, Time};

use crate::command::Command;
use crate::dispatch;
use crate::estimate;
use crate::event::{Called, CloseReason, Event, Issued};
use crate::hall::{Counter, CounterDesk, Hall, ServiceDesk, Stage, Ticket};
use crate::policy::BusinessDay;

/// What a command leads to.
type Decision = Result<Vec<Event>, Refusal>;

impl Hall {
    /// Returns what happens when `command` is asked at `now`, or why it is refused. Never an empty list.
    pub fn decide(&self, command: &Command, now: Time) -> Decision {
        match command {
            Command::OpenDay(day) => self.open_day(day),
            Command::CloseDay => self.close_day(),
            Command::IssueTicket { service, class, language, clock_start, then } => {
                let event = self.issue(service, *class, *language, clock_start.unwrap_or(now), then, now)?;
                Ok(vec![event])
            }
            Command::OpenCounter { counter, officer } => self.open_counter(*counter, officer),
            Command::CloseCounter { counter, officer } => self.close_counter(*counter, officer),
            Command::PauseCounter { counter, officer, back_at } => self.pause(*counter, officer, *back_at),
            Command::ResumeCounter { counter, officer } => self.resume(*counter, officer),
            Command::CallNext { counter, officer } => self.call_next(*counter, officer, now),
            Command::Recall { counter, officer, ticket } => self.recall(*counter, officer, *ticket),
            Command::StartService { counter, officer, ticket } => self.start(*counter, officer, *ticket),
            Command::FinishService { counter, officer, ticket, outcome, then_next } => {
                let desk = self.desk_with(*counter, officer, *ticket)?;
                let there = self.ticket_at(desk)?;
                let Stage::Serving { .. } = there.stage else { return Err(Refusal::TicketNotServing) };
                let next = self.next_service(there, *outcome, now);
                let finished = Event::ServiceFinished { ticket: *ticket, counter: *counter, outcome: *outcome, next };
                Ok(self.and_then_next(finished, desk, *then_next, now))
            }
            Command::NoShow { counter, officer, ticket, then_next } => {
                let desk = self.desk_with(*counter, officer, *ticket)?;
                let Stage::Called { .. } = self.ticket_at(desk)?.stage else { return Err(Refusal::TicketNotCalled) };
                let back_until = (self.policy.return_within > 0).then(|| now.plus(self.policy.return_within));
                let missed = Event::TicketMissed { ticket: *ticket, counter: *counter, back_until };
                Ok(self.and_then_next(missed, desk, *then_next, now))
            }
            Command::CallTicket { counter, officer, number, reason } => {
                let called = self.call_out_of_order(*counter, officer, *number, *reason, now)?;
                Ok(vec![called])
            }
            Command::HoldTicket { counter, officer, ticket, until, then_next } => {
                let desk = self.desk_with(*counter, officer, *ticket)?;
                let held = self.hold(*counter, *ticket, *until, now)?;
                Ok(self.and_then_next(held, desk, *then_next, now))
            }
            Command::TransferTicket { counter, officer, ticket, service, to, standing, then_next } => {
                let desk = self.desk_with(*counter, officer, *ticket)?;
                let sent = self.transfer(*counter, self.ticket_at(desk)?, service, to, *standing, now)?;
                Ok(self.and_then_next(sent, desk, *then_next, now))
            }
            Command::ReturnTicket { number } => Ok(vec![self.back(self.ticket_numbered(*number).ok_or(Refusal::UnknownTicket)?, now)?]),
            Command::EndHold { ticket } => match self.ticket(*ticket) {
                Some(held) if !held.is_missed() => Ok(vec![self.back(held, now)?]),
                Some(_) => Err(Refusal::TicketNotAway),
                None => Err(Refusal::UnknownTicket),
            },
            Command::CancelTicket { number, reason } => Ok(vec![self.cancel(*number, *reason)?]),
            Command::LapseTicket { ticket } => match self.ticket(*ticket) {
                Some(missed) if missed.is_missed() => Ok(vec![Event::TicketLapsed { ticket: *ticket }]),
                Some(_) => Err(Refusal::TicketNotAway),
                None => Err(Refusal::UnknownTicket),
            },
            Command::SetPriority { number, priority } => Ok(vec![self.set_priority(*number, *priority)?]),
            Command::Undo { counter, officer } => Ok(vec![self.undo(*counter, officer, now)?]),
            Command::ReleaseCounter { counter } => self.release(*counter),
            Command::SuspendServices { agency, service, reason, back_at } => {
                self.check_suspending(agency, service.as_ref(), *back_at, now)?;
                let (agency, service, reason, back_at) = (agency.clone(), service.clone(), *reason, *back_at);
                Ok(vec![Event::ServicesSuspended { agency, service, reason, back_at }])
            }
            Command::ResumeServices { agency, service } => {
                let suspended = match service {
                    Some(service) => self.suspended_alone.contains_key(service) && self.is_of(service, agency),
                    None => self.suspended.contains_key(agency),
                };
                match suspended {
                    true => Ok(vec![Event::ServicesResumed { agency: agency.clone(), service: service.clone() }]),
                    false => Err(Refusal::NotSuspended),
                }
            }
        }
    }

    /// Returns when time alone may next ask for something; `overdue` says what.
    pub fn next_deadline(&self) -> Option<Time> {
        let counters = self.counters.iter().filter_map(|desk| self.left_at(desk));
        let timers = self.timers.first().map(|(at, _)| *at);
        counters.chain(timers).chain(self.day_ends_at()).min()
    }

    /// Returns what time alone asks for at `now`; ask again until nothing is left.
    pub fn overdue(&self, now: Time) -> Option<Command> {
        let left = |desk: &&CounterDesk| self.left_at(desk).is_some_and(|at| at <= now);
        if let Some(desk) = self.counters.iter().find(left) {
            return Some(Command::ReleaseCounter { counter: desk.policy.id });
        }
        self.day_overdue(now)
    }

    /// Returns the part of `overdue` that is not about officers: after an outage nobody is blamed for it.
    pub fn day_overdue(&self, now: Time) -> Option<Command> {
        if let Some((_, ticket)) = self.timers.first().filter(|(at, _)| *at <= now) {
            let missed = self.tickets.get(ticket).is_some_and(Ticket::is_missed);
            return Some(if missed { Command::LapseTicket { ticket: *ticket } } else { Command::EndHold { ticket: *ticket } });
        }
        self.day_ends_at().filter(|at| *at <= now).map(|_| Command::CloseDay)
    }

    /// Returns when a counter counts as left: no act for a while, with someone waiting or a ticket at it.
    fn left_at(&self, desk: &CounterDesk) -> Option<Time> {
        /// A visit may take longer than a wait for an officer.
        const PATIENCE_WHILE_SERVING: i64 = 3;
        /// Nobody means to be on a break for longer.
        const BREAK_MAX: i64 = 2 * protocol::time::HOUR;
        let patience = self.policy.unattended_after;
        match &desk.state {
            Counter::Closed => None,
            Counter::Paused { since, back_at, .. } => {
                let back = back_at.unwrap_or(*since).clamp(*since, since.plus(BREAK_MAX));
                Some(back.plus(patience * PATIENCE_WHILE_SERVING))
            }
            Counter::Free { .. } => {
                let oldest = self.oldest_waiting(desk)?;
                let opens_at = self.day.as_ref()?.hours.opens_at;
                Some(desk.last_act.max(oldest).max(opens_at).plus(patience))
            }
            Counter::Busy { ticket, .. } => match self.tickets.get(ticket)?.stage {
                Stage::Serving { .. } => Some(desk.last_act.plus(patience * PATIENCE_WHILE_SERVING)),
                Stage::Called { .. } | Stage::Waiting | Stage::Held { .. } | Stage::Missed { .. } => Some(desk.last_act.plus(patience)),
            },
        }
    }

    fn oldest_waiting(&self, desk: &CounterDesk) -> Option<Time> {
        dispatch::heads(self, desk, self.at).map(|head| head.clock_start).min()
    }

    /// A day ends when its last ticket holder is served after closing time, or when its patience ends. It does not wait for
    /// those who were called and did not come.
    fn day_ends_at(&self) -> Option<Time> {
        let day = self.day.as_ref()?;
        match self.tickets.values().all(Ticket::is_missed) {
            true => {
                // The last act of the day can be taken back like any other.
                let acts = self.counters.iter().filter_map(|desk| desk.last.as_ref());
                let undone_by = acts.map(|last| last.at.plus(self.policy.undo_within)).max();
                Some(undone_by.map_or(day.hours.closes_at, |undone_by| undone_by.max(day.hours.closes_at)))
            }
            false => Some(day.hours.closes_at.plus(self.policy.close_grace)),
        }
    }

    fn open_day(&self, day: &BusinessDay) -> Decision {
        if self.day.is_some() {
            return Err(Refusal::DayOpen);
        }
        let first_ticket = TicketId(self.next_ticket);
        Ok(vec![Event::DayOpened { day: day.clone(), first_ticket, first_call: CallNumber(self.next_call) }])
    }

    fn close_day(&self) -> Decision {
        if self.day.is_none() {
            return Err(Refusal::CentreClosed);
        }
        let mut events = Vec::new();
        for desk in &self.counters {
            if let Counter::Busy { ticket, .. } = &desk.state {
                events.push(Event::TicketReturned { ticket: *ticket, counter: desk.policy.id });
            }
            if let Some(officer) = desk.state.officer() {
                let counter = desk.policy.id;
                events.push(Event::CounterClosed { counter, officer: officer.clone(), why: CloseReason::Day });
            }
        }
        let closed = |ticket: &Ticket| match ticket.is_missed() {
            true => Event::TicketLapsed { ticket: ticket.id },
            false => Event::TicketClosed { ticket: ticket.id },
        };
        events.extend(self.tickets.values().map(closed));
        let agencies = self.suspended.keys().cloned();
        events.extend(agencies.map(|agency| Event::ServicesResumed { agency, service: None }));
        let alone = self.suspended_alone.keys().filter_map(|id| self.service(id));
        events.extend(alone.map(|desk| {
            let (agency, service) = (desk.policy.agency.clone(), Some(desk.policy.id.clone()));
            Event::ServicesResumed { agency, service }
        }));
        let unserved = self.tickets.values().filter(|ticket| !ticket.is_missed()).count();
        events.push(Event::DayClosed { unserved: u32::try_from(unserved).unwrap_or(u32::MAX) });
        Ok(events)
    }

    fn issue(
        &self,
        service: &ServiceId,
        class: Class,
        language: Language,
        clock_start: Time,
        then: &[ServiceId],
        now: Time,
    ) -> Result<Event, Refusal> {
        let index = *self.service_index.get(service).ok_or(Refusal::UnknownService)?;
        if !then.iter().all(|next| self.service_index.contains_key(next)) {
            return Err(Refusal::UnknownService);
        }
        let desk = &self.services[index];
        self.check_issuing(desk, now)?;
        let number = self.free_number(desk.policy.letter)?;
        let expected = estimate::expected_wait(self, index, class, now);
        let ahead = dispatch::ahead_of_newcomer(self, index, class, now, expected.map_or(0, |expected| expected.wait));
        Ok(Event::TicketIssued(Issued {
            ticket: TicketId(self.next_ticket),
            number,
            service: service.clone(),
            class,
            language,
            clock_start,
            ahead,
            wait: expected.map(estimate::told),
            then: then.to_vec(),
        }))
    }

    fn is_of(&self, service: &ServiceId, agency: &AgencyCode) -> bool {
        self.service(service).is_some_and(|desk| desk.policy.agency == *agency)
    }

    fn check_suspending(&self, agency: &AgencyCode, service: Option<&ServiceId>, back_at: Option<Time>, now: Time) -> Result<(), Refusal> {
        self.day.as_ref().ok_or(Refusal::CentreClosed)?;
        let offered = match service {
            Some(service) => self.is_of(service, agency),
            None => self.services.iter().any(|desk| desk.policy.agency == *agency),
        };
        if !offered {
            return Err(Refusal::ServiceNotOffered);
        }
        let already = self.suspended.contains_key(agency) || service.is_some_and(|service| self.suspended_alone.contains_key(service));
        if already {
            return Err(Refusal::AlreadySuspended);
        }
        if back_at.is_some_and(|back_at| back_at <= now) { Err(Refusal::BadTime) } else { Ok(()) }
    }

    fn check_issuing(&self, desk: &ServiceDesk, now: Time) -> Result<(), Refusal> {
        let day = self.day.as_ref().ok_or(Refusal::CentreClosed)?;
        if now < day.hours.tickets_from || now >= day.hours.closes_at {
            return Err(Refusal::CentreClosed);
        }
        if self.suspension(desk).is_some() {
            return Err(Refusal::ServiceSuspended);
        }
        if desk.policy.quota.is_some_and(|quota| desk.issued >= quota) {
            return Err(Refusal::ServiceFull);
        }
        let hour = now.0 - day.hours.midnight.0;
        match desk.policy.hours {
            Some((from, until)) if hour < from || hour >= until => Err(Refusal::ServiceClosed),
            _ => Ok(()),
        }
    }

    /// Returns the next number of a letter that no live ticket holds.
    fn free_number(&self, letter: char) -> Result<TicketNumber, Refusal> {
        let range = self.policy.numbers;
        let after = |number: u16| if number >= range.last { range.first } else { number + 1 };
        let first = self.last_numbers.get(&letter).map_or(range.first, |last| after(*last));
        let mut number = first;
        loop {
            let candidate = TicketNumber { letter, number };
            if !self.numbers.contains_key(&candidate) {
                return Ok(candidate);
            }
            number = after(number);
            if number == first {
                return Err(Refusal::NumbersExhausted);
            }
        }
    }

    fn open_counter(&self, counter: CounterId, officer: &OfficerId) -> Decision {
        let desk = self.counter(counter).ok_or(Refusal::UnknownCounter)?;
        if self.day.is_none() {
            return Err(Refusal::CentreClosed);
        }
        match desk.state.officer() {
            Some(there) if there == officer => return Err(Refusal::CounterOpen),
            Some(_) => return Err(Refusal::CounterTaken),
            None => {}
        }
        if self.counters.iter().any(|other| other.state.officer() == Some(officer)) {
            return Err(Refusal::OfficerElsewhere);
        }
        Ok(vec![Event::CounterOpened { counter, officer: officer.clone() }])
    }

    fn close_counter(&self, counter: CounterId, officer: &OfficerId) -> Decision {
        let desk = self.desk_of(counter, officer)?;
        match desk.state {
            Counter::Busy { .. } => Err(Refusal::CounterBusy),
            Counter::Closed => Err(Refusal::CounterClosed),
            Counter::Paused { .. } | Counter::Free { .. } => {
                Ok(vec![Event::CounterClosed { counter, officer: officer.clone(), why: CloseReason::Officer }])
            }
        }
    }

    fn pause(&self, counter: CounterId, officer: &OfficerId, back_at: Option<Time>) -> Decision {
        self.free_desk(counter, officer)?;
        Ok(vec![Event::CounterPaused { counter, officer: officer.clone(), back_at }])
    }

    fn resume(&self, counter: CounterId, officer: &OfficerId) -> Decision {
        match self.desk_of(counter, officer)?.state {
            Counter::Paused { .. } => Ok(vec![Event::CounterResumed { counter, officer: officer.clone() }]),
            Counter::Closed | Counter::Free { .. } | Counter::Busy { .. } => Err(Refusal::CounterNotPaused),
        }
    }

    fn call_next(&self, counter: CounterId, officer: &OfficerId, now: Time) -> Decision {
        let desk = self.free_desk(counter, officer)?;
        let call = self.call_to(desk, now, false).ok_or(Refusal::NobodyWaiting)?;
        Ok(vec![call])
    }

    fn recall(&self, counter: CounterId, officer: &OfficerId, ticket: TicketId) -> Decision {
        let desk = self.desk_with(counter, officer, ticket)?;
        let there = self.ticket_at(desk)?;
        let Stage::Called { .. } = there.stage else { return Err(Refusal::TicketNotCalled) };
        let call = CallNumber(self.next_call);
        Ok(vec![Event::TicketRecalled { call, ticket, number: there.number, counter, language: there.language }])
    }

    fn start(&self, counter: CounterId, officer: &OfficerId, ticket: TicketId) -> Decision {
        let desk = self.desk_with(counter, officer, ticket)?;
        let Stage::Called { .. } = self.ticket_at(desk)?.stage else { return Err(Refusal::TicketNotCalled) };
        Ok(vec![Event::ServiceStarted { ticket, counter }])
    }

    fn release(&self, counter: CounterId) -> Decision {
        let desk = self.counter(counter).ok_or(Refusal::UnknownCounter)?;
        let officer = desk.state.officer().ok_or(Refusal::CounterClosed)?.clone();
        let closed = Event::CounterClosed { counter, officer, why: CloseReason::Unattended };
        match desk.state {
            Counter::Busy { ticket, .. } => Ok(vec![Event::TicketReturned { ticket, counter }, closed]),
            Counter::Closed | Counter::Paused { .. } | Counter::Free { .. } => Ok(vec![closed]),
        }
    }

    /// The next one is chosen from the hall as it stands: whoever just left the counter is not called back to it at once.
    fn and_then_next(&self, ending: Event, desk: &CounterDesk, then_next: bool, now: Time) -> Vec<Event> {
        let next = if then_next { self.call_to(desk, now, true) } else { None };
        std::iter::once(ending).chain(next).collect()
    }

    pub(crate) fn call_to(&self, desk: &CounterDesk, now: Time, same_act: bool) -> Option<Event> {
        let (id, why) = dispatch::next_ticket(self, desk, now)?;
        let ticket = self.ticket(id)?;
        let (number, language) = (ticket.number, ticket.language);
        let call = CallNumber(self.next_call);
        Some(Event::TicketCalled(Called { call, ticket: id, number, counter: desk.policy.id, language, why, same_act }))
    }

    /// Returns the counter if this officer is at it.
    pub(crate) fn desk_of(&self, counter: CounterId, officer: &OfficerId) -> Result<&CounterDesk, Refusal> {
        let desk = self.counter(counter).ok_or(Refusal::UnknownCounter)?;
        match desk.state.officer() {
            Some(there) if there == officer => Ok(desk),
            Some(_) => Err(Refusal::CounterTaken),
            None => Err(Refusal::CounterClosed),
        }
    }

    /// Returns the counter if this officer is at it and has no ticket.
    pub(crate) fn free_desk(&self, counter: CounterId, officer: &OfficerId) -> Result<&CounterDesk, Refusal> {
        let desk = self.desk_of(counter, officer)?;
        match desk.state {
            Counter::Free { .. } => Ok(desk),
            Counter::Busy { .. } => Err(Refusal::CounterBusy),
            Counter::Paused { .. } => Err(Refusal::CounterPaused),
            Counter::Closed => Err(Refusal::CounterClosed),
        }
    }

    /// Returns the counter if this officer is at it with this very ticket.
    pub(crate) fn desk_with(&self, counter: CounterId, officer: &OfficerId, ticket: TicketId) -> Result<&CounterDesk, Refusal> {
        let desk = self.desk_of(counter, officer)?;
        let known = self.tickets.contains_key(&ticket) || self.ended.contains_key(&ticket);
        match desk.state {
            Counter::Busy { ticket: there, .. } if there == ticket => Ok(desk),
            _ if !known => Err(Refusal::UnknownTicket),
            Counter::Busy { .. } => Err(Refusal::StaleTicket),
            Counter::Paused { .. } => Err(Refusal::CounterPaused),
            Counter::Free { .. } | Counter::Closed => Err(Refusal::CounterIdle),
        }
    }

    pub(crate) fn ticket_at(&self, desk: &CounterDesk) -> Result<&Ticket, Refusal> {
        match &desk.state {
            Counter::Busy { ticket, .. } => self.tickets.get(ticket).ok_or(Refusal::UnknownTicket),
            Counter::Closed | Counter::Paused { .. } | Counter::Free { .. } => Err(Refusal::CounterIdle),
        }
    }
}
