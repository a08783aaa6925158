//! `disclosure`: a year's disclosure, derived again from the whole ledger and held against the hash on it.

mod text;

use super::reading;
use crate::cli::Disclosure;
use crate::exit::Exit;
use crate::{json, say};
use anyhow::{Context, Result};
use lotbook_verifier::{Expectations, document_hash};

pub async fn run(args: Disclosure) -> Result<Exit> {
    let ledger = reading::ledger(&args.source).await?;
    ledger.verdict(&Expectations::default())?;
    let record = ledger.verifier.state().disclosures.get(&args.year);
    let generated = record.and_then(|record| record.generated.as_ref());
    let (stated, document) = generated.with_context(|| {
        format!(
            "no disclosure of {} has been generated: the publisher states AnnualDisclosureRequested",
            args.year
        )
    })?;
    let hash = document_hash(document);
    if hash != stated.document {
        say!("REFUTED: the document's hash is {}, the ledger states {}", hex(&hash), hex(&stated.document));
        return Ok(Exit::Refused);
    }
    let published = record.and_then(|record| record.published.as_ref());
    let text = if args.json {
        json::of_disclosure(document)?.to_string()
    } else {
        let mut text = text::of(document);
        text.push_str(&match published {
            Some((at, reference)) => format!("published  {} ({reference})\n", text::time(at.0)),
            None => "published  not yet 尚未公布\n".into(),
        });
        text
    };
    match &args.out {
        Some(file) => {
            std::fs::write(file, text).with_context(|| format!("failed to write {}", file.display()))?;
            say!("{}", file.display());
        }
        None => say!("{}", text.trim_end()),
    }
    eprintln!(
        "derived again from the first {} entries; its hash {} is the one on the ledger",
        stated.size,
        hex(&hash)
    );
    Ok(Exit::Done)
}

fn hex(hash: &lotbook_event::Bytes32) -> String {
    data_encoding::HEXLOWER.encode(&hash.0)
}
