//! Clocks of the duties D2-D5 (rules.md 1.6): started, met or missed, recomputed when a calendar comes.

use crate::calendar::{Calendar, WorkingDate};
use crate::civil::end_of;
use core::ops::Bound;
use lotbook_chain::Instant;
use lotbook_event::Date;
use lotbook_event::oversight::Obligation;
use std::collections::{BTreeMap, BTreeSet};

/// Whose duty: its kind and its subject.
pub type DutyKey = (Obligation, String);

/// A running or missed duty.
#[derive(Debug, Clone)]
pub struct Duty {
    /// Day 0.
    pub start: Date,
    /// Working days.
    pub working_days: u32,
    /// When its time is up.
    pub due: WorkingDate,
    /// Whether the ledger has stated that it was missed.
    pub missed: bool,
}

/// A duty that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met {
    /// When.
    pub at: Instant,
    /// Day 0.
    pub start: Date,
    /// Its last day.
    pub due: Date,
    /// Whether the last day was counted beyond the published calendars.
    pub provisional: bool,
    /// Whether the ledger had stated that it was missed.
    pub missed: bool,
    /// Working days late; 0 if in time, or on a day off right after the last day.
    pub late_by: u32,
}

/// Every duty there is.
#[derive(Debug, Clone, Default)]
pub struct Obligations {
    open: BTreeMap<DutyKey, Duty>,
    by_due: BTreeSet<(Instant, DutyKey)>,
    /// Duties that were met.
    pub met: BTreeMap<DutyKey, Met>,
    /// Plans whose lateness has been stated, by year and section.
    pub plans_missed: BTreeSet<String>,
}

impl Obligations {
    /// Starts a clock.
    pub fn start(&mut self, key: DutyKey, start: Date, working_days: u32, calendar: &Calendar) {
        let due = calendar.plus_working_days(start, working_days);
        self.by_due.insert((end_of(due.date), key.clone()));
        self.open.insert(key, Duty { start, working_days, due, missed: false });
    }

    /// The duty whose time is up first.
    pub fn first_due(&self) -> Option<(Instant, &DutyKey, &Duty)> {
        let (at, key) = self.by_due.first()?;
        Some((*at, key, self.open.get(key)?))
    }

    /// The ledger has stated that a duty was missed.
    pub fn miss(&mut self, key: &DutyKey) {
        if let Some(duty) = self.open.get_mut(key) {
            duty.missed = true;
            self.by_due.remove(&(end_of(duty.due.date), key.clone()));
        }
    }

    /// A duty is met; says how late.
    pub fn meet(&mut self, key: &DutyKey, at: Instant, on: Date, calendar: &Calendar) -> Option<Met> {
        let duty = self.open.remove(key)?;
        self.by_due.remove(&(end_of(duty.due.date), key.clone()));
        let late_by = if duty.missed { calendar.working_days_between(duty.due.date, on) } else { 0 };
        let (due, provisional) = (duty.due.date, duty.due.provisional);
        let met = Met { at, start: duty.start, due, provisional, missed: duty.missed, late_by };
        self.met.insert(key.clone(), met);
        Some(met)
    }

    /// A calendar came: due dates of running clocks are computed anew; missed ones stay missed.
    pub fn recompute(&mut self, calendar: &Calendar) {
        self.by_due.clear();
        for (key, duty) in self.open.iter_mut().filter(|(_, duty)| !duty.missed) {
            duty.due = calendar.plus_working_days(duty.start, duty.working_days);
            self.by_due.insert((end_of(duty.due.date), key.clone()));
        }
    }

    /// A running or missed duty.
    pub fn get(&self, key: &DutyKey) -> Option<&Duty> {
        self.open.get(key)
    }

    /// The last day of a duty, whether it runs, was missed or was met; `None` before it starts.
    pub fn last_day(&self, key: &DutyKey) -> Option<Date> {
        let open = self.open.get(key).map(|duty| duty.due.date);
        open.or_else(|| self.met.get(key).map(|met| met.due))
    }

    /// Running and missed duties, by kind and subject.
    pub fn open(&self) -> impl Iterator<Item = (&DutyKey, &Duty)> {
        self.open.iter()
    }

    /// Running and missed duties behind a key, by kind and subject.
    pub fn open_behind(&self, after: Bound<DutyKey>) -> impl Iterator<Item = (&DutyKey, &Duty)> {
        self.open.range((after, Bound::Unbounded))
    }
}
