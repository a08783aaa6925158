//! Art. 14: before the draw a scheme fixes process, content and time slot; seats and loads come from it.

use super::a08_items::own_section;
use super::office::MAX_LOAD;
use crate::decide::Stated;
use crate::state::State;
use lotbook_event::plan::{Batch, SchemeAdopted, Stratification};
use lotbook_event::registry::RulesetAdopted;
use lotbook_event::{Code, Refusal};

/// A scheme stays within its plan, has a team, and is stated once per batch.
pub fn adopted(state: &State, stated: &Stated<'_>, e: &SchemeAdopted) -> Result<(), Refusal> {
    let record = state.batch(&e.plan, &e.batch)?;
    let section = state.plans.get(&e.plan).map(|plan| plan.draft.section.clone());
    section.map_or(Ok(()), |section| own_section(stated, &section, &e.scheme))?;
    if record.scheme.is_some() || state.schemes.contains(&e.scheme) {
        let found = format!("batch {} has a scheme, or scheme {} exists", e.batch, e.scheme);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.scheme, found));
    }
    let rules = &state.rule_set()?.value;
    if record.batch.stratification == Stratification::Risk && !rules.risk_class_public {
        let found = format!("batch {} draws by risk class, which the rule set keeps restricted", e.batch);
        return Err(Refusal::new(Code::RestrictedField, &e.scheme, found));
    }
    team(rules, e)?;
    within_plan(&record.batch, e)
}

fn team(rules: &RulesetAdopted, e: &SchemeAdopted) -> Result<(), Refusal> {
    let seats = u32::try_from(e.seats.len()).unwrap_or(u32::MAX);
    if seats < rules.team_minimum {
        let found = format!("{seats} seats, the rule set asks for {}", rules.team_minimum);
        return Err(Refusal::new(Code::TeamTooSmall, &e.scheme, found));
    }
    if seats > 20 || !(1..=MAX_LOAD).contains(&e.max_load) {
        let found = format!("{seats} seats (at most 20), max_load {} (1..={MAX_LOAD})", e.max_load);
        return Err(Refusal::new(Code::InvalidValue, &e.scheme, found));
    }
    let empty = [("process", &e.process), ("content", &e.content)];
    match empty.iter().find(|(_, text)| text.as_str().trim().is_empty()) {
        Some((field, _)) => {
            Err(Refusal::new(Code::NoScheme, &e.scheme, format!("the scheme has no {field}")))
        }
        None => Ok(()),
    }
}

fn within_plan(batch: &Batch, e: &SchemeAdopted) -> Result<(), Refusal> {
    let outside = |found: String| Err(Refusal::new(Code::OutOfPlanScope, &e.scheme, found));
    if e.window_from < batch.inspect_from || e.window_to > batch.inspect_to || e.window_from > e.window_to {
        return outside(format!(
            "time slot {} to {} is not within {} to {}",
            e.window_from, e.window_to, batch.inspect_from, batch.inspect_to
        ));
    }
    if e.seats.len() != batch.per_enterprise as usize {
        return outside(format!(
            "{} seats, the plan says {} inspectors",
            e.seats.len(),
            batch.per_enterprise
        ));
    }
    let of_plan = |seat: &lotbook_event::plan::Seat| {
        !seat.accepts.is_empty() && seat.accepts.is_subset(&batch.qualifications)
    };
    if !e.seats.iter().any(of_plan) {
        return outside("no seat accepts only the qualifications of the plan".into());
    }
    Ok(())
}
