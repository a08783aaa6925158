//! Who can be staffed: an enterprise taken alone (FIRM_WITHOUT_TEAM, draw.md 1), and the selection of a draw
//! that waits for its inspectors (draw.md 5).

use crate::ceremony::{Extension, Frozen};
use crate::state::{BatchKey, Inspection, State};
use lotbook_chain::Instant;
use lotbook_draw::Pool;
use lotbook_event::{Code, DrawId, InspectionId, Refusal};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The first eligible enterprise for which no team of distinct, allowed inspectors exists.
pub fn firm_without_team<'a>(pool: &'a Pool, seats: &[Vec<String>]) -> Option<&'a str> {
    let eligible: Vec<_> = pool.inspectors().iter().filter(|row| row.eligible).collect();
    let accepting: Vec<Vec<&str>> = seats
        .iter()
        .map(|seat| {
            let fits = |q: &[String]| seat.is_empty() || q.iter().any(|have| seat.contains(have));
            eligible
                .iter()
                .filter(|row| fits(&row.qualifications))
                .map(|row| row.inspector_id.as_str())
                .collect()
        })
        .collect();
    let free = can_staff(&accepting, &BTreeSet::new());
    let staffed = |uscc: &str| {
        let barred: BTreeSet<_> = pool.conflicts_of(uscc).iter().map(|c| c.inspector_id.as_str()).collect();
        if barred.is_empty() { free } else { can_staff(&accepting, &barred) }
    };
    let firms = pool.objects().iter().filter(|row| row.eligible).map(|row| row.uscc.as_str());
    firms.into_iter().find(|uscc| !staffed(uscc))
}

/// Bipartite matching of seats to distinct inspectors by augmenting paths.
fn can_staff(accepting: &[Vec<&str>], barred: &BTreeSet<&str>) -> bool {
    let mut holder = std::collections::BTreeMap::new();
    (0..accepting.len()).all(|seat| augment(seat, accepting, barred, &mut BTreeSet::new(), &mut holder))
}

fn augment<'a>(
    seat: usize,
    accepting: &[Vec<&'a str>],
    barred: &BTreeSet<&str>,
    seen: &mut BTreeSet<&'a str>,
    holder: &mut std::collections::BTreeMap<&'a str, usize>,
) -> bool {
    for inspector in accepting.get(seat).into_iter().flatten() {
        if barred.contains(inspector) || !seen.insert(inspector) {
            continue;
        }
        let free = match holder.get(inspector) {
            None => true,
            Some(other) => augment(*other, accepting, barred, seen, holder),
        };
        if free {
            holder.insert(inspector, seat);
            return true;
        }
    }
    false
}

/// A batch whose selection stands and has no team: the draw, its pool, its inspections in ticket order.
#[derive(Debug, Clone)]
pub struct Unstaffed<'a> {
    /// The draw that counts.
    pub draw: &'a DrawId,
    /// What it froze.
    pub frozen: &'a Frozen,
    /// The rows of it.
    pub pool: &'a Arc<Pool>,
    /// When its result was recorded.
    pub drawn_at: Instant,
    /// By what supervision lets its inspectors' pool be extended.
    pub extension: &'a Extension,
    /// Its inspections in ticket order.
    pub inspections: Vec<(&'a InspectionId, &'a Inspection)>,
}

impl<'a> Unstaffed<'a> {
    /// Looks up a batch.
    ///
    /// # Errors
    /// WRONG_PHASE if it is not drawn, or staffed.
    pub fn of(state: &'a State, batch: &BatchKey) -> Result<Self, Refusal> {
        let record = state.batch(&batch.0, &batch.1)?;
        let found = || {
            let draw = record.drawn.as_ref().filter(|_| record.board.is_none())?;
            let held = state.ceremonies.get(draw)?;
            let (frozen, extension) = (held.frozen.as_ref()?, &held.extension);
            let own = state.inspections.iter().filter(|(_, inspection)| inspection.draw() == Some(draw));
            let mut inspections: Vec<(_, &Inspection)> = own.map(|(id, own)| (id, &**own)).collect();
            inspections.sort_by_key(|(_, inspection)| inspection.first_slot());
            let drawn_at = inspections.first()?.1.assigned_at;
            Some(Self { draw, frozen, pool: frozen.pool()?, drawn_at, extension, inspections })
        };
        let name = format!("{}/{}", batch.0, batch.1);
        let none = || {
            let found = format!("batch {name} has no drawn enterprises that wait for inspectors");
            Refusal::new(Code::WrongPhase, &name, found)
        };
        found().ok_or_else(none)
    }

    /// Its rows; with their salts if it was drawn under an embargo, which is released then.
    pub fn salted(&self, state: &State) -> Cow<'a, Pool> {
        let embargo = state.embargo_of(self.draw).and_then(|(_, embargo)| embargo.released.as_ref());
        embargo.map_or(Cow::Borrowed(self.pool), |(key, _)| Cow::Owned(self.pool.under_embargo(key)))
    }

    /// Its enterprises in ticket order.
    pub fn firms(&self) -> Vec<&'a str> {
        self.inspections.iter().map(|(_, inspection)| inspection.uscc.as_str()).collect()
    }
}
