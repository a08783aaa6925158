//! The check of a certificate: everything that follows from its own rows and reveals is derived again
//! and compared, in the order in which it was drawn; then its substitutions, see `replay`. [draw 8]
//!
//! Not checked here, for only the ledger's entries tell: origin, ids, attempt, grade, entry hashes,
//! deadlines, roles, whether a beacon's chain is one that the rules admit.

use std::collections::BTreeMap;

use super::error::{CertificateError, Field, same};
use super::model::{Certificate, FORMAT, Result as Drawn};
use crate::assign::Plan;
use crate::ceremony::Seed;
use crate::draw::{DrawError, DrawInput, Outcome, draw};
use crate::hex::Hex;
use crate::pool::{ConflictRow, InspectorRow, Pool, PoolError, Reach, TOO_FEW_ALLOWED};
use crate::quota::Quota;
use crate::stream::Stage;
use crate::substitute::Substitution;

impl Certificate {
    /// Derives roots, commitments, beacon rounds, eligibility by `too_few_allowed`, seed and result,
    /// of the draw and then of each substitution, and compares each with what is stated.
    ///
    /// # Errors
    /// The first thing that does not hold, see [`CertificateError`].
    pub fn recompute(&self) -> Result<Outcome, CertificateError> {
        self.recompute_all().map(|(outcome, _)| outcome)
    }

    /// As [`recompute`](Self::recompute), with what followed from each recusal, candidates included.
    ///
    /// # Errors
    /// The first thing that does not hold, see [`CertificateError`].
    pub fn recompute_all(&self) -> Result<(Outcome, Vec<Substitution>), CertificateError> {
        same(self.format == FORMAT, Field::Format)?;
        let seed = self.ceremony.derive_seed()?;
        same(Hex(*seed.as_bytes()) == self.seed, Field::Seed)?;
        let pool = self.salted_pool()?;
        self.check_roots(&pool)?;
        let quota = Quota::from(self.quota.clone());
        check_reach(&Reach::new(pool.objects(), &quota), pool.inspectors(), pool.conflicts())?;
        let outcome = draw(&DrawInput {
            pool: &pool,
            quota: &quota,
            seats: &self.seats,
            max_load: self.max_load,
            min_inspectors: self.min_inspectors,
            seed,
        })?;
        self.check_hall(&pool, &outcome)?;
        let (outcome, staffed) = self.staff(&pool, &quota, outcome)?;
        compare(&self.result, &outcome)?;
        let pool = staffed.as_ref().unwrap_or(&pool);
        let substitutions = self.replay(pool, &quota, &outcome)?;
        Ok((outcome, substitutions))
    }

    /// The frozen pool that the rows describe, without the salts of an embargo.
    ///
    /// # Errors
    /// Rows that are no pool, see [`PoolError`].
    pub fn pool(&self) -> Result<Pool, PoolError> {
        Pool::new(self.objects.rows.clone(), self.inspectors.rows.clone(), self.conflicts.rows.clone())
    }

    /// The frozen pool as it was drawn from: under an embargo with the salts of its key.
    ///
    /// # Errors
    /// Rows that are no pool; [`CertificateError::Embargoed`] as long as the key is not released.
    pub fn salted_pool(&self) -> Result<Pool, CertificateError> {
        let embargo = self.embargo_key()?;
        let pool = self.pool()?;
        Ok(embargo.as_ref().map(|key| pool.under_embargo(key)).unwrap_or(pool))
    }

    fn check_roots(&self, pool: &Pool) -> Result<(), CertificateError> {
        let roots = pool.roots();
        same(roots.objects == self.objects.root.0, Field::ObjectsRoot)?;
        same(roots.inspectors == self.inspectors.root.0, Field::InspectorsRoot)?;
        same(roots.conflicts == self.conflicts.root.0, Field::ConflictsRoot)
    }
}

impl Certificate {
    /// A Hall certificate belongs to an infeasible draw only, and any that holds will do.
    fn check_hall(&self, pool: &Pool, outcome: &Outcome) -> Result<(), CertificateError> {
        let Some(stated) = &self.result.hall else {
            return same(outcome.assignment.is_some(), Field::Hall);
        };
        let firms: Vec<&str> = outcome.selected.iter().map(|s| s.uscc.as_str()).collect();
        let key = Stage::Inspectors.key(&Seed::from_bytes(self.seed.0)); // compared before
        let plan = Plan::new(pool, &firms, &self.seats, &key).map_err(DrawError::from)?;
        same(outcome.assignment.is_none() && plan.is_hall(stated, self.max_load), Field::Hall)
    }
}

/// Nobody eligible is barred by `too_few_allowed`, and whoever has this reason is. [draw 2]
pub(super) fn check_reach(
    reach: &Reach<'_>,
    inspectors: &[InspectorRow],
    conflicts: &[ConflictRow],
) -> Result<(), CertificateError> {
    let mut by_inspector: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for c in conflicts {
        by_inspector.entry(&c.inspector_id).or_default().push(&c.uscc);
    }
    for (row, inspector) in inspectors.iter().enumerate() {
        let his = by_inspector.get(inspector.inspector_id.as_str()).into_iter().flatten().copied();
        let barred = reach.too_few_allowed(his);
        let contradicts = if barred { inspector.eligible } else { inspector.reason == TOO_FEW_ALLOWED };
        same(!contradicts, Field::InspectorsRow(row))?;
    }
    Ok(())
}

fn compare(stated: &Drawn, outcome: &Outcome) -> Result<(), CertificateError> {
    let derived = Drawn::from(outcome);
    same(stated.quotas == derived.quotas, Field::Quotas)?;
    same(stated.cutoffs == derived.cutoffs, Field::Cutoffs)?;
    same(stated.selected == derived.selected, Field::Selected)?;
    same(stated.inspectors == derived.inspectors, Field::Inspectors)?;
    same(stated.lo == derived.lo, Field::Lo)?;
    same(stated.hi == derived.hi, Field::Hi)?;
    same(stated.tier == derived.tier, Field::Tier)?;
    same(stated.tries == derived.tries, Field::Tries)?;
    same(stated.words == derived.words, Field::Words)?;
    same(stated.assignment == derived.assignment, Field::Assignment)
}
