//! What the manager's board shows: waits by service group, service and counter, against the promise.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use protocol::view::{Alert, BoardRow, BoardView, CounterTile, DeviceState, LongestWait, PromiseState, SuspensionView, TileState, Totals};
use protocol::{Class, ClockTrouble, CounterId, GroupId, Time};
use queue::{Counter, CounterDesk, ServiceDesk, Stage, Ticket};

use super::stats::{ServiceStats, Spread};
use super::views::{Picture, count};

impl Picture<'_> {
    /// Returns what the board shows.
    pub fn board(&self, devices: Vec<DeviceState>, clock: Option<ClockTrouble>) -> BoardView {
        let groups = self.group_rows();
        let alerts = clock.map(Alert::Clock).into_iter().chain(self.alerts(&groups, &devices)).collect();
        BoardView {
            day: self.day(),
            totals: self.totals(),
            services: self.service_rows(),
            counters: self.hall.counters().iter().map(|desk| self.tile(desk)).collect(),
            suspended: self.suspended(|_| true),
            resumed: self.resumed(|_| true),
            alerts,
            devices,
            history: self.stats.history.clone(),
            groups,
        }
    }

    fn totals(&self) -> Totals {
        let mut waits = Spread::default();
        let mut totals = Totals::default();
        for figures in self.stats.services.values() {
            waits.merge(&figures.waits);
            totals.called += figures.called;
            totals.within += figures.within;
            totals.finished += figures.finished;
            totals.missed += figures.missed;
        }
        let longest = self.hall.services().iter().filter(|desk| self.hall.suspension(desk).is_none()).filter_map(longest).min();
        Totals {
            waiting: count(self.hall.waiting()),
            longest: longest.and_then(|(clock_start, ticket)| {
                let ticket = self.hall.ticket(ticket)?;
                let service = self.hall.services()[ticket.service].policy.id.clone();
                Some(LongestWait { number: ticket.number, service, clock_start })
            }),
            p50: waits.quantile(50),
            p90: waits.quantile(90),
            counters_open: count(self.hall.counters().iter().filter(|desk| desk.state.officer().is_some()).count()),
            counters: count(self.hall.counters().len()),
            price: self.stats.load.price(self.hall),
            ..totals
        }
    }

    fn group_rows(&self) -> Vec<BoardRow> {
        let members = |group: &GroupId| -> Vec<usize> {
            let services = self.catalogue.services.iter().filter(|entry| entry.group == *group);
            services.filter_map(|entry| self.hall.services().iter().position(|desk| desk.policy.id == entry.id)).collect()
        };
        let rows = self.catalogue.groups.iter().map(|group| (group, members(&group.id)));
        let rows = rows.filter(|(_, members)| !members.is_empty());
        worst_first(rows.map(|(group, members)| self.row(group.id.to_string(), &members)).collect())
    }

    fn service_rows(&self) -> Vec<BoardRow> {
        let seen = self
            .hall
            .services()
            .iter()
            .enumerate()
            .filter(|(_, desk)| desk.issued > 0 || desk.waiting() > 0 || self.stats.services.contains_key(&desk.policy.id));
        worst_first(seen.map(|(index, desk)| self.row(desk.policy.id.to_string(), &[index])).collect())
    }

    fn row(&self, id: String, members: &[usize]) -> BoardRow {
        let desks = || members.iter().map(|index| &self.hall.services()[*index]);
        let figures = merged(desks().filter_map(|desk| self.stats.services.get(&desk.policy.id)));
        let suspended = desks().all(|desk| self.hall.suspension(desk).is_some());
        let tickets = || desks().filter(|desk| suspended || self.hall.suspension(desk).is_none()).flat_map(|desk| self.oldest(desk));
        let share_percent = tickets().map(|ticket| self.share(ticket)).max().unwrap_or(0);
        let mut serving: Vec<usize> = desks().flat_map(|desk| desk.counters.iter().copied()).collect();
        serving.sort_unstable();
        serving.dedup();
        let since = desks().filter_map(|desk| self.hall.suspension(desk)).map(|suspension| suspension.since).min();
        BoardRow {
            id,
            state: state(suspended, share_percent),
            waiting: count(desks().map(ServiceDesk::waiting).sum()),
            late: desks().map(|desk| self.late(desk)).sum(),
            longest_start: tickets().map(|ticket| ticket.clock_start).min(),
            share_percent,
            p50: figures.waits.quantile(50),
            p90: figures.waits.quantile(90),
            promise: promise_of_most(desks()),
            called: figures.called,
            within: figures.within,
            counters: count(serving.iter().filter(|index| self.hall.counters()[**index].state.is_open()).count()),
            suspended_since: if suspended { since } else { None },
            wait: self.wait_of_most(members),
        }
    }

    /// The ticket of each class that has waited longest: within a class it has used most of its promise.
    fn oldest(&self, desk: &ServiceDesk) -> Vec<&Ticket> {
        let heads = Class::ALL.into_iter().filter_map(|class| desk.lane(class).first().map(|(_, ticket)| *ticket));
        heads.filter_map(|ticket| self.hall.ticket(ticket)).collect()
    }

    fn share(&self, ticket: &Ticket) -> u32 {
        let waited = self.now.since(ticket.clock_start);
        u32::try_from(waited * 100 / self.hall.promise(ticket).within).unwrap_or(u32::MAX)
    }

    fn late(&self, desk: &ServiceDesk) -> u32 {
        let late = |class: Class| {
            let latest_start = Time(self.now.0 - desk.policy.promises.of(class).within);
            desk.lane(class).iter().take_while(|(start, _)| *start <= latest_start).count()
        };
        count(Class::ALL.into_iter().map(late).sum())
    }

    fn tile(&self, desk: &CounterDesk) -> CounterTile {
        let ticket = match &desk.state {
            Counter::Busy { ticket, .. } => self.hall.ticket(*ticket),
            Counter::Closed | Counter::Paused { .. } | Counter::Free { .. } => None,
        };
        let reason = match desk.state {
            Counter::Paused { reason, .. } => Some(reason),
            Counter::Closed | Counter::Free { .. } | Counter::Busy { .. } => None,
        };
        let (state, since, back_at) = match (&desk.state, ticket.map(|ticket| &ticket.stage)) {
            (Counter::Closed, _) => (TileState::Closed, None, None),
            (Counter::Paused { since, back_at, .. }, _) => (TileState::Paused, Some(*since), *back_at),
            (Counter::Free { since, .. }, _) => (TileState::Free, Some(*since), None),
            (Counter::Busy { .. }, Some(Stage::Serving { since, .. })) => (TileState::Serving, Some(*since), None),
            (Counter::Busy { since, .. }, _) => (TileState::Called, Some(*since), None),
        };
        CounterTile {
            counter: desk.policy.id,
            state,
            number: ticket.map(|ticket| ticket.number),
            since,
            back_at,
            reason,
            officer: desk.state.officer().cloned(),
            waiting: count(self.hall.waiting_for(desk)),
        }
    }

    fn alerts<'a>(&'a self, groups: &'a [BoardRow], devices: &'a [DeviceState]) -> impl Iterator<Item = Alert> + 'a {
        let late = groups.iter().filter(|row| row.state == PromiseState::Late);
        let late = late.filter_map(|row| self.alert_of(row));
        let unstaffed = groups.iter().filter(|row| row.state != PromiseState::Late && row.state != PromiseState::Paused);
        let unstaffed = unstaffed.filter(|row| row.counters == 0 && row.waiting > 0).filter_map(|row| self.alert_of(row));
        let suspended = self.suspended(|_| true).into_iter();
        let suspended = suspended.map(|view| {
            let SuspensionView { agency, service, since, waiting, .. } = view;
            Alert::Suspended { agency, service, since, waiting }
        });
        late.chain(unstaffed).chain(suspended).chain(devices.iter().filter_map(device_alert))
    }

    fn alert_of(&self, row: &BoardRow) -> Option<Alert> {
        let group = GroupId::new(&row.id).ok()?;
        let counter = self.closed_counter_for(&group);
        match row.counters {
            0 => Some(Alert::NoCounter { group, waiting: row.waiting, counter }),
            _ => Some(Alert::Late { group, late: row.late, waiting: row.waiting, counter }),
        }
    }

    fn closed_counter_for(&self, group: &GroupId) -> Option<CounterId> {
        let of_group =
            |service: &protocol::ServiceId| self.catalogue.services.iter().any(|entry| entry.group == *group && entry.id == *service);
        let serves = |desk: &&CounterDesk| desk.policy.profile.iter().any(|(service, _)| of_group(service));
        let closed = self.hall.counters().iter().filter(|desk| desk.state == Counter::Closed);
        closed.filter(serves).map(|desk| desk.policy.id).next()
    }
}

fn device_alert(device: &DeviceState) -> Option<Alert> {
    let name = device.device.clone();
    if !device.connected {
        return Some(Alert::OutOfTouch { device: name, since: device.since });
    }
    match (device.trouble, device.heard) {
        (Some(trouble), _) => Some(Alert::Printer { device: name, trouble }),
        (None, Some(false)) => Some(Alert::Silent { device: name }),
        (None, _) => None,
    }
}

fn longest(desk: &ServiceDesk) -> Option<(Time, protocol::TicketId)> {
    desk.lanes.iter().filter_map(|lane| lane.first().copied()).min()
}

/// Returns the standard promise of the services that most of the day's tickets ask for; before the first of them, that of
/// most services.
fn promise_of_most<'a>(desks: impl Iterator<Item = &'a ServiceDesk>) -> i64 {
    let mut carried: BTreeMap<i64, (u32, u32)> = BTreeMap::new();
    for desk in desks {
        let (tickets, services) = carried.entry(desk.policy.promises.standard.within).or_default();
        *tickets += desk.issued;
        *services += 1;
    }
    let most = carried.into_iter().max_by_key(|(within, carried)| (*carried, Reverse(*within)));
    most.map_or(0, |(within, _)| within)
}

fn merged<'a>(figures: impl Iterator<Item = &'a ServiceStats>) -> ServiceStats {
    let mut all = ServiceStats::default();
    for one in figures {
        all.waits.merge(&one.waits);
        all.called += one.called;
        all.within += one.within;
        all.finished += one.finished;
        all.missed += one.missed;
    }
    all
}

/// Near starts at .8 of the promise, late at 1.
fn state(suspended: bool, share_percent: u32) -> PromiseState {
    match share_percent {
        _ if suspended => PromiseState::Paused,
        100.. => PromiseState::Late,
        80.. => PromiseState::Near,
        _ => PromiseState::OnTime,
    }
}

fn worst_first(mut rows: Vec<BoardRow>) -> Vec<BoardRow> {
    rows.sort_by(|a, b| (a.state, b.share_percent, b.waiting, &a.id).cmp(&(b.state, a.share_percent, a.waiting, &b.id)));
    rows
}
