//! The words of a ledger's own commands: demo, serve, init, watch.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// See [`Command::Demo`](crate::cli::Command::Demo).
#[derive(Debug, Args)]
pub struct Demo {
    /// Where the ledger is made; a temporary folder if absent. The anchor lies in DIR/anchor.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// An office's folder in the format of the sample; the sample itself if absent.
    #[arg(long, value_name = "DIR")]
    pub office: Option<PathBuf>,
    /// Stop before the first step on this day or later, to go on by hand.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<String>,
    /// Leave the server running.
    #[arg(long)]
    pub serve: bool,
    /// Print JSON lines.
    #[arg(long)]
    pub json: bool,
}

/// See [`Command::Serve`](crate::cli::Command::Serve).
#[derive(Debug, Args)]
pub struct Serve {
    /// The data directory.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The anchor's file; DIR/anchor if absent. Put it on another volume.
    #[arg(long, value_name = "PATH")]
    pub anchor: Option<PathBuf>,
    /// Address for gRPC; 127.0.0.1:7710 if neither given here nor configured.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Address for HTTP: checkpoint and tiles; none are served if neither given here nor configured.
    #[arg(long, value_name = "ADDR")]
    pub http: Option<SocketAddr>,
    /// A configuration file (TOML): anchor, listen, http, witnesses. What is given here comes first.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Serve a ledger with a simulated clock, from its last recorded time on.
    #[arg(long)]
    pub simulated: bool,
}

/// See [`Command::Init`](crate::cli::Command::Init).
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

/// See [`Command::Watch`](crate::cli::Command::Watch).
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
    /// Witnesses (C2SP tlog-policy) whose quorum must stand behind what is marked as cosigned.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// End when caught up.
    #[arg(long)]
    pub once: bool,
    /// Print JSON lines.
    #[arg(long)]
    pub json: bool,
}
