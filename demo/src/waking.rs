//! How the centre comes to life: the server, its accounts, and the people, who wake in a morning that stands still.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use axum::http::header;
use protocol::time::MINUTE;
use protocol::view::{Catalogue, CounterEntry};
use rand::SeedableRng;
use rand::rngs::StdRng;
use slip::twin::Twin;
use station::connect::Target;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::accounts::{self, Account};
use crate::cable::Cable;
use crate::calendar::Calendar;
use crate::client::{Person, Proof, Server};
use crate::clock::CentreClock;
use crate::demand::Demand;
use crate::demo::{Demo, Ground, OWN_COUNTER, device, morning_ends, run_name};
use crate::officer::Officer;
use crate::opening;
use crate::options::Options;
use crate::slips::Slips;
use crate::town::{Screens, Town, follow};
use crate::world::{Crowd, Kiosks, World, work};

/// The centre that is opened.
const CENTRE: &str = "mombasa";
/// The day it opens on, before the doors do.
const FIRST_DAY: &str = "2026-11-24T06:30:00";
/// Kenya has one time and keeps it all year.
const OFFSET_MINUTES: i32 = 180;
/// Counters without an officer: one for the person at this computer, and one that is closed as anywhere.
const NOT_STAFFED: [u16; 2] = [12, 24];
/// The officer at the person's own counter calls nobody in the last minutes before the person takes over.
const HANDING_OVER: i64 = 15 * MINUTE;

/// The simulated people.
pub(crate) struct People {
    /// Ends when one of them can't go on.
    pub tasks: std::pin::Pin<Box<dyn Future<Output = Result<()>> + Send>>,
    /// Where they are told that the kiosk at the door stands.
    pub door: watch::Sender<Option<Server>>,
}

/// The accounts of a new centre.
struct Accounts {
    administrator: Person,
    manager: Person,
    officers: Vec<Account>,
    shown: Vec<Account>,
}

/// Starts the server, makes its accounts and wakes the people; time stands still until somebody sets the pace.
pub(crate) async fn open(ground: &Ground) -> Result<(Arc<Demo>, People)> {
    let options = &ground.options;
    let centre_file = assets::centre(CENTRE).context("find the centre's file")?;
    let calendar = Calendar::read(&centre_file, OFFSET_MINUTES)?;
    let clock = CentreClock::new(calendar.time(FIRST_DAY.parse().context("read the first day")?), 0);
    let folder = ground.data.join("server");
    let process = ground.children.start(ground.programs.server(options, CENTRE, &folder, calendar.clone(), clock.clone()));
    let server = Server::new(&format!("http://{}", options.server()), &run_name())?;
    let up = opening::wait_for(&server, Duration::from_secs(30)).await;
    up.with_context(|| format!("see {}", ground.data.join("logs/server.log").display()))?;

    println!("the server is up; accounts are made");
    let catalogue: Catalogue = server.get("/api/v1/catalogue", &Proof::Nobody).await.context("read the catalogue")?;
    ensure!(catalogue.utc_offset_minutes == OFFSET_MINUTES, "the centre is not in Kenya's time");
    let staffed: Vec<CounterEntry> = catalogue.counters.iter().filter(|entry| !NOT_STAFFED.contains(&entry.counter.0)).cloned().collect();
    let accounts = make_accounts(&server, &ground.data, &folder, staffed.len()).await?;
    let token = opening::pair_kiosk(&server, &accounts.manager, &device("kiosk-2")).await?;

    let (screens_in, screens) = watch::channel(Screens::default());
    let (onward_in, onward) = mpsc::unbounded_channel();
    let national = assets::catalogue("national").context("find the catalogue")?;
    let world = Arc::new(World {
        address: format!("http://{}", options.server()).parse().context("use the server's address")?,
        clock: clock.clone(),
        calendar,
        town: Town::new(&national, &centre_file, screens.clone())?,
        screens,
        onward: onward_in,
    });
    let target = Target {
        server: world.address.clone(),
        query: "?topic=kiosk".into(),
        proof: Some((header::AUTHORIZATION, format!("Bearer {token}").parse().context("write the kiosk's token")?)),
    };
    let (door, door_seen) = watch::channel(None);
    let kiosks = Kiosks { elsewhere: (server.clone(), Proof::Device(token)), door: door_seen, door_used: Default::default() };
    let mut tasks = JoinSet::new();
    staff(&mut tasks, &world, &server, &staffed, &accounts.officers, options);
    tasks.spawn(crowd(ground, &catalogue)?.come(world.clone(), Arc::new(kiosks), onward));
    let following = follow(target, clock.clone(), screens_in, ground.stop.clone());
    tasks.spawn(async move {
        following.await;
        Ok(())
    });
    let printer = Twin::start(options.printer()).context("start the printer")?;
    let cable = Cable::lay(options.cable_port(), options.server(), ground.stop.clone()).await;
    let demo = Demo {
        options: options.clone(),
        server,
        manager: accounts.manager,
        administrator: accounts.administrator,
        world,
        slips: Slips::new(Arc::new(printer), clock),
        cable: cable.context("lay the display's cable")?,
        centre: catalogue.centre.clone(),
        utc_offset_minutes: catalogue.utc_offset_minutes,
        shown_accounts: accounts.shown,
        catalogue,
        process,
        dark: watch::Sender::new(false),
        ready: watch::Sender::new(false),
    };
    Ok((Arc::new(demo), People { tasks: Box::pin(first_gone(tasks)), door }))
}

/// Makes the administrator, the person's accounts and as many officers as there are counters for them.
async fn make_accounts(server: &Server, data: &Path, server_folder: &Path, officers: usize) -> Result<Accounts> {
    let wanted = officers;
    let officers = accounts::officers(wanted);
    ensure!(officers.len() == wanted, "there are more counters than officers");
    let (manager, administrator, spare) = (accounts::manager(), accounts::administrator(), accounts::spare());
    let first = opening::set_up(server, server_folder, &administrator).await?;
    for account in officers.iter().chain([&manager, &spare]) {
        opening::make(&first, account).await?;
    }
    let person = opening::person(server, &manager);
    let shown = vec![manager, administrator, spare];
    let all: Vec<Account> = shown.iter().chain(&officers).cloned().collect();
    accounts::write(&data.join("accounts.txt"), &all).context("write the accounts")?;
    Ok(Accounts { administrator: first, manager: person, officers, shown })
}

/// Sends an officer to each counter.
fn staff(
    tasks: &mut JoinSet<Result<()>>,
    world: &Arc<World>,
    server: &Server,
    counters: &[CounterEntry],
    accounts: &[Account],
    options: &Options,
) {
    let until = morning_ends(&world.calendar, world.clock.now(), options);
    for (entry, account) in counters.iter().zip(accounts) {
        let random = StdRng::seed_from_u64(options.seed.wrapping_mul(1_000).wrapping_add(entry.counter.0.into()));
        let mut officer = Officer::new(entry.counter, world.calendar.clone(), random, world.clock.now());
        if entry.counter == OWN_COUNTER {
            officer = officer.leaving_at(until.plus(-HANDING_OVER));
        }
        let serves: BTreeSet<_> = entry.services.iter().cloned().collect();
        let (person, world) = (opening::person(server, account), world.clone());
        tasks.spawn(async move {
            work(world, person, officer, serves).await;
            Ok(())
        });
    }
}

fn crowd(ground: &Ground, catalogue: &Catalogue) -> Result<Crowd> {
    Ok(Crowd {
        demand: Demand::read(&assets::centre("demand").context("find the demand")?)?,
        visitors_a_day: ground.options.visitors,
        offered: catalogue.services.iter().map(|entry| entry.id.clone()).collect(),
        random: StdRng::seed_from_u64(ground.options.seed),
    })
}

/// Nobody leaves by themselves: whoever does is a fault, and the demonstration ends with it.
async fn first_gone(mut tasks: JoinSet<Result<()>>) -> Result<()> {
    match tasks.join_next().await {
        Some(Ok(Err(error))) => Err(error),
        Some(Err(error)) => Err(error).context("one of the simulated people has stopped"),
        Some(Ok(Ok(()))) | None => bail!("one of the simulated people has left"),
    }
}
