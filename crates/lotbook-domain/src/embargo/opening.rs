//! One enterprise and its team opened: made with the key, checked without it.

use super::{Keys, Revealed, lifted, reveal};
use crate::ceremony::Ceremony;
use crate::draw::DrawFault;
use crate::state::{Begun, HiddenStep, Inspection, Origin, Phase, State, Withheld};
use lotbook_draw::{EmbargoKey, InspectorRow, ObjectRow, Opening, Salt, Seed};
use lotbook_event::ceremony::{PoolFrozen, RevealedInspector, RevealedObject, RowRevealed};
use lotbook_event::{Bytes32, DrawId, Event, FieldError, InspectionId, InspectorId, Text, Uscc};
use std::sync::Arc;

/// What of an embargo a statement can be held against by whoever decides.
#[derive(Debug, Clone, Default)]
pub struct Known<'a> {
    /// The key of the batch that the statement is about.
    pub key: Option<&'a EmbargoKey>,
    /// The enterprise that it opens; a template for who has no key.
    pub opens: Option<RowRevealed>,
}

/// Looks up what a statement about an embargo can be held against.
///
/// # Errors
/// [`DrawFault`] if the ledger does not hold a key that it must hold.
pub fn known<'a>(state: &'a State, event: &Event, keys: Keys<'a>) -> Result<Known<'a>, DrawFault> {
    match event {
        Event::EmbargoKeyHeld(e) => {
            let Some((batch, _)) = state.embargo_of(&e.draw) else { return Ok(Known::default()) };
            Ok(Known { key: keys.of(state, batch, &e.draw)?, opens: None })
        }
        Event::NoticeServed(e) => opens(state, &e.inspection, keys),
        Event::InspectionStarted(e) => opens(state, &e.inspection, keys),
        _ => Ok(Known::default()),
    }
}

fn opens<'a>(state: &'a State, id: &InspectionId, keys: Keys<'a>) -> Result<Known<'a>, DrawFault> {
    let Some((_, draw, rank, _)) = state.withheld(id) else { return Ok(Known::default()) };
    let Some((batch, _)) = state.embargo_of(draw) else { return Ok(Known::default()) };
    let key = keys.of(state, batch, draw)?;
    let row = match key {
        Some(key) => of_the_key(state, draw, rank, key, keys)?,
        None => RowRevealed { draw: draw.clone(), inspection: id.clone(), rank, object: None, team: vec![] },
    };
    Ok(Known { key, opens: Some(row) })
}

/// The rows, salts and proofs of a rank, as the key gives them.
///
/// # Errors
/// [`DrawFault`] if the draw cannot be computed.
pub fn of_the_key(
    state: &State,
    draw: &DrawId,
    rank: u32,
    key: &EmbargoKey,
    keys: Keys<'_>,
) -> Result<RowRevealed, DrawFault> {
    let fault = |what: String| DrawFault { draw: draw.clone(), what };
    let revealed = revealed(state, draw, key, keys)?;
    let seated = team(state, draw, rank, key, keys)?;
    let selected = revealed.outcome.selected.get(rank as usize);
    let selected = selected.ok_or_else(|| fault(format!("has no rank {rank}")))?;
    let none = || fault("drew somebody who has no row".into());
    let object = revealed.pool.open_object(&selected.uscc).ok_or_else(none)?;
    let person = |id: &InspectorId| {
        let opening = revealed.pool.open_inspector(id.as_str()).ok_or_else(none)?;
        inspector_row(opening).map_err(|error| fault(error.to_string()))
    };
    Ok(RowRevealed {
        draw: draw.clone(),
        inspection: InspectionId::new(format!("{draw}/{rank}")).map_err(|error| fault(error.to_string()))?,
        rank,
        object: Some(object_row(object).map_err(|error| fault(error.to_string()))?),
        team: seated.iter().map(person).collect::<Result<_, _>>()?,
    })
}

/// The rows of a rank's team as it was drawn, with salts and proofs, once the key is on the log.
///
/// # Errors
/// [`DrawFault`] if the draw cannot be computed.
pub fn team_as_drawn(
    ceremony: &Ceremony,
    rank: u32,
    key: &EmbargoKey,
) -> Result<Vec<RevealedInspector>, DrawFault> {
    let fault = |what: String| DrawFault { draw: ceremony.draw.clone(), what };
    let seed = ceremony.completed.as_ref().ok_or_else(|| fault("is not drawn".into()))?.seed;
    let revealed = reveal(ceremony, Seed::from_bytes(seed.0), key)?;
    let seats = ceremony.frozen.as_ref().map_or(0, |frozen| frozen.stated.seats.len());
    let none = || fault("drew somebody who has no row".into());
    let open = |id: &String| {
        let opening = revealed.pool.open_inspector(id).ok_or_else(none)?;
        inspector_row(opening).map_err(|error| fault(error.to_string()))
    };
    revealed.team(rank, seats).iter().map(open).collect()
}

/// Checks the row of an inspector against the commitment of a slot ([P-152]) and the pool's root.
///
/// # Errors
/// What does not open, in words.
pub fn check_member(
    stated: &PoolFrozen,
    slot: usize,
    committed: &Bytes32,
    row: &RevealedInspector,
) -> Result<(), String> {
    let rows = stated.inspector_reasons.iter().map(|count| count.rows).sum();
    let opened = opened_inspector(row).check(slot, &committed.0, rows, &stated.inspectors_root.0);
    opened.map_err(|error| format!("inspector {} of slot {slot}: {error}", row.inspector))
}

/// The team of a rank, by seat, after the recusals so far.
///
/// # Errors
/// [`DrawFault`] if the draw cannot be computed.
pub(super) fn team(
    state: &State,
    draw: &DrawId,
    rank: u32,
    key: &EmbargoKey,
    keys: Keys<'_>,
) -> Result<Vec<InspectorId>, DrawFault> {
    let fault = |what: String| DrawFault { draw: draw.clone(), what };
    let embargo = state.embargo_of(draw);
    let changed = embargo.filter(|(_, e)| e.steps.iter().any(|s| matches!(s, HiddenStep::Changed(_))));
    let seats = state.ceremonies.get(draw).and_then(|held| held.frozen.as_ref());
    let seats = seats.map_or(0, |frozen| frozen.stated.seats.len());
    let lifted = changed.map(|(batch, _)| lifted(state, batch, keys)).transpose()?.flatten();
    if let Some(lifted) = lifted {
        let id = InspectionId::new(format!("{draw}/{rank}")).map_err(|error| fault(error.to_string()))?;
        return Ok(lifted.inspections.get(&id).map(|inspection| inspection.team.clone()).unwrap_or_default());
    }
    let revealed = revealed(state, draw, key, keys)?;
    let named = |id: &String| InspectorId::new(id.as_str()).map_err(|error| fault(error.to_string()));
    revealed.team(rank, seats).iter().map(named).collect()
}

/// A draw that was completed under its key.
pub(super) fn revealed(
    state: &State,
    draw: &DrawId,
    key: &EmbargoKey,
    keys: Keys<'_>,
) -> Result<Arc<Revealed>, DrawFault> {
    let fault = |what: &str| DrawFault { draw: draw.clone(), what: what.to_owned() };
    let ceremony = state.ceremonies.get(draw).ok_or_else(|| fault("is not there"))?;
    let seed = ceremony.completed.as_ref().ok_or_else(|| fault("is not drawn"))?.seed;
    let compute = || reveal(ceremony, Seed::from_bytes(seed.0), key);
    keys.remembered(&ceremony.batch, draw, compute)
}

fn object_row(opening: Opening<ObjectRow>) -> Result<RevealedObject, FieldError> {
    Ok(RevealedObject {
        uscc: Uscc::new(opening.row.uscc)?,
        stratum: Text::new(opening.row.stratum)?,
        salt: Bytes32(*opening.salt.as_bytes()),
        index: opening.index,
        path: opening.path.into_iter().map(Bytes32).collect(),
    })
}

pub(super) fn inspector_row(opening: Opening<InspectorRow>) -> Result<RevealedInspector, FieldError> {
    Ok(RevealedInspector {
        inspector: InspectorId::new(opening.row.inspector_id)?,
        qualifications: opening.row.qualifications.into_iter().map(Text::new).collect::<Result<_, _>>()?,
        salt: Bytes32(*opening.salt.as_bytes()),
        index: opening.index,
        path: opening.path.into_iter().map(Bytes32).collect(),
    })
}

/// Checks an opening against what the log has committed to; needs no key.
///
/// # Errors
/// What does not open, in words.
pub fn check_opening(state: &State, row: &RowRevealed) -> Result<(), String> {
    let (_, draw, rank, withheld) =
        state.withheld(&row.inspection).ok_or_else(|| format!("{} is not withheld", row.inspection))?;
    let frozen = state.ceremonies.get(draw).and_then(|ceremony| ceremony.frozen.as_ref());
    let stated = &frozen.ok_or_else(|| format!("{draw} has no frozen pool"))?.stated;
    if (&row.draw, row.rank) != (draw, rank) {
        return Err(format!("it says rank {} of {}, the inspection is {rank} of {draw}", row.rank, row.draw));
    }
    let object = row.object.as_ref().ok_or("it opens no enterprise")?;
    let objects = stated.object_reasons.iter().map(|count| count.rows).sum();
    let opened = opened_object(object).check(&withheld.object.0, objects, &stated.objects_root.0);
    opened.map_err(|error| format!("enterprise {}: {error}", object.uscc))?;
    check_team(stated, withheld, row)
}

fn check_team(stated: &PoolFrozen, withheld: &Withheld, row: &RowRevealed) -> Result<(), String> {
    if row.team.len() != withheld.slots.len() {
        let (found, expected) = (row.team.len(), withheld.slots.len());
        return Err(format!("it opens {found} inspectors, {expected} are committed to"));
    }
    let first = (row.rank as usize).saturating_mul(row.team.len());
    for (slot, (member, committed)) in (first..).zip(row.team.iter().zip(&withheld.slots)) {
        check_member(stated, slot, committed, member)?;
    }
    Ok(())
}

/// Who was drawn was eligible, and had no reason not to be.
fn opened_object(row: &RevealedObject) -> Opening<ObjectRow> {
    let uscc = row.uscc.as_str().to_owned();
    let stratum = row.stratum.as_str().to_owned();
    Opening {
        row: ObjectRow { uscc, stratum, eligible: true, reason: String::new() },
        salt: Salt::from_bytes(row.salt.0),
        index: row.index,
        path: row.path.iter().map(|hash| hash.0).collect(),
    }
}

fn opened_inspector(row: &RevealedInspector) -> Opening<InspectorRow> {
    let inspector_id = row.inspector.as_str().to_owned();
    let qualifications = row.qualifications.iter().map(|text| text.as_str().to_owned()).collect();
    Opening {
        row: InspectorRow { inspector_id, eligible: true, reason: String::new(), qualifications },
        salt: Salt::from_bytes(row.salt.0),
        index: row.index,
        path: row.path.iter().map(|hash| hash.0).collect(),
    }
}

/// The inspection that an opening makes, before the statement that opened it counts. `None` for a template.
pub fn inspection(state: &State, row: &RowRevealed) -> Option<Inspection> {
    let (_, draw, rank, withheld) = state.withheld(&row.inspection)?;
    let team = row.team.iter().map(|member| member.inspector.clone()).collect();
    let uscc = row.object.as_ref()?.uscc.clone();
    of_names(state, draw, rank, withheld, uscc, team)
}

/// The inspection of a rank whose names are known.
pub(crate) fn of_names(
    state: &State,
    draw: &DrawId,
    rank: u32,
    withheld: &Withheld,
    uscc: Uscc,
    team: Vec<InspectorId>,
) -> Option<Inspection> {
    let batch = state.ceremonies.get(draw)?.batch.clone();
    let first_slot = rank.saturating_mul(u32::try_from(team.len()).ok()?);
    let origin = Origin::Drawn { draw: draw.clone(), batch, first_slot };
    Some(Inspection::new(origin, uscc, team, withheld.entry, withheld.assigned_at))
}

/// The notice or the start that made an inspection public counts from now on.
pub(crate) fn begin(inspection: &mut Inspection, begun: Option<Begun>) {
    match begun {
        None => {}
        Some(Begun::Noticed(visit_on)) => {
            (inspection.phase, inspection.visit_on) = (Phase::Notified, Some(visit_on));
        }
        Some(Begun::Started(at)) => (inspection.phase, inspection.started) = (Phase::Started, Some(at)),
    }
}
