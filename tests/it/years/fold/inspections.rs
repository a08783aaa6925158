//! Inspections, recusals, comments and violations.

use super::super::days::{begin, day_at, from_day};
use super::{At, Fold};
use lotbook_chain::Instant;
use lotbook_event::oversight::Obligation;
use lotbook_event::proto::*;
use lotbook_event::recusal::RecusalDecision;
use lotbook_event::result::HandlingKind;
use lotbook_event::wire::Wire;
use lotbook_event::{DrawId, Event, InspectionId, inspection as ins};
use std::collections::BTreeSet;

impl Fold {
    fn on(&mut self, id: &InspectionId) -> &mut InspectionView {
        self.inspections.get_mut(id.as_str()).unwrap()
    }

    /// A step of an inspection after which it is in a phase.
    fn step(&mut self, at: &At<'_>, id: &InspectionId, phase: InspectionPhase) -> &mut InspectionView {
        self.about.insert(at.position, (id.to_string(), at.statement.event.name()));
        let view = self.on(id);
        view.phase = phase.into();
        view
    }

    pub(super) fn inspected(&mut self, at: &At<'_>, event: &Event) {
        match event {
            Event::DirectInspectionOpened(e) => self.direct(at, e),
            Event::InspectionApproved(e) => self.on(&e.inspection).approved = true,
            Event::NoticeServed(e) => {
                let view = self.step(at, &e.inspection, InspectionPhase::Notified);
                view.visit_on = Some(e.visit_on.to_string());
            }
            Event::InspectionStarted(e) => {
                self.starts_in_order(e.inspection.as_str());
                self.step(at, &e.inspection, InspectionPhase::Started).started_at = Some(at.at);
            }
            Event::ItemResultConfirmed(e) => {
                let result = ItemResultView {
                    item: e.item.to_string(),
                    section: self.section_of(e.item.as_str()),
                    outcome: e.outcome.wire(),
                    inspector: self.acting[&at.author].clone(),
                    confirmed_at: at.at,
                };
                let view = self.step(at, &e.inspection, InspectionPhase::Started);
                view.results.push(result);
                view.results.sort_by(|a, b| a.item.cmp(&b.item));
                self.goes_on(at, e.inspection.as_str(), None);
            }
            Event::InspectionConcluded(e) => {
                let who = self.acting[&at.author].clone();
                let view = self.step(at, &e.inspection, InspectionPhase::Started);
                view.concluded.push(who);
                view.concluded.sort();
                self.goes_on(at, e.inspection.as_str(), Some(e.occurred_at));
            }
            Event::ReportCompleted(e) => {
                self.step(at, &e.inspection, InspectionPhase::Reported).reported_at = Some(at.at);
                let rules = self.rules.clone().unwrap();
                let subject = e.inspection.as_str();
                self.meet(Obligation::Report, subject, at);
                self.start(Obligation::Feedback, subject, at.day(), rules.feedback_working_days);
                self.start(Obligation::Publication, subject, at.day(), rules.publication_working_days);
            }
            _ => {}
        }
    }

    fn direct(&mut self, at: &At<'_>, e: &ins::DirectInspectionOpened) {
        let cause = e.cause.unwrap();
        let team: Vec<_> = e.team.iter().map(ToString::to_string).collect();
        let view = InspectionView {
            inspection: e.inspection.to_string(),
            uscc: e.uscc.to_string(),
            cause: cause.wire(),
            approved: cause != ins::DirectCause::Other,
            sections: vec![at.statement.section.as_ref().unwrap().to_string()],
            items: e.items.iter().map(ToString::to_string).collect(),
            team: team.clone(),
            team_entry: at.hash.clone(),
            phase: InspectionPhase::Assigned.into(),
            assigned_at: at.at,
            ..Default::default()
        };
        self.inspections.insert(e.inspection.to_string(), view);
        self.named(at, e.inspection.as_str(), &team, None);
    }

    /// Nothing starts while a recusal of somebody in the team is open, or before it is approved.
    fn starts_in_order(&self, id: &str) {
        let inspection = &self.inspections[id];
        assert!(inspection.approved, "{id} starts without approval");
        let mut own = self.recusals.values().filter(|r| r.inspection == id && r.pending);
        let open = own.find(|r| inspection.team.contains(&r.inspector));
        assert!(open.is_none(), "{id} starts before {open:?}");
    }

    /// Items of the inspection that apply to the enterprise; all where none does.
    fn applicable(&self, view: &InspectionView) -> Vec<String> {
        let kind = &self.enterprises[&view.uscc].row.as_ref().unwrap().kind;
        let applies = |item: &&String| self.rows[*item].applies_to.as_str() == kind;
        let own: Vec<_> = view.items.iter().filter(applies).cloned().collect();
        if own.is_empty() { view.items.clone() } else { own }
    }

    /// Who is the last to conclude concludes the inspection and starts D2. Of a comprehensive one the last
    /// item starts it, and it is concluded when that and every conclusion is there.
    fn goes_on(&mut self, at: &At<'_>, id: &str, concluded: Option<Instant>) {
        let view = self.inspections[id].clone();
        let on_duty = |id: &String| {
            self.inspectors.get(id).is_some_and(|i| i.row.as_ref().unwrap().duty == i32::from(Duty::Active))
        };
        let everybody = !view.concluded.is_empty()
            && view.team.iter().all(|member| view.concluded.contains(member) || !on_duty(member));
        let days = self.rules.as_ref().unwrap().report_working_days;
        let mut done = everybody;
        if view.sections.len() > 1 {
            let needed = self.applicable(&view);
            let results: Vec<_> = view.results.iter().filter(|r| needed.contains(&r.item)).collect();
            let complete = results.len() == needed.len();
            let last = results.iter().map(|r| r.confirmed_at).max();
            if complete && !self.clocks.contains_key(&(Obligation::Report, id.to_owned())) {
                self.start(Obligation::Report, id, day_at(Instant(last.unwrap())), days);
            }
            done = everybody && complete;
        } else if let (true, Some(occurred)) = (everybody, concluded) {
            self.start(Obligation::Report, id, day_at(occurred), days);
        }
        if done {
            let view = self.inspections.get_mut(id).unwrap();
            (view.phase, view.concluded_at) = (InspectionPhase::Concluded.into(), Some(at.at));
        }
    }

    /// Who is off the roster or the duty is not waited for.
    pub(super) fn somebody_left(&mut self, at: &At<'_>) {
        let started = i32::from(InspectionPhase::Started);
        let begun = self.inspections.iter().filter(|(_, i)| i.phase == started && !i.concluded.is_empty());
        let begun: Vec<_> = begun.map(|(id, _)| id.clone()).collect();
        for id in begun {
            self.goes_on(at, &id, Some(Instant(at.at)));
        }
    }

    /// A team is named: distinct people, and nobody comes who has a conflict with the enterprise: of a
    /// draw's own pool, or under Art. 9 one that holds on the day.
    pub(super) fn named(&mut self, at: &At<'_>, id: &str, comes: &[String], draw: Option<&DrawId>) {
        let view = &self.inspections[id];
        let distinct: BTreeSet<_> = view.team.iter().collect();
        assert_eq!(distinct.len(), view.team.len(), "{id}: {:?}", view.team);
        let today = from_day(at.day());
        let conflict = |who: &String| match draw {
            Some(draw) => {
                let pairs = &self.pools[draw.as_str()].conflicts;
                pairs.iter().any(|row| row.uscc == view.uscc && row.inspector == *who)
            }
            None => {
                let known = self.conflicts.get(&(view.uscc.clone(), who.clone()));
                known.is_some_and(|c| c.until.is_none_or(|until| until >= today))
            }
        };
        let barred = comes.iter().find(|who| conflict(who));
        assert_eq!(barred, None, "{id}: comes at {} with a conflict", at.position);
    }

    /// Somebody comes for somebody; the entry links to the one that set the team before.
    fn seat(&mut self, at: &At<'_>, id: &str, leaves: &str, comes: &str, previous: Option<&[u8]>) {
        let view = self.inspections.get_mut(id).unwrap();
        assert!(view.phase <= InspectionPhase::Notified as i32, "{id}: a team changes after the start");
        assert!(previous.is_none_or(|previous| previous == view.team_entry), "{id}: not linked");
        let place = view.team.iter().position(|member| member == leaves).unwrap();
        view.team[place] = comes.to_owned();
        view.team_entry = at.hash.clone();
        if let Some(assignment) = self.assignments.get_mut(id) {
            assignment.slots[place].inspector = comes.to_owned();
            assignment.team_entry = at.hash.clone();
        }
    }

    pub(super) fn recused(&mut self, at: &At<'_>, event: &Event) {
        match event {
            Event::RecusalRequested(e) => {
                let view = RecusalView {
                    recusal: e.recusal.to_string(),
                    inspection: e.inspection.to_string(),
                    inspector: e.inspector.to_string(),
                    ground: e.ground.wire(),
                    requested_by: at.author.clone(),
                    requested_as: at.statement.role.wire(),
                    requested_at: at.at,
                    pending: true,
                    ..Default::default()
                };
                self.recusals.insert(e.recusal.to_string(), view);
            }
            Event::RecusalDecided(e) => {
                let view = self.recusals.get_mut(e.recusal.as_str()).unwrap();
                assert_ne!(view.requested_by, at.author, "who asks does not decide");
                (view.decision, view.decided_by) = (e.decision.wire(), Some(at.author.clone()));
                view.decided_at = Some(at.at);
                view.pending = e.decision != RecusalDecision::Rejected;
            }
            Event::AssignmentSwapped(e) => {
                let (one, other) = (e.inspection.to_string(), e.counterpart_inspection.to_string());
                let (x, y) = (e.inspector.as_str(), e.counterpart.as_str());
                self.seat(at, &one, x, y, Some(&e.previous.0));
                self.seat(at, &other, y, x, Some(&e.counterpart_previous.0));
                self.named(at, &one, &[y.to_owned()], Some(&e.draw));
                self.named(at, &other, &[x.to_owned()], Some(&e.draw));
            }
            Event::SubstituteDrawn(e) => {
                let (leaves, comes) = (e.withdrawn.as_str(), e.substitute.as_str());
                self.seat(at, e.inspection.as_str(), leaves, comes, Some(&e.previous.0));
                self.named(at, e.inspection.as_str(), &[comes.to_owned()], Some(&e.draw));
            }
            Event::SubstitutePoolExhausted(e) => {
                let view = self.recusals.get_mut(e.recusal.as_str()).unwrap();
                view.outcome = RecusalOutcome::Exhausted.into();
                view.exhausted_slot = Some(e.slot);
                view.pending = true;
            }
            Event::DirectTeamChanged(e) => {
                let view = self.recusals.get_mut(e.recusal.as_str()).unwrap();
                (view.outcome, view.pending) = (RecusalOutcome::Changed.into(), false);
                let (id, leaves) = (view.inspection.clone(), view.inspector.clone());
                self.seat(at, &id, &leaves, e.substitute.as_str(), None);
                self.named(at, &id, &[e.substitute.to_string()], None);
            }
            _ => {}
        }
    }

    pub(super) fn followed(&mut self, at: &At<'_>, event: &Event) {
        use InspectionPhase::{Closed, Reported};
        match event {
            Event::FeedbackDispatched(e) => {
                self.step(at, &e.inspection, Reported).dispatched_at = Some(at.at);
                self.meet(Obligation::Feedback, e.inspection.as_str(), at);
            }
            Event::FeedbackDelivered(e) => {
                let view = self.step(at, &e.inspection, Reported);
                view.delivered_at = Some(at.at);
                view.delivery_occurred_at = Some(e.occurred_at.0);
                let from = day_at(Instant(at.at.max(e.occurred_at.0)));
                let days = self.rules.as_ref().unwrap().comment_working_days;
                self.start(Obligation::Comment, e.inspection.as_str(), from, days);
            }
            Event::ResultPublished(e) => {
                self.step(at, &e.inspection, Reported).published_at = Some(at.at);
                self.meet(Obligation::Publication, e.inspection.as_str(), at);
            }
            Event::InspectionClosed(e) => {
                let open = |v: &&ViolationView| {
                    v.inspection.as_deref() == Some(e.inspection.as_str())
                        && (v.decided_at.is_none() || (v.published_at.is_none() && v.withheld_at.is_none()))
                };
                assert_eq!(self.violations.values().find(open), None, "{} is closed", e.inspection);
                self.step(at, &e.inspection, Closed).closed_at = Some(at.at);
            }
            _ => self.commented(at, event),
        }
    }

    fn commented(&mut self, at: &At<'_>, event: &Event) {
        match event {
            Event::CommentReceived(e) => {
                let clock = &self.clocks[&(Obligation::Comment, e.inspection.to_string())];
                let late = at.at >= begin(clock.due + 1).0;
                let view = CommentView {
                    comment: e.comment.to_string(),
                    inspection: e.inspection.to_string(),
                    received_at: at.at,
                    occurred_at: e.occurred_at.0,
                    late,
                    consent: e.consent,
                    ..Default::default()
                };
                self.comments.insert(e.comment.to_string(), view);
                if !late {
                    self.meet(Obligation::Comment, e.inspection.as_str(), at);
                }
            }
            Event::CommentWindowClosed(e) => {
                let id = e.inspection.as_str();
                let received = self.comments.values().any(|c| c.inspection == id);
                assert!(!received, "{id}: closed although a comment was received");
                self.ran_out(Obligation::Comment, id, e.due, e.provisional);
                self.on(&e.inspection).comment_window_closed = true;
            }
            Event::CommentAnswered(e) => {
                let view = self.comments.get_mut(e.comment.as_str()).unwrap();
                let answer = (e.summary.to_string(), e.answer.to_string());
                (view.summary, view.answer) = (Some(answer.0), Some(answer.1));
                view.answered_at = Some(at.at);
                let inspection = view.inspection.clone();
                self.about.insert(at.position, (inspection, "CommentAnswered"));
            }
            Event::EntryCorrected(e) => {
                let corrected = e.position.0;
                let correction = CorrectionView {
                    position: at.position,
                    corrected,
                    event: self.about[&corrected].1.to_owned(),
                    field: e.field.to_string(),
                    value: e.value.to_string(),
                    reason: e.reason.to_string(),
                    by: at.author.clone(),
                    recorded_at: at.at,
                };
                self.corrections.entry(corrected).or_default().push(correction);
            }
            _ => {}
        }
    }

    fn on_violation(&mut self, id: &impl ToString) -> &mut ViolationView {
        self.violations.get_mut(&id.to_string()).unwrap()
    }

    /// Violations with everything, whatever is public of it.
    pub(super) fn handled(&mut self, at: &At<'_>, event: &Event) {
        match event {
            Event::ViolationFound(e) => {
                let view = ViolationView {
                    violation: e.violation.to_string(),
                    inspection: Some(e.inspection.to_string()),
                    item: Some(e.item.to_string()),
                    found_at: Some(at.at),
                    ..Default::default()
                };
                self.violations.insert(e.violation.to_string(), view);
            }
            Event::InvestigationOpened(e) => {
                self.on_violation(&e.violation).investigated_at = Some(at.at);
            }
            Event::HandlingDecided(e) => {
                let view = self.on_violation(&e.violation);
                assert!(view.investigated_at.is_some(), "decided before it is investigated");
                view.kind = e.kind.wire();
                view.decision_no = Some(e.decision_no.to_string());
                view.legal_basis = Some(e.legal_basis.to_string());
                view.decided_at = Some(at.at);
                let inspection = view.inspection.clone().unwrap();
                self.about.insert(at.position, (inspection, "HandlingDecided"));
                self.decisions.insert(at.position, e.violation.to_string());
            }
            Event::HandlingPublished(e) => {
                let view = self.on_violation(&e.violation);
                view.published_at = Some(at.at);
                let inspection = view.inspection.clone().unwrap();
                self.about.insert(at.position, (inspection, "HandlingPublished"));
                self.decisions.insert(at.position, e.violation.to_string());
            }
            Event::HandlingWithheld(e) => {
                let view = self.on_violation(&e.violation);
                (view.withheld_ground, view.withheld_at) = (Some(e.ground.to_string()), Some(at.at));
            }
            Event::TransferAcknowledged(e) => {
                let view = self.on_violation(&e.violation);
                (view.acknowledged_by, view.acknowledged_at) = (Some(e.receiver.to_string()), Some(at.at));
            }
            Event::RectificationVerified(e) => {
                self.on_violation(&e.violation).rectified_on = Some(e.verified_on.to_string());
            }
            _ => {}
        }
    }

    /// What is public of the violations: of a judicial transfer nothing but its kind until it is
    /// acknowledged, of a decision withheld only the ground.
    pub fn public_violations(&self) -> Vec<(String, ViolationView)> {
        let judicial = HandlingKind::TransferJudicial.wire();
        let public = |(id, view): (&String, &ViolationView)| {
            let mut view = view.clone();
            if view.kind == judicial && view.acknowledged_at.is_none() {
                view = ViolationView { violation: id.clone(), kind: judicial, ..Default::default() };
            } else if view.withheld_at.is_some() {
                (view.kind, view.decision_no, view.legal_basis) = (0, None, None);
                view.decided_at = None;
            }
            (id.clone(), view)
        };
        self.violations.iter().map(public).collect()
    }
}
