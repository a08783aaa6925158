//! Refusals on the ledger: recorded one by one up to a limit of one key and hour, counted beyond it (ledger.md 1).

use crate::state::Refusals;
use lotbook_chain::{Instant, KeyId, Position, Signature, StatementHash};

/// The ledger's signed word that it refused a statement ([P-26]). Nothing in it is believed before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalReceipt {
    /// Hash of the statement bytes.
    pub statement: StatementHash,
    /// Position at which it was decided: the head at that time, where its record stands if it has one.
    pub position: Position,
    /// Refusal code, as it was signed.
    pub code: String,
    /// The code's article, 0 if none; not signed.
    pub article: u32,
    /// Signature by the system key.
    pub signature: Signature,
}

/// Most refusals of one key that one hour records one by one. One a minute is more than a person who errs
/// needs; a program that repeats itself would fill the ledger, at the office's cost and for ever.
pub const REFUSALS_PER_KEY_AND_HOUR: u32 = 60;

/// Seconds of the clock hour that the limit counts in.
const HOUR_SECONDS: i64 = 3_600;
const HOUR_US: i64 = HOUR_SECONDS * Instant::SECOND;

/// Begin of the clock hour, UTC, of an instant.
pub fn hour_of(at: Instant) -> Instant {
    Instant(at.0.saturating_sub(at.0.rem_euclid(HOUR_US)))
}

/// The first instant after a clock hour.
pub fn end_of_hour(hour: Instant) -> Instant {
    hour.plus_seconds(HOUR_SECONDS)
}

impl Refusals {
    /// Refusals of a key recorded in the clock hour that begins at `hour`, as long as none was recorded later.
    pub fn recorded_in(&self, author: &KeyId, hour: Instant) -> u32 {
        self.this_hour.get(author).map_or(0, |(of, count)| if *of == hour { *count } else { 0 })
    }

    /// Whether one more refusal of a key is recorded at this instant, or only counted.
    pub fn has_room(&self, author: &KeyId, at: Instant) -> bool {
        self.recorded_in(author, hour_of(at)) < REFUSALS_PER_KEY_AND_HOUR
    }

    /// Takes note of a recorded refusal.
    pub(crate) fn count(&mut self, author: KeyId, at: Instant) {
        let hour = hour_of(at);
        let recorded = self.recorded_in(&author, hour);
        self.this_hour.insert(author, (hour, recorded.saturating_add(1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTHOR: KeyId = KeyId([7; 32]);

    #[test]
    fn an_hour_begins_at_its_own_begin_and_ends_before_the_next() {
        for hour in [0, 1_790_000_000_000_000 / HOUR_US * HOUR_US, -HOUR_US] {
            for at in [hour, hour + 1, hour + HOUR_US - 1] {
                assert_eq!(hour_of(Instant(at)), Instant(hour));
            }
            assert_eq!(hour_of(end_of_hour(Instant(hour))), Instant(hour + HOUR_US));
        }
        for at in [i64::MIN, i64::MAX] {
            let _ = end_of_hour(hour_of(Instant(at)));
        }
    }

    #[test]
    fn sixty_fit_into_an_hour_and_the_next_hour_begins_anew() {
        let mut refusals = Refusals::default();
        let at = Instant(5 * HOUR_US + 17);
        for n in 0..REFUSALS_PER_KEY_AND_HOUR {
            assert!(refusals.has_room(&AUTHOR, at), "{n}");
            refusals.count(AUTHOR, at);
        }
        assert!(!refusals.has_room(&AUTHOR, Instant(6 * HOUR_US - 1)));
        assert!(refusals.has_room(&KeyId([8; 32]), at), "another key has its own");
        let next = Instant(6 * HOUR_US);
        assert!(refusals.has_room(&AUTHOR, next));
        assert_eq!(refusals.recorded_in(&AUTHOR, hour_of(at)), 60);
        refusals.count(AUTHOR, next);
        assert_eq!((refusals.recorded_in(&AUTHOR, hour_of(at)), refusals.recorded_in(&AUTHOR, next)), (0, 1));
    }
}
