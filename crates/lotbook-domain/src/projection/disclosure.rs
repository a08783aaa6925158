//! Annual disclosures by year (Art. 23).

use super::{BadKey, beyond, from};
use crate::state::{DisclosureRecord, State};
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;

/// Disclosures by year.
///
/// # Errors
/// [`BadKey`] if `after` is no year.
pub fn disclosures<'a>(
    state: &'a State,
    after: &str,
) -> Result<impl Iterator<Item = (String, view::AnnualDisclosureView)> + use<'a>, BadKey> {
    let after = beyond(after, |text| text.parse::<u32>().ok())?;
    let rows = state.disclosures.range(from(after));
    Ok(rows.map(|(year, record)| (year.to_string(), of(*year, record))))
}

/// The disclosure of one year.
pub fn disclosure(state: &State, year: u32) -> Option<view::AnnualDisclosureView> {
    state.disclosures.get(&year).map(|record| of(year, record))
}

fn of(year: u32, record: &DisclosureRecord) -> view::AnnualDisclosureView {
    view::AnnualDisclosureView {
        year,
        generated: record.generated.as_ref().map(|(generated, _)| generated.wire()),
        published_at: record.published.as_ref().map(|(at, _)| at.0),
        receipt_ref: record.published.as_ref().map(|(_, reference)| reference.wire()),
        late: record.missed,
    }
}
