//! Wrong plans, schemes and ceremonies.

use super::super::cast::{cast, section};
use super::super::choices::opened;
use super::super::office::officer;
use super::super::play::Year;
use lotbook_domain::ceremony::{Ceremony, Stage};
use lotbook_event::ceremony::*;
use lotbook_event::keys::*;
use lotbook_event::plan::*;
use lotbook_event::*;

use super::Wrong;

impl Year {
    pub(super) fn plan_beyond_the_rules(&mut self) -> Wrong {
        let mut plan = self.ledger.state.plans.values().next()?.draft.clone();
        plan.plan = PlanId::new("P9").unwrap();
        plan.annual_cap = 9;
        let author = self.officer_of(&[plan.section.clone()].into());
        Some((author, plan.into(), &[Code::OutOfPlanScope]))
    }

    /// A plan without a batch may be drafted, and not adopted.
    pub(super) fn plan_without_content(&mut self) -> Wrong {
        let mut plan = self.ledger.state.plans.values().next()?.draft.clone();
        let (plan_id, section) = (PlanId::new("P8").unwrap(), section(2));
        (plan.plan, plan.section) = (plan_id.clone(), section);
        (plan.batches, plan.joins) = (vec![], vec![]);
        if !self.ledger.state.plans.contains_key(&plan_id) {
            self.submit(&officer(2), plan.into()).unwrap();
        }
        let event = PlanAdopted { plan: plan_id, adopted_on: self.today() };
        Some((officer(2), event.into(), &[Code::PlanFieldMissing]))
    }

    /// Plans that cannot be adopted: of another section, twice, or without what Art. 13 asks for.
    pub(super) fn empty_plan(&mut self) -> Wrong {
        let record = self.ledger.state.plans.values().next()?.clone();
        let event = PlanAdopted { plan: record.draft.plan.clone(), adopted_on: self.today() };
        let own = self.officer_of(&[record.draft.section.clone()].into());
        if record.adopted.is_some() {
            return Some((own, event.into(), &[Code::AlreadyRecorded]));
        }
        let other = (0..3).find(|n| section(*n) != record.draft.section)?;
        Some((officer(other), event.into(), &[Code::OtherSection]))
    }

    pub(super) fn draw_again(&mut self) -> Wrong {
        let state = &self.ledger.state;
        let drawn: Vec<_> = state.batches.iter().filter(|(_, record)| record.drawn.is_some()).collect();
        if drawn.is_empty() {
            return None;
        }
        let ((plan, batch), record) = self.dice.pick(&drawn);
        let event = opened(plan, batch, record.attempts.len(), None, None);
        let own = record.batch.sections.first()?;
        let operator = cast().in_section(Role::DrawOperator, own);
        Some((operator.into(), event.into(), &[Code::AlreadyDrawn]))
    }

    /// Openings without a plan, a scheme, a right to it, or while one is open.
    pub(super) fn draw_without(&mut self) -> Wrong {
        let state = &self.ledger.state;
        if self.dice.chance(10) {
            let (plan, batch) = (PlanId::new("P9").unwrap(), BatchId::new("B9").unwrap());
            let event = opened(&plan, &batch, 0, None, None);
            let operator = cast().in_section(Role::DrawOperator, &section(0));
            return Some((operator.into(), event.into(), &[Code::NoAdoptedPlan]));
        }
        let undrawn: Vec<_> = state.batches.iter().filter(|(_, record)| record.drawn.is_none()).collect();
        if undrawn.is_empty() {
            return None;
        }
        let ((plan, batch), record) = self.dice.pick(&undrawn);
        let event = opened(plan, batch, record.attempts.len() + 5, None, None);
        let other = (0..3).map(section).find(|s| !record.batch.sections.contains(s))?;
        let foreign = record.scheme.is_some() && self.dice.chance(30);
        let own = if foreign { &other } else { record.batch.sections.first()? };
        let expected: &[Code] = &[
            Code::OtherSection,
            Code::NoAdoptedPlan,
            Code::NoScheme,
            Code::CeremonyOpen,
            Code::TooYoung,
            Code::WrongPhase,
            Code::InvalidValue,
            Code::ItemNotPublished,
        ];
        Some((cast().in_section(Role::DrawOperator, own).into(), event.into(), expected))
    }

    pub(super) fn commits_wrongly(&mut self) -> Wrong {
        let ceremonies: Vec<&Ceremony> =
            self.ledger.state.ceremonies.values().filter(|c| c.frozen.is_some()).collect();
        if ceremonies.is_empty() {
            return None;
        }
        let ceremony = (*self.dice.pick(&ceremonies)).clone();
        let stranger = cast().of(Role::Handler);
        let draw = ceremony.draw.clone();
        let commitment = Bytes32(self.dice.bytes());
        if self.dice.chance(25) {
            let event = SeedCommitted { draw, commitment };
            return Some((stranger.into(), event.into(), &[Code::NotAParticipant]));
        }
        let participants = &ceremony.frozen.as_ref()?.stated.participants;
        let person = cast().by_id(&self.dice.pick(participants).key_id)?;
        let committed = ceremony.commitments.contains_key(&person.id);
        if ceremony.stage == Stage::Revealing || self.dice.chance(50) {
            let secret = Bytes32(self.dice.bytes());
            let sealed = ceremony.sealed.unwrap_or(lotbook_chain::EntryHash::ZERO);
            let expected: &[Code] =
                &[Code::WrongPhase, Code::AlreadyCommitted, Code::OpeningMismatch, Code::DeadlinePassed];
            return Some((person.into(), SeedRevealed { draw, sealed, secret }.into(), expected));
        }
        let expected: &[Code] = &[Code::AlreadyCommitted, Code::DeadlinePassed];
        let over = ceremony.stage != Stage::Committing;
        (committed || over).then(|| (person.into(), SeedCommitted { draw, commitment }.into(), expected))
    }

    pub(super) fn reveals_wrongly(&mut self) -> Wrong {
        let state = &self.ledger.state;
        let ceremony = state.ceremonies.values().find(|c| c.stage == Stage::Revealing)?.clone();
        let key = *ceremony.missing().first()?;
        let frozen = ceremony.frozen.as_ref()?;
        let (draw, sealed) = (ceremony.draw.clone(), ceremony.sealed?);
        let event = SeedRevealed { draw, sealed, secret: Bytes32(self.dice.bytes()) };
        let early = self.now() < frozen.stated.reveal_deadline;
        early.then(|| Some((cast().by_id(&key)?.into(), event.into(), &[Code::OpeningMismatch] as _)))?
    }

    /// A participant of a ceremony that takes no commitments any more.
    pub(super) fn commits_too_late(&mut self) -> Wrong {
        let state = &self.ledger.state;
        let over = state.ceremonies.values().filter(|c| c.stage != Stage::Committing);
        let silent = |c: &Ceremony| {
            let participants = c.frozen.as_ref()?.stated.participants.iter();
            let mut silent = participants.filter(|one| !c.commitments.contains_key(&one.key_id));
            Some((c.draw.clone(), silent.next()?.key_id))
        };
        let (draw, key) = over.filter_map(silent).next()?;
        let event = SeedCommitted { draw, commitment: Bytes32(self.dice.bytes()) };
        Some((cast().by_id(&key)?.into(), event.into(), &[Code::DeadlinePassed]))
    }

    /// A scheme with one seat, or for a batch that has one.
    pub(super) fn small_team(&mut self) -> Wrong {
        let ((plan, _), record) = self.ledger.state.batches.iter().next()?;
        let (plan, record) = (plan.clone(), record.clone());
        let owner = self.ledger.state.plans.get(&plan)?.draft.section.clone();
        let mut event = super::super::office::scheme(&mut self.dice, &plan, &record.batch);
        event.seats.truncate(1);
        let author = self.officer_of(&[owner].into());
        let expected: &[Code] = &[Code::TeamTooSmall, Code::AlreadyRecorded, Code::RestrictedField];
        Some((author, event.into(), expected))
    }
}
