//! The entries behind a certificate, each with its proof, and those that they rest on.

use super::{changes, own};
use crate::stamp::{Stamp, earliest};
use crate::tiles::Tiles;
use lotbook_chain::entry::entry_hash;
use lotbook_chain::{Entry, EntryHash, KeyId, PublicKey, TlogProof, prove_inclusion};
use lotbook_domain::State;
use lotbook_domain::ceremony::Ceremony;
use lotbook_domain::state::BoardChange;
use lotbook_draw::certificate as draw;
use lotbook_event::{Event, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// What entries are proved from.
pub(super) struct Log<'a> {
    pub(super) entries: &'a [Vec<u8>],
    pub(super) tiles: &'a Tiles,
    pub(super) checkpoint: &'a str,
}

/// Every entry of these draws with its tlog-proof: ceremony, pool, draw, assignment, change of a team, request and
/// decision of every recusal; and what they rest on, see [`behind`].
pub(super) fn proofs(
    state: &State,
    ceremony: &Ceremony,
    log: &Log<'_>,
    stamps: &[Stamp],
) -> Result<Vec<draw::ProofEntry>, String> {
    let entries = log.entries;
    let read = entries.iter().map(|bytes| read(bytes)).collect::<Result<Vec<_>, _>>()?;
    let draws = own(state, ceremony);
    let mut keep = BTreeSet::new();
    for (place, (entry, event)) in read.iter().enumerate() {
        let bytes = entries.get(place).map(Vec::as_slice).unwrap_or_default();
        let own = |draw: &&Ceremony| belongs(event, draw) || frames(event, entry_hash(bytes), draw);
        let changes = changes(state, ceremony);
        let blocks = || !changes.is_empty() && starts(state, event, ceremony);
        if draws.iter().any(own) || unrolls(event, changes) || blocks() {
            keep.insert((place, entry.author));
        }
    }
    let places = behind(&read, keep, &draws);
    let whole = entries.len() as u64;
    let stamp = ceremony.closed.and_then(|closed| earliest(stamps, closed.position.0));
    let closed = ceremony.closed.map(|closed| closed.position.0);
    let proof = |place: usize| {
        let bytes = entries.get(place).ok_or("there is no such entry")?;
        let index = place as u64;
        let of_close = stamp.filter(|_| closed == Some(index));
        let (size, checkpoint) =
            of_close.map_or((whole, log.checkpoint), |stamp| (stamp.size, stamp.note.as_str()));
        if size > whole {
            return Err(format!("a stamp is of {size} entries, the log at hand has {whole}"));
        }
        let proof = prove_inclusion(log.tiles, index, size).map_err(|error| error.to_string())?;
        // The entry stands beside its proof, so it is not in it again.
        let proof = TlogProof { extra: None, index, proof, checkpoint: checkpoint.to_owned() };
        Ok(draw::ProofEntry { entry: data_encoding::BASE64.encode(bytes), tlog_proof: proof.to_string() })
    };
    places.into_iter().map(proof).collect()
}

fn read(bytes: &[u8]) -> Result<(Entry, Event), String> {
    let entry = Entry::decode(bytes).map_err(|error| error.to_string())?;
    let statement = Statement::decode(&entry.statement).map_err(|error| error.to_string())?;
    Ok((entry, statement.event))
}

/// Genesis, office, and the plan, scheme and rule set that a draw took its parameters from.
fn frames(event: &Event, hash: EntryHash, ceremony: &Ceremony) -> bool {
    let (plan, batch) = &ceremony.batch;
    let stated = ceremony.frozen.as_ref().map(|frozen| &frozen.stated);
    match event {
        Event::LedgerCreated(_) => true,
        Event::RulesetAdopted(_) => stated.is_some_and(|stated| stated.rule_set == hash),
        Event::PlanDrafted(e) => e.plan == *plan,
        Event::PlanAdopted(e) => e.plan == *plan,
        Event::SchemeAdopted(e) => (&e.plan, &e.batch) == (plan, batch),
        Event::ReserveOrderApproved(e) => (&e.plan, &e.batch) == (plan, batch),
        _ => false,
    }
}

/// The start of an inspection of the draw: from then on a recusal changes its team no more.
fn starts(state: &State, event: &Event, ceremony: &Ceremony) -> bool {
    let Event::InspectionStarted(e) = event else { return false };
    state.inspections.get(&e.inspection).is_some_and(|known| known.draw() == Some(&ceremony.draw))
}

/// Request, decision, choice and outcome of the recusals that were carried out without a ceremony.
fn unrolls(event: &Event, changes: &[BoardChange]) -> bool {
    let recusal = match event {
        Event::RecusalRequested(e) => &e.recusal,
        Event::SlotRecusalRequested(e) => &e.recusal,
        Event::RecusalDecided(e) => &e.recusal,
        Event::CounterpartChosen(e) => &e.recusal,
        _ => return false,
    };
    changes.iter().any(|change| match change {
        BoardChange::Draw(_) => false,
        BoardChange::Reserve(id) | BoardChange::Chosen(id) => id == recusal,
    })
}

/// The places of these entries, and of those that register the keys of their authors and of the participants,
/// up to the keys that genesis names.
fn behind(read: &[(Entry, Event)], keep: BTreeSet<(usize, KeyId)>, draws: &[&Ceremony]) -> BTreeSet<usize> {
    let mut of_key: BTreeMap<KeyId, Vec<(usize, KeyId)>> = BTreeMap::new();
    for (place, (entry, event)) in read.iter().enumerate() {
        let key = match event {
            Event::KeyRegistered(e) => PublicKey::from_bytes(&e.public_key.0).ok().map(|key| key.key_id()),
            Event::KeyConfirmed(e) => Some(e.key_id),
            Event::KeyRevoked(e) => Some(e.key_id),
            _ => None,
        };
        if let Some(key) = key {
            of_key.entry(key).or_default().push((place, entry.author));
        }
    }
    let frozen = draws.iter().filter_map(|draw| draw.frozen.as_ref());
    let participants = frozen.flat_map(|frozen| frozen.stated.participants.iter().map(|p| p.key_id));
    let mut places: BTreeSet<usize> = keep.iter().map(|(place, _)| *place).collect();
    let mut ask: Vec<KeyId> = keep.into_iter().map(|(_, author)| author).chain(participants).collect();
    while let Some(key) = ask.pop() {
        // Taken away, so that each key is asked for once.
        for (place, author) in of_key.remove(&key).unwrap_or_default() {
            places.insert(place);
            ask.push(author);
        }
    }
    places
}

fn belongs(event: &Event, ceremony: &Ceremony) -> bool {
    let draw = match event {
        Event::CeremonyOpened(e) => {
            return (&e.plan, &e.batch, e.attempt, &e.recusal)
                == (&ceremony.batch.0, &ceremony.batch.1, ceremony.attempt, &ceremony.recusal);
        }
        Event::RecusalRequested(e) => return ceremony.recusal.as_ref() == Some(&e.recusal),
        Event::SlotRecusalRequested(e) => return ceremony.recusal.as_ref() == Some(&e.recusal),
        Event::RecusalDecided(e) => return ceremony.recusal.as_ref() == Some(&e.recusal),
        Event::PoolFrozen(e) => &e.draw,
        Event::SeedCommitted(e) => &e.draw,
        Event::CeremonySealed(e) => &e.draw,
        Event::SeedRevealed(e) => &e.draw,
        Event::CeremonyClosed(e) => &e.draw,
        Event::BeaconRecorded(e) => &e.draw,
        Event::RevealHeld(e) => &e.draw,
        Event::CeremonyFailed(e) => &e.draw,
        Event::DrawVoidProposed(e) => &e.draw,
        Event::DrawVoided(e) => &e.draw,
        Event::PoolExtensionApproved(e) => &e.draw,
        Event::TeamAssigned(e) => &e.draw,
        Event::DrawCompleted(e) => &e.draw,
        Event::DrawOpened(e) => &e.draw,
        Event::AssignmentInfeasible(e) => &e.draw,
        Event::AssignmentWithheld(e) => &e.draw,
        Event::TeamsWithheld(e) => &e.draw,
        Event::EmbargoKeyHeld(e) => &e.draw,
        Event::EmbargoRead(e) => &e.draw,
        Event::RowRevealed(e) => &e.draw,
        Event::EmbargoReleased(e) => &e.draw,
        Event::EnterpriseAssigned(e) => &e.draw,
        Event::AssignmentSwapped(e) => &e.draw,
        Event::SubstituteDrawn(e) => &e.draw,
        Event::SubstitutePoolExhausted(e) => &e.draw,
        _ => return false,
    };
    *draw == ceremony.draw
}
