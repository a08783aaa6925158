//! Certificates of the draws of a verified log (draw.md 8), with a proof for every entry they rest on.

use crate::stamp::{Stamp, earliest};
use crate::tiles::Tiles;
use lotbook_chain::entry::entry_hash;
use lotbook_chain::{Entry, EntryHash, KeyId, PublicKey, TlogProof, prove_inclusion};
use lotbook_domain::State;
use lotbook_domain::ceremony::{Ceremony, Frozen, Rows};
use lotbook_domain::draw::inspectors::assigned;
use lotbook_domain::draw::{outcome, quota_of, seats_of};
use lotbook_domain::grade::{bias_bound, choices, grade};
use lotbook_domain::state::BoardChange;
use lotbook_domain::substitution::fill;
use lotbook_draw::assign::Assigned;
use lotbook_draw::beacon::SCHEME;
use lotbook_draw::certificate as draw;
use lotbook_draw::{Certificate, Hex, Outcome, Pool, Seed, Stage, Substitution};
use lotbook_event::ceremony::{FrozenBeacon, Purpose};
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

/// What entries are proved from.
struct Log<'a> {
    entries: &'a [Vec<u8>],
    tiles: &'a Tiles,
    checkpoint: &'a str,
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
    let result = outcome(pool, &frozen.stated, Seed::from_bytes(done.seed.0))
        .map_err(|error| fail(&error.to_string()))?;
    let roots = pool.roots();
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
        embargo: None,
        objects: draw::Section { rows: pool.objects().to_vec(), root: Hex(roots.objects) },
        inspectors: draw::Section { rows: pool.inspectors().to_vec(), root: Hex(roots.inspectors) },
        conflicts: draw::Section { rows: pool.conflicts().to_vec(), root: Hex(roots.conflicts) },
        quota: quota_of(&frozen.stated).into(),
        seats: seats_of(&frozen.stated),
        max_load: frozen.stated.max_load,
        min_inspectors: frozen.stated.min_inspectors,
        result: staffing.as_ref().map_or_else(|| (&result).into(), |staffed| staffed.result(&result)),
        substitutions: substitutions(state, ceremony, staffing.as_ref(), pool, &result)
            .map_err(|what| fail(&what))?,
        staffing: staffing.map(|staffed| staffed.record),
        shape: shape(state, ceremony, frozen, done, stamped),
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
    let followed = staffed.into_iter().chain(recusals).chain(&ceremony.followed);
    std::iter::once(ceremony).chain(followed.filter_map(|draw| state.ceremonies.get(draw))).collect()
}

/// What has changed the board since the draw, if it is the draw that counts.
fn changes<'a>(state: &'a State, ceremony: &Ceremony) -> &'a [BoardChange] {
    let record =
        state.batches.get(&ceremony.batch).filter(|record| record.drawn.as_ref() == Some(&ceremony.draw));
    let board = record.and_then(|record| record.board.as_ref());
    board.map(|board| board.changes.as_slice()).unwrap_or_default()
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

/// Every entry of these draws with its tlog-proof: ceremony, pool, draw, assignment, change of a team, request and
/// decision of every recusal; and what they rest on, see [`behind`].
fn proofs(
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
        if draws.iter().any(own) || unrolls(event, changes(state, ceremony)) {
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
        Event::BeaconRecorded(e) => &e.draw,
        Event::CeremonyFailed(e) => &e.draw,
        Event::DrawVoidProposed(e) => &e.draw,
        Event::DrawVoided(e) => &e.draw,
        Event::TeamAssigned(e) => &e.draw,
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
