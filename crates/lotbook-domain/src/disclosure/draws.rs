//! Part 1: the year's draws of enterprises and inspectors, failed attempts and recusals included.

use super::{count, is_in};
use crate::ceremony::{Ceremony, Stage};
use crate::state::State;
use lotbook_event::ceremony::{PoolFrozen, Purpose, ReasonCount};
use lotbook_event::disclosure::{DisclosedDraw, DisclosedDraws, DrawStage};
use lotbook_event::wire::Wire;

pub(super) fn part(state: &State, year: u32) -> DisclosedDraws {
    let of_year = || state.ceremonies.values().filter(|ceremony| is_in(ceremony.opened_at, year));
    DisclosedDraws {
        rows: count(of_year().count()),
        draws: of_year().map(|ceremony| row(state, ceremony)).collect(),
        for_recusals: count(of_year().filter(|ceremony| ceremony.recusal.is_some()).count()),
        failed: count(of_year().filter(|ceremony| ceremony.stage == Stage::Failed).count()),
        voided: count(of_year().filter(|ceremony| ceremony.stage == Stage::Voided).count()),
    }
}

fn row(state: &State, ceremony: &Ceremony) -> DisclosedDraw {
    let stated = ceremony.frozen.as_ref().map(|frozen| &frozen.stated);
    let (objects, inspectors) =
        stated.map(|s| (&*s.object_reasons, &*s.inspector_reasons)).unwrap_or_default();
    let completed = ceremony.completed.as_ref();
    let batch = state.batches.get(&ceremony.batch);
    DisclosedDraw {
        draw: ceremony.draw.wire(),
        plan: ceremony.batch.0.wire(),
        plan_year: state.plans.get(&ceremony.batch.0).map_or(0, |plan| plan.draft.year),
        batch: ceremony.batch.1.wire(),
        sections: batch.map(|record| record.batch.sections.wire()).unwrap_or_default(),
        purpose: stated.and_then(replaced).unwrap_or(ceremony.purpose).wire(),
        attempt: ceremony.attempt,
        opened_at: ceremony.opened_at.wire(),
        stage: stage(ceremony.stage).into(),
        participants: small(stated.map_or(0, |stated| stated.participants.len())),
        committed: small(ceremony.commitments.len()),
        revealed: small(ceremony.reveals.len()),
        eligible: eligible(objects),
        excluded: excluded(objects).collect(),
        eligible_inspectors: eligible(inspectors),
        excluded_inspectors: excluded(inspectors).collect(),
        selected: completed.map_or(0, |done| done.selected),
        inspectors: completed.map_or(0, |done| done.inspectors),
        seed: completed.map(|done| done.seed.wire()),
    }
}

/// What a recusal's pool says is replaced.
fn replaced(stated: &PoolFrozen) -> Option<Purpose> {
    stated.replacement.as_ref().map(|replacement| replacement.purpose)
}

fn stage(stage: Stage) -> DrawStage {
    match stage {
        Stage::Committing | Stage::Revealing | Stage::Closed => DrawStage::Open,
        Stage::Failed => DrawStage::Failed,
        Stage::Drawn => DrawStage::Drawn,
        Stage::Voided => DrawStage::Voided,
    }
}

/// Rows with the empty reason are eligible.
fn eligible(reasons: &[ReasonCount]) -> u64 {
    let eligible = reasons.iter().filter(|row| row.reason.as_str().is_empty());
    eligible.fold(0, |sum, row| sum.saturating_add(row.rows))
}

fn excluded(reasons: &[ReasonCount]) -> impl Iterator<Item = <ReasonCount as Wire>::Wire> {
    reasons.iter().filter(|row| !row.reason.as_str().is_empty()).map(Wire::wire)
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
