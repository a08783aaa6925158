//! Batches of plans with scheme and attempts (Arts. 4, 14).

use super::{BadKey, beyond, from, texts};
use crate::state::{BatchKey, BatchRecord, State};
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;
use lotbook_event::{BatchId, PlanId, SectionId};

/// Which batches.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Plan.
    pub plan: Option<PlanId>,
    /// A section that implements it.
    pub section: Option<SectionId>,
    /// Drawn or not.
    pub drawn: Option<bool>,
}

/// Batches by plan, then batch; the key is `PLAN/BATCH`.
///
/// # Errors
/// [`BadKey`] if `after` is no such key.
pub fn batches<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::BatchView)> + use<'a>, BadKey> {
    let after = beyond(after, key)?;
    let wanted = |(plan, _): &BatchKey, record: &BatchRecord| {
        filter.plan.as_ref().is_none_or(|wanted| wanted == plan)
            && filter.section.as_ref().is_none_or(|section| record.batch.sections.contains(section))
            && filter.drawn.is_none_or(|drawn| drawn == record.drawn.is_some())
    };
    let rows = state.batches.range(from(after)).filter(move |(key, record)| wanted(key, record));
    Ok(rows.map(|(key, record)| (format!("{}/{}", key.0, key.1), of(key, record))))
}

/// One batch.
pub fn batch(state: &State, plan: &PlanId, batch: &BatchId) -> Option<view::BatchView> {
    let (key, record) = state.batches.get_key_value(&(plan.clone(), batch.clone()))?;
    Some(of(key, record))
}

/// Identifiers have no slash, so the first one ends the plan.
fn key(text: &str) -> Option<BatchKey> {
    let (plan, batch) = text.split_once('/')?;
    Some((PlanId::new(plan).ok()?, BatchId::new(batch).ok()?))
}

fn of((plan, _): &BatchKey, record: &BatchRecord) -> view::BatchView {
    view::BatchView {
        plan: plan.to_string(),
        batch: Some(record.batch.wire()),
        scheme: record.scheme.as_ref().map(|scheme| scheme.value.wire()),
        scheme_at: record.scheme.as_ref().map(|scheme| scheme.recorded_at.0),
        attempts: texts(&record.attempts),
        drawn: record.drawn.as_ref().map(ToString::to_string),
    }
}
