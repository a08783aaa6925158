//! `ceremony`: open, commit, reveal, status (draw.md 1); the draws of recusals are held the same way.

use super::{held, reading};
use crate::cli::{Acting, Ceremony};
use crate::desk::Desk;
use crate::exit::{Exit, usage};
use crate::say;
use crate::{find, keyfile, local_time};
use anyhow::{Context, Result, bail};
use lotbook_chain::{KeyId, SigningKey};
use lotbook_engine::State;
use lotbook_engine::domain::article::a14_beacon::describe;
use lotbook_engine::domain::beacon;
use lotbook_engine::domain::ceremony::{Ceremony as Held, Stage};
use lotbook_event::ceremony::{CeremonyOpened, Purpose, SeedCommitted, SeedRevealed};
use lotbook_event::{BatchId, Bytes32, Code, DrawId, Event, PlanId, Refusal};
use std::path::{Path, PathBuf};

pub async fn run(args: Ceremony) -> Result<Exit> {
    match args {
        Ceremony::Open { by, batch, inspectors } => {
            open(&by, &batch, if inspectors { Purpose::Inspectors } else { Purpose::Batch }).await
        }
        Ceremony::Commit { by, draw } => take_part(&by, draw.as_deref(), Part::Commit, None).await,
        Ceremony::Reveal { by, draw, hand_over } => {
            take_part(&by, draw.as_deref(), Part::Reveal, hand_over.as_deref()).await
        }
        Ceremony::Hold { by, reveal, out } => held::hold(&by, &reveal, &out).await,
        Ceremony::Held { by, stamped } => held::state(&by, &stamped).await,
        Ceremony::Status { source, draw, json } => {
            status(reading::ledger(&source).await?.verifier.state(), draw.as_deref(), json)
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Commit,
    Reveal,
}

async fn open(by: &Acting, batch: &str, purpose: Purpose) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let event = opening(desk.state(), batch, purpose)?;
    tell_opening(&desk, event).await
}

/// States an opening and says what comes next.
pub async fn tell_opening(desk: &Desk, event: CeremonyOpened) -> Result<Exit> {
    let of = event.recusal.as_ref().map_or(String::new(), |recusal| format!("/{recusal}"));
    let draw = format!("{}/{}{of}.{}", event.plan, event.batch, event.attempt);
    let next = format!("each participant runs `lotbook ceremony commit --draw {draw}`, then `reveal`");
    desk.tell(event.into(), &format!("draw {draw}"), &next).await
}

/// The next attempt of a batch named PLAN/BATCH, or BATCH if only one plan has it.
fn opening(state: &State, name: &str, purpose: Purpose) -> Result<CeremonyOpened> {
    let key = match (find::batch(state, name), name.split_once('/')) {
        (Ok(key), _) => key,
        // An unknown batch is stated as named, so that the ledger refuses and records it.
        (Err(_), Some((plan, batch))) => (PlanId::new(plan)?, BatchId::new(batch)?),
        (Err(error), None) => return Err(error),
    };
    let attempts = state.batches.get(&key).map(|record| record.attempts.as_slice()).unwrap_or_default();
    let last = attempts.last().and_then(|draw| state.ceremonies.get(draw));
    Ok(CeremonyOpened {
        purpose,
        plan: key.0,
        batch: key.1,
        attempt: u32::try_from(attempts.len() + 1)?,
        previous_terminal: last.and_then(|last| last.terminal),
        recusal: None,
    })
}

async fn take_part(by: &Acting, draw: Option<&str>, part: Part, hand_over: Option<&Path>) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let (state, key) = (desk.state(), desk.key.public().key_id());
    let draw = which(state, &key, draw, part)?;
    // Before anything is kept: a stranger's bytes would never be used.
    let ceremony = state.ceremony(&draw)?;
    if ceremony.part(&key).is_none() {
        let found = format!("the key of `{}` ({key}) is no participant of {draw}", state.person_of(&key));
        return Err(Refusal::new(Code::NotAParticipant, &draw, found).into());
    }
    let (event, next) = match part {
        Part::Commit => (
            commit(&desk.key_file, state, &desk.key, &draw)?,
            "when everybody has committed: `lotbook ceremony reveal`",
        ),
        Part::Reveal => (reveal(&desk.key_file, state, &desk.key, &draw)?, ""),
    };
    match hand_over {
        Some(file) => held::hand_over(&desk, &draw, event, file),
        None => desk.tell(event, &format!("draw {draw}"), next).await,
    }
}

/// The draw that is meant; without a name, the only open one in which the key has this step to do.
fn which(state: &State, key: &KeyId, draw: Option<&str>, part: Part) -> Result<DrawId> {
    if let Some(draw) = draw {
        return find::by_end("draw", draw, state.ceremonies.keys()).cloned();
    }
    let open: Vec<_> = state.ceremonies.values().filter(|ceremony| ceremony.terminal.is_none()).collect();
    let waits = |ceremony: &&&Held| {
        let done = match part {
            Part::Commit => &ceremony.commitments,
            Part::Reveal => &ceremony.reveals,
        };
        ceremony.part(key).is_some() && !done.contains_key(key)
    };
    let own: Vec<_> = open.iter().filter(waits).collect();
    match (own.as_slice(), open.as_slice()) {
        ([one], _) => Ok(one.draw.clone()),
        ([], [one]) => Ok(one.draw.clone()),
        ([], []) => bail!("no ceremony is open"),
        ([], several) => {
            bail!("{} ceremonies are open, in none of them has this key a step to do", several.len())
        }
        (several, _) => {
            let names: Vec<_> = several.iter().map(|ceremony| ceremony.draw.as_str()).collect();
            Err(usage(format!(
                "several ceremonies wait for this key: {}; name one with --draw",
                names.join(", ")
            )))
        }
    }
}

/// Where a participant keeps the 32 bytes of a draw: named for the frozen pool, so that bytes revealed on
/// one ledger (a rehearsal) are never used on another.
fn secret_path(state: &State, key: &Path, draw: &DrawId) -> Result<PathBuf> {
    let pool = pool(state, draw)?.to_string();
    let mut name = key.as_os_str().to_owned();
    name.push(format!(".{}.{}.secret", draw.as_str().replace('/', "_"), pool.get(..16).unwrap_or(&pool)));
    Ok(PathBuf::from(name))
}

/// Fresh bytes, kept and synced before the commitment is made; a second run uses the same ones.
fn commit(key_file: &Path, state: &State, key: &SigningKey, draw: &DrawId) -> Result<Event> {
    let path = secret_path(state, key_file, draw)?;
    if !path.exists() {
        keyfile::write_private(&path, data_encoding::HEXLOWER.encode(&keyfile::random::<32>()?).as_bytes())?;
        eprintln!(
            "your 32 random bytes are kept in {}; keep that file until the draw is done",
            path.display()
        );
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
fn pool(state: &State, draw: &DrawId) -> Result<lotbook_chain::EntryHash> {
    let ceremony = state.ceremonies.get(draw).with_context(|| format!("there is no ceremony {draw}"))?;
    ceremony.frozen.as_ref().map(|frozen| frozen.p).context("the pool is not frozen yet")
}

/// The commitment of a key to a secret under the frozen pool of a draw.
pub fn commitment(state: &State, key: &SigningKey, draw: &DrawId, secret: &Bytes32) -> Result<Bytes32> {
    // commit_j = H("commit", P || key_id_j || r_j)                                                draw.md 1
    Ok(Bytes32(lotbook_draw::commitment(&pool(state, draw)?.0, &key.public().key_id().0, &secret.0)))
}

/// Reveals only under a sealing that holds one's own commitment, before the deadline of one's own clock
/// (of a simulated ledger: of the ledger's).
fn reveal(key_file: &Path, state: &State, key: &SigningKey, draw: &DrawId) -> Result<Event> {
    let ceremony = state.ceremonies.get(draw).with_context(|| format!("there is no ceremony {draw}"))?;
    let sealed = ceremony.sealed.context("the ceremony is not sealed yet: wait until all have committed")?;
    let secret = secret(&secret_path(state, key_file, draw)?)?;
    let own = ceremony.commitments.get(&key.public().key_id()).context("this key has not committed")?;
    if *own != commitment(state, key, draw, &secret)? {
        bail!(
            "the commitment on the ledger is not of the bytes kept here: do not reveal, tell the supervisor"
        );
    }
    let deadline = ceremony.frozen.as_ref().map(|frozen| frozen.stated.reveal_deadline).context("no pool")?;
    if crate::desk::now_of(state) >= deadline {
        bail!("the deadline for reveals has passed: revealing now would only help somebody else");
    }
    Ok(SeedRevealed { draw: draw.clone(), sealed, secret }.into())
}

fn status(state: &State, draw: Option<&str>, json: bool) -> Result<Exit> {
    let draw = draw.map(|draw| find::by_end("draw", draw, state.ceremonies.keys())).transpose()?;
    for ceremony in state.ceremonies.values().filter(|held| draw.is_none_or(|draw| held.draw == *draw)) {
        let frozen = ceremony.frozen.as_ref().map(|frozen| &frozen.stated);
        let participants = frozen.map(|stated| stated.participants.as_slice()).unwrap_or_default();
        let rows: Vec<_> = participants.iter().map(|p| {
            let committed = ceremony.commitments.contains_key(&p.key_id);
            let revealed = ceremony.reveals.contains_key(&p.key_id);
            serde_json::json!({
                "key_id": p.key_id.to_string(), "person": state.person_of(&p.key_id), "role": p.role.code(),
                "committed": committed, "revealed": revealed, "held": ceremony.held.contains_key(&p.key_id),
            })
        }).collect();
        let stage = format!("{:?}", ceremony.stage).to_lowercase();
        let deadline = match (ceremony.stage, frozen) {
            (Stage::Committing, Some(stated)) => Some(local_time::show(stated.commit_deadline)),
            (Stage::Revealing, Some(stated)) => Some(local_time::show(stated.reveal_deadline)),
            _ => None,
        };
        let beacons: Vec<_> = ceremony.beacons().iter().map(|one| {
            let recorded = ceremony.rounds.contains_key(&one.chain_hash);
            serde_json::json!({
                "chain_hash": lotbook_draw::Hex(one.chain_hash.0), "round": one.round, "recorded": recorded,
                "published": local_time::show(beacon::time_of(one)),
            })
        }).collect();
        if json {
            say!(
                "{}",
                serde_json::json!({
                    "draw": ceremony.draw.as_str(), "recusal": ceremony.recusal.as_ref().map(|recusal| recusal.as_str()),
                    "stage": stage, "deadline": deadline, "participants": rows, "beacons": beacons,
                    "overdue": ceremony.overdue,
                })
            );
            continue;
        }
        say!("{}  {stage}{}", ceremony.draw, deadline.map_or(String::new(), |at| format!(" until {at}")));
        for (row, participant) in rows.iter().zip(participants) {
            say!(
                "  {:<16} committed {:<5} revealed {:<5} {}  {}{}",
                participant.role.code(),
                row["committed"],
                row["revealed"],
                participant.key_id,
                state.person_of(&participant.key_id),
                if row["held"] == true { "  held in time, not recorded 已代持、未入账" } else { "" }
            );
        }
        for one in ceremony.beacons() {
            let recorded = ceremony.rounds.contains_key(&one.chain_hash);
            let stands = if recorded { "recorded" } else { "awaited" };
            let overdue = if ceremony.overdue && !recorded { ", OVERDUE 逾期" } else { "" };
            say!("  beacon {stands:<9} {}{overdue}", describe(one));
        }
    }
    Ok(Exit::Done)
}
