//! `watch`: a subscription, verified while it streams.

use crate::cli::Watch;
use crate::exit::{Exit, usage};
use crate::say;
use crate::{given, json};
use anyhow::Result;
use lotbook_client::{Client, TrustRoot, Verified, VerifiedEntry};
use lotbook_event::Event;
use tokio_stream::StreamExt;

pub async fn run(args: Watch) -> Result<Exit> {
    let families = || Event::FAMILIES.iter().map(|family| family.trim_end_matches("_event"));
    let known =
        |name: &&String| Event::NAMES.contains(&name.as_str()) || families().any(|f| f == name.as_str());
    if let Some(name) = args.filter.iter().find(|name| !known(name)) {
        let families: Vec<_> = families().collect();
        return Err(usage(format!(
            "--filter {name} is no event and no family; families are {}, events are {}",
            families.join(", "),
            Event::NAMES.join(", ")
        )));
    }
    let client = Client::trust_on_first_use(&args.server).await?;
    eprintln!("ledger {} of {}", client.trust_root().ledger_id, client.trust_root().origin);
    let mut stream = client.subscribe(args.from).await?;
    while let Some(item) = stream.next().await {
        match item? {
            Verified::Entry(entry) if wanted(&args.filter, &entry) => tell(&entry, args.json)?,
            Verified::Entry(_) => {}
            Verified::Witnessed { size, note } => witnessed(&args, client.trust_root(), size, &note)?,
            Verified::CaughtUp { size } => {
                eprintln!("caught up at {size} entries");
                if args.once {
                    return Ok(Exit::Done);
                }
            }
        }
    }
    Ok(Exit::Done)
}

/// So many entries are cosigned; by whom, if the auditor says which witnesses count.
fn witnessed(args: &Watch, trust: &TrustRoot, size: u64, note: &str) -> Result<()> {
    let Some(path) = &args.policy else {
        eprintln!("{size} entries are cosigned; whose word it is, --policy FILE would tell");
        return Ok(());
    };
    let witnessed = given::policy(path)?.open_of(note, &trust.vkey)?;
    let names = witnessed.cosignatures.iter().map(|cosignature| cosignature.witness.name());
    eprintln!("{size} entries are witnessed by {}", names.collect::<Vec<_>>().join(", "));
    Ok(())
}

fn wanted(filter: &[String], entry: &VerifiedEntry) -> bool {
    let event = &entry.statement.event;
    let family = event.family().trim_end_matches("_event");
    filter.is_empty() || filter.iter().any(|name| name == event.name() || name == family)
}

fn tell(entry: &VerifiedEntry, as_json: bool) -> Result<()> {
    let statement = &entry.statement;
    let event = json::of_event(statement)?;
    if as_json {
        let line = serde_json::json!({
            "position": entry.position().0, "recorded_at": entry.entry.recorded_at.0, "hash": entry.hash.to_string(),
            "author": entry.entry.author.to_string(), "role": statement.role.code(),
            "section": statement.section.as_ref().map(|section| section.as_str()),
            "event": statement.event.name(), "content": event,
        });
        say!("{line}");
    } else {
        let text = event.to_string();
        let short: String = text.chars().take(100).collect();
        say!(
            "{:>6}  {:<20} {:<15} {short}",
            entry.position().0,
            statement.event.name(),
            statement.role.code()
        );
    }
    Ok(())
}
