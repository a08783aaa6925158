//! Comments: that there is one, its summary and answer; never its author or text (Art. 21).

use super::{BadKey, beyond_id, from, is};
use crate::state::{Comment, State};
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;
use lotbook_event::{CommentId, InspectionId};

/// Which comments.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Inspection.
    pub inspection: Option<InspectionId>,
    /// Answered or not.
    pub answered: Option<bool>,
    /// Late or not.
    pub late: Option<bool>,
}

/// Comments by identifier.
///
/// # Errors
/// [`BadKey`] if `after` is no comment identifier.
pub fn comments<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::CommentView)> + use<'a>, BadKey> {
    let after = beyond_id(after, CommentId::new)?;
    let wanted = |comment: &Comment| {
        is(filter.inspection.as_ref(), &comment.inspection)
            && is(filter.answered.as_ref(), &comment.answer.is_some())
            && is(filter.late.as_ref(), &comment.late)
    };
    let rows = state.comments.range(from(after)).filter(move |(_, comment)| wanted(comment));
    Ok(rows.map(|(id, comment)| (id.to_string(), of(id, comment))))
}

/// One comment.
pub fn comment(state: &State, id: &CommentId) -> Option<view::CommentView> {
    state.comments.get(id).map(|comment| of(id, comment))
}

fn of(id: &CommentId, comment: &Comment) -> view::CommentView {
    let answer = comment.answer.as_ref();
    view::CommentView {
        comment: id.wire(),
        inspection: comment.inspection.wire(),
        received_at: comment.at.0,
        occurred_at: comment.occurred_at.0,
        late: comment.late,
        consent: comment.consent,
        summary: answer.map(|(summary, _, _)| summary.wire()),
        answer: answer.map(|(_, answer, _)| answer.wire()),
        answered_at: answer.map(|(_, _, at)| at.0),
    }
}
