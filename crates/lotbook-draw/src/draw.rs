//! The whole draw as one sentence: quotas, tickets, inspectors, assignment. [draw 4, 5]

use std::collections::BTreeMap;

use thiserror::Error;

use crate::assign::{self, Assigned, Hall, Plan, PlanError};
use crate::ceremony::Seed;
use crate::pool::Pool;
use crate::quota::{Quota, QuotaError};
use crate::select::{Selected, select};
use crate::stream::{Stage, Ticket};

/// All that a draw depends on, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct DrawInput<'a> {
    /// The frozen pool.
    pub pool: &'a Pool,
    /// How many are drawn.
    pub quota: &'a Quota,
    /// The seats of a team, at least two: each a set of accepted qualifications, empty = all.
    pub seats: &'a [Vec<String>],
    /// Most enterprises that one inspector gets; the rule sets' default is 6.
    pub max_load: u32,
    /// Fewest inspectors drawn (as far as there are so many); `None` = the protocol's default.
    pub min_inspectors: Option<u32>,
    /// The seed of the ceremony.
    pub seed: Seed,
}

/// Everything that the draw decides; it enters DrawCompleted and the certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Every stratum with an eligible row to its number, after the minimum.
    pub quotas: BTreeMap<String, u64>,
    /// Every stratum with a quota over 0 to its largest ticket drawn.
    pub cutoffs: BTreeMap<String, Ticket>,
    /// The enterprises drawn, in ticket order.
    pub selected: Vec<Selected>,
    /// The inspectors drawn, in ticket order; empty where the assignment is infeasible.
    pub inspectors: Vec<String>,
    /// Fewest enterprises of one inspector drawn.
    pub lo: u32,
    /// Most enterprises of one inspector drawn.
    pub hi: u32,
    /// 1 = exactly uniform by rejection, 2 = switch chain.
    pub tier: u8,
    /// Tries of tier 1 begun: `0..=65_536`.
    pub tries: u32,
    /// 32-bit words used of the streams K_quota/0, K_assign/0 and K_assign/1; 0 if unused.
    pub words: [u64; 3],
    /// The inspector of every slot, enterprise-major; `None` = infeasible (the selection stands).
    pub assignment: Option<Vec<String>>,
    /// The slots for which there are too few inspectors, if the assignment is infeasible.
    pub hall: Option<Hall>,
}

impl Outcome {
    /// The flag NO_RANDOMNESS_IN_ASSIGNMENT: as many inspectors as a team has seats. [draw 5]
    pub fn has_no_randomness_in_assignment(&self, seats: usize) -> bool {
        !self.inspectors.is_empty() && self.inspectors.len() == seats
    }
}

/// Why an input is no draw at all. An infeasible assignment is an outcome, not an error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DrawError {
    /// The rule does not fit the pool.
    #[error(transparent)]
    Quota(#[from] QuotaError),
    /// The seats do not fit the protocol.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// Draws. Equal inputs give equal outcomes, on every machine and in every version of v1.
///
/// # Errors
/// A rule or seats that the protocol refuses, see [`DrawError`].
pub fn draw(input: &DrawInput<'_>) -> Result<Outcome, DrawError> {
    let selection = select(input.pool, input.quota, &input.seed)?;
    let firms: Vec<&str> = selection.selected.iter().map(|s| s.uscc.as_str()).collect();
    let assigned = staff(input, &firms)?;
    let [tier1_words, tier2_words] = assigned.words;
    Ok(Outcome {
        quotas: selection.quotas,
        cutoffs: selection.cutoffs,
        selected: selection.selected,
        inspectors: assigned.inspectors,
        lo: assigned.lo,
        hi: assigned.hi,
        tier: assigned.tier,
        tries: assigned.tries,
        words: [selection.words, tier1_words, tier2_words],
        assignment: assigned.assignment,
        hall: assigned.hall,
    })
}

/// Draws inspectors and assignment only, for enterprises in their ticket order: the second half of a draw,
/// or a ceremony of its own for a selection that stands without an assignment. The quota has no part in it.
///
/// # Errors
/// Seats that the protocol refuses, see [`PlanError`].
pub fn staff(input: &DrawInput<'_>, firms: &[&str]) -> Result<Assigned, PlanError> {
    let plan = Plan::new(input.pool, firms, input.seats, &Stage::Inspectors.key(&input.seed))?;
    Ok(assign::assign(&plan, input.max_load, input.min_inspectors, &Stage::Assign.key(&input.seed)))
}

/// Whether enterprises can be staffed from a pool at all; no seed has a part in it.
///
/// # Errors
/// Seats that the protocol refuses, see [`PlanError`].
pub fn can_staff(
    pool: &Pool,
    firms: &[&str],
    seats: &[Vec<String>],
    max_load: u32,
) -> Result<bool, PlanError> {
    let any_order = Stage::Inspectors.key(&Seed::from_bytes([0; 32]));
    Ok(Plan::new(pool, firms, seats, &any_order)?.shortest_prefix(max_load).is_some())
}
