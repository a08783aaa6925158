//! Items of the item list (Art. 8).

use super::{BadKey, beyond_id, from, is, micros};
use crate::registry::{ItemPhase, ItemRecord};
use crate::state::State;
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;
use lotbook_event::{ItemId, SectionId, Text};

/// Which items.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Section in charge.
    pub section: Option<SectionId>,
    /// How far.
    pub phase: Option<view::ItemPhase>,
    /// Category.
    pub category: Option<Text>,
}

/// Items by number.
///
/// # Errors
/// [`BadKey`] if `after` is no item number.
pub fn items<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::ItemView)> + use<'a>, BadKey> {
    let after = beyond_id(after, ItemId::new)?;
    let wanted = |record: &ItemRecord| {
        is(filter.section.as_ref(), &record.item.section)
            && is(filter.phase.as_ref(), &phase(record.phase))
            && is(filter.category.as_ref(), &record.item.category)
    };
    let rows = state.items.range(from(after)).filter(move |(_, record)| wanted(record));
    Ok(rows.map(|(id, record)| (id.to_string(), of(record))))
}

/// One item.
pub fn item(state: &State, id: &ItemId) -> Option<view::ItemView> {
    state.items.get(id).map(of)
}

fn of(record: &ItemRecord) -> view::ItemView {
    view::ItemView {
        item: Some(record.item.wire()),
        phase: phase(record.phase).into(),
        published_at: record.published_at.as_ref().map(micros),
    }
}

fn phase(phase: ItemPhase) -> view::ItemPhase {
    match phase {
        ItemPhase::Proposed => view::ItemPhase::Proposed,
        ItemPhase::Aggregated => view::ItemPhase::Aggregated,
        ItemPhase::Published => view::ItemPhase::Published,
        ItemPhase::Withdrawn => view::ItemPhase::Withdrawn,
    }
}
