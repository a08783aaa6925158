//! Working days (rules.md 3): counting from the State Council's notices, provisional beyond them.

use crate::civil::{plus_days, tomorrow, year_of};
use lotbook_chain::EntryHash;
use lotbook_event::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Longest span that is counted; bounds the cost of a hostile date.
const MAX_SPAN_DAYS: i64 = 3_660;
/// Where counting ends: jiff's last year, in which a day after may not exist.
const LAST_YEAR: u32 = 9_999;
/// Number of Saturday, Monday being 1.
const SATURDAY: i8 = 6;

/// The published years.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    years: BTreeMap<u32, Year>,
}

/// A published year.
#[derive(Debug, Clone)]
struct Year {
    /// The entry that published it.
    entry: EntryHash,
    /// Its working days, ascending: spans are counted by their places here, not day by day.
    working: Vec<Date>,
}

impl Year {
    fn new(entry: EntryHash, year: u32, off: &BTreeSet<Date>, worked: &BTreeSet<Date>) -> Self {
        let working = |date: &Date| match is_weekend(*date) {
            true => worked.contains(date),
            false => !off.contains(date),
        };
        Self { entry, working: days_of(year).filter(working).collect() }
    }

    /// How many of its working days come no later than a day.
    fn until(&self, date: Date) -> usize {
        self.working.partition_point(|day| *day <= date)
    }
}

/// A date a number of working days later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingDate {
    /// The date; its time is up at 24:00.
    pub date: Date,
    /// True if a day counted lies in a year without a calendar.
    pub provisional: bool,
}

impl Calendar {
    /// Whether a year is published.
    pub fn has(&self, year: u32) -> bool {
        self.years.contains_key(&year)
    }

    /// The entry that published a year.
    pub fn published(&self, year: u32) -> Option<EntryHash> {
        self.years.get(&year).map(|year| year.entry)
    }

    /// Adds a year, or replaces it: the weekdays that are off and the weekend days that are worked.
    pub fn publish(&mut self, entry: EntryHash, year: u32, off: &BTreeSet<Date>, worked: &BTreeSet<Date>) {
        self.years.insert(year, Year::new(entry, year, off, worked));
    }

    /// Whether a day is a working day; without a calendar, whether it is a weekday.
    pub fn is_working_day(&self, date: Date) -> bool {
        let year = self.years.get(&year_of(date));
        year.map_or(!is_weekend(date), |year| year.working.binary_search(&date).is_ok())
    }

    /// The `n`-th working day after a day; the day itself is day 0 and does not count.
    pub fn plus_working_days(&self, from: Date, n: u32) -> WorkingDate {
        let (mut date, mut left, mut provisional) = (from, n as usize, false);
        while left > 0 && year_of(date) < LAST_YEAR {
            let next = tomorrow(date);
            match self.years.get(&year_of(next)) {
                Some(year) => {
                    let behind = year.working.get(year.until(date)..).unwrap_or_default();
                    (date, left) = match behind.get(left - 1) {
                        Some(day) => (*day, 0),
                        None => (last_day_of(next), left - behind.len()),
                    };
                }
                None => {
                    (date, provisional) = (next, true);
                    left -= usize::from(!is_weekend(next));
                }
            }
        }
        WorkingDate { date, provisional }
    }

    /// Working days after `from` up to and including `to`, counted over the last ten years at most.
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        if from >= to {
            return 0;
        }
        let (mut date, mut counted) = (from.max(plus_days(to, -MAX_SPAN_DAYS)), 0);
        while date < to {
            let next = tomorrow(date);
            match self.years.get(&year_of(next)) {
                Some(year) => {
                    let end = to.min(last_day_of(next));
                    counted += year.until(end) - year.until(date);
                    date = end;
                }
                None => {
                    counted += usize::from(!is_weekend(next));
                    date = next;
                }
            }
        }
        u32::try_from(counted).unwrap_or(u32::MAX)
    }
}

/// Whether a day is a Saturday or a Sunday.
pub fn is_weekend(date: Date) -> bool {
    date.0.weekday().to_monday_one_offset() >= SATURDAY
}

fn last_day_of(date: Date) -> Date {
    Date(date.0.last_of_year())
}

/// Every day of a year, ascending; none of a year beyond the range of dates.
fn days_of(year: u32) -> impl Iterator<Item = Date> {
    let first = i16::try_from(year).ok().and_then(|year| jiff::civil::Date::new(year, 1, 1).ok());
    let next = |date: &jiff::civil::Date| date.tomorrow().ok().filter(|next| next.year() == date.year());
    std::iter::successors(first, next).map(Date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::new(text).unwrap()
    }

    /// 2026 and 2027 with a few days of each kind; every other year is unknown.
    fn calendar() -> Calendar {
        let mut calendar = Calendar::default();
        for (year, off, worked) in [
            (2026, ["2026-01-01", "2026-02-17", "2026-12-31"], ["2026-02-28", "2026-10-10"]),
            (2027, ["2027-01-01", "2027-05-03", "2027-10-01"], ["2027-01-02", "2027-02-20"]),
        ] {
            let (off, worked) = (off.map(date).into(), worked.map(date).into());
            calendar.publish(EntryHash([year as u8; 32]), year, &off, &worked);
        }
        calendar
    }

    /// What the words say, day by day.
    fn day_by_day(calendar: &Calendar, from: Date, n: u32) -> (Date, bool) {
        let (mut date, mut counted, mut provisional) = (from, 0, false);
        while counted < n {
            date = tomorrow(date);
            provisional |= !calendar.has(year_of(date));
            counted += u32::from(calendar.is_working_day(date));
        }
        (date, provisional)
    }

    #[test]
    fn spans_are_those_counted_day_by_day() {
        let calendar = calendar();
        for start in 0..1_700 {
            let from = plus_days(date("2024-06-01"), start);
            for n in [0, 1, 2, 5, 7, 10, 15, 61, 249, 250, 251, 400] {
                let end = calendar.plus_working_days(from, n);
                assert_eq!((end.date, end.provisional), day_by_day(&calendar, from, n), "{from} + {n}");
                assert_eq!(calendar.working_days_between(from, end.date), n, "{from} to {}", end.date);
                assert_eq!(calendar.working_days_between(end.date, from), 0);
            }
        }
    }

    #[test]
    fn counting_ends_with_the_range_of_dates() {
        for from in ["9998-12-30", "9999-12-31"] {
            let end = calendar().plus_working_days(date(from), 400);
            assert!(end.date >= date(from) && year_of(end.date) == LAST_YEAR);
        }
        assert_eq!(calendar().working_days_between(date("0001-01-01"), date("9999-12-31")), 2_615);
    }
}
