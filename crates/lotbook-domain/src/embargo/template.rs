//! Templates: what a verifier without the key expects, with the fields that depend on it left blank.

use crate::state::State;
use lotbook_chain::TreeHash;
use lotbook_event::ceremony::{PoolEmbargo, PoolFrozen, Purpose, Replacement, RowRevealed};
use lotbook_event::draw::AssignmentWithheld;
use lotbook_event::recusal::TeamsWithheld;
use lotbook_event::{Bytes32, Event};

const BLANK: Bytes32 = Bytes32([0; 32]);
const NO_ROOT: TreeHash = TreeHash([0; 32]);

/// An event with everything blank that depends on a key which is not on the log; `None` if nothing does.
///
/// Of a frozen pool these are the three salted roots and, for the first attempt of a batch, the commitment: a
/// retry has the same one.
pub fn masked(state: &State, event: &Event) -> Option<Event> {
    let draw = match event {
        Event::PoolFrozen(e) => &e.draw,
        Event::AssignmentWithheld(e) => &e.draw,
        Event::RowRevealed(e) => &e.draw,
        Event::TeamsWithheld(e) => &e.draw,
        _ => return None,
    };
    let known = state.embargo_of(draw).map(|(_, embargo)| embargo);
    if known.is_some_and(|embargo| embargo.released.is_some()) {
        return None;
    }
    Some(match event {
        Event::PoolFrozen(e) if e.replacement.is_some() => second(e).into(),
        Event::PoolFrozen(e) => {
            let embargo = e.embargo.as_ref()?;
            let commitment = known.map_or(BLANK, |_| embargo.commitment);
            let embargo = Some(PoolEmbargo { commitment, ..embargo.clone() });
            let [objects_root, inspectors_root, conflicts_root] = [NO_ROOT; 3];
            PoolFrozen { objects_root, inspectors_root, conflicts_root, embargo, ..(**e).clone() }.into()
        }
        Event::AssignmentWithheld(e) => {
            AssignmentWithheld { object: BLANK, slots: vec![], ..e.clone() }.into()
        }
        Event::RowRevealed(e) => RowRevealed { object: None, team: vec![], ..e.clone() }.into(),
        Event::TeamsWithheld(e) => TeamsWithheld { slots: vec![], exhausted: None, ..e.clone() }.into(),
        _ => return None,
    })
}

/// Of a recusal's pool these are the roots of its second rows, the slots, and whether a swap turned out to be a
/// withdrawal, which is stated as a withdrawal in a template.
fn second(e: &PoolFrozen) -> PoolFrozen {
    let [inspectors_root, conflicts_root] = [NO_ROOT; 2];
    let blank = |it: &Replacement| Replacement { purpose: Purpose::Substitute, slots: vec![], ..it.clone() };
    let replacement = e.replacement.as_ref().map(blank);
    PoolFrozen { inspectors_root, conflicts_root, replacement, ..e.clone() }
}

/// Whether an event that was derived without the key is a template.
pub fn is_template(state: &State, derived: &Event) -> bool {
    masked(state, derived).is_some_and(|masked| masked == *derived)
}
