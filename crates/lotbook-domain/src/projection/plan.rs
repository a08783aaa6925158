//! Plans, with the badge of lateness (Arts. 12, 13).

use super::{BadKey, beyond_id, from, is, micros};
use crate::civil::{date_of, due_day_in, end_of};
use crate::due::plan_subject;
use crate::state::{PlanRecord, State};
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;
use lotbook_event::{Date, PlanId, SectionId};

/// Which plans.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Plan year.
    pub year: Option<u32>,
    /// Section whose plan it is.
    pub section: Option<SectionId>,
    /// Only those with the badge of lateness.
    pub late: bool,
}

/// Plans by identifier.
///
/// # Errors
/// [`BadKey`] if `after` is no plan identifier.
pub fn plans<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::PlanView)> + use<'a>, BadKey> {
    let after = beyond_id(after, PlanId::new)?;
    let wanted = |record: &PlanRecord| {
        is(filter.year.as_ref(), &record.draft.year)
            && is(filter.section.as_ref(), &record.draft.section)
            && (!filter.late || late_since(state, record).is_some())
    };
    let rows = state.plans.range(from(after)).filter(move |(_, record)| wanted(record));
    Ok(rows.map(|(id, record)| (id.to_string(), of(state, record))))
}

/// One plan.
pub fn plan(state: &State, id: &PlanId) -> Option<view::PlanView> {
    state.plans.get(id).map(|record| of(state, record))
}

fn of(state: &State, record: &PlanRecord) -> view::PlanView {
    let until = date_of(record.adopted.unwrap_or(state.head.recorded_at));
    let late = late_since(state, record);
    view::PlanView {
        draft: Some(record.draft.wire()),
        adopted_at: record.adopted.as_ref().map(micros),
        published_at: record.published.as_ref().map(micros),
        late: late.is_some(),
        late_by_working_days: late.map_or(0, |due| state.calendar.working_days_between(due, until)),
    }
}

/// The day of Art. 12, if the plan came after it, or did not come and the ledger has said so.
fn late_since(state: &State, record: &PlanRecord) -> Option<Date> {
    let (year, section) = (record.draft.year, &record.draft.section);
    let due = due_day(state, year)?;
    let late = match record.adopted {
        Some(at) => at >= end_of(due),
        None => state.obligations.plans_missed.contains(&plan_subject(year, section)),
    };
    late.then_some(due)
}

/// The day of Art. 12 of a plan year, by the rule set in force.
pub(super) fn due_day(state: &State, year: u32) -> Option<Date> {
    due_day_in(year, state.rules.as_ref()?.value.plan_due.as_str())
}
