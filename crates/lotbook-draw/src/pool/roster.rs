//! The inspectors and the conflicts of one moment, looked up by id.

use super::row::{ConflictRow, InspectorRow};

/// Rows of a [`Pool`](super::Pool) or a [`SecondPool`](super::SecondPool): valid and in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Roster<'a> {
    inspectors: &'a [InspectorRow],
    conflicts: &'a [ConflictRow],
}

impl<'a> Roster<'a> {
    /// Of rows that were checked before: both searches rely on their order.
    pub(super) fn new(inspectors: &'a [InspectorRow], conflicts: &'a [ConflictRow]) -> Self {
        Self { inspectors, conflicts }
    }

    /// All inspectors, ascending by id.
    pub(crate) fn inspectors(&self) -> &'a [InspectorRow] {
        self.inspectors
    }

    /// The row of an inspector.
    pub(crate) fn inspector(&self, id: &str) -> Option<&'a InspectorRow> {
        let place = self.inspectors.binary_search_by(|row| row.inspector_id.as_str().cmp(id)).ok()?;
        self.inspectors.get(place)
    }

    /// Whether an enterprise and an inspector must not meet.
    pub(crate) fn has_conflict(&self, uscc: &str, id: &str) -> bool {
        let pair = (uscc, id);
        self.conflicts.binary_search_by(|c| (c.uscc.as_str(), c.inspector_id.as_str()).cmp(&pair)).is_ok()
    }
}
