//! The link under strain: frames that are none, a screen that never reads, a server that goes and comes back.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use protocol::Frame;
use protocol::frame::ASK_BYTES_MAX;
use protocol::view::{CallView, DayView, DisplayView, Totals};
use tests::{Centre, Client, Link, PATIENCE, Plan, Socket, dial, rules};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame as RawFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

/// Reads a socket to its end; returns the code with which the server said goodbye.
pub async fn farewell(socket: &mut Socket) -> Option<String> {
    let mut told = None;
    let end = async {
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Text(text) = message
                && let Ok(Frame::Bye { code }) = serde_json::from_str(&text)
            {
                told = Some(code);
            }
        }
    };
    timeout(PATIENCE, end).await.expect("the server ends the link");
    told
}

#[tokio::test]
async fn a_frame_that_is_none_ends_its_own_link_and_no_other() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let mut other = Link::open(&kiosk, "kiosk").await;
    let not_utf8 = RawFrame::message(vec![0xff, 0xfe, 0xfd], OpCode::Data(Data::Text), true);
    for (message, code) in [
        (Message::text("nonsense"), "bad-json"),
        (Message::text("{}"), "bad-json"),
        (Message::text("[]"), "bad-json"),
        (Message::text(r#"{"type":7}"#), "bad-json"),
        (Message::binary(vec![0, 159, 146, 150]), "not-utf8"),
        (Message::Frame(not_utf8), "not-utf8"),
        (Message::text("x".repeat(ASK_BYTES_MAX + 1)), "too-large"),
        (Message::text("x".repeat(2 * 1024 * 1024)), "too-large"),
    ] {
        let shown = format!("{message:?}").chars().take(40).collect::<String>();
        let mut socket = dial(&kiosk, "kiosk", &[]).await.expect("a link");
        // A server that has read enough may close before all is sent.
        let _ = socket.send(message).await;
        assert_eq!(farewell(&mut socket).await.as_deref(), Some(code), "{shown}");
    }
    kiosk.issue("kra-pin").await.expect("the centre goes on");
    other.until("the ticket", |other| other.part::<DayView>("day").issued == 1).await;
    assert_eq!(other.snapshots, 1, "the other link was never disturbed");
}

#[tokio::test]
async fn a_frame_of_a_later_version_is_skipped() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let mut socket = dial(&kiosk, "kiosk", &[]).await.expect("a link");
    for frame in [r#"{"type":"fireworks","colour":"green"}"#, r#"{"type":"heartbeat"}"#, r#"{"type":"resync"}"#] {
        socket.send(Message::text(frame)).await.expect("the link takes it");
    }
    let mut snapshots = 0;
    while snapshots < 2 {
        let message = timeout(PATIENCE, socket.next()).await.expect("in time").expect("the link stands").expect("a frame");
        let frame = serde_json::from_str(message.to_text().expect("text")).expect("a frame");
        snapshots += u32::from(matches!(frame, Frame::Snapshot { .. }));
    }
}

#[tokio::test]
async fn a_topic_that_is_not_there_says_so() {
    let centre = Centre::open().await;
    let officer = centre.officer("asha").await;
    let mut socket = dial(&officer, "counter&counter=99", &[]).await.expect("it opens");
    assert_eq!(farewell(&mut socket).await.as_deref(), Some("not-found"));
    let display = centre.display("display-a", "hall-a").await;
    let mut socket = dial(&display, "display&zone=nowhere", &[]).await.expect("it opens");
    assert_eq!(farewell(&mut socket).await.as_deref(), Some("not-found"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_that_never_reads_slows_nobody() {
    const OFFICERS: u16 = 4;
    const CYCLES: u32 = 125;
    let centre = Plan::of(rules::centre(OFFICERS, 999, "")).open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let display = centre.display("display-1", "hall").await;
    let mut asleep = never_reads(&display, "display&zone=hall").await;
    let hall = Link::open(&display, "display&zone=hall").await.run();
    let board = Link::open(centre.admin(), "board").await.run();
    let mut officers = Vec::new();
    for number in 1..=OFFICERS {
        officers.push((number, centre.officer(&format!("officer-{number}")).await));
    }
    let mut work = tokio::task::JoinSet::new();
    for (counter, officer) in officers {
        work.spawn(cycles(kiosk.clone(), officer, counter, CYCLES));
    }
    let slowest = work.join_all().await.into_iter().max().unwrap_or_default();
    println!("2,000 acts beside a screen that never reads; the slowest took {slowest:?}");
    assert!(slowest < Duration::from_secs(4), "an act took {slowest:?}");

    let total = u32::from(OFFICERS) * CYCLES;
    let (mut hall, mut board) = (hall.take().await, board.take().await);
    board.until("every citizen served", |board| board.part::<Totals>("totals").finished == total).await;
    let fresh = Link::open(&display, "display&zone=hall").await.view::<DisplayView>();
    hall.until("what a fresh screen sees", |hall| hall.part::<Vec<CallView>>("calls") == fresh.calls).await;
    assert_eq!(fresh.calls.len(), protocol::view::CALLS_SHOWN);

    // The sleeper wakes up: it finds a link that was ended, or one that leads to the newest snapshot.
    let end = async {
        let mut heard = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        let newest = format!("\"call\":{}", fresh.calls[0].call);
        while !String::from_utf8_lossy(&heard).contains(&newest) {
            match asleep.read(&mut buffer).await {
                Ok(0) | Err(_) => return "ended",
                Ok(count) => heard.extend_from_slice(&buffer[..count]),
            }
        }
        "right again"
    };
    println!("the sleeper's link is {}", timeout(PATIENCE, end).await.expect("one or the other"));
}

#[tokio::test]
async fn a_stop_says_goodbye_and_screens_come_right_after_it() {
    let mut centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let display = centre.display("display-a", "hall-a").await;
    let mut links = vec![
        Link::open(&kiosk, "kiosk").await,
        Link::open(&display, "display&zone=hall-a").await,
        Link::open(centre.admin(), "board").await,
        Link::open(centre.admin(), "counter&counter=1").await,
    ];
    kiosk.issue("kra-pin").await.expect("a ticket");
    let stopped = centre.stop().await;
    assert!(stopped.status.success(), "{}", centre.log());
    assert!(stopped.took < Duration::from_secs(5), "it took {:?}", stopped.took);
    for link in &mut links {
        link.until("goodbye", |link| !link.closes.is_empty()).await;
        assert_eq!((link.byes.as_slice(), link.closes.as_slice()), (["restart".to_owned()].as_slice(), [1012].as_slice()));
    }
    centre.start().await;
    for link in &mut links {
        link.until("a new snapshot", |link| link.snapshots == 2).await;
    }
    assert_eq!(links[0].part::<DayView>("day").issued, 1);
}

#[tokio::test]
async fn a_half_sent_request_does_not_hold_up_a_stop() {
    let mut centre = Centre::open().await;
    let address = centre.origin().trim_start_matches("http://").to_owned();
    let mut idle = tokio::net::TcpStream::connect(&address).await.expect("the server listens");
    let mut half = tokio::net::TcpStream::connect(&address).await.expect("the server listens");
    idle.write_all(b"GET /heal").await.expect("sent");
    let head = "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    half.write_all(head.as_bytes()).await.expect("sent");
    assert_eq!(centre.nobody().get("/healthz").await.status, 200);
    let stopped = centre.stop().await;
    assert!(stopped.status.success() && stopped.took < Duration::from_secs(10), "it took {:?}", stopped.took);
}

#[tokio::test]
async fn links_come_right_by_themselves_after_a_power_cut() {
    let mut centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    let mut desk = Link::open(&officer, "counter&counter=1").await;
    let mut door = Link::open(&kiosk, "kiosk").await;
    officer.open(1).await.expect("the counter opens");
    centre.restart().await;
    kiosk.issue("hk-info").await.expect("the kiosk's token is good after a restart");
    let called = officer.next(1).await.expect("the officer is still there").called.expect("a call");
    desk.until("the ticket", |desk| desk.parts()["ticket"]["number"] == called.number.to_string()).await;
    door.until("the ticket", |door| door.part::<DayView>("day").issued == 1).await;
    assert_eq!((desk.snapshots, door.snapshots), (2, 2));
}

/// Issues and serves ticket after ticket; returns how long the slowest act took.
async fn cycles(kiosk: Client, officer: Client, counter: u16, count: u32) -> Duration {
    officer.open(counter).await.expect("the counter opens");
    let mut slowest = Duration::ZERO;
    let mut last = Instant::now();
    let mut lap = || {
        slowest = slowest.max(last.elapsed());
        last = Instant::now();
        slowest
    };
    for _ in 0..count {
        kiosk.issue("nrb-id-new").await.expect("a ticket");
        lap();
        let called = officer.next(counter).await.expect("somebody waits").called.expect("a call");
        lap();
        officer.start(counter, called.ticket).await.expect("the citizen came");
        lap();
        officer.finish(counter, called.ticket, false).await.expect("served");
        lap();
    }
    lap()
}

/// Opens a link with the smallest of buffers and reads nothing after the answer's first bytes.
async fn never_reads(client: &Client, topic: &str) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    // Small beside what it is sent, and yet so large that the sleeper catches up at once: a window below half a segment is
    // filled only every fifth of a second.
    socket.set_recv_buffer_size(65_536).expect("a small buffer");
    let address = client.origin().trim_start_matches("http://").parse().expect("an address");
    let mut stream = socket.connect(address).await.expect("the server listens");
    let (name, proof) = client.proof().expect("a device");
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    let head = format!("GET /link?topic={topic} HTTP/1.1\r\nHost: {address}\r\n{name}: {proof}\r\n{upgrade}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 101");
    stream
}
