//! Recusals counted for each inspector concerned and for each approver: who is recused, and who grants, often.

use super::{BadKey, beyond};
use crate::recusal::Recusal;
use crate::state::State;
use lotbook_chain::Instant;
use lotbook_event::proto::{RecusalTally, RecusalTallyOf};
use lotbook_event::recusal::{RecusalDecision, RecusalGround};
use std::collections::BTreeMap;

/// Which tallies.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of inspectors, or of approvers.
    pub of: Option<RecusalTallyOf>,
}

/// Tallies over all recusals. The key is `NUMBER/WHO`, with the number of the kind.
///
/// # Errors
/// [`BadKey`] if `after` is no such key.
pub fn recusal_tallies(
    state: &State,
    after: &str,
    filter: &Filter,
) -> Result<impl Iterator<Item = (String, RecusalTally)> + use<>, BadKey> {
    let place = |text: &str| {
        let (of, who) = text.split_once('/')?;
        let of = RecusalTallyOf::try_from(of.parse::<i32>().ok()?).ok()?;
        Some((of, who.to_owned()))
    };
    let after = beyond(after, place)?;
    let wanted = filter.of;
    let mut rows = tally(state, |_| true);
    rows.retain(|(of, _), _| wanted.is_none_or(|wanted| wanted == *of));
    let rows: Vec<_> = rows.range((after, core::ops::Bound::Unbounded)).map(|(_, row)| row.clone()).collect();
    Ok(rows.into_iter().map(|row| (format!("{}/{}", row.of, row.who), row)))
}

/// Tallies over the recusals of inspections that were assigned at such a time.
pub(crate) fn tally(
    state: &State,
    wanted: impl Fn(Instant) -> bool,
) -> BTreeMap<(RecusalTallyOf, String), RecusalTally> {
    let mut rows = BTreeMap::new();
    let assigned = |recusal: &Recusal| state.inspections.get(&recusal.inspection).map(|i| i.assigned_at);
    for recusal in state.recusals.values().filter(|recusal| assigned(recusal).is_some_and(&wanted)) {
        if let Some(inspector) = &recusal.inspector {
            add(&mut rows, (RecusalTallyOf::Inspector, inspector.to_string()), recusal);
        }
        if let Some(decided) = &recusal.decided {
            add(&mut rows, (RecusalTallyOf::Approver, decided.by.to_string()), recusal);
        }
    }
    rows
}

type Rows = BTreeMap<(RecusalTallyOf, String), RecusalTally>;

fn add(rows: &mut Rows, key: (RecusalTallyOf, String), recusal: &Recusal) {
    let row = rows.entry(key.clone()).or_default();
    (row.of, row.who) = (key.0.into(), key.1);
    let count = |total: &mut u64, holds: bool| *total = total.saturating_add(u64::from(holds));
    let decision = recusal.decided.map(|decided| decided.decision);
    count(&mut row.recusals, true);
    count(&mut row.undecided, decision.is_none());
    count(&mut row.swaps, decision == Some(RecusalDecision::Swap));
    count(&mut row.withdrawals, decision == Some(RecusalDecision::Withdraw));
    count(&mut row.rejected, decision == Some(RecusalDecision::Rejected));
    count(&mut row.unavailable, recusal.ground == RecusalGround::Unavailable);
    count(&mut row.chosen, recusal.exchanged.is_some());
}
