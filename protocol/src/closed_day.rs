//! Days on which the centre stays closed: those of its file, and those that a manager added.

use serde::{Deserialize, Serialize};

use crate::id::OfficerId;
use crate::ticket::Text;
use crate::time::Time;

/// `GET /api/v1/closed-days`: the closed days from today on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClosedDays {
    /// The date at the centre, `2026-11-24`.
    pub today: String,
    /// The days, in order.
    pub days: Vec<ClosedDay>,
    /// When the centre gives tickets next after now; absent when every day of the year is closed.
    pub next: Option<Opening>,
}

/// One closed day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClosedDay {
    /// Its date, `2026-12-25`.
    pub date: String,
    /// What it is called; absent for a day of the centre's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// Who added it, and can be asked; absent for a day of the centre's file, which cannot be removed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_by: Option<OfficerId>,
    /// When it was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_at: Option<Time>,
}

/// A business day that is to come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Opening {
    /// Its date, `2026-11-25`.
    pub date: String,
    /// From when on tickets are given.
    pub tickets_from: Time,
    /// When the counters open.
    pub opens_at: Time,
}

/// `POST /api/v1/closed-days`: the centre stays closed on one more day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddClosedDay {
    /// The date, `2026-12-25`.
    pub date: String,
    /// What the day is called, in both languages; of at most [`CLOSED_DAY_NAME_MAX`] characters.
    pub name: Text,
}

/// The longest name of a closed day, characters.
pub const CLOSED_DAY_NAME_MAX: usize = 60;
