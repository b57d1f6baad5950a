//! The ledger of slips: every job and what became of it, in a file of its own, so that the journal never waits for it.
//!
//! One task writes, all that waits for it in one transaction. Whoever sends bytes to a printer waits until that is on disk;
//! a job that was sent when the server ended is in doubt, and is never sent again by itself.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use protocol::printing::{JobKind, JobState, PrintJobView, PrintsAt, SlipOutcome, WhyAbandoned};
use protocol::request::{Paper, PrinterTrouble};
use protocol::{DeviceId, JobId, PrinterId, RequestId, ServiceId, TicketNumber, Time};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::journal::{BackupError, StoreError, copy_whole, read_only, writing};

/// What may wait for the ledger; a rush of tickets is a few hundred.
const MAILBOX: usize = 8_192;

/// What is written at once.
const BATCH: usize = 1_024;

/// Jobs are forgotten so long after they were asked for.
const KEPT: i64 = 3 * 24 * protocol::time::HOUR;

/// How often jobs are looked for that are of no use any more.
const SWEEP: Duration = Duration::from_secs(2);

/// How often jobs are forgotten.
const FORGET: Duration = Duration::from_secs(3_600);

/// A slip that a station prints by itself is given up when it has said nothing for so long; its word counts all the same.
const NO_WORD: Duration = Duration::from_secs(15 * 60);

/// Jobs that are told at once.
pub const TOLD_MAX: u32 = 60;

/// A job that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Who asks: a device or an account.
    pub asker: String,
    /// The asker's name for it.
    pub request: RequestId,
    /// Why it is printed.
    pub kind: JobKind,
    /// The ticket's number.
    pub number: Option<TicketNumber>,
    /// The ticket's service.
    pub service: Option<ServiceId>,
    /// Where it comes out.
    pub at_printer: PrintsAt,
    /// When, by the centre's clock.
    pub at: Time,
}

/// What became of a job, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Became {
    /// How far it is.
    pub state: JobState,
    /// What is wrong with the printer.
    pub trouble: Option<PrinterTrouble>,
    /// Why it was abandoned.
    pub why: Option<WhyAbandoned>,
    /// Whether nobody knows yet what became of what was sent.
    pub in_doubt: bool,
}

impl Became {
    /// It goes to the printer now: only what is queued can, so nothing goes twice.
    pub const SENDING: Became = Became { state: JobState::Sent, trouble: None, why: None, in_doubt: true };
    /// It waits again: nothing was sent.
    pub const QUEUED: Became = Became { state: JobState::Queued, trouble: None, why: None, in_doubt: false };

    /// It came out, as far as the printer can say, or it may have.
    pub fn on_paper(paper: Paper) -> Became {
        match paper {
            Paper::Printed => Became { state: JobState::Printed, ..Became::QUEUED },
            Paper::Sent => Became { state: JobState::Sent, ..Became::QUEUED },
            Paper::Failed { trouble } => Became { state: JobState::Failed, trouble: Some(trouble), ..Became::QUEUED },
        }
    }

    /// Nothing came out, and nothing will.
    pub fn abandoned(why: WhyAbandoned, trouble: Option<PrinterTrouble>) -> Became {
        Became { state: JobState::Abandoned, trouble, why: Some(why), in_doubt: false }
    }
}

enum Mail {
    /// Written when there is time for it.
    Note(NewJob),
    /// Written before it is answered; a job that is there already is told as it stands.
    Keep {
        job: NewJob,
        reply: oneshot::Sender<Kept>,
    },
    Change {
        job: JobId,
        became: Became,
        at: Time,
        reply: oneshot::Sender<bool>,
    },
    Report {
        kiosk: DeviceId,
        slips: Vec<SlipOutcome>,
        at: Time,
        reply: oneshot::Sender<()>,
    },
    Lately {
        limit: u32,
        reply: oneshot::Sender<Vec<PrintJobView>>,
    },
    WaitingFor {
        kiosk: DeviceId,
        reply: oneshot::Sender<Vec<PrintJobView>>,
    },
    Waiting {
        reply: oneshot::Sender<HashMap<PrintsAt, u32>>,
    },
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The job.
    pub view: PrintJobView,
    /// Whether it was not there before.
    pub fresh: bool,
}

/// The way to the ledger; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    mailbox: mpsc::Sender<Mail>,
    /// Printers that an earlier run left in the middle of a slip.
    torn: Arc<BTreeSet<PrinterId>>,
}

impl Ledger {
    /// Notes a job that somebody else prints; a ledger that is too busy for it leaves it out, and says so.
    pub fn note(&self, job: NewJob) {
        if self.mailbox.try_send(Mail::Note(job)).is_err() {
            warn!("a slip is not in the ledger: too many are to be written");
        }
    }

    /// Tells whether an earlier run may have left half a slip in this printer.
    pub fn may_be_torn(&self, printer: &PrinterId) -> bool {
        self.torn.contains(printer)
    }

    /// Puts a job on disk, or finds it there; nothing when it could not be written.
    pub async fn keep(&self, job: NewJob) -> Option<Kept> {
        self.ask(|reply| Mail::Keep { job, reply }).await
    }

    /// Writes what became of a job; tells whether it is on disk and the job was in a state from which that can be.
    pub async fn change(&self, job: JobId, became: Became, at: Time) -> bool {
        self.ask(|reply| Mail::Change { job, became, at, reply }).await.unwrap_or(false)
    }

    /// The same for a thread that may block.
    pub fn change_now(&self, job: JobId, became: Became, at: Time) -> bool {
        let (reply, answer) = oneshot::channel();
        let sent = self.mailbox.blocking_send(Mail::Change { job, became, at, reply });
        sent.is_ok() && answer.blocking_recv().unwrap_or(false)
    }

    /// Writes what a station says of its slips; tells whether it is on disk.
    pub async fn report(&self, kiosk: DeviceId, slips: Vec<SlipOutcome>, at: Time) -> bool {
        self.ask(|reply| Mail::Report { kiosk, slips, at, reply }).await.is_some()
    }

    /// Returns the newest jobs, newest first.
    pub async fn lately(&self, limit: u32) -> Option<Vec<PrintJobView>> {
        self.ask(|reply| Mail::Lately { limit: limit.min(TOLD_MAX), reply }).await
    }

    /// Returns what was ordered of a station and has not come out, oldest first.
    pub async fn waiting_for(&self, kiosk: DeviceId) -> Option<Vec<PrintJobView>> {
        self.ask(|reply| Mail::WaitingFor { kiosk, reply }).await
    }

    /// Returns how many jobs wait, by printer.
    pub async fn waiting(&self) -> HashMap<PrintsAt, u32> {
        self.ask(|reply| Mail::Waiting { reply }).await.unwrap_or_default()
    }

    async fn ask<T>(&self, mail: impl FnOnce(oneshot::Sender<T>) -> Mail) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.mailbox.send(mail(reply)).await.ok()?;
        answer.await.ok()
    }
}

/// Returns the question for whole jobs that ends so.
macro_rules! jobs {
    ($end:literal) => {
        concat!("SELECT job, kind, number, service, printer, kiosk, state, trouble, why, in_doubt, at, changed FROM jobs ", $end)
    };
}

/// Opens the ledger at `path`. What was being sent when the server ended stays in doubt.
pub async fn open(path: &Path, useful: Duration, now: Time) -> Result<(Ledger, Book), StoreError> {
    let mut connection = writing(path).create_if_missing(true).connect().await?;
    sqlx::migrate!("./migrations/paper").run(&mut connection).await?;
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    forget_old(&mut connection, now).await?;
    let doubted: i64 = sqlx::query_scalar("SELECT count(*) FROM jobs WHERE in_doubt AND printer IS NOT NULL AND changed > $1")
        .bind(now.0.saturating_sub(protocol::time::HOUR))
        .fetch_one(&mut connection)
        .await?;
    if doubted > 0 {
        warn!(doubted, "of {doubted} slips of the last hour nobody knows whether they came out; they are not printed again");
    }
    let rows = sqlx::query(jobs!("WHERE state = 'queued'")).fetch_all(&mut connection).await?;
    let waits = rows.iter().filter_map(view).map(|view| (view.job, Wait::of(&view, useful))).collect();
    let (sender, mailbox) = mpsc::channel(MAILBOX);
    let torn = Arc::new(torn(&mut connection).await?);
    Ok((Ledger { mailbox: sender, torn }, Book { connection, mailbox, waits, useful, now }))
}

/// Returns the printers whose last slip was begun and is not known to be whole.
async fn torn(connection: &mut SqliteConnection) -> sqlx::Result<BTreeSet<PrinterId>> {
    // Of the columns beside a greatest one, SQLite gives those of its row.
    let sql = "SELECT printer, state = 'failed' OR in_doubt, max(changed) FROM jobs \
        WHERE printer IS NOT NULL AND state IN ('sent', 'printed', 'failed') GROUP BY printer";
    let last: Vec<(String, bool, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
    Ok(last.into_iter().filter(|(_, torn, _)| *torn).filter_map(|(printer, ..)| PrinterId::new(&printer).ok()).collect())
}

/// Writes a copy of the ledger in `from` to `to` while the server runs; private, and whole or not there.
pub async fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    let mut connection = read_only(from).connect().await?;
    copy_whole(&mut connection, to, async |_| Ok(())).await
}

/// The task that writes.
pub struct Book {
    connection: SqliteConnection,
    mailbox: mpsc::Receiver<Mail>,
    /// What is queued, and until when it is of use.
    waits: HashMap<JobId, Wait>,
    useful: Duration,
    now: Time,
}

struct Wait {
    at_printer: PrintsAt,
    until: Instant,
    why: WhyAbandoned,
}

impl Wait {
    fn of(view: &PrintJobView, useful: Duration) -> Wait {
        let (lasts, why) = match (&view.at_printer, view.kind) {
            (PrintsAt::Kiosk(_), JobKind::Issue) => (NO_WORD, WhyAbandoned::NoWord),
            (PrintsAt::Kiosk(_), JobKind::Reprint | JobKind::Test) | (PrintsAt::Printer(_), _) => (useful, WhyAbandoned::TooOld),
        };
        Wait { at_printer: view.at_printer.clone(), until: Instant::now() + lasts, why }
    }
}

/// What is told to whoever asked, once the batch is on disk.
type Tell = Box<dyn FnOnce() + Send>;

/// Whoever asked may have left.
fn telling<T: Send + 'static>(reply: oneshot::Sender<T>, answer: T) -> Tell {
    Box::new(move || {
        let _ = reply.send(answer);
    })
}

impl Book {
    /// Writes until nobody can ask any more, or `stop` is cancelled and all that was asked is written.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut sweep = tokio::time::interval(SWEEP);
        let mut forget = tokio::time::interval(FORGET);
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                received = self.mailbox.recv_many(&mut batch, BATCH) => {
                    if received == 0 { break }
                    self.write(&mut batch).await;
                }
                _ = sweep.tick() => self.give_up_old().await,
                _ = forget.tick() => self.forget().await,
                () = stop.cancelled() => break,
            }
        }
    }

    async fn write(&mut self, batch: &mut Vec<Mail>) {
        let mails: Vec<Mail> = std::mem::take(batch);
        match self.write_all(mails).await {
            Ok(tell) => tell.into_iter().for_each(|tell| tell()),
            // Whoever waits hears nothing, which is a no.
            Err(error) => error!(error = &error as &dyn std::error::Error, "could not write the ledger of slips"),
        }
    }

    async fn write_all(&mut self, mails: Vec<Mail>) -> sqlx::Result<Vec<Tell>> {
        let useful = self.useful;
        let mut waits = Vec::new();
        let mut tell: Vec<Tell> = Vec::new();
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        let noted: Vec<NewJob> =
            mails.iter().filter_map(|mail| if let Mail::Note(job) = mail { Some(job.clone()) } else { None }).collect();
        self.now = noted.iter().map(|job| job.at).fold(self.now, Time::max);
        for (job, kiosk) in note(&mut transaction, &noted).await? {
            let wait = Wait { at_printer: PrintsAt::Kiosk(kiosk), until: Instant::now() + NO_WORD, why: WhyAbandoned::NoWord };
            waits.push((job, Some(wait)));
        }
        for mail in mails {
            match mail {
                Mail::Note(_) => {}
                Mail::Keep { job, reply } => {
                    self.now = self.now.max(job.at);
                    let Some(kept) = keep(&mut transaction, &job).await? else { continue };
                    if kept.fresh {
                        waits.push((kept.view.job, Some(Wait::of(&kept.view, useful))));
                    }
                    tell.push(telling(reply, kept));
                }
                Mail::Change { job, became, at, reply } => {
                    self.now = self.now.max(at);
                    let changed = change(&mut transaction, job, became, at).await?;
                    if changed && became.state != JobState::Queued && !became.in_doubt {
                        waits.push((job, None));
                    }
                    tell.push(telling(reply, changed));
                }
                Mail::Report { kiosk, slips, at, reply } => {
                    self.now = self.now.max(at);
                    for slip in slips {
                        waits.extend(report(&mut transaction, &kiosk, &slip, at).await?.map(|job| (job, None)));
                    }
                    tell.push(telling(reply, ()));
                }
                Mail::Lately { limit, reply } => {
                    let sql = jobs!("ORDER BY job DESC LIMIT $1");
                    let rows = sqlx::query(sql).bind(limit).fetch_all(&mut *transaction).await?;
                    let jobs = rows.iter().filter_map(view).collect();
                    tell.push(telling(reply, jobs));
                }
                Mail::WaitingFor { kiosk, reply } => {
                    let sql = jobs!("WHERE state = 'queued' AND kiosk = $1 AND kind <> 'issue' ORDER BY job");
                    let rows = sqlx::query(sql).bind(kiosk.as_str()).fetch_all(&mut *transaction).await?;
                    let jobs = rows.iter().filter_map(view).collect();
                    tell.push(telling(reply, jobs));
                }
                Mail::Waiting { reply } => {
                    let mut counts = HashMap::new();
                    for wait in self.waits.values() {
                        *counts.entry(wait.at_printer.clone()).or_default() += 1;
                    }
                    tell.push(telling(reply, counts));
                }
            }
        }
        transaction.commit().await?;
        for (job, wait) in waits {
            match wait {
                Some(wait) => drop(self.waits.insert(job, wait)),
                None => drop(self.waits.remove(&job)),
            }
        }
        Ok(tell)
    }

    async fn forget(&mut self) {
        if let Err(error) = forget_old(&mut self.connection, self.now).await {
            error!(error = &error as &dyn std::error::Error, "could not write the ledger of slips");
        }
    }

    /// What waited longer than it could be of use is abandoned, and that is said.
    async fn give_up_old(&mut self) {
        let now = Instant::now();
        let old: Vec<(JobId, WhyAbandoned)> =
            self.waits.iter().filter(|(_, wait)| wait.until <= now).map(|(job, wait)| (*job, wait.why)).collect();
        for (job, why) in old {
            match give_up(&mut self.connection, job, why, self.now).await {
                // It is being sent at this moment; what comes of that is told soon.
                Ok(false) => {}
                Ok(true) => {
                    warn!(%job, ?why, "slip {job} is given up: nothing of it came out, and nothing will");
                    self.waits.remove(&job);
                }
                Err(error) => return error!(error = &error as &dyn std::error::Error, "could not write the ledger of slips"),
            }
        }
    }
}

/// Writes what stations print by themselves, in one statement however many there are: a rush of tickets waits for no trip to
/// the database each. Returns those that were not there.
async fn note(connection: &mut SqliteConnection, jobs: &[NewJob]) -> sqlx::Result<Vec<(JobId, DeviceId)>> {
    const NOTE: &str = "INSERT INTO jobs (asker, request, kind, number, service, kiosk, state, at, changed) \
        SELECT value ->> 0, value ->> 1, 'issue', value ->> 2, value ->> 3, value ->> 4, 'queued', value ->> 5, value ->> 5 \
        FROM json_each($1) WHERE true ON CONFLICT (asker, request) DO NOTHING RETURNING job, kiosk";
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let row = |job: &NewJob| match &job.at_printer {
        PrintsAt::Kiosk(kiosk) => serde_json::json!([job.asker, job.request, job.number, job.service, kiosk, job.at]),
        PrintsAt::Printer(_) => serde_json::Value::Null,
    };
    let rows = serde_json::Value::from_iter(jobs.iter().map(row).filter(|row| !row.is_null())).to_string();
    let written: Vec<(i64, String)> = sqlx::query_as(NOTE).bind(rows).fetch_all(connection).await?;
    let known = |(job, kiosk): (i64, String)| Some((JobId(u64::try_from(job).ok()?), DeviceId::new(&kiosk).ok()?));
    Ok(written.into_iter().filter_map(known).collect())
}

/// A job that is there already stays as it is. Nothing is kept of what no reader could read.
async fn keep(connection: &mut SqliteConnection, job: &NewJob) -> sqlx::Result<Option<Kept>> {
    let insert = "INSERT INTO jobs (asker, request, kind, number, service, printer, kiosk, state, at, changed) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $8) ON CONFLICT (asker, request) DO NOTHING";
    let (printer, kiosk) = columns_of(&job.at_printer);
    let insert = sqlx::query(insert).bind(&job.asker).bind(job.request.as_str()).bind(word(&job.kind));
    let insert = insert.bind(job.number.map(|number| number.to_string())).bind(job.service.as_ref().map(ServiceId::as_str));
    let insert = insert.bind(printer).bind(kiosk).bind(job.at.0);
    let fresh = insert.execute(&mut *connection).await?.rows_affected() > 0;
    let find = jobs!("WHERE asker = $1 AND request = $2");
    let row = sqlx::query(find).bind(&job.asker).bind(job.request.as_str()).fetch_one(connection).await?;
    Ok(view(&row).map(|view| Kept { view, fresh }))
}

/// What came out stays so, whatever is said later; and only what is queued is begun, waits on, or is given up.
async fn change(connection: &mut SqliteConnection, job: JobId, became: Became, at: Time) -> sqlx::Result<bool> {
    let only_queued = became.in_doubt || matches!(became.state, JobState::Queued | JobState::Abandoned);
    let sql = match only_queued {
        true => "UPDATE jobs SET state = $2, trouble = $3, why = $4, in_doubt = $5, changed = $6 WHERE job = $1 AND state = 'queued'",
        false => "UPDATE jobs SET state = $2, trouble = $3, why = $4, in_doubt = $5, changed = $6 WHERE job = $1 AND state <> 'printed'",
    };
    let update = sqlx::query(sql).bind(id(job)).bind(word(&became.state)).bind(became.trouble.as_ref().map(word));
    let update = update.bind(became.why.as_ref().map(word)).bind(became.in_doubt).bind(at.0);
    Ok(update.execute(connection).await?.rows_affected() > 0)
}

async fn forget_old(connection: &mut SqliteConnection, now: Time) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM jobs WHERE at < $1").bind(now.0.saturating_sub(KEPT)).execute(connection).await?;
    Ok(())
}

async fn give_up(connection: &mut SqliteConnection, job: JobId, why: WhyAbandoned, at: Time) -> sqlx::Result<bool> {
    let sql = "UPDATE jobs SET state = 'abandoned', why = $2, changed = $3 WHERE job = $1 AND state = 'queued'";
    Ok(sqlx::query(sql).bind(id(job)).bind(word(&why)).bind(at.0).execute(connection).await?.rows_affected() > 0)
}

/// The station held the paper: its word counts more than what was thought here. Told again, it changes nothing.
async fn report(connection: &mut SqliteConnection, kiosk: &DeviceId, slip: &SlipOutcome, at: Time) -> sqlx::Result<Option<JobId>> {
    let job = match slip.job {
        Some(job) => {
            let own = sqlx::query_scalar::<_, i64>("SELECT job FROM jobs WHERE job = $1 AND kiosk = $2").bind(id(job)).bind(kiosk.as_str());
            own.fetch_optional(&mut *connection).await?.map(|_| job)
        }
        None => {
            let job = NewJob {
                asker: kiosk.to_string(),
                request: slip.request.clone(),
                kind: JobKind::Issue,
                number: slip.number,
                service: slip.service.clone(),
                at_printer: PrintsAt::Kiosk(kiosk.clone()),
                at,
            };
            keep(connection, &job).await?.filter(|kept| matches!(kept.view.at_printer, PrintsAt::Kiosk(_))).map(|kept| kept.view.job)
        }
    };
    let Some(job) = job else { return Ok(None) };
    // The power went in the middle of it: it may have come out.
    let in_doubt = Became { in_doubt: true, ..Became::on_paper(Paper::Sent) };
    change(connection, job, slip.paper.map_or(in_doubt, Became::on_paper), at).await?;
    Ok(Some(job))
}

fn view(row: &SqliteRow) -> Option<PrintJobView> {
    let text = |name: &str| row.try_get::<Option<String>, _>(name).ok().flatten();
    let at_printer = match (text("printer"), text("kiosk")) {
        (Some(printer), _) => PrintsAt::Printer(PrinterId::new(&printer).ok()?),
        (None, kiosk) => PrintsAt::Kiosk(DeviceId::new(&kiosk?).ok()?),
    };
    Some(PrintJobView {
        job: JobId(u64::try_from(row.try_get::<i64, _>("job").ok()?).ok()?),
        kind: of_word(&text("kind")?)?,
        number: text("number").and_then(|number| number.parse().ok()),
        service: text("service").and_then(|service| ServiceId::new(&service).ok()),
        at_printer,
        state: of_word(&text("state")?)?,
        trouble: text("trouble").and_then(|trouble| of_word(&trouble)),
        why_abandoned: text("why").and_then(|why| of_word(&why)),
        in_doubt: row.try_get("in_doubt").ok()?,
        at: Time(row.try_get("at").ok()?),
        changed: Time(row.try_get("changed").ok()?),
    })
}

fn columns_of(at_printer: &PrintsAt) -> (Option<&str>, Option<&str>) {
    match at_printer {
        PrintsAt::Printer(printer) => (Some(printer.as_str()), None),
        PrintsAt::Kiosk(kiosk) => (None, Some(kiosk.as_str())),
    }
}

fn id(job: JobId) -> i64 {
    i64::try_from(job.0).unwrap_or(i64::MAX)
}

/// Words on disk are those of the wire.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn of_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}
