//! The command line's words, one file a command family.

mod audit;
mod beacon;
mod ceremony;
mod disclosure;
mod embargo;
mod import;
mod inspection;
mod key;
mod ledger;
mod mirror;
mod recusal;
mod result;
mod show;
mod todo;
mod why;
mod witness;

pub use audit::{Monitor, Receipt, Verify};
pub use beacon::Beacon;
pub use ceremony::{Ceremony, Draw};
pub use disclosure::Disclosure;
pub use embargo::Embargo;
pub use import::{Import, Submit};
pub use inspection::{Inspection, ReportParts};
pub use key::{Key, Register};
pub use ledger::{Demo, Init, Serve, Watch};
pub use mirror::{Export, Restore};
pub use recusal::Recusal;
pub use result::{Outcome, Violation};
pub use show::{Show, What};
pub use todo::Todo;
pub use why::Why;
pub use witness::Witness;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Lotbook: a ledger of inspections by lot that anybody can verify. 双随机、一公开，人人可验。
#[derive(Debug, Parser)]
#[command(name = "lotbook", version, max_term_width = 110)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play an office's year through gRPC on a real server, then verify it. 演示一年
    Demo(Demo),
    /// Serve a ledger over gRPC, and its tiles over HTTP. 提供服务
    Serve(Serve),
    /// Make a new ledger from an office.toml. 建立账本
    Init(Init),
    /// Make or show keys. 密钥
    #[command(subcommand)]
    Key(Key),
    /// Bring an office's files onto the ledger. 导入名录与计划
    Import(Import),
    /// State any event. 提交声明
    Submit(Submit),
    /// Open a ceremony, commit, reveal, or see how far it is. 抽取仪式
    #[command(subcommand)]
    Ceremony(Ceremony),
    /// Hold the key of a draw whose names are not public yet, read one's own, open one, release. 保密抽取
    #[command(subcommand)]
    Embargo(Embargo),
    /// Carry a round of public randomness onto the ledger. 信标
    #[command(subcommand)]
    Beacon(Beacon),
    /// What the holder of a key has to do now, most urgent first. 待办
    Todo(Todo),
    /// Ask for a recusal, decide it, open its draw, list recusals. 回避
    #[command(subcommand)]
    Recusal(Recusal),
    /// Inspect: notice, start, conclude, report, close; without a draw (Art. 9), too. 检查
    #[command(subcommand)]
    Inspection(Inspection),
    /// Results, feedback, publication, comments, violations, corrections. 结果与公示
    #[command(subcommand)]
    Result(Outcome),
    /// Show anything that stands on a ledger. 显示
    Show(Show),
    /// Follow a ledger, verified while it streams. 跟踪
    Watch(Watch),
    /// Verify a whole log: every byte, signature, draw and decision; or one refusal. 验证
    Verify(Verify),
    /// The proof that one entry is on a ledger. 回执
    #[command(subcommand)]
    Receipt(Receipt),
    /// Follow a log from head to head, and never forget one. 监视
    Monitor(Monitor),
    /// Write a ledger as static files for any web server (C2SP tlog-tiles). 导出
    Export(Export),
    /// Make a ledger again from its static files. 恢复
    Restore(Restore),
    /// A witness for any log (C2SP tlog-witness). 见证
    #[command(subcommand)]
    Witness(Witness),
    /// Certificates of draws. 抽取证书
    #[command(subcommand)]
    Draw(Draw),
    /// Why an enterprise was drawn or not, with proof. 为何抽中或未抽中
    Why(Why),
    /// Derive a year's disclosure from the ledger again. 年度公开
    Disclosure(Disclosure),
}

/// Where a ledger is read.
#[derive(Debug, Args)]
pub struct Source {
    /// A data directory.
    #[arg(long, value_name = "DIR", required_unless_present = "server", conflicts_with = "server")]
    pub data: Option<PathBuf>,
    /// The anchor's file of a data directory; DIR/anchor if absent.
    #[arg(long, value_name = "PATH", requires = "data", conflicts_with = "server")]
    pub anchor: Option<PathBuf>,
    /// A running server, such as http://127.0.0.1:7710.
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
}

/// Who states something, and where.
#[derive(Debug, Args)]
pub struct Author {
    /// The server, such as http://127.0.0.1:7710. 服务地址
    #[arg(long, value_name = "URL")]
    pub server: String,
    /// The author's key file. 密钥文件
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Keep the signed statement in this folder, with the receipt, or the ledger's word for its refusal. 留存
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
}

/// Who states something, and in which role; the ledger knows the role of a key that has one that fits.
#[derive(Debug, Args)]
pub struct Acting {
    /// Who states it.
    #[command(flatten)]
    pub author: Author,
    /// The role in which it is stated, if the key holds several that fit. 角色
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// The section for which it is stated, if the key acts for several. 科室
    #[arg(long, value_name = "SECTION")]
    pub section: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}
