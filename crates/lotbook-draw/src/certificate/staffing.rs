//! A later ceremony that drew inspectors and assignment only, for the selection that stands. [draw 5, 8]

use super::error::{CertificateError, Field, same};
use super::model::Certificate;
use super::recompute::check_reach;
use crate::ceremony::Seed;
use crate::draw::{DrawError, DrawInput, Outcome, staff};
use crate::hex::Hex;
use crate::pool::{Pool, Reach};
use crate::quota::Quota;

impl Certificate {
    /// The outcome with the inspectors and the assignment of the staffing, and the pool from which they came:
    /// the draw's enterprises with the inspectors and conflicts frozen later. Without staffing the draw's own.
    pub(super) fn staff(
        &self,
        pool: &Pool,
        quota: &Quota,
        outcome: Outcome,
    ) -> Result<(Outcome, Option<Pool>), CertificateError> {
        let Some(staffing) = &self.staffing else { return Ok((outcome, None)) };
        same(outcome.assignment.is_none(), Field::Staffing)?;
        same(staffing.ceremony.pool != self.ceremony.pool, Field::StaffingPool)?;
        let seed: Seed = staffing.ceremony.derive_seed()?;
        same(Hex(*seed.as_bytes()) == staffing.seed, Field::StaffingSeed)?;
        let (inspectors, conflicts) = (&staffing.inspectors, &staffing.conflicts);
        let later = pool.restaffed(inspectors.rows.clone(), conflicts.rows.clone())?;
        let roots = later.roots();
        same(roots.inspectors == inspectors.root.0, Field::StaffingInspectors)?;
        same(roots.conflicts == conflicts.root.0, Field::StaffingConflicts)?;
        check_reach(&Reach::new(later.objects(), quota), later.inspectors(), later.conflicts())?;
        let input = DrawInput {
            pool: &later,
            quota,
            seats: &self.seats,
            max_load: self.max_load,
            min_inspectors: self.min_inspectors,
            seed,
        };
        let firms: Vec<&str> = outcome.selected.iter().map(|s| s.uscc.as_str()).collect();
        let assigned = staff(&input, &firms).map_err(DrawError::from)?;
        let [quota_words, ..] = outcome.words;
        let [tier1, tier2] = assigned.words;
        let outcome = Outcome {
            inspectors: assigned.inspectors,
            lo: assigned.lo,
            hi: assigned.hi,
            tier: assigned.tier,
            tries: assigned.tries,
            words: [quota_words, tier1, tier2],
            assignment: assigned.assignment,
            ..outcome
        };
        Ok((outcome, Some(later)))
    }
}
