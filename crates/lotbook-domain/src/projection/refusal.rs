//! Refusals: those recorded one by one, and the counts of the rest (ledger.md 1).

use super::{BadKey, is};
use crate::state::State;
use lotbook_chain::{Instant, KeyId, Position};
use lotbook_event::Code;
use lotbook_event::oversight::{RefusalsCounted, StatementRefused};
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;

/// Which refusals.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Refusal code; of a count: one of its codes.
    pub code: Option<Code>,
    /// The author.
    pub author: Option<KeyId>,
    /// Kind of the event that was stated; counts do not say it.
    pub event: Option<String>,
}

/// Refusals recorded one by one, by position.
///
/// # Errors
/// [`BadKey`] if `after` is no position.
pub fn refusals<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::RefusalView)> + use<'a>, BadKey> {
    let rows = behind(&state.refusals.recorded, after)?.iter();
    let wanted = |refused: &StatementRefused| {
        filter.code.is_none_or(|code| code.as_str() == refused.code.as_str())
            && is(filter.author.as_ref(), &refused.author)
            && filter.event.as_ref().is_none_or(|event| event == refused.event.as_str())
    };
    let rows = rows.filter(move |(_, _, refused)| wanted(refused));
    Ok(rows.map(|(position, at, refused)| {
        let refused = Some(refused.wire());
        (position.to_string(), view::RefusalView { position: position.0, recorded_at: at.0, refused })
    }))
}

/// Refusals that are only counted, by position.
///
/// # Errors
/// [`BadKey`] if `after` is no position.
pub fn refusal_counts<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::RefusalCountView)> + use<'a>, BadKey> {
    let rows = behind(&state.refusals.counted, after)?.iter();
    let wanted = |counted: &RefusalsCounted| {
        let of_code = |code: Code| counted.refusals.iter().any(|count| count.code.as_str() == code.as_str());
        filter.code.is_none_or(of_code) && is(filter.author.as_ref(), &counted.author)
    };
    let rows = rows.filter(move |(_, _, counted)| wanted(counted));
    Ok(rows.map(|(position, at, counted)| {
        let counted = Some(counted.wire());
        (position.to_string(), view::RefusalCountView { position: position.0, recorded_at: at.0, counted })
    }))
}

/// Records after a position; they stand in the order of the log.
fn behind<'a, T>(
    records: &'a [(Position, Instant, T)],
    after: &str,
) -> Result<&'a [(Position, Instant, T)], BadKey> {
    if after.is_empty() {
        return Ok(records);
    }
    let after: u64 = after.parse().map_err(|_| BadKey(after.to_owned()))?;
    let start = records.partition_point(|(position, _, _)| position.0 <= after);
    Ok(records.get(start..).unwrap_or_default())
}
