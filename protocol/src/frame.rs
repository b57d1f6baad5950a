//! What is pushed over the link: a greeting, one snapshot, then numbered news and heartbeats.
//!
//! `news` replaces whole parts of the view. It names the frame before it (`after`), so a reader that missed one knows
//! and asks again with [`Ask::Resync`]. After any doubt one snapshot makes a screen right.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::Seq;
use crate::time::Time;

/// The version of the link. A reader shows "update needed" when it does not know the version.
pub const LINK_VERSION: u32 = 1;

/// A server sends at least one frame in this many real seconds; a reader that hears less is out of touch after twice.
pub const HEARTBEAT_SECONDS: u64 = 2;

/// The largest frame that a screen takes, bytes: far above the snapshot of the largest centre.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;

/// The largest frame that the server takes from a screen, bytes.
pub const ASK_BYTES_MAX: usize = 16 * 1024;

/// What a screen is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// [`crate::view::KioskView`]
    Kiosk,
    /// [`crate::view::CounterView`], with `&counter=N`
    Counter,
    /// [`crate::view::DisplayView`], with `&zone=ID`
    Display,
    /// [`crate::view::BoardView`]
    Board,
}

/// A frame from the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Frame {
    /// The first frame.
    Hello {
        /// [`LINK_VERSION`]
        version: u32,
        /// The centre's name.
        centre: String,
        /// The server's version; a page that was loaded from another one reloads itself.
        server: String,
        /// The time at the centre.
        now: Time,
        /// How much faster than real time the centre's clock runs; 1, but in a demonstration; 0 when it stands still.
        pace: u32,
    },
    /// The whole view.
    Snapshot {
        /// Its number on this link's topic.
        frame: u64,
        /// How far in the journal it goes.
        seq: Seq,
        /// Every part of the view, by name.
        parts: Map<String, Value>,
    },
    /// Parts that changed.
    News {
        /// Its number.
        frame: u64,
        /// The frame before it.
        after: u64,
        /// How far in the journal the whole view goes; the parts of this frame may go further.
        seq: Seq,
        /// The changed parts, whole, by name.
        parts: Map<String, Value>,
    },
    /// Nothing new; the link stands.
    Heartbeat {
        /// The last frame of the topic.
        frame: u64,
        /// The time at the centre.
        now: Time,
        /// See [`Frame::Hello`].
        pace: u32,
    },
    /// To a device: which catalogue is the centre's, after the first snapshot and whenever it changes.
    Catalogue {
        /// Its ETag.
        version: String,
    },
    /// The server ends the link and says why.
    Bye {
        /// A refusal's code, or `restart`.
        code: String,
    },
    /// A frame of a later version; skipped.
    #[serde(other)]
    Unknown,
}

/// A frame from a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Ask {
    /// Send a snapshot.
    Resync,
    /// The screen is alive.
    Heartbeat,
    /// A frame of a later version; skipped.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_a_later_version_is_skipped() {
        let frame: Frame = serde_json::from_str(r#"{"type":"fireworks","colour":"green"}"#).expect("a known shape");
        assert_eq!(frame, Frame::Unknown);
    }
}
