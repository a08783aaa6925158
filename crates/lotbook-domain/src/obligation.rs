//! Clocks of the duties D2-D5 (rules.md 1.6): started, met or missed, recomputed when a calendar comes.
//!
//! Each is a duty of one inspection, which holds it; here is which of them run, by when their time is up.

use crate::calendar::Calendar;
use crate::civil::end_of;
use crate::state::{Inspection, State};
use lotbook_chain::Instant;
use lotbook_event::oversight::Obligation;
use lotbook_event::{Date, InspectionId};
use std::collections::{BTreeMap, BTreeSet};

/// A duty, from its start on for ever.
#[derive(Debug, Clone)]
pub struct Duty {
    /// Day 0.
    pub start: Date,
    /// Working days.
    pub working_days: u32,
    /// Its last day: its time is up at 24:00.
    pub due: Date,
    /// True if a day counted lies in a year without a calendar.
    pub provisional: bool,
    /// Whether the ledger has stated that it was missed.
    pub missed: bool,
    /// When and how it was met.
    pub met: Option<Met>,
}

/// How a duty was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met {
    /// When.
    pub at: Instant,
    /// Working days late; 0 if in time, or on a day off right after the last day.
    pub late_by: u32,
}

impl Duty {
    fn new(start: Date, working_days: u32, calendar: &Calendar) -> Self {
        let due = calendar.plus_working_days(start, working_days);
        Self { start, working_days, due: due.date, provisional: due.provisional, missed: false, met: None }
    }

    /// Whether its time still runs.
    pub fn runs(&self) -> bool {
        !self.missed && self.met.is_none()
    }
}

/// The duties that run, and what was stated of plans.
#[derive(Debug, Clone, Default)]
pub struct Obligations {
    /// By the instant when their time is up.
    running: BTreeMap<Instant, BTreeMap<Obligation, BTreeSet<InspectionId>>>,
    /// Plans whose lateness has been stated, by year and section.
    pub plans_missed: BTreeSet<String>,
}

impl Obligations {
    fn runs(&mut self, due: Date, kind: Obligation, id: &InspectionId) {
        self.running.entry(end_of(due)).or_default().entry(kind).or_default().insert(id.clone());
    }

    fn ends(&mut self, due: Date, kind: Obligation, id: &InspectionId) {
        let at = end_of(due);
        let Some(up) = self.running.get_mut(&at) else { return };
        if let Some(of_kind) = up.get_mut(&kind) {
            of_kind.remove(id);
            if of_kind.is_empty() {
                up.remove(&kind);
            }
        }
        if up.is_empty() {
            self.running.remove(&at);
        }
    }
}

/// The clocks of one inspection, which change together with it.
pub(crate) struct Clocks<'a> {
    id: &'a InspectionId,
    obligations: &'a mut Obligations,
    calendar: &'a Calendar,
}

impl Clocks<'_> {
    /// Starts a clock; one that was started before is replaced.
    pub fn start(&mut self, of: &mut Inspection, kind: Obligation, start: Date, working_days: u32) {
        let duty = Duty::new(start, working_days, self.calendar);
        self.obligations.runs(duty.due, kind, self.id);
        of.duties.insert(kind, duty);
    }

    /// The ledger has stated that a duty was missed.
    pub fn miss(&mut self, of: &mut Inspection, kind: Obligation) {
        if let Some(duty) = of.duties.get_mut(&kind).filter(|duty| duty.met.is_none()) {
            duty.missed = true;
            self.obligations.ends(duty.due, kind, self.id);
        }
    }

    /// A duty is met.
    pub fn meet(&mut self, of: &mut Inspection, kind: Obligation, at: Instant, on: Date) {
        let Some(duty) = of.duties.get_mut(&kind).filter(|duty| duty.met.is_none()) else { return };
        let late_by = if duty.missed { self.calendar.working_days_between(duty.due, on) } else { 0 };
        duty.met = Some(Met { at, late_by });
        self.obligations.ends(duty.due, kind, self.id);
    }
}

impl State {
    /// Changes an inspection and its clocks; nothing if there is none.
    pub(crate) fn with_clocks(
        &mut self,
        id: &InspectionId,
        change: impl FnOnce(&mut Inspection, &mut Clocks<'_>),
    ) {
        let (obligations, calendar) = (&mut self.obligations, &self.calendar);
        if let Some(inspection) = self.inspections.get_mut(id) {
            change(inspection, &mut Clocks { id, obligations, calendar });
        }
    }

    /// A calendar came, or was amended: due dates of running clocks are computed anew, and none becomes earlier than
    /// the day of that record, `on`: nobody could have met it before. Missed and met ones stay.
    pub(crate) fn recompute_clocks(&mut self, on: Date) {
        self.obligations.running.clear();
        for (id, inspection) in &mut self.inspections {
            for (kind, duty) in inspection.duties.iter_mut().filter(|(_, duty)| duty.runs()) {
                let before = duty.due;
                *duty = Duty::new(duty.start, duty.working_days, &self.calendar);
                duty.due = duty.due.max(on.min(before));
                self.obligations.runs(duty.due, *kind, id);
            }
        }
    }

    /// The duty whose time is up first.
    pub fn first_due(&self) -> Option<(Instant, Obligation, &InspectionId, &Duty)> {
        let (at, up) = self.obligations.running.first_key_value()?;
        let (kind, of_kind) = up.first_key_value()?;
        let id = of_kind.first()?;
        Some((*at, *kind, id, self.inspections.get(id)?.duties.get(kind)?))
    }

    /// The last day of a duty, whether it runs, was missed or was met; `None` before it starts.
    pub fn last_day(&self, kind: Obligation, id: &InspectionId) -> Option<Date> {
        Some(self.inspections.get(id)?.duties.get(&kind)?.due)
    }
}

impl Inspection {
    /// A running or missed duty.
    pub fn open_duty(&self, kind: Obligation) -> Option<&Duty> {
        self.duties.get(&kind).filter(|duty| duty.met.is_none())
    }
}
