//! Days that a manager closed: kept in the registry, because the journal's fold knows the open day alone.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use protocol::closed_day::{AddClosedDay, CLOSED_DAY_NAME_MAX};
use protocol::ticket::Text;
use protocol::{OfficerId, Refusal, Time};
use sqlx::SqliteConnection;
use tracing::{info, warn};

use super::{Registry, not_written};
use crate::config::{Calendar, read_date};

/// A day that a manager closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedDay {
    /// What it is called.
    pub name: Text,
    /// Who added it.
    pub added_by: OfficerId,
    /// When, by the centre's clock.
    pub added_at: Time,
}

impl Registry {
    /// Closes a day. The calendar knows it before the disk does, so that the writer cannot open the day in between; it is
    /// told otherwise when the disk did not take it.
    pub async fn close_day(&self, calendar: Calendar, asked: AddClosedDay, by: OfficerId, now: Time) -> Result<(), Refusal> {
        let date = read_date(&asked.date).ok_or(Refusal::BadDate)?;
        let name = Text { en: named(&asked.name.en)?, sw: named(&asked.name.sw)? };
        let day = AddedDay { name, added_by: by, added_at: now };
        self.change(move |registry| async move {
            let mut writer = registry.writer().await;
            calendar.close(date, now)?;
            if let Err(error) = write(&mut writer, date, &day).await {
                calendar.reopen(date);
                return Err(not_written(error));
            }
            info!(%date, by = %day.added_by, "{date} is closed");
            registry.memory().closed_days.insert(date, day);
            Ok(())
        })
        .await
    }

    /// Opens a day again that was closed by a manager.
    pub async fn reopen_day(&self, calendar: Calendar, date: &str, by: OfficerId, now: Time) -> Result<(), Refusal> {
        let date = read_date(date).ok_or(Refusal::BadDate)?;
        self.change(move |registry| async move {
            let mut writer = registry.writer().await;
            calendar.may_reopen(date, now)?;
            let remove = sqlx::query("DELETE FROM closed_days WHERE date = $1").bind(date.to_string());
            remove.execute(&mut *writer).await.map_err(not_written)?;
            calendar.reopen(date);
            registry.memory().closed_days.remove(&date);
            info!(%date, %by, "{date} is no longer closed");
            Ok(())
        })
        .await
    }

    /// Returns the days that managers closed, past ones too.
    pub fn closed_days(&self) -> BTreeMap<NaiveDate, AddedDay> {
        self.memory().closed_days.clone()
    }
}

/// Returns a name as it is kept; it is of a day, and short.
fn named(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let good = (1..=CLOSED_DAY_NAME_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if good { Ok(name.to_owned()) } else { Err(Refusal::BadRequest) }
}

async fn write(connection: &mut SqliteConnection, date: NaiveDate, day: &AddedDay) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO closed_days (date, name_en, name_sw, added_by, added_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(date.to_string())
        .bind(&day.name.en)
        .bind(&day.name.sw)
        .bind(day.added_by.as_str())
        .bind(day.added_at.0)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn load(connection: &mut SqliteConnection) -> Result<BTreeMap<NaiveDate, AddedDay>, sqlx::Error> {
    let sql = "SELECT date, name_en, name_sw, added_by, added_at FROM closed_days";
    let rows: Vec<(String, String, String, String, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
    let mut days = BTreeMap::new();
    for (date, en, sw, added_by, added_at) in rows {
        let (Some(date), Ok(added_by)) = (read_date(&date), OfficerId::new(&added_by)) else {
            warn!("a closed day in the registry is damaged and left out");
            continue;
        };
        days.insert(date, AddedDay { name: Text { en, sw }, added_by, added_at: Time(added_at) });
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::SystemClock;
    use crate::config;

    /// A Tuesday, 24 November 2026, five minutes before tickets are given, in Nairobi.
    const BEFORE_TICKETS: Time = Time(1_795_490_700_000);

    #[tokio::test]
    async fn a_closed_day_is_known_at_once_and_after_a_restart_until_it_is_opened_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (registry, calendar) = (open(folder.path()).await, calendar());
        registry.close_day(calendar.clone(), day("2026-11-25"), amina(), BEFORE_TICKETS).await.expect("closed");
        assert_eq!(next(&calendar), "2026-11-26");
        drop(registry);
        let (registry, calendar) = (open(folder.path()).await, self::calendar());
        assert_eq!(next(&calendar), "2026-11-25", "nobody has told it");
        calendar.restore(registry.closed_days().into_keys());
        assert_eq!(next(&calendar), "2026-11-26");
        let kept = registry.closed_days();
        let (date, kept) = kept.iter().next().expect("a day");
        assert_eq!((date.to_string(), kept.name.sw.as_str(), &kept.added_by), ("2026-11-25".into(), "Idd-ul-Fitr", &amina()));
        registry.reopen_day(calendar.clone(), "2026-11-25", amina(), BEFORE_TICKETS).await.expect("open again");
        assert_eq!(next(&calendar), "2026-11-25");
        drop(registry);
        assert!(open(folder.path()).await.closed_days().is_empty());
    }

    #[tokio::test]
    async fn what_is_no_day_to_close_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let (registry, calendar) = (open(folder.path()).await, calendar());
        let close = |date: &str, now| registry.close_day(calendar.clone(), day(date), amina(), now);
        for date in ["", "tomorrow", "2026-13-01", "2026-2-3", "2026-11-25 ", "20261125", "+12026-11-25", "2029-01-01"] {
            assert_eq!(close(date, BEFORE_TICKETS).await, Err(Refusal::BadDate), "{date}");
        }
        assert_eq!(close("2026-11-23", BEFORE_TICKETS).await, Err(Refusal::DatePast));
        assert_eq!(close("2026-12-25", BEFORE_TICKETS).await, Err(Refusal::DateListed), "it is in the file");
        assert_eq!(close("2026-11-24", BEFORE_TICKETS.plus(5 * 60_000)).await, Err(Refusal::DayOpen));
        close("2026-11-24", BEFORE_TICKETS).await.expect("tickets are not given yet");
        assert_eq!(close("2026-11-24", BEFORE_TICKETS).await, Err(Refusal::DateListed));
        for name in ["", "  ", "a\nb", "x".repeat(61).as_str()] {
            let asked = AddClosedDay { date: "2026-11-25".into(), name: Text { en: "Idd".into(), sw: name.into() } };
            assert_eq!(registry.close_day(calendar.clone(), asked, amina(), BEFORE_TICKETS).await, Err(Refusal::BadRequest), "{name:?}");
        }
        assert_eq!(registry.closed_days().len(), 1);
    }

    #[tokio::test]
    async fn only_a_day_that_was_added_and_is_not_past_is_opened_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (registry, calendar) = (open(folder.path()).await, calendar());
        registry.close_day(calendar.clone(), day("2026-11-25"), amina(), BEFORE_TICKETS).await.expect("closed");
        let reopen = |date: &'static str, now| registry.reopen_day(calendar.clone(), date, amina(), now);
        assert_eq!(reopen("2026-11-26", BEFORE_TICKETS).await, Err(Refusal::DateNotListed));
        assert_eq!(reopen("2026-12-25", BEFORE_TICKETS).await, Err(Refusal::DateFixed));
        assert_eq!(reopen("Christmas", BEFORE_TICKETS).await, Err(Refusal::BadDate));
        assert_eq!(reopen("2026-11-25", BEFORE_TICKETS.plus(48 * protocol::time::HOUR)).await, Err(Refusal::DatePast));
        reopen("2026-11-25", BEFORE_TICKETS).await.expect("open again");
        assert_eq!(reopen("2026-11-25", BEFORE_TICKETS).await, Err(Refusal::DateNotListed));
    }

    fn next(calendar: &Calendar) -> String {
        calendar.next_day(BEFORE_TICKETS.plus(protocol::time::HOUR)).expect("a day").date
    }

    fn day(date: &str) -> AddClosedDay {
        AddClosedDay { date: date.into(), name: Text { en: " Idd-ul-Fitr ".into(), sw: "Idd-ul-Fitr".into() } }
    }

    fn amina() -> OfficerId {
        OfficerId::new("amina").expect("a name")
    }

    fn calendar() -> Calendar {
        config::parse("mombasa.toml", &assets::centre("mombasa").expect("an example")).expect("it is right").calendar
    }

    async fn open(folder: &std::path::Path) -> Registry {
        Registry::open(&folder.join("centre.db"), folder, Arc::new(SystemClock)).await.expect("a registry")
    }
}
