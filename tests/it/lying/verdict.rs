//! What an observer says: it accepts, or refuses by a name, at a position where there is one.

use lotbook_client::{ClientError, Untrustworthy};
use lotbook_verifier::{Alarm, Finding, OnRecord, RefusalVerdict};
use std::fmt::{self, Debug, Display};

/// The word of one observer.
#[derive(Clone, PartialEq, Eq)]
pub enum Said {
    Accepts,
    Refuses {
        kind: String,
        at: Option<u64>,
        /// For whoever reads why a case failed.
        words: String,
    },
}

/// These are no refusals: the ledger said no, or nothing; or nothing can be said.
const UNDECIDED: [&str; 4] = ["Refused", "Unavailable", "Undetermined", "Unreadable"];

impl Said {
    pub fn refuses(kind: impl Into<String>, at: Option<u64>, words: impl Display) -> Self {
        Self::Refuses { kind: kind.into(), at, words: words.to_string() }
    }

    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refuses { kind, .. } if !UNDECIDED.contains(&kind.as_str()))
    }

    /// Whether it is one of the kinds (`A|B`), at exactly this position.
    pub fn is(&self, kinds: &str, expected: Option<u64>) -> bool {
        match self {
            Self::Accepts => false,
            Self::Refuses { kind, at, .. } => kinds.split('|').any(|one| one == kind) && *at == expected,
        }
    }
}

impl Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepts => f.write_str("accepts"),
            Self::Refuses { kind, at: Some(at), words } => write!(f, "{kind} at {at} ({words})"),
            Self::Refuses { kind, at: None, words } => write!(f, "{kind} ({words})"),
        }
    }
}

impl From<Finding> for Said {
    fn from(finding: Finding) -> Self {
        Self::refuses(variant(&finding.check), Some(finding.position), finding.what)
    }
}

impl From<Alarm> for Said {
    fn from(alarm: Alarm) -> Self {
        match alarm {
            Alarm::Entry(finding) => finding.into(),
            other => Self::refuses(outer(&other), None, other),
        }
    }
}

impl From<ClientError> for Said {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Untrustworthy(why) => Self::refuses(variant(&why), position(&why), why),
            ClientError::Refused(_) | ClientError::Unavailable(_) => {
                Self::refuses(outer(&error), None, error)
            }
        }
    }
}

/// A refusal decided again; good if the rules give it, too, and it is on record.
pub fn decided(verdict: RefusalVerdict, at: u64) -> Result<(), Said> {
    let words = format!("{verdict:?}");
    match verdict {
        RefusalVerdict::Confirmed { record: OnRecord::Missing, .. } => {
            Err(Said::refuses("Missing", Some(at), words))
        }
        RefusalVerdict::Confirmed { .. } => Ok(()),
        RefusalVerdict::FalseRefusal { .. } => Err(Said::refuses("FalseRefusal", Some(at), words)),
        RefusalVerdict::Sealed { .. } => Err(Said::refuses("Sealed", Some(at), words)),
        RefusalVerdict::Undetermined { .. } => Err(Said::refuses("Undetermined", Some(at), words)),
    }
}

/// The position that a client names.
fn position(why: &Untrustworthy) -> Option<u64> {
    match why {
        Untrustworthy::Entry { position, .. } => Some(*position),
        Untrustworthy::Statement { position, .. }
        | Untrustworthy::BrokenChain { position, .. }
        | Untrustworthy::BackInTime { position, .. } => Some(position.0),
        Untrustworthy::OtherPosition { expected, .. } => Some(*expected),
        Untrustworthy::EndedEarly { found, .. } => Some(*found),
        _ => None,
    }
}

/// The names of nested variants, `Receipt.Inclusion.WrongRoot`.
fn variant(value: &impl Debug) -> String {
    let debug = format!("{value:?}");
    let names = debug.split(|c: char| !c.is_alphanumeric() && c != '(').next().unwrap_or_default();
    let names = names.split('(').filter(|name| name.starts_with(char::is_alphabetic));
    names.collect::<Vec<_>>().join(".")
}

fn outer(value: &impl Debug) -> String {
    let name = variant(value);
    name.split('.').next().unwrap_or_default().to_owned()
}
