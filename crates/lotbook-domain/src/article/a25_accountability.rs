//! Art. 25: a departure from the plan and serious consequences lead to accountability, one step a person each. Nothing
//! here is inferred: which flags are a breach, and whether its consequences are serious, people say.

use crate::civil::date_of;
use crate::decide::Stated;
use crate::person;
use crate::state::{Breach, State};
use lotbook_event::oversight::*;
use lotbook_event::{BreachId, Code, Refusal, Text};

/// The plan's last article.
const LAST_ARTICLE: u32 = 25;

fn wrong(subject: &impl core::fmt::Display, found: impl Into<String>) -> Refusal {
    Refusal::new(Code::InvalidValue, subject, found)
}

fn filled(subject: &impl core::fmt::Display, part: &str, text: &Text) -> Result<(), Refusal> {
    if text.as_str().trim().is_empty() { Err(wrong(subject, format!("the {part} is empty"))) } else { Ok(()) }
}

/// A justification stands beside a flag; who departs from the plan and why may always be said.
pub fn explained(state: &State, e: &DeviationExplained) -> Result<(), Refusal> {
    let subject = format!("entry {}", e.position);
    if state.flags_at(e.position).is_empty() {
        let found = format!("no flag rests on the entry at position {}", e.position);
        return Err(Refusal::new(Code::UnknownSubject, subject, found));
    }
    filled(&subject, "explanation", &e.explanation)
}

/// A dossier names an article and the entries that show the departure.
pub fn recorded(state: &State, e: &BreachRecorded) -> Result<(), Refusal> {
    if state.breaches.contains_key(&e.breach) {
        let found = format!("there is a dossier {}", e.breach);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.breach, found));
    }
    if !(1..=LAST_ARTICLE).contains(&e.article) {
        return Err(wrong(&e.breach, format!("the plan has no article {}", e.article)));
    }
    match e.positions.last() {
        None => return Err(wrong(&e.breach, "no entry is named that shows it")),
        Some(last) if last.0 >= state.head.size => {
            let found = format!("the ledger has no entry at position {last} yet");
            return Err(Refusal::new(Code::UnknownSubject, &e.breach, found));
        }
        Some(_) => {}
    }
    filled(&e.breach, "summary", &e.summary)
}

fn dossier<'a>(state: &'a State, id: &BreachId) -> Result<&'a Breach, Refusal> {
    let none = || Refusal::new(Code::UnknownSubject, id, format!("there is no dossier {id}"));
    state.breaches.get(id).ok_or_else(none)
}

/// Assessed once, by another person than who opened the dossier.
pub fn assessed(state: &State, stated: &Stated<'_>, e: &ConsequenceAssessed) -> Result<(), Refusal> {
    let breach = dossier(state, &e.breach)?;
    if breach.assessed.is_some() {
        let found = format!("the consequences of {} are assessed", e.breach);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.breach, found));
    }
    if person::same(state, breach.by, stated.authentic.author()) {
        let found = format!("{} opened the dossier and assesses it", state.person_of(&breach.by));
        return Err(Refusal::new(Code::SelfApproval, &e.breach, found));
    }
    filled(&e.breach, "basis", &e.basis)
}

/// Referred once, if somebody has found the consequences serious: Art. 25 needs both.
pub fn referred(state: &State, e: &AccountabilityReferred) -> Result<(), Refusal> {
    let breach = dossier(state, &e.breach)?;
    match &breach.assessed {
        None => {
            let found = format!("nobody has assessed the consequences of {}", e.breach);
            return Err(Refusal::new(Code::WrongPhase, &e.breach, found));
        }
        Some((false, ..)) => {
            let found = format!("the consequences of {} were assessed as not serious", e.breach);
            return Err(Refusal::new(Code::WrongPhase, &e.breach, found));
        }
        Some((true, ..)) => {}
    }
    if breach.referred.is_some() {
        return Err(Refusal::new(Code::AlreadyRecorded, &e.breach, format!("{} is referred", e.breach)));
    }
    filled(&e.breach, "organ", &e.organ)
}

/// Decided once, after the referral; public only by the organ's order.
pub fn decided(state: &State, stated: &Stated<'_>, e: &AccountabilityDecided) -> Result<(), Refusal> {
    let breach = dossier(state, &e.breach)?;
    if breach.referred.is_none() {
        let found = format!("{} has not been referred", e.breach);
        return Err(Refusal::new(Code::WrongPhase, &e.breach, found));
    }
    if breach.decided.is_some() {
        return Err(Refusal::new(Code::AlreadyRecorded, &e.breach, format!("{} is decided", e.breach)));
    }
    let today = date_of(stated.at());
    if e.decided_on > today {
        return Err(wrong(&e.breach, format!("decided on {}, it is {today}", e.decided_on)));
    }
    let (order, published) = (!e.publication_order.as_str().is_empty(), !e.published.as_str().is_empty());
    match (order, published) {
        (false, true) => {
            let found = "the decision is stated, and no order of the organ to publish it";
            Err(Refusal::new(Code::RestrictedField, &e.breach, found))
        }
        (true, false) => Err(wrong(&e.breach, "the organ orders publication, and the decision is empty")),
        _ => Ok(()),
    }
}
