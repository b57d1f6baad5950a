//! What a ticket is called and how a visit may go: number, class, language, outcome, range of wait.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{CounterId, OfficerId, PoolId};

/// The number on a ticket: a letter and three digits, such as `K042`; up to five where a centre's range asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketNumber {
    /// The letter of the service's group, `A` to `Z`.
    pub letter: char,
    /// 0 to 999 in a usual centre.
    pub number: u16,
}

/// A text that is not a ticket number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a ticket number is a letter and three digits")]
pub struct BadTicketNumber;

impl TicketNumber {
    /// Returns the digits in the order in which they are shown and spoken: three, or more above 999.
    pub fn digits(self) -> Vec<u8> {
        format!("{:03}", self.number).bytes().map(|byte| byte - b'0').collect()
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}{:03}", self.letter, self.number))
    }
}

impl FromStr for TicketNumber {
    type Err = BadTicketNumber;

    fn from_str(text: &str) -> Result<Self, BadTicketNumber> {
        let mut characters = text.chars();
        let letter = characters.next().filter(char::is_ascii_uppercase).ok_or(BadTicketNumber)?;
        let digits = characters.as_str();
        let padded = digits.len() == 3 || (digits.len() > 3 && !digits.starts_with('0'));
        if !padded || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BadTicketNumber);
        }
        let number = digits.parse().map_err(|_| BadTicketNumber)?;
        Ok(TicketNumber { letter, number })
    }
}

impl Serialize for TicketNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TicketNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for TicketNumber {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let text = utoipa::openapi::schema::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String);
        text.pattern(Some("^[A-Z][0-9]{3,5}$")).into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for TicketNumber {}

/// How a ticket shares in the promise. The reason for priority is never kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The regular queue.
    #[default]
    Standard,
    /// Called sooner, by the centre's factor.
    Priority,
    /// Booked for a time of day, with a promise of its own.
    Appointment,
}

impl Class {
    /// Every class, in the order in which tables list them.
    pub const ALL: [Class; 3] = [Class::Standard, Class::Priority, Class::Appointment];
}

/// A language of the centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Kiswahili.
    #[default]
    Sw,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::En, Language::Sw];

    /// Returns the language tag, `en` or `sw`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Sw => "sw",
        }
    }

    /// Returns the other language, which stands under the chosen one.
    pub fn other(self) -> Language {
        match self {
            Language::En => Language::Sw,
            Language::Sw => Language::En,
        }
    }
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Text {
    /// English.
    pub en: String,
    /// Kiswahili.
    pub sw: String,
}

impl Text {
    /// Returns the text in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Sw => &self.sw,
        }
    }
}

/// How a service ended, as the officer says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Served,
    /// A document was missing; the citizen comes back with it.
    DocumentsMissing,
    /// Sent to another office.
    Referred,
    /// The agency's own system was down.
    SystemDown,
}

impl Outcome {
    /// Every outcome an officer can choose.
    pub const ALL: [Outcome; 4] = [Outcome::Served, Outcome::DocumentsMissing, Outcome::Referred, Outcome::SystemDown];
}

/// Who may call a ticket. A counter that is closed, or an officer who is at none, holds nobody up: then anyone may.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Every counter that serves its service.
    #[default]
    Anyone,
    /// This counter.
    Counter(CounterId),
    /// This officer, at whatever counter.
    Officer(OfficerId),
    /// Every counter of this pool.
    Pool(PoolId),
}

/// Where a ticket stands among those who wait for the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// By the wait so far: what was waited once is not waited again.
    #[default]
    Kept,
    /// Before everyone who waits for the service now.
    Front,
    /// Like a newcomer.
    End,
}

/// Why a ticket is called although it is not its turn. Reasons that would say something about the citizen have no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutOfOrderReason {
    /// The citizen is back, from an errand or after a missed call.
    Back,
    /// An earlier mistake is put right.
    Correction,
    /// The officer has begun with this citizen before.
    SameOfficer,
    /// A supervisor asked for it.
    Supervisor,
}

impl OutOfOrderReason {
    /// Every reason an officer can choose.
    pub const ALL: [OutOfOrderReason; 4] =
        [OutOfOrderReason::Back, OutOfOrderReason::Correction, OutOfOrderReason::SameOfficer, OutOfOrderReason::Supervisor];
}

/// Why an officer takes a break, for the board and the figures of the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// A short rest.
    #[default]
    Break,
    /// A meal.
    Lunch,
    /// Work for a citizen away from the counter.
    BackOffice,
    /// A meeting or a training.
    Meeting,
    /// The counter's machine or the agency's system does not work.
    Technical,
}

impl PauseReason {
    /// Every reason an officer can choose.
    pub const ALL: [PauseReason; 5] =
        [PauseReason::Break, PauseReason::Lunch, PauseReason::BackOffice, PauseReason::Meeting, PauseReason::Technical];
}

/// An act of an officer that can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A ticket was called.
    Call,
    /// A service was started.
    Start,
    /// A service was finished.
    Finish,
    /// A ticket was given up as missed.
    NoShow,
    /// A ticket was put on hold.
    Hold,
    /// A ticket was sent on.
    Transfer,
}

/// Why a visit ended away from a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The citizen gave the ticket up.
    GivenUp,
    /// The ticket was taken by mistake.
    Mistake,
    /// Its holder has another number, which a kiosk gave while the server was away. Nobody chooses this reason.
    Replaced,
}

/// A range of wait, rounded outwards, in whole minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitRange {
    /// At least this long.
    pub from_minutes: u16,
    /// At most this long.
    pub to_minutes: u16,
}

impl fmt::Display for WaitRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from_minutes, self.to_minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_back_as_it_is_shown() {
        let number = TicketNumber { letter: 'K', number: 42 };
        assert_eq!(number.to_string(), "K042");
        assert_eq!("K042".parse(), Ok(number));
        assert_eq!(number.digits(), [0, 4, 2]);
        assert_eq!("K1042".parse::<TicketNumber>().map(TicketNumber::digits), Ok(vec![1, 0, 4, 2]));
    }

    #[test]
    fn only_a_letter_and_three_digits_is_a_number() {
        for bad in ["", "K", "K42", "K0042", "k042", "K04x", "É042", "0042", "K+42"] {
            assert_eq!(bad.parse::<TicketNumber>(), Err(BadTicketNumber), "{bad}");
        }
    }
}
