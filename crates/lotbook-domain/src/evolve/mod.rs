//! Evolve: an entry changes the state. Refuses nothing; the one place where the state changes.

mod ceremony;
mod embargo;
mod inspection;
mod key;
mod oversight;
mod recusal;
mod result;
mod roster;

pub use ceremony::draw_id;
pub(crate) use embargo::open_all;

use crate::ceremony::{Closed, Stage};
use crate::civil::date_of;
use crate::registry::*;
use crate::state::*;
use crate::subject::subject;
use ceremony::*;
use inspection::*;
use key::*;
use lotbook_chain::{Entry, EntryHash, Position, Sealed};
use lotbook_event::oversight::Obligation;
use lotbook_event::registry::*;
use lotbook_event::*;
use oversight::*;
use recusal::*;
use result::*;
use roster::*;
use std::borrow::Borrow;
use std::collections::BTreeSet;

/// The entry an event came with.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub entry: &'a Entry,
    pub hash: EntryHash,
    pub statement: &'a Statement,
}

impl At<'_> {
    pub fn position(&self) -> Position {
        self.entry.position
    }
    pub fn date(&self) -> Date {
        date_of(self.entry.recorded_at)
    }
    /// Marks a row as changed by this entry.
    pub fn change(&self) -> Change {
        Change { at: self.entry.recorded_at, by: self.entry.author }
    }
    /// A value with this entry.
    pub fn stated<T>(&self, value: T) -> Stated<T> {
        Stated { entry: self.hash, recorded_at: self.entry.recorded_at, value }
    }
}

/// Applies a sealed entry. Flags are computed against the state before it.
pub fn evolve<B: Borrow<Statement>>(state: &mut State, sealed: &Sealed<B>) {
    let statement = sealed.body.borrow();
    let at = At { entry: &sealed.entry, hash: sealed.hash, statement };
    let flags = crate::article::flags(state, at, &statement.event);
    correctable(state, at, &statement.event);
    apply(state, at, &statement.event, sealed);
    state.flags.extend(flags);
    state.changes(subject(&statement.event), at.position());
    state.head.size = at.position().next().0;
    state.head.hash = sealed.hash;
    state.head.recorded_at = sealed.entry.recorded_at;
    state.head.heartbeat = matches!(statement.event, Event::Heartbeat(_));
    state.head.frontier.push(sealed.leaf);
}

#[allow(clippy::too_many_lines)] // one arm an event, exhaustive, nothing else
fn apply<B: Borrow<Statement>>(state: &mut State, at: At<'_>, event: &Event, sealed: &Sealed<B>) {
    match event {
        Event::LedgerCreated(e) => created(state, at, e, sealed),
        Event::KeyRegistered(e) => key_registered(state, at, e),
        Event::KeyConfirmed(e) => key_confirmed(state, e),
        Event::KeyRevoked(e) => {
            if let Some(key) = state.keys.get_mut(&e.key_id) {
                key.revoked = Some(at.position());
            }
        }
        Event::Heartbeat(_) | Event::RosterImported(_) => {}
        Event::OfficeConstituted(e) => state.office = Some(e.clone()),
        Event::RulesetAdopted(e) => {
            state.rule_sets.insert(e.rule_set_id.clone());
            state.rules = Some(at.stated((**e).clone()));
        }
        Event::CalendarPublished(CalendarPublished { year, weekdays_off, weekend_days_worked, .. })
        | Event::CalendarAmended(CalendarAmended { year, weekdays_off, weekend_days_worked, .. }) => {
            state.calendar.publish(at.hash, *year, weekdays_off, weekend_days_worked);
            state.recompute_clocks(at.date());
        }
        Event::SectionRegistered(e) => {
            state.sections.extend(e.rows.iter().map(|row| (row.section.clone(), row.clone())));
        }
        Event::ItemProposed(e) => items_proposed(state, e),
        Event::ItemAggregated(e) => items_advance(state, &e.items, ItemPhase::Aggregated, at),
        Event::ItemPublished(e) => items_advance(state, &e.items, ItemPhase::Published, at),
        Event::ItemWithdrawn(e) => {
            items_advance(state, &BTreeSet::from([e.item.clone()]), ItemPhase::Withdrawn, at)
        }
        Event::InspectorEnrolled(InspectorEnrolled { rows })
        | Event::InspectorUpdated(InspectorUpdated { rows }) => {
            let record = |row: &Inspector| InspectorRecord { row: row.clone(), change: at.change() };
            state.inspectors.extend(rows.iter().map(|row| (row.inspector.clone(), record(row))));
            somebody_left(state, at);
        }
        Event::InspectorRemoved(e) => {
            state.inspectors.retain(|id, _| !e.inspectors.contains(id));
            state.ended.extend(e.inspectors.iter().map(|_| at.change()));
            somebody_left(state, at);
        }
        Event::EnterpriseEnrolled(EnterpriseEnrolled { rows })
        | Event::EnterpriseUpdated(EnterpriseUpdated { rows }) => {
            rows.iter().for_each(|row| enterprise(state, at, row))
        }
        Event::StatusRecorded(e) => e.rows.iter().for_each(|row| status_recorded(state, at, row)),
        Event::StatusEnded(e) => e.rows.iter().for_each(|row| status_ended(state, at, row)),
        Event::ConflictDeclared(e) => {
            let record = |row: &Conflict| ConflictRecord { row: row.clone(), change: at.change() };
            let pair = |row: &Conflict| (row.uscc.clone(), row.inspector.clone());
            state.conflicts.extend(e.rows.iter().map(|row| (pair(row), record(row))));
        }
        Event::ConflictEnded(e) => {
            e.rows.iter().for_each(|row| {
                state.conflicts.remove(&(row.uscc.clone(), row.inspector.clone()));
                state.ended.push(at.change());
            });
        }
        Event::PlanDrafted(e) => plan_drafted(state, e),
        Event::PlanAdopted(e) => {
            state.plans.entry(e.plan.clone()).and_modify(|p| p.adopted = Some(at.entry.recorded_at));
        }
        Event::PlanPublished(e) => {
            state.plans.entry(e.plan.clone()).and_modify(|p| p.published = Some(at.entry.recorded_at));
        }
        Event::SchemeAdopted(e) => {
            state.schemes.insert(e.scheme.clone());
            let key = (e.plan.clone(), e.batch.clone());
            state.batches.entry(key).and_modify(|b| b.scheme = Some(at.stated((**e).clone())));
        }
        Event::CeremonyOpened(e) => ceremony_opened(state, at, e),
        Event::PoolFrozen(e) => pool_frozen(state, at, e),
        Event::SeedCommitted(e) => with_ceremony(state, &e.draw, |c| {
            c.commitments.insert(at.entry.author, e.commitment);
        }),
        Event::CeremonySealed(e) => with_ceremony(state, &e.draw, |c| {
            c.sealed = Some(at.hash);
            c.stage = Stage::Revealing;
        }),
        Event::SeedRevealed(e) => with_ceremony(state, &e.draw, |c| {
            c.reveals.insert(at.entry.author, e.secret);
        }),
        Event::CeremonyClosed(e) => with_ceremony(state, &e.draw, |c| {
            c.stage = Stage::Closed;
            c.closed = Some(Closed { at: at.entry.recorded_at, position: at.position() });
        }),
        Event::BeaconRecorded(e) => with_ceremony(state, &e.draw, |c| {
            c.rounds.insert(e.chain_hash, e.signature);
        }),
        Event::RevealHeld(e) => reveal_held(state, e),
        Event::CeremonyFailed(e) => with_ceremony(state, &e.draw, |c| {
            (c.stage, c.terminal) = (Stage::Failed, Some(at.hash));
            (c.failed, c.barred) = (Some(e.code), e.barred.clone());
        }),
        Event::DrawCompleted(e) => draw_completed(state, at, e),
        Event::EnterpriseAssigned(e) => enterprise_assigned(state, at, e),
        Event::AssignmentInfeasible(_) => {}
        Event::DrawOpened(e) => embargo::draw_opened(state, at, &e.draw),
        Event::AssignmentWithheld(e) => embargo::assignment_withheld(state, at, e),
        Event::EmbargoKeyHeld(e) => embargo::key_held(state, at, e),
        Event::EmbargoRead(e) => embargo::was_read(state, at, e),
        Event::RowRevealed(e) => embargo::row_revealed(state, e),
        Event::EmbargoReleased(e) => embargo::released(state, at, e),
        Event::TeamAssigned(e) => team_assigned(state, at, e),
        Event::PoolExtensionApproved(e) => pool_extension_approved(state, e),
        Event::DrawVoidProposed(e) => void_proposed(state, at, e),
        Event::DrawVoided(e) => draw_voided(state, at, e),
        Event::NoticeServed(e) => {
            embargo::begun(state, &e.inspection, Begun::Noticed(e.visit_on));
            with_inspection(state, &e.inspection, |i| {
                (i.phase, i.visit_on) = (Phase::Notified, Some(e.visit_on));
            });
        }
        Event::InspectionStarted(e) => {
            embargo::begun(state, &e.inspection, Begun::Started(at.entry.recorded_at));
            with_inspection(state, &e.inspection, |i| {
                (i.phase, i.started) = (Phase::Started, Some(at.entry.recorded_at));
            });
        }
        Event::ItemResultConfirmed(e) => item_result(state, at, e),
        Event::InspectionConcluded(e) => concluded(state, at, e),
        Event::ReportCompleted(e) => reported(state, at, e),
        Event::FeedbackDispatched(e) => {
            state.with_clocks(&e.inspection, |i, clocks| {
                i.dispatched = Some(at.entry.recorded_at);
                clocks.meet(i, Obligation::Feedback, at.entry.recorded_at, at.date());
            });
        }
        Event::FeedbackDelivered(e) => delivered(state, at, e),
        Event::ResultPublished(e) => {
            state.with_clocks(&e.inspection, |i, clocks| {
                i.published = Some(at.entry.recorded_at);
                clocks.meet(i, Obligation::Publication, at.entry.recorded_at, at.date());
            });
        }
        Event::DeadlineMissed(e) => deadline_missed(state, e),
        Event::RecusalRequested(e) => recusal_requested(state, at, e),
        Event::SlotRecusalRequested(e) => slot_recusal_requested(state, at, e),
        Event::TeamsWithheld(e) => teams_withheld(state, at, e),
        Event::RecusalDecided(e) => recusal_decided(state, at, e),
        Event::AssignmentSwapped(e) => assignment_swapped(state, at, e),
        Event::SubstituteDrawn(e) => substitute_drawn(state, at, e),
        Event::SubstitutePoolExhausted(e) => substitute_pool_exhausted(state, e),
        Event::CounterpartChosen(e) => counterpart_chosen(state, at, e),
        Event::ReserveOrderApproved(e) => {
            let key = (e.plan.clone(), e.batch.clone());
            state.batches.entry(key).and_modify(|batch| batch.reserve_order = true);
        }
        Event::DirectTeamChanged(e) => direct_team_changed(state, at, e),
        Event::DirectInspectionOpened(e) => direct_inspection_opened(state, at, e),
        Event::InspectionApproved(e) => inspection_approved(state, e),
        Event::CommentReceived(e) => comment_received(state, at, e),
        Event::CommentWindowClosed(e) => comment_window_closed(state, e),
        Event::CommentAnswered(e) => comment_answered(state, at, e),
        Event::ViolationFound(e) => violation_found(state, at, e),
        Event::InvestigationOpened(e) => investigation_opened(state, at, e),
        Event::HandlingDecided(e) => handling_decided(state, at, e),
        Event::HandlingPublished(e) => handling_published(state, at, e),
        Event::HandlingWithheld(e) => handling_withheld(state, at, e),
        Event::TransferAcknowledged(e) => transfer_acknowledged(state, at, e),
        Event::RectificationVerified(e) => rectification_verified(state, e),
        Event::InspectionClosed(e) => inspection_closed(state, at, e),
        Event::EntryCorrected(e) => entry_corrected(state, at, e),
        Event::AnnualDisclosureRequested(e) => disclosure_requested(state, e),
        Event::AnnualDisclosureGenerated(e) => disclosure_generated(state, e),
        Event::AnnualDisclosurePublished(e) => disclosure_published(state, at, e),
        Event::DeviationExplained(e) => deviation_explained(state, e),
        Event::BreachRecorded(e) => breach_recorded(state, at, e),
        Event::ConsequenceAssessed(e) => consequence_assessed(state, at, e),
        Event::AccountabilityReferred(e) => accountability_referred(state, at, e),
        Event::AccountabilityDecided(e) => accountability_decided(state, e),
        Event::StatementRefused(e) => refused(state, at, e),
        Event::RefusalsCounted(e) => refusals_counted(state, at, e),
    }
}
