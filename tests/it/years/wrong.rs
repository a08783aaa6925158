//! Acts that are wrong on purpose: each must be refused, by a code it expects, and change nothing but the
//! record of refusals.

use super::cast::{Person, cast, inspector, section};
use super::choices::opened;
use super::ledger::Author;
use super::office::{officer, text};
use super::play::Year;
use super::visits::report;
use lotbook_domain::State;
use lotbook_domain::ceremony::{Ceremony, Stage};
use lotbook_domain::registry::ItemPhase;
use lotbook_domain::state::{Inspection, Phase};
use lotbook_event::ceremony::*;
use lotbook_event::inspection::*;
use lotbook_event::keys::*;
use lotbook_event::oversight::*;
use lotbook_event::plan::*;
use lotbook_event::recusal::*;
use lotbook_event::registry::*;
use lotbook_event::result::*;
use lotbook_event::*;

/// Who states what, and how it must be refused.
type Wrong = Option<(Author, Event, &'static [Code])>;

/// Every kind of wrong act.
const KINDS: &[fn(&mut Year) -> Wrong] = &[
    Year::ledger_only,
    Year::wrong_role,
    Year::not_held,
    Year::someone_elses_item,
    Year::stranger_starts,
    Year::report_in_parts,
    Year::phase_skipped,
    Year::start_before_recusal,
    Year::recusal_by_other_rule,
    Year::recusal_by_other_rule,
    Year::recusal_by_other_rule,
    Year::recusal_of_nobody,
    Year::no_cause,
    Year::conflicted_team,
    Year::small_or_barred_team,
    Year::closed_too_early,
    Year::closed_unresolved,
    Year::closed_unresolved,
    Year::closed_unresolved,
    Year::disclosure_in_parts,
    Year::disclosure_in_parts,
    Year::own_correction,
    Year::no_possession,
    Year::stale,
    Year::twice,
    Year::item_without_basis,
    Year::unpublished_item,
    Year::plan_beyond_the_rules,
    Year::plan_without_content,
    Year::empty_plan,
    Year::draw_again,
    Year::draw_without,
    Year::commits_wrongly,
    Year::reveals_wrongly,
    Year::reveals_wrongly,
    Year::commits_too_late,
    Year::feedback_by_others,
    Year::unknown_subject,
    Year::small_team,
    Year::calendar_again,
    Year::handling_out_of_turn,
    Year::comment_by_another,
];

impl Year {
    /// Does something wrong; false if nothing could be found.
    pub fn wrong(&mut self) -> bool {
        for _ in 0..6 {
            let kind = *self.dice.pick(KINDS);
            if let Some((author, event, expected)) = kind(self) {
                self.must_be_refused(&author, event, expected);
                if self.dice.chance(1) && self.dice.chance(60) {
                    self.persist();
                }
                return true;
            }
        }
        false
    }

    /// Publishes the disclosure without one of its parts, if there is one to publish.
    pub fn incomplete(&mut self) -> bool {
        let Some((author, event, expected)) = self.disclosure_in_parts() else { return false };
        self.must_be_refused(&author, event, expected);
        true
    }

    fn must_be_refused(&mut self, author: &Author, event: Event, expected: &[Code]) {
        let before = self.dice.chance(2).then(|| self.ledger.state.clone());
        let size = self.ledger.entries.len();
        let told = format!("{}: {event:?}", author.person.name);
        match self.submit(author, event) {
            Ok(()) => panic!("{told}\nwas accepted; {expected:?} was to refuse it"),
            Err(refusal) => assert!(expected.contains(&refusal.code), "{told}\n{expected:?}: {refusal}"),
        }
        assert!(self.ledger.entries.len() <= size + 1, "a refusal brings one entry at most");
        if let Some(before) = before {
            assert_eq!(but_for_refusals(&before), but_for_refusals(&self.ledger.state), "{told}");
        }
    }

    /// Somebody states the same wrong thing until the ledger only counts.
    fn persist(&mut self) {
        let author = Author::from(cast().of(Role::Publisher));
        for _ in 0..65 {
            let event = ItemPublished { items: [item_id("K9")].into(), published_on: self.today() };
            self.must_be_refused(&author, event.into(), &[Code::UnknownSubject]);
        }
        self.wait(7_200);
    }

    fn ledger_only(&mut self) -> Wrong {
        let draw = DrawId::new("P1/B1.1").unwrap();
        let (events, code): (Vec<Event>, &[Code]) = if self.dice.chance(50) {
            let missing = Default::default();
            let closed = CeremonyClosed { draw: draw.clone(), missing };
            let missed = DeadlineMissed {
                obligation: Obligation::Report,
                subject: text("x"),
                due: self.now(),
                calendar: None,
                provisional: false,
            };
            (vec![closed.into(), missed.into()], &[Code::ManualAssignment])
        } else {
            let drawn = SubstituteDrawn {
                draw,
                recusal: RecusalId::new("R1").unwrap(),
                inspection: InspectionId::new("x").unwrap(),
                slot: 0,
                withdrawn: inspector(0),
                substitute: inspector(1),
                ticket: Bytes32([0; 32]),
                candidates: 3,
                previous: lotbook_chain::EntryHash::ZERO,
            };
            (vec![drawn.into()], &[Code::SubstituteNotDrawn])
        };
        Some((self.anybody().into(), self.dice.pick(&events).clone(), code))
    }

    fn anybody(&mut self) -> &'static Person {
        let alive: Vec<_> = cast()
            .people
            .iter()
            .filter(|person| self.ledger.state.keys.get(&person.id).is_some_and(|key| key.revoked.is_none()))
            .collect();
        alive[self.dice.below(alive.len())]
    }

    fn wrong_role(&mut self) -> Wrong {
        let person = self.anybody();
        let event = HandlingDecided {
            violation: ViolationId::new("V001").unwrap(),
            kind: HandlingKind::Punishment,
            decision_no: text("1"),
            legal_basis: text("law"),
        };
        (person.role != Role::Handler).then(|| (person.into(), event.into(), &[Code::RoleNotHeld] as _))
    }

    /// A role that the key does not hold.
    fn not_held(&mut self) -> Wrong {
        let person = self.anybody();
        let role = *self.dice.pick(&[Role::Publisher, Role::Handler, Role::DrawOperator, Role::System]);
        let event = ResultPublished {
            inspection: InspectionId::new("x").unwrap(),
            channel: Channel::Necips,
            receipt_ref: text(""),
        };
        let author = Author { person, role, section: None };
        (person.role != role).then(|| (author, event.into(), &[Code::RoleNotHeld] as _))
    }

    fn someone_elses_item(&mut self) -> Wrong {
        let state = &self.ledger.state;
        let record = state.items.values().find(|record| record.phase == ItemPhase::Published)?;
        let other = (0..3).find(|n| section(*n) != record.item.section)?;
        let event = ItemWithdrawn { item: record.item.item.clone(), reason: text("not mine") };
        Some((officer(other), event.into(), &[Code::OtherSection]))
    }

    /// An inspection that satisfies a condition, any of them.
    fn any_inspection(
        &mut self,
        fits: impl Fn(&State, &InspectionId, &Inspection) -> bool,
    ) -> Option<(InspectionId, Inspection)> {
        let state = &self.ledger.state;
        let all: Vec<_> = state.inspections.iter().filter(|(id, i)| fits(state, id, i)).collect();
        if all.is_empty() {
            return None;
        }
        let (id, inspection) = self.dice.pick(&all);
        Some(((*id).clone(), (*inspection).clone()))
    }

    fn stranger_starts(&mut self) -> Wrong {
        let (id, inspection) = self.any_inspection(|_, _, i| !i.team.is_empty())?;
        let stranger = (0..10).map(inspector).find(|who| !inspection.team.contains(who))?;
        let author = self.standing_for(stranger.as_str())?;
        let event = InspectionStarted { inspection: id, occurred_at: self.now() };
        Some((author.into(), event.into(), &[Code::SignerNotAssigned]))
    }

    fn report_in_parts(&mut self) -> Wrong {
        let (id, inspection) = self.any_inspection(|_, _, i| i.phase == Phase::Concluded)?;
        let mut event = report(&id);
        event.findings = text(" ");
        let signer = self.signer(&inspection.team)?;
        Some((signer, event.into(), &[Code::ReportIncomplete]))
    }

    fn phase_skipped(&mut self) -> Wrong {
        let (id, inspection) =
            self.any_inspection(|_, _, i| i.phase < Phase::Concluded && !i.team.is_empty())?;
        let event: Event = match self.dice.below(2) {
            0 => report(&id).into(),
            _ => {
                let unit = self.unit(&inspection);
                let method = ServiceMethod::Mail;
                let event = FeedbackDispatched { inspection: id, method, legal_basis: text("") };
                return Some((unit, event.into(), &[Code::WrongPhase]));
            }
        };
        Some((self.signer(&inspection.team)?, event, &[Code::WrongPhase]))
    }

    fn start_before_recusal(&mut self) -> Wrong {
        let (id, inspection) = self.any_inspection(|state, id, i| {
            i.phase < Phase::Started
                && state
                    .recusals
                    .values()
                    .any(|r| r.inspection == *id && r.is_pending() && i.team.contains(&r.inspector))
        })?;
        let able = inspection.team.iter().all(|member| self.able(member));
        let signer = self.signer(&inspection.team)?;
        let event = InspectionStarted { inspection: id, occurred_at: self.now() };
        let expected: &[Code] =
            &[Code::RecusalPending, Code::WrongPhase, Code::ItemNotPublished, Code::ConflictOfInterest];
        able.then(|| (signer, event.into(), expected))
    }

    fn recusal_by_other_rule(&mut self) -> Wrong {
        let state = &self.ledger.state;
        let (id, recusal) = state.recusals.iter().find(|(_, r)| {
            r.decided.is_none() && state.inspections[&r.inspection].team.contains(&r.inspector)
        })?;
        let decision = match self.by_rule(recusal) {
            RecusalDecision::Swap => RecusalDecision::Withdraw,
            _ => RecusalDecision::Swap,
        };
        let event = RecusalDecided { recusal: id.clone(), decision };
        Some((cast().of(Role::RecusalApprover).into(), event.into(), &[Code::SwapInfeasible]))
    }

    fn recusal_of_nobody(&mut self) -> Wrong {
        let (id, inspection) =
            self.any_inspection(|_, _, i| i.phase < Phase::Closed && !i.team.is_empty())?;
        let (_, mut event) = self.request(&id, &inspection)?;
        event.inspector = (0..10).map(inspector).find(|who| !inspection.team.contains(who))?;
        let expected: &[Code] = &[Code::UnknownSubject, Code::WrongPhase];
        Some((cast().of(Role::Supervisor).into(), event.into(), expected))
    }

    fn no_cause(&mut self) -> Wrong {
        let (author, mut event) = self.direct()?;
        match self.dice.below(3) {
            0 => event.cause = None,
            1 => event.basis = None,
            _ => (event.cause, event.reason) = (Some(DirectCause::Other), text(" ")),
        }
        Some((author, event.into(), &[Code::NoCauseForDirect]))
    }

    fn conflicted_team(&mut self) -> Wrong {
        let (author, mut event) = self.direct()?;
        let lasting = self.ledger.state.conflicts.iter().filter(|(_, record)| record.row.until.is_none());
        let (uscc, who) = lasting.map(|(pair, _)| pair).find(|(_, who)| self.able(who))?.clone();
        event.team.retain(|member| *member != who);
        event.team.truncate(1);
        (event.uscc, event.team) = (uscc, [event.team, vec![who]].concat());
        Some((author, event.into(), &[Code::ConflictOfInterest]))
    }

    fn small_or_barred_team(&mut self) -> Wrong {
        let (author, mut event) = self.direct()?;
        let barred = self.ledger.state.inspectors.keys().find(|id| !self.able(id)).cloned();
        match barred {
            Some(barred) if self.dice.chance(70) => {
                event.team[0] = barred;
                let expected: &[Code] = &[Code::InspectorNotActive, Code::CertificateInvalid];
                Some((author, event.into(), expected))
            }
            _ => {
                event.team.truncate(1);
                Some((author, event.into(), &[Code::TeamTooSmall]))
            }
        }
    }

    fn closed_too_early(&mut self) -> Wrong {
        let open = |state: &State, id: &InspectionId| {
            let mut own = state.violations.values().filter(|v| v.inspection == *id);
            own.any(|v| v.published.is_none() && v.withheld.is_none())
        };
        let found = self.any_inspection(|state, id, i| i.phase == Phase::Reported && open(state, id));
        let (id, inspection) = match found {
            Some(found) => found,
            None => self.any_inspection(|_, _, i| i.phase < Phase::Reported && !i.team.is_empty())?,
        };
        let event = InspectionClosed { inspection: id };
        let expected: &[Code] = &[Code::UnresolvedViolation, Code::WrongPhase];
        Some((self.unit(&inspection), event.into(), expected))
    }

    /// Everything is done but a violation.
    fn closed_unresolved(&mut self) -> Wrong {
        let now = self.now();
        let (id, inspection) = self.any_inspection(|state, id, i| {
            let over = i.delivered.is_some_and(|at| at.plus_seconds(45 * 86_400) <= now);
            let answered = state.comments.values().all(|c| c.inspection != *id || c.answer.is_some());
            let mut own = state.violations.values().filter(|v| v.inspection == *id);
            let open = own.any(|v| v.published.is_none() && v.withheld.is_none());
            i.phase == Phase::Reported && over && answered && i.published.is_some() && open
        })?;
        let unit = self.unit(&inspection);
        Some((unit, InspectionClosed { inspection: id }.into(), &[Code::UnresolvedViolation]))
    }

    fn disclosure_in_parts(&mut self) -> Wrong {
        let publisher = cast().of(Role::Publisher);
        if self.day() < 370 {
            let event = AnnualDisclosureRequested { year: 2026 };
            return Some((publisher.into(), event.into(), &[Code::WrongPhase]));
        }
        let record = self.ledger.state.disclosures.get(&2026).filter(|record| record.published.is_none())?;
        let (generated, _) = record.generated.clone()?;
        let mut parts: std::collections::BTreeSet<_> = DisclosurePartKind::ALL.iter().copied().collect();
        parts.pop_last();
        let document = generated.document;
        let event = AnnualDisclosurePublished { year: 2026, document, parts, receipt_ref: text("site") };
        Some((publisher.into(), event.into(), &[Code::DisclosureSectionMissing]))
    }

    /// Somebody corrects what they stated themselves, or a field that there is not.
    fn own_correction(&mut self) -> Wrong {
        let coordinator = cast().of(Role::Coordinator);
        let mut own = self.ledger.state.correctable.iter().filter(|(_, known)| !known.fields.is_empty());
        let mine = own.clone().find(|(_, known)| known.author == coordinator.id);
        let (position, known) = mine.or_else(|| own.next())?;
        let field = if mine.is_some() { known.fields[0] } else { "sky" };
        let event = EntryCorrected {
            position: *position,
            entry: known.entry,
            field: text(field),
            value: text("v"),
            reason: text("r"),
        };
        let expected: &[Code] = &[Code::SelfApproval, Code::InvalidValue];
        Some((coordinator.into(), event.into(), expected))
    }

    /// A registration without a proof that the key is had.
    fn no_possession(&mut self) -> Wrong {
        let admin = cast().of(Role::Administrator);
        let person = cast().of(Role::Handler);
        let event = KeyRegistered {
            public_key: super::cast::raw(&person.key),
            role: Role::Public,
            section: None,
            person: text("somebody"),
            nominated_by: text(""),
            subject: text(""),
            possession: person.key.sign(b"nothing"),
        };
        Some((admin.into(), event.into(), &[Code::KeyUnacceptable]))
    }

    fn twice(&mut self) -> Wrong {
        let registrar = cast().of(Role::Registrar);
        if self.dice.chance(50) {
            let row = self.ledger.state.enterprises.values().next()?.row.clone();
            let event = EnterpriseEnrolled { rows: vec![row] };
            return Some((registrar.into(), event.into(), &[Code::DuplicateUscc]));
        }
        let row = self.ledger.state.inspectors.values().next()?.row.clone();
        Some((registrar.into(), InspectorEnrolled { rows: vec![row] }.into(), &[Code::AlreadyRecorded]))
    }

    fn item_without_basis(&mut self) -> Wrong {
        let mut item = super::office::item(&mut self.dice, 7, 0);
        item.legal_basis = text("");
        Some((officer(0), ItemProposed { rows: vec![item] }.into(), &[Code::ItemWithoutBasis]))
    }

    fn unpublished_item(&mut self) -> Wrong {
        let (author, mut event) = self.direct()?;
        event.items = [item_id("K99")].into();
        Some((author, event.into(), &[Code::ItemNotPublished]))
    }

    fn plan_beyond_the_rules(&mut self) -> Wrong {
        let mut plan = self.ledger.state.plans.values().next()?.draft.clone();
        plan.plan = PlanId::new("P9").unwrap();
        plan.annual_cap = 9;
        let author = self.officer_of(&[plan.section.clone()].into());
        Some((author, plan.into(), &[Code::OutOfPlanScope]))
    }

    /// A plan without a batch may be drafted, and not adopted.
    fn plan_without_content(&mut self) -> Wrong {
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

    /// Something whose subject has changed since it was read.
    fn stale(&mut self) -> Wrong {
        self.ledger.expecting = Some(lotbook_chain::Position(1));
        let row = self.ledger.state.enterprises.values().next()?.row.clone();
        let event = EnterpriseUpdated { rows: vec![row] };
        Some((cast().of(Role::Registrar).into(), event.into(), &[Code::StaleExpectation]))
    }

    /// Plans that cannot be adopted: of another section, twice, or without what Art. 13 asks for.
    fn empty_plan(&mut self) -> Wrong {
        let record = self.ledger.state.plans.values().next()?.clone();
        let event = PlanAdopted { plan: record.draft.plan.clone(), adopted_on: self.today() };
        let own = self.officer_of(&[record.draft.section.clone()].into());
        if record.adopted.is_some() {
            return Some((own, event.into(), &[Code::AlreadyRecorded]));
        }
        let other = (0..3).find(|n| section(*n) != record.draft.section)?;
        Some((officer(other), event.into(), &[Code::OtherSection]))
    }

    fn draw_again(&mut self) -> Wrong {
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
    fn draw_without(&mut self) -> Wrong {
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

    fn commits_wrongly(&mut self) -> Wrong {
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

    fn reveals_wrongly(&mut self) -> Wrong {
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
    fn commits_too_late(&mut self) -> Wrong {
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

    fn feedback_by_others(&mut self) -> Wrong {
        let (id, inspection) = self.any_inspection(|_, _, i| i.phase == Phase::Reported)?;
        let own = self.ledger.state.sections_of(&inspection);
        let other = (0..3).find(|n| !own.contains(&section(*n)))?;
        let event =
            FeedbackDispatched { inspection: id, method: ServiceMethod::Direct, legal_basis: text("") };
        Some((officer(other), event.into(), &[Code::FeedbackByNonInspectingUnit]))
    }

    fn unknown_subject(&mut self) -> Wrong {
        let publisher = cast().of(Role::Publisher);
        let event = ResultPublished {
            inspection: InspectionId::new("nothing").unwrap(),
            channel: Channel::Necips,
            receipt_ref: text("x"),
        };
        Some((publisher.into(), event.into(), &[Code::UnknownSubject]))
    }

    /// A scheme with one seat, or for a batch that has one.
    fn small_team(&mut self) -> Wrong {
        let ((plan, _), record) = self.ledger.state.batches.iter().next()?;
        let (plan, record) = (plan.clone(), record.clone());
        let owner = self.ledger.state.plans.get(&plan)?.draft.section.clone();
        let mut event = super::office::scheme(&mut self.dice, &plan, &record.batch);
        event.seats.truncate(1);
        let author = self.officer_of(&[owner].into());
        let expected: &[Code] = &[Code::TeamTooSmall, Code::AlreadyRecorded, Code::RestrictedField];
        Some((author, event.into(), expected))
    }

    fn calendar_again(&mut self) -> Wrong {
        let event = CalendarPublished {
            year: 2026,
            notice_no: text("n"),
            weekdays_off: [super::days::date("2025-01-01")].into(),
            weekend_days_worked: Default::default(),
        };
        let expected: &[Code] = &[Code::InvalidValue, Code::AlreadyRecorded];
        Some((cast().of(Role::Administrator).into(), event.into(), expected))
    }

    fn handling_out_of_turn(&mut self) -> Wrong {
        let undecided = self.ledger.state.violations.iter().find(|(_, v)| v.decided.is_none());
        let violation = undecided.map(|(id, _)| id.clone())?;
        let event = HandlingPublished { violation, receipt_ref: text("x") };
        Some((cast().of(Role::Publisher).into(), event.into(), &[Code::WrongPhase]))
    }

    fn comment_by_another(&mut self) -> Wrong {
        let (id, inspection) = self.any_inspection(|_, _, i| i.phase >= Phase::Reported)?;
        let mut firms = cast().people.iter().filter(|p| p.role == Role::Enterprise);
        let other = firms.find(|p| p.subject != inspection.uscc.as_str())?;
        let event = CommentReceived {
            inspection: id,
            comment: CommentId::new(self.name("C")).unwrap(),
            occurred_at: self.now(),
            text: Bytes32(self.dice.bytes()),
            consent: false,
        };
        Some((other.into(), event.into(), &[Code::RoleNotHeld]))
    }
}

fn item_id(id: &str) -> ItemId {
    ItemId::new(id).unwrap()
}

/// A state without the record of refusals and the end of the chain.
fn but_for_refusals(state: &State) -> String {
    let mut state = state.clone();
    state.refusals = Default::default();
    state.head = Default::default();
    state.changed.remove("refusals");
    format!("{state:?}")
}
