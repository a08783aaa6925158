//! `plan*.toml`: a section's annual plan (Arts. 12, 13, 16, 17): drafted, adopted, published.

use std::collections::BTreeSet;

use lotbook_event::keys::Role;
use lotbook_event::plan::{BatchJoin, PlanAdopted, PlanDrafted, PlanPublished, TrustMode};
use lotbook_event::{BatchId, Date, Event, ItemId, PlanId, SectionId};

use crate::batch::{MAX_DRAFT_BYTES, encoded_len};
use crate::changes::Change;
use crate::import::{Draft, Work};
use crate::known::{Known, KnownPlan};
use crate::page::Page;
use crate::plan_batch::batch;
use crate::plan_file::{FileToml, JoinToml, PlanToml, TrustworthyToml};
use crate::report::{FileReport, Problem};
use crate::toml_file::{date_if_any, filled, one_of, parse, set, value};

/// A plan and the dates of its adoption and publication.
struct Found {
    plan: PlanDrafted,
    adopted_on: Option<Date>,
    published_on: Option<Date>,
}

pub(crate) fn import(page: &Page, work: &mut Work, report: &mut FileReport) -> Result<Vec<Draft>, Problem> {
    let file: FileToml = parse(page.text()?)?;
    report.rows = 1;
    match read(&file.plan, &work.known).and_then(|found| events(found, &work.known)) {
        Ok((change, drafts)) => {
            report.row((1, 0), &file.plan.id, change, Vec::new);
            let draft = |(role, event, on)| page.draft(role, None, event, on);
            let section = SectionId::new(&*file.plan.section).ok();
            Ok(drafts.into_iter().map(draft).map(|draft| of_section(draft, section.as_ref())).collect())
        }
        Err(problem) => {
            report.reject(1, problem);
            Ok(Vec::new())
        }
    }
}

/// A section officer acts for the section; the publisher for the office.
fn of_section(draft: Draft, section: Option<&SectionId>) -> Draft {
    let section = section.filter(|_| draft.role == Role::SectionOfficer).cloned();
    Draft { section, ..draft }
}

type Act = (Role, Event, Option<Date>);

/// What is left to be stated of a plan.
fn events(found: Found, known: &Known) -> Result<(Change, Vec<Act>), Problem> {
    let Found { plan, adopted_on, published_on } = found;
    let id = plan.plan.clone();
    let known = known.plans.get(&id);
    let same = known.is_some_and(|known| known.plan == plan);
    check_dates(known, &id, same, adopted_on, published_on)?;
    let mut acts = Vec::new();
    if !same {
        acts.push((Role::SectionOfficer, Event::from(plan), adopted_on));
    }
    let (was_adopted, was_published) =
        known.map_or((None, None), |known| (known.adopted_on, known.published_on));
    if let (Some(adopted_on), None) = (adopted_on, was_adopted) {
        acts.push((
            Role::SectionOfficer,
            PlanAdopted { plan: id.clone(), adopted_on }.into(),
            Some(adopted_on),
        ));
    }
    if let (Some(published_on), None) = (published_on, was_published) {
        acts.push((Role::Publisher, PlanPublished { plan: id, published_on }.into(), Some(published_on)));
    }
    let change = match (known.is_some(), acts.is_empty()) {
        (false, _) => Change::Added,
        (true, false) => Change::Changed,
        (true, true) => Change::Unchanged,
    };
    Ok((change, acts))
}

fn check_dates(
    known: Option<&KnownPlan>,
    id: &PlanId,
    same: bool,
    adopted_on: Option<Date>,
    published_on: Option<Date>,
) -> Result<(), Problem> {
    let problem =
        |key: &str, found: String, because: &str, remedy| Err(Problem::new(key, found, because, remedy));
    if published_on.is_some() && adopted_on.is_none() {
        return problem(
            "plan.published_on",
            String::new(),
            "it is published without being adopted (Art. 12)",
            "give adopted_on",
        );
    }
    let Some(known) = known else { return Ok(()) };
    if known.adopted_on.is_some() && !same {
        let remedy = "undo the change; amending an adopted plan comes later";
        return problem(
            "plan.id",
            id.to_string(),
            "the plan is adopted already, with other content (Art. 12)",
            remedy,
        );
    }
    let differs = |was: Option<Date>, is: Option<Date>| was.is_some() && is.is_some() && was != is;
    if differs(known.adopted_on, adopted_on) || differs(known.published_on, published_on) {
        return problem(
            "plan.id",
            id.to_string(),
            "the ledger has another date of adoption or publication",
            "undo the change",
        );
    }
    Ok(())
}

fn read(toml: &PlanToml, known: &Known) -> Result<Found, Problem> {
    let section = value("plan.section", &toml.section, SectionId::new(&*toml.section))?;
    if !known.sections.contains_key(&section) {
        let because = "the section is not registered";
        return Err(Problem::new("plan.section", &*toml.section, because, "import sections.csv first"));
    }
    let (trust_mode, reduced_cap) = trust(toml.trustworthy.as_ref())?;
    let batches: Vec<_> =
        toml.batch.iter().map(|b| batch(b.clone(), &section, known)).collect::<Result<_, _>>()?;
    let joins: Vec<_> = toml.joins.iter().map(|j| join(j, known)).collect::<Result<_, _>>()?;
    let plan = PlanDrafted {
        plan: value("plan.id", &toml.id, PlanId::new(&*toml.id))?,
        year: toml.year,
        section,
        title: filled("plan.title", &toml.title)?,
        annual_cap: annual_cap(toml, known)?,
        trust_mode,
        reduced_cap,
        batches,
        joins,
    };
    check_whole(&plan)?;
    let adopted_on = date_if_any("plan.adopted_on", toml.adopted_on.as_deref())?;
    let published_on = date_if_any("plan.published_on", toml.published_on.as_deref())?;
    Ok(Found { plan, adopted_on, published_on })
}

fn check_whole(plan: &PlanDrafted) -> Result<(), Problem> {
    if plan.batches.is_empty() && plan.joins.is_empty() {
        let because = "a plan has scope, inspectors, ratio and timing (Art. 13), this one has no batch";
        return Err(Problem::new("plan.batch", "", because, "add a [[plan.batch]] or a [[plan.joins]]"));
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = plan.batches.iter().find(|batch| !seen.insert(&batch.batch)) {
        return Err(Problem::new(
            "plan.batch.id",
            twice.batch.as_str(),
            "the batch is there twice",
            "rename one",
        ));
    }
    let bytes = encoded_len(&Event::from(plan.clone()));
    if bytes > MAX_DRAFT_BYTES {
        let because =
            format!("the plan makes a statement of {bytes} bytes, over the limit of {MAX_DRAFT_BYTES}");
        return Err(Problem::new("plan", plan.plan.as_str(), because, "split it into two plans"));
    }
    Ok(())
}

/// The plan's own cap, else the rule set's (Art. 16).
fn annual_cap(toml: &PlanToml, known: &Known) -> Result<u32, Problem> {
    let own = toml.limits.as_ref().and_then(|limits| limits.annual_cap);
    own.or(known.rule_set.as_ref().map(|rules| rules.annual_cap)).ok_or_else(|| {
        Problem::new(
            "plan.limits.annual_cap",
            "",
            "there is neither a cap nor a rule set (Art. 16)",
            "give annual_cap",
        )
    })
}

fn trust(toml: Option<&TrustworthyToml>) -> Result<(TrustMode, u32), Problem> {
    let Some(toml) = toml else { return Ok((TrustMode::None, 0)) };
    let words: Vec<_> = TrustMode::ALL.iter().map(|mode| (mode.code(), *mode)).collect();
    let mode = one_of("plan.trustworthy.mode", &toml.mode, &words)?;
    match (mode, toml.reduced_cap) {
        (TrustMode::Reduced, Some(cap)) => Ok((mode, cap)),
        (TrustMode::None | TrustMode::Exempt, None) => Ok((mode, 0)),
        _ => {
            let because = "reduced_cap goes with mode = \"reduced\", and only with it (Art. 13)";
            Err(Problem::new("plan.trustworthy.reduced_cap", "", because, "correct one of the two keys"))
        }
    }
}

fn join(toml: &JoinToml, known: &Known) -> Result<BatchJoin, Problem> {
    let plan = value("plan.joins.plan", &toml.plan, PlanId::new(&*toml.plan))?;
    let batch = value("plan.joins.batch", &toml.batch, BatchId::new(&*toml.batch))?;
    if !known.plans_with(&batch).iter().any(|other| other.plan == plan) {
        let (found, because) =
            (format!("{plan}/{batch}"), "no plan in this import or on the ledger has that batch (Art. 16)");
        return Err(Problem::new(
            "plan.joins",
            found,
            because,
            "import the other plan first, or correct the name",
        ));
    }
    Ok(BatchJoin { plan, batch, items: items("plan.joins.items", &toml.items, known)? })
}

/// Item numbers that are on the list (Art. 8).
pub(crate) fn items(key: &str, list: &[String], known: &Known) -> Result<BTreeSet<ItemId>, Problem> {
    let items = set(key, list, ItemId::new)?;
    if items.is_empty() {
        return Err(Problem::new(key, "", "it is empty (Art. 13)", "name the items that are inspected"));
    }
    match items.iter().find(|id| known.items.get(*id).is_none_or(|item| item.withdrawn)) {
        Some(id) => Err(Problem::new(
            key,
            id.as_str(),
            "it is not on the item list (Art. 8)",
            "import items.csv first",
        )),
        None => Ok(items),
    }
}
