//! The frozen pool: every row of the rosters, eligible or not, and the conflicts. [draw 2]
//!
//! A [`Pool`] can only be built from rows that are valid and in order, so that nothing behind it asks
//! again, and two people who hold the same pool hold the same three roots.

mod reach;
mod roster;
mod row;
mod salted;
mod second;
mod tree;

use thiserror::Error;

use crate::embargo::EmbargoKey;
use crate::encoding::{is_admitted, is_stratum};

pub use reach::{Reach, TOO_FEW_ALLOWED};
pub(crate) use roster::Roster;
pub use row::{ConflictRow, InspectorRow, ObjectRow};
pub use second::SecondPool;
pub use tree::{inclusion, root};
pub(crate) use tree::{leaf_of, root_of};

/// Which of the three lists of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// The enterprises.
    Objects,
    /// The inspectors.
    Inspectors,
    /// The pairs that must not meet.
    Conflicts,
}

/// Why rows are no pool. `row` counts from 0 within its list. [draw 2]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PoolError {
    /// A row is not strictly greater, by UTF-8 bytes, than the one before it.
    #[error("{list:?} row {row} is not strictly after the row before it")]
    NotAscending {
        /// Its list.
        list: List,
        /// Its place.
        row: usize,
    },
    /// A text is not NFC or holds U+0000.
    #[error("{list:?} row {row} holds text that is not NFC or has U+0000")]
    Text {
        /// Its list.
        list: List,
        /// Its place.
        row: usize,
    },
    /// A stratum code does not match `[A-Za-z0-9_.-]{0,64}`.
    #[error("objects row {row} has a stratum code outside [A-Za-z0-9_.-]{{0,64}}")]
    Stratum {
        /// Its place.
        row: usize,
    },
    /// An eligible row has a reason, or an ineligible row has none.
    #[error("{list:?} row {row}: a reason is given if and only if the row is not eligible")]
    Reason {
        /// Its list.
        list: List,
        /// Its place.
        row: usize,
    },
    /// Qualifications are not ascending and distinct.
    #[error("inspectors row {row} has qualifications that are not ascending and distinct")]
    Qualifications {
        /// Its place.
        row: usize,
    },
    /// A conflict names an id without a row.
    #[error("conflicts row {row} names an id that has no row")]
    UnknownId {
        /// Its place.
        row: usize,
    },
}

/// The three RFC 6962 roots over all rows of a pool. [draw 2]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roots {
    /// Over the enterprises.
    pub objects: [u8; 32],
    /// Over the inspectors.
    pub inspectors: [u8; 32],
    /// Over the conflicts.
    pub conflicts: [u8; 32],
}

/// All rows that a draw may look at; valid and in order by construction. [draw 2]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    objects: Vec<ObjectRow>,
    inspectors: Vec<InspectorRow>,
    conflicts: Vec<ConflictRow>,
    /// Gives roots and tickets their salts. [draw 7]
    embargo: Option<EmbargoKey>,
}

impl Pool {
    /// A pool of rows that are already in order: by id, conflicts by enterprise, then inspector.
    ///
    /// # Errors
    /// The first row that is out of order, double, unclean or refers to nothing, see [`PoolError`].
    pub fn new(
        objects: Vec<ObjectRow>,
        inspectors: Vec<InspectorRow>,
        conflicts: Vec<ConflictRow>,
    ) -> Result<Self, PoolError> {
        check_objects(&objects)?;
        check_inspectors(&inspectors)?;
        check_conflicts(&objects, &inspectors, &conflicts)?;
        Ok(Self { objects, inspectors, conflicts, embargo: None })
    }

    /// The enterprises, ascending by code.
    pub fn objects(&self) -> &[ObjectRow] {
        &self.objects
    }

    /// The inspectors, ascending by id.
    pub fn inspectors(&self) -> &[InspectorRow] {
        &self.inspectors
    }

    /// The conflicts, ascending by enterprise, then inspector.
    pub fn conflicts(&self) -> &[ConflictRow] {
        &self.conflicts
    }

    /// The conflicts of one enterprise, ascending by inspector.
    pub fn conflicts_of(&self, uscc: &str) -> &[ConflictRow] {
        let start = self.conflicts.partition_point(|c| c.uscc.as_str() < uscc);
        let end = self.conflicts.partition_point(|c| c.uscc.as_str() <= uscc);
        self.conflicts.get(start..end).unwrap_or_default()
    }

    pub(crate) fn roster(&self) -> Roster<'_> {
        Roster::new(&self.inspectors, &self.conflicts)
    }
}

fn check_objects(rows: &[ObjectRow]) -> Result<(), PoolError> {
    let list = List::Objects;
    ascending(list, rows.iter().map(|o| &o.uscc))?;
    for (row, o) in rows.iter().enumerate() {
        if !is_stratum(&o.stratum) {
            return Err(PoolError::Stratum { row });
        }
        check_texts(list, row, [&o.uscc, &o.reason])?;
        check_reason(list, row, o.eligible, &o.reason)?;
    }
    Ok(())
}

fn check_inspectors(rows: &[InspectorRow]) -> Result<(), PoolError> {
    let list = List::Inspectors;
    ascending(list, rows.iter().map(|i| &i.inspector_id))?;
    for (row, i) in rows.iter().enumerate() {
        if !i.qualifications.is_sorted_by(|a, b| a < b) {
            return Err(PoolError::Qualifications { row });
        }
        check_texts(list, row, [&i.inspector_id, &i.reason].into_iter().chain(&i.qualifications))?;
        check_reason(list, row, i.eligible, &i.reason)?;
    }
    Ok(())
}

/// The conflicts of rows that were checked before.
fn check_conflicts(
    objects: &[ObjectRow],
    inspectors: &[InspectorRow],
    conflicts: &[ConflictRow],
) -> Result<(), PoolError> {
    ascending(List::Conflicts, conflicts.iter().map(|c| (&c.uscc, &c.inspector_id)))?;
    for (row, c) in conflicts.iter().enumerate() {
        let firm = objects.binary_search_by(|o| o.uscc.cmp(&c.uscc));
        let person = inspectors.binary_search_by(|i| i.inspector_id.cmp(&c.inspector_id));
        if firm.is_err() || person.is_err() {
            return Err(PoolError::UnknownId { row });
        }
    }
    Ok(())
}

/// Strictly ascending, which also refuses duplicates. Strings compare by their UTF-8 bytes.
fn ascending<K: Ord>(list: List, keys: impl Iterator<Item = K> + Clone) -> Result<(), PoolError> {
    let later = keys.clone().skip(1);
    match keys.zip(later).position(|(before, after)| before >= after) {
        Some(at) => Err(PoolError::NotAscending { list, row: at + 1 }),
        None => Ok(()),
    }
}

fn check_texts<'a>(
    list: List,
    row: usize,
    texts: impl IntoIterator<Item = &'a String>,
) -> Result<(), PoolError> {
    if texts.into_iter().all(|t| is_admitted(t)) { Ok(()) } else { Err(PoolError::Text { list, row }) }
}

fn check_reason(list: List, row: usize, eligible: bool, reason: &str) -> Result<(), PoolError> {
    if eligible == reason.is_empty() { Ok(()) } else { Err(PoolError::Reason { list, row }) }
}
