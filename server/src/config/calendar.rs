//! When a centre is open: days of the week, closed days, local hours.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use protocol::Time;
use queue::BusinessDay;

/// The opening hours of a centre.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    pub(super) timezone: Tz,
    pub(super) days: BTreeSet<u8>,
    pub(super) closed_on: BTreeSet<NaiveDate>,
    pub(super) tickets_from: NaiveTime,
    pub(super) opens: NaiveTime,
    pub(super) closes: NaiveTime,
}

impl Calendar {
    /// Returns the centre's time zone.
    pub fn timezone(&self) -> Tz {
        self.timezone
    }

    /// Returns how many days are listed as closed.
    pub fn closed_days(&self) -> usize {
        self.closed_on.len()
    }

    /// Returns the business day that issues tickets at `now`.
    pub fn day_at(&self, now: Time) -> Option<BusinessDay> {
        let day = self.day_on(self.local(now)?.date_naive())?;
        (day.tickets_from <= now && now < day.closes_at).then_some(day)
    }

    /// Returns the first business day that begins after `now`, within a year.
    pub fn next_day(&self, now: Time) -> Option<BusinessDay> {
        let today = self.local(now)?.date_naive();
        today.iter_days().take(366).filter_map(|date| self.day_on(date)).find(|day| day.tickets_from > now)
    }

    /// Returns the minutes that local time is ahead of UTC at `now`.
    pub fn utc_offset_minutes(&self, now: Time) -> i32 {
        use chrono::Offset;
        self.local(now).map_or(0, |local| local.offset().fix().local_minus_utc() / 60)
    }

    fn day_on(&self, date: NaiveDate) -> Option<BusinessDay> {
        if !self.days.contains(&weekday(date.weekday())) || self.closed_on.contains(&date) {
            return None;
        }
        let at = |time: NaiveTime| {
            let local = self.timezone.from_local_datetime(&date.and_time(time)).earliest()?;
            Some(Time(local.timestamp_millis()))
        };
        let day = BusinessDay {
            date: date.to_string(),
            midnight: at(NaiveTime::MIN)?,
            tickets_from: at(self.tickets_from)?,
            opens_at: at(self.opens)?,
            closes_at: at(self.closes)?,
        };
        Some(day)
    }

    fn local(&self, now: Time) -> Option<DateTime<Tz>> {
        DateTime::<Utc>::from_timestamp_millis(now.0).map(|utc| utc.with_timezone(&self.timezone))
    }
}

/// Returns a day of the week as a number, Monday 0.
pub(super) fn weekday(day: Weekday) -> u8 {
    u8::try_from(day.num_days_from_monday()).unwrap_or(0)
}

/// Returns the milliseconds after local midnight.
pub(super) fn after_midnight(time: NaiveTime) -> i64 {
    i64::from(time.num_seconds_from_midnight()) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_with_tickets_and_not_on_a_holiday() {
        let calendar = calendar();
        let tuesday = |hour: u32, minute: u32| local(2026, 11, 24, hour, minute);
        assert_eq!(calendar.day_at(tuesday(6, 29)), None);
        let day = calendar.day_at(tuesday(6, 30)).expect("a Tuesday");
        assert_eq!((day.date.as_str(), day.opens_at, day.closes_at), ("2026-11-24", tuesday(7, 0), tuesday(19, 0)));
        assert_eq!(day.midnight.plus(7 * protocol::time::HOUR), day.opens_at);
        assert_eq!(calendar.day_at(tuesday(19, 0)), None);
        assert_eq!(calendar.day_at(local(2026, 11, 28, 10, 0)), None, "a Saturday");
        assert_eq!(calendar.day_at(local(2026, 11, 25, 10, 0)), None, "a holiday");
        assert_eq!(calendar.next_day(tuesday(12, 0)).map(|day| day.date), Some("2026-11-26".to_owned()));
        assert_eq!(calendar.utc_offset_minutes(tuesday(12, 0)), 180);
    }

    fn calendar() -> Calendar {
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
        Calendar {
            timezone: Tz::Africa__Nairobi,
            days: (0..5).collect(),
            closed_on: [NaiveDate::from_ymd_opt(2026, 11, 25).expect("a date")].into(),
            tickets_from: time(6, 30),
            opens: time(7, 0),
            closes: time(19, 0),
        }
    }

    fn local(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> Time {
        let local = Tz::Africa__Nairobi.with_ymd_and_hms(year, month, day, hour, minute, 0).single();
        Time(local.expect("no clock change in Nairobi").timestamp_millis())
    }
}
