//! The whole demonstration as a person meets it: opened, looked at, broken in every way it offers, and closed.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// A machine that builds beside this is slow.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test]
async fn a_centre_opens_lives_breaks_mends_and_closes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut centre = Centre::open(&folder.path().join("demo")).await;

    let cookie = centre.the_start_page_signs_the_person_in().await;
    centre.nobody_else_may_ask().await;
    centre.every_page_is_there(&cookie).await;
    centre.the_hall_is_alive().await;
    centre.slips_come_out_of_the_door_kiosk().await;
    centre.the_agencys_system_goes_down_and_comes_back().await;
    centre.the_paper_runs_out_and_is_changed().await;
    centre.the_cable_is_cut_and_mended().await;
    centre.the_day_stands_still().await;
    centre.the_plug_is_pulled_and_nothing_is_lost().await;
    centre.closes_and_leaves_nobody_behind().await;
}

struct Centre {
    demo: Child,
    base: u16,
    http: reqwest::Client,
}

impl Centre {
    async fn open(data: &Path) -> Centre {
        build_programs();
        let base = free_ports();
        let mut demo = Command::new(env!("CARGO_BIN_EXE_foleni-demo"))
            .args(["--no-open", "--pace=10", "--play-until=07:30", &format!("--port-base={base}"), "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the demonstration starts");
        let mut said = BufReader::new(demo.stdout.take().expect("it can be heard")).lines();
        let open = format!("open http://localhost:{}", base + 80);
        let opened = async {
            while let Some(line) = said.next_line().await.expect("lines") {
                if line == open {
                    return true;
                }
            }
            false
        };
        assert!(timeout(PATIENCE, opened).await.expect("opens in time"), "it ended before it was open");
        tokio::spawn(async move { while said.next_line().await.is_ok_and(|line| line.is_some()) {} });
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(15)).build().expect("a client");
        Centre { demo, base, http }
    }

    async fn the_start_page_signs_the_person_in(&self) -> String {
        let page = self.http.get(self.start("/")).send().await.expect("answers");
        assert_eq!(page.status(), 200);
        let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.contains(&format!("frame-src http://localhost:{} ", self.base)), "{policy}");
        let cookie = page.headers()[SET_COOKIE].to_str().expect("text").to_owned();
        for wanted in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(wanted), "{cookie}");
        }
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        let again = self.http.get(self.start("/")).header(COOKIE, &cookie).send().await.expect("answers");
        assert!(!again.headers().contains_key(SET_COOKIE), "whoever is signed in stays so");
        cookie
    }

    async fn nobody_else_may_ask(&self) {
        let elsewhere = self.http.get(self.start("/demo/state")).header(HOST, "evil.example").send().await.expect("answers");
        assert_eq!(elsewhere.status(), 403);
        let foreign = self.http.post(self.start("/demo/faults/server")).header(ORIGIN, "http://evil.example").json(&json!({}));
        assert_eq!(foreign.send().await.expect("answers").status(), 403);
        let form = self.http.post(self.start("/demo/pace")).header(CONTENT_TYPE, "text/plain").body(r#"{"pace":60}"#);
        assert_eq!(form.send().await.expect("answers").status(), 400);
        assert_eq!(self.tell("pace", json!({ "pace": 601 })).await, 400);
    }

    async fn every_page_is_there(&self, cookie: &str) {
        let pages = self.state().await["pages"].clone();
        for (name, address) in pages.as_object().expect("pages") {
            let address = address.as_str().expect("an address");
            let page = self.http.get(address).header(COOKIE, cookie).send().await.expect("answers");
            assert_eq!(page.status(), 200, "{name} at {address}");
            let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
            assert!(policy.contains(&format!("http://localhost:{}", self.base + 80)), "{name} may be framed: {policy}");
        }
        let session = self.http.get(self.at(0, "/api/v1/session")).header(COOKIE, cookie).send().await.expect("answers");
        let person: Value = session.json().await.expect("a person");
        assert_eq!(person["role"], "manager");
    }

    async fn the_hall_is_alive(&self) {
        let state = self.state().await;
        assert!(state["issued"].as_u64() > Some(20), "{state}");
        let before = state["issued"].as_u64().expect("a count");
        self.until("visitors keep coming", |state| state["issued"].as_u64() > Some(before)).await;
        assert_eq!((&state["pace"], &state["server_up"], &state["centre"]), (&json!(10), &json!(true), &json!("Huduma Centre Mombasa")));
    }

    async fn slips_come_out_of_the_door_kiosk(&self) {
        let state = self
            .until("a slip with its number", |state| state["slips"][0]["number"].as_str().is_some_and(|number| number.len() == 4))
            .await;
        let address = state["slips"][0]["url"].as_str().expect("an address").to_owned();
        let slip = self.http.get(self.start(&address)).send().await.expect("answers").bytes().await.expect("a picture");
        assert!(slip.starts_with(b"\x89PNG") && slip.len() > 1_000, "{} bytes", slip.len());
    }

    async fn the_agencys_system_goes_down_and_comes_back(&self) {
        for down in [true, false] {
            assert_eq!(self.tell("faults/agency", json!({ "down": down })).await, 200);
            self.until("all know", |state| state["faults"]["agency"]["down"] == down).await;
        }
    }

    async fn the_paper_runs_out_and_is_changed(&self) {
        assert_eq!(self.tell("faults/paper", json!({ "out": true })).await, 200);
        self.until_station(1, "the kiosk knows", |told| told["printer"]["trouble"] == "paper_out").await;
        assert_eq!(self.tell("faults/paper", json!({ "out": false })).await, 200);
        self.until_station(1, "the kiosk prints again", |told| told["printer"]["trouble"].is_null()).await;
    }

    async fn the_cable_is_cut_and_mended(&self) {
        self.until_station(2, "the display is in touch", |told| told["server"] == "connected").await;
        assert_eq!(self.tell("faults/cable", json!({ "cut": true })).await, 200);
        self.until_station(2, "the display knows", |told| told["server"] == "unreachable").await;
        assert_eq!(self.tell("faults/cable", json!({ "cut": false })).await, 200);
        self.until_station(2, "the display is back", |told| told["server"] == "connected").await;
    }

    async fn the_day_stands_still(&self) {
        assert_eq!(self.tell("pace", json!({ "pace": 0 })).await, 200);
        let (first, second) = (self.state().await, self.state().await);
        assert_eq!((&first["pace"], &first["now"]), (&json!(0), &second["now"]));
        assert_eq!(self.tell("pace", json!({ "pace": 10 })).await, 200);
    }

    async fn the_plug_is_pulled_and_nothing_is_lost(&self) {
        let before = self.state().await;
        assert_eq!(self.tell("faults/server", json!({})).await, 200);
        let dark = self.state().await;
        assert_eq!((&dark["faults"]["server"]["down"], &dark["server_up"]), (&json!(true), &json!(false)));
        assert!(dark["waiting_for"].is_string(), "it is said in words: {dark}");
        let after = self.until("the server is back", |state| state["server_up"] == true).await;
        assert!(
            after["issued"].as_u64() >= before["issued"].as_u64() && after["now"].as_i64() >= before["now"].as_i64(),
            "{before} {after}"
        );
        let count = after["issued"].as_u64();
        self.until("and visitors come again", |state| state["issued"].as_u64() > count).await;
    }

    async fn closes_and_leaves_nobody_behind(&mut self) {
        let pid = self.demo.id().and_then(|id| Pid::from_raw(id as i32)).expect("it runs");
        kill_process(pid, Signal::TERM).expect("it can be told");
        let status = timeout(Duration::from_secs(20), self.demo.wait()).await.expect("closes in time").expect("a status");
        assert!(status.success(), "{status}");
        for offset in OFFSETS {
            std::net::TcpListener::bind(("127.0.0.1", self.base + offset)).expect("the port is free again");
        }
    }

    async fn state(&self) -> Value {
        self.http.get(self.start("/demo/state")).send().await.expect("answers").json().await.expect("a state")
    }

    async fn tell(&self, what: &str, body: Value) -> u16 {
        self.http.post(self.start(&format!("/demo/{what}"))).json(&body).send().await.expect("answers").status().as_u16()
    }

    async fn until(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        self.until_told(&self.start("/demo/state"), what, is).await
    }

    async fn until_station(&self, station: u16, what: &str, is: impl Fn(&Value) -> bool) {
        self.until_told(&self.at(station, "/station.json"), what, is).await;
    }

    async fn until_told(&self, address: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let told: Value = self.http.get(address).send().await.expect("answers").json().await.expect("json");
            if is(&told) {
                return told;
            }
            assert!(began.elapsed() < PATIENCE, "not in time: {what}; last {told}");
            sleep(Duration::from_millis(100)).await;
        }
    }

    fn start(&self, path: &str) -> String {
        self.at(80, path)
    }

    fn at(&self, offset: u16, path: &str) -> String {
        format!("http://localhost:{}{path}", self.base + offset)
    }
}

/// The ports that a demonstration takes, from its base.
const OFFSETS: [u16; 7] = [0, 1, 2, 3, 80, 91, 92];

/// Returns the base of ports that are free, below those that the system gives to callers.
fn free_ports() -> u16 {
    let start = u16::try_from(std::process::id() % 100).expect("below a hundred");
    let bases = (0..100).map(|step| 20_000 + (start + step) % 100 * 100);
    let free = |base: &u16| OFFSETS.iter().all(|offset| std::net::TcpListener::bind(("127.0.0.1", base + offset)).is_ok());
    bases.into_iter().find(free).expect("some ports are free")
}

/// Cargo builds only this package's program for this test; the others are to stand beside it.
fn build_programs() {
    let Some(cargo) = std::env::var_os("CARGO") else { return };
    let mut build = std::process::Command::new(cargo);
    build.args(["build", "--quiet", "-p", "server", "-p", "kiosk", "-p", "display", "--bins"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    if env!("CARGO_BIN_EXE_foleni-demo").contains("/release/") {
        build.arg("--release");
    }
    assert!(build.status().expect("cargo can be started").success(), "the programs do not build");
}
