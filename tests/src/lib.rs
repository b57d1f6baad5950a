//! The harness: opens a whole centre with the real server process, and speaks to it as kiosks, officers and screens do.
//!
//! Every wait is for something that happens, and every wait has an end: [`PATIENCE`].

use std::time::Duration;

mod acts;
mod arrivals;
mod binary;
mod centre;
mod client;
pub mod day;
mod link;
pub mod printer;
pub mod process;
pub mod rules;
mod station;
mod wire;

pub use binary::{kiosk, server};
pub use centre::{Centre, Plan, Stopped};
pub use client::{Answer, Client, Proof};
pub use link::{Link, Running, Socket, dial};
pub use station::StationProgram;
pub use wire::Wire;

/// How long anything may take before a test says that it never came. Generous: a machine that builds is slow.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The password of every account that the harness makes.
pub const PASSWORD: &str = "kahawa-na-mandazi-41";
