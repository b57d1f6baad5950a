//! The link to the server as a state machine without sockets and clocks: what happened goes in, what to do comes out.
//!
//! It greets, takes one snapshot, follows numbered news, asks again after a gap, notices silence, and comes back after a
//! wait that grows.

use std::time::{Duration, Instant};

use protocol::frame::{Ask, Frame, HEARTBEAT_SECONDS, LINK_VERSION};
use protocol::{Refusal, Seq, Time};
use serde_json::{Map, Value};
use tracing::warn;

use crate::backoff::Backoff;
use crate::standing::Contact;

/// The top-level fields of a view, by name.
pub type Parts = Map<String, Value>;

/// How patient a link is. Tests are less so.
#[derive(Clone, Copy, Debug)]
pub struct Tempo {
    /// Hearing nothing for this long is being out of touch.
    pub silence: Duration,
    /// How often the server is told that the station is alive.
    pub heartbeat: Duration,
    /// How long opening a socket may take.
    pub opening: Duration,
    /// The shortest wait before a new try.
    pub rest_shortest: Duration,
    /// The longest wait before a new try.
    pub rest_longest: Duration,
    /// How often a device that is not paired asks whether it is.
    pub pairing_poll: Duration,
}

impl Default for Tempo {
    fn default() -> Tempo {
        Tempo {
            silence: Duration::from_secs(2 * HEARTBEAT_SECONDS + 1),
            heartbeat: Duration::from_secs(10),
            opening: Duration::from_secs(5),
            rest_shortest: Duration::from_millis(250),
            rest_longest: Duration::from_secs(8),
            pairing_poll: Duration::from_secs(1),
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The socket is open.
    Opened,
    /// A frame came.
    Heard(Frame),
    /// The socket could not be opened, or ended.
    Lost(Lost),
    /// The moment named by [`LinkState::deadline`] came.
    Woke,
}

/// Why there is no socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The network, the server or its machine.
    Broken(String),
    /// The server does not know this device, or knows it no more.
    UnknownDevice,
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Open a socket.
    Open,
    /// Send a frame.
    Send(Ask),
    /// End the socket, if there is one.
    Close,
    /// Hand this to whoever draws or speaks.
    Deliver(Delivery),
    /// The server is heard, or not any more.
    Contact(Contact),
    /// The centre's catalogue is this version.
    Catalogue(String),
    /// The device must be paired again. The link is over.
    Revoked,
}

/// What a station learns over its link.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    /// The time at the centre and how much faster than real it runs.
    Clock {
        /// The time at the centre, a moment ago.
        now: Time,
        /// 1, but in a demonstration; 0 when it stands still.
        pace: u32,
    },
    /// The whole view; whatever was known before is replaced.
    Whole {
        /// How far in the journal it goes.
        seq: Seq,
        /// Every part.
        parts: Parts,
    },
    /// Parts that changed, each whole.
    Changed {
        /// How far in the journal they go.
        seq: Seq,
        /// The changed parts.
        parts: Parts,
    },
}

/// One link, from the first try to a revoked token.
#[derive(Debug)]
pub struct LinkState {
    tempo: Tempo,
    backoff: Backoff,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// No socket until then.
    Resting { until: Instant },
    /// A socket is being opened, and must be by then.
    Opening { until: Instant },
    /// The socket is open.
    Open { silent_at: Instant, beat_at: Instant, sight: Sight },
    /// The device is not known any more.
    Over,
}

/// How much of the view a link holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sight {
    /// The greeting has not come.
    Ungreeted,
    /// A snapshot is due by then.
    Behind { until: Instant },
    /// The view is that of this frame.
    Current { frame: u64 },
}

impl LinkState {
    /// Returns a link that wants to be opened at once.
    pub fn new(tempo: Tempo, seed: u64, now: Instant) -> LinkState {
        let backoff = Backoff::new(tempo.rest_shortest, tempo.rest_longest, seed);
        LinkState { tempo, backoff, stage: Stage::Resting { until: now } }
    }

    /// Returns when [`Event::Woke`] is due; never, when the link is over.
    pub fn deadline(&self) -> Option<Instant> {
        match self.stage {
            Stage::Resting { until } | Stage::Opening { until } => Some(until),
            Stage::Open { silent_at, beat_at, sight: Sight::Behind { until } } => Some(silent_at.min(beat_at).min(until)),
            Stage::Open { silent_at, beat_at, sight: Sight::Ungreeted | Sight::Current { .. } } => Some(silent_at.min(beat_at)),
            Stage::Over => None,
        }
    }

    /// Takes what happened and returns what to do, in order.
    pub fn on(&mut self, event: Event, now: Instant) -> Vec<Action> {
        match event {
            Event::Opened => self.opened(now),
            Event::Heard(frame) => self.heard(frame, now),
            Event::Lost(Lost::UnknownDevice) => self.over(),
            Event::Lost(Lost::Broken(_)) => self.rest(now),
            Event::Woke => self.woke(now),
        }
    }

    fn opened(&mut self, now: Instant) -> Vec<Action> {
        if let Stage::Opening { .. } = self.stage {
            let (silent_at, beat_at) = (now + self.tempo.silence, now + self.tempo.heartbeat);
            self.stage = Stage::Open { silent_at, beat_at, sight: Sight::Ungreeted };
        }
        Vec::new()
    }

    fn heard(&mut self, frame: Frame, now: Instant) -> Vec<Action> {
        let Stage::Open { silent_at, sight, .. } = &mut self.stage else {
            return Vec::new(); // the last words of a socket that is given up already
        };
        *silent_at = now + self.tempo.silence;
        match (*sight, frame) {
            (_, Frame::Bye { code }) if code == Refusal::UnknownDevice.code() => self.over(),
            (_, Frame::Bye { .. }) => self.rest(now),
            (_, Frame::Hello { version, .. }) if version != LINK_VERSION => {
                warn!(version, "the server speaks version {version} of the link: this station needs an update");
                self.rest(now)
            }
            (_, Frame::Hello { now: time, pace, .. }) => {
                *sight = Sight::Behind { until: now + self.tempo.silence };
                vec![Action::Deliver(Delivery::Clock { now: time, pace })]
            }
            (Sight::Ungreeted, Frame::Snapshot { .. } | Frame::News { .. } | Frame::Heartbeat { .. }) => {
                warn!("the server did not greet: it is not one of ours");
                self.rest(now)
            }
            (Sight::Behind { .. } | Sight::Current { .. }, Frame::Snapshot { frame, seq, parts }) => {
                *sight = Sight::Current { frame };
                self.backoff.reset();
                vec![Action::Deliver(Delivery::Whole { seq, parts }), Action::Contact(Contact::Connected)]
            }
            (Sight::Current { frame: last }, Frame::News { frame, after, seq, parts }) if after == last => {
                *sight = Sight::Current { frame };
                vec![Action::Deliver(Delivery::Changed { seq, parts })]
            }
            (Sight::Current { .. }, Frame::News { .. }) => self.resync(now),
            (Sight::Current { frame: last }, Frame::Heartbeat { frame, .. }) if frame != last => self.resync(now),
            (Sight::Behind { .. } | Sight::Current { .. }, Frame::Heartbeat { now: time, pace, .. }) => {
                vec![Action::Deliver(Delivery::Clock { now: time, pace })]
            }
            // Until the snapshot comes, news of what it will hold anyway are of no use.
            (Sight::Behind { .. }, Frame::News { .. }) => Vec::new(),
            (_, Frame::Catalogue { version }) => vec![Action::Catalogue(version)],
            (_, Frame::Unknown) => Vec::new(),
        }
    }

    fn woke(&mut self, now: Instant) -> Vec<Action> {
        match &mut self.stage {
            Stage::Resting { until } if now >= *until => {
                self.stage = Stage::Opening { until: now + self.tempo.opening };
                vec![Action::Open]
            }
            Stage::Opening { until } if now >= *until => self.rest(now),
            Stage::Open { silent_at, .. } if now >= *silent_at => self.rest(now),
            Stage::Open { sight: Sight::Behind { until }, .. } if now >= *until => self.rest(now),
            Stage::Open { beat_at, .. } if now >= *beat_at => {
                *beat_at = now + self.tempo.heartbeat;
                vec![Action::Send(Ask::Heartbeat)]
            }
            Stage::Resting { .. } | Stage::Opening { .. } | Stage::Open { .. } | Stage::Over => Vec::new(),
        }
    }

    /// A frame was missed: one snapshot makes the view right.
    fn resync(&mut self, now: Instant) -> Vec<Action> {
        let until = now + self.tempo.silence;
        if let Stage::Open { sight, .. } = &mut self.stage {
            *sight = Sight::Behind { until };
        }
        vec![Action::Send(Ask::Resync)]
    }

    fn rest(&mut self, now: Instant) -> Vec<Action> {
        if matches!(self.stage, Stage::Resting { .. } | Stage::Over) {
            return Vec::new();
        }
        self.stage = Stage::Resting { until: now + self.backoff.next_wait() };
        vec![Action::Close, Action::Contact(Contact::Unreachable)]
    }

    fn over(&mut self) -> Vec<Action> {
        self.stage = Stage::Over;
        vec![Action::Close, Action::Revoked]
    }
}

#[cfg(test)]
mod tests;
