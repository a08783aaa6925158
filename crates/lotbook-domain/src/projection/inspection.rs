//! Inspections: the whole timeline, results by item and section, and corrections beside what was stated.

use super::{BadKey, beyond_id, from, is, micros, texts};
use crate::state::{Correctable, Inspection, ItemResult, Origin, Phase, State, Violation};
use core::ops::Bound;
use lotbook_chain::Position;
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;
use lotbook_event::{DrawId, InspectionId, InspectorId, ItemId, SectionId, Uscc};
use std::collections::BTreeMap;

/// Which inspections.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Draw.
    pub draw: Option<DrawId>,
    /// Enterprise.
    pub uscc: Option<Uscc>,
    /// A member of the team.
    pub inspector: Option<InspectorId>,
    /// A section that inspects.
    pub section: Option<SectionId>,
    /// How far.
    pub phase: Option<view::InspectionPhase>,
    /// Under Art. 9, or drawn.
    pub direct: Option<bool>,
}

/// Inspections by identifier.
///
/// # Errors
/// [`BadKey`] if `after` is no inspection identifier.
pub fn inspections<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::InspectionView)> + use<'a>, BadKey> {
    let rows = of_draw(state, after, filter.draw.as_ref())?;
    let rows = rows.filter(|(_, inspection)| filter.wants(state, inspection));
    let corrected = corrected(state);
    Ok(rows.map(move |(id, inspection)| {
        let corrections = corrected.get(id).map(Vec::as_slice).unwrap_or_default();
        (id.to_string(), of(state, id, inspection, corrections))
    }))
}

/// One inspection.
pub fn inspection(state: &State, id: &InspectionId) -> Option<view::InspectionView> {
    let inspection = state.inspections.get(id)?;
    let corrections = corrected(state).remove(id).unwrap_or_default();
    Some(of(state, id, inspection, &corrections))
}

/// Inspections after a key, of one draw if it is given: theirs are `DRAW/USCC`, next to each other.
pub(super) fn of_draw<'a>(
    state: &'a State,
    after: &str,
    draw: Option<&DrawId>,
) -> Result<impl Iterator<Item = (&'a InspectionId, &'a Inspection)> + use<'a>, BadKey> {
    let mut start = beyond_id(after, InspectionId::new)?;
    let prefix = draw.map(|draw| format!("{draw}/")).unwrap_or_default();
    if let Ok(first) = InspectionId::new(prefix.as_str())
        && !matches!(&start, Bound::Excluded(after) if *after > first)
    {
        start = Bound::Included(first);
    }
    let rows = state.inspections.range(from(start)).map(|(id, inspection)| (id, &**inspection));
    Ok(rows.take_while(move |(id, _)| id.as_str().starts_with(&prefix)))
}

impl Filter {
    fn wants(&self, state: &State, inspection: &Inspection) -> bool {
        let direct = matches!(inspection.origin, Origin::Direct { .. });
        is(self.uscc.as_ref(), &inspection.uscc)
            && self.inspector.as_ref().is_none_or(|member| inspection.team.contains(member))
            && self.section.as_ref().is_none_or(|section| state.sections_of(inspection).contains(section))
            && is(self.phase.as_ref(), &phase(inspection.phase))
            && is(self.direct.as_ref(), &direct)
    }
}

type Corrected<'a> = (Position, &'a Correctable);

/// Entries with corrections, by inspection; none of a decision that is not public. Few are ever corrected.
fn corrected(state: &State) -> BTreeMap<&InspectionId, Vec<Corrected<'_>>> {
    let mut by_inspection = BTreeMap::<_, Vec<_>>::new();
    let hidden = |entry: &Correctable| {
        let violation = entry.violation.as_ref().and_then(|id| state.violations.get(&**id));
        violation.is_some_and(Violation::is_hidden)
    };
    let shown = |entry: &Correctable| !entry.corrections.is_empty() && !hidden(entry);
    for (position, entry) in state.correctable.iter().filter(|(_, entry)| shown(entry)) {
        by_inspection.entry(&entry.inspection).or_default().push((position, entry));
    }
    by_inspection
}

fn of(
    state: &State,
    id: &InspectionId,
    inspection: &Inspection,
    corrected: &[Corrected<'_>],
) -> view::InspectionView {
    let (cause, approved) = match &inspection.origin {
        Origin::Drawn { .. } => (0, true),
        Origin::Direct { cause, approved, .. } => (cause.wire(), *approved),
    };
    view::InspectionView {
        inspection: id.wire(),
        uscc: inspection.uscc.wire(),
        draw: inspection.draw().map(Wire::wire),
        plan: inspection.batch().map(|(plan, _)| plan.wire()),
        batch: inspection.batch().map(|(_, batch)| batch.wire()),
        cause,
        approved,
        sections: texts(&state.sections_of(inspection)),
        items: texts(state.items_of(inspection)),
        team: inspection.team.wire(),
        team_entry: inspection.team_entry.wire(),
        phase: phase(inspection.phase).into(),
        assigned_at: inspection.assigned_at.0,
        visit_on: inspection.visit_on.wire(),
        started_at: inspection.started.as_ref().map(micros),
        results: inspection.results.iter().map(result).collect(),
        concluded: texts(&inspection.concluded),
        concluded_at: inspection.concluded_at.as_ref().map(micros),
        reported_at: inspection.reported.as_ref().map(micros),
        dispatched_at: inspection.dispatched.as_ref().map(micros),
        delivered_at: inspection.delivered.as_ref().map(micros),
        published_at: inspection.published.as_ref().map(micros),
        delivery_occurred_at: inspection.delivery_occurred.as_ref().map(micros),
        comment_window_closed: inspection.comment_window_closed,
        closed_at: inspection.closed.as_ref().map(micros),
        corrections: corrected.iter().flat_map(|(position, entry)| corrections(*position, entry)).collect(),
    }
}

fn result((item, result): (&ItemId, &ItemResult)) -> view::ItemResultView {
    view::ItemResultView {
        item: item.wire(),
        section: result.section.wire(),
        outcome: result.outcome.wire(),
        inspector: result.by.wire(),
        confirmed_at: result.at.0,
    }
}

fn corrections(corrected: Position, entry: &Correctable) -> impl Iterator<Item = view::CorrectionView> {
    entry.corrections.iter().map(move |correction| view::CorrectionView {
        position: correction.position.0,
        corrected: corrected.0,
        event: entry.says.event.to_owned(),
        field: correction.field.wire(),
        value: correction.value.wire(),
        reason: correction.reason.wire(),
        by: correction.by.wire(),
        recorded_at: correction.at.0,
    })
}

fn phase(phase: Phase) -> view::InspectionPhase {
    match phase {
        Phase::Voided => view::InspectionPhase::Voided,
        Phase::Assigned => view::InspectionPhase::Assigned,
        Phase::Notified => view::InspectionPhase::Notified,
        Phase::Started => view::InspectionPhase::Started,
        Phase::Concluded => view::InspectionPhase::Concluded,
        Phase::Reported => view::InspectionPhase::Reported,
        Phase::Closed => view::InspectionPhase::Closed,
    }
}
