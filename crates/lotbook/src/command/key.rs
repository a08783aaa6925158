//! `key`: make or show a key file, or the fields of its registration.

use super::submit::role;
use crate::cli::Key;
use crate::exit::Exit;
use crate::keyfile;
use crate::say;
use anyhow::{Context, Result};
use data_encoding::{BASE64, HEXLOWER};
use lotbook_chain::sign::possession_message;
use lotbook_chain::{PublicKey, SigningKey};
use lotbook_client::Client;

pub async fn run(args: Key) -> Result<Exit> {
    match args {
        Key::New { file } => {
            let public = keyfile::create(&file)?.public();
            tell(&file.display().to_string(), &public, false);
        }
        Key::Show { file, json, register_at, role, section, person, nominated_by, subject } => {
            let key = keyfile::read(&file)?;
            match register_at {
                None => tell(&file.display().to_string(), &key.public(), json),
                Some(url) => {
                    let (role, person) = (role.context("name --role")?, person.context("name --person")?);
                    let client = Client::trust_on_first_use(&url).await?;
                    let mut fields = registration(&client, &key, &role, section.as_deref())?;
                    fields["person"] = person.into();
                    fields["nominated_by"] = nominated_by.into();
                    fields["subject"] = subject.into();
                    say!("{fields}");
                }
            }
        }
    }
    Ok(Exit::Done)
}

fn tell(file: &str, public: &PublicKey, json: bool) {
    let (key, id) = (HEXLOWER.encode(&public.to_bytes()), public.key_id());
    if json {
        say!("{}", serde_json::json!({ "public_key": key, "key_id": id.to_string() }));
    } else {
        say!("{file}\n  public key {key}\n  key id     {id}");
    }
}

/// The fields that only the key's holder can make: key, right, and the proof of possession.
fn registration(
    client: &Client,
    key: &SigningKey,
    name: &str,
    section: Option<&str>,
) -> Result<serde_json::Value> {
    let (role, public) = (role(name)?, key.public());
    let ledger = client.trust_root().ledger_id;
    // Ed25519("lotbook v1 key\n" || ledger_id || public key || enc(role) || enc(section))          ledger.md 1
    let possession = key.sign(&possession_message(ledger, &public, role.code(), section.unwrap_or_default()));
    let mut fields = serde_json::json!({
        "public_key": BASE64.encode(&public.to_bytes()),
        "role": format!("ROLE_{}", role.code().to_uppercase()),
        "possession": BASE64.encode(&possession.0),
    });
    if let Some(section) = section {
        fields["section"] = section.into();
    }
    Ok(fields)
}
