//! Art. 16: at most two draws of a firm a year; a firm drawn by one section is not drawn by another,
//! unless both draw it together.
//!
//! Let H be this year's draws of a firm, each with its set of sections. A draw by the sections U is
//! lawful if and only if `|H| < cap` and `units(h)` lies within U for every h of H (rules.md 1.4).

use crate::registry::PastDraw;
use lotbook_event::SectionId;
use std::collections::BTreeSet;

/// Why a firm with this history may not be drawn, if it may not; statuses of para. 2 are the caller's.
pub fn verdict(
    history: &[PastDraw],
    year: u32,
    units: &BTreeSet<SectionId>,
    cap: u32,
    exclude_if_drawn_by_other_unit: bool,
) -> Option<&'static str> {
    let this_year = || history.iter().filter(|draw| draw.year == year);
    if exclude_if_drawn_by_other_unit && this_year().any(|draw| !draw.units.is_subset(units)) {
        return Some("drawn_by_other_unit");
    }
    (u32::try_from(this_year().count()).unwrap_or(u32::MAX) >= cap).then_some("cap_reached")
}

#[cfg(test)]
mod tests;
