//! What time itself brings: lateness, seals and closes by deadline, heartbeats (ledger.md 1, rules.md 1.6).

use crate::ceremony::{Ceremony, Stage};
use crate::civil::{date_of, due_day_in, end_of, year_of};
use crate::disclosure;
use crate::registry::ItemPhase;
use crate::state::State;
use lotbook_chain::Instant;
use lotbook_event::ceremony::{CeremonyClosed, CeremonyFailed, CeremonySealed, FailureCode};
use lotbook_event::keys::Heartbeat;
use lotbook_event::oversight::{DeadlineMissed, Obligation};
use lotbook_event::result::CommentWindowClosed;
use lotbook_event::{Event, InspectionId, SectionId, Text};
use std::collections::{BTreeMap, BTreeSet};

/// Without an entry for this long the ledger gives a sign of life (ledger.md 3).
pub const HEARTBEAT_SECONDS: i64 = 3_600;

/// Something whose time has come.
#[derive(Debug, Clone)]
pub struct Due {
    /// When its time came.
    pub at: Instant,
    /// Orders what is due at one instant.
    pub id: String,
    /// What the ledger states.
    pub event: Event,
}

/// The first thing due at or before `now`, by (instant, id); state it, evolve, and ask again.
pub fn next_due(state: &State, now: Instant) -> Option<Due> {
    state.genesis.as_ref()?;
    let ceremonies = state.ceremonies.values().filter_map(ceremony_due);
    let candidates =
        [heartbeat(state, now), obligation(state), plan_missing(state, now), disclosure::missing(state, now)];
    let all = candidates.into_iter().flatten().chain(ceremonies);
    all.filter(|due| due.at <= now).min_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)))
}

fn heartbeat(state: &State, now: Instant) -> Option<Due> {
    if state.simulated() && state.head.heartbeat {
        return None;
    }
    let at = state.head.recorded_at.plus_seconds(HEARTBEAT_SECONDS);
    let event = Heartbeat { size: state.head.size, root: state.head.frontier.root(), clock: now };
    Some(Due { at, id: "heartbeat".into(), event: event.into() })
}

fn obligation(state: &State) -> Option<Due> {
    let (at, (kind, subject), duty) = state.obligations.first_due()?;
    let (calendar, provisional) = (duty.due.calendar, duty.due.provisional);
    let event = match kind {
        Obligation::Comment => {
            let inspection = InspectionId::new(subject.as_str()).ok()?;
            CommentWindowClosed { inspection, due: at, calendar, provisional }.into()
        }
        kind => {
            let subject = Text::new(subject.as_str()).ok()?;
            DeadlineMissed { obligation: *kind, subject, due: at, calendar, provisional }.into()
        }
    };
    Some(Due { at, id: format!("{kind} {subject}"), event })
}

/// Sections that own a published item in force and have no plan for the year (Art. 12).
fn plan_missing(state: &State, now: Instant) -> Option<Due> {
    let years = state.began.map_or(0, year_of)..=year_of(date_of(now));
    let due = years.flat_map(|year| plans_due(state, year).into_iter().map(move |(s, at)| (at, year, s)));
    let (at, year, section) = due.min()?;
    let subject = plan_subject(year, &section);
    let event = DeadlineMissed {
        obligation: Obligation::Plan,
        subject: Text::new(subject.as_str()).ok()?,
        due: at,
        calendar: None,
        provisional: false,
    };
    Some(Due { at, id: format!("{} {subject}", Obligation::Plan), event: event.into() })
}

/// Each section whose plan is due and has not been stated as missing, with the instant: the end of the
/// day of Art. 12, or the publication of its first item if that came later.
pub(crate) fn plans_due(state: &State, year: u32) -> BTreeMap<SectionId, Instant> {
    let Some(rules) = &state.rules else { return BTreeMap::new() };
    let Some(day) = due_day_in(year, rules.value.plan_due.as_str()) else { return BTreeMap::new() };
    let deadline = end_of(day);
    let mut due = BTreeMap::new();
    let in_time = |at: Instant| year_of(date_of(at)) <= year;
    let in_force = state
        .items
        .values()
        .filter(|record| record.phase == ItemPhase::Published && record.published_at.is_some_and(in_time));
    for record in in_force {
        let section = &record.item.section;
        let published = record.published_at.unwrap_or(deadline).max(deadline);
        let at = due.entry(section.clone()).or_insert(published);
        *at = published.min(*at);
    }
    let adopted = |section: &SectionId| {
        let plans = state.plans.values().filter(|plan| plan.adopted.is_some());
        plans.clone().any(|plan| plan.draft.year == year && plan.draft.section == *section)
    };
    due.retain(|section, _| {
        state.began.is_some_and(|began| day >= began)
            && !adopted(section)
            && !state.obligations.plans_missed.contains(&plan_subject(year, section))
    });
    due
}

/// Subject of the duty D1.
pub fn plan_subject(year: u32, section: &SectionId) -> String {
    format!("{year}/{section}")
}

/// A seal or a close by deadline (draw.md 1).
fn ceremony_due(ceremony: &Ceremony) -> Option<Due> {
    let stated = &ceremony.frozen.as_ref()?.stated;
    let draw = ceremony.draw.clone();
    let (at, event) = match ceremony.stage {
        Stage::Committing if ceremony.may_be_sealed() => {
            let committers = ceremony.commitments.keys().copied().collect();
            (stated.commit_deadline, CeremonySealed { draw, committers }.into())
        }
        Stage::Committing => {
            let code = FailureCode::TooFewCommits;
            (stated.commit_deadline, CeremonyFailed { draw, code, barred: BTreeSet::new() }.into())
        }
        Stage::Revealing => {
            (stated.reveal_deadline, CeremonyClosed { draw, missing: ceremony.missing() }.into())
        }
        Stage::Closed | Stage::Failed | Stage::Drawn => return None,
    };
    Some(Due { at, id: format!("ceremony {}", ceremony.draw), event })
}
