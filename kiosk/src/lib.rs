//! How a kiosk puts slips on paper: the printer's thread, the record of what was begun, and the printer itself. The program
//! is beside it; tests put printers with every fault under it.

pub mod ledger;
pub mod paper;
pub mod press;
#[cfg(test)]
mod twin;
