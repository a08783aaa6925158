//! Art. 17: a directed draw has class conditions; none of them singles out an enterprise, and none changes
//! once a pool was frozen by it.

use crate::state::State;
use lotbook_event::plan::{Batch, Operator, PlanDrafted, Predicate};
use lotbook_event::predicate::{ClassField, PredicateError};
use lotbook_event::{Code, Refusal, Text};
use std::collections::BTreeSet;

/// Every condition of a batch is one on classes.
pub(super) fn of_classes(state: &State, name: &str, batch: &Batch) -> Result<(), Refusal> {
    let refuse = |code, found: String| Err(Refusal::new(code, name, found));
    if !batch.predicates.is_empty() && !batch.directed {
        return refuse(
            Code::InvalidValue,
            "class conditions make a draw directed, and the batch is not".into(),
        );
    }
    for predicate in &batch.predicates {
        let field = match predicate.class() {
            Ok(field) => field,
            Err(PredicateError::Identifying(found)) => return refuse(Code::IdentifyingPredicate, found),
            Err(PredicateError::Invalid(found)) => return refuse(Code::InvalidValue, found),
        };
        if field == ClassField::RiskClass && !state.rule_set()?.value.risk_class_public {
            let found = "a condition on the risk class, which the rule set keeps restricted".into();
            return refuse(Code::RestrictedField, found);
        }
    }
    let listed = batch.kinds.iter().chain(&batch.registrations);
    let asked = batch.predicates.iter().flat_map(|predicate| &predicate.values);
    match listed.chain(asked).find_map(|value| names_a_firm(state, value)) {
        Some(found) => refuse(Code::IdentifyingPredicate, found),
        None => Ok(()),
    }
}

/// A value that is an enterprise's own code, name or address is no class.
fn names_a_firm(state: &State, value: &Text) -> Option<String> {
    let own = |what, value: &Text| Some(format!("`{value}` is the {what} of an enterprise on the roster"));
    for record in state.enterprises.values() {
        let row = &record.row;
        if row.uscc.as_str() == value.as_str() {
            return own("code", value);
        }
        if row.name == *value {
            return own("name", value);
        }
        if row.address == *value && !value.as_str().is_empty() {
            return own("address", value);
        }
    }
    None
}

/// Whether other conditions are stated for a batch whose pool has been frozen by those of the adopted plan.
pub(super) fn not_after_snapshot(state: &State, e: &PlanDrafted) -> Result<(), Refusal> {
    for batch in &e.batches {
        let Some(known) = state.batches.get(&(e.plan.clone(), batch.batch.clone())) else { continue };
        if known.attempts.is_empty() || conditions(&known.batch) == conditions(batch) {
            continue;
        }
        let name = format!("{}/{}", e.plan, batch.batch);
        let found = format!("the pool of {name} was frozen by other conditions than are stated now");
        return Err(Refusal::new(Code::PredicateAfterSnapshot, name, found));
    }
    Ok(())
}

type Conditions<'a> = (bool, [BTreeSet<&'a str>; 3], &'a [Predicate]);

fn conditions(batch: &Batch) -> Conditions<'_> {
    let kinds = batch.kinds.iter().map(Text::as_str).collect();
    let areas = batch.areas.iter().map(|area| area.as_str()).collect();
    let registrations = batch.registrations.iter().map(Text::as_str).collect();
    (batch.directed, [kinds, areas, registrations], &batch.predicates)
}

/// What a row offers to a condition.
pub(crate) struct Classed<'a> {
    /// Class, industry, area, registration state and risk class.
    pub row: &'a lotbook_event::registry::Enterprise,
    /// The last draw on this ledger; none if it was never drawn.
    pub last_drawn: Option<lotbook_event::Date>,
}

/// Whether a condition holds for an enterprise. One that was never drawn was last drawn before any day.
pub(crate) fn holds(predicate: &Predicate, firm: &Classed<'_>) -> bool {
    let Ok(field) = predicate.class() else { return false };
    let own = match field {
        ClassField::Kind => firm.row.kind.as_str(),
        ClassField::Industry => firm.row.industry.as_str(),
        ClassField::Area => firm.row.area.as_str(),
        ClassField::Registration => firm.row.registration.as_str(),
        ClassField::RiskClass => firm.row.risk_class.as_str(),
        ClassField::LastDrawn => return last_drawn_before(predicate, firm.last_drawn),
    };
    let mut values = predicate.values.iter().map(Text::as_str);
    match predicate.operator {
        Operator::In => values.any(|value| value == own),
        Operator::Prefix => values.any(|value| own.starts_with(value)),
        Operator::Before => false,
    }
}

fn last_drawn_before(predicate: &Predicate, last: Option<lotbook_event::Date>) -> bool {
    let mut days = predicate.values.iter().filter_map(|value| lotbook_event::Date::new(value.as_str()).ok());
    days.any(|day| last.is_none_or(|last| last < day))
}
