//! Inspections from the notice to the report, and those that a section opens (Art. 9).

use super::cast::{cast, section};
use super::choices::Choices;
use super::days::{day_at, from_day};
use super::ledger::Author;
use super::office::{officer, text};
use super::play::Year;
use lotbook_domain::registry::ItemPhase;
use lotbook_domain::state::{Inspection, Origin, Phase};
use lotbook_event::inspection::*;
use lotbook_event::keys::Role;
use lotbook_event::result::ViolationFound;
use lotbook_event::*;
use std::collections::BTreeSet;

/// Most inspections that are followed at once; the others wait.
const AT_ONCE: usize = 4;

impl Year {
    /// Steps of the inspections that are under way.
    pub fn visits(&mut self, choices: &mut Choices) {
        let open: Vec<(InspectionId, Inspection)> = self
            .ledger
            .state
            .inspections
            .iter()
            .filter(|(_, i)| i.phase < Phase::Reported && !i.team.is_empty())
            .map(|(id, i)| (id.clone(), Inspection::clone(i)))
            .collect();
        // Those that have begun go on; then the first others.
        let mut order: Vec<_> = open.iter().collect();
        order.sort_by_key(|(_, i)| std::cmp::Reverse(i.phase));
        for (id, inspection) in order.into_iter().take(AT_ONCE) {
            match inspection.phase {
                Phase::Assigned | Phase::Notified => self.before(choices, id, inspection),
                Phase::Started => self.within(choices, id, inspection),
                _ => self.report(choices, id, inspection),
            }
        }
        if self.dice.chance(12) {
            self.open_direct(choices);
        }
    }

    /// Whether an inspection waits for a recusal, or somebody of its team has a conflict by now.
    pub fn blocked(&self, inspection: &Inspection) -> bool {
        let state = &self.ledger.state;
        let batch = inspection.batch();
        let open = |recusal: &lotbook_domain::recusal::Recusal| {
            let other = &state.inspections[&recusal.inspection];
            let same =
                other.batch() == batch && (batch.is_some() || other.team_entry == inspection.team_entry);
            recusal.is_pending() && same && recusal.is_in(&inspection.team)
        };
        let drawn_for = state
            .ceremonies
            .values()
            .any(|c| c.recusal.is_some() && c.terminal.is_none() && Some(&c.batch) == batch);
        let pair = |member: &InspectorId| (inspection.uscc.clone(), member.clone());
        let conflict = inspection.team.iter().any(|member| state.conflicts.contains_key(&pair(member)));
        drawn_for || conflict || state.recusals.values().any(open)
    }

    fn before(&mut self, choices: &mut Choices, id: &InspectionId, inspection: &Inspection) {
        if let Origin::Direct { approved: false, .. } = inspection.origin {
            choices.add(9, cast().of(Role::OfficeLeader), InspectionApproved { inspection: id.clone() });
            return;
        }
        let Some(signer) = self.signer(&inspection.team) else { return };
        if inspection.phase == Phase::Assigned || self.dice.chance(10) {
            let visit_on = from_day(day_at(self.now()) + i64::from(self.dice.within(1, 20)));
            let occurred_at = self.since(inspection.assigned_at);
            choices.add(5, signer.clone(), NoticeServed { inspection: id.clone(), visit_on, occurred_at });
        }
        let published = |item: &ItemId| {
            self.ledger.state.items.get(item).is_some_and(|record| record.phase == ItemPhase::Published)
        };
        let ready = inspection.team.iter().all(|member| self.able(member))
            && self.ledger.state.items_of(inspection).all(published)
            && !self.blocked(inspection);
        if ready {
            let at = self.since(inspection.assigned_at.max(self.now().plus_seconds(-3_000)));
            choices.add(8, signer, InspectionStarted { inspection: id.clone(), occurred_at: at });
        }
    }

    fn within(&mut self, choices: &mut Choices, id: &InspectionId, inspection: &Inspection) {
        let items: Vec<_> = self.ledger.state.applicable_items(inspection).into_iter().cloned().collect();
        let left: Vec<_> = items.iter().filter(|item| !inspection.results.contains_key(*item)).collect();
        if let (Some(item), Some(signer)) = (left.first(), self.signer(&inspection.team)) {
            let outcome = *self.dice.pick(ItemOutcome::ALL);
            let event = ItemResultConfirmed { inspection: id.clone(), item: (*item).clone(), outcome };
            choices.add(20, signer, event);
            return;
        }
        self.violation(choices, id, inspection);
        let silent = inspection.team.iter().find(|m| !inspection.concluded.contains(*m) && self.able(m));
        if let Some(person) = silent.and_then(|member| self.standing_for(member.as_str())) {
            let assigned = inspection.assigned_at;
            let (occurred_at, on_site_ended_at) = (self.since(assigned), self.since(assigned));
            let event = InspectionConcluded { inspection: id.clone(), occurred_at, on_site_ended_at };
            choices.add(20, person, event);
        }
    }

    /// A violation where a result speaks of one.
    pub fn violation(&mut self, choices: &mut Choices, id: &InspectionId, inspection: &Inspection) {
        use ItemOutcome::{Corrected, OtherViolation, PendingHandling};
        let bad = |outcome| matches!(outcome, PendingHandling | OtherViolation | Corrected);
        let known = |item: &ItemId| {
            self.ledger.state.violations.values().any(|v| v.inspection == *id && v.item == *item)
        };
        let found = inspection.results.iter().find(|(item, r)| bad(r.outcome) && !known(item));
        let Some(item) = found.map(|(item, _)| item.clone()) else { return };
        let Some(signer) = self.signer(&inspection.team) else { return };
        let violation = ViolationId::new(self.name("V")).unwrap();
        let details = Bytes32(self.dice.bytes());
        choices.add(9, signer, ViolationFound { inspection: id.clone(), violation, item, details });
    }

    fn report(&mut self, choices: &mut Choices, id: &InspectionId, inspection: &Inspection) {
        self.violation(choices, id, inspection);
        if let Some(signer) = self.signer(&inspection.team) {
            choices.add(5, signer, report(id));
        }
    }

    /// A section opens an inspection for a cause.
    fn open_direct(&mut self, choices: &mut Choices) {
        if let Some((author, event)) = self.direct() {
            choices.add(6, author, event);
        }
    }

    /// A lawful opening under Art. 9.
    pub fn direct(&mut self) -> Option<(Author, DirectInspectionOpened)> {
        let n = self.dice.below(super::cast::SECTIONS);
        let state = &self.ledger.state;
        let own = |record: &&lotbook_domain::registry::ItemRecord| {
            record.phase == ItemPhase::Published && record.item.section == section(n)
        };
        let items: BTreeSet<_> = state.items.values().filter(own).map(|r| r.item.item.clone()).collect();
        let firms: Vec<_> = state.enterprises.keys().cloned().collect();
        let uscc = self.dice.pick(&firms).clone();
        let free = |id: &&InspectorId| {
            self.able(id) && !self.ledger.state.conflicts.contains_key(&(uscc.clone(), (*id).clone()))
        };
        let team: Vec<_> = self.ledger.state.inspectors.keys().filter(free).cloned().collect();
        if items.is_empty() || team.len() < 2 {
            return None;
        }
        let from = self.dice.below(team.len() - 1);
        let cause = *self.dice.pick(DirectCause::ALL);
        let reason = text(if cause == DirectCause::Other { "reason" } else { "" });
        let event = DirectInspectionOpened {
            inspection: InspectionId::new(self.name("D")).unwrap(),
            uscc,
            items,
            cause: Some(cause),
            basis: Some(Bytes32(self.dice.bytes())),
            reason,
            team: team[from..].iter().take(2).cloned().collect(),
        };
        Some((officer(n), event))
    }
}

/// A report with all five parts.
pub fn report(id: &InspectionId) -> ReportCompleted {
    ReportCompleted {
        inspection: id.clone(),
        time: text("time"),
        content: text("content"),
        findings: text("findings"),
        evaluation: text("evaluation"),
        opinion: text("opinion"),
    }
}
