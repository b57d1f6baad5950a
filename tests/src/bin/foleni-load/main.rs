//! `foleni-load`: measures the real server on this machine's loopback and prints a table.
//!
//! The one who measures shares the machine with what is measured; it speaks the leanest HTTP it can, and its own work is
//! in every figure but CPU and memory.

mod calls;
mod issue;
mod lean;
mod memory;
mod paper;
mod screens;
mod spread;
mod year;

use clap::{Parser, ValueEnum};

/// Measures the server
#[derive(Parser)]
struct Arguments {
    /// Measure only these; everything when absent
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// A share of the full load, to see quickly that everything works
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Issue,
    Calls,
    Screens,
    Memory,
    Paper,
    Year,
}

/// How much of the full load is put on.
#[derive(Clone, Copy)]
pub struct Scale(f64);

impl Scale {
    /// Returns the share of a count, at least `least`.
    pub fn of(self, full: u32, least: u32) -> u32 {
        // A count is far below what a float holds exactly.
        ((f64::from(full) * self.0) as u32).max(least)
    }
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let scale = Scale(arguments.scale.clamp(0.001, 1.0));
    let wanted = |part: Part| arguments.only.is_empty() || arguments.only.contains(&part);
    println!("| figure | measured | to reach |\n|---|---|---|");
    if wanted(Part::Issue) {
        issue::measure(scale).await;
    }
    if wanted(Part::Calls) {
        calls::measure(scale).await;
    }
    if wanted(Part::Screens) {
        screens::measure(scale).await;
    }
    if wanted(Part::Memory) {
        memory::measure(scale).await;
    }
    if wanted(Part::Paper) {
        paper::measure(scale).await;
    }
    if wanted(Part::Year) {
        year::measure(scale).await;
    }
}

/// Prints one row as soon as it is known.
pub fn row(figure: &str, measured: &str, to_reach: &str) {
    println!("| {figure} | {measured} | {to_reach} |");
}
