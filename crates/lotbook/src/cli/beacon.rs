//! The words of `beacon`.

use super::Acting;
use clap::Subcommand;
use std::path::PathBuf;

/// See [`Command::Beacon`](crate::cli::Command::Beacon).
#[derive(Debug, Subcommand)]
pub enum Beacon {
    /// State the round that a closed ceremony waits for; anybody may who has a key on the ledger. 记录信标
    Record {
        /// Who states it.
        #[command(flatten)]
        by: Acting,
        /// The round as drand gives it: JSON with `round` and `signature`, carried here by hand.
        #[arg(long, value_name = "FILE", required_unless_present = "url", conflicts_with = "url")]
        file: Option<PathBuf>,
        /// The round on the web, such as https://HOST/CHAIN/public/ROUND.
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// The draw; the only one that waits for a beacon if absent.
        #[arg(long)]
        draw: Option<String>,
        /// The chain's hash, if the draw waits for several.
        #[arg(long, value_name = "HEX")]
        chain: Option<String>,
    },
}
