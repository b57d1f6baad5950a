//! A touch becomes a ticket and a slip: asked of the server until it answers, printed once, and told to the page.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use protocol::printing::SlipOutcome;
use protocol::request::{CheckIn, IssueTicket, IssuedTicket, TakeUpReturn};
use protocol::{Refusal, RequestId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use station::backoff::Backoff;
use station::proxy::{Answer, bounded};
use station::refuse::{code_in, refuse, refuse_with};
use station::standing::wall_clock;
use station::{Contact, Station};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use crate::offline::Offline;
use crate::outbox::Outbox;
use crate::press::Press;

/// How long the server is asked before the citizen is told that it cannot be reached.
const DEADLINE: Duration = Duration::from_secs(8);

/// How long it is asked when a ticket can be given without it: a citizen is not kept waiting for what is not needed.
const DEADLINE_WITH_NUMBERS: Duration = Duration::from_secs(3);

/// How long it is asked then when the link says that it is away.
const DEADLINE_OUT_OF_TOUCH: Duration = Duration::from_millis(800);

/// How long one try may take.
const TRY: Duration = Duration::from_secs(3);

/// Requests whose outcome is remembered, so that a repeated touch finds it.
const REMEMBERED_MAX: usize = 256;

/// Issues tickets for one kiosk.
#[derive(Debug)]
struct Issuer {
    station: Arc<Station>,
    press: Option<Press>,
    outbox: Outbox,
    /// Gives tickets while the server is away; nothing where the book could not be opened.
    offline: Option<Arc<Offline>>,
    deadline: Duration,
    touches: Mutex<Touches>,
}

/// What was asked lately, the oldest first to be forgotten.
#[derive(Debug, Default)]
struct Touches {
    by_request: HashMap<RequestId, Touch>,
    in_order: VecDeque<RequestId>,
}

/// Where a ticket is asked for.
const TICKETS: &str = "/api/v1/tickets";
/// Where a booked visit checks in.
const CHECK_INS: &str = "/api/v1/check-ins";
/// Where whoever the last day could not serve comes again.
const RETURN_TICKETS: &str = "/api/v1/return-tickets";

/// How somebody comes by a ticket; each is answered with one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Ask {
    Ticket(IssueTicket),
    CheckIn(CheckIn),
    TakeUp(TakeUpReturn),
}

impl Ask {
    fn request(&self) -> &RequestId {
        match self {
            Ask::Ticket(ask) => &ask.request,
            Ask::CheckIn(ask) => &ask.request,
            Ask::TakeUp(ask) => &ask.request,
        }
    }

    fn path(&self) -> &'static str {
        match self {
            Ask::Ticket(_) => TICKETS,
            Ask::CheckIn(_) => CHECK_INS,
            Ask::TakeUp(_) => RETURN_TICKETS,
        }
    }
}

#[derive(Clone, Debug)]
struct Touch {
    ask: Ask,
    outcome: watch::Receiver<Option<Outcome>>,
}

/// What became of a touch.
#[derive(Clone, Debug)]
enum Outcome {
    Issued(Arc<IssuedTicket>),
    /// The server's own words.
    Refused(Answer),
    /// This station's.
    NotGiven(Refusal),
    OutOfTouch,
}

/// Returns the route that issues.
pub fn router(station: Arc<Station>, press: Option<Press>, outbox: Outbox, offline: Option<Arc<Offline>>) -> Router {
    routes(Issuer { station, press, outbox, offline, deadline: DEADLINE, touches: Mutex::default() })
}

fn routes(issuer: Issuer) -> Router {
    let routes = Router::new();
    let routes = routes.route(TICKETS, post(|State(issuer), request| answer(issuer, request, Ask::Ticket)));
    let routes = routes.route(CHECK_INS, post(|State(issuer), request| answer(issuer, request, Ask::CheckIn)));
    let routes = routes.route(RETURN_TICKETS, post(|State(issuer), request| answer(issuer, request, Ask::TakeUp)));
    routes.with_state(Arc::new(issuer))
}

async fn answer<T: DeserializeOwned>(issuer: Arc<Issuer>, request: Request, kind: fn(T) -> Ask) -> Response {
    if !is_json(request.headers()) {
        return refuse_with(Refusal::BadRequest, Some("the content type must be application/json".into()));
    }
    let Ok(body) = bounded(request.into_body()).await else {
        return refuse(Refusal::TooLarge);
    };
    match serde_json::from_slice(&body) {
        Ok(ask) => issuer.issue(kind(ask)).await,
        Err(error) => refuse_with(Refusal::BadJson, Some(error.to_string())),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

impl Issuer {
    async fn issue(self: &Arc<Self>, ask: Ask) -> Response {
        let Some(mut outcome) = self.touch(ask) else {
            return refuse(Refusal::RequestReused);
        };
        match outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone()) {
            Some(Outcome::Issued(issued)) => (StatusCode::OK, Json(issued.as_ref())).into_response(),
            Some(Outcome::Refused(answer)) => answer.into_response(),
            Some(Outcome::NotGiven(refusal)) => refuse(refusal),
            Some(Outcome::OutOfTouch) | None => refuse(Refusal::OutOfTouch),
        }
    }

    /// Begins to issue, or finds the same touch that is under way or done; nothing, when the request id stands for another.
    ///
    /// The work is a task of its own: a page that goes away in the middle does not stop it.
    fn touch(self: &Arc<Self>, ask: Ask) -> Option<watch::Receiver<Option<Outcome>>> {
        let mut touches = self.touches.lock().expect("nobody panics while holding the touches");
        if let Some(touch) = touches.by_request.get(ask.request()) {
            return (touch.ask == ask).then(|| touch.outcome.clone());
        }
        let (sender, outcome) = watch::channel(None);
        touches.remember(Touch { ask: ask.clone(), outcome: outcome.clone() });
        let issuer = self.clone();
        tokio::spawn(async move {
            let became = issuer.work(&ask).await;
            if !matches!(became, Outcome::Issued(_)) {
                // Not done, so a repeat is a new question.
                issuer.touches.lock().expect("nobody panics while holding the touches").forget(ask.request());
            }
            sender.send_replace(Some(became));
        });
        Some(outcome)
    }

    async fn work(&self, ask: &Ask) -> Outcome {
        // What was given before the station started anew is not given twice, by the server or without it.
        let outcome = match self.given(ask) {
            Some(Ok(given)) => Outcome::Issued(Arc::new(given)),
            Some(Err(refusal)) => Outcome::NotGiven(refusal),
            None => self.issue_anew(ask).await,
        };
        let Outcome::Issued(issued) = outcome else { return outcome };
        let mut issued = Arc::unwrap_or_clone(issued);
        // The server has printed it where this kiosk's slips come out at a printer that it drives.
        if let (None, Some(press)) = (issued.paper, &self.press) {
            issued.paper = Some(press.print(ask.request().clone(), issued.slip.clone()).await);
            self.outbox.add(slip_outcome(ask.request(), &issued)).await;
        }
        Outcome::Issued(Arc::new(issued))
    }

    fn given(&self, ask: &Ask) -> Option<Result<IssuedTicket, Refusal>> {
        match (&self.offline, ask) {
            (Some(offline), Ask::Ticket(ask)) => offline.given(ask),
            (Some(_) | None, Ask::Ticket(_) | Ask::CheckIn(_) | Ask::TakeUp(_)) => None,
        }
    }

    async fn issue_anew(&self, ask: &Ask) -> Outcome {
        let answer = match self.ask_server(ask).await {
            Some(answer) if answer.status.is_success() => answer,
            // The centre's numbers have run out, and this kiosk may still hold some.
            Some(answer)
                if answer.status.is_server_error() || code_in(&answer.body).as_deref() == Some(Refusal::NumbersExhausted.code()) =>
            {
                return self.give(ask, Outcome::Refused(answer)).await;
            }
            Some(answer) => return Outcome::Refused(answer),
            None => return self.give(ask, Outcome::OutOfTouch).await,
        };
        let issued: IssuedTicket = match serde_json::from_slice(&answer.body) {
            Ok(issued) => issued,
            Err(error) => {
                warn!(%error, "the server's ticket could not be read: this station needs an update");
                return Outcome::Refused(answer);
            }
        };
        info!(ticket = %issued.number, service = %issued.service, "issued {}", issued.number);
        if let (Some(offline), Ask::Ticket(ask)) = (&self.offline, ask) {
            offline.note(ask, &issued).await;
        }
        Outcome::Issued(Arc::new(issued))
    }

    /// Gives a ticket without the server, where that can be; appointments with a code and old tickets are the server's to know.
    async fn give(&self, ask: &Ask, otherwise: Outcome) -> Outcome {
        match (&self.offline, ask) {
            (Some(offline), Ask::Ticket(ask)) => match offline.give(ask).await {
                Ok(issued) => Outcome::Issued(Arc::new(issued)),
                Err(Refusal::OutOfTouch) => otherwise,
                Err(refusal) => Outcome::NotGiven(refusal),
            },
            (Some(_) | None, Ask::Ticket(_) | Ask::CheckIn(_) | Ask::TakeUp(_)) => otherwise,
        }
    }

    /// Returns how long the server is asked.
    fn patience(&self, ask: &Ask) -> Duration {
        let has_numbers = matches!(ask, Ask::Ticket(_)) && self.offline.as_ref().is_some_and(|offline| offline.can_give());
        match (has_numbers, self.station.told().now().server) {
            (true, Contact::Unreachable) => self.deadline.min(DEADLINE_OUT_OF_TOUCH),
            (true, Contact::Connected) => self.deadline.min(DEADLINE_WITH_NUMBERS),
            (false, Contact::Connected | Contact::Unreachable) => self.deadline,
        }
    }

    /// Asks with the same request id until there is an answer or the deadline. A server that is too busy is asked again.
    async fn ask_server(&self, ask: &Ask) -> Option<Answer> {
        let give_up = Instant::now() + self.patience(ask);
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1), Backoff::seed());
        let mut last = None;
        loop {
            let left = give_up.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return last;
            }
            let asked = self.station.post(ask.path(), ask);
            match timeout(left.min(TRY), asked).await {
                Ok(Ok(answer)) if answer.status.is_server_error() => last = Some(answer),
                Ok(Ok(answer)) => return Some(answer),
                Ok(Err(error)) => warn!(%error, "could not ask for a ticket: trying again"),
                Err(_) => warn!("the server takes long to issue a ticket: trying again"),
            }
            let left = give_up.saturating_duration_since(Instant::now());
            sleep(backoff.next_wait().min(left)).await;
        }
    }
}

fn slip_outcome(request: &RequestId, issued: &IssuedTicket) -> SlipOutcome {
    SlipOutcome {
        request: request.clone(),
        job: None,
        number: Some(issued.number),
        service: Some(issued.service.clone()),
        paper: issued.paper,
        at: wall_clock(),
    }
}

impl Touches {
    fn remember(&mut self, touch: Touch) {
        if self.in_order.len() >= REMEMBERED_MAX
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.by_request.remove(&oldest);
        }
        self.in_order.push_back(touch.ask.request().clone());
        self.by_request.insert(touch.ask.request().clone(), touch);
    }

    fn forget(&mut self, request: &RequestId) {
        self.by_request.remove(request);
        self.in_order.retain(|known| known != request);
    }
}

#[cfg(test)]
mod tests;
