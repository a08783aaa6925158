//! The words of `show`.

use super::Source;
use clap::{Args, ValueEnum};

/// See [`super::Command::Show`].
#[derive(Debug, Args)]
pub struct Show {
    /// What to show.
    #[arg(value_enum)]
    pub what: What,
    /// Which one: its identifier, or its name; all of them if absent. For a pool, its draw.
    pub id: Option<String>,
    /// The ledger.
    #[command(flatten)]
    pub source: Source,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Everything that can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Origin, ledger id and checkpoint key: the trust root. 账本标识
    Identity,
    /// The office, its sections and its rule set. 单位
    Office,
    /// Items of the item list. 抽查事项
    Item,
    /// Inspectors. 执法检查人员
    Inspector,
    /// Enterprises. 企业
    Enterprise,
    /// Annual plans. 年度计划
    Plan,
    /// Batches with their schemes. 批次
    Batch,
    /// Draws. 抽取
    Draw,
    /// The frozen pool of a draw, which is named: every row with its reason. 抽取池
    Pool,
    /// Drawn enterprises with their teams, tickets and slots. 分配
    Assignment,
    /// Recusals. 回避
    Recusal,
    /// Recusals counted over inspectors and over approvers. 回避计数
    RecusalTallies,
    /// Inspections. 检查
    Inspection,
    /// Comments of enterprises. 意见
    Comment,
    /// Violations and their handling. 违法处理
    Violation,
    /// Dossiers of Art. 25: breaches and what followed. 责任追究
    Breach,
    /// The board of duties: running, met, late. 期限
    Obligations,
    /// Annual disclosures. 年度公开
    Disclosure,
    /// Refusals on record. 拒绝记录
    Refusals,
    /// Refusals beyond the limit of a key and hour, counted. 拒绝计数
    RefusalCounts,
}
