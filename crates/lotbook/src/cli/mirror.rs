//! The words of the log's static copy: export, restore.

use clap::Args;
use std::path::PathBuf;

/// See [`Command::Export`](crate::cli::Command::Export).
#[derive(Debug, Args)]
pub struct Export {
    /// The data directory; a server may be running on it.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The anchor's file; DIR/anchor if absent.
    #[arg(long, value_name = "PATH")]
    pub anchor: Option<PathBuf>,
    /// The folder for the static files (C2SP tlog-tiles); one that was begun before is completed.
    #[arg(long, value_name = "OUT")]
    pub tiles: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// See [`Command::Restore`](crate::cli::Command::Restore).
#[derive(Debug, Args)]
pub struct Restore {
    /// The log's static files: a folder, or an address (http:// or https://).
    #[arg(long, value_name = "DIR|URL")]
    pub tiles: String,
    /// The data directory to make, or to complete if a restore was cut off.
    #[arg(long, value_name = "NEW")]
    pub data: PathBuf,
    /// The anchor's file; NEW/anchor if absent. One that is there must be extended by the tiles.
    #[arg(long, value_name = "PATH")]
    pub anchor: Option<PathBuf>,
    /// The ledger's checkpoint key, known from elsewhere; without it the one that genesis names is believed.
    #[arg(long, value_name = "VKEY")]
    pub vkey: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}
