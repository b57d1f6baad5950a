//! `foleni-kiosk`: the program beside a touch screen and its printer of slips.

mod book;
mod centre_time;
#[cfg(test)]
mod deploy;
mod issue;
mod offline;
mod orders;
mod outbox;
mod settings;
#[cfg(test)]
#[allow(dead_code, reason = "the press's own tests, in the library, use more of it")]
mod twin;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use kiosk::{ledger, paper, press};
use protocol::DeviceId;
use protocol::request::{DeviceKind, Paper};
use protocol::slip::SlipContent;
use protocol::ticket::TicketNumber;
use slip::printer::PrinterUrl;
use slip::{PaperSetup, PaperWidth, Rendering, SlipTemplate};
use station::process::{serve_page, stop_on_signal};
use station::{ServerAddress, Settings, Station, Tempo, files};
use tokio::sync::{Notify, mpsc, watch};
use tracing::error;

use crate::centre_time::MachineClocks;
use crate::ledger::Ledger;
use crate::offline::Offline;
use crate::outbox::Outbox;
use crate::paper::PaperPrinter;
use crate::press::{Patience, Press, Printer};

/// The touch kiosk's station.
#[derive(Debug, Parser)]
#[command(name = "foleni-kiosk", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the kiosk's page, issues tickets and prints slips.
    Run(Run),
    /// Prints one slip that says that it is a test.
    TestPrint(PrinterArguments),
    /// Says how the printer is.
    Check(PrinterArguments),
    /// Says what is wrong with a file of settings, with line and column.
    CheckConfig {
        /// The file.
        #[arg(default_value = settings::FILE)]
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Run {
    /// A file of settings: each is the flag of the same name, and goes behind flag and environment.
    #[arg(long, env = "FOLENI_CONFIG")]
    config: Option<PathBuf>,
    /// The server, such as `http://10.0.0.2:7400`.
    #[arg(long, env = "FOLENI_SERVER", default_value = "http://127.0.0.1:7400")]
    server: ServerAddress,
    /// What this kiosk would like to be called; the manager has the last word.
    #[arg(long, env = "FOLENI_DEVICE", default_value = "kiosk-1")]
    device: DeviceId,
    /// The folder for what must survive a power cut.
    #[arg(long, env = "FOLENI_STATE")]
    state: PathBuf,
    /// The port of the page on loopback.
    #[arg(long, default_value_t = 7401)]
    port: u16,
    /// An origin that may show the page in a frame; may be repeated.
    #[arg(long, alias = "frame-ancestor", value_parser = origin)]
    frame_ancestors: Vec<String>,
    /// The printer, as for `check`; without one, numbers are shown on the screen alone.
    #[arg(long, env = "FOLENI_PRINTER")]
    printer: Option<PrinterUrl>,
    #[command(flatten)]
    paper: PaperArguments,
}

#[derive(Debug, clap::Args)]
struct PrinterArguments {
    /// A file of settings, for the printer in it.
    #[arg(long, env = "FOLENI_CONFIG")]
    config: Option<PathBuf>,
    /// `tcp://host:9100`, `serial:///dev/ttyUSB0?baud=115200`, `usb:///dev/usb/lp0` or `file:///path`.
    #[arg(long, env = "FOLENI_PRINTER")]
    printer: PrinterUrl,
    #[command(flatten)]
    paper: PaperArguments,
}

#[derive(Clone, Copy, Debug, clap::Args)]
struct PaperArguments {
    /// The width of the roll, millimetres; without it, as the printer's address says, or as the centre's template.
    #[arg(long)]
    paper: Option<Roll>,
    /// As a picture, or in the printer's own font for slow serial lines.
    #[arg(long)]
    rendering: Option<Manner>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Roll {
    /// 58 mm.
    #[value(name = "58")]
    Mm58,
    /// 80 mm.
    #[value(name = "80")]
    Mm80,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Manner {
    /// As a picture.
    Image,
    /// In the printer's own font.
    Text,
}

fn main() -> Result<ExitCode> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match arguments().command {
        Command::Run(run) => run.run(),
        Command::TestPrint(printer) => printer.test_print().map(|()| ExitCode::SUCCESS),
        Command::Check(printer) => printer.check().map(|()| ExitCode::SUCCESS),
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
            std::process::exit(EX_CONFIG);
        }
    }
}

/// The settings are wrong: what `sysexits.h` has for it, so that a service manager does not try again and again.
const EX_CONFIG: i32 = 78;

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
            std::process::exit(EX_CONFIG);
        }
    }
}

impl Run {
    /// One thread is plenty for one screen, and keeps the station small.
    fn run(self) -> Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let outcome = runtime.block_on(self.live());
        // A slip that is being printed is not waited for: the printer has it.
        runtime.shutdown_background();
        outcome
    }

    async fn live(self) -> Result<ExitCode> {
        let stop = stop_on_signal()?;
        let station = self.open()?;
        let press = self.press(&station)?;
        let outbox = Outbox::open(&station.folder().file("outbox.jsonl"));
        tokio::spawn(outbox.clone().keep_telling(station.clone()));
        let restart = Arc::new(Notify::new());
        tokio::spawn(orders::obey(station.clone(), press.clone(), outbox.clone(), restart.clone()));
        let offline = offline(&station);
        let own = issue::router(station.clone(), press, outbox, offline.clone());
        let (news, mut heard) = mpsc::channel(16);
        // What the link shows is the page's affair; what it says of services and the time is kept for when the server is away.
        tokio::spawn(async move {
            while let Some(news) = heard.recv().await {
                offline.iter().for_each(|offline| offline.hear(&news));
            }
        });
        let page = serve_page(&station, self.port, own.merge(files::kiosk_voice()), &self.frame_ancestors, stop.clone());
        tokio::select! {
            served = page => served.map(|()| ExitCode::SUCCESS).with_context(|| format!("could not serve the page on port {}", self.port)),
            () = station.live(news, stop.clone()) => Ok(ExitCode::SUCCESS),
            () = restart.notified() => Ok(ExitCode::from(orders::RESTART_EXIT)),
        }
    }

    fn open(&self) -> Result<Arc<Station>> {
        let settings = Settings {
            kind: DeviceKind::Kiosk,
            device: self.device.clone(),
            zone: None,
            server: self.server.clone(),
            state: self.state.clone(),
            tempo: Tempo::default(),
        };
        Station::open(settings).with_context(|| format!("could not use the state folder {}", self.state.display()))
    }

    /// Starts the printer's thread; what it sees of the printer is told to the page and to the server.
    fn press(&self, station: &Arc<Station>) -> Result<Option<Press>> {
        let Some(url) = &self.printer else { return Ok(None) };
        let printer = PaperPrinter::new(url, self.paper.setup(url), station.slip_template());
        let ledger = Ledger::open(&station.folder().file("slips.jsonl"));
        let press = Press::start(Box::new(printer), ledger, Patience::default()).context("could not start the printer's thread")?;
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
}

/// Opens the book of numbers. A disk that has no room for it is said; the kiosk then gives no ticket without the server.
fn offline(station: &Arc<Station>) -> Option<Arc<Offline>> {
    let offline = Offline::open(station.clone(), Arc::new(MachineClocks::new()));
    let offline = offline.inspect_err(|error| error!(%error, "could not open the book of numbers")).ok()?;
    tokio::spawn(offline.clone().keep_in_step());
    Some(offline)
}

impl PrinterArguments {
    fn test_print(&self) -> Result<()> {
        let mut printer = PaperPrinter::new(&self.printer, self.paper.setup(&self.printer), watch::channel(SlipTemplate::default()).1);
        match printer.print(&test_slip(), &mut || true).paper {
            Paper::Printed => println!("printed"),
            Paper::Sent => println!("sent; this printer does not say whether it printed"),
            Paper::Failed { trouble } => bail!("could not print: {}", shown(&trouble)),
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let status = self.printer.printer().status();
        println!("the printer is {status}");
        ensure!(status.can_print(), "it could not print a slip now");
        Ok(())
    }
}

impl PaperArguments {
    /// Returns what the printer's address says of its paper, with what was said beside it.
    fn setup(self, url: &PrinterUrl) -> PaperSetup {
        let mut setup = url.setup;
        match self.paper {
            Some(Roll::Mm58) => setup.width = Some(PaperWidth::Mm58),
            Some(Roll::Mm80) => setup.width = Some(PaperWidth::Mm80),
            None => {}
        }
        match self.rendering {
            Some(Manner::Image) => setup.rendering = Rendering::Image,
            Some(Manner::Text) => setup.rendering = Rendering::Text,
            None => {}
        }
        setup
    }
}

/// Returns a slip with a number that no citizen gets.
fn test_slip() -> SlipContent {
    let number = TicketNumber { letter: 'X', number: 0 };
    SlipContent {
        note: Some(assets::text::both("slip-test-good", &[])),
        ..SlipContent::new("Foleni", number, assets::text::both("slip-test", &[]))
    }
}

fn shown(trouble: &protocol::request::PrinterTrouble) -> String {
    serde_json::to_value(trouble).ok().and_then(|value| value.as_str().map(|text| text.replace('_', " "))).unwrap_or_default()
}

fn origin(text: &str) -> Result<String, String> {
    match files::is_origin(text) {
        true => Ok(text.to_owned()),
        false => Err("an origin looks like http://127.0.0.1:7410".to_owned()),
    }
}
