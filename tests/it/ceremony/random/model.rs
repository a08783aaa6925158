//! What draw.md 1 says of the ceremonies of a batch, said once more in plain data. Shares no code with the product.

use std::collections::{BTreeMap, BTreeSet};
pub type Hash = [u8; 32];
const SECOND: i64 = 1_000_000;
const OVERDUE: i64 = 86_400 * SECOND;
/// Participants by key: whether they are from outside the drawing section.
pub type Seats = BTreeMap<Hash, bool>;
/// Hash; genesis, period and delta in seconds.
pub type Chain = (Hash, i64, i64, i64);
/// Windows to commit and to reveal in microseconds, fewest reveals, beacon.
pub type Rules = (i64, i64, usize, Option<Chain>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    #[default]
    Committing,
    Revealing,
    Closed,
    Drawn,
    Failed(&'static str),
}

/// What somebody says, with what the model cannot compute: whether a signature is the chain's own.
pub enum Said {
    Commit(Hash),
    Reveal { sealed: Hash, secret: Hash },
    Beacon { chain: Hash, round: u64, genuine: bool },
}

/// One attempt; the entry hashes P and of the sealing are told by the ledger.
#[derive(Default)]
pub struct Attempt {
    pub p: Hash,
    pub sealed: Hash,
    pub stage: Stage,
    pub seats: Seats,
    pub commitments: BTreeMap<Hash, Hash>,
    pub reveals: BTreeSet<Hash>,
    pub until: (i64, i64),
    rules: Rules,
    fixed: i64,
}

pub struct Batch {
    pub seats: Seats,
    pub rules: Rules,
    pub attempts: Vec<Attempt>,
}

impl Batch {
    /// Who takes part in an attempt that is opened under a number, linked to the end of the one before or not.
    pub fn open(&self, now: i64, number: usize, linked: bool) -> Result<Seats, &'static str> {
        match self.attempts.last() {
            Some(last) if last.stage == Stage::Closed && now >= last.fixed + OVERDUE => Err("DRAW_OVERDUE")?,
            Some(last) if last.stage == Stage::Drawn => Err("ALREADY_DRAWN")?,
            Some(last) if !matches!(last.stage, Stage::Failed(_)) => Err("CEREMONY_OPEN")?,
            _ if self.attempts.len() >= 2 && self.rules.3.is_none() => Err("WRONG_PHASE")?,
            _ if number != self.attempts.len() + 1 || !linked => Err("INVALID_VALUE")?,
            _ => {}
        }
        let last = self.attempts.last().filter(|last| last.stage == Stage::Failed("missing_reveal"));
        let barred = last.map(Attempt::missing).unwrap_or_default();
        let left: Seats = self.seats.clone().into_iter().filter(|(key, _)| !barred.contains(key)).collect();
        let enough = left.len() >= self.rules.2.max(2) && left.values().any(|outside| *outside);
        if enough { Ok(left) } else { Err("NOT_A_PARTICIPANT") }
    }
}

impl Attempt {
    pub fn new(p: Hash, opened: i64, seats: Seats, rules: Rules) -> Self {
        let until = (opened + rules.0, opened + rules.0 + rules.1);
        Self { p, seats, until, rules, ..Self::default() }
    }
    /// Time has come to now.
    pub fn pass(&mut self, now: i64) {
        if self.stage == Stage::Committing && now >= self.until.0 {
            let enough = self.commitments.len() >= 2 && self.commitments.keys().any(|key| self.seats[key]);
            self.stage = if enough { Stage::Revealing } else { Stage::Failed("too_few_commits") };
        }
        if self.stage == Stage::Revealing && now >= self.until.1 {
            self.close(now);
        }
    }
    pub fn say(&mut self, now: i64, who: Hash, said: &Said) -> Result<(), &'static str> {
        let (seated, known) = (self.seats.contains_key(&who), self.rules.3.map(|own| own.0));
        match said {
            Said::Commit(_) | Said::Reveal { .. } if !seated => Err("NOT_A_PARTICIPANT"),
            Said::Commit(_) if self.commitments.contains_key(&who) => Err("ALREADY_COMMITTED"),
            Said::Commit(value) if self.commitments.values().any(|v| v == value) => Err("OPENING_MISMATCH"),
            Said::Commit(_) if self.stage != Stage::Committing => Err("DEADLINE_PASSED"),
            Said::Commit(value) => {
                self.commit(who, *value);
                Ok(())
            }
            Said::Reveal { .. } if self.stage == Stage::Committing => Err("WRONG_PHASE"),
            Said::Reveal { .. } if self.reveals.contains(&who) => Err("ALREADY_COMMITTED"),
            Said::Reveal { .. } if self.stage != Stage::Revealing => Err("DEADLINE_PASSED"),
            Said::Reveal { sealed, .. } if *sealed != self.sealed => Err("OPENING_MISMATCH"),
            Said::Reveal { secret, .. } if !self.opens(&who, secret) => Err("OPENING_MISMATCH"),
            Said::Reveal { .. } => {
                self.reveal(now, who);
                Ok(())
            }
            Said::Beacon { chain, .. } if known != Some(*chain) => Err("BEACON_INVALID"),
            Said::Beacon { .. } if self.stage == Stage::Drawn => Err("ALREADY_RECORDED"),
            Said::Beacon { .. } if self.stage != Stage::Closed => Err("WRONG_PHASE"),
            Said::Beacon { round, .. } if Some(*round) != self.round() => Err("BEACON_INVALID"),
            Said::Beacon { genuine: false, .. } => Err("BEACON_INVALID"),
            Said::Beacon { .. } => {
                self.stage = Stage::Drawn;
                Ok(())
            }
        }
    }
    fn opens(&self, who: &Hash, secret: &Hash) -> bool {
        self.commitments.get(who) == Some(&commitment(&self.p, who, secret))
    }
    fn commit(&mut self, who: Hash, value: Hash) {
        self.commitments.insert(who, value);
        if self.commitments.len() == self.seats.len() {
            self.stage = Stage::Revealing;
        }
    }
    fn reveal(&mut self, now: i64, who: Hash) {
        self.reveals.insert(who);
        if self.missing().is_empty() {
            self.close(now);
        }
    }
    pub fn missing(&self) -> BTreeSet<Hash> {
        self.commitments.keys().filter(|key| !self.reveals.contains(*key)).copied().collect()
    }
    fn close(&mut self, now: i64) {
        let enough = self.reveals.len() >= self.rules.2 && self.reveals.iter().any(|key| self.seats[key]);
        self.stage = match self.rules.3 {
            None if !self.missing().is_empty() => Stage::Failed("missing_reveal"),
            _ if !enough => Stage::Failed("too_few_reveals"),
            None => Stage::Drawn,
            Some((_, genesis, period, _)) => {
                let before = i64::try_from(self.round().unwrap() - 1).unwrap();
                self.fixed = now.max((genesis + before * period) * SECOND);
                Stage::Closed
            }
        };
    }
    /// R = ceil((reveal deadline + 10^6 (delta - genesis)) / (10^6 period)) + 1
    pub fn round(&self) -> Option<u64> {
        let (_, genesis, period, delta) = self.rules.3?;
        let past = i128::from(self.until.1) + i128::from(SECOND) * i128::from(delta - genesis);
        let period = i128::from(SECOND) * i128::from(period);
        u64::try_from((past + period - 1).div_euclid(period) + 1).ok()
    }
}

/// commit_j = BLAKE3.derive_key("lotbook draw v1 commit", P || key_id_j || r_j)
pub fn commitment(p: &Hash, who: &Hash, secret: &Hash) -> Hash {
    blake3::derive_key("lotbook draw v1 commit", &[&p[..], who, secret].concat())
}
