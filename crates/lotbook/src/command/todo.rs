//! `todo`: what the holder of a key has to do now, most urgent first, each with the command that does it.

use super::reading;
use crate::cli::{Source, Todo as Args};
use crate::exit::Exit;
use crate::table::width_of;
use crate::{keyfile, local_time, say, stating};
use anyhow::Result;
use lotbook_chain::Instant;
use lotbook_engine::domain::todo::{Left, Todo, todo};
use lotbook_event::{Code, Refusal};

pub async fn run(args: Args) -> Result<Exit> {
    let key = keyfile::read(&args.key)?.public().key_id();
    let ledger = reading::ledger(&args.source).await?;
    let state = ledger.verifier.state();
    if !state.keys.contains_key(&key) {
        let found = format!("the key {key} is not registered on this ledger");
        return Err(Refusal::new(Code::UnknownKey, key, found).into());
    }
    // A simulated ledger lives in its own time; a real one in ours, however long nothing was stated.
    let last = state.head.recorded_at;
    let now = if state.simulated() { last } else { stating::now().max(last) };
    let duties = todo(state, key, now);
    let typed = |duty: &Todo| format!("lotbook {}{}", duty.command, place(&args.source, &args.key));
    if args.json {
        let rows: Vec<_> = duties.iter().map(|duty| row(duty, &typed(duty))).collect();
        let said = serde_json::json!({
            "person": state.person_of(&key), "as_of": local_time::show(now), "todo": rows,
        });
        say!("{said}");
        return Ok(Exit::Done);
    }
    head(now, state.person_of(&key), duties.len());
    for duty in &duties {
        say!("");
        say!("{}  {}", flushed(&when(duty)), duty.what);
        let article = match duty.article {
            0 => String::new(),
            n => format!(" (Art. {n} / 第{n}条)"),
        };
        say!("{}  {}{article}", flushed(""), duty.what_zh);
        say!("{}  {}", flushed(""), format!("{}  {}", duty.subject, duty.about).trim_end());
        say!("{}  {}", flushed(""), typed(duty));
    }
    Ok(Exit::Done)
}

fn head(now: Instant, person: &str, duties: usize) {
    let as_of = local_time::show(now);
    match duties {
        0 => say!("{person}: nothing to do as of {as_of}. 没有待办事项"),
        n => say!("{person}: {n} to do as of {as_of}. 待办 {n} 项"),
    }
}

/// How wide the column of dates is.
const WHEN: usize = 34;

fn flushed(text: &str) -> String {
    format!("{text}{}", " ".repeat(WHEN.saturating_sub(width_of(text))))
}

fn when(duty: &Todo) -> String {
    let Some(due) = &duty.due else { return "no date".into() };
    let about = if due.provisional { ", provisional" } else { "" };
    let day = local_time::deadline(due.at);
    match due.left {
        Left::WorkingDays(0) => format!("by {day} (today{about})"),
        Left::WorkingDays(n) => format!("by {day} ({n} wd left{about})"),
        Left::LateBy(n) => format!("since {day} (LATE by {n} wd)"),
    }
}

fn row(duty: &Todo, typed: &str) -> serde_json::Value {
    let due = duty.due.as_ref();
    let (left, late) = match due.map(|due| due.left) {
        Some(Left::WorkingDays(n)) => (Some(n), None),
        Some(Left::LateBy(n)) => (None, Some(n)),
        None => (None, None),
    };
    serde_json::json!({
        "subject": duty.subject, "about": duty.about, "what": duty.what, "what_zh": duty.what_zh, "article": duty.article,
        "due": due.map(|due| local_time::deadline(due.at)), "provisional": due.is_some_and(|due| due.provisional),
        "working_days_left": left, "working_days_late": late, "command": typed,
    })
}

/// The flags that say where and with which key; a ledger that was read from its folder is served to act.
fn place(source: &Source, key: &std::path::Path) -> String {
    let server = source.server.as_deref().unwrap_or("URL");
    format!(" --server {server} --key {}", quoted(&key.display().to_string()))
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = path.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
    if plain { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
