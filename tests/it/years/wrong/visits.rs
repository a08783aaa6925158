//! Wrong steps of inspections, recusals and what follows them.

use super::super::cast::{cast, inspector, section};
use super::super::office::{officer, text};
use super::super::play::Year;
use super::super::visits::report;
use lotbook_domain::State;
use lotbook_domain::state::{Inspection, Phase};
use lotbook_event::inspection::*;
use lotbook_event::keys::*;
use lotbook_event::recusal::*;
use lotbook_event::result::*;
use lotbook_event::*;

use super::{Wrong, item_id};

impl Year {
    /// An inspection that satisfies a condition, any of them.
    pub(super) fn any_inspection(
        &mut self,
        fits: impl Fn(&State, &InspectionId, &Inspection) -> bool,
    ) -> Option<(InspectionId, Inspection)> {
        let state = &self.ledger.state;
        let all: Vec<_> = state.inspections.iter().filter(|(id, i)| fits(state, id, i)).collect();
        if all.is_empty() {
            return None;
        }
        let (id, inspection) = self.dice.pick(&all);
        Some(((*id).clone(), Inspection::clone(inspection)))
    }

    pub(super) fn stranger_starts(&mut self) -> Wrong {
        let (id, inspection) = self.any_inspection(|_, _, i| !i.team.is_empty())?;
        let stranger = (0..10).map(inspector).find(|who| !inspection.team.contains(who))?;
        let author = self.standing_for(stranger.as_str())?;
        let event = InspectionStarted { inspection: id, occurred_at: self.now() };
        Some((author.into(), event.into(), &[Code::SignerNotAssigned]))
    }

    pub(super) fn report_in_parts(&mut self) -> Wrong {
        let (id, inspection) = self.any_inspection(|_, _, i| i.phase == Phase::Concluded)?;
        let mut event = report(&id);
        event.findings = text(" ");
        let signer = self.signer(&inspection.team)?;
        Some((signer, event.into(), &[Code::ReportIncomplete]))
    }

    pub(super) fn phase_skipped(&mut self) -> Wrong {
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

    pub(super) fn start_before_recusal(&mut self) -> Wrong {
        let (id, inspection) = self.any_inspection(|state, id, i| {
            i.phase < Phase::Started
                && state.recusals.values().any(|r| r.inspection == *id && r.is_pending() && r.is_in(&i.team))
        })?;
        let able = inspection.team.iter().all(|member| self.able(member));
        let signer = self.signer(&inspection.team)?;
        let event = InspectionStarted { inspection: id, occurred_at: self.now() };
        let expected: &[Code] =
            &[Code::RecusalPending, Code::WrongPhase, Code::ItemNotPublished, Code::ConflictOfInterest];
        able.then(|| (signer, event.into(), expected))
    }

    pub(super) fn recusal_by_other_rule(&mut self) -> Wrong {
        let state = &self.ledger.state;
        let (id, recusal) = state
            .recusals
            .iter()
            .find(|(_, r)| r.decided.is_none() && r.is_in(&state.inspections[&r.inspection].team))?;
        let decision = match self.by_rule(recusal) {
            RecusalDecision::Swap => RecusalDecision::Withdraw,
            _ => RecusalDecision::Swap,
        };
        let event = RecusalDecided { recusal: id.clone(), decision };
        Some((cast().of(Role::RecusalApprover).into(), event.into(), &[Code::SwapInfeasible]))
    }

    pub(super) fn recusal_of_nobody(&mut self) -> Wrong {
        let (id, inspection) =
            self.any_inspection(|_, _, i| i.phase < Phase::Closed && !i.team.is_empty())?;
        let (_, mut event) = self.request(&id, &inspection)?;
        event.inspector = (0..10).map(inspector).find(|who| !inspection.team.contains(who))?;
        let expected: &[Code] = &[Code::UnknownSubject, Code::WrongPhase];
        Some((cast().of(Role::Supervisor).into(), event.into(), expected))
    }

    pub(super) fn no_cause(&mut self) -> Wrong {
        let (author, mut event) = self.direct()?;
        match self.dice.below(3) {
            0 => event.cause = None,
            1 => event.basis = None,
            _ => (event.cause, event.reason) = (Some(DirectCause::Other), text(" ")),
        }
        Some((author, event.into(), &[Code::NoCauseForDirect]))
    }

    pub(super) fn conflicted_team(&mut self) -> Wrong {
        let (author, mut event) = self.direct()?;
        let lasting = self.ledger.state.conflicts.iter().filter(|(_, record)| record.row.until.is_none());
        let (uscc, who) = lasting.map(|(pair, _)| pair).find(|(_, who)| self.able(who))?.clone();
        event.team.retain(|member| *member != who);
        event.team.truncate(1);
        (event.uscc, event.team) = (uscc, [event.team, vec![who]].concat());
        Some((author, event.into(), &[Code::ConflictOfInterest]))
    }

    pub(super) fn small_or_barred_team(&mut self) -> Wrong {
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

    pub(super) fn closed_too_early(&mut self) -> Wrong {
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
    pub(super) fn closed_unresolved(&mut self) -> Wrong {
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

    pub(super) fn unpublished_item(&mut self) -> Wrong {
        let (author, mut event) = self.direct()?;
        event.items = [item_id("K99")].into();
        Some((author, event.into(), &[Code::ItemNotPublished]))
    }

    pub(super) fn feedback_by_others(&mut self) -> Wrong {
        let (id, inspection) = self.any_inspection(|_, _, i| i.phase == Phase::Reported)?;
        let own = self.ledger.state.sections_of(&inspection);
        let other = (0..3).find(|n| !own.contains(&section(*n)))?;
        let event =
            FeedbackDispatched { inspection: id, method: ServiceMethod::Direct, legal_basis: text("") };
        Some((officer(other), event.into(), &[Code::FeedbackByNonInspectingUnit]))
    }

    pub(super) fn handling_out_of_turn(&mut self) -> Wrong {
        let undecided = self.ledger.state.violations.iter().find(|(_, v)| v.decided.is_none());
        let violation = undecided.map(|(id, _)| id.clone())?;
        let event = HandlingPublished { violation, receipt_ref: text("x") };
        Some((cast().of(Role::Publisher).into(), event.into(), &[Code::WrongPhase]))
    }

    pub(super) fn comment_by_another(&mut self) -> Wrong {
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
