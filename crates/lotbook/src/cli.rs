//! The command line's words.

use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
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
    /// Serve a ledger over gRPC. 提供服务
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
    /// Show the identity of a ledger. 显示
    #[command(subcommand)]
    Show(Show),
    /// Follow a ledger, verified while it streams. 跟踪
    Watch(Watch),
    /// Verify a data directory: every byte, signature, draw and decision. 验证
    Verify(Verify),
    /// Certificates of draws. 抽取证书
    #[command(subcommand)]
    Draw(Draw),
    /// Derive a year's disclosure from the ledger again. 年度公开
    Disclosure(Disclosure),
}

/// See [`Command::Disclosure`].
#[derive(Debug, Args)]
pub struct Disclosure {
    /// The calendar year.
    #[arg(long, value_name = "YEAR")]
    pub year: u32,
    /// The ledger.
    #[command(flatten)]
    pub source: Source,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Write it to a file instead.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// See [`Command::Demo`].
#[derive(Debug, Args)]
pub struct Demo {
    /// Where the ledger is made; a temporary folder if absent. The anchor lies in DIR/anchor.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// An office's folder in the format of the sample; the sample itself if absent.
    #[arg(long, value_name = "DIR")]
    pub office: Option<PathBuf>,
    /// Leave the server running.
    #[arg(long)]
    pub serve: bool,
    /// Print JSON lines.
    #[arg(long)]
    pub json: bool,
}

/// See [`Command::Serve`].
#[derive(Debug, Args)]
pub struct Serve {
    /// The data directory.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The anchor's file; DIR/anchor if absent. Put it on another volume.
    #[arg(long, value_name = "PATH")]
    pub anchor: Option<PathBuf>,
    /// Address for gRPC.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7710")]
    pub listen: SocketAddr,
    /// Serve a ledger with a simulated clock, from its last recorded time on.
    #[arg(long)]
    pub simulated: bool,
}

/// See [`Command::Init`].
#[derive(Debug, Args)]
pub struct Init {
    /// The data directory to make.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The office.toml.
    #[arg(long, value_name = "FILE")]
    pub office: PathBuf,
    /// Key file of the first administrator; made in DIR/keys if absent.
    #[arg(long, value_name = "FILE")]
    pub administrator: Option<PathBuf>,
    /// Key file of the first office leader; made in DIR/keys if absent.
    #[arg(long, value_name = "FILE")]
    pub leader: Option<PathBuf>,
}

/// See [`Command::Key`].
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key file (PKCS#8 PEM, mode 0600).
    New {
        /// The file to make.
        file: PathBuf,
    },
    /// Show the public half of a key file.
    Show {
        /// The key file.
        file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Print the fields of a KeyRegistered for this ledger, with the proof of possession, for the
        /// administrator to state.
        #[arg(long, value_name = "URL", requires_all = ["role", "person"])]
        register_at: Option<String>,
        /// The role to register.
        #[arg(long)]
        role: Option<String>,
        /// The section of that role.
        #[arg(long)]
        section: Option<String>,
        /// Who holds the key.
        #[arg(long)]
        person: Option<String>,
        /// Body that nominated the holder.
        #[arg(long, default_value = "")]
        nominated_by: String,
        /// Roster number of an inspector, code of an enterprise.
        #[arg(long, default_value = "")]
        subject: String,
    },
}

/// Where a ledger is read.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Source {
    /// A data directory.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A running server, such as http://127.0.0.1:7710.
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
}

/// Who states something, and where.
#[derive(Debug, Args)]
pub struct Author {
    /// The server.
    #[arg(long, value_name = "URL")]
    pub server: String,
    /// The author's key file.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
}

/// See [`Command::Import`].
#[derive(Debug, Args)]
pub struct Import {
    /// The ledger.
    #[command(flatten)]
    pub source: Source,
    /// The author's key file; not needed for a dry run.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Only say what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// Rows absent from a file end.
    #[arg(long)]
    pub complete: bool,
    /// Publish the built-in working-day calendars from this year on, too.
    #[arg(long, value_name = "YEAR")]
    pub calendars: Option<u32>,
    /// Publish proposed items, too, with this date.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub publish_items: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Files, or folders (their standard file names).
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// See [`Command::Submit`].
#[derive(Debug, Args)]
pub struct Submit {
    /// Who states it.
    #[command(flatten)]
    pub author: Author,
    /// Name of the event, such as PlanAdopted.
    #[arg(long, value_name = "NAME")]
    pub event: String,
    /// The event's fields as JSON (names as in proto/, bytes as base64); `-` reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "set")]
    pub json: Option<PathBuf>,
    /// One field; text, number, true, false, or JSON. May be repeated.
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// The role in which it is stated.
    #[arg(long, value_name = "ROLE")]
    pub role: String,
    /// The section for which it is stated.
    #[arg(long, value_name = "SECTION")]
    pub section: Option<String>,
    /// Refuse if the subject changed at or after this position.
    #[arg(long, value_name = "N")]
    pub expected_position: Option<u64>,
}

/// See [`Command::Ceremony`].
#[derive(Debug, Subcommand)]
pub enum Ceremony {
    /// Open the next attempt of a batch, as draw operator of a section.
    Open {
        /// Who opens.
        #[command(flatten)]
        author: Author,
        /// The batch: PLAN/BATCH, or BATCH if only one plan has it.
        #[arg(long)]
        batch: String,
        /// The operator's section.
        #[arg(long)]
        section: String,
    },
    /// Commit to 32 fresh random bytes, kept in a 0600 file beside the key.
    Commit {
        /// Who commits.
        #[command(flatten)]
        author: Author,
        /// The draw; the only open one if absent.
        #[arg(long)]
        draw: Option<String>,
        /// The role in which the key takes part, if it holds several.
        #[arg(long)]
        role: Option<String>,
    },
    /// Reveal what was committed to.
    Reveal {
        /// Who reveals.
        #[command(flatten)]
        author: Author,
        /// The draw; the only open one if absent.
        #[arg(long)]
        draw: Option<String>,
        /// The role in which the key takes part, if it holds several.
        #[arg(long)]
        role: Option<String>,
    },
    /// Show how far a ceremony is.
    Status {
        /// The ledger.
        #[command(flatten)]
        source: Source,
        /// The draw; all of them if absent.
        #[arg(long)]
        draw: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// See [`Command::Show`].
#[derive(Debug, Subcommand)]
pub enum Show {
    /// Origin, ledger id and checkpoint key: the trust root.
    Identity {
        /// The ledger.
        #[command(flatten)]
        source: Source,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// See [`Command::Watch`].
#[derive(Debug, Args)]
pub struct Watch {
    /// The server.
    #[arg(long, value_name = "URL")]
    pub server: String,
    /// First position.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub from: u64,
    /// Only events or families of these names; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub filter: Vec<String>,
    /// End when caught up.
    #[arg(long)]
    pub once: bool,
    /// Print JSON lines.
    #[arg(long)]
    pub json: bool,
}

/// See [`Command::Verify`].
#[derive(Debug, Args)]
pub struct Verify {
    /// The data directory.
    pub target: PathBuf,
    /// The anchor's file; TARGET/anchor if absent.
    #[arg(long, value_name = "PATH")]
    pub anchor: Option<PathBuf>,
    /// The ledger's checkpoint key, known from elsewhere; without it the log is self-consistent only.
    #[arg(long, value_name = "VKEY")]
    pub vkey: Option<String>,
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

/// See [`Command::Draw`].
#[derive(Debug, Subcommand)]
pub enum Draw {
    /// Write the certificates of draws.
    Certificate {
        /// The ledger.
        #[command(flatten)]
        source: Source,
        /// The folder to write to.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Only this draw.
        #[arg(long, value_name = "ID")]
        draw: Option<String>,
    },
}
