//! Rosters, items and plans: rows replace rows.

use super::At;
use crate::registry::*;
use crate::state::{BatchRecord, PlanRecord, State};
use litemap::LiteMap;
use lotbook_event::ItemId;
use lotbook_event::plan::PlanDrafted;
use lotbook_event::registry::*;
use std::collections::BTreeSet;

pub(super) fn items_proposed(state: &mut State, e: &ItemProposed) {
    for row in &e.rows {
        let record = ItemRecord { item: row.clone(), phase: ItemPhase::Proposed, published_at: None };
        state.items.insert(row.item.clone(), record);
    }
}

pub(super) fn items_advance(state: &mut State, items: &BTreeSet<ItemId>, phase: ItemPhase, at: At<'_>) {
    for id in items {
        if let Some(record) = state.items.get_mut(id) {
            record.phase = phase;
            if phase == ItemPhase::Published {
                record.published_at = Some(at.entry.recorded_at);
            }
        }
    }
}

pub(super) fn enterprise(state: &mut State, at: At<'_>, row: &Enterprise) {
    let change = at.change();
    match state.enterprises.get_mut(&row.uscc) {
        Some(known) => (known.row, known.change) = (row.clone(), change),
        None => {
            let (statuses, draws) = (LiteMap::new(), vec![]);
            let fresh = EnterpriseRecord { row: row.clone(), statuses, draws, change };
            state.enterprises.insert(row.uscc.clone(), Box::new(fresh));
        }
    }
}

pub(super) fn status_recorded(state: &mut State, at: At<'_>, row: &Status) {
    if let Some(record) = state.enterprises.get_mut(&row.uscc) {
        // Stated again with the same first day it replaces; otherwise both hold.
        match record.statuses.get_mut(&row.kind) {
            Some(of_kind) => {
                of_kind.retain(|known| known.since != row.since);
                of_kind.push(row.clone());
            }
            None => drop(record.statuses.insert(row.kind.clone(), vec![row.clone()])),
        }
        record.change = at.change();
    }
}

pub(super) fn status_ended(state: &mut State, at: At<'_>, row: &StatusEnd) {
    if let Some(record) = state.enterprises.get_mut(&row.uscc) {
        record.statuses.remove(&row.kind);
        record.change = at.change();
    }
}

pub(super) fn plan_drafted(state: &mut State, e: &PlanDrafted) {
    // A draft replaces the one before it: a batch that it no longer has cannot be drawn.
    state.batches.retain(|(plan, _), _| *plan != e.plan);
    for batch in &e.batches {
        let record = BatchRecord {
            batch: batch.clone(),
            reserve_order: false,
            scheme: None,
            attempts: vec![],
            drawn: None,
            staffed: None,
            board: None,
        };
        state.batches.insert((e.plan.clone(), batch.batch.clone()), record);
    }
    state.plans.insert(e.plan.clone(), PlanRecord { draft: e.clone(), adopted: None, published: None });
}
