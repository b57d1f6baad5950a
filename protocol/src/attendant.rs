//! A member of staff who stands at a kiosk and helps: the centre's PIN, and the proof that it was said.

use serde::{Deserialize, Serialize};

use crate::id::OfficerId;
use crate::time::Time;

/// `PUT /api/v1/attendant-pin`: the PIN that opens attendant mode on every kiosk of the centre. Whoever is in that mode
/// has to say the new one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetAttendantPin {
    /// Four to eight digits that are not easily guessed.
    pub pin: String,
}

/// `GET /api/v1/attendant-pin`: whether there is one. The PIN itself is never told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttendantPin {
    /// Whether one is set; without one attendant mode does not open.
    pub set: bool,
    /// Who set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<OfficerId>,
    /// When it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

/// `POST /api/v1/devices/me/attendant`: somebody at this kiosk says the PIN.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenAttendant {
    /// What was typed.
    pub pin: String,
}

/// The answer: a proof that is good at this kiosk alone, and ends when it was not used for some minutes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attendant {
    /// Goes along with what only an attendant may ask for.
    pub attendant: String,
    /// Until when it is good if it is not used before.
    pub until: Time,
}

/// `POST /api/v1/devices/me/attendant/use`: the attendant is still there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UseAttendant {
    /// The proof.
    pub attendant: String,
}

/// The fewest digits of a PIN.
pub const PIN_DIGITS_MIN: usize = 4;
/// The most digits of a PIN.
pub const PIN_DIGITS_MAX: usize = 8;

/// What is secret stays out of logs: these are shown without what was typed or told.
macro_rules! secret {
    ($($name:ident),*) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })*
    };
}

secret!(SetAttendantPin, OpenAttendant, Attendant, UseAttendant);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_and_a_proof_do_not_get_into_a_log() {
        let shown = [
            format!("{:?}", SetAttendantPin { pin: "60418".into() }),
            format!("{:?}", OpenAttendant { pin: "60418".into() }),
            format!("{:?}", Attendant { attendant: "60418".into(), until: Time(0) }),
            format!("{:?}", UseAttendant { attendant: "60418".into() }),
        ];
        assert!(shown.iter().all(|shown| !shown.contains("60418")), "{shown:?}");
    }
}
