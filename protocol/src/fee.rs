//! What a service costs on a date. A fee changes on a day that is known long before, and a page may have read the catalogue
//! the day before that.

use serde::{Deserialize, Serialize};

use crate::ticket::Text;
use crate::view::ServiceEntry;

/// A fee with the dates between which it holds, both included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeePeriod {
    /// The first date, `2026-03-01`.
    pub from: String,
    /// The last date; absent while nobody knows of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The fee in Kenya shillings; 0 is free of charge, absent is "ask at the counter".
    #[serde(default)]
    pub kes: Option<u32>,
    /// What more is to be said of the fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

impl FeePeriod {
    /// Returns whether the period holds on a date such as `2026-11-24`: written so, dates stand in the order of time.
    pub fn holds_on(&self, date: &str) -> bool {
        self.from.as_str() <= date && self.until.as_deref().is_none_or(|until| date <= until)
    }
}

/// What a service costs on one date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fee<'a> {
    /// The fee in Kenya shillings; 0 is free of charge, absent is "ask at the counter".
    pub kes: Option<u32>,
    /// What more is to be said of the fee.
    pub note: Option<&'a Text>,
}

impl ServiceEntry {
    /// Returns what the service costs on a date such as `2026-11-24`: what its period of that date says, else its plain fee.
    pub fn fee_on(&self, date: &str) -> Fee<'_> {
        match self.fees.iter().find(|period| period.holds_on(date)) {
            Some(period) => Fee { kes: period.kes, note: period.note.as_ref() },
            None => Fee { kes: self.fee_kes, note: self.fee_note.as_ref() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_holds_on_its_first_and_last_date_and_the_plain_fee_around_it() {
        let service =
            service(r#"[{ "from": "2025-10-31", "until": "2026-10-30", "kes": 0, "note": { "en": "Waived", "sw": "Imesamehewa" } }]"#);
        for (date, kes, note) in [
            ("2025-10-30", Some(1_000), None),
            ("2025-10-31", Some(0), Some("Waived")),
            ("2026-10-30", Some(0), Some("Waived")),
            ("2026-10-31", Some(1_000), None),
        ] {
            let fee = service.fee_on(date);
            assert_eq!((fee.kes, fee.note.map(|note| note.en.as_str())), (kes, note), "{date}");
        }
    }

    #[test]
    fn a_period_without_a_fee_is_to_be_asked_about_and_one_without_an_end_goes_on() {
        let service = service(r#"[{ "from": "2026-10-31" }]"#);
        assert_eq!(service.fee_on("2026-10-30").kes, Some(1_000));
        assert_eq!(service.fee_on("2026-10-31").kes, None);
        assert_eq!(service.fee_on("2031-01-01").kes, None);
    }

    #[test]
    fn a_service_of_an_older_server_has_its_plain_fee() {
        let mut json: serde_json::Value = serde_json::from_str(&text("[]")).expect("JSON");
        json.as_object_mut().expect("an object").remove("fees");
        let service: ServiceEntry = serde_json::from_value(json).expect("the field has a default");
        assert_eq!(service.fee_on("2026-11-24").kes, Some(1_000));
    }

    fn service(fees: &str) -> ServiceEntry {
        serde_json::from_str(&text(fees)).expect("a service")
    }

    fn text(fees: &str) -> String {
        format!(
            r#"{{ "id": "nrb-id-replace", "agency": "NRB", "group": "identity", "name": {{ "en": "ID", "sw": "Kitambulisho" }},
            "icon": "id", "fee_kes": 1000, "fee_note": null, "documents": [], "turnaround": null, "popular": true, "collection": false,
            "keywords": [], "promise_minutes": 30, "fees": {fees} }}"#
        )
    }
}
