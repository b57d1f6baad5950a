//! Sound as samples: reading a clip's file, joining clips without a click, measuring them.

use std::io::Cursor;
use std::num::NonZero;
use std::time::Duration;

use rodio::{Decoder, Source};

/// Samples per second of every clip, so that nothing is resampled between them.
pub const RATE: u32 = 48_000;
/// Over this length a clip's ends rise from and fall to silence; a recorded clip may not do so by itself.
const SOFT_END: Duration = Duration::from_millis(5);

/// A clip that was read from its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Samples from -1 to 1; the first channel's, if there are more.
    pub samples: Vec<f32>,
    /// Samples per second.
    pub rate: u32,
    /// How many channels the file has.
    pub channels: u16,
}

/// A file that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BadFile {
    /// Not OGG Vorbis.
    #[error("not OGG Vorbis")]
    Ogg(#[source] rodio::decoder::DecoderError),
    /// Not WAV.
    #[error("not WAV")]
    Wav(#[source] hound::Error),
}

/// Reads OGG Vorbis.
pub fn read_ogg(bytes: Vec<u8>) -> Result<Recording, BadFile> {
    let decoder = Decoder::new_vorbis(Cursor::new(bytes)).map_err(BadFile::Ogg)?;
    let (rate, channels) = (decoder.sample_rate().get(), decoder.channels().get());
    let samples = decoder.step_by(usize::from(channels)).collect();
    Ok(Recording { samples, rate, channels })
}

/// Reads WAV with whole or floating-point samples.
pub fn read_wav(bytes: Vec<u8>) -> Result<Recording, BadFile> {
    let mut reader = hound::WavReader::new(Cursor::new(bytes)).map_err(BadFile::Wav)?;
    let format = reader.spec();
    let samples: Result<Vec<f32>, _> = match format.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect(),
        hound::SampleFormat::Int => {
            let full = 2_f32.powi(i32::from(format.bits_per_sample) - 1);
            reader.samples::<i32>().map(|sample| sample.map(|sample| sample as f32 / full)).collect()
        }
    };
    let samples = samples.map_err(BadFile::Wav)?.into_iter().step_by(usize::from(format.channels.max(1))).collect();
    Ok(Recording { samples, rate: format.sample_rate, channels: format.channels })
}

/// Appends a clip with soft ends.
pub fn append(sound: &mut Vec<f32>, clip: &[f32]) {
    let start = sound.len();
    sound.extend_from_slice(clip);
    let soft = samples_in(SOFT_END).min(clip.len() / 2);
    let end = sound.len();
    for i in 0..soft {
        let share = (i as f32 + 0.5) / soft as f32;
        let gain = 0.5 - 0.5 * (std::f32::consts::PI * share).cos();
        sound[start + i] *= gain;
        sound[end - 1 - i] *= gain;
    }
}

/// Appends silence.
pub fn append_silence(sound: &mut Vec<f32>, length: Duration) {
    sound.resize(sound.len() + samples_in(length), 0.0);
}

/// Returns how long the samples last.
pub fn length(samples: &[f32]) -> Duration {
    Duration::from_secs_f64(samples.len() as f64 / f64::from(RATE))
}

/// Makes one source of the samples: a player has no boundary inside it at which it could click.
pub fn source(samples: Vec<f32>) -> rodio::buffer::SamplesBuffer {
    let mono = NonZero::<u16>::MIN;
    let rate = NonZero::new(RATE).expect("the rate is not zero");
    rodio::buffer::SamplesBuffer::new(mono, rate, samples)
}

/// Returns the largest distance from zero.
pub fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// Returns the level of the sounding parts in decibels below full scale; silence has none.
pub fn active_level_db(samples: &[f32]) -> Option<f32> {
    let energies: Vec<f32> = samples
        .chunks_exact(samples_in(Duration::from_millis(20)))
        .map(|frame| frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len() as f32)
        .collect();
    let loudest = energies.iter().copied().fold(0.0, f32::max);
    let active: Vec<f32> = energies.into_iter().filter(|energy| *energy > loudest / 100.0).collect();
    (!active.is_empty()).then(|| 10.0 * (active.iter().sum::<f32>() / active.len() as f32).log10())
}

fn samples_in(length: Duration) -> usize {
    (length.as_secs_f64() * f64::from(RATE)).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_join_without_a_step() {
        let mut sound = Vec::new();
        append(&mut sound, &[0.8; 4_800]);
        append_silence(&mut sound, Duration::from_millis(100));
        append(&mut sound, &[-0.8; 4_800]);
        let largest = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(largest < 0.01, "{largest}");
        assert_eq!(sound.len(), 4_800 * 3);
        assert!(sound[0].abs() < 0.001 && sound[sound.len() - 1].abs() < 0.001);
    }

    #[test]
    fn the_level_of_speech_does_not_depend_on_the_silence_around_it() {
        let tone: Vec<f32> = (0..48_000).map(|i| 0.1 * (i as f32 * 0.1).sin()).collect();
        let mut padded = tone.clone();
        append_silence(&mut padded, Duration::from_secs(3));
        let (plain, padded) = (active_level_db(&tone), active_level_db(&padded));
        assert!((plain.expect("sound") - padded.expect("sound")).abs() < 0.1);
        assert!((plain.expect("sound") - -23.0).abs() < 0.2);
        assert_eq!(active_level_db(&[0.0; 48_000]), None);
    }

    #[test]
    fn a_wav_of_16_bits_is_read_in_full_scale() {
        let format = hound::WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
        let mut file = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, format).expect("a header");
        for sample in [i16::MIN, 7, 16_384, 7] {
            writer.write_sample(sample).expect("room");
        }
        writer.finalize().expect("a whole file");
        let recording = read_wav(file.into_inner()).expect("a WAV");
        assert_eq!(recording, Recording { samples: vec![-1.0, 0.5], rate: RATE, channels: 2 });
    }

    #[test]
    fn other_bytes_are_no_sound() {
        assert!(read_ogg(b"RIFF and more".to_vec()).is_err());
        assert!(read_wav(b"OggS and more".to_vec()).is_err());
        assert!(read_ogg(Vec::new()).is_err());
    }
}
