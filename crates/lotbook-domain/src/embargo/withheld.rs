//! What comes of a recusal before the release (draw.md 6, 7): a commitment for each slot that has changed hands.

use super::opening::{check_member, inspector_row};
use super::{Keys, lifted};
use crate::draw::{DrawFault, small};
use crate::state::{BatchKey, Phase, State};
use crate::substitution::{Drawn, batch_frozen, in_reserve_order, on_board};
use lotbook_draw::{Pool, Seed, slot_commitment};
use lotbook_event::recusal::{SlotWithheld, TeamsWithheld};
use lotbook_event::{Bytes32, DrawId, InspectorId, RecusalId};

/// What follows from the close of a recusal's ceremony `draw` with its seed; without a seed from a decision in reserve
/// order, which names the draw of the batch. Without the key a template.
///
/// # Errors
/// [`DrawFault`] if it cannot be computed, or the ledger has no key.
pub fn teams_withheld(
    state: &State,
    batch: &BatchKey,
    draw: &DrawId,
    recusal: &RecusalId,
    seed: Option<Seed>,
    keys: Keys<'_>,
) -> Result<TeamsWithheld, DrawFault> {
    let fault = |what: String| DrawFault { draw: draw.clone(), what };
    let (draw, recusal) = (draw.clone(), recusal.clone());
    let template = TeamsWithheld { draw, recusal, slots: vec![], exhausted: None };
    let Some(lifted) = lifted(state, batch, keys)? else { return Ok(template) };
    let done = match seed {
        Some(seed) => {
            let ceremony = lifted.ceremonies.get(&template.draw);
            on_board(&lifted, ceremony.ok_or_else(|| fault("is not there".into()))?, seed)
        }
        None => in_reserve_order(&lifted, batch, &template.recusal),
    };
    let (substitution, after) = done.map_err(fault)?;
    let drawn = Drawn::of(&lifted, batch).map_err(|refusal| fault(refusal.to_string()))?;
    let pairs = (0_usize..).zip(drawn.board.assignment.iter().zip(&after.assignment));
    let changed = pairs.filter(|(_, (was, comes))| was != comes);
    let slots = changed.filter_map(|(slot, (_, comes))| {
        changed_slot(state, batch, &drawn.pool, slot, comes).map_err(fault).transpose()
    });
    let slots = slots.collect::<Result<_, _>>()?;
    Ok(TeamsWithheld { slots, exhausted: substitution.exhausted.map(small), ..template })
}

/// A slot that has changed hands; `None` if its inspection has started: then its team stays.
fn changed_slot(
    state: &State,
    batch: &BatchKey,
    pool: &Pool,
    slot: usize,
    comes: &InspectorId,
) -> Result<Option<SlotWithheld>, String> {
    let embargo = state.embargoes.get(batch).ok_or("is not under embargo")?;
    let place = embargo.place(small(slot)).and_then(|(rank, _)| embargo.assignments.get(&rank));
    let withheld = place.ok_or_else(|| format!("slot {slot} has no inspection"))?;
    let inspection = state.inspections.get(&withheld.inspection);
    if inspection.is_some_and(|inspection| inspection.phase >= Phase::Started) {
        return Ok(None);
    }
    let none = || "a substitute has no row".to_owned();
    let leaf = pool.inspector_leaf(comes.as_str()).ok_or_else(none)?;
    let open = |_| {
        inspector_row(pool.open_inspector(comes.as_str()).ok_or_else(none)?)
            .map_err(|error| error.to_string())
    };
    Ok(Some(SlotWithheld {
        slot: small(slot),
        inspection: withheld.inspection.clone(),
        // H("embargo slot", u64(slot) || leaf), the leaf of the row in the batch's pool            [P-168]
        inspector: Bytes32(slot_commitment(slot, &leaf)),
        opened: inspection.map(open).transpose()?,
        previous: withheld.entry,
    }))
}

/// Checks what needs no key: each slot once and in order, its inspection, the entry before, and a row that opens it
/// exactly where its enterprise is open.
///
/// # Errors
/// What is wrong, in words.
pub fn check_changes(state: &State, e: &TeamsWithheld) -> Result<(), String> {
    let (batch, embargo) = state.embargo_of(&e.draw).ok_or("its batch is not under embargo")?;
    if e.exhausted.is_some() && !e.slots.is_empty() {
        return Err("a slot had no candidate, and others changed hands".into());
    }
    if e.slots.windows(2).any(|pair| matches!(pair, [a, b] if a.slot >= b.slot)) {
        return Err("its slots are not in ascending order".into());
    }
    let stated = &batch_frozen(state, batch).map_err(|refusal| refusal.to_string())?.stated;
    for one in &e.slots {
        let slot = one.slot;
        let place = embargo.place(slot).and_then(|(rank, _)| embargo.assignments.get(&rank));
        let withheld = place.ok_or_else(|| format!("there is no slot {slot}"))?;
        if (&one.inspection, one.previous) != (&withheld.inspection, withheld.entry) {
            return Err(format!("slot {slot} is of {}, set by another entry", withheld.inspection));
        }
        let inspection = state.inspections.get(&one.inspection);
        if inspection.is_some_and(|inspection| inspection.phase >= Phase::Started) {
            return Err(format!("{} has started: its team stays", one.inspection));
        }
        match (&one.opened, inspection) {
            (None, None) => {}
            (Some(row), Some(_)) => check_member(stated, slot as usize, &one.inspector, row)?,
            (None, Some(_)) => return Err(format!("slot {slot} is of an open inspection and names nobody")),
            (Some(_), None) => return Err(format!("slot {slot} is under embargo and names somebody")),
        }
    }
    Ok(())
}
