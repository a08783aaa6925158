//! Ceremonies: opened, frozen, committed, revealed, failed or drawn; and the enterprises assigned.

use super::super::days::year;
use super::{At, Fold};
use lotbook_event::Event;
use lotbook_event::ceremony::{CeremonyOpened, PoolFrozen, Purpose};
use lotbook_event::draw::{DrawCompleted, EnterpriseAssigned};
use lotbook_event::proto::*;
use lotbook_event::wire::Wire;

impl Fold {
    pub(super) fn drawn(&mut self, at: &At<'_>, event: &Event) {
        match event {
            Event::CeremonyOpened(e) => self.opened = Some((at.hash.clone(), at.at, e.clone())),
            Event::PoolFrozen(e) => self.frozen(at, e),
            Event::SeedCommitted(e) => {
                self.part(e.draw.as_str(), &at.author).commitment = Some(e.commitment.wire());
            }
            Event::SeedRevealed(e) => {
                self.part(e.draw.as_str(), &at.author).secret = Some(e.secret.wire());
            }
            Event::CeremonySealed(e) => self.stage(e.draw.as_str(), CeremonyStage::Revealing),
            Event::CeremonyClosed(e) => {
                self.stage(e.draw.as_str(), CeremonyStage::Closed);
                self.draws.get_mut(e.draw.as_str()).unwrap().closed_at = Some(at.at);
            }
            Event::CeremonyFailed(e) => {
                self.stage(e.draw.as_str(), CeremonyStage::Failed);
                let view = self.draws.get_mut(e.draw.as_str()).unwrap();
                view.barred = e.barred.wire();
                view.terminal = Some(at.hash.clone());
            }
            Event::DrawCompleted(e) => self.completed(at, e),
            Event::EnterpriseAssigned(e) => self.assigned(at, e),
            _ => {}
        }
    }

    fn stage(&mut self, draw: &str, stage: CeremonyStage) {
        self.draws.get_mut(draw).unwrap().stage = stage.into();
    }

    fn part(&mut self, draw: &str, key: &[u8]) -> &mut ParticipantView {
        let view = self.draws.get_mut(draw).unwrap();
        view.participants.iter_mut().find(|one| one.key_id == key).unwrap()
    }

    fn frozen(&mut self, at: &At<'_>, e: &PoolFrozen) {
        let (hash, opened_at, opened) = self.opened.take().unwrap();
        assert_eq!(e.opened.0.to_vec(), hash, "the pool is of the opening before it");
        let draw = e.draw.to_string();
        self.attempted(&opened, &draw);
        let rows = self.pool_of(&opened, opened_at);
        rows.agrees(e);
        self.pools.insert(draw.clone(), rows);
        let participant = |one: &lotbook_event::ceremony::Participant| {
            let key_id = one.key_id.wire();
            let person = self.persons[&key_id].clone();
            ParticipantView { role: one.role.wire(), person, commitment: None, secret: None, key_id }
        };
        let purpose = e.replacement.as_ref().map_or(Purpose::Batch, |replacement| replacement.purpose);
        let view = DrawView {
            draw: draw.clone(),
            purpose: purpose.wire(),
            plan: opened.plan.to_string(),
            batch: opened.batch.to_string(),
            recusal: opened.recusal.as_ref().map(ToString::to_string),
            attempt: opened.attempt,
            opened_at,
            pool: Some(at.hash.clone()),
            frozen: Some(e.wire()),
            participants: e.participants.iter().map(participant).collect(),
            commit_deadline: Some(e.commit_deadline.0),
            reveal_deadline: Some(e.reveal_deadline.0),
            stage: CeremonyStage::Committing.into(),
            terminal: None,
            barred: vec![],
            seed: None,
            result: None,
            beacons: vec![],
            closed_at: None,
            overdue: false,
            grade: String::new(),
            grade_with_stamps: String::new(),
            voided: None,
        };
        self.draws.insert(draw, view);
    }

    fn attempted(&mut self, opened: &CeremonyOpened, draw: &str) {
        let attempts = match &opened.recusal {
            Some(recusal) => &mut self.recusals.get_mut(recusal.as_str()).unwrap().draws,
            None => &mut self.batches.get_mut(&format!("{}/{}", opened.plan, opened.batch)).unwrap().attempts,
        };
        attempts.push(draw.to_owned());
        assert_eq!(attempts.len(), opened.attempt as usize, "attempts have no gaps");
    }

    fn completed(&mut self, at: &At<'_>, e: &DrawCompleted) {
        let view = self.draws.get_mut(e.draw.as_str()).unwrap();
        view.stage = CeremonyStage::Drawn.into();
        view.terminal = Some(at.hash.clone());
        (view.seed, view.result) = (Some(e.seed.wire()), Some(e.wire()));
        // No rule set here has a beacon, so that all who committed have revealed; persons and bodies are all different.
        let committed = || view.participants.iter().filter(|one| one.commitment.is_some());
        let outside = committed().any(|one| one.role() != ParticipantRole::DrawingSection);
        let grade = if committed().count() >= 3 && outside { "B" } else { "C" };
        (view.grade, view.grade_with_stamps) = (grade.into(), grade.into());
        let batch = format!("{}/{}", view.plan, view.batch);
        let Some(recusal) = view.recusal.clone() else {
            self.batches.get_mut(&batch).unwrap().drawn = Some(e.draw.to_string());
            return;
        };
        // What follows says if a slot had no candidate; else the recusal is carried out.
        let frozen = view.frozen.as_ref().unwrap();
        if frozen.replacement.as_ref().unwrap().purpose != Purpose::Swap.wire() {
            let who = frozen.replacement.as_ref().unwrap().inspector.clone().unwrap();
            self.withdrawn.entry(batch).or_default().insert(who);
        }
        let recusal = self.recusals.get_mut(&recusal).unwrap();
        recusal.outcome = RecusalOutcome::Changed.into();
        (recusal.pending, recusal.exhausted_slot) = (false, None);
    }

    fn assigned(&mut self, at: &At<'_>, e: &EnterpriseAssigned) {
        let draw = self.draws[e.draw.as_str()].clone();
        let name = format!("{}/{}", draw.plan, draw.batch);
        let batch = self.batches[&name].batch.clone().unwrap();
        let id = e.inspection.to_string();
        let of_year = year(at.day());
        self.within_the_cap(&name, e.uscc.as_str(), of_year, draw.opened_at);
        let past = PastDrawView {
            year: of_year,
            plan: draw.plan.clone(),
            batch: draw.batch.clone(),
            units: batch.sections.clone(),
        };
        self.enterprises.get_mut(e.uscc.as_str()).unwrap().draws.push(past);
        let seats = u32::try_from(e.team.len()).unwrap();
        let team: Vec<String> = e.team.iter().map(ToString::to_string).collect();
        let slot = |(n, inspector): (u32, &String)| SlotView { slot: n, inspector: inspector.clone() };
        let assignment = AssignmentView {
            inspection: id.clone(),
            draw: e.draw.to_string(),
            plan: draw.plan.clone(),
            batch: draw.batch.clone(),
            uscc: e.uscc.to_string(),
            stratum: e.stratum.to_string(),
            ticket: e.ticket.wire(),
            slots: (e.rank * seats..).zip(&team).map(slot).collect(),
            team_entry: at.hash.clone(),
            assigned_at: at.at,
        };
        self.assignments.insert(id.clone(), assignment);
        let view = InspectionView {
            inspection: id.clone(),
            uscc: e.uscc.to_string(),
            draw: Some(e.draw.to_string()),
            plan: Some(draw.plan),
            batch: Some(draw.batch),
            approved: true,
            sections: batch.sections,
            items: batch.items,
            team: team.clone(),
            team_entry: at.hash.clone(),
            phase: InspectionPhase::Assigned.into(),
            assigned_at: at.at,
            ..Default::default()
        };
        self.inspections.insert(id.clone(), view);
        self.named(at, &id, &team, Some(&e.draw));
        let load = |who: &String| {
            let of_draw = self.assignments.values().filter(|a| a.draw == e.draw.as_str());
            of_draw.flat_map(|a| &a.slots).filter(|slot| slot.inspector == *who).count()
        };
        let result = draw.result.unwrap();
        assert!(team.iter().all(|who| load(who) <= result.hi as usize), "{id}: a load over {}", result.hi);
    }
}
