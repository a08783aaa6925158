//! What one enterprise drew, checked: its row, ticket and result follow from entries that are proved to be on the log.
//!
//! What is proved is that the ledger has recorded and signed this. Whether it *decided* rightly (that the pool's
//! rows follow from the rosters, and the seed from the reveals) is the question of [`crate::Verifier`].

mod lot;

use crate::tiles::Tiles;
use lot::{Asked, lot};
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::sign::statement_message;
use lotbook_chain::{
    Checkpoint, InclusionError, LedgerId, Position, PublicKey, Receipt, ReceiptError, TreeHash, VerifierKey,
    prove_inclusion, verify_inclusion,
};
use lotbook_domain::State;
use lotbook_domain::projection::standing::{RowProof, Standing, standing};
use lotbook_draw::{EmbargoKey, ObjectRow, Ticket};
use lotbook_event::ceremony::{PoolFrozen, RevealedInspector};
use lotbook_event::draw::{DrawCompleted, DrawOpened};
use lotbook_event::{DecodeError, DrawId, Event, InspectorId, Refusal, Statement, Uscc};

/// Where all trust rests: what genesis states.
#[derive(Debug, Clone, Copy)]
pub struct Root<'a> {
    /// The ledger.
    pub ledger: LedgerId,
    /// Verifies its checkpoints.
    pub vkey: &'a VerifierKey,
    /// Verifies what the ledger states itself.
    pub system_key: &'a PublicKey,
}

/// What somebody shows of an enterprise in a draw. Nothing in it is believed.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its row, or the rows around its place.
    pub rows: Vec<RowProof>,
    /// PoolFrozen.
    pub frozen: Receipt,
    /// DrawCompleted, if it is said to be drawn.
    pub drawn: Option<Receipt>,
    /// EnterpriseAssigned, or under embargo AssignmentWithheld, if it is said to be selected.
    pub assigned: Option<Receipt>,
    /// DrawOpened, of a draw that was under embargo: its key and result.
    pub opened: Option<Receipt>,
    /// The rows that open the commitments of AssignmentWithheld to its team.
    pub team: Vec<RevealedInspector>,
}

/// What has been proved.
#[derive(Debug, Clone)]
pub struct Proved {
    /// The frozen pool.
    pub pool: PoolFrozen,
    /// Where PoolFrozen stands.
    pub position: Position,
    /// Rows of enterprises in the pool.
    pub rows: u64,
    /// Whether the enterprise has a row, and which.
    pub place: Place,
    /// What it drew; `None` if nobody has shown that the draw took place.
    pub lot: Option<Lot>,
    /// The newest of the heads that this was proved under.
    pub checkpoint: Checkpoint,
}

/// Where an enterprise stands in a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It has this row.
    Row(RowProof),
    /// It has none: these two stand side by side, and its place is between them.
    Absent {
        /// The row before its place; none at the begin of the list.
        before: Option<RowProof>,
        /// The row after its place; none at the end.
        after: Option<RowProof>,
    },
}

/// What an enterprise drew.
#[derive(Debug, Clone)]
pub struct Lot {
    /// DrawCompleted.
    pub done: DrawCompleted,
    /// Its ticket under the draw's seed; an ineligible row has none.
    pub ticket: Option<Ticket>,
    /// If it was selected: rank and team as drawn.
    pub selected: Option<Selected>,
}

/// A selected enterprise.
#[derive(Debug, Clone)]
pub struct Selected {
    /// Place in ticket order, from 0.
    pub rank: u32,
    /// Inspectors by seat, as drawn; none if the assignment was infeasible.
    pub team: Vec<InspectorId>,
    /// Where EnterpriseAssigned stands.
    pub position: Position,
}

/// Why what is shown proves nothing.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each message says what its fields are
pub enum StandingError {
    #[error("{what}: {error}")]
    Receipt { what: &'static str, error: ReceiptError },
    #[error("{what}: {error}")]
    Statement { what: &'static str, error: DecodeError },
    #[error("{what} is not signed by the ledger's system key")]
    NotTheLedger { what: &'static str },
    #[error("where {expected} was to be shown, the entry at position {position} is {found}")]
    OtherEvent { expected: &'static str, position: Position, found: &'static str },
    #[error("{what} is of draw {found}, not {expected}")]
    OtherDraw { what: &'static str, expected: DrawId, found: DrawId },
    #[error("{draw} is the draw of a recusal: it draws no enterprises, ask for the draw of its batch")]
    OfRecusal { draw: DrawId },
    #[error("{draw} was drawn under embargo, and no key that its pool commits to is shown")]
    UnderEmbargo { draw: DrawId },
    #[error("a key is shown for {draw}, which was not drawn under embargo")]
    NoEmbargo { draw: DrawId },
    #[error("DrawOpened has another {what} than DrawCompleted")]
    OtherResult { what: &'static str },
    #[error("the team that is shown is not the one committed to: {why}")]
    Team { why: String },
    #[error("the row of {uscc} is not row {index} under the frozen pool's root: {error}")]
    Row { uscc: String, index: u64, error: InclusionError },
    #[error("{found} rows are shown where the enterprise's own or its two neighbours are needed")]
    Rows { found: usize },
    #[error("rows {first} and {second} are not side by side")]
    NotNeighbours { first: u64, second: u64 },
    #[error("{uscc} does not lie between the rows shown")]
    NotBetween { uscc: Uscc },
    #[error("the row of {uscc} says eligible {eligible} and gives the reason `{reason}`")]
    Reason { uscc: String, eligible: bool, reason: String },
    #[error("an assignment is shown for a draw whose result is not")]
    NotDrawn,
    #[error("EnterpriseAssigned is of {found}, not {expected}")]
    OtherFirm { expected: Uscc, found: Uscc },
    #[error("{uscc} is selected by its ticket, and no assignment is shown")]
    NoAssignment { uscc: Uscc },
    #[error("an assignment is shown for {uscc}, which is not selected: {why}")]
    NotSelected { uscc: Uscc, why: &'static str },
    #[error("the assignment of {uscc} states another {what} than follows from row and seed")]
    Differs { uscc: Uscc, what: &'static str },
    #[error("{later} stands before {earlier}")]
    Order { earlier: &'static str, later: &'static str },
}

/// What a whole log shows of an enterprise; `None` if it has no such draw of a batch.
///
/// `entries` is the whole log, `checkpoint` a signed note of its full size.
///
/// # Errors
/// EMBARGOED before the release of an embargo.
pub fn of_log(
    state: &State,
    entries: &[Vec<u8>],
    checkpoint: &str,
    draw: &DrawId,
    uscc: &Uscc,
) -> Result<Option<Shown>, Refusal> {
    let found = standing(state, draw, uscc)?;
    Ok(found.and_then(|found| shown(found, entries, checkpoint)))
}

fn shown(found: Standing, entries: &[Vec<u8>], checkpoint: &str) -> Option<Shown> {
    let tiles = Tiles::of(entries);
    let receipt = |position: Position| {
        let proof = prove_inclusion(&tiles, position.0, entries.len() as u64).ok()?;
        let entry = entries.get(usize::try_from(position.0).ok()?)?.clone();
        Some(Receipt { entry, proof, checkpoint: checkpoint.to_owned() })
    };
    Some(Shown {
        rows: found.rows,
        frozen: receipt(found.frozen)?,
        drawn: found.drawn.and_then(receipt),
        assigned: found.assigned.and_then(receipt),
        opened: found.opened.and_then(receipt),
        team: found.team,
    })
}

/// Checks what is shown of an enterprise in the draw of a batch.
///
/// # Errors
/// The first thing that does not hold, see [`StandingError`].
pub fn check(root: Root<'_>, draw: &DrawId, uscc: &Uscc, shown: &Shown) -> Result<Proved, StandingError> {
    let frozen = open(root, "PoolFrozen", &shown.frozen)?;
    let Event::PoolFrozen(pool) = frozen.event else { return Err(frozen.other()) };
    of_draw("PoolFrozen", draw, &pool.draw)?;
    if pool.replacement.is_some() {
        return Err(StandingError::OfRecusal { draw: draw.clone() });
    }
    let mut checkpoint = frozen.checkpoint;
    let unsealed = unsealed(root, draw, &pool, shown.opened.as_ref())?;
    if let Some(unsealed) = &unsealed {
        unsealed.opened.after(&frozen.position, "PoolFrozen")?;
        checkpoint = newer(checkpoint, unsealed.opened.checkpoint.clone());
    }
    let rows = pool.object_reasons.iter().fold(0_u64, |rows, reason| rows.saturating_add(reason.rows));
    let key = unsealed.as_ref().map(|unsealed| &unsealed.key);
    let place = place(&pool, rows, uscc, key, &shown.rows)?;
    let lot = match (&shown.drawn, &shown.assigned) {
        (None, None) => None,
        (None, Some(_)) => return Err(StandingError::NotDrawn),
        (Some(drawn), assigned) => {
            let drawn = open(root, "DrawCompleted", drawn)?;
            let Event::DrawCompleted(done) = &drawn.event else { return Err(drawn.other()) };
            of_draw("DrawCompleted", draw, &done.draw)?;
            drawn.after(&frozen.position, "PoolFrozen")?;
            let done = unsealed.as_ref().map_or(Ok(done.clone()), |unsealed| unsealed.result(draw, done))?;
            checkpoint = newer(checkpoint, drawn.checkpoint);
            let what = if key.is_some() { "AssignmentWithheld" } else { "EnterpriseAssigned" };
            let assigned = assigned.as_ref().map(|receipt| open(root, what, receipt)).transpose()?;
            if let Some(assigned) = &assigned {
                assigned.after(&drawn.position, "DrawCompleted")?;
                checkpoint = newer(checkpoint, assigned.checkpoint.clone());
            }
            let asked = Asked { draw, uscc, pool: &pool, key, team: &shown.team };
            Some(lot(&asked, &place, (drawn.position, done), assigned)?)
        }
    };
    Ok(Proved { position: frozen.position, pool: *pool, rows, place, lot, checkpoint })
}

/// What opens a draw that was under embargo.
struct Unsealed {
    opened: Opened,
    key: EmbargoKey,
    of: DrawOpened,
}

/// The key that the pool commits to; it is of the batch, so that an attempt that failed is opened by the same.
fn unsealed(
    root: Root<'_>,
    draw: &DrawId,
    pool: &PoolFrozen,
    shown: Option<&Receipt>,
) -> Result<Option<Unsealed>, StandingError> {
    let (embargo, receipt) = match (&pool.embargo, shown) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(StandingError::NoEmbargo { draw: draw.clone() }),
        (Some(_), None) => return Err(StandingError::UnderEmbargo { draw: draw.clone() }),
        (Some(embargo), Some(receipt)) => (embargo, receipt),
    };
    let opened = open(root, "DrawOpened", receipt)?;
    let Event::DrawOpened(of) = &opened.event else { return Err(opened.other()) };
    let (key, of) = (EmbargoKey::from_bytes(of.key.0), of.clone());
    if key.commitment() != embargo.commitment.0 {
        return Err(StandingError::UnderEmbargo { draw: draw.clone() });
    }
    Ok(Some(Unsealed { opened, key, of }))
}

impl Unsealed {
    /// The whole result, of which DrawCompleted had the seed and the number of enterprises.
    fn result(&self, draw: &DrawId, done: &DrawCompleted) -> Result<DrawCompleted, StandingError> {
        of_draw("DrawOpened", draw, &self.of.draw)?;
        let result = self.of.result.as_ref().ok_or(StandingError::OtherResult { what: "form" })?;
        of_draw("DrawOpened", draw, &result.draw)?;
        match () {
            () if result.seed != done.seed => Err(StandingError::OtherResult { what: "seed" }),
            () if result.selected != done.selected => {
                Err(StandingError::OtherResult { what: "number of enterprises" })
            }
            () => Ok(result.clone()),
        }
    }
}

/// An entry that is proved to be on the log, stated by the ledger.
struct Opened {
    expected: &'static str,
    position: Position,
    checkpoint: Checkpoint,
    event: Event,
}

impl Opened {
    fn other(&self) -> StandingError {
        let (expected, position) = (self.expected, self.position);
        StandingError::OtherEvent { expected, position, found: self.event.name() }
    }

    fn after(&self, before: &Position, earlier: &'static str) -> Result<(), StandingError> {
        if self.position > *before {
            return Ok(());
        }
        Err(StandingError::Order { earlier, later: self.expected })
    }
}

fn open(root: Root<'_>, what: &'static str, receipt: &Receipt) -> Result<Opened, StandingError> {
    let proved = receipt.verify(root.vkey).map_err(|error| StandingError::Receipt { what, error })?;
    let entry = proved.entry;
    let message = statement_message(root.ledger, &entry.statement);
    let signed = root.system_key.verify(&message, &entry.signature).is_ok();
    if entry.author != root.system_key.key_id() || !signed {
        return Err(StandingError::NotTheLedger { what });
    }
    let statement = Statement::decode(&entry.statement);
    let statement = statement.map_err(|error| StandingError::Statement { what, error })?;
    let (position, checkpoint, event) = (entry.position, proved.checkpoint, statement.event);
    Ok(Opened { expected: what, position, checkpoint, event })
}

fn of_draw(what: &'static str, expected: &DrawId, found: &DrawId) -> Result<(), StandingError> {
    if expected == found {
        return Ok(());
    }
    Err(StandingError::OtherDraw { what, expected: expected.clone(), found: found.clone() })
}

fn newer(one: Checkpoint, other: Checkpoint) -> Checkpoint {
    if other.size > one.size { other } else { one }
}

/// The enterprise's row, or that it has none.
fn place(
    pool: &PoolFrozen,
    rows: u64,
    uscc: &Uscc,
    key: Option<&EmbargoKey>,
    shown: &[RowProof],
) -> Result<Place, StandingError> {
    for row in shown {
        under_root(pool, rows, key, row)?;
    }
    match shown {
        [own] if own.row.uscc == uscc.as_str() => Ok(Place::Row(own.clone())),
        [] if rows == 0 => Ok(Place::Absent { before: None, after: None }),
        [first] if first.index == 0 && first.row.uscc.as_str() > uscc.as_str() => {
            Ok(Place::Absent { before: None, after: Some(first.clone()) })
        }
        [last] if last.index.checked_add(1) == Some(rows) && last.row.uscc.as_str() < uscc.as_str() => {
            Ok(Place::Absent { before: Some(last.clone()), after: None })
        }
        [before, after] if before.index.checked_add(1) != Some(after.index) => {
            Err(StandingError::NotNeighbours { first: before.index, second: after.index })
        }
        [before, after]
            if before.row.uscc.as_str() < uscc.as_str() && uscc.as_str() < after.row.uscc.as_str() =>
        {
            Ok(Place::Absent { before: Some(before.clone()), after: Some(after.clone()) })
        }
        [_] | [_, _] => Err(StandingError::NotBetween { uscc: uscc.clone() }),
        other => Err(StandingError::Rows { found: other.len() }),
    }
}

/// The leaf of a row, SHA-256(00 || row), under embargo with its salt at the end (draw.md 2, 7).
fn leaf(row: &ObjectRow, key: Option<&EmbargoKey>) -> TreeHash {
    leaf_hash(&row.encode_under(key.map(|key| key.object(&row.uscc)).as_ref()))
}

/// The row is leaf `index` of the tree of all rows.
fn under_root(
    pool: &PoolFrozen,
    rows: u64,
    key: Option<&EmbargoKey>,
    proof: &RowProof,
) -> Result<(), StandingError> {
    let (row, index) = (&proof.row, proof.index);
    let leaf = leaf(row, key);
    let verified = verify_inclusion(leaf, index, rows, &proof.proof, pool.objects_root);
    verified.map_err(|error| StandingError::Row { uscc: row.uscc.clone(), index, error })?;
    if row.eligible == row.reason.is_empty() {
        return Ok(());
    }
    let (uscc, reason) = (row.uscc.clone(), row.reason.clone());
    Err(StandingError::Reason { uscc, eligible: row.eligible, reason })
}
