//! Art. 13: a plan has object scope, requirements on inspectors, ratio and frequency, and timing.

use super::a08_items::{in_force, own_section};
use super::a17_predicates::{not_after_snapshot, of_classes};
use crate::decide::Stated;
use crate::state::{PlanRecord, State};
use lotbook_event::plan::{Batch, PlanAdopted, PlanDrafted, PlanPublished, Stratification, TrustMode};
use lotbook_event::{Code, PlanId, Refusal};
use std::collections::BTreeSet;

/// A section drafts its own plan within the rule set; a draft that is not adopted may be replaced.
pub fn drafted(state: &State, stated: &Stated<'_>, e: &PlanDrafted) -> Result<(), Refusal> {
    own_section(stated, &e.section, &e.plan)?;
    not_after_snapshot(state, e)?;
    if state
        .plans
        .get(&e.plan)
        .is_some_and(|known| known.adopted.is_some() || known.draft.section != e.section)
    {
        return Err(Refusal::new(Code::AlreadyRecorded, &e.plan, format!("plan {} is adopted", e.plan)));
    }
    let cap = state.rule_set()?.value.annual_cap;
    if e.annual_cap == 0 || e.annual_cap > cap {
        let found = format!("annual cap {} is not within 1..={cap} of the rule set", e.annual_cap);
        return Err(Refusal::new(Code::OutOfPlanScope, &e.plan, found));
    }
    if e.trust_mode == TrustMode::Reduced && !(1..=e.annual_cap).contains(&e.reduced_cap) {
        let found = format!("reduced cap {} is not within 1..={}", e.reduced_cap, e.annual_cap);
        return Err(Refusal::new(Code::InvalidValue, &e.plan, found));
    }
    let mut names = BTreeSet::new();
    if let Some(double) = e.batches.iter().find(|batch| !names.insert(&batch.batch)) {
        return Err(Refusal::new(
            Code::AlreadyRecorded,
            &e.plan,
            format!("batch {} stands twice", double.batch),
        ));
    }
    e.batches.iter().try_for_each(|batch| values(state, e, batch))
}

fn values(state: &State, plan: &PlanDrafted, batch: &Batch) -> Result<(), Refusal> {
    let name = format!("{}/{}", plan.plan, batch.batch);
    let bad = |found: &str| Err(Refusal::new(Code::InvalidValue, &name, found));
    let strata: Vec<_> = batch.rates.iter().map(|rate| &rate.stratum).collect();
    if !strata.is_sorted_by(|a, b| a < b) {
        return bad("rates are not in strictly ascending order of stratum");
    }
    if batch.rates.iter().any(|rate| rate.ppm > 1_000_000) {
        return bad("a rate is over 1000000 millionths");
    }
    if batch.total > 0 && (!batch.rates.is_empty() || batch.minimum > 0) {
        return bad("a fixed total goes with no rates and no minimum");
    }
    if batch.stratification == Stratification::None
        && strata.iter().any(|stratum| !stratum.as_str().is_empty())
    {
        return bad("without strata the one rate has the empty stratum");
    }
    if !batch.sections.contains(&plan.section) {
        return bad("the plan's own section is not among the batch's sections");
    }
    if batch.draw_from > batch.draw_to || batch.inspect_from > batch.inspect_to {
        return bad("a window ends before it begins");
    }
    of_classes(state, &name, batch)
}

/// Adoption: nothing required is empty, every item is published and in force.
pub fn adopted(state: &State, stated: &Stated<'_>, e: &PlanAdopted) -> Result<(), Refusal> {
    let plan = known(state, &e.plan)?;
    own_section(stated, &plan.draft.section, &e.plan)?;
    if plan.adopted.is_some() {
        return Err(Refusal::new(Code::AlreadyRecorded, &e.plan, format!("plan {} is adopted", e.plan)));
    }
    if plan.draft.batches.is_empty() && plan.draft.joins.is_empty() {
        return Err(Refusal::new(Code::PlanFieldMissing, &e.plan, "the plan has no batch"));
    }
    for batch in &plan.draft.batches {
        complete(&e.plan, batch)?;
        in_force(state, &batch.items)?;
    }
    plan.draft.joins.iter().try_for_each(|join| in_force(state, &join.items))
}

fn complete(plan: &PlanId, batch: &Batch) -> Result<(), Refusal> {
    let scope = !(batch.kinds.is_empty() && batch.areas.is_empty() && batch.registrations.is_empty());
    let fields = [
        ("items", !batch.items.is_empty()),
        ("object scope", scope),
        ("requirements on inspectors", !batch.qualifications.is_empty() && batch.per_enterprise > 0),
        ("ratio", batch.total > 0 || !batch.rates.is_empty()),
        ("frequency", batch.frequency > 0),
    ];
    match fields.iter().find(|(_, there)| !there) {
        Some((field, _)) => {
            let found = format!("batch {} has no {field}", batch.batch);
            Err(Refusal::new(Code::PlanFieldMissing, format!("{plan}/{}", batch.batch), found))
        }
        None => Ok(()),
    }
}

/// A plan is published after it is adopted, once.
pub fn published(state: &State, e: &PlanPublished) -> Result<(), Refusal> {
    let plan = known(state, &e.plan)?;
    if plan.adopted.is_none() {
        return Err(Refusal::new(Code::WrongPhase, &e.plan, format!("plan {} is not adopted", e.plan)));
    }
    if plan.published.is_some() {
        return Err(Refusal::new(Code::AlreadyRecorded, &e.plan, format!("plan {} is published", e.plan)));
    }
    Ok(())
}

fn known<'a>(state: &'a State, plan: &PlanId) -> Result<&'a PlanRecord, Refusal> {
    let none = || Refusal::new(Code::UnknownSubject, plan, format!("there is no plan {plan}"));
    state.plans.get(plan).ok_or_else(none)
}
