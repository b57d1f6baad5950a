//! The voice of a hall: calls and notices come in, one announcement at a time goes to the loudspeaker.
//!
//! [`announcement`] says which clips make a sentence, [`queue`] which call is next, [`pack`] where clips come from,
//! [`speaker`] drives the loudspeaker and [`player`] runs them all on one thread. Only the last two touch a device.

pub mod announcement;
pub mod check;
pub mod pack;
pub mod player;
pub mod queue;
pub mod sound;
pub mod speaker;
#[cfg(test)]
mod twin;

pub use announcement::{Announcement, Call, Form, Notice, Turn};
pub use pack::{PackError, VoicePack, Voices};
pub use player::{Player, Settings, Status, VoiceState};
pub use queue::{CallNews, Known, Languages, NoticeNews, Policy};
