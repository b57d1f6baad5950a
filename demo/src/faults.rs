//! What can go wrong at the push of a button: an agency's system, and the server's power. Paper and cable break where they are.

use std::time::Duration;

use protocol::request::{CounterAct, Done, SuspendServices, SuspensionReason};
use protocol::view::Availability;
use protocol::{AgencyCode, Refusal};
use tokio::time::{sleep, timeout};

use crate::client::Refused;
use crate::demo::Demo;

/// The agency whose system goes down.
const AGENCY: &str = "NTSA";
/// How long the server stays without power.
const DARK_FOR: Duration = Duration::from_secs(6);

impl Demo {
    /// Takes the agency's system down, or brings it back.
    pub async fn set_agency_down(&self, down: bool) -> Result<(), Refused> {
        let request = self.server.request_id();
        let answer: Result<Done, Refused> = match down {
            true => {
                let agency = AgencyCode::new(AGENCY).expect("an agency's code is an id");
                let reason = SuspensionReason::SystemDown;
                let asked = SuspendServices { request, agency, service: None, reason, back_at: None };
                self.manager.post("/api/v1/suspensions", &asked).await
            }
            false => self.manager.post(&format!("/api/v1/suspensions/{AGENCY}/resume"), &CounterAct { request }).await,
        };
        match answer {
            // The screens tell the truth; this waits for it, so that the page does not show the old one.
            Ok(_) => {
                let told = async {
                    while self.is_agency_down() != down {
                        sleep(Duration::from_millis(50)).await
                    }
                };
                let _ = timeout(Duration::from_secs(2), told).await;
                Ok(())
            }
            Err(refused) if refused.is(Refusal::AlreadySuspended) || refused.is(Refusal::NotSuspended) => Ok(()),
            Err(refused) => Err(refused),
        }
    }

    /// Returns the agency whose system can go down.
    pub fn agency(&self) -> &'static str {
        AGENCY
    }

    /// Tells whether its services are suspended, by whomever.
    pub fn is_agency_down(&self) -> bool {
        let screens = self.world.screens.borrow();
        let mut own = self.catalogue.services.iter().filter(|entry| entry.agency.as_str() == AGENCY);
        own.any(|entry| screens.service(&entry.id).is_some_and(|state| state.state == Availability::Suspended))
    }

    /// Cuts the server's power; it comes back by itself.
    pub async fn pull_server_plug(&self) {
        if self.dark.send_replace(true) {
            return;
        }
        self.process.pull_plug(DARK_FOR).await;
        let (server, dark) = (self.server.clone(), self.dark.clone());
        tokio::spawn(async move {
            sleep(DARK_FOR).await;
            while !server.answers().await {
                sleep(Duration::from_millis(200)).await;
            }
            println!("the server is up again");
            dark.send_replace(false);
        });
    }

    /// Tells whether the server is without power or not up yet.
    pub fn is_server_down(&self) -> bool {
        *self.dark.borrow() || !self.process.runs()
    }
}
