//! Holds a template against what a slip has room for, before anybody prints with it.

use protocol::template::{FOOTER_LINES_MAX, HEADER_LINES_MAX, SlipTemplate, TEMPLATE_LINE_MAX};
use protocol::ticket::Text;

use crate::clean::clean;
use crate::letters;
use crate::logo::{self, BadLogo};

/// Why nobody can print with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// More lines than there is room for.
    #[error("{lines} lines; at most {at_most} fit")]
    TooManyLines {
        /// How many there are.
        lines: usize,
        /// How many there may be.
        at_most: usize,
    },
    /// A line that is too long.
    #[error("a line of {letters} letters; at most {TEMPLATE_LINE_MAX} fit")]
    LineTooLong {
        /// How many letters it has.
        letters: usize,
    },
    /// Letters that are in none of our fonts.
    #[error("the letters {0} cannot be printed; a picture of the words can, as the logo")]
    Letters(String),
    /// The logo cannot be used.
    #[error(transparent)]
    Logo(#[from] BadLogo),
}

/// Returns the template as it is kept: texts filtered, empty lines left out, the logo as plain dots.
pub fn checked(template: SlipTemplate) -> Result<SlipTemplate, BadTemplate> {
    Ok(SlipTemplate {
        header: checked_lines(&template.header, HEADER_LINES_MAX)?,
        footer: checked_lines(&template.footer, FOOTER_LINES_MAX)?,
        logo: template.logo.as_ref().map(logo::checked).transpose()?,
        ..template
    })
}

/// Returns lines as they are kept.
pub fn checked_lines(lines: &[Text], at_most: usize) -> Result<Vec<Text>, BadTemplate> {
    if lines.len() > at_most {
        return Err(BadTemplate::TooManyLines { lines: lines.len(), at_most });
    }
    let lines = lines.iter().map(|line| Ok(Text { en: checked_line(&line.en)?, sw: checked_line(&line.sw)? }));
    let lines: Vec<Text> = lines.collect::<Result<_, BadTemplate>>()?;
    Ok(lines.into_iter().filter(|line| *line != Text::default()).collect())
}

fn checked_line(line: &str) -> Result<String, BadTemplate> {
    let letters = line.chars().count();
    if letters > TEMPLATE_LINE_MAX {
        return Err(BadTemplate::LineTooLong { letters });
    }
    let line = clean(line);
    let strange = letters::strange(&line);
    if strange.is_empty() { Ok(line) } else { Err(BadTemplate::Letters(strange)) }
}

#[cfg(test)]
mod tests {
    use protocol::template::Logo;

    use super::*;

    #[test]
    fn a_template_is_kept_as_it_will_be_printed() {
        let template = SlipTemplate {
            header: vec![line("  Jengo\tla\u{200b} GPO "), line(" \u{1b}")],
            footer: vec![line("Kĩambu · Mũrang’a")],
            ..SlipTemplate::default()
        };
        let kept = checked(template).expect("it is good");
        assert_eq!((kept.header, kept.footer), (vec![line("Jengo la GPO")], vec![line("Kĩambu · Mũrang’a")]));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let header = |lines: Vec<Text>| checked(SlipTemplate { header: lines, ..SlipTemplate::default() }).expect_err("too much");
        assert_eq!(header(vec![line("a"); 4]), BadTemplate::TooManyLines { lines: 4, at_most: 3 });
        assert_eq!(header(vec![line(&"a".repeat(61))]), BadTemplate::LineTooLong { letters: 61 });
        assert_eq!(header(vec![line("Huduma 中心")]), BadTemplate::Letters("中 心".into()));
        let logo = checked(SlipTemplate { logo: Some(Logo("AAAA".into())), ..SlipTemplate::default() });
        assert_eq!(logo, Err(BadTemplate::Logo(BadLogo::Unreadable)));
    }

    fn line(text: &str) -> Text {
        Text { en: text.into(), sw: text.into() }
    }
}
