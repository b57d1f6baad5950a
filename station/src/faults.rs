//! What is wrong with a configuration, of a centre or of a station, shown as a person reads it: file, line, column and a caret.

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
    pub fn place_hint(&self) -> usize {
        self.span.start
    }

    /// Returns line and column in `text`, from 1; the column counts characters.
    pub fn place(&self, text: &str) -> (usize, usize) {
        let before = text.get(..self.span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// Returns what is wrong, with file, line and column, on one line.
    fn head(&self, name: &str, text: &str) -> String {
        let (line, column) = self.place(text);
        format!("{name}:{line}:{column}: {}", self.what)
    }

    /// Returns the line of the text with a caret under the place; nothing where there is no such line.
    fn drawing(&self, text: &str) -> String {
        let (line, column) = self.place(text);
        let Some(shown) = text.lines().nth(line - 1).filter(|shown| !shown.is_empty()) else { return String::new() };
        let width = self.span.len().clamp(1, shown.chars().count().saturating_sub(column - 1).max(1));
        format!("\n    {shown}\n    {}{}", " ".repeat(column - 1), "^".repeat(width))
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
            f.write_str(&fault.head(&self.name, &self.text))?;
            f.write_str(&fault.drawing(&self.text))?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Something that is hardly meant so, though it can be done; shown with the text around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    head: String,
    drawing: String,
}

impl Warning {
    /// Returns the warnings of a text, in its order.
    pub fn all(name: &str, text: &str, mut found: Vec<Fault>) -> Vec<Warning> {
        found.sort_by_key(Fault::place_hint);
        found.iter().map(|fault| Warning { head: fault.head(name, text), drawing: fault.drawing(text) }).collect()
    }

    /// Returns it on one line, for the log.
    pub fn line(&self) -> &str {
        &self.head
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.head, self.drawing)
    }
}
