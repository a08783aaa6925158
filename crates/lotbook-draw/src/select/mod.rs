//! Which enterprises are drawn: in each stratum those with the smallest tickets. [draw 4]
//!
//! One keyed hash a row, rows in any order: a [`Selector`] keeps no more rows than it will select (twice), and
//! selectors of parts of a register, filled on several cores or by several districts, [merge](Selector::merge)
//! into that of the whole. A register that does not fit into memory is read twice: once to count
//! ([`Census`](crate::quota::Census)), for the quotas depend on the sizes of the strata, and once to select.

mod selector;
mod smallest;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::thread;

use crate::ceremony::Seed;
use crate::pool::{ObjectRow, Pool};
use crate::quota::{PerStratum, Quota, QuotaError, eligible_per_stratum};
use crate::stream::Ticket;

pub use selector::Selector;

/// One enterprise drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Its id.
    pub uscc: String,
    /// Its stratum.
    pub stratum: String,
    /// Its ticket under K_objects, at most the cut-off of its stratum.
    pub ticket: Ticket,
}

/// The first half of a draw; final once the seed is known. [draw 4]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Every stratum with an eligible row to its number, after the minimum.
    pub quotas: PerStratum,
    /// Every stratum with a quota over 0 to its largest ticket drawn: who is eligible is drawn if and
    /// only if his ticket is at most this.
    pub cutoffs: BTreeMap<String, Ticket>,
    /// The enterprises drawn, in ticket order.
    pub selected: Vec<Selected>,
    /// 32-bit words of the stream K_quota/0 used.
    pub words: u64,
}

/// Selects the enterprises of a pool.
///
/// # Errors
/// The rule does not fit the pool, see [`QuotaError`].
pub fn select(pool: &Pool, quota: &Quota, seed: &Seed) -> Result<Selection, QuotaError> {
    select_on(pool, quota, seed, NonZeroUsize::MIN)
}

/// As [`select`], with the same result, on several threads of which each has a part of the rows.
///
/// # Errors
/// The rule does not fit the pool, see [`QuotaError`].
pub fn select_on(
    pool: &Pool,
    quota: &Quota,
    seed: &Seed,
    threads: NonZeroUsize,
) -> Result<Selection, QuotaError> {
    let whole =
        Selector::new(&eligible_per_stratum(pool), quota, seed)?.under_embargo(pool.embargo().cloned());
    let part = |rows: &[ObjectRow]| {
        let mut selector = whole.clone();
        rows.iter().filter(|o| o.eligible).try_for_each(|o| selector.offer(&o.uscc, &o.stratum))?;
        Ok::<_, QuotaError>(selector)
    };
    let rows = pool.objects();
    let size = rows.len().div_ceil(threads.get()).max(1);
    let (first, others) = rows.split_at(size.min(rows.len()));
    let filled = thread::scope(|scope| {
        let started: Vec<_> = others.chunks(size).map(|rows| scope.spawn(|| part(rows))).collect();
        let mut filled = part(first)?;
        for thread in started {
            // A thread that panicked has selected nothing, and the rows it had are missed at the end.
            if let Ok(other) = thread.join() {
                filled.merge(other?);
            }
        }
        Ok(filled)
    })?;
    filled.finish()
}
