//! How slips look, where a manager changed it: kept here, because it must outlive a restart and is nothing that happened in the hall.

use protocol::template::SlipTemplate;
use protocol::{OfficerId, Refusal, Time};
use sqlx::SqliteConnection;
use tracing::{info, warn};

use super::{Registry, not_written};
use crate::catalogues::Catalogues;

impl Registry {
    /// Keeps a template that was checked, and tells it once it is on disk.
    pub async fn save_slip_template(&self, template: SlipTemplate, to: Catalogues, by: OfficerId, now: Time) -> Result<(), Refusal> {
        self.change(move |registry| async move {
            let mut writer = registry.writer().await;
            let json = serde_json::to_string(&template).map_err(|_| Refusal::BadRequest)?;
            sqlx::query("INSERT OR REPLACE INTO slip_template (one, template, saved_by, saved_at) VALUES (1, $1, $2, $3)")
                .bind(json)
                .bind(by.as_str())
                .bind(now.0)
                .execute(&mut *writer)
                .await
                .map_err(not_written)?;
            info!(%by, "the look of slips was changed");
            to.tell(Some(template));
            Ok(())
        })
        .await
    }

    /// Forgets what was saved: slips look as the centre's file says.
    pub async fn forget_slip_template(&self, to: Catalogues, by: OfficerId) -> Result<(), Refusal> {
        self.change(move |registry| async move {
            let mut writer = registry.writer().await;
            sqlx::query("DELETE FROM slip_template").execute(&mut *writer).await.map_err(not_written)?;
            info!(%by, "slips look as the centre's file says");
            to.tell(None);
            Ok(())
        })
        .await
    }

    /// Returns the template that a manager saved. A damaged one is as good as none, and is said.
    pub async fn slip_template(&self) -> Option<SlipTemplate> {
        match load(&mut *self.writer().await).await {
            Ok(template) => template,
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "could not read how slips look; they look as the centre's file says");
                None
            }
        }
    }
}

async fn load(connection: &mut SqliteConnection) -> Result<Option<SlipTemplate>, sqlx::Error> {
    let row: Option<(String,)> = sqlx::query_as("SELECT template FROM slip_template").fetch_optional(connection).await?;
    let read = row.map(|(json,)| serde_json::from_str::<SlipTemplate>(&json));
    // Checked again: a later version may take less than the one that saved it.
    Ok(read.and_then(|template| {
        let checked = template
            .map_err(|error| error.to_string())
            .and_then(|template| slip::checked_template(template).map_err(|bad| bad.to_string()));
        checked.inspect_err(|error| warn!(%error, "the saved look of slips is damaged and left out")).ok()
    }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use protocol::template::{NumberSize, PaperWidth};

    use super::*;
    use crate::clock::SystemClock;
    use crate::config;

    #[tokio::test]
    async fn a_saved_template_is_told_at_once_and_after_a_restart_until_it_is_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let registry = open(folder.path()).await;
        let catalogues = catalogues(registry.slip_template().await);
        let (before, mut changes) = (catalogues.now(), catalogues.watch());
        assert!(!before.saved);

        let template = SlipTemplate { paper: PaperWidth::Mm58, number_size: NumberSize::ExtraLarge, ..SlipTemplate::default() };
        registry.save_slip_template(template.clone(), catalogues.clone(), amina(), Time(5)).await.expect("saved");
        let after = catalogues.now();
        assert!(changes.has_changed().expect("the sender lives") && changes.borrow_and_update().etag == after.etag);
        assert_ne!(after.etag, before.etag);
        assert_eq!((after.saved, &after.template), (true, &template));
        assert!(after.json.contains("\"mm58\"") && after.json.contains("\"extra_large\""));

        drop(registry);
        let registry = open(folder.path()).await;
        let catalogues = self::catalogues(registry.slip_template().await);
        assert_eq!((catalogues.now().etag.as_str(), &catalogues.now().template), (after.etag.as_str(), &template));
        registry.forget_slip_template(catalogues.clone(), amina()).await.expect("forgotten");
        assert_eq!((catalogues.now().etag.as_str(), catalogues.now().saved), (before.etag.as_str(), false));
        drop(registry);
        assert_eq!(open(folder.path()).await.slip_template().await, None);
    }

    #[tokio::test]
    async fn a_damaged_template_is_as_good_as_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let registry = open(folder.path()).await;
        for damaged in ["{", "{\"logo\":\"AAAA\"}", "{\"paper\":\"mm76\"}"] {
            let write = "INSERT OR REPLACE INTO slip_template (one, template, saved_by, saved_at) VALUES (1, $1, 'amina', 1)";
            sqlx::query(write).bind(damaged).execute(&mut *registry.writer().await).await.expect("written");
            assert_eq!(registry.slip_template().await, None, "{damaged}");
        }
    }

    fn catalogues(saved: Option<SlipTemplate>) -> Catalogues {
        let centre = config::parse("mombasa.toml", &assets::centre("mombasa").expect("an example")).expect("it is right");
        Catalogues::new(Arc::new(centre.catalogue), saved)
    }

    fn amina() -> OfficerId {
        OfficerId::new("amina").expect("a name")
    }

    async fn open(folder: &std::path::Path) -> Registry {
        Registry::open(&folder.join("centre.db"), folder, Arc::new(SystemClock)).await.expect("a registry")
    }
}
