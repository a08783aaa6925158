//! Corrections: somebody else than its author corrects what an entry says; both versions stay (rules.md 1.9).

use crate::decide::Stated;
use crate::state::State;
use lotbook_event::Refusal;
use lotbook_event::oversight::EntryCorrected;

/// A field of an entry about an inspection, by another person than its author.
pub fn corrected(_state: &State, _stated: &Stated<'_>, _e: &EntryCorrected) -> Result<(), Refusal> {
    Ok(())
}
