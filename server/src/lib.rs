//! The centre-local server: one writer, a journal on disk, and screens that read.

pub mod api;
pub mod clock;
pub mod config;
pub mod day;
pub mod dispatcher;
pub mod fairness;
pub mod journal;
pub mod paper;
pub mod priority;
pub mod registry;
pub mod replay;
pub mod run;
pub mod screens;
pub mod simulate;
pub mod transcript;
