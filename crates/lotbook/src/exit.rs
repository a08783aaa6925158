//! Exit codes (see the crate's head).

use lotbook_client::ClientError;
use lotbook_verifier::Finding;

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

/// The exit code of an error: 1 if a rule or a check said no, else 2.
pub fn code_of(error: &anyhow::Error) -> u8 {
    let refused = error.chain().any(|cause| {
        matches!(cause.downcast_ref(), Some(ClientError::Refused(_)))
            || cause.downcast_ref::<Finding>().is_some()
    });
    if refused { 1 } else { 2 }
}

/// Tells people why a command was not done: what was found, which rule, and what to do.
pub fn explain(error: &anyhow::Error) {
    let refused = error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(ClientError::Refused(refused)) => Some(refused),
        _ => None,
    });
    let Some(refused) = refused else {
        eprintln!("lotbook: {error:#}");
        return;
    };
    let why = &refused.error;
    let article =
        if why.article == 0 { String::new() } else { format!(" (Art. {} / 第{0}条)", why.article) };
    eprintln!("REFUSED {}{article}", why.reason);
    eprintln!("  found       {}", why.found);
    eprintln!("  rule        {}", why.rule);
    eprintln!("  规则        {}", why.rule_zh);
    eprintln!("  what to do  {}", why.remedy);
    if refused.receipt.is_some() {
        eprintln!("  The refusal is on record; the ledger's signed receipt for it was verified.");
    }
}
