//! `recusal`: asked for, decided by somebody else, drawn, listed (Art. 15, draw.md 6).

mod unrolled;

use super::ceremony::tell_opening;
use super::reading;
use crate::cli::{Acting, Recusal};
use crate::desk::Desk;
use crate::exit::Exit;
use crate::table::Table;
use crate::{find, given, local_time, say};
use anyhow::Result;
use lotbook_engine::State;
use lotbook_engine::domain::civil::{date_of, year_of};
use lotbook_engine::domain::recusal::{Outcome, Recusal as Record};
use lotbook_engine::domain::state::Inspection;
use lotbook_event::ceremony::{CeremonyOpened, Purpose};
use lotbook_event::recusal::{
    RecusalDecided, RecusalDecision, RecusalGround, RecusalRequested, SlotRecusalRequested,
};
use lotbook_event::{Code, Event, InspectionId, InspectorId, RecusalId, Refusal};
use std::collections::BTreeMap;
use std::path::Path;

pub async fn run(args: Recusal) -> Result<Exit> {
    match args {
        Recusal::Request { by, inspection, inspector, slot, ground, details_file, id } => {
            let asked = Asked { inspection, inspector, slot, ground, id };
            request(&by, &asked, details_file.as_deref()).await
        }
        Recusal::Decide { by, recusal, decision } => decide(&by, &recusal, &decision).await,
        Recusal::Open { by, recusal } => open(&by, &recusal).await,
        Recusal::Counterpart { by, recusal, with, inspection } => {
            unrolled::counterpart(&by, &recusal, &with, inspection.as_deref()).await
        }
        Recusal::ReserveOrder { by, batch } => unrolled::reserve_order(&by, &batch).await,
        Recusal::List { source, open, json } => list(&reading::ledger(&source).await?, open, json),
    }
}

/// What was asked for, as people wrote it.
struct Asked {
    inspection: String,
    inspector: Option<String>,
    slot: Option<u32>,
    ground: String,
    id: Option<String>,
}

async fn request(by: &Acting, asked: &Asked, details: Option<&Path>) -> Result<Exit> {
    let details = details.map(given::file).transpose()?;
    let mut desk = Desk::open(by).await?;
    let (state, year) = (desk.state(), year_of(date_of(desk.now())));
    let recusal = match &asked.id {
        Some(id) => given::given("--id", RecusalId::new(id.as_str()))?,
        None => {
            find::free('R', year, |name| state.recusals.keys().any(|id| id.as_str() == name), RecusalId::new)?
        }
    };
    let ground = given::named("--ground", &asked.ground, RecusalGround::from_code)?;
    let next = format!("a recusal approver runs `lotbook recusal decide {recusal} swap|withdraw|reject`");
    let event: Event = match (asked.slot, &asked.inspector) {
        (Some(slot), _) => {
            let inspection = given::given("--inspection", InspectionId::new(asked.inspection.as_str()))?;
            let details = details
                .map(|text| desk.seal(text, format!("recusal {recusal}: slot {slot} in {inspection}")))
                .transpose()?;
            SlotRecusalRequested { recusal: recusal.clone(), inspection, slot, ground, details }.into()
        }
        (None, inspector) => {
            let inspection = find::inspection(state, &asked.inspection)?;
            let inspector = find::inspector(state, inspector.as_deref().unwrap_or_default())?;
            let details = details
                .map(|text| desk.seal(text, format!("recusal {recusal}: {inspector} in {inspection}")))
                .transpose()?;
            RecusalRequested { recusal: recusal.clone(), inspection, inspector, ground, details }.into()
        }
    };
    desk.tell(event, &format!("recusal {recusal}"), &next).await
}

async fn decide(by: &Acting, name: &str, decision: &str) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let recusal = given::given("RECUSAL", RecusalId::new(name))?;
    let decision = match decision {
        "reject" => RecusalDecision::Rejected,
        other => given::named("DECISION", other, RecusalDecision::from_code)?,
    };
    let next = match decision {
        RecusalDecision::Rejected => String::new(),
        _ if is_direct(desk.state(), &recusal) => {
            format!("an officer of the section runs `lotbook inspection replace-member --recusal {recusal}`")
        }
        _ => format!("a draw operator of the batch runs `lotbook recusal open {recusal}`"),
    };
    let event = RecusalDecided { recusal: recusal.clone(), decision };
    desk.tell(event.into(), &format!("recusal {recusal}"), &next).await
}

fn is_direct(state: &State, recusal: &RecusalId) -> bool {
    let inspection =
        state.recusals.get(recusal).and_then(|recusal| state.inspections.get(&recusal.inspection));
    inspection.is_some_and(|inspection| inspection.batch().is_none())
}

async fn open(by: &Acting, name: &str) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let event = opening(desk.state(), &given::given("RECUSAL", RecusalId::new(name))?)?;
    tell_opening(&desk, event).await
}

/// The next attempt of the draw of a recusal that was granted.
fn opening(state: &State, id: &RecusalId) -> Result<CeremonyOpened> {
    let recusal = state.recusal(id)?;
    let refuse = |code, found: String| anyhow::Error::from(Refusal::new(code, id, found));
    let decision = recusal.decided.map(|decided| decided.decision);
    let purpose = match decision {
        Some(RecusalDecision::Swap) => Purpose::Swap,
        Some(RecusalDecision::Withdraw) => Purpose::Substitute,
        Some(RecusalDecision::Rejected) => {
            return Err(refuse(Code::WrongPhase, format!("recusal {id} was rejected: the inspector stays")));
        }
        None => return Err(refuse(Code::RecusalPending, format!("recusal {id} is not decided yet"))),
    };
    let Some(batch) = recusal.batch(state) else {
        let found = format!(
            "inspection {} was opened without a draw: its section names the substitute, with `inspection replace-member`",
            recusal.inspection
        );
        return Err(refuse(Code::WrongPhase, found));
    };
    let last = recusal.attempts.last().and_then(|draw| state.ceremonies.get(draw));
    Ok(CeremonyOpened {
        purpose,
        plan: batch.0.clone(),
        batch: batch.1.clone(),
        attempt: u32::try_from(recusal.attempts.len() + 1)?,
        previous_terminal: last.and_then(|last| last.terminal),
        recusal: Some(id.clone()),
    })
}

fn list(ledger: &reading::Ledger, open: bool, json: bool) -> Result<Exit> {
    let (state, changes) = (ledger.verifier.state(), changes(ledger)?);
    let wanted = state.recusals.iter().filter(|(_, recusal)| !open || recusal.is_pending());
    let rows =
        wanted.map(|(id, recusal)| (id, recusal, changes.get(id).map(Vec::as_slice).unwrap_or_default()));
    if json {
        let rows: Vec<_> = rows.map(|(id, recusal, changes)| row(state, id, recusal, changes)).collect();
        say!("{}", serde_json::json!({ "recusals": rows }));
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["recusal", "inspector", "ground", "stage", "who came", "inspection"]);
    for (id, recusal, changes) in rows {
        let came: Vec<_> = changes.iter().map(|change| named(state, change.to.as_str())).collect();
        table.row([
            id.to_string(),
            named(state, &recusal.who()),
            recusal.ground.to_string(),
            stage(recusal),
            came.join(", "),
            recusal.inspection.to_string(),
        ]);
    }
    table.say("no recusal");
    Ok(Exit::Done)
}

fn row(state: &State, id: &RecusalId, recusal: &Record, changes: &[Change]) -> serde_json::Value {
    let team = state.inspections.get(&recusal.inspection).map(|i| i.team.as_slice()).unwrap_or_default();
    let change = |change: &Change| serde_json::json!({ "inspection": change.inspection.as_str(), "from": change.from.as_str(), "to": change.to.as_str() });
    serde_json::json!({
        "recusal": id.as_str(), "inspection": recusal.inspection.as_str(), "inspector": recusal.inspector.as_ref().map(|who| who.as_str()), "slot": recusal.slot.map(|asked| asked.slot),
        "ground": recusal.ground.code(), "stage": stage(recusal), "pending": recusal.is_pending(),
        "requested_by": state.person_of(&recusal.requested_by), "requested_as": recusal.requested_as.code(),
        "requested_at": local_time::show(recusal.requested_at),
        "decision": recusal.decided.map(|decided| decided.decision.code()),
        "decided_at": recusal.decided.map(|decided| local_time::show(decided.at)),
        "draws": recusal.attempts.iter().map(|draw| draw.as_str()).collect::<Vec<_>>(),
        "team": team.iter().map(|member| member.as_str()).collect::<Vec<_>>(),
        "changes": changes.iter().map(change).collect::<Vec<_>>(),
    })
}

/// A place in a team that changed hands.
struct Change {
    inspection: InspectionId,
    from: InspectorId,
    to: InspectorId,
}

/// What changed for each recusal, as the log says.
fn changes(ledger: &reading::Ledger) -> Result<BTreeMap<RecusalId, Vec<Change>>> {
    let mut changes: BTreeMap<_, Vec<Change>> = BTreeMap::new();
    let mut add = |recusal: &RecusalId, inspection: &InspectionId, from: &InspectorId, to: &InspectorId| {
        let change = Change { inspection: inspection.clone(), from: from.clone(), to: to.clone() };
        changes.entry(recusal.clone()).or_default().push(change);
    };
    for bytes in &ledger.entries {
        let entry = lotbook_chain::Entry::decode(bytes)?;
        match lotbook_event::Statement::decode(&entry.statement)?.event {
            Event::AssignmentSwapped(e) => {
                add(&e.recusal, &e.inspection, &e.inspector, &e.counterpart);
                add(&e.recusal, &e.counterpart_inspection, &e.counterpart, &e.inspector);
            }
            Event::SubstituteDrawn(e) => add(&e.recusal, &e.inspection, &e.withdrawn, &e.substitute),
            Event::CounterpartChosen(e) => {
                let recusal = ledger.verifier.state().recusals.get(&e.recusal);
                if let Some((recusal, who)) =
                    recusal.and_then(|known| Some((known, known.inspector.as_ref()?)))
                {
                    add(&e.recusal, &recusal.inspection, who, &e.counterpart);
                    add(&e.recusal, &e.counterpart_inspection, &e.counterpart, who);
                }
            }
            Event::DirectTeamChanged(e) => {
                let recusal = ledger.verifier.state().recusals.get(&e.recusal);
                if let Some((recusal, who)) =
                    recusal.and_then(|known| Some((known, known.inspector.as_ref()?)))
                {
                    add(&e.recusal, &recusal.inspection, who, &e.substitute);
                }
            }
            _ => {}
        }
    }
    Ok(changes)
}

/// How far a recusal is, in a word.
pub fn stage(recusal: &Record) -> String {
    match (&recusal.decided, &recusal.outcome) {
        (None, _) => "waits for a decision".into(),
        (Some(decided), _) if decided.decision == RecusalDecision::Rejected => "rejected".into(),
        (Some(decided), None) => format!("{}: waits for its draw", decided.decision),
        (Some(decided), Some(Outcome::Changed)) => format!("{}: the team was changed", decided.decision),
        (Some(decided), Some(Outcome::Exhausted { slot })) => {
            format!("{}: nobody for slot {slot}, extend the roster and draw again", decided.decision)
        }
    }
}

/// An inspector by number and name.
pub fn named(state: &State, id: &str) -> String {
    let record = state.inspectors.iter().find(|(known, _)| known.as_str() == id);
    record.map_or_else(|| id.to_owned(), |(_, record)| format!("{id} {}", record.row.name))
}

/// A team by numbers and names.
pub fn team(state: &State, inspection: &Inspection) -> String {
    inspection.team.iter().map(|member| named(state, member.as_str())).collect::<Vec<_>>().join(", ")
}
