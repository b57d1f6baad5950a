//! Obeys the server: prints slips that were asked for elsewhere, closes the screen, starts the program again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use protocol::JobId;
use protocol::printing::{Orders, PrintOrder, SlipOutcome};
use protocol::request::{Paper, PrinterTrouble};
use station::Station;
use station::backoff::Backoff;
use station::standing::wall_clock;
use tokio::sync::Notify;
use tokio::time::sleep;
use tracing::{debug, info, warn};

use crate::outbox::Outbox;
use crate::press::Press;

/// Asks for orders and obeys, for as long as the station lives. `restart` is told once the program is to end.
pub async fn obey(station: Arc<Station>, press: Option<Press>, outbox: Outbox, restart: Arc<Notify>) {
    let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(10), Backoff::seed());
    let mut after = JobId(0);
    let mut locked = None;
    loop {
        let Some(orders) = ask(&station, after, locked).await else {
            sleep(backoff.next_wait()).await;
            continue;
        };
        backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(10), Backoff::seed());
        if locked != Some(orders.locked) {
            info!(locked = orders.locked, "this screen is {}", if orders.locked { "closed to citizens" } else { "open" });
            station.told().locked(orders.locked);
            locked = Some(orders.locked);
        }
        for order in orders.prints {
            after = after.max(order.job);
            print(order, press.as_ref(), &outbox).await;
        }
        if orders.restart {
            warn!("the centre's manager starts this program again");
            restart.notify_one();
            return;
        }
    }
}

async fn ask(station: &Station, after: JobId, locked: Option<bool>) -> Option<Orders> {
    if !station.told().now().paired {
        return None;
    }
    let known = locked.map(|locked| format!("&locked={locked}")).unwrap_or_default();
    let path = format!("/api/v1/devices/me/orders?after={after}{known}");
    let answer = match station.ask(Method::GET, &path, HeaderMap::new(), Bytes::new()).await {
        Ok(answer) if answer.status.is_success() => answer,
        Ok(answer) => {
            debug!(status = %answer.status, "the server has no orders for this station");
            return None;
        }
        Err(error) => {
            debug!(%error, "could not ask for orders");
            return None;
        }
    };
    serde_json::from_slice(&answer.body).map_err(|error| warn!(%error, "an order could not be read: this station needs an update")).ok()
}

/// The press has its own record: an order that is told again after a restart prints no second slip.
async fn print(order: PrintOrder, press: Option<&Press>, outbox: &Outbox) {
    let PrintOrder { job, request, slip, .. } = order;
    let number = slip.number;
    let paper = match press {
        Some(press) => press.print(request.clone(), slip).await,
        None => Paper::Failed { trouble: PrinterTrouble::Unreachable },
    };
    info!(%job, ticket = %number, ?paper, "a slip was ordered: {number}");
    outbox.add(SlipOutcome { request, job: Some(job), number: None, service: None, paper: Some(paper), at: wall_clock() }).await;
}

#[cfg(test)]
mod tests;
