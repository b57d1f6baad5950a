//! A lively morning, played through the API: visitors come, officers call and serve, a few do not show up. Seeded, so that
//! the screens look the same each time.

use std::collections::HashMap;

use protocol::request::{IssueTicket, IssuedTicket};
use protocol::{Class, Language, RefusalBody, ServiceId, TicketId, Time};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tests::{Centre, Client};

const MINUTE: i64 = 60_000;
/// Tickets an hour.
const PER_HOUR: u32 = 180;

/// How often each service is asked for, against the others, and the minutes that it takes.
const SERVICES: [(&str, u32, i64); 23] = [
    ("nrb-id-collect", 93, 3),
    ("nrb-id-replace", 85, 7),
    ("nrb-id-new", 68, 8),
    ("nrb-id-status", 20, 3),
    ("crs-birth", 52, 7),
    ("crs-collect", 35, 3),
    ("crs-death", 23, 8),
    ("crs-birth-late", 22, 10),
    ("nps-abstract", 80, 5),
    ("dci-pcc", 60, 6),
    ("sha-register", 48, 7),
    ("sha-dependants", 27, 7),
    ("sha-enquiry", 25, 5),
    ("nssf-register", 19, 7),
    ("nssf-statement", 19, 5),
    ("ntsa-dl-bio", 33, 7),
    ("ntsa-dl-collect", 26, 3),
    ("kra-pin", 24, 7),
    ("kra-update", 23, 7),
    ("kra-returns", 21, 8),
    ("helb-cert", 12, 6),
    ("brs-search", 14, 9),
    ("hk-info", 18, 4),
];

/// Counters with an officer this morning: all but a few, so that some queues are longer than they should be.
const COUNTERS: [u16; 23] = [1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24, 25, 28];

struct Desk {
    officer: Client,
    counter: u16,
    at: At,
}

enum At {
    Free,
    Called { ticket: TicketId, since: Time },
    Serving { ticket: TicketId, until: Time },
    Break,
}

/// Plays from the centre's present time to `until`, a local time, minute by minute; ends with fresh calls in the hall.
pub async fn morning(centre: &Centre, until: &str) {
    let mut chance = StdRng::seed_from_u64(41);
    let mut desks = desks(centre).await;
    let mut minutes_of = HashMap::new();
    let (start, end) = (centre.now().await, Time(local(until)));
    let minutes = (end.0 - start.0) / MINUTE;
    for minute in 1..=minutes {
        let now = Time(end.0 - (minutes - minute) * MINUTE);
        centre.skip_to(now).await;
        let coming = (PER_HOUR + chance.random_range(0..60)) / 60;
        for _ in 0..coming {
            if let Ok((ticket, takes)) = issue(centre.admin(), &mut chance).await {
                minutes_of.insert(ticket, takes);
            }
        }
        let last = minute == minutes;
        for desk in &mut desks {
            desk.go_on(now, last, &minutes_of, &mut chance).await;
        }
    }
}

async fn desks(centre: &Centre) -> Vec<Desk> {
    let mut desks = Vec::new();
    for counter in COUNTERS {
        let officer = centre.officer(&format!("desk-{counter}")).await;
        officer.open(counter).await.expect("a counter that nobody has");
        desks.push(Desk { officer, counter, at: At::Free });
    }
    desks
}

/// Returns the ticket and how long its service takes, minutes.
async fn issue(at_the_door: &Client, chance: &mut StdRng) -> Result<(TicketId, i64), RefusalBody> {
    let total: u32 = SERVICES.iter().map(|(_, share, _)| share).sum();
    let mut drawn = chance.random_range(0..total);
    let (service, _, takes) = SERVICES
        .into_iter()
        .find(|(_, share, _)| {
            let here = drawn < *share;
            drawn = drawn.saturating_sub(*share);
            here
        })
        .expect("what is drawn is below the total");
    let class = match chance.random_range(0..100) {
        0..10 => Class::Priority,
        10..13 => Class::Appointment,
        _ => Class::Standard,
    };
    let language = if chance.random_range(0..10) < 3 { Language::En } else { Language::Sw };
    let service = ServiceId::new(service).expect("a service's id");
    let asked = IssueTicket { request: at_the_door.request_id(), service, class, language, then: Vec::new(), booked_at: None };
    at_the_door.post::<IssuedTicket>("/api/v1/tickets", &asked).await.map(|issued| (issued.ticket, takes))
}

impl Desk {
    async fn go_on(&mut self, now: Time, last: bool, minutes_of: &HashMap<TicketId, i64>, chance: &mut StdRng) {
        self.at = match std::mem::replace(&mut self.at, At::Free) {
            At::Free | At::Break if !last && chance.random_range(0..60) == 0 => self.rest().await,
            At::Free => self.next(now).await,
            At::Break if last => At::Break,
            At::Break => self.come_back(now, chance).await,
            // Those called in the last minutes are still on their way: the hall's screen shows them.
            At::Called { ticket, since } if last || now.0 - since.0 < MINUTE => At::Called { ticket, since },
            At::Called { ticket, .. } if chance.random_range(0..16) == 0 => {
                self.officer.no_show(self.counter, ticket, false).await.expect("a ticket that was called");
                At::Free
            }
            At::Called { ticket, .. } => {
                self.officer.start(self.counter, ticket).await.expect("a ticket that was called");
                let takes = minutes_of.get(&ticket).copied().unwrap_or(5) * MINUTE * chance.random_range(60..=130) / 100;
                At::Serving { ticket, until: Time(now.0 + takes) }
            }
            At::Serving { ticket, until } if until <= now => {
                self.officer.finish(self.counter, ticket, false).await.expect("a ticket that is served");
                self.next(now).await
            }
            At::Serving { ticket, until } => At::Serving { ticket, until },
        };
    }

    /// Nobody waiting is a refusal like any other, and leaves the counter free; one closed for idleness is opened again.
    async fn next(&self, now: Time) -> At {
        let called = match self.officer.next(self.counter).await {
            Ok(done) => done.called,
            Err(_) => {
                let _ = self.officer.open(self.counter).await;
                None
            }
        };
        called.map_or(At::Free, |called| At::Called { ticket: called.ticket, since: now })
    }

    async fn rest(&self) -> At {
        self.officer.pause(self.counter).await.map_or(At::Free, |_| At::Break)
    }

    async fn come_back(&self, now: Time, chance: &mut StdRng) -> At {
        if chance.random_range(0..6) > 0 {
            return At::Break;
        }
        let _ = self.officer.back(self.counter).await;
        self.next(now).await
    }
}

/// Returns a Nairobi time of day in milliseconds.
fn local(text: &str) -> i64 {
    const EAST: i64 = 3 * 60 * MINUTE;
    let (date, time) = text.split_once('T').expect("a date and a time");
    assert_eq!(date, "2026-11-24", "the morning is of one day");
    let parts: Vec<i64> = time.split(':').map(|part| part.parse().expect("a number")).collect();
    /// Midnight of that day in Greenwich.
    const MIDNIGHT: i64 = 1_795_478_400_000;
    MIDNIGHT - EAST + ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1_000
}
