//! Days and working days, counted by this test's own arithmetic.

use lotbook_chain::Instant;
use lotbook_event::Date;
use lotbook_event::registry::CalendarPublished;
use std::collections::BTreeMap;

pub const SECOND: i64 = 1_000_000;
pub const DAY: i64 = 86_400 * SECOND;
/// Eight hours: the office's clock before UTC.
const EAST: i64 = 8 * 3_600 * SECOND;

pub fn date(text: &str) -> Date {
    Date::new(text).unwrap()
}

/// Days from 1970-01-01 (era arithmetic of the proleptic Gregorian calendar).
pub fn day(date: Date) -> i64 {
    let (year, month, day) = (i64::from(date.0.year()), i64::from(date.0.month()), i64::from(date.0.day()));
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

pub fn from_day(n: i64) -> Date {
    let mut date = date("1970-01-01").0;
    date = date.checked_add(jiff::Span::new().days(n)).unwrap();
    Date(date)
}

/// The office's day of an instant.
pub fn day_at(at: Instant) -> i64 {
    (at.0 + EAST).div_euclid(DAY)
}

/// The instant at which a day begins.
pub fn begin(day: i64) -> Instant {
    Instant(day * DAY - EAST)
}

/// Saturday or Sunday; 1970-01-01 was a Thursday.
pub fn is_weekend(day: i64) -> bool {
    (day + 3).rem_euclid(7) >= 5
}

pub fn year(day: i64) -> u32 {
    u32::try_from(from_day(day).0.year()).unwrap()
}

/// The working days that were published, by year.
#[derive(Default)]
pub struct WorkingDays(pub BTreeMap<u32, CalendarPublished>);

impl WorkingDays {
    pub fn works(&self, n: i64) -> bool {
        let date = from_day(n);
        match self.0.get(&year(n)) {
            Some(published) if is_weekend(n) => published.weekend_days_worked.contains(&date),
            Some(published) => !published.weekdays_off.contains(&date),
            None => !is_weekend(n),
        }
    }

    /// The n-th working day after a day, and whether a day on the way has no calendar.
    pub fn after(&self, from: i64, n: u32) -> (i64, bool) {
        let (mut at, mut left, mut provisional) = (from, n, false);
        while left > 0 {
            at += 1;
            provisional |= !self.0.contains_key(&year(at));
            left -= u32::from(self.works(at));
        }
        (at, provisional)
    }

    /// Working days after one day up to another.
    pub fn between(&self, from: i64, to: i64) -> u32 {
        u32::try_from((from + 1..=to).filter(|n| self.works(*n)).count()).unwrap()
    }
}
