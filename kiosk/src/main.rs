//! `foleni-kiosk`: the program beside a touch screen and its printer of slips.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use kiosk::arguments::{Arguments, Command, PrinterArguments, Run, TestPrint};
use kiosk::centre_time::MachineClocks;
use kiosk::ledger::Ledger;
use kiosk::offline::Offline;
use kiosk::outbox::Outbox;
use kiosk::paper::PaperPrinter;
use kiosk::press::{Press, Printer};
use kiosk::{issue, orders, settings};
use protocol::request::{DeviceKind, Paper};
use slip::queue::LinePatience;
use station::process::{RESTART_ORDERED, hold_alone, serve_page, stop_on_signal};
use station::{Settings, Station, Tempo, files};
use tokio::sync::{Notify, mpsc, watch};
use tracing::error;

fn main() -> Result<ExitCode> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match arguments().command {
        Command::Run(run) => work(run),
        Command::TestPrint(asked) => test_print(&asked).map(|()| ExitCode::SUCCESS),
        Command::Check(printer) => check(&printer).map(|()| ExitCode::SUCCESS),
        Command::CheckConfig { file } => check_config(&file).map(|()| ExitCode::SUCCESS),
    }
}

/// Returns what is asked of the program, or ends it with the words why not.
fn arguments() -> Arguments {
    match settings::arguments(std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(settings::Trouble::Typed(error)) => error.exit(),
        Err(settings::Trouble::File(error)) => {
            eprint(&error.to_string());
            std::process::exit(settings::EX_CONFIG);
        }
    }
}

fn eprint(text: &str) {
    use std::io::Write;
    // Where nobody reads, nobody misses it.
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn check_config(file: &Path) -> Result<()> {
    match settings::load::<Arguments>(file) {
        Ok(settings) => {
            println!("{}: the settings are good", file.display());
            settings.iter().for_each(|setting| println!("  {setting}"));
            Ok(())
        }
        Err(error) => {
            eprint(&error.to_string());
            std::process::exit(settings::EX_CONFIG);
        }
    }
}

/// One thread is plenty for one screen, and keeps the station small.
fn work(run: Run) -> Result<ExitCode> {
    let _alone = hold_alone(&run.state).with_context(|| format!("could not hold the state folder {}", run.state.display()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(live(run));
    // The printer's thread waits for nobody any more.
    runtime.shutdown_background();
    outcome
}

async fn live(run: Run) -> Result<ExitCode> {
    let stop = stop_on_signal()?;
    let station = open(&run)?;
    let press = press(&run, &station)?;
    let outbox = Outbox::open(&station.folder().file("outbox.jsonl"));
    tokio::spawn(outbox.clone().keep_telling(station.clone()));
    let restart = Arc::new(Notify::new());
    tokio::spawn(orders::obey(station.clone(), press.clone(), outbox.clone(), restart.clone()));
    let offline = offline(&station);
    let own = issue::router(station.clone(), press.clone(), outbox, offline.clone());
    let (news, mut heard) = mpsc::channel(16);
    // What the link shows is the page's affair; what it says of services and the time is kept for when the server is away.
    tokio::spawn(async move {
        while let Some(news) = heard.recv().await {
            offline.iter().for_each(|offline| offline.hear(&news));
        }
    });
    let page = serve_page(&station, run.port, own.merge(files::kiosk_voice()), &run.frame_ancestors, stop.clone());
    let ended = tokio::select! {
        served = page => served.map(|()| ExitCode::SUCCESS).with_context(|| format!("could not serve the page on port {}", run.port)),
        () = station.live(news, stop.clone()) => Ok(ExitCode::SUCCESS),
        () = restart.notified() => Ok(ExitCode::from(RESTART_ORDERED)),
    };
    if let Some(press) = press {
        press.close().await;
    }
    ended
}

fn open(run: &Run) -> Result<Arc<Station>> {
    let settings = Settings {
        kind: DeviceKind::Kiosk,
        device: run.device.clone(),
        zone: None,
        server: run.server.clone(),
        state: run.state.clone(),
        tempo: Tempo::default(),
    };
    Station::open(settings).with_context(|| format!("could not use the state folder {}", run.state.display()))
}

/// Starts the printer's thread; what it sees of the printer is told to the page and to the server.
fn press(run: &Run, station: &Arc<Station>) -> Result<Option<Press>> {
    let Some(url) = &run.printer else { return Ok(None) };
    let printer = PaperPrinter::new(url, run.paper.setup(url), station.slip_template());
    let ledger = Ledger::open(&station.folder().file("slips.jsonl"));
    let press = Press::start(Box::new(printer), ledger, LinePatience::default()).context("could not start the printer's thread")?;
    let (mut trouble, told) = (press.trouble(), station.told().clone());
    tokio::spawn(async move {
        while trouble.changed().await.is_ok() {
            let known = *trouble.borrow_and_update();
            if let Some(trouble) = known {
                told.printer(trouble);
            }
        }
    });
    Ok(Some(press))
}

/// Opens the book of numbers. A disk that has no room for it is said; the kiosk then gives no ticket without the server.
fn offline(station: &Arc<Station>) -> Option<Arc<Offline>> {
    let offline = Offline::open(station.clone(), Arc::new(MachineClocks::of_this_machine()));
    let offline = offline.inspect_err(|error| error!(%error, "could not open the book of numbers")).ok()?;
    tokio::spawn(offline.clone().keep_in_step());
    Some(offline)
}

fn test_print(asked: &TestPrint) -> Result<()> {
    let PrinterArguments { printer, paper, .. } = &asked.printer;
    let template = asked.state.as_deref().map(station::kept_slip_template).unwrap_or_default();
    let mut printer = PaperPrinter::new(printer, paper.setup(printer), watch::channel(template).1);
    match printer.print(&slip::content::test_slip("Foleni"), &mut || true).paper {
        Paper::Printed => println!("printed"),
        Paper::Sent => println!("sent; this printer does not say whether it printed"),
        Paper::Failed { trouble } => bail!("could not print: {}", shown(&trouble)),
    }
    Ok(())
}

fn check(asked: &PrinterArguments) -> Result<()> {
    let status = asked.printer.printer().status();
    println!("the printer is {status}");
    ensure!(status.can_print(), "it could not print a slip now");
    Ok(())
}

fn shown(trouble: &protocol::request::PrinterTrouble) -> String {
    serde_json::to_value(trouble).ok().and_then(|value| value.as_str().map(|text| text.replace('_', " "))).unwrap_or_default()
}
