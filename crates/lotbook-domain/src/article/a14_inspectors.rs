//! Art. 14: a selection without an assignment stands; once the roster can staff it, a ceremony of its own draws
//! inspectors and assignment only (draw.md 5).

use super::a06_embargo::{self, FrozenEmbargo};
use super::a14_draw::{
    attempt, failures, fits, invalid, of_section, old_enough, reasons, reusable, separate, windows,
};
use super::a14_extension;
use crate::article::a08_items::in_force;
use crate::beacon;
use crate::ceremony::{Frozen, Rows};
use crate::decide::Stated;
use crate::draw::seats_of;
use crate::evolve::draw_id;
use crate::participant::participants;
use crate::pool::Basis;
use crate::staffing::Unstaffed;
use crate::state::{BatchKey, BatchRecord, State};
use lotbook_chain::{Instant, Sealed, TreeHash};
use lotbook_draw::Pool;
use lotbook_event::ceremony::{CeremonyOpened, PoolFrozen, Purpose, Staffing};
use lotbook_event::{Code, Refusal, Statement};
use std::borrow::Borrow;
use std::sync::Arc;

/// It may be opened for a batch that is drawn and not staffed, if the inspectors suffice now.
pub fn opened(state: &State, stated: &Stated<'_>, e: &CeremonyOpened) -> Result<(), Refusal> {
    let name = format!("{}/{}", e.plan, e.batch);
    let batch = (e.plan.clone(), e.batch.clone());
    let record = state.batch(&e.plan, &e.batch)?;
    a06_embargo::no_staffing_yet(state, &batch)?;
    a14_extension::is_approved(state, &batch)?;
    separate(state, stated, &name)?;
    of_section(stated, record, &name)?;
    old_enough(state, stated, record, &name)?;
    in_force(state, &record.batch.items)?;
    attempt(state, record, e, &name)?;
    suffices(state, &batch, &*pool(state, &batch, stated.at())?)
}

/// Nothing is drawn that could only fail again: first the roster gets inspectors by qualification.
fn suffices(state: &State, batch: &BatchKey, pool: &Pool) -> Result<(), Refusal> {
    let unstaffed = Unstaffed::of(state, batch)?;
    let stated = &unstaffed.frozen.stated;
    let can = lotbook_draw::can_staff(pool, &unstaffed.firms(), &seats_of(stated), stated.max_load);
    if can.unwrap_or(false) {
        return Ok(());
    }
    let found = format!(
        "the {} enterprises of {} cannot be staffed with the inspectors who are eligible now",
        unstaffed.firms().len(),
        unstaffed.draw
    );
    Err(Refusal::new(Code::FirmWithoutTeam, unstaffed.draw, found))
}

/// The pool that an opening freezes: the draw's enterprises, inspectors and conflicts as they are now. A retry
/// keeps the rows of the attempt before.
///
/// # Errors
/// What [`Unstaffed::of`] and [`Basis::staffing_pool`] refuse.
pub fn pool(state: &State, batch: &BatchKey, at: Instant) -> Result<Arc<Pool>, Refusal> {
    let record = state.batch(&batch.0, &batch.1)?;
    if let Some(Frozen { rows: Rows::Staffing(kept), .. }) =
        reusable(state, record, Purpose::Inspectors).and_then(|last| last.frozen.as_ref())
    {
        return Ok(kept.clone());
    }
    let unstaffed = Unstaffed::of(state, batch)?;
    Ok(Arc::new(Basis::of(state, batch, at)?.staffing_pool(&unstaffed)?))
}

/// The frozen pool that follows from an opening; seats and loads as the draw had them.
///
/// # Errors
/// What the rows or the participants refuse.
pub fn freeze<B: Borrow<Statement>>(
    state: &State,
    e: &CeremonyOpened,
    embargo: Option<FrozenEmbargo<'_>>,
    sealed: &Sealed<B>,
) -> Result<PoolFrozen, Refusal> {
    let batch = (e.plan.clone(), e.batch.clone());
    let record @ BatchRecord { batch: content, scheme, .. } = state.batch(&e.plan, &e.batch)?;
    let none = || Refusal::new(Code::NoScheme, &e.batch, format!("batch {} has no scheme", e.batch));
    let scheme = scheme.as_ref().ok_or_else(none)?;
    let at = sealed.entry.recorded_at;
    let unstaffed = Unstaffed::of(state, &batch)?;
    let pool = pool(state, &batch, at)?;
    let rules = state.rule_set()?;
    let last = reusable(state, record, Purpose::Inspectors);
    let (commit_window, reveal_window) = windows(last, &rules.value);
    let commit_deadline = Instant(at.0.saturating_add(commit_window));
    let reveal_deadline = Instant(commit_deadline.0.saturating_add(reveal_window));
    let kept = last.and_then(|last| last.frozen.as_ref()).map(|frozen| frozen.stated.min_reveals);
    let min_reveals = kept.unwrap_or(rules.value.min_reveals);
    let barred = last.map(|last| last.barred.clone()).unwrap_or_default();
    let (as_drawn, roots) = (&unstaffed.frozen.stated, pool.roots());
    let draw = draw_id(&e.plan, &e.batch, None, e.attempt).map_err(|error| invalid(&e.batch, &error))?;
    let failures = failures(state, &record.attempts, Purpose::Inspectors);
    let frozen = PoolFrozen {
        beacons: beacon::frozen(&draw, last, failures, &rules.value, reveal_deadline)?,
        draw,
        opened: sealed.hash,
        rule_set: rules.entry,
        scheme: scheme.entry,
        objects_root: as_drawn.objects_root,
        inspectors_root: TreeHash(roots.inspectors),
        conflicts_root: TreeHash(roots.conflicts),
        strata: vec![],
        object_reasons: vec![],
        inspector_reasons: reasons(pool.inspectors().iter().map(|row| &row.reason))
            .map_err(|error| invalid(&e.batch, &error))?,
        conflicts: pool.conflicts().len() as u64,
        late_changes: Basis::of(state, &batch, at)?.late_changes(true),
        rates: vec![],
        minimum: 0,
        total: 0,
        seats: as_drawn.seats.clone(),
        max_load: as_drawn.max_load,
        min_inspectors: as_drawn.min_inspectors,
        participants: participants(state, content, &barred, min_reveals, at)?,
        commit_deadline,
        reveal_deadline,
        min_reveals,
        replacement: None,
        embargo: embargo.map(|embargo| embargo.stated),
        conflicts_by_others: Basis::of(state, &batch, at)?.conflicts_by_others(),
        staffing: Some(Staffing { draw: unstaffed.draw.clone(), batch_pool: unstaffed.frozen.p }),
    };
    fits(frozen, sealed)
}
