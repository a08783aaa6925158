//! Withdraw: the inspector leaves the batch, and each of his slots goes to a substitute. [draw 6]

use std::collections::BTreeMap;

use super::board::{Board, Both, Seated};
use super::{Candidate, SubstituteError, Substitution};
use crate::pool::SecondPool;
use crate::stream::StageKey;

impl Board<'_> {
    /// Refills all slots that an inspector holds, ascending; `key` is
    /// [`Stage::Substitute`](crate::Stage::Substitute) under the seed of the recusal's own ceremony.
    ///
    /// # Errors
    /// He holds no slot. The board is then as it was.
    pub fn withdraw(
        &mut self,
        second: &SecondPool,
        inspector: &str,
        key: &StageKey,
    ) -> Result<Substitution, SubstituteError> {
        self.refill(&[self.pool.roster(), second.roster()], inspector, key)
    }

    /// A withdraw without a ceremony, from the batch's own rows (policy `reserve_order`); `key` is
    /// [`Stage::Reserve`](crate::Stage::Reserve) under the seed of the batch.
    ///
    /// Everybody can compute it before the recusal: supervision approves it first, and it is flagged.
    ///
    /// # Errors
    /// He holds no slot. The board is then as it was.
    pub fn reserve(&mut self, inspector: &str, key: &StageKey) -> Result<Substitution, SubstituteError> {
        self.refill(&[self.pool.roster(), self.pool.roster()], inspector, key)
    }

    fn refill(
        &mut self,
        both: &Both,
        inspector: &str,
        key: &StageKey,
    ) -> Result<Substitution, SubstituteError> {
        let slots = self.slots_of(inspector);
        if slots.is_empty() {
            return Err(SubstituteError::HoldsNothing { inspector: inspector.to_owned() });
        }
        self.recuse_at(&slots, inspector);
        self.strike(inspector);
        let vacate = |held: &String| (held != inspector).then(|| held.clone());
        let seated = self.assignment.iter().map(vacate).collect();
        Ok(self
            .fill(slots, inspector, seated, |board, seated, slot| board.substitutes(both, seated, slot, key)))
    }

    /// Who could take a vacant slot, ascending by id.
    fn substitutes(&self, both: &Both, seated: &Seated, slot: usize, key: &StageKey) -> Vec<Candidate> {
        let mut loads: BTreeMap<&str, usize> = BTreeMap::new();
        for held in seated.iter().flatten() {
            *loads.entry(held).or_default() += 1;
        }
        let is_candidate = |id: &&str| {
            // a load of at most hi, counted before adding: it may end at hi + 1
            loads.get(id).is_none_or(|&load| load <= self.hi)
                && self.is_eligible(both, id)
                && self.is_allowed(both, slot, id)
                && !self.is_on_team(seated, slot, id)
        };
        let ids = both[0].inspectors().iter().map(|row| row.inspector_id.as_str());
        let salt = self.pool.slot_salt(slot);
        let ticket = |id: &str| key.seat_ticket(id, slot, salt.as_ref());
        ids.filter(is_candidate)
            .map(|id| Candidate { inspector: id.to_owned(), gives: None, ticket: ticket(id) })
            .collect()
    }
}
