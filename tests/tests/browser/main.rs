//! A whole centre in a real Chromium: server, kiosk and display as processes of their own, used as citizens, officers and
//! managers would.
//!
//! The people are played by `tests/browser/run.mjs`. Without Node, its modules or Chromium the run is skipped, and says
//! so; with `FOLENI_BROWSER=must` it fails then.

mod demo;
mod hall;
mod town;

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use demo::Demo;
use hall::Hall;
use tokio::sync::Mutex;

/// A whole run of one set of steps; a machine that builds is slow.
const LONGEST: Duration = Duration::from_secs(900);

/// Three browsers at once would be slow enough to look broken.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

#[tokio::test(flavor = "multi_thread")]
async fn citizens_officers_and_managers_do_their_day_in_a_real_browser() {
    let Some(node) = tools() else { return };
    let _turn = ONE_AT_A_TIME.lock().await;
    let hall = Hall::open("2026-11-24T09:00:00").await;
    play(hall, &node, "journeys").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_read_by_everyone_and_the_called_numbers_from_fifteen_metres() {
    let Some(node) = tools() else { return };
    let _turn = ONE_AT_A_TIME.lock().await;
    // Pictures for the documentation show the whole morning.
    let begin = if env::var_os("FOLENI_SCREENS").is_some() { "2026-11-24T07:00:00" } else { "2026-11-24T09:40:00" };
    let hall = Hall::open(begin).await;
    town::morning(&hall.centre, "2026-11-24T11:24:00").await;
    play(hall, &node, "pages").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstrations_start_page_shows_a_living_centre() {
    let Some(node) = tools() else { return };
    let _turn = ONE_AT_A_TIME.lock().await;
    let until = if env::var_os("FOLENI_SCREENS").is_some() { "11:00" } else { "07:40" };
    let demo = Demo::open(until).await;
    let ended = tokio::time::timeout(LONGEST, demo.look(&node, &scripts())).await.expect("the start page is looked at in time");
    assert!(ended.success(), "the start page went wrong; what was seen is above");
}

async fn play(mut hall: Hall, node: &Path, what: &str) {
    let played = tokio::time::timeout(LONGEST, hall.play(node, &scripts(), what)).await;
    let ended = played.unwrap_or_else(|_| panic!("the {what} took longer than {LONGEST:?}"));
    assert!(ended.success(), "the {what} went wrong; what was seen is above");
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}

/// Returns the program `node` when all that the run needs is here; else says what is missing.
fn tools() -> Option<PathBuf> {
    let node = PathBuf::from("node");
    let chromium = env::var("FOLENI_CHROMIUM").unwrap_or_else(|_| "chromium".into());
    let missing = [
        (!starts(&node), "Node 18 or later (the package nodejs)"),
        (!starts(Path::new(&chromium)), "Chromium (the package chromium)"),
        (!scripts().join("node_modules/playwright-core").is_dir(), "the modules (`npm ci` in tests/browser)"),
    ];
    let missing: Vec<&str> = missing.into_iter().filter_map(|(lacks, what)| lacks.then_some(what)).collect();
    if missing.is_empty() {
        return Some(node);
    }
    let words = format!("skipped: nobody looked at the pages in a browser, for there is no {}", missing.join(", and no "));
    assert!(env::var("FOLENI_BROWSER").as_deref() != Ok("must"), "{words}");
    say(&words);
    None
}

/// Says it past the capture of the test's own output: whoever runs the tests is to know.
fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

fn starts(program: &Path) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}
