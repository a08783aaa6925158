//! The steps of the play: what can happen at a point of the year.

use super::timeline::TimelineStep;
use jiff::civil::Date;
use lotbook_event::recusal::RecusalGround;
use lotbook_event::{BatchId, CommentId, DrawId, InspectionId, InspectorId, PlanId, RecusalId, ViolationId};
use lotbook_import::Draft;

/// What happens at a point of the year.
#[derive(Debug)]
pub enum Step {
    /// A statement from the office's files.
    Draft(Box<Draft>),
    /// The operator opens the ceremony of a batch.
    Open(PlanId, BatchId),
    /// The operator opens the ceremony of a recusal.
    OpenRecusal(RecusalId),
    /// The next participant commits.
    Commit(DrawId),
    /// The next participant reveals.
    Reveal(DrawId),
    /// The team tells the enterprise when it comes.
    Notice(InspectionId, Date),
    /// The team enters.
    Start(InspectionId),
    /// The result of one item, by its place among the items.
    Item(InspectionId, usize),
    /// Everybody concludes.
    Conclude(InspectionId),
    /// A member completes the report.
    Report(InspectionId),
    /// The section sends feedback.
    Dispatch(InspectionId),
    /// It is delivered.
    Deliver(InspectionId),
    /// The publisher publishes.
    Publish(InspectionId),
    /// Somebody asks that an inspector does not inspect.
    Recuse(InspectionId, InspectorId, RecusalGround),
    /// Somebody else decides.
    DecideRecusal(RecusalId),
    /// The enterprise comments.
    Comment(InspectionId),
    /// The office answers.
    Answer(CommentId),
    /// A handler opens the investigation.
    Investigate(ViolationId),
    /// The handler decides.
    Handle(ViolationId),
    /// The decision is published.
    PublishHandling(ViolationId),
    /// The handler has seen that it was put right.
    Rectify(ViolationId),
    /// Somebody else corrects a report.
    Correct(InspectionId),
    /// The section closes an inspection, if nothing is open.
    Close(InspectionId),
    /// A section opens an inspection for a cause (Art. 9).
    Direct,
    /// The publisher asks for the annual disclosure.
    RequestDisclosure,
    /// The publisher publishes it.
    PublishDisclosure,
    /// The last midnight.
    End,
    /// A step of the timeline file.
    Further(TimelineStep),
}
