//! What every station does: it is paired once, keeps a link to the server and serves its page on loopback.
//!
//! A station holds no truth. It can be switched off at any moment, and after a cold boot with the server down it still
//! shows a page that says what is known and since when.

pub mod address;
pub mod backoff;
mod catalogue;
pub mod connect;
pub mod disk;
pub mod faults;
pub mod files;
mod guard;
pub mod health;
pub mod identity;
pub mod life;
pub mod link;
pub mod page;
pub mod pairing;
pub mod process;
pub mod proxy;
pub mod refuse;
mod relay;
mod report;
pub mod standing;
mod supervisor;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod twin;

pub use address::ServerAddress;
pub use catalogue::kept_slip_template;
pub use identity::{Identity, StateFolder};
pub use life::{Settings, Station};
pub use link::{Delivery, Tempo};
pub use standing::{Contact, Standing};
