//! Why one ticket waited as it did: its visit line by line, and who was called before it though later.

use std::collections::BTreeMap;

use protocol::report::{NextWait, RuleFigures, RunnerUpFigures, Visit, VisitEvent, VisitLine};
use protocol::{AgencyCode, Class, ServiceId, TicketId, TicketNumber, Time};
use queue::{Called, Event, Hall, Issued, Policy, Queued, Recorded, Stage, UNIT_WEIGHT, Why};

use super::{pass, rules};

/// Returns the visits that had a number on a day, in the order of issue. Without the centre's rules, those are used that the
/// day's calls carry.
pub fn visits(day: &[Recorded], rules: Option<&Policy>, number: TicketNumber) -> Vec<Visit> {
    let mut teller = Teller { hall: Hall::new(rules::of_day(day, rules)), number, visits: BTreeMap::new() };
    for recorded in day {
        teller.tell(recorded);
        teller.hall.apply(recorded);
    }
    teller.visits.into_iter().map(|(ticket, lines)| Visit { ticket, lines }).collect()
}

struct Teller {
    hall: Hall,
    number: TicketNumber,
    visits: BTreeMap<TicketId, Vec<VisitLine>>,
}

impl Teller {
    fn tell(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        match &recorded.event {
            Event::TicketIssued(issued) => {
                if issued.number == self.number {
                    self.visits.insert(issued.ticket, Vec::new());
                }
                let (service, then) = (issued.service.clone(), issued.then.clone());
                let Issued { class, ahead, wait, booked_at, taken_up, outside, .. } = issued.clone();
                self.line(issued.ticket, at, VisitEvent::Issued { service, class, ahead, wait, then, booked_at, taken_up, outside });
            }
            Event::TicketCalled(called) => self.tell_call(called, at),
            Event::TicketRecalled { ticket, counter, .. } => self.line(*ticket, at, VisitEvent::Recalled { counter: *counter }),
            Event::ServiceStarted { ticket, counter } => self.line(*ticket, at, VisitEvent::Started { counter: *counter }),
            Event::ServiceFinished { ticket, counter, outcome, next } => {
                let next = next.as_ref().map(|next| next_wait(next, at));
                self.line(*ticket, at, VisitEvent::Finished { counter: *counter, outcome: *outcome, next });
            }
            Event::TicketMissed { ticket, counter, back_until } => {
                self.line(*ticket, at, VisitEvent::Missed { counter: *counter, back_until: *back_until });
            }
            Event::TicketHeld { ticket, counter, until } => {
                self.line(*ticket, at, VisitEvent::Held { counter: *counter, until: *until });
            }
            Event::TicketTransferred { ticket, counter, standing, next } => {
                let next = next_wait(next, at);
                self.line(*ticket, at, VisitEvent::Transferred { counter: *counter, standing: *standing, next });
            }
            Event::TicketBack { ticket, clock_start } => {
                self.line(*ticket, at, VisitEvent::Back { waited: at.0 - clock_start.0 });
            }
            Event::TicketLapsed { ticket } => self.line(*ticket, at, VisitEvent::Lapsed),
            Event::TicketCancelled { ticket, reason } => self.line(*ticket, at, VisitEvent::Cancelled { reason: *reason }),
            Event::TicketClassed { ticket, class, .. } => self.line(*ticket, at, VisitEvent::Classed { class: *class }),
            Event::ActUndone { counter, act, ticket, withdrawn, .. } => {
                self.line(*ticket, at, VisitEvent::Undone { counter: *counter, act: *act, besides: false });
                if let Some(other) = withdrawn {
                    self.line(*other, at, VisitEvent::Undone { counter: *counter, act: *act, besides: true });
                }
            }
            Event::TicketAdmitted { ticket, .. } => self.line(*ticket, at, VisitEvent::Admitted),
            Event::ServiceDelivered { ticket, counter, service, count } => {
                self.line(*ticket, at, VisitEvent::Delivered { service: service.clone(), count: *count, counter: *counter });
            }
            Event::TicketReturned { ticket, counter } => self.line(*ticket, at, VisitEvent::Returned { counter: *counter }),
            Event::TicketClosed { ticket } => self.line(*ticket, at, VisitEvent::Closed),
            Event::ServicesSuspended { agency, service, reason, back_at } => {
                self.tell_waiting(agency, service.as_ref(), at, &VisitEvent::Suspended { reason: *reason, back_at: *back_at });
            }
            Event::ServicesResumed { agency, service } => self.tell_waiting(agency, service.as_ref(), at, &VisitEvent::Resumed),
            // Marks are the officers' own notes.
            Event::TicketMarked { .. }
            | Event::NumbersReserved { .. }
            | Event::NumberLeft { .. }
            | Event::DayOpened { .. }
            | Event::DayClosed { .. }
            | Event::CounterOpened { .. }
            | Event::CounterClosed { .. }
            | Event::CounterPaused { .. }
            | Event::CounterResumed { .. } => {}
        }
    }

    /// Writes a line, if it is about a ticket that is told of.
    fn line(&mut self, ticket: TicketId, at: Time, what: VisitEvent) {
        if let Some(lines) = self.visits.get_mut(&ticket) {
            lines.push(VisitLine { at, what });
        }
    }

    fn tell_call(&mut self, called: &Called, at: Time) {
        let Why { waited, promise, weight, runner_up, front, out_of_order } = &called.why;
        let figures = RuleFigures::new(*waited, *promise, *weight);
        if self.visits.contains_key(&called.ticket) {
            let second = runner_up.as_ref();
            // A call does not carry the runner-up's weight; nearly always it is the usual one.
            let second = second.map(|second| (second.number, RuleFigures::new(second.waited, second.promise, UNIT_WEIGHT)));
            let runner_up = second.map(|(number, figures)| RunnerUpFigures { number, figures });
            let (counter, front, out_of_order) = (called.counter, *front, *out_of_order);
            return self.line(called.ticket, at, VisitEvent::Called { counter, figures, runner_up, front, out_of_order });
        }
        let Some((service, class)) = self.waited_for(called.ticket) else { return };
        let mut passes = pass::passes(&self.hall, called, at);
        passes.retain(|pass| self.visits.contains_key(&pass.ticket));
        for pass in passes {
            let passed_by = VisitEvent::PassedBy {
                number: called.number,
                counter: called.counter,
                service: service.clone(),
                class,
                reason: pass.reason,
                out_of_order: *out_of_order,
                figures,
                own: pass.own,
            };
            self.line(pass.ticket, at, passed_by);
        }
    }

    fn waited_for(&self, ticket: TicketId) -> Option<(ServiceId, Class)> {
        let ticket = self.hall.ticket(ticket)?;
        Some((self.hall.services()[ticket.service].policy.id.clone(), ticket.class))
    }

    /// Writes a line for those that wait for a service of an agency, or for one service of it.
    fn tell_waiting(&mut self, agency: &AgencyCode, service: Option<&ServiceId>, at: Time, what: &VisitEvent) {
        let waiting: Vec<TicketId> = self
            .visits
            .keys()
            .filter_map(|id| self.hall.ticket(*id))
            .filter(|ticket| ticket.stage == Stage::Waiting)
            .filter(|ticket| {
                let policy = &self.hall.services()[ticket.service].policy;
                policy.agency == *agency && service.is_none_or(|service| policy.id == *service)
            })
            .map(|ticket| ticket.id)
            .collect();
        waiting.into_iter().for_each(|ticket| self.line(ticket, at, what.clone()));
    }
}

fn next_wait(next: &Queued, at: Time) -> NextWait {
    NextWait { service: next.service.clone(), to: next.to.clone(), waited: at.0 - next.clock_start.0 }
}
