//! What time itself brings: lateness, seals and closes by deadline, heartbeats (ledger.md 1, rules.md 1.6).

use crate::article::a14_beacon;
use crate::ceremony::{Ceremony, Stage};
use crate::civil::{date_of, due_day_in, end_of, year_of};
use crate::disclosure;
use crate::embargo;
use crate::registry::ItemPhase;
use crate::state::{Embargo, State};
use lotbook_chain::Instant;
use lotbook_event::ceremony::{CeremonyClosed, CeremonyFailed, CeremonySealed, FailureCode};
use lotbook_event::keys::Heartbeat;
use lotbook_event::oversight::{DeadlineMissed, Obligation};
use lotbook_event::result::CommentWindowClosed;
use lotbook_event::{Event, SectionId, Text};
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
    // Asked before every entry, and nearly always in vain: each looks at the instant first, and says nothing
    // of what is not due yet.
    let ceremonies = state.ceremonies.values().filter_map(|ceremony| ceremony_due(state, ceremony, now));
    let releases = state.embargoes.values().filter_map(|embargo| release_due(embargo, now));
    let candidates = [
        heartbeat(state, now),
        obligation(state, now),
        plan_missing(state, now),
        disclosure::missing(state, now),
    ];
    let all = candidates.into_iter().flatten().chain(ceremonies).chain(releases);
    all.min_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)))
}

fn heartbeat(state: &State, now: Instant) -> Option<Due> {
    if state.simulated() && state.head.heartbeat {
        return None;
    }
    let at = state.head.recorded_at.plus_seconds(HEARTBEAT_SECONDS);
    if at > now {
        return None;
    }
    let event = Heartbeat { size: state.head.size, root: state.head.frontier.root(), clock: now };
    Some(Due { at, id: "heartbeat".into(), event: event.into() })
}

fn obligation(state: &State, now: Instant) -> Option<Due> {
    let (at, kind, id, duty) = state.first_due().filter(|(at, ..)| *at <= now)?;
    let (calendar, provisional) = (state.calendar.published(year_of(duty.due)), duty.provisional);
    let event = match kind {
        Obligation::Comment => {
            CommentWindowClosed { inspection: id.clone(), due: at, calendar, provisional }.into()
        }
        kind => {
            let subject = Text::new(id.as_str()).ok()?;
            DeadlineMissed { obligation: kind, subject, due: at, calendar, provisional }.into()
        }
    };
    Some(Due { at, id: format!("{kind} {id}"), event })
}

/// Sections that own a published item in force and have no plan for the year (Art. 12).
fn plan_missing(state: &State, now: Instant) -> Option<Due> {
    let years = state.began.map_or(0, year_of)..=year_of(date_of(now));
    let due =
        years.flat_map(|year| plans_due_by(state, year, now).map(move |(section, at)| (at, year, section)));
    let (at, year, section) = due.min()?;
    let subject = plan_subject(year, section);
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
    plans_due_by(state, year, Instant(i64::MAX)).map(|(section, at)| (section.clone(), at)).collect()
}

/// Those that are due by an instant.
fn plans_due_by(state: &State, year: u32, by: Instant) -> impl Iterator<Item = (&SectionId, Instant)> {
    let day = state.rules.as_ref().and_then(|rules| due_day_in(year, rules.value.plan_due.as_str()));
    // Duties of the time before the ledger are not its own.
    let day = day.filter(|day| state.began.is_some_and(|began| *day >= began));
    let deadline = day.map(end_of).filter(|deadline| *deadline <= by);
    let first = deadline.map(|deadline| first_published(state, year, deadline)).unwrap_or_default();
    first.into_iter().filter(move |(section, at)| *at <= by && plan_lacks(state, year, section))
}

/// Sections with an item in force that was published by the end of a year, and since when a plan is due.
fn first_published(state: &State, year: u32, deadline: Instant) -> BTreeMap<&SectionId, Instant> {
    let mut first = BTreeMap::new();
    let in_time = |at: Instant| year_of(date_of(at)) <= year;
    for record in state.items.values().filter(|record| record.phase == ItemPhase::Published) {
        let Some(published) = record.published_at.filter(|at| in_time(*at)) else { continue };
        let published = published.max(deadline);
        let at = first.entry(&record.item.section).or_insert(published);
        *at = published.min(*at);
    }
    first
}

/// Whether a section has no adopted plan of a year, and that has not been stated.
fn plan_lacks(state: &State, year: u32, section: &SectionId) -> bool {
    let adopted = state.plans.values().filter(|plan| plan.adopted.is_some());
    let mut of_year = adopted.filter(|plan| plan.draft.year == year && plan.draft.section == *section);
    of_year.next().is_none() && !state.obligations.plans_missed.contains(&plan_subject(year, section))
}

/// Subject of the duty D1.
pub fn plan_subject(year: u32, section: &SectionId) -> String {
    format!("{year}/{section}")
}

/// A seal or a close by deadline (draw.md 1).
fn ceremony_due(state: &State, ceremony: &Ceremony, now: Instant) -> Option<Due> {
    let stated = &ceremony.frozen.as_ref()?.stated;
    let at = match ceremony.stage {
        Stage::Committing => stated.commit_deadline,
        Stage::Revealing => stated.reveal_deadline,
        Stage::Closed => return overdue(ceremony, now),
        Stage::Failed | Stage::Drawn | Stage::Voided => return None,
    };
    if at > now {
        return None;
    }
    let draw = ceremony.draw.clone();
    let event = if ceremony.stage == Stage::Revealing {
        CeremonyClosed { draw, missing: ceremony.missing() }.into()
    } else if !embargo::is_held(state, ceremony) {
        CeremonyFailed { draw, code: FailureCode::EmbargoNotHeld, barred: BTreeSet::new() }.into()
    } else if ceremony.may_be_sealed() {
        CeremonySealed { draw, committers: ceremony.commitments.keys().copied().collect() }.into()
    } else {
        CeremonyFailed { draw, code: FailureCode::TooFewCommits, barred: BTreeSet::new() }.into()
    };
    Some(Due { at, id: format!("ceremony {}", ceremony.draw), event })
}

/// Names that are still hidden a day after the end of the window (Art. 6): the ledger says so once.
fn release_due(embargo: &Embargo, now: Instant) -> Option<Due> {
    let at = embargo.stated.until.plus_seconds(embargo::RELEASE_SECONDS);
    let draw = embargo.draw.as_ref().filter(|_| embargo.released.is_none() && !embargo.overdue)?;
    if at > now {
        return None;
    }
    let (obligation, subject) = (Obligation::Release, Text::new(draw.as_str()).ok()?);
    let event = DeadlineMissed { obligation, subject, due: at, calendar: None, provisional: false };
    Some(Due { at, id: format!("{obligation} {draw}"), event: event.into() })
}

/// A draw whose result has been fixed for a day (draw.md 1).
fn overdue(ceremony: &Ceremony, now: Instant) -> Option<Due> {
    let at = a14_beacon::overdue_at(ceremony).filter(|at| *at <= now)?;
    let event = DeadlineMissed {
        obligation: Obligation::Draw,
        subject: Text::new(ceremony.draw.as_str()).ok()?,
        due: at,
        calendar: None,
        provisional: false,
    };
    Some(Due { at, id: format!("{} {}", Obligation::Draw, ceremony.draw), event: event.into() })
}
