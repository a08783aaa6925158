//! The second pool: the inspectors and the conflicts that a recusal's own ceremony freezes. [draw 6]

use super::salted::{conflicts_root, inspectors_root};
use super::{ConflictRow, InspectorRow, Pool, PoolError, Roster, check_conflicts, check_inspectors};
use crate::embargo::EmbargoKey;

/// Rows as valid and ordered as those of a [`Pool`], whose enterprises they share. [draw 6]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondPool {
    inspectors: Vec<InspectorRow>,
    conflicts: Vec<ConflictRow>,
    /// That of the batch.
    embargo: Option<EmbargoKey>,
}

impl SecondPool {
    /// A second pool for the batch of `batch`, under its embargo if it is under one: every conflict names one of the batch's enterprises and an
    /// inspector of this pool.
    ///
    /// # Errors
    /// As [`Pool::new`], for the first row that is out of order, double, unclean or refers to nothing.
    pub fn new(
        batch: &Pool,
        inspectors: Vec<InspectorRow>,
        conflicts: Vec<ConflictRow>,
    ) -> Result<Self, PoolError> {
        check_inspectors(&inspectors)?;
        check_conflicts(batch.objects(), &inspectors, &conflicts)?;
        Ok(Self { inspectors, conflicts, embargo: batch.embargo.clone() })
    }

    /// The same rows under the embargo of this key. [draw 7]
    #[must_use]
    pub fn under_embargo(&self, key: &EmbargoKey) -> Self {
        Self { embargo: Some(key.clone()), ..self.clone() }
    }

    /// The inspectors, ascending by id.
    pub fn inspectors(&self) -> &[InspectorRow] {
        &self.inspectors
    }

    /// The conflicts, ascending by enterprise, then inspector.
    pub fn conflicts(&self) -> &[ConflictRow] {
        &self.conflicts
    }

    /// The RFC 6962 root over the inspectors.
    pub fn inspectors_root(&self) -> [u8; 32] {
        inspectors_root(&self.inspectors, self.embargo.as_ref())
    }

    /// The RFC 6962 root over the conflicts.
    pub fn conflicts_root(&self) -> [u8; 32] {
        conflicts_root(&self.conflicts, self.embargo.as_ref())
    }

    pub(crate) fn roster(&self) -> Roster<'_> {
        Roster::new(&self.inspectors, &self.conflicts)
    }
}
