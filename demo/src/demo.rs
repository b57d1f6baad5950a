//! The demonstration as a whole: opens the centre, lets it live, breaks it when asked to, and closes it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use protocol::request::{CounterAct, CounterDone};
use protocol::view::Catalogue;
use protocol::{Class, CounterId, DeviceId, Language, ServiceId, Time, ZoneId};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::accounts::Account;
use crate::cable::Cable;
use crate::calendar::Calendar;
use crate::children::{Child, Children};
use crate::client::{Person, Refused, Server};
use crate::demand::Visitor;
use crate::options::{Options, page};
use crate::programs::{self, Programs};
use crate::slips::Slips;
use crate::town::Screens;
use crate::world::World;
use crate::{folder, leftovers, opening, page as start_page, waking};

/// How fast the morning is played before anybody looks.
const PLAYED_AT: u32 = 600;
/// The counter that is opened for the person at this computer.
pub(crate) const OWN_COUNTER: CounterId = CounterId(17);

/// What a centre is opened on.
pub(crate) struct Ground {
    pub options: Options,
    pub programs: Programs,
    pub data: PathBuf,
    pub children: Children,
    pub stop: CancellationToken,
}

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
    pub(crate) administrator: Person,
    pub(crate) catalogue: Catalogue,
    pub(crate) process: Child,
    pub(crate) dark: watch::Sender<bool>,
    pub(crate) ready: watch::Sender<bool>,
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
    let ground = Ground { options, programs, data, children, stop: children_stop };
    let outcome = tokio::select! {
        outcome = live(&ground, began) => outcome,
        () = stop.cancelled() => Ok(()),
    };
    ground.stop.cancel();
    ground.children.ended().await;
    println!("the centre is closed");
    outcome
}

async fn live(ground: &Ground, began: Instant) -> Result<()> {
    let (demo, people) = waking::open(ground).await?;
    let page = async {
        match ground.options.headless {
            true => std::future::pending().await,
            false => start_page::serve(demo.clone(), ground.stop.clone()).await.context("serve the start page"),
        }
    };
    let life = async {
        demo.play_morning().await?;
        demo.open_stations(ground, &people.door).await?;
        demo.ready.send_replace(true);
        demo.welcome(began).await;
        match ground.options.until_ready {
            true => Ok(()),
            false => demo.nights().await,
        }
    };
    tokio::select! {
        served = page => served,
        lived = life => lived,
        gone = people.tasks => gone,
    }
}

impl Demo {
    /// Plays the morning at speed, so that the hall is alive at once.
    async fn play_morning(&self) -> Result<()> {
        let until = morning_ends(&self.world.calendar, self.world.clock.now(), &self.options);
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
    async fn open_stations(&self, ground: &Ground, door: &watch::Sender<Option<Server>>) -> Result<()> {
        const PATIENCE: Duration = Duration::from_secs(20);
        let Ground { programs, data, children, .. } = ground;
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
        opening::approve_all(&self.manager, expected, PATIENCE).await?;
        let station = |port: u16| Server::new(&format!("http://127.0.0.1:{port}"), &run_name());
        let kiosk = station(self.options.kiosk_port())?;
        for one in [&kiosk, &station(self.options.display_port(1))?, &station(self.options.display_port(2))?] {
            opening::in_touch(one, PATIENCE).await?;
        }
        door.send_replace(Some(kiosk));
        self.first_slip().await;
        let request = self.server.request_id();
        let opened: Result<CounterDone, _> =
            self.manager.post(&format!("/api/v1/counters/{OWN_COUNTER}/open"), &CounterAct { request }).await;
        if let Err(refused) = opened {
            warn!(%refused, "could not open counter {OWN_COUNTER}");
        }
        Ok(())
    }

    /// Sends somebody to the door's kiosk, so that a slip can be seen from the first moment.
    async fn first_slip(&self) {
        const PATIENCE: Duration = Duration::from_secs(5);
        let visitor = Visitor {
            at: self.world.clock.now(),
            service: ServiceId::new("crs-birth").expect("a service's name is an id"),
            class: Class::Standard,
            language: Language::Sw,
            comes: true,
            patience_minutes: u16::MAX,
            second: None,
        };
        // Nobody listens only when the demonstration ends.
        let _ = self.world.onward.send(visitor);
        let printed = async {
            while self.slips.latest().first().is_none_or(|slip| slip.number.is_empty()) {
                sleep(Duration::from_millis(100)).await;
            }
        };
        let _ = timeout(PATIENCE, printed).await;
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

/// Returns a name that no other run has, so that its requests are its own.
pub(crate) fn run_name() -> String {
    format!("{:08x}", rand::random::<u32>())
}

pub(crate) fn device(name: &str) -> DeviceId {
    DeviceId::new(name).expect("a device's name is an id")
}

fn display_name(number: u16) -> &'static str {
    if number == 1 { "display-1" } else { "display-2" }
}

/// Returns until when the morning is played at speed.
pub(crate) fn morning_ends(calendar: &Calendar, now: Time, options: &Options) -> Time {
    calendar.time(calendar.local(now).date().and_time(options.play_until))
}
