//! Numbers that a kiosk may give by itself while the server is away, and how it tells of them afterwards.
//!
//! The server reserves numbers for a kiosk's *book*, the file in which the kiosk keeps them with what it gave of them. Whatever
//! was given is handed over as it was asked for, under the name that the request had.

use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, ServiceId, TicketId};
use crate::request::IssueTicket;
use crate::ticket::TicketNumber;
use crate::time::Time;

/// Numbers of one letter in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NumberBlock {
    /// The letter.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub letter: char,
    /// The first number.
    pub first: u16,
    /// The last one, itself included.
    pub last: u16,
}

impl NumberBlock {
    /// Returns the numbers of the block, from the first.
    pub fn numbers(self) -> impl Iterator<Item = TicketNumber> {
        (self.first..=self.last).map(move |number| TicketNumber { letter: self.letter, number })
    }

    /// Returns numbers as blocks, by letter and from the lowest.
    pub fn of(numbers: impl IntoIterator<Item = TicketNumber>) -> Vec<NumberBlock> {
        let mut numbers: Vec<TicketNumber> = numbers.into_iter().collect();
        numbers.sort_unstable_by_key(|number| (number.letter, number.number));
        let mut blocks: Vec<NumberBlock> = Vec::new();
        for TicketNumber { letter, number } in numbers {
            match blocks.last_mut() {
                Some(block) if block.letter == letter && number <= block.last.saturating_add(1) => block.last = number,
                _ => blocks.push(NumberBlock { letter, first: number, last: number }),
            }
        }
        blocks
    }
}

/// `POST /api/v1/devices/me/numbers`: a kiosk asks for numbers to give while the server is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskNumbers {
    /// The kiosk's book. One that was begun anew knows nothing of what was given before and gets other numbers.
    pub book: u32,
}

/// The answer to [`AskNumbers`]: all that the book may give from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReservedNumbers {
    /// The business day that they belong to, such as `2026-11-24`.
    pub date: String,
    /// Local midnight at its start.
    pub midnight: Time,
    /// From when kiosks give tickets.
    pub tickets_from: Time,
    /// When they stop.
    pub closes_at: Time,
    /// The time at the centre.
    pub now: Time,
    /// How much faster than real time it runs: 1, but in a demonstration.
    #[serde(default = "real")]
    pub pace: u32,
    /// Where a slip's QR code leads, where the centre publishes a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_page: Option<String>,
    /// Services that give tickets at certain hours only, with today's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<ServiceHours>,
    /// Numbers that are reserved for the book and were not handed over.
    #[serde(default)]
    pub numbers: Vec<NumberBlock>,
}

/// When a service gives tickets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceHours {
    /// The service.
    pub service: ServiceId,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
}

fn real() -> u32 {
    1
}

/// `POST /api/v1/devices/me/offline-tickets`: a kiosk hands over one ticket that it gave by itself. Asked again, nothing
/// happens twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// What was asked for at the kiosk, to the letter: the server may have heard it before the line broke.
    pub ask: IssueTicket,
    /// The number on the paper.
    pub number: TicketNumber,
    /// The business day that the number belongs to.
    pub date: String,
    /// When it was given, by the time of the centre as the kiosk knows it now.
    pub at: Time,
}

/// The answer to [`HandOver`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandedOver {
    /// The number on the paper.
    pub number: TicketNumber,
    /// What became of it.
    #[serde(flatten)]
    pub became: Became,
}

/// What became of a ticket that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "became", rename_all = "snake_case")]
pub enum Became {
    /// It stands in the queue, where it would have stood.
    Queued {
        /// The ticket.
        ticket: TicketId,
        /// Since when it waits.
        at: Time,
    },
    /// Its day has ended: its holder may take it up on the next one.
    Left,
}

/// How many numbers one kiosk was given on a day, and what became of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KioskNumbers {
    /// The kiosk.
    pub kiosk: DeviceId,
    /// The business day.
    pub date: String,
    /// Numbers reserved for it.
    pub reserved: u32,
    /// Those that were handed over.
    pub used: u32,
    /// Those of which nothing is known: not given, or given and not yet handed over.
    pub open: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_blocks_and_blocks_numbers() {
        let number = |text: &str| text.parse::<TicketNumber>().expect("a number");
        let numbers = ["K998", "J001", "K999", "K996", "J002", "K998"].map(number);
        let blocks = NumberBlock::of(numbers);
        assert_eq!(blocks.len(), 3);
        let told: Vec<String> = blocks.iter().flat_map(|block| block.numbers()).map(|number| number.to_string()).collect();
        assert_eq!(told, ["J001", "J002", "K996", "K998", "K999"]);
    }

    #[test]
    fn an_outcome_says_its_name() {
        let queued = HandedOver { number: "K961".parse().expect("a number"), became: Became::Queued { ticket: TicketId(7), at: Time(5) } };
        let json = serde_json::to_string(&queued).expect("plain data");
        assert_eq!(json, r#"{"number":"K961","became":"queued","ticket":7,"at":5}"#);
        assert_eq!(serde_json::from_str::<HandedOver>(&json).expect("reads back"), queued);
    }
}
