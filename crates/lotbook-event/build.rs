//! Compiles the vocabulary of proto/ with protox, so that nobody needs protoc.

use prost::Message;
use std::{env, error::Error, fs, path::PathBuf};

/// Statements, and what they add up to.
const FILES: &[&str] =
    &["lotbook/v1/statement.proto", "lotbook/v1/disclosure.proto", "lotbook/v1/view.proto"];

/// Twice as large as any other event, and rare: by reference, so that every other one moves fewer bytes.
const LARGEST: &str = ".lotbook.v1.CeremonyEvent.event.pool_frozen";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../../proto");
    let files = protox::compile(FILES, ["../../proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("lotbook.fds"), files.encode_to_vec())?;
    let builder = tonic_prost_build::configure().build_client(false).build_server(false);
    builder.boxed(LARGEST).compile_fds(files)?;
    Ok(())
}
