//! A whole living centre on one computer: the real programs, with simulated visitors and officers who speak HTTP and the link
//! as anybody does.

pub mod accounts;
pub mod cable;
pub mod calendar;
pub mod chance;
pub mod children;
pub mod client;
pub mod clock;
pub mod demand;
pub mod demo;
mod faults;
pub mod folder;
pub mod leftovers;
pub mod officer;
pub mod opening;
pub mod options;
pub mod page;
pub mod programs;
pub mod slips;
pub mod town;
mod waking;
pub mod world;
