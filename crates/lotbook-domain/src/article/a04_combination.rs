//! Art. 4: sections that inspect the same class at the same time do it together.

use super::Found;
use crate::state::{PlanRecord, State};
use lotbook_event::Flag;
use lotbook_event::plan::{Batch, PlanAdopted};

/// Flag MISSED_COMBINATION: a batch of the plan overlaps, in class and time, with one of another
/// section's adopted plan of the year, and neither is a comprehensive batch of both sections.
pub(crate) fn missed(state: &State, e: &PlanAdopted) -> Vec<Found> {
    let Some(own) = state.plans.get(&e.plan).map(|plan| &plan.draft) else { return vec![] };
    let other = |plan: &&PlanRecord| {
        plan.adopted.is_some() && plan.draft.year == own.year && plan.draft.section != own.section
    };
    let mut found = vec![];
    for plan in state.plans.values().filter(other).map(|plan| &plan.draft) {
        let together = |mine: &Batch, theirs: &Batch| {
            mine.sections.contains(&plan.section) || theirs.sections.contains(&own.section)
        };
        for mine in &own.batches {
            let apart = plan.batches.iter().filter(|theirs| !together(mine, theirs) && overlap(mine, theirs));
            found.extend(apart.map(|theirs| {
                let detail = format!(
                    "{}/{} of section {} inspects the same class from {} to {}",
                    plan.plan, theirs.batch, plan.section, theirs.inspect_from, theirs.inspect_to
                );
                (Flag::MissedCombination, format!("{}/{}", own.plan, mine.batch), detail)
            }));
        }
    }
    found
}

/// Whether two batches share a class (no class named means every class) and a day.
fn overlap(one: &Batch, other: &Batch) -> bool {
    let every = one.kinds.is_empty() || other.kinds.is_empty();
    let classes = every || !one.kinds.is_disjoint(&other.kinds);
    classes && one.inspect_from <= other.inspect_to && other.inspect_from <= one.inspect_to
}
