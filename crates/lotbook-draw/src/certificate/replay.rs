//! The substitutions of a certificate, applied again one after the other. [draw 6, 8]

use std::collections::{BTreeMap, BTreeSet};

use super::error::{CertificateError, Field, same};
use super::model::{Ceremony, Certificate, SubstitutionKind, SubstitutionRecord};
use super::recompute::check_reach;
use crate::ceremony::Seed;
use crate::draw::Outcome;
use crate::hex::Hex;
use crate::pool::{Pool, Reach, SecondPool};
use crate::quota::Quota;
use crate::stream::{Stage, StageKey};
use crate::substitute::{Board, Substitution};

impl Certificate {
    /// Applies every substitution to what the ones before left, and compares it with what is stated.
    pub(super) fn replay(
        &self,
        pool: &Pool,
        quota: &Quota,
        outcome: &Outcome,
    ) -> Result<Vec<Substitution>, CertificateError> {
        let Some(assignment) = &outcome.assignment else {
            same(self.substitutions.is_empty(), Field::Substitutions)?;
            return Ok(Vec::new());
        };
        let firms: Vec<&str> = outcome.selected.iter().map(|s| s.uscc.as_str()).collect();
        let mut replay = Replay {
            certificate: self,
            pool,
            reach: Reach::new(pool.objects(), quota),
            board: Board::new(pool, &self.seats, &firms, outcome.hi, assignment)?,
            pools: BTreeSet::from([self.ceremony.pool]),
            recusals: BTreeMap::new(),
        };
        let records = self.substitutions.iter().enumerate();
        records
            .map(|(number, record)| {
                let wrap = |error| CertificateError::Substitution { number, error: Box::new(error) };
                replay.next(record).map_err(wrap)
            })
            .collect()
    }
}

/// The batch after some of its substitutions.
struct Replay<'c> {
    certificate: &'c Certificate,
    pool: &'c Pool,
    reach: Reach<'c>,
    board: Board<'c>,
    /// The pools of all ceremonies so far: each freezes one of its own.
    pools: BTreeSet<Hex<32>>,
    /// Every recusal so far: whose it was, and whether it was exhausted the last time.
    recusals: BTreeMap<&'c str, (&'c str, bool)>,
}

impl<'c> Replay<'c> {
    fn next(&mut self, record: &'c SubstitutionRecord) -> Result<Substitution, CertificateError> {
        self.check_recusal(record)?;
        let done = match record.kind {
            SubstitutionKind::Reserve => self.reserve(record)?,
            SubstitutionKind::Chosen => self.chosen(record)?,
            SubstitutionKind::Withdraw | SubstitutionKind::Swap => self.by_ceremony(record)?,
        };
        same(numbers(&done.slots) == record.slots, Field::Slots)?;
        same(done.exhausted.map(|slot| slot as u64) == record.exhausted, Field::Exhausted)?;
        same(done.assignment == record.result, Field::Result)?;
        self.recusals.insert(&record.recusal_id, (&record.inspector, done.exhausted.is_some()));
        Ok(done)
    }

    /// A recusal comes again only after it was exhausted; an inspector's second one is no swap.
    fn check_recusal(&self, record: &SubstitutionRecord) -> Result<(), CertificateError> {
        let inspector = record.inspector.as_str();
        if let Some(&earlier) = self.recusals.get(record.recusal_id.as_str()) {
            same(earlier == (inspector, true), Field::RecusalId)?;
        }
        let mut others = self.recusals.iter().filter(|(id, _)| **id != record.recusal_id);
        let is_second = others.any(|(_, (who, _))| *who == inspector);
        let is_swap = matches!(record.kind, SubstitutionKind::Swap | SubstitutionKind::Chosen);
        same(!is_swap || !is_second, Field::Kind)
    }

    /// The order of the batch's own seed.
    fn reserve(&mut self, record: &SubstitutionRecord) -> Result<Substitution, CertificateError> {
        without_ceremony(record)?;
        let key = Stage::Reserve.key(&Seed::from_bytes(self.certificate.seed.0)); // compared before
        Ok(self.board.reserve(&record.inspector, &key)?)
    }

    /// What a person named: the one slot that the result exchanges with his.
    fn chosen(&mut self, record: &SubstitutionRecord) -> Result<Substitution, CertificateError> {
        without_ceremony(record)?;
        let slots: Option<Vec<usize>> = record.slots.iter().map(|&s| usize::try_from(s).ok()).collect();
        let Some([slot]) = slots.as_deref() else {
            return Err(CertificateError::Differs { field: Field::Slots });
        };
        let before = self.board.assignment().iter().zip(&record.result).enumerate();
        let mut changed = before.filter(|(s, (was, is))| s != slot && was != is).map(|(s, _)| s);
        let other = stated(changed.next(), Field::Result)?;
        Ok(self.board.exchange(None, &record.inspector, *slot, other)?)
    }

    fn by_ceremony(&mut self, record: &SubstitutionRecord) -> Result<Substitution, CertificateError> {
        let ceremony = stated(record.ceremony.as_ref(), Field::Ceremony)?;
        let second = self.second_pool(record)?;
        let key = self.key(ceremony, record.seed)?;
        let inspector = record.inspector.as_str();
        Ok(if record.kind == SubstitutionKind::Swap {
            let slots: Option<Vec<usize>> = record.slots.iter().map(|&s| usize::try_from(s).ok()).collect();
            let slots = stated(slots, Field::Slots)?;
            self.board.swap(&second, inspector, &slots, &key)?
        } else {
            self.board.withdraw(&second, inspector, &key)?
        })
    }

    /// The second rows as stated, valid, with their roots and with eligibility by `too_few_allowed`.
    fn second_pool(&self, record: &SubstitutionRecord) -> Result<SecondPool, CertificateError> {
        let inspectors = stated(record.inspectors.as_ref(), Field::SecondInspectors)?;
        let conflicts = stated(record.conflicts.as_ref(), Field::SecondConflicts)?;
        let second = SecondPool::new(self.pool, inspectors.rows.clone(), conflicts.rows.clone())?;
        same(second.inspectors_root() == inspectors.root.0, Field::InspectorsRoot)?;
        same(second.conflicts_root() == conflicts.root.0, Field::ConflictsRoot)?;
        check_reach(&self.reach, second.inspectors(), second.conflicts())?;
        Ok(second)
    }

    /// K_sub from a ceremony of the recusal's own: one that froze another pool than all before.
    fn key(&mut self, ceremony: &Ceremony, seed: Option<Hex<32>>) -> Result<StageKey, CertificateError> {
        same(self.pools.insert(ceremony.pool), Field::CeremonyPool)?;
        let derived = ceremony.derive_seed()?;
        same(seed == Some(Hex(*derived.as_bytes())), Field::Seed)?;
        Ok(Stage::Substitute.key(&derived))
    }
}

/// Without a ceremony there is no seed of its own, and no second pool.
fn without_ceremony(record: &SubstitutionRecord) -> Result<(), CertificateError> {
    same(record.ceremony.is_none(), Field::Ceremony)?;
    same(record.seed.is_none(), Field::Seed)?;
    same(record.inspectors.is_none(), Field::SecondInspectors)?;
    same(record.conflicts.is_none(), Field::SecondConflicts)
}

/// What must be there.
fn stated<T>(value: Option<T>, field: Field) -> Result<T, CertificateError> {
    value.ok_or(CertificateError::Differs { field })
}

fn numbers(slots: &[usize]) -> Vec<u64> {
    slots.iter().map(|&slot| slot as u64).collect() // lossless: no usize is over 64 bits
}
