//! The catalogue as it is told: the centre's own, with the look of slips as it is now.

use std::sync::Arc;

use protocol::template::SlipTemplate;
use protocol::view::Catalogue;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

/// Tells the catalogue, and changes how slips look. Clones are the same.
#[derive(Clone)]
pub struct Catalogues {
    own: Arc<Catalogue>,
    told: Arc<watch::Sender<Arc<Told>>>,
}

/// The catalogue as it is told at one moment, written once.
pub struct Told {
    /// The catalogue as JSON.
    pub json: String,
    /// Its ETag.
    pub etag: String,
    /// How slips look.
    pub template: SlipTemplate,
    /// Whether a manager saved that; else it is as the centre's file says.
    pub saved: bool,
}

impl Catalogues {
    /// Returns the centre's catalogue with the template that a manager saved, if one did.
    pub fn new(own: Arc<Catalogue>, saved: Option<SlipTemplate>) -> Catalogues {
        let told = Arc::new(watch::Sender::new(Arc::new(Told::of(&own, saved))));
        Catalogues { own, told }
    }

    /// Returns the catalogue as it is told now.
    pub fn now(&self) -> Arc<Told> {
        self.told.borrow().clone()
    }

    /// Returns what is woken whenever the catalogue changes.
    pub fn watch(&self) -> watch::Receiver<Arc<Told>> {
        self.told.subscribe()
    }

    /// Tells the catalogue with another template from now on; with none, with that of the centre's file.
    pub fn tell(&self, saved: Option<SlipTemplate>) {
        self.told.send_replace(Arc::new(Told::of(&self.own, saved)));
    }
}

impl Told {
    fn of(own: &Catalogue, saved: Option<SlipTemplate>) -> Told {
        let is_saved = saved.is_some();
        let catalogue = Catalogue { slip: saved.unwrap_or_else(|| own.slip.clone()), ..own.clone() };
        let json = serde_json::to_string(&catalogue).unwrap_or_default();
        let hash = Sha256::digest(json.as_bytes());
        let etag = format!("\"{}\"", hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>());
        Told { json, etag, template: catalogue.slip, saved: is_saved }
    }
}
