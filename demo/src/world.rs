//! The simulated people at work: each is a task that does over HTTP and the link what its function wants.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::http::{HeaderValue, header};
use futures_util::StreamExt;
use protocol::request::{CounterAct, CounterDone, FinishService, IssueTicket, IssuedTicket, NoShow, PauseCounter, TicketAct};
use protocol::view::{Availability, CounterTicket};
use protocol::{CounterId, Frame, PauseReason, Refusal, ServiceId};
use station::ServerAddress;
use station::connect::{self, Target};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use tracing::{debug, warn};

use crate::calendar::Calendar;
use crate::client::{Person, Proof, Refused, SESSION_COOKIE, Server};
use crate::clock::CentreClock;
use crate::demand::{Demand, Visitor};
use crate::officer::{Act, Action, Event, Officer, has_work};
use crate::town::{Screens, Town, Visit, second_visit};

/// What all simulated people share.
pub struct World {
    /// Where the server is.
    pub address: ServerAddress,
    /// The centre's time.
    pub clock: CentreClock,
    /// Its opening hours.
    pub calendar: Calendar,
    /// Who holds which ticket.
    pub town: Town,
    /// What the hall shows.
    pub screens: watch::Receiver<Screens>,
    /// Who goes on to a second service.
    pub onward: mpsc::UnboundedSender<Visitor>,
}

/// No simulated officer asks again sooner after a refusal, however fast the day runs.
const REST_AFTER_REFUSAL: Duration = Duration::from_millis(300);

/// Works as an officer for ever.
pub async fn work(world: Arc<World>, person: Person, mut officer: Officer, serves: BTreeSet<ServiceId>) {
    let mut event = Event::Woke;
    loop {
        world.clock.running().await;
        event = match officer.on(event, world.clock.now(), &world.town) {
            Action::Wait(until) => {
                world.clock.sleep_until(until).await;
                Event::Woke
            }
            Action::Idle(until) => {
                sleep(REST_AFTER_REFUSAL).await;
                tokio::select! {
                    () = world.clock.sleep_until(until) => {}
                    () = somebody_waits(&world, &serves) => {}
                }
                Event::Woke
            }
            Action::Look => {
                sleep(REST_AFTER_REFUSAL).await;
                look(&world, &person, officer.counter()).await
            }
            Action::Ask(act) => {
                let answer = perform(&person, officer.counter(), &act).await;
                told(&world, &act, answer)
            }
        };
    }
}

async fn somebody_waits(world: &World, serves: &BTreeSet<ServiceId>) {
    let mut screens = world.screens.clone();
    if screens.wait_for(|screens| has_work(serves, |service| screens.waiting(service))).await.is_err() {
        std::future::pending().await
    }
}

fn told(world: &World, act: &Act, answer: Result<CounterDone, Refused>) -> Event {
    let done = match answer {
        Ok(done) => done,
        Err(refused) => {
            let usual = refused.is(Refusal::NobodyWaiting) || refused.is(Refusal::CentreClosed);
            if usual {
                debug!(?act, code = refused.code, "refused")
            } else {
                warn!(?act, code = refused.code, "refused")
            }
            return Event::Refused(refused.code);
        }
    };
    let ended = match act {
        Act::Finish { ticket, .. } | Act::NoShow { ticket, .. } => world.town.ended(*ticket),
        Act::Open | Act::Close | Act::Pause { .. } | Act::Resume | Act::Next | Act::Recall(_) | Act::Start(_) => None,
    };
    if let Some(onward) = ended.filter(|visit| visit.visitor.comes).and_then(|visit| second_visit(visit, done.at)) {
        // Nobody listens only when the demonstration ends.
        let _ = world.onward.send(onward);
    }
    Event::Done(done.called)
}

async fn perform(person: &Person, counter: CounterId, act: &Act) -> Result<CounterDone, Refused> {
    let request = person.server().request_id();
    let path = |verb: &str| format!("/api/v1/counters/{counter}/{verb}");
    match act {
        Act::Open => person.post(&path("open"), &CounterAct { request }).await,
        Act::Close => person.post(&path("close"), &CounterAct { request }).await,
        Act::Pause { back_at } => {
            person.post(&path("pause"), &PauseCounter { request, back_at: Some(*back_at), reason: PauseReason::Break }).await
        }
        Act::Resume => person.post(&path("resume"), &CounterAct { request }).await,
        Act::Next => person.post(&path("next"), &CounterAct { request }).await,
        Act::Recall(ticket) => person.post(&path("recall"), &TicketAct { request, ticket: *ticket }).await,
        Act::Start(ticket) => person.post(&path("start"), &TicketAct { request, ticket: *ticket }).await,
        Act::Finish { ticket, outcome, then_next } => {
            let finish = FinishService { request, ticket: *ticket, outcome: Some(*outcome), then_next: *then_next };
            person.post(&path("finish"), &finish).await
        }
        Act::NoShow { ticket, then_next } => {
            person.post(&path("no-show"), &NoShow { request, ticket: *ticket, then_next: *then_next }).await
        }
    }
}

/// Looks at the counter's screen: one snapshot over the link.
async fn look(world: &World, person: &Person, counter: CounterId) -> Event {
    /// A snapshot comes at once, or not at all.
    const PATIENCE: Duration = Duration::from_secs(5);
    match timeout(PATIENCE, snapshot(world, person, counter)).await {
        Ok(Ok(ticket)) => Event::Seen(ticket.as_ref().map(Into::into)),
        Ok(Err(error)) => {
            debug!(%error, %counter, "could not look at the counter's screen");
            Event::Refused(Refusal::OutOfTouch.code().into())
        }
        Err(_) => Event::Refused(Refusal::OutOfTouch.code().into()),
    }
}

async fn snapshot(world: &World, person: &Person, counter: CounterId) -> Result<Option<CounterTicket>> {
    let cookie = format!("{SESSION_COOKIE}={}", person.session().await?);
    let proof = Some((header::COOKIE, HeaderValue::from_str(&cookie)?));
    let target = Target { server: world.address.clone(), query: format!("?topic=counter&counter={counter}"), proof };
    let mut socket = connect::open(target).await?;
    while let Some(message) = socket.next().await {
        let Frame::Snapshot { mut parts, .. } = serde_json::from_str(message?.to_text()?)? else { continue };
        return Ok(serde_json::from_value(parts.remove("ticket").unwrap_or_default())?);
    }
    anyhow::bail!("the link ended without a snapshot")
}

/// Where visitors take their tickets.
pub struct Kiosks {
    /// The way to the server, with the token of a kiosk that has no screen here.
    pub elsewhere: (Server, Proof),
    /// The kiosk at the door, once it stands there: its slips are seen.
    pub door: watch::Receiver<Option<Server>>,
    /// When the last simulated visitor stood at the door's kiosk.
    pub door_used: Mutex<Option<Instant>>,
}

impl Kiosks {
    /// Returns the kiosk that a visitor goes to: now and then it is the one whose slips are seen.
    fn choose(&self) -> (Server, Proof) {
        /// The person at this computer should see the own slip for a while.
        const DOOR_EVERY: Duration = Duration::from_secs(40);
        let mut used = self.door_used.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let free = used.is_none_or(|used| used.elapsed() >= DOOR_EVERY);
        match self.door.borrow().clone().filter(|_| free) {
            Some(door) => {
                *used = Some(Instant::now());
                (door, Proof::Nobody)
            }
            None => self.elsewhere.clone(),
        }
    }
}

/// Those who come, day after day.
pub struct Crowd {
    /// Who comes when.
    pub demand: Demand,
    /// How many on an average day.
    pub visitors_a_day: u32,
    /// What the centre offers.
    pub offered: Vec<ServiceId>,
    /// Makes the days differ, and each the same again.
    pub random: rand::rngs::StdRng,
}

impl Crowd {
    /// Lets people come for ever.
    pub async fn come(mut self, world: Arc<World>, kiosks: Arc<Kiosks>, mut onward: mpsc::UnboundedReceiver<Visitor>) -> Result<()> {
        /// People before kiosks at the same time; more than that wait behind them.
        const BEFORE_KIOSKS: usize = 8;
        let room = Arc::new(Semaphore::new(BEFORE_KIOSKS));
        let mut day = world.calendar.day_at(world.clock.now());
        loop {
            let hours = world.calendar.hours();
            let plan = self.demand.plan(&day, &hours, self.visitors_a_day, &self.offered, &mut self.random);
            let mut coming = plan.context("plan the day's visitors")?.into_iter().peekable();
            while let Some(at) = coming.peek().map(|next| next.at) {
                let visitor = tokio::select! {
                    () = world.clock.sleep_until(at) => coming.next(),
                    visitor = onward.recv() => visitor,
                };
                let Some(visitor) = visitor else { continue };
                let (world, kiosks, room) = (world.clone(), kiosks.clone(), room.clone());
                tokio::spawn(async move {
                    world.clock.sleep_until(visitor.at).await;
                    // The semaphore is never closed.
                    let _place = room.acquire().await;
                    take_ticket(&world, kiosks.choose(), visitor).await;
                });
            }
            day = world.calendar.next(&day);
            world.clock.sleep_until(day.tickets_from).await;
            world.town.new_day();
            while onward.try_recv().is_ok() {}
        }
    }
}

async fn take_ticket(world: &World, (kiosk, proof): (Server, Proof), visitor: Visitor) {
    world.clock.running().await;
    if leaves(&world.screens.borrow(), &visitor) {
        return debug!(service = %visitor.service, "a visitor left without a ticket");
    }
    let ask = IssueTicket {
        request: kiosk.request_id(),
        service: visitor.service.clone(),
        class: visitor.class,
        language: visitor.language,
        booked_at: None,
        then: Vec::new(),
    };
    match kiosk.post::<_, IssuedTicket>("/api/v1/tickets", &proof, &ask).await {
        Ok(issued) => world.town.took(issued.ticket, Visit { service: issued.service, visitor }),
        Err(refused) => debug!(service = %visitor.service, code = refused.code, "a visitor got no ticket"),
    }
}

/// Tells whether a visitor leaves when the kiosk says how it is: not today, or too long.
fn leaves(screens: &Screens, visitor: &Visitor) -> bool {
    let closed = screens.service(&visitor.service).is_some_and(|state| match state.state {
        Availability::Open => false,
        Availability::Suspended | Availability::Full | Availability::Closed => true,
    });
    closed || screens.wait(&visitor.service).is_some_and(|wait| wait.from_minutes > visitor.patience_minutes)
}
