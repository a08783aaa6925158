//! Which enterprises are drawn: in each stratum those with the smallest tickets. [draw 4]

use std::collections::BTreeMap;

use crate::ceremony::Seed;
use crate::pool::{ObjectRow, Pool};
use crate::quota::{PerStratum, Quota, QuotaError, eligible_per_stratum};
use crate::stream::{Stage, Ticket};

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
    let (mut quotas, words) = quota.per_stratum(&eligible_per_stratum(pool), &Stage::Quota.key(seed))?;
    let (mut drawn, rest) = split(ticket_order(pool, seed), &quotas);
    if let Quota::AtLeast { ppm, minimum } = quota {
        let rated = rest.into_iter().filter(|(_, o)| ppm.get(&o.stratum).is_some_and(|&rate| rate > 0));
        fill_to_minimum(*minimum, rated, &mut drawn, &mut quotas);
    }
    drawn.sort_by(by_ticket);
    // In ticket order the last one of a stratum overwrites the others: its largest ticket.
    let cutoffs = drawn.iter().map(|(ticket, o)| (o.stratum.clone(), *ticket)).collect();
    let selected = drawn.into_iter().map(selected).collect();
    Ok(Selection { quotas, cutoffs, selected, words })
}

type Ticketed<'p> = (Ticket, &'p ObjectRow);

/// All eligible enterprises by ticket, then id. The order of the rows plays no part.
fn ticket_order<'p>(pool: &'p Pool, seed: &Seed) -> Vec<Ticketed<'p>> {
    let key = Stage::Objects.key(seed);
    let eligible = pool.objects().iter().filter(|o| o.eligible);
    let mut order: Vec<Ticketed> = eligible.map(|o| (pool.object_ticket(&key, &o.uscc), o)).collect();
    order.sort_by(by_ticket);
    order
}

fn by_ticket(a: &Ticketed, b: &Ticketed) -> std::cmp::Ordering {
    (a.0, &a.1.uscc).cmp(&(b.0, &b.1.uscc))
}

/// The `q_c` smallest tickets of every stratum, and the others, both still in ticket order.
fn split<'p>(order: Vec<Ticketed<'p>>, quotas: &PerStratum) -> (Vec<Ticketed<'p>>, Vec<Ticketed<'p>>) {
    let mut open = quotas.clone();
    order.into_iter().partition(|(_, o)| match open.get_mut(&o.stratum) {
        Some(places) if *places > 0 => {
            *places -= 1;
            true
        }
        _ => false,
    })
}

/// While the total is under the minimum, the smallest ticket left raises the quota of its stratum.
fn fill_to_minimum<'p>(
    minimum: u64,
    mut rated: impl Iterator<Item = Ticketed<'p>>,
    drawn: &mut Vec<Ticketed<'p>>,
    quotas: &mut PerStratum,
) {
    while (drawn.len() as u64) < minimum {
        let Some(next) = rated.next() else { return };
        *quotas.entry(next.1.stratum.clone()).or_default() += 1;
        drawn.push(next);
    }
}

fn selected((ticket, object): Ticketed) -> Selected {
    Selected { uscc: object.uscc.clone(), stratum: object.stratum.clone(), ticket }
}
