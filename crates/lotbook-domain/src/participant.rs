//! The standing participants of a ceremony, found among the keys (draw.md 1).

use crate::article::a14_draw::DAY_SECONDS;
use crate::key::{Grant, Key};
use crate::state::State;
use lotbook_chain::{Instant, KeyId};
use lotbook_event::ceremony::{Participant, ParticipantRole};
use lotbook_event::keys::Role;
use lotbook_event::plan::Batch;
use lotbook_event::registry::StandingParticipant;
use lotbook_event::{Code, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// The participants of a ceremony, ascending by key.
///
/// Each standing participant of the rule set is one key: for the drawing section, that of an officer
/// (else an operator) of a section of the batch; for every other part, that of the person the rule set
/// names. Where several fit, the one registered first.
///
/// # Errors
/// UNKNOWN_SUBJECT if a standing participant has no key, TOO_YOUNG if its key is too young,
/// NOT_A_PARTICIPANT if they are fewer than two or than must reveal, or all of the drawing section.
pub fn participants(
    state: &State,
    batch: &Batch,
    barred: &BTreeSet<KeyId>,
    min_reveals: u32,
    at: Instant,
) -> Result<Vec<Participant>, Refusal> {
    let rules = &state.rule_set()?.value;
    let mut found = BTreeMap::new();
    for standing in &rules.participants {
        let Some((key_id, grant)) = key_of(state, batch, standing, &found) else {
            let what = format!("{} ({}) has no confirmed key", standing.name, standing.role);
            return Err(Refusal::new(Code::UnknownSubject, &standing.name, what));
        };
        if barred.contains(&key_id) || is_barred(state, barred, grant) {
            continue;
        }
        let days = rules.participant_key_min_age_days;
        if grant.registered_at.plus_seconds(i64::from(days) * DAY_SECONDS) > at {
            let what = format!("the key of {} is younger than {days} days", standing.name);
            return Err(Refusal::new(Code::TooYoung, &standing.name, what));
        }
        found.insert(key_id, standing.role);
    }
    // A retry keeps min_reveals: with fewer left than that it could only fail.
    if found.len() < crate::ceremony::MIN_COMMITTERS.max(min_reveals as usize)
        || found.values().all(|r| *r == ParticipantRole::DrawingSection)
    {
        let what = format!(
            "{} participants, {min_reveals} must reveal, and one must be from outside the drawing section; who failed to reveal is barred: name others in a new rule set",
            found.len()
        );
        return Err(Refusal::new(Code::NotAParticipant, &batch.batch, what));
    }
    Ok(found.into_iter().map(|(key_id, role)| Participant { key_id, role }).collect())
}

/// Barred are the person and the nominating body, not only the key (draw.md 1).
fn is_barred(state: &State, barred: &BTreeSet<KeyId>, grant: &Grant) -> bool {
    let of_barred = barred.iter().filter_map(|key| state.keys.get(key)).flat_map(|key| key.grants.values());
    let mut same = of_barred.filter(|other| {
        other.person == grant.person
            || (!other.nominated_by.is_empty() && other.nominated_by == grant.nominated_by)
    });
    same.next().is_some()
}

fn key_of<'a>(
    state: &'a State,
    batch: &Batch,
    standing: &StandingParticipant,
    taken: &BTreeMap<KeyId, ParticipantRole>,
) -> Option<(KeyId, &'a Grant)> {
    let fits = |key: &'a Key| {
        key.rights().filter(|((role, section), grant)| {
            let in_batch = section.as_ref().is_some_and(|section| batch.sections.contains(section));
            match standing.role {
                ParticipantRole::DrawingSection => {
                    in_batch && matches!(role, Role::SectionOfficer | Role::DrawOperator)
                }
                other => roles(other).contains(role) && grant.person == standing.name.as_str(),
            }
        })
    };
    let free = state.keys.iter().filter(|(id, _)| !taken.contains_key(*id));
    let candidates = free.flat_map(|(id, key)| fits(key).map(move |(right, grant)| (*id, right, grant)));
    candidates
        .min_by_key(|(id, (role, _), grant)| (*role == Role::DrawOperator, grant.registered, *id))
        .map(|(id, _, grant)| (id, grant))
}

/// Roles whose keys may play a part (rules.md 1.8).
fn roles(part: ParticipantRole) -> &'static [Role] {
    match part {
        ParticipantRole::DrawingSection => &[Role::SectionOfficer, Role::DrawOperator],
        ParticipantRole::Supervision => &[Role::Supervisor],
        ParticipantRole::Notary => &[Role::Notary],
        ParticipantRole::Association => &[Role::Association],
        ParticipantRole::Enterprise => &[Role::Enterprise],
        ParticipantRole::Public => &[Role::Auditor, Role::Public],
    }
}
