//! `schemes.toml`: the schemes of batches (Art. 14): process, content, time slot, seats.

use std::collections::BTreeMap;

use lotbook_event::keys::Role;
use lotbook_event::plan::{PlanDrafted, Reveal, SchemeAdopted, Seat};
use lotbook_event::{BatchId, Event, SchemeId, SectionId, Text};
use serde::Deserialize;

use crate::batch::{MAX_DRAFT_BYTES, encoded_len};
use crate::changes::Change;
use crate::import::{Draft, Work};
use crate::known::Known;
use crate::page::Page;
use crate::report::{FileReport, Problem};
use crate::toml_file::{date, filled, one_of, parse, set, span, typed, value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileToml {
    #[serde(default)]
    scheme: Vec<toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemeToml {
    id: String,
    plan: Option<String>,
    batch: String,
    adopted_on: String,
    process: String,
    content: String,
    window: [String; 2],
    seats: Vec<Vec<String>>,
    max_load: Option<u32>,
    min_inspectors: Option<u32>,
    reveal: Option<String>,
}

pub(crate) fn import(page: &Page, work: &mut Work, report: &mut FileReport) -> Result<Vec<Draft>, Problem> {
    let file: FileToml = parse(page.text()?)?;
    let (mut seen, mut drafts) = (BTreeMap::new(), Vec::new());
    for value in file.scheme {
        report.rows = report.rows.saturating_add(1);
        let found = typed(value).and_then(|toml| read(&toml, &work.known));
        match found.and_then(|(section, scheme)| check(section, scheme, &work.known, &seen)) {
            Ok((section, scheme)) => {
                seen.insert(scheme.scheme.clone(), report.rows);
                let change = Change::between(work.known.schemes.get(&scheme.scheme), &scheme);
                report.row((report.rows, 0), &scheme.scheme, change, Vec::new);
                let on = Some(scheme.adopted_on);
                let new = (change == Change::Added).then(|| Event::from(scheme));
                drafts.extend(new.map(|event| page.draft(Role::SectionOfficer, Some(&section), event, on)));
            }
            Err(problem) => report.reject(report.rows, problem),
        }
    }
    Ok(drafts)
}

type Found = (SectionId, SchemeAdopted);

fn check(
    section: SectionId,
    scheme: SchemeAdopted,
    known: &Known,
    seen: &BTreeMap<SchemeId, u32>,
) -> Result<Found, Problem> {
    let problem =
        |because: String, remedy| Err(Problem::new("scheme.id", scheme.scheme.as_str(), because, remedy));
    if let Some(earlier) = seen.get(&scheme.scheme) {
        return problem(format!("scheme {earlier} of the file has the same id"), "rename one of the two");
    }
    if known.schemes.get(&scheme.scheme).is_some_and(|known| *known != scheme) {
        return problem(
            "the scheme is adopted already, with other content (Art. 14)".into(),
            "give the new one a new id",
        );
    }
    let bytes = encoded_len(&Event::from(scheme.clone()));
    if bytes > MAX_DRAFT_BYTES {
        return problem(
            format!("it makes a statement of {bytes} bytes, over {MAX_DRAFT_BYTES}"),
            "shorten its texts",
        );
    }
    Ok((section, scheme))
}

fn read(toml: &SchemeToml, known: &Known) -> Result<Found, Problem> {
    let batch = value("scheme.batch", &toml.batch, BatchId::new(&*toml.batch))?;
    let plan = plan_of(&batch, toml.plan.as_deref(), known)?;
    let (window_from, window_to) = span("scheme.window", &toml.window)?;
    let scheme = SchemeAdopted {
        scheme: value("scheme.id", &toml.id, SchemeId::new(&*toml.id))?,
        plan: plan.plan.clone(),
        batch,
        adopted_on: date("scheme.adopted_on", &toml.adopted_on)?,
        process: filled("scheme.process", &toml.process)?,
        content: filled("scheme.content", &toml.content)?,
        window_from,
        window_to,
        seats: seats(&toml.seats)?,
        max_load: max_load(toml, known)?,
        min_inspectors: toml.min_inspectors,
        reveal: reveal(toml.reveal.as_deref())?,
    };
    Ok((plan.section.clone(), scheme))
}

/// When names become public; at the draw if the scheme does not say (Art. 6).
fn reveal(found: Option<&str>) -> Result<Reveal, Problem> {
    let words: Vec<_> = Reveal::ALL.iter().map(|reveal| (reveal.code(), *reveal)).collect();
    one_of("scheme.reveal", found.unwrap_or(Reveal::AtDraw.code()), &words)
}

fn seats(lists: &[Vec<String>]) -> Result<Vec<Seat>, Problem> {
    if lists.is_empty() {
        return Err(Problem::new(
            "scheme.seats",
            "",
            "a team has seats (Art. 14)",
            "name the seats, [] = anybody",
        ));
    }
    lists.iter().map(|list| Ok(Seat { accepts: set("scheme.seats", list, Text::new)? })).collect()
}

/// The scheme's own limit, else the rule set's.
fn max_load(toml: &SchemeToml, known: &Known) -> Result<u32, Problem> {
    let rules = known.rule_set.as_ref().map(|rules| rules.max_load);
    let missing =
        || Problem::new("scheme.max_load", "", "neither the scheme nor a rule set gives it", "give max_load");
    toml.max_load.or(rules).ok_or_else(missing)
}

/// The one plan that defines the batch.
fn plan_of<'a>(batch: &BatchId, named: Option<&str>, known: &'a Known) -> Result<&'a PlanDrafted, Problem> {
    let mut plans = known.plans_with(batch);
    plans.retain(|plan| named.is_none_or(|named| plan.plan.as_str() == named));
    match plans.as_slice() {
        [plan] => Ok(plan),
        [] => {
            let because = "no plan in this import or on the ledger has that batch (Art. 14)";
            Err(Problem::new(
                "scheme.batch",
                batch.as_str(),
                because,
                "import its plan first, or correct the name",
            ))
        }
        several => {
            let names: Vec<_> = several.iter().map(|plan| plan.plan.as_str()).collect();
            let because = format!("it is ambiguous: the plans {} have that batch", names.join(", "));
            Err(Problem::new("scheme.batch", batch.as_str(), because, "name one of them with the key plan"))
        }
    }
}
