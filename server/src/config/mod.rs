//! A centre is data: one TOML file for the centre over the national catalogue, checked whole, every fault with its place.

mod build;
mod calendar;
mod contradictions;
mod elsewhere;
mod fees;
mod shape;
mod staff;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{NaiveDate, Utc};
use protocol::time::MINUTE;
use protocol::view::Catalogue;
use queue::Policy;

pub use calendar::{Calendar, read_date};
use station::faults;
pub use station::faults::{ConfigError, Fault, Warning};

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
    /// A slip that was not begun for so long is of no use, and is not printed.
    pub slip_useful: std::time::Duration,
    /// What is hardly meant so, though it can be done.
    pub warnings: Vec<Warning>,
}

/// Reads a centre from a file, or by the name of an example such as `mombasa`; returns every fault at once.
pub fn load(centre: &str) -> Result<CentreConfig, ConfigError> {
    let (name, text) = read(centre)?;
    parse(&name, &text)
}

/// Reads a centre from its text; `name` is what faults call it.
pub fn parse(name: &str, text: &str) -> Result<CentreConfig, ConfigError> {
    let catalogue = assets::catalogue(NATIONAL).unwrap_or_default();
    parse_on(name, text, &catalogue, Utc::now().date_naive())
}

/// The one catalogue that there is.
const NATIONAL: &str = "national";
/// What faults call it.
const NATIONAL_FILE: &str = "national.toml";

/// Reads a centre over a catalogue, as of a date.
fn parse_on(name: &str, text: &str, catalogue_text: &str, today: NaiveDate) -> Result<CentreConfig, ConfigError> {
    let centre: shape::Centre = toml::from_str(text).map_err(|error| ConfigError::syntax(name, text, &error))?;
    if centre.catalogue.get_ref() != NATIONAL {
        let what = format!("there is no catalogue `{}`; there is `{NATIONAL}`", centre.catalogue.get_ref());
        return Err(ConfigError::new(name, text, vec![Fault::at(centre.catalogue.span(), what)]));
    }
    let catalogue: shape::National =
        toml::from_str(catalogue_text).map_err(|error| ConfigError::syntax(NATIONAL_FILE, catalogue_text, &error))?;
    let of_national = contradictions::of_national(&catalogue);
    if !of_national.faults.is_empty() {
        return Err(ConfigError::new(NATIONAL_FILE, catalogue_text, of_national.faults));
    }
    let of_centre = contradictions::of_centre(&catalogue, &centre, today);
    let built = build::build(&catalogue, &centre, of_centre.faults);
    let mut config = built.map_err(|faults| ConfigError::new(name, text, faults))?;
    config.warnings = Warning::all(NATIONAL_FILE, catalogue_text, of_national.warnings);
    config.warnings.extend(Warning::all(name, text, of_centre.warnings));
    Ok(config)
}

/// Returns the English names of the national catalogue's services by their ids.
pub fn service_names() -> BTreeMap<String, String> {
    let national = assets::catalogue(NATIONAL).and_then(|text| toml::from_str::<shape::National>(&text).ok());
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
    fn the_guide_shows_a_good_centre_with_every_setting() {
        let guide = include_str!("../../../docs/centre.md");
        let text = guide.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
        let centre = parse("docs/centre.md", text).unwrap_or_else(|error| panic!("{error}"));
        assert!(centre.warnings.is_empty(), "{:?}", centre.warnings);
        let shape = include_str!("shape.rs").split("pub struct Centre {").nth(1).expect("the centre's shape");
        let settings = shape.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(": "));
        let known = ["zones", "overrides", "counters", "pools", "marks", "officers", "groups", "agencies", "services", "kes"];
        for (name, _) in settings.filter(|(name, _)| !known.contains(name) && !name.contains("fn ")) {
            let name = name.trim_start_matches('_');
            let said = text.contains(&format!("{name} = ")) || text.contains(&format!("[{name}]")) || text.contains(&format!("[[{name}]]"));
            assert!(said, "docs/centre.md does not show `{name}`");
        }
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

    #[test]
    fn pools_marks_officers_shifts_and_weights_are_read() {
        let centre = parse("here.toml", &with("[[counter]]", &format!("{STAFF}\n[[counter]]"))).unwrap_or_else(|error| panic!("{error}"));
        let policy = &centre.policy;
        let (first, appointments) = (&policy.counters[0], centre.catalogue.appointments);
        assert_eq!((appointments.early_minutes, appointments.late_minutes), (20, 15));
        assert_eq!(policy.appointment_early, 20 * MINUTE);
        assert_eq!((policy.inside_max, policy.returns), (Some(60), false));
        assert_eq!(policy.marks.len(), 1);
        assert_eq!(centre.catalogue.pools[0].counters, [protocol::CounterId(1), protocol::CounterId(2)]);
        assert_eq!(first.pools.len(), 1);
        let skilled = &policy.officers[0];
        assert_eq!(skilled.officer.as_str(), "asha");
        assert!(skilled.profile.iter().any(|(service, weight)| service.as_str() == "nrb-id-new" && *weight == 2_500));
    }

    #[test]
    fn what_contradicts_itself_about_people_is_told_with_its_line() {
        let bad = [
            ("early_minutes = 20", "early_minutes = 2000", "it must be 0 to 1440"),
            ("inside_max = 60", "inside_max = 0", "at least one"),
            ("counters = [1, 2]", "counters = [1, 77]", "no counter 77"),
            ("counters = [1, 2]", "counters = []", "no counter"),
            ("groups = [\"identity\"]", "groups = [\"identities\"]", "did you mean \"identity\""),
            ("\"nrb-id-new\" = 2.5", "\"nrb-id-new\" = 2500.0", "0.01 to 100"),
            ("\"nrb-id-new\" = 2.5", "\"kra-pin\" = 2.5", "not among the services"),
        ];
        for (old, new, told) in bad {
            assert!(STAFF.contains(old), "{old}");
            let text = with("[[counter]]", &format!("{}\n[[counter]]", STAFF.replace(old, new)));
            let error = parse("here.toml", &text).expect_err(new);
            assert!(error.to_string().contains(told), "{new}: {error}");
            let line = text.lines().position(|line| line.contains(new) || new.contains(line.trim()) && !line.trim().is_empty());
            assert!(error.faults().iter().any(|fault| fault.place(&text).0 >= line.unwrap_or(0)), "{error}");
        }
        for (shift, told) in [("7-13", "not a shift"), ("13:00-07:00", "ends after it begins")] {
            let text = with("number = 1\n", &format!("number = 1\nshifts = [\"{shift}\"]\n"));
            let error = parse("here.toml", &text).expect_err(shift).to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    const STAFF: &str = r#"
[appointments]
early_minutes = 20

[hall]
inside_max = 60

[closing]
return_tickets = false

[[pool]]
id = "front"
name_en = "Front desks"
name_sw = "Madawati ya mbele"
counters = [1, 2]

[[mark]]
id = "interpreter"
name_en = "Interpreter"
name_sw = "Mkalimani"

[[officer]]
name = "asha"
groups = ["identity"]
weights = { "nrb-id-new" = 2.5 }
"#;

    fn with(old: &str, new: &str) -> String {
        let kirinyaga = assets::centre("kirinyaga").expect("an example").into_owned();
        assert!(kirinyaga.contains(old), "the example still has {old}");
        kirinyaga.replacen(old, new, 1)
    }
}
