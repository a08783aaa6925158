//! A log as static files: its checkpoint opened with the key that its own genesis names, and the roots and proofs
//! that its tiles give.

use anyhow::{Context, Result};
use lotbook_chain::{Checkpoint, Entry, Sealed, TreeHash, frontier, prove_consistency, split_note};
use lotbook_engine::domain::Genesis;
use lotbook_event::Statement;
use lotbook_tlog::{LogReader, ReadError};

/// What a note says, not yet believed.
///
/// # Errors
/// If it is no note of a checkpoint.
pub fn stated(note: &str) -> Result<Checkpoint> {
    let (text, _) = split_note(note).context("the checkpoint is no signed note")?;
    text.parse().context("the note is no checkpoint")
}

/// Opens a checkpoint with the key that the log's first entry names; gives that entry's genesis, too.
///
/// # Errors
/// If the entry is no genesis, or the checkpoint is not signed by its key.
pub fn open(note: &str, first: &[u8]) -> Result<(Checkpoint, Genesis)> {
    let entry = Entry::decode(first).context("the first entry")?;
    let statement = Statement::decode(&entry.statement).context("the first statement")?;
    let genesis = Genesis::open(&Sealed::seal(entry, statement)?).context("the first entry is no genesis")?;
    let checkpoint = Checkpoint::open(note, &genesis.checkpoint_key).context("the checkpoint")?;
    Ok((checkpoint, genesis))
}

/// The root that the tiles give for an earlier size.
///
/// # Errors
/// See [`ReadError`].
pub fn root_at(tiles: &LogReader, size: u64) -> Result<TreeHash, lotbook_chain::TileError<ReadError>> {
    Ok(frontier(tiles, size)?.root())
}

/// The root at an earlier size, and the proof that the tiles' checkpoint extends it.
///
/// # Errors
/// What the tiles' source or content says.
pub fn prove(tiles: &LogReader, size: u64) -> Result<(TreeHash, Vec<TreeHash>)> {
    let root = root_at(tiles, size)?;
    Ok((root, prove_consistency(tiles, size, tiles.checkpoint().size)?))
}
