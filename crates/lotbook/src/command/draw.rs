//! `draw certificate`: one JSON file per draw, enough to recompute it without the ledger.

use super::reading;
use crate::cli::Draw;
use crate::exit::Exit;
use crate::say;
use anyhow::{Context, Result};
use lotbook_verifier::certificates;

pub async fn run(args: Draw) -> Result<Exit> {
    let Draw::Certificate { source, out, draw } = args;
    let ledger = reading::ledger(&source).await?;
    let note = ledger.note_over_all()?;
    let made = certificates(ledger.verifier.state(), &ledger.entries, note)?;
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
        certificate.recompute().with_context(|| format!("{} does not recompute", certificate.draw_id))?;
        let path = out.join(format!("{}.json", certificate.draw_id.replace('/', "_")));
        std::fs::write(&path, certificate.to_json()?)
            .with_context(|| format!("failed to write {}", path.display()))?;
        say!(
            "{}  grade {:?}, {} enterprises",
            path.display(),
            certificate.grade,
            certificate.result.selected.len()
        );
    }
    Ok(Exit::Done)
}
