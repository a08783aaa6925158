//! `draw`: certificates of draws, one JSON file each and a page that people read; and their verification.

mod page;
mod people;
mod stamps;
mod verify;

pub(crate) use verify::Unwitnessed;

use super::{extend, reading, void};
use crate::cli::{Draw, Source};
use crate::exit::Exit;
use crate::say;
use anyhow::{Context, Result};
use lotbook_draw::{Certificate, CertificateError};
use lotbook_engine::domain::civil;
use lotbook_verifier::{certificates, sealed_until};
use std::path::{Path, PathBuf};

pub async fn run(args: Draw) -> Result<Exit> {
    match args {
        Draw::Extend { by, draw, qualifications, sections, reason } => {
            extend::run(&by, &draw, &qualifications, &sections, &reason).await
        }
        Draw::Void { by, draw, ground, basis, .. } => void::run(&by, &draw, ground.zip(basis)).await,
        Draw::Certificate { source, out, draw, policy, stamps } => {
            write(&source, &out, draw.as_deref(), policy.as_deref(), &stamps).await
        }
        Draw::Verify { vkey, policy, json, file } => {
            verify::run(vkey.as_deref(), policy.as_deref(), json, &file)
        }
    }
}

/// Writes the certificates of all draws, or of one, from a ledger that is decided again first.
async fn write(
    source: &Source,
    out: &Path,
    draw: Option<&str>,
    policy: Option<&Path>,
    stamps: &[PathBuf],
) -> Result<Exit> {
    let ledger = reading::ledger(source).await?;
    let state = ledger.verifier.state();
    let stamps = stamps::read(source, state, policy, stamps).await?;
    let made = certificates(state, &ledger.entries, ledger.note_over_all()?, &stamps)?;
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
        holds(certificate).with_context(|| format!("{} does not recompute", certificate.draw_id))?;
        let name = certificate.draw_id.replace('/', "_");
        keep(&out.join(format!("{name}.json")), &certificate.to_json()?)?;
        let names = people::Names::of(state, certificate);
        let page = page::html(certificate, &names, &format!("{name}.json"), &vkey);
        keep(&out.join(format!("{name}.html")), &page)?;
        tell(&out.join(format!("{name}.json")), certificate);
    }
    Ok(Exit::Done)
}

/// As far as it can be recomputed: of a draw under embargo, the seed.
fn holds(certificate: &Certificate) -> Result<(), CertificateError> {
    match certificate.recompute() {
        Ok(_) | Err(CertificateError::Embargoed) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The date from which a sealed certificate may name somebody, as its entries say.
fn until(certificate: &Certificate) -> String {
    sealed_until(certificate).map(|at| civil::date_of(at).to_string()).unwrap_or_default()
}

fn is_sealed(certificate: &Certificate) -> bool {
    certificate.embargo.as_ref().is_some_and(|embargo| embargo.key.is_none())
}

fn keep(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
}

fn tell(path: &Path, certificate: &Certificate) {
    let drawn = match is_sealed(certificate) {
        true => format!("sealed until {}: no names before", until(certificate)),
        false => format!("{} enterprises", certificate.result.selected.len()),
    };
    say!(
        "{}  grade {:?}, {drawn}; the page beside it is {}",
        path.display(),
        certificate.grade,
        path.with_extension("html").file_name().unwrap_or_default().display()
    );
}
