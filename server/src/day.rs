//! One business day out of the journal, as the events that happened.

use queue::Recorded;

use crate::journal::{Reader, StoreError};

/// Returns the events of a business day in order, of the last one when no date is given; none when there is no such day.
pub async fn read(journal: &Reader, date: Option<&str>) -> Result<Vec<Recorded>, StoreError> {
    let entries = journal.day(date).await?;
    let recorded = entries.into_iter().map(|entry| {
        let damaged = |_| StoreError::Damaged { seq: entry.seq, what: "the event is not one that this version knows" };
        let event = serde_json::from_str(&entry.event).map_err(damaged)?;
        Ok(Recorded { seq: entry.seq, at: entry.at, event })
    });
    recorded.collect()
}
