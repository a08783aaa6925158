//! `restore`: a ledger made again from its static files: the same head, entries and positions.

use crate::cli::Restore;
use crate::data_dir::DataDir;
use crate::exit::{Exit, usage};
use crate::progress::Bar;
use crate::{given, say, static_log};
use anyhow::{Context, Result, bail};
use lotbook_chain::{Checkpoint, TreeHash, split_note};
use lotbook_engine::statement_id;
use lotbook_store::{Anchor, Publication, Store, StoreOptions};
use lotbook_tlog::{Location, LocationError, LogReader};

/// Entries of one group: one sync each, and at most 16 MiB.
const GROUP: usize = 256;

/// Why tiles are refused.
#[derive(Debug, thiserror::Error)]
#[error(
    "refused: {known} has {size} entries with root {root}, these tiles have {found}: they do not extend it"
)]
pub struct NotExtended {
    known: &'static str,
    size: u64,
    root: TreeHash,
    found: String,
}

pub fn run(args: &Restore) -> Result<Exit> {
    let location: Location =
        args.tiles.parse().map_err(|error: LocationError| usage(format!("--tiles: {error}")))?;
    let source = location.open();
    let note = source.checkpoint().with_context(|| format!("failed to read the log at {location}"))?;
    let tiles = LogReader::new(source, static_log::stated(&note)?);
    let genesis = tiles.entries(0).next().context("the log is empty")??.1;
    let (checkpoint, genesis) = static_log::open(&note, &genesis)?;
    if let Some(text) = &args.vkey
        && given::vkey("--vkey", text)? != genesis.checkpoint_key
    {
        bail!("these tiles are of the log {}, not of {text}", genesis.checkpoint_key);
    }
    let data = DataDir::new(&args.data, args.anchor.as_deref());
    let anchor = Anchor::read(&data.anchor)?;
    if let Some(anchor) = &anchor {
        extends(&tiles, "the anchor", anchor.head().size, anchor.root())?;
    }
    mark(&data)?;
    let store = open(&data, &tiles)?;
    let before = store.head().size;
    fill(&store, &tiles, &checkpoint)?;
    finish(&data, store, &note)?;
    tell(args, &data, &checkpoint, before);
    Ok(Exit::Done)
}

/// The tiles must have, at a size that is known, the root that is known.
fn extends(tiles: &LogReader, known: &'static str, size: u64, root: TreeHash) -> Result<()> {
    let shown = tiles.checkpoint().size;
    if size > shown {
        let found = format!("only {shown} entries");
        return Err(NotExtended { known, size, root, found }.into());
    }
    let found = static_log::root_at(tiles, size)?;
    if found == root {
        return Ok(());
    }
    Err(NotExtended { known, size, root, found: format!("the root {found} there") }.into())
}

/// Marks the directory, before anything is in it: what is in it is not yet the ledger.
fn mark(data: &DataDir) -> Result<()> {
    let marked = std::fs::create_dir_all(&data.dir).and_then(|()| std::fs::write(data.restoring(), ""));
    marked.with_context(|| format!("failed to write to {}", data.dir.display()))
}

/// Opens the store to be filled. What an earlier restore left in it must be part of the same log.
fn open(data: &DataDir, tiles: &LogReader) -> Result<Store> {
    // The anchor may be ahead of what is restored so far; it was compared with the tiles already.
    let mut options = StoreOptions::new(&data.dir, data.restoring().with_extension("anchor"), statement_id);
    options.progress = crate::progress::of_a_start();
    let store = Store::open(options).with_context(|| format!("failed to open {}", data.dir.display()))?;
    let size = store.head().size;
    let root = store.root_at(size)?.context("the store has no root of its own head")?;
    extends(tiles, "the data directory", size, root)?;
    Ok(store)
}

fn fill(store: &Store, tiles: &LogReader, checkpoint: &Checkpoint) -> Result<()> {
    let bar = Bar::of("restoring", Some(checkpoint.size));
    let mut group = Vec::with_capacity(GROUP);
    for entry in tiles.entries(store.head().size) {
        group.push(entry?.1);
        if group.len() == GROUP {
            bar.at(store.append_group(&group)?.size);
            group.clear();
        }
    }
    store.append_group(&group)?;
    bar.end();
    Ok(())
}

/// The last step: the anchor, and what witnesses have seen.
fn finish(data: &DataDir, store: Store, note: &str) -> Result<()> {
    let head = store.head();
    store.close()?;
    drop(store);
    if split_note(note)?.1.len() > 1 {
        Publication::write(&data.dir, note)?;
    }
    Anchor::new(note, head)?.write(&data.anchor)?;
    std::fs::remove_file(data.restoring()).context("failed to remove the mark of the restore")
}

fn tell(args: &Restore, data: &DataDir, checkpoint: &Checkpoint, before: u64) {
    let Checkpoint { origin, size, root } = checkpoint;
    if args.json {
        say!(
            "{}",
            serde_json::json!({ "origin": origin, "entries": size, "root": root.to_string(), "were_there": before })
        );
        return;
    }
    say!("restored {size} entries of {origin} to {}", data.dir.display());
    say!("  root        {root}");
    say!("  were there  {before}");
    say!(
        "  not here    the ledger's keys and the vault's values: they are in no tile, only in their own backups"
    );
    say!(
        "  next        lotbook verify {0}; put system.key and checkpoint.key into {0}/keys, then lotbook serve --data {0}",
        data.dir.display()
    );
}
