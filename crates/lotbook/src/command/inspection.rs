//! `inspection`: from its opening or notice to its close (Arts. 9, 14, 18, 22).

use super::recusal::team;
use super::{reading, report};
use crate::cli::{Acting, Inspection, Source};
use crate::desk::Desk;
use crate::exit::Exit;
use crate::table::Table;
use crate::{find, given, keyfile, local_time, say};
use anyhow::Result;
use lotbook_chain::{Instant, KeyId};
use lotbook_engine::State;
use lotbook_engine::domain::civil::{date_of, year_of};
use lotbook_engine::domain::state::{Inspection as Record, Phase};
use lotbook_event::inspection::*;
use lotbook_event::keys::Role;
use lotbook_event::recusal::DirectTeamChanged;
use lotbook_event::result::InspectionClosed;
use lotbook_event::{InspectionId, ItemId, RecusalId};
use std::path::{Path, PathBuf};

pub async fn run(args: Inspection) -> Result<Exit> {
    match args {
        Inspection::Open { by, enterprise, item, cause, basis_file, reason, team, id } => {
            let direct = Direct { enterprise, item, cause, reason, team, id };
            open(&by, direct, basis_file.as_deref()).await
        }
        Inspection::Approve { by, inspection } => approve(&by, &inspection).await,
        Inspection::Notice { by, inspection, visit_on, at } => {
            notice(&by, &inspection, &visit_on, at.as_deref()).await
        }
        Inspection::Start { by, inspection, at } => start(&by, &inspection, at.as_deref()).await,
        Inspection::Conclude { by, inspection, at, on_site_ended_at } => {
            conclude(&by, &inspection, at.as_deref(), on_site_ended_at.as_deref()).await
        }
        Inspection::Report { by, inspection, template, parts } => {
            report::run(&by, &inspection, template.as_deref(), &parts).await
        }
        Inspection::Close { by, inspection } => close(&by, &inspection).await,
        Inspection::ReplaceMember { by, recusal, substitute } => {
            replace_member(&by, &recusal, &substitute).await
        }
        Inspection::List { source, mine, key, open, json } => {
            let key = key.filter(|_| mine);
            list(&source, key, open, json).await
        }
    }
}

/// An inspection under Art. 9, as people wrote it.
struct Direct {
    enterprise: String,
    item: Vec<String>,
    cause: Option<String>,
    reason: String,
    team: Vec<String>,
    id: Option<String>,
}

async fn open(by: &Acting, direct: Direct, basis: Option<&Path>) -> Result<Exit> {
    let basis = basis.map(given::file).transpose()?;
    let mut desk = Desk::open(by).await?;
    let (state, year) = (desk.state(), year_of(date_of(desk.now())));
    let taken = |name: &str| state.inspections.keys().any(|id| id.as_str() == name);
    let inspection = match &direct.id {
        Some(id) => given::given("--id", InspectionId::new(id.as_str()))?,
        None => find::free('D', year, taken, InspectionId::new)?,
    };
    let uscc = find::enterprise(state, &direct.enterprise)?;
    let items = direct.item.iter().map(|item| given::given("--item", ItemId::new(item.as_str())));
    let items = items.collect::<Result<_>>()?;
    let team = direct.team.iter().map(|member| find::inspector(state, member)).collect::<Result<_>>()?;
    let cause = direct.cause.as_deref().map(|cause| given::named("--cause", cause, DirectCause::from_code));
    let cause = cause.transpose()?;
    let reason = given::text("--reason", &direct.reason)?;
    let basis = basis.map(|text| desk.seal(text, format!("basis of inspection {inspection}"))).transpose()?;
    let next = match cause {
        Some(DirectCause::Other) => {
            format!("the leader runs `lotbook inspection approve --inspection {inspection}`")
        }
        _ => format!(
            "a member of the team runs `lotbook inspection notice --inspection {inspection} --visit-on DATE`"
        ),
    };
    let event =
        DirectInspectionOpened { inspection: inspection.clone(), uscc, items, cause, basis, reason, team };
    desk.tell(event.into(), &format!("inspection {inspection}"), &next).await
}

async fn approve(by: &Acting, name: &str) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let inspection = find::inspection(desk.state(), name)?;
    let about = format!("inspection {inspection}");
    desk.tell(InspectionApproved { inspection }.into(), &about, "").await
}

/// When the team of an inspection was named; nothing occurs before.
fn assigned_at(state: &State, id: &InspectionId) -> Option<Instant> {
    let withheld = || state.withheld(id).map(|(.., withheld)| withheld.assigned_at);
    state.inspections.get(id).map(|inspection| inspection.assigned_at).or_else(withheld)
}

async fn notice(by: &Acting, name: &str, visit_on: &str, at: Option<&str>) -> Result<Exit> {
    let visit_on = given::date("--visit-on", visit_on)?;
    let desk = Desk::open(by).await?;
    let inspection = find::inspection(desk.state(), name)?;
    let occurred_at = desk.occurred(at, assigned_at(desk.state(), &inspection))?;
    let next = format!("on {visit_on}: `lotbook inspection start --inspection {inspection}`");
    let about = format!("inspection {inspection}");
    desk.tell(NoticeServed { inspection, visit_on, occurred_at }.into(), &about, &next).await
}

async fn start(by: &Acting, name: &str, at: Option<&str>) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let inspection = find::inspection(desk.state(), name)?;
    let occurred_at = desk.occurred(at, assigned_at(desk.state(), &inspection))?;
    let items: Vec<_> = match desk.state().inspections.get(&inspection) {
        Some(record) => desk.state().applicable_items(record).iter().map(ToString::to_string).collect(),
        None => vec![],
    };
    let next = format!(
        "for each of {}: `lotbook result confirm --inspection {inspection} --item ITEM --outcome OUTCOME`",
        items.join(", ")
    );
    let about = format!("inspection {inspection}");
    desk.tell(InspectionStarted { inspection, occurred_at }.into(), &about, &next).await
}

async fn conclude(by: &Acting, name: &str, at: Option<&str>, on_site: Option<&str>) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let inspection = find::inspection(desk.state(), name)?;
    let occurred_at = desk.occurred(at, assigned_at(desk.state(), &inspection))?;
    let on_site_ended_at =
        on_site.map_or(Ok(occurred_at), |text| local_time::read("--on-site-ended-at", text))?;
    let record = desk.state().inspections.get(&inspection);
    let left = record.map_or(0, |record| record.team.len().saturating_sub(record.concluded.len() + 1));
    let next = if left > 0 {
        format!("{left} more of the team conclude, each with their own key")
    } else {
        format!("the report: `lotbook inspection report --inspection {inspection} --template FILE`")
    };
    let about = format!("inspection {inspection}");
    desk.tell(InspectionConcluded { inspection, occurred_at, on_site_ended_at }.into(), &about, &next).await
}

async fn close(by: &Acting, name: &str) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let inspection = find::inspection(desk.state(), name)?;
    let about = format!("inspection {inspection}");
    desk.tell(InspectionClosed { inspection }.into(), &about, "").await
}

async fn replace_member(by: &Acting, recusal: &str, substitute: &str) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let recusal = given::given("--recusal", RecusalId::new(recusal))?;
    let substitute = find::inspector(desk.state(), substitute)?;
    let about = format!("recusal {recusal}");
    desk.tell(DirectTeamChanged { recusal, substitute }.into(), &about, "").await
}

async fn list(source: &Source, mine: Option<PathBuf>, open: bool, json: bool) -> Result<Exit> {
    let key = mine.map(|file| keyfile::read(&file)).transpose()?.map(|key| key.public().key_id());
    let ledger = reading::ledger(source).await?;
    let state = ledger.verifier.state();
    let wanted = |record: &Record| {
        (!open || record.closed.is_none()) && key.is_none_or(|key| concerns(state, key, record))
    };
    let rows: Vec<_> = state.inspections.iter().filter(|(_, record)| wanted(record)).collect();
    if json {
        let rows: Vec<_> = rows.iter().map(|(id, record)| row(state, id, record)).collect();
        say!("{}", serde_json::json!({ "inspections": rows }));
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["phase", "visit", "enterprise", "team", "inspection"]);
    for (id, record) in rows {
        table.row([
            phase(record),
            record.visit_on.map_or(String::new(), |day| day.to_string()),
            firm(state, record),
            team(state, record),
            id.to_string(),
        ]);
    }
    table.say("no inspection");
    Ok(Exit::Done)
}

/// Whether the holder of a key is in the team, or acts for an inspecting section.
fn concerns(state: &State, key: KeyId, record: &Record) -> bool {
    let rights = state.keys.get(&key).into_iter().flat_map(|key| key.rights());
    rights.into_iter().any(|((role, section), grant)| match role {
        Role::Inspector => record.team.iter().any(|member| member.as_str() == grant.subject),
        Role::SectionOfficer | Role::DrawOperator => {
            section.as_ref().is_some_and(|own| state.sections_of(record).contains(own))
        }
        Role::Enterprise => record.uscc.as_str() == grant.subject,
        _ => false,
    })
}

fn row(state: &State, id: &InspectionId, record: &Record) -> serde_json::Value {
    serde_json::json!({
        "inspection": id.as_str(), "uscc": record.uscc.as_str(), "enterprise": firm(state, record),
        "phase": phase(record), "draw": record.draw().map(|draw| draw.as_str()),
        "visit_on": record.visit_on.map(|day| day.to_string()),
        "team": record.team.iter().map(|member| member.as_str()).collect::<Vec<_>>(),
    })
}

fn firm(state: &State, record: &Record) -> String {
    state
        .enterprises
        .get(&record.uscc)
        .map_or_else(|| record.uscc.to_string(), |firm| firm.row.name.to_string())
}

/// How far an inspection is, in a word.
fn phase(record: &Record) -> String {
    match record.phase {
        Phase::Reported if record.published.is_some() => "published".into(),
        Phase::Reported if record.delivered.is_some() => "delivered".into(),
        Phase::Reported if record.dispatched.is_some() => "dispatched".into(),
        phase => format!("{phase:?}").to_lowercase(),
    }
}
