//! Art. 21: the enterprise may comment on the inspection and its officers within ten working days.

use super::Found;
use crate::decide::Stated;
use crate::evolve::At;
use crate::state::State;
use lotbook_event::Refusal;
use lotbook_event::result::{CommentAnswered, CommentReceived, CommentWindowClosed};

/// A comment on an inspection whose feedback was delivered; late ones are taken.
pub fn received(_state: &State, _stated: &Stated<'_>, _e: &CommentReceived) -> Result<(), Refusal> {
    Ok(())
}

/// The office answers once the window is over.
pub fn answered(_state: &State, _stated: &Stated<'_>, _e: &CommentAnswered) -> Result<(), Refusal> {
    Ok(())
}

/// Flag COMMENT_LATE.
pub(crate) fn received_flags(_state: &State, _at: At<'_>, _e: &CommentReceived) -> Vec<Found> {
    vec![]
}

/// Flag PROVISIONAL_DUE.
pub(crate) fn window_flags(_e: &CommentWindowClosed) -> Vec<Found> {
    vec![]
}
