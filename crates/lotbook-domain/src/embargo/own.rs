//! What a member of a team may read before the release: the enterprises and teams of their own.

use super::opening::team;
use super::{Keys, of_the_key};
use crate::draw::DrawFault;
use crate::state::State;
use lotbook_event::ceremony::RowRevealed;
use lotbook_event::{DrawId, InspectorId};

/// The openings of every enterprise of a draw to which an inspector is assigned, by rank; none after the release,
/// when everybody may read all of them.
///
/// # Errors
/// [`DrawFault`] if the ledger has no key, or the draw cannot be computed.
pub fn own(
    state: &State,
    draw: &DrawId,
    inspector: &InspectorId,
    keys: Keys<'_>,
) -> Result<Vec<RowRevealed>, DrawFault> {
    let Some((batch, embargo)) = state.embargo_of(draw) else { return Ok(vec![]) };
    let Some(key) = keys.of(state, batch, draw)?.filter(|_| embargo.released.is_none()) else {
        return Ok(vec![]);
    };
    let mut own = vec![];
    for rank in embargo.assignments.keys() {
        if team(state, draw, *rank, key, keys)?.contains(inspector) {
            own.push(of_the_key(state, draw, *rank, key, keys)?);
        }
    }
    Ok(own)
}
