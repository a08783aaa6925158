//! The second pool of a recusal (draw.md 6): inspectors and conflicts as they are when its ceremony opens.

use super::{Basis, bar_too_few_allowed, conflict_row};
use crate::registry::InspectorRecord;
use lotbook_draw::pool::Reach;
use lotbook_draw::{ConflictRow, Pool, PoolError, Quota, SecondPool};
use lotbook_event::{Code, InspectorId, Refusal, Uscc};
use std::collections::BTreeSet;

/// Reason of an inspector who withdrew from the batch; it stands before too_few_allowed (rules.md 1.11).
pub const WITHDRAWN: &str = "withdrawn";

impl Basis<'_> {
    /// Every inspector of the roster with the reason that holds now, and every conflict in force now.
    ///
    /// A certificate must hold on the later of the window's first day and the day of the opening. Who is in
    /// `withdrawn` has that reason. The conflicts are those in force and the `recused` pairs, as far as the
    /// firm stands in the batch's pool and the inspector on the roster; `too_few_allowed` follows from
    /// them and from the batch's own firms and rates, so that a certificate can derive it again.
    ///
    /// # Errors
    /// INVALID_VALUE if the rows are no pool (rosters are checked on entry, so this names a fault).
    pub fn second_pool(
        &self,
        batch: &Pool,
        quota: &Quota,
        withdrawn: &BTreeSet<InspectorId>,
        recused: &BTreeSet<(Uscc, InspectorId)>,
    ) -> Result<SecondPool, Refusal> {
        finish(&self.second_rows(batch)?, batch, quota, withdrawn, recused)
            .map_err(|error| Refusal::new(Code::InvalidValue, &self.batch.batch.batch, error.to_string()))
    }

    /// These rows as far as they follow from the rosters alone, which is what is known of them under embargo.
    ///
    /// # Errors
    /// As [`Basis::second_pool`].
    pub fn second_rows(&self, batch: &Pool) -> Result<SecondPool, Refusal> {
        let valid_on = self.scheme.window_from.max(self.on);
        let row = |record: &InspectorRecord| self.inspector(record, valid_on);
        let inspectors = self.state.inspectors.values().map(row).collect();
        let has_row = |(uscc, _): &&(Uscc, InspectorId)| {
            let firms = batch.objects();
            firms.binary_search_by(|firm| firm.uscc.as_str().cmp(uscc.as_str())).is_ok()
        };
        let conflicts = self.conflicts().filter(has_row).map(conflict_row).collect();
        SecondPool::new(batch, inspectors, conflicts)
            .map_err(|error| Refusal::new(Code::InvalidValue, &self.batch.batch.batch, error.to_string()))
    }
}

/// The rows of a second pool, from those that follow from the rosters: who withdrew, the recused pairs, and who may
/// inspect too little because of them. To rows that are finished it adds nothing.
///
/// # Errors
/// [`PoolError`] if the rows are no pool.
pub fn finish(
    rows: &SecondPool,
    batch: &Pool,
    quota: &Quota,
    withdrawn: &BTreeSet<InspectorId>,
    recused: &BTreeSet<(Uscc, InspectorId)>,
) -> Result<SecondPool, PoolError> {
    let left: BTreeSet<&str> = withdrawn.iter().map(InspectorId::as_str).collect();
    let mut inspectors = rows.inspectors().to_vec();
    for row in inspectors.iter_mut().filter(|row| row.eligible && left.contains(row.inspector_id.as_str())) {
        (row.eligible, row.reason) = (false, WITHDRAWN.to_owned());
    }
    let on_roster = |id: &str| inspectors.binary_search_by(|row| row.inspector_id.as_str().cmp(id)).is_ok();
    let has_row = |uscc: &str| batch.objects().binary_search_by(|firm| firm.uscc.as_str().cmp(uscc)).is_ok();
    let stands = |row: &ConflictRow| has_row(&row.uscc) && on_roster(&row.inspector_id);
    let added = recused.iter().map(conflict_row).filter(stands);
    let mut conflicts: Vec<_> = rows.conflicts().iter().cloned().chain(added).collect();
    conflicts.sort_by(|a, b| (&a.uscc, &a.inspector_id).cmp(&(&b.uscc, &b.inspector_id)));
    conflicts.dedup();
    bar_too_few_allowed(&Reach::new(batch.objects(), quota), &mut inspectors, &conflicts);
    SecondPool::new(batch, inspectors, conflicts)
}
