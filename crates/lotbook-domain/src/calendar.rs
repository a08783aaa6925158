//! Working days (rules.md 3): counting from the State Council's notices, provisional beyond them.

use crate::civil::{plus_days, year_of};
use lotbook_chain::EntryHash;
use lotbook_event::Date;
use lotbook_event::registry::CalendarPublished;
use std::collections::BTreeMap;

/// Longest span counted day by day; bounds the cost of a hostile date.
const MAX_SPAN_DAYS: i64 = 3_660;

/// The published years.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    years: BTreeMap<u32, (EntryHash, CalendarPublished)>,
}

/// A date a number of working days later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingDate {
    /// The date; its time is up at 24:00.
    pub date: Date,
    /// True if a day counted lies in a year without a calendar.
    pub provisional: bool,
    /// The calendar of the date's year, if published.
    pub calendar: Option<EntryHash>,
}

impl Calendar {
    /// Whether a year is published.
    pub fn has(&self, year: u32) -> bool {
        self.years.contains_key(&year)
    }

    /// Adds a year.
    pub fn publish(&mut self, entry: EntryHash, year: CalendarPublished) {
        self.years.insert(year.year, (entry, year));
    }

    /// Whether a day is a working day; without a calendar, whether it is a weekday.
    pub fn is_working_day(&self, date: Date) -> bool {
        let weekend = date.0.weekday().to_monday_one_offset() >= 6;
        match self.years.get(&year_of(date)) {
            Some((_, year)) if weekend => year.weekend_days_worked.contains(&date),
            Some((_, year)) => !year.weekdays_off.contains(&date),
            None => !weekend,
        }
    }

    /// The `n`-th working day after a day; the day itself is day 0 and does not count.
    pub fn plus_working_days(&self, from: Date, n: u32) -> WorkingDate {
        let (mut date, mut counted, mut provisional) = (from, 0, false);
        while counted < n && year_of(date) < 9_999 {
            date = plus_days(date, 1);
            provisional |= !self.has(year_of(date));
            counted += u32::from(self.is_working_day(date));
        }
        WorkingDate { date, provisional, calendar: self.years.get(&year_of(date)).map(|(hash, _)| *hash) }
    }

    /// Working days after `from` up to and including `to`, counted over the last ten years at most.
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        let (mut date, mut counted) = (from.max(plus_days(to, -MAX_SPAN_DAYS)), 0);
        while date < to {
            date = plus_days(date, 1);
            counted += u32::from(self.is_working_day(date));
        }
        counted
    }
}
