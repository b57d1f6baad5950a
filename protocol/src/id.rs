//! The names of things: every id is a type of its own, so that no counter is ever mistaken for a ticket.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

/// A text that is not a well-formed id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be 1 to {length_max} letters, digits, '-', '_', '.' or ':'")]
pub struct BadId {
    kind: &'static str,
    length_max: usize,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $length_max:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, max_length = $length_max, min_length = 1))]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the id for `text`, or why it is none.
            pub fn new(text: &str) -> Result<Self, BadId> {
                let well_formed = (1..=$length_max).contains(&text.len())
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
                match well_formed {
                    true => Ok(Self(text.into())),
                    false => Err(BadId { kind: $kind, length_max: $length_max }),
                }
            }

            /// Returns the id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Self::new(text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

text_id!(
    /// A service a citizen can come for, such as `nrb-id-replace`.
    ServiceId, "a service", 48
);
text_id!(
    /// An agency with services here, such as `NRB`.
    AgencyCode, "an agency", 24
);
text_id!(
    /// A group of services that share a ticket letter and a row on hall screens.
    GroupId, "a group", 24
);
text_id!(
    /// A hall or floor with its own screens and speaker.
    ZoneId, "a zone", 24
);
text_id!(
    /// A named set of counters that can be sent a ticket together.
    PoolId, "a pool", 24
);
text_id!(
    /// A mark that officers may put on a visit, from the centre's own list.
    MarkId, "a mark", 24
);
text_id!(
    /// An officer's account name; never a citizen's.
    OfficerId, "an officer", 32
);
text_id!(
    /// A paired device, such as `kiosk-1`.
    DeviceId, "a device", 40
);
text_id!(
    /// A printer on the network that the server drives, such as `hall-a`.
    PrinterId, "a printer", 40
);
text_id!(
    /// A name that the asker gives to one request, so that asking again is answered and not done again.
    RequestId, "a request id", 64
);

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($of:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub $of);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id!(
    /// A numbered desk; the number is the one on its plate.
    CounterId(u16)
);
number_id!(
    /// One visit, unique over the life of a centre; also the order of issue.
    TicketId(u64)
);
number_id!(
    /// A booked visit in the centre's list of appointments; it leads to no citizen.
    BookingId(u64)
);
number_id!(
    /// One announcement, unique over the life of a centre; a recall has a number of its own.
    CallNumber(u64)
);
number_id!(
    /// One slip that is to be printed, or was, in the server's ledger.
    JobId(u64)
);
number_id!(
    /// A place in the journal, from 1; without gaps.
    Seq(u64)
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_refuses_what_could_break_a_log_line() {
        assert!(ServiceId::new("nrb-id-new").is_ok());
        for bad in ["", "a b", "x\n", "naïve", &"x".repeat(49)] {
            assert!(ServiceId::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_bad_id_does_not_come_in_by_json() {
        assert!(serde_json::from_str::<RequestId>("\"7f\"").is_ok());
        assert!(serde_json::from_str::<RequestId>("\"7f 8\"").is_err());
    }
}
