//! With the key on the log: whether what stood there before is what the key gives (draw.md 7).

use super::{Keys, LedgerKeys, teams_withheld, withheld};
use crate::authenticate::Authentic;
use crate::decide::decide;
use crate::state::{BatchKey, State};
use lotbook_chain::{KeyId, Sealed};
use lotbook_draw::{EmbargoKey, Seed};
use lotbook_event::Event;
use lotbook_event::ceremony::PoolFrozen;
use lotbook_event::draw::AssignmentWithheld;
use lotbook_event::recusal::TeamsWithheld;
use std::collections::BTreeSet;

/// An entry of an embargoed batch, of which only what does not depend on the key could be checked.
#[derive(Debug, Clone)]
pub struct Deferred {
    /// Where it stands.
    pub position: u64,
    /// Who stated it.
    pub author: KeyId,
    /// What it states.
    pub event: Event,
    /// Of a recusal: what it is decided from again.
    pub before: Option<Box<Before>>,
}

/// What an entry about a recusal under embargo is decided from again with the key.
#[derive(Debug, Clone)]
pub struct Before {
    /// The state of all entries before it.
    pub state: State,
    /// The statement, if a person made it.
    pub stated: Option<Sealed<Authentic>>,
}

impl Before {
    /// Keeps what is needed of a state: of the enterprises those with a conflict, and nothing of what happened besides.
    pub fn of(state: &State, stated: Option<Sealed<Authentic>>) -> Self {
        let mut state = state.clone();
        (state.obligations, state.flags) = Default::default();
        (state.correctable, state.refusals, state.changed) = Default::default();
        (state.comments, state.violations) = Default::default();
        let with_conflict: BTreeSet<_> = state.conflicts.keys().map(|(uscc, _)| uscc).collect();
        state.enterprises.retain(|uscc, _| with_conflict.contains(uscc));
        Self { state, stated }
    }
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
    let mut keys = LedgerKeys::default();
    keys.add(batch.clone(), key.clone());
    let keys = Keys::Ledger(&keys);
    let mut follows = vec![];
    let mut wrong = |entry: &Deferred| match (&entry.event, entry.before.as_deref()) {
        (Event::PoolFrozen(e), _) if e.replacement.is_some() => {
            let same = follows.contains(&entry.event);
            (!same).then(|| format!("the second pool of {} is not what key and rosters give", e.draw))
        }
        (Event::TeamsWithheld(e), Some(before)) => {
            let same =
                follows.contains(&entry.event) || of_recusal(&before.state, batch, e, keys).as_ref() == Ok(e);
            (!same)
                .then(|| format!("who came after recusal {} is not whom key, rows and seed give", e.recusal))
        }
        (_, Some(Before { state, stated: Some(stated) })) => match decide(state, stated, keys) {
            Ok(events) => {
                follows = events;
                None
            }
            Err(error) => {
                Some(format!("accepted, but the rules refuse it with the names of the key: {error}"))
            }
        },
        (event, _) => at_once(state, key, &derived, entry.author, event),
    };
    deferred.iter().find_map(|entry| Some((entry.position, wrong(entry)?)))
}

/// What came of a recusal's ceremony, from the state between its DrawCompleted and this.
fn of_recusal(
    before: &State,
    batch: &BatchKey,
    e: &TeamsWithheld,
    keys: Keys<'_>,
) -> Result<TeamsWithheld, String> {
    let seed = before.ceremonies.get(&e.draw).and_then(|held| held.completed.as_ref()).map(|done| done.seed);
    let seed = seed.map(|seed| Seed::from_bytes(seed.0)).ok_or("nothing was drawn")?;
    let derived = teams_withheld(before, batch, &e.draw, &e.recusal, Some(seed), keys);
    derived.map_err(|fault| fault.to_string())
}

/// What needs the key and the draw alone.
fn at_once(
    state: &State,
    key: &EmbargoKey,
    derived: &Result<Vec<Event>, String>,
    author: KeyId,
    event: &Event,
) -> Option<String> {
    match event {
        Event::PoolFrozen(e) => pool(state, key, e),
        Event::EmbargoKeyHeld(e) => {
            let held = key.held_by(&author.0) == e.proof.0;
            (!held).then(|| format!("key {author} stated that it holds another key"))
        }
        Event::AssignmentWithheld(e) => assignment(derived, e),
        _ => None,
    }
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
