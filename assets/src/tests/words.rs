//! Both languages say the same things, with the same variables, and say them in their own words.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{Language, Refusal};

use crate::text::{has, source};

/// Messages that are rightly the same in both languages: names, signs, figures, and words that Kiswahili shares.
const SAME: &[&str] = &[
    "board-p50",
    "board-p90",
    "common-app",
    "common-english",
    "common-fee-amount",
    "common-kiswahili",
    "common-report-lines",
    "display-report",
    "slip-report",
];

#[test]
fn both_languages_have_the_same_keys_in_the_same_order() {
    let keys = |language| messages(language).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys(Language::En), keys(Language::Sw));
}

#[test]
fn both_languages_use_the_same_variables() {
    let kiswahili: BTreeMap<String, String> = messages(Language::Sw).into_iter().collect();
    for (key, english) in messages(Language::En) {
        assert_eq!(variables(&english), variables(&kiswahili[&key]), "{key}");
    }
}

#[test]
fn kiswahili_is_not_english_left_over() {
    let kiswahili: BTreeMap<String, String> = messages(Language::Sw).into_iter().collect();
    for (key, english) in messages(Language::En) {
        let same = english == kiswahili[&key];
        let no_word = !english.chars().any(char::is_alphabetic) || key.starts_with("counter-key-");
        assert_eq!(same && !no_word, SAME.contains(&key.as_str()), "{key}: {english}");
    }
}

#[test]
fn every_message_is_plain_and_quiet() {
    for language in Language::ALL {
        for (key, value) in messages(language) {
            assert!(!value.is_empty(), "{key} says nothing");
            assert!(!value.contains('!'), "{key} shouts: {value}");
            let lower = value.to_lowercase();
            for word in ["error", "please wait", "sorry", "apologi", "namba "] {
                assert!(!lower.contains(word), "{key} says “{word}”: {value}");
            }
        }
    }
}

#[test]
fn every_refusal_has_words() {
    for refusal in Refusal::ALL {
        let key = format!("refusal-{refusal}");
        assert!(Language::ALL.into_iter().all(|language| has(language, &key)), "{key}");
    }
}

#[test]
fn every_day_and_month_has_its_name() {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| format!("day-{day}"));
    let months = (1..=12).map(|month| format!("month-{month}"));
    for key in days.iter().cloned().chain(days.iter().map(|day| format!("{day}-short"))).chain(months) {
        assert!(has(Language::En, &key), "{key}");
    }
}

/// Returns the messages of a language as written: keys and their one-line values.
fn messages(language: Language) -> Vec<(String, String)> {
    let source = source(language);
    let lines = source.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (key, value) = line.split_once(" = ").unwrap_or_else(|| panic!("a message is one line: {line}"));
            (key.to_owned(), value.to_owned())
        })
        .collect()
}

fn variables(value: &str) -> BTreeSet<&str> {
    value.split("{ $").skip(1).filter_map(|rest| rest.split(" }").next()).collect()
}
