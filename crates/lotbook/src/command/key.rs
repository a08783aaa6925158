//! `key`: make or show a key file, or the fields of its registration.

use crate::cli::{Acting, Key, Register};
use crate::desk::Desk;
use crate::exit::{Exit, usage};
use crate::given::role;
use crate::say;
use crate::table::Table;
use crate::{find, given, json, keyfile, stating};
use anyhow::{Result, bail};
use data_encoding::{BASE64, HEXLOWER};
use lotbook_chain::sign::possession_message;
use lotbook_chain::{KeyId, PublicKey, SigningKey};
use lotbook_client::Client;
use lotbook_engine::State;
use lotbook_event::keys::{Heartbeat, KeyConfirmed, Role};
use lotbook_event::{Event, SectionId};

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
                    let (Some(role), Some(person)) = (role, person) else {
                        return Err(usage("name --role and --person"));
                    };
                    let client = Client::trust_on_first_use(&url).await?;
                    let mut fields = registration(&client, &key, &role, section.as_deref())?;
                    fields["person"] = person.into();
                    fields["nominated_by"] = nominated_by.into();
                    fields["subject"] = subject.into();
                    say!("{fields}");
                }
            }
        }
        Key::Register(args) => return register(&args).await,
        Key::Confirm { by, whom, all } => return confirm(&by, &whom, all).await,
    }
    Ok(Exit::Done)
}

/// The administrator states a registration that the key's holder made.
async fn register(args: &Register) -> Result<Exit> {
    let fields = given::file(&args.from)?;
    let desk = Desk::of_author(&args.author, args.json).await?;
    let nothing = Heartbeat { size: 0, root: lotbook_chain::TreeHash::ZERO, clock: desk.now() };
    let frame = stating::state(Role::Administrator, None, nothing.into(), desk.now())?;
    let event = json::with_event(&frame, "KeyRegistered", &fields)?.event;
    let Event::KeyRegistered(registered) = &event else { bail!("the file is no registration") };
    let right = right_of(registered.role, registered.section.as_ref());
    let about = format!("{} as {right}", registered.person);
    let next = format!("the leader runs `lotbook key confirm \"{}\"`", registered.person);
    desk.tell(event, &about, &next).await
}

fn right_of(role: Role, section: Option<&SectionId>) -> String {
    section.map_or_else(|| role.to_string(), |section| format!("{role} of {section}"))
}

/// A registration that waits for the leader.
struct Waiting {
    key: KeyId,
    role: Role,
    section: Option<SectionId>,
    person: String,
    registered_by: String,
}

fn waiting(state: &State) -> Vec<Waiting> {
    let alive = state.keys.iter().filter(|(_, key)| key.revoked.is_none());
    let grants = alive.flat_map(|(id, key)| key.grants.iter().map(move |(right, grant)| (*id, right, grant)));
    let waits = grants.filter(|(_, _, grant)| !grant.confirmed);
    waits
        .map(|(key, (role, section), grant)| Waiting {
            key,
            role: *role,
            section: section.clone(),
            person: grant.person.clone(),
            registered_by: state.person_of(&grant.registered_by).to_owned(),
        })
        .collect()
}

/// Lists what waits, or confirms those named.
async fn confirm(by: &Acting, whom: &[String], all: bool) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let waiting = waiting(desk.state());
    if whom.is_empty() && !all {
        tell_waiting(&waiting, desk.json());
        return Ok(Exit::Done);
    }
    let named: Vec<_> = whom.iter().map(|name| find::key(desk.state(), name)).collect::<Result<_>>()?;
    let wanted: Vec<_> = waiting.iter().filter(|waits| all || named.contains(&waits.key)).collect();
    if wanted.is_empty() {
        eprintln!("nothing waits for the leader");
    }
    for waits in wanted {
        let event = KeyConfirmed { key_id: waits.key, role: waits.role, section: waits.section.clone() };
        let about = format!("{} as {}", waits.person, right_of(waits.role, waits.section.as_ref()));
        desk.tell(event.into(), &about, "").await?;
    }
    Ok(Exit::Done)
}

fn tell_waiting(waiting: &[Waiting], json: bool) {
    if json {
        let row = |waits: &Waiting| {
            serde_json::json!({
                "key_id": waits.key.to_string(), "person": waits.person, "role": waits.role.code(),
                "section": waits.section.as_ref().map(|section| section.as_str()), "registered_by": waits.registered_by,
            })
        };
        say!("{}", serde_json::json!({ "waiting": waiting.iter().map(row).collect::<Vec<_>>() }));
        return;
    }
    let mut table = Table::new(["person", "as", "registered by", "key id"]);
    for waits in waiting {
        let right = right_of(waits.role, waits.section.as_ref());
        table.row([waits.person.clone(), right, waits.registered_by.clone(), waits.key.to_string()]);
    }
    table.say("nothing waits for the leader");
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
