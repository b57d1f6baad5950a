//! Attendants at kiosks: who proves to be one may ask for slips.

use protocol::{DeviceId, Refusal};

use super::Registry;

impl Registry {
    /// Refuses a token by which no attendant is at this kiosk.
    pub fn check_attendant(&self, _kiosk: &DeviceId, _token: &str) -> Result<(), Refusal> {
        Err(Refusal::NotAllowed)
    }
}
