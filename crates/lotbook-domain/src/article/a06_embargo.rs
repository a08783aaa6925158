//! Art. 6: names drawn under embargo become public when the scheme says so: who holds the key, who reads
//! before, when an enterprise is opened, and when the key is published (draw.md 7).

use super::{Found, a15_recusal, a17_directed};
use crate::civil::{end_of, show};
use crate::decide::{DecideError, Stated};
use crate::draw::{DrawFault, small};
use crate::embargo::{self, Keys, Known, MIN_HOLDERS, Revealed};
use crate::person;
use crate::state::{BatchKey, Embargo, Inspection, State};
use lotbook_chain::{Instant, KeyId, Sealed, sealing};
use lotbook_draw::{EmbargoKey, Pool, Seed, pool::Roots};
use lotbook_event::ceremony::*;
use lotbook_event::draw::DrawOpened;
use lotbook_event::keys::Role;
use lotbook_event::plan::{Reveal, SchemeAdopted};
use lotbook_event::recusal::CounterpartChosen;
use lotbook_event::{Bytes32, Code, DrawId, Event, FieldError, InspectionId, RecusalId, Refusal, Statement};
use std::borrow::Borrow;
use std::collections::BTreeSet;

/// What a pool freezes of an embargo: the statement of it, and the key for the salts; a verifier without the
/// key freezes a template.
pub struct FrozenEmbargo<'a> {
    /// What PoolFrozen states.
    pub stated: PoolEmbargo,
    key: Option<&'a EmbargoKey>,
}

impl FrozenEmbargo<'_> {
    /// The salted roots; zeros for who has no key.
    pub(super) fn roots(&self, pool: &Pool) -> Roots {
        let blank = Roots { objects: [0; 32], inspectors: [0; 32], conflicts: [0; 32] };
        self.key.map_or(blank, |key| pool.under_embargo(key).roots())
    }
}

/// The embargo that an opening freezes; `None` if the scheme makes names public at the draw.
///
/// # Errors
/// [`DecideError::Fault`] if the ledger does not hold the key.
pub fn frozen<'a>(
    state: &'a State,
    e: &CeremonyOpened,
    keys: Keys<'a>,
) -> Result<Option<FrozenEmbargo<'a>>, DecideError> {
    let batch = (e.plan.clone(), e.batch.clone());
    let scheme = state.batch(&e.plan, &e.batch)?.scheme.as_ref().map(|scheme| &scheme.value);
    let Some((reveal, until)) = scheme.and_then(of_scheme) else { return Ok(None) };
    let named = crate::evolve::draw_id(&e.plan, &e.batch, e.recusal.as_ref(), e.attempt);
    let draw = named.map_err(|error| super::a14_draw::invalid(&e.batch, &error))?;
    let key = keys.of(state, &batch, &draw)?;
    let known = state.embargoes.get(&batch).map(|embargo| embargo.stated.commitment);
    let commitment = key.map(|key| Bytes32(key.commitment())).or(known).unwrap_or(Bytes32([0; 32]));
    let stated = PoolEmbargo { commitment, reveal, until };
    Ok(Some(FrozenEmbargo { stated, key }))
}

/// When an enterprise may be opened, and the end of the window; `None` if the scheme makes names public at the draw.
pub fn of_scheme(scheme: &SchemeAdopted) -> Option<(Reveal, Instant)> {
    (scheme.reveal != Reveal::AtDraw).then(|| (scheme.reveal, end_of(scheme.window_to)))
}

/// The embargo of the batch of a draw.
fn of_draw<'a>(state: &'a State, draw: &DrawId) -> Result<(&'a BatchKey, &'a Embargo), Refusal> {
    let ceremony = state.ceremony(draw)?;
    let none = || Refusal::new(Code::UnknownSubject, draw, format!("{} is not under embargo", ceremony.draw));
    state.embargo_of(draw).ok_or_else(none)
}

fn not_released(embargo: &Embargo, draw: &DrawId) -> Result<(), Refusal> {
    match &embargo.released {
        None => Ok(()),
        Some((_, at)) => {
            let found = format!("the embargo of {draw} was released at {}", show(*at));
            Err(Refusal::new(Code::AlreadyRecorded, draw, found))
        }
    }
}

/// A supervisor who has read the key shows that it is whole; two persons, not two keys.
pub fn held(
    state: &State,
    stated: &Stated<'_>,
    e: &EmbargoKeyHeld,
    known: &Known<'_>,
) -> Result<(), Refusal> {
    let (_, embargo) = of_draw(state, &e.draw)?;
    not_released(embargo, &e.draw)?;
    let author = stated.authentic.author();
    if let Some(holder) = embargo.holders.iter().find(|holder| person::same(state, **holder, author)) {
        let found = format!("key {holder} of the same person holds the embargo key of {}", e.draw);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.draw, found));
    }
    if !embargo.readers.contains(&author) {
        let found = format!("key {author} has not read the embargo key of {} on record", e.draw);
        return Err(Refusal::new(Code::WrongPhase, &e.draw, found));
    }
    // BLAKE3.keyed_hash(K_emb, enc("held") || key_id)                                                [P-154]
    match known.key {
        Some(key) if key.held_by(&author.0) != e.proof.0 => {
            let found = format!("the proof of key {author} is not made with the key of {}", e.draw);
            Err(Refusal::new(Code::EmbargoKeyMismatch, &e.draw, found))
        }
        _ => Ok(()),
    }
}

/// When all have committed, the second holder is what the sealing waited for.
///
/// # Errors
/// If there is no such ceremony.
pub fn after_held<B: Borrow<Statement>>(
    state: &State,
    e: &EmbargoKeyHeld,
    sealed: &Sealed<B>,
) -> Result<Vec<Event>, Refusal> {
    let (batch, embargo) = of_draw(state, &e.draw)?;
    let mut holders = embargo.holders.clone();
    holders.insert(sealed.entry.author);
    let waits = |ceremony: &&crate::ceremony::Ceremony| {
        ceremony.batch == *batch
            && ceremony.stage == crate::ceremony::Stage::Committing
            && ceremony.all_committed()
    };
    let waiting = state.ceremonies.values().find(waits).filter(|_| holders.len() >= MIN_HOLDERS);
    let seal = |ceremony: &crate::ceremony::Ceremony| {
        let committers = ceremony.commitments.keys().copied().collect();
        CeremonySealed { draw: ceremony.draw.clone(), committers }.into()
    };
    Ok(waiting.map(seal).into_iter().collect())
}

/// Supervision reads the key, an inspector their own enterprises; both on record, and nobody else.
pub fn read(state: &State, stated: &Stated<'_>, e: &EmbargoRead) -> Result<(), Refusal> {
    let (_, embargo) = of_draw(state, &e.draw)?;
    not_released(embargo, &e.draw)?;
    let role = stated.statement().role;
    let needs = match e.part {
        EmbargoPart::Key => Role::Supervisor,
        EmbargoPart::Own => Role::Inspector,
    };
    if role != needs {
        let found = format!("{} of {} is read as {needs}, not as {role}", e.part, e.draw);
        return Err(Refusal::new(Code::RoleNotHeld, &e.draw, found));
    }
    if e.part == EmbargoPart::Own && embargo.draw.as_ref() != Some(&e.draw) {
        let found = format!("{} is not drawn: there is nothing to read", e.draw);
        return Err(Refusal::new(Code::WrongPhase, &e.draw, found));
    }
    if !sealing::is_reply_key(&e.reply_key.0) {
        let found = "the reply key is a point of small order: anybody could read the answer".to_owned();
        return Err(Refusal::new(Code::InvalidValue, &e.draw, found));
    }
    Ok(())
}

/// A holder publishes the key that was committed to, from the window's end on or when all are open.
pub fn released(state: &State, stated: &Stated<'_>, e: &EmbargoReleased) -> Result<(), Refusal> {
    let (_, embargo) = of_draw(state, &e.draw)?;
    not_released(embargo, &e.draw)?;
    if embargo.draw.as_ref() != Some(&e.draw) {
        let found = format!("{} is not the draw that counts", e.draw);
        return Err(Refusal::new(Code::WrongPhase, &e.draw, found));
    }
    let author: KeyId = stated.authentic.author();
    if !embargo.holders.contains(&author) {
        let found = format!("key {author} has not stated that it holds the embargo key of {}", e.draw);
        return Err(Refusal::new(Code::RoleNotHeld, &e.draw, found));
    }
    if stated.at() < embargo.stated.until && !embargo.all_open() {
        let closed = embargo.assignments.values().filter(|withheld| !withheld.opened).count();
        let until = show(embargo.stated.until);
        let found = format!("{closed} enterprises of {} are not open, its window ends at {until}", e.draw);
        return Err(Refusal::new(Code::Embargoed, &e.draw, found));
    }
    if EmbargoKey::from_bytes(e.key.0).commitment() != embargo.stated.commitment.0 {
        let found = format!("the key published is not the one that the pool of {} commits to", e.draw);
        return Err(Refusal::new(Code::EmbargoKeyMismatch, &e.draw, found));
    }
    Ok(())
}

/// The draw as the published key gives it.
///
/// # Errors
/// [`DrawFault`] if it cannot be computed.
pub(crate) fn with_the_key(state: &State, e: &EmbargoReleased) -> Result<Revealed, DrawFault> {
    let fault = |what: &str| DrawFault { draw: e.draw.clone(), what: what.to_owned() };
    let ceremony = state.ceremonies.get(&e.draw).ok_or_else(|| fault("is not there"))?;
    let seed = ceremony.completed.as_ref().ok_or_else(|| fault("is not drawn"))?.seed;
    embargo::reveal(ceremony, Seed::from_bytes(seed.0), &EmbargoKey::from_bytes(e.key.0))
}

/// With the key the ledger states the whole result, and if there was no assignment.
///
/// # Errors
/// [`DecideError::Fault`] if the draw cannot be computed.
pub fn after_release(state: &State, e: &EmbargoReleased) -> Result<Vec<Event>, DecideError> {
    let seats = state.ceremony(&e.draw)?.frozen.as_ref().map_or(0, |frozen| frozen.stated.seats.len());
    let revealed = with_the_key(state, e)?;
    let invalid = |error: &FieldError| super::a14_draw::invalid(&e.draw, error);
    let result = revealed.completed(&e.draw).map_err(|error| invalid(&error))?;
    let opened = DrawOpened { draw: e.draw.clone(), key: e.key, result: Some(result) };
    let infeasible = revealed.infeasible(&e.draw, seats).map_err(|error| invalid(&error))?;
    Ok([opened.into()].into_iter().chain(infeasible).collect())
}

/// The flags of the draw, which depend on who was drawn.
pub(crate) fn released_flags(state: &State, e: &EmbargoReleased) -> Vec<Found> {
    let Some(ceremony) = state.ceremonies.get(&e.draw) else { return vec![] };
    let Ok(revealed) = with_the_key(state, e) else { return vec![] };
    let Ok(completed) = revealed.completed(&e.draw) else { return vec![] };
    let mut found = a17_directed::of_result(state, ceremony, Some(&revealed.pool), &completed);
    found.extend(few_candidates(state, e, &revealed));
    found
}

/// Flag PREDICTABLE_SUBSTITUTE of the recusals before: how many could have come would have told for whom.
fn few_candidates(state: &State, e: &EmbargoReleased, revealed: &Revealed) -> Vec<Found> {
    let Some((_, embargo)) = state.embargo_of(&e.draw).filter(|(_, embargo)| !embargo.steps.is_empty())
    else {
        return vec![];
    };
    let (mut named, key) = (state.clone(), EmbargoKey::from_bytes(e.key.0));
    let changes = embargo::lift(&mut named, &e.draw, revealed, &key, state.head.recorded_at);
    let filled = changes.iter().flat_map(|change| &change.vacancies).filter(|one| one.chosen.is_some());
    let flags = filled.filter_map(|one| {
        let (rank, _) = embargo.place(small(one.slot))?;
        let inspection = &embargo.assignments.get(&rank)?.inspection;
        Some(a15_recusal::few_candidates(inspection, small(one.candidates.len())))
    });
    flags.flatten().collect()
}

/// Whether a notice or a start may open an enterprise now, by the scheme.
pub(super) fn may_open(state: &State, id: &InspectionId, at_notice: bool) -> Result<(), Refusal> {
    let Some((embargo, ..)) = state.withheld(id) else { return Ok(()) };
    let until = show(embargo.stated.until);
    let found = match embargo.stated.reveal {
        Reveal::AtNotice | Reveal::AtDraw => return Ok(()),
        Reveal::AtStart if !at_notice => return Ok(()),
        Reveal::AtStart => format!("{id} is opened when it starts; no notice is served before"),
        Reveal::WindowEnd => format!("{id} is opened with all others after {until}; record the visit then"),
    };
    Err(Refusal::new(Code::Embargoed, id, found))
}

/// Before the release whoever is recused is named by the slot ([P-166]).
pub(super) fn no_recusal_yet(state: &State, inspection: &Inspection, id: &RecusalId) -> Result<(), Refusal> {
    match inspection.batch() {
        Some(batch) => not_yet(state, batch, id.as_str(), "a slot is named, not an inspector"),
        None => Ok(()),
    }
}

/// Nobody names a counterpart in a batch whose names are hidden, whether the inspection that they name is open or
/// not ([P-164]).
pub(super) fn no_choice_yet(state: &State, e: &CounterpartChosen) -> Result<(), Refusal> {
    if state.withheld(&e.counterpart_inspection).is_some() {
        state.inspection(&e.counterpart_inspection)?;
    }
    match state.inspections.get(&e.counterpart_inspection) {
        Some(inspection) => match inspection.batch() {
            Some(batch) => {
                not_yet(state, batch, e.recusal.as_str(), "a counterpart is drawn, nobody is named")
            }
            None => Ok(()),
        },
        None => Ok(()),
    }
}

/// The order in which substitutes come is not approved once the batch is hidden ([P-164]).
pub(super) fn no_reserve_yet(state: &State, batch: &BatchKey) -> Result<(), Refusal> {
    let name = format!("{}/{}", batch.0, batch.1);
    not_yet(state, batch, &name, "a reserve order is approved before its ceremony is opened")
}

fn not_yet(state: &State, batch: &BatchKey, subject: &str, what: &str) -> Result<(), Refusal> {
    match state.embargoes.get(batch).filter(|embargo| embargo.released.is_none()) {
        None => Ok(()),
        Some(embargo) => {
            let until = show(embargo.stated.until);
            let found = format!("the batch is under embargo, at the latest until {until}: {what}");
            Err(Refusal::new(Code::Embargoed, subject, found))
        }
    }
}

/// A draw is voided, and inspectors are drawn apart, once everybody sees whom it concerns ([P-164]).
pub(super) fn no_void_yet(state: &State, batch: &BatchKey) -> Result<(), Refusal> {
    not_yet(state, batch, batch.1.as_str(), "its draw is voided after its release")
}

pub(super) fn no_staffing_yet(state: &State, batch: &BatchKey) -> Result<(), Refusal> {
    not_yet(state, batch, batch.1.as_str(), "inspectors are drawn apart after its release")
}

/// Under a key that is known nothing is drawn again: what was voided is planned anew, in a batch with a key and a
/// window of its own ([P-164]).
pub(super) fn not_known(state: &State, batch: &BatchKey) -> Result<(), Refusal> {
    match state.embargoes.get(batch).filter(|embargo| embargo.released.is_some()) {
        None => Ok(()),
        Some(_) => {
            let found =
                format!("the embargo key of batch {}/{} is public: plan another batch", batch.0, batch.1);
            Err(Refusal::new(Code::Embargoed, &batch.1, found))
        }
    }
}

/// As long as an enterprise is hidden, no other pool has any of those it may be: else Art. 16 would be passed, or
/// the pool would name it.
pub(super) fn not_hidden_elsewhere(
    state: &State,
    e: &CeremonyOpened,
    eligible: &BTreeSet<&str>,
) -> Result<(), Refusal> {
    let hidden = state.embargoes.values().filter(|embargo| embargo.released.is_none() && !embargo.all_open());
    for draw in hidden.filter_map(|embargo| embargo.draw.as_ref()) {
        let frozen = state.ceremonies.get(draw).and_then(|ceremony| ceremony.frozen.as_ref());
        let rows = frozen.and_then(|frozen| frozen.pool()).map(|pool| pool.objects()).unwrap_or_default();
        if let Some(row) = rows.iter().find(|row| row.eligible && eligible.contains(row.uscc.as_str())) {
            let found =
                format!("who was drawn in {draw} is under embargo, and {} may be among them", row.uscc);
            return Err(Refusal::new(Code::Embargoed, &e.batch, found));
        }
    }
    Ok(())
}
