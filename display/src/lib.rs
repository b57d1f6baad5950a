//! The hall screen's station: its page and its voice.

pub mod ear;
pub mod run;
pub mod voice;
