//! What both ends of a wire agree on: ids, ticket numbers, requests, pushed frames, views and refusals.
//!
//! The wire grows by adding: new fields have defaults, and unknown frames are skipped by a reader.

pub mod attendant;
pub mod clock;
pub mod closed_day;
pub mod fee;
pub mod frame;
pub mod id;
pub mod offline;
pub mod printing;
pub mod refusal;
pub mod report;
pub mod request;
pub mod slip;
pub mod ticket;
pub mod time;
pub mod view;

pub use clock::{ClockFault, ClockTrouble};
pub use frame::{Frame, Topic};
pub use id::{
    AgencyCode, BookingId, CallNumber, CounterId, DeviceId, GroupId, JobId, MarkId, OfficerId, PoolId, PrinterId, RequestId, Seq,
    ServiceId, TicketId, ZoneId,
};
pub use refusal::{BookedVisit, Refusal, RefusalBody};
pub use ticket::{Act, CancelReason, Class, Language, OutOfOrderReason, Outcome, PauseReason, Standing, Target, TicketNumber, WaitRange};
pub use time::Time;
