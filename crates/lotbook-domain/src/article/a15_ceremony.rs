//! Art. 15: the ceremony of a recusal, which freezes a second pool and draws who comes instead (draw.md 6).

use super::a06_embargo::FrozenEmbargo;
use super::a14_draw::{fits, invalid, of_section, old_enough, reasons, separate, windows};
use super::a15_unnamed;
use crate::beacon;
use crate::ceremony::{Ceremony, Stage};
use crate::decide::Stated;
use crate::evolve::draw_id;
use crate::participant::participants;
use crate::pool::Basis;
use crate::recusal::{Outcome, Recusal, first_before};
use crate::state::{BatchKey, BatchRecord, State};
use crate::substitution::{Drawn, batch_frozen, open_ceremony, replacement, second_pool};
use lotbook_chain::{EntryHash, Instant, Sealed, TreeHash};
use lotbook_event::ceremony::{CeremonyOpened, PoolFrozen, Purpose, ReasonCount, Replacement};
use lotbook_event::recusal::RecusalDecision;
use lotbook_event::{Code, RecusalId, Refusal, Statement};
use std::borrow::Borrow;

/// A recusal's ceremony may be opened: granted, its turn, nothing else open in the batch.
pub fn opened(state: &State, stated: &Stated<'_>, e: &CeremonyOpened, id: &RecusalId) -> Result<(), Refusal> {
    let name = format!("{}/{}", e.plan, e.batch);
    let record = state.batch(&e.plan, &e.batch)?;
    let recusal = state.recusal(id)?;
    let batch = (e.plan.clone(), e.batch.clone());
    if recusal.batch(state) != Some(&batch) {
        let found = format!("recusal {id} is of inspection {}, not of batch {name}", recusal.inspection);
        return Err(Refusal::new(Code::InvalidValue, id, found));
    }
    if recusal.inspector.is_none() {
        return a15_unnamed::opened(state, stated, e, id, recusal);
    }
    is_granted(e, id, recusal)?;
    if !recusal.concerns_somebody(state) {
        let found = format!("{} holds nothing any more that recusal {id} concerns", recusal.who());
        return Err(Refusal::new(Code::WrongPhase, id, found));
    }
    if let Some(open) = open_ceremony(state, &batch) {
        let found = format!("ceremony {} is {:?}", open.draw, open.stage);
        return Err(Refusal::new(Code::CeremonyOpen, &name, found));
    }
    let turn = recusal.granted().and_then(|decided| first_before(state, &batch, decided.position));
    if let Some(first) = turn {
        let found = format!("recusal {first} was decided before {id} and is drawn for first");
        return Err(Refusal::new(Code::WrongPhase, id, found));
    }
    Drawn::of(state, &batch)?;
    separate(state, stated, &name)?;
    of_section(stated, record, &name)?;
    old_enough(state, stated, record, &name)?;
    attempt(state, recusal, e, id)
}

/// The decision stands, is of this purpose, and has not been carried out.
pub(super) fn is_granted(e: &CeremonyOpened, id: &RecusalId, recusal: &Recusal) -> Result<(), Refusal> {
    let wrong = |found: String| Err(Refusal::new(Code::WrongPhase, id, found));
    let purpose = match &recusal.decided {
        None => return wrong(format!("recusal {id} is not decided")),
        Some(decided) => match decided.decision {
            RecusalDecision::Rejected => return wrong(format!("recusal {id} was rejected")),
            RecusalDecision::Swap => Purpose::Swap,
            RecusalDecision::Withdraw => Purpose::Substitute,
        },
    };
    if recusal.outcome == Some(Outcome::Changed) {
        return wrong(format!("recusal {id} has been carried out"));
    }
    if e.purpose != purpose {
        let found = format!("purpose {} is stated, recusal {id} needs {}", e.purpose.code(), purpose.code());
        return Err(Refusal::new(Code::InvalidValue, id, found));
    }
    Ok(())
}

/// Attempts of a recusal are numbered without gaps, each linked to the end of the one before; after two
/// failed ones in a row the next needs a beacon.
pub(super) fn attempt(
    state: &State,
    recusal: &Recusal,
    e: &CeremonyOpened,
    id: &RecusalId,
) -> Result<(), Refusal> {
    let failures = recusal.failures(state);
    let failed = recusal.attempts.last().and_then(|draw| state.ceremonies.get(draw)).filter(|_| failures > 0);
    if beacon::lacking(failed, failures, &state.rule_set()?.value) {
        let found = format!(
            "{failures} attempts have failed; the next one needs a beacon, and the rule set names none"
        );
        return Err(Refusal::new(Code::WrongPhase, id, found));
    }
    let number = u32::try_from(recusal.attempts.len() + 1).unwrap_or(u32::MAX);
    let last = recusal.attempts.last().and_then(|draw| state.ceremonies.get(draw));
    let terminal = last.and_then(|last| last.terminal);
    if e.attempt != number || e.previous_terminal != terminal {
        let end = terminal.map_or("nothing".into(), |hash: EntryHash| hash.to_string());
        let found = format!("attempt {} is stated, the next one is {number} and follows {end}", e.attempt);
        return Err(Refusal::new(Code::InvalidValue, id, found));
    }
    Ok(())
}

/// The frozen pool that follows from an opening: the second rows, and the rest as the batch's draw had it.
///
/// A retry after a failed attempt keeps its windows and min_reveals and leaves out whom it barred. `names` is the
/// state in which the batch has its names; without, and under embargo in any case, what they give is left out.
///
/// # Errors
/// What the rows or the participants refuse.
pub fn freeze<B: Borrow<Statement>>(
    state: &State,
    e: &CeremonyOpened,
    id: &RecusalId,
    embargo: Option<FrozenEmbargo<'_>>,
    names: Option<&State>,
    sealed: &Sealed<B>,
) -> Result<PoolFrozen, Refusal> {
    let batch = (e.plan.clone(), e.batch.clone());
    let BatchRecord { batch: content, scheme, .. } = state.batch(&e.plan, &e.batch)?;
    let none = || Refusal::new(Code::NoScheme, &e.batch, format!("batch {} has no scheme", e.batch));
    let scheme = scheme.as_ref().ok_or_else(none)?;
    let at = sealed.entry.recorded_at;
    let second = match names {
        Some(named) => Second::of(named, &batch, id, at)?,
        None => Second::template(state, &batch, id)?,
    };
    let second = if state.recusal(id)?.inspector.is_none() { second.without_names() } else { second };
    let rules = state.rule_set()?;
    let last = state.recusal(id)?.attempts.last().and_then(|draw| state.ceremonies.get(draw));
    let last: Option<&Ceremony> = last.filter(|last| last.stage == Stage::Failed);
    let barred = last.map(|last| last.barred.clone()).unwrap_or_default();
    let (commit_window, reveal_window) = windows(last, &rules.value);
    let commit_deadline = Instant(at.0.saturating_add(commit_window));
    let reveal_deadline = Instant(commit_deadline.0.saturating_add(reveal_window));
    let kept = last.and_then(|last| last.frozen.as_ref()).map(|frozen| frozen.stated.min_reveals);
    let min_reveals = kept.unwrap_or(rules.value.min_reveals);
    let as_drawn = &batch_frozen(state, &batch)?.stated;
    let basis = Basis::of(state, &batch, at)?;
    let draw = draw_id(&e.plan, &e.batch, Some(id), e.attempt).map_err(|error| invalid(id, &error))?;
    let failures = state.recusal(id)?.failures(state);
    let frozen = PoolFrozen {
        beacons: beacon::frozen(&draw, last, failures, &rules.value, reveal_deadline)?,
        draw,
        opened: sealed.hash,
        rule_set: rules.entry,
        scheme: scheme.entry,
        objects_root: as_drawn.objects_root,
        inspectors_root: second.inspectors_root,
        conflicts_root: second.conflicts_root,
        strata: vec![],
        object_reasons: vec![],
        inspector_reasons: second.reasons,
        conflicts: second.conflicts,
        late_changes: basis.late_changes(true),
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
        replacement: Some(second.replacement),
        embargo: embargo.map(|embargo| embargo.stated),
        conflicts_by_others: basis.conflicts_by_others(),
        staffing: None,
    };
    fits(frozen, sealed)
}

/// What the second pool states of a recusal's draw.
struct Second {
    inspectors_root: TreeHash,
    conflicts_root: TreeHash,
    reasons: Vec<ReasonCount>,
    conflicts: u64,
    replacement: Replacement,
}

impl Second {
    fn of(state: &State, batch: &BatchKey, id: &RecusalId, at: Instant) -> Result<Self, Refusal> {
        let second = second_pool(state, batch, id, at)?;
        Ok(Self {
            inspectors_root: TreeHash(second.inspectors_root()),
            conflicts_root: TreeHash(second.conflicts_root()),
            reasons: reasons(second.inspectors().iter().map(|row| &row.reason))
                .map_err(|error| invalid(id, &error))?,
            conflicts: second.conflicts().len() as u64,
            replacement: replacement(state, batch, id, &second)?,
        })
    }

    /// Under embargo, for who has no key: see [`masked`](crate::embargo::masked).
    fn template(state: &State, batch: &BatchKey, id: &RecusalId) -> Result<Self, Refusal> {
        let no_root = TreeHash([0; 32]);
        let replacement = Replacement {
            recusal: id.clone(),
            purpose: Purpose::Substitute,
            inspector: None,
            slots: vec![],
            batch_pool: batch_frozen(state, batch)?.p,
        };
        let (reasons, conflicts) = (vec![], 0);
        Ok(Self { inspectors_root: no_root, conflicts_root: no_root, reasons, conflicts, replacement })
    }

    /// Under embargo the slots are stated and nobody is named; counts of rows would tell which pairs are among them.
    fn without_names(self) -> Self {
        let replacement = Replacement { inspector: None, ..self.replacement };
        Self { reasons: vec![], conflicts: 0, replacement, ..self }
    }
}
