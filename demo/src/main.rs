//! `foleni-demo`: opens a whole living centre on this computer, and closes it again.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use demo::demo::run;
use demo::options::Options;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    match live().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("could not open the centre: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn live() -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,station=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(std::io::stderr).init();
    let options = Options::parse();
    let stop = CancellationToken::new();
    let told = stop.clone();
    let mut terminate = signal(SignalKind::terminate()).context("listen for signals")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        told.cancel();
    });
    run(options, stop).await
}
