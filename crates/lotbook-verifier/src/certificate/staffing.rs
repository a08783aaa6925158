//! What an inspectors' ceremony drew for a selection without an assignment, as its certificate tells it.

use super::{ceremony_part, own, salted};
use lotbook_domain::State;
use lotbook_domain::ceremony::{Ceremony, Rows};
use lotbook_domain::draw::inspectors::assigned;
use lotbook_domain::draw::outcome;
use lotbook_draw::assign::Assigned;
use lotbook_draw::certificate as draw;
use lotbook_draw::{Hex, Outcome, Pool, Seed};
use lotbook_event::ceremony::Purpose;

/// What an inspectors' ceremony drew for a selection that had no assignment.
pub(super) struct Staffed<'a> {
    pub(super) record: draw::Staffing,
    pub(super) pool: &'a Pool,
    pub(super) assigned: Assigned,
}

impl Staffed<'_> {
    /// The selection of the batch's draw, with these inspectors and this assignment.
    pub(super) fn result(&self, drawn: &Outcome) -> draw::Result {
        let [quota, ..] = drawn.words;
        let [tier1, tier2] = self.assigned.words;
        draw::Result {
            inspectors: self.assigned.inspectors.clone(),
            lo: self.assigned.lo,
            hi: self.assigned.hi,
            tier: self.assigned.tier,
            tries: self.assigned.tries,
            words: [quota, tier1, tier2],
            assignment: self.assigned.assignment.clone(),
            ..drawn.into()
        }
    }
}

/// What it drew, if there was one.
pub(super) fn staffing<'a>(state: &'a State, ceremony: &'a Ceremony) -> Result<Option<Staffed<'a>>, String> {
    let all = own(state, ceremony);
    let Some(held) = all.into_iter().find(|held| held.purpose == Purpose::Inspectors) else {
        return Ok(None);
    };
    let frozen = held.frozen.as_ref().ok_or("has no pool")?;
    let Rows::Staffing(pool) = &frozen.rows else { return Err("is not the draw of inspectors".into()) };
    let seed = Seed::from_bytes(held.completed.as_ref().ok_or("is not drawn")?.seed.0);
    let drawn = ceremony.frozen.as_ref().ok_or("has no pool")?;
    let done = ceremony.completed.as_ref().ok_or("is not drawn")?;
    let plain = drawn.pool().ok_or("has no pool")?;
    let salted = salted(state, ceremony, plain);
    let of_batch = outcome(salted.as_ref().unwrap_or(plain), &drawn.stated, Seed::from_bytes(done.seed.0));
    let of_batch = of_batch.map_err(|error| error.to_string())?;
    let firms: Vec<&str> = of_batch.selected.iter().map(|one| one.uscc.as_str()).collect();
    let assigned = assigned(&drawn.stated, &firms, held, seed)?;
    let roots = pool.roots();
    let record = draw::Staffing {
        ceremony: ceremony_part(held, frozen),
        seed: Hex(*seed.as_bytes()),
        inspectors: draw::Section { rows: pool.inspectors().to_vec(), root: Hex(roots.inspectors) },
        conflicts: draw::Section { rows: pool.conflicts().to_vec(), root: Hex(roots.conflicts) },
    };
    Ok(Some(Staffed { record, pool, assigned }))
}
