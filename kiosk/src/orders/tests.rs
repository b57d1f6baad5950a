//! A station that obeys, before a server's twin on loopback.

use std::sync::Mutex;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use protocol::printing::{JobKind, ReportSlips};
use protocol::request::DeviceKind;
use protocol::{DeviceId, RequestId};
use station::{Identity, Settings, StateFolder, Tempo};
use tokio::net::TcpListener;

use super::*;
use crate::ledger::Ledger;
use crate::twin::{Paperwork, hasty, slip};

#[tokio::test]
async fn an_order_is_printed_once_however_often_it_is_told_and_what_became_of_it_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(vec![print(7), print(7), print(8), Orders { restart: true, ..nothing() }]).await;
    let paperwork = obey_until_restart(folder.path(), &server).await;
    assert_eq!(paperwork.printed(), ["K007", "K008"], "told twice, printed once");
    assert_eq!(server.asked()[2], (7, Some(false)), "the last job that it was told of");
    server.until_said(|said| said == [(JobId(7), Some(Paper::Printed)), (JobId(8), Some(Paper::Printed))]).await;
    // Started again it knows nothing of what it asked before, but its record does.
    let server = Server::start(vec![print(8), Orders { restart: true, ..nothing() }]).await;
    let paperwork = obey_until_restart(folder.path(), &server).await;
    assert_eq!(paperwork.printed(), [] as [&str; 0]);
    server.until_said(|said| said == [(JobId(8), Some(Paper::Printed))]).await;
}

#[tokio::test]
async fn a_closed_screen_is_told_to_the_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(vec![Orders { locked: true, ..nothing() }]).await;
    let station = station(folder.path(), &server);
    let mut told = station.told().watch();
    let outbox = Outbox::open(&folder.path().join("outbox.jsonl"));
    let obeying = tokio::spawn(obey(station.clone(), None, outbox, Arc::default()));
    told.wait_for(|standing| standing.locked).await.expect("it is told");
    server.until_asked(|asked| asked.last() == Some(&(0, Some(true)))).await;
    obeying.abort();
}

async fn obey_until_restart(folder: &std::path::Path, server: &Server) -> Paperwork {
    let station = station(folder, server);
    let paperwork = Paperwork::default();
    let press = Press::start(Box::new(paperwork.clone()), Ledger::open(&folder.join("slips.jsonl")), hasty()).expect("starts");
    let outbox = Outbox::open(&folder.join("outbox.jsonl"));
    tokio::spawn(outbox.clone().keep_telling(station.clone()));
    let restart = Arc::new(Notify::new());
    tokio::spawn(obey(station, Some(press), outbox, restart.clone()));
    restart.notified().await;
    paperwork
}

fn station(folder: &std::path::Path, server: &Server) -> Arc<Station> {
    let device = DeviceId::new("kiosk-1").expect("an id");
    let identity = Identity { device: device.clone(), token: "t".into(), zone: None };
    StateFolder::open(folder).and_then(|state| state.keep(&identity)).expect("keeps");
    let settings = Settings {
        kind: DeviceKind::Kiosk,
        device,
        zone: None,
        server: server.address.parse().expect("an address"),
        state: folder.to_owned(),
        tempo: Tempo::default(),
    };
    Station::open(settings).expect("opens")
}

fn nothing() -> Orders {
    Orders { prints: Vec::new(), restart: false, locked: false }
}

fn print(job: u64) -> Orders {
    let request = RequestId::new(&format!("job-{job}-0")).expect("an id");
    let order = PrintOrder { job: JobId(job), request, kind: JobKind::Test, slip: slip(&format!("K{job:03}")) };
    Orders { prints: vec![order], ..nothing() }
}

/// A server's twin: it gives these orders one after the other, and remembers what it is told.
struct Server {
    address: String,
    state: Arc<Told>,
}

#[derive(Default)]
struct Told {
    orders: Mutex<std::collections::VecDeque<Orders>>,
    asked: Mutex<Vec<(u64, Option<bool>)>>,
    said: Mutex<Vec<(JobId, Option<Paper>)>>,
}

#[derive(serde::Deserialize)]
struct Known {
    after: u64,
    locked: Option<bool>,
}

impl Server {
    async fn start(orders: Vec<Orders>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("a bound socket"));
        let state = Arc::new(Told { orders: Mutex::new(orders.into()), ..Told::default() });
        let routes = Router::new().route("/api/v1/devices/me/orders", get(give)).route("/api/v1/devices/me/slips", post(hear));
        let routes = routes.with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Server { address, state }
    }

    fn asked(&self) -> Vec<(u64, Option<bool>)> {
        self.state.asked.lock().expect("not poisoned").clone()
    }

    async fn until_asked(&self, so: impl Fn(&[(u64, Option<bool>)]) -> bool) {
        while !so(&self.asked()) {
            tokio::task::yield_now().await;
        }
    }

    async fn until_said(&self, so: impl Fn(&[(JobId, Option<Paper>)]) -> bool) {
        while !so(&self.state.said.lock().expect("not poisoned")) {
            tokio::task::yield_now().await;
        }
    }
}

async fn give(State(told): State<Arc<Told>>, Query(known): Query<Known>) -> Json<Orders> {
    told.asked.lock().expect("not poisoned").push((known.after, known.locked));
    let next = told.orders.lock().expect("not poisoned").pop_front();
    match next {
        Some(orders) => Json(orders),
        None => std::future::pending().await,
    }
}

async fn hear(State(told): State<Arc<Told>>, Json(report): Json<ReportSlips>) -> StatusCode {
    let mut said = told.said.lock().expect("not poisoned");
    for slip in report.slips {
        let job = slip.job.expect("an order");
        said.retain(|(known, _)| *known != job);
        said.push((job, slip.paper));
    }
    StatusCode::NO_CONTENT
}
