//! Calling: sixteen officers call, start and finish, with few and with very many waiting.

use std::time::Duration;

use tests::{Client, Plan, rules};
use tokio::task::JoinSet;

use crate::lean::Lean;
use crate::spread::Spread;
use crate::{Scale, issue, row};

const OFFICERS: u16 = 16;

/// Measures with 10, 1,000 and 100,000 waiting; each cycle begins with a new ticket, so as many wait all the time.
pub async fn measure(scale: Scale) {
    let mut first: Option<f64> = None;
    for waiting in [10, 1_000, 100_000] {
        let waiting = scale.of(waiting, 10);
        let cycles = scale.of(400, 10);
        let centre = Plan::of(rules::centre(OFFICERS, 65_000, "")).open().await;
        let kiosks = issue::kiosks_of(&centre, OFFICERS).await;
        issue::fill(&kiosks, waiting).await;
        let mut tasks = JoinSet::new();
        for (kiosk, number) in kiosks.into_iter().zip(1..) {
            let officer = centre.officer(&format!("officer-{number}")).await;
            tasks.spawn(serve(kiosk, officer, number, cycles));
        }
        let mut all = Spreads::default();
        tasks.join_all().await.iter().for_each(|spreads| all.merge(spreads));
        let p99 = all.next.milliseconds(0.99);
        let ratio = first.map(|first| format!("; p99 {:.2} x that at 10", p99 / first)).unwrap_or_default();
        first = first.or(Some(p99));
        row(
            &format!("call next, 16 officers, {waiting} waiting"),
            &format!("{}{ratio}", all.next),
            "p99 < 20 ms; at 100,000 <= 1.5 x that at 10",
        );
        row(&format!("call, start and finish, 16 officers, {waiting} waiting"), &all.cycle.to_string(), "");
    }
}

#[derive(Default)]
struct Spreads {
    next: Spread,
    cycle: Spread,
}

impl Spreads {
    fn merge(&mut self, other: &Spreads) {
        self.next.merge(&other.next);
        self.cycle.merge(&other.cycle);
    }
}

async fn serve(kiosk: Client, officer: Client, counter: u16, cycles: u32) -> Spreads {
    let (mut door, mut desk) = (Lean::connect(&kiosk).await, Lean::connect(&officer).await);
    desk.act(counter, "open").await.granted();
    let mut spreads = Spreads::default();
    for index in 0..cycles {
        let service = rules::SERVICES[(index + u32::from(counter)) as usize % rules::SERVICES.len()];
        door.issue(service).await.granted();
        let (done, next) = desk.act(counter, "next").await.granted();
        let ticket = done.called.expect("somebody waits").ticket;
        let (_, start) = desk.start(counter, ticket).await.granted();
        let (_, finish) = desk.finish(counter, ticket).await.granted();
        spreads.next.add(next);
        spreads.cycle.add([next, start, finish].iter().sum::<Duration>());
    }
    spreads
}
