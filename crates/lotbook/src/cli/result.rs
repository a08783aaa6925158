//! The words of `result` (Arts. 5, 19-22) and of corrections.

use super::Acting;
use clap::Subcommand;
use std::path::PathBuf;

/// See [`super::Command::Result`].
#[derive(Debug, Subcommand)]
pub enum Outcome {
    /// Confirm what was found at an item. 确认结果
    Confirm {
        /// A member of the team.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// The item; may be repeated for one outcome.
        #[arg(long, value_name = "ITEM", required = true)]
        item: Vec<String>,
        /// What was found.
        #[arg(long, value_parser = [
            "no_problem", "corrected", "pending_handling", "not_found", "not_applicable",
            "closed_or_liquidating", "uncooperative", "other_violation",
        ])]
        outcome: String,
    },
    /// Tell that feedback was sent to the enterprise. 发出反馈
    Dispatch {
        /// An officer of an inspecting section, or a member of the team.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// How; another way needs --legal-basis.
        #[arg(long, value_parser = ["direct", "mail", "other"])]
        method: String,
        /// Legal basis of another way.
        #[arg(long, default_value = "")]
        legal_basis: String,
    },
    /// Tell that feedback reached the enterprise. 送达
    Deliver {
        /// An officer of an inspecting section, or a member of the team.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// Reference of the receipt; no name, address or telephone.
        #[arg(long, value_name = "REF")]
        receipt: String,
        /// When, in the office's time (Asia/Shanghai): "YYYY-MM-DD HH:MM"; now if absent.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Tell that the result is published. 公示结果
    Publish {
        /// Who published, as publisher.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// Where: NECIPS or the credit platform.
        #[arg(long, value_parser = ["necips", "credit_platform"])]
        channel: String,
        /// Reference of the platform's receipt.
        #[arg(long, value_name = "REF")]
        receipt: String,
    },
    /// Take in a comment of the enterprise (Art. 21). 企业意见
    Comment {
        /// The enterprise, or the coordinator who received it.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// Author and text; sealed: only a salted hash is stated, the text stays with you.
        #[arg(long, value_name = "FILE")]
        text_file: PathBuf,
        /// The author consents to publication of the text.
        #[arg(long)]
        consent: bool,
        /// When, in the office's time (Asia/Shanghai): "YYYY-MM-DD HH:MM"; now if absent.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// Identifier of the comment; the next free one if absent.
        #[arg(long, value_name = "ID")]
        id: Option<String>,
    },
    /// Answer a comment, once its time is over. 答复意见
    Answer {
        /// Who answers, as coordinator.
        #[command(flatten)]
        by: Acting,
        /// The comment.
        #[arg(long)]
        comment: String,
        /// Public summary of the comment; names nobody.
        #[arg(long)]
        summary: String,
        /// The answer.
        #[arg(long)]
        answer: String,
    },
    /// A violation's whole way. 违法处理
    #[command(subcommand)]
    Violation(Violation),
    /// Have a year's disclosure derived; with --receipt, tell that it is published as derived. 年度公开
    Disclose {
        /// The publisher.
        #[command(flatten)]
        by: Acting,
        /// Calendar year.
        #[arg(long)]
        year: u32,
        /// Reference of the publication.
        #[arg(long, value_name = "REF")]
        receipt: Option<String>,
    },
    /// Correct what somebody else's entry says; both versions stay. 更正
    Correct {
        /// Leader, coordinator or supervisor, not the author of the entry.
        #[command(flatten)]
        by: Acting,
        /// Position of the entry.
        #[arg(long, value_name = "N")]
        position: u64,
        /// Name of the field.
        #[arg(long)]
        field: String,
        /// What it should say.
        #[arg(long)]
        value: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

/// See [`Outcome::Violation`].
#[derive(Debug, Subcommand)]
pub enum Violation {
    /// State that a violation was found. 发现违法
    Found {
        /// A member of the team.
        #[command(flatten)]
        by: Acting,
        /// The inspection: its identifier, or the enterprise's code or name if only one is open.
        #[arg(long, value_name = "INSPECTION")]
        inspection: String,
        /// The item.
        #[arg(long, value_name = "ITEM")]
        item: String,
        /// The details; sealed: only a salted hash is stated, the text stays with you.
        #[arg(long, value_name = "FILE")]
        details_file: PathBuf,
        /// Identifier of the violation; the next free one if absent.
        #[arg(long, value_name = "ID")]
        id: Option<String>,
    },
    /// Open the investigation. 立案调查
    Investigate {
        /// Who investigates, as handler.
        #[command(flatten)]
        by: Acting,
        /// The violation.
        violation: String,
    },
    /// Decide. 处理决定
    Decide {
        /// Who decides, as handler.
        #[command(flatten)]
        by: Acting,
        /// The violation.
        violation: String,
        /// What it leads to.
        #[arg(long, value_parser = ["no_punishment", "punishment", "transfer_authority", "transfer_judicial", "other"])]
        kind: String,
        /// Number of the decision; empty for a transfer to judicial organs.
        #[arg(long, default_value = "")]
        decision_no: String,
        /// Legal basis; empty for a transfer to judicial organs.
        #[arg(long, default_value = "")]
        legal_basis: String,
    },
    /// Tell that the decision is published. 公布决定
    Publish {
        /// Who published, as publisher.
        #[command(flatten)]
        by: Acting,
        /// The violation.
        violation: String,
        /// Reference of the publication.
        #[arg(long, value_name = "REF")]
        receipt: String,
    },
    /// Tell that the decision is withheld. 不予公布
    Withhold {
        /// Who withholds, as publisher.
        #[command(flatten)]
        by: Acting,
        /// The violation.
        violation: String,
        /// Legal ground.
        #[arg(long)]
        ground: String,
    },
    /// Tell that the authority to which it was transferred has acknowledged. 移送接收
    Acknowledge {
        /// The handler.
        #[command(flatten)]
        by: Acting,
        /// The violation.
        violation: String,
        /// The authority.
        #[arg(long)]
        receiver: String,
    },
    /// Tell that rectification was verified. 整改核实
    Rectified {
        /// The handler.
        #[command(flatten)]
        by: Acting,
        /// The violation.
        violation: String,
        /// When it was verified; today if absent.
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<String>,
    },
}
