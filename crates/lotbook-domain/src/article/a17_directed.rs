//! Art. 17 and the flags of a draw: specialised items undirected, no randomness, wrong time or year.

use super::Found;
use crate::ceremony::Ceremony;
use crate::civil::year_of;
use crate::evolve::At;
use crate::state::State;
use lotbook_draw::Pool;
use lotbook_event::Flag;
use lotbook_event::ceremony::CeremonyOpened;
use lotbook_event::draw::DrawCompleted;
use lotbook_event::registry::Item;
use std::collections::BTreeMap;

/// Flags of an opening: UNDIRECTED_SPECIALISED, OUTSIDE_SLOT, OUT_OF_PLAN_YEAR, PLAN_UNPUBLISHED_AT_DRAW.
///
/// They are of a batch's draw; that of a recusal comes when it comes.
pub(crate) fn opened(state: &State, at: At<'_>, e: &CeremonyOpened) -> Vec<Found> {
    if e.recusal.is_some() {
        return vec![];
    }
    let (Ok(record), Some(plan)) = (state.batch(&e.plan, &e.batch), state.plans.get(&e.plan)) else {
        return vec![];
    };
    let (batch, name, day) = (&record.batch, format!("{}/{}", e.plan, e.batch), at.date());
    let mut found = vec![];
    let items = batch.items.iter().filter_map(|id| state.items.get(id)).map(|record| &record.item);
    for item in items.filter(|item| item.specialised && !batch.directed) {
        found.push((Flag::UndirectedSpecialised, name.clone(), format!("item {} is specialised", item.item)));
    }
    if !(batch.draw_from..=batch.draw_to).contains(&day) {
        let detail = format!("drawn on {day}, planned for {} to {}", batch.draw_from, batch.draw_to);
        found.push((Flag::OutsideSlot, name.clone(), detail));
    }
    if plan.draft.year != year_of(day) {
        found.push((
            Flag::OutOfPlanYear,
            name.clone(),
            format!("drawn in {}, plan of {}", year_of(day), plan.draft.year),
        ));
    }
    if plan.published.is_none() {
        found.push((Flag::PlanUnpublishedAtDraw, name, format!("plan {} is not published", e.plan)));
    }
    found
}

/// Flags of a draw; under embargo they come with the key.
pub(crate) fn drawn(state: &State, e: &DrawCompleted) -> Vec<Found> {
    let Some(ceremony) = state.ceremonies.get(&e.draw) else { return vec![] };
    let Some(frozen) = ceremony.frozen.as_ref().filter(|frozen| frozen.stated.embargo.is_none()) else {
        return vec![];
    };
    of_result(state, ceremony, frozen.pool().map(|pool| &**pool), e)
}

/// Flags of a result: no randomness in objects or assignment, a pool that is nearly pointed, an item's ratio exceeded.
pub(super) fn of_result(
    state: &State,
    ceremony: &Ceremony,
    pool: Option<&Pool>,
    e: &DrawCompleted,
) -> Vec<Found> {
    let Some(frozen) = &ceremony.frozen else { return vec![] };
    let subject = e.draw.to_string();
    let mut found = vec![];
    if e.inspectors > 0 && e.inspectors as usize == frozen.stated.seats.len() {
        let detail = format!("{} inspectors for {0} seats", e.inspectors);
        found.push((Flag::NoRandomnessInAssignment, subject.clone(), detail));
    }
    let Some(pool) = pool else { return found };
    let Some(record) = state.batches.get(&ceremony.batch) else { return found };
    let eligible: u64 = e.strata.iter().map(|stratum| stratum.eligible).sum();
    if eligible > 0 && u64::from(e.selected) >= eligible {
        found.push((Flag::NoRandomnessInObjects, subject.clone(), format!("all {eligible} were drawn")));
    }
    let least = state.rules.as_ref().map_or(0, |rules| u64::from(rules.value.min_pool));
    if eligible < least && u64::from(e.selected) < eligible {
        let detail = format!("{} drawn of {eligible} eligible, the rule set's least is {least}", e.selected);
        found.push((Flag::PoolBelowMinimum, subject.clone(), detail));
    }
    let cutoffs: BTreeMap<_, _> = e.strata.iter().map(|s| (s.stratum.as_str(), s.cutoff)).collect();
    let key = lotbook_draw::Stage::Objects.key(&lotbook_draw::Seed::from_bytes(e.seed.0));
    let selected = |row: &&lotbook_draw::ObjectRow| {
        let cutoff = cutoffs.get(row.stratum.as_str()).copied().flatten();
        row.eligible
            && cutoff.is_some_and(|cutoff| *pool.object_ticket(&key, &row.uscc).as_bytes() <= cutoff.0)
    };
    let of_class = |item: &Item, row: &lotbook_draw::ObjectRow| {
        let uscc = lotbook_event::Uscc::new(row.uscc.as_str()).ok();
        uscc.and_then(|uscc| state.enterprises.get(&uscc))
            .is_some_and(|firm| firm.row.kind == item.applies_to)
    };
    let items = record.batch.items.iter().filter_map(|id| state.items.get(id)).map(|record| &record.item);
    for item in items {
        let Some(limit) = item.ratio_limit_ppm else { continue };
        let rows = || pool.objects().iter().filter(|row| row.eligible && of_class(item, row));
        let (drawn, all) = (rows().filter(selected).count() as u128, rows().count() as u128);
        if drawn * 1_000_000 > all * u128::from(limit) {
            let detail = format!("item {}: {drawn} of {all} drawn, limit {limit} ppm", item.item);
            found.push((Flag::ItemRatioExceeded, subject.clone(), detail));
        }
    }
    found
}
