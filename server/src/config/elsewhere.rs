//! Services that are not offered here: a kiosk finds them all the same, and says where the nearest centre with them is.

use std::collections::{BTreeMap, BTreeSet};

use protocol::ticket::Text;
use protocol::view::NotOfferedEntry;
use protocol::{AgencyCode, ServiceId};

use super::shape::{self, Centre, National};

/// Returns every service of the national catalogue that is not `offered`, in the catalogue's order.
pub fn not_offered(national: &National, centre: &Centre, offered: &BTreeSet<String>) -> Vec<NotOfferedEntry> {
    let agencies: BTreeMap<&str, &shape::Agency> = national.agencies.iter().map(|agency| (agency.code.as_str(), agency)).collect();
    let missing = national.services.iter().filter(|service| !offered.contains(&service.id));
    missing.filter_map(|service| entry(service, agencies.get(service.agency.as_str())?, nearest(centre, &service.id))).collect()
}

/// Returns the nearest centre that offers a service, where the centre's file knows one.
fn nearest(centre: &Centre, service: &str) -> Option<Text> {
    let listed = centre.not_offered.iter().find(|listed| listed.service.get_ref() == service)?;
    listed.nearest_en.clone().zip(listed.nearest_sw.clone()).map(|(en, sw)| Text { en, sw })
}

fn entry(service: &shape::Service, agency: &shape::Agency, nearest: Option<Text>) -> Option<NotOfferedEntry> {
    let short = |text: &Option<String>| text.clone().unwrap_or_else(|| agency.code.clone());
    Some(NotOfferedEntry {
        id: ServiceId::new(&service.id).ok()?,
        name: Text { en: service.name_en.clone(), sw: service.name_sw.clone() },
        agency: AgencyCode::new(&agency.code).ok()?,
        agency_name: Text { en: agency.name_en.clone(), sw: agency.name_sw.clone() },
        agency_short: Text { en: short(&agency.short_en), sw: short(&agency.short_sw) },
        icon: service.icon.clone().unwrap_or_else(|| agency.icon.clone()),
        keywords: service.keywords.clone(),
        nearest,
    })
}
