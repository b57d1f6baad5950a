//! What every store promises, told as one story to each of them.

use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::task::{Context, Waker};

use sqlx::{AssertSqlSafe, ConnectOptions, Executor};

use super::*;

/// Where a story finds its stores: opened again and again on the same journal.
trait Shelf {
    type Store: Store;
    async fn open(&self) -> Self::Store;
    async fn verify(&self) -> Result<Verified, VerifyError>;
    /// Does what no program of ours would do.
    async fn tamper(&self, sql: &str);
}

async fn a_store_keeps_its_promises(shelf: impl Shelf) {
    it_starts_empty_and_reads_back_what_was_appended(&shelf).await;
    it_appends_all_or_nothing(&shelf).await;
    it_refuses_what_does_not_continue(&shelf).await;
    it_fences_a_second_writer(&shelf).await;
    it_survives_being_dropped_at_any_moment(&shelf).await;
    it_shows_every_forgery(&shelf).await;
}

async fn it_starts_empty_and_reads_back_what_was_appended(shelf: &impl Shelf) {
    let mut store = shelf.open().await;
    assert_eq!(store.tail().await.expect("a tail"), Tail::default());
    assert_eq!(store.read(Seq(1), 10).await.expect("entries"), []);
    store.append(&[]).await.expect("nothing to do");
    store.ping().await.expect("a disk");
    store.ping().await.expect("still a disk");

    let written = [entry(1, "day_opened"), awkward(2), entry(3, "ticket_issued")];
    store.append(&written[..1]).await.expect("room");
    store.append(&written[1..]).await.expect("room");
    let tail = store.tail().await.expect("a tail");
    assert_eq!((tail.seq, tail.at, tail.day_opened), (Seq(3), Time(3), Some(Seq(1))));
    drop(store);

    let mut store = shelf.open().await;
    assert_eq!(store.tail().await.expect("a tail"), tail);
    assert_eq!(store.read(Seq(1), 10).await.expect("entries"), written);
    assert_eq!(store.read(Seq(2), 1).await.expect("entries"), written[1..2]);
    assert_eq!(store.read(Seq(4), 10).await.expect("entries"), []);
    assert_eq!(shelf.verify().await.expect("a whole journal").entries, 3);
}

async fn it_appends_all_or_nothing(shelf: &impl Shelf) {
    let mut store = shelf.open().await;
    let last = store.tail().await.expect("a tail").seq.0;
    let mut batch: Vec<Entry> = (1..=200).map(|step| entry(last + step, "ticket_issued")).collect();
    batch[150].event = "not json".into();
    assert!(matches!(store.append(&batch).await, Err(StoreError::BadEvent { .. })));
    assert_eq!(store.tail().await.expect("a tail").seq, Seq(last));
    batch[150].event = r#"{"type":"day_opened"}"#.into();
    store.append(&batch).await.expect("room");
    let tail = store.tail().await.expect("a tail");
    assert_eq!((tail.seq, tail.day_opened), (Seq(last + 200), Some(Seq(last + 151))));
    assert_eq!(store.read(Seq(last + 1), 500).await.expect("entries"), batch);
}

async fn it_refuses_what_does_not_continue(shelf: &impl Shelf) {
    let mut store = shelf.open().await;
    let last = store.tail().await.expect("a tail").seq.0;
    let gap = [entry(last + 1, "x"), entry(last + 3, "x")];
    for bad in [&gap[..], &[entry(last + 2, "x")], &[entry(last, "x")], &[entry(0, "x")]] {
        assert!(matches!(store.append(bad).await, Err(StoreError::Gap { .. })), "{bad:?}");
    }
    let early = Entry { at: Time(last as i64 - 1), ..entry(last + 1, "x") };
    assert!(matches!(store.append(&[early]).await, Err(StoreError::Backwards { .. })));
    let same_moment = Entry { at: Time(last as i64), ..entry(last + 1, "x") };
    store.append(&[same_moment]).await.expect("a refusal leaves the store as it was");
}

async fn it_fences_a_second_writer(shelf: &impl Shelf) {
    let (mut first, mut second) = (shelf.open().await, shelf.open().await);
    let last = first.tail().await.expect("a tail").seq.0;
    second.tail().await.expect("the same tail");
    first.append(&[entry(last + 1, "x"), entry(last + 2, "x")]).await.expect("the first comes through");
    let late = second.append(&[entry(last + 1, "y")]).await;
    assert!(matches!(late, Err(StoreError::Fenced { seq }) if seq == Seq(last + 1)), "{late:?}");
    let again = second.append(&[entry(last + 1, "y")]).await;
    assert!(matches!(again, Err(StoreError::Gap { .. })), "it has looked, and knows better: {again:?}");
    first.append(&[entry(last + 3, "x")]).await.expect("the first was not disturbed");
}

async fn it_survives_being_dropped_at_any_moment(shelf: &impl Shelf) {
    let mut store = shelf.open().await;
    for polls in 0..40 {
        let before = store.tail().await.expect("a tail").seq.0;
        let batch: Vec<Entry> = (1..=64).map(|step| entry(before + step, "ticket_issued")).collect();
        drop_after(polls, store.append(&batch)).await;
        if polls % 2 == 0 {
            store = shelf.open().await;
        }
        loop {
            let after = store.tail().await.expect("a tail").seq.0;
            assert!(after == before || after == before + 64, "half of it: {before} to {after}");
            match store.append(&[entry(after + 1, "x")]).await {
                Ok(()) => break,
                // The dropped append came to its end only now, on the connection it was begun on.
                Err(StoreError::Fenced { .. }) => assert_eq!(after, before),
                Err(error) => panic!("it does not go on: {error}"),
            }
        }
    }
    shelf.verify().await.expect("a whole journal");
}

async fn it_shows_every_forgery(shelf: &impl Shelf) {
    let whole = shelf.verify().await.expect("a whole journal");
    let mut store = shelf.open().await;
    assert_eq!(store.tail().await.expect("a tail").hash, whole.hash);
    let forgeries = [
        ("UPDATE journal SET event = replace(event, 'x', 'y') WHERE seq = 204", 204, "is not what was written"),
        ("UPDATE journal SET request = 'someone-else' WHERE seq = 100", 100, "is not what was written"),
        ("UPDATE journal SET fingerprint = 0 WHERE seq = 99", 99, "is not what was written"),
        ("UPDATE journal SET at = at - 1 WHERE seq = 50", 50, "is not what was written"),
        ("UPDATE journal SET kind = 'nothing' WHERE seq = 40", 40, "is filed under another kind"),
        ("DELETE FROM journal WHERE seq = 30", 30, "is missing"),
        ("UPDATE journal SET event = CAST(x'ff' AS TEXT) WHERE seq = 20", 20, "cannot be read"),
        ("UPDATE journal SET hash = zeroblob(32) WHERE seq = 10", 10, "is not what was written"),
        ("DELETE FROM journal WHERE seq = 1", 1, "is missing"),
    ];
    for (sql, seq, what) in forgeries {
        shelf.tamper(sql).await;
        let found = shelf.verify().await.expect_err(sql);
        assert_eq!((found.seq, found.what), (Seq(seq), what), "{sql}");
    }
}

#[tokio::test]
async fn sqlite_keeps_its_promises() {
    a_store_keeps_its_promises(File::new()).await;
}

#[tokio::test]
async fn a_mistaken_hand_cannot_change_the_journal() {
    let file = File::new();
    file.open().await.append(&[entry(1, "x")]).await.expect("room");
    let mut connection = writing(&file.path).connect().await.expect("a connection");
    for sql in ["UPDATE journal SET at = 0", "DELETE FROM journal"] {
        let refused = connection.execute(sql).await.expect_err(sql);
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

#[tokio::test]
async fn a_backup_of_a_running_journal_is_whole_and_private() {
    use std::os::unix::fs::PermissionsExt;
    let file = File::new();
    let mut store = file.open().await;
    let batch: Vec<Entry> = (1..=300).map(|seq| entry(seq, "x")).collect();
    store.append(&batch).await.expect("room");
    let reader = Reader::open(&file.path).await.expect("a reader");
    let copy = file.path.with_extension("backup");
    for last in [301, 302] {
        store.append(&[entry(last, "x")]).await.expect("room");
        let verified = reader.backup(&copy).await.expect("a backup, also over an older one");
        assert_eq!((verified.entries, verified.last), (last, Seq(last)));
    }
    assert_eq!(reader.read(Seq(302), 5).await.expect("entries"), [entry(302, "x")]);
    assert_eq!(std::fs::metadata(&copy).expect("a file").permissions().mode() & 0o777, 0o600);
    assert_eq!(verify(&copy).await.expect("a whole copy").last, Seq(302));
    let mut restored = SqliteStore::open(&copy).await.expect("a copy that a server can go on with");
    assert_eq!(restored.tail().await.expect("a tail"), store.tail().await.expect("a tail"));
    restored.append(&[entry(303, "x")]).await.expect("room");
}

#[tokio::test]
async fn a_day_is_read_whole_and_alone() {
    let file = File::new();
    let mut store = SqliteStore::open(&file.path).await.expect("a store");
    let of = |day: &str, from: u64, last: u64| -> Vec<Entry> {
        let kind = |seq| if seq == from { "day_opened" } else { "ticket_issued" };
        (from..=last).map(|seq| Entry { day: day.into(), ..entry(seq, kind(seq)) }).collect()
    };
    let days = [
        ("2026-11-23", of("2026-11-23", 1, 3)),
        ("2026-11-24", of("2026-11-24", 4, 5_203)),
        ("2026-11-25", of("2026-11-25", 5_204, 5_205)),
    ];
    let reader = Reader::open(&file.path).await.expect("a reader");
    assert_eq!(reader.day(None).await.expect("a journal"), []);
    for (_, entries) in &days {
        store.append(entries).await.expect("room");
    }
    for (date, entries) in &days {
        assert!(reader.day(Some(date)).await.expect("a day") == *entries, "{date}");
    }
    assert_eq!(reader.day(None).await.expect("the last day"), days[2].1);
    assert_eq!(reader.day(Some("2026-11-26")).await.expect("a journal"), []);
}

#[tokio::test]
async fn a_backup_of_a_forged_journal_is_refused() {
    let file = File::new();
    let batch: Vec<Entry> = (1..=9).map(|seq| entry(seq, "x")).collect();
    file.open().await.append(&batch).await.expect("room");
    file.tamper("DELETE FROM journal WHERE seq = 5").await;
    let copy = file.path.with_extension("backup");
    let reader = Reader::open(&file.path).await.expect("a reader");
    assert!(matches!(reader.backup(&copy).await, Err(BackupError::Verify(found)) if found.seq == Seq(5)));
    assert!(!copy.exists());
}

/// A year of a large centre is four million entries; the start may not walk through them.
#[tokio::test]
async fn the_end_is_found_by_index_alone() {
    let file = File::new();
    file.open().await;
    let mut connection = writing(&file.path).connect().await.expect("a connection");
    for sql in [sqlite::END, sqlite::DAY_OPENED] {
        let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(&mut connection).await.expect("a plan");
        let first = &plan[0].3;
        assert!(first.contains("INDEX journal_day_opened") || first == "SCAN journal", "{plan:?}");
        assert!(!plan.iter().any(|step| step.3.contains("TEMP B-TREE")), "{plan:?}");
    }
}

/// Figures, not a test: `cargo test --release -p server --lib journal_figures -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "measures the disk"]
async fn journal_figures() {
    let file = File::new();
    let mut store = file.open().await;
    let mut next = 1;
    for group in [1_u64, 8, 64, 256] {
        let (groups, started) = (2_000 / group.min(8), std::time::Instant::now());
        for _ in 0..groups {
            let batch: Vec<Entry> = (next..next + group).map(|seq| entry(seq, "ticket_issued")).collect();
            store.append(&batch).await.expect("room");
            next += group;
        }
        let rate = (groups * group) as f64 / started.elapsed().as_secs_f64();
        println!("groups of {group}: {rate:.0} entries/s, {:.3} ms an append", 1000.0 * group as f64 / rate);
    }
    let year = if cfg!(debug_assertions) { 200_000 } else { 4_000_000 };
    while next < year {
        let batch: Vec<Entry> = (next..next + 4_096).map(|seq| entry(seq, "ticket_issued")).collect();
        store.append(&batch).await.expect("room");
        next += 4_096;
    }
    drop(store);
    let started = std::time::Instant::now();
    let mut store = file.open().await;
    let tail = store.tail().await.expect("a tail");
    println!("start with {} entries: {:?}", tail.seq, started.elapsed());
    let started = std::time::Instant::now();
    file.verify().await.expect("a whole journal");
    println!("verify: {:?}", started.elapsed());
    println!("file: {} MiB", std::fs::metadata(&file.path).expect("a file").len() >> 20);
}

/// A journal in a file of its own.
struct File {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl File {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        File { path: folder.path().join("centre.db"), _folder: folder }
    }
}

impl Shelf for File {
    type Store = SqliteStore;

    async fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path).await.expect("a store")
    }

    async fn verify(&self) -> Result<Verified, VerifyError> {
        verify(&self.path).await
    }

    async fn tamper(&self, sql: &str) {
        let mut connection = writing(&self.path).connect().await.expect("a connection");
        let unguarded = "DROP TRIGGER IF EXISTS journal_is_never_changed; DROP TRIGGER IF EXISTS journal_is_never_shortened";
        connection.execute(unguarded).await.expect("no guards");
        let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.expect("a forgery");
        assert_eq!(done.rows_affected(), 1, "{sql}");
    }
}

fn entry(seq: u64, kind: &str) -> Entry {
    Entry {
        seq: Seq(seq),
        at: Time(seq as i64),
        day: "2026-11-24".into(),
        request: RequestId::new(&format!("0198f6a2-request-{seq}")).ok(),
        fingerprint: Some(i64::MIN + seq as i64),
        event: format!(r#"{{"type":"{kind}","ticket":{seq},"number":"K042","service":"nrb-id-new","class":"standard"}}"#),
    }
}

/// An entry of all that a careless encoding would spoil.
fn awkward(seq: u64) -> Entry {
    let event = "{ \"type\" : \"x\",\"text\":\"Bima ya afya \\u00e9 é 𝄞 \\\" \\\\ \\n ' ; --\",\"n\":9223372036854775807 }";
    Entry { request: None, fingerprint: None, event: event.into(), ..entry(seq, "x") }
}

/// Polls a future so many times, letting others work in between, then drops it.
async fn drop_after<F: Future>(polls: u32, future: F) {
    let mut future = pin!(future);
    for _ in 0..polls {
        if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_micros(u64::from(polls) * 20));
    }
}
