//! Memory: the server of a large centre with a full day behind it and fifty screens before it.

use tests::{Client, Link, Plan, process};
use tokio::task::JoinSet;

use crate::lean::Lean;
use crate::{Scale, row};

const COUNTERS: u16 = 28;

/// Measures the example centre Mombasa after 2,400 visitors.
pub async fn measure(scale: Scale) {
    let centre = Plan::of("mombasa").open().await;
    let empty = process::mebibytes(centre.process(), "VmRSS");
    let kiosk = centre.kiosk("kiosk-1").await;
    let mut links = Vec::new();
    let mut officers = Vec::new();
    for number in 1..=COUNTERS {
        let officer = centre.officer(&format!("officer-{number}")).await;
        links.push(Link::open(&officer, &format!("counter&counter={number}")).await.run());
        officers.push(officer);
    }
    let displays = [centre.display("display-a", "hall-a").await, centre.display("display-1", "floor-1").await];
    for (display, zone) in displays.iter().zip(["hall-a", "floor-1"]) {
        for _ in 0..6 {
            links.push(Link::open(display, &format!("display&zone={zone}")).await.run());
        }
    }
    for _ in 0..8 {
        links.push(Link::open(&kiosk, "kiosk").await.run());
    }
    for _ in 0..2 {
        links.push(Link::open(centre.admin(), "board").await.run());
    }
    let served = day(&kiosk, officers, scale.of(2_400, 100)).await;
    let (now, most) = (process::mebibytes(centre.process(), "VmRSS"), process::mebibytes(centre.process(), "VmHWM"));
    let figure = format!("memory after a day of {served} visitors, with {} links", links.len());
    row(&figure, &format!("{now:.1} MiB, at most {most:.1} (before the first request {empty:.1})"), "< 48 MiB");
    for link in links {
        link.take().await;
    }
}

/// Issues and serves so many; returns how many were served.
async fn day(kiosk: &Client, officers: Vec<Client>, visitors: u32) -> u32 {
    let catalogue: protocol::view::Catalogue = kiosk.get("/api/v1/catalogue").await.json();
    let mut door = Lean::connect(kiosk).await;
    let mut services = catalogue.services.iter().map(|entry| entry.id.as_str()).cycle();
    let mut issued = 0;
    // A service with a quota may be full; there are others.
    while issued < visitors {
        let service = services.next().expect("a centre has services");
        issued += u32::from(door.issue(service).await.answer.is_ok());
    }
    let mut tasks = JoinSet::new();
    for (officer, number) in officers.into_iter().zip(1..) {
        tasks.spawn(async move {
            let mut desk = Lean::connect(&officer).await;
            desk.act(number, "open").await.granted();
            let mut served = 0;
            while let Ok(done) = desk.act(number, "next").await.answer {
                let ticket = done.called.expect("a call").ticket;
                desk.start(number, ticket).await.granted();
                desk.finish(number, ticket).await.granted();
                served += 1;
            }
            served
        });
    }
    tasks.join_all().await.iter().sum()
}
