//! `show identity`, `show office`: what trust rests on; the office, its sections and its rule set.

use super::super::reading;
use super::text;
use crate::cli::Source;
use crate::exit::Exit;
use crate::json::View;
use crate::say;
use anyhow::{Context, Result};
use lotbook_chain::Policy;
use lotbook_client::Client;
use lotbook_event::wire::Wire;
use lotbook_verifier::Expectations;

pub async fn identity(source: &Source, json: bool) -> Result<Exit> {
    let ledger = reading::ledger(source).await?;
    let verdict = ledger.verdict(&Expectations::default())?;
    let genesis = ledger.verifier.state().genesis.as_ref().context("the log has no genesis")?;
    let created = &genesis.created;
    let policy = policy(source).await?;
    if json {
        let identity = serde_json::json!({
            "origin": verdict.origin, "ledger_id": verdict.ledger_id, "vkey": verdict.vkey,
            "office": created.office_name.as_str(), "office_uscc": created.office_uscc.as_str(),
            "rule_set": created.rule_set_id.as_str(), "decide_version": created.decide_version,
            "simulated_clock": created.simulated_clock, "witness_policy": policy.as_ref().map(ToString::to_string),
        });
        say!("{identity}");
    } else {
        say!("office     {} ({})", created.office_name, created.office_uscc);
        say!("origin     {}", verdict.origin);
        say!("ledger id  {}", verdict.ledger_id);
        say!("vkey       {}", verdict.vkey);
        match (&policy, &source.server) {
            (Some(policy), _) => {
                say!("witnesses  {}; the policy, to be kept as a file for --policy:", policy.in_words());
                policy.to_string().lines().for_each(|line| say!("           {line}"));
            }
            (None, Some(_)) => say!("witnesses  none: what this ledger shows to whom, nobody else has seen"),
            (None, None) => say!("witnesses  ask the running server: --server URL"),
        }
        if created.simulated_clock {
            say!("clock      simulated: a demonstration");
        }
    }
    Ok(Exit::Done)
}

/// The witnesses a running server waits for; it is no part of the log.
async fn policy(source: &Source) -> Result<Option<Policy>> {
    let Some(url) = &source.server else { return Ok(None) };
    Ok(Client::trust_on_first_use(url).await?.published().await?.policy)
}

/// The office as constituted, its sections, and the rule set in force.
pub async fn office(source: &Source, json: bool) -> Result<Exit> {
    let ledger = reading::ledger(source).await?;
    let state = ledger.verifier.state();
    let office = state.office.as_ref().context("the office is not constituted yet: import office.toml")?;
    let office = View::of("OfficeConstituted", &office.wire())?;
    let rules =
        state.rules.as_ref().map(|rules| View::of("RulesetAdopted", &rules.value.wire())).transpose()?;
    let sections = state.sections.values().map(|section| View::of("Section", &section.wire()));
    let sections = sections.collect::<Result<Vec<_>>>()?;
    let pick = |part: fn(&View) -> &serde_json::Value| {
        serde_json::json!({
            "office": part(&office), "rule_set": rules.as_ref().map(part),
            "sections": sections.iter().map(part).collect::<Vec<_>>(),
        })
    };
    if json {
        say!("{}", pick(|view| &view.json));
    } else {
        text::say(&pick(|view| &view.plain));
    }
    Ok(Exit::Done)
}
