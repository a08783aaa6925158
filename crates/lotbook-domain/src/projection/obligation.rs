//! The board of duties D1-D7 and of releases: running, met or late, by how many working days (rules.md 1.6).

use super::plan::due_day;
use super::{BadKey, beyond, from, is, texts};
use crate::article::a14_beacon::{OVERDUE_SECONDS, fixed_at};
use crate::ceremony::{Ceremony, Stage};
use crate::civil::{date_of, due_day_in, end_of, year_of};
use crate::due::{plan_subject, plans_due};
use crate::obligation::Duty;
use crate::state::{BatchKey, Embargo, Inspection, State};
use core::ops::{Bound, RangeBounds};
use lotbook_chain::Instant;
use lotbook_event::oversight::Obligation;
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;
use lotbook_event::{Date, SectionId};
use std::collections::{BTreeMap, BTreeSet};

/// Whose duty: its kind and its subject.
type DutyKey = (Obligation, String);

/// Which duties.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Which duty.
    pub kind: Option<Obligation>,
    /// How it stands.
    pub state: Option<view::ObligationState>,
    /// A section concerned.
    pub section: Option<SectionId>,
    /// Only those not met in time, met late included.
    pub late: bool,
}

/// Duties by kind, then subject; the key is `KIND SUBJECT`, such as `D2 P-2026-S04/B2.1/9111...`.
///
/// # Errors
/// [`BadKey`] if `after` is no such key.
pub fn obligations<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::ObligationView)> + use<'a>, BadKey> {
    let after = beyond(after, key)?;
    let plans = fixed(after.clone(), plans(state));
    let clocks = clocks(state, after.clone());
    let rows = plans.chain(clocks).chain(fixed(after.clone(), disclosures(state)));
    let rows = rows.chain(fixed(after.clone(), draws(state))).chain(fixed(after, releases(state)));
    let rows = rows.filter(|((kind, _), _)| is(filter.kind.as_ref(), kind));
    let rows = rows.map(|(key, row)| (format!("{} {}", key.0, key.1), of(state, key, &row)));
    Ok(rows.filter(|(_, view)| filter.wants(view)))
}

impl Filter {
    fn wants(&self, view: &view::ObligationView) -> bool {
        is(self.state.as_ref(), &view.state())
            && self.section.as_ref().is_none_or(|s| view.sections.iter().any(|of| of == s.as_str()))
            && (!self.late || view.late)
    }
}

fn key(text: &str) -> Option<DutyKey> {
    let (kind, subject) = text.split_once(' ')?;
    Some((Obligation::from_code(kind)?, subject.to_owned()))
}

/// One duty, wherever it comes from.
struct Row {
    sections: BTreeSet<SectionId>,
    start: Option<Date>,
    due: Date,
    provisional: bool,
    met: Option<Instant>,
    late: bool,
}

fn of(state: &State, (kind, subject): DutyKey, row: &Row) -> view::ObligationView {
    use view::ObligationState as Is;
    let late = row.late && kind != Obligation::Comment;
    let until = date_of(row.met.unwrap_or(state.head.recorded_at));
    let stands = match (row.met, row.late) {
        (Some(_), _) => Is::Met,
        (None, false) => Is::Running,
        (None, true) if kind == Obligation::Comment => Is::Ended,
        (None, true) => Is::Late,
    };
    view::ObligationView {
        kind: kind.wire(),
        subject,
        sections: texts(&row.sections),
        start: row.start.wire(),
        due: row.due.wire(),
        state: stands.into(),
        late_by_working_days: if late { state.calendar.working_days_between(row.due, until) } else { 0 },
        provisional: row.provisional,
        met_at: row.met.map(|at| at.0),
        late,
    }
}

/// Rows of fixed dates behind a key: one a section and year, or one a year.
fn fixed(after: Bound<DutyKey>, rows: BTreeMap<DutyKey, Row>) -> impl Iterator<Item = (DutyKey, Row)> {
    rows.into_iter().filter(move |(key, _)| from(after.clone()).contains(key))
}

/// D1: adopted plans, missing ones as the ledger stated them, and those that are still awaited.
fn plans(state: &State) -> BTreeMap<DutyKey, Row> {
    let mut rows = BTreeMap::new();
    let mut add = |year: u32, section: &SectionId, due: Date, met: Option<Instant>, late: bool| {
        let sections = BTreeSet::from([section.clone()]);
        let row = Row { sections, start: None, due, provisional: false, met, late };
        rows.entry((Obligation::Plan, plan_subject(year, section))).or_insert(row);
    };
    let mut adopted: Vec<_> =
        state.plans.values().filter_map(|plan| Some((plan.adopted?, &plan.draft))).collect();
    adopted.sort_by_key(|(at, _)| *at);
    for (at, draft) in adopted {
        if let Some(due) = due_day(state, draft.year) {
            add(draft.year, &draft.section, due, Some(at), at >= end_of(due));
        }
    }
    for (year, section) in state.obligations.plans_missed.iter().filter_map(|subject| missed(subject)) {
        if let Some(due) = missed_day(state, year, &section) {
            add(year, &section, due, None, true);
        }
    }
    let this_year = year_of(date_of(state.head.recorded_at));
    for year in state.began.map_or(this_year, year_of)..=this_year {
        for (section, at) in plans_due(state, year) {
            add(year, &section, last_day(at), None, false);
        }
    }
    rows
}

fn missed(subject: &str) -> Option<(u32, SectionId)> {
    let (year, section) = subject.split_once('/')?;
    Some((year.parse().ok()?, SectionId::new(section).ok()?))
}

/// The day whose end made a plan late: that of Art. 12, or of the section's first published item.
fn missed_day(state: &State, year: u32, section: &SectionId) -> Option<Date> {
    let due = due_day(state, year)?;
    let own = state.items.values().filter(|record| record.item.section == *section);
    let first = own.filter_map(|record| record.published_at).min();
    Some(first.map_or(due, |at| due.max(date_of(at))))
}

/// The day of which an instant is the end; any other instant is within its day.
fn last_day(at: Instant) -> Date {
    date_of(Instant(at.0.saturating_sub(1)))
}

/// D6: every year of this ledger that is over.
fn disclosures(state: &State) -> BTreeMap<DutyKey, Row> {
    let Some(began) = state.began else { return BTreeMap::new() };
    let Some(rules) = &state.rules else { return BTreeMap::new() };
    let row = |year: u32| {
        let due = due_day_in(year.checked_add(1)?, rules.value.disclosure_due.as_str())?;
        let record = state.disclosures.get(&year);
        let met = record.and_then(|record| record.published.as_ref()).map(|(at, _)| *at);
        let late = record.is_some_and(|record| record.missed);
        let row = Row { sections: BTreeSet::new(), start: None, due, provisional: false, met, late };
        Some(((Obligation::Disclosure, year.to_string()), row))
    };
    (year_of(began)..year_of(date_of(state.head.recorded_at))).filter_map(row).collect()
}

/// D7: every draw whose result is fixed, or will be by its beacons' rounds. Day 0 is when it is.
fn draws(state: &State) -> BTreeMap<DutyKey, Row> {
    let row = |ceremony: &Ceremony| {
        let fixed = fixed_at(ceremony)?;
        let record = state.batches.get(&ceremony.batch);
        let row = Row {
            sections: record.map(|record| record.batch.sections.clone()).unwrap_or_default(),
            start: Some(date_of(fixed)),
            due: last_day(fixed.plus_seconds(OVERDUE_SECONDS)),
            provisional: false,
            met: ceremony.recorded_at,
            late: ceremony.overdue,
        };
        Some(((Obligation::Draw, ceremony.draw.to_string()), row))
    };
    state.ceremonies.values().filter(|ceremony| ceremony.stage != Stage::Failed).filter_map(row).collect()
}

/// The release of every embargo that has something to release (Art. 6).
fn releases(state: &State) -> BTreeMap<DutyKey, Row> {
    let row = |(batch, embargo): (&BatchKey, &Embargo)| {
        let sections =
            state.batches.get(batch).map(|record| record.batch.sections.clone()).unwrap_or_default();
        let due = date_of(embargo.stated.until); // the day after the window, until its end
        let met = embargo.released.as_ref().map(|(_, at)| *at);
        let row = Row { sections, start: None, due, provisional: false, met, late: embargo.overdue };
        Some(((Obligation::Release, embargo.draw.as_ref()?.to_string()), row))
    };
    state.embargoes.iter().filter_map(row).collect()
}

/// D2-D5 behind a key, running, missed or met.
fn clocks(state: &State, after: Bound<DutyKey>) -> impl Iterator<Item = (DutyKey, Row)> + use<'_> {
    let kinds = [Obligation::Report, Obligation::Feedback, Obligation::Publication, Obligation::Comment];
    kinds.into_iter().flat_map(move |kind| {
        let from = inspections(&after, kind);
        let behind = from.map(|from| state.inspections.range::<str, _>((from, Bound::Unbounded)));
        behind.into_iter().flatten().filter_map(move |(id, inspection)| {
            let duty = inspection.duties.get(&kind)?;
            Some(((kind, id.as_str().to_owned()), clock(state, inspection, duty)))
        })
    })
}

/// Behind which inspection the duties of a kind lie behind a key; `None` if none of them does.
fn inspections(after: &Bound<DutyKey>, kind: Obligation) -> Option<Bound<&str>> {
    match after {
        Bound::Included((of, _)) | Bound::Excluded((of, _)) if *of > kind => None,
        Bound::Included((of, id)) if *of == kind => Some(Bound::Included(id)),
        Bound::Excluded((of, id)) if *of == kind => Some(Bound::Excluded(id)),
        _ => Some(Bound::Unbounded),
    }
}

fn clock(state: &State, inspection: &Inspection, duty: &Duty) -> Row {
    Row {
        sections: state.sections_of(inspection),
        start: Some(duty.start),
        due: duty.due,
        provisional: duty.provisional,
        met: duty.met.map(|met| met.at),
        late: duty.missed,
    }
}
