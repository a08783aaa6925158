//! The words of an auditor's commands: verify, receipt, monitor.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// See [`Command::Verify`](crate::cli::Command::Verify).
#[derive(Debug, Args)]
pub struct Verify {
    /// A data directory, a folder of tiles, their address (http:// or https://), or a running server (grpc://).
    #[arg(value_name = "TARGET", required_unless_present = "refusal")]
    pub target: Option<String>,
    /// Decide one refused statement again: the ledger's word for the refusal, and the statement as it was sent.
    #[arg(long, value_names = ["RECEIPT", "STATEMENT"], num_args = 2, conflicts_with_all = ["target", "head", "at_least"])]
    pub refusal: Option<Vec<PathBuf>>,
    /// The log in which a refusal is decided again: any TARGET.
    #[arg(long, value_name = "TARGET", requires = "refusal")]
    pub data: Option<String>,
    /// The anchor's file of a data directory; TARGET/anchor if absent.
    #[arg(long, value_name = "PATH")]
    pub anchor: Option<PathBuf>,
    /// The ledger's checkpoint key, known from elsewhere; without it the log is self-consistent only.
    #[arg(long, value_name = "VKEY")]
    pub vkey: Option<String>,
    /// Witnesses (C2SP tlog-policy) whose quorum must have cosigned the checkpoint.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Fewest entries.
    #[arg(long, value_name = "N")]
    pub at_least: Option<u64>,
    /// Hash of the last entry.
    #[arg(long, value_name = "HEX")]
    pub head: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// See [`Command::Receipt`](crate::cli::Command::Receipt).
#[derive(Debug, Subcommand)]
pub enum Receipt {
    /// Save the receipt of an entry of a running ledger. 保存回执
    Save {
        /// The server.
        #[arg(long, value_name = "URL")]
        server: String,
        /// The entry's position.
        #[arg(long, value_name = "N")]
        position: u64,
        /// The file to write (C2SP tlog-proof).
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Under the newest checkpoint that the ledger's witnesses have cosigned.
        #[arg(long)]
        witnessed: bool,
    },
    /// Verify a receipt offline. 核验回执
    Verify {
        /// The ledger's checkpoint key, known from elsewhere.
        #[arg(long, value_name = "VKEY")]
        vkey: String,
        /// Witnesses (C2SP tlog-policy) whose quorum must have cosigned its checkpoint.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// The receipt; `-` reads standard input.
        file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// See [`Command::Monitor`](crate::cli::Command::Monitor).
#[derive(Debug, Args)]
pub struct Monitor {
    /// Where the log is served: http(s)://, or a folder of tiles.
    #[arg(value_name = "URL")]
    pub log: String,
    /// The log's checkpoint key, known from elsewhere.
    #[arg(long, value_name = "VKEY")]
    pub vkey: String,
    /// Where the last good head is kept; evidence is kept beside it.
    #[arg(long, value_name = "FILE")]
    pub state: PathBuf,
    /// Witnesses (C2SP tlog-policy) whose quorum must have cosigned every head.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Look once, and end.
    #[arg(long)]
    pub once: bool,
    /// Seconds between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub every: u64,
    /// Print JSON lines.
    #[arg(long)]
    pub json: bool,
}
