use std::net::SocketAddr;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use protocol::offline::{Became, NumberBlock};
use protocol::request::DeviceKind;
use protocol::{DeviceId, Language, RequestId};
use station::refuse::refuse;
use station::{Identity, Settings, StateFolder, Tempo};
use tokio::net::TcpListener;

use super::*;
use crate::centre_time::MachineClocks;

#[tokio::test]
async fn one_ticket_that_is_refused_keeps_no_other_waiting() {
    let kiosk = Kiosk::open(&[("K998", Refusal::RequestReused)]).await;
    ["K999", "K998", "K997"].into_iter().for_each(|number| kiosk.enter(number));
    assert_eq!(kiosk.offline.hand_over_all().await, Told::NotAll);
    assert_eq!(kiosk.heard(), ["K999", "K998", "K997"], "in order");
    assert_eq!(kiosk.open_tickets(), ["K998"], "told again later");
    assert_eq!(kiosk.offline.step().await, REST_AFTER_REFUSAL, "not in an endless hurry");
}

#[tokio::test]
async fn a_server_that_knows_no_one_or_is_not_well_is_told_nothing_more() {
    for refusal in [Refusal::Storage, Refusal::UnknownDevice, Refusal::TooBusy] {
        let kiosk = Kiosk::open(&[("K999", refusal)]).await;
        ["K999", "K998"].into_iter().for_each(|number| kiosk.enter(number));
        assert_eq!(kiosk.offline.hand_over_all().await, Told::Nothing, "{refusal:?}");
        assert_eq!(kiosk.heard(), ["K999"], "{refusal:?}");
        assert_eq!(kiosk.open_tickets(), ["K999", "K998"], "{refusal:?}");
    }
}

#[tokio::test]
async fn what_the_server_would_not_take_afterwards_is_not_given() {
    let kiosk = Kiosk::open(&[]).await;
    let catalogue = catalogue();
    let check = |ask: &IssueTicket| kiosk.offline.check(&kiosk.offline.book(), ask, &catalogue, None);
    let asked = ask("r1");
    assert_eq!(check(&asked), Ok('K'));
    let unbooked = IssueTicket { class: Class::Appointment, ..asked.clone() };
    assert_eq!(check(&unbooked), Err(Refusal::BadRequest));
    assert_eq!(check(&IssueTicket { booked_at: Some(Time(5)), ..unbooked }), Ok('K'));
    let many = |count: usize| IssueTicket { then: vec![asked.service.clone(); count], ..asked.clone() };
    assert_eq!(check(&many(JOURNEY_MAX)), Ok('K'));
    assert_eq!(check(&many(JOURNEY_MAX + 1)), Err(Refusal::BadRequest));
}

/// A kiosk's book, and a server's twin that takes what it is told, but for some.
struct Kiosk {
    offline: Arc<Offline>,
    server: Arc<Server>,
    _folder: tempfile::TempDir,
}

#[derive(Default)]
struct Server {
    refuses: Vec<(String, Refusal)>,
    heard: Mutex<Vec<String>>,
}

impl Kiosk {
    async fn open(refuses: &[(&str, Refusal)]) -> Kiosk {
        let refuses = refuses.iter().map(|(number, refusal)| ((*number).to_owned(), *refusal)).collect();
        let server = Arc::new(Server { refuses, ..Server::default() });
        let address = serve(server.clone()).await;
        let folder = tempfile::tempdir().expect("a folder");
        let device = DeviceId::new("kiosk-1").expect("an id");
        let identity = Identity { device: device.clone(), token: "t".into(), zone: None };
        StateFolder::open(folder.path()).and_then(|state| state.keep(&identity)).expect("keeps");
        let server_address = format!("http://{address}").parse().expect("an address");
        let (state, tempo) = (folder.path().to_owned(), Tempo::default());
        let settings = Settings { kind: DeviceKind::Kiosk, device, zone: None, server: server_address, state, tempo };
        let station = Station::open(settings).expect("opens");
        let offline = Offline::open(station, Arc::new(MachineClocks::of_this_machine())).expect("opens");
        let numbers = vec![NumberBlock { letter: 'K', first: 990, last: 999 }];
        let numbers = Some(ReservedNumbers { date: "2026-11-24".into(), numbers, ..ReservedNumbers::default() });
        let kept = Kept { numbers, ..offline.book().kept().clone() };
        offline.book().keep(kept).expect("writes");
        Kiosk { offline, server, _folder: folder }
    }

    fn enter(&self, number: &str) {
        let look = self.offline.clocks.look();
        let ask = ask(&format!("touch-{number}"));
        let number = number.parse().expect("a number");
        let ticket = Ticket { serial: 0, ask, number, date: "2026-11-24".into(), by: By::Kiosk, at: Time(7), timed: true, look };
        self.offline.book().enter(ticket).expect("writes");
    }

    fn open_tickets(&self) -> Vec<String> {
        self.offline.book().open_tickets().map(|ticket| ticket.number.to_string()).collect()
    }

    fn heard(&self) -> Vec<String> {
        self.server.heard.lock().expect("not poisoned").clone()
    }
}

async fn serve(server: Arc<Server>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    let router = Router::new().route(TICKETS, post(take)).route(NUMBERS, post(reserve)).with_state(server);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn take(State(server): State<Arc<Server>>, Json(told): Json<HandOver>) -> Response {
    let number = told.number.to_string();
    server.heard.lock().expect("not poisoned").push(number.clone());
    match server.refuses.iter().find(|(refused, _)| *refused == number) {
        Some((_, refusal)) => refuse(*refusal),
        None => Json(HandedOver { number: told.number, became: Became::Queued { ticket: TicketId(1), at: told.at } }).into_response(),
    }
}

async fn reserve(Json(_): Json<AskNumbers>) -> Response {
    Json(ReservedNumbers { pace: 1, ..ReservedNumbers::default() }).into_response()
}

fn ask(request: &str) -> IssueTicket {
    IssueTicket {
        request: RequestId::new(request).expect("an id"),
        service: ServiceId::new("nrb-id-new").expect("an id"),
        class: Class::Standard,
        language: Language::Sw,
        then: Vec::new(),
        booked_at: None,
    }
}

fn catalogue() -> Catalogue {
    let words = || serde_json::json!({"en": "ID", "sw": "Kitambulisho"});
    let told = serde_json::to_value(nothing_known()).map(|mut told| {
        told["groups"] = serde_json::json!([{"id": "id", "name": words(), "short": words(), "icon": "id", "letter": "K"}]);
        told["services"] = serde_json::json!([{
            "id": "nrb-id-new", "agency": "NRB", "group": "id", "name": words(), "icon": "id", "fee_kes": null, "fee_note": null, "documents": [],
            "turnaround": null, "popular": false, "collection": false, "keywords": [], "promise_minutes": 30,
        }]);
        told
    });
    serde_json::from_value(told.expect("plain data")).expect("a catalogue")
}
