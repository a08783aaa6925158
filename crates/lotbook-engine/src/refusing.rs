//! Refusals: recorded up to the limit of a key and hour, counted beyond it, always answered (ledger.md 1).

use crate::RefusalReceipt;
use crate::group::{Group, Outcome};
use crate::read;
use crate::writer::{Fatal, Writer};
use lotbook_chain::sign::refusal_message;
use lotbook_chain::{Instant, KeyId, Position, StatementHash};
use lotbook_domain::SignedStatement;
use lotbook_domain::refusals::{end_of_hour, hour_of};
use lotbook_event::oversight::{RefusalCount, RefusalsCounted, StatementRefused};
use lotbook_event::{Refusal, Text};
use std::collections::BTreeMap;

/// A key and the begin of an hour.
type Hour = (KeyId, Instant);
/// Refusals by code.
type Codes = BTreeMap<&'static str, u64>;

/// Refusals that were answered and not recorded, by key, hour and code, until the ledger states them.
///
/// In memory only: a crash loses what was not yet stated, at most the current hour's. Bounded: only a key
/// that is registered on the ledger can be refused here, and no key has two hours, as those over are stated
/// before the next refusal.
#[derive(Default)]
pub(crate) struct Counted(BTreeMap<Hour, Codes>);

impl Counted {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn count(&mut self, author: KeyId, at: Instant, code: &'static str) {
        let count = self.0.entry((author, hour_of(at))).or_default().entry(code).or_default();
        *count = count.saturating_add(1);
    }

    /// Takes out the first key whose hour is over at this instant; any key at all if `ends`.
    fn take(&mut self, now: Instant, ends: bool) -> Option<(Hour, Codes)> {
        let over = |(_, hour): &Hour| ends || end_of_hour(*hour) <= now;
        let key = *self.0.keys().find(|key| over(key))?;
        self.0.remove_entry(&key)
    }
}

impl Writer {
    /// Answers the author of an authentic statement that is refused, and records or counts it.
    pub(crate) fn refuse(
        &mut self,
        group: &mut Group,
        signed: &SignedStatement,
        event: &str,
        refusal: Refusal,
        now: Instant,
    ) -> Result<Outcome, Fatal> {
        let statement = StatementHash::of(&signed.statement);
        let (ledger, head, has_room) = {
            let state = read(&self.shared.state);
            (state.ledger(), state.head.clone(), state.refusals.has_room(&signed.key_id, now))
        };
        let (code, article, position) = (refusal.code.as_str(), refusal.code.article(), Position(head.size));
        if has_room {
            let (event, code) = (text(event)?, text(code)?);
            let recorded =
                StatementRefused { author: signed.key_id, event, code, article, statement_hash: statement };
            let sealed = self.seal_derived(head.hash, 0, recorded.into(), now)?;
            self.append(group, &sealed);
        } else {
            self.counted.count(signed.key_id, now, code);
        }
        let signature = self.signers.system.sign(&refusal_message(ledger, statement, position, code));
        let receipt = RefusalReceipt { statement, position, code: code.to_owned(), article, signature };
        Ok(Outcome::Refused(refusal, Some(receipt)))
    }

    /// States the counts of every hour that is over, by key; of the running hour too when the ledger stops.
    ///
    /// Called when everything due has been stated: what is due comes first, the counts before all else.
    pub(crate) fn state_counts(&mut self, group: &mut Group, now: Instant, ends: bool) -> Result<(), Fatal> {
        while let Some(((author, hour), counts)) = self.counted.take(now, ends) {
            let row = |(code, count)| Ok(RefusalCount { code: text(code)?, count });
            let refusals = counts.into_iter().map(row).collect::<Result<_, Fatal>>()?;
            let previous = read(&self.shared.state).head.hash;
            let event = RefusalsCounted { author, hour, refusals }.into();
            let sealed = self.seal_derived(previous, 0, event, now)?;
            self.append(group, &sealed);
        }
        Ok(())
    }
}

fn text(text: &str) -> Result<Text, Fatal> {
    Text::new(text).map_err(|error| Fatal::Rules(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600 * Instant::SECOND;

    #[test]
    fn counts_come_out_by_key_when_their_hour_is_over_or_at_the_end() {
        let mut counted = Counted::default();
        for (key, code) in [(2, "B"), (1, "B"), (2, "A"), (2, "B")] {
            counted.count(KeyId([key; 32]), Instant(HOUR + 5), code);
        }
        assert!(counted.take(Instant(2 * HOUR - 1), false).is_none(), "the hour runs");
        let first = counted.take(Instant(2 * HOUR), false).unwrap();
        assert_eq!(first, ((KeyId([1; 32]), Instant(HOUR)), BTreeMap::from([("B", 1)])));
        let (key, counts) = counted.take(Instant(HOUR + 6), true).unwrap();
        assert_eq!(key, (KeyId([2; 32]), Instant(HOUR)));
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), [("A", 1), ("B", 2)], "codes ascend");
        assert!(counted.take(Instant(9 * HOUR), true).is_none());
    }
}
