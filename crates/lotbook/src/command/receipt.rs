//! `receipt`: the proof that a ledger recorded one entry, as a file; saved from a ledger, and verified offline.

use crate::cli::Receipt as Words;
use crate::exit::Exit;
use crate::{given, keep, local_time, say};
use anyhow::{Context, Result};
use lotbook_chain::{Cosignature, Receipt, ReceiptError, TlogProof, UnwitnessedError};
use lotbook_client::Client;
use lotbook_event::Statement;
use std::path::Path;

pub async fn run(args: Words) -> Result<Exit> {
    match args {
        Words::Save { server, position, out, witnessed } => save(&server, position, &out, witnessed).await,
        Words::Verify { vkey, policy, file, json } => verify(&vkey, policy.as_deref(), &file, json),
    }
}

/// Asks a ledger for the receipt of an entry; under the witnessed checkpoint, if that is wanted.
async fn save(server: &str, position: u64, out: &Path, witnessed: bool) -> Result<Exit> {
    let client = Client::trust_on_first_use(server).await?;
    let receipt = if witnessed {
        let note = client.published().await?.witnessed_note;
        let note = note.context("no checkpoint has the quorum of the ledger's witnesses yet: try again")?;
        client.receipt_under(position, &note).await?
    } else {
        client.entry(position).await?.1
    };
    keep::write(out, receipt.to_tlog_proof()?.to_string().as_bytes())?;
    say!(
        "receipt of entry {position}; verify it with: lotbook receipt verify --vkey {} {}",
        client.trust_root().vkey,
        out.display()
    );
    Ok(Exit::Done)
}

/// Why a receipt proves nothing.
#[derive(Debug, thiserror::Error)]
#[error("the receipt proves nothing: {0}")]
pub struct Unproved(String);

impl From<ReceiptError> for Unproved {
    fn from(error: ReceiptError) -> Self {
        Self(error.to_string())
    }
}

impl From<UnwitnessedError> for Unproved {
    fn from(error: UnwitnessedError) -> Self {
        Self(error.to_string())
    }
}

fn verify(vkey: &str, policy: Option<&Path>, file: &Path, json: bool) -> Result<Exit> {
    let key = given::vkey("--vkey", vkey)?;
    let text = given::file(file)?;
    let name = || format!("{} is no receipt", file.display());
    let proof: TlogProof = text.parse().with_context(name)?;
    let receipt = Receipt::from_tlog_proof(&proof).with_context(name)?;
    let proved = receipt.verify(&key).map_err(Unproved::from)?;
    let witnesses = match policy {
        Some(path) => {
            given::policy(path)?.open_of(&receipt.checkpoint, &key).map_err(Unproved::from)?.cosignatures
        }
        None => vec![],
    };
    let statement = Statement::decode(&proved.entry.statement).ok();
    let event = statement.as_ref().map_or("unreadable", |statement| statement.event.name());
    let entry = &proved.entry;
    if json {
        let names =
            |w: &Cosignature| serde_json::json!({ "name": w.witness.name(), "time": w.time.seconds() });
        let witnesses: Vec<_> = witnesses.iter().map(names).collect();
        say!(
            "{}",
            serde_json::json!({
                "verified": true, "origin": key.name(), "position": entry.position.0, "event": event,
                "recorded_at": entry.recorded_at.0, "author": entry.author.to_string(),
                "entry_hash": proved.hash.to_string(), "checkpoint": proved.checkpoint.size, "witnesses": witnesses,
            })
        );
        return Ok(Exit::Done);
    }
    say!("verified: {} recorded this entry", key.name());
    say!("  position    {}", entry.position);
    say!("  event       {event}");
    say!("  recorded    {}", local_time::show(entry.recorded_at));
    say!("  author      {}", entry.author);
    say!("  entry hash  {}", proved.hash);
    say!("  under       a signed checkpoint of {} entries", proved.checkpoint.size);
    for Cosignature { witness, time } in &witnesses {
        say!("  witnessed   {} at {}", witness.name(), local_time::of_witness(*time));
    }
    Ok(Exit::Done)
}
