//! What the kiosk says is what its screens show, and every clip is there.

use std::collections::{BTreeMap, BTreeSet};

use protocol::Language;
use serde::Deserialize;

use crate::text::{has, message};
use crate::{KioskVoice, catalogue};

/// More would make the kiosk's program, and each new one sent to a centre, needlessly heavy.
const BYTES_MAX: usize = 8 * 1024 * 1024;

#[derive(Deserialize)]
struct List {
    languages: BTreeMap<String, Spoken>,
}

#[derive(Deserialize)]
struct Spoken {
    review: String,
    /// What the screens show and no clip says yet.
    not_spoken: BTreeSet<String>,
    clips: BTreeMap<String, Clip>,
}

#[derive(Deserialize)]
struct Clip {
    text: String,
    also: Option<String>,
    seconds: f64,
}

impl Spoken {
    fn says(&self, text: &str) -> bool {
        self.clips.values().any(|clip| clip.text == text) || self.not_spoken.contains(text)
    }
}

#[test]
fn every_name_of_the_catalogue_is_said_as_it_is_written_or_listed_as_not_said() {
    let national: toml::Table = catalogue("national").expect("the catalogue is embedded").parse().expect("the catalogue is TOML");
    for language in Language::ALL {
        let spoken = spoken(language);
        for kind in ["group", "agency", "service"] {
            for entry in entries(&national, kind) {
                let name = entry[&format!("name_{}", language.tag())].as_str().expect("a name is text");
                assert!(spoken.says(name), "{kind} “{name}” has another name than its clip: see tests/voice/README.md");
            }
        }
        for service in entries(&national, "service") {
            for paper in service["documents"].as_array().expect("documents are a list") {
                let name = paper[language.tag()].as_str().expect("a document is text");
                assert!(spoken.says(name), "the document “{name}” has another name than its clip");
            }
        }
    }
}

#[test]
fn every_group_and_every_service_has_its_clip() {
    let national: toml::Table = catalogue("national").expect("the catalogue is embedded").parse().expect("the catalogue is TOML");
    for language in Language::ALL {
        let spoken = spoken(language);
        for entry in entries(&national, "group").chain(entries(&national, "service")) {
            let name = entry[&format!("name_{}", language.tag())].as_str().expect("a name is text");
            assert!(!spoken.not_spoken.contains(name), "{} has no clip for “{name}”", language.tag());
        }
    }
}

#[test]
fn a_word_of_the_screens_is_said_as_the_screens_have_it() {
    for language in Language::ALL {
        for (name, clip) in spoken(language).clips {
            if has(language, &name) {
                assert_eq!(clip.text, message(language, &name, &[]), "{}/{name}", language.tag());
            }
        }
    }
}

#[test]
fn every_clip_is_there_once_and_is_a_sound() {
    for language in Language::ALL {
        let listed: BTreeSet<String> = spoken(language).clips.keys().map(|name| format!("{}/{name}.ogg", language.tag())).collect();
        let embedded: BTreeSet<String> =
            KioskVoice::iter().filter(|file| file.starts_with(language.tag())).map(|file| file.into_owned()).collect();
        assert_eq!(listed, embedded);
        for (name, clip) in spoken(language).clips {
            let file = KioskVoice::get(&format!("{}/{name}.ogg", language.tag())).expect("it was listed");
            assert!(file.data.starts_with(b"OggS"), "{name}");
            assert!((0.15..15.0).contains(&clip.seconds), "{name} lasts {} s", clip.seconds);
            assert!(!clip.text.is_empty() && clip.also.as_ref() != Some(&clip.text), "{name}");
        }
    }
}

#[test]
fn the_clips_are_small_enough_to_be_carried() {
    let bytes: usize = KioskVoice::iter().filter_map(|file| KioskVoice::get(&file)).map(|file| file.data.len()).sum();
    assert!(bytes <= BYTES_MAX, "{bytes} bytes");
}

#[test]
fn the_kiosks_voice_says_who_has_heard_it_and_brings_its_licence() {
    assert_eq!(spoken(Language::Sw).review, "awaiting a native listener");
    assert_eq!(spoken(Language::En).review, "heard by recognisers");
    for file in ["LICENSE", "NOTICE"] {
        assert!(KioskVoice::get(file).is_some(), "{file}");
    }
}

fn spoken(language: Language) -> Spoken {
    let file = KioskVoice::get("speech.json").expect("the list is embedded");
    let mut list: List = serde_json::from_slice(&file.data).expect("the list can be read");
    list.languages.remove(language.tag()).expect("the list has every language")
}

fn entries<'a>(national: &'a toml::Table, kind: &str) -> impl Iterator<Item = &'a toml::Value> {
    national[kind].as_array().expect("the catalogue has lists").iter()
}
