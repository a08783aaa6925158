//! The second pool of a recusal (draw.md 6): inspectors and conflicts as they are when its ceremony opens.

use super::{Basis, bar_too_few_allowed, conflict_row};
use crate::registry::InspectorRecord;
use lotbook_draw::pool::Reach;
use lotbook_draw::{Pool, Quota, SecondPool};
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
        let valid_on = self.scheme.window_from.max(self.on);
        let row = |record: &InspectorRecord| {
            let mut row = self.inspector(record, valid_on);
            if row.eligible && withdrawn.contains(&record.row.inspector) {
                (row.eligible, row.reason) = (false, WITHDRAWN.to_owned());
            }
            row
        };
        let mut inspectors: Vec<_> = self.state.inspectors.values().map(row).collect();
        let stands = |(uscc, inspector): &&(Uscc, InspectorId)| {
            let firms = batch.objects();
            firms.binary_search_by(|firm| firm.uscc.as_str().cmp(uscc.as_str())).is_ok()
                && self.state.inspectors.contains_key(inspector)
        };
        let pairs: BTreeSet<_> = self.conflicts().chain(recused).filter(stands).collect();
        let conflicts: Vec<_> = pairs.into_iter().map(conflict_row).collect();
        bar_too_few_allowed(&Reach::new(batch.objects(), quota), &mut inspectors, &conflicts);
        SecondPool::new(batch, inspectors, conflicts)
            .map_err(|error| Refusal::new(Code::InvalidValue, &self.batch.batch.batch, error.to_string()))
    }
}
