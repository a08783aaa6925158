//! `export`: a ledger as static files in the tlog-tiles layout, for any web server.

use crate::cli::Export;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::progress::Bar;
use crate::say;
use crate::static_log;
use anyhow::{Context, Result};
use lotbook_store::{Anchor, JournalReader, Publication};

pub fn run(args: &Export) -> Result<Exit> {
    let data = DataDir::new(&args.data, args.anchor.as_deref());
    let note = published(&data)?;
    let entries = || JournalReader::open(&data.journal());
    let genesis = entries()?.next().context("the ledger has no entries")??.1;
    let (checkpoint, _) = static_log::open(&note, &genesis)?;
    let bar = Bar::of("exporting", Some(checkpoint.size));
    let bytes = entries()?.map(|entry| entry.map(|(_, bytes)| bytes));
    let exported = lotbook_tlog::export(bytes, &note, &checkpoint, &args.tiles, &mut |done| bar.at(done));
    bar.end();
    let exported = exported.with_context(|| format!("failed to export to {}", args.tiles.display()))?;
    if args.json {
        say!(
            "{}",
            serde_json::json!({
                "origin": checkpoint.origin, "entries": exported.size, "root": checkpoint.root.to_string(),
                "written": exported.written, "kept": exported.kept,
            })
        );
    } else {
        say!("exported {} entries of {} to {}", exported.size, checkpoint.origin, args.tiles.display());
        say!("  files       {} written, {} were there already", exported.written, exported.kept);
        say!(
            "  next        put the folder on any web server; whoever has the vkey: lotbook verify ADDRESS --vkey VKEY"
        );
    }
    Ok(Exit::Done)
}

/// The newest checkpoint that may be shown: witnessed, where witnesses are waited for.
fn published(data: &DataDir) -> Result<String> {
    match Publication::read(&data.dir)? {
        Publication::Checkpoint(note) => Ok(note),
        Publication::Nothing => anyhow::bail!(
            "nothing may be published yet: no checkpoint has the quorum of the ledger's witnesses; is the server running?"
        ),
        Publication::AtOnce => {
            let anchor = Anchor::read(&data.anchor)?;
            let anchor = anchor
                .with_context(|| format!("there is no signed checkpoint at {}", data.anchor.display()))?;
            Ok(anchor.note().to_owned())
        }
    }
}
