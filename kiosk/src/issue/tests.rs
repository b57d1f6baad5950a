//! A kiosk's page, its printer's twin and a server's twin, over real sockets on loopback.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use protocol::offline::{NumberBlock, ReservedNumbers};
use protocol::request::{DeviceKind, Paper, PrinterTrouble};
use protocol::ticket::{Class, Language, WaitRange};
use protocol::{DeviceId, RefusalBody, Seq, TicketId, TicketNumber, Time};
use reqwest::Client;
use serde_json::{Value, json};
use station::{Identity, Settings, StateFolder, Tempo, page};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::book::{Book, Kept};
use crate::ledger::Ledger;
use crate::twin::{Paperwork, hasty, slip};

#[tokio::test]
async fn a_touch_becomes_a_ticket_and_a_slip() {
    let kiosk = Kiosk::open(Server::start().await).await;
    let issued = kiosk.touch("r1").await;
    assert_eq!((issued.number.to_string().as_str(), issued.paper), ("K001", Some(Paper::Printed)));
    assert_eq!(kiosk.paperwork.printed(), ["K001"]);
}

#[tokio::test]
async fn a_double_touch_prints_once_and_both_get_the_same_ticket() {
    let kiosk = Kiosk::open(Server::start().await).await;
    let (first, second) = tokio::join!(kiosk.touch("r1"), kiosk.touch("r1"));
    assert_eq!(first, second);
    assert_eq!(kiosk.touch("r1").await, first);
    assert_eq!(kiosk.touch("r2").await.number.to_string(), "K002");
    assert_eq!(kiosk.paperwork.printed(), ["K001", "K002"]);
}

#[tokio::test]
async fn a_repeat_after_a_restart_prints_no_second_slip() {
    let kiosk = Kiosk::open(Server::start().await).await;
    let first = kiosk.touch("r1").await;
    let kiosk = kiosk.restart().await;
    let again = kiosk.touch("r1").await;
    assert_eq!((again.number, again.paper), (first.number, Some(Paper::Printed)));
    assert_eq!(kiosk.paperwork.printed(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_printer_without_paper_still_gives_a_ticket() {
    let kiosk = Kiosk::open(Server::start().await).await;
    kiosk.paperwork.set_trouble(Some(PrinterTrouble::PaperOut));
    let issued = kiosk.touch("r1").await;
    assert_eq!(issued.paper, Some(Paper::Failed { trouble: PrinterTrouble::PaperOut }));
    assert_eq!(issued.number.to_string(), "K001");
}

#[tokio::test]
async fn a_server_that_stumbles_is_asked_again_with_the_same_request() {
    let server = Server::start().await;
    server.stumble(2);
    let kiosk = Kiosk::open(server).await;
    assert_eq!(kiosk.touch("r1").await.number.to_string(), "K001");
    assert_eq!(kiosk.server.asked(), ["r1", "r1", "r1"]);
    assert_eq!(kiosk.paperwork.printed(), ["K001"]);
}

#[tokio::test]
async fn a_server_that_is_away_is_said_after_the_deadline_and_a_repeat_asks_again() {
    let server = Server::start().await;
    let kiosk = Kiosk::open(server).await;
    kiosk.server.stumble(u32::MAX);
    let (status, code) = kiosk.refusal(&ask("r1", "birth")).await;
    assert_eq!((status, code.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "too-busy"));
    kiosk.server.stumble(0);
    assert_eq!(kiosk.touch("r1").await.number.to_string(), "K001");
    let kiosk = kiosk.without_server().await;
    let (status, code) = kiosk.refusal(&ask("r2", "birth")).await;
    assert_eq!((status, code.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "out-of-touch"));
}

#[tokio::test]
async fn what_the_server_refuses_is_told_in_its_words_and_prints_nothing() {
    let kiosk = Kiosk::open(Server::start().await).await;
    let (status, code) = kiosk.refusal(&ask("r1", "full")).await;
    assert_eq!((status, code.as_str()), (StatusCode::CONFLICT, "service-full"));
    assert_eq!(kiosk.touch("r1").await.number.to_string(), "K001", "a refused request id may be used again");
    let (_, code) = kiosk.refusal(&ask("r1", "full")).await;
    assert_eq!(code, "request-reused");
    assert_eq!(kiosk.paperwork.printed(), ["K001"]);
}

#[tokio::test]
async fn when_the_centre_has_no_number_left_the_kiosk_gives_one_of_its_own() {
    let kiosk = Kiosk::open(Server::start().await).await;
    let (status, code) = kiosk.refusal(&ask("r1", "exhausted")).await;
    assert_eq!((status, code.as_str()), (StatusCode::CONFLICT, "numbers-exhausted"), "it has none");
    let kiosk = kiosk.with_numbers().await;
    let answer = kiosk.http.post(kiosk.url()).json(&ask("r1", "exhausted")).send().await.expect("an answer");
    let issued: IssuedTicket = answer.json().await.expect("a ticket");
    assert!(issued.slip.offline);
    assert_eq!(kiosk.paperwork.printed(), [issued.number.to_string()]);
}

#[tokio::test]
async fn nonsense_is_refused_here() {
    let kiosk = Kiosk::open(Server::start().await).await;
    let (status, code) = kiosk.refusal(&json!({"request": "r 1", "service": "birth"})).await;
    assert_eq!((status, code.as_str()), (StatusCode::BAD_REQUEST, "bad-json"));
    let plain = kiosk.http.post(kiosk.url()).body("{}").send().await.expect("an answer");
    assert_eq!(plain.status(), StatusCode::BAD_REQUEST);
    assert_eq!(kiosk.http.get(kiosk.url()).send().await.expect("an answer").status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(kiosk.server.asked(), [] as [&str; 0]);
}

/// A kiosk's station as its page sees it.
struct Kiosk {
    server: Server,
    paperwork: Paperwork,
    folder: tempfile::TempDir,
    http: Client,
    page: SocketAddr,
    stop: CancellationToken,
}

impl Kiosk {
    async fn open(server: Server) -> Kiosk {
        let folder = tempfile::tempdir().expect("a folder");
        let identity = Identity { device: DeviceId::new("kiosk-1").expect("an id"), token: "t".into(), zone: None };
        StateFolder::open(folder.path()).and_then(|state| state.keep(&identity)).expect("keeps");
        Kiosk::open_in(folder, server).await
    }

    async fn open_in(folder: tempfile::TempDir, server: Server) -> Kiosk {
        let settings = Settings {
            kind: DeviceKind::Kiosk,
            device: DeviceId::new("kiosk-1").expect("an id"),
            zone: None,
            server: format!("http://{}", server.address).parse().expect("an address"),
            state: folder.path().to_owned(),
            tempo: Tempo::default(),
        };
        let station = Station::open(settings).expect("opens");
        let paperwork = Paperwork::default();
        let ledger = Ledger::open(&station.folder().file("slips.jsonl"));
        let press = Press::start(Box::new(paperwork.clone()), ledger, hasty()).expect("starts");
        let deadline = Duration::from_millis(600);
        let outbox = Outbox::open(&station.folder().file("outbox.jsonl"));
        let clocks = Arc::new(crate::centre_time::MachineClocks::of_this_machine());
        let offline = station.kept_catalogue().map(|_| Offline::open(station.clone(), clocks).expect("opens"));
        let issuer = Issuer { station: station.clone(), press: Some(press), outbox, offline, deadline, touches: Mutex::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let page = listener.local_addr().expect("a bound socket");
        let stop = CancellationToken::new();
        tokio::spawn(page::serve(listener, page::router(&station, routes(issuer), &[]), stop.clone()));
        Kiosk { server, paperwork, folder, http: client(), page, stop }
    }

    async fn restart(self) -> Kiosk {
        self.stop.cancel();
        Kiosk::open_in(self.folder, self.server).await
    }

    /// Starts anew with a catalogue and with numbers in the book.
    async fn with_numbers(self) -> Kiosk {
        let words = json!({"en": "ID", "sw": "Kitambulisho"});
        let catalogue = json!({
            "centre": "Mombasa", "centre_short": "Mombasa", "languages": ["sw", "en"], "utc_offset_minutes": 180, "opens": "", "closes": "",
            "zones": [], "agencies": [], "counters": [],
            "groups": [{"id": "id", "name": words, "short": words, "icon": "id", "letter": "K"}],
            "services": [{
                "id": "exhausted", "agency": "NRB", "group": "id", "name": words, "icon": "id", "fee_kes": null, "fee_note": null,
                "documents": [], "turnaround": null, "popular": false, "collection": false, "keywords": [], "promise_minutes": 30,
            }],
        });
        std::fs::write(self.folder.path().join("catalogue.json"), format!("\"1\"\n{catalogue}")).expect("writes");
        let mut book = Book::open(&self.folder.path().join("numbers.book")).expect("opens");
        let numbers = vec![NumberBlock { letter: 'K', first: 990, last: 999 }];
        let far = Time(i64::MAX);
        let numbers = ReservedNumbers { midnight: far, closes_at: far, numbers, ..ReservedNumbers::default() };
        book.keep(Kept { numbers: Some(numbers), ..book.kept().clone() }).expect("writes");
        self.restart().await
    }

    async fn without_server(self) -> Kiosk {
        let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = nobody.local_addr().expect("a bound socket");
        drop(nobody);
        self.stop.cancel();
        Kiosk::open_in(self.folder, Server { address, ..self.server }).await
    }

    async fn touch(&self, request: &str) -> IssuedTicket {
        let answer = self.http.post(self.url()).json(&ask(request, "birth")).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.expect("a ticket")
    }

    async fn refusal(&self, ask: &Value) -> (StatusCode, String) {
        let answer = self.http.post(self.url()).json(ask).send().await.expect("an answer");
        let status = answer.status();
        (status, answer.json::<RefusalBody>().await.expect("a refusal").code)
    }

    fn url(&self) -> String {
        format!("http://{}/api/v1/tickets", self.page)
    }
}

/// A server's twin: it issues, once for each request id.
struct Server {
    address: SocketAddr,
    state: Arc<ServerState>,
}

#[derive(Default)]
struct ServerState {
    asked: Mutex<Vec<String>>,
    issued: Mutex<Vec<String>>,
    stumbles: AtomicU32,
}

impl Server {
    async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let state = Arc::new(ServerState::default());
        let router = Router::new().route("/api/v1/tickets", post(give_ticket)).with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Server { address, state }
    }

    fn stumble(&self, times: u32) {
        self.state.stumbles.store(times, Ordering::SeqCst);
    }

    fn asked(&self) -> Vec<String> {
        self.state.asked.lock().expect("not poisoned").clone()
    }
}

async fn give_ticket(State(state): State<Arc<ServerState>>, headers: HeaderMap, Json(ask): Json<IssueTicket>) -> Response {
    assert_eq!(headers[header::AUTHORIZATION], "Bearer t");
    let request = ask.request.to_string();
    state.asked.lock().expect("not poisoned").push(request.clone());
    let stumbles = state.stumbles.load(Ordering::SeqCst);
    if stumbles > 0 {
        state.stumbles.store(stumbles - 1, Ordering::SeqCst);
        return refuse(Refusal::TooBusy);
    }
    if ask.service.as_str() == "full" {
        return refuse(Refusal::ServiceFull);
    }
    if ask.service.as_str() == "exhausted" {
        return refuse(Refusal::NumbersExhausted);
    }
    let mut issued = state.issued.lock().expect("not poisoned");
    let place = issued.iter().position(|known| *known == request).unwrap_or_else(|| {
        issued.push(request);
        issued.len() - 1
    });
    Json(ticket(ask, u16::try_from(place + 1).expect("few tickets"))).into_response()
}

fn ticket(ask: IssueTicket, number: u16) -> IssuedTicket {
    let number = TicketNumber { letter: 'K', number };
    IssuedTicket {
        seq: Seq(1),
        ticket: TicketId(number.number.into()),
        number,
        service: ask.service,
        class: Class::Standard,
        language: Language::Sw,
        at: Time(0),
        ahead: 3,
        wait: Some(WaitRange { from_minutes: 10, to_minutes: 20 }),
        outside: false,
        slip: slip(&number.to_string()),
        paper: None,
    }
}

fn ask(request: &str, service: &str) -> Value {
    json!({"request": request, "service": service, "language": "sw"})
}

fn client() -> Client {
    Client::builder().no_proxy().build().expect("a client")
}
