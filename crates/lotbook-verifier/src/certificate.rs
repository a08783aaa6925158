//! Certificates of the draws of a verified log (draw.md 8), with a proof for every entry they rest on.

mod proofs;
mod sealed;
mod shape;
mod staffing;

use self::proofs::{Log, proofs};
pub use self::sealed::sealed_until;
use self::shape::shape;
use self::staffing::{Staffed, staffing};
use crate::stamp::{Stamp, earliest};
use crate::tiles::Tiles;
use lotbook_domain::State;
use lotbook_domain::ceremony::{Ceremony, Frozen, Rows};
use lotbook_domain::draw::{outcome, quota_of, seats_of};
use lotbook_domain::grade::grade;
use lotbook_domain::state::{BoardChange, HiddenStep};
use lotbook_domain::substitution::fill;
use lotbook_draw::beacon::SCHEME;
use lotbook_draw::certificate as draw;
use lotbook_draw::{Certificate, Hex, Outcome, Pool, Seed, Stage, Substitution};
use lotbook_event::RecusalId;
use lotbook_event::ceremony::{FrozenBeacon, Purpose};
use serde_json::Value;

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
/// `entries` is the whole log, `checkpoint` a signed note of its full size; `stamps` are what is known of the
/// times at which witnesses saw it, and CeremonyClosed is proved under the earliest one that has it.
///
/// # Errors
/// [`CertificateError`] if a proof cannot be made.
pub fn certificates(
    state: &State,
    entries: &[Vec<u8>],
    checkpoint: &str,
    stamps: &[Stamp],
) -> Result<Vec<Certificate>, CertificateError> {
    let log = Log { entries, tiles: &Tiles::of(entries), checkpoint };
    let of_batch = |ceremony: &&Ceremony| ceremony.completed.is_some() && ceremony.purpose == Purpose::Batch;
    let drawn = state.ceremonies.values().filter(of_batch);
    let proved = |ceremony: &Ceremony| {
        let fail = |what| CertificateError { draw: ceremony.draw.to_string(), what };
        let mut certificate = without_proof(state, ceremony, stamps)?;
        certificate.proof.entries = proofs(state, ceremony, &log, stamps).map_err(fail)?;
        Ok(certificate)
    };
    drawn.map(proved).collect()
}

/// A certificate as it follows from the state, before its entries are proved.
pub(crate) fn without_proof(
    state: &State,
    ceremony: &Ceremony,
    stamps: &[Stamp],
) -> Result<Certificate, CertificateError> {
    let fail = |what: &str| CertificateError { draw: ceremony.draw.to_string(), what: what.to_owned() };
    let frozen = ceremony.frozen.as_ref().ok_or_else(|| fail("has no pool"))?;
    let done = ceremony.completed.as_ref().ok_or_else(|| fail("is not drawn"))?;
    let genesis = state.genesis.as_ref().ok_or_else(|| fail("has no ledger"))?;
    let pool = frozen.pool().ok_or_else(|| fail("is not the draw of a batch"))?;
    let salted = salted(state, ceremony, pool);
    let pool = salted.as_ref().unwrap_or(pool);
    let embargo = embargo(state, ceremony);
    let is_open = embargo.as_ref().is_none_or(|embargo| embargo.key.is_some());
    let drawn = || outcome(pool, &frozen.stated, Seed::from_bytes(done.seed.0));
    let result = is_open.then(drawn).transpose().map_err(|error| fail(&error.to_string()))?;
    let roots = &frozen.stated;
    let stamp = ceremony.closed.and_then(|closed| earliest(stamps, closed.position.0));
    let stamped = stamp.map(|stamp| stamp.time);
    let staffing = staffing(state, ceremony).map_err(|what| fail(&what))?;
    Ok(Certificate {
        format: draw::FORMAT.to_owned(),
        origin: genesis.created.origin.to_string(),
        ledger_id: Hex(genesis.ledger.0),
        draw_id: ceremony.draw.to_string(),
        attempt: u64::from(ceremony.attempt),
        grade: grade(state, ceremony, stamped),
        ceremony: ceremony_part(ceremony, frozen),
        seed: Hex(done.seed.0),
        embargo,
        objects: section(pool.objects(), roots.objects_root.0, is_open),
        inspectors: section(pool.inspectors(), roots.inspectors_root.0, is_open),
        conflicts: section(pool.conflicts(), roots.conflicts_root.0, is_open),
        quota: quota_of(&frozen.stated).into(),
        seats: seats_of(&frozen.stated),
        max_load: frozen.stated.max_load,
        min_inspectors: frozen.stated.min_inspectors,
        result: match (&result, staffing.as_ref()) {
            (None, _) => draw::Result::default(),
            (Some(result), None) => result.into(),
            (Some(result), Some(staffed)) => staffed.result(result),
        },
        // As long as nobody knows who was drawn, nobody is recused ([P-164]).
        substitutions: match &result {
            Some(result) => {
                substitutions(state, ceremony, staffing.as_ref(), pool, result).map_err(|what| fail(&what))?
            }
            None => vec![],
        },
        staffing: staffing.map(|staffed| staffed.record),
        shape: match &result {
            Some(result) => {
                shape(state, ceremony, pool, &frozen.stated, result, stamped).map_err(|what| fail(&what))?
            }
            None => Value::Object(serde_json::Map::new()),
        },
        proof: draw::Proof::default(),
    })
}

/// The rows with their salts, once the embargo's key is on the log.
fn salted(state: &State, ceremony: &Ceremony, pool: &Pool) -> Option<Pool> {
    let (key, _) = state.embargoes.get(&ceremony.batch)?.released.as_ref()?;
    Some(pool.under_embargo(key))
}

/// The commitment, and the key once it is on the log.
fn embargo(state: &State, ceremony: &Ceremony) -> Option<draw::Embargo> {
    let embargo = state.embargoes.get(&ceremony.batch)?;
    let key = embargo.released.as_ref().map(|(key, _)| Hex(*key.expose()));
    Some(draw::Embargo { commitment: Hex(embargo.stated.commitment.0), key })
}

/// A list with its root as it was frozen; without rows as long as it is sealed.
fn section<Row: Clone>(rows: &[Row], root: [u8; 32], is_open: bool) -> draw::Section<Row> {
    draw::Section { rows: if is_open { rows.to_vec() } else { vec![] }, root: Hex(root) }
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
        beacons: frozen.stated.beacons.iter().filter_map(|one| beacon(ceremony, one)).collect(),
    }
}

/// A beacon with its round; every one is recorded once something is drawn.
fn beacon(ceremony: &Ceremony, one: &FrozenBeacon) -> Option<draw::BeaconRecord> {
    Some(draw::BeaconRecord {
        chain_hash: Hex(one.chain_hash.0),
        public_key: Hex(one.public_key.0),
        scheme: SCHEME.to_owned(),
        genesis: one.genesis,
        period: u64::from(one.period),
        delta: u64::from(one.delta),
        round: one.round,
        signature: Hex(ceremony.rounds.get(&one.chain_hash)?.0),
    })
}

/// The ceremonies behind a certificate: that of the batch, that of its inspectors if it had one of its own, then
/// those of its recusals in their order. Of a voided draw, as they were.
fn own<'a>(state: &'a State, ceremony: &'a Ceremony) -> Vec<&'a Ceremony> {
    let record =
        state.batches.get(&ceremony.batch).filter(|record| record.drawn.as_ref() == Some(&ceremony.draw));
    let staffed = record.and_then(|record| record.staffed.as_ref());
    let recusals = changes(state, ceremony).iter().filter_map(|change| match change {
        BoardChange::Draw(draw) => Some(draw),
        BoardChange::Reserve(_) | BoardChange::Chosen(_) => None,
    });
    // Under embargo there is no board yet; those of its recusals are told without a name.
    let hidden = state.hidden(&ceremony.batch).filter(|_| record.is_some());
    let unnamed = hidden.into_iter().flat_map(|embargo| &embargo.steps).filter_map(|step| match step {
        HiddenStep::Changed(BoardChange::Draw(draw)) => Some(draw),
        _ => None,
    });
    let followed = staffed.into_iter().chain(recusals).chain(unnamed).chain(&ceremony.followed);
    std::iter::once(ceremony).chain(followed.filter_map(|draw| state.ceremonies.get(draw))).collect()
}

/// What has changed the board since the draw, if it is the draw that counts.
fn changes<'a>(state: &'a State, ceremony: &Ceremony) -> &'a [BoardChange] {
    let record =
        state.batches.get(&ceremony.batch).filter(|record| record.drawn.as_ref() == Some(&ceremony.draw));
    let board = record.and_then(|record| record.board.as_ref());
    board.map(|board| board.changes.as_slice()).unwrap_or_default()
}

/// What followed from each recusal, applied again one after the other to the batch as it was drawn.
fn substitutions(
    state: &State,
    ceremony: &Ceremony,
    staffed: Option<&Staffed<'_>>,
    pool: &Pool,
    result: &Outcome,
) -> Result<Vec<draw::SubstitutionRecord>, String> {
    let (assignment, hi) = staffed.map_or((&result.assignment, result.hi), |staffed| {
        (&staffed.assigned.assignment, staffed.assigned.hi)
    });
    let Some(assignment) = assignment else { return Ok(vec![]) };
    let firms: Vec<&str> = result.selected.iter().map(|selected| selected.uscc.as_str()).collect();
    let frozen = ceremony.frozen.as_ref().ok_or("has no pool")?;
    let seats = seats_of(&frozen.stated);
    let pool = staffed.map_or(pool, |staffed| staffed.pool);
    let board = lotbook_draw::Board::new(pool, &seats, &firms, hi, assignment);
    let mut board = board.map_err(|error| error.to_string())?;
    let seed = Seed::from_bytes(ceremony.completed.as_ref().ok_or("is not drawn")?.seed.0);
    let record = |change: &BoardChange| match change {
        BoardChange::Draw(draw) => {
            substitution(state.ceremonies.get(draw).ok_or("has no such ceremony")?, &mut board)
        }
        BoardChange::Reserve(id) => {
            let who = state.recusals.get(id).and_then(|recusal| recusal.inspector.as_ref());
            let who = who.ok_or("has no such recusal")?.as_str();
            let done = board.reserve(who, &Stage::Reserve.key(&seed)).map_err(|error| error.to_string())?;
            Ok(unrolled(id, draw::SubstitutionKind::Reserve, who, done))
        }
        BoardChange::Chosen(id) => {
            let (who, slot, other) = chosen(state, id)?;
            let done = board.exchange(None, &who, slot, other).map_err(|error| error.to_string())?;
            Ok(unrolled(id, draw::SubstitutionKind::Chosen, &who, done))
        }
    };
    // Of a voided draw those changes are told that had a draw of their own.
    let followed = ceremony.followed.iter().map(|draw| BoardChange::Draw(draw.clone()));
    let all = changes(state, ceremony).iter().cloned().chain(followed);
    let of_recusal = |change: &BoardChange| match change {
        BoardChange::Draw(draw) => state.ceremonies.get(draw).is_some_and(|held| held.recusal.is_some()),
        BoardChange::Reserve(_) | BoardChange::Chosen(_) => true,
    };
    let all: Vec<_> = all.filter(of_recusal).collect();
    all.iter().map(record).collect()
}

/// The inspector, the slot and the counterpart's slot of a swap that a person has chosen.
fn chosen(state: &State, id: &RecusalId) -> Result<(String, usize, usize), String> {
    let recusal = state.recusals.get(id).ok_or("has no such recusal")?;
    let [slot, other] = recusal.exchanged.ok_or("has no counterpart")?;
    let who = recusal.inspector.as_ref().ok_or("has nobody who is recused")?;
    Ok((who.to_string(), slot as usize, other as usize))
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
            Purpose::Substitute | Purpose::Batch | Purpose::Inspectors => draw::SubstitutionKind::Withdraw,
        },
        inspector: replacement.inspector.as_ref().ok_or("replaces nobody by name")?.to_string(),
        slots: done.slots.iter().map(|slot| *slot as u64).collect(),
        ceremony: Some(ceremony_part(ceremony, frozen)),
        seed: Some(Hex(seed.0)),
        inspectors: Some(draw::Section { rows: second.inspectors().to_vec(), root: roots.0 }),
        conflicts: Some(draw::Section { rows: second.conflicts().to_vec(), root: roots.1 }),
        exhausted: done.exhausted.map(|slot| slot as u64),
        result: done.assignment,
    })
}
