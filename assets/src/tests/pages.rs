//! The pages ask only for words and icons that are there.

use std::collections::BTreeSet;

use protocol::Language;

use crate::text::has;
use crate::{Icons, Pages};

#[test]
fn every_word_that_a_page_asks_for_is_there() {
    for (page, source) in scripts() {
        for call in ["t(\"", "textOf(\"", "both(\"", "bothLine(\""] {
            for key in arguments(&source, call) {
                assert!(has(Language::En, key), "{page} asks for “{key}”");
            }
        }
    }
}

#[test]
fn every_icon_that_a_page_asks_for_is_there() {
    let icons: BTreeSet<String> = Icons::iter().map(|file| file.trim_end_matches(".svg").to_owned()).collect();
    for (page, source) in scripts() {
        for call in ["icon(\"", "loadIcons(\"", "<${Icon} name=\""] {
            for name in arguments(&source, call) {
                assert!(icons.contains(name), "{page} asks for the icon “{name}”");
            }
        }
    }
}

/// Returns our own scripts, without the vendored one.
fn scripts() -> Vec<(String, String)> {
    let ours = Pages::iter().filter(|name| name.ends_with(".js") && !name.starts_with("vendor/"));
    ours.map(|name| {
        let file = Pages::get(&name).expect("it was listed");
        (name.into_owned(), String::from_utf8(file.data.into_owned()).expect("a script is UTF-8"))
    })
    .collect()
}

/// Returns the first string of every call, where it is written out.
fn arguments<'a>(source: &'a str, call: &'a str) -> impl Iterator<Item = &'a str> {
    source.match_indices(call).filter_map(move |(at, _)| {
        let before = source[..at].chars().next_back();
        let whole = call.starts_with('<') || !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
        let rest = &source[at + call.len()..];
        rest.split('"').next().filter(|key| whole && !key.contains(['\n', ' ']))
    })
}
