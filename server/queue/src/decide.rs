//! Whether a command is granted, and what then happens. Reads only; may say no.

use protocol::{AgencyCode, CallNumber, CounterId, OfficerId, Refusal, ServiceId, TicketId, Time};

use crate::command::Command;
use crate::dispatch;
use crate::event::{Called, CloseReason, Event};
use crate::hall::{Counter, CounterDesk, Hall, Stage, Ticket};
use crate::policy::BusinessDay;

/// An officer whose shift is over has so long to close the counter, or to begin another.
const SHIFT_GRACE: i64 = 5 * protocol::time::MINUTE;

/// What a command leads to.
type Decision = Result<Vec<Event>, Refusal>;

impl Hall {
    /// Returns what happens when `command` is asked at `now`, or why it is refused. Never an empty list.
    pub fn decide(&self, command: &Command, now: Time) -> Decision {
        match command {
            Command::OpenDay(day) => self.open_day(day),
            Command::CloseDay => self.close_day(),
            Command::IssueTicket(arrival) => Ok(vec![self.issue(arrival, now)?]),
            Command::TakeUpReturn { number, language } => Ok(vec![self.take_up(*number, *language, now)?]),
            Command::ReserveNumbers { kiosk, book } => self.reserve(kiosk, *book),
            Command::HandOver(given) => self.hand_over(given, now),
            Command::OpenCounter { counter, officer } => self.open_counter(*counter, officer, now),
            Command::CloseCounter { counter, officer } => self.close_counter(*counter, officer),
            Command::PauseCounter { counter, officer, back_at, reason } => {
                self.free_desk(*counter, officer)?;
                let (officer, back_at, reason) = (officer.clone(), *back_at, *reason);
                Ok(vec![Event::CounterPaused { counter: *counter, officer, back_at, reason }])
            }
            Command::ResumeCounter { counter, officer } => self.resume(*counter, officer),
            Command::CallNext { counter, officer } => self.call_next(*counter, officer, now),
            Command::Recall { counter, officer, ticket } => self.recall(*counter, officer, *ticket),
            Command::StartService { counter, officer, ticket } => self.start(*counter, officer, *ticket),
            Command::FinishService { counter, officer, ticket, outcome, then_next } => {
                let desk = self.desk_with(*counter, officer, *ticket)?;
                let there = self.ticket_at(desk)?;
                let Stage::Serving { .. } = there.stage else { return Err(Refusal::TicketNotServing) };
                let outcome = self.outcome(*outcome)?;
                let next = self.next_service(there, outcome, now);
                let finished = Event::ServiceFinished { ticket: *ticket, counter: *counter, outcome, next };
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
            Command::MarkTicket { number, mark, on } => Ok(vec![self.mark(*number, mark, *on)?]),
            Command::Deliver { counter, officer, ticket, service, count } => {
                let desk = self.desk_with(*counter, officer, *ticket)?;
                Ok(vec![self.deliver(desk, service, *count)?])
            }
            Command::Undo { counter, officer } => Ok(vec![self.undo(*counter, officer, now)?]),
            Command::AutoCall { counter } => self.auto_call(*counter, now),
            Command::Admit => self.admit(now),
            Command::ReleaseCounter { counter } => self.release(*counter, now),
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
        let counters = self.counters.iter().flat_map(|desk| [self.left_at(desk), self.auto_call_at(desk)]).flatten();
        let timers = self.timers.first().map(|(at, _)| *at);
        let admitting = self.can_admit().then_some(self.at);
        counters.chain(timers).chain(admitting).chain(self.day_ends_at()).min()
    }

    /// Returns what time alone asks for at `now`; ask again until nothing is left.
    pub fn overdue(&self, now: Time) -> Option<Command> {
        let left = |desk: &&CounterDesk| self.left_at(desk).is_some_and(|at| at <= now);
        if let Some(desk) = self.counters.iter().find(left) {
            return Some(Command::ReleaseCounter { counter: desk.policy.id });
        }
        self.auto_call_overdue(now).or_else(|| self.day_overdue(now))
    }

    /// Returns what time alone asks for at `now`, when nobody could press a key before `opened_at`: after an outage no officer is
    /// blamed for it, and an idle one has the usual moment before the centre calls by itself.
    pub fn overdue_since(&self, opened_at: Time, now: Time) -> Option<Command> {
        if now >= opened_at.plus(self.policy.unattended_after) {
            return self.overdue(now);
        }
        let may_call = self.policy.auto_call_after.is_some_and(|after| now >= opened_at.plus(after));
        self.auto_call_overdue(now).filter(|_| may_call).or_else(|| self.day_overdue(now))
    }

    fn auto_call_overdue(&self, now: Time) -> Option<Command> {
        let idle = |desk: &&CounterDesk| self.auto_call_at(desk).is_some_and(|at| at <= now);
        let desk = self.counters.iter().find(idle)?;
        Some(Command::AutoCall { counter: desk.policy.id })
    }

    /// Returns the part of `overdue` that is not about officers.
    pub fn day_overdue(&self, now: Time) -> Option<Command> {
        if let Some((_, ticket)) = self.timers.first().filter(|(at, _)| *at <= now) {
            let missed = self.tickets.get(ticket).is_some_and(Ticket::is_missed);
            return Some(if missed { Command::LapseTicket { ticket: *ticket } } else { Command::EndHold { ticket: *ticket } });
        }
        if self.can_admit() {
            return Some(Command::Admit);
        }
        self.day_ends_at().filter(|at| *at <= now).map(|_| Command::CloseDay)
    }

    /// Returns when a counter counts as left: no act for a while, with someone waiting or a ticket at it, or none since its
    /// shift was over.
    fn left_at(&self, desk: &CounterDesk) -> Option<Time> {
        let shift = match desk.state {
            Counter::Paused { .. } | Counter::Free { .. } => self.shift_over(desk).map(|over| over.plus(SHIFT_GRACE)),
            Counter::Closed | Counter::Busy { .. } => None,
        };
        self.unattended_at(desk).into_iter().chain(shift).min()
    }

    /// Returns the first end of a shift since the officer last did anything at the counter, passed or to come.
    fn shift_over(&self, desk: &CounterDesk) -> Option<Time> {
        let midnight = self.day.as_ref()?.hours.midnight;
        let ends = desk.policy.shifts.iter().map(|(_, until)| midnight.plus(*until));
        ends.filter(|end| *end >= desk.acted).min()
    }

    /// Returns when the centre calls by itself for an officer who is idle with someone waiting.
    fn auto_call_at(&self, desk: &CounterDesk) -> Option<Time> {
        let (after, Counter::Free { since, .. }) = (self.policy.auto_call_after?, &desk.state) else { return None };
        let oldest = self.oldest_waiting(desk)?;
        let opens_at = self.day.as_ref()?.hours.opens_at;
        let at = desk.last_act.max(*since).max(oldest).max(opens_at).plus(after);
        // Nobody is called to an officer who has gone home.
        self.shift_over(desk).is_none_or(|over| over > at).then_some(at)
    }

    fn unattended_at(&self, desk: &CounterDesk) -> Option<Time> {
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
        Ok(vec![Event::DayOpened {
            day: day.clone(),
            first_ticket,
            first_call: CallNumber(self.next_call),
            returns: self.unserved().to_vec(),
            open_numbers: self.kiosks.left.clone(),
        }])
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

    /// An officer who comes when the shift of the one before is over relieves that officer.
    fn open_counter(&self, counter: CounterId, officer: &OfficerId, now: Time) -> Decision {
        let desk = self.counter(counter).ok_or(Refusal::UnknownCounter)?;
        if self.day.is_none() {
            return Err(Refusal::CentreClosed);
        }
        let idle = matches!(desk.state, Counter::Free { .. } | Counter::Paused { .. });
        let relieved = match desk.state.officer() {
            Some(there) if there == officer => return Err(Refusal::CounterOpen),
            Some(there) if idle && self.shift_over(desk).is_some_and(|over| over <= now) => {
                Some(Event::CounterClosed { counter, officer: there.clone(), why: CloseReason::Shift })
            }
            Some(_) => return Err(Refusal::CounterTaken),
            None => None,
        };
        if self.counters.iter().any(|other| other.state.officer() == Some(officer)) {
            return Err(Refusal::OfficerElsewhere);
        }
        if self.profile_of(&desk.policy, Some(officer)).is_empty() {
            return Err(Refusal::OfficerNotTrained);
        }
        let opened = Event::CounterOpened { counter, officer: officer.clone() };
        Ok(relieved.into_iter().chain([opened]).collect())
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

    fn auto_call(&self, counter: CounterId, now: Time) -> Decision {
        let desk = self.counter(counter).ok_or(Refusal::UnknownCounter)?;
        let Counter::Free { .. } = desk.state else { return Err(Refusal::CounterBusy) };
        let called = self.chosen(desk, now).ok_or(Refusal::NobodyWaiting)?;
        Ok(vec![Event::TicketCalled(Called { auto: true, ..called })])
    }

    fn release(&self, counter: CounterId, now: Time) -> Decision {
        let desk = self.counter(counter).ok_or(Refusal::UnknownCounter)?;
        let officer = desk.state.officer().ok_or(Refusal::CounterClosed)?.clone();
        let why = match self.unattended_at(desk) {
            Some(at) if at <= now => CloseReason::Unattended,
            _ => CloseReason::Shift,
        };
        let closed = Event::CounterClosed { counter, officer, why };
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
        Some(Event::TicketCalled(Called { same_act, ..self.chosen(desk, now)? }))
    }

    /// Returns the call that the rule makes.
    fn chosen(&self, desk: &CounterDesk, now: Time) -> Option<Called> {
        let (id, why) = dispatch::next_ticket(self, desk, now)?;
        let ticket = self.ticket(id)?;
        let (number, language) = (ticket.number, ticket.language);
        let call = CallNumber(self.next_call);
        Some(Called { call, ticket: id, number, counter: desk.policy.id, language, why, same_act: false, auto: false })
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
