//! What one enterprise drew: its row of the frozen pool under the pool's root, and where the draw stands on the log.
//!
//! For an enterprise without a row, the rows on both sides of its place: rows are strictly ascending (draw.md 2),
//! so nothing can lie between two neighbours.

use crate::ceremony::Ceremony;
use crate::civil::{date_of, show};
use crate::state::{Embargo, State};
use lotbook_chain::{Position, TreeHash};
use lotbook_draw::pool::inclusion;
use lotbook_draw::{ObjectRow, Pool, Seed, Stage, Ticket};
use lotbook_event::draw::DrawCompleted;
use lotbook_event::{Code, DrawId, Refusal, Uscc};

/// A row of a pool with its proof under `objects_root`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProof {
    /// Its place among all rows, from 0.
    pub index: u64,
    /// The row.
    pub row: ObjectRow,
    /// RFC 6962 inclusion proof, the leaf's sibling first.
    pub proof: Vec<TreeHash>,
}

/// What proves an enterprise's standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its row, or the one or two rows around its place.
    pub rows: Vec<RowProof>,
    /// Where PoolFrozen stands.
    pub frozen: Position,
    /// Where DrawCompleted stands.
    pub drawn: Option<Position>,
    /// Where EnterpriseAssigned of the enterprise stands.
    pub assigned: Option<Position>,
}

/// The standing of an enterprise in the draw of a batch; `None` if there is no such draw.
///
/// # Errors
/// EMBARGOED if the pool was frozen under embargo: before its release rows and tickets name nobody, and afterwards the
/// log has no cut-off to hold a ticket against, which the draw's certificate has ([P-162]).
pub fn standing(state: &State, draw: &DrawId, uscc: &Uscc) -> Result<Option<Standing>, Refusal> {
    let of_draw = || {
        let ceremony = state.ceremonies.get(draw)?;
        let frozen = ceremony.frozen.as_ref()?;
        Some((ceremony, frozen, frozen.pool()?))
    };
    let Some((ceremony, frozen, pool)) = of_draw() else { return Ok(None) };
    if let Some((_, embargo)) = state.embargo_of(draw) {
        return Err(embargoed(draw, embargo));
    }
    Ok(Some(Standing {
        rows: rows(pool, uscc.as_str()),
        frozen: frozen.position,
        drawn: ceremony.drawn_at,
        assigned: assigned(ceremony, pool, uscc.as_str()),
    }))
}

fn embargoed(draw: &DrawId, embargo: &Embargo) -> Refusal {
    let found = match &embargo.released {
        None => format!("{draw} is sealed until {}", date_of(embargo.stated.until)),
        Some((_, at)) => {
            format!(
                "{draw} was drawn under embargo, released at {}: its certificate proves whom it drew",
                show(*at)
            )
        }
    };
    Refusal::new(Code::Embargoed, draw, found)
}

fn rows(pool: &Pool, uscc: &str) -> Vec<RowProof> {
    let objects = pool.objects();
    let places = match objects.binary_search_by(|row| row.uscc.as_str().cmp(uscc)) {
        Ok(own) => own..own.saturating_add(1),
        Err(next) => next.saturating_sub(1)..next.saturating_add(1).min(objects.len()),
    };
    places.filter_map(|place| row(objects, place)).collect()
}

fn row(objects: &[ObjectRow], place: usize) -> Option<RowProof> {
    let proof = inclusion(objects.iter().map(ObjectRow::encode), place)?;
    let row = objects.get(place)?.clone();
    Some(RowProof { index: place as u64, row, proof: proof.into_iter().map(TreeHash).collect() })
}

/// EnterpriseAssigned entries follow DrawCompleted in ticket order, behind AssignmentInfeasible if there is
/// nobody to assign ([P-55]).
fn assigned(ceremony: &Ceremony, pool: &Pool, uscc: &str) -> Option<Position> {
    let (at, done) = (ceremony.drawn_at?, ceremony.completed.as_ref()?);
    let key = Stage::Objects.key(&Seed::from_bytes(done.seed.0));
    let selected = |row: &&ObjectRow| is_selected(done, row, &key.ticket(&row.uscc));
    let mut before: Vec<_> = pool
        .objects()
        .iter()
        .filter(selected)
        .map(|row| (key.ticket(&row.uscc), row.uscc.as_str()))
        .collect();
    before.sort_unstable();
    let rank = before.iter().position(|(_, own)| *own == uscc)? as u64;
    let infeasible = u64::from(done.inspectors == 0);
    Some(Position(at.0.saturating_add(1).saturating_add(infeasible).saturating_add(rank)))
}

/// Eligible, and the ticket at most the cut-off of its stratum ([P-71]).
pub fn is_selected(done: &DrawCompleted, row: &ObjectRow, ticket: &Ticket) -> bool {
    let of_stratum = done.strata.iter().find(|result| result.stratum.as_str() == row.stratum);
    let cutoff = of_stratum.and_then(|result| result.cutoff);
    row.eligible && cutoff.is_some_and(|cutoff| *ticket.as_bytes() <= cutoff.0)
}
