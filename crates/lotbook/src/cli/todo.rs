//! The words of `todo`.

use super::Source;
use clap::Args;
use std::path::PathBuf;

/// See [`super::Command::Todo`].
#[derive(Debug, Args)]
pub struct Todo {
    /// The ledger.
    #[command(flatten)]
    pub source: Source,
    /// Whose duties: the key file. 密钥文件
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}
