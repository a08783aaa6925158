//! TOML to typed keys: unknown keys, wrong types and wrong values are named, with their line.

use std::collections::BTreeSet;

use lotbook_event::wire::FieldError;
use lotbook_event::{Date, Text};
use serde::de::DeserializeOwned;

use crate::report::Problem;

/// Parses a file whose keys are all known.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    toml::from_str(text).map_err(|error| {
        let (before, after) =
            error.span().and_then(|span| text.split_at_checked(span.start)).unwrap_or_default();
        let line = u64::try_from(before.matches('\n').count()).unwrap_or(0).saturating_add(1);
        let start = before.rsplit('\n').next().unwrap_or_default();
        let key = format!("{start}{}", after.lines().next().unwrap_or_default());
        problem(key.split_once('=').map_or("", |(key, _)| key.trim()), &error).at(line)
    })
}

/// Reads one table of a list, whose keys are all known.
pub(crate) fn typed<T: DeserializeOwned>(value: toml::Value) -> Result<T, Problem> {
    value.try_into().map_err(|error: toml::de::Error| {
        // Without a source text the error names its key in a line of its own.
        let text = error.to_string();
        let key = text.lines().find_map(|line| line.strip_prefix("in `")?.strip_suffix('`'));
        problem(key.unwrap_or_default(), &error)
    })
}

fn problem(key: &str, error: &toml::de::Error) -> Problem {
    Problem::new(
        key,
        "",
        error.message().trim(),
        "correct or remove the key; percentages and dates are quoted texts",
    )
}

/// Turns what the vocabulary says about a value into a problem of its key.
pub(crate) fn value<T>(key: &str, found: &str, parsed: Result<T, FieldError>) -> Result<T, Problem> {
    parsed.map_err(|error| Problem::new(key, found, error.problem, "correct the value"))
}

/// A text that must not be empty.
pub(crate) fn filled(key: &str, found: &str) -> Result<Text, Problem> {
    if found.trim().is_empty() {
        return Err(Problem::new(key, found, "it is empty", "fill it in"));
    }
    text(key, found)
}

/// A registration state in the words that rosters are read with, so that both mean the same.
pub(crate) fn registration(key: &str, found: &str) -> Result<Text, Problem> {
    let parsed = crate::cell::registration(found);
    parsed.map(|(state, _)| state).map_err(|fault| Problem::new(key, found, fault.because, fault.remedy))
}

/// A text that may be empty.
pub(crate) fn text(key: &str, found: &str) -> Result<Text, Problem> {
    value(key, found, Text::new(found))
}

/// A date `YYYY-MM-DD`.
pub(crate) fn date(key: &str, found: &str) -> Result<Date, Problem> {
    value(key, found, Date::new(found))
}

/// A date, if there is one.
pub(crate) fn date_if_any(key: &str, found: Option<&str>) -> Result<Option<Date>, Problem> {
    found.map(|found| date(key, found)).transpose()
}

/// First and last day, in this order.
pub(crate) fn span(key: &str, [first, last]: &[String; 2]) -> Result<(Date, Date), Problem> {
    let (from, to) = (date(key, first)?, date(key, last)?);
    if from > to {
        let found = format!("{first}, {last}");
        return Err(Problem::new(key, found, "its first day comes after its last", "exchange the two dates"));
    }
    Ok((from, to))
}

/// A list as a set.
pub(crate) fn set<T: Ord>(
    key: &str,
    list: &[String],
    new: fn(String) -> Result<T, FieldError>,
) -> Result<BTreeSet<T>, Problem> {
    list.iter().map(|found| value(key, found, new(found.clone()))).collect()
}

/// One of a few words.
pub(crate) fn one_of<T: Copy>(key: &str, found: &str, words: &[(&str, T)]) -> Result<T, Problem> {
    let word = words.iter().find(|(word, _)| *word == found).map(|(_, value)| *value);
    word.ok_or_else(|| {
        let list = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        Problem::new(key, found, format!("it is none of {list}"), "write one of them")
    })
}

/// A word that is planned and not built: only `built` is accepted.
pub(crate) fn only(key: &str, found: &str, built: &str) -> Result<(), Problem> {
    if found == built {
        return Ok(());
    }
    let because = format!("only `{built}` is built in this version; the others come later");
    Err(Problem::new(key, found, because, "write the value that is built, or wait for a later version"))
}
