//! The words of `ceremony` and `draw`.

use super::{Acting, Source};
use clap::Subcommand;
use std::path::PathBuf;

/// See [`Command::Ceremony`](crate::cli::Command::Ceremony).
#[derive(Debug, Subcommand)]
pub enum Ceremony {
    /// Open the next attempt of a batch, as draw operator of a section. 开启抽取
    Open {
        /// Who opens.
        #[command(flatten)]
        by: Acting,
        /// The batch: PLAN/BATCH, or BATCH if only one plan has it.
        #[arg(long)]
        batch: String,
        /// Draw inspectors only, for a batch whose selection stands without an assignment.
        #[arg(long)]
        inspectors: bool,
    },
    /// Commit to 32 fresh random bytes, kept in a 0600 file beside the key. 提交承诺
    Commit {
        /// Who commits.
        #[command(flatten)]
        by: Acting,
        /// The draw; the only open one in which the key takes part if absent.
        #[arg(long)]
        draw: Option<String>,
    },
    /// Reveal what was committed to. 揭示
    Reveal {
        /// Who reveals.
        #[command(flatten)]
        by: Acting,
        /// The draw; the only open one in which the key takes part if absent.
        #[arg(long)]
        draw: Option<String>,
        /// State nothing: write the signed reveal to a file, for somebody who will hold it.
        #[arg(long, value_name = "FILE")]
        hand_over: Option<PathBuf>,
    },
    /// Hold another's reveal: check it, and sign when you had it, before the deadline. 代持揭示
    Hold {
        /// Who holds: another participant, or an auditor.
        #[command(flatten)]
        by: Acting,
        /// The reveal, as `ceremony reveal --hand-over` wrote it.
        #[arg(value_name = "FILE")]
        reveal: PathBuf,
        /// The file to write: the reveal with your stamp.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// State a reveal that was held in time, and that the ledger has not recorded: its author is not barred. 补证揭示
    Held {
        /// Who states it: anybody with a key.
        #[command(flatten)]
        by: Acting,
        /// The stamped reveal, as `ceremony hold` wrote it.
        #[arg(value_name = "FILE")]
        stamped: PathBuf,
    },
    /// Show how far a ceremony is. 进度
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

/// See [`Command::Draw`](crate::cli::Command::Draw).
#[derive(Debug, Subcommand)]
pub enum Draw {
    /// Propose to void a draw, as supervision; or void it as proposed, as the leader. Before anything has started. 撤销
    Void {
        /// Who proposes or confirms.
        #[command(flatten)]
        by: Acting,
        /// The draw.
        #[arg(long, value_name = "ID")]
        draw: String,
        /// Why: roster_error, item_withdrawn, or ordered (by a court or a superior).
        #[arg(long, required_unless_present = "confirm", conflicts_with = "confirm")]
        ground: Option<String>,
        /// The document it rests on.
        #[arg(long, required_unless_present = "confirm", conflicts_with = "confirm")]
        basis: Option<String>,
        /// Void it as it was proposed last.
        #[arg(long)]
        confirm: bool,
    },
    /// Approve, as supervision, by what the inspectors' pool of a draw without an assignment is extended. 批准扩充人员池
    Extend {
        /// Who approves.
        #[command(flatten)]
        by: Acting,
        /// The draw.
        #[arg(long, value_name = "ID")]
        draw: String,
        /// A qualification that a seat accepts; may be repeated. Nobody is named.
        #[arg(long = "qualification", value_name = "QUALIFICATION", required_unless_present = "sections")]
        qualifications: Vec<String>,
        /// A section whose inspectors are all added; may be repeated.
        #[arg(long = "section-of", value_name = "SECTION")]
        sections: Vec<String>,
        /// What it rests on.
        #[arg(long)]
        reason: String,
    },
    /// Write the certificates of draws: a JSON file and a printable page each. 出具证书
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
        /// The policy of the witnesses whose stamps count for the grade; those that the ledger has kept are found.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// A checkpoint that these witnesses had cosigned between the close of a ceremony and its beacon's round,
        /// kept by whoever saw it, beside those that the ledger has kept itself; may be repeated.
        #[arg(long = "stamp", value_name = "FILE", requires = "policy")]
        stamps: Vec<PathBuf>,
    },
    /// Recompute a certificate, and with the ledger's key authenticate it. 核验证书
    Verify {
        /// The ledger's checkpoint key, known from elsewhere; without it nothing is authenticated.
        #[arg(long, value_name = "VKEY")]
        vkey: Option<String>,
        /// Witnesses (C2SP tlog-policy) whose quorum must have cosigned the head that it rests on.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// The certificate; `-` reads standard input.
        file: PathBuf,
    },
}
