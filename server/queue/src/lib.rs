//! The core of a centre: commands in, events out; no IO, no clock, no randomness, no hash order.
//!
//! [`Hall::decide`] may say no, [`Hall::apply`] may not. The state of a centre is the fold of `apply` over its journal,
//! so an event carries every choice that was made. Time comes in with each call and is never asked for.

mod check;
mod command;
mod decide;
pub mod dispatch;
mod door;
pub mod estimate;
mod event;
mod hall;
mod issue;
mod journey;
mod policy;
mod reserve;
mod undo;
mod visit;

pub use check::Violation;
pub use command::{Arrival, Booked, Command, Given};
pub use dispatch::UNIT_WEIGHT;
pub use event::{Called, CloseReason, End, Event, Issued, Offline, OpenNumbers, Queued, Recorded, Return, RunnerUp, Why};
pub use hall::{Counter, CounterDesk, Day, Hall, Lane, ServiceDesk, Stage, Suspension, Ticket};
pub use policy::{BusinessDay, CounterPolicy, NumberRange, OfficerPolicy, Policy, Promise, Promises, ServicePolicy};
pub use reserve::Numbers;
pub use undo::LastAct;
