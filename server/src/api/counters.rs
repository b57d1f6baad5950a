//! What an officer does at a counter.

use axum::Json;
use axum::extract::State;
use protocol::request::{
    CallTicket, CalledTicket, CounterAct, CounterDone, DeliverService, FinishService, HoldTicket, NoShow, PauseCounter, TicketAct,
    TransferTicket,
};
use protocol::{CounterId, Refusal, RefusalBody, RequestId};
use queue::{Command, Event};

use super::App;
use super::extract::{Asked, AtCounter, Person};
use super::refused::Refused;
use crate::dispatcher::{Happened, RequestName};

type Answer = Result<Json<CounterDone>, Refused>;

macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $path:literal, $body:ty, |$counter:ident, $officer:ident, $asked:ident| $command:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post, path = $path, tag = "counters", request_body = $body,
            params(("counter" = u16, Path, description = "The number on the counter's plate")),
            responses(
                (status = 200, description = "Done; on disk. Asked again, the same answer.", body = CounterDone),
                (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
                (status = "5XX", description = "Nothing was done; ask again", body = RefusalBody),
            )
        )]
        pub async fn $name(State(app): State<App>, AtCounter($counter): AtCounter, person: Person, asked: Asked<$body>) -> Answer {
            let fingerprint = asked.fingerprint(person.name.as_str());
            let request = asked.body.request.clone();
            let ($officer, $asked) = (person.name, asked.body);
            let _ = &$asked;
            ask(&app, $counter, $command, request, fingerprint).await
        }
    };
}

act!(
    /// Opens a counter for the officer who is signed in.
    open, "/api/v1/counters/{counter}/open", CounterAct,
    |counter, officer, asked| Command::OpenCounter { counter, officer }
);
act!(
    /// Closes the counter.
    close, "/api/v1/counters/{counter}/close", CounterAct,
    |counter, officer, asked| Command::CloseCounter { counter, officer }
);
act!(
    /// Begins a break.
    pause, "/api/v1/counters/{counter}/pause", PauseCounter,
    |counter, officer, asked| Command::PauseCounter { counter, officer, back_at: asked.back_at, reason: asked.reason }
);
act!(
    /// Ends a break.
    resume, "/api/v1/counters/{counter}/resume", CounterAct,
    |counter, officer, asked| Command::ResumeCounter { counter, officer }
);
act!(
    /// Calls the next ticket by the promise rule.
    next, "/api/v1/counters/{counter}/next", CounterAct,
    |counter, officer, asked| Command::CallNext { counter, officer }
);
act!(
    /// Announces the called ticket once more.
    recall, "/api/v1/counters/{counter}/recall", TicketAct,
    |counter, officer, asked| Command::Recall { counter, officer, ticket: asked.ticket }
);
act!(
    /// The citizen is at the counter.
    start, "/api/v1/counters/{counter}/start", TicketAct,
    |counter, officer, asked| Command::StartService { counter, officer, ticket: asked.ticket }
);
act!(
    /// The service ended; calls the next ticket in the same act if asked to.
    finish, "/api/v1/counters/{counter}/finish", FinishService,
    |counter, officer, asked| Command::FinishService {
        counter, officer, ticket: asked.ticket, outcome: asked.outcome, then_next: asked.then_next,
    }
);
act!(
    /// The citizen did not come; calls the next ticket in the same act if asked to.
    no_show, "/api/v1/counters/{counter}/no-show", NoShow,
    |counter, officer, asked| Command::NoShow { counter, officer, ticket: asked.ticket, then_next: asked.then_next }
);

act!(
    /// Calls a ticket whose turn it is not; the reason is kept.
    call, "/api/v1/counters/{counter}/call", CallTicket,
    |counter, officer, asked| Command::CallTicket { counter, officer, number: asked.number, reason: asked.reason }
);
act!(
    /// The citizen goes on an errand; calls the next ticket in the same act if asked to.
    hold, "/api/v1/counters/{counter}/hold", HoldTicket,
    |counter, officer, asked| Command::HoldTicket {
        counter, officer, ticket: asked.ticket, until: asked.until, then_next: asked.then_next,
    }
);
act!(
    /// The citizen goes on elsewhere with the same ticket; calls the next one in the same act if asked to.
    transfer, "/api/v1/counters/{counter}/transfer", TransferTicket,
    |counter, officer, asked| Command::TransferTicket {
        counter, officer, ticket: asked.ticket, service: asked.service, to: asked.to, standing: asked.standing,
        then_next: asked.then_next,
    }
);
act!(
    /// Notes what was done for the citizen besides, or more than once.
    deliver, "/api/v1/counters/{counter}/deliver", DeliverService,
    |counter, officer, asked| Command::Deliver { counter, officer, ticket: asked.ticket, service: asked.service, count: asked.count }
);
act!(
    /// Takes the officer's last act at this counter back, within a short time and while nobody has gone on from there.
    undo, "/api/v1/counters/{counter}/undo", CounterAct,
    |counter, officer, asked| Command::Undo { counter, officer }
);

async fn ask(app: &App, counter: CounterId, command: Command, request: RequestId, fingerprint: i64) -> Answer {
    let happened = app.dispatcher.ask(command, Some(RequestName { id: request, fingerprint })).await?;
    let done = done(&happened, counter).ok_or(Refusal::RequestReused)?;
    if let Some(CalledTicket { number, .. }) = done.called {
        tracing::info!(ticket = %number, counter = %counter, "called {number} to counter {counter}");
    }
    Ok(Json(done))
}

fn done(happened: &Happened, counter: CounterId) -> Option<CounterDone> {
    let last = happened.last()?;
    let called = happened.iter().find_map(|recorded| match &recorded.event {
        Event::TicketCalled(called) => Some(CalledTicket { ticket: called.ticket, number: called.number, call: called.call }),
        Event::TicketRecalled { call, ticket, number, .. } => Some(CalledTicket { ticket: *ticket, number: *number, call: *call }),
        _ => None,
    });
    Some(CounterDone { seq: last.seq, at: last.at, counter, called })
}
