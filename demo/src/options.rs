//! What the demonstration can be told at its start, and which ports it takes.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use chrono::NaiveTime;
use clap::Parser;

/// Opens a whole living centre on this computer.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "foleni-demo",
    version,
    about = "Opens a whole living Huduma Centre on this computer: the real programs, with simulated people"
)]
pub struct Options {
    /// The folder for the centre's data; made anew at each start.
    #[arg(long, default_value = "var/demo")]
    pub data: PathBuf,
    /// The first of the ports, all on loopback: the server's; stations and the start page follow.
    #[arg(long, default_value_t = 7400, value_parser = clap::value_parser!(u16).range(1..=65_000))]
    pub port_base: u16,
    /// The simulated people draw from this; the same number gives the same day.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How much faster than real time the day runs once the hall is alive: 0 to 600.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=600))]
    pub pace: u32,
    /// Until when the morning is played at speed, so that the hall is full when the page opens.
    #[arg(long, default_value = "09:40", value_parser = hour)]
    pub play_until: NaiveTime,
    /// Visitors on an average day.
    #[arg(long, default_value_t = 1_800, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub visitors: u32,
    /// Open no browser.
    #[arg(long)]
    pub no_open: bool,
    /// Serve no start page.
    #[arg(long)]
    pub headless: bool,
    /// Stop as soon as the centre is alive: it is a test.
    #[arg(long)]
    pub until_ready: bool,
}

impl Options {
    /// Returns where the server listens.
    pub fn server(&self) -> SocketAddr {
        self.at(0)
    }

    /// Returns the port of the kiosk's page.
    pub fn kiosk_port(&self) -> u16 {
        self.at(1).port()
    }

    /// Returns the port of the page of a display, the first or the second.
    pub fn display_port(&self, display: u16) -> u16 {
        self.at(1 + display).port()
    }

    /// Returns where the start page is.
    pub fn start_page(&self) -> SocketAddr {
        self.at(80)
    }

    /// Returns where the door kiosk's printer listens.
    pub fn printer(&self) -> SocketAddr {
        self.at(91)
    }

    /// Returns the port of the cable between the first display and the server.
    pub fn cable_port(&self) -> u16 {
        self.at(92).port()
    }

    /// Returns every port that must be free.
    pub fn ports(&self) -> [SocketAddr; 7] {
        [0, 1, 2, 3, 80, 91, 92].map(|offset| self.at(offset))
    }

    /// Returns the origin of the start page, as frames know it.
    pub fn start_origin(&self) -> String {
        page(self.start_page().port())
    }

    fn at(&self, offset: u16) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port_base + offset).into()
    }
}

/// Returns the origin of a page. All pages have the host name `localhost`: cookies know no ports, so one session opens all.
pub fn page(port: u16) -> String {
    format!("http://localhost:{port}")
}

fn hour(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| "an hour looks like 09:40".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_are_where_everybody_looks_for_them() {
        let options = Options::parse_from(["foleni-demo"]);
        assert_eq!(options.server().to_string(), "127.0.0.1:7400");
        assert_eq!((options.kiosk_port(), options.display_port(1), options.display_port(2)), (7401, 7402, 7403));
        assert_eq!(options.start_origin(), "http://localhost:7480");
        assert_eq!(options.printer().to_string(), "127.0.0.1:7491");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in [["--pace", "601"], ["--port-base", "65500"], ["--port-base", "0"], ["--play-until", "late"], ["--visitors", "0"]] {
            assert!(Options::try_parse_from(["foleni-demo", bad[0], bad[1]]).is_err(), "{bad:?}");
        }
    }
}
