//! Art. 8: sections derive items from the powers list, the office puts them together and publishes them.

use crate::decide::Stated;
use crate::registry::ItemPhase;
use crate::state::State;
use lotbook_event::registry::{Item, ItemAggregated, ItemProposed, ItemPublished, ItemWithdrawn};
use lotbook_event::{Code, ItemId, Refusal, SectionId};

/// An item has name, content, basis and an entry in the powers list; a section proposes its own.
pub fn proposed(state: &State, stated: &Stated<'_>, e: &ItemProposed) -> Result<(), Refusal> {
    let mut seen = std::collections::BTreeSet::new();
    for row in &e.rows {
        own_section(stated, &row.section, &row.item)?;
        with_basis(row)?;
        let live = state.items.get(&row.item).is_some_and(|known| known.phase != ItemPhase::Withdrawn);
        if live || !seen.insert(&row.item) {
            return Err(Refusal::new(
                Code::AlreadyRecorded,
                &row.item,
                format!("item {} is on the list", row.item),
            ));
        }
    }
    Ok(())
}

fn with_basis(row: &Item) -> Result<(), Refusal> {
    let fields = [
        ("name", &row.name),
        ("content", &row.content),
        ("legal_basis", &row.legal_basis),
        ("powers_list_ref", &row.powers_list_ref),
    ];
    match fields.iter().find(|(_, value)| value.as_str().trim().is_empty()) {
        Some((field, _)) => {
            Err(Refusal::new(Code::ItemWithoutBasis, &row.item, format!("item {} has no {field}", row.item)))
        }
        None => Ok(()),
    }
}

/// The co-ordinator puts proposed items on the list.
pub fn aggregated(state: &State, e: &ItemAggregated) -> Result<(), Refusal> {
    e.items.iter().try_for_each(|item| in_phase(state, item, ItemPhase::Proposed))
}

/// Items on the list are published.
pub fn published(state: &State, e: &ItemPublished) -> Result<(), Refusal> {
    e.items.iter().try_for_each(|item| in_phase(state, item, ItemPhase::Aggregated))
}

/// A section withdraws its own item.
pub fn withdrawn(state: &State, stated: &Stated<'_>, e: &ItemWithdrawn) -> Result<(), Refusal> {
    in_phase(state, &e.item, ItemPhase::Published)?;
    state.items.get(&e.item).map_or(Ok(()), |known| own_section(stated, &known.item.section, &e.item))
}

fn in_phase(state: &State, item: &ItemId, needed: ItemPhase) -> Result<(), Refusal> {
    match state.items.get(item).map(|known| known.phase) {
        Some(phase) if phase == needed => Ok(()),
        Some(phase) => {
            let found = format!("item {item} is {phase:?}, it must be {needed:?}");
            Err(Refusal::new(Code::WrongPhase, item, found))
        }
        None => Err(Refusal::new(Code::UnknownSubject, item, format!("there is no item {item}"))),
    }
}

/// Items named by a plan, drawn for or inspected are published and in force.
pub fn in_force<'a>(state: &State, items: impl IntoIterator<Item = &'a ItemId>) -> Result<(), Refusal> {
    for item in items {
        let published = state.items.get(item).is_some_and(|known| known.phase == ItemPhase::Published);
        if !published {
            return Err(Refusal::new(
                Code::ItemNotPublished,
                item,
                format!("item {item} is not published and in force"),
            ));
        }
    }
    Ok(())
}

/// A section acts for itself.
pub fn own_section(
    stated: &Stated<'_>,
    section: &SectionId,
    subject: impl core::fmt::Display,
) -> Result<(), Refusal> {
    match &stated.statement().section {
        Some(own) if own == section => Ok(()),
        own => {
            let own = own.as_ref().map_or("no section", |own| own.as_str());
            let found = format!("{subject} belongs to section {section}, the author acts for {own}");
            Err(Refusal::new(Code::OtherSection, subject, found))
        }
    }
}
