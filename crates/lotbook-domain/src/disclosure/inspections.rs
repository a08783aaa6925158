//! Part 2: time, process and results of the year's inspections; those under Art. 9 apart.

use super::{count, of_year};
use crate::state::{Inspection, Origin, State};
use lotbook_event::InspectionId;
use lotbook_event::disclosure::{DisclosedInspection, DisclosedInspections, DisclosedResult};
use lotbook_event::wire::Wire;

pub(super) fn part(state: &State, year: u32) -> DisclosedInspections {
    let (drawn, direct): (Vec<_>, Vec<_>) =
        of_year(state, year).partition(|(_, inspection)| inspection.draw().is_some());
    let rows = |list: Vec<(&InspectionId, &Inspection)>| -> Vec<DisclosedInspection> {
        list.into_iter().map(|(id, inspection)| row(state, id, inspection)).collect()
    };
    DisclosedInspections {
        rows: count(drawn.len().saturating_add(direct.len())),
        drawn_rows: count(drawn.len()),
        drawn: rows(drawn),
        direct_rows: count(direct.len()),
        direct: rows(direct),
    }
}

fn row(state: &State, id: &InspectionId, inspection: &Inspection) -> DisclosedInspection {
    let cause = match &inspection.origin {
        Origin::Drawn { .. } => None,
        Origin::Direct { cause, .. } => Some(cause.wire()),
    };
    let firm = state.enterprises.get(&inspection.uscc);
    DisclosedInspection {
        inspection: id.wire(),
        draw: inspection.draw().map(Wire::wire),
        cause,
        uscc: inspection.uscc.wire(),
        name: firm.map(|firm| firm.row.name.wire()).unwrap_or_default(),
        sections: state.sections_of(inspection).wire(),
        team: inspection.team.wire(),
        assigned_at: inspection.assigned_at.wire(),
        visit_on: inspection.visit_on.wire(),
        started_at: inspection.started.wire(),
        concluded_at: inspection.concluded_at.wire(),
        reported_at: inspection.reported.wire(),
        closed_at: inspection.closed.wire(),
        results: results(inspection),
    }
}

fn results(inspection: &Inspection) -> Vec<DisclosedResult> {
    let mut results: Vec<_> = inspection.results.iter().collect();
    results.sort_by_key(|(item, result)| (&result.section, *item));
    let row = |(item, result): (&lotbook_event::ItemId, &crate::state::ItemResult)| DisclosedResult {
        section: result.section.wire(),
        item: item.wire(),
        outcome: result.outcome.wire(),
    };
    results.into_iter().map(row).collect()
}
