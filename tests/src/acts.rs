//! What kiosks, officers and managers ask for, in a word each.

use protocol::request::{
    CallTicket, CancelTicket, CounterAct, CounterDone, Done, FinishService, HoldTicket, IssueTicket, IssuedTicket, NoShow, PauseCounter,
    ReturnTicket, SetPriority, SuspendServices, SuspensionReason, TicketAct, TransferTicket,
};
use protocol::{AgencyCode, CancelReason, Class, Language, OutOfOrderReason, Outcome, RefusalBody, ServiceId, Standing, Target};
use protocol::{PauseReason, TicketId, TicketNumber, Time};

use crate::Client;

/// What an act at a counter leads to.
pub type Acted = Result<CounterDone, RefusalBody>;

impl Client {
    /// Returns a request for a ticket in the regular queue, not yet asked.
    pub fn ticket_request(&self, service: &str) -> IssueTicket {
        let service = ServiceId::new(service).expect("a service's id");
        IssueTicket {
            request: self.request_id(),
            service,
            class: Class::Standard,
            language: Language::Sw,
            then: Vec::new(),
            booked_at: None,
        }
    }

    /// Asks for a ticket in the regular queue.
    pub async fn issue(&self, service: &str) -> Result<IssuedTicket, RefusalBody> {
        self.post("/api/v1/tickets", &self.ticket_request(service)).await
    }

    /// Opens a counter.
    pub async fn open(&self, counter: u16) -> Acted {
        self.act(counter, "open").await
    }

    /// Closes it.
    pub async fn close(&self, counter: u16) -> Acted {
        self.act(counter, "close").await
    }

    /// Calls the next ticket.
    pub async fn next(&self, counter: u16) -> Acted {
        self.act(counter, "next").await
    }

    /// Ends a break.
    pub async fn back(&self, counter: u16) -> Acted {
        self.act(counter, "resume").await
    }

    /// Begins a break.
    pub async fn pause(&self, counter: u16) -> Acted {
        let body = PauseCounter { request: self.request_id(), back_at: None, reason: PauseReason::Break };
        self.post(&format!("/api/v1/counters/{counter}/pause"), &body).await
    }

    /// Calls the ticket again.
    pub async fn recall(&self, counter: u16, ticket: TicketId) -> Acted {
        let body = TicketAct { request: self.request_id(), ticket };
        self.post(&format!("/api/v1/counters/{counter}/recall"), &body).await
    }

    /// The citizen is at the counter.
    pub async fn start(&self, counter: u16, ticket: TicketId) -> Acted {
        let body = TicketAct { request: self.request_id(), ticket };
        self.post(&format!("/api/v1/counters/{counter}/start"), &body).await
    }

    /// The citizen was served.
    pub async fn finish(&self, counter: u16, ticket: TicketId, then_next: bool) -> Acted {
        let body = FinishService { request: self.request_id(), ticket, outcome: Some(Outcome::Served), then_next };
        self.post(&format!("/api/v1/counters/{counter}/finish"), &body).await
    }

    /// The citizen did not come.
    pub async fn no_show(&self, counter: u16, ticket: TicketId, then_next: bool) -> Acted {
        let body = NoShow { request: self.request_id(), ticket, then_next };
        self.post(&format!("/api/v1/counters/{counter}/no-show"), &body).await
    }

    /// The citizen goes on an errand, until a time or until back.
    pub async fn hold(&self, counter: u16, ticket: TicketId, until: Option<Time>) -> Acted {
        let body = HoldTicket { request: self.request_id(), ticket, until, then_next: false };
        self.post(&format!("/api/v1/counters/{counter}/hold"), &body).await
    }

    /// The citizen goes on with another service, by the wait so far.
    pub async fn transfer(&self, counter: u16, ticket: TicketId, service: &str, to: Target) -> Acted {
        let service = ServiceId::new(service).expect("a service's id");
        let body = TransferTicket { request: self.request_id(), ticket, service, to, standing: Standing::Kept, then_next: false };
        self.post(&format!("/api/v1/counters/{counter}/transfer"), &body).await
    }

    /// Calls a ticket out of order.
    pub async fn call(&self, counter: u16, number: TicketNumber) -> Acted {
        let body = CallTicket { request: self.request_id(), number, reason: OutOfOrderReason::Back };
        self.post(&format!("/api/v1/counters/{counter}/call"), &body).await
    }

    /// Takes the last act back.
    pub async fn undo(&self, counter: u16) -> Acted {
        self.act(counter, "undo").await
    }

    /// A citizen is back.
    pub async fn returns(&self, number: TicketNumber) -> Result<Done, RefusalBody> {
        self.post("/api/v1/returns", &ReturnTicket { request: self.request_id(), number }).await
    }

    /// An officer's word on a ticket's priority.
    pub async fn priority(&self, number: TicketNumber, priority: bool) -> Result<Done, RefusalBody> {
        self.post("/api/v1/priorities", &SetPriority { request: self.request_id(), number, priority }).await
    }

    /// A citizen gives a ticket up.
    pub async fn cancel(&self, number: TicketNumber) -> Result<Done, RefusalBody> {
        let body = CancelTicket { request: self.request_id(), number, reason: CancelReason::GivenUp };
        self.post("/api/v1/cancellations", &body).await
    }

    /// Suspends an agency's services.
    pub async fn suspend(&self, agency: &str) -> Result<Done, RefusalBody> {
        let agency = AgencyCode::new(agency).expect("an agency's code");
        let reason = SuspensionReason::SystemDown;
        let body = SuspendServices { request: self.request_id(), agency, service: None, reason, back_at: None };
        self.post("/api/v1/suspensions", &body).await
    }

    /// Resumes them.
    pub async fn resume(&self, agency: &str) -> Result<Done, RefusalBody> {
        let body = CounterAct { request: self.request_id() };
        self.post(&format!("/api/v1/suspensions/{agency}/resume"), &body).await
    }

    async fn act(&self, counter: u16, act: &str) -> Acted {
        let body = CounterAct { request: self.request_id() };
        self.post(&format!("/api/v1/counters/{counter}/{act}"), &body).await
    }
}
