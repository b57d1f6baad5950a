//! What the simulated people know of each other: who holds which ticket, what it is for, and what the hall's screens say.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use protocol::view::{Availability, DayView, ServiceState};
use protocol::{ServiceId, TicketId, Time, WaitRange};
use serde::Deserialize;
use station::Delivery;
use station::connect::{self, LinkNews, Target};
use station::{Contact, Tempo};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::clock::CentreClock;
use crate::demand::Visitor;
use crate::officer::Visits;

/// Somebody with a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// What the ticket is for.
    pub service: ServiceId,
    /// Who holds it.
    pub visitor: Visitor,
}

/// Everybody with a ticket, and how long things take.
#[derive(Debug)]
pub struct Town {
    visits: Mutex<HashMap<TicketId, Visit>>,
    minutes: HashMap<ServiceId, f64>,
    screens: watch::Receiver<Screens>,
}

#[derive(Deserialize)]
struct ServiceTables {
    #[serde(default)]
    service: Vec<ServiceTable>,
}

#[derive(Deserialize)]
struct ServiceTable {
    id: ServiceId,
    minutes: Option<f64>,
}

impl Town {
    /// Returns a town where nobody has a ticket; services take as long as the centre's file says, or else the catalogue's.
    pub fn new(catalogue: &str, centre: &str, screens: watch::Receiver<Screens>) -> Result<Town> {
        let mut minutes = HashMap::new();
        for text in [catalogue, centre] {
            let tables: ServiceTables = toml::from_str(text).context("read how long services take")?;
            minutes.extend(tables.service.into_iter().filter_map(|table| Some((table.id, table.minutes?))));
        }
        Ok(Town { visits: Mutex::default(), minutes, screens })
    }

    /// Remembers who holds a ticket.
    pub fn took(&self, ticket: TicketId, visit: Visit) {
        self.visits().insert(ticket, visit);
    }

    /// Forgets a ticket that has ended; returns who held it.
    pub fn ended(&self, ticket: TicketId) -> Option<Visit> {
        self.visits().remove(&ticket)
    }

    /// Forgets everybody: a new day begins.
    pub fn new_day(&self) {
        self.visits().clear();
    }

    fn visits(&self) -> MutexGuard<'_, HashMap<TicketId, Visit>> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visits for Town {
    /// Whoever is not simulated is there: it is the person at this computer.
    fn comes(&self, ticket: TicketId) -> bool {
        self.visits().get(&ticket).is_none_or(|visit| visit.visitor.comes)
    }

    fn service(&self, ticket: TicketId) -> Option<ServiceId> {
        self.visits().get(&ticket).map(|visit| visit.service.clone())
    }

    fn minutes(&self, service: Option<&ServiceId>) -> f64 {
        /// Of a service that nobody measured.
        const USUAL: f64 = 6.0;
        service.and_then(|service| self.minutes.get(service)).copied().unwrap_or(USUAL)
    }

    fn is_down(&self, service: &ServiceId) -> bool {
        self.screens.borrow().service(service).is_some_and(|state| state.state == Availability::Suspended)
    }
}

/// What a kiosk's screen shows.
#[derive(Clone, Debug, Default)]
pub struct Screens {
    /// Whether the server is in touch.
    pub up: bool,
    /// The day.
    pub day: Option<DayView>,
    services: HashMap<ServiceId, ServiceState>,
}

impl Screens {
    /// Returns how a service is.
    pub fn service(&self, service: &ServiceId) -> Option<&ServiceState> {
        self.services.get(service)
    }

    /// Returns how many wait for a service that is not suspended.
    pub fn waiting(&self, service: &ServiceId) -> u32 {
        let state = self.service(service).filter(|state| state.state != Availability::Suspended);
        state.map_or(0, |state| state.waiting)
    }

    /// Returns the wait that a newcomer is told.
    pub fn wait(&self, service: &ServiceId) -> Option<WaitRange> {
        self.service(service).and_then(|state| state.wait)
    }

    /// Tells whether the business day is over, or has not begun.
    pub fn is_closed(&self) -> bool {
        self.up && self.day.as_ref().is_some_and(|day| day.date.is_none())
    }

    fn take(&mut self, delivery: Delivery, clock: &CentreClock) {
        match delivery {
            Delivery::Clock { now, pace } => clock.tell(now, pace),
            Delivery::Whole { parts, .. } | Delivery::Changed { parts, .. } => {
                for (name, part) in parts {
                    self.part(&name, part);
                }
            }
        }
    }

    fn part(&mut self, name: &str, part: serde_json::Value) {
        let taken = match name {
            "day" => serde_json::from_value(part).map(|day| self.day = Some(day)),
            "services" => serde_json::from_value(part).map(|services: Vec<ServiceState>| {
                self.services = services.into_iter().map(|state| (state.service.clone(), state)).collect();
            }),
            _ => Ok(()),
        };
        if let Err(error) = taken {
            warn!(%error, name, "a part of the kiosk's view could not be read");
        }
    }
}

/// Follows the hall over a kiosk's link until `stop`.
pub async fn follow(target: Target, clock: CentreClock, screens: watch::Sender<Screens>, stop: CancellationToken) {
    let tempo = Tempo { rest_longest: std::time::Duration::from_secs(1), ..Tempo::default() };
    let (sender, mut news) = mpsc::channel(64);
    let link = connect::run(target, tempo, sender, stop);
    tokio::pin!(link);
    loop {
        tokio::select! {
            biased;
            Some(one) = news.recv() => match one {
                LinkNews::Contact(contact) => screens.send_modify(|screens| screens.up = contact == Contact::Connected),
                LinkNews::Delivery(delivery) => screens.send_modify(|screens| screens.take(delivery, &clock)),
                LinkNews::Catalogue(_) => {}
            },
            ended = &mut link => return warn!(?ended, "the link to the hall has ended"),
        }
    }
}

/// Returns a visitor who goes on to a second service, a minute after the first.
pub fn second_visit(visit: Visit, now: Time) -> Option<Visitor> {
    let service = visit.visitor.second.clone()?;
    Some(Visitor { at: now.plus(protocol::time::MINUTE), service, second: None, ..visit.visitor })
}

#[cfg(test)]
mod tests {
    use protocol::{Class, Language, Seq};
    use serde_json::json;

    use super::*;

    #[test]
    fn services_take_as_long_as_the_centre_says_or_else_the_catalogue() {
        let town = town();
        assert_eq!(town.minutes(Some(&service("crs-birth"))), 7.0, "the centre's");
        assert!(town.minutes(Some(&service("nssf-claim"))) > 0.0, "the catalogue's");
        assert_eq!(town.minutes(None), 6.0);
    }

    #[test]
    fn the_person_at_the_computer_always_comes() {
        let town = town();
        let gone = Visitor { comes: false, ..visitor() };
        town.took(TicketId(1), Visit { service: service("crs-birth"), visitor: gone });
        assert!(!town.comes(TicketId(1)));
        assert!(town.comes(TicketId(2)));
        assert!(town.ended(TicketId(1)).is_some());
        assert!(town.comes(TicketId(1)));
    }

    #[test]
    fn a_screen_is_read_part_by_part() {
        let (mut screens, clock) = (Screens { up: true, ..Screens::default() }, CentreClock::new(Time(0), 1));
        assert!(!screens.is_closed(), "nothing is known yet");
        let state =
            |state: &str| json!([{"service": "crs-birth", "state": state, "waiting": 3, "wait": {"from_minutes": 20, "to_minutes": 30}}]);
        let mut parts = serde_json::Map::new();
        parts.insert("day".into(), json!({"date": "2026-11-24", "closes_at": 1, "issued": 9, "waiting": 3}));
        parts.insert("services".into(), state("open"));
        screens.take(Delivery::Whole { seq: Seq(1), parts }, &clock);
        assert_eq!((screens.waiting(&service("crs-birth")), screens.is_closed()), (3, false));
        assert_eq!(screens.wait(&service("crs-birth")).map(|wait| wait.to_minutes), Some(30));
        let changed = serde_json::Map::from_iter([
            ("services".into(), state("suspended")),
            ("day".into(), json!({"date": null, "closes_at": null, "issued": 9, "waiting": 3})),
        ]);
        screens.take(Delivery::Changed { seq: Seq(2), parts: changed }, &clock);
        assert_eq!(screens.waiting(&service("crs-birth")), 0, "nobody can be called");
        assert!(screens.is_closed());
    }

    #[test]
    fn some_go_on_to_a_second_service() {
        let visit = Visit { service: service("crs-birth"), visitor: Visitor { second: Some(service("kra-pin")), ..visitor() } };
        let second = second_visit(visit, Time(0)).expect("goes on");
        assert_eq!((second.service.as_str(), second.second, second.at), ("kra-pin", None, Time(60_000)));
        assert_eq!(second_visit(Visit { service: service("crs-birth"), visitor: visitor() }, Time(0)), None);
    }

    fn town() -> Town {
        let text = |text: Option<std::borrow::Cow<'static, str>>| text.expect("embedded").into_owned();
        let screens = watch::Sender::new(Screens::default()).subscribe();
        Town::new(&text(assets::catalogue("national")), &text(assets::centre("mombasa")), screens).expect("well formed")
    }

    fn visitor() -> Visitor {
        Visitor {
            at: Time(0),
            service: service("crs-birth"),
            class: Class::Standard,
            language: Language::Sw,
            comes: true,
            patience_minutes: 60,
            second: None,
        }
    }

    fn service(id: &str) -> ServiceId {
        ServiceId::new(id).expect("an id")
    }
}
