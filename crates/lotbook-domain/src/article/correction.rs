//! Corrections: somebody else than its author corrects what an entry says; both versions stay (rules.md 1.9).

use crate::decide::Stated;
use crate::person;
use crate::state::State;
use lotbook_event::oversight::EntryCorrected;
use lotbook_event::{Code, Refusal};

/// A field of an entry about an inspection, by another person than its author.
pub fn corrected(state: &State, stated: &Stated<'_>, e: &EntryCorrected) -> Result<(), Refusal> {
    let subject = format!("entry {}", e.position);
    let none = || {
        let found = format!("position {} holds no entry that may be corrected", e.position);
        Refusal::new(Code::UnknownSubject, &subject, found)
    };
    let known = state.correctable.get(e.position).ok_or_else(none)?;
    let bad = |found: String| Err(Refusal::new(Code::InvalidValue, &subject, found));
    if known.entry != e.entry {
        return bad(format!("the entry at {} has the hash {}, not {}", e.position, known.entry, e.entry));
    }
    if !known.says.fields.contains(&e.field.as_str()) {
        let fields = known.says.fields.join(", ");
        return bad(format!("{} has no field `{}` to correct, but {fields}", known.says.event, e.field));
    }
    for (part, text) in [("value", &e.value), ("reason", &e.reason)] {
        if text.as_str().trim().is_empty() {
            return bad(format!("the {part} of the correction is empty"));
        }
    }
    if person::same(state, known.author, stated.authentic.author()) {
        let found = format!("{} stated the entry and corrects it", state.person_of(&known.author));
        return Err(Refusal::new(Code::SelfApproval, &subject, found));
    }
    Ok(())
}
