//! `foleni-counter`: an officer's counter in a terminal, for machines without a browser and for ten-key pads.

mod client;
mod clock;
mod desk;
mod question;
mod terminal;
mod words;

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Parser;
use http::header::COOKIE;
use protocol::request::Done;
use protocol::{CounterId, Language, OfficerId, Time};
use serde_json::json;
use station::connect::{self, Ended, LinkNews, Target};
use station::process::{new_request, stop_on_signal};
use station::{Delivery, ServerAddress, Tempo};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::client::{Client, NotDone};
use crate::clock::Clock;
use crate::desk::{Desk, Pressed, Step};
use crate::words::Words;

/// The officer's terminal. Each line is one key, or the answer to what is asked; an empty line is Enter, which is always the next
/// right thing. The keys are those of the browser's page, and all of a ten-key pad.
#[derive(Debug, Parser)]
#[command(name = "foleni-counter", version)]
struct Arguments {
    /// The server, such as `http://10.0.0.2:7400`.
    #[arg(long, env = "FOLENI_SERVER", default_value = "http://127.0.0.1:7400")]
    server: ServerAddress,
    /// The number on the counter's plate.
    #[arg(long)]
    counter: u16,
    /// The officer's account.
    #[arg(long)]
    name: OfficerId,
    /// The language of the words: `en` or `sw`.
    #[arg(long, default_value = "en", value_parser = desk::language)]
    language: Language,
}

fn main() -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "error".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(arguments.work());
    // The thread that reads keys cannot be woken; it ends with the process.
    runtime.shutdown_background();
    outcome
}

impl Arguments {
    async fn work(self) -> Result<()> {
        let (client, shown) = self.sign_in().await?;
        let words = Words::new(self.language, client.catalogue().await.ok());
        println!("{}", words.with("counter-signed-in-as", "name", &shown));
        let outcome = self.sit(&client, words).await;
        // A session that could not be ended ends by itself.
        let _ = client.sign_out().await;
        outcome
    }

    async fn sign_in(&self) -> Result<(Client, String)> {
        let password = match std::env::var("FOLENI_PASSWORD") {
            Ok(password) => password,
            Err(_) => terminal::password(&assets::text::message(self.language, "counter-password", &[]))?,
        };
        let signed_in = Client::sign_in(&self.server, self.name.clone(), password).await;
        let (client, signed_in) = signed_in.map_err(|not_done| anyhow!("could not sign in: {}", not_done.words(self.language)))?;
        Ok((client, signed_in.shown))
    }

    async fn sit(&self, client: &Client, words: Words) -> Result<()> {
        let counter = CounterId(self.counter);
        let stop = stop_on_signal()?;
        let (news, mut heard) = mpsc::channel(16);
        let target = Target {
            server: self.server.clone(),
            query: format!("?topic=counter&counter={counter}"),
            proof: Some((COOKIE, client.session())),
        };
        let mut link = tokio::spawn(connect::run(target, Tempo::default(), news, stop));
        let mut keys = terminal::lines().context("could not read keys")?;
        let (answers, mut answered) = mpsc::channel::<Result<Done, NotDone>>(1);
        let mut desk = Desk::new(words);
        let mut clock = Clock::heard(Time(0), 0);
        let mut held = None;
        loop {
            tokio::select! {
                ended = &mut link => match ended? {
                    Ended::Stopped => return Ok(()),
                    Ended::Revoked => bail!("{}", assets::text::message(self.language, "refusal-not-signed-in", &[])),
                },
                Some(news) = heard.recv() => match news {
                    LinkNews::Delivery(delivery) => {
                        if let Delivery::Clock { now, pace } = &delivery { clock = Clock::heard(*now, *pace) }
                        if desk.hear(delivery) { draw(&desk) }
                    }
                    LinkNews::Contact(contact) => if desk.contact(contact) { draw(&desk) },
                    LinkNews::Catalogue(_) => {}
                },
                Some(answer) = answered.recv() => {
                    if let Some(told) = desk.done(answer.as_ref().ok()) {
                        terminal::show(&told);
                    }
                    if let Err(not_done) = answer {
                        terminal::show(&desk.refused(&not_done.words(self.language)));
                    }
                }
                key = keys.recv(), if held.is_none() => match key {
                    Some(key) => held = Some(key),
                    None => return finish(&desk, &mut answered).await, // the input has ended
                },
            }
            let Some(key) = held.take() else { continue };
            match desk.key(&key, &Pressed { request: new_request(), now: clock.now() }) {
                Step::Leave { close } => {
                    finish(&desk, &mut answered).await?;
                    if close {
                        // A counter that could not be closed now is closed by the server in time.
                        let _ = client.act(counter, "close", &json!({ "request": new_request() })).await;
                    }
                    return Ok(());
                }
                // A person pressed twice; a script means what it wrote, and waits for its turn.
                Step::Ignore if terminal::is_person() => terminal::prompt(),
                Step::Ignore => held = Some(key),
                Step::Say(words) => terminal::show(&words),
                Step::Ask { path, body } => {
                    let (client, answers) = (client.clone(), answers.clone());
                    tokio::spawn(async move { answers.send(client.act(counter, path, &body).await).await });
                }
            }
        }
    }
}

/// Waits a moment for the answer to the last act, so that leaving does not cut it off.
async fn finish(desk: &Desk, answered: &mut mpsc::Receiver<Result<Done, NotDone>>) -> Result<()> {
    if desk.is_busy() {
        let _ = timeout(Duration::from_secs(2), answered.recv()).await;
    }
    Ok(())
}

fn draw(desk: &Desk) {
    terminal::show(&desk.lines().join("\n"));
}
