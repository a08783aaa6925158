//! `key`: make or show a key file.

use crate::cli::Key;
use crate::exit::Exit;
use crate::keyfile;
use crate::say;
use anyhow::Result;
use data_encoding::HEXLOWER;

pub fn run(args: Key) -> Result<Exit> {
    let (file, json) = match &args {
        Key::New { file } => (file, false),
        Key::Show { file, json } => (file, *json),
    };
    let public = match &args {
        Key::New { file } => keyfile::create(file)?.public(),
        Key::Show { file, .. } => keyfile::read(file)?.public(),
    };
    let (key, id) = (HEXLOWER.encode(&public.to_bytes()), public.key_id());
    if json {
        say!("{}", serde_json::json!({ "public_key": key, "key_id": id.to_string() }));
    } else {
        say!("{}\n  public key {key}\n  key id     {id}", file.display());
    }
    Ok(Exit::Done)
}
