//! What may be wrong with the machine's clock, as the board and the health answer say it.

use serde::{Deserialize, Serialize};

/// A machine's clock that is not simply believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockTrouble {
    /// What is wrong.
    pub fault: ClockFault,
    /// Milliseconds that the machine's clock is ahead of where it should be; below zero when it is behind.
    pub by: i64,
}

/// What is wrong with a machine's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClockFault {
    /// It jumped while the server ran; the centre goes on by its own time.
    Jumped,
    /// At the start it was behind the journal's last entry; the centre goes on from there.
    BehindJournal,
    /// At the start it was far later than the journal's last entry; it is believed, for a centre must open.
    FarAhead,
}
