//! `verify`: a data directory in, a verdict out.

use super::reading;
use crate::cli::Verify;
use crate::data_dir::DataDir;
use crate::exit::{Exit, usage};
use crate::say;
use anyhow::Result;
use lotbook_chain::EntryHash;
use lotbook_verifier::{Expectations, Finding, Verdict};

pub fn run(args: &Verify) -> Result<Exit> {
    let expectations = expectations(args)?;
    let data = DataDir::new(&args.target, args.anchor.as_deref());
    if !data.journal().is_dir() {
        anyhow::bail!("{} is no data directory: it has no journal", args.target.display());
    }
    if let Some(anchor) = args.anchor.as_deref().filter(|anchor| !anchor.exists()) {
        anyhow::bail!(
            "there is no anchor {}: nothing would show that the log was cut short",
            anchor.display()
        );
    }
    let verdict = reading::of_data_dir(&data).and_then(|ledger| Ok(ledger.verdict(&expectations)?));
    match verdict {
        Ok(verdict) => {
            if args.json {
                say!("{}", serde_json::to_string(&verdict)?)
            } else {
                tell(&verdict)
            }
            Ok(Exit::Done)
        }
        Err(error) => match error.downcast_ref::<Finding>() {
            Some(finding) => {
                if args.json {
                    say!("{}", serde_json::json!({ "verified": false, "finding": finding }));
                } else {
                    say!("REFUTED at {finding}");
                }
                Ok(Exit::Refused)
            }
            None => Err(error),
        },
    }
}

fn expectations(args: &Verify) -> Result<Expectations> {
    let vkey = args.vkey.as_deref().map(str::parse).transpose();
    let vkey = vkey.map_err(|error: lotbook_chain::vkey::VerifierKeyError| {
        usage(format!("--vkey is no verifier key: {error}"))
    })?;
    let head = args
        .head
        .as_deref()
        .map(|hex| EntryHash::from_hex(hex).ok_or_else(|| usage("--head is not 64 lower-case hex digits")));
    Ok(Expectations { vkey, at_least: args.at_least, head: head.transpose()?, policy: None })
}

/// Tells a verdict to people.
pub fn tell(verdict: &Verdict) {
    say!("verified {} entries of {}", verdict.entries, verdict.origin);
    say!("  ledger   {}", verdict.ledger_id);
    say!("  head     {}", verdict.head);
    say!("  root     {}", verdict.root);
    match verdict.checkpoint {
        Some(size) => say!("  signed   checkpoint of {size} entries"),
        None => say!("  signed   no checkpoint found"),
    }
    say!(
        "  decided  {} statements again; {} entries derived again; {} refusals on record",
        verdict.stated,
        verdict.derived,
        verdict.refusals
    );
    for draw in &verdict.draws {
        let what = match &draw.recusal {
            Some(recusal) => format!("who comes for {recusal}"),
            None => format!("{} enterprises, {} inspectors", draw.selected, draw.inspectors),
        };
        say!("  draw     {} recomputed: {what}, grade {}, seed {}", draw.draw, draw.grade, draw.seed);
    }
    let flags: Vec<_> = verdict.flags.iter().map(|(flag, count)| format!("{flag} {count}")).collect();
    say!("  flags    {}", if flags.is_empty() { "none".into() } else { flags.join(", ") });
    if !verdict.authenticated {
        say!("  self-consistent only: compare the ledger id, or give --vkey {}", verdict.vkey);
    }
}
