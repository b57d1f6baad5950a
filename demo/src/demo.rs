//! The demonstration as a whole: opens the centre, lets it live, breaks it when asked to, and closes it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use protocol::request::{CounterAct, CounterDone, Done, SuspendServices, SuspensionReason};
use protocol::view::{Availability, Catalogue};
use protocol::{AgencyCode, CounterId, DeviceId, Refusal, ServiceId, Time, ZoneId};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use slip::twin::Twin;
use station::connect::Target;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::accounts::{self, Account};
use crate::cable::Cable;
use crate::calendar::Calendar;
use crate::children::{Child, Children};
use crate::client::{Person, Proof, Refused, Server};
use crate::clock::CentreClock;
use crate::demand::Demand;
use crate::officer::Officer;
use crate::options::{Options, page};
use crate::slips::Slips;
use crate::town::{Screens, Town, follow};
use crate::world::{Crowd, Kiosks, World, work};
use crate::{folder, leftovers, opening, page as start_page, programs};

/// The centre that is opened.
const CENTRE: &str = "mombasa";
/// The day it opens on, before the doors do.
const FIRST_DAY: &str = "2026-11-24T06:30:00";
/// How fast the morning is played before anybody looks.
const PLAYED_AT: u32 = 600;
/// The agency whose system goes down.
const AGENCY: &str = "NTSA";
/// The counter that is opened for the person at this computer.
const OWN_COUNTER: CounterId = CounterId(17);
/// Counters without an officer: two for the person at this computer, and one that is closed as anywhere.
const NOT_STAFFED: [u16; 3] = [12, 17, 24];
/// How long the server stays without power.
const DARK_FOR: Duration = Duration::from_secs(6);

/// A living centre.
pub struct Demo {
    /// What it was told at its start.
    pub options: Options,
    /// The way to the server.
    pub server: Server,
    /// The person at this computer.
    pub manager: Person,
    /// The simulated people and what they know.
    pub world: Arc<World>,
    /// The door kiosk's slips.
    pub slips: Slips,
    /// The first display's cable.
    pub cable: Cable,
    /// The centre's name.
    pub centre: String,
    /// Minutes that its time is ahead of UTC.
    pub utc_offset_minutes: i32,
    /// Accounts for the person.
    pub shown_accounts: Vec<Account>,
    administrator: Person,
    catalogue: Catalogue,
    process: Child,
    dark: watch::Sender<bool>,
    ready: watch::Sender<bool>,
}

/// Opens a centre and lets it live until it is told to stop.
pub async fn run(options: Options, stop: CancellationToken) -> Result<()> {
    let began = Instant::now();
    let programs = programs::find()?;
    for name in leftovers::stop(&options.data) {
        println!("{name} of an earlier demonstration still ran, and was stopped");
    }
    let data = folder::make_anew(&options.data)?;
    for address in options.ports() {
        let free = TcpListener::bind(address).await;
        free.with_context(|| format!("port {} is taken: is another demonstration open? --port-base takes others", address.port()))?;
    }
    let children_stop = CancellationToken::new();
    let children = Children::new(&data, children_stop.clone());
    let outcome = tokio::select! {
        outcome = live(options, &programs, &data, &children, children_stop.clone(), began) => outcome,
        () = stop.cancelled() => Ok(()),
    };
    children_stop.cancel();
    children.ended().await;
    println!("the centre is closed");
    outcome
}

async fn live(
    options: Options,
    programs: &programs::Programs,
    data: &Path,
    children: &Children,
    stop: CancellationToken,
    began: Instant,
) -> Result<()> {
    let listener = match options.headless {
        true => None,
        false => Some(TcpListener::bind(options.start_page()).await.context("serve the start page")?),
    };
    let (demo, people) = open(options, programs, data, children, stop.clone()).await?;
    let page = async {
        match listener {
            Some(listener) => start_page::serve(listener, demo.clone(), stop.clone()).await.context("serve the start page"),
            None => std::future::pending().await,
        }
    };
    let life = async {
        demo.play_morning().await?;
        demo.open_stations(programs, data, children, &people.door).await?;
        demo.ready.send_replace(true);
        demo.welcome(began).await;
        if demo.options.until_ready {
            return Ok(());
        }
        demo.nights().await
    };
    tokio::select! {
        served = page => served,
        lived = life => lived,
        gone = people.tasks => gone,
    }
}

/// The simulated people.
struct People {
    tasks: std::pin::Pin<Box<dyn Future<Output = Result<()>> + Send>>,
    door: watch::Sender<Option<Server>>,
}

/// Starts the server, makes its accounts and wakes the people; time stands still meanwhile.
async fn open(
    options: Options,
    programs: &programs::Programs,
    data: &Path,
    children: &Children,
    stop: CancellationToken,
) -> Result<(Arc<Demo>, People)> {
    /// Kenya has one time and keeps it all year.
    const OFFSET_MINUTES: i32 = 180;
    let centre_file = assets::centre(CENTRE).context("find the centre's file")?;
    let calendar = Calendar::read(&centre_file, OFFSET_MINUTES)?;
    let clock = CentreClock::new(calendar.time(FIRST_DAY.parse().context("read the first day")?), 0);
    let folder = data.join("server");
    let process = children.start(programs.server(&options, CENTRE, &folder, calendar.clone(), clock.clone()));
    let server = Server::new(&format!("http://{}", options.server()), &run_name())?;
    opening::wait_for(&server, Duration::from_secs(30)).await.with_context(|| format!("see {}", data.join("logs/server.log").display()))?;

    println!("the server is up; accounts are made");
    let catalogue: Catalogue = server.get("/api/v1/catalogue", &Proof::Nobody).await.context("read the catalogue")?;
    ensure!(catalogue.utc_offset_minutes == OFFSET_MINUTES, "the centre is not in Kenya's time");
    let staffed: Vec<_> = catalogue.counters.iter().filter(|entry| !NOT_STAFFED.contains(&entry.counter.0)).cloned().collect();
    let officers = accounts::officers(staffed.len());
    ensure!(officers.len() == staffed.len(), "there are more counters than officers");
    let (manager, administrator, spare) = (accounts::manager(), accounts::administrator(), accounts::spare());
    let first = opening::set_up(&server, &folder, &administrator).await?;
    for account in officers.iter().chain([&manager, &spare]) {
        opening::make(&first, account).await?;
    }
    let shown_accounts = vec![manager.clone(), administrator, spare];
    let all: Vec<Account> = shown_accounts.iter().chain(&officers).cloned().collect();
    accounts::write(&data.join("accounts.txt"), &all).context("write the accounts")?;
    let manager = opening::person(&server, &manager);
    let elsewhere = opening::pair_kiosk(&server, &manager, &device("kiosk-2")).await?;

    let (screens_in, screens) = watch::channel(Screens::default());
    let (onward_in, onward) = mpsc::unbounded_channel();
    let national = assets::catalogue("national").context("find the catalogue")?;
    let world = Arc::new(World {
        address: server_address(&options)?,
        clock: clock.clone(),
        calendar: calendar.clone(),
        town: Town::new(&national, &centre_file, screens.clone())?,
        screens,
        onward: onward_in,
    });
    let target = Target {
        server: world.address.clone(),
        query: "?topic=kiosk".into(),
        proof: Some((axum::http::header::AUTHORIZATION, format!("Bearer {elsewhere}").parse().context("write the kiosk's token")?)),
    };
    let printer = Twin::start(options.printer()).context("start the printer")?;
    let (door, door_seen) = watch::channel(None);
    let kiosks = Arc::new(Kiosks { elsewhere: (server.clone(), Proof::Device(elsewhere)), door: door_seen, door_used: Default::default() });
    let crowd = Crowd {
        demand: Demand::read(&assets::centre("demand").context("find the demand")?)?,
        visitors_a_day: options.visitors,
        offered: catalogue.services.iter().map(|entry| entry.id.clone()).collect(),
        random: StdRng::seed_from_u64(options.seed),
    };
    let mut tasks = tokio::task::JoinSet::new();
    for (entry, account) in staffed.iter().zip(&officers) {
        let random = StdRng::seed_from_u64(options.seed.wrapping_mul(1_000).wrapping_add(entry.counter.0.into()));
        let officer = Officer::new(entry.counter, calendar.clone(), random, clock.now());
        let serves: BTreeSet<ServiceId> = entry.services.iter().cloned().collect();
        let person = opening::person(&server, account);
        let world = world.clone();
        tasks.spawn(async move {
            work(world, person, officer, serves).await;
            Ok(())
        });
    }
    tasks.spawn(crowd.come(world.clone(), kiosks, onward));
    let following = follow(target, clock.clone(), screens_in, stop.clone());
    tasks.spawn(async move {
        following.await;
        Ok(())
    });
    let demo = Demo {
        slips: Slips::new(Arc::new(printer), clock),
        cable: Cable::lay(options.cable_port(), options.server(), stop).await.context("lay the display's cable")?,
        centre: catalogue.centre.clone(),
        utc_offset_minutes: catalogue.utc_offset_minutes,
        options,
        server,
        manager,
        administrator: first,
        world,
        shown_accounts,
        catalogue,
        process,
        dark: watch::Sender::new(false),
        ready: watch::Sender::new(false),
    };
    let tasks = Box::pin(async move {
        match tasks.join_next().await {
            Some(Ok(Err(error))) => Err(error),
            Some(Err(error)) => Err(error).context("one of the simulated people has stopped"),
            Some(Ok(Ok(()))) | None => bail!("one of the simulated people has left"),
        }
    });
    Ok((Arc::new(demo), People { tasks, door }))
}

impl Demo {
    /// Plays the morning at speed, so that the hall is alive at once.
    async fn play_morning(&self) -> Result<()> {
        let until = self.world.calendar.local(self.world.clock.now()).date().and_time(self.options.play_until);
        let until = self.world.calendar.time(until);
        println!("the morning is played at speed until {}", self.options.play_until.format("%H:%M"));
        self.set_pace(PLAYED_AT).await?;
        let said = async {
            loop {
                sleep(Duration::from_secs(4)).await;
                println!("  it is {}; {} tickets, {} waiting", self.time_of_day(), self.issued().0, self.issued().1);
            }
        };
        tokio::select! {
            () = self.world.clock.sleep_until(until) => {}
            () = said => {}
        }
        self.set_pace(self.options.pace).await?;
        Ok(())
    }

    /// Starts the kiosk and the displays. They come last: no voice should speak the calls of a morning that was played.
    async fn open_stations(
        &self,
        programs: &programs::Programs,
        data: &Path,
        children: &Children,
        door: &watch::Sender<Option<Server>>,
    ) -> Result<()> {
        let (lines, mut said) = mpsc::channel(64);
        children.start(programs.kiosk(&self.options, &data.join("kiosk-1"), lines));
        let slips = self.slips.clone();
        tokio::spawn(async move {
            while let Some(line) = said.recv().await {
                slips.read(&line);
            }
        });
        let zones = self.catalogue.zones.iter().map(|zone| zone.id.clone()).take(2);
        let mut expected: Vec<(DeviceId, Option<ZoneId>)> = vec![(device("kiosk-1"), None)];
        for (number, zone) in (1..).zip(zones) {
            let server = if number == 1 { self.cable.address() } else { self.options.server() };
            children.start(programs.display(&self.options, number, server, &data.join(display_name(number))));
            expected.push((device(display_name(number)), Some(zone)));
        }
        opening::approve_all(&self.manager, expected, Duration::from_secs(20)).await?;
        let kiosk = Server::new(&format!("http://127.0.0.1:{}", self.options.kiosk_port()), &run_name())?;
        door.send_replace(Some(kiosk));
        let request = self.server.request_id();
        let opened: Result<CounterDone, _> =
            self.manager.post(&format!("/api/v1/counters/{OWN_COUNTER}/open"), &CounterAct { request }).await;
        if let Err(refused) = opened {
            warn!(%refused, "could not open counter {OWN_COUNTER}");
        }
        Ok(())
    }

    async fn welcome(&self, began: Instant) {
        let (issued, waiting) = self.issued();
        println!("ready after {} s: {}, {issued} tickets, {waiting} waiting", began.elapsed().as_secs(), self.time_of_day());
        println!("accounts are in {}", self.options.data.join("accounts.txt").display());
        if self.options.headless || self.options.until_ready {
            return;
        }
        println!("open {}", self.options.start_origin());
        let screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
        if screen && !self.options.no_open {
            let mut browser = tokio::process::Command::new("xdg-open");
            // Without a browser the line above says where to look.
            let _ =
                browser.arg(self.options.start_origin()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn();
        }
    }

    /// Nobody waits for the night to pass: when the day has ended, the next one begins.
    async fn nights(&self) -> Result<()> {
        let mut screens = self.world.screens.clone();
        loop {
            screens.wait_for(Screens::is_closed).await.context("follow the hall")?;
            // The end of the day may be looked at for a moment.
            sleep(Duration::from_secs(3)).await;
            self.world.clock.running().await;
            let day = self.world.calendar.day_at(self.world.clock.now());
            if day.tickets_from > self.world.clock.now() {
                println!("the day is over; {} begins", day.date);
                let set = self.set_clock(json!({ "skip_to": day.tickets_from }));
                if timeout(Duration::from_secs(10), set).await.is_err() {
                    continue;
                }
            }
            let opens = screens.wait_for(|screens| !screens.is_closed());
            // If that was not a business day after all, the one after it is tried.
            let _ = timeout(Duration::from_secs(10), opens).await;
        }
    }

    /// Sets how fast the day runs.
    pub async fn set_pace(&self, pace: u32) -> Result<(), Refused> {
        self.set_clock(json!({ "pace": pace })).await
    }

    async fn set_clock(&self, asked: Value) -> Result<(), Refused> {
        let set: Value = self.administrator.post("/api/v1/demo/clock", &asked).await?;
        if let (Some(now), Some(pace)) = (set["now"].as_i64(), set["pace"].as_u64()) {
            self.world.clock.tell(Time(now), u32::try_from(pace).unwrap_or(1));
        }
        Ok(())
    }

    /// Takes the agency's system down, or brings it back.
    pub async fn set_agency_down(&self, down: bool) -> Result<(), Refused> {
        let request = self.server.request_id();
        let answer: Result<Done, Refused> = match down {
            true => {
                let agency = AgencyCode::new(AGENCY).expect("an agency's code is an id");
                let asked = SuspendServices { request, agency, reason: SuspensionReason::SystemDown };
                self.manager.post("/api/v1/suspensions", &asked).await
            }
            false => self.manager.post(&format!("/api/v1/suspensions/{AGENCY}/resume"), &CounterAct { request }).await,
        };
        match answer {
            // The screens tell the truth; this waits for it, so that the page does not show the old one.
            Ok(_) => {
                let told = async {
                    while self.is_agency_down() != down {
                        sleep(Duration::from_millis(50)).await
                    }
                };
                let _ = timeout(Duration::from_secs(2), told).await;
                Ok(())
            }
            Err(refused) if refused.is(Refusal::AlreadySuspended) || refused.is(Refusal::NotSuspended) => Ok(()),
            Err(refused) => Err(refused),
        }
    }

    /// Returns the agency whose system can go down.
    pub fn agency(&self) -> &'static str {
        AGENCY
    }

    /// Tells whether its services are suspended, by whomever.
    pub fn is_agency_down(&self) -> bool {
        let screens = self.world.screens.borrow();
        let mut own = self.catalogue.services.iter().filter(|entry| entry.agency.as_str() == AGENCY);
        own.any(|entry| screens.service(&entry.id).is_some_and(|state| state.state == Availability::Suspended))
    }

    /// Cuts the server's power; it comes back by itself.
    pub async fn pull_server_plug(&self) {
        if self.dark.send_replace(true) {
            return;
        }
        self.process.pull_plug(DARK_FOR).await;
        let (server, dark) = (self.server.clone(), self.dark.clone());
        tokio::spawn(async move {
            sleep(DARK_FOR).await;
            while !server.answers().await {
                sleep(Duration::from_millis(200)).await;
            }
            println!("the server is up again");
            dark.send_replace(false);
        });
    }

    /// Tells whether the server is without power or not up yet.
    pub fn is_server_down(&self) -> bool {
        *self.dark.borrow() || !self.process.runs()
    }

    /// Tells whether the centre is alive.
    pub fn is_ready(&self) -> bool {
        *self.ready.borrow()
    }

    /// Returns the local time of day.
    pub fn time_of_day(&self) -> String {
        start_page::time_of_day(&self.world.calendar, self.world.clock.now())
    }

    /// Returns the tickets of the day, and how many of them wait.
    fn issued(&self) -> (u32, u32) {
        self.world.screens.borrow().day.as_ref().map_or((0, 0), |day| (day.issued, day.waiting))
    }

    /// Returns the ports of the pages that are shown in frames.
    pub fn page_ports(&self) -> [u16; 4] {
        let options = &self.options;
        [options.server().port(), options.kiosk_port(), options.display_port(1), options.display_port(2)]
    }

    /// Returns where the pages are.
    pub fn pages(&self) -> Value {
        let [server, kiosk, display, upstairs] = self.page_ports().map(page);
        json!({
            "kiosk": format!("{kiosk}/kiosk"),
            "display": format!("{display}/display"),
            "display_upstairs": format!("{upstairs}/display"),
            "counter": format!("{server}/counter?counter={OWN_COUNTER}"),
            "board": format!("{server}/board"),
            "admin": format!("{server}/admin"),
        })
    }
}

fn server_address(options: &Options) -> Result<station::ServerAddress> {
    format!("http://{}", options.server()).parse().context("use the server's address")
}

/// Returns a name that no other run has, so that its requests are its own.
fn run_name() -> String {
    format!("{:08x}", rand::random::<u32>())
}

fn device(name: &str) -> DeviceId {
    DeviceId::new(name).expect("a device's name is an id")
}

fn display_name(number: u16) -> &'static str {
    if number == 1 { "display-1" } else { "display-2" }
}
