//! The words that stand on every slip, in both languages; where they come from is the caller's affair.

use protocol::{Language, ticket::Text};

/// The centre's words for a slip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlipWords {
    /// What this paper is: "Ticket".
    pub title: Text,
    /// Label of the number of people who are called before.
    pub ahead: Text,
    /// Label of the estimated wait.
    pub wait: Text,
    /// The unit after a range of minutes.
    pub minutes: Text,
    /// In place of the range when none can be told.
    pub wait_unknown: Text,
    /// Label of the fee.
    pub fee: Text,
    /// In place of the fee when there is none.
    pub free: Text,
    /// In place of the fee when the centre does not know it.
    pub fee_unknown: Text,
    /// Heading over the documents.
    pub documents: Text,
    /// In place of the documents when none are needed.
    pub no_documents: Text,
    /// That tickets are free.
    pub tickets_free: Text,
    /// That nobody is to be paid.
    pub do_not_pay: Text,
    /// What the QR code is for.
    pub follow_phone: Text,
    /// What to do when the number has passed.
    pub missed: Text,
    /// That the paper must be kept.
    pub keep: Text,
    /// Where to report corruption.
    pub report: Text,
    /// That the kiosk issued the ticket without the server.
    pub offline: Text,
    /// That the ticket is of the priority class.
    pub priority: Text,
    /// That the visit is booked; its time follows.
    pub appointment: Text,
    /// That its holder waits outside until called in.
    pub outside: Text,
    /// Label of the service that follows.
    pub then: Text,
}

impl SlipWords {
    /// Returns the product's own words.
    pub fn load() -> SlipWords {
        SlipWords::from_messages(|language, key| assets::text::message(language, key, &[]))
    }

    /// Asks for each word by its key.
    pub fn from_messages(message: impl Fn(Language, &str) -> String) -> SlipWords {
        let both = |key: &str| Text { en: message(Language::En, key), sw: message(Language::Sw, key) };
        SlipWords {
            title: both("slip-title"),
            ahead: both("slip-ahead"),
            wait: both("slip-wait"),
            minutes: both("slip-minutes"),
            wait_unknown: both("slip-wait-unknown"),
            fee: both("slip-fee"),
            free: both("slip-free"),
            fee_unknown: both("slip-fee-unknown"),
            documents: both("slip-documents"),
            no_documents: both("slip-no-documents"),
            tickets_free: both("slip-tickets-free"),
            do_not_pay: both("slip-do-not-pay"),
            follow_phone: both("slip-follow-phone"),
            missed: both("slip-missed"),
            keep: both("slip-keep"),
            report: both("slip-report"),
            offline: both("slip-offline"),
            priority: both("slip-priority"),
            appointment: both("slip-appointment"),
            outside: both("slip-outside"),
            then: both("slip-then"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_in_both_languages() {
        let words = format!("{:?}", SlipWords::load());
        assert!(!words.contains("slip-") && !words.contains("\"\""), "{words}");
    }
}
