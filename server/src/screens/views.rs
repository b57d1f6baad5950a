//! What each screen shows, as a function of the hall and the day's figures: kiosk, display, counter.

use std::collections::BTreeMap;

use protocol::view::{
    Availability, AwayTicket, CALLS_SHOWN, CallView, Catalogue, CounterOpenness, CounterStage, CounterState, CounterTicket, CounterView,
    DayView, Delivered, DisplayView, GroupState, KioskView, MyDay, PlaceStage, QUEUE_SHOWN, QueuedTicket, ResumedView, ServiceState,
    SuspensionView, TicketPlace, UndoView,
};
use protocol::{Class, CounterId, GroupId, TicketNumber, Time, WaitRange, ZoneId};
use queue::{Counter, CounterDesk, Hall, ServiceDesk, Stage, Suspension, Ticket, dispatch, estimate};
use serde::Serialize;

use super::notices::{Resumed, Subject};
use super::stats::Stats;
use crate::config::Calendar;

/// Missed numbers on a display or at a counter.
const MISSED_SHOWN: usize = 6;

/// The parts of a display that a call changes.
#[derive(Serialize)]
pub struct Called {
    calls: Vec<CallView>,
    missed: Vec<TicketNumber>,
}

/// Everything views are made from.
pub struct Picture<'a> {
    /// The hall.
    pub hall: &'a Hall,
    /// The day's figures.
    pub stats: &'a Stats,
    /// Names.
    pub catalogue: &'a Catalogue,
    /// When the centre is open.
    pub calendar: &'a Calendar,
    /// The time at the centre.
    pub now: Time,
}

impl Picture<'_> {
    /// Returns the day as screens show it.
    pub fn day(&self) -> DayView {
        let day = self.hall.day();
        DayView {
            date: day.map(|day| day.hours.date.clone()),
            closes_at: day.map(|day| day.hours.closes_at),
            issued: day.map_or(0, |day| day.issued),
            waiting: count(self.hall.waiting()),
            outside: count(self.hall.outside().count()),
            full: self.hall.is_full(),
            returns: count(self.hall.returns().count()),
            unserved: if day.is_none() { count(self.hall.unserved().len()) } else { 0 },
            next_from: self.calendar.next_day(self.now).map(|next| next.tickets_from),
        }
    }

    /// Returns what a kiosk shows.
    pub fn kiosk(&self) -> KioskView {
        let services = self.hall.services().iter().enumerate();
        let offered = services.filter(|(_, desk)| self.catalogue.services.iter().any(|entry| entry.id == desk.policy.id));
        KioskView { day: self.day(), services: offered.map(|(index, desk)| self.service(index, desk)).collect() }
    }

    /// Returns the parts of a display that a call changes, under the names that [`DisplayView`] gives them.
    pub fn called(&self, zone: &ZoneId) -> Called {
        Called {
            calls: self.calls(zone),
            missed: self.stats.missed_lately(self.now).take(MISSED_SHOWN).map(|missed| missed.number).collect(),
        }
    }

    /// Returns the latest calls of a zone and of those it calls for as well, newest first.
    fn calls(&self, zone: &ZoneId) -> Vec<CallView> {
        let entry = self.catalogue.zones.iter().find(|entry| entry.id == *zone);
        let shown = |of: &ZoneId| entry.map_or(of == zone, |entry| entry.calls(of));
        let zones = self.stats.calls.iter().filter(|(of, _)| shown(of));
        let mut calls: Vec<CallView> = zones.flat_map(|(_, calls)| calls).cloned().collect();
        calls.sort_unstable_by_key(|call| std::cmp::Reverse(call.call));
        calls.truncate(CALLS_SHOWN);
        calls
    }

    /// Returns what a display of one zone shows.
    pub fn display(&self, zone: &ZoneId) -> DisplayView {
        let Called { calls, missed } = self.called(zone);
        // Whoever was called to a counter meanwhile has come in.
        let waits = |number: &TicketNumber| self.hall.ticket_numbered(*number).is_some_and(|ticket| ticket.stage == Stage::Waiting);
        let admitted = self.stats.admitted_lately(self.now).filter(waits).collect();
        DisplayView {
            calls,
            groups: self.groups(),
            missed,
            suspended: self.suspended(|_| true),
            admitted,
            resumed: self.resumed(|_| true),
            day: self.day(),
            languages: self.catalogue.languages.clone(),
        }
    }

    /// Returns what the officer at one counter sees.
    pub fn counter(&self, id: CounterId) -> Option<CounterView> {
        let desk = self.hall.counter(id)?;
        let upcoming = dispatch::upcoming(self.hall, desk, self.now, QUEUE_SHOWN);
        let mut away: Vec<&Ticket> = self.hall.away().filter(|ticket| self.left(ticket) == Some(id)).collect();
        away.sort_by_key(|ticket| ticket.moved);
        let serves = |service: &ServiceDesk| desk.policy.profile.iter().any(|(id, _)| *id == service.policy.id);
        Some(CounterView {
            counter: counter_state(desk),
            ticket: self.ticket_at(desk),
            queue: upcoming.into_iter().map(|ticket| self.queued(ticket)).collect(),
            waiting: count(self.hall.waiting_for(desk)),
            held: away.iter().filter(|ticket| !ticket.is_missed()).filter_map(|ticket| self.away(ticket)).collect(),
            missed: away.iter().rev().filter(|ticket| ticket.is_missed()).filter_map(|ticket| self.away(ticket)).collect(),
            undo: self.hall.undoable(desk, self.now).map(|last| UndoView { act: last.act, number: last.before.number }),
            my_day: self.my_day(desk),
            suspended: self.suspended(serves),
            resumed: self.resumed(serves),
        })
    }

    /// Returns where the ticket with this number stands today; nothing when it has ended or never was.
    pub fn place(&self, number: TicketNumber) -> Option<TicketPlace> {
        let ticket = self.hall.ticket_numbered(number)?;
        let desk = &self.hall.services()[ticket.service];
        let (stage, counter) = match ticket.stage {
            Stage::Waiting => (PlaceStage::Waiting, None),
            Stage::Called { counter, .. } => (PlaceStage::Called, Some(counter)),
            Stage::Serving { counter, .. } => (PlaceStage::Serving, Some(counter)),
            Stage::Held { .. } => (PlaceStage::Held, None),
            Stage::Missed { counter, .. } => (PlaceStage::Missed, Some(counter)),
        };
        Some(TicketPlace {
            number,
            service: desk.policy.id.clone(),
            stage,
            ahead: (stage == PlaceStage::Waiting).then(|| dispatch::ahead_of(self.hall, ticket, self.now)),
            counter: counter.map(|index| self.hall.counters()[index].policy.id),
            suspended: self.hall.suspension(desk).is_some(),
            outside: ticket.outside,
            now: self.now,
        })
    }

    /// Returns what is suspended and has a service for which `concerns` holds.
    pub fn suspended(&self, concerns: impl Fn(&ServiceDesk) -> bool) -> Vec<SuspensionView> {
        let of_agency = |agency| self.hall.services().iter().filter(move |desk| desk.policy.agency == agency);
        let whole = self.hall.suspended().iter();
        let whole = whole.filter(|(agency, _)| of_agency((*agency).clone()).any(&concerns)).map(|(agency, suspension)| {
            let waiting = of_agency(agency.clone()).map(ServiceDesk::waiting).sum();
            self.suspension_view(Subject { agency: agency.clone(), service: None }, *suspension, waiting)
        });
        let alone = self.hall.suspended_alone().iter().filter_map(|(id, suspension)| Some((self.hall.service(id)?, suspension)));
        let alone = alone.filter(|(desk, _)| concerns(desk)).map(|(desk, suspension)| {
            let subject = Subject { agency: desk.policy.agency.clone(), service: Some(desk.policy.id.clone()) };
            self.suspension_view(subject, *suspension, desk.waiting())
        });
        whole.chain(alone).collect()
    }

    /// Returns what has gone on again lately and has a service for which `concerns` holds, newest first.
    pub fn resumed(&self, concerns: impl Fn(&ServiceDesk) -> bool) -> Vec<ResumedView> {
        let view = |(subject, resumed): (&Subject, Resumed)| {
            let of_it = |desk: &&ServiceDesk| match &subject.service {
                Some(service) => desk.policy.id == *service,
                None => desk.policy.agency == subject.agency,
            };
            let desks = || self.hall.services().iter().filter(of_it);
            desks().any(&concerns).then(|| ResumedView {
                notice: resumed.notice,
                agency: subject.agency.clone(),
                service: subject.service.clone(),
                since: resumed.at,
                waiting: count(desks().map(ServiceDesk::waiting).sum()),
            })
        };
        self.stats.notices.resumed_lately(self.now).into_iter().filter_map(view).collect()
    }

    fn suspension_view(&self, subject: Subject, suspension: Suspension, waiting: usize) -> SuspensionView {
        let notice = self.stats.notices.of_suspension(&subject);
        let (Suspension { since, reason, back_at }, Subject { agency, service }) = (suspension, subject);
        SuspensionView { notice, agency, service, since, reason, back_at, waiting: count(waiting) }
    }

    /// Returns the range told to a newcomer of the standard class.
    pub fn wait(&self, index: usize) -> Option<WaitRange> {
        estimate::expected_wait(self.hall, index, Class::Standard, self.now).map(estimate::told)
    }

    fn service(&self, index: usize, desk: &ServiceDesk) -> ServiceState {
        let suspension = self.hall.suspension(desk);
        let state = self.availability(desk);
        ServiceState {
            service: desk.policy.id.clone(),
            state,
            since: suspension.map(|suspension| suspension.since),
            reason: suspension.map(|suspension| suspension.reason),
            back_at: suspension.and_then(|suspension| suspension.back_at),
            waiting: count(desk.waiting()),
            wait: if state == Availability::Open { self.wait(index) } else { None },
            left_today: desk.policy.quota.map(|quota| quota.saturating_sub(desk.issued)),
        }
    }

    fn availability(&self, desk: &ServiceDesk) -> Availability {
        let Some(day) = self.hall.day() else { return Availability::Closed };
        let hour = self.now.0 - day.hours.midnight.0;
        let in_hours = desk.policy.hours.is_none_or(|(from, until)| (from..until).contains(&hour));
        if self.hall.suspension(desk).is_some() {
            Availability::Suspended
        } else if desk.policy.quota.is_some_and(|quota| desk.issued >= quota) {
            Availability::Full
        } else if !in_hours || self.now < day.hours.tickets_from || self.now >= day.hours.closes_at {
            Availability::Closed
        } else {
            Availability::Open
        }
    }

    /// Returns the wait of the service that most people wait for: what the next one who comes most likely asks for.
    pub fn wait_of_most(&self, members: &[usize]) -> Option<WaitRange> {
        let told = members.iter().filter_map(|index| Some((*index, self.wait(*index)?)));
        let most = told.max_by_key(|(index, _)| (self.hall.services()[*index].waiting(), std::cmp::Reverse(*index)));
        most.map(|(_, wait)| wait)
    }

    /// Returns the groups as the hall sees them.
    fn groups(&self) -> Vec<GroupState> {
        let mut services: BTreeMap<&GroupId, Vec<usize>> = BTreeMap::new();
        for entry in &self.catalogue.services {
            let index = self.hall.services().iter().position(|desk| desk.policy.id == entry.id);
            services.entry(&entry.group).or_default().extend(index);
        }
        let state = |group: &GroupId| {
            let members = services.get(group).map(Vec::as_slice).unwrap_or_default();
            let desks = || members.iter().map(|index| (*index, &self.hall.services()[*index]));
            GroupState {
                group: group.clone(),
                waiting: count(desks().map(|(_, desk)| desk.waiting()).sum()),
                wait: self.wait_of_most(members),
                suspended: !members.is_empty() && desks().all(|(_, desk)| self.hall.suspension(desk).is_some()),
            }
        };
        self.catalogue.groups.iter().filter(|group| services.contains_key(&group.id)).map(|group| state(&group.id)).collect()
    }

    fn ticket_at(&self, desk: &CounterDesk) -> Option<CounterTicket> {
        let Counter::Busy { ticket, .. } = &desk.state else { return None };
        let ticket = self.hall.ticket(*ticket)?;
        let service = &self.hall.services()[ticket.service];
        let (stage, since, recalls, called) = match ticket.stage {
            Stage::Waiting | Stage::Held { .. } | Stage::Missed { .. } => return None,
            Stage::Called { since, recalls, .. } => (CounterStage::Called, since, recalls, since),
            Stage::Serving { since, recalls, called, .. } => (CounterStage::Serving, since, recalls, called),
        };
        Some(CounterTicket {
            ticket: ticket.id,
            number: ticket.number,
            service: service.policy.id.clone(),
            class: ticket.class,
            classed: ticket.classed,
            booked_at: ticket.booked_at,
            marks: ticket.marks.iter().cloned().collect(),
            delivered: ticket.delivered.iter().map(|(service, count)| Delivered { service: service.clone(), count: *count }).collect(),
            language: ticket.language,
            stage,
            since,
            recalls,
            issued_at: ticket.issued_at,
            waited: called.since(ticket.clock_start),
            promise: self.hall.promise(ticket).within,
            usual: service.usual(),
            why: self.stats.why.get(&ticket.id).map(explain).unwrap_or_default(),
            out_of_order: self.stats.why.get(&ticket.id).and_then(|why| why.out_of_order),
            then: ticket.then.iter().map(|service| self.hall.services()[*service].policy.id.clone()).collect(),
        })
    }

    fn queued(&self, ticket: &Ticket) -> QueuedTicket {
        QueuedTicket {
            number: ticket.number,
            service: self.hall.services()[ticket.service].policy.id.clone(),
            class: ticket.class,
            language: ticket.language,
            clock_start: ticket.clock_start,
            promise: self.hall.promise(ticket).within,
        }
    }

    /// The counter that a ticket which is away has left.
    fn left(&self, ticket: &Ticket) -> Option<CounterId> {
        match ticket.stage {
            Stage::Held { counter, .. } | Stage::Missed { counter, .. } => Some(self.hall.counters()[counter].policy.id),
            Stage::Waiting | Stage::Called { .. } | Stage::Serving { .. } => None,
        }
    }

    fn away(&self, ticket: &Ticket) -> Option<AwayTicket> {
        let (since, until) = match ticket.stage {
            Stage::Held { since, until, .. } => (since, until),
            Stage::Missed { since, until, .. } => (since, Some(until)),
            Stage::Waiting | Stage::Called { .. } | Stage::Serving { .. } => return None,
        };
        let service = self.hall.services()[ticket.service].policy.id.clone();
        Some(AwayTicket { number: ticket.number, service, since, until })
    }

    fn my_day(&self, desk: &CounterDesk) -> MyDay {
        let figures = desk.state.officer().and_then(|officer| self.stats.officers.get(officer));
        figures.map_or_else(MyDay::default, |figures| MyDay {
            finished: figures.visits.count(),
            typical: figures.visits.quantile(50),
            called: figures.called,
            within: figures.within,
        })
    }
}

/// Returns a count as the wire has it.
pub fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn counter_state(desk: &CounterDesk) -> CounterState {
    let (state, since, back_at, reason) = match &desk.state {
        Counter::Closed => (CounterOpenness::Closed, None, None, None),
        Counter::Paused { since, back_at, reason, .. } => (CounterOpenness::Paused, Some(*since), *back_at, Some(*reason)),
        Counter::Free { since, .. } | Counter::Busy { since, .. } => (CounterOpenness::Open, Some(*since), None, None),
    };
    CounterState { counter: desk.policy.id, state, officer: desk.state.officer().cloned(), since, back_at, reason }
}

/// Returns the figures of a choice without a word of any language: `27/30 (90 %) > L043 19/30 (63 %)`, in minutes.
fn explain(why: &queue::Why) -> String {
    let figures = |waited: i64, promise: i64| {
        let minute = protocol::time::MINUTE;
        format!("{}/{} ({} %)", waited.max(0) / minute, promise / minute, waited.max(0) * 100 / promise.max(1))
    };
    match &why.runner_up {
        None => figures(why.waited, why.promise),
        Some(second) => {
            let chosen = figures(why.waited, why.promise);
            format!("{chosen} > {} {}", second.number, figures(second.waited, second.promise))
        }
    }
}
