//! Certificates of the draws of a verified log (draw.md 8), with a proof for every entry they rest on.

use crate::stamp::{Stamp, earliest};
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{Entry, TileContent, TileId, TileReader, TlogProof, TreeHash, append, prove_inclusion};
use lotbook_domain::State;
use lotbook_domain::ceremony::{Ceremony, Frozen, Rows};
use lotbook_domain::draw::inspectors::assigned;
use lotbook_domain::draw::{outcome, quota_of, seats_of};
use lotbook_domain::grade::{bias_bound, choices, grade};
use lotbook_domain::substitution::fill;
use lotbook_draw::assign::Assigned;
use lotbook_draw::beacon::SCHEME;
use lotbook_draw::certificate as draw;
use lotbook_draw::{Certificate, Hex, Outcome, Pool, Seed};
use lotbook_event::ceremony::{FrozenBeacon, Purpose};
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
    drawn.map(|ceremony| certificate(state, ceremony, &log, stamps)).collect()
}

/// What entries are proved from.
struct Log<'a> {
    entries: &'a [Vec<u8>],
    tiles: &'a Tiles,
    checkpoint: &'a str,
}

fn certificate(
    state: &State,
    ceremony: &Ceremony,
    log: &Log<'_>,
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
    let result = outcome(pool, &frozen.stated, Seed::from_bytes(done.seed.0))
        .map_err(|error| fail(&error.to_string()))?;
    let roots = &frozen.stated;
    let stamp = ceremony.closed.and_then(|closed| earliest(stamps, closed.position.0));
    let stamped = stamp.map(|stamp| stamp.time);
    let staffing = staffing(state, ceremony).map_err(|what| fail(&what))?;
    let own = own(state, ceremony);
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
        result: match (is_open, staffing.as_ref()) {
            (false, _) => draw::Result::default(),
            (true, None) => (&result).into(),
            (true, Some(staffed)) => staffed.result(&result),
        },
        // As long as nobody knows who was drawn, nobody is recused ([P-164]).
        substitutions: match is_open {
            true => substitutions(&own, staffing.as_ref(), pool, &result).map_err(|what| fail(&what))?,
            false => vec![],
        },
        staffing: staffing.map(|staffed| staffed.record),
        shape: shape(state, ceremony, frozen, done, stamped),
        proof: draw::Proof { entries: proofs(&own, log, stamp).map_err(|what| fail(&what))? },
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
    let board = record.and_then(|record| record.board.as_ref());
    let recusals = board.map(|board| board.draws.as_slice()).unwrap_or_default();
    let followed = staffed.into_iter().chain(recusals).chain(&ceremony.followed);
    std::iter::once(ceremony).chain(followed.filter_map(|draw| state.ceremonies.get(draw))).collect()
}

/// What an inspectors' ceremony drew for a selection that had no assignment.
struct Staffed<'a> {
    record: draw::Staffing,
    pool: &'a Pool,
    assigned: Assigned,
}

impl Staffed<'_> {
    /// The selection of the batch's draw, with these inspectors and this assignment.
    fn result(&self, drawn: &Outcome) -> draw::Result {
        let [quota, ..] = drawn.words;
        let [tier1, tier2] = self.assigned.words;
        draw::Result {
            inspectors: self.assigned.inspectors.clone(),
            lo: self.assigned.lo,
            hi: self.assigned.hi,
            tier: self.assigned.tier,
            tries: self.assigned.tries,
            words: [quota, tier1, tier2],
            assignment: self.assigned.assignment.clone(),
            ..drawn.into()
        }
    }
}

fn staffing<'a>(state: &'a State, ceremony: &'a Ceremony) -> Result<Option<Staffed<'a>>, String> {
    let all = own(state, ceremony);
    let Some(held) = all.into_iter().find(|held| held.purpose == Purpose::Inspectors) else {
        return Ok(None);
    };
    let frozen = held.frozen.as_ref().ok_or("has no pool")?;
    let Rows::Staffing(pool) = &frozen.rows else { return Err("is not the draw of inspectors".into()) };
    let seed = Seed::from_bytes(held.completed.as_ref().ok_or("is not drawn")?.seed.0);
    let drawn = ceremony.frozen.as_ref().ok_or("has no pool")?;
    let done = ceremony.completed.as_ref().ok_or("is not drawn")?;
    let of_batch = outcome(drawn.pool().ok_or("has no pool")?, &drawn.stated, Seed::from_bytes(done.seed.0));
    let of_batch = of_batch.map_err(|error| error.to_string())?;
    let firms: Vec<&str> = of_batch.selected.iter().map(|one| one.uscc.as_str()).collect();
    let assigned = assigned(&drawn.stated, &firms, held, seed)?;
    let roots = pool.roots();
    let record = draw::Staffing {
        ceremony: ceremony_part(held, frozen),
        seed: Hex(*seed.as_bytes()),
        inspectors: draw::Section { rows: pool.inspectors().to_vec(), root: Hex(roots.inspectors) },
        conflicts: draw::Section { rows: pool.conflicts().to_vec(), root: Hex(roots.conflicts) },
    };
    Ok(Some(Staffed { record, pool, assigned }))
}

/// What followed from each recusal, applied again one after the other to the batch as it was drawn.
fn substitutions(
    own: &[&Ceremony],
    staffed: Option<&Staffed<'_>>,
    pool: &Pool,
    result: &Outcome,
) -> Result<Vec<draw::SubstitutionRecord>, String> {
    let (assignment, hi) = staffed.map_or((&result.assignment, result.hi), |staffed| {
        (&staffed.assigned.assignment, staffed.assigned.hi)
    });
    let Some(assignment) = assignment else { return Ok(vec![]) };
    let firms: Vec<&str> = result.selected.iter().map(|selected| selected.uscc.as_str()).collect();
    let frozen = own.first().and_then(|ceremony| ceremony.frozen.as_ref()).ok_or("has no pool")?;
    let seats = seats_of(&frozen.stated);
    let pool = staffed.map_or(pool, |staffed| staffed.pool);
    let board = lotbook_draw::Board::new(pool, &seats, &firms, hi, assignment);
    let mut board = board.map_err(|error| error.to_string())?;
    let of_recusals = own.iter().filter(|held| held.recusal.is_some());
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
            Purpose::Substitute | Purpose::Batch | Purpose::Inspectors => draw::SubstitutionKind::Withdraw,
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

/// Informative: drawn and eligible by stratum, small strata, exclusions by reason; among how many outcomes
/// somebody could have chosen; what failed attempts would have drawn; and why it was voided.
fn shape(
    state: &State,
    ceremony: &Ceremony,
    frozen: &Frozen,
    done: &DrawCompleted,
    stamped: Option<u64>,
) -> serde_json::Value {
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
    let bound = bias_bound(choices(state, ceremony, stamped));
    let proposal = ceremony.voided.and_then(|entry| ceremony.proposals.get(&entry));
    let voided = proposal.map(|p| json!({ "ground": p.ground.code(), "basis": p.basis.as_str() }));
    json!({
        "strata": strata, "strata_under_5": small, "excluded": reasons, "bias": bound,
        "discarded": discarded(state, ceremony), "voided": voided,
    })
}

/// Failed attempts before this draw, with the seed and the enterprises that they would have drawn, where
/// everybody who committed revealed and no beacon is missing.
fn discarded(state: &State, ceremony: &Ceremony) -> Vec<serde_json::Value> {
    let attempts =
        state.batches.get(&ceremony.batch).map(|record| record.attempts.as_slice()).unwrap_or_default();
    let held = attempts.iter().filter_map(|draw| state.ceremonies.get(draw));
    let failed = held.filter(|held| held.purpose == Purpose::Batch && held.attempt < ceremony.attempt);
    let row = |held: &Ceremony| {
        let would = held.frozen.as_ref().filter(|_| held.beacons().is_empty()).and_then(|frozen| {
            let seed = lotbook_draw::seed(&frozen.p.0, &held.committers(), &[]).ok()?;
            Some((seed, outcome(frozen.pool()?, &frozen.stated, seed).ok()?))
        });
        let selected = |(_, outcome): &(Seed, Outcome)| {
            outcome.selected.iter().map(|one| one.uscc.clone()).collect::<Vec<_>>()
        };
        json!({
            "draw": held.draw.as_str(), "code": held.failed.map(lotbook_event::ceremony::FailureCode::code),
            "seed": would.as_ref().map(|(seed, _)| Hex(*seed.as_bytes())), "selected": would.as_ref().map(selected),
        })
    };
    failed.filter(|held| held.failed.is_some()).map(row).collect()
}

/// Every entry of these draws with its tlog-proof: ceremony, pool, draw, assignment, change of a team; and
/// the request and decision of every recusal.
fn proofs(own: &[&Ceremony], log: &Log<'_>, stamp: Option<&Stamp>) -> Result<Vec<draw::ProofEntry>, String> {
    let whole = log.entries.len() as u64;
    let closed = own.first().and_then(|ceremony| ceremony.closed).map(|closed| closed.position);
    let mut proofs = vec![];
    for bytes in log.entries {
        let entry = Entry::decode(bytes).map_err(|error| error.to_string())?;
        let statement = Statement::decode(&entry.statement).map_err(|error| error.to_string())?;
        if !own.iter().any(|ceremony| belongs(&statement.event, ceremony)) {
            continue;
        }
        let of_close = stamp.filter(|_| closed == Some(entry.position));
        let (size, checkpoint) =
            of_close.map_or((whole, log.checkpoint), |stamp| (stamp.size, stamp.note.as_str()));
        if size > whole {
            return Err(format!("a stamp is of {size} entries, the log at hand has {whole}"));
        }
        let proof = prove_inclusion(log.tiles, entry.position.0, size).map_err(|e| e.to_string())?;
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
        Event::BeaconRecorded(e) => &e.draw,
        Event::CeremonyFailed(e) => &e.draw,
        Event::DrawVoidProposed(e) => &e.draw,
        Event::DrawVoided(e) => &e.draw,
        Event::TeamAssigned(e) => &e.draw,
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
