//! The end of a log: its checkpoint, its witnesses, what was expected of it, and the verdict.

use crate::asked::Mark;
use crate::finding::{Check, Finding};
use crate::stamp::{Stamp, earliest};
use crate::times::{WitnessedHead, off_times};
use crate::verdict::{DrawVerdict, Expectations, Times, Verdict, WitnessVerdict};
use crate::verify::Verifier;
use lotbook_chain::{Checkpoint, Cosignature};
use lotbook_domain::Genesis;
use lotbook_domain::ceremony::Ceremony;
use lotbook_domain::grade::grade;
use lotbook_event::draw::DrawCompleted;
use std::collections::BTreeMap;

type Checked = Result<(), Finding>;

impl Verifier {
    /// The verdict over everything fed, with a signed checkpoint if there is one.
    ///
    /// # Errors
    /// A [`Finding`] about the end of the log, its checkpoint, or what was expected of it.
    pub fn finish(&self, checkpoint: Option<&str>, expectations: &Expectations) -> Result<Verdict, Finding> {
        let size = self.state.head.size;
        self.nothing_missing(size)?;
        let empty = || Finding::new(0, Check::Bytes, "the log is empty");
        let genesis = self.state.genesis.as_ref().ok_or_else(empty)?;
        self.as_expected(genesis, expectations)?;
        let checked = checkpoint.map(|note| self.checkpoint(genesis, note)).transpose()?;
        if expectations.vkey.is_some() && checked.is_none() {
            let what = "no checkpoint signed by the given key was found: nothing authenticates this log";
            return Err(Finding::new(size, Check::Checkpoint, what));
        }
        let witnessed = self.witnessed(genesis, checkpoint, expectations)?;
        let head = checked.and_then(|size| WitnessedHead::of(size, &witnessed));
        let times = match head {
            _ if self.state.simulated() => Times::SimulatedClock,
            Some(_) => Times::Compared,
            None => Times::Unwitnessed,
        };
        let stamps = self.stamps(genesis, checkpoint, expectations);
        let mut flags = BTreeMap::new();
        for flagged in &self.state.flags {
            *flags.entry(flagged.flag.as_str()).or_default() += 1;
        }
        Ok(Verdict {
            verified: true,
            authenticated: expectations.vkey.is_some() && checked.is_some(),
            origin: genesis.created.origin.to_string(),
            ledger_id: genesis.ledger.to_string(),
            vkey: genesis.checkpoint_key.to_string(),
            entries: size,
            head: self.state.head.hash.to_string(),
            root: self.state.head.frontier.root().to_string(),
            checkpoint: checked,
            witnesses: witnessed.iter().map(WitnessVerdict::from).collect(),
            times,
            off_times: off_times(self, head.as_ref(), None),
            stated: self.stated,
            derived: self.derived,
            refusals: self.refusals(),
            events: self.events.clone(),
            draws: self.draws(&stamps),
            flags,
        })
    }

    fn as_expected(&self, genesis: &Genesis, expectations: &Expectations) -> Checked {
        let head = &self.state.head;
        if let Some(vkey) = expectations.vkey.as_ref().filter(|vkey| **vkey != genesis.checkpoint_key) {
            let what = format!("the log's checkpoint key is {}, expected {vkey}", genesis.checkpoint_key);
            return Err(Finding::new(0, Check::Checkpoint, what));
        }
        if let Some(least) = expectations.at_least.filter(|least| *least > head.size) {
            let what = format!("the log has {} entries, at least {least} were expected", head.size);
            return Err(Finding::new(head.size, Check::Expectation, what));
        }
        match expectations.head.filter(|expected| *expected != head.hash) {
            Some(expected) => {
                let what = format!("the last entry is {}, expected {expected}", head.hash);
                Err(Finding::new(head.size.saturating_sub(1), Check::Expectation, what))
            }
            None => Ok(()),
        }
    }

    fn checkpoint(&self, genesis: &Genesis, note: &str) -> Result<u64, Finding> {
        let size = self.state.head.size;
        let opened = Checkpoint::open(note, &genesis.checkpoint_key);
        let signed = opened.map_err(|error| Finding::new(size, Check::Checkpoint, error.to_string()))?;
        if signed.size > size {
            let what = format!("a checkpoint of {} entries is signed, the log has {size}", signed.size);
            return Err(Finding::new(size, Check::Checkpoint, what));
        }
        let root = self.mark(signed.size).map(|mark| mark.root);
        if root != Some(signed.root) {
            let found = root.map_or("not computed".into(), |root| root.to_string());
            let what = format!(
                "the root of the first {} entries is {found}, signed is {}",
                signed.size, signed.root
            );
            return Err(Finding::new(signed.size.saturating_sub(1), Check::Tree, what));
        }
        Ok(signed.size)
    }

    /// The good cosignatures of the policy's witnesses; without a policy none is known.
    fn witnessed(
        &self,
        genesis: &Genesis,
        checkpoint: Option<&str>,
        expectations: &Expectations,
    ) -> Result<Vec<Cosignature>, Finding> {
        let Some(policy) = &expectations.policy else { return Ok(vec![]) };
        let bad = |what: String| Finding::new(self.state.head.size, Check::Checkpoint, what);
        match checkpoint {
            Some(note) => {
                let opened = policy.open_of(note, &genesis.checkpoint_key);
                Ok(opened.map_err(|error| bad(error.to_string()))?.cosignatures)
            }
            None if policy.needs_witnesses() => Err(bad(format!(
                "no checkpoint was found that its witnesses could have cosigned, needed are {}",
                policy.in_words()
            ))),
            None => Ok(vec![]),
        }
    }

    /// How the log stood at a size, if that was asked before, or is where it stands now.
    pub(crate) fn mark(&self, size: u64) -> Option<Mark> {
        let head = &self.state.head;
        let now = || Mark { root: head.frontier.root(), recorded_at: head.recorded_at };
        self.asked.at(size).or_else(|| (size == head.size).then(now))
    }

    /// Refusals recorded one by one, and those counted beyond the limit.
    fn refusals(&self) -> u64 {
        let refusals = &self.state.refusals;
        let counted = refusals.counted.iter().flat_map(|(_, _, counted)| &counted.refusals);
        let recorded = u64::try_from(refusals.recorded.len()).unwrap_or(u64::MAX);
        counted.fold(recorded, |sum, row| sum.saturating_add(row.count))
    }

    /// The end of the embargo under which a draw is, as long as its key is not on the log.
    fn sealed_until(&self, ceremony: &Ceremony) -> Option<String> {
        let embargo = self.state.embargoes.get(&ceremony.batch).filter(|embargo| embargo.released.is_none());
        embargo.map(|embargo| lotbook_domain::civil::date_of(embargo.stated.until).to_string())
    }

    /// What the checkpoint at hand tells of when witnesses saw the log.
    fn stamps(&self, genesis: &Genesis, checkpoint: Option<&str>, expectations: &Expectations) -> Vec<Stamp> {
        let (Some(note), Some(policy)) = (checkpoint, &expectations.policy) else { return vec![] };
        Stamp::read(note, &genesis.checkpoint_key, policy).ok().flatten().into_iter().collect()
    }

    fn draws(&self, stamps: &[Stamp]) -> Vec<DrawVerdict> {
        let drawn = self.state.ceremonies.values().filter_map(|c| c.completed.as_ref().map(|done| (c, done)));
        let verdict = |(ceremony, done): (&Ceremony, &DrawCompleted)| DrawVerdict {
            recusal: ceremony.recusal.as_ref().map(ToString::to_string),
            draw: done.draw.to_string(),
            seed: data_encoding::HEXLOWER.encode(&done.seed.0),
            grade: grade(&self.state, ceremony, stamped(ceremony, stamps)),
            selected: done.selected,
            inspectors: done.inspectors,
            sealed_until: self.sealed_until(ceremony),
        };
        drawn.map(verdict).collect()
    }
}

/// When witnesses had seen a ceremony's close.
fn stamped(ceremony: &Ceremony, stamps: &[Stamp]) -> Option<u64> {
    Some(earliest(stamps, ceremony.closed?.position.0)?.time)
}
