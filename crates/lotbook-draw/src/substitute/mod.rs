//! Who takes the place of a recused inspector, by lot as everything else. [draw 6]
//!
//! The recusal is on the log first, then a ceremony of its own gives the seed, so that nobody who
//! recuses himself knows who will follow. The files: [`Board`] is a batch after its draw, with everybody
//! who withdrew and every pair recused since; `withdraw` refills all slots of one inspector; `swap` lets
//! him trade slots with a colleague.
//!
//! All or nothing: where one slot has no candidate the assignment stays as it was, and
//! [`Substitution::exhausted`] names the slot. The recusal itself stands even so: its pairs stay
//! conflicts, and who withdrew stays withdrawn.

mod board;
mod swap;
mod withdraw;

use thiserror::Error;

use crate::assign::PlanError;
use crate::stream::Ticket;

pub use board::Board;

/// With fewer candidates than this for a slot, its outcome is printed as `predictable`. [draw 6]
pub const MIN_CANDIDATES: usize = 3;

/// What one recusal led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitution {
    /// The slots to be filled, ascending: all that the inspector held, or those he had to swap.
    pub slots: Vec<usize>,
    /// One for each slot in turn, up to the one for which there was no candidate.
    pub vacancies: Vec<Vacancy>,
    /// The first slot without a candidate; then the assignment is as it was.
    pub exhausted: Option<usize>,
    /// The inspector of every slot, afterwards.
    pub assignment: Vec<String>,
}

/// One slot and those who could take it, on the state that the slots before it left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vacancy {
    /// The slot.
    pub slot: usize,
    /// Withdraw: ascending by inspector. Swap: ascending by the slot given in exchange.
    pub candidates: Vec<Candidate>,
    /// The candidate with the smallest ticket. Where the substitution is exhausted nobody was moved.
    pub chosen: Option<Candidate>,
}

/// Somebody who could take a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// His id.
    pub inspector: String,
    /// Swap only: the slot that he gives in exchange, `z`. He may be a candidate with several.
    pub gives: Option<usize>,
    /// His place in the order: `enc(inspector_id) || u64(slot)` or, in a swap, `u64(z)` under K_sub.
    pub ticket: Ticket,
}

impl Vacancy {
    /// Whether there were fewer than [`MIN_CANDIDATES`], none included.
    pub fn is_predictable(&self) -> bool {
        self.candidates.len() < MIN_CANDIDATES
    }

    fn new(slot: usize, candidates: Vec<Candidate>) -> Self {
        // order: ticket bytes, then id (of equal tickets, which nobody will see, min_by keeps the first)
        let chosen = candidates.iter().min_by(|a, b| a.ticket.cmp(&b.ticket)).cloned();
        Self { slot, candidates, chosen }
    }
}

impl Substitution {
    /// The flag `predictable`: some slot had fewer than [`MIN_CANDIDATES`] candidates. [draw 6]
    pub fn is_predictable(&self) -> bool {
        self.vacancies.iter().any(Vacancy::is_predictable)
    }

    /// Who took each of [`slots`](Self::slots), in their order; empty if nothing changed.
    pub fn chosen(&self) -> Vec<&str> {
        if self.exhausted.is_some() {
            return Vec::new();
        }
        self.vacancies.iter().filter_map(|v| v.chosen.as_ref()).map(|c| c.inspector.as_str()).collect()
    }
}

/// Why there is nothing to substitute. A slot without a candidate is an outcome, not an error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SubstituteError {
    /// The seats do not fit the protocol.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// An assignment has one inspector for every seat of every enterprise.
    #[error("an assignment of {found} slots, {expected} expected")]
    Assignment {
        /// Slots assigned.
        found: usize,
        /// Enterprises times seats.
        expected: usize,
    },
    /// The inspector has no slot in this batch.
    #[error("{inspector:?} holds no slot")]
    HoldsNothing {
        /// Who was to withdraw.
        inspector: String,
    },
    /// The slots to swap are none, not strictly ascending, or not all his.
    #[error("the slots to swap are not one or more slots of {inspector:?}, ascending")]
    NotHisSlots {
        /// Who was to swap.
        inspector: String,
    },
    /// The two may not change places: a conflict, a qualification, or a place in the other's team.
    #[error("{inspector:?} and {counterpart:?} may not change places")]
    NoTrade {
        /// Who was recused.
        inspector: String,
        /// With whom he was to change.
        counterpart: String,
    },
    /// Who is not eligible in both pools, or has withdrawn, takes no other slot instead.
    #[error("{inspector:?} is not eligible in both pools or has withdrawn: the recusal is a withdraw")]
    IsWithdraw {
        /// Who was to swap.
        inspector: String,
    },
}
