//! D6: the disclosure of a year is due in the next one (rules.md 1.6).

use crate::civil::{date_of, due_day_in, end_of, year_of};
use crate::due::Due;
use crate::state::State;
use lotbook_chain::Instant;
use lotbook_event::oversight::{DeadlineMissed, Obligation};
use lotbook_event::{Date, Text};

/// The last day for the disclosure of a year.
pub(crate) fn due_date(state: &State, year: u32) -> Option<Date> {
    due_day_in(year.checked_add(1)?, state.rules.as_ref()?.value.disclosure_due.as_str())
}

/// The first year whose disclosure is not published and not yet stated as missing (D6); stated once.
///
/// The year in which the ledger began counts, those before it do not.
pub(crate) fn missing(state: &State, now: Instant) -> Option<Due> {
    let done = |year: &u32| state.disclosures.get(year).is_some_and(|r| r.missed || r.published.is_some());
    let year = (year_of(state.began?)..year_of(date_of(now))).find(|year| !done(year))?;
    let due = end_of(due_date(state, year)?);
    if due > now {
        return None;
    }
    let subject = year.to_string();
    let event = DeadlineMissed {
        obligation: Obligation::Disclosure,
        subject: Text::new(subject.as_str()).ok()?,
        due,
        calendar: None,
        provisional: false,
    };
    Some(Due { at: due, id: format!("{} {subject}", Obligation::Disclosure), event: event.into() })
}
