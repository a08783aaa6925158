//! The built-in calendars: the State Council's notices as facts (rules.md 3).

use std::collections::{BTreeMap, BTreeSet};

use lotbook_event::keys::Role;
use lotbook_event::registry::CalendarPublished;
use lotbook_event::wire::FieldError;
use lotbook_event::{Date, Text};
use serde::Deserialize;

use crate::changes::Change;
use crate::import::Draft;
use crate::kind::FileKind;
use crate::known::Known;
use crate::report::{FileReport, Problem};

const FILE: &str = "cn-calendar.json";
const JSON: &str = include_str!("../data/cn-calendar.json");

#[derive(Deserialize)]
struct CalendarJson {
    years: BTreeMap<String, YearJson>,
    derived: DerivedJson,
}

#[derive(Deserialize)]
struct YearJson {
    notice_no: String,
}

#[derive(Deserialize)]
struct DerivedJson {
    weekday_off: Vec<String>,
    weekend_work: Vec<String>,
}

/// The calendars of this programme, by year.
///
/// # Errors
/// Never for the file that is built in; a test holds this.
pub fn calendars() -> Result<Vec<CalendarPublished>, FieldError> {
    parse(JSON)
}

fn parse(json: &str) -> Result<Vec<CalendarPublished>, FieldError> {
    let file: CalendarJson =
        serde_json::from_str(json).map_err(|error| FieldError::new(error.to_string()))?;
    let mut calendars = Vec::new();
    for (text, year) in &file.years {
        let number = text.parse().map_err(|_| FieldError::new("is not a year").within(text))?;
        calendars.push(CalendarPublished {
            year: number,
            notice_no: Text::new(&*year.notice_no)?,
            weekdays_off: days(text, &file.derived.weekday_off)?,
            weekend_days_worked: days(text, &file.derived.weekend_work)?,
        });
    }
    Ok(calendars)
}

/// The days that fall in a calendar year.
fn days(year: &str, all: &[String]) -> Result<BTreeSet<Date>, FieldError> {
    let of_year = |day: &&String| day.split('-').next() == Some(year);
    all.iter().filter(of_year).map(|day| Date::new(day)).collect()
}

/// Drafts the calendars from a year on that the ledger does not have.
pub(crate) fn drafts(from_year: u32, known: &Known, listed: bool) -> (Vec<Draft>, FileReport) {
    let mut report = FileReport::new(FILE, FileKind::Calendar).listing(listed);
    let calendars = calendars().unwrap_or_else(|error| {
        report.unreadable(Problem::new(&error.path, "", error.problem, "build the programme again"));
        Vec::new()
    });
    let mut drafts = Vec::new();
    for calendar in calendars.into_iter().filter(|calendar| calendar.year >= from_year) {
        report.rows = report.rows.saturating_add(1);
        if known.calendars.contains_key(&calendar.year) {
            report.row((report.rows, 0), calendar.year, Change::Unchanged, Vec::new);
            continue;
        }
        report.row((report.rows, 0), calendar.year, Change::Added, Vec::new);
        let (role, file) = (Role::Administrator, FILE.to_string());
        drafts.push(Draft { role, section: None, event: calendar.into(), on: None, file });
    }
    (drafts, report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_calendars_are_whole_and_each_day_lies_in_its_year() {
        let calendars = calendars().unwrap();
        assert_eq!(calendars.iter().map(|c| c.year).collect::<Vec<_>>(), (2019..=2026).collect::<Vec<_>>());
        for calendar in &calendars {
            let days = calendar.weekdays_off.iter().chain(&calendar.weekend_days_worked);
            assert!(days.into_iter().all(|day| day.to_string().starts_with(&calendar.year.to_string())));
            assert!(calendar.notice_no.as_str().starts_with("国办发明电"));
        }
        let year = calendars.last().unwrap();
        assert!(year.weekend_days_worked.contains(&Date::new("2026-10-10").unwrap()));
        assert_eq!((year.weekdays_off.len(), year.weekend_days_worked.len()), (19, 6));
    }

    #[test]
    fn a_calendar_with_a_wrong_day_is_named() {
        let json = r#"{"years":{"2026":{"notice_no":"n"}},"derived":{"weekday_off":["2026-02-30"],"weekend_work":[]}}"#;
        assert!(parse(json).is_err());
        assert!(parse("{}").is_err());
    }
}
