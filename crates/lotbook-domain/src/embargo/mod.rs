//! The embargo in the rules (draw.md 7): the key is an argument; who has none checks everything else.

mod drawn;
mod keys;
mod lifted;
mod opening;
mod own;
mod redecide;
mod template;
mod withheld;

pub use drawn::{Revealed, reveal, withheld};
pub use keys::{Keys, LedgerKeys};
pub(crate) use lifted::lift;
pub use lifted::lifted;
pub use lotbook_draw::EmbargoKey;
pub use opening::{Known, check_member, check_opening, inspection, known, of_the_key, team_as_drawn};
pub(crate) use opening::{begin, of_names};
pub use own::own;
pub use redecide::{Before, Deferred, contradiction};
pub use template::{is_template, masked};
pub use withheld::{check_changes, teams_withheld};

use crate::ceremony::Ceremony;
use crate::state::State;
use lotbook_chain::Instant;
use lotbook_event::InspectionId;
use lotbook_event::plan::Reveal;

/// Fewest persons of supervision who hold the key at the sealing (draw.md 7).
pub const MIN_HOLDERS: usize = 2;
/// Seconds after the end of the window in which the key may be published in time.
pub const RELEASE_SECONDS: i64 = 86_400;

/// Whether a ceremony may be sealed as far as its embargo is concerned: none, or two hold the key.
pub fn is_held(state: &State, ceremony: &Ceremony) -> bool {
    state.embargoes.get(&ceremony.batch).is_none_or(|embargo| embargo.holders.len() >= MIN_HOLDERS)
}

/// When an embargo was released that opened nothing before, from which a record of a visit is counted.
pub(crate) fn recorded_since(state: &State, id: &InspectionId, occurred_at: Instant) -> Instant {
    let batch = state.inspections.get(id).and_then(|inspection| inspection.batch());
    let embargo = batch.and_then(|batch| state.embargoes.get(batch));
    let hidden = embargo.filter(|embargo| embargo.stated.reveal == Reveal::WindowEnd);
    let released = hidden.and_then(|embargo| embargo.released.as_ref()).map(|(_, at)| *at);
    released.map_or(occurred_at, |released| released.max(occurred_at))
}
