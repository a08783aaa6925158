//! Stamps for a certificate's grade: those that the ledger has kept itself, and those that somebody else has.

use crate::cli::Source;
use crate::command::reading::data_dir;
use anyhow::{Context, Result};
use lotbook_chain::Policy;
use lotbook_client::Client;
use lotbook_engine::State;
use lotbook_verifier::Stamp;
use std::path::{Path, PathBuf};

/// The stamps that count under the witnesses' policy; without one nobody's word for the time does.
pub(super) async fn read(
    source: &Source,
    state: &State,
    policy: Option<&Path>,
    files: &[PathBuf],
) -> Result<Vec<Stamp>> {
    let (Some(policy), Some(genesis)) = (policy, &state.genesis) else { return Ok(vec![]) };
    let policy: Policy =
        text(policy)?.parse().with_context(|| format!("{} is no policy", policy.display()))?;
    let stamp = |note: &str| Stamp::read(note, &genesis.checkpoint_key, &policy);
    let mut stamps = vec![];
    for file in files {
        let given = stamp(&text(file)?).with_context(|| file.display().to_string())?;
        stamps.extend(given);
    }
    // What the ledger kept was cosigned under its own policy: under this one it may be worth nothing.
    stamps.extend(kept(source, state).await?.iter().filter_map(|note| stamp(note).ok().flatten()));
    Ok(stamps)
}

/// What the ledger kept for the closes of draws with a beacon ([P-188]).
async fn kept(source: &Source, state: &State) -> Result<Vec<String>> {
    let with_beacon = state.ceremonies.values().filter(|held| !held.beacons().is_empty());
    let closes: Vec<u64> = with_beacon.filter_map(|held| Some(held.closed?.position.0)).collect();
    let mut notes = vec![];
    if let Some(dir) = &source.data {
        let dir = data_dir(source, dir).dir;
        for close in closes {
            notes.extend(lotbook_store::read_stamp(&dir, close)?);
        }
    } else if let Some(url) = source.server.as_ref().filter(|_| !closes.is_empty()) {
        let client = Client::trust_on_first_use(url).await?;
        for close in closes {
            notes.extend(client.stamp(close).await?);
        }
    }
    Ok(notes)
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("failed to read {}", file.display()))
}
