//! From a draw to a certificate's fields and back.

use super::model::{QuotaRule, Result};
use crate::draw::Outcome;
use crate::hex::Hex;
use crate::quota::Quota;
use crate::stream::Ticket;

impl From<&Outcome> for Result {
    fn from(outcome: &Outcome) -> Self {
        let hex = |(stratum, ticket): (&String, &Ticket)| (stratum.clone(), Hex(*ticket.as_bytes()));
        Self {
            quotas: outcome.quotas.clone(),
            cutoffs: outcome.cutoffs.iter().map(hex).collect(),
            selected: outcome.selected.iter().map(|s| s.uscc.clone()).collect(),
            inspectors: outcome.inspectors.clone(),
            lo: outcome.lo,
            hi: outcome.hi,
            tier: outcome.tier,
            tries: outcome.tries,
            words: outcome.words,
            assignment: outcome.assignment.clone(),
            hall: outcome.hall.clone(),
        }
    }
}

impl From<QuotaRule> for Quota {
    fn from(rule: QuotaRule) -> Self {
        match rule {
            QuotaRule::AtLeast { ppm, minimum } => Self::AtLeast { ppm, minimum },
            QuotaRule::FixedTotal { total } => Self::FixedTotal { total },
        }
    }
}

impl From<Quota> for QuotaRule {
    fn from(quota: Quota) -> Self {
        match quota {
            Quota::AtLeast { ppm, minimum } => Self::AtLeast { ppm, minimum },
            Quota::FixedTotal { total } => Self::FixedTotal { total },
        }
    }
}
