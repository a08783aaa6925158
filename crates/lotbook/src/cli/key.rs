//! The words of `key`.

use super::{Acting, Author};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// See [`Command::Key`](crate::cli::Command::Key).
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key file (PKCS#8 PEM, mode 0600). 生成密钥
    New {
        /// The file to make.
        file: PathBuf,
    },
    /// Show the public half of a key file. 显示公钥
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
    /// Register a key, as administrator, from what `key show --register-at` printed. 登记密钥
    Register(Register),
    /// List registrations that wait for the leader, and confirm those named. 确认密钥
    Confirm {
        /// The leader.
        #[command(flatten)]
        by: Acting,
        /// Whose registrations to confirm: key id, the begin of one, or person; without it they are listed.
        whom: Vec<String>,
        /// Confirm everything that waits.
        #[arg(long, conflicts_with = "whom")]
        all: bool,
    },
}

/// See [`Key::Register`].
#[derive(Debug, Args)]
pub struct Register {
    /// The administrator.
    #[command(flatten)]
    pub author: Author,
    /// The file with the fields; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}
