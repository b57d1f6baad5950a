//! A voice is a folder: `voicepack.json`, `chime.ogg` and clips by language, as OGG Vorbis or WAV; one is built in.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use protocol::{AgencyCode, Language};
use serde::Deserialize;
use tracing::warn;

use super::announcement::{AFTER_CHIME_MS, Announcement, Call, Clip, Form, Notice, Step, Turn, notice_sentence, pause, sentence};
use super::check::{Fault, check};
use super::sound::{self, BadFile, Recording};

const MANIFEST: &str = "voicepack.json";
const SHIPPED: &str = "emma";
const FORMAT: u32 = 1;

/// A voice's folder that cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The manifest is not there.
    #[error("could not read {MANIFEST} of the voice in {place}")]
    NoManifest {
        /// The folder.
        place: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The manifest is not understood.
    #[error("could not understand {MANIFEST} of the voice in {place}")]
    BadManifest {
        /// The folder.
        place: String,
        /// Where it breaks off.
        #[source]
        source: serde_json::Error,
    },
    /// The manifest is of a later or unknown format.
    #[error("the voice in {place} has format {format}; this program reads {FORMAT}")]
    OtherFormat {
        /// The folder.
        place: String,
        /// What it says.
        format: u32,
    },
}

/// A clip that cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    /// There is no such file.
    #[error("{0} is missing")]
    Missing(Clip),
    /// The file is not what its name says.
    #[error("{clip} could not be read")]
    Unreadable {
        /// The clip.
        clip: Clip,
        /// Why.
        #[source]
        source: BadFile,
    },
}

/// What a voice says it can say.
#[derive(Clone, Debug, Deserialize)]
pub struct Manifest {
    /// Of the manifest itself.
    pub format: u32,
    /// What the voice is called.
    pub name: String,
    /// Samples per second of every clip.
    pub rate: u32,
    /// By language tag. Tags that this program does not know are left alone.
    pub languages: BTreeMap<String, Range>,
}

/// The letters, counters and agencies of one language.
#[derive(Clone, Debug, Deserialize)]
pub struct Range {
    /// Letters, each of them a ticket prefix.
    pub letters: String,
    /// First and last counter.
    pub counters: [u16; 2],
    /// First and last counter of the short form, if it is there.
    #[serde(default)]
    pub short_counters: Option<[u16; 2]>,
    /// Agencies about whose services notices can be spoken; none in a voice that has no notices.
    #[serde(default)]
    pub agencies: Vec<AgencyCode>,
}

/// One voice.
#[derive(Debug)]
pub struct VoicePack {
    manifest: Manifest,
    clips: Clips,
}

#[derive(Debug)]
enum Clips {
    BuiltIn,
    Folder(PathBuf),
}

/// The centre's own voice, if it has one, and the built-in one behind it.
#[derive(Debug)]
pub struct Voices {
    own: Option<OwnVoice>,
    shipped: VoicePack,
}

#[derive(Debug)]
struct OwnVoice {
    pack: VoicePack,
    sound: BTreeSet<Language>,
    chime: bool,
}

/// No voice has all clips of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no voice can say this in {}", .0.tag())]
pub struct Unspeakable(pub Language);

impl VoicePack {
    /// Returns the built-in voice.
    pub fn shipped() -> Result<VoicePack, PackError> {
        let place = format!("the program ({SHIPPED})");
        let bytes = built_in(MANIFEST)
            .ok_or_else(|| PackError::NoManifest { place: place.clone(), source: std::io::ErrorKind::NotFound.into() })?;
        Ok(VoicePack { manifest: read_manifest(&bytes, place)?, clips: Clips::BuiltIn })
    }

    /// Opens a folder.
    pub fn open(folder: &Path) -> Result<VoicePack, PackError> {
        let place = folder.display().to_string();
        let bytes = std::fs::read(folder.join(MANIFEST)).map_err(|source| PackError::NoManifest { place: place.clone(), source })?;
        Ok(VoicePack { manifest: read_manifest(&bytes, place)?, clips: Clips::Folder(folder.to_owned()) })
    }

    /// Returns what the voice says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns the languages of the voice.
    pub fn languages(&self) -> Vec<Language> {
        let spoken = |language: &Language| self.manifest.languages.contains_key(language.tag());
        Language::ALL.into_iter().filter(spoken).collect()
    }

    /// Returns every clip that the manifest promises.
    pub fn promised(&self) -> Vec<Clip> {
        let mut clips = vec![Clip::Chime];
        for language in self.languages() {
            clips.extend(self.manifest.languages.get(language.tag()).into_iter().flat_map(|range| range.clips(language)));
        }
        clips
    }

    /// Reads a clip.
    pub fn recording(&self, clip: &Clip) -> Result<Recording, ClipError> {
        let unreadable = |source| ClipError::Unreadable { clip: clip.clone(), source };
        if let Some(bytes) = self.bytes(&format!("{clip}.ogg")) {
            return sound::read_ogg(bytes.into_owned()).map_err(unreadable);
        }
        if let Some(bytes) = self.bytes(&format!("{clip}.wav")) {
            return sound::read_wav(bytes.into_owned()).map_err(unreadable);
        }
        Err(ClipError::Missing(clip.clone()))
    }

    /// Says a call in one language, long if the short form is not there; nothing if any clip is not there.
    fn say(&self, call: &Call, language: Language, form: Form) -> Option<Vec<f32>> {
        let range = self.manifest.languages.get(language.tag())?;
        if !range.letters.contains(call.number.letter) {
            return None;
        }
        let short = form == Form::Short && range.short_counters.is_some_and(|counters| within(counters, call.counter.0));
        let form = if short { Form::Short } else { Form::Long };
        if form == Form::Long && !within(range.counters, call.counter.0) {
            return None;
        }
        self.joined(&sentence(call, language, form)).inspect_err(|error| warn!(%error, "a clip of a voice is bad")).ok()
    }

    /// Says a notice in one language; nothing if its clips are not there.
    fn say_notice(&self, notice: &Notice, language: Language) -> Option<Vec<f32>> {
        let range = self.manifest.languages.get(language.tag())?;
        if !range.agencies.contains(&notice.agency) {
            return None;
        }
        self.joined(&notice_sentence(notice, language)).inspect_err(|error| warn!(%error, "a clip of a voice is bad")).ok()
    }

    fn joined(&self, steps: &[Step]) -> Result<Vec<f32>, ClipError> {
        let mut joined = Vec::new();
        for step in steps {
            match step {
                Step::Clip(clip) => sound::append(&mut joined, &self.recording(clip)?.samples),
                Step::Gap { milliseconds } => {
                    sound::append_silence(&mut joined, Duration::from_millis((*milliseconds).into()));
                }
            }
        }
        Ok(joined)
    }

    fn bytes(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match &self.clips {
            Clips::BuiltIn => built_in(name),
            Clips::Folder(folder) => std::fs::read(folder.join(name)).ok().map(Cow::Owned),
        }
    }
}

impl Voices {
    /// Loads the built-in voice and, if a folder is named, the centre's own. A language of the own voice with any fault is
    /// not used: the built-in voice speaks it, so that the voice never changes in the middle of a sentence.
    pub fn load(own: Option<&Path>) -> Result<Voices, PackError> {
        let shipped = VoicePack::shipped()?;
        let own =
            own.and_then(|folder| VoicePack::open(folder).inspect_err(|error| warn!(%error, "the centre's own voice is not used")).ok());
        Ok(Voices { own: own.map(OwnVoice::judged), shipped })
    }

    /// Returns the whole announcement as one piece of sound.
    pub fn render(&self, announcement: &Announcement) -> Result<Vec<f32>, Unspeakable> {
        let mut rendered = self.chime();
        sound::append_silence(&mut rendered, Duration::from_millis(AFTER_CHIME_MS.into()));
        let said = match announcement {
            Announcement::Spoken { call, languages, form } => {
                let say = |language: &Language| self.say(call, *language, *form).ok_or(Unspeakable(*language));
                languages.iter().map(say).collect::<Result<Vec<_>, _>>()?
            }
            Announcement::Notice(notice) => self.say_notice(notice),
            Announcement::Chime { .. } => Vec::new(),
        };
        for (index, sentence) in said.into_iter().enumerate() {
            if index > 0 {
                append_pause(&mut rendered);
            }
            rendered.extend(sentence);
        }
        append_pause(&mut rendered);
        Ok(rendered)
    }

    /// Returns the notice in each of its languages that can say it: a call must be understood, a notice also stands on the
    /// screen, to which the chime sends eyes.
    fn say_notice(&self, notice: &Notice) -> Vec<Vec<f32>> {
        let own = |language| self.own.as_ref().filter(|own| own.sound.contains(&language));
        let say = |language: &Language| {
            let said = own(*language).and_then(|own| own.pack.say_notice(notice, *language));
            let said = said.or_else(|| self.shipped.say_notice(notice, *language));
            if said.is_none() {
                warn!(agency = %notice.agency, language = language.tag(), "no voice has the clips of a notice: it is chimed and shown");
            }
            said
        };
        notice.languages.iter().filter_map(say).collect()
    }

    fn say(&self, call: &Call, language: Language, form: Form) -> Option<Vec<f32>> {
        let own = self.own.as_ref().filter(|own| own.sound.contains(&language));
        own.and_then(|own| own.pack.say(call, language, form)).or_else(|| self.shipped.say(call, language, form))
    }

    fn chime(&self) -> Vec<f32> {
        let pack = self.own.as_ref().filter(|own| own.chime).map_or(&self.shipped, |own| &own.pack);
        pack.joined(&[Step::Clip(Clip::Chime)]).inspect_err(|error| warn!(%error, "there is no chime")).unwrap_or_default()
    }
}

impl OwnVoice {
    fn judged(pack: VoicePack) -> OwnVoice {
        let faults = check(&pack);
        let faulty = |language: Language| faults.iter().any(|fault| fault.clip.language() == Some(language));
        for fault in &faults {
            warn!(%fault, "a fault of the centre's own voice");
        }
        let sound = pack.languages().into_iter().filter(|language| !faulty(*language)).collect();
        let chime = !faults.iter().any(|fault: &Fault| fault.clip == Clip::Chime);
        OwnVoice { pack, sound, chime }
    }
}

impl Range {
    fn clips(&self, language: Language) -> Vec<Clip> {
        let mut clips: Vec<Clip> = self.letters.chars().map(|letter| Clip::Ticket(language, letter)).collect();
        clips.extend((1..=3).flat_map(|place| (0..=9).map(move |digit| Clip::Digit { language, place, digit })));
        let [first, last] = self.counters;
        clips.extend((first..=last).map(|counter| Clip::Counter(language, counter)));
        if let Some([first, last]) = self.short_counters {
            clips.extend(self.letters.chars().map(|letter| Clip::ShortTicket(language, letter)));
            clips.extend((first..=last).map(|counter| Clip::ShortCounter(language, counter)));
        }
        if !self.agencies.is_empty() {
            clips.extend(self.agencies.iter().map(|agency| Clip::Agency(language, agency.clone())));
            let turns = Turn::ALL.into_iter().flat_map(|turn| [(turn, false), (turn, true)]);
            clips.extend(turns.map(|(turn, alone)| Clip::Notice { language, turn, alone }));
        }
        clips
    }
}

fn within([first, last]: [u16; 2], counter: u16) -> bool {
    (first..=last).contains(&counter)
}

fn append_pause(sound: &mut Vec<f32>) {
    if let Step::Gap { milliseconds } = pause() {
        sound::append_silence(sound, Duration::from_millis(milliseconds.into()));
    }
}

fn built_in(name: &str) -> Option<Cow<'static, [u8]>> {
    assets::Voices::get(&format!("{SHIPPED}/{name}")).map(|file| file.data)
}

fn read_manifest(bytes: &[u8], place: String) -> Result<Manifest, PackError> {
    let manifest: Manifest = serde_json::from_slice(bytes).map_err(|source| PackError::BadManifest { place: place.clone(), source })?;
    match manifest.format {
        FORMAT => Ok(manifest),
        format => Err(PackError::OtherFormat { place, format }),
    }
}
