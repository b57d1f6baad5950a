//! What a slip says, before anyone has decided how it looks.
//!
//! The server fills it in when a ticket is issued; a kiosk's station fills it in by itself when the server is out of
//! touch. Dates and times are already the centre's own, as text: paper knows no time zone.

use serde::{Deserialize, Serialize};

use crate::ticket::{Language, Text, TicketNumber, WaitRange};

/// Everything that one slip says. It holds a number, a service and the centre's words, and nothing about the citizen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlipContent {
    /// The centre's name, such as `Mombasa`.
    pub centre: String,
    /// The number to be called.
    pub number: TicketNumber,
    /// The service.
    pub service: Text,
    /// The short name of the agency or group, such as `NTSA`; may be empty.
    #[serde(default)]
    pub group: String,
    /// The chosen language: first and bold, the other one under it.
    #[serde(default)]
    pub language: Language,
    /// Whether the ticket is of the priority class. The reason is never told.
    #[serde(default)]
    pub priority: bool,
    /// How many are called before it; absent when nobody knows, as when the server is out of touch.
    #[serde(default)]
    pub ahead: Option<u32>,
    /// The wait as a range; absent when none can be told.
    #[serde(default)]
    pub wait: Option<WaitRange>,
    /// What the service costs.
    #[serde(default)]
    pub fee: SlipFee,
    /// The documents to have ready, in the order in which they are asked for.
    #[serde(default)]
    pub documents: Vec<Text>,
    /// The local date, such as `24.11.2026`.
    pub date: String,
    /// The local time of day, such as `11:24`.
    pub time: String,
    /// The day of the week in both languages.
    #[serde(default)]
    pub weekday: Text,
    /// Where the slip was printed, such as `K2`.
    #[serde(default)]
    pub kiosk: String,
    /// The address that the QR code opens, where the centre publishes one.
    #[serde(default)]
    pub phone_page: Option<String>,
    /// Whether the kiosk issued it by itself, without the server.
    #[serde(default)]
    pub offline: bool,
    /// The services that follow on the same ticket, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Text>,
    /// The time that the visit is booked for, such as `10:30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked: Option<String>,
    /// Whether its holder waits outside until called in, because the hall is full.
    #[serde(default)]
    pub outside: bool,
    /// One more thing that the centre wants to say on this slip.
    #[serde(default)]
    pub note: Option<Text>,
}

/// What a service costs, as far as the centre knows. The ticket itself is always free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SlipFee {
    /// Nothing is paid.
    Free,
    /// Whole Kenya shillings.
    Kes(u32),
    /// The centre does not know; the officer says it.
    #[default]
    Unknown,
}

impl SlipContent {
    /// Returns a content with a number and a service, and nothing else known.
    pub fn new(centre: impl Into<String>, number: TicketNumber, service: Text) -> SlipContent {
        SlipContent {
            centre: centre.into(),
            number,
            service,
            group: String::new(),
            language: Language::default(),
            priority: false,
            ahead: None,
            wait: None,
            fee: SlipFee::default(),
            documents: Vec::new(),
            date: String::new(),
            time: String::new(),
            weekday: Text::default(),
            kiosk: String::new(),
            phone_page: None,
            offline: false,
            then: Vec::new(),
            booked: None,
            outside: false,
            note: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_reads_back_as_it_was_written() {
        let mut content = SlipContent::new("Mombasa", number(), service());
        content.fee = SlipFee::Kes(200);
        content.wait = Some(WaitRange { from_minutes: 20, to_minutes: 30 });
        let json = serde_json::to_string(&content).expect("a slip is plain data");
        assert_eq!(serde_json::from_str::<SlipContent>(&json).expect("reads back"), content);
    }

    #[test]
    fn a_slip_that_says_little_is_still_a_slip() {
        let json = r#"{"centre":"Mombasa","number":"L054","service":{"en":"Birth","sw":"Kuzaliwa"},"date":"24.11.2026","time":"11:24"}"#;
        let content: SlipContent = serde_json::from_str(json).expect("the rest has defaults");
        assert_eq!(content.number, number());
        assert_eq!((content.ahead, content.wait, content.fee), (None, None, SlipFee::Unknown));
    }

    fn number() -> TicketNumber {
        TicketNumber { letter: 'L', number: 54 }
    }

    fn service() -> Text {
        Text { en: "Birth certificate".into(), sw: "Cheti cha kuzaliwa".into() }
    }
}
