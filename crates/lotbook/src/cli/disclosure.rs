//! The words of `disclosure`.

use super::Source;
use clap::Args;
use std::path::PathBuf;

/// See [`super::Command::Disclosure`].
#[derive(Debug, Args)]
pub struct Disclosure {
    /// The calendar year.
    #[arg(long, value_name = "YEAR")]
    pub year: u32,
    /// The ledger.
    #[command(flatten)]
    pub source: Source,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Write it to a file instead.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
