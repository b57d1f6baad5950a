//! Puts the server together, and takes it apart again in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use protocol::{Seq, Time};
use slip::queue::LinePatience;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::info;

use crate::api::{self, App, AppConfig, Reports};
use crate::catalogues::Catalogues;
use crate::clock::{Clock, GuardedClock, PacedClock, SystemClock};
use crate::config::CentreConfig;
use crate::dispatcher;
use crate::journal::{self, Reader, SqliteStore, Store, Verified};
use crate::paper::{Printing, ledger};
use crate::registry::Registry;
use crate::screens::{self, Beginning, DeviceNews};

/// What a server is started with.
pub struct Settings {
    /// The centre.
    pub centre: CentreConfig,
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where its data is.
    pub data: PathBuf,
    /// For a demonstration: when its clock starts, and at which pace.
    pub demo_clock: Option<(Time, u32)>,
    /// Origins, besides its own, that may show a page in a frame.
    pub frame_ancestors: Vec<String>,
}

/// Returns the journal's file in a data folder.
pub fn journal_file(data: &Path) -> PathBuf {
    data.join("foleni.db")
}

/// Returns the ledger's file in a data folder.
fn ledger_file(data: &Path) -> PathBuf {
    data.join("slips.db")
}

/// Copies what a data folder holds while its server runs: the journal, verified, to `to`, and the ledger of slips beside it.
pub async fn backup(data: &Path, to: &Path) -> anyhow::Result<Verified> {
    let verified = Reader::open(&journal_file(data)).await?.backup(to).await?;
    let slips = ledger_file(data);
    // A centre that has never printed has none.
    if slips.try_exists().context("look for the ledger of slips")? {
        ledger::copy(&slips, &slips_beside(to)).await.context("copy the ledger of slips")?;
    }
    Ok(verified)
}

/// Returns where the copy of the ledger goes: `monday.db` has `monday.db.slips` beside it.
fn slips_beside(copy: &Path) -> PathBuf {
    let mut name = copy.as_os_str().to_owned();
    name.push(".slips");
    PathBuf::from(name)
}

/// Runs a server until `stop`; `listening` is told the address once it answers.
pub async fn run(settings: Settings, stop: CancellationToken, listening: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
    std::fs::create_dir_all(&settings.data).with_context(|| format!("make the data folder {}", settings.data.display()))?;
    let Some(_lock) = journal::lock(&settings.data).context("lock the data folder")? else {
        bail!("another server uses the data folder {}", settings.data.display());
    };
    let file = journal_file(&settings.data);
    let mut store = SqliteStore::open(&file).await.context("open the journal")?;
    let tail = store.tail().await.context("find the end of the journal")?;
    let last_entry = (tail.seq > Seq(0)).then_some(tail.at);
    // A demonstration that goes on in an old folder goes on after its last event: the journal's time never runs back.
    let paced = |(start, pace)| Arc::new(PacedClock::new(last_entry.map_or(start, |last| last.max(start)), pace));
    let demo_clock = settings.demo_clock.map(paced);
    let clock: Arc<dyn Clock> = match &demo_clock {
        Some(paced) => paced.clone(),
        None => Arc::new(GuardedClock::new(last_entry)),
    };
    let centre = settings.centre;
    let opened =
        dispatcher::open(store, centre.policy.clone(), centre.calendar.clone(), clock.clone()).await.context("fold the journal")?;
    // Nobody is signed out by a demonstration's hurry, nor by a clock that jumps.
    let signing_in: Arc<dyn Clock> = if demo_clock.is_some() { Arc::new(SystemClock) } else { clock.clone() };
    let registry = Registry::open(&file, &settings.data, signing_in).await.context("open the registry")?;
    centre.calendar.restore(registry.closed_days().into_keys());
    let catalogue = Arc::new(centre.catalogue);
    let config = Arc::new(AppConfig {
        catalogues: Catalogues::new(catalogue.clone(), registry.slip_template().await),
        catalogue: catalogue.clone(),
        phone_page: centre.phone_page,
        frame_ancestors: settings.frame_ancestors,
    });
    let reports = Reports::new(Reader::open(&file).await.context("open the journal for reports")?, centre.policy.clone());
    let beginning = Beginning {
        policy: centre.policy,
        catalogue,
        clock: clock.clone(),
        calendar: centre.calendar.clone(),
        day: opened.day,
        news: opened.news,
    };
    let tasks = TaskTracker::new();
    let writer_stop = CancellationToken::new();
    let (screens, screens_task) = screens::start(beginning, writer_stop.clone());
    let mut screens_task = tasks.spawn(screens_task);
    for device in registry.devices() {
        screens.device(DeviceNews::Paired(device.device, device.kind)).await;
    }
    let mut writer = tokio::spawn(opened.writer.run(writer_stop.clone()));
    let patience = LinePatience { useful: centre.slip_useful, ..LinePatience::default() };
    let slips = ledger::open(&ledger_file(&settings.data), patience.useful, clock.now()).await;
    let (ledger, book) = slips.context("open the ledger of slips")?;
    tasks.spawn(book.run(writer_stop.clone()));
    let (printing, watcher) =
        Printing::start(registry.clone(), screens.clone(), ledger, clock.clone(), config.catalogues.clone(), patience);
    tasks.spawn(watcher.run(writer_stop.clone()));
    let app = App {
        dispatcher: opened.dispatcher,
        screens,
        registry,
        config,
        calendar: centre.calendar,
        clock,
        demo_clock,
        reports,
        slips: Default::default(),
        printing,
        pulse: Default::default(),
        links: TaskTracker::new(),
        revoked: tokio::sync::broadcast::channel(REVOKED_KEPT).0,
        stop: stop.clone(),
        metrics: recorder()?,
    };
    let listener = TcpListener::bind(settings.listen).await.with_context(|| format!("listen on {}", settings.listen))?;
    let address = listener.local_addr().context("learn the address")?;
    info!(%address, "the centre is open at http://{address}");
    listening(address);
    // As long as somebody may ask, the writer runs: a server that stops lets go of its own way to it first.
    let asking = app.dispatcher.clone();
    let printing = app.printing.clone();
    // Without its writer or its screens a server is a shell: better that it ends and is started again.
    tokio::select! {
        () = api::serve(app, listener) => {}
        _ = &mut writer => bail!("the writer ended by itself"),
        _ = &mut screens_task => bail!("the screens ended by themselves"),
    }
    printing.settle().await;
    drop(asking);
    // Whoever asked has been answered; now the writer empties its mailbox and goes.
    writer_stop.cancel();
    writer.await.context("end the writer")?;
    tasks.close();
    tasks.wait().await;
    info!("stopped");
    Ok(())
}

/// Revocations that a link may be behind; they are as rare as a thief.
const REVOKED_KEPT: usize = 64;

/// One process has one set of figures, however many servers a test starts in it.
fn recorder() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    const SECONDS: [f64; 10] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0];
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?;
    let recorder = builder.build_recorder();
    let handle = HANDLE.get_or_init(|| recorder.handle()).clone();
    // Another server of this process may have been quicker; its recorder then serves both.
    let _ = metrics::set_global_recorder(recorder);
    Ok(handle)
}
