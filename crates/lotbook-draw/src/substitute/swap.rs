//! Swap: the inspector trades a slot with somebody of another enterprise; all loads stay. [draw 6]

use super::board::{Board, Both, Seated};
use super::{Candidate, SubstituteError, Substitution};
use crate::pool::SecondPool;
use crate::stream::StageKey;

impl Board<'_> {
    /// Swaps slots of an inspector (strictly ascending), each with the slot whose ticket is smallest among
    /// those that both may trade; `key` is [`Stage::Substitute`](crate::Stage::Substitute) under the seed
    /// of the recusal's own ceremony.
    ///
    /// # Errors
    /// Slots that are not his, or an inspector who may not take another one. The board is then as it was.
    pub fn swap(
        &mut self,
        second: &SecondPool,
        inspector: &str,
        slots: &[usize],
        key: &StageKey,
    ) -> Result<Substitution, SubstituteError> {
        let his = |&s: &usize| self.assignment.get(s).is_some_and(|held| held == inspector);
        if slots.is_empty() || !slots.is_sorted_by(|a, b| a < b) || !slots.iter().all(his) {
            return Err(SubstituteError::NotHisSlots { inspector: inspector.to_owned() });
        }
        let both = [self.pool.roster(), second.roster()];
        if !self.is_eligible(&both, inspector) {
            return Err(SubstituteError::IsWithdraw { inspector: inspector.to_owned() });
        }
        self.recuse_at(slots, inspector);
        let seated = self.assignment.iter().cloned().map(Some).collect();
        Ok(self.fill(slots.to_vec(), inspector, seated, |board, seated, slot| {
            board.counterparts(&both, seated, slot, inspector, key)
        }))
    }

    /// The slots `z` for which `x` could give slot `s`, ascending.
    fn counterparts(
        &self,
        both: &Both,
        seated: &Seated,
        s: usize,
        x: &str,
        key: &StageKey,
    ) -> Vec<Candidate> {
        let held = seated.iter().enumerate().filter_map(|(z, y)| Some((z, y.as_deref()?)));
        held.filter(|&(z, y)| self.may_trade(both, seated, (s, x), (z, y)))
            .map(|(z, y)| {
                let ticket = key.slot_ticket(z, self.pool.slot_salt(z).as_ref());
                Candidate { inspector: y.to_owned(), gives: Some(z), ticket }
            })
            .collect()
    }

    /// Whether `x` at slot `s` and `y` at slot `z` of another enterprise may change places.
    fn may_trade(&self, both: &Both, seated: &Seated, (s, x): (usize, &str), (z, y): (usize, &str)) -> bool {
        y != x
            && !self.team(s).contains(&z)
            && self.is_eligible(both, y)
            && self.is_allowed(both, s, y)
            && self.is_allowed(both, z, x)
            && !self.is_on_team(seated, s, y)
            && !self.is_on_team(seated, z, x)
    }

    /// Exchanges two slots that a person has named: nothing is drawn. `second` is the second pool where there is
    /// one; a certificate has the batch's rows alone.
    ///
    /// # Errors
    /// A slot that is not his, an inspector who may not take another one, or two who may not change places.
    /// The board is then as it was.
    pub fn exchange(
        &mut self,
        second: Option<&SecondPool>,
        inspector: &str,
        slot: usize,
        other: usize,
    ) -> Result<Substitution, SubstituteError> {
        let held = |s: usize| self.assignment.get(s).cloned();
        if held(slot).as_deref() != Some(inspector) {
            return Err(SubstituteError::NotHisSlots { inspector: inspector.to_owned() });
        }
        let both = [self.pool.roster(), second.map_or_else(|| self.pool.roster(), SecondPool::roster)];
        if !self.is_eligible(&both, inspector) {
            return Err(SubstituteError::IsWithdraw { inspector: inspector.to_owned() });
        }
        let counterpart = held(other).unwrap_or_default();
        let seated: Vec<_> = self.assignment.iter().cloned().map(Some).collect();
        if !self.may_trade(&both, &seated, (slot, inspector), (other, &counterpart)) {
            let inspector = inspector.to_owned();
            return Err(SubstituteError::NoTrade { inspector, counterpart });
        }
        self.recuse_at(&[slot], inspector);
        self.assignment.swap(slot, other);
        let assignment = self.assignment.clone();
        Ok(Substitution { slots: vec![slot], vacancies: Vec::new(), exhausted: None, assignment })
    }
}
