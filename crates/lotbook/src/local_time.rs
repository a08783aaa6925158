//! The office's local time, Asia/Shanghai: what people write and read.

use crate::exit::usage;
use anyhow::Result;
use jiff::civil::DateTime;
use lotbook_chain::{Instant, WitnessTime};
use lotbook_engine::domain::civil;
use lotbook_event::Date;

const FORMAT: &str = "%Y-%m-%d %H:%M";

/// The instant of a time as people write it, `YYYY-MM-DD HH:MM`.
///
/// # Errors
/// Wrong usage, if it is not one.
pub fn read(flag: &str, text: &str) -> Result<Instant> {
    let wrong = || usage(format!("{flag} `{text}` is not a time: write it as \"2026-03-17 09:30\""));
    let at = DateTime::strptime(FORMAT, text.trim()).map_err(|_| wrong())?;
    let since_midnight = i64::from(at.hour()) * 3_600 + i64::from(at.minute()) * 60;
    Ok(civil::start_of(Date(at.date())).plus_seconds(since_midnight))
}

pub use civil::show;

/// The day whose end a deadline is, or the time of a deadline within a day.
pub fn deadline(at: Instant) -> String {
    let before = Instant(at.0 - 1);
    let date = civil::date_of(before);
    if civil::end_of(date) == at { date.to_string() } else { show(at) }
}

/// A time as a witness stated it.
pub fn of_witness(time: WitnessTime) -> String {
    show(Instant(0).plus_seconds(i64::try_from(time.seconds()).unwrap_or(i64::MAX)))
}

/// The begin of the minute.
pub fn minute(at: Instant) -> Instant {
    let minute = 60 * Instant::SECOND;
    Instant(at.0.div_euclid(minute) * minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_back_as_it_was_written() {
        for text in ["2026-03-17 09:30", "2026-12-31 23:59", "2027-01-01 00:00"] {
            assert_eq!(show(read("--at", text).unwrap()), text);
        }
        assert_eq!(read("--at", "1970-01-01 08:00").unwrap(), Instant(0));
    }

    #[test]
    fn what_is_no_time_is_wrong_usage() {
        for text in ["2026-02-30 09:30", "09:30", "2026-03-17T09:30Z", "tomorrow"] {
            assert_eq!(crate::exit::code_of(&read("--at", text).unwrap_err()), crate::exit::USAGE, "{text}");
        }
    }

    #[test]
    fn a_deadline_at_midnight_is_named_by_the_day_that_ends() {
        assert_eq!(deadline(read("--at", "2026-04-01 00:00").unwrap()), "2026-03-31");
        assert_eq!(deadline(read("--at", "2026-04-01 10:15").unwrap()), "2026-04-01 10:15");
    }
}
