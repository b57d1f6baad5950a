//! How the centre is opened: its first administrator, its accounts and its devices, as a real one would be, by the API.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use protocol::request::{ApprovePairing, AskPairing, DeviceKind, MakeAccount, PairingAsked, PairingState, SetUp, SignedIn};
use protocol::{DeviceId, ZoneId};
use serde::Deserialize;
use station::{Contact, Standing};
use tokio::time::{Instant, sleep};

use crate::accounts::Account;
use crate::client::{Person, Proof, Server};

/// Waits until the server answers.
pub async fn wait_for(server: &Server, patience: Duration) -> Result<()> {
    let began = Instant::now();
    while !server.answers().await {
        if began.elapsed() > patience {
            bail!("the server did not answer within {} seconds", patience.as_secs());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Makes the first administrator with the code in the server's data folder.
pub async fn set_up(server: &Server, data: &Path, account: &Account) -> Result<Person> {
    let file = data.join("setup-code");
    let code = std::fs::read_to_string(&file).with_context(|| format!("read the set-up code from {}", file.display()))?;
    let asked = SetUp {
        code: code.trim().to_owned(),
        name: account.name.clone(),
        shown: account.shown.clone(),
        password: account.password.clone(),
    };
    server.post::<_, SignedIn>("/api/v1/setup", &Proof::Nobody, &asked).await.context("make the first administrator")?;
    Ok(person(server, account))
}

/// Makes an account.
pub async fn make(administrator: &Person, account: &Account) -> Result<()> {
    let asked =
        MakeAccount { name: account.name.clone(), shown: account.shown.clone(), role: account.role, password: account.password.clone() };
    let made = administrator.post::<_, SignedIn>("/api/v1/accounts", &asked).await;
    made.with_context(|| format!("make the account {}", account.name))?;
    Ok(())
}

/// Returns somebody who will sign in with an account.
pub fn person(server: &Server, account: &Account) -> Person {
    Person::new(server.clone(), account.name.clone(), account.password.clone())
}

/// Pairs a kiosk that has no program of its own; returns its token.
pub async fn pair_kiosk(server: &Server, manager: &Person, device: &DeviceId) -> Result<String> {
    let ask = AskPairing { kind: DeviceKind::Kiosk, device: device.clone() };
    let asked: PairingAsked = server.post("/api/v1/pairings", &Proof::Nobody, &ask).await.context("ask for a pairing")?;
    approve(manager, &asked.code, None).await?;
    let state = server.get(&format!("/api/v1/pairings/{}", asked.secret), &Proof::Nobody).await.context("learn the kiosk's token")?;
    match state {
        PairingState::Approved { token, .. } => Ok(token),
        PairingState::Waiting => bail!("the approval of {device} was not heard of"),
    }
}

#[derive(Deserialize)]
struct WaitingDevice {
    code: String,
    device: DeviceId,
}

/// Approves stations as their codes show up, until each of these belongs to the centre.
pub async fn approve_all(manager: &Person, mut expected: Vec<(DeviceId, Option<ZoneId>)>, patience: Duration) -> Result<()> {
    let began = Instant::now();
    while !expected.is_empty() {
        if began.elapsed() > patience {
            let missing: Vec<&str> = expected.iter().map(|(device, _)| device.as_str()).collect();
            bail!("no pairing code came from {}", missing.join(", "));
        }
        let waiting: Vec<WaitingDevice> = manager.get("/api/v1/pairings").await.context("look who waits to be paired")?;
        for open in waiting {
            let Some(index) = expected.iter().position(|(device, _)| *device == open.device) else { continue };
            let (_, zone) = expected.swap_remove(index);
            approve(manager, &open.code, zone).await?;
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Waits until a station says that it is paired and in touch.
pub async fn in_touch(station: &Server, patience: Duration) -> Result<()> {
    let began = Instant::now();
    loop {
        let told: Standing = station.get("/station.json", &Proof::Nobody).await.context("ask a station how it stands")?;
        if told.paired && told.server == Contact::Connected {
            return Ok(());
        }
        if began.elapsed() > patience {
            bail!("{} is not in touch with the server", told.device);
        }
        sleep(Duration::from_millis(100)).await;
    }
}

async fn approve(manager: &Person, code: &str, zone: Option<ZoneId>) -> Result<()> {
    let asked = ApprovePairing { code: code.to_owned(), device: None, zone };
    manager.post::<_, serde_json::Value>("/api/v1/pairings/approve", &asked).await.context("approve a pairing")?;
    Ok(())
}
