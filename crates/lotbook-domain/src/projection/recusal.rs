//! Recusals: who asked, what was decided, what came of it (Art. 15). Grounds by category only.

use super::{BadKey, beyond_id, from, is, texts};
use crate::recusal::{Outcome, Recusal};
use crate::state::State;
use lotbook_event::proto as view;
use lotbook_event::recusal::RecusalDecision;
use lotbook_event::wire::Wire;
use lotbook_event::{InspectionId, InspectorId, RecusalId};

/// Which recusals.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Inspection.
    pub inspection: Option<InspectionId>,
    /// Inspector concerned.
    pub inspector: Option<InspectorId>,
    /// Waiting for a decision or a draw, or not.
    pub pending: Option<bool>,
    /// What was decided.
    pub decision: Option<RecusalDecision>,
}

/// Recusals by identifier.
///
/// # Errors
/// [`BadKey`] if `after` is no recusal identifier.
pub fn recusals<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::RecusalView)> + use<'a>, BadKey> {
    let after = beyond_id(after, RecusalId::new)?;
    let wanted = |recusal: &Recusal| {
        let decision = recusal.decided.map(|decided| decided.decision);
        is(filter.inspection.as_ref(), &recusal.inspection)
            && filter.inspector.as_ref().is_none_or(|inspector| recusal.is_of(inspector))
            && is(filter.pending.as_ref(), &recusal.is_pending())
            && filter.decision.is_none_or(|wanted| decision == Some(wanted))
    };
    let rows = state.recusals.range(from(after)).filter(move |(_, recusal)| wanted(recusal));
    Ok(rows.map(|(id, recusal)| (id.to_string(), of(id, recusal))))
}

/// One recusal.
pub fn recusal(state: &State, id: &RecusalId) -> Option<view::RecusalView> {
    state.recusals.get(id).map(|recusal| of(id, recusal))
}

fn of(id: &RecusalId, recusal: &Recusal) -> view::RecusalView {
    let decided = recusal.decided.as_ref();
    let (outcome, exhausted_slot) = match recusal.outcome {
        None => (view::RecusalOutcome::Unspecified, None),
        Some(Outcome::Changed) => (view::RecusalOutcome::Changed, None),
        Some(Outcome::Exhausted { slot }) => (view::RecusalOutcome::Exhausted, Some(slot)),
    };
    view::RecusalView {
        recusal: id.wire(),
        inspection: recusal.inspection.wire(),
        inspector: recusal.inspector.as_ref().map(ToString::to_string).unwrap_or_default(),
        ground: recusal.ground.wire(),
        requested_by: recusal.requested_by.wire(),
        requested_as: recusal.requested_as.wire(),
        requested_at: recusal.requested_at.0,
        decision: decided.map_or(0, |decided| decided.decision.wire()),
        decided_by: decided.map(|decided| decided.by.wire()),
        decided_at: decided.map(|decided| decided.at.0),
        draws: texts(&recusal.attempts),
        outcome: outcome.into(),
        exhausted_slot,
        pending: recusal.is_pending(),
        slot: recusal.slot.map(|asked| asked.slot),
    }
}
