//! The subcommands, one file each.

mod beacon;
mod ceremony;
mod demo;
mod disclosure;
mod draw;
mod embargo;
mod export;
mod extend;
mod held;
mod import;
mod init;
mod inspection;
mod key;
mod monitor;
pub mod reading;
mod receipt;
mod recusal;
mod report;
mod restore;
mod result;
mod serve;
mod show;
mod submit;
mod todo;
mod verify;
mod violation;
mod void;
mod watch;
mod why;
mod witness;

pub(crate) use ceremony::commitment;
pub(crate) use draw::Unwitnessed;
pub(crate) use import::keep_sealed;
pub(crate) use init::new_ledger;
pub(crate) use receipt::Unproved;
pub(crate) use restore::NotExtended;
pub(crate) use verify::{off_time as tell_off_time, tell as tell_verdict};
pub(crate) use why::OtherKey;

use crate::cli::Command;
use crate::exit::Exit;
use anyhow::Result;

/// Runs a command.
///
/// # Errors
/// Whatever kept it from being done; see [`crate::exit`] for the exit codes.
pub fn run(command: Command) -> Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Demo(args) => demo::run(args).await,
            Command::Serve(args) => serve::run(args).await,
            Command::Init(args) => init::run(&args),
            Command::Key(args) => key::run(args).await,
            Command::Import(args) => import::run(args).await,
            Command::Submit(args) => submit::run(args).await,
            Command::Ceremony(args) => ceremony::run(args).await,
            Command::Embargo(args) => embargo::run(args).await,
            Command::Beacon(args) => beacon::run(args).await,
            Command::Todo(args) => todo::run(args).await,
            Command::Recusal(args) => recusal::run(args).await,
            Command::Inspection(args) => inspection::run(args).await,
            Command::Result(args) => result::run(args).await,
            Command::Show(args) => show::run(args).await,
            Command::Watch(args) => watch::run(args).await,
            Command::Verify(args) => verify::run(args).await,
            Command::Monitor(args) => monitor::run(args).await,
            Command::Witness(args) => witness::run(args).await,
            Command::Receipt(args) => receipt::run(args).await,
            Command::Export(args) => export::run(&args),
            Command::Restore(args) => restore::run(&args),
            Command::Draw(args) => draw::run(args).await,
            Command::Why(args) => why::run(args).await,
            Command::Disclosure(args) => disclosure::run(args).await,
        }
    })
}
