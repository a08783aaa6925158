//! The words of `witness`.

use clap::Subcommand;
use std::net::SocketAddr;
use std::path::PathBuf;

/// See [`Command::Witness`](crate::cli::Command::Witness).
#[derive(Debug, Subcommand)]
pub enum Witness {
    /// Cosign the checkpoints of logs, each only if it extends what was cosigned before (C2SP tlog-witness). 见证
    Serve {
        /// Where it keeps what it has cosigned; never share or copy back this folder.
        #[arg(long, value_name = "DIR")]
        state: PathBuf,
        /// The witness's own key file; it serves nothing else.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Address for HTTP.
        #[arg(long, value_name = "ADDR")]
        listen: SocketAddr,
        /// The witness's name, such as witness.example/lotbook.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// A log that it knows, by its checkpoint key; may be repeated.
        #[arg(long, value_name = "VKEY", required = true)]
        log: Vec<String>,
    },
    /// Show a witness's verifier key: what a policy names. 显示见证公钥
    Show {
        /// The witness's key file.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The witness's name.
        #[arg(long, value_name = "NAME")]
        name: String,
    },
}
