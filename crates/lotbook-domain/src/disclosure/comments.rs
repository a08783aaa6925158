//! Part 4: comments on the year's inspections, counted; public summaries and answers, never author or text.

use super::{count, is_of_year, of_year};
use crate::state::{Comment, State};
use lotbook_event::CommentId;
use lotbook_event::disclosure::{DisclosedAnswer, DisclosedComments};
use lotbook_event::wire::Wire;

pub(super) fn part(state: &State, year: u32) -> DisclosedComments {
    let comments =
        || state.comments.iter().filter(|(_, comment)| is_of_year(state, &comment.inspection, year));
    let received = count(comments().count());
    let windows_closed = of_year(state, year).filter(|(_, inspection)| inspection.comment_window_closed);
    let windows_closed = count(windows_closed.count());
    DisclosedComments {
        rows: received.saturating_add(windows_closed),
        received,
        late: count(comments().filter(|(_, comment)| comment.late).count()),
        windows_closed,
        answers: comments().filter_map(answer).collect(),
    }
}

fn answer((id, comment): (&CommentId, &Comment)) -> Option<DisclosedAnswer> {
    let (summary, answer, at) = comment.answer.as_ref()?;
    Some(DisclosedAnswer {
        comment: id.wire(),
        inspection: comment.inspection.wire(),
        summary: summary.wire(),
        answer: answer.wire(),
        answered_at: at.wire(),
    })
}
