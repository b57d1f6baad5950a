//! The words of the product in every language, from the same Fluent files that the pages read.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use protocol::Language;
use protocol::ticket::Text as Words;
use unic_langid::LanguageIdentifier;

use crate::Text;

type Bundle = FluentBundle<FluentResource>;

/// Returns a message with its variables filled in, such as `message(Language::Sw, "display-proceed", &[("counter", "7")])`.
///
/// A key that is not in the file comes back as it is, and a variable that is not given comes back as `{$name}`: a word is missing on
/// a screen, but the screen stands.
pub fn message(language: Language, key: &str, variables: &[(&str, &str)]) -> String {
    let bundle = bundle(language);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let arguments: FluentArgs<'_> = variables.iter().map(|(name, value)| (*name, FluentValue::from(*value))).collect();
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned()
}

/// Returns the same message in every language of the product.
pub fn both(key: &str, variables: &[(&str, &str)]) -> Words {
    Words { en: message(Language::En, key, variables), sw: message(Language::Sw, key, variables) }
}

/// Returns whether a language has words for this key.
pub fn has(language: Language, key: &str) -> bool {
    bundle(language).has_message(key)
}

/// Returns the source of a language's Fluent file.
pub(crate) fn source(language: Language) -> String {
    let file = Text::get(&format!("{}.ftl", language.tag())).expect("every language has its file");
    String::from_utf8(file.data.into_owned()).expect("the text files are UTF-8")
}

fn bundle(language: Language) -> &'static Bundle {
    static ENGLISH: OnceLock<Bundle> = OnceLock::new();
    static KISWAHILI: OnceLock<Bundle> = OnceLock::new();
    let cell = match language {
        Language::En => &ENGLISH,
        Language::Sw => &KISWAHILI,
    };
    cell.get_or_init(|| parse(language))
}

/// Parses a language's file; the files are part of the build and the tests read every line of them.
fn parse(language: Language) -> Bundle {
    let resource = FluentResource::try_new(source(language)).expect("the text files are well formed");
    let identifier: LanguageIdentifier = language.tag().parse().expect("a language's tag is well formed");
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).expect("no key appears twice");
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_without_invisible_marks() {
        assert_eq!(message(Language::En, "display-proceed", &[("counter", "7")]), "Please go to counter 7");
        assert_eq!(message(Language::Sw, "display-proceed", &[("counter", "7")]), "Tafadhali nenda kaunta 7");
    }

    #[test]
    fn a_number_keeps_its_noughts() {
        assert_eq!(message(Language::Sw, "admin-journal-ticket", &[("number", "J007")]), "Kwa nini J007 iliitwa wakati huo?");
        assert_eq!(message(Language::En, "common-counter-number", &[("counter", "007")]), "Counter 007");
    }

    #[test]
    fn a_missing_key_comes_back_as_it_is() {
        assert_eq!(message(Language::En, "no-such-key", &[]), "no-such-key");
        assert!(!has(Language::En, "no-such-key"));
    }

    #[test]
    fn a_missing_variable_leaves_the_sentence_standing() {
        assert_eq!(message(Language::En, "display-proceed", &[]), "Please go to counter {$counter}");
    }

    #[test]
    fn both_languages_come_together() {
        let text = both("slip-title", &[]);
        assert_eq!((text.en.as_str(), text.sw.as_str()), ("TICKET", "TIKETI"));
    }
}
