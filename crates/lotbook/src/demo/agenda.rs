//! The agenda: what is to happen when, in local time of the office, on its working days.

use jiff::civil::{Date, DateTime};
use lotbook_chain::Instant;
use lotbook_event::{DueDay, Event};
use std::collections::{BTreeMap, BTreeSet};

/// The office's offset from UTC in seconds: Asia/Shanghai.
const OFFSET_SECONDS: i64 = 8 * 3_600;

/// The instant of a local time.
pub fn local(at: DateTime) -> Instant {
    let since = DateTime::constant(1970, 1, 1, 0, 0, 0, 0).duration_until(at).as_secs();
    Instant((since - OFFSET_SECONDS) * Instant::SECOND)
}

/// The office's date at an instant.
pub fn date_of(at: Instant) -> Date {
    let seconds = at.0.div_euclid(Instant::SECOND) + OFFSET_SECONDS;
    DateTime::constant(1970, 1, 1, 0, 0, 0, 0).saturating_add(jiff::SignedDuration::from_secs(seconds)).date()
}

/// A time of day on a date.
pub fn on(date: Date, hour: i8, minute: i8) -> Instant {
    local(date.at(hour, minute, 0, 0))
}

/// The first midnight of the office after an instant.
pub fn next_midnight(at: Instant) -> Instant {
    on(next(date_of(at)), 0, 0)
}

/// A day of each year, in one year; `MM-last` is the last day of the month.
pub fn day_in(year: i16, day: &DueDay) -> Option<Date> {
    let (month, day) = day.as_str().split_once('-')?;
    let month = month.parse().ok()?;
    if day == "last" {
        return Date::new(year, month, 1).ok().map(Date::last_of_month);
    }
    Date::new(year, month, day.parse().ok()?).ok()
}

/// The date a number of days later.
pub fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(jiff::SignedDuration::from_hours(24 * days))
}

/// Working days, as far as the office publishes them.
#[derive(Debug, Default)]
pub struct WorkingDays {
    off: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

impl WorkingDays {
    /// Takes in a published calendar.
    pub fn learn(&mut self, event: &Event) {
        if let Event::CalendarPublished(year) = event {
            self.off.extend(year.weekdays_off.iter().map(|date| date.0));
            self.worked.extend(year.weekend_days_worked.iter().map(|date| date.0));
        }
    }

    fn is_working(&self, date: Date) -> bool {
        let weekend = date.weekday().to_monday_one_offset() >= 6;
        if weekend { self.worked.contains(&date) } else { !self.off.contains(&date) }
    }

    /// The date itself if it is a working day, else the next one.
    pub fn from(&self, date: Date) -> Date {
        let mut date = date;
        while !self.is_working(date) {
            date = next(date);
        }
        date
    }

    /// The `n`-th working day after a date.
    pub fn after(&self, date: Date, n: u32) -> Date {
        (0..n).fold(date, |date, _| self.from(next(date)))
    }
}

fn next(date: Date) -> Date {
    plus_days(date, 1)
}

/// Steps by instant, and in the order in which they were added.
#[derive(Debug)]
pub struct Agenda<S> {
    steps: BTreeMap<(Instant, u64), S>,
    added: u64,
}

impl<S> Default for Agenda<S> {
    fn default() -> Self {
        Self { steps: BTreeMap::new(), added: 0 }
    }
}

impl<S> Agenda<S> {
    /// Adds a step.
    pub fn add(&mut self, at: Instant, step: S) {
        self.added += 1;
        self.steps.insert((at, self.added), step);
    }

    /// Takes the next step.
    pub fn next(&mut self) -> Option<(Instant, S)> {
        self.steps.pop_first().map(|((at, _), step)| (at, step))
    }
}
