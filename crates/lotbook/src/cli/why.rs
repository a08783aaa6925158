//! The words of `why`.

use super::Source;
use clap::Args;

/// See [`super::Command::Why`].
#[derive(Debug, Args)]
pub struct Why {
    /// Code of the enterprise.
    #[arg(value_name = "USCC")]
    pub uscc: String,
    /// The draw of a batch: PLAN/BATCH.ATTEMPT.
    #[arg(long, value_name = "ID")]
    pub draw: String,
    /// The ledger.
    #[command(flatten)]
    pub source: Source,
    /// The ledger's checkpoint key, known from elsewhere; without it the ledger is believed who it is.
    #[arg(long, value_name = "VKEY")]
    pub vkey: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}
