//! Whether a voice is fit for the hall: every clip there, readable, of one kind, audible, whole and even in level.

use std::fmt;
use std::time::Duration;

use protocol::Language;

use super::announcement::Clip;
use super::pack::{ClipError, VoicePack};
use super::sound::{self, RATE, Recording};

/// Clips of one language may differ by this much from their median.
const LEVEL_SPREAD_DB: f32 = 4.0;
const SILENT_BELOW: f32 = 0.02;
const CLIPPED_ABOVE: f32 = 0.999;
const CLIPPED_SAMPLES: usize = 3;
/// The clip's first and last sample; a jump from or to silence is heard as a click.
const END_ABOVE: f32 = 0.02;

/// What is wrong with a clip.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The clip.
    pub clip: Clip,
    /// What is wrong.
    pub kind: FaultKind,
}

/// See [`Fault`].
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// There is no file.
    Missing,
    /// The file is not OGG Vorbis or WAV.
    Unreadable,
    /// It has more than one channel.
    NotMono(u16),
    /// It is not at [`RATE`].
    OtherRate(u32),
    /// Nothing can be heard.
    Silent,
    /// It is cut off at full scale.
    Clipped,
    /// It starts or ends loudly.
    AbruptEnd,
    /// It is too short or too long for what it should say.
    OddLength(Duration),
    /// It is louder or softer than its language's other clips, by decibels.
    OddLevel(f32),
}

/// Returns everything that is wrong with a voice; nothing if it is fit.
pub fn check(pack: &VoicePack) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut levels = Vec::new();
    for clip in pack.promised() {
        let found = match pack.recording(&clip) {
            Ok(recording) => {
                levels.extend(sound::active_level_db(&recording.samples).map(|level| (clip.clone(), level)));
                check_recording(&clip, &recording)
            }
            Err(ClipError::Missing(_)) => vec![FaultKind::Missing],
            Err(ClipError::Unreadable { .. }) => vec![FaultKind::Unreadable],
        };
        faults.extend(found.into_iter().map(|kind| Fault { clip: clip.clone(), kind }));
    }
    for language in Language::ALL {
        faults.extend(uneven(levels.iter().filter(|(clip, _)| clip.language() == Some(language)).cloned().collect()));
    }
    faults
}

fn check_recording(clip: &Clip, recording: &Recording) -> Vec<FaultKind> {
    let Recording { samples, rate, channels } = recording;
    let mut found = Vec::new();
    if *channels != 1 {
        found.push(FaultKind::NotMono(*channels));
    }
    if *rate != RATE {
        found.push(FaultKind::OtherRate(*rate));
        return found; // its length and level would be measured wrongly
    }
    if sound::peak(samples) < SILENT_BELOW {
        found.push(FaultKind::Silent);
        return found;
    }
    if samples.iter().filter(|sample| sample.abs() > CLIPPED_ABOVE).count() > CLIPPED_SAMPLES {
        found.push(FaultKind::Clipped);
    }
    if [samples.first(), samples.last()].into_iter().flatten().any(|sample| sample.abs() > END_ABOVE) {
        found.push(FaultKind::AbruptEnd);
    }
    let (shortest, longest) = lengths(clip);
    let length = sound::length(samples);
    if length < shortest || length > longest {
        found.push(FaultKind::OddLength(length));
    }
    found
}

fn lengths(clip: &Clip) -> (Duration, Duration) {
    let (shortest_ms, longest_ms) = match clip {
        Clip::Chime => (300, 3_000),
        Clip::Ticket(..) => (500, 4_000),
        Clip::ShortTicket(..) => (300, 3_000),
        Clip::Digit { .. } => (120, 2_000),
        Clip::Counter(..) => (800, 6_000),
        Clip::ShortCounter(..) => (300, 4_000),
        Clip::Agency(..) => (500, 5_000),
        Clip::Notice { .. } => (1_000, 9_000),
    };
    (Duration::from_millis(shortest_ms), Duration::from_millis(longest_ms))
}

fn uneven(levels: Vec<(Clip, f32)>) -> Vec<Fault> {
    let mut sorted: Vec<f32> = levels.iter().map(|(_, level)| *level).collect();
    sorted.sort_by(f32::total_cmp);
    let Some(median) = sorted.get(sorted.len() / 2).copied() else { return Vec::new() };
    let odd = |level: f32| (level - median).abs() > LEVEL_SPREAD_DB;
    let fault = |(clip, level): (Clip, f32)| odd(level).then_some(Fault { clip, kind: FaultKind::OddLevel(level - median) });
    levels.into_iter().filter_map(fault).collect()
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.clip)?;
        match &self.kind {
            FaultKind::Missing => write!(f, "missing"),
            FaultKind::Unreadable => write!(f, "neither OGG Vorbis nor WAV"),
            FaultKind::NotMono(channels) => write!(f, "{channels} channels; one is needed"),
            FaultKind::OtherRate(rate) => write!(f, "{rate} samples per second; {RATE} are needed"),
            FaultKind::Silent => write!(f, "silent"),
            FaultKind::Clipped => write!(f, "recorded too loudly: cut off at full scale"),
            FaultKind::AbruptEnd => write!(f, "starts or ends with a click"),
            FaultKind::OddLength(length) => write!(f, "{:.2} seconds long", length.as_secs_f32()),
            FaultKind::OddLevel(off) => write!(f, "{off:+.1} dB from the other clips"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_recording_has_no_fault() {
        assert_eq!(check_recording(&Clip::Chime, &tone(0.3, 1.0)), []);
    }

    #[test]
    fn each_fault_is_named() {
        let clip = Clip::Digit { language: Language::En, place: 1, digit: 4 };
        let good = tone(0.3, 0.5);
        let cases = [
            (Recording { channels: 2, ..good.clone() }, FaultKind::NotMono(2)),
            (Recording { rate: 22_050, ..good.clone() }, FaultKind::OtherRate(22_050)),
            (tone(0.0, 0.5), FaultKind::Silent),
            (tone(1.5, 0.5), FaultKind::Clipped),
            (Recording { samples: good.samples[24..].to_vec(), ..good.clone() }, FaultKind::AbruptEnd),
            (tone(0.3, 0.05), FaultKind::OddLength(Duration::from_millis(50))),
            (tone(0.3, 9.0), FaultKind::OddLength(Duration::from_secs(9))),
        ];
        for (recording, kind) in cases {
            assert_eq!(check_recording(&clip, &recording), [kind]);
        }
    }

    #[test]
    fn a_whispered_clip_stands_out() {
        let clips = (1..=5).map(|counter| (Clip::Counter(Language::En, counter), if counter == 3 { -29.0 } else { -20.0 }));
        let faults = uneven(clips.collect());
        assert_eq!(faults, [Fault { clip: Clip::Counter(Language::En, 3), kind: FaultKind::OddLevel(-9.0) }]);
        assert_eq!(faults[0].to_string(), "en/counter_3: -9.0 dB from the other clips");
    }

    /// A tone that starts and ends at zero, cut off at full scale.
    fn tone(loudness: f32, seconds: f32) -> Recording {
        let count = (seconds * RATE as f32) as usize;
        let wave = |i: usize| (i as f32 / 48.0 * std::f32::consts::TAU / 2.0).sin();
        let mut samples: Vec<f32> = (0..count).map(|i| (loudness * wave(i)).clamp(-1.0, 1.0)).collect();
        samples[count - 1] = 0.0;
        Recording { samples, rate: RATE, channels: 1 }
    }
}
