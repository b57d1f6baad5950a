//! A centre is data: one TOML file for the centre over the national catalogue, checked whole, every fault with its place.

mod build;
mod calendar;
mod faults;
mod shape;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use protocol::time::MINUTE;
use protocol::view::Catalogue;
use queue::Policy;

pub use calendar::Calendar;
pub use faults::{ConfigError, Fault};

/// Everything that one centre has decided.
#[derive(Clone, Debug)]
pub struct CentreConfig {
    /// Names, fees and documents, as pages show them.
    pub catalogue: Catalogue,
    /// The rules, as the core knows them.
    pub policy: Policy,
    /// When the centre is open.
    pub calendar: Calendar,
    /// The address that a slip's QR code leads to, where the centre publishes one.
    pub phone_page: Option<String>,
    /// The paper of the centre's kiosks.
    pub paper: slip::PaperWidth,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where its data is.
    pub data: PathBuf,
    /// Origins, besides its own, that may show a page in a frame.
    pub frame_ancestors: Vec<String>,
}

/// Reads a centre from a file, or by the name of an example such as `mombasa`; returns every fault at once.
pub fn load(centre: &str) -> Result<CentreConfig, ConfigError> {
    let (name, text) = read(centre)?;
    parse(&name, &text)
}

/// Reads a centre from its text; `name` is what faults call it.
pub fn parse(name: &str, text: &str) -> Result<CentreConfig, ConfigError> {
    let centre: shape::Centre = toml::from_str(text).map_err(|error| ConfigError::syntax(name, text, &error))?;
    let national = centre.catalogue.get_ref();
    let Some(catalogue_text) = assets::catalogue(national) else {
        let fault = Fault::at(centre.catalogue.span(), format!("there is no catalogue `{national}`; there is `national`"));
        return Err(ConfigError::new(name, text, vec![fault]));
    };
    let catalogue: shape::National =
        toml::from_str(&catalogue_text).map_err(|error| ConfigError::syntax("the national catalogue", &catalogue_text, &error))?;
    build::build(&catalogue, &centre).map_err(|faults| ConfigError::new(name, text, faults))
}

/// Returns the English names of the national catalogue's services by their ids.
pub fn service_names() -> BTreeMap<String, String> {
    let national = assets::catalogue("national").and_then(|text| toml::from_str::<shape::National>(&text).ok());
    let services = national.map(|national| national.services).unwrap_or_default();
    services.into_iter().map(|service| (service.id, service.name_en)).collect()
}

/// Returns the agencies of the national catalogue's services by the services' ids.
pub fn service_agencies() -> BTreeMap<String, String> {
    let national = assets::catalogue("national").and_then(|text| toml::from_str::<shape::National>(&text).ok());
    let services = national.map(|national| national.services).unwrap_or_default();
    services.into_iter().map(|service| (service.id, service.agency)).collect()
}

fn read(centre: &str) -> Result<(String, String), ConfigError> {
    if let Some(text) = assets::centre(centre) {
        return Ok((format!("{centre}.toml"), text.into_owned()));
    }
    match std::fs::read_to_string(centre) {
        Ok(text) => Ok((centre.to_owned(), text)),
        Err(error) => Err(ConfigError::unreadable(centre, &error, &assets::centre_names())),
    }
}

impl CentreConfig {
    /// Returns what a person checking the file wants to see.
    pub fn summary(&self) -> String {
        let catalogue = &self.catalogue;
        let quotas = self.policy.services.iter().filter(|service| service.quota.is_some()).count();
        let mut lines = vec![
            format!("{}: the configuration is good", catalogue.centre),
            format!(
                "  {} services of {} agencies in {} groups, {quotas} with a daily limit",
                catalogue.services.len(),
                catalogue.agencies.len(),
                catalogue.groups.len()
            ),
            format!("  {} counters in {} zones", catalogue.counters.len(), catalogue.zones.len()),
            format!(
                "  open {} to {} ({}), {} closed days listed",
                catalogue.opens,
                catalogue.closes,
                self.calendar.timezone(),
                self.calendar.closed_days()
            ),
            format!("  counters left for {} minutes are closed", self.policy.unattended_after / MINUTE),
        ];
        for group in &catalogue.groups {
            let services = catalogue.services.iter().filter(|service| service.group == group.id);
            let ids: Vec<_> = services.map(|service| &service.id).collect();
            let serving = catalogue.counters.iter().filter(|counter| counter.services.iter().any(|service| ids.contains(&service))).count();
            lines.push(format!("  {} {:<24} {:>2} services, {:>2} counters", group.letter, group.short.en, ids.len(), serving));
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_centre_is_good() {
        for name in assets::centre_names() {
            let centre = load(&name).unwrap_or_else(|error| panic!("{error}"));
            assert!(centre.summary().contains("is good"));
        }
        let mombasa = load("mombasa").expect("an example");
        assert_eq!(mombasa.catalogue.counters.len(), 28);
        assert!(mombasa.catalogue.agencies.len() >= 30);
        assert_eq!(mombasa.policy.numbers.last, 999);
    }

    #[test]
    fn a_syntax_fault_names_its_line_and_column() {
        let text = "catalogue = \"national\"\n[centre]\nid = mombasa\n";
        let error = parse("here.toml", text).expect_err("not TOML").to_string();
        assert!(error.contains("here.toml:3:6"), "{error}");
        assert!(error.contains('^'), "{error}");
    }

    #[test]
    fn a_word_that_is_not_known_is_found() {
        let text = with("[slip]", "[slip]\ncolour = \"green\"");
        let error = parse("here.toml", &text).expect_err("an unknown key").to_string();
        assert!(error.contains("colour"), "{error}");
    }

    #[test]
    fn all_faults_of_meaning_are_told_at_once() {
        let text = with("opens = \"08:00\"", "opens = \"8 o'clock\"").replace("priority_factor = \"1/6\"", "priority_factor = \"6\"");
        let text = text.replacen("zone = \"hall\"", "zone = \"attic\"", 1).replacen("\"nrb-id-new\"", "\"nrb-id-nwe\"", 1);
        let text = text.replacen("[[zone]]\n", "[[zone]]\nalso_calls = [\"cellar\"]\n", 1);
        let error = parse("here.toml", &text).expect_err("five faults");
        let told = error.to_string();
        for fault in ["8 o'clock", "\"6\"", "attic", "nrb-id-nwe", "cellar"] {
            assert!(told.contains(fault), "{fault} is not told in:\n{told}");
        }
        assert!(error.faults().len() >= 5);
        assert!(error.faults().iter().all(|fault| fault.place(&text).0 > 1));
    }

    #[test]
    fn a_file_that_is_not_there_names_the_examples() {
        let error = load("nowhere.toml").expect_err("no file").to_string();
        assert!(error.contains("nowhere.toml") && error.contains("mombasa"), "{error}");
    }

    fn with(old: &str, new: &str) -> String {
        let kirinyaga = assets::centre("kirinyaga").expect("an example").into_owned();
        assert!(kirinyaga.contains(old), "the example still has {old}");
        kirinyaga.replacen(old, new, 1)
    }
}
