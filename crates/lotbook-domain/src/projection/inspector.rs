//! Inspectors on the roster (Art. 10).

use super::{BadKey, beyond_id, from, is};
use crate::registry::InspectorRecord;
use crate::state::State;
use lotbook_event::proto as view;
use lotbook_event::registry::Duty;
use lotbook_event::wire::Wire;
use lotbook_event::{InspectorId, SectionId, Text};

/// Which inspectors.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Home section.
    pub section: Option<SectionId>,
    /// On duty or not.
    pub duty: Option<Duty>,
    /// A qualification they have.
    pub qualification: Option<Text>,
}

/// Inspectors by roster number.
///
/// # Errors
/// [`BadKey`] if `after` is no roster number.
pub fn inspectors<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::InspectorView)> + use<'a>, BadKey> {
    let after = beyond_id(after, InspectorId::new)?;
    let wanted = |record: &InspectorRecord| {
        is(filter.section.as_ref(), &record.row.section)
            && is(filter.duty.as_ref(), &record.row.duty)
            && filter.qualification.as_ref().is_none_or(|wanted| record.row.qualifications.contains(wanted))
    };
    let rows = state.inspectors.range(from(after)).filter(move |(_, record)| wanted(record));
    Ok(rows.map(|(id, record)| (id.to_string(), of(record))))
}

/// One inspector.
pub fn inspector(state: &State, id: &InspectorId) -> Option<view::InspectorView> {
    state.inspectors.get(id).map(of)
}

fn of(record: &InspectorRecord) -> view::InspectorView {
    view::InspectorView { row: Some(record.row.wire()), changed_at: record.change.at.0 }
}
