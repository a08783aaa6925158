//! The words of `embargo`.

use super::{Acting, Source};
use clap::Subcommand;
use std::path::PathBuf;

/// See [`Command::Embargo`](crate::cli::Command::Embargo).
#[derive(Debug, Subcommand)]
pub enum Embargo {
    /// Read the key of a draw under embargo, as supervision, keep it beside your key, and state that you hold
    /// it. The reading is recorded by name. Two persons must, before the ceremony is sealed. 持有保密密钥
    Hold {
        /// Who holds it.
        #[command(flatten)]
        by: Acting,
        /// The draw; any attempt of the batch.
        #[arg(long)]
        draw: String,
    },
    /// Read, as an inspector, which enterprises are yours. The reading is recorded by name. 查阅本人任务
    Read {
        /// Who reads.
        #[command(flatten)]
        by: Acting,
        /// The draw.
        #[arg(long)]
        draw: String,
    },
    /// Show one enterprise and its team with row, salt and inclusion proof, checked against the frozen pool.
    /// 核对单个名单
    Open {
        /// The ledger.
        #[command(flatten)]
        source: Source,
        /// The inspection, DRAW/RANK.
        #[arg(long)]
        inspection: String,
        /// The key kept by `hold`: opens what is not public yet, for its holder.
        #[arg(long, value_name = "FILE")]
        held: Option<PathBuf>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Put the key kept by `hold` back into a ledger's vault that has lost it; the ledger is not served
    /// meanwhile. 恢复密钥库
    Restore {
        /// The data directory.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The draw.
        #[arg(long)]
        draw: String,
        /// The key kept by `hold`.
        #[arg(long, value_name = "FILE")]
        held: PathBuf,
    },
    /// Publish the key kept by `hold`: from the end of the window on, or when every enterprise is open.
    /// 公开保密密钥
    Release {
        /// Who publishes it.
        #[command(flatten)]
        by: Acting,
        /// The draw.
        #[arg(long)]
        draw: String,
    },
}
