//! Enterprises on the roster with their statuses and draws (Arts. 11, 13, 16).

use super::{BadKey, beyond_id, from, is, texts};
use crate::registry::{EnterpriseRecord, PastDraw};
use crate::state::State;
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;
use lotbook_event::{AreaCode, Text, Uscc};

/// Which enterprises.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// An area that contains theirs.
    pub area: Option<AreaCode>,
    /// Class of object.
    pub kind: Option<Text>,
    /// Registration state.
    pub registration: Option<Text>,
    /// Kind of a status that has not been ended.
    pub status: Option<Text>,
    /// Calendar year in which a draw selected them.
    pub drawn_in: Option<u32>,
}

/// Enterprises by code.
///
/// # Errors
/// [`BadKey`] if `after` is no credit code.
pub fn enterprises<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::EnterpriseView)> + use<'a>, BadKey> {
    let after = beyond_id(after, Uscc::new)?;
    let rows = state.enterprises.range(from(after)).filter(|(_, record)| filter.wants(record));
    Ok(rows.map(|(id, record)| (id.to_string(), of(record))))
}

/// One enterprise.
pub fn enterprise(state: &State, uscc: &Uscc) -> Option<view::EnterpriseView> {
    state.enterprises.get(uscc).map(|record| of(record))
}

impl Filter {
    fn wants(&self, record: &EnterpriseRecord) -> bool {
        let row = &record.row;
        self.area.as_ref().is_none_or(|area| area.contains(&row.area))
            && is(self.kind.as_ref(), &row.kind)
            && is(self.registration.as_ref(), &row.registration)
            && self.status.as_ref().is_none_or(|kind| record.statuses.contains_key(kind))
            && self.drawn_in.is_none_or(|year| record.draws.iter().any(|draw| draw.year == year))
    }
}

fn of(record: &EnterpriseRecord) -> view::EnterpriseView {
    view::EnterpriseView {
        row: Some(record.row.wire()),
        statuses: record.statuses.values().flatten().map(Wire::wire).collect(),
        draws: record.draws.iter().map(past_draw).collect(),
        changed_at: record.change.at.0,
    }
}

fn past_draw(draw: &PastDraw) -> view::PastDrawView {
    let (plan, batch) = &draw.batch;
    view::PastDrawView {
        year: draw.year,
        plan: plan.to_string(),
        batch: batch.to_string(),
        units: texts(&draw.units),
    }
}
