//! What one enterprise drew: its row of the frozen pool under the pool's root, and where the draw stands on the log.
//!
//! For an enterprise without a row, the rows on both sides of its place: rows are strictly ascending (draw.md 2),
//! so nothing can lie between two neighbours.

use crate::ceremony::Ceremony;
use crate::civil::date_of;
use crate::embargo::team_as_drawn;
use crate::state::{Embargo, State};
use lotbook_chain::{Position, TreeHash};
use lotbook_draw::pool::inclusion;
use lotbook_draw::{EmbargoKey, ObjectRow, Pool, Seed, Stage, Ticket};
use lotbook_event::ceremony::RevealedInspector;
use lotbook_event::draw::DrawCompleted;
use lotbook_event::{Code, DrawId, Refusal, Uscc};
use std::borrow::Cow;

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
    /// Where EnterpriseAssigned of the enterprise stands, of a draw under embargo AssignmentWithheld.
    pub assigned: Option<Position>,
    /// Where the batch's DrawOpened stands, of a draw under embargo.
    pub opened: Option<Position>,
    /// The rows that open the team's commitments as drawn, of a draw under embargo.
    pub team: Vec<RevealedInspector>,
}

/// The standing of an enterprise in the draw of a batch; `None` if there is no such draw.
///
/// # Errors
/// EMBARGOED before the release: rows and tickets name nobody. Afterwards they are proved with their salts ([P-171]).
pub fn standing(state: &State, draw: &DrawId, uscc: &Uscc) -> Result<Option<Standing>, Refusal> {
    let of_draw = || {
        let ceremony = state.ceremonies.get(draw)?;
        let frozen = ceremony.frozen.as_ref()?;
        Some((ceremony, frozen, frozen.pool()?))
    };
    let Some((ceremony, frozen, pool)) = of_draw() else { return Ok(None) };
    let embargo = state.embargo_of(draw).map(|(_, embargo)| embargo);
    let pool = match embargo.map(|embargo| (embargo, &embargo.released)) {
        None => Cow::Borrowed(&**pool),
        Some((embargo, None)) => return Err(embargoed(draw, embargo)),
        Some((_, Some((key, _)))) => Cow::Owned(pool.under_embargo(key)),
    };
    let rank = rank(ceremony, &pool, uscc.as_str());
    let first = ceremony.drawn_at.zip(ceremony.completed.as_ref());
    let first = first.map(|(at, done)| first_assigned(at, done, embargo.is_some()));
    let assigned = first.zip(rank).map(|(first, rank)| Position(first.0.saturating_add(rank.into())));
    Ok(Some(Standing {
        rows: rows(&pool, uscc.as_str()),
        frozen: frozen.position,
        drawn: ceremony.drawn_at,
        assigned,
        opened: embargo.and_then(|embargo| embargo.opened_at),
        team: embargo.zip(rank).map(|(embargo, rank)| team(ceremony, embargo, rank)).unwrap_or_default(),
    }))
}

fn team(ceremony: &Ceremony, embargo: &Embargo, rank: u32) -> Vec<RevealedInspector> {
    let key = embargo.released.as_ref().map(|(key, _)| key);
    key.and_then(|key| team_as_drawn(ceremony, rank, key).ok()).unwrap_or_default()
}

fn embargoed(draw: &DrawId, embargo: &Embargo) -> Refusal {
    let found = format!("{draw} is sealed until {}", date_of(embargo.stated.until));
    Refusal::new(Code::Embargoed, draw, found)
}

fn rows(pool: &Pool, uscc: &str) -> Vec<RowProof> {
    let objects = pool.objects();
    let places = match objects.binary_search_by(|row| row.uscc.as_str().cmp(uscc)) {
        Ok(own) => own..own.saturating_add(1),
        Err(next) => next.saturating_sub(1)..next.saturating_add(1).min(objects.len()),
    };
    places.filter_map(|place| row(pool, place)).collect()
}

fn row(pool: &Pool, place: usize) -> Option<RowProof> {
    let proof = inclusion(pool.encoded_objects(), place)?;
    let row = pool.objects().get(place)?.clone();
    Some(RowProof { index: place as u64, row, proof: proof.into_iter().map(TreeHash).collect() })
}

/// The place of an enterprise in ticket order, from 0; `None` if it was not selected.
fn rank(ceremony: &Ceremony, pool: &Pool, uscc: &str) -> Option<u32> {
    let done = ceremony.completed.as_ref()?;
    let key = Stage::Objects.key(&Seed::from_bytes(done.seed.0));
    let selected = |row: &&ObjectRow| is_selected(done, row, &pool.object_ticket(&key, &row.uscc));
    let mut before: Vec<_> = pool
        .objects()
        .iter()
        .filter(selected)
        .map(|row| (pool.object_ticket(&key, &row.uscc), row.uscc.as_str()))
        .collect();
    before.sort_unstable();
    before.iter().position(|(_, own)| *own == uscc).and_then(|rank| u32::try_from(rank).ok())
}

/// Where the first selected enterprise of a draw stands. EnterpriseAssigned entries follow DrawCompleted in ticket
/// order, behind AssignmentInfeasible if there is nobody to assign ([P-55]); AssignmentWithheld follow it at once
/// ([P-152]).
pub fn first_assigned(drawn_at: Position, done: &DrawCompleted, under_embargo: bool) -> Position {
    let infeasible = u64::from(done.inspectors == 0 && !under_embargo);
    Position(drawn_at.0.saturating_add(1).saturating_add(infeasible))
}

/// The ticket of an enterprise under a seed and, if the draw was under embargo, its key.
pub fn ticket(seed: &[u8; 32], embargo: Option<&EmbargoKey>, uscc: &str) -> Ticket {
    let key = Stage::Objects.key(&Seed::from_bytes(*seed));
    key.ticket_under(uscc, embargo.map(|embargo| embargo.object(uscc)).as_ref())
}

/// Eligible, and the ticket at most the cut-off of its stratum ([P-71]).
pub fn is_selected(done: &DrawCompleted, row: &ObjectRow, ticket: &Ticket) -> bool {
    let of_stratum = done.strata.iter().find(|result| result.stratum.as_str() == row.stratum);
    let cutoff = of_stratum.and_then(|result| result.cutoff);
    row.eligible && cutoff.is_some_and(|cutoff| *ticket.as_bytes() <= cutoff.0)
}
