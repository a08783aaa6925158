//! The command line: one file a subcommand in [`command`], and the demonstration in [`demo`].
//!
//! Results go to stdout, progress and diagnostics to stderr. Exit codes: 0 done or verified, 1 refuted
//! or refused, 2 could not read, connect or parse, 3 done but some rows rejected, 64 wrong usage.

pub mod acting;
pub mod cli;
pub mod command;
pub mod config;
pub mod data_dir;
pub mod demo;
pub mod desk;
pub mod exit;
pub mod find;
pub mod given;
pub mod json;
pub mod keep;
pub mod keyfile;
pub mod local_time;
pub mod office_folder;
pub mod out;
pub mod progress;
pub mod serving;
pub mod static_log;
pub mod stating;
pub mod table;
pub mod target;

use clap::Parser;
use std::process::ExitCode;

/// Folding a log into the state makes many small allocations, which this one answers fastest (ADR 0003).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap prints to the right stream itself.
            let code = if error.use_stderr() { exit::USAGE } else { 0 };
            error.print().ok();
            return ExitCode::from(code);
        }
    };
    match command::run(cli.command) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => {
            exit::explain(&error);
            ExitCode::from(exit::code_of(&error))
        }
    }
}
