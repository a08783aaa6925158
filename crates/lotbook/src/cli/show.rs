//! The words of `show`.

use super::Source;
use clap::Subcommand;

/// See [`Command::Show`].
#[derive(Debug, Subcommand)]
pub enum Show {
    /// Origin, ledger id and checkpoint key: the trust root.
    Identity {
        /// The ledger.
        #[command(flatten)]
        source: Source,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}
