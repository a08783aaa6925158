//! The words of `import` and `submit`.

use super::{Author, Source};
use clap::Args;
use std::path::PathBuf;

/// See [`Command::Import`](crate::cli::Command::Import).
#[derive(Debug, Args)]
pub struct Import {
    /// The ledger.
    #[command(flatten)]
    pub source: Source,
    /// The author's key file; not needed for a dry run.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Only say what would be done, row by row and field by field.
    #[arg(long)]
    pub dry_run: bool,
    /// Rows absent from a file end.
    #[arg(long)]
    pub complete: bool,
    /// Publish the built-in working-day calendars from this year on, too.
    #[arg(long, value_name = "YEAR")]
    pub calendars: Option<u32>,
    /// Publish proposed items, too, with this date.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub publish_items: Option<String>,
    /// A code whose check fails and which is lawful all the same, with the reason; enrolled under your
    /// signature, and flagged. May be repeated.
    #[arg(long, value_name = "CODE=REASON")]
    pub nonconforming: Vec<String>,
    /// Print JSON lines: one for each row and finding, then one for each file.
    #[arg(long)]
    pub json: bool,
    /// Files, or folders (their standard file names).
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// See [`Command::Submit`](crate::cli::Command::Submit).
#[derive(Debug, Args)]
pub struct Submit {
    /// Who states it.
    #[command(flatten)]
    pub author: Author,
    /// Name of the event, such as PlanAdopted.
    #[arg(long, value_name = "NAME")]
    pub event: String,
    /// The event's fields as JSON (names as in proto/, bytes as base64); `-` reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "set")]
    pub json: Option<PathBuf>,
    /// One field; text, number, true, false, or JSON. May be repeated.
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// The role in which it is stated.
    #[arg(long, value_name = "ROLE")]
    pub role: String,
    /// The section for which it is stated.
    #[arg(long, value_name = "SECTION")]
    pub section: Option<String>,
    /// Refuse if the subject changed at or after this position.
    #[arg(long, value_name = "N")]
    pub expected_position: Option<u64>,
}
