//! The price of priority: how many times as long everyone else waits because some are called sooner.
//!
//! Under the promise rule waits stand to each other as the promises do, and what one class gains the others pay. With
//! priority's share `p` of the work and promises `T`, the others wait `1 / (1 - p (1 - T_priority / T_standard))` times as
//! long as they would without it (Kleinrock, A delay dependent queue discipline, 1964; Stanford, Taylor, Ziedins, Queueing
//! Systems 77, 2014). Here each ticket counts by what a visit for its service usually takes, and by that service's promises.

use std::collections::BTreeMap;

use protocol::report::PriorityPrice;
use protocol::{Act, Class, CounterId, ServiceId, TicketId};
use queue::{Event, Hall, Recorded};

/// What was asked for today: each service that each ticket waited for, with the ticket's class.
#[derive(Default)]
pub struct Load {
    asked: BTreeMap<(TicketId, ServiceId), Class>,
}

impl Load {
    /// Counts one event. `before` is the hall before it.
    pub fn apply(&mut self, before: &Hall, recorded: &Recorded) {
        match &recorded.event {
            Event::DayOpened { .. } => self.asked.clear(),
            Event::TicketIssued(issued) => {
                self.asked.insert((issued.ticket, issued.service.clone()), issued.class);
            }
            Event::ServiceFinished { ticket, next: Some(next), .. } | Event::TicketTransferred { ticket, next, .. } => {
                if let Some(ticket) = before.ticket(*ticket) {
                    self.asked.insert((ticket.id, next.service.clone()), ticket.class);
                }
            }
            Event::TicketClassed { ticket, class, .. } => {
                self.asked.iter_mut().filter(|((other, _), _)| other == ticket).for_each(|(_, counted)| *counted = *class);
            }
            Event::ActUndone { counter, act: Act::Finish | Act::Transfer, ticket, .. } => self.sent_back(before, *counter, *ticket),
            Event::ActUndone { act: Act::Call | Act::Start | Act::NoShow | Act::Hold, .. }
            | Event::ServiceFinished { next: None, .. }
            | Event::DayClosed { .. }
            | Event::NumbersReserved { .. }
            | Event::NumberLeft { .. }
            | Event::CounterOpened { .. }
            | Event::CounterClosed { .. }
            | Event::CounterPaused { .. }
            | Event::CounterResumed { .. }
            | Event::TicketCalled(_)
            | Event::TicketRecalled { .. }
            | Event::ServiceStarted { .. }
            | Event::TicketMissed { .. }
            | Event::TicketHeld { .. }
            | Event::TicketBack { .. }
            | Event::TicketMarked { .. }
            | Event::ServiceDelivered { .. }
            | Event::TicketAdmitted { .. }
            | Event::TicketLapsed { .. }
            | Event::TicketCancelled { .. }
            | Event::TicketReturned { .. }
            | Event::TicketClosed { .. }
            | Event::ServicesSuspended { .. }
            | Event::ServicesResumed { .. } => {}
        }
    }

    /// A ticket that was not sent on after all does not wait for the next service.
    fn sent_back(&mut self, hall: &Hall, counter: CounterId, ticket: TicketId) {
        let was = hall.counter(counter).and_then(|desk| desk.last.as_ref()).map(|last| last.before.service);
        let Some(now) = hall.ticket(ticket).map(|ticket| ticket.service).filter(|now| Some(*now) != was) else { return };
        self.asked.remove(&(ticket, hall.services()[now].policy.id.clone()));
    }

    /// Returns the price of what was asked for so far; zero while nothing was.
    pub fn price(&self, hall: &Hall) -> PriorityPrice {
        let (mut all, mut priority, mut gained) = (0_i128, 0_i128, 0_i128);
        for ((_, service), class) in &self.asked {
            let Some(desk) = hall.service(service) else { continue };
            let (work, promises) = (i128::from(desk.usual().max(0)), desk.policy.promises);
            let (sooner, standard) = (i128::from(promises.priority.within), i128::from(promises.standard.within.max(1)));
            all += work;
            match class {
                Class::Priority => {
                    priority += work;
                    gained += work * (standard - sooner).max(0) / standard;
                }
                Class::Standard | Class::Appointment => {}
            }
        }
        let permille = |part: i128, whole: i128| part * 1_000 / whole.max(1);
        let figure = |permille: i128| u32::try_from(permille).unwrap_or(u32::MAX);
        PriorityPrice { share_permille: figure(permille(priority, all)), factor_permille: figure(permille(all, all - gained)) }
    }
}
