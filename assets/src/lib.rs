//! Everything that is embedded in the binaries: pages, text, icons, fonts, voices, the catalogue, example centres.

pub mod text;

use std::borrow::Cow;

use rust_embed::RustEmbed;

/// Pages: HTML, style sheets and ES modules.
#[derive(RustEmbed)]
#[folder = "pages/"]
pub struct Pages;

/// Text: one Fluent file per language.
#[derive(RustEmbed)]
#[folder = "text/"]
#[include = "*.ftl"]
pub struct Text;

/// Pictograms, with their licence.
#[derive(RustEmbed)]
#[folder = "icons/"]
pub struct Icons;

/// Fonts, with their licence.
#[derive(RustEmbed)]
#[folder = "fonts/"]
#[exclude = "*.py"]
pub struct Fonts;

/// The hall's voices: one folder of clips each, with manifest and licence.
#[derive(RustEmbed)]
#[folder = "voices/"]
#[exclude = "*.py"]
#[exclude = "kiosk/*"]
pub struct Voices;

/// What the kiosk says, clip by clip, with its list and licence. It is apart from the hall's voices, so that only the kiosk carries it.
#[derive(RustEmbed)]
#[folder = "voices/kiosk/"]
pub struct KioskVoice;

/// Example centres, and the demand that the demo plays on them.
#[derive(RustEmbed)]
#[folder = "centres/"]
#[include = "*.toml"]
pub struct Centres;

/// The national catalogue of services.
#[derive(RustEmbed)]
#[folder = "catalogue/"]
#[include = "*.toml"]
pub struct Catalogue;

/// Returns the TOML of an example centre, such as `mombasa`; `demand` is the demo's demand.
pub fn centre(name: &str) -> Option<Cow<'static, str>> {
    toml_of(Centres::get(&format!("{name}.toml")))
}

/// Returns the TOML of a catalogue, such as `national`.
pub fn catalogue(name: &str) -> Option<Cow<'static, str>> {
    toml_of(Catalogue::get(&format!("{name}.toml")))
}

/// Returns the names of the example centres, in alphabetical order.
pub fn centre_names() -> Vec<String> {
    let stem = |file: Cow<'static, str>| file.strip_suffix(".toml").map(str::to_owned);
    let mut names: Vec<String> = Centres::iter().filter_map(stem).filter(|name| name != DEMAND).collect();
    names.sort();
    names
}

/// The file beside the centres that is not one.
const DEMAND: &str = "demand";

fn toml_of(file: Option<rust_embed::EmbeddedFile>) -> Option<Cow<'static, str>> {
    match file?.data {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

#[cfg(test)]
mod tests;
