//! Compiles the services of proto/ with protox, so that nobody needs protoc.

use prost::Message;
use std::{env, error::Error, fs, path::PathBuf};

/// The services, each in `lotbook/v1/NAME_service.proto`.
const SERVICES: &[&str] = &[
    "submit",
    "log",
    "proof",
    "registry_query",
    "plan_query",
    "draw_query",
    "recusal_query",
    "inspection_query",
    "oversight_query",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../../proto");
    let services = SERVICES.iter().map(|name| format!("lotbook/v1/{name}_service.proto"));
    // Statements travel as bytes; with them here, reflection says what the bytes are.
    let all = services.chain(["lotbook/v1/statement.proto".to_owned()]);
    let files = protox::compile(all, ["../../proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("services.fds"), files.encode_to_vec())?;
    // Every message and enumeration that is not a service's own is the event room's.
    let mut build = tonic_prost_build::configure();
    for file in files.file.iter().filter(|file| !file.name().ends_with("_service.proto")) {
        let messages = file.message_type.iter().map(|message| message.name());
        for name in messages.chain(file.enum_type.iter().map(|value| value.name())) {
            build = build.extern_path(
                format!(".{}.{name}", file.package()),
                format!("::lotbook_event::proto::{name}"),
            );
        }
    }
    build.compile_fds(files)?;
    Ok(())
}
