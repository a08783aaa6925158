//! Compiles the vocabulary of proto/ with protox, so that nobody needs protoc.

use prost::Message;
use std::{env, error::Error, fs, path::PathBuf};
use tonic_prost_build::Builder;

/// Statements, and what they add up to.
const FILES: &[&str] =
    &["lotbook/v1/statement.proto", "lotbook/v1/disclosure.proto", "lotbook/v1/view.proto"];

/// The largest events, all of them rare: by reference, so that every other one moves fewer bytes. `events!` in
/// `statement.rs` names the same ones.
const LARGEST: [&str; 5] = [
    "CeremonyEvent.event.pool_frozen",
    "KeysEvent.event.ledger_created",
    "PlanEvent.event.scheme_adopted",
    "RecusalEvent.event.assignment_swapped",
    "RegistryEvent.event.ruleset_adopted",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../../proto");
    let files = protox::compile(FILES, ["../../proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("lotbook.fds"), files.encode_to_vec())?;
    let builder = tonic_prost_build::configure().build_client(false).build_server(false);
    let boxed = |builder: Builder, event| builder.boxed(format!(".lotbook.v1.{event}"));
    LARGEST.into_iter().fold(builder, boxed).compile_fds(files)?;
    Ok(())
}
