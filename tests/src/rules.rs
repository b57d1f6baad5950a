//! Small centres for tests, as a centre's own file would say them.

/// One service of each letter, so that many numbers can be out at once: J, L, K, G, D, S, Q, V, Z.
pub const SERVICES: [&str; 9] =
    ["nrb-id-new", "crs-birth", "nps-abstract", "sha-register", "ntsa-dl-renew", "kra-pin", "brs-search", "dsd-shg", "hk-info"];

/// Returns the file of a centre with [`SERVICES`] and so many counters, each serving all of them, in one hall.
///
/// `last` is the last number of a letter; `more` is added at the end, such as `[[service]]` tables.
pub fn centre(counters: u16, last: u16, more: &str) -> String {
    let offer = SERVICES.map(|service| format!("\"{service}\"")).join(", ");
    let counters: String = (1..=counters).map(|number| counter(number, &offer)).collect();
    format!("{HEAD}\n[numbering]\nfirst = 1\nlast = {last}\n\n[services]\noffer = [{offer}]\n{counters}\n{more}")
}

fn counter(number: u16, services: &str) -> String {
    format!("\n[[counter]]\nnumber = {number}\nzone = \"hall\"\nservices = [{services}]\n")
}

const HEAD: &str = r#"
catalogue = "national"

[centre]
id = "test"
name = "Huduma Centre Test"
short = "Test"
timezone = "Africa/Nairobi"
languages = ["sw", "en"]

[hours]
tickets_from = "06:30"
opens = "07:00"
closes = "19:00"
days = ["mon", "tue", "wed", "thu", "fri"]

[promise]
minutes = 30
priority_factor = "1/6"
appointment_minutes = 10

[calls]
unattended_minutes = 20
undo_seconds = 0

[slip]
paper_mm = 80
phone_page = ""

[[zone]]
id = "hall"
name_en = "Hall"
name_sw = "Ukumbi"
"#;
