//! `foleni-kiosk`: the program beside a touch screen and its printer of slips.

mod issue;
mod ledger;
mod paper;
mod press;
#[cfg(test)]
mod twin;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use protocol::DeviceId;
use protocol::request::{DeviceKind, Paper};
use protocol::slip::SlipContent;
use protocol::ticket::TicketNumber;
use slip::printer::PrinterUrl;
use slip::{PaperSetup, PaperWidth, Rendering};
use station::process::{serve_page, stop_on_signal};
use station::{ServerAddress, Settings, Station, Tempo, files};
use tokio::sync::mpsc;

use crate::ledger::Ledger;
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
}

#[derive(Debug, clap::Args)]
struct Run {
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
    /// `tcp://host:9100`, `serial:///dev/ttyUSB0?baud=115200`, `usb:///dev/usb/lp0` or `file:///path`.
    #[arg(long, env = "FOLENI_PRINTER")]
    printer: PrinterUrl,
    #[command(flatten)]
    paper: PaperArguments,
}

#[derive(Clone, Copy, Debug, clap::Args)]
struct PaperArguments {
    /// The width of the roll, millimetres, when the printer's address does not say it.
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

fn main() -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Arguments::parse().command {
        Command::Run(run) => run.run(),
        Command::TestPrint(printer) => printer.test_print(),
        Command::Check(printer) => printer.check(),
    }
}

impl Run {
    /// One thread is plenty for one screen, and keeps the station small.
    fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let outcome = runtime.block_on(self.live());
        // A slip that is being printed is not waited for: the printer has it.
        runtime.shutdown_background();
        outcome
    }

    async fn live(self) -> Result<()> {
        let stop = stop_on_signal()?;
        let station = self.open()?;
        let press = self.press(&station)?;
        let own = issue::router(station.clone(), press);
        let (news, mut unread) = mpsc::channel(16);
        // The kiosk's own link tells whether the server is in touch; what it shows is the page's affair.
        tokio::spawn(async move { while unread.recv().await.is_some() {} });
        let page = serve_page(&station, self.port, own.merge(files::kiosk_voice()), &self.frame_ancestors, stop.clone());
        tokio::select! {
            served = page => served.with_context(|| format!("could not serve the page on port {}", self.port)),
            () = station.live(news, stop.clone()) => Ok(()),
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
        let printer = PaperPrinter::new(url, self.paper.setup(url));
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

impl PrinterArguments {
    fn test_print(&self) -> Result<()> {
        let mut printer = PaperPrinter::new(&self.printer, self.paper.setup(&self.printer));
        match printer.print(&test_slip()) {
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
            Some(Roll::Mm58) => setup.width = PaperWidth::Mm58,
            Some(Roll::Mm80) => setup.width = PaperWidth::Mm80,
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
