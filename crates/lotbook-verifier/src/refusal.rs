//! Records of refusals have no cause on the log; their form and their limits are what can be checked.

use crate::finding::{Check, Finding};
use lotbook_chain::{Instant, KeyId};
use lotbook_domain::State;
use lotbook_domain::refusals::{REFUSALS_PER_KEY_AND_HOUR, hour_of};
use lotbook_event::oversight::{RefusalsCounted, StatementRefused};
use lotbook_event::{Code, Event};

/// A finding's words.
type Form = Result<(), String>;

/// Checks a record or a count of refusals; `None` for any other event.
pub(crate) fn form(state: &State, position: u64, event: &Event, at: Instant) -> Option<Result<(), Finding>> {
    let checked = match event {
        Event::StatementRefused(refused) => recorded(state, refused, at),
        Event::RefusalsCounted(counted) => summed_up(state, counted, at),
        _ => return None,
    };
    Some(checked.map_err(|what| Finding::new(position, Check::Derived, what)))
}

/// One refusal: of somebody who holds a key, of an event there is, by a code with its article, within the limit.
fn recorded(state: &State, refused: &StatementRefused, at: Instant) -> Form {
    if state.keys.get(&refused.author).is_none_or(|key| key.revoked.is_some()) {
        return Err(format!("the refused author {} holds no key here", refused.author));
    }
    let event = refused.event.as_str();
    if event != "unreadable" && !Event::NAMES.contains(&event) {
        return Err(format!("there is no event {event} to refuse"));
    }
    let code = Code::ALL.iter().find(|code| code.as_str() == refused.code.as_str());
    if code.is_none_or(|code| code.article() != refused.article) {
        return Err(format!(
            "{} with article {} is no refusal of these rules",
            refused.code, refused.article
        ));
    }
    if state.refusals.has_room(&refused.author, at) {
        return Ok(());
    }
    Err(format!(
        "a refusal of {} beyond the {REFUSALS_PER_KEY_AND_HOUR} that one hour records",
        refused.author
    ))
}

/// The counts of one key and hour. A stop within the hour states them too, so one hour may have several.
fn summed_up(state: &State, counted: &RefusalsCounted, at: Instant) -> Form {
    let (author, hour) = (&counted.author, counted.hour);
    if !state.keys.contains_key(author) {
        return Err(format!("the refused author {author} has no key here"));
    }
    if hour_of(hour) != hour || hour > at {
        return Err(format!("{} us is no hour that has begun by {} us", hour.0, at.0));
    }
    full(state, author, hour)?;
    if counted.refusals.is_empty() {
        return Err("a count of no refusals".into());
    }
    let codes = || counted.refusals.iter().map(|row| row.code.as_str());
    if let Some(unknown) = codes().find(|code| !Code::ALL.iter().any(|known| known.as_str() == *code)) {
        return Err(format!("{unknown} is no refusal of these rules"));
    }
    if !codes().zip(codes().skip(1)).all(|(a, b)| a < b) {
        return Err("the codes of a count of refusals do not ascend".into());
    }
    match counted.refusals.iter().find(|row| row.count == 0) {
        Some(row) => Err(format!("a count of no refusal by {}", row.code)),
        None => Ok(()),
    }
}

/// Nothing is counted before the hour is full, and nothing once a later hour has a record.
fn full(state: &State, author: &KeyId, hour: Instant) -> Form {
    let recorded = state.refusals.recorded_in(author, hour);
    if recorded == REFUSALS_PER_KEY_AND_HOUR {
        return Ok(());
    }
    Err(format!(
        "refusals of {author} are counted, but that hour has {recorded} of the {REFUSALS_PER_KEY_AND_HOUR} \
         that are recorded first"
    ))
}
