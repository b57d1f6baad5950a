//! What must always hold in a hall, checked after every event in tests and simulation.

use std::collections::BTreeSet;
use std::fmt;

use protocol::{CounterId, OfficerId, Target, TicketId, TicketNumber};

use crate::hall::{Counter, Hall, Lane, Stage};

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A waiting ticket is not in its lane.
    NotQueued(TicketId),
    /// A lane holds a ticket that does not wait there.
    Ghost(TicketId),
    /// A ticket is at a counter that has another one, or none.
    NotAtCounter(TicketId),
    /// A counter has a ticket that is not there.
    CounterAstray(CounterId),
    /// Two live tickets have one number, or a number leads to no ticket.
    Number(TicketNumber),
    /// A number that a kiosk holds is a ticket's, or is not counted as held.
    Reserved(TicketNumber),
    /// An officer is at two counters.
    OfficerTwice(OfficerId),
    /// A ticket's timer, reservation or place in front is missing, or one is there for no ticket.
    Untimed(TicketId),
    /// A ticket is said to be outside and is not waiting there, or the other way round.
    Outside(TicketId),
    /// A ticket is both live and ended.
    Undead(TicketId),
    /// A ticket or call id was given that is not below the next one.
    IdAhead(u64),
    /// Tickets issued, live and ended do not add up.
    Lost {
        /// Tickets issued today.
        issued: usize,
        /// Live and ended ones.
        known: usize,
    },
    /// The centre is closed and someone is still in it.
    NotEmpty,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Hall {
    /// Returns the first thing found that must never be.
    pub fn check(&self) -> Result<(), Violation> {
        self.check_lanes()?;
        self.check_tickets()?;
        self.check_counters()?;
        self.check_counts()
    }

    fn check_lanes(&self) -> Result<(), Violation> {
        for (index, service) in self.services.iter().enumerate() {
            for class in protocol::Class::ALL {
                for (clock_start, id) in service.lane(class) {
                    let ticket = self.tickets.get(id).ok_or(Violation::Ghost(*id))?;
                    let at_home = ticket.service == index && ticket.class == class && ticket.clock_start == *clock_start;
                    if !at_home || ticket.stage != Stage::Waiting {
                        return Err(Violation::Ghost(*id));
                    }
                }
            }
        }
        Ok(())
    }

    fn check_tickets(&self) -> Result<(), Violation> {
        for ticket in self.tickets.values() {
            if self.ended.contains_key(&ticket.id) {
                return Err(Violation::Undead(ticket.id));
            }
            if ticket.id.0 >= self.next_ticket {
                return Err(Violation::IdAhead(ticket.id.0));
            }
            if self.numbers.get(&ticket.number) != Some(&ticket.id) {
                return Err(Violation::Number(ticket.number));
            }
            let lane: &Lane = self.services[ticket.service].lane(ticket.class);
            match &ticket.stage {
                Stage::Waiting if lane.contains(&(ticket.clock_start, ticket.id)) => {}
                Stage::Waiting => return Err(Violation::NotQueued(ticket.id)),
                Stage::Called { counter, .. } | Stage::Serving { counter, .. } => match self.counters[*counter].state {
                    Counter::Busy { ticket: there, .. } if there == ticket.id => {}
                    _ => return Err(Violation::NotAtCounter(ticket.id)),
                },
                Stage::Held { .. } | Stage::Missed { .. } => {}
            }
            if ticket.stage.until().is_some_and(|until| !self.timers.contains(&(until, ticket.id))) {
                return Err(Violation::Untimed(ticket.id));
            }
            if self.fronts.contains(&ticket.id) != (ticket.stage == Stage::Waiting && ticket.front) {
                return Err(Violation::Untimed(ticket.id));
            }
            if self.outside.contains(&ticket.id) != ticket.outside || (ticket.outside && ticket.stage != Stage::Waiting) {
                return Err(Violation::Outside(ticket.id));
            }
            let reserved = self.reserved.get(&ticket.target).is_some_and(|reserved| reserved.contains(&ticket.id));
            if reserved != (ticket.stage == Stage::Waiting && ticket.target != Target::Anyone) {
                return Err(Violation::Untimed(ticket.id));
            }
        }
        let away = self.tickets.values().filter(|ticket| ticket.is_away()).count();
        if let Some(astray) = self.away.iter().find(|id| self.away.len() != away || !self.tickets.contains_key(id)) {
            return Err(Violation::Untimed(*astray));
        }
        let timed = self.tickets.values().filter(|ticket| ticket.stage.until().is_some()).count();
        if let Some((_, ticket)) = self.timers.first().filter(|_| self.timers.len() != timed) {
            return Err(Violation::Untimed(*ticket));
        }
        match self.numbers.len() == self.tickets.len() {
            true => Ok(()),
            false => Err(self.numbers.keys().next().map_or(Violation::NotEmpty, |number| Violation::Number(*number))),
        }
    }

    fn check_counters(&self) -> Result<(), Violation> {
        let mut officers = BTreeSet::new();
        for (index, desk) in self.counters.iter().enumerate() {
            if let Some(officer) = desk.state.officer()
                && !officers.insert(officer)
            {
                return Err(Violation::OfficerTwice(officer.clone()));
            }
            let Counter::Busy { ticket, .. } = &desk.state else { continue };
            let here = self.tickets.get(ticket).is_some_and(|ticket| match ticket.stage {
                Stage::Called { counter, .. } | Stage::Serving { counter, .. } => counter == index,
                Stage::Waiting | Stage::Held { .. } | Stage::Missed { .. } => false,
            });
            if !here {
                return Err(Violation::CounterAstray(desk.policy.id));
            }
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), Violation> {
        if let Some(number) = self.reserved_wrongly() {
            return Err(Violation::Reserved(number));
        }
        let known = self.tickets.len() + self.ended.len();
        match &self.day {
            Some(day) if day.issued as usize != known => Err(Violation::Lost { issued: day.issued as usize, known }),
            Some(_) => Ok(()),
            None => {
                let staffed = self.counters.iter().any(|desk| desk.state.officer().is_some());
                if staffed || !self.tickets.is_empty() { Err(Violation::NotEmpty) } else { Ok(()) }
            }
        }
    }
}
