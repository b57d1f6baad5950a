//! Joins Arabic letters and sets them from right to left, for fonts whose joined forms have code points of their own.
//!
//! It knows the letters of Arabic itself. Marks for vowels are left out, as on signs; words in other letters between Arabic ones keep
//! their own direction and place.

/// How a letter joins: its form alone is the first of its forms, then at the end, and, where it joins both sides, at the beginning
/// and in the middle.
#[derive(Clone, Copy)]
struct Joins {
    first_form: u32,
    both_sides: bool,
}

/// Returns the text as it is drawn from left to right; a text without Arabic letters is returned as it is.
pub fn set(text: &str) -> String {
    if !text.chars().any(is_arabic) {
        return text.to_owned();
    }
    let words: Vec<&str> = text.split(' ').collect();
    let mut line: Vec<String> = Vec::with_capacity(words.len());
    for run in words.chunk_by(|before, after| is_arabic_word(before) == is_arabic_word(after)) {
        match is_arabic_word(run[0]) {
            true => line.extend(run.iter().rev().map(|word| joined(word).chars().rev().collect())),
            false => line.extend(run.iter().map(|word| (*word).to_owned())),
        }
    }
    line.join(" ")
}

fn is_arabic_word(word: &str) -> bool {
    word.chars().any(is_arabic)
}

fn is_arabic(c: char) -> bool {
    joins(c).is_some()
}

/// Returns a word in its joined forms, still in the order of reading.
fn joined(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(|&c| !is_vowel_mark(c)).collect();
    let mut forms = String::new();
    let mut place = 0;
    // Whether the letter before reaches over to this one.
    let mut held = false;
    while let Some(&letter) = letters.get(place) {
        let next = letters.get(place + 1).copied();
        if let Some(form) = next.and_then(|next| lam_alef(letter, next)) {
            forms.extend(char::from_u32(form + u32::from(held)));
            held = false;
            place += 2;
            continue;
        }
        let Some(Joins { first_form, both_sides }) = joins(letter) else {
            forms.push(letter);
            held = false;
            place += 1;
            continue;
        };
        let takes = first_form != HAMZA;
        let reaches = both_sides && next.and_then(joins).is_some_and(|next| next.first_form != HAMZA);
        let form = match (held && takes, reaches) {
            (false, false) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (true, true) => 3,
        };
        forms.extend(char::from_u32(first_form + form));
        held = reaches;
        place += 1;
    }
    forms
}

const HAMZA: u32 = 0xfe80;

fn is_vowel_mark(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{652}' | '\u{640}' | '\u{670}')
}

/// The ligature that lam and alef must make.
fn lam_alef(lam: char, alef: char) -> Option<u32> {
    match (lam, alef) {
        ('\u{644}', '\u{622}') => Some(0xfef5),
        ('\u{644}', '\u{623}') => Some(0xfef7),
        ('\u{644}', '\u{625}') => Some(0xfef9),
        ('\u{644}', '\u{627}') => Some(0xfefb),
        _ => None,
    }
}

/// How each letter joins, U+0621 to U+064A.
fn joins(c: char) -> Option<Joins> {
    let right = |first_form| Some(Joins { first_form, both_sides: false });
    let both = |first_form| Some(Joins { first_form, both_sides: true });
    match c {
        '\u{621}' => right(HAMZA),
        '\u{622}' => right(0xfe81),
        '\u{623}' => right(0xfe83),
        '\u{624}' => right(0xfe85),
        '\u{625}' => right(0xfe87),
        '\u{626}' => both(0xfe89),
        '\u{627}' => right(0xfe8d),
        '\u{628}' => both(0xfe8f),
        '\u{629}' => right(0xfe93),
        '\u{62a}' => both(0xfe95),
        '\u{62b}' => both(0xfe99),
        '\u{62c}' => both(0xfe9d),
        '\u{62d}' => both(0xfea1),
        '\u{62e}' => both(0xfea5),
        '\u{62f}' => right(0xfea9),
        '\u{630}' => right(0xfeab),
        '\u{631}' => right(0xfead),
        '\u{632}' => right(0xfeaf),
        '\u{633}'..='\u{63a}' => both(0xfeb1 + 4 * (c as u32 - 0x633)),
        '\u{641}'..='\u{647}' => both(0xfed1 + 4 * (c as u32 - 0x641)),
        '\u{648}' => right(0xfeed),
        '\u{649}' => right(0xfeef),
        '\u{64a}' => both(0xfef1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_take_the_form_of_their_place_and_stand_from_right_to_left() {
        // Muhammad: meem at the beginning, hah and meem in the middle, dal at the end.
        assert_eq!(set("محمد"), "\u{feaa}\u{fee4}\u{fea4}\u{fee3}");
        // Dar: alef and reh do not reach over to what follows them.
        assert_eq!(set("دار"), "\u{fead}\u{fe8d}\u{fea9}");
        // Salaam: lam and alef make one.
        assert_eq!(set("سلام"), "\u{fee1}\u{fefc}\u{feb3}");
    }

    #[test]
    fn words_of_other_letters_keep_their_direction_and_place() {
        assert_eq!(set("Ground floor"), "Ground floor");
        let line = set("Garissa دار سلام GPO 2");
        assert!(line.starts_with("Garissa \u{fee1}") && line.ends_with("\u{fea9} GPO 2"), "{line}");
    }

    #[test]
    fn every_letter_has_a_form_in_the_font() {
        for code in 0x621..=0x64a {
            let letter = char::from_u32(code).expect("a letter");
            for word in [format!("{letter}"), format!("ب{letter}"), format!("{letter}ب"), format!("ب{letter}ب")] {
                assert!(crate::letters::strange(&word).is_empty() || joins(letter).is_none(), "{word} {code:x}");
            }
        }
    }
}
