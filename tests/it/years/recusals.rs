//! Recusals: asked for, decided, drawn for; under Art. 9 somebody else is named.

use super::cast::cast;
use super::choices::{Choices, opened};
use super::ledger::Author;
use super::play::Year;
use lotbook_domain::ceremony::Stage;
use lotbook_domain::recusal::Recusal;
use lotbook_domain::state::{Inspection, Origin, Phase};
use lotbook_event::ceremony::{CeremonyOpened, Purpose};
use lotbook_event::keys::Role;
use lotbook_event::recusal::*;
use lotbook_event::*;

/// An opening depends on pools, ages and on the turn of others, which the model does not compute.
const OPENING: &[Code] =
    &[Code::CeremonyOpen, Code::TooYoung, Code::WrongPhase, Code::NotAParticipant, Code::UnknownSubject];

impl Year {
    /// Steps of recusals.
    pub fn recusals(&mut self, choices: &mut Choices) {
        let waiting: Vec<(InspectionId, Inspection)> = self
            .ledger
            .state
            .inspections
            .iter()
            .filter(|(_, i)| i.phase < Phase::Started && !i.team.is_empty())
            .map(|(id, i)| (id.clone(), Inspection::clone(i)))
            .collect();
        if !waiting.is_empty() && self.dice.chance(45) {
            let (id, inspection) = self.dice.pick(&waiting).clone();
            let fresh = self.begins(&inspection);
            if let Some((author, event)) = self.request(&id, &inspection) {
                // Another recusal of the same inspector may be open.
                choices.maybe(if fresh { 40 } else { 8 }, author, event, &[Code::AlreadyRecorded]);
            }
        }
        let recusals: Vec<_> =
            self.ledger.state.recusals.iter().map(|(id, r)| (id.clone(), r.clone())).collect();
        for (id, recusal) in recusals {
            match &recusal.decided {
                None => self.decide(choices, &id, &recusal),
                Some(decided) if recusal.is_pending() => {
                    self.carry_out(choices, &id, &recusal, decided.decision);
                }
                Some(_) => {}
            }
        }
    }

    /// Whether an inspection was drawn, none of its batch has started, and few were recused.
    fn begins(&self, inspection: &Inspection) -> bool {
        let state = &self.ledger.state;
        let same = |other: &InspectionId| state.inspections[other].batch() == inspection.batch();
        let started = state.inspections.iter().any(|(id, i)| same(id) && i.phase >= Phase::Started);
        let recused = state.recusals.values().filter(|r| same(&r.inspection)).count();
        inspection.batch().is_some() && !started && recused < 2
    }

    /// A request for the recusal of a member of a team.
    pub fn request(
        &mut self,
        id: &InspectionId,
        inspection: &Inspection,
    ) -> Option<(Author, RecusalRequested)> {
        let inspector = self.dice.pick(&inspection.team).clone();
        let author: Author = match self.dice.below(4) {
            0 => self.standing_for(inspector.as_str())?.into(),
            1 => self.standing_for(inspection.uscc.as_str())?.into(),
            2 => {
                let sections = self.ledger.state.sections_of(inspection);
                self.officer_of(&sections)
            }
            _ => cast().of(Role::Supervisor).into(),
        };
        let ground =
            if self.dice.chance(60) { RecusalGround::Conflict } else { *self.dice.pick(RecusalGround::ALL) };
        let event = RecusalRequested {
            recusal: RecusalId::new(self.name("R")).unwrap(),
            inspection: id.clone(),
            inspector,
            ground,
            details: self.dice.chance(50).then(|| Bytes32(self.dice.bytes())),
        };
        Some((author, event))
    }

    fn decide(&mut self, choices: &mut Choices, id: &RecusalId, recusal: &Recusal) {
        let decision = if self.dice.chance(15) { RecusalDecision::Rejected } else { self.by_rule(recusal) };
        let event = RecusalDecided { recusal: id.clone(), decision };
        // The inspector may have left the team by another recusal's draw.
        choices.maybe(25, cast().of(Role::RecusalApprover), event, &[Code::WrongPhase]);
    }

    /// Swap or withdraw, as the ground and the batch say.
    pub fn by_rule(&self, recusal: &Recusal) -> RecusalDecision {
        let state = &self.ledger.state;
        let inspection = &state.inspections[&recusal.inspection];
        let same_batch = |other: &InspectionId| state.inspections[other].batch() == inspection.batch();
        let before = state.recusals.values().any(|other| {
            let granted = other.decided.is_some_and(|d| d.decision != RecusalDecision::Rejected);
            granted && other.inspector == recusal.inspector && same_batch(&other.inspection)
        });
        let started = state.inspections.iter().any(|(id, i)| same_batch(id) && i.phase >= Phase::Started);
        let always = state.rules.as_ref().is_some_and(|rules| rules.value.recusal_always_withdraw);
        let drawn = matches!(inspection.origin, Origin::Drawn { .. });
        if recusal.ground == RecusalGround::Conflict && drawn && !before && !started && !always {
            RecusalDecision::Swap
        } else {
            RecusalDecision::Withdraw
        }
    }

    fn carry_out(
        &mut self,
        choices: &mut Choices,
        id: &RecusalId,
        recusal: &Recusal,
        decision: RecusalDecision,
    ) {
        let inspection = self.ledger.state.inspections[&recusal.inspection].clone();
        if inspection.phase >= Phase::Started {
            return;
        }
        if let Origin::Direct { section, .. } = &inspection.origin {
            if let Some(substitute) = self.substitute(&inspection) {
                let officer = cast().in_section(Role::SectionOfficer, section);
                let event = DirectTeamChanged { recusal: id.clone(), substitute };
                // Who withdrew from this inspection before does not come back.
                choices.maybe(15, officer, event, &[Code::InvalidValue]);
            }
            return;
        }
        let weight = if recusal.outcome.is_some() { 1 } else { 20 };
        if let Some(event) = self.recusal_opening(id, recusal, decision) {
            let sections = self.ledger.state.sections_of(&inspection);
            let all: Vec<_> = sections.into_iter().collect();
            let operator = cast().in_section(Role::DrawOperator, self.dice.pick(&all));
            choices.maybe(weight, operator, event, OPENING);
        }
    }

    fn recusal_opening(
        &self,
        id: &RecusalId,
        recusal: &Recusal,
        decision: RecusalDecision,
    ) -> Option<CeremonyOpened> {
        let state = &self.ledger.state;
        let (plan, batch) = state.inspections[&recusal.inspection].batch()?;
        let last = recusal.attempts.last().and_then(|draw| state.ceremonies.get(draw));
        let over = last.is_none_or(|last| matches!(last.stage, Stage::Failed | Stage::Drawn));
        let purpose = if decision == RecusalDecision::Swap { Purpose::Swap } else { Purpose::Substitute };
        let event = opened(plan, batch, recusal.attempts.len(), last, Some((id.clone(), purpose)));
        (over && recusal.attempts.len() < 4).then_some(event)
    }

    /// Somebody who may come instead under Art. 9.
    fn substitute(&mut self, inspection: &Inspection) -> Option<InspectorId> {
        let state = &self.ledger.state;
        let free = |id: &&InspectorId| {
            self.able(id)
                && !inspection.team.contains(id)
                && !state.conflicts.contains_key(&(inspection.uscc.clone(), (*id).clone()))
        };
        let free: Vec<_> = state.inspectors.keys().filter(free).cloned().collect();
        if free.is_empty() { None } else { Some(self.dice.pick(&free).clone()) }
    }
}
