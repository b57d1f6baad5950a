//! Filters text on its way to paper: nothing that a printer could take for a command gets through.

/// Longer texts are cut here; the longest name of a service is a third of it.
const LENGTH_MAX: usize = 200;

/// Which letters a printer's own font is trusted to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Letters {
    /// ASCII only; every printer has it.
    #[default]
    Ascii,
    /// Western European letters, code page 1252.
    Latin,
}

/// Returns the text as one line without control, formatting or direction characters, of bounded length.
pub fn clean(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let start = line.len();
        for c in word.chars().filter(|&c| !is_invisible(c)) {
            let one = line[start..].chars().next_back().and_then(|base| composed(base, c));
            if one.is_some() {
                line.pop();
            }
            line.push(one.unwrap_or(c));
        }
        if line.len() > start {
            line.push(' ');
        }
    }
    line.truncate(line.trim_end().len());
    match line.char_indices().nth(LENGTH_MAX) {
        Some((end, _)) => line[..end].trim_end().to_owned(),
        None => line,
    }
}

/// Returns the one letter of a letter and the mark over it, as some keyboards type them; for those that names here need.
fn composed(base: char, mark: char) -> Option<char> {
    let (bases, letters) = match mark {
        '\u{300}' => ("aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
        '\u{301}' => ("aeiouAEIOUcnsz", "áéíóúÁÉÍÓÚćńśź"),
        '\u{302}' => ("aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
        '\u{303}' => ("aionuAIONUeE", "ãĩõñũÃĨÕÑŨẽẼ"),
        '\u{308}' => ("aeiouAEIOU", "äëïöüÄËÏÖÜ"),
        _ => return None,
    };
    bases.chars().zip(letters.chars()).find(|(plain, _)| *plain == base).map(|(_, letter)| letter)
}

/// Characters that show nothing but change how the rest is shown, and those that mean nothing.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffd}' | '\u{e0000}'..='\u{e0fff}'
            | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}'
    )
}

/// Returns the text with only those letters that the printer's own font is trusted to have.
pub fn spell(text: &str, letters: Letters) -> String {
    let mut spelt = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match letters {
            Letters::Latin if is_latin(c) => spelt.push(c),
            Letters::Latin | Letters::Ascii => push_ascii(c, &mut spelt),
        }
    }
    spelt
}

/// Tells whether the printer's own font shows a text as it is meant: all letters as they are, and other signs at least by a plain one
/// that everybody takes for the same. A letter without its accent is another name.
pub fn can_type(text: &str, letters: Letters) -> bool {
    text.chars().all(|c| match letters {
        _ if c.is_ascii() => true,
        Letters::Latin if is_latin(c) => true,
        Letters::Latin | Letters::Ascii => {
            let mut plain = String::new();
            push_ascii(c, &mut plain);
            !c.is_alphanumeric() && !('\u{300}'..='\u{36f}').contains(&c) && plain != "?"
        }
    })
}

/// The part of code page 1252 where a byte is the character's own number.
fn is_latin(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{a1}'..='\u{ff}')
}

/// Appends the nearest ASCII spelling of a character, or a question mark.
pub fn push_ascii(c: char, spelt: &mut String) {
    match c {
        ' '..='~' => spelt.push(c),
        'à'..='å' | 'ā' | 'ă' | 'ą' => spelt.push('a'),
        'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => spelt.push('A'),
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => spelt.push('e'),
        'È'..='Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' => spelt.push('E'),
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ɨ' => spelt.push('i'),
        'Ì'..='Ï' | 'Ĩ' | 'Ī' | 'Ĭ' | 'Į' | 'İ' => spelt.push('I'),
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => spelt.push('o'),
        'Ò'..='Ö' | 'Ø' | 'Ō' | 'Ŏ' | 'Ő' => spelt.push('O'),
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ʉ' => spelt.push('u'),
        'Ù'..='Ü' | 'Ũ' | 'Ū' | 'Ŭ' | 'Ů' | 'Ű' | 'Ų' => spelt.push('U'),
        'ç' | 'ć' | 'č' => spelt.push('c'),
        'Ç' | 'Ć' | 'Č' => spelt.push('C'),
        'ñ' | 'ń' | 'ň' => spelt.push('n'),
        'Ñ' | 'Ń' | 'Ň' => spelt.push('N'),
        'ŋ' => spelt.push_str("ng'"),
        'š' | 'ś' => spelt.push('s'),
        'Š' | 'Ś' => spelt.push('S'),
        'ž' | 'ź' | 'ż' => spelt.push('z'),
        'Ž' | 'Ź' | 'Ż' => spelt.push('Z'),
        'ý' | 'ÿ' => spelt.push('y'),
        'Ý' | 'Ÿ' => spelt.push('Y'),
        'ß' => spelt.push_str("ss"),
        'æ' => spelt.push_str("ae"),
        'Æ' => spelt.push_str("AE"),
        'œ' => spelt.push_str("oe"),
        'Œ' => spelt.push_str("OE"),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '·' | '•' | '∙' => spelt.push('-'),
        '‘' | '’' | '‚' | '‛' | 'ʼ' | 'ʻ' | '´' | '′' => spelt.push('\''),
        '“' | '”' | '„' | '«' | '»' | '″' => spelt.push('"'),
        '…' => spelt.push_str("..."),
        '→' => spelt.push_str("->"),
        '×' => spelt.push('x'),
        '\u{300}'..='\u{36f}' => {}
        _ => spelt.push('?'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_gets_through() {
        let text = "Birth\x1b@\x1dV1 cert\x10\x04\x01ificate\r\n\tslip\u{7f}\u{85}\u{9b}";
        for line in [clean(text), spell(text, Letters::Ascii), spell(text, Letters::Latin)] {
            assert!(!line.chars().any(char::is_control), "{line:?}");
        }
        assert_eq!(clean("a\x1b@b\r\nc"), "a @b c");
    }

    #[test]
    fn no_single_character_becomes_a_control_character() {
        let all: Vec<char> = ('\0'..=char::MAX).collect();
        for some in all.chunks(LENGTH_MAX / 4) {
            let text: String = some.iter().collect();
            assert!(!clean(&text).chars().any(char::is_control), "{text:?}");
            assert!(spell(&text, Letters::Ascii).bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{text:?}");
        }
    }

    #[test]
    fn spaces_are_single_and_directions_are_gone() {
        assert_eq!(clean("  Cheti\u{a0}cha \u{202e} kuzaliwa\u{200b} "), "Cheti cha kuzaliwa");
    }

    #[test]
    fn kikuyu_and_kamba_names_stay_readable_on_any_printer() {
        assert_eq!(spell("Kĩambu · Mũrang’a – 75–105", Letters::Ascii), "Kiambu - Murang'a - 75-105");
        assert_eq!(spell("Café · Kĩambu", Letters::Latin), "Café · Kiambu");
    }

    #[test]
    fn a_letter_and_its_mark_become_one() {
        assert_eq!(clean("Ki\u{303}ambu Cafe\u{301} I\u{303}O\u{303}"), "Kĩambu Café ĨÕ");
    }

    #[test]
    fn a_text_without_end_is_cut() {
        assert_eq!(clean(&"x".repeat(5000)).len(), LENGTH_MAX);
    }
}
