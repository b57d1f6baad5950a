//! The program itself, as a service manager runs it: it says that it is ready, that it lives and that it stops; it boots
//! with no server; wrong settings end it with a status of their own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a station holds at most, also as a debug build.
const RESIDENT_BYTES_MAX: u64 = 24 * 1024 * 1024;

#[test]
fn a_cold_boot_without_a_server_is_ready_alive_and_small_and_stops_when_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let heard = UnixDatagram::bind(folder.path().join("notify")).expect("a socket");
    heard.set_read_timeout(Some(PATIENCE)).expect("a time");
    let (port, nowhere) = (free_port(), free_port());
    let text = format!(
        "server = \"http://127.0.0.1:{nowhere}\"\nport = {port}\nstate = \"{}\"\nprinter = \"file://{}\"\n",
        folder.path().join("state").display(),
        folder.path().join("paper.bin").display(),
    );
    let mut kiosk = start(folder.path(), &text, &["run"]);
    assert_eq!(hear(&heard), "READY=1");
    let page = get(port, "/kiosk");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("kiosk.js"), "the page stands");
    let health = get(port, "/healthz");
    assert!(health.contains(r#""status":"degraded""#) && health.contains(r#"["not_paired","out_of_touch"]"#), "{health}");
    let metrics = get(port, "/metrics");
    let resident = metrics.lines().find_map(|line| line.strip_prefix("foleni_station_resident_bytes ")).expect("the figure");
    let resident: u64 = resident.trim().parse().expect("a number");
    assert!(resident < RESIDENT_BYTES_MAX, "it holds {resident} bytes");
    for _ in 0..2 {
        assert_eq!(hear(&heard), "WATCHDOG=1", "it says again and again that it lives");
    }
    let asked = Command::new("kill").args(["-TERM", &kiosk.0.id().to_string()]).status();
    assert!(asked.is_ok_and(|status| status.success()));
    while hear(&heard) != "STOPPING=1" {}
    assert!(ended(&mut kiosk).success(), "to be stopped is no failure");
}

#[test]
fn wrong_settings_end_it_with_a_status_of_their_own_and_words_with_a_place() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in [&["run"][..], &["check-config"]] {
        let mut kiosk = start(folder.path(), "prot = 7401\n", command);
        let mut told = String::new();
        kiosk.0.stderr.take().expect("its words").read_to_string(&mut told).expect("they are text");
        assert_eq!(ended(&mut kiosk).code(), Some(78), "{told}");
        assert!(told.contains("kiosk.toml:1:1: there is no setting `prot`; did you mean `port`?"), "{told}");
    }
}

#[test]
fn two_kiosks_on_one_state_folder_would_give_the_same_numbers_so_the_second_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = |port| {
        let state = folder.path().join("state");
        format!("server = \"http://127.0.0.1:{}\"\nport = {port}\nstate = \"{}\"\n", free_port(), state.display())
    };
    let heard = UnixDatagram::bind(folder.path().join("notify")).expect("a socket");
    heard.set_read_timeout(Some(PATIENCE)).expect("a time");
    let first = start(folder.path(), &settings(free_port()), &["run"]);
    assert_eq!(hear(&heard), "READY=1");
    let mut second = start(folder.path(), &settings(free_port()), &["run"]);
    let mut told = String::new();
    second.0.stderr.take().expect("its words").read_to_string(&mut told).expect("they are text");
    assert!(!ended(&mut second).success() && told.contains("another program uses this state folder"), "{told}");
    drop(first);
}

/// A process of ours; it does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may have ended already
        let _ = self.0.wait();
    }
}

fn start(folder: &Path, settings: &str, command: &[&str]) -> Running {
    let file = folder.join("kiosk.toml");
    std::fs::write(&file, settings).expect("writes");
    let mut kiosk = Command::new(env!("CARGO_BIN_EXE_foleni-kiosk"));
    kiosk.args(command);
    match command {
        ["check-config"] => kiosk.arg(&file),
        _ => kiosk.arg("--config").arg(&file),
    };
    for name in ["FOLENI_CONFIG", "FOLENI_SERVER", "FOLENI_STATE", "FOLENI_DEVICE", "FOLENI_PRINTER", "WATCHDOG_PID"] {
        kiosk.env_remove(name);
    }
    kiosk.env("NOTIFY_SOCKET", folder.join("notify")).env("WATCHDOG_USEC", "200000");
    Running(kiosk.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts"))
}

fn hear(socket: &UnixDatagram) -> String {
    let mut bytes = [0; 256];
    let length = socket.recv(&mut bytes).expect("it says something in time");
    String::from_utf8_lossy(&bytes[..length]).trim().to_owned()
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").expect("asks");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn ended(kiosk: &mut Running) -> std::process::ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match kiosk.0.try_wait().expect("it can be waited for") {
            Some(status) => return status,
            None if Instant::now() > deadline => panic!("it does not end"),
            None => std::thread::yield_now(),
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
