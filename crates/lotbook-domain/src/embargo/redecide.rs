//! With the key on the log: whether what stood there before is what the key gives (draw.md 7).

use super::{Keys, LedgerKeys, withheld};
use crate::state::{BatchKey, State};
use lotbook_chain::KeyId;
use lotbook_draw::{EmbargoKey, Seed};
use lotbook_event::Event;
use lotbook_event::ceremony::PoolFrozen;
use lotbook_event::draw::AssignmentWithheld;

/// An entry of an embargoed batch, of which only what does not depend on the key could be checked.
#[derive(Debug, Clone)]
pub struct Deferred {
    /// Where it stands.
    pub position: u64,
    /// Who stated it.
    pub author: KeyId,
    /// What it states.
    pub event: Event,
}

/// The first of some entries, in their order, that is not what the released key gives, and why.
///
/// `state` is that of the release, before it.
pub fn contradiction(
    state: &State,
    batch: &BatchKey,
    key: &EmbargoKey,
    deferred: &[Deferred],
) -> Option<(u64, String)> {
    let derived = assignments(state, batch, key);
    let wrong = |entry: &Deferred| match &entry.event {
        Event::PoolFrozen(e) => pool(state, key, e),
        Event::EmbargoKeyHeld(e) => {
            let held = key.held_by(&entry.author.0) == e.proof.0;
            (!held).then(|| format!("key {} stated that it holds another key", entry.author))
        }
        Event::AssignmentWithheld(e) => assignment(&derived, e),
        _ => None,
    };
    deferred.iter().find_map(|entry| Some((entry.position, wrong(entry)?)))
}

/// The commitments that the key gives, by rank, behind the DrawCompleted.
fn assignments(state: &State, batch: &BatchKey, key: &EmbargoKey) -> Result<Vec<Event>, String> {
    let draw = state.embargoes.get(batch).and_then(|embargo| embargo.draw.as_ref());
    let ceremony = draw.and_then(|draw| state.ceremonies.get(draw)).ok_or("nothing was drawn")?;
    let seed = ceremony.completed.as_ref().ok_or("nothing was drawn")?.seed;
    let mut keys = LedgerKeys::default();
    keys.add(batch.clone(), key.clone());
    withheld(state, ceremony, Seed::from_bytes(seed.0), Keys::Ledger(&keys))
        .map_err(|fault| fault.to_string())
}

fn assignment(derived: &Result<Vec<Event>, String>, e: &AssignmentWithheld) -> Option<String> {
    match derived {
        Err(fault) => Some(fault.clone()),
        Ok(events) => {
            let due = events.get(1_usize.saturating_add(e.rank as usize));
            let same = matches!(due, Some(Event::AssignmentWithheld(due)) if due == e);
            (!same).then(|| format!("rank {} is not whom key, rows and seed give", e.rank))
        }
    }
}

fn pool(state: &State, key: &EmbargoKey, e: &PoolFrozen) -> Option<String> {
    let pool = state.ceremonies.get(&e.draw)?.frozen.as_ref()?.pool()?;
    if e.embargo.as_ref().is_none_or(|embargo| embargo.commitment.0 != key.commitment()) {
        return Some("the pool commits to another key".into());
    }
    let roots = pool.under_embargo(key).roots();
    let lists = [
        ("enterprises", e.objects_root.0, roots.objects),
        ("inspectors", e.inspectors_root.0, roots.inspectors),
        ("conflicts", e.conflicts_root.0, roots.conflicts),
    ];
    let wrong = lists.into_iter().find(|(_, stated, derived)| stated != derived);
    wrong.map(|(list, ..)| format!("the root of the {list} is not that of the rows salted with the key"))
}
