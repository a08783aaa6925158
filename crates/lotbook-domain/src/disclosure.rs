//! The annual disclosure (Art. 23): derived from the state, the same for everybody who derives it.

use crate::due::Due;
use crate::state::State;
use lotbook_chain::Instant;

/// The document of one year.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Disclosure {
    /// Calendar year.
    pub year: u32,
}

/// The first year whose disclosure is due and not published (D6); stated once.
pub(crate) fn missing(_state: &State, _now: Instant) -> Option<Due> {
    None
}
