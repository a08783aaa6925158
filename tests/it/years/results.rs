//! What follows the report: feedback, publication, comments, handling, closing, corrections, disclosure.

use super::cast::cast;
use super::choices::Choices;
use super::ledger::Author;
use super::office::text;
use super::play::Year;
use lotbook_domain::state::{Inspection, Phase, Violation};
use lotbook_event::keys::Role;
use lotbook_event::oversight::*;
use lotbook_event::result::*;
use lotbook_event::*;

/// Days after a delivery from which the time for comments is over in every calendar.
const COMMENTS_OVER: i64 = 45;

impl Year {
    /// Steps after the report, corrections, and sometimes a disclosure.
    pub fn results(&mut self, choices: &mut Choices) {
        let reported: Vec<(InspectionId, Inspection)> = self
            .ledger
            .state
            .inspections
            .iter()
            .filter(|(_, i)| i.phase == Phase::Reported)
            .map(|(id, i)| (id.clone(), Inspection::clone(i)))
            .collect();
        for (id, inspection) in reported {
            self.violation(choices, &id, &inspection);
            self.feedback(choices, &id, &inspection);
            self.comments(choices, &id, &inspection);
            self.close(choices, &id, &inspection);
        }
        let violations: Vec<_> =
            self.ledger.state.violations.iter().map(|(id, v)| (id.clone(), v.clone())).collect();
        for (id, violation) in violations {
            let phase = self.ledger.state.inspections[&violation.inspection].phase;
            if phase < Phase::Closed {
                self.handling(choices, &id, &violation);
            }
        }
        if self.dice.chance(15) {
            self.correction(choices);
        }
        if self.dice.chance(20) {
            self.accountability(choices);
        }
        if self.dice.chance(2) {
            self.disclosures(choices);
        }
    }

    /// The inspecting unit: a section of it, or a member of the team.
    pub fn unit(&mut self, inspection: &Inspection) -> Author {
        let sections = self.ledger.state.sections_of(inspection);
        let member = self.dice.pick(&inspection.team).clone();
        match self.standing_for(member.as_str()) {
            Some(person) if self.dice.chance(50) => person.into(),
            _ => self.officer_of(&sections),
        }
    }

    fn feedback(&mut self, choices: &mut Choices, id: &InspectionId, inspection: &Inspection) {
        let inspection_id = || id.clone();
        let unit = self.unit(inspection);
        match inspection.dispatched {
            None => {
                let method = *self.dice.pick(ServiceMethod::ALL);
                let legal_basis = text(if method == ServiceMethod::Other { "law" } else { "" });
                choices.add(6, unit, FeedbackDispatched { inspection: inspection_id(), method, legal_basis });
            }
            Some(dispatched) if inspection.delivered.is_none() => {
                let (occurred_at, receipt_ref) = (self.since(dispatched), text("Q"));
                let event = FeedbackDelivered { inspection: inspection_id(), occurred_at, receipt_ref };
                choices.add(8, unit, event);
            }
            Some(_) => {}
        }
        if inspection.published.is_none() {
            let channel = *self.dice.pick(Channel::ALL);
            let event = ResultPublished { inspection: inspection_id(), channel, receipt_ref: text("N-1") };
            choices.add(6, cast().of(Role::Publisher), event);
        }
    }

    fn comments(&mut self, choices: &mut Choices, id: &InspectionId, inspection: &Inspection) {
        let Some(delivered) = inspection.delivered else { return };
        let own: Vec<_> = self.ledger.state.comments.iter().filter(|(_, c)| c.inspection == *id).collect();
        let (count, unanswered) =
            (own.len(), own.iter().find(|(_, c)| c.answer.is_none()).map(|(id, _)| (*id).clone()));
        if self.now() >= delivered.plus_seconds(COMMENTS_OVER * 86_400)
            && let Some(comment) = unanswered
        {
            let event = CommentAnswered { comment, summary: text("summary"), answer: text("answer") };
            choices.add(8, cast().of(Role::Coordinator), event);
        }
        if count < 2 && self.dice.chance(25) {
            let author = self.standing_for(inspection.uscc.as_str());
            let author = author.unwrap_or(cast().of(Role::Coordinator));
            let event = CommentReceived {
                inspection: id.clone(),
                comment: CommentId::new(self.name("C")).unwrap(),
                occurred_at: self.since(delivered),
                text: Bytes32(self.dice.bytes()),
                consent: self.dice.chance(50),
            };
            choices.add(6, author, event);
        }
    }

    fn close(&mut self, choices: &mut Choices, id: &InspectionId, inspection: &Inspection) {
        use lotbook_event::inspection::ItemOutcome::{OtherViolation, PendingHandling};
        let Some(delivered) = inspection.delivered else { return };
        let state = &self.ledger.state;
        let answered = state.comments.values().all(|c| c.inspection != *id || c.answer.is_some());
        let own = |item: &ItemId| state.violations.values().any(|v| v.inspection == *id && v.item == *item);
        let named = inspection
            .results
            .iter()
            .all(|(item, r)| !matches!(r.outcome, PendingHandling | OtherViolation) || own(item));
        let settled = state.violations.values().all(|v| {
            v.inspection != *id || (v.decided.is_some() && (v.published.is_some() || v.withheld.is_some()))
        });
        let over = self.now() >= delivered.plus_seconds(COMMENTS_OVER * 86_400);
        if answered && named && settled && over && inspection.published.is_some() {
            let unit = self.unit(inspection);
            choices.add(12, unit, InspectionClosed { inspection: id.clone() });
        }
    }

    fn handling(&mut self, choices: &mut Choices, id: &ViolationId, v: &Violation) {
        let (handler, publisher) = (cast().of(Role::Handler), cast().of(Role::Publisher));
        let violation = id.clone();
        if v.investigated.is_none() {
            return choices.add(8, handler, InvestigationOpened { violation });
        }
        let Some((kind, ..)) = v.decided else {
            let kind = *self.dice.pick(HandlingKind::ALL);
            let judicial = kind == HandlingKind::TransferJudicial;
            let public = |word: &str| text(if judicial { "" } else { word });
            let event =
                HandlingDecided { violation, kind, decision_no: public("No. 1"), legal_basis: public("law") };
            return choices.add(6, handler, event);
        };
        let judicial = kind == HandlingKind::TransferJudicial;
        if v.published.is_none() && v.withheld.is_none() {
            if self.dice.chance(35) {
                choices.add(8, publisher, HandlingWithheld { violation, ground: text("secret") });
            } else if !judicial || v.acknowledged.is_some() {
                choices.add(8, publisher, HandlingPublished { violation, receipt_ref: text("N-2") });
            }
        }
        if matches!(kind, HandlingKind::TransferAuthority | HandlingKind::TransferJudicial)
            && v.acknowledged.is_none()
        {
            let receiver = text("authority");
            choices.add(8, handler, TransferAcknowledged { violation: id.clone(), receiver });
        }
        if v.rectified.is_none() && self.dice.chance(30) {
            let event = RectificationVerified { violation: id.clone(), verified_on: self.today() };
            choices.add(5, handler, event);
        }
    }

    /// Somebody corrects a field of an entry of another's.
    fn correction(&mut self, choices: &mut Choices) {
        let all: Vec<_> = self.ledger.state.correctable.iter().collect();
        if all.is_empty() {
            return;
        }
        let (position, known) = self.dice.pick(&all);
        let role = *self.dice.pick(&[Role::OfficeLeader, Role::Coordinator, Role::Supervisor]);
        let author = cast().of(role);
        if author.id == known.author || known.says.fields.is_empty() {
            return;
        }
        let event = EntryCorrected {
            position: *position,
            entry: known.entry,
            field: text(*self.dice.pick(known.says.fields)),
            value: text("as it should be"),
            reason: text("typing"),
        };
        choices.add(6, author, event);
    }

    /// The disclosure of a year is asked for, and published as it was generated last.
    pub fn disclosures(&mut self, choices: &mut Choices) {
        let publisher = cast().of(Role::Publisher);
        let record = self.ledger.state.disclosures.get(&2026);
        let published = record.is_some_and(|record| record.published.is_some());
        let generated = record.and_then(|record| record.generated.clone());
        let over = self.day() > 378;
        if over && !published {
            choices.add(6, publisher, AnnualDisclosureRequested { year: 2026 });
        }
        if let Some((generated, _)) = generated.filter(|_| over && !published) {
            let event = AnnualDisclosurePublished {
                year: 2026,
                document: generated.document,
                parts: DisclosurePartKind::ALL.iter().copied().collect(),
                receipt_ref: text("site"),
            };
            choices.add(6, publisher, event);
        }
    }
}
