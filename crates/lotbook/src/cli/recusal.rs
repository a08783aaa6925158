//! The words of `recusal` (Art. 15).

use super::{Acting, Source};
use clap::Subcommand;
use std::path::PathBuf;

/// See [`super::Command::Recusal`].
#[derive(Debug, Subcommand)]
pub enum Recusal {
    /// Ask that an inspector does not inspect, before the start. 申请回避
    Request {
        /// Who asks.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// The inspector concerned: roster number or name.
        #[arg(long, value_name = "INSPECTOR", required_unless_present = "slot")]
        inspector: Option<String>,
        /// Under embargo, instead of the inspector: the slot, as `embargo read` shows it.
        #[arg(long, value_name = "SLOT", conflicts_with = "inspector")]
        slot: Option<u32>,
        /// Category of the ground: a conflict of interest, sickness or transfer, a substitute who declines.
        #[arg(long, value_parser = ["conflict", "unavailable", "declined"])]
        ground: String,
        /// The details; sealed: only a salted hash is stated, the text stays with you.
        #[arg(long, value_name = "FILE")]
        details_file: Option<PathBuf>,
        /// Identifier of the recusal; the next free one if absent.
        #[arg(long, value_name = "ID")]
        id: Option<String>,
    },
    /// Decide a recusal that somebody else asked for. 决定回避
    Decide {
        /// Who decides.
        #[command(flatten)]
        by: Acting,
        /// The recusal.
        recusal: String,
        /// What: the inspector changes places with a drawn colleague, leaves the batch, or stays.
        #[arg(value_parser = ["swap", "withdraw", "reject"])]
        decision: String,
    },
    /// Open the draw of the substitute or counterpart of a recusal that was granted. 抽取替代人员
    Open {
        /// Who opens, as draw operator.
        #[command(flatten)]
        by: Acting,
        /// The recusal.
        recusal: String,
    },
    /// Name the counterpart of a recusal that was granted as a swap, instead of a draw; flagged. 指定互换人员
    Counterpart {
        /// Who names: an approver, and nobody concerned.
        #[command(flatten)]
        by: Acting,
        /// The recusal.
        recusal: String,
        /// The colleague who changes places: roster number or name.
        #[arg(long, value_name = "INSPECTOR")]
        with: String,
        /// The inspection that the colleague leaves; the only one of the batch with them if absent.
        #[arg(long, value_name = "INSPECTION")]
        inspection: Option<String>,
    },
    /// Approve, before a batch is drawn, that who withdraws is followed in the order of its own draw; flagged. 批准候补顺序
    ReserveOrder {
        /// Who approves: supervision.
        #[command(flatten)]
        by: Acting,
        /// The batch: PLAN/BATCH, or BATCH if only one plan has it.
        #[arg(long)]
        batch: String,
    },
    /// List recusals with what came of them. 回避列表
    List {
        /// The ledger.
        #[command(flatten)]
        source: Source,
        /// Only those that wait for a decision or a draw.
        #[arg(long)]
        open: bool,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}
