//! The built-in voice is whole, and a centre's own voice takes its place language by language.

use std::fs;
use std::path::Path;
use std::time::Duration;

use display::voice::announcement::{Announcement, Call, Clip, Form, Notice, Turn};
use display::voice::check::{Fault, FaultKind, check};
use display::voice::{PackError, VoicePack, Voices, sound};
use protocol::{AgencyCode, CallNumber, CounterId, Language, Seq};

#[test]
fn the_built_in_voice_is_whole_in_both_languages() {
    let pack = VoicePack::shipped().expect("it is built in");
    assert_eq!(pack.languages(), Language::ALL);
    assert_eq!(check(&pack), []);
    for range in pack.manifest().languages.values() {
        assert!("JKLGVDSZQ".chars().all(|letter| range.letters.contains(letter)));
        assert_eq!(range.counters, [1, 99]);
    }
}

#[test]
fn an_announcement_is_as_long_as_a_hall_can_bear() {
    let voices = Voices::load(None).expect("the built-in voice");
    let seconds = |announcement| sound::length(&voices.render(&announcement).expect("all clips")).as_secs_f32();
    let (long, short) = (seconds(spoken(&[Language::En], Form::Long, 41)), seconds(spoken(&[Language::En], Form::Short, 17)));
    let both = seconds(spoken(&Language::ALL, Form::Long, 41));
    assert!((6.0..9.5).contains(&long), "{long}");
    assert!(short < 3600.0 / 420.0 && short < long - 1.0, "{short}");
    assert!((12.0..18.0).contains(&both), "{both}");
}

#[test]
fn a_rendered_announcement_is_neither_clipped_nor_clicking() {
    let voices = Voices::load(None).expect("the built-in voice");
    let samples = voices.render(&spoken(&Language::ALL, Form::Long, 7)).expect("all clips");
    assert!((0.3..0.99).contains(&sound::peak(&samples)));
    assert!(samples[0].abs() < 1e-3 && samples[samples.len() - 1].abs() < 1e-3);
    // A click is a jump next to silence; speech itself moves fast.
    for window in samples.windows(49) {
        if window[..48].iter().all(|sample| sample.abs() < 1e-4) {
            assert!(window[48].abs() < 0.02, "a click of {}", window[48]);
        }
    }
}

#[test]
fn every_agency_of_the_catalogue_has_its_notices_in_both_languages() {
    let catalogue = assets::catalogue("national").expect("it is embedded");
    let codes: Vec<&str> = catalogue.lines().skip_while(|line| *line != "[[agency]]").filter_map(code).collect();
    assert!(codes.len() > 30 && codes.contains(&"NTSA"));
    let pack = VoicePack::shipped().expect("it is built in");
    for range in pack.manifest().languages.values() {
        let spoken: Vec<&str> = range.agencies.iter().map(AgencyCode::as_str).collect();
        assert!(codes.iter().all(|code| spoken.contains(code)), "{spoken:?}");
    }
}

fn code(line: &str) -> Option<&str> {
    line.strip_prefix("code = \"")?.strip_suffix('"')
}

#[test]
fn a_notice_is_as_long_as_a_call_can_bear_to_wait() {
    let voices = Voices::load(None).expect("the built-in voice");
    for (alone, longest) in [(false, 17.0), (true, 22.0)] {
        for turn in Turn::ALL {
            let agency = AgencyCode::new("NTSA").expect("a code");
            let notice = Notice { notice: Seq(1), agency, alone, turn, languages: Language::ALL.to_vec() };
            let samples = voices.render(&Announcement::Notice(notice)).expect("all clips");
            let seconds = sound::length(&samples).as_secs_f32();
            assert!((8.0..longest).contains(&seconds), "{turn} {seconds}");
            assert!((0.3..0.99).contains(&sound::peak(&samples)));
        }
    }
}

#[test]
fn a_call_to_a_counter_without_a_short_clip_is_said_in_full() {
    let voices = Voices::load(None).expect("the built-in voice");
    let long = voices.render(&spoken(&[Language::En], Form::Long, 77)).expect("all clips");
    assert_eq!(voices.render(&spoken(&[Language::En], Form::Short, 77)).expect("all clips"), long);
}

#[test]
fn a_counter_beyond_the_clips_cannot_be_said() {
    let voices = Voices::load(None).expect("the built-in voice");
    assert!(voices.render(&spoken(&[Language::Sw], Form::Long, 100)).is_err());
}

#[test]
fn a_voice_of_ones_own_is_used_for_a_language_only_if_that_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path(), &["en", "sw"]);
    let built_in = Voices::load(None).expect("the built-in voice");
    let own = Voices::load(Some(folder.path())).expect("the built-in voice at least");
    for language in Language::ALL {
        assert_ne!(said(&own, language), said(&built_in, language));
    }

    fs::remove_file(folder.path().join("sw/p2_4.wav")).expect("it was recorded");
    let pack = VoicePack::open(folder.path()).expect("a manifest");
    let missing = Clip::Digit { language: Language::Sw, place: 2, digit: 4 };
    assert_eq!(check(&pack), [Fault { clip: missing, kind: FaultKind::Missing }]);

    let own = Voices::load(Some(folder.path())).expect("the built-in voice at least");
    assert_ne!(said(&own, Language::En), said(&built_in, Language::En));
    let chime = sound::RATE as usize * 2; // the chime is still the centre's own
    assert_eq!(said(&own, Language::Sw).split_off(chime), said(&built_in, Language::Sw).split_off(chime));
}

#[test]
fn a_folder_that_is_no_voice_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(VoicePack::open(folder.path()), Err(PackError::NoManifest { .. })));
    fs::write(folder.path().join("voicepack.json"), "{").expect("room");
    assert!(matches!(VoicePack::open(folder.path()), Err(PackError::BadManifest { .. })));
    fs::write(folder.path().join("voicepack.json"), r#"{"format":9,"name":"x","rate":48000,"languages":{}}"#).expect("room");
    assert!(matches!(VoicePack::open(folder.path()), Err(PackError::OtherFormat { format: 9, .. })));
    assert!(Voices::load(Some(folder.path())).is_ok(), "the built-in voice speaks");
}

fn said(voices: &Voices, language: Language) -> Vec<f32> {
    voices.render(&spoken(&[language], Form::Long, 2)).expect("all clips")
}

fn spoken(languages: &[Language], form: Form, counter: u16) -> Announcement {
    let call = Call {
        call: CallNumber(1),
        number: "J042".parse().expect("a ticket number"),
        counter: CounterId(counter),
        language: Language::En,
        recall: false,
    };
    Announcement::Spoken { call, languages: languages.to_vec(), form }
}

/// "Records" a small voice: a tone of the right length for each clip.
fn record(folder: &Path, tags: &[&str]) {
    let ranges: Vec<String> = tags.iter().map(|tag| format!(r#""{tag}":{{"letters":"J","counters":[1,3]}}"#)).collect();
    let manifest = format!(r#"{{"format":1,"name":"Test","rate":48000,"languages":{{{}}}}}"#, ranges.join(","));
    fs::write(folder.join("voicepack.json"), manifest).expect("room");
    for tag in tags {
        fs::create_dir(folder.join(tag)).expect("room");
    }
    let chime = built_in_chime_length();
    for clip in VoicePack::open(folder).expect("a manifest").promised() {
        write_tone(&folder.join(format!("{clip}.wav")), if clip == Clip::Chime { chime } else { 48_000 });
    }
}

/// As long as the built-in one, so that what follows lies at the same place.
fn built_in_chime_length() -> usize {
    VoicePack::shipped().expect("it is built in").recording(&Clip::Chime).expect("a chime").samples.len()
}

fn write_tone(path: &Path, count: usize) {
    let format = hound::WavSpec { channels: 1, sample_rate: 48_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(path, format).expect("room");
    for i in 0..count {
        let fade = (i.min(count - 1 - i) as f32 / 480.0).min(1.0);
        writer.write_sample((6_000.0 * fade * (i as f32 * 0.07).sin()) as i16).expect("room");
    }
    writer.finalize().expect("room");
    assert!(Duration::from_secs_f32(count as f32 / 48_000.0) > Duration::from_millis(120));
}
