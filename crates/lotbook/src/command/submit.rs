//! `submit`: any event, from JSON or from flags.

use crate::cli::Submit;
use crate::exit::{Exit, usage};
use crate::say;
use crate::{given, json, keep, keyfile, stating};
use anyhow::Result;
use lotbook_chain::Position;
use lotbook_client::Client;
use lotbook_event::keys::Heartbeat;
use lotbook_event::{SectionId, Statement};

pub async fn run(args: Submit) -> Result<Exit> {
    let statement = statement(&args)?;
    let key = keyfile::read(&args.author.key)?;
    let client = Client::trust_on_first_use(&args.author.server).await?;
    let submitted = keep::submit(&client, &key, &statement, args.author.keep.as_deref()).await?;
    say!("{} stands at position {}", statement.event.name(), submitted.position);
    say!("  entry hash  {}", submitted.hash);
    say!("  receipt verified under a checkpoint of {} entries", submitted.checkpoint.size);
    Ok(Exit::Done)
}

fn statement(args: &Submit) -> Result<Statement> {
    let role = given::role(&args.role)?;
    let section = args
        .section
        .as_deref()
        .map(|section| given::given("--section", SectionId::new(section)))
        .transpose()?;
    let fields = match &args.json {
        Some(path) => given::file(path)?,
        None => from_flags(&args.set)?,
    };
    // The frame's own event is replaced by the one given.
    let nothing =
        Heartbeat { size: 0, root: lotbook_chain::TreeHash::ZERO, clock: lotbook_chain::Instant(0) };
    let mut frame = stating::state(role, section, nothing.into(), stating::now())?;
    frame.expected_position = args.expected_position.map(Position);
    json::with_event(&frame, &args.event, &fields)
}

/// `field=value` pairs as a JSON object; what is no JSON value is text.
fn from_flags(pairs: &[String]) -> Result<String> {
    let mut object = serde_json::Map::new();
    for pair in pairs {
        let (field, value) =
            pair.split_once('=').ok_or_else(|| usage(format!("--set {pair} is not FIELD=VALUE")))?;
        let parsed =
            serde_json::from_str(value).unwrap_or_else(|_| serde_json::Value::String(value.to_owned()));
        object.insert(field.to_owned(), parsed);
    }
    Ok(serde_json::Value::Object(object).to_string())
}
