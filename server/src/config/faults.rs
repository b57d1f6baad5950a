//! What is wrong with a configuration, shown as a person reads it: file, line, column and a caret.

use std::fmt;
use std::ops::Range;

/// One fault and where it stands in the text, bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    span: Range<usize>,
    what: String,
}

impl Fault {
    /// Returns a fault at a place.
    pub fn at(span: Range<usize>, what: impl Into<String>) -> Fault {
        Fault { span, what: what.into() }
    }

    /// Returns where the fault begins, for putting faults in order.
    pub(super) fn place_hint(&self) -> usize {
        self.span.start
    }

    /// Returns line and column in `text`, from 1; the column counts characters.
    pub fn place(&self, text: &str) -> (usize, usize) {
        let before = text.get(..self.span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// Why a configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    name: String,
    text: String,
    faults: Vec<Fault>,
}

impl ConfigError {
    /// Returns the faults of a text.
    pub fn new(name: &str, text: &str, faults: Vec<Fault>) -> ConfigError {
        ConfigError { name: name.to_owned(), text: text.to_owned(), faults }
    }

    /// Returns what the TOML reader found.
    pub fn syntax(name: &str, text: &str, error: &toml::de::Error) -> ConfigError {
        ConfigError::new(name, text, vec![Fault::at(error.span().unwrap_or(0..0), error.message())])
    }

    /// Returns that a file cannot be read.
    pub fn unreadable(name: &str, error: &std::io::Error, examples: &[String]) -> ConfigError {
        let what = format!("cannot be read ({error}); it is neither a file nor an example: {}", examples.join(", "));
        ConfigError::new(name, "", vec![Fault::at(0..0, what)])
    }

    /// Returns the faults, in the order of the text.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let (line, column) = fault.place(&self.text);
            write!(f, "{}:{line}:{column}: {}", self.name, fault.what)?;
            let Some(shown) = self.text.lines().nth(line - 1).filter(|shown| !shown.is_empty()) else { continue };
            let width = fault.span.len().clamp(1, shown.chars().count().saturating_sub(column - 1).max(1));
            write!(f, "\n    {shown}\n    {}{}", " ".repeat(column - 1), "^".repeat(width))?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
