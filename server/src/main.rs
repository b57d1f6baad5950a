//! `foleni-server`: runs a centre, checks its configuration, verifies its journal, replays a recorded day, simulates others.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use chrono::{NaiveDateTime, TimeZone};
use clap::{Parser, Subcommand};
use protocol::Time;
use server::config::{self, CentreConfig};
use server::fairness::told::{self, FairnessSettings};
use server::replay::{self, ReplaySettings};
use server::run::{Settings, backup, journal_file, run};
use server::simulate::{self, SimulateSettings};
use server::transcript::{self, TranscriptSettings};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

#[derive(Parser)]
#[command(version, about = "The server of a Huduma Centre: issues tickets, assigns them to counters, tells the screens")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a centre
    Run(RunArguments),
    /// Checks a centre's configuration and says what is wrong, with line and column
    Check {
        /// A file, or the name of an example: mombasa, kirinyaga, mashinani
        centre: String,
    },
    /// Shows that no record of the journal was altered or removed
    Verify {
        /// The data folder
        #[arg(long)]
        data: PathBuf,
    },
    /// Copies the journal while the server runs, and verifies the copy; the ledger of slips goes beside it
    Backup {
        /// The data folder
        #[arg(long)]
        data: PathBuf,
        /// The file to make; the ledger's has `.slips` behind its name
        to: PathBuf,
    },
    /// Tells a day, or one ticket's visit, in plain words, with the reason of every call
    Why(TranscriptSettings),
    /// Tells whether a day was fair: who was passed over and why, waits, calls out of turn, the price of priority
    Fairness(FairnessSettings),
    /// Drives the real core with recorded days under virtual time
    Replay(ReplaySettings),
    /// Plays seeded days of a centre to answer "what if": more visitors, a counter closed, another lunch
    Simulate(SimulateSettings),
}

#[derive(clap::Args)]
struct RunArguments {
    /// A file, or the name of an example: mombasa, kirinyaga, mashinani
    #[arg(long, env = "FOLENI_CENTRE")]
    centre: String,
    /// Address and port; the configuration's when absent
    #[arg(long, env = "FOLENI_LISTEN")]
    listen: Option<SocketAddr>,
    /// The data folder; the configuration's when absent
    #[arg(long, env = "FOLENI_DATA")]
    data: Option<PathBuf>,
    /// For a demonstration: the local time at which its clock starts, 2026-11-24T07:40:00
    #[arg(long)]
    demo_clock: Option<NaiveDateTime>,
    /// For a demonstration: how much faster than real time its clock runs
    #[arg(long, default_value_t = 1, requires = "demo_clock")]
    demo_pace: u32,
    /// An origin, besides the server's own, that may show its pages in a frame; may be given again
    #[arg(long)]
    frame_ancestor: Vec<String>,
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match start(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(command: Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the runtime")?;
    match command {
        Command::Run(arguments) => runtime.block_on(serve(arguments)),
        Command::Check { centre } => {
            let centre = load(&centre)?;
            println!("{}", centre.summary());
            for warning in &centre.warnings {
                println!("\nwarning: {warning}");
            }
            Ok(())
        }
        Command::Verify { data } => {
            let verified = runtime.block_on(server::journal::verify(&journal_file(&data)))?;
            let hash: String = verified.hash.iter().map(|byte| format!("{byte:02x}")).collect();
            println!("{} entries, last {}, hash {hash}: nothing was altered or removed", verified.entries, verified.last);
            Ok(())
        }
        Command::Backup { data, to } => {
            let verified = runtime.block_on(backup(&data, &to))?;
            println!("{} entries copied to {} and verified", verified.entries, to.display());
            Ok(())
        }
        Command::Why(settings) => runtime.block_on(transcript::print(&settings)),
        Command::Fairness(settings) => runtime.block_on(told::print(&settings)),
        Command::Replay(settings) => replay::run(&settings),
        Command::Simulate(settings) => {
            print!("{}", simulate::run(&settings)?);
            Ok(())
        }
    }
}

/// The text of a bad configuration says all; it is shown as it is.
fn load(centre: &str) -> anyhow::Result<CentreConfig> {
    config::load(centre).map_err(|error| anyhow::anyhow!("{error}"))
}

async fn serve(arguments: RunArguments) -> anyhow::Result<()> {
    let centre = load(&arguments.centre)?;
    for warning in &centre.warnings {
        tracing::warn!("{}", warning.line());
    }
    let demo_clock = arguments.demo_clock.map(|local| start_of_demo(&centre, local)).transpose()?;
    let settings = Settings {
        listen: arguments.listen.unwrap_or(centre.listen),
        data: arguments.data.unwrap_or_else(|| centre.data.clone()),
        demo_clock: demo_clock.map(|start| (start, arguments.demo_pace)),
        frame_ancestors: centre.frame_ancestors.iter().cloned().chain(arguments.frame_ancestor).collect(),
        centre,
    };
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    let mut terminate = signal(SignalKind::terminate()).context("listen for signals")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        stopping.cancel();
    });
    run(settings, stop, |address| println!("listening on http://{address}")).await
}

fn start_of_demo(centre: &CentreConfig, local: NaiveDateTime) -> anyhow::Result<Time> {
    let instant = centre.calendar.timezone().from_local_datetime(&local).earliest();
    Ok(Time(instant.context("find that local time")?.timestamp_millis()))
}
