//! An optional `timeline.toml` in an office's folder: further steps by date, party and event.
//!
//! ```toml
//! [[step]]
//! at = "2026-03-03T15:00"            # local time of the office
//! party = "section_officer S04"      # role, and section where it has one; `inspector I024` by number
//! event = "ItemWithdrawn"
//! content = { item = "K07", reason = "..." }
//! refused = "OTHER_SECTION"          # the code, if the ledger is to refuse it
//! ```

use anyhow::{Context, Result};
use lotbook_chain::Instant;
use serde::Deserialize;
use std::path::Path;

/// One further step.
#[derive(Debug, Clone)]
pub struct TimelineStep {
    /// When.
    pub at: Instant,
    /// Who.
    pub party: String,
    /// Name of the event.
    pub event: String,
    /// Its fields as JSON.
    pub content: String,
    /// The refusal code that is expected, if any.
    pub refused: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    step: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    at: String,
    party: String,
    event: String,
    content: toml::Table,
    refused: Option<String>,
}

/// Reads `timeline.toml` of a folder; none is no steps.
pub fn read(folder: &Path) -> Result<Vec<TimelineStep>> {
    let path = folder.join("timeline.toml");
    if !path.exists() {
        return Ok(vec![]);
    }
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let file: File = toml::from_str(&text).with_context(|| format!("{} is no timeline", path.display()))?;
    file.step.into_iter().map(step).collect()
}

fn step(row: Row) -> Result<TimelineStep> {
    let at: jiff::civil::DateTime =
        row.at.parse().with_context(|| format!("`{}` is not a local time", row.at))?;
    let content = serde_json::to_string(&row.content)?;
    Ok(TimelineStep {
        at: super::agenda::local(at),
        party: row.party,
        event: row.event,
        content,
        refused: row.refused,
    })
}
