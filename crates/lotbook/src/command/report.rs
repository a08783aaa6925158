//! `inspection report`: the five parts of a report, from flags or a file; a template to fill in (Art. 18).

use crate::cli::{Acting, ReportParts};
use crate::desk::Desk;
use crate::exit::Exit;
use crate::{find, given, local_time, say};
use anyhow::{Context, Result};
use lotbook_engine::State;
use lotbook_engine::domain::state::Inspection;
use lotbook_event::inspection::ReportCompleted;
use lotbook_event::{InspectionId, Text};
use std::fmt::Write;
use std::path::Path;

/// A report's file: its five parts, of which flags may replace some.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Parts {
    time: String,
    content: String,
    findings: String,
    evaluation: String,
    opinion: String,
}

pub async fn run(by: &Acting, name: &str, template: Option<&Path>, given: &ReportParts) -> Result<Exit> {
    let parts = given.from.as_deref().map(read).transpose()?.unwrap_or_default();
    let desk = Desk::open(by).await?;
    let inspection = find::inspection(desk.state(), name)?;
    if let Some(path) = template {
        return write_template(desk.state(), &inspection, path);
    }
    let part = |flag: &str, given: &Option<String>, from: &str| -> Result<Text> {
        given::text(flag, given.as_deref().unwrap_or(from).trim())
    };
    let event = ReportCompleted {
        inspection: inspection.clone(),
        time: part("--time", &given.time, &parts.time)?,
        content: part("--content", &given.content, &parts.content)?,
        findings: part("--findings", &given.findings, &parts.findings)?,
        evaluation: part("--evaluation", &given.evaluation, &parts.evaluation)?,
        opinion: part("--opinion", &given.opinion, &parts.opinion)?,
    };
    let next = "the section sends feedback (`lotbook result dispatch`), the publisher publishes (`lotbook result publish`)";
    desk.tell(event.into(), &format!("inspection {inspection}"), next).await
}

fn read(path: &Path) -> Result<Parts> {
    let text = given::file(path)?;
    let name = path.display();
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(&text).with_context(|| format!("{name} is no report"));
    }
    toml::from_str(&text).with_context(|| format!("{name} is no report"))
}

fn write_template(state: &State, id: &InspectionId, path: &Path) -> Result<Exit> {
    let inspection = state.inspection(id)?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let file = file.as_mut().map_err(|error| {
        anyhow::anyhow!("failed to make {} (it is never replaced): {error}", path.display())
    })?;
    std::io::Write::write_all(file, template(state, id, inspection).as_bytes())
        .with_context(|| format!("failed to write {}", path.display()))?;
    say!("{}", path.display());
    say!(
        "  fill in the empty parts, then: `lotbook inspection report --inspection {id} --from {}`",
        path.display()
    );
    Ok(Exit::Done)
}

/// What the ledger knows already is filled in; the rest is for the team.
fn template(state: &State, id: &InspectionId, inspection: &Inspection) -> String {
    let firm = state.enterprises.get(&inspection.uscc).map_or("", |firm| firm.row.name.as_str());
    let when = inspection.started.map_or(String::new(), local_time::show);
    let mut content = String::new();
    let mut findings = String::new();
    for item in state.applicable_items(inspection) {
        let name = state.items.get(item).map_or("", |record| record.item.name.as_str());
        let separator = if content.is_empty() { "" } else { "; " };
        write!(content, "{separator}{item} {name}").ok();
        let outcome = inspection.results.get(item).map_or("", |result| result.outcome.code());
        write!(findings, "{separator}{item}: {outcome}").ok();
    }
    let part = |name: &str, about: &str, value: &str| {
        format!("# {about}\n{name} = {}\n\n", toml::Value::String(value.to_owned()))
    };
    [
        format!("# Report of inspection {id}\n# {firm} ({})\n\n", inspection.uscc),
        part("time", "检查时间 Time of the inspection", &when),
        part("content", "检查内容 Content of the inspection", &content),
        part("findings", "检查情况 Findings", &findings),
        part("evaluation", "对检查对象的评价 Evaluation of the enterprise", ""),
        part("opinion", "意见建议 Opinion and proposals", ""),
    ]
    .concat()
}
