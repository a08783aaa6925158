//! `show`: the identity of a ledger, what trust rests on.

use super::reading;
use crate::cli::Show;
use crate::exit::Exit;
use crate::say;
use anyhow::{Context, Result};
use lotbook_verifier::Expectations;

pub async fn run(args: Show) -> Result<Exit> {
    let Show::Identity { source, json } = args;
    let ledger = reading::ledger(&source).await?;
    let verdict = ledger.verdict(&Expectations::default())?;
    let genesis = ledger.verifier.state().genesis.as_ref().context("the log has no genesis")?;
    let created = &genesis.created;
    if json {
        let identity = serde_json::json!({
            "origin": verdict.origin, "ledger_id": verdict.ledger_id, "vkey": verdict.vkey,
            "office": created.office_name.as_str(), "office_uscc": created.office_uscc.as_str(),
            "rule_set": created.rule_set_id.as_str(), "decide_version": created.decide_version,
            "simulated_clock": created.simulated_clock,
        });
        say!("{identity}");
    } else {
        say!("office     {} ({})", created.office_name, created.office_uscc);
        say!("origin     {}", verdict.origin);
        say!("ledger id  {}", verdict.ledger_id);
        say!("vkey       {}", verdict.vkey);
        if created.simulated_clock {
            say!("clock      simulated: a demonstration");
        }
    }
    Ok(Exit::Done)
}
