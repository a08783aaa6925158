//! How the players hold a ceremony: the operator opens, each participant commits and reveals.

use super::agenda;
use super::cast::Party;
use super::player::Player;
use super::step::Step;
use crate::command::commitment;
use crate::keyfile;
use anyhow::{Context, Result};
use lotbook_chain::{Instant, KeyId};
use lotbook_event::ceremony::{CeremonyOpened, ParticipantRole, Purpose, SeedCommitted, SeedRevealed};
use lotbook_event::keys::Role;
use lotbook_event::{BatchId, Bytes32, DrawId, PlanId};
use std::collections::BTreeMap;

/// What each key committed to, or revealed.
type Acts = BTreeMap<KeyId, Bytes32>;

/// Minutes between two acts of a ceremony.
const PAUSE_MINUTES: i64 = 5;

impl Player {
    /// The operator of the plan's section opens the first attempt, once no other ceremony is open.
    pub(super) async fn open(&mut self, plan: &PlanId, batch: &BatchId) -> Result<()> {
        if self.is_ceremony_open() {
            self.agenda.add(self.pause(3), Step::Open(plan.clone(), batch.clone()));
            return Ok(());
        }
        let operator = self.operator(plan)?;
        let (plan, batch) = (plan.clone(), batch.clone());
        let draw = DrawId::new(format!("{plan}/{batch}.1"))?;
        let event = CeremonyOpened {
            purpose: Purpose::Batch,
            plan,
            batch,
            attempt: 1,
            previous_terminal: None,
            recusal: None,
        };
        self.state(&operator, event.into()).await?;
        self.agenda.add(self.pause(1), Step::Commit(draw));
        Ok(())
    }

    pub(super) fn is_ceremony_open(&self) -> bool {
        self.ledger().ceremonies.values().any(|ceremony| ceremony.terminal.is_none())
    }

    /// The operator of the plan's section.
    pub(super) fn operator(&self, plan: &PlanId) -> Result<Party> {
        let plan = self.ledger().plans.get(plan).context("no such plan")?;
        self.cast.holder(Role::DrawOperator, Some(&plan.draft.section)).cloned()
    }

    pub(super) fn pause(&self, times: i64) -> Instant {
        self.now.plus_seconds(60 * PAUSE_MINUTES * times)
    }

    /// The next participant who has not committed does so.
    pub(super) async fn commit(&mut self, draw: &DrawId) -> Result<()> {
        let Some(key_id) = self.next_participant(draw, |(committed, _), key| committed.contains_key(key))?
        else {
            self.agenda.add(self.pause(1), Step::Reveal(draw.clone()));
            return Ok(());
        };
        let party = self.cast.by_key(key_id).context("a participant that nobody plays")?.clone();
        let secret = Bytes32(keyfile::random()?);
        let commitment = commitment(self.ledger(), &party.key, draw, &secret)?;
        self.secrets.insert((draw.clone(), key_id), secret);
        self.state(&party, SeedCommitted { draw: draw.clone(), commitment }.into()).await?;
        self.agenda.add(self.pause(1), Step::Commit(draw.clone()));
        Ok(())
    }

    /// The next participant who has not revealed does so; by custom the drawing section first.
    pub(super) async fn reveal(&mut self, draw: &DrawId) -> Result<()> {
        let Some(key_id) = self.next_participant(draw, |(_, revealed), key| revealed.contains_key(key))?
        else {
            return Ok(());
        };
        let party = self.cast.by_key(key_id).context("a participant that nobody plays")?.clone();
        let sealed = self
            .ledger()
            .ceremonies
            .get(draw)
            .and_then(|c| c.sealed)
            .context("the ceremony is not sealed")?;
        let secret =
            self.secrets.get(&(draw.clone(), key_id)).copied().context("the participant kept no secret")?;
        self.state(&party, SeedRevealed { draw: draw.clone(), sealed, secret }.into()).await?;
        self.agenda.add(self.pause(1), Step::Reveal(draw.clone()));
        Ok(())
    }

    /// The first participant who has not done a part, given who has committed and who has revealed.
    fn next_participant(
        &self,
        draw: &DrawId,
        done: impl Fn((&Acts, &Acts), &KeyId) -> bool,
    ) -> Result<Option<KeyId>> {
        let ceremony =
            self.ledger().ceremonies.get(draw).with_context(|| format!("there is no ceremony {draw}"))?;
        let frozen = ceremony.frozen.as_ref().context("the pool is not frozen")?;
        let waiting = frozen
            .stated
            .participants
            .iter()
            .filter(|p| !done((&ceremony.commitments, &ceremony.reveals), &p.key_id));
        Ok(waiting.min_by_key(|p| (p.role != ParticipantRole::DrawingSection, p.key_id)).map(|p| p.key_id))
    }

    /// When a drawn inspection's visit may begin: its place in the time slot of the scheme, and never on
    /// the day of the draw.
    pub(super) fn visit_day(&self, draw: &DrawId, rank: u32) -> Option<jiff::civil::Date> {
        let ceremony = self.ledger().ceremonies.get(draw)?;
        let scheme = self.ledger().batches.get(&ceremony.batch)?.scheme.as_ref()?;
        let tomorrow = self.days.after(agenda::date_of(self.now), 1);
        let first = self.days.from(scheme.value.window_from.0.max(tomorrow));
        let day = self.days.after(first, rank);
        Some(day.min(scheme.value.window_to.0.max(tomorrow)))
    }
}
