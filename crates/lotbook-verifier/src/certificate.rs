//! Certificates of the draws of a verified log (draw.md 8), with a proof for every entry they rest on.

use crate::grade::grade;
use crate::tiles::Tiles;
use lotbook_chain::entry::entry_hash;
use lotbook_chain::{Entry, EntryHash, KeyId, PublicKey, TlogProof, prove_inclusion};
use lotbook_domain::State;
use lotbook_domain::ceremony::{Ceremony, Frozen, Rows};
use lotbook_domain::draw::{outcome, quota_of, seats_of};
use lotbook_domain::state::BoardChange;
use lotbook_domain::substitution::fill;
use lotbook_draw::certificate as draw;
use lotbook_draw::{Certificate, Hex, Outcome, Pool, Seed, Stage, Substitution};
use lotbook_event::ceremony::Purpose;
use lotbook_event::draw::DrawCompleted;
use lotbook_event::{Event, RecusalId, Statement};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Why a certificate cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("certificate of {draw}: {what}")]
pub struct CertificateError {
    /// The draw.
    pub draw: String,
    /// Why.
    pub what: String,
}

/// Certificates of every draw of a log that [`crate::Verifier`] has accepted.
///
/// `entries` is the whole log, `checkpoint` a signed note of its full size.
///
/// # Errors
/// [`CertificateError`] if a proof cannot be made.
pub fn certificates(
    state: &State,
    entries: &[Vec<u8>],
    checkpoint: &str,
) -> Result<Vec<Certificate>, CertificateError> {
    let tiles = Tiles::of(entries);
    let of_batch = |ceremony: &&Ceremony| ceremony.completed.is_some() && ceremony.recusal.is_none();
    let drawn = state.ceremonies.values().filter(of_batch);
    let proved = |ceremony: &Ceremony| {
        let fail = |what| CertificateError { draw: ceremony.draw.to_string(), what };
        let mut certificate = without_proof(state, ceremony)?;
        certificate.proof.entries = proofs(state, ceremony, entries, &tiles, checkpoint).map_err(fail)?;
        Ok(certificate)
    };
    drawn.map(proved).collect()
}

/// A certificate as it follows from the state, before its entries are proved.
pub(crate) fn without_proof(state: &State, ceremony: &Ceremony) -> Result<Certificate, CertificateError> {
    let fail = |what: &str| CertificateError { draw: ceremony.draw.to_string(), what: what.to_owned() };
    let frozen = ceremony.frozen.as_ref().ok_or_else(|| fail("has no pool"))?;
    let done = ceremony.completed.as_ref().ok_or_else(|| fail("is not drawn"))?;
    let genesis = state.genesis.as_ref().ok_or_else(|| fail("has no ledger"))?;
    let pool = frozen.pool().ok_or_else(|| fail("is not the draw of a batch"))?;
    let result = outcome(pool, &frozen.stated, Seed::from_bytes(done.seed.0))
        .map_err(|error| fail(&error.to_string()))?;
    let roots = pool.roots();
    Ok(Certificate {
        format: draw::FORMAT.to_owned(),
        origin: genesis.created.origin.to_string(),
        ledger_id: Hex(genesis.ledger.0),
        draw_id: ceremony.draw.to_string(),
        attempt: u64::from(ceremony.attempt),
        grade: if grade(state, ceremony) == 'B' { draw::Grade::B } else { draw::Grade::C },
        ceremony: ceremony_part(ceremony, frozen),
        seed: Hex(done.seed.0),
        embargo: None,
        objects: draw::Section { rows: pool.objects().to_vec(), root: Hex(roots.objects) },
        inspectors: draw::Section { rows: pool.inspectors().to_vec(), root: Hex(roots.inspectors) },
        conflicts: draw::Section { rows: pool.conflicts().to_vec(), root: Hex(roots.conflicts) },
        quota: quota_of(&frozen.stated).into(),
        seats: seats_of(&frozen.stated),
        max_load: frozen.stated.max_load,
        min_inspectors: frozen.stated.min_inspectors,
        result: (&result).into(),
        staffing: None,
        substitutions: substitutions(state, ceremony, pool, &result).map_err(|what| fail(&what))?,
        shape: shape(frozen, done),
        proof: draw::Proof::default(),
    })
}

fn ceremony_part(ceremony: &Ceremony, frozen: &Frozen) -> draw::Ceremony {
    let participant = |p: &lotbook_event::ceremony::Participant| draw::Participant {
        key_id: Hex(p.key_id.0),
        role: p.role.code().to_owned(),
        commitment: ceremony.commitments.get(&p.key_id).map(|c| Hex(c.0)),
        reveal: ceremony.reveals.get(&p.key_id).map(|r| Hex(r.0)),
    };
    let us = |instant: lotbook_chain::Instant| u64::try_from(instant.0).unwrap_or(0);
    draw::Ceremony {
        opened: Hex(ceremony.opened.0),
        pool: Hex(frozen.p.0),
        sealed: Hex(ceremony.sealed.unwrap_or_default().0),
        commit_deadline: us(frozen.stated.commit_deadline),
        reveal_deadline: us(frozen.stated.reveal_deadline),
        participants: frozen.stated.participants.iter().map(participant).collect(),
        beacons: vec![],
    }
}

/// The ceremonies behind a certificate: that of the batch, then those of its recusals in their order.
fn own<'a>(state: &'a State, ceremony: &'a Ceremony) -> Vec<&'a Ceremony> {
    let draws = changes(state, ceremony).iter().filter_map(|change| match change {
        BoardChange::Draw(draw) => state.ceremonies.get(draw),
        BoardChange::Reserve(_) | BoardChange::Chosen(_) => None,
    });
    std::iter::once(ceremony).chain(draws).collect()
}

/// What changed the board of a certificate's batch since its draw.
fn changes<'a>(state: &'a State, ceremony: &Ceremony) -> &'a [BoardChange] {
    let board = state.batches.get(&ceremony.batch).and_then(|record| record.board.as_ref());
    board.map(|board| board.changes.as_slice()).unwrap_or_default()
}

/// What followed from each recusal, applied again one after the other to the batch as it was drawn.
fn substitutions(
    state: &State,
    ceremony: &Ceremony,
    pool: &Pool,
    result: &Outcome,
) -> Result<Vec<draw::SubstitutionRecord>, String> {
    let Some(assignment) = &result.assignment else { return Ok(vec![]) };
    let firms: Vec<&str> = result.selected.iter().map(|selected| selected.uscc.as_str()).collect();
    let stated = ceremony.frozen.as_ref().map(|frozen| &frozen.stated).ok_or("has no pool")?;
    let seats = seats_of(stated);
    let board = lotbook_draw::Board::new(pool, &seats, &firms, result.hi, assignment);
    let mut board = board.map_err(|error| error.to_string())?;
    let seed = Seed::from_bytes(ceremony.completed.as_ref().ok_or("is not drawn")?.seed.0);
    let record = |change: &BoardChange| match change {
        BoardChange::Draw(draw) => {
            substitution(state.ceremonies.get(draw).ok_or("has no such ceremony")?, &mut board)
        }
        BoardChange::Reserve(id) => {
            let who = state.recusals.get(id).ok_or("has no such recusal")?.inspector.as_str();
            let done = board.reserve(who, &Stage::Reserve.key(&seed)).map_err(|error| error.to_string())?;
            Ok(unrolled(id, draw::SubstitutionKind::Reserve, who, done))
        }
        BoardChange::Chosen(id) => {
            let (who, slot, other) = chosen(state, id)?;
            let done = board.exchange(None, &who, slot, other).map_err(|error| error.to_string())?;
            Ok(unrolled(id, draw::SubstitutionKind::Chosen, &who, done))
        }
    };
    changes(state, ceremony).iter().map(record).collect()
}

/// The inspector, the slot and the counterpart's slot of a swap that a person has chosen.
fn chosen(state: &State, id: &RecusalId) -> Result<(String, usize, usize), String> {
    let recusal = state.recusals.get(id).ok_or("has no such recusal")?;
    let [slot, other] = recusal.exchanged.ok_or("has no counterpart")?;
    Ok((recusal.inspector.to_string(), slot as usize, other as usize))
}

/// The record of a change without a ceremony of its own.
fn unrolled(
    id: &RecusalId,
    kind: draw::SubstitutionKind,
    inspector: &str,
    done: Substitution,
) -> draw::SubstitutionRecord {
    draw::SubstitutionRecord {
        recusal_id: id.to_string(),
        kind,
        inspector: inspector.to_owned(),
        slots: done.slots.iter().map(|slot| *slot as u64).collect(),
        ceremony: None,
        seed: None,
        inspectors: None,
        conflicts: None,
        exhausted: done.exhausted.map(|slot| slot as u64),
        result: done.assignment,
    }
}

fn substitution(
    ceremony: &Ceremony,
    board: &mut lotbook_draw::Board<'_>,
) -> Result<draw::SubstitutionRecord, String> {
    let frozen = ceremony.frozen.as_ref().ok_or("has no pool")?;
    let seed = ceremony.completed.as_ref().ok_or("is not drawn")?.seed;
    let replacement = frozen.stated.replacement.as_ref().ok_or("replaces nobody")?;
    let Rows::Recusal(second) = &frozen.rows else { return Err("has no second pool".into()) };
    let done = fill(board, frozen, Seed::from_bytes(seed.0))?;
    let roots = (Hex(second.inspectors_root()), Hex(second.conflicts_root()));
    Ok(draw::SubstitutionRecord {
        recusal_id: replacement.recusal.to_string(),
        kind: match replacement.purpose {
            Purpose::Swap => draw::SubstitutionKind::Swap,
            Purpose::Substitute | Purpose::Batch => draw::SubstitutionKind::Withdraw,
        },
        inspector: replacement.inspector.to_string(),
        slots: done.slots.iter().map(|slot| *slot as u64).collect(),
        ceremony: Some(ceremony_part(ceremony, frozen)),
        seed: Some(Hex(seed.0)),
        inspectors: Some(draw::Section { rows: second.inspectors().to_vec(), root: roots.0 }),
        conflicts: Some(draw::Section { rows: second.conflicts().to_vec(), root: roots.1 }),
        exhausted: done.exhausted.map(|slot| slot as u64),
        result: done.assignment,
    })
}

/// Pool figures, informative: drawn and eligible by stratum, small strata, exclusions by reason.
fn shape(frozen: &Frozen, done: &DrawCompleted) -> serde_json::Value {
    let strata: BTreeMap<_, _> = done
        .strata
        .iter()
        .map(|s| (s.stratum.as_str(), json!({ "eligible": s.eligible, "drawn": s.quota })))
        .collect();
    let small = done.strata.iter().filter(|stratum| stratum.eligible < 5).count();
    let reasons: BTreeMap<_, _> = frozen
        .stated
        .object_reasons
        .iter()
        .filter(|r| !r.reason.as_str().is_empty())
        .map(|r| (r.reason.as_str(), r.rows))
        .collect();
    json!({ "strata": strata, "strata_under_5": small, "excluded": reasons })
}

/// Every entry of these draws with its tlog-proof: ceremony, pool, draw, assignment, change of a team, request and
/// decision of every recusal; and what they rest on, see [`behind`].
fn proofs(
    state: &State,
    ceremony: &Ceremony,
    entries: &[Vec<u8>],
    tiles: &Tiles,
    checkpoint: &str,
) -> Result<Vec<draw::ProofEntry>, String> {
    let read = entries.iter().map(|bytes| read(bytes)).collect::<Result<Vec<_>, _>>()?;
    let draws = own(state, ceremony);
    let mut keep = BTreeSet::new();
    for (place, (entry, event)) in read.iter().enumerate() {
        let bytes = entries.get(place).map(Vec::as_slice).unwrap_or_default();
        let own = |draw: &&Ceremony| belongs(event, draw) || frames(event, entry_hash(bytes), draw);
        if draws.iter().any(own) || unrolls(event, changes(state, ceremony)) {
            keep.insert((place, entry.author));
        }
    }
    let places = behind(&read, keep, &draws);
    let proof = |place: usize| {
        let bytes = entries.get(place).ok_or("there is no such entry")?;
        let proof = prove_inclusion(tiles, place as u64, entries.len() as u64).map_err(|e| e.to_string())?;
        // The entry stands beside its proof, so it is not in it again.
        let checkpoint = checkpoint.to_owned();
        let proof = TlogProof { extra: None, index: place as u64, proof, checkpoint };
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

/// Request, decision, choice and outcome of the recusals that were carried out without a ceremony.
fn unrolls(event: &Event, changes: &[BoardChange]) -> bool {
    let recusal = match event {
        Event::RecusalRequested(e) => &e.recusal,
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
        Event::RecusalDecided(e) => return ceremony.recusal.as_ref() == Some(&e.recusal),
        Event::PoolFrozen(e) => &e.draw,
        Event::SeedCommitted(e) => &e.draw,
        Event::CeremonySealed(e) => &e.draw,
        Event::SeedRevealed(e) => &e.draw,
        Event::CeremonyClosed(e) => &e.draw,
        Event::DrawCompleted(e) => &e.draw,
        Event::AssignmentInfeasible(e) => &e.draw,
        Event::EnterpriseAssigned(e) => &e.draw,
        Event::AssignmentSwapped(e) => &e.draw,
        Event::SubstituteDrawn(e) => &e.draw,
        Event::SubstitutePoolExhausted(e) => &e.draw,
        _ => return false,
    };
    *draw == ceremony.draw
}
