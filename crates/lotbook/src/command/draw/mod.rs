//! `draw`: certificates of draws, one JSON file each and a page that people read; and their verification.

mod page;
mod people;
mod verify;

pub(crate) use verify::Unwitnessed;

use super::reading;
use crate::cli::{Draw, Source};
use crate::exit::Exit;
use crate::say;
use anyhow::{Context, Result};
use lotbook_draw::Certificate;
use lotbook_verifier::certificates;
use std::path::Path;

pub async fn run(args: Draw) -> Result<Exit> {
    match args {
        Draw::Certificate { source, out, draw } => write(&source, &out, draw.as_deref()).await,
        Draw::Verify { vkey, policy, json, file } => {
            verify::run(vkey.as_deref(), policy.as_deref(), json, &file)
        }
    }
}

/// Writes the certificates of all draws, or of one, from a ledger that is decided again first.
async fn write(source: &Source, out: &Path, draw: Option<&str>) -> Result<Exit> {
    let ledger = reading::ledger(source).await?;
    let state = ledger.verifier.state();
    let made = certificates(state, &ledger.entries, ledger.note_over_all()?)?;
    let wanted: Vec<_> = made.iter().filter(|c| draw.is_none_or(|id| c.draw_id == id)).collect();
    if wanted.is_empty() {
        let known: Vec<_> = made.iter().map(|c| c.draw_id.as_str()).collect();
        anyhow::bail!(
            "there is no such draw; drawn are: {}",
            if known.is_empty() { "none".into() } else { known.join(", ") }
        );
    }
    std::fs::create_dir_all(out).with_context(|| format!("failed to make {}", out.display()))?;
    let genesis = state.genesis.as_ref().context("the log has no genesis")?;
    let vkey = genesis.checkpoint_key.to_string();
    for certificate in wanted {
        certificate.recompute().with_context(|| format!("{} does not recompute", certificate.draw_id))?;
        let name = certificate.draw_id.replace('/', "_");
        keep(&out.join(format!("{name}.json")), &certificate.to_json()?)?;
        let names = people::Names::of(state, certificate);
        let page = page::html(certificate, &names, &format!("{name}.json"), &vkey);
        keep(&out.join(format!("{name}.html")), &page)?;
        tell(&out.join(format!("{name}.json")), certificate);
    }
    Ok(Exit::Done)
}

fn keep(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
}

fn tell(path: &Path, certificate: &Certificate) {
    say!(
        "{}  grade {:?}, {} enterprises; the page beside it is {}",
        path.display(),
        certificate.grade,
        certificate.result.selected.len(),
        path.with_extension("html").file_name().unwrap_or_default().display()
    );
}
