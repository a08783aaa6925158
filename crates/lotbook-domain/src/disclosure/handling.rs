//! Part 5: use of results, 检查结果的运用: violations, decisions, closing. Judicial transfers are counted only.

use super::{count, is_of_year, of_year, tally};
use crate::state::{State, Violation};
use lotbook_event::ViolationId;
use lotbook_event::disclosure::{DisclosedDecision, DisclosedHandling};
use lotbook_event::result::HandlingKind;
use lotbook_event::wire::Wire;

pub(super) fn part(state: &State, year: u32) -> DisclosedHandling {
    let all = || state.violations.iter().filter(|(_, found)| is_of_year(state, &found.inspection, year));
    let shown = || all().filter(|(_, found)| !is_judicial(found));
    let violations = count(all().count());
    let closed = count(of_year(state, year).filter(|(_, inspection)| inspection.closed.is_some()).count());
    DisclosedHandling {
        rows: violations.saturating_add(closed),
        violations,
        states: tally(shown().map(|(_, found)| how_far(found))),
        kinds: tally(shown().filter_map(|(_, found)| found.decided.as_ref()).map(|decided| decided.0.code())),
        decisions: shown().filter_map(decision).collect(),
        withheld: tally(shown().filter_map(|(_, found)| found.withheld.as_ref()).map(|held| held.0.as_str())),
        judicial_transfers: count(all().filter(|(_, found)| is_judicial(found)).count()),
        closed,
    }
}

fn is_judicial(violation: &Violation) -> bool {
    violation.decided.as_ref().is_some_and(|decided| decided.0 == HandlingKind::TransferJudicial)
}

fn how_far(violation: &Violation) -> &'static str {
    match violation {
        Violation { published: Some(_), .. } => "published",
        Violation { withheld: Some(_), .. } => "withheld",
        Violation { decided: Some(_), .. } => "decided",
        Violation { investigated: Some(_), .. } => "investigated",
        _ => "found",
    }
}

fn decision((id, violation): (&ViolationId, &Violation)) -> Option<DisclosedDecision> {
    let (kind, decision_no, legal_basis, _) = violation.decided.as_ref()?;
    Some(DisclosedDecision {
        violation: id.wire(),
        inspection: violation.inspection.wire(),
        item: violation.item.wire(),
        kind: kind.wire(),
        decision_no: decision_no.wire(),
        legal_basis: legal_basis.wire(),
        published_at: violation.published?.wire(),
        acknowledged_by: violation.acknowledged.as_ref().map(|(receiver, _)| receiver.wire()),
        rectified_on: violation.rectified.wire(),
    })
}
