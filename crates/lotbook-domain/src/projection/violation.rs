//! Violations and their handling, as far as that is public (Art. 22).

use super::{BadKey, beyond_id, from, micros};
use crate::state::{State, Violation};
use lotbook_event::proto as view;
use lotbook_event::result::HandlingKind;
use lotbook_event::wire::Wire;
use lotbook_event::{InspectionId, ViolationId};

/// Which violations. A filter asks the view: what that hides is not found.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Inspection.
    pub inspection: Option<InspectionId>,
    /// What it leads to.
    pub kind: Option<HandlingKind>,
    /// Decided or not.
    pub decided: Option<bool>,
}

/// Violations by identifier.
///
/// # Errors
/// [`BadKey`] if `after` is no violation identifier.
pub fn violations<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::ViolationView)> + use<'a>, BadKey> {
    let after = beyond_id(after, ViolationId::new)?;
    let rows = state.violations.range(from(after));
    let rows = rows.filter(|(_, violation)| filter.decided.is_none_or(|d| d == violation.decided.is_some()));
    let rows = rows.map(|(id, violation)| (id.to_string(), of(id, violation)));
    Ok(rows.filter(|(_, view)| filter.wants(view)))
}

/// One violation.
pub fn violation(state: &State, id: &ViolationId) -> Option<view::ViolationView> {
    state.violations.get(id).map(|violation| of(id, violation))
}

impl Filter {
    fn wants(&self, view: &view::ViolationView) -> bool {
        let inspection = self.inspection.as_ref().map(InspectionId::as_str);
        inspection.is_none_or(|wanted| view.inspection.as_deref() == Some(wanted))
            && self.kind.is_none_or(|kind| kind.wire() == view.kind)
    }
}

fn of(id: &ViolationId, violation: &Violation) -> view::ViolationView {
    let kind = violation.decided.as_ref().map(|(kind, _, _, _)| *kind);
    let acknowledged = violation.acknowledged.as_ref();
    // Kind and count only, until the judicial organs acknowledge.
    if kind == Some(HandlingKind::TransferJudicial) && acknowledged.is_none() {
        let kind = HandlingKind::TransferJudicial.wire();
        return view::ViolationView { violation: id.wire(), kind, ..view::ViolationView::default() };
    }
    // Of a decision that is withheld, the ground only.
    let withheld = violation.withheld.as_ref().filter(|_| violation.published.is_none());
    let decided = violation.decided.as_ref().filter(|_| withheld.is_none());
    view::ViolationView {
        violation: id.wire(),
        inspection: Some(violation.inspection.wire()),
        item: Some(violation.item.wire()),
        found_at: Some(violation.found.0),
        investigated_at: violation.investigated.as_ref().map(micros),
        kind: decided.map_or(0, |(kind, _, _, _)| kind.wire()),
        decision_no: decided.map(|(_, number, _, _)| number.wire()),
        legal_basis: decided.map(|(_, _, basis, _)| basis.wire()),
        decided_at: decided.map(|(_, _, _, at)| at.0),
        published_at: violation.published.as_ref().map(micros),
        withheld_ground: withheld.map(|(ground, _)| ground.wire()),
        withheld_at: withheld.map(|(_, at)| at.0),
        acknowledged_by: acknowledged.map(|(receiver, _)| receiver.wire()),
        acknowledged_at: acknowledged.map(|(_, at)| at.0),
        rectified_on: violation.rectified.wire(),
    }
}
