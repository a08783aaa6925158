//! Certificates of the draws of a verified log (draw.md 8), with a proof for every entry they rest on.

use crate::grade::grade;
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{Entry, TileContent, TileId, TileReader, TlogProof, TreeHash, append, prove_inclusion};
use lotbook_domain::State;
use lotbook_domain::ceremony::{Ceremony, Frozen, Rows};
use lotbook_domain::draw::{outcome, quota_of, seats_of};
use lotbook_domain::substitution::fill;
use lotbook_draw::certificate as draw;
use lotbook_draw::{Certificate, Hex, Outcome, Pool, Seed};
use lotbook_event::ceremony::Purpose;
use lotbook_event::draw::DrawCompleted;
use lotbook_event::{Event, Statement};
use serde_json::json;
use std::collections::BTreeMap;

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
    drawn.map(|ceremony| certificate(state, ceremony, entries, &tiles, checkpoint)).collect()
}

fn certificate(
    state: &State,
    ceremony: &Ceremony,
    entries: &[Vec<u8>],
    tiles: &Tiles,
    checkpoint: &str,
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
    let result = outcome(pool, &frozen.stated, Seed::from_bytes(done.seed.0))
        .map_err(|error| fail(&error.to_string()))?;
    let roots = &frozen.stated;
    Ok(Certificate {
        format: draw::FORMAT.to_owned(),
        origin: genesis.created.origin.to_string(),
        ledger_id: Hex(genesis.ledger.0),
        draw_id: ceremony.draw.to_string(),
        attempt: u64::from(ceremony.attempt),
        grade: if grade(state, ceremony) == 'B' { draw::Grade::B } else { draw::Grade::C },
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
        result: if is_open { (&result).into() } else { draw::Result::default() },
        staffing: None,
        // As long as nobody knows who was drawn, nobody is recused ([P-164]).
        substitutions: match is_open {
            true => substitutions(state, ceremony, pool, &result).map_err(|what| fail(&what))?,
            false => vec![],
        },
        shape: shape(frozen, done),
        proof: draw::Proof {
            entries: proofs(&own(state, ceremony), entries, tiles, checkpoint).map_err(|what| fail(&what))?,
        },
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
        beacons: vec![],
    }
}

/// The ceremonies behind a certificate: that of the batch, then those of its recusals in their order.
fn own<'a>(state: &'a State, ceremony: &'a Ceremony) -> Vec<&'a Ceremony> {
    let board = state.batches.get(&ceremony.batch).and_then(|record| record.board.as_ref());
    let draws = board.map(|board| board.draws.as_slice()).unwrap_or_default();
    std::iter::once(ceremony).chain(draws.iter().filter_map(|draw| state.ceremonies.get(draw))).collect()
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
    let of_recusals = own(state, ceremony).into_iter().skip(1);
    of_recusals.map(|recusal| substitution(recusal, &mut board)).collect()
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

/// Every entry of these draws with its tlog-proof: ceremony, pool, draw, assignment, change of a team; and
/// the request and decision of every recusal.
fn proofs(
    own: &[&Ceremony],
    entries: &[Vec<u8>],
    tiles: &Tiles,
    checkpoint: &str,
) -> Result<Vec<draw::ProofEntry>, String> {
    let mut proofs = vec![];
    for bytes in entries {
        let entry = Entry::decode(bytes).map_err(|error| error.to_string())?;
        let statement = Statement::decode(&entry.statement).map_err(|error| error.to_string())?;
        if !own.iter().any(|ceremony| belongs(&statement.event, ceremony)) {
            continue;
        }
        let proof =
            prove_inclusion(tiles, entry.position.0, entries.len() as u64).map_err(|e| e.to_string())?;
        // The entry stands beside its proof, so it is not in it again.
        let checkpoint = checkpoint.to_owned();
        let proof = TlogProof { extra: None, index: entry.position.0, proof, checkpoint };
        proofs.push(draw::ProofEntry {
            entry: data_encoding::BASE64.encode(bytes),
            tlog_proof: proof.to_string(),
        });
    }
    Ok(proofs)
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
        Event::AssignmentWithheld(e) => &e.draw,
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

/// The tree's tiles in memory.
struct Tiles(BTreeMap<TileId, Vec<TreeHash>>);

impl Tiles {
    fn of(entries: &[Vec<u8>]) -> Self {
        let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let mut tiles = Self(BTreeMap::new());
        let stored: Result<Vec<TileContent>, _> = append(&tiles, 0, &leaves);
        tiles.0.extend(stored.unwrap_or_default());
        tiles
    }
}

impl TileReader for Tiles {
    type Error = core::convert::Infallible;

    fn tile(&self, id: TileId, _width: u16) -> Result<Vec<TreeHash>, Self::Error> {
        Ok(self.0.get(&id).cloned().unwrap_or_default())
    }
}
