//! The loudspeaker: opens a sound device, plays one sound at a time and tells honestly when it cannot.
//!
//! A lost device reports errors without end and never ends a sound; a busy one reports a few and goes on. So the device's
//! callback only counts, a device is lost when its errors do not stop, and whoever plays keeps a deadline of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rodio::cpal::traits::HostTrait;
use rodio::cpal::{self, ErrorKind};
use rodio::{DeviceSinkBuilder, DeviceSinkError, DeviceTrait, MixerDeviceSink};
use tracing::debug;

use super::sound;

/// Frames that the device takes at once: late enough for a busy machine, early enough for an ear.
const FRAMES_AT_ONCE: u32 = 4_096;
/// Errors that stop for this long are forgiven.
const CALM_AFTER: Duration = Duration::from_millis(600);
/// Errors that go on for this long mean that the device is lost.
const LOST_AFTER: Duration = Duration::from_millis(1_500);

/// Plays sounds. It has a twin for tests that only remembers.
pub trait Speaker {
    /// Opens the device; nothing to do if it is open.
    fn open(&mut self) -> Result<(), SpeakerError>;
    /// Starts a sound of [`sound::RATE`] samples per second. The device must be open and not sounding.
    fn start(&mut self, sound: Vec<f32>);
    /// Returns what the device is doing. To be asked several times a second.
    fn look(&mut self, now: Instant) -> Progress;
    /// Closes the device and forgets what it was playing.
    fn close(&mut self);
}

/// See [`Speaker::look`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is open and silent.
    Silent,
    /// A sound is being played.
    Sounding,
    /// It failed, or was never opened.
    Lost,
}

/// Why no sound can be made.
#[derive(Debug, thiserror::Error)]
pub enum SpeakerError {
    /// There is no sound device of this id, or the system has none at all.
    #[error("there is no sound device")]
    NoDevice,
    /// The device is one that plays to nobody.
    #[error("the sound device plays to nobody")]
    NullDevice,
    /// The device exists and cannot be used.
    #[error("could not open the sound device")]
    Open(#[source] DeviceSinkError),
}

/// A sound device of this machine.
pub struct DeviceSpeaker {
    id: Option<String>,
    open: Option<OpenDevice>,
}

struct OpenDevice {
    player: rodio::Player,
    errors: Arc<Errors>,
    trouble: Trouble,
    // Dropped last: the player feeds it.
    _sink: MixerDeviceSink,
}

/// What the device's callback has counted. It may be called hundreds of thousands of times a second.
#[derive(Debug, Default)]
struct Errors {
    count: AtomicU32,
    gone: AtomicBool,
}

/// Tells errors that pass from errors that stay.
#[derive(Clone, Copy, Debug, Default)]
struct Trouble {
    counted: u32,
    since: Option<Instant>,
    last: Option<Instant>,
}

impl DeviceSpeaker {
    /// Plays through the device of this id, such as `alsa:default`, or through the system's default device.
    pub fn new(id: Option<String>) -> DeviceSpeaker {
        DeviceSpeaker { id, open: None }
    }

    fn device(&self) -> Result<cpal::Device, SpeakerError> {
        let host = cpal::default_host();
        let device = match &self.id {
            None => host.default_output_device(),
            Some(wanted) => host
                .output_devices()
                .ok()
                .and_then(|mut devices| devices.find(|device| device.id().is_ok_and(|id| id.to_string() == *wanted))),
        };
        let device = device.ok_or(SpeakerError::NoDevice)?;
        match plays_to_nobody(&device) {
            true => Err(SpeakerError::NullDevice),
            false => Ok(device),
        }
    }
}

impl Speaker for DeviceSpeaker {
    fn open(&mut self) -> Result<(), SpeakerError> {
        if self.open.is_some() {
            return Ok(());
        }
        let errors = Arc::new(Errors::default());
        let counting = Arc::clone(&errors);
        let on_error = move |error: cpal::Error| counting.take(error.kind());
        let builder = DeviceSinkBuilder::from_device(self.device()?).map_err(SpeakerError::Open)?;
        let builder = builder.with_buffer_size(cpal::BufferSize::Fixed(FRAMES_AT_ONCE)).with_error_callback(on_error);
        let mut sink = builder.open_sink_or_fallback().map_err(SpeakerError::Open)?;
        sink.log_on_drop(false);
        let player = rodio::Player::connect_new(sink.mixer());
        debug!(config = ?sink.config(), "opened the sound device");
        self.open = Some(OpenDevice { player, errors, trouble: Trouble::default(), _sink: sink });
        Ok(())
    }

    fn start(&mut self, sound: Vec<f32>) {
        if let Some(open) = &self.open {
            open.player.append(sound::source(sound));
        }
    }

    fn look(&mut self, now: Instant) -> Progress {
        let Some(open) = &mut self.open else { return Progress::Lost };
        let count = open.errors.count.load(Ordering::Relaxed);
        if open.errors.gone.load(Ordering::Relaxed) || open.trouble.lasts(count, now) {
            debug!(errors = count, "the sound device is lost");
            return Progress::Lost;
        }
        match open.player.empty() {
            true => Progress::Silent,
            false => Progress::Sounding,
        }
    }

    fn close(&mut self) {
        self.open = None;
    }
}

/// Returns the ids of the sound devices that can be chosen.
pub fn device_ids() -> Vec<String> {
    let devices = cpal::default_host().output_devices().into_iter().flatten();
    devices.filter(|device| !plays_to_nobody(device)).filter_map(|device| Some(device.id().ok()?.to_string())).collect()
}

fn plays_to_nobody(device: &cpal::Device) -> bool {
    device.id().is_ok_and(|id| id.id() == "null")
}

impl Errors {
    fn take(&self, kind: ErrorKind) {
        // A hiccup is heard as a click, and the device goes on.
        let passes = matches!(kind, ErrorKind::Xrun | ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged);
        let gone = matches!(kind, ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated);
        if gone {
            self.gone.store(true, Ordering::Relaxed);
        } else if !passes {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Trouble {
    fn lasts(&mut self, count: u32, now: Instant) -> bool {
        if count != self.counted {
            self.counted = count;
            self.last = Some(now);
            self.since.get_or_insert(now);
        } else if self.last.is_some_and(|last| now.duration_since(last) > CALM_AFTER) {
            (self.since, self.last) = (None, None);
        }
        self.since.is_some_and(|since| now.duration_since(since) > LOST_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_that_pass_are_forgiven_and_errors_that_stay_are_not() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut trouble = Trouble::default();
        assert!(!trouble.lasts(1_055, at(20)), "a burst while opening");
        for quiet in (40..2_000).step_by(20) {
            assert!(!trouble.lasts(1_055, at(quiet)));
        }
        let lost = (2_000..5_000).step_by(20).find(|ms| trouble.lasts(u32::try_from(*ms).expect("small"), at(*ms)));
        assert_eq!(lost, Some(3_520));
    }

    #[test]
    fn a_device_that_is_unplugged_is_lost_at_once_and_a_hiccup_is_nothing() {
        let errors = Errors::default();
        errors.take(ErrorKind::Xrun);
        assert_eq!((errors.count.load(Ordering::Relaxed), errors.gone.load(Ordering::Relaxed)), (0, false));
        errors.take(ErrorKind::BackendError);
        assert_eq!((errors.count.load(Ordering::Relaxed), errors.gone.load(Ordering::Relaxed)), (1, false));
        errors.take(ErrorKind::DeviceNotAvailable);
        assert!(errors.gone.load(Ordering::Relaxed));
    }

    #[test]
    fn a_device_that_does_not_exist_is_no_device() {
        let mut speaker = DeviceSpeaker::new(Some("alsa:no-such-device".to_owned()));
        assert!(matches!(speaker.open(), Err(SpeakerError::NoDevice)));
        assert_eq!(speaker.look(Instant::now()), Progress::Lost);
        let mut nobody = DeviceSpeaker::new(Some("alsa:null".to_owned()));
        assert!(matches!(nobody.open(), Err(SpeakerError::NoDevice | SpeakerError::NullDevice)));
    }
}
