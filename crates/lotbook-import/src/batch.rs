//! Many rows to few statements, each small enough to be stated.

use std::collections::BTreeMap;

use lotbook_event::keys::Role;
use lotbook_event::wire::Wire;
use lotbook_event::{Date, Event, Statement, StatementId};

/// Most rows in one statement: a reader should be able to look one through.
pub const ROWS_PER_STATEMENT: usize = 500;

/// Most bytes of one encoded draft; a statement may have 65,390 (ledger.md 2), the rest is reserve
/// for identifiers that the import does not know.
pub const MAX_DRAFT_BYTES: usize = 60_000;

/// Length of the statement that states this event, in bytes.
pub(crate) fn encoded_len(event: &Event) -> usize {
    let Ok(stated_at) = Wire::parse(i64::MAX) else { return usize::MAX };
    let (id, section, expected_position) = (StatementId([0; 16]), None, None);
    Statement { id, stated_at, role: Role::Registrar, section, expected_position, event: event.clone() }
        .encode()
        .len()
}

/// The same rows in as few events as the limits allow, in order.
pub(crate) fn split<T: Clone>(rows: Vec<T>, event: impl Fn(Vec<T>) -> Event) -> Vec<Event> {
    let empty = encoded_len(&event(Vec::new()));
    let (mut events, mut batch, mut bytes) = (Vec::new(), Vec::new(), empty);
    for row in rows {
        // A row costs its own bytes; the growing lengths around all rows cost at most six more.
        let cost = encoded_len(&event(vec![row.clone()])).saturating_sub(empty);
        if !batch.is_empty() && (batch.len() >= ROWS_PER_STATEMENT || bytes + cost + 6 > MAX_DRAFT_BYTES) {
            events.push(event(core::mem::take(&mut batch)));
            bytes = empty;
        }
        batch.push(row);
        bytes += cost;
    }
    if !batch.is_empty() {
        events.push(event(batch));
    }
    events
}

/// Splits rows by the day on which each was done, days ascending, then by size.
pub(crate) fn split_by_day<T: Clone>(
    rows: impl IntoIterator<Item = (Date, T)>,
    event: impl Fn(Vec<T>) -> Event,
) -> Vec<(Date, Event)> {
    let mut days: BTreeMap<Date, Vec<T>> = BTreeMap::new();
    for (day, row) in rows {
        days.entry(day).or_default().push(row);
    }
    let of_day = |(day, rows)| split(rows, &event).into_iter().map(move |event| (day, event));
    days.into_iter().flat_map(of_day).collect()
}
