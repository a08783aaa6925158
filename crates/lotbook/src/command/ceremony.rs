//! `ceremony`: open, commit, reveal, status (draw.md 1).

use super::reading;
use super::submit::role as role_named;
use crate::cli::{Author, Ceremony};
use crate::exit::Exit;
use crate::say;
use crate::{keyfile, stating};
use anyhow::{Context, Result, bail};
use lotbook_chain::{KeyId, SigningKey};
use lotbook_client::{Client, Submitted};
use lotbook_event::ceremony::{CeremonyOpened, ParticipantRole, Purpose, SeedCommitted, SeedRevealed};
use lotbook_event::keys::Role;
use lotbook_event::{BatchId, Bytes32, DrawId, Event, PlanId, SectionId};
use std::path::{Path, PathBuf};

pub async fn run(args: Ceremony) -> Result<Exit> {
    match args {
        Ceremony::Open { author, batch, section } => open(&author, &batch, &section).await,
        Ceremony::Commit { author, draw, role } => take_part(&author, draw, role, Part::Commit).await,
        Ceremony::Reveal { author, draw, role } => take_part(&author, draw, role, Part::Reveal).await,
        Ceremony::Status { source, draw, json } => {
            status(&reading::ledger(&source).await?, draw.as_deref(), json)
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Commit,
    Reveal,
}

async fn connect(author: &Author) -> Result<(SigningKey, Client, reading::Ledger)> {
    let key = keyfile::read(&author.key)?;
    let client = Client::trust_on_first_use(&author.server).await?;
    let ledger = reading::of_server(&client).await?;
    Ok((key, client, ledger))
}

async fn open(author: &Author, batch: &str, section: &str) -> Result<Exit> {
    let (key, client, ledger) = connect(author).await?;
    let event = opening(&ledger, batch)?;
    let statement = stating::state(
        Role::DrawOperator,
        Some(SectionId::new(section)?),
        event.clone().into(),
        stating::now(),
    )?;
    let submitted = client.submit(&key, &statement).await?;
    say!(
        "ceremony {}/{}.{} is open at position {}",
        event.plan,
        event.batch,
        event.attempt,
        submitted.position
    );
    say!("Next: each participant runs `lotbook ceremony commit`.");
    Ok(Exit::Done)
}

/// The next attempt of a batch named PLAN/BATCH, or BATCH if only one plan has it.
pub fn opening(ledger: &reading::Ledger, name: &str) -> Result<CeremonyOpened> {
    let state = ledger.verifier.state();
    let matches: Vec<_> = state
        .batches
        .iter()
        .filter(|((plan, batch), _)| batch.as_str() == name || format!("{plan}/{batch}") == name)
        .collect();
    let (key, attempts) = match matches.as_slice() {
        [((plan, batch), record)] => ((plan.clone(), batch.clone()), record.attempts.clone()),
        // An unknown batch is stated as named, so that the ledger refuses and records it.
        [] => {
            let (plan, batch) = name.split_once('/').with_context(|| format!("there is no batch {name}"))?;
            ((PlanId::new(plan)?, BatchId::new(batch)?), vec![])
        }
        several => bail!("{} plans have a batch {name}: name it PLAN/BATCH", several.len()),
    };
    let last = attempts.last().and_then(|draw| state.ceremonies.get(draw));
    Ok(CeremonyOpened {
        purpose: Purpose::Batch,
        plan: key.0,
        batch: key.1,
        attempt: u32::try_from(attempts.len() + 1)?,
        previous_terminal: last.and_then(|last| last.terminal),
        recusal: None,
    })
}

async fn take_part(author: &Author, draw: Option<String>, role: Option<String>, part: Part) -> Result<Exit> {
    let (key, client, ledger) = connect(author).await?;
    let draw = which(&ledger, draw.as_deref())?;
    let acting = acting(&ledger, &key.public().key_id(), &draw, role.as_deref())?;
    let event = match part {
        Part::Commit => commit(author, &ledger, &key, &draw)?,
        Part::Reveal => reveal(author, &ledger, &key, &draw)?,
    };
    let submitted: Submitted =
        client.submit(&key, &stating::state(acting.0, acting.1, event, stating::now())?).await?;
    let done = if part == Part::Commit { "committed to" } else { "revealed for" };
    say!("{done} {draw} at position {}", submitted.position);
    Ok(Exit::Done)
}

fn which(ledger: &reading::Ledger, draw: Option<&str>) -> Result<DrawId> {
    if let Some(draw) = draw {
        return Ok(DrawId::new(draw)?);
    }
    let open = ledger.verifier.state().ceremonies.values().filter(|ceremony| ceremony.terminal.is_none());
    match open.map(|ceremony| ceremony.draw.clone()).collect::<Vec<_>>().as_slice() {
        [draw] => Ok(draw.clone()),
        [] => bail!("no ceremony is open"),
        several => bail!("{} ceremonies are open: name one with --draw", several.len()),
    }
}

/// The right under which the key takes part.
fn acting(
    ledger: &reading::Ledger,
    key: &KeyId,
    draw: &DrawId,
    named: Option<&str>,
) -> Result<(Role, Option<SectionId>)> {
    let state = ledger.verifier.state();
    let wanted = named.map(role_named).transpose()?;
    let record = state.keys.get(key).with_context(|| format!("the key {key} is not registered here"))?;
    let part = state.ceremonies.get(draw).and_then(|ceremony| ceremony.part(key));
    let fits = |role: Role| match (wanted, part) {
        (Some(wanted), _) => role == wanted,
        (None, Some(ParticipantRole::DrawingSection)) => {
            matches!(role, Role::SectionOfficer | Role::DrawOperator)
        }
        (None, Some(ParticipantRole::Supervision)) => role == Role::Supervisor,
        (None, Some(ParticipantRole::Notary)) => role == Role::Notary,
        (None, Some(ParticipantRole::Association)) => role == Role::Association,
        (None, Some(ParticipantRole::Enterprise)) => role == Role::Enterprise,
        (None, Some(ParticipantRole::Public) | None) => true,
    };
    let right = record.rights().map(|(right, _)| right.clone()).find(|(role, _)| fits(*role));
    right.context("the key holds no role to take part in")
}

/// Where a participant keeps the 32 bytes of a draw: named for the frozen pool, so that bytes revealed on
/// one ledger (a rehearsal) are never used on another.
fn secret_path(state: &lotbook_engine::State, key: &Path, draw: &DrawId) -> Result<PathBuf> {
    let pool = pool(state, draw)?.to_string();
    let mut name = key.as_os_str().to_owned();
    name.push(format!(".{}.{}.secret", draw.as_str().replace('/', "_"), pool.get(..16).unwrap_or(&pool)));
    Ok(PathBuf::from(name))
}

/// Fresh bytes, kept and synced before the commitment is made; a second run uses the same ones.
fn commit(author: &Author, ledger: &reading::Ledger, key: &SigningKey, draw: &DrawId) -> Result<Event> {
    let state = ledger.verifier.state();
    let path = secret_path(state, &author.key, draw)?;
    if !path.exists() {
        keyfile::write_private(&path, data_encoding::HEXLOWER.encode(&keyfile::random::<32>()?).as_bytes())?;
        say!("your 32 random bytes are kept in {}; keep that file until the draw is done", path.display());
    }
    Ok(SeedCommitted { draw: draw.clone(), commitment: commitment(state, key, draw, &secret(&path)?)? }
        .into())
}

fn secret(path: &Path) -> Result<Bytes32> {
    keyfile::check_private(path).context("commit first")?;
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    let bytes =
        data_encoding::HEXLOWER.decode(text.trim().as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(Bytes32).with_context(|| {
        let name = path.display();
        format!("{name} does not hold 64 hexadecimal digits; if you have not committed yet, remove it and commit again")
    })
}

/// Entry hash P of the frozen pool of a draw.
fn pool(state: &lotbook_engine::State, draw: &DrawId) -> Result<lotbook_chain::EntryHash> {
    let ceremony = state.ceremonies.get(draw).with_context(|| format!("there is no ceremony {draw}"))?;
    ceremony.frozen.as_ref().map(|frozen| frozen.p).context("the pool is not frozen yet")
}

/// The commitment of a key to a secret under the frozen pool of a draw.
pub fn commitment(
    state: &lotbook_engine::State,
    key: &SigningKey,
    draw: &DrawId,
    secret: &Bytes32,
) -> Result<Bytes32> {
    // commit_j = H("commit", P || key_id_j || r_j)                                                draw.md 1
    Ok(Bytes32(lotbook_draw::commitment(&pool(state, draw)?.0, &key.public().key_id().0, &secret.0)))
}

/// Reveals only under a sealing that holds one's own commitment, before the deadline of one's own clock
/// (of a simulated ledger: of the ledger's).
fn reveal(author: &Author, ledger: &reading::Ledger, key: &SigningKey, draw: &DrawId) -> Result<Event> {
    let state = ledger.verifier.state();
    let ceremony = state.ceremonies.get(draw).with_context(|| format!("there is no ceremony {draw}"))?;
    let sealed = ceremony.sealed.context("the ceremony is not sealed yet: wait until all have committed")?;
    let secret = secret(&secret_path(state, &author.key, draw)?)?;
    let own = ceremony.commitments.get(&key.public().key_id()).context("this key has not committed")?;
    if *own != commitment(state, key, draw, &secret)? {
        bail!(
            "the commitment on the ledger is not of the bytes kept here: do not reveal, tell the supervisor"
        );
    }
    let deadline = ceremony.frozen.as_ref().map(|frozen| frozen.stated.reveal_deadline).context("no pool")?;
    let now = if state.simulated() { state.head.recorded_at } else { stating::now() };
    if now >= deadline {
        bail!("the deadline for reveals has passed: revealing now would only help somebody else");
    }
    Ok(SeedRevealed { draw: draw.clone(), sealed, secret }.into())
}

fn status(ledger: &reading::Ledger, draw: Option<&str>, json: bool) -> Result<Exit> {
    let state = ledger.verifier.state();
    let wanted =
        state.ceremonies.values().filter(|ceremony| draw.is_none_or(|draw| ceremony.draw.as_str() == draw));
    for ceremony in wanted {
        let participants =
            ceremony.frozen.as_ref().map(|frozen| frozen.stated.participants.clone()).unwrap_or_default();
        let rows: Vec<_> = participants.iter().map(|p| {
            let committed = ceremony.commitments.contains_key(&p.key_id);
            let revealed = ceremony.reveals.contains_key(&p.key_id);
            serde_json::json!({ "key_id": p.key_id.to_string(), "role": p.role.code(), "committed": committed, "revealed": revealed })
        }).collect();
        let stage = format!("{:?}", ceremony.stage).to_lowercase();
        if json {
            say!(
                "{}",
                serde_json::json!({ "draw": ceremony.draw.as_str(), "stage": stage, "participants": rows })
            );
            continue;
        }
        say!("{}  {stage}", ceremony.draw);
        for row in rows {
            say!(
                "  {:<16} committed {:<5} revealed {:<5} {}",
                row["role"].as_str().unwrap_or(""),
                row["committed"],
                row["revealed"],
                row["key_id"].as_str().unwrap_or("")
            );
        }
    }
    Ok(Exit::Done)
}
