//! The touch kiosk's station: how a touch becomes a ticket, with the server or without it, and how a slip comes on paper. The
//! program beside it only joins the rooms; tests put printers with every fault under them.

pub mod arguments;
mod book;
pub mod centre_time;
#[cfg(test)]
mod deploy;
pub mod issue;
pub mod ledger;
pub mod offline;
pub mod orders;
pub mod outbox;
pub mod paper;
pub mod press;
pub mod settings;
#[cfg(test)]
mod twin;
