//! Art. 1 and the rule set: the office, its parameters within what the plan leaves open, calendars.

use crate::calendar::is_weekend;
use crate::civil::year_of;
use crate::state::State;
use lotbook_event::registry::{
    CalendarAmended, CalendarPublished, OfficeConstituted, RulesetAdopted, SectionRegistered,
};
use lotbook_event::{Code, Date, Refusal};
use std::collections::BTreeSet;

/// The only time zone of this version.
pub const TIMEZONE: &str = "Asia/Shanghai";
/// Longest period in working days; nothing in the plan comes near it.
pub const MAX_WORKING_DAYS: u32 = 250;
/// Shortest window of a ceremony in minutes (draw.md 1).
pub const MIN_WINDOW_MINUTES: u32 = 60;
/// Longest window of a ceremony in minutes: thirty days.
pub const MAX_WINDOW_MINUTES: u32 = 43_200;
/// Most enterprises an inspector may get in one batch: a recusal lists all slots that somebody holds, with
/// one more than the load for each substitution, and a list in an entry has at most 2,000 rows.
pub const MAX_LOAD: u32 = 1_000;

fn invalid(subject: impl core::fmt::Display, found: String) -> Refusal {
    Refusal::new(Code::InvalidValue, subject, found)
}

/// Constituted once, under a code that passes its check; days are those of Asia/Shanghai.
pub fn constituted(state: &State, e: &OfficeConstituted) -> Result<(), Refusal> {
    if let Some(office) = &state.office {
        return Err(Refusal::new(Code::AlreadyRecorded, "office", format!("{} is constituted", office.name)));
    }
    if let Err(error) = e.uscc.conforms() {
        return Err(invalid("office", error.problem));
    }
    match e.timezone.as_str() {
        TIMEZONE => Ok(()),
        other => Err(invalid("office", format!("time zone {other}; this version knows {TIMEZONE} only"))),
    }
}

/// Every parameter within its range.
pub fn rule_set(state: &State, e: &RulesetAdopted) -> Result<(), Refusal> {
    let id = &e.rule_set_id;
    if state.rule_sets.contains(id) {
        let found = format!("a rule set {id} has been adopted; other parameters need another identifier");
        return Err(Refusal::new(Code::AlreadyRecorded, id, found));
    }
    let windows = MIN_WINDOW_MINUTES..=MAX_WINDOW_MINUTES;
    let days = 1..=MAX_WORKING_DAYS;
    let checks = [
        ("annual_cap", e.annual_cap, 1..=366),
        ("penalty_memory_months", e.penalty_memory_months, 0..=1_200),
        ("report_working_days", e.report_working_days, days.clone()),
        ("feedback_working_days", e.feedback_working_days, days.clone()),
        ("publication_working_days", e.publication_working_days, days.clone()),
        ("comment_working_days", e.comment_working_days, days),
        ("team_minimum", e.team_minimum, 2..=10),
        ("scheme_min_age_days", e.scheme_min_age_days, 0..=366),
        ("participant_key_min_age_days", e.participant_key_min_age_days, 7..=366),
        ("commit_window_minutes", e.commit_window_minutes, windows.clone()),
        ("reveal_window_minutes", e.reveal_window_minutes, windows),
        ("min_reveals", e.min_reveals, 2..=100),
        ("max_load", e.max_load, 1..=MAX_LOAD),
    ];
    for (name, value, range) in checks {
        if !range.contains(&value) {
            let found = format!("{name} is {value}, must lie in {}..={}", range.start(), range.end());
            return Err(invalid(id, found));
        }
    }
    if e.participants.len() < crate::ceremony::MIN_COMMITTERS {
        return Err(invalid(
            id,
            format!("{} standing participants, at least 2 are needed", e.participants.len()),
        ));
    }
    if e.min_reveals as usize > e.participants.len() {
        return Err(invalid(
            id,
            format!("min_reveals is {}, there are {} participants", e.min_reveals, e.participants.len()),
        ));
    }
    crate::beacon::check(e).map_err(|found| invalid(id, found))
}

/// A year is published once; its days lie in it.
pub fn calendar(state: &State, e: &CalendarPublished) -> Result<(), Refusal> {
    if state.calendar.has(e.year) {
        let found = format!("the calendar of {} is published; an amendment is CalendarAmended", e.year);
        return Err(Refusal::new(Code::AlreadyRecorded, format!("calendar {}", e.year), found));
    }
    days(e.year, &e.weekdays_off, &e.weekend_days_worked)
}

/// Only a year that is published is amended; its days lie in it.
pub fn calendar_amended(state: &State, e: &CalendarAmended) -> Result<(), Refusal> {
    if !state.calendar.has(e.year) {
        let found = format!("the calendar of {} is not published", e.year);
        return Err(Refusal::new(Code::UnknownSubject, format!("calendar {}", e.year), found));
    }
    days(e.year, &e.weekdays_off, &e.weekend_days_worked)
}

/// Days off are weekdays of the year, days worked are days of its weekends.
fn days(year: u32, off: &BTreeSet<Date>, worked: &BTreeSet<Date>) -> Result<(), Refusal> {
    let wrong = |found: String| Err(invalid(format!("calendar {year}"), found));
    if let Some(day) = off.iter().chain(worked).find(|day| year_of(**day) != year) {
        return wrong(format!("{day} lies in another year"));
    }
    let weekend = |day: &&Date| is_weekend(**day);
    match off.iter().find(weekend).or_else(|| worked.iter().find(|day| !weekend(day))) {
        Some(day) => wrong(format!("{day} is not the kind of day it is listed as")),
        None => Ok(()),
    }
}

/// A section is registered once.
pub fn sections(state: &State, e: &SectionRegistered) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for row in &e.rows {
        if state.sections.contains_key(&row.section) || !seen.insert(&row.section) {
            let found = format!("section {} is registered", row.section);
            return Err(Refusal::new(Code::AlreadyRecorded, &row.section, found));
        }
    }
    Ok(())
}
