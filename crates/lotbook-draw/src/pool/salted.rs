//! A pool under an embargo: the same rows with salted roots and tickets, and single rows opened. [draw 7]

use super::tree::{inclusion, leaf_of, root};
use super::{ConflictRow, InspectorRow, ObjectRow, Pool, PoolError, Roots};
use crate::embargo::{EmbargoKey, Opening};
use crate::stream::{StageKey, Ticket};

impl Pool {
    /// The same rows under the embargo of this key: roots, tickets and all that follows are salted.
    #[must_use]
    pub fn under_embargo(&self, key: &EmbargoKey) -> Self {
        Self { embargo: Some(key.clone()), ..self.clone() }
    }

    /// The same enterprises with later inspectors and conflicts, under the same embargo. [draw 5, 7]
    ///
    /// # Errors
    /// As [`Pool::new`].
    pub fn restaffed(
        &self,
        inspectors: Vec<InspectorRow>,
        conflicts: Vec<ConflictRow>,
    ) -> Result<Self, PoolError> {
        let plain = Self::new(self.objects.clone(), inspectors, conflicts)?;
        Ok(Self { embargo: self.embargo.clone(), ..plain })
    }

    /// The roots that PoolFrozen and the certificate state.
    pub fn roots(&self) -> Roots {
        let key = self.embargo.as_ref();
        Roots {
            objects: root(salted_objects(&self.objects, key)),
            inspectors: inspectors_root(&self.inspectors, key),
            conflicts: conflicts_root(&self.conflicts, key),
        }
    }

    /// The bytes of the enterprises' rows, salted under an embargo: the leaves of their root.
    pub fn encoded_objects(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        salted_objects(&self.objects, self.embargo.as_ref())
    }

    /// The key of the embargo, if there is one.
    pub(crate) fn embargo(&self) -> Option<&EmbargoKey> {
        self.embargo.as_ref()
    }

    /// The ticket of an enterprise, salted under an embargo. [draw 3, 7]
    pub fn object_ticket(&self, key: &StageKey, uscc: &str) -> Ticket {
        let salt = self.embargo.as_ref().map(|embargo| embargo.object(uscc));
        key.ticket_under(uscc, salt.as_ref())
    }

    /// The ticket of an inspector, salted under an embargo. [draw 3, 7]
    pub fn inspector_ticket(&self, key: &StageKey, id: &str) -> Ticket {
        let salt = self.embargo.as_ref().map(|embargo| embargo.inspector(id));
        key.ticket_under(id, salt.as_ref())
    }

    /// The salt of a slot; none without an embargo.
    pub(crate) fn slot_salt(&self, slot: usize) -> Option<crate::embargo::Salt> {
        self.embargo.as_ref().map(|embargo| embargo.slot(slot))
    }

    /// The leaf of an enterprise's row: what hides it under an embargo. `None` if there is no such row.
    pub fn object_leaf(&self, uscc: &str) -> Option<[u8; 32]> {
        let place = self.objects.binary_search_by(|row| row.uscc.as_str().cmp(uscc)).ok()?;
        let salt = self.embargo.as_ref().map(|embargo| embargo.object(uscc));
        Some(leaf_of(&self.objects.get(place)?.encode_under(salt.as_ref())))
    }

    /// The leaf of an inspector's row. `None` if there is no such row.
    pub fn inspector_leaf(&self, id: &str) -> Option<[u8; 32]> {
        let place = self.inspectors.binary_search_by(|row| row.inspector_id.as_str().cmp(id)).ok()?;
        let salt = self.embargo.as_ref().map(|embargo| embargo.inspector(id));
        Some(leaf_of(&self.inspectors.get(place)?.encode_under(salt.as_ref())))
    }

    /// Opens the row of an enterprise. `None` if there is no such row, or no embargo.
    pub fn open_object(&self, uscc: &str) -> Option<Opening<ObjectRow>> {
        let key = self.embargo.as_ref()?;
        let place = self.objects.binary_search_by(|row| row.uscc.as_str().cmp(uscc)).ok()?;
        let row = self.objects.get(place)?.clone();
        let path = inclusion(salted_objects(&self.objects, Some(key)), place)?;
        Some(Opening { row, salt: key.object(uscc), index: place as u64, path })
    }

    /// Opens the row of an inspector. `None` if there is no such row, or no embargo.
    pub fn open_inspector(&self, id: &str) -> Option<Opening<InspectorRow>> {
        let key = self.embargo.as_ref()?;
        let place = self.inspectors.binary_search_by(|row| row.inspector_id.as_str().cmp(id)).ok()?;
        let row = self.inspectors.get(place)?.clone();
        let path = inclusion(salted_inspectors(&self.inspectors, Some(key)), place)?;
        Some(Opening { row, salt: key.inspector(id), index: place as u64, path })
    }
}

fn salted_objects<'a>(
    rows: &'a [ObjectRow],
    key: Option<&'a EmbargoKey>,
) -> impl Iterator<Item = Vec<u8>> + 'a {
    rows.iter().map(move |row| row.encode_under(key.map(|key| key.object(&row.uscc)).as_ref()))
}

fn salted_inspectors<'a>(
    rows: &'a [InspectorRow],
    key: Option<&'a EmbargoKey>,
) -> impl Iterator<Item = Vec<u8>> + 'a {
    rows.iter().map(move |row| row.encode_under(key.map(|key| key.inspector(&row.inspector_id)).as_ref()))
}

pub(super) fn inspectors_root(rows: &[InspectorRow], key: Option<&EmbargoKey>) -> [u8; 32] {
    root(salted_inspectors(rows, key))
}

pub(super) fn conflicts_root(rows: &[ConflictRow], key: Option<&EmbargoKey>) -> [u8; 32] {
    let salt = |row: &ConflictRow| key.map(|key| key.conflict(&row.uscc, &row.inspector_id));
    root(rows.iter().map(|row| row.encode_under(salt(row).as_ref())))
}
