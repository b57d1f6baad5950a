//! The centre-local server: one writer, a journal on disk, and screens that read.

pub mod api;
pub mod clock;
pub mod config;
pub mod dispatcher;
pub mod journal;
pub mod registry;
pub mod replay;
pub mod run;
pub mod screens;
pub mod simulate;
pub mod transcript;
