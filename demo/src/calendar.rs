//! Which days the centre is open and at which hours: the simulated people know it as everybody in town does.

use anyhow::{Context, Result};
use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Weekday};
use protocol::Time;
use serde::Deserialize;

/// One business day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its date.
    pub date: NaiveDate,
    /// From when on tickets are issued.
    pub tickets_from: Time,
    /// When the counters open.
    pub opens: Time,
    /// When the doors close.
    pub closes: Time,
}

/// The opening hours of a centre.
#[derive(Clone, Debug)]
pub struct Calendar {
    offset: FixedOffset,
    tickets_from: NaiveTime,
    opens: NaiveTime,
    closes: NaiveTime,
    days: Vec<Weekday>,
    closed_on: Vec<NaiveDate>,
}

#[derive(Deserialize)]
struct CentreFile {
    hours: HoursTable,
}

#[derive(Deserialize)]
struct HoursTable {
    tickets_from: String,
    opens: String,
    closes: String,
    days: Vec<String>,
    #[serde(default)]
    closed_on: Vec<String>,
}

impl Calendar {
    /// Reads the hours of a centre's file; its local time is `utc_offset_minutes` ahead of UTC.
    pub fn read(centre: &str, utc_offset_minutes: i32) -> Result<Calendar> {
        let table = toml::from_str::<CentreFile>(centre).context("read the centre's hours")?.hours;
        let hour = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").with_context(|| format!("read the hour {text}"));
        let day = |text: &String| text.parse::<Weekday>().map_err(|_| anyhow::anyhow!("{text} is not a day of the week"));
        let date = |text: &String| text.parse::<NaiveDate>().with_context(|| format!("read the date {text}"));
        Ok(Calendar {
            offset: FixedOffset::east_opt(utc_offset_minutes * 60).context("use the offset from UTC")?,
            tickets_from: hour(&table.tickets_from)?,
            opens: hour(&table.opens)?,
            closes: hour(&table.closes)?,
            days: table.days.iter().map(day).collect::<Result<_>>()?,
            closed_on: table.closed_on.iter().map(date).collect::<Result<_>>()?,
        })
    }

    /// Returns the opening hours as files write them, such as `07:00-19:00`.
    pub fn hours(&self) -> String {
        format!("{}-{}", self.opens.format("%H:%M"), self.closes.format("%H:%M"))
    }

    /// Returns the business day that runs at `now`, or the next one.
    pub fn day_at(&self, now: Time) -> Day {
        let today = self.local(now).date();
        let day = self.day(today);
        if self.is_open_on(today) && now < day.closes { day } else { self.after(today) }
    }

    /// Returns the business day after another.
    pub fn next(&self, day: &Day) -> Day {
        self.after(day.date)
    }

    /// Returns the instant of a local time.
    pub fn time(&self, local: NaiveDateTime) -> Time {
        let instant = self.offset.from_local_datetime(&local).earliest();
        Time(instant.map_or(0, |instant| instant.timestamp_millis()))
    }

    /// Returns the local time of an instant.
    pub fn local(&self, time: Time) -> NaiveDateTime {
        let instant = self.offset.timestamp_millis_opt(time.0).earliest();
        instant.map(|instant| instant.naive_local()).unwrap_or_default()
    }

    fn after(&self, date: NaiveDate) -> Day {
        /// No centre is closed for so long.
        const DAYS_MAX: i64 = 60;
        let open = (1..=DAYS_MAX).map(|days| date + TimeDelta::days(days)).find(|date| self.is_open_on(*date));
        self.day(open.unwrap_or(date + TimeDelta::days(1)))
    }

    fn day(&self, date: NaiveDate) -> Day {
        let at = |hour: NaiveTime| self.time(date.and_time(hour));
        Day { date, tickets_from: at(self.tickets_from), opens: at(self.opens), closes: at(self.closes) }
    }

    fn is_open_on(&self, date: NaiveDate) -> bool {
        self.days.contains(&date.weekday()) && !self.closed_on.contains(&date)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn mombasa_opens_at_seven_and_gives_tickets_before() {
        let calendar = mombasa();
        let day = calendar.day_at(at("2026-11-24T06:30:00"));
        assert_eq!(day.tickets_from, at("2026-11-24T06:30:00"));
        assert_eq!((day.opens, day.closes), (at("2026-11-24T07:00:00"), at("2026-11-24T19:00:00")));
        assert_eq!(calendar.hours(), "07:00-19:00");
    }

    #[test]
    fn after_closing_time_comes_the_next_working_day() {
        let calendar = mombasa();
        assert_eq!(calendar.day_at(at("2026-11-24T19:00:00")).date.to_string(), "2026-11-25");
        assert_eq!(calendar.day_at(at("2026-11-27T20:00:00")).date.to_string(), "2026-11-30", "Friday to Monday");
        assert_eq!(calendar.day_at(at("2026-12-24T20:00:00")).date.to_string(), "2026-12-28", "Christmas and its weekend");
        let tuesday = calendar.day_at(at("2026-11-24T08:00:00"));
        assert_eq!(calendar.next(&tuesday).date.to_string(), "2026-11-25");
    }

    #[test]
    fn local_time_goes_there_and_back() {
        let noon = at("2026-11-24T12:00:00");
        assert_eq!(mombasa().local(noon).to_string(), "2026-11-24 12:00:00");
        assert_eq!(noon, Time(1_795_510_800_000));
    }

    pub(crate) fn mombasa() -> Calendar {
        Calendar::read(&assets::centre("mombasa").expect("an example"), 180).expect("its hours are well formed")
    }

    pub(crate) fn at(local: &str) -> Time {
        mombasa().time(local.parse().expect("a local time"))
    }
}
