//! `draw certificate`: one JSON file per draw, enough to recompute it without the ledger.

use super::{reading, void};
use crate::cli::Draw;
use crate::exit::Exit;
use crate::say;
use anyhow::{Context, Result};
use lotbook_chain::Policy;
use lotbook_draw::CertificateError;
use lotbook_engine::State;
use lotbook_verifier::{Expectations, Stamp, certificates};
use std::path::{Path, PathBuf};

pub async fn run(args: Draw) -> Result<Exit> {
    let (source, out, draw, policy, stamps) = match args {
        Draw::Void { by, draw, ground, basis, .. } => return void::run(&by, &draw, ground.zip(basis)).await,
        Draw::Certificate { source, out, draw, policy, stamps } => (source, out, draw, policy, stamps),
    };
    let ledger = reading::ledger(&source).await?;
    ledger.verdict(&Expectations::default())?;
    let size = ledger.entries.len() as u64;
    let note = ledger.note.clone().context("there is no signed checkpoint to prove entries under")?;
    let signed = ledger.verifier.finish(Some(&note), &Expectations::default())?.checkpoint;
    if signed != Some(size) {
        anyhow::bail!(
            "the newest checkpoint is of {signed:?} entries, the log has {size}: stop the server cleanly, or ask it"
        );
    }
    let state = ledger.verifier.state();
    let stamps = read_stamps(state, policy.as_deref(), &stamps)?;
    let made = certificates(state, &ledger.entries, &note, &stamps)?;
    let wanted: Vec<_> = made.iter().filter(|c| draw.as_deref().is_none_or(|id| c.draw_id == id)).collect();
    if wanted.is_empty() {
        let known: Vec<_> = made.iter().map(|c| c.draw_id.as_str()).collect();
        anyhow::bail!(
            "there is no such draw; drawn are: {}",
            if known.is_empty() { "none".into() } else { known.join(", ") }
        );
    }
    std::fs::create_dir_all(&out).with_context(|| format!("failed to make {}", out.display()))?;
    for certificate in wanted {
        let sealed = match certificate.recompute() {
            Ok(_) => false,
            Err(CertificateError::Embargoed) => true,
            Err(error) => {
                return Err(error).with_context(|| format!("{} does not recompute", certificate.draw_id));
            }
        };
        let path = out.join(format!("{}.json", certificate.draw_id.replace('/', "_")));
        std::fs::write(&path, certificate.to_json()?)
            .with_context(|| format!("failed to write {}", path.display()))?;
        if sealed {
            say!(
                "{}  grade {:?}, under embargo: no names before its release",
                path.display(),
                certificate.grade
            );
            continue;
        }
        say!(
            "{}  grade {}, {} enterprises",
            path.display(),
            certificate.grade,
            certificate.result.selected.len()
        );
    }
    Ok(Exit::Done)
}

/// The stamps of checkpoints that were kept, under the witnesses' policy.
fn read_stamps(state: &State, policy: Option<&Path>, files: &[PathBuf]) -> Result<Vec<Stamp>> {
    let (Some(policy), Some(genesis)) = (policy, &state.genesis) else { return Ok(vec![]) };
    let read = |file: &Path| {
        std::fs::read_to_string(file).with_context(|| format!("failed to read {}", file.display()))
    };
    let policy: Policy =
        read(policy)?.parse().with_context(|| format!("{} is no policy", policy.display()))?;
    let stamp = |file: &PathBuf| {
        Stamp::read(&read(file)?, &genesis.checkpoint_key, &policy)
            .with_context(|| format!("{}", file.display()))
    };
    let stamps: Vec<_> = files.iter().map(stamp).collect::<Result<_>>()?;
    Ok(stamps.into_iter().flatten().collect())
}
