//! What those ask for who do not simply come, and what officers add to a visit, in a word each.

use protocol::request::{AddBookings, CheckIn, CounterDone, DeliverService, Done, IssuedTicket, MarkTicket, NewBooking, TakeUpReturn};
use protocol::{Class, Language, MarkId, RefusalBody, ServiceId, TicketId, TicketNumber, Time};
use serde_json::Value;

use crate::Client;

impl Client {
    /// Asks for the ticket of a booked visit.
    pub async fn check_in(&self, code: &str) -> Result<IssuedTicket, RefusalBody> {
        let body = CheckIn { request: self.request_id(), code: code.into(), language: Language::Sw };
        self.post("/api/v1/check-ins", &body).await
    }

    /// Asks for an appointment whose time stands on a slip without a code.
    pub async fn booked_on_slip(&self, service: &str, at: Time) -> Result<IssuedTicket, RefusalBody> {
        let mut body = self.ticket_request(service);
        (body.class, body.booked_at) = (Class::Appointment, Some(at));
        self.post("/api/v1/tickets", &body).await
    }

    /// Asks for a ticket in place of one that the last day could not serve.
    pub async fn take_up(&self, number: TicketNumber) -> Result<IssuedTicket, RefusalBody> {
        let body = TakeUpReturn { request: self.request_id(), number, language: Language::Sw };
        self.post("/api/v1/return-tickets", &body).await
    }

    /// Adds appointments to the list; returns the whole of it as the server tells it.
    pub async fn add_bookings(&self, bookings: &[(&str, &str, Time)]) -> Result<Value, RefusalBody> {
        let booking = |(code, service, at): &(&str, &str, Time)| {
            let service = ServiceId::new(service).expect("a service's id");
            NewBooking { code: (*code).into(), service, at: *at }
        };
        self.post("/api/v1/bookings", &AddBookings { bookings: bookings.iter().map(booking).collect() }).await
    }

    /// Puts a mark on a visit, or takes it off.
    pub async fn mark(&self, number: TicketNumber, mark: &str, on: bool) -> Result<Done, RefusalBody> {
        let mark = MarkId::new(mark).expect("a mark's id");
        self.post("/api/v1/marks", &MarkTicket { request: self.request_id(), number, mark, on }).await
    }

    /// Notes what was done besides.
    pub async fn deliver(&self, counter: u16, ticket: TicketId, service: &str, count: u8) -> Result<CounterDone, RefusalBody> {
        let service = ServiceId::new(service).expect("a service's id");
        let body = DeliverService { request: self.request_id(), ticket, service, count };
        self.post(&format!("/api/v1/counters/{counter}/deliver"), &body).await
    }
}
