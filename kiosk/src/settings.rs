//! The kiosk's settings from a file: each is the flag of the same name, so that a flag or the environment overrides it.

use std::error::Error as _;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use clap::builder::ArgAction;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Parser};
use station::disk;
use station::faults::{ConfigError, Fault};
use toml::de::{DeTable, DeValue};

/// Where an installed kiosk has its settings.
pub const FILE: &str = "/etc/foleni/kiosk.toml";

/// The settings are wrong: what `sysexits.h` has for it, so that a service manager does not try again and again.
pub const EX_CONFIG: i32 = 78;

/// The command whose flags are the settings; others that take a file read from it what they know.
const RUN: &str = "run";

/// The flag that names the file.
const CONFIG: &str = "config";

/// Far more than any kiosk needs.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// A setting of the file, with what stands there; more than one value only where the flag may be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    name: String,
    values: Vec<String>,
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} = {}", self.name, self.values.join(", "))
    }
}

/// Why the program cannot begin.
#[derive(Debug)]
pub enum Trouble {
    /// What was typed is wrong, or asks for help.
    Typed(clap::Error),
    /// The file is wrong.
    File(ConfigError),
}

/// Returns what is asked of the program: what was typed, then the environment, then the file that was named, then what
/// is so by itself.
pub fn arguments<A: Parser>(typed: Vec<OsString>) -> Result<A, Trouble> {
    let settings = match file_of::<A>(&typed)? {
        Some(file) => load::<A>(&file).map_err(Trouble::File)?,
        None => Vec::new(),
    };
    let command = A::command().mut_subcommands(|mut command| {
        for setting in &settings {
            if command.get_arguments().any(|argument| argument.get_id() == setting.name.as_str()) {
                command = command.mut_arg(&setting.name, |argument| argument.required(false).default_values(&setting.values));
            }
        }
        command
    });
    let matches = command.try_get_matches_from(typed).map_err(Trouble::Typed)?;
    A::from_arg_matches(&matches).map_err(Trouble::Typed)
}

/// Reads a file; returns every fault at once.
pub fn load<A: Parser>(file: &Path) -> Result<Vec<Setting>, ConfigError> {
    let name = file.display().to_string();
    let text = read(file).map_err(|error| {
        let what = format!("cannot be read ({error})");
        ConfigError::new(&name, "", vec![Fault::at(0..0, what)])
    })?;
    parse::<A>(&name, &text)
}

/// Reads a file's text.
fn parse<A: Parser>(name: &str, text: &str) -> Result<Vec<Setting>, ConfigError> {
    let table = DeTable::parse(text).map_err(|error| ConfigError::syntax(name, text, &error))?;
    let command = A::command();
    let flags: Vec<&Arg> =
        command.find_subcommand(RUN).into_iter().flat_map(clap::Command::get_arguments).filter(|flag| is_setting(flag)).collect();
    let (mut settings, mut faults) = (Vec::new(), Vec::new());
    for (key, value) in table.get_ref() {
        let Some(flag) = flags.iter().find(|flag| flag.get_id() == key.get_ref().as_ref()) else {
            faults.push(Fault::at(key.span(), unknown(key.get_ref(), &flags)));
            continue;
        };
        let before = faults.len();
        let values = values(flag, value, &mut faults);
        if faults.len() == before {
            settings.push(Setting { name: key.get_ref().to_string(), values });
        }
    }
    faults.sort_by_key(Fault::place_hint);
    if faults.is_empty() { Ok(settings) } else { Err(ConfigError::new(name, text, faults)) }
}

/// Returns the file that was named, by a flag or in the environment. What else is missing may stand in it.
fn file_of<A: Parser>(typed: &[OsString]) -> Result<Option<PathBuf>, Trouble> {
    let lenient = A::command().mut_subcommands(|command| command.mut_args(|argument| argument.required(false)));
    let matches = lenient.try_get_matches_from(typed).map_err(Trouble::Typed)?;
    let file = matches.subcommand().and_then(|(_, matches)| matches.try_get_one::<PathBuf>(CONFIG).ok().flatten().cloned());
    Ok(file)
}

fn read(file: &Path) -> io::Result<String> {
    let bytes = disk::read_small(file, FILE_BYTES_MAX)?.ok_or(io::ErrorKind::NotFound)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

/// A file cannot name another one, nor ask for help.
fn is_setting(flag: &Arg) -> bool {
    flag.get_long().is_some() && !["config", "help", "version"].contains(&flag.get_id().as_str())
}

/// Returns the values of a setting as a person would type them, each tried as if it had been.
fn values(flag: &Arg, value: &toml::Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Vec<String> {
    let many = matches!(flag.get_action(), ArgAction::Append);
    let each = match value.get_ref() {
        DeValue::Array(each) if many => each.iter().collect(),
        _ => vec![value],
    };
    each.into_iter()
        .filter_map(|value| match typed(flag, value.get_ref()) {
            Ok(text) => Some(text),
            Err(what) => {
                faults.push(Fault::at(value.span(), format!("`{}` cannot be this: {what}", flag.get_id())));
                None
            }
        })
        .collect()
}

/// Returns one value as it would be typed, or why it cannot be.
fn typed(flag: &Arg, value: &DeValue<'_>) -> Result<String, String> {
    let text = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Boolean(yes) => yes.to_string(),
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
            return Err("it takes one text or whole number".into());
        }
    };
    if !flag.get_action().takes_values() {
        return if matches!(value, DeValue::Boolean(_)) { Ok(text) } else { Err("it is true or false".into()) };
    }
    let long = flag.get_long().unwrap_or_default();
    let alone = clap::Command::new("setting").no_binary_name(true).arg(flag.clone().required(false));
    match alone.try_get_matches_from([format!("--{long}={text}")]) {
        Ok(_) => Ok(text),
        Err(error) => Err(why(&error)),
    }
}

/// Returns why a value was not taken, without how it would be typed.
fn why(error: &clap::Error) -> String {
    if let Some(source) = error.source() {
        return source.to_string();
    }
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) => format!("it is one of {}", valid.join(", ")),
        _ => error.kind().to_string(),
    }
}

/// Says that there is no such setting, and which may have been meant.
fn unknown(key: &str, flags: &[&Arg]) -> String {
    let names = flags.iter().map(|flag| flag.get_id().as_str());
    match names.clone().min_by_key(|name| distance(key, name)).filter(|name| distance(key, name) <= 2.max(name.len() / 3)) {
        Some(nearest) => format!("there is no setting `{key}`; did you mean `{nearest}`?"),
        None => format!("there is no setting `{key}`; there are {}", names.collect::<Vec<_>>().join(", ")),
    }
}

/// Returns how many letters must be put in, taken out or exchanged to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut corner = row[0];
        row[0] = index + 1;
        for (place, known) in other.iter().enumerate() {
            let exchanged = corner + usize::from(letter != *known);
            corner = row[place + 1];
            row[place + 1] = exchanged.min(corner + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::arguments::{Arguments, Command, Run};

    #[test]
    fn a_flag_goes_before_the_file_and_the_file_before_what_is_so_by_itself() {
        let file = file(
            "server = \"http://10.0.0.2:7400\"\nport = 7500\nstate = \"/var/lib/kiosk\"\nprinter = \"tcp://10.0.0.9:9100\"\npaper = 58\n",
        );
        let run = run(&["--config", file.path().to_str().expect("a path"), "--port", "7600"]).expect("good");
        assert_eq!((run.server.to_string().as_str(), run.port, run.device.as_str()), ("10.0.0.2:7400", 7600, "kiosk-1"));
        assert_eq!(run.state, Path::new("/var/lib/kiosk"));
        assert!(run.printer.is_some() && run.paper.paper.is_some());
    }

    #[test]
    fn a_list_in_the_file_is_a_flag_that_is_repeated() {
        let text = "state = \"/s\"\nframe_ancestors = [\"http://127.0.0.1:1\", \"http://127.0.0.1:2\"]\n";
        let file = file(text);
        let run = run(&["--config", file.path().to_str().expect("a path")]).expect("good");
        assert_eq!(run.frame_ancestors, ["http://127.0.0.1:1", "http://127.0.0.1:2"]);
    }

    #[test]
    fn the_file_gives_the_printer_to_the_commands_that_look_after_it() {
        let file = file("state = \"/s\"\nprinter = \"tcp://10.0.0.9:9100\"\n");
        let asked = arguments::<Arguments>(words(&["check", "--config", file.path().to_str().expect("a path")])).expect("good");
        assert!(matches!(asked.command, Command::Check(_)));
    }

    #[test]
    fn what_is_needed_and_stands_nowhere_is_asked_for() {
        let file = file("port = 7500\n");
        let refused = run(&["--config", file.path().to_str().expect("a path")]).expect_err("no state folder");
        assert!(refused.contains("--state"), "{refused}");
    }

    #[test]
    fn every_fault_is_told_with_its_place_and_the_nearest_name() {
        let text = "server = \"10.0.0.2\"\nprot = 7500\npaper = 81\nport = 70000\ndevice = 1.5\nframe_ancestors = [\"x\"]\nnonsense_altogether = 1\nconfig = \"/x\"\n";
        let told = parse::<Arguments>("kiosk.toml", text).expect_err("seven faults").to_string();
        for fault in [
            "kiosk.toml:1:10: `server` cannot be this",
            "kiosk.toml:2:1: there is no setting `prot`; did you mean `port`?",
            "kiosk.toml:3:9: `paper` cannot be this: it is one of 58, 80",
            "kiosk.toml:4:8: `port` cannot be this: 70000 is not in 0..=65535",
            "kiosk.toml:5:10: `device` cannot be this: it takes one text or whole number",
            "kiosk.toml:6:20: `frame_ancestors` cannot be this: an origin looks like",
            "kiosk.toml:7:1: there is no setting `nonsense_altogether`; there are ",
            "kiosk.toml:8:1: there is no setting `config`",
            "    prot = 7500\n    ^^^^",
        ] {
            assert!(told.contains(fault), "{fault} is not told in:\n{told}");
        }
    }

    #[test]
    fn what_is_no_toml_and_what_is_no_file_is_told() {
        let told = parse::<Arguments>("kiosk.toml", "port = 1\nstate").expect_err("no TOML").to_string();
        assert!(told.contains("kiosk.toml:2:6: "), "{told}");
        let told = load::<Arguments>(Path::new("/nowhere/kiosk.toml")).expect_err("no file").to_string();
        assert!(told.contains("cannot be read"), "{told}");
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"device = \"\xff\"").expect("writes");
        assert!(load::<Arguments>(file.path()).expect_err("not UTF-8").to_string().contains("UTF-8"));
    }

    #[test]
    fn the_example_file_is_good_and_shows_every_setting() {
        let example = include_str!("../../deploy/kiosk.toml");
        parse::<Arguments>("deploy/kiosk.toml", example).unwrap_or_else(|error| panic!("{error}"));
        // What is only shown stands after a `#` without a space.
        let all: String = example
            .lines()
            .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();
        let settings = parse::<Arguments>("deploy/kiosk.toml", &all).unwrap_or_else(|error| panic!("{error}"));
        let command = <Arguments as clap::CommandFactory>::command();
        let run = command.find_subcommand(RUN).expect("a command");
        for flag in run.get_arguments().filter(|flag| is_setting(flag)) {
            assert!(settings.iter().any(|setting| setting.name == flag.get_id().as_str()), "{} is not shown", flag.get_id());
        }
    }

    #[test]
    fn the_service_is_started_with_flags_that_there_are() {
        let unit = include_str!("../../deploy/systemd/foleni-kiosk.service");
        let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("it starts something");
        let typed = start.split_whitespace().skip(1).map(|word| if word == FILE { "FILE".into() } else { OsString::from(word) });
        let lenient =
            <Arguments as clap::CommandFactory>::command().mut_subcommands(|command| command.mut_args(|argument| argument.required(false)));
        let words = std::iter::once(OsString::from("foleni-kiosk")).chain(typed);
        lenient.try_get_matches_from(words).unwrap_or_else(|error| panic!("{error}"));
        assert!(start.contains(FILE), "it reads the file that check-config checks");
    }

    #[test]
    fn words_are_as_far_apart_as_they_have_letters_that_differ() {
        assert_eq!([distance("port", "port"), distance("prot", "port"), distance("", "port"), distance("printr", "printer")], [0, 2, 4, 1]);
    }

    fn run(flags: &[&str]) -> Result<Run, String> {
        let typed = [&["run"], flags].concat();
        match arguments::<Arguments>(words(&typed)) {
            Ok(Arguments { command: Command::Run(run) }) => Ok(run),
            Ok(_) => Err("another command".into()),
            Err(Trouble::Typed(error)) => Err(error.to_string()),
            Err(Trouble::File(error)) => Err(error.to_string()),
        }
    }

    fn words(typed: &[&str]) -> Vec<OsString> {
        std::iter::once("foleni-kiosk").chain(typed.iter().copied()).map(OsString::from).collect()
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("writes");
        file
    }
}
