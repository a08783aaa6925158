//! Civil dates of the office: Asia/Shanghai, UTC+8 without daylight saving since 1991 (rules.md 3).

use jiff::{SignedDuration, civil};
use lotbook_chain::Instant;
use lotbook_event::Date;

const DAY_US: i64 = 86_400 * Instant::SECOND;
const OFFSET_US: i64 = 8 * 3_600 * Instant::SECOND;
const EPOCH: civil::Date = civil::date(1970, 1, 1);
/// Days from the epoch to 0001-01-01 and to 9999-12-31, the range of civil dates here.
const DAYS: core::ops::RangeInclusive<i64> = -719_162..=2_932_896;

/// The office's date at an instant; instants beyond the years 1-9999 count as their ends.
pub fn date_of(instant: Instant) -> Date {
    let days = instant.0.saturating_add(OFFSET_US).div_euclid(DAY_US).clamp(*DAYS.start(), *DAYS.end());
    Date(EPOCH.saturating_add(SignedDuration::from_hours(days * 24)))
}

/// An instant as the office's people read it, to the minute.
pub fn show(at: Instant) -> String {
    let date = date_of(at);
    let minutes = (at.0 - start_of(date).0).div_euclid(60 * Instant::SECOND);
    format!("{date} {:02}:{:02}", minutes / 60, minutes % 60)
}

/// The first instant of a date, 00:00.
pub fn start_of(date: Date) -> Instant {
    Instant(days_between(Date(EPOCH), date) * DAY_US - OFFSET_US)
}

/// The instant after the last one of a date, 24:00.
pub fn end_of(date: Date) -> Instant {
    Instant(start_of(date).0 + DAY_US)
}

/// The date a number of days later (saturating).
pub fn plus_days(date: Date, days: i64) -> Date {
    Date(date.0.saturating_add(SignedDuration::from_hours(days.saturating_mul(24))))
}

/// The day after, at the end of the year 9999 that day itself.
pub fn tomorrow(date: Date) -> Date {
    Date(date.0.tomorrow().unwrap_or(date.0))
}

/// The date a number of months later, the last day of the month where the day does not exist.
pub fn plus_months(date: Date, months: u32) -> Date {
    let span = jiff::Span::new().try_months(i64::from(months));
    Date(span.map_or(civil::Date::MAX, |span| date.0.saturating_add(span)))
}

/// Calendar year of a date.
pub fn year_of(date: Date) -> u32 {
    u32::try_from(date.0.year()).unwrap_or(0)
}

/// A date of a year from month and day; `None` if it does not exist there.
fn date_in(year: u32, month_day: &str) -> Option<Date> {
    Date::new(&format!("{year:04}-{month_day}")).ok()
}

/// The day of a year: `MM-DD`, or the last day of the month for `MM-last` and for a 29 February that the
/// year does not have. `None` only beyond the years 0-9999.
pub fn due_day_in(year: u32, day: &str) -> Option<Date> {
    let last = || {
        let month = day.split('-').next().unwrap_or_default();
        date_in(year, &format!("{month}-01")).map(|first| Date(first.0.last_of_month()))
    };
    date_in(year, day).or_else(last)
}

fn days_between(from: Date, to: Date) -> i64 {
    from.0.duration_until(to.0).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_at_1630z_is_tomorrow_in_the_office() {
        let instant = Instant(1_772_468_999 * Instant::SECOND); // 2026-03-02T16:29:59Z
        assert_eq!(date_of(instant).to_string(), "2026-03-03");
        assert_eq!(start_of(date_of(instant)).0, 1_772_467_200 * Instant::SECOND);
    }

    #[test]
    fn start_and_end_bound_every_day() {
        for text in ["1970-01-01", "2026-02-28", "2028-02-29", "9999-12-30"] {
            let date = Date::new(text).unwrap();
            assert_eq!(date_of(start_of(date)), date);
            assert_eq!(date_of(Instant(end_of(date).0 - 1)), date);
            assert_eq!(date_of(end_of(date)), plus_days(date, 1));
        }
    }

    #[test]
    fn a_due_day_is_the_last_of_its_month_in_leap_years_too() {
        let due = |year, day: &str| due_day_in(year, day).map(|date| date.to_string());
        for (year, last) in [(2027, 28), (2028, 29), (2100, 28), (2000, 29)] {
            assert_eq!(due(year, "02-last").unwrap(), format!("{year}-02-{last}"));
            assert_eq!(due(year, "02-29").unwrap(), format!("{year}-02-{last}"));
        }
        assert_eq!(due(2027, "04-last").unwrap(), "2027-04-30");
        assert_eq!(due(2027, "12-last").unwrap(), "2027-12-31");
        assert_eq!(due(2027, "03-15").unwrap(), "2027-03-15");
        assert_eq!(due(10_000, "02-last"), None);
    }

    #[test]
    fn hostile_instants_do_not_panic() {
        for us in [i64::MIN, i64::MAX, 0, -1] {
            let _ = start_of(date_of(Instant(us)));
        }
    }
}
