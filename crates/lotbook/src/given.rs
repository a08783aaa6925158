//! What people gave on the command line, as strong types; what is none is wrong usage (exit 64).

use crate::exit::usage;
use anyhow::{Context, Result};
use lotbook_chain::vkey::VerifierKeyError;
use lotbook_chain::{Policy, PolicyError, VerifierKey};
use lotbook_event::keys::Role;
use lotbook_event::{Date, FieldError, Text};
use std::path::Path;

/// A value that was parsed, with the flag it came from.
///
/// # Errors
/// Wrong usage, naming the flag.
pub fn given<T>(flag: &str, parsed: Result<T, FieldError>) -> Result<T> {
    parsed.map_err(|error| usage(format!("{flag}: {error}")))
}

/// A text.
///
/// # Errors
/// Wrong usage, if the ledger takes no such text.
pub fn text(flag: &str, value: &str) -> Result<Text> {
    given(flag, Text::new(value))
}

/// A date.
///
/// # Errors
/// Wrong usage, if it is none.
pub fn date(flag: &str, value: &str) -> Result<Date> {
    given(flag, Date::new(value))
}

/// A value of a list of names; the command line has checked it against the same list.
///
/// # Errors
/// Wrong usage, if it is none of them.
pub fn named<T>(flag: &str, value: &str, from_code: fn(&str) -> Option<T>) -> Result<T> {
    from_code(value).ok_or_else(|| usage(format!("{flag}: there is no `{value}`")))
}

/// The role of a name.
///
/// # Errors
/// Wrong usage, with the names there are.
pub fn role(name: &str) -> Result<Role> {
    let names: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
    Role::from_code(name)
        .ok_or_else(|| usage(format!("there is no role {name}; roles are {}", names.join(", "))))
}

/// A policy of witnesses (C2SP tlog-policy).
///
/// # Errors
/// What kept the file from being read; wrong usage, naming the line, if it is none.
pub fn policy(path: &Path) -> Result<Policy> {
    file(path)?.parse().map_err(|error: PolicyError| usage(format!("{}: {error}", path.display())))
}

/// A log's verifier key.
///
/// # Errors
/// Wrong usage, if it is none.
pub fn vkey(flag: &str, text: &str) -> Result<VerifierKey> {
    text.parse().map_err(|error: VerifierKeyError| usage(format!("{flag} is no verifier key: {error}")))
}

/// The text of a file; `-` reads standard input.
///
/// # Errors
/// What kept it from being read.
pub fn file(path: &Path) -> Result<String> {
    if path.as_os_str() == "-" {
        return std::io::read_to_string(std::io::stdin()).context("failed to read standard input");
    }
    std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))
}
