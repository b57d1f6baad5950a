//! When a centre is open: days of the week, closed days, local hours.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use protocol::{Refusal, Time};
use queue::BusinessDay;

/// The opening hours of a centre. Clones know the same days that a manager closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    pub(super) timezone: Tz,
    pub(super) days: BTreeSet<u8>,
    pub(super) closed_on: BTreeSet<NaiveDate>,
    pub(super) tickets_from: NaiveTime,
    pub(super) opens: NaiveTime,
    pub(super) closes: NaiveTime,
    pub(super) added: AddedDays,
}

/// Days that a manager closed, shared by everybody who has the calendar.
#[derive(Clone, Debug, Default)]
pub(super) struct AddedDays(Arc<RwLock<BTreeSet<NaiveDate>>>);

impl AddedDays {
    fn holds(&self, date: NaiveDate) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&date)
    }

    /// Every change is a single step, so what a panicking thread leaves behind is still good.
    fn change<T>(&self, change: impl FnOnce(&mut BTreeSet<NaiveDate>) -> T) -> T {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl PartialEq for AddedDays {
    fn eq(&self, other: &AddedDays) -> bool {
        let days = |of: &AddedDays| of.change(|days| days.clone());
        days(self) == days(other)
    }
}

/// A day further away than this is closed by mistake.
const DAYS_AHEAD_MAX: u64 = 2 * 366;

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

    /// Returns the date at the centre.
    pub fn date_at(&self, now: Time) -> Option<NaiveDate> {
        Some(self.local(now)?.date_naive())
    }

    /// Returns the closed days of the centre's file, in order.
    pub fn file_days(&self) -> impl Iterator<Item = NaiveDate> {
        self.closed_on.iter().copied()
    }

    /// Takes the days that were closed before this start.
    pub fn restore(&self, days: impl IntoIterator<Item = NaiveDate>) {
        self.added.change(|added| added.extend(days));
    }

    /// Closes one more day; from then on no clone opens it.
    pub fn close(&self, date: NaiveDate, now: Time) -> Result<(), Refusal> {
        let today = self.date_at(now).ok_or(Refusal::BadDate)?;
        let last = today.checked_add_days(Days::new(DAYS_AHEAD_MAX)).ok_or(Refusal::BadDate)?;
        let begun = || date == today && self.hours_on(date).is_some_and(|day| day.tickets_from <= now);
        self.added.change(|added| match date {
            _ if date < today => Err(Refusal::DatePast),
            _ if date > last => Err(Refusal::BadDate),
            _ if self.closed_on.contains(&date) || added.contains(&date) => Err(Refusal::DateListed),
            _ if begun() => Err(Refusal::DayOpen),
            _ => {
                added.insert(date);
                Ok(())
            }
        })
    }

    /// Refuses to open a day again that was not closed by a manager, or has passed.
    pub fn may_reopen(&self, date: NaiveDate, now: Time) -> Result<(), Refusal> {
        match date {
            _ if self.date_at(now).is_none_or(|today| date < today) => Err(Refusal::DatePast),
            _ if self.added.holds(date) => Ok(()),
            _ if self.closed_on.contains(&date) => Err(Refusal::DateFixed),
            _ => Err(Refusal::DateNotListed),
        }
    }

    /// Opens a day again that was closed by a manager.
    pub fn reopen(&self, date: NaiveDate) {
        self.added.change(|added| added.remove(&date));
    }

    fn day_on(&self, date: NaiveDate) -> Option<BusinessDay> {
        if self.added.holds(date) { None } else { self.hours_on(date) }
    }

    /// Returns a day as the centre's file has it.
    fn hours_on(&self, date: NaiveDate) -> Option<BusinessDay> {
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

/// Reads a date in the one spelling in which dates stand in the order of time: `2026-11-24`.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|date| date.to_string() == text)
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

    #[test]
    fn a_day_that_a_manager_closes_is_closed_for_every_clone_until_it_is_opened_again() {
        let (calendar, writers) = (calendar(), calendar());
        assert!(calendar == writers);
        let writers = calendar.clone();
        let thursday = NaiveDate::from_ymd_opt(2026, 11, 26).expect("a date");
        let tuesday = local(2026, 11, 24, 12, 0);
        assert_eq!(calendar.close(thursday, tuesday), Ok(()));
        assert_eq!(calendar.close(thursday, tuesday), Err(Refusal::DateListed));
        assert_eq!(writers.day_at(local(2026, 11, 26, 10, 0)), None);
        assert_eq!(writers.next_day(tuesday).map(|day| day.date), Some("2026-11-27".to_owned()));
        calendar.reopen(thursday);
        assert_eq!(writers.next_day(tuesday).map(|day| day.date), Some("2026-11-26".to_owned()));
    }

    #[test]
    fn today_can_be_closed_until_tickets_are_given() {
        let calendar = calendar();
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");
        assert_eq!(calendar.close(today, local(2026, 11, 24, 6, 30)), Err(Refusal::DayOpen));
        assert_eq!(calendar.close(today, local(2026, 11, 24, 20, 0)), Err(Refusal::DayOpen), "the day was open");
        assert_eq!(calendar.close(today, local(2026, 11, 24, 6, 29)), Ok(()));
        let saturday = NaiveDate::from_ymd_opt(2026, 11, 28).expect("a date");
        assert_eq!(calendar.close(saturday, local(2026, 11, 28, 10, 0)), Ok(()), "a holiday on a Saturday harms nobody");
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
            added: AddedDays::default(),
        }
    }

    fn local(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> Time {
        let local = Tz::Africa__Nairobi.with_ymd_and_hms(year, month, day, hour, minute, 0).single();
        Time(local.expect("no clock change in Nairobi").timestamp_millis())
    }
}
