//! The loudspeaker's twin: it remembers what it was given and fails when it is told to.

use std::time::Instant;

use super::speaker::{Progress, Speaker, SpeakerError};

/// A loudspeaker in a test's hand.
#[derive(Debug)]
pub(super) struct TwinSpeaker {
    /// Whether there is a device to open.
    pub(super) present: bool,
    /// How often opening was tried.
    pub(super) attempts: u32,
    /// Every sound that was started.
    pub(super) started: Vec<Vec<f32>>,
    state: Progress,
}

impl TwinSpeaker {
    pub(super) fn new(present: bool) -> Self {
        TwinSpeaker { present, attempts: 0, started: Vec::new(), state: Progress::Lost }
    }

    /// The sound has been played.
    pub(super) fn finish(&mut self) {
        assert_eq!(self.state, Progress::Sounding);
        self.state = Progress::Silent;
    }

    /// The plug is pulled.
    pub(super) fn fail(&mut self) {
        self.present = false;
        self.state = Progress::Lost;
    }
}

impl Speaker for TwinSpeaker {
    fn open(&mut self) -> Result<(), SpeakerError> {
        self.attempts += 1;
        if !self.present {
            return Err(SpeakerError::NoDevice);
        }
        self.state = Progress::Silent;
        Ok(())
    }

    fn start(&mut self, sound: Vec<f32>) {
        assert_eq!(self.state, Progress::Silent, "one sound at a time");
        self.started.push(sound);
        self.state = Progress::Sounding;
    }

    fn look(&mut self, _now: Instant) -> Progress {
        self.state
    }

    fn close(&mut self) {
        self.state = Progress::Lost;
    }
}
