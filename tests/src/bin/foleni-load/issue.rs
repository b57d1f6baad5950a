//! Issuing: how many a second, how long each, how much processor each.

use std::time::Instant;

use tests::{Centre, Client, Plan, process, rules};
use tokio::task::JoinSet;

use crate::lean::Lean;
use crate::spread::Spread;
use crate::{Scale, row};

/// Measures with one kiosk and with sixteen.
pub async fn measure(scale: Scale) {
    for (kiosks, tickets, to_reach) in [(1, 5_000, ""), (16, 60_000, ">= 3,000/s, p99 < 20 ms, < 0.3 ms CPU each")] {
        let centre = Plan::of(rules::centre(16, 65_000, "")).open().await;
        let kiosks = kiosks_of(&centre, kiosks).await;
        let warm = scale.of(1_000, 50);
        fill(&kiosks, warm).await;
        let tickets = scale.of(tickets, 200);
        let (before, started) = (process::processor(centre.process()), Instant::now());
        let spread = fill(&kiosks, tickets).await;
        let (took, processor) = (started.elapsed(), process::processor(centre.process()) - before);
        let rate = spread.count() as f64 / took.as_secs_f64();
        let each = processor.as_secs_f64() * 1_000.0 / spread.count() as f64;
        let figure = format!("issue, durable, {} kiosk{}", kiosks.len(), if kiosks.len() == 1 { "" } else { "s" });
        row(&figure, &format!("{rate:.0}/s; {spread}; {each:.2} ms CPU each"), to_reach);
    }
}

/// Pairs so many kiosks.
pub async fn kiosks_of(centre: &Centre, count: u16) -> Vec<Client> {
    let mut kiosks = Vec::new();
    for number in 1..=count {
        kiosks.push(centre.kiosk(&format!("kiosk-{number}")).await);
    }
    kiosks
}

/// Issues so many tickets from all kiosks at once, each kiosk one after the other.
pub async fn fill(kiosks: &[Client], tickets: u32) -> Spread {
    let mut tasks = JoinSet::new();
    let count = u32::try_from(kiosks.len()).expect("few kiosks");
    for (kiosk, number) in kiosks.iter().zip(0..) {
        let mut lean = Lean::connect(kiosk).await;
        let share = tickets / count + u32::from(number < tickets % count);
        tasks.spawn(async move {
            let mut spread = Spread::default();
            for index in 0..share {
                let service = rules::SERVICES[(index + number) as usize % rules::SERVICES.len()];
                let (_, took) = lean.issue(service).await.granted();
                spread.add(took);
            }
            spread
        });
    }
    let mut all = Spread::default();
    tasks.join_all().await.iter().for_each(|spread| all.merge(spread));
    all
}
