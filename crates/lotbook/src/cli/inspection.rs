//! The words of `inspection` (Arts. 9, 14, 18, 22).

use super::{Acting, Source};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// See [`super::Command::Inspection`].
#[derive(Debug, Subcommand)]
pub enum Inspection {
    /// Open an inspection of a certain enterprise without a draw (Art. 9). 非抽取检查
    Open {
        /// Who opens, as officer of the section.
        #[command(flatten)]
        by: Acting,
        /// The enterprise: its code, or its name.
        #[arg(long, value_name = "USCC")]
        enterprise: String,
        /// An item of the section; may be repeated.
        #[arg(long, value_name = "ITEM", required = true)]
        item: Vec<String>,
        /// Why; `other` needs --reason and the leader's approval.
        #[arg(long, value_parser = ["complaint", "report_of_violation", "assigned_by_superior", "transfer", "other"])]
        cause: Option<String>,
        /// What the cause rests on; sealed: only a salted hash is stated, the text stays with you.
        #[arg(long, value_name = "FILE")]
        basis_file: Option<PathBuf>,
        /// Reason of another cause.
        #[arg(long, default_value = "")]
        reason: String,
        /// The team, the lead first: roster numbers or names, separated by commas.
        #[arg(long, value_name = "INSPECTOR", value_delimiter = ',', required = true)]
        team: Vec<String>,
        /// Identifier of the inspection; the next free one if absent.
        #[arg(long, value_name = "ID")]
        id: Option<String>,
    },
    /// Approve an inspection under Art. 9 with another cause, as leader. 批准
    Approve {
        /// Who approves.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
    },
    /// Tell that the enterprise was told when the team comes. 检查通知
    Notice {
        /// Who served it, a member of the team.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// Day of the visit.
        #[arg(long, value_name = "YYYY-MM-DD")]
        visit_on: String,
        /// When, in the office's time (Asia/Shanghai): "YYYY-MM-DD HH:MM"; now if absent.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Tell that the team entered the enterprise. 开始检查
    Start {
        /// A member of the team.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// When, in the office's time (Asia/Shanghai): "YYYY-MM-DD HH:MM"; now if absent.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Conclude, as each member of the team does, once every item has its result. 检查结束
    Conclude {
        /// A member of the team.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// When, in the office's time (Asia/Shanghai): "YYYY-MM-DD HH:MM"; now if absent.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// When the visit ended; as --at if absent.
        #[arg(long, value_name = "TIME")]
        on_site_ended_at: Option<String>,
    },
    /// Complete the report: all five parts. 检查报告
    Report {
        /// A member of the team.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// Only write a template to fill in to this file, for --from.
        #[arg(long, value_name = "FILE", alias = "from-template", conflicts_with_all = ["from", "time", "content", "findings", "evaluation", "opinion"])]
        template: Option<PathBuf>,
        /// The parts.
        #[command(flatten)]
        parts: ReportParts,
    },
    /// Close an inspection of which nothing is open any more. 办结
    Close {
        /// An officer of the section, or a member of the team.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
    },
    /// Name another inspector in an inspection under Art. 9 after a recusal was granted. 更换人员
    ReplaceMember {
        /// Who names, as officer of the section.
        #[command(flatten)]
        by: Acting,
        /// The recusal.
        #[arg(long)]
        recusal: String,
        /// Who comes: roster number or name.
        #[arg(long, value_name = "INSPECTOR")]
        substitute: String,
    },
    /// List inspections. 检查列表
    List {
        /// The ledger.
        #[command(flatten)]
        source: Source,
        /// Only those of the holder of --key: in the team, or of a section of theirs.
        #[arg(long, requires = "key")]
        mine: bool,
        /// The key file that says whose are mine.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Only those that are not closed.
        #[arg(long)]
        open: bool,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// The five parts of a report, from flags or from a file.
#[derive(Debug, Args)]
pub struct ReportParts {
    /// A TOML or JSON file with time, content, findings, evaluation, opinion; flags come before it.
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Time of the inspection. 检查时间
    #[arg(long)]
    pub time: Option<String>,
    /// Content of the inspection. 检查内容
    #[arg(long)]
    pub content: Option<String>,
    /// Findings. 检查情况
    #[arg(long)]
    pub findings: Option<String>,
    /// Evaluation of the enterprise. 评价
    #[arg(long)]
    pub evaluation: Option<String>,
    /// Opinion and proposals. 意见建议
    #[arg(long)]
    pub opinion: Option<String>,
}
