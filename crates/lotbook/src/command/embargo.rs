//! `embargo`: hold the key, read what is one's own, open one enterprise, release (draw.md 7).

use super::reading;
use crate::cli::{Acting, Embargo};
use crate::data_dir::DataDir;
use crate::desk::Desk;
use crate::exit::Exit;
use crate::table::Table;
use crate::{find, given, keyfile, local_time, say};
use anyhow::{Context, Result, bail};
use lotbook_chain::{Entry, sealing};
use lotbook_client::proto::GetReadingRequest;
use lotbook_engine::domain::embargo::{EmbargoKey, Keys, LedgerKeys, check_opening, of_the_key};
use lotbook_engine::domain::state::Embargo as Record;
use lotbook_engine::{State, reading::purpose};
use lotbook_event::ceremony::{EmbargoKeyHeld, EmbargoPart, EmbargoRead, EmbargoReleased, RowRevealed};
use lotbook_event::reading::EmbargoAnswer;
use lotbook_event::{Bytes32, Code, DrawId, Event, InspectionId, Refusal, Statement};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

pub async fn run(args: Embargo) -> Result<Exit> {
    match args {
        Embargo::Hold { by, draw } => hold(&by, &draw).await,
        Embargo::Read { by, draw } => read(&by, &draw).await,
        Embargo::Open { source, inspection, held, json } => {
            open(&reading::ledger(&source).await?, &inspection, held.as_deref(), json)
        }
        Embargo::Restore { data, draw, held } => restore(&DataDir::new(&data, None), &draw, &held),
        Embargo::Release { by, draw } => release(&by, &draw).await,
    }
}

/// The draw that is meant, and its embargo.
fn embargo_of<'a>(state: &'a State, draw: &str) -> Result<(DrawId, &'a Record)> {
    let draw = find::by_end("draw", draw, state.ceremonies.keys())?.clone();
    let none = || Refusal::new(Code::UnknownSubject, &draw, format!("{draw} is not under embargo"));
    let (_, record) = state.embargo_of(&draw).ok_or_else(none)?;
    Ok((draw, record))
}

/// Where a holder keeps the key of a batch: named for its commitment, so that no rehearsal's is used.
fn kept(key_file: &Path, embargo: &Record) -> PathBuf {
    let commitment = data_encoding::HEXLOWER.encode(&embargo.stated.commitment.0);
    let mut name = key_file.as_os_str().to_owned();
    name.push(format!(".{}.embargo", commitment.get(..16).unwrap_or(&commitment)));
    PathBuf::from(name)
}

async fn hold(by: &Acting, draw: &str) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let (draw, embargo) = embargo_of(desk.state(), draw)?;
    let path = kept(&desk.key_file, embargo);
    if !path.exists() {
        let answer = ask(&desk, &draw, EmbargoPart::Key).await?;
        let key = Zeroizing::new(answer.key.context("the ledger gave no key")?.0);
        if EmbargoKey::from_bytes(*key).commitment() != embargo.stated.commitment.0 {
            bail!(
                "the key that the ledger gave is not the one that the pool of {draw} commits to: tell the auditor"
            );
        }
        let text = Zeroizing::new(data_encoding::HEXLOWER.encode(key.as_slice()));
        keyfile::write_private(&path, text.as_bytes())?;
        eprintln!("the key of the embargo is kept in {}; keep that file until the release", path.display());
    }
    let key = EmbargoKey::from_bytes(*keyfile::read_secret(&path)?);
    let proof = Bytes32(key.held_by(&desk.key.public().key_id().0));
    let next =
        format!("after {}: `lotbook embargo release --draw {draw}`", local_time::show(embargo.stated.until));
    desk.tell(EmbargoKeyHeld { draw: draw.clone(), proof }.into(), &format!("draw {draw}"), &next).await
}

/// States a reading, then asks for its answer and opens it.
async fn ask(desk: &Desk, draw: &DrawId, part: EmbargoPart) -> Result<EmbargoAnswer> {
    let secret = Zeroizing::new(keyfile::random::<32>()?);
    let reply_key = Bytes32(sealing::reply_key(&secret));
    let (_, submitted) = desk.state_it(EmbargoRead { draw: draw.clone(), part, reply_key }.into()).await?;
    eprintln!("the reading stands at position {}, by name", submitted.position);
    let answer = desk.client.query(GetReadingRequest { position: submitted.position.0 }).await?.answer;
    let opened = sealing::open_answer(&secret, &purpose(desk.state().ledger(), submitted.hash), &answer);
    let opened = opened.context("the answer is not for this reading: ask again, over another connection")?;
    Ok(EmbargoAnswer::decode(&opened)?)
}

async fn read(by: &Acting, draw: &str) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let (draw, _) = embargo_of(desk.state(), draw)?;
    let own = ask(&desk, &draw, EmbargoPart::Own).await?.own;
    for row in &own {
        let opens = check_opening(desk.state(), row);
        opens.map_err(|why| anyhow::anyhow!("{} is not what the log commits to: {why}", row.inspection))?;
    }
    if desk.json() {
        say!(
            "{}",
            serde_json::json!({ "draw": draw.as_str(), "own": own.iter().map(json).collect::<Vec<_>>() })
        );
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["inspection", "enterprise", "team", "slots"]);
    for row in &own {
        table.row([row.inspection.to_string(), firm(desk.state(), row), team(row), slots(row)]);
    }
    table.say("no enterprise of this draw is yours");
    Ok(Exit::Done)
}

fn firm(state: &State, row: &RowRevealed) -> String {
    let Some(object) = &row.object else { return String::new() };
    let name = state.enterprises.get(&object.uscc).map(|firm| firm.row.name.as_str());
    format!("{} {}", object.uscc, name.unwrap_or_default())
}

fn team(row: &RowRevealed) -> String {
    row.team.iter().map(|member| member.inspector.as_str()).collect::<Vec<_>>().join(", ")
}

/// The slots of a team, counted over the batch: by its slot an inspector asks to be recused.
fn slots(row: &RowRevealed) -> String {
    let seats = u32::try_from(row.team.len()).unwrap_or(u32::MAX);
    let first = row.rank.saturating_mul(seats);
    (first..first.saturating_add(seats)).map(|slot| slot.to_string()).collect::<Vec<_>>().join(", ")
}

fn json(row: &RowRevealed) -> serde_json::Value {
    let hex = |bytes: &Bytes32| data_encoding::HEXLOWER.encode(&bytes.0);
    let path = |path: &[Bytes32]| path.iter().map(hex).collect::<Vec<_>>();
    let object = row.object.as_ref().map(|object| {
        serde_json::json!({
            "uscc": object.uscc.as_str(), "stratum": object.stratum.as_str(), "salt": hex(&object.salt),
            "index": object.index, "path": path(&object.path),
        })
    });
    let member = |member: &lotbook_event::ceremony::RevealedInspector| {
        let qualifications: Vec<_> = member.qualifications.iter().map(|text| text.as_str()).collect();
        serde_json::json!({
            "inspector": member.inspector.as_str(), "qualifications": qualifications,
            "salt": hex(&member.salt), "index": member.index, "path": path(&member.path),
        })
    };
    serde_json::json!({
        "inspection": row.inspection.as_str(), "draw": row.draw.as_str(), "rank": row.rank,
        "object": object, "team": row.team.iter().map(member).collect::<Vec<_>>(),
    })
}

fn open(ledger: &reading::Ledger, name: &str, held: Option<&Path>, as_json: bool) -> Result<Exit> {
    let state = ledger.verifier.state();
    let id = given::given("--inspection", InspectionId::new(name))?;
    let (row, from) = match (on_record(&ledger.entries, &id)?, state.withheld(&id)) {
        (Some(row), _) => (row, "on the log; its proofs were checked"),
        (None, Some((embargo, draw, rank, _))) => {
            let Some(held) = held else {
                let until = local_time::show(embargo.stated.until);
                say!(
                    "{id} is sealed until {until} at the latest: whom it concerns is committed to, and not public"
                );
                return Ok(Exit::Refused);
            };
            (with_key(state, draw, rank, embargo, held)?, "opened with the key you hold; NOT public")
        }
        (None, None) => bail!("{id} is no inspection of a draw under embargo that was opened by itself"),
    };
    if as_json {
        say!("{}", json(&row));
        return Ok(Exit::Done);
    }
    say!("{id}: {}", firm(state, &row));
    say!("  team   {}", team(&row));
    say!("  proof  row, salt and {} hashes lead to objects_root of {} ({from})", path_length(&row), row.draw);
    Ok(Exit::Done)
}

fn path_length(row: &RowRevealed) -> usize {
    row.object.as_ref().map_or(0, |object| object.path.len())
}

/// The opening that stands on the log.
fn on_record(entries: &[Vec<u8>], id: &InspectionId) -> Result<Option<RowRevealed>> {
    for bytes in entries {
        let statement = Statement::decode(&Entry::decode(bytes)?.statement)?;
        if let Event::RowRevealed(row) = statement.event
            && row.inspection == *id
        {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// The key in a holder's file, if it is the one that a draw's pool commits to.
fn held_key(draw: &DrawId, embargo: &Record, held: &Path) -> Result<EmbargoKey> {
    let key = EmbargoKey::from_bytes(*keyfile::read_secret(held)?);
    if key.commitment() != embargo.stated.commitment.0 {
        let found = format!("{} is not the key that the pool of {draw} commits to", held.display());
        return Err(Refusal::new(Code::EmbargoKeyMismatch, draw, found).into());
    }
    Ok(key)
}

/// Puts a holder's copy into the vault; one that is there is not replaced.
fn restore(data: &DataDir, draw: &str, held: &Path) -> Result<Exit> {
    let ledger = reading::of_data_dir(data)?;
    let state = ledger.verifier.state();
    let (draw, embargo) = embargo_of(state, draw)?;
    let key = held_key(&draw, embargo, held)?;
    let (batch, _) = state.embargo_of(&draw).context("it is not under embargo")?;
    data.vault()?.put(&lotbook_engine::secrets::name(batch), key.expose())?;
    say!("the vault has the embargo key of {draw} again");
    Ok(Exit::Done)
}

fn with_key(state: &State, draw: &DrawId, rank: u32, embargo: &Record, held: &Path) -> Result<RowRevealed> {
    let key = held_key(draw, embargo, held)?;
    let (batch, _) = state.embargo_of(draw).context("it is not under embargo")?;
    let mut keys = LedgerKeys::default();
    keys.add(batch.clone(), key.clone());
    let row = of_the_key(state, draw, rank, &key, Keys::Ledger(&keys))?;
    check_opening(state, &row).map_err(|why| anyhow::anyhow!("the log commits to somebody else: {why}"))?;
    Ok(row)
}

async fn release(by: &Acting, draw: &str) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let (draw, embargo) = embargo_of(desk.state(), draw)?;
    let path = kept(&desk.key_file, embargo);
    let key = keyfile::read_secret(&path).context("hold the key first, with `lotbook embargo hold`")?;
    let event = EmbargoReleased { draw: draw.clone(), key: Bytes32(*key) };
    let next = "everybody can recompute the draw: `lotbook draw certificate`, `lotbook verify`";
    desk.tell(event.into(), &format!("draw {draw}"), next).await
}
