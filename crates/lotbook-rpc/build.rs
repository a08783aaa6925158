//! Compiles the services of proto/ with protox, so that nobody needs protoc.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../../proto");
    let services = ["submit", "log", "proof"].map(|name| format!("lotbook/v1/{name}_service.proto"));
    let files = protox::compile(services, ["../../proto"])?;
    tonic_prost_build::configure().compile_fds(files)?;
    Ok(())
}
