//! Ceremonies: participants, deadlines, how far they are, seed and result (draw.md 1, 6).

use super::{BadKey, beyond_id, from, is};
use crate::beacon::time_of;
use crate::ceremony::{Ceremony, Frozen, Stage, VoidProposal};
use crate::grade::grade;
use crate::state::State;
use lotbook_event::ceremony::{FrozenBeacon, Participant, Purpose};
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;
use lotbook_event::{BatchId, DrawId, PlanId};

/// Which draws.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Plan of the batch.
    pub plan: Option<PlanId>,
    /// Batch.
    pub batch: Option<BatchId>,
    /// What is drawn.
    pub purpose: Option<Purpose>,
    /// How far.
    pub stage: Option<view::CeremonyStage>,
}

/// Ceremonies by draw identifier.
///
/// # Errors
/// [`BadKey`] if `after` is no draw identifier.
pub fn draws<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::DrawView)> + use<'a>, BadKey> {
    let after = beyond_id(after, DrawId::new)?;
    let wanted = |ceremony: &Ceremony| {
        is(filter.plan.as_ref(), &ceremony.batch.0)
            && is(filter.batch.as_ref(), &ceremony.batch.1)
            && is(filter.purpose.as_ref(), &purpose(ceremony))
            && is(filter.stage.as_ref(), &stage(ceremony.stage))
    };
    let rows = state.ceremonies.range(from(after)).filter(move |(_, ceremony)| wanted(ceremony));
    Ok(rows.map(|(id, ceremony)| (id.to_string(), of(state, ceremony))))
}

/// One ceremony.
pub fn draw(state: &State, id: &DrawId) -> Option<view::DrawView> {
    state.ceremonies.get(id).map(|ceremony| of(state, ceremony))
}

fn of(state: &State, ceremony: &Ceremony) -> view::DrawView {
    let stated = ceremony.frozen.as_ref().map(|frozen| &frozen.stated);
    let participants = stated.map(|stated| stated.participants.as_slice()).unwrap_or_default();
    view::DrawView {
        draw: ceremony.draw.to_string(),
        purpose: purpose(ceremony).wire(),
        plan: ceremony.batch.0.to_string(),
        batch: ceremony.batch.1.to_string(),
        recusal: ceremony.recusal.as_ref().map(ToString::to_string),
        attempt: ceremony.attempt,
        opened_at: ceremony.opened_at.0,
        pool: ceremony.frozen.as_ref().map(|frozen| frozen.p.wire()),
        frozen: stated.map(Wire::wire),
        participants: participants.iter().map(|one| participant(state, ceremony, one)).collect(),
        commit_deadline: stated.map(|stated| stated.commit_deadline.0),
        reveal_deadline: stated.map(|stated| stated.reveal_deadline.0),
        stage: stage(ceremony.stage).into(),
        terminal: ceremony.terminal.wire(),
        barred: ceremony.barred.wire(),
        seed: ceremony.completed.as_ref().map(|completed| completed.seed.wire()),
        result: ceremony.completed.wire(),
        beacons: ceremony.beacons().iter().map(|one| beacon(ceremony, one)).collect(),
        closed_at: ceremony.closed.map(|closed| closed.at.0),
        overdue: ceremony.overdue && ceremony.stage == Stage::Closed,
        grade: drawn(ceremony).map(|()| grade(state, ceremony, None).to_string()).unwrap_or_default(),
        // As if stamped at the first second there is.
        grade_with_stamps: drawn(ceremony)
            .map(|()| grade(state, ceremony, Some(0)).to_string())
            .unwrap_or_default(),
        voided: ceremony.voided.and_then(|proposal| ceremony.proposals.get(&proposal)).map(voided),
    }
}

fn drawn(ceremony: &Ceremony) -> Option<()> {
    ceremony.completed.as_ref().map(|_| ())
}

fn beacon(ceremony: &Ceremony, one: &FrozenBeacon) -> view::BeaconView {
    view::BeaconView {
        chain_hash: one.chain_hash.wire(),
        round: one.round,
        published_at: time_of(one).0,
        signature: ceremony.rounds.get(&one.chain_hash).map(Wire::wire),
    }
}

fn voided(proposal: &VoidProposal) -> view::DrawVoidView {
    view::DrawVoidView {
        ground: proposal.ground.wire(),
        basis: proposal.basis.wire(),
        proposed_by: proposal.by.wire(),
    }
}

fn participant(state: &State, ceremony: &Ceremony, one: &Participant) -> view::ParticipantView {
    view::ParticipantView {
        key_id: one.key_id.wire(),
        role: one.role.wire(),
        person: state.person_of(&one.key_id).to_owned(),
        commitment: ceremony.commitments.get(&one.key_id).map(Wire::wire),
        secret: ceremony.reveals.get(&one.key_id).map(Wire::wire),
    }
}

/// What the frozen pool says is replaced; without that, what it was opened for.
fn purpose(ceremony: &Ceremony) -> Purpose {
    let replacement = |frozen: &Frozen| Some(frozen.stated.replacement.as_ref()?.purpose);
    ceremony.frozen.as_ref().and_then(replacement).unwrap_or(ceremony.purpose)
}

fn stage(stage: Stage) -> view::CeremonyStage {
    match stage {
        Stage::Committing => view::CeremonyStage::Committing,
        Stage::Revealing => view::CeremonyStage::Revealing,
        Stage::Closed => view::CeremonyStage::Closed,
        Stage::Failed => view::CeremonyStage::Failed,
        Stage::Drawn => view::CeremonyStage::Drawn,
        Stage::Voided => view::CeremonyStage::Voided,
    }
}
