//! What a person types to start the kiosk's program; the flags of `run` are its settings, too.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use protocol::DeviceId;
use slip::printer::PrinterUrl;
use slip::{PaperSetup, PaperWidth, Rendering};
use station::{ServerAddress, files};

use crate::settings;

/// The touch kiosk's station.
#[derive(Debug, Parser)]
#[command(name = "foleni-kiosk", version)]
pub struct Arguments {
    /// What is asked for.
    #[command(subcommand)]
    pub command: Command,
}

/// What is asked of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the kiosk's page, issues tickets and prints slips.
    Run(Run),
    /// Prints one slip that says that it is a test.
    TestPrint(TestPrint),
    /// Says how the printer is.
    Check(PrinterArguments),
    /// Says what is wrong with a file of settings, with line and column.
    CheckConfig {
        /// The file.
        #[arg(default_value = settings::FILE)]
        file: PathBuf,
    },
}

/// What `run` is told.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// A file of settings: each is the flag of the same name, and goes behind flag and environment.
    #[arg(long, env = "FOLENI_CONFIG")]
    pub config: Option<PathBuf>,
    /// The server, such as `http://10.0.0.2:7400`.
    #[arg(long, env = "FOLENI_SERVER", default_value = "http://127.0.0.1:7400")]
    pub server: ServerAddress,
    /// What this kiosk would like to be called; the manager has the last word.
    #[arg(long, env = "FOLENI_DEVICE", default_value = "kiosk-1")]
    pub device: DeviceId,
    /// The folder for what must survive a power cut.
    #[arg(long, env = "FOLENI_STATE")]
    pub state: PathBuf,
    /// The port of the page on loopback.
    #[arg(long, default_value_t = 7401)]
    pub port: u16,
    /// An origin that may show the page in a frame; may be repeated.
    #[arg(long, alias = "frame-ancestor", value_parser = origin)]
    pub frame_ancestors: Vec<String>,
    /// The printer, as for `check`; without one, numbers are shown on the screen alone.
    #[arg(long, env = "FOLENI_PRINTER")]
    pub printer: Option<PrinterUrl>,
    /// The paper.
    #[command(flatten)]
    pub paper: PaperArguments,
}

/// A printer.
#[derive(Debug, clap::Args)]
pub struct PrinterArguments {
    /// A file of settings, for the printer in it.
    #[arg(long, env = "FOLENI_CONFIG")]
    pub config: Option<PathBuf>,
    /// `tcp://host:9100`, `serial:///dev/ttyUSB0?baud=115200`, `usb:///dev/usb/lp0` or `file:///path`.
    #[arg(long, env = "FOLENI_PRINTER")]
    pub printer: PrinterUrl,
    /// The paper.
    #[command(flatten)]
    pub paper: PaperArguments,
}

/// What `test-print` is told.
#[derive(Debug, clap::Args)]
pub struct TestPrint {
    /// The printer.
    #[command(flatten)]
    pub printer: PrinterArguments,
    /// The station's folder, for how the centre's slips look; without it they look as Foleni has them.
    #[arg(long, env = "FOLENI_STATE")]
    pub state: Option<PathBuf>,
}

/// What is said of the paper beside the printer's address.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct PaperArguments {
    /// The width of the roll, millimetres; without it, as the printer's address says, or as the centre's template.
    #[arg(long)]
    pub paper: Option<Roll>,
    /// As a picture, or in the printer's own font for slow serial lines.
    #[arg(long)]
    pub rendering: Option<Manner>,
}

/// A roll of paper.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Roll {
    /// 58 mm.
    #[value(name = "58")]
    Mm58,
    /// 80 mm.
    #[value(name = "80")]
    Mm80,
}

/// How slips are drawn.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Manner {
    /// As a picture.
    Image,
    /// In the printer's own font.
    Text,
}

impl PaperArguments {
    /// Returns what the printer's address says of its paper, with what was said beside it.
    pub fn setup(self, url: &PrinterUrl) -> PaperSetup {
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

fn origin(text: &str) -> Result<String, String> {
    match files::is_origin(text) {
        true => Ok(text.to_owned()),
        false => Err("an origin looks like http://127.0.0.1:7410".to_owned()),
    }
}
