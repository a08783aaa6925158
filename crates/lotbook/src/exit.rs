//! Exit codes (see the crate's head).

use crate::command::{NotExtended, OtherKey, Unproved, Unwitnessed};
use lotbook_client::ClientError;
use lotbook_event::Refusal;
use lotbook_store::JournalError;
use lotbook_tlog::{ExportError, ReadError, TargetError};
use lotbook_verifier::standing::StandingError;
use lotbook_verifier::{AuthenticateError, Finding};

/// Wrong usage.
pub const USAGE: u8 = 64;

/// How a command ended that did what it could.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or verified.
    Done,
    /// Refuted, or refused.
    Refused,
    /// Done, but some rows were rejected.
    SomeRejected,
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::SomeRejected => 3,
        }
    }
}

/// Wrong usage that shows only after the words were taken apart: an unknown role, a date that is none.
#[derive(Debug)]
pub struct Usage(String);

impl core::fmt::Display for Usage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Usage {}

/// Wrong usage as an error.
pub fn usage(what: impl Into<String>) -> anyhow::Error {
    Usage(what.into()).into()
}

/// The exit code of an error: 1 if a rule or a check said no, 64 for wrong usage, else 2.
pub fn code_of(error: &anyhow::Error) -> u8 {
    let refused = error.chain().any(is_refused);
    let usage = error.chain().any(|cause| cause.downcast_ref::<Usage>().is_some());
    match (refused, usage) {
        (true, _) => 1,
        (false, true) => USAGE,
        (false, false) => 2,
    }
}

/// Whether a rule or a check said no.
fn is_refused(cause: &(dyn std::error::Error + 'static)) -> bool {
    let client =
        matches!(cause.downcast_ref(), Some(ClientError::Refused(_) | ClientError::Untrustworthy(_)));
    client
        || cause.is::<Finding>()
        || cause.is::<Refusal>()
        || cause.is::<Unproved>()
        || cause.is::<StandingError>()
        || cause.is::<OtherKey>()
        || cause.is::<AuthenticateError>()
        || cause.is::<Unwitnessed>()
        || cause.is::<NotExtended>()
        || matches!(cause.downcast_ref(), Some(ReadError::Bad { .. }))
        || matches!(cause.downcast_ref(), Some(ExportError::<JournalError>::Target(target)) if refuses(target))
}

/// Whether a folder holds something that an export must not touch; otherwise it only cannot be written now.
fn refuses(target: &TargetError) -> bool {
    !matches!(target, TargetError::Io { .. } | TargetError::Busy(_))
}

/// Tells people why a command was not done: what was found, which rule, and what to do.
pub fn explain(error: &anyhow::Error) {
    let refused = error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(ClientError::Refused(refused)) => Some(refused),
        _ => None,
    });
    if let Some(refused) = refused {
        let why = &refused.error;
        refusal(&why.reason, why.article, &why.found, [&why.rule, &why.rule_zh, &why.remedy]);
        if refused.receipt.is_some() {
            eprintln!("  The refusal is on record; the ledger's signed receipt for it was verified.");
        }
        return;
    }
    if let Some(why) = error.chain().find_map(|cause| cause.downcast_ref::<Refusal>()) {
        let code = why.code;
        let rule = [code.rule(), code.rule_zh(), code.remedy()];
        refusal(code.as_str(), code.article(), &why.found, rule);
        eprintln!("  Found before anything was stated: the ledger does not know of it.");
        return;
    }
    eprintln!("lotbook: {error:#}");
}

fn refusal(reason: &str, article: u32, found: &str, [rule, rule_zh, remedy]: [&str; 3]) {
    let article = if article == 0 { String::new() } else { format!(" (Art. {article} / 第{article}条)") };
    eprintln!("REFUSED {reason}{article}");
    eprintln!("  found       {found}");
    eprintln!("  rule        {rule}");
    eprintln!("  规则        {rule_zh}");
    eprintln!("  what to do  {remedy}");
}
