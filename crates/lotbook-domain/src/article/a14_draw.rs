//! Art. 14: objects, inspectors and assignment are drawn by the system: who may open a ceremony, and what it
//! freezes (draw.md 1-2).

use super::{
    Found, a06_embargo, a06_embargo::FrozenEmbargo, a08_items::in_force, a14_beacon::none_overdue,
    a14_inspectors, a15_ceremony,
};
use crate::beacon;
use crate::ceremony::{Ceremony, Stage};
use crate::civil::date_of;
use crate::decide::Stated;
use crate::derived::derive;
use crate::evolve::draw_id;
use crate::participant::participants;
use crate::person;
use crate::pool::{Basis, LATE_CHANGE_DAYS};
use crate::staffing::firm_without_team;
use crate::state::{BatchRecord, State};
use lotbook_chain::{EntryHash, Instant, KeyId, MAX_STATEMENT_BYTES, Sealed, TreeHash};
use lotbook_draw::Pool;
use lotbook_event::ceremony::*;
use lotbook_event::registry::RulesetAdopted;
use lotbook_event::{BatchId, Code, DecodeError, DrawId, FieldError, Flag, PlanId, Refusal, Statement, Text};
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

/// Seconds of a day, in which ages are counted.
pub const DAY_SECONDS: i64 = 86_400;
/// Most strata with an eligible enterprise: their results must fit one entry of 65,535 bytes.
pub const MAX_STRATA: usize = 400;
/// Most seats that one draw may have to fill: its entries are one group, appended at once.
pub const MAX_SLOTS: u64 = 40_000;
/// Failed attempts without a beacon after which the next one needs a beacon (draw.md 1).
pub const MAX_FAILED_ATTEMPTS: usize = 2;

/// A ceremony may be opened: adopted plan and scheme, published items, nothing drawn, nothing open.
pub fn opened(state: &State, stated: &Stated<'_>, e: &CeremonyOpened) -> Result<(), Refusal> {
    let name = format!("{}/{}", e.plan, e.batch);
    none_overdue(state, &name)?;
    match (e.purpose, &e.recusal) {
        (Purpose::Batch, None) => {}
        (Purpose::Inspectors, None) => return a14_inspectors::opened(state, stated, e),
        (Purpose::Substitute | Purpose::Swap, Some(recusal)) => {
            return a15_ceremony::opened(state, stated, e, recusal);
        }
        (purpose, recusal) => {
            let what = recusal.as_ref().map_or("no recusal".into(), |id| format!("recusal {id}"));
            let found = format!("purpose {} is stated with {what}", purpose.code());
            return Err(Refusal::new(Code::InvalidValue, &name, found));
        }
    }
    let record = state.batch(&e.plan, &e.batch)?;
    if let Some(drawn) = &record.drawn {
        return Err(Refusal::new(Code::AlreadyDrawn, &name, format!("batch {name} was drawn as {drawn}")));
    }
    a06_embargo::not_known(state, &(e.plan.clone(), e.batch.clone()))?;
    adopted_by_all(state, record, e)?;
    separate(state, stated, &name)?;
    of_section(stated, record, &name)?;
    old_enough(state, stated, record, &name)?;
    in_force(state, &record.batch.items)?;
    attempt(state, record, e, &name)
}

/// The operator acts for a section of the batch.
pub(super) fn of_section(stated: &Stated<'_>, record: &BatchRecord, name: &str) -> Result<(), Refusal> {
    let own = stated.statement().section.as_ref();
    if own.is_some_and(|own| record.batch.sections.contains(own)) {
        return Ok(());
    }
    let sections: Vec<_> = record.batch.sections.iter().map(|s| s.as_str()).collect();
    let own = own.map_or("no section", |own| own.as_str());
    let found = format!("batch {name} belongs to {}, the operator acts for {own}", sections.join(", "));
    Err(Refusal::new(Code::OtherSection, name, found))
}

/// Scheme and rule set have been on the ledger for the time the rule set asks for.
pub(super) fn old_enough(
    state: &State,
    stated: &Stated<'_>,
    record: &BatchRecord,
    name: &str,
) -> Result<(), Refusal> {
    let none = || Refusal::new(Code::NoScheme, name, format!("batch {name} has no adopted scheme"));
    let scheme = record.scheme.as_ref().ok_or_else(none)?;
    let rules = state.rule_set()?;
    let days = i64::from(rules.value.scheme_min_age_days);
    for (what, since) in [("scheme", scheme.recorded_at), ("rule set", rules.recorded_at)] {
        if since.plus_seconds(days * DAY_SECONDS) > stated.at() {
            let found = format!("the {what} was recorded on {}, {days} days must pass", date_of(since));
            return Err(Refusal::new(Code::TooYoung, name, found));
        }
    }
    Ok(())
}

/// What a name or text must not be.
pub(super) fn invalid(subject: impl core::fmt::Display, error: &FieldError) -> Refusal {
    Refusal::new(Code::InvalidValue, subject, error.to_string())
}

/// Who keeps the rosters does not draw from them (rules.md 1.8).
pub(super) fn separate(state: &State, stated: &Stated<'_>, name: &str) -> Result<(), Refusal> {
    let author = stated.authentic.author();
    let since = Instant(stated.at().0.saturating_sub(LATE_CHANGE_DAYS * DAY_SECONDS * Instant::SECOND));
    let enterprises = state.enterprises.values().map(|record| record.change.by);
    let inspectors = state.inspectors.values().map(|record| record.change.by);
    let conflicts = state.conflicts.values().map(|record| record.change.by);
    let ended = state.ended.iter().filter(|change| change.at >= since).map(|change| change.by);
    let keepers: BTreeSet<KeyId> = enterprises.chain(inspectors).chain(conflicts).chain(ended).collect();
    if let Some(keeper) = keepers.into_iter().find(|keeper| person::same(state, *keeper, author)) {
        let found = format!(
            "key {keeper}, of the operator, has stated rows of the rosters to be frozen, or ended some in the \
             last {LATE_CHANGE_DAYS} days"
        );
        return Err(Refusal::new(Code::SelfApproval, name, found));
    }
    Ok(())
}

/// Every section of the batch has an adopted plan that names it (Arts. 12, 16).
fn adopted_by_all(state: &State, record: &BatchRecord, e: &CeremonyOpened) -> Result<(), Refusal> {
    for section in &record.batch.sections {
        let names = |plan: &PlanId, joins: &[lotbook_event::plan::BatchJoin]| {
            *plan == e.plan || joins.iter().any(|join| join.plan == e.plan && join.batch == e.batch)
        };
        let mut plans = state.plans.values().filter(|plan| plan.draft.section == *section);
        if !plans.any(|plan| plan.adopted.is_some() && names(&plan.draft.plan, &plan.draft.joins)) {
            let found =
                format!("section {section} has no adopted plan that names batch {}/{}", e.plan, e.batch);
            return Err(Refusal::new(Code::NoAdoptedPlan, section, found));
        }
    }
    Ok(())
}

/// Attempts are numbered without gaps, one at a time, each linked to the end of the one before.
pub(super) fn attempt(
    state: &State,
    record: &BatchRecord,
    e: &CeremonyOpened,
    name: &str,
) -> Result<(), Refusal> {
    let last = record.attempts.last().and_then(|draw| state.ceremonies.get(draw));
    if let Some(open) = last.filter(|last| last.terminal.is_none()) {
        return Err(Refusal::new(
            Code::CeremonyOpen,
            name,
            format!("ceremony {} is {:?}", open.draw, open.stage),
        ));
    }
    let failures = failures(state, &record.attempts, e.purpose);
    if beacon::lacking(reusable(state, record, e.purpose), failures, &state.rule_set()?.value) {
        let found = format!(
            "{failures} attempts have failed; the next one needs a beacon, and the rule set names none"
        );
        return Err(Refusal::new(Code::WrongPhase, name, found));
    }
    let number = u32::try_from(record.attempts.len() + 1).unwrap_or(u32::MAX);
    let terminal = last.and_then(|last| last.terminal);
    if e.attempt != number || e.previous_terminal != terminal {
        let end = terminal.map_or("nothing".into(), |hash: EntryHash| hash.to_string());
        let found = format!("attempt {} is stated, the next one is {number} and follows {end}", e.attempt);
        return Err(Refusal::new(Code::InvalidValue, name, found));
    }
    Ok(())
}

/// Attempts of a purpose that failed since the last one that ended in a draw.
pub fn failures(state: &State, attempts: &[DrawId], purpose: Purpose) -> usize {
    let held = attempts.iter().rev().filter_map(|draw| state.ceremonies.get(draw));
    held.take_while(|held| held.stage == Stage::Failed && held.purpose == purpose).count()
}

/// The failed attempt that a retry follows, whose pool and parameters it keeps.
pub fn reusable<'a>(state: &'a State, record: &BatchRecord, purpose: Purpose) -> Option<&'a Ceremony> {
    // One that is just being opened has no pool yet.
    let held = record.attempts.iter().rev().filter_map(|draw| state.ceremonies.get(draw));
    let last = held.into_iter().find(|held| held.frozen.is_some());
    last.filter(|last| last.stage == Stage::Failed && last.purpose == purpose)
}

/// The frozen pool that follows from an opening. `names` is the state in which the batch has its names, for a recusal.
///
/// # Errors
/// A stratum without a rate, an enterprise that cannot be staffed, participants without a key.
pub fn freeze<B: Borrow<Statement>>(
    state: &State,
    e: &CeremonyOpened,
    embargo: Option<FrozenEmbargo<'_>>,
    names: Option<&State>,
    sealed: &Sealed<B>,
) -> Result<PoolFrozen, Refusal> {
    if let Some(recusal) = &e.recusal {
        return a15_ceremony::freeze(state, e, recusal, embargo, names, sealed);
    }
    if e.purpose == Purpose::Inspectors {
        return a14_inspectors::freeze(state, e, embargo, sealed);
    }
    let record = state.batch(&e.plan, &e.batch)?;
    let none = || Refusal::new(Code::NoScheme, &e.batch, format!("batch {} has no scheme", e.batch));
    let scheme = record.scheme.as_ref().ok_or_else(none)?;
    let at = sealed.entry.recorded_at;
    let basis = Basis::of(state, &(e.plan.clone(), e.batch.clone()), at)?;
    let pool = basis.frozen_pool()?;
    drawable(&pool, &basis, &e.batch, scheme)?;
    not_drawn_for_elsewhere(state, e, &pool)?;
    let last = reusable(state, record, Purpose::Batch);
    let barred = last.map(|last| last.barred.clone()).unwrap_or_default();
    let rules = state.rule_set()?;
    let roots = embargo.as_ref().map_or_else(|| pool.roots(), |embargo| embargo.roots(&pool));
    let (commit_window, reveal_window) = windows(last, &rules.value);
    let commit_deadline = Instant(at.0.saturating_add(commit_window));
    let reveal_deadline = Instant(commit_deadline.0.saturating_add(reveal_window));
    let kept = last.and_then(|last| last.frozen.as_ref()).map(|frozen| frozen.stated.min_reveals);
    let min_reveals = kept.unwrap_or(rules.value.min_reveals);
    let batch = &record.batch;
    let invalid = |error: FieldError| invalid(&e.batch, &error);
    let draw = draw_id(&e.plan, &e.batch, None, e.attempt).map_err(invalid)?;
    let failures = failures(state, &record.attempts, Purpose::Batch);
    let frozen = PoolFrozen {
        beacons: beacon::frozen(&draw, last, failures, &rules.value, reveal_deadline)?,
        draw,
        opened: sealed.hash,
        rule_set: rules.entry,
        scheme: scheme.entry,
        objects_root: TreeHash(roots.objects),
        inspectors_root: TreeHash(roots.inspectors),
        conflicts_root: TreeHash(roots.conflicts),
        strata: strata(&pool).map_err(invalid)?,
        object_reasons: reasons(pool.objects().iter().map(|row| &row.reason)).map_err(invalid)?,
        inspector_reasons: reasons(pool.inspectors().iter().map(|row| &row.reason)).map_err(invalid)?,
        conflicts: pool.conflicts().len() as u64,
        late_changes: basis.late_changes(false),
        rates: batch.rates.iter().map(|r| PoolRate { stratum: r.stratum.clone(), ppm: r.ppm }).collect(),
        minimum: batch.minimum,
        total: batch.total,
        seats: scheme.value.seats.iter().map(|seat| PoolSeat { accepts: seat.accepts.clone() }).collect(),
        max_load: scheme.value.max_load,
        min_inspectors: scheme.value.min_inspectors,
        participants: participants(state, batch, &barred, min_reveals, at)?,
        commit_deadline,
        reveal_deadline,
        min_reveals,
        replacement: None,
        embargo: embargo.map(|embargo| embargo.stated),
        conflicts_by_others: basis.conflicts_by_others(),
        staffing: None,
    };
    fits(frozen, sealed)
}

/// What follows from an opening must fit an entry: the frozen pool, and later the draw's strata.
pub(super) fn fits<B>(frozen: PoolFrozen, sealed: &Sealed<B>) -> Result<PoolFrozen, Refusal> {
    let strata = frozen.strata.len();
    let draw = frozen.draw.clone();
    let encoded = derive(sealed.hash, 0, sealed.entry.recorded_at, frozen.clone().into()).encode();
    let bytes = encoded.len();
    if let Err(DecodeError::Field(error)) = Statement::decode(&encoded) {
        return Err(Refusal::new(Code::LimitExceeded, draw, format!("what would be frozen: {error}")));
    }
    if strata > MAX_STRATA || bytes > MAX_STATEMENT_BYTES {
        let found = format!(
            "{strata} strata (at most {MAX_STRATA}), a frozen pool of {bytes} bytes (at most {MAX_STATEMENT_BYTES})"
        );
        return Err(Refusal::new(Code::LimitExceeded, draw, found));
    }
    Ok(frozen)
}

/// Windows in microseconds: those of the rule set; a retry keeps those of the attempt before.
pub(super) fn windows(last: Option<&Ceremony>, rules: &RulesetAdopted) -> (i64, i64) {
    let minutes = |minutes: u32| 60 * Instant::SECOND * i64::from(minutes);
    let kept = last.and_then(|last| {
        let stated = &last.frozen.as_ref()?.stated;
        Some((
            stated.commit_deadline.0 - last.opened_at.0,
            stated.reveal_deadline.0 - stated.commit_deadline.0,
        ))
    });
    kept.unwrap_or((minutes(rules.commit_window_minutes), minutes(rules.reveal_window_minutes)))
}

/// Two open pools never share an eligible firm, or Art. 16 could be passed between freezing and drawing.
fn not_drawn_for_elsewhere(state: &State, e: &CeremonyOpened, pool: &Pool) -> Result<(), Refusal> {
    let eligible: BTreeSet<&str> =
        pool.objects().iter().filter(|r| r.eligible).map(|r| r.uscc.as_str()).collect();
    let open = state.ceremonies.values().filter(|c| c.terminal.is_none());
    for ceremony in open {
        let Some(pool) = ceremony.frozen.as_ref().and_then(|frozen| frozen.pool()) else { continue };
        let shared = pool.objects().iter().find(|row| row.eligible && eligible.contains(row.uscc.as_str()));
        if let Some(row) = shared {
            let found = format!("ceremony {} is open and has {} in its pool, too", ceremony.draw, row.uscc);
            return Err(Refusal::new(Code::CeremonyOpen, &e.batch, found));
        }
    }
    a06_embargo::not_hidden_elsewhere(state, e, &eligible)
}

/// Every stratum has a rate, and every eligible enterprise could be staffed alone.
fn drawable(
    pool: &Pool,
    basis: &Basis<'_>,
    batch: &BatchId,
    scheme: &crate::state::Stated<lotbook_event::plan::SchemeAdopted>,
) -> Result<(), Refusal> {
    if let lotbook_draw::Quota::AtLeast { ppm, .. } = basis.quota() {
        let strata = lotbook_draw::quota::eligible_per_stratum(pool);
        if let Some(stratum) = strata.keys().find(|stratum| !ppm.contains_key(*stratum)) {
            let found = format!("stratum `{stratum}` has eligible enterprises and no rate in the plan");
            return Err(Refusal::new(Code::OutOfPlanScope, batch, found));
        }
    }
    let seats: Vec<Vec<String>> = scheme
        .value
        .seats
        .iter()
        .map(|seat| seat.accepts.iter().map(|q| q.as_str().to_owned()).collect())
        .collect();
    let slots = most_selected(pool, &basis.quota()).saturating_mul(seats.len() as u64);
    if slots > MAX_SLOTS {
        let found = format!("up to {slots} seats would be drawn at once, at most {MAX_SLOTS} are");
        return Err(Refusal::new(Code::LimitExceeded, batch, found));
    }
    match firm_without_team(pool, &seats) {
        Some(uscc) => {
            let found = format!("no team of {} allowed inspectors exists for {uscc}", seats.len());
            Err(Refusal::new(Code::FirmWithoutTeam, uscc, found))
        }
        None => Ok(()),
    }
}

/// The most enterprises that a quota rule can select.
fn most_selected(pool: &Pool, quota: &lotbook_draw::Quota) -> u64 {
    let strata = lotbook_draw::quota::eligible_per_stratum(pool);
    let all: u64 = strata.values().sum();
    match quota {
        lotbook_draw::Quota::FixedTotal { total } => all.min(*total),
        lotbook_draw::Quota::AtLeast { ppm, minimum } => {
            let rate = |stratum: &String| u128::from(ppm.get(stratum).copied().unwrap_or(0));
            let share = |(stratum, n): (&String, &u64)| (u128::from(*n) * rate(stratum)).div_ceil(1_000_000);
            let by_rate: u128 = strata.iter().map(share).sum();
            all.min(u64::try_from(by_rate).unwrap_or(u64::MAX).max(*minimum))
        }
    }
}

fn strata(pool: &Pool) -> Result<Vec<StratumCount>, FieldError> {
    let counts = lotbook_draw::quota::eligible_per_stratum(pool);
    let row =
        |(stratum, eligible): (String, u64)| Ok(StratumCount { stratum: Text::new(stratum)?, eligible });
    counts.into_iter().map(row).collect()
}

pub(super) fn reasons<'a>(rows: impl Iterator<Item = &'a String>) -> Result<Vec<ReasonCount>, FieldError> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    rows.for_each(|reason| *counts.entry(reason).or_default() += 1);
    let row = |(reason, rows)| Ok(ReasonCount { reason: Text::new(reason)?, rows });
    counts.into_iter().map(row).collect()
}

/// Flag ROSTER_CHANGED_LATE.
pub(crate) fn late_roster(e: &PoolFrozen) -> Vec<Found> {
    let rows: u64 = e.late_changes.iter().map(|change| change.rows).sum();
    let detail = format!("{rows} rows by {} authors in the last 30 days", e.late_changes.len());
    if rows == 0 { vec![] } else { vec![(Flag::RosterChangedLate, e.draw.to_string(), detail)] }
}
