//! The pool of an inspectors' ceremony (draw.md 5): the draw's enterprises, with inspectors and conflicts as
//! they are when it opens.

use super::{Basis, UNQUALIFIED, bar_too_few_allowed, conflict_row};
use crate::draw::quota_of;
use crate::registry::InspectorRecord;
use crate::staffing::Unstaffed;
use lotbook_draw::pool::Reach;
use lotbook_draw::{InspectorRow, Pool};
use lotbook_event::ceremony::PoolSeat;
use lotbook_event::{Code, InspectorId, Refusal, Uscc};
use std::collections::BTreeSet;

/// Reason of an inspector who came into conflict with a selected enterprise after the draw; it stands before
/// too_few_allowed (rules.md 1.11).
pub const LATE_CONFLICT: &str = "late_conflict";

impl Basis<'_> {
    /// Every inspector of the roster with the reason that holds now, as far as the extension was approved, and every
    /// conflict in force now.
    ///
    /// A certificate must hold on the later of the window's first day and the day of the opening. Whoever has
    /// a conflict with a selected enterprise that was declared after the draw is left out altogether: else
    /// inspectors could choose among the drawn by declaring conflicts with the others.
    ///
    /// # Errors
    /// INVALID_VALUE if the rows are no pool (rosters are checked on entry, so this names a fault).
    pub fn staffing_pool(&self, unstaffed: &Unstaffed<'_>) -> Result<Pool, Refusal> {
        let valid_on = self.scheme.window_from.max(self.on);
        let late = self.late_conflicts(unstaffed);
        let row = |record: &InspectorRecord| {
            let mut row = self.as_extended(record, self.inspector(record, valid_on), unstaffed);
            if row.eligible && late.contains(&record.row.inspector) {
                (row.eligible, row.reason) = (false, LATE_CONFLICT.to_owned());
            }
            row
        };
        let mut inspectors: Vec<_> = self.state.inspectors.values().map(row).collect();
        let objects = unstaffed.pool.objects();
        let stands = |(uscc, _): &&(Uscc, InspectorId)| {
            objects.binary_search_by(|firm| firm.uscc.as_str().cmp(uscc.as_str())).is_ok()
        };
        let conflicts: Vec<_> = self.conflicts().filter(stands).map(conflict_row).collect();
        let quota = quota_of(&unstaffed.frozen.stated);
        bar_too_few_allowed(&Reach::new(objects, &quota), &mut inspectors, &conflicts);
        unstaffed
            .salted(self.state)
            .restaffed(inspectors, conflicts)
            .map_err(|error| Refusal::new(Code::InvalidValue, &self.batch.batch.batch, error.to_string()))
    }

    /// A row as far as supervision let the pool be extended: an inspector has the qualifications that the draw's own
    /// pool knew, or that are approved; of an approved section, all. Who was not eligible then has one that is.
    fn as_extended(
        &self,
        record: &InspectorRecord,
        mut row: InspectorRow,
        unstaffed: &Unstaffed<'_>,
    ) -> InspectorRow {
        if unstaffed.extension.sections.contains(&record.row.section) {
            return row;
        }
        let drawn = unstaffed.pool.inspectors();
        let known = drawn.binary_search_by(|known| known.inspector_id.cmp(&row.inspector_id));
        let known = known.ok().and_then(|at| drawn.get(at)).filter(|known| known.eligible);
        let approved = |one: &String| unstaffed.extension.qualifications.contains(one.as_str());
        let newly = row.qualifications.iter().any(approved);
        row.qualifications
            .retain(|one| approved(one) || known.is_some_and(|known| known.qualifications.contains(one)));
        let accepted = |seat: &PoolSeat| {
            seat.accepts.is_empty()
                || row.qualifications.iter().any(|one| seat.accepts.contains(one.as_str()))
        };
        let seats = &unstaffed.frozen.stated.seats;
        let covered = (known.is_some() || newly) && seats.iter().any(accepted);
        // What bars before the qualification still does (rules.md 1.11).
        let barred = matches!(row.reason.as_str(), "not_active" | "certificate_invalid");
        if !covered && !barred {
            (row.eligible, row.reason) = (false, UNQUALIFIED.to_owned());
        }
        row
    }

    /// Who came into conflict with a selected enterprise after the draw.
    fn late_conflicts(&self, unstaffed: &Unstaffed<'_>) -> BTreeSet<&InspectorId> {
        let selected: BTreeSet<&str> = unstaffed.firms().into_iter().collect();
        let known = |uscc: &Uscc, inspector: &InspectorId| {
            let rows = unstaffed.pool.conflicts_of(uscc.as_str());
            rows.iter().any(|row| row.inspector_id == inspector.as_str())
        };
        let since = |pair: &(Uscc, InspectorId)| {
            self.state.conflicts.get(pair).is_some_and(|record| record.change.at >= unstaffed.drawn_at)
        };
        let pairs = self.conflicts().filter(|pair| selected.contains(pair.0.as_str()) && since(pair));
        pairs.filter(|(uscc, inspector)| !known(uscc, inspector)).map(|(_, inspector)| inspector).collect()
    }
}
