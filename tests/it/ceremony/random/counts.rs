//! What happened in all ceremonies together: a test that never sees a case proves nothing of it.

use std::collections::BTreeMap;

/// Every answer and every end that must have occurred at least so often.
const OFTEN: usize = 25;
const ANSWERS: [&str; 13] = [
    "ALREADY_COMMITTED",
    "ALREADY_DRAWN",
    "ALREADY_RECORDED",
    "BEACON_INVALID",
    "CEREMONY_OPEN",
    "DEADLINE_PASSED",
    "DRAW_OVERDUE",
    "INVALID_VALUE",
    "NOT_A_PARTICIPANT",
    "OPENING_MISMATCH",
    "WRONG_PHASE",
    "accepted",
    "no attempt without a beacon after two failures",
];
const ENDS: [&str; 7] = [
    "drawn after a retry",
    "drawn with a beacon",
    "drawn with a beacon and without a reveal",
    "drawn without a beacon",
    "missing_reveal",
    "too_few_commits",
    "too_few_reveals",
];

/// How often each thing happened.
#[derive(Default)]
pub struct Counts(BTreeMap<&'static str, usize>);

impl Counts {
    pub fn add(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub fn suffice(&self) {
        for what in ANSWERS.iter().chain(&ENDS) {
            let times = self.0.get(what).copied().unwrap_or_default();
            assert!(times >= OFTEN, "`{what}` occurred {times} times: {:?}", self.0);
        }
    }
}
