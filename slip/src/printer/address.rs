//! Where a printer is and what its paper is like, as one line in a setting.
//!
//! `tcp://host:9100`, `serial:///dev/ttyUSB0?baud=19200`, `usb:///dev/usb/lp0`, `file:///path`; each with
//! `paper=80|58`, `slip=image|text`, `letters=ascii|latin` and `cut=partial|full|tear` after a question mark. Paper that is not said
//! here is as the centre's template has it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::clean::Letters;
use protocol::template::PaperWidth;

use crate::paper::{Cut, PaperSetup, Rendering};

const PORT: u16 = 9100;
const BAUD: u32 = 19_200;

/// A printer as a setting names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterUrl {
    /// Where it is.
    pub address: PrinterAddress,
    /// What its paper is like.
    pub setup: PaperSetup,
}

/// Where a printer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrinterAddress {
    /// On the network, usually at port 9100.
    Network {
        /// A name or an address.
        host: String,
        /// The port.
        port: u16,
    },
    /// On a serial line.
    Serial {
        /// The device.
        path: PathBuf,
        /// Bits a second.
        baud: u32,
        /// Who may say "stop".
        flow: Flow,
    },
    /// On USB, as the system's printer device.
    Device {
        /// The device.
        path: PathBuf,
    },
    /// No printer at all: a file to which slips are appended, or a folder with one file a slip.
    File {
        /// The file or folder.
        path: PathBuf,
    },
}

/// How the printer says "stop" on a serial line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// It does not.
    #[default]
    None,
    /// By a byte, XOFF.
    Software,
    /// By a wire, CTS.
    Hardware,
}

/// What is wrong with a printer's address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPrinterUrl {
    /// It has no `://`.
    #[error("a printer is written as tcp://host:9100, serial:///dev/ttyUSB0, usb:///dev/usb/lp0 or file:///path")]
    NoScheme,
    /// It begins with something else.
    #[error("{0}:// is not a way to reach a printer; tcp, serial, usb and file are")]
    UnknownScheme(String),
    /// `tcp://` without a host.
    #[error("the printer's host is missing")]
    NoHost,
    /// The port is not a number from 1 to 65535.
    #[error("{0} is not a port")]
    BadPort(String),
    /// The path does not begin with a slash.
    #[error("the path {0:?} does not begin with a slash")]
    RelativePath(String),
    /// A setting that this kind of printer does not have.
    #[error("{0} is not a setting of such a printer")]
    UnknownSetting(String),
    /// A setting with a value that it cannot have.
    #[error("{value:?} is not a value of {setting}; {choices} is")]
    BadValue {
        /// The setting.
        setting: &'static str,
        /// What it was given.
        value: String,
        /// What it may be.
        choices: &'static str,
    },
}

impl FromStr for PrinterUrl {
    type Err = BadPrinterUrl;

    fn from_str(text: &str) -> Result<PrinterUrl, BadPrinterUrl> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(BadPrinterUrl::NoScheme)?;
        let (place, settings) = rest.split_once('?').unwrap_or((rest, ""));
        let mut url = PrinterUrl { address: address(scheme, place)?, setup: PaperSetup::default() };
        for setting in settings.split('&').filter(|setting| !setting.is_empty()) {
            let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
            url.set(name, value)?;
        }
        Ok(url)
    }
}

fn address(scheme: &str, place: &str) -> Result<PrinterAddress, BadPrinterUrl> {
    match scheme {
        "tcp" => network(place),
        "serial" => Ok(PrinterAddress::Serial { path: path(place)?, baud: BAUD, flow: Flow::None }),
        "usb" => Ok(PrinterAddress::Device { path: path(place)? }),
        "file" => Ok(PrinterAddress::File { path: path(place)? }),
        other => Err(BadPrinterUrl::UnknownScheme(other.to_owned())),
    }
}

fn network(place: &str) -> Result<PrinterAddress, BadPrinterUrl> {
    let place = place.trim_end_matches('/');
    // An IPv6 address has colons of its own and stands in brackets.
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => place.rsplit_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '/') {
        return Err(BadPrinterUrl::NoHost);
    }
    let port = match port {
        None => PORT,
        Some(port) => port.parse().ok().filter(|&port| port != 0).ok_or_else(|| BadPrinterUrl::BadPort(port.to_owned()))?,
    };
    Ok(PrinterAddress::Network { host: host.to_owned(), port })
}

fn path(place: &str) -> Result<PathBuf, BadPrinterUrl> {
    if place.starts_with('/') && place.len() > 1 { Ok(PathBuf::from(place)) } else { Err(BadPrinterUrl::RelativePath(place.to_owned())) }
}

impl PrinterUrl {
    fn set(&mut self, setting: &str, value: &str) -> Result<(), BadPrinterUrl> {
        let bad = |setting, choices| BadPrinterUrl::BadValue { setting, value: value.to_owned(), choices };
        match (setting, &mut self.address) {
            ("paper", _) => self.setup.width = Some(choose(value, &WIDTHS).ok_or_else(|| bad("paper", "80 or 58"))?),
            ("slip", _) => self.setup.rendering = choose(value, &RENDERINGS).ok_or_else(|| bad("slip", "image or text"))?,
            ("letters", _) => self.setup.letters = choose(value, &LETTERS).ok_or_else(|| bad("letters", "ascii or latin"))?,
            ("cut", _) => self.setup.cut = choose(value, &CUTS).ok_or_else(|| bad("cut", "partial, full or tear"))?,
            ("baud", PrinterAddress::Serial { baud, .. }) => {
                *baud = value.parse().ok().filter(|rate| (1_200..=921_600).contains(rate)).ok_or_else(|| bad("baud", "1200 to 921600"))?;
            }
            ("flow", PrinterAddress::Serial { flow, .. }) => {
                *flow = choose(value, &FLOWS).ok_or_else(|| bad("flow", "none, software or hardware"))?
            }
            (other, _) => return Err(BadPrinterUrl::UnknownSetting(other.to_owned())),
        }
        Ok(())
    }
}

// The first of each is the default.
const WIDTHS: [(&str, PaperWidth); 2] = [("80", PaperWidth::Mm80), ("58", PaperWidth::Mm58)];
const RENDERINGS: [(&str, Rendering); 2] = [("image", Rendering::Image), ("text", Rendering::Text)];
const LETTERS: [(&str, Letters); 2] = [("ascii", Letters::Ascii), ("latin", Letters::Latin)];
const CUTS: [(&str, Cut); 3] = [("partial", Cut::Partial), ("full", Cut::Full), ("tear", Cut::Tear)];
const FLOWS: [(&str, Flow); 3] = [("none", Flow::None), ("software", Flow::Software), ("hardware", Flow::Hardware)];

fn choose<T: Copy>(value: &str, choices: &[(&str, T)]) -> Option<T> {
    choices.iter().find(|(name, _)| *name == value).map(|(_, choice)| *choice)
}

fn name_of<'a, T: PartialEq>(value: &T, choices: &[(&'a str, T)]) -> &'a str {
    choices.iter().find(|(_, choice)| choice == value).map_or("", |(name, _)| name)
}

impl fmt::Display for PrinterUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut settings: Vec<(&str, String)> = Vec::new();
        match &self.address {
            PrinterAddress::Network { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}")?,
            PrinterAddress::Network { host, port } => write!(f, "tcp://{host}:{port}")?,
            PrinterAddress::Serial { path, baud, flow } => {
                write!(f, "serial://{}", path.display())?;
                settings.push(("baud", baud.to_string()));
                settings.push(("flow", name_of(flow, &FLOWS).to_owned()));
            }
            PrinterAddress::Device { path } => write!(f, "usb://{}", path.display())?,
            PrinterAddress::File { path } => write!(f, "file://{}", path.display())?,
        }
        settings.extend(self.setup.width.map(|width| ("paper", name_of(&width, &WIDTHS).to_owned())));
        settings.push(("slip", name_of(&self.setup.rendering, &RENDERINGS).to_owned()));
        settings.push(("letters", name_of(&self.setup.letters, &LETTERS).to_owned()));
        settings.push(("cut", name_of(&self.setup.cut, &CUTS).to_owned()));
        for (position, (name, value)) in settings.iter().enumerate() {
            write!(f, "{}{name}={value}", if position == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printers_are_found_where_the_setting_says() {
        assert_eq!(read("tcp://printer.local").address, network("printer.local", 9100));
        assert_eq!(read("tcp://192.168.7.9:9101/").address, network("192.168.7.9", 9101));
        assert_eq!(read("tcp://[fe80::1]:9100").address, network("fe80::1", 9100));
        let serial = PrinterAddress::Serial { path: "/dev/ttyUSB0".into(), baud: 38_400, flow: Flow::Hardware };
        assert_eq!(read("serial:///dev/ttyUSB0?baud=38400&flow=hardware").address, serial);
        assert_eq!(read("usb:///dev/usb/lp0").address, PrinterAddress::Device { path: "/dev/usb/lp0".into() });
        let narrow = read("file:///tmp/slips/?paper=58&slip=text&letters=latin&cut=tear").setup;
        assert_eq!(
            (narrow.width, narrow.rendering, narrow.letters, narrow.cut),
            (Some(PaperWidth::Mm58), Rendering::Text, Letters::Latin, Cut::Tear)
        );
    }

    #[test]
    fn a_printer_reads_back_as_it_is_shown() {
        for text in ["tcp://p:9100", "tcp://[::1]:9100?paper=58", "serial:///dev/ttyS1?baud=9600&slip=text", "usb:///dev/usb/lp0?cut=full"]
        {
            let url = read(text);
            assert_eq!(read(&url.to_string()), url);
        }
    }

    #[test]
    fn a_bad_address_says_what_is_wrong_with_it() {
        for (bad, says) in [
            ("printer", "a printer is written as"),
            ("http://printer", "http:// is not a way"),
            ("tcp://", "host is missing"),
            ("tcp://:9100", "host is missing"),
            ("tcp://p:0", "0 is not a port"),
            ("tcp://p:99999", "99999 is not a port"),
            ("usb://dev/usb/lp0", "does not begin with a slash"),
            ("file:///", "does not begin with a slash"),
            ("tcp://p?baud=9600", "baud is not a setting"),
            ("tcp://p?paper=76", "80 or 58"),
            ("serial:///dev/ttyS0?baud=fast", "1200 to 921600"),
        ] {
            let error = bad.parse::<PrinterUrl>().expect_err(bad).to_string();
            assert!(error.contains(says), "{bad}: {error}");
        }
    }

    fn read(text: &str) -> PrinterUrl {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn network(host: &str, port: u16) -> PrinterAddress {
        PrinterAddress::Network { host: host.into(), port }
    }
}
