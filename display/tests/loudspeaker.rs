//! What the real program gives a real sound device of this machine's sound library, sample by sample.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// The library's own configuration, then a device that writes what it is given into a file.
const RECORDING_DEVICE: &str = r#"</usr/share/alsa/alsa.conf>
pcm.!default { type plug
  slave { pcm "recorder" format S16_LE rate 48000 channels 2 } }
pcm.recorder { type file
  slave.pcm "null"
  file "FILE"
  format "raw" }
"#;
const BROKEN_DEVICE: &str = r#"</usr/share/alsa/alsa.conf>
pcm.!default { type hw
  card 31 }
"#;

#[test]
fn the_device_is_given_the_announcement_whole_and_unchanged() {
    let folder = tempfile::tempdir().expect("a folder");
    let (wav, raw) = (folder.path().join("meant.wav"), folder.path().join("played.raw"));
    let meant = say(folder.path(), "", &["J042", "7", "--language", "both", "--out", path(&wav)]);
    assert!(meant.status.success(), "{meant:?}");
    let played = say(folder.path(), &RECORDING_DEVICE.replace("FILE", path(&raw)), &["J042", "7", "--language", "both"]);
    assert!(played.status.success(), "{played:?}");

    let meant: Vec<i16> = hound::WavReader::open(&wav).expect("a WAV").samples().map(|sample| sample.expect("whole")).collect();
    let played = first_channel(&fs::read(&raw).expect("a recording"));
    let start = |samples: &[i16]| samples.iter().position(|sample| sample.abs() > 200).expect("sound");
    let (meant, played) = (&meant[start(&meant)..], &played[start(&played)..]);
    assert!(played.len() >= meant.len(), "{} of {} samples", played.len(), meant.len());
    let off = meant.iter().zip(played).map(|(meant, played)| (i32::from(*meant) - i32::from(*played)).abs()).max();
    assert!(off <= Some(2), "samples are off by up to {off:?}");
    assert!(played[meant.len()..].iter().all(|sample| *sample == 0), "nothing follows");
}

#[test]
fn without_a_sound_device_the_program_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = say(folder.path(), BROKEN_DEVICE, &["J042", "7", "--patience-seconds", "1"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("there is no sound device; 0 of 1 calls were spoken"), "{said}");
}

#[test]
fn a_word_that_is_no_ticket_or_counter_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for calls in [&["J42", "7"][..], &["J042", "seven"], &["J042", "7", "K013"], &["J042", "100", "--out", "never.wav"]] {
        let output = say(folder.path(), "", calls);
        assert!(!output.status.success(), "{calls:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{calls:?}");
    }
}

fn say(folder: &Path, device: &str, arguments: &[&str]) -> Output {
    let configuration = folder.join("asound.conf");
    fs::write(&configuration, device).expect("room");
    let mut program = Command::new(env!("CARGO_BIN_EXE_foleni-display"));
    program.current_dir(folder).env("ALSA_CONFIG_PATH", configuration).env("RUST_BACKTRACE", "0");
    program.arg("say").args(arguments).output().expect("the program starts")
}

fn first_channel(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(4).map(|frame| i16::from_le_bytes([frame[0], frame[1]])).collect()
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}
