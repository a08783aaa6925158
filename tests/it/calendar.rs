//! Working days against the vectors that come with the State Council's notices (2019-2026).

use lotbook_chain::EntryHash;
use lotbook_domain::calendar::Calendar;
use lotbook_event::Date;
use serde_json::Value;

fn source() -> Value {
    serde_json::from_str(include_str!("../../crates/lotbook-import/data/cn-calendar.json")).unwrap()
}

fn published() -> Calendar {
    let mut calendar = Calendar::default();
    for year in lotbook_import::calendar::calendars().unwrap() {
        calendar.publish(EntryHash::ZERO, year.year, &year.weekdays_off, &year.weekend_days_worked);
    }
    calendar
}

fn date(value: &Value) -> Date {
    Date::new(value.as_str().unwrap()).unwrap()
}

#[test]
fn every_counting_vector_agrees() {
    let (source, calendar) = (source(), published());
    let vectors = source["test_vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 16);
    for vector in vectors {
        let days = u32::try_from(vector["working_days"].as_u64().unwrap()).unwrap();
        let due = calendar.plus_working_days(date(&vector["trigger"]), days);
        assert_eq!(due.date, date(&vector["due"]), "{vector}");
        assert!(!due.provisional, "{vector}");
        assert_eq!(calendar.working_days_between(date(&vector["trigger"]), due.date), days, "{vector}");
    }
}

#[test]
fn every_fixed_date_knows_whether_it_is_worked() {
    let (source, calendar) = (source(), published());
    let mut checked = 0;
    for case in source["fixed_date_deadlines"].as_array().unwrap() {
        let Some(worked) = case["is_workday"].as_bool() else { continue };
        assert_eq!(calendar.is_working_day(date(&case["date"])), worked, "{case}");
        checked += 1;
    }
    assert!(checked >= 16, "{checked}");
}

#[test]
fn the_worked_chain_of_articles_18_to_21_holds() {
    let calendar = published();
    let after =
        |from: &str, days| calendar.plus_working_days(Date::new(from).unwrap(), days).date.to_string();
    assert_eq!(after("2026-09-24", 5), "2026-10-09", "report");
    assert_eq!(after("2026-10-09", 7), "2026-10-19", "feedback and publication");
    assert_eq!(after("2026-10-19", 10), "2026-11-02", "comment");
}

#[test]
fn a_date_that_reaches_an_unpublished_year_is_provisional() {
    let calendar = published();
    let due = calendar.plus_working_days(Date::new("2026-12-28").unwrap(), 5);
    assert!(due.provisional);
    assert_eq!(calendar.published(2027), None);
}

#[test]
fn without_any_calendar_weekdays_count_and_everything_is_provisional() {
    let due = Calendar::default().plus_working_days(Date::new("2026-09-24").unwrap(), 5);
    assert_eq!((due.date.to_string().as_str(), due.provisional), ("2026-10-01", true));
}
