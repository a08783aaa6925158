//! The same views, by hand: a fold over the entries of the log that shares nothing with the projections.

use lotbook_client::VerifiedEntry;
use lotbook_event::inspection::DirectCause;
use lotbook_event::oversight::Obligation;
use lotbook_event::proto::*;
use lotbook_event::registry as row;
use lotbook_event::result::HandlingKind;
use lotbook_event::wire::Wire;
use lotbook_event::{Event, InspectionId};
use std::collections::{BTreeMap, BTreeSet};

/// A duty: whether it is met, stated as missed, and by what day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duty {
    pub met_at: Option<i64>,
    pub missed: bool,
    /// When the ledger said its time was up, if it did.
    pub due: Option<i64>,
}

#[derive(Default)]
pub struct Fold {
    pub items: BTreeMap<String, ItemView>,
    pub inspectors: BTreeMap<String, InspectorView>,
    pub enterprises: BTreeMap<String, EnterpriseView>,
    pub plans: BTreeMap<String, PlanView>,
    pub batches: BTreeMap<(String, String), BatchView>,
    pub draws: BTreeMap<String, DrawView>,
    pub assignments: BTreeMap<String, AssignmentView>,
    pub inspections: BTreeMap<String, InspectionView>,
    pub comments: BTreeMap<String, CommentView>,
    pub violations: BTreeMap<String, ViolationView>,
    pub refusals: Vec<RefusalView>,
    pub counts: Vec<RefusalCountView>,
    pub duties: BTreeMap<(i32, String), Duty>,
    /// Inspector of a key.
    acting: BTreeMap<Vec<u8>, String>,
    persons: BTreeMap<Vec<u8>, String>,
    /// The draw of a pool that is about to be frozen: entry hash of the opening.
    openings: BTreeMap<Vec<u8>, CeremonyOpened>,
    opened_at: BTreeMap<Vec<u8>, i64>,
    /// Inspection and event of every entry.
    about: BTreeMap<u64, (String, &'static str)>,
}

pub fn fold(entries: &[VerifiedEntry]) -> Fold {
    let mut fold = Fold::default();
    entries.iter().for_each(|entry| fold.entry(entry));
    fold
}

/// Year of an instant in Shanghai.
fn year(at: i64) -> u32 {
    let days = (at.div_euclid(1_000_000) + 8 * 3_600).div_euclid(86_400);
    let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
    date.year() as u32
}

impl Fold {
    fn entry(&mut self, entry: &VerifiedEntry) {
        let (at, author) = (entry.entry.recorded_at.0, entry.entry.author.0.to_vec());
        self.about(entry);
        match &entry.statement.event {
            Event::KeyRegistered(e) => {
                let key = lotbook_chain::PublicKey::from_bytes(&e.public_key.0).unwrap().key_id().0.to_vec();
                if e.role == lotbook_event::keys::Role::Inspector {
                    self.acting.insert(key.clone(), e.subject.to_string());
                }
                self.persons.entry(key).or_insert(e.person.to_string());
            }
            Event::StatementRefused(e) => {
                let position = entry.position().0;
                self.refusals.push(RefusalView { position, recorded_at: at, refused: Some(e.wire()) });
            }
            Event::RefusalsCounted(e) => {
                let position = entry.position().0;
                self.counts.push(RefusalCountView { position, recorded_at: at, counted: Some(e.wire()) });
            }
            Event::DeadlineMissed(e) => {
                let duty = self.duty(e.obligation, e.subject.as_str());
                (duty.missed, duty.due) = (true, Some(e.due.0));
            }
            Event::EntryCorrected(e) => {
                let (inspection, event) = self.about[&e.position.0].clone();
                let view = CorrectionView {
                    position: entry.position().0,
                    corrected: e.position.0,
                    event: event.to_owned(),
                    field: e.field.to_string(),
                    value: e.value.to_string(),
                    reason: e.reason.to_string(),
                    by: author,
                    recorded_at: at,
                };
                self.inspections.get_mut(&inspection).unwrap().corrections.push(view);
            }
            event => {
                self.roster(at, event);
                self.plan(at, event);
                self.ceremony(entry, event);
                self.inspection(entry, event);
                self.result(at, event);
            }
        }
    }

    fn duty(&mut self, kind: Obligation, subject: &str) -> &mut Duty {
        self.duties.entry((kind.wire(), subject.to_owned())).or_default()
    }

    fn meet(&mut self, kind: Obligation, subject: &str, at: i64) {
        let duty = self.duty(kind, subject);
        duty.met_at = duty.met_at.or(Some(at));
    }

    /// Remembers what an entry is about, for corrections.
    fn about(&mut self, entry: &VerifiedEntry) {
        let event = &entry.statement.event;
        let inspection = match event {
            Event::InspectionConcluded(e) => e.inspection.to_string(),
            Event::ReportCompleted(e) => e.inspection.to_string(),
            _ => return,
        };
        self.about.insert(entry.position().0, (inspection, event.name()));
    }

    fn roster(&mut self, at: i64, event: &Event) {
        match event {
            Event::ItemProposed(e) => {
                for row in &e.rows {
                    let view = ItemView { item: Some(row.wire()), phase: 1, published_at: None };
                    self.items.insert(row.item.to_string(), view);
                }
            }
            Event::ItemAggregated(e) => e.items.iter().for_each(|id| self.item(id.as_str()).phase = 2),
            Event::ItemPublished(e) => e.items.iter().for_each(|id| {
                (self.item(id.as_str()).phase, self.item(id.as_str()).published_at) = (3, Some(at));
            }),
            Event::ItemWithdrawn(e) => self.item(e.item.as_str()).phase = 4,
            Event::InspectorEnrolled(row::InspectorEnrolled { rows })
            | Event::InspectorUpdated(row::InspectorUpdated { rows }) => {
                for row in rows {
                    let view = InspectorView { row: Some(row.wire()), changed_at: at };
                    self.inspectors.insert(row.inspector.to_string(), view);
                }
            }
            Event::InspectorRemoved(e) => e.inspectors.iter().for_each(|id| {
                self.inspectors.remove(id.as_str());
            }),
            Event::EnterpriseEnrolled(row::EnterpriseEnrolled { rows })
            | Event::EnterpriseUpdated(row::EnterpriseUpdated { rows }) => {
                for row in rows {
                    let view = self.enterprises.entry(row.uscc.to_string()).or_default();
                    (view.row, view.changed_at) = (Some(row.wire()), at);
                }
            }
            Event::StatusRecorded(e) => e.rows.iter().for_each(|row| {
                let view = self.enterprises.get_mut(row.uscc.as_str()).unwrap();
                let status = row.wire();
                view.statuses.retain(|known| (&known.kind, &known.since) != (&status.kind, &status.since));
                view.statuses.push(status);
                view.statuses.sort_by(|a, b| a.kind.cmp(&b.kind));
                view.changed_at = at;
            }),
            Event::StatusEnded(e) => e.rows.iter().for_each(|row| {
                let view = self.enterprises.get_mut(row.uscc.as_str()).unwrap();
                view.statuses.retain(|status| status.kind != row.kind.as_str());
                view.changed_at = at;
            }),
            _ => {}
        }
    }

    fn item(&mut self, id: &str) -> &mut ItemView {
        self.items.get_mut(id).unwrap()
    }

    fn plan(&mut self, at: i64, event: &Event) {
        match event {
            Event::PlanDrafted(e) => {
                let plan = e.plan.to_string();
                self.batches.retain(|(of, _), _| *of != plan);
                for batch in &e.batches {
                    let view =
                        BatchView { plan: plan.clone(), batch: Some(batch.wire()), ..BatchView::default() };
                    self.batches.insert((plan.clone(), batch.batch.to_string()), view);
                }
                self.plans.insert(plan, PlanView { draft: Some(e.wire()), ..PlanView::default() });
            }
            Event::PlanAdopted(e) => {
                let view = self.plans.get_mut(e.plan.as_str()).unwrap();
                view.adopted_at = Some(at);
                let draft = view.draft.clone().unwrap();
                self.meet(Obligation::Plan, &format!("{}/{}", draft.year, draft.section), at);
            }
            Event::PlanPublished(e) => {
                self.plans.get_mut(e.plan.as_str()).unwrap().published_at = Some(at);
            }
            Event::SchemeAdopted(e) => {
                let view = self.batches.get_mut(&(e.plan.to_string(), e.batch.to_string())).unwrap();
                (view.scheme, view.scheme_at) = (Some((**e).wire()), Some(at));
            }
            _ => {}
        }
    }

    fn ceremony(&mut self, entry: &VerifiedEntry, event: &Event) {
        let (at, author) = (entry.entry.recorded_at.0, entry.entry.author.0.to_vec());
        match event {
            Event::CeremonyOpened(e) => {
                self.openings.insert(entry.hash.0.to_vec(), e.wire());
                self.opened_at.insert(entry.hash.0.to_vec(), at);
            }
            Event::PoolFrozen(e) => self.frozen(*e.wire(), entry.hash.0.to_vec()),
            Event::SeedCommitted(e) => {
                self.participant(e.draw.as_str(), &author).commitment = Some(e.commitment.wire());
            }
            Event::CeremonySealed(e) => self.draw(e.draw.as_str()).stage = 2,
            Event::SeedRevealed(e) => {
                self.participant(e.draw.as_str(), &author).secret = Some(e.secret.wire());
            }
            Event::CeremonyClosed(e) => {
                let draw = self.draw(e.draw.as_str());
                (draw.stage, draw.closed_at) = (3, Some(entry.entry.recorded_at.0));
            }
            Event::CeremonyFailed(e) => {
                let draw = self.draw(e.draw.as_str());
                (draw.stage, draw.barred) = (4, e.barred.wire());
                draw.terminal = Some(entry.hash.0.to_vec());
            }
            Event::DrawCompleted(e) => {
                self.meet(Obligation::Draw, e.draw.as_str(), at);
                let draw = self.draw(e.draw.as_str());
                (draw.stage, draw.seed, draw.result) = (5, Some(e.seed.wire()), Some(e.wire()));
                draw.terminal = Some(entry.hash.0.to_vec());
                // Without a beacon: all have revealed, and the supervisor and the notary are independent.
                let committed = draw.participants.iter().filter(|one| one.commitment.is_some()).count();
                let grade = if committed >= 3 { "B" } else { "C" };
                (draw.grade, draw.grade_with_stamps) = (grade.into(), grade.into());
                let batch = (draw.plan.clone(), draw.batch.clone());
                if draw.recusal.is_none() {
                    self.batches.get_mut(&batch).unwrap().drawn = Some(e.draw.to_string());
                }
            }
            Event::EnterpriseAssigned(e) => self.assigned(entry, e),
            Event::SubstituteDrawn(e) => {
                self.replaced(entry, e.inspection.as_str(), e.withdrawn.as_str(), e.substitute.as_str());
            }
            Event::AssignmentSwapped(e) => {
                let (who, other) = (e.inspector.as_str(), e.counterpart.as_str());
                self.replaced(entry, e.inspection.as_str(), who, other);
                self.replaced(entry, e.counterpart_inspection.as_str(), other, who);
            }
            _ => {}
        }
    }

    /// Somebody comes for somebody in a team.
    fn replaced(&mut self, entry: &VerifiedEntry, inspection: &str, leaves: &str, comes: &str) {
        let view = self.inspections.get_mut(inspection).unwrap();
        let seat = view.team.iter().position(|member| member == leaves).unwrap();
        view.team[seat] = comes.to_owned();
        view.team_entry = entry.hash.0.to_vec();
        let assignment = self.assignments.get_mut(inspection).unwrap();
        assignment.slots[seat].inspector = comes.to_owned();
        assignment.team_entry = entry.hash.0.to_vec();
    }

    fn draw(&mut self, id: &str) -> &mut DrawView {
        self.draws.get_mut(id).unwrap()
    }

    fn participant(&mut self, draw: &str, key: &[u8]) -> &mut ParticipantView {
        self.draw(draw).participants.iter_mut().find(|one| one.key_id == key).unwrap()
    }

    fn frozen(&mut self, frozen: PoolFrozen, pool: Vec<u8>) {
        let opened = self.openings[&frozen.opened].clone();
        let person = |key: &Vec<u8>| self.persons.get(key).cloned().unwrap_or_default();
        let participant = |one: &Participant| ParticipantView {
            key_id: one.key_id.clone(),
            role: one.role,
            person: person(&one.key_id),
            ..ParticipantView::default()
        };
        let view = DrawView {
            draw: frozen.draw.clone(),
            purpose: opened.purpose,
            plan: opened.plan.clone(),
            batch: opened.batch.clone(),
            recusal: opened.recusal.clone(),
            attempt: opened.attempt,
            opened_at: self.opened_at[&frozen.opened],
            pool: Some(pool),
            participants: frozen.participants.iter().map(participant).collect(),
            commit_deadline: Some(frozen.commit_deadline),
            reveal_deadline: Some(frozen.reveal_deadline),
            stage: 1,
            frozen: Some(frozen.clone()),
            ..DrawView::default()
        };
        if opened.recusal.is_none() {
            let batch = self.batches.get_mut(&(opened.plan, opened.batch)).unwrap();
            batch.attempts.push(frozen.draw.clone());
        }
        self.draws.insert(frozen.draw, view);
    }

    fn assigned(&mut self, entry: &VerifiedEntry, e: &lotbook_event::draw::EnterpriseAssigned) {
        let at = entry.entry.recorded_at.0;
        let draw = self.draws[e.draw.as_str()].clone();
        let (plan, batch) = (draw.plan, draw.batch);
        let definition = self.batches[&(plan.clone(), batch.clone())].batch.clone().unwrap();
        let units = definition.sections.clone();
        let past = PastDrawView { year: year(at), plan: plan.clone(), batch: batch.clone(), units };
        self.enterprises.get_mut(e.uscc.as_str()).unwrap().draws.push(past);
        let seats = draw.frozen.unwrap().seats.len() as u32;
        let slot = |(n, inspector): (u32, &lotbook_event::InspectorId)| SlotView {
            slot: e.rank * seats + n,
            inspector: inspector.to_string(),
        };
        let assignment = AssignmentView {
            inspection: e.inspection.to_string(),
            draw: e.draw.to_string(),
            plan: plan.clone(),
            batch: batch.clone(),
            uscc: e.uscc.to_string(),
            stratum: e.stratum.to_string(),
            ticket: e.ticket.wire(),
            slots: (0..).zip(&e.team).map(slot).collect(),
            team_entry: entry.hash.0.to_vec(),
            assigned_at: at,
        };
        let inspection = InspectionView {
            inspection: e.inspection.to_string(),
            uscc: e.uscc.to_string(),
            draw: Some(e.draw.to_string()),
            plan: Some(plan),
            batch: Some(batch),
            approved: true,
            sections: definition.sections,
            items: definition.items,
            team: e.team.wire(),
            team_entry: entry.hash.0.to_vec(),
            phase: 1,
            assigned_at: at,
            ..InspectionView::default()
        };
        self.assignments.insert(e.inspection.to_string(), assignment);
        self.inspections.insert(e.inspection.to_string(), inspection);
    }

    fn inspection(&mut self, entry: &VerifiedEntry, event: &Event) {
        let at = entry.entry.recorded_at.0;
        let who = self.acting.get(entry.entry.author.0.as_slice()).cloned().unwrap_or_default();
        match event {
            Event::DirectInspectionOpened(e) => {
                let view = InspectionView {
                    inspection: e.inspection.to_string(),
                    uscc: e.uscc.to_string(),
                    cause: e.cause.unwrap().wire(),
                    approved: e.cause != Some(DirectCause::Other),
                    sections: vec![entry.statement.section.clone().unwrap().to_string()],
                    items: e.items.wire(),
                    team: e.team.wire(),
                    team_entry: entry.hash.0.to_vec(),
                    phase: 1,
                    assigned_at: at,
                    ..InspectionView::default()
                };
                self.inspections.insert(e.inspection.to_string(), view);
            }
            Event::InspectionApproved(e) => self.of(&e.inspection).approved = true,
            Event::NoticeServed(e) => {
                let view = self.of(&e.inspection);
                (view.phase, view.visit_on) = (2, Some(e.visit_on.to_string()));
            }
            Event::InspectionStarted(e) => {
                let view = self.of(&e.inspection);
                (view.phase, view.started_at) = (3, Some(at));
            }
            Event::ItemResultConfirmed(e) => {
                let section = self.items[e.item.as_str()].item.clone().unwrap().section;
                let (item, outcome) = (e.item.to_string(), e.outcome.wire());
                let result = ItemResultView { item, section, outcome, inspector: who, confirmed_at: at };
                let results = &mut self.of(&e.inspection).results;
                results.retain(|known| known.item != result.item);
                results.push(result);
                results.sort_by(|a, b| a.item.cmp(&b.item));
            }
            Event::InspectionConcluded(e) => {
                let view = self.of(&e.inspection);
                let all: BTreeSet<_> = view.concluded.iter().cloned().chain([who]).collect();
                view.concluded = all.into_iter().collect();
                if view.team.iter().all(|member| view.concluded.contains(member)) {
                    (view.phase, view.concluded_at) = (4, Some(at));
                    self.duty(Obligation::Report, e.inspection.as_str());
                }
            }
            Event::ReportCompleted(e) => {
                let view = self.of(&e.inspection);
                (view.phase, view.reported_at) = (5, Some(at));
                self.meet(Obligation::Report, e.inspection.as_str(), at);
                self.duty(Obligation::Feedback, e.inspection.as_str());
                self.duty(Obligation::Publication, e.inspection.as_str());
            }
            Event::InspectionClosed(e) => {
                let view = self.of(&e.inspection);
                (view.phase, view.closed_at) = (6, Some(at));
            }
            _ => {}
        }
    }

    fn of(&mut self, id: &InspectionId) -> &mut InspectionView {
        self.inspections.get_mut(id.as_str()).unwrap()
    }

    fn result(&mut self, at: i64, event: &Event) {
        match event {
            Event::FeedbackDispatched(e) => {
                self.of(&e.inspection).dispatched_at = Some(at);
                self.meet(Obligation::Feedback, e.inspection.as_str(), at);
            }
            Event::FeedbackDelivered(e) => {
                let view = self.of(&e.inspection);
                (view.delivered_at, view.delivery_occurred_at) = (Some(at), Some(e.occurred_at.0));
                self.duty(Obligation::Comment, e.inspection.as_str());
            }
            Event::ResultPublished(e) => {
                self.of(&e.inspection).published_at = Some(at);
                self.meet(Obligation::Publication, e.inspection.as_str(), at);
            }
            Event::CommentWindowClosed(e) => {
                self.of(&e.inspection).comment_window_closed = true;
                let duty = self.duty(Obligation::Comment, e.inspection.as_str());
                (duty.missed, duty.due) = (true, Some(e.due.0));
            }
            Event::CommentReceived(e) => {
                let late = self.duty(Obligation::Comment, e.inspection.as_str()).missed;
                if !late {
                    self.meet(Obligation::Comment, e.inspection.as_str(), at);
                }
                let view = CommentView {
                    comment: e.comment.to_string(),
                    inspection: e.inspection.to_string(),
                    received_at: at,
                    occurred_at: e.occurred_at.0,
                    late,
                    consent: e.consent,
                    ..CommentView::default()
                };
                self.comments.insert(e.comment.to_string(), view);
            }
            Event::CommentAnswered(e) => {
                let view = self.comments.get_mut(e.comment.as_str()).unwrap();
                view.summary = Some(e.summary.to_string());
                (view.answer, view.answered_at) = (Some(e.answer.to_string()), Some(at));
            }
            event => self.handling(at, event),
        }
    }

    fn handling(&mut self, at: i64, event: &Event) {
        let mut with = |id: &lotbook_event::ViolationId, change: &dyn Fn(&mut ViolationView)| {
            change(self.violations.entry(id.to_string()).or_default());
        };
        match event {
            Event::ViolationFound(e) => with(&e.violation, &|view| {
                view.violation = e.violation.to_string();
                view.inspection = Some(e.inspection.to_string());
                (view.item, view.found_at) = (Some(e.item.to_string()), Some(at));
            }),
            Event::InvestigationOpened(e) => with(&e.violation, &|view| view.investigated_at = Some(at)),
            Event::HandlingDecided(e) => with(&e.violation, &|view| {
                (view.kind, view.decided_at) = (e.kind.wire(), Some(at));
                (view.decision_no, view.legal_basis) =
                    (Some(e.decision_no.to_string()), Some(e.legal_basis.to_string()));
            }),
            Event::HandlingPublished(e) => with(&e.violation, &|view| view.published_at = Some(at)),
            Event::HandlingWithheld(e) => with(&e.violation, &|view| {
                (view.withheld_ground, view.withheld_at) = (Some(e.ground.to_string()), Some(at));
            }),
            Event::TransferAcknowledged(e) => with(&e.violation, &|view| {
                (view.acknowledged_by, view.acknowledged_at) = (Some(e.receiver.to_string()), Some(at));
            }),
            Event::RectificationVerified(e) => {
                with(&e.violation, &|view| view.rectified_on = Some(e.verified_on.to_string()));
            }
            _ => {}
        }
    }

    /// Violations as far as they are public (Art. 22).
    pub fn public_violations(&self) -> Vec<ViolationView> {
        let judicial = HandlingKind::TransferJudicial.wire();
        let public = |view: &ViolationView| {
            let mut view = view.clone();
            if view.kind == judicial && view.acknowledged_at.is_none() {
                view =
                    ViolationView { violation: view.violation, kind: judicial, ..ViolationView::default() };
            } else if view.withheld_at.is_some() {
                (view.kind, view.decision_no, view.legal_basis, view.decided_at) = (0, None, None, None);
            }
            view
        };
        self.violations.values().map(public).collect()
    }
}
