//! What the ledger knows already: a fold over events, so that an import can say what changes.

use std::collections::BTreeMap;

use lotbook_event::plan::{PlanDrafted, SchemeAdopted};
use lotbook_event::registry::*;
use lotbook_event::{BatchId, Date, Event, InspectorId, ItemId, PlanId, SchemeId, SectionId, Text, Uscc};

/// The registers as the ledger has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    pub(crate) office: Option<OfficeConstituted>,
    pub(crate) rule_set: Option<RulesetAdopted>,
    pub(crate) calendars: BTreeMap<u32, CalendarPublished>,
    pub(crate) sections: BTreeMap<SectionId, Section>,
    pub(crate) items: BTreeMap<ItemId, KnownItem>,
    pub(crate) inspectors: BTreeMap<InspectorId, Inspector>,
    pub(crate) enterprises: BTreeMap<Uscc, Enterprise>,
    pub(crate) statuses: BTreeMap<(Uscc, Text), Status>,
    pub(crate) conflicts: BTreeMap<(InspectorId, Uscc), Conflict>,
    pub(crate) plans: BTreeMap<PlanId, KnownPlan>,
    pub(crate) schemes: BTreeMap<SchemeId, SchemeAdopted>,
}

/// An item and how far it has come (Art. 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownItem {
    pub item: Item,
    pub aggregated: bool,
    pub published: bool,
    pub withdrawn: bool,
}

/// A plan and how far it has come (Art. 12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownPlan {
    pub plan: PlanDrafted,
    pub adopted_on: Option<Date>,
    pub published_on: Option<Date>,
}

impl Known {
    /// Takes in one event of the ledger, in its order.
    #[allow(clippy::too_many_lines)] // one arm an event, exhaustive, nothing else
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::OfficeConstituted(e) => self.office = Some(e.clone()),
            Event::RulesetAdopted(e) => self.rule_set = Some((**e).clone()),
            Event::CalendarPublished(e) => put(&mut self.calendars, e.year, e),
            Event::SectionRegistered(e) => put_rows(&mut self.sections, &e.rows, |r| r.section.clone()),
            Event::ItemProposed(e) => e.rows.iter().for_each(|item| self.propose(item)),
            Event::ItemAggregated(e) => {
                e.items.iter().for_each(|id| self.item(id, |item| item.aggregated = true))
            }
            Event::ItemPublished(e) => {
                e.items.iter().for_each(|id| self.item(id, |item| item.published = true))
            }
            Event::ItemWithdrawn(e) => self.item(&e.item, |item| item.withdrawn = true),
            Event::InspectorEnrolled(InspectorEnrolled { rows })
            | Event::InspectorUpdated(InspectorUpdated { rows }) => {
                put_rows(&mut self.inspectors, rows, |r| r.inspector.clone());
            }
            Event::InspectorRemoved(e) => self.inspectors.retain(|id, _| !e.inspectors.contains(id)),
            Event::EnterpriseEnrolled(EnterpriseEnrolled { rows })
            | Event::EnterpriseUpdated(EnterpriseUpdated { rows }) => {
                put_rows(&mut self.enterprises, rows, |r| r.uscc.clone());
            }
            Event::StatusRecorded(e) => {
                put_rows(&mut self.statuses, &e.rows, |r| (r.uscc.clone(), r.kind.clone()));
            }
            Event::StatusEnded(e) => {
                e.rows.iter().for_each(|r| drop(self.statuses.remove(&(r.uscc.clone(), r.kind.clone()))));
            }
            Event::ConflictDeclared(e) => {
                put_rows(&mut self.conflicts, &e.rows, |r| (r.inspector.clone(), r.uscc.clone()));
            }
            Event::ConflictEnded(e) => {
                e.rows
                    .iter()
                    .for_each(|r| drop(self.conflicts.remove(&(r.inspector.clone(), r.uscc.clone()))));
            }
            Event::PlanDrafted(e) => self.draft(e),
            Event::PlanAdopted(e) => self.plan(&e.plan, |plan| plan.adopted_on = Some(e.adopted_on)),
            Event::PlanPublished(e) => self.plan(&e.plan, |plan| plan.published_on = Some(e.published_on)),
            Event::SchemeAdopted(e) => put(&mut self.schemes, e.scheme.clone(), e),
            Event::LedgerCreated(_)
            | Event::KeyRegistered(_)
            | Event::KeyConfirmed(_)
            | Event::KeyRevoked(_) => {}
            Event::CeremonyOpened(_) | Event::PoolFrozen(_) | Event::SeedCommitted(_) => {}
            Event::CeremonySealed(_) | Event::SeedRevealed(_) | Event::CeremonyClosed(_) => {}
            Event::CeremonyFailed(_) | Event::DrawCompleted(_) | Event::EnterpriseAssigned(_) => {}
            Event::EmbargoKeyHeld(_) | Event::EmbargoReleased(_) | Event::EmbargoRead(_) => {}
            Event::RowRevealed(_) | Event::AssignmentWithheld(_) => {}
            Event::BeaconRecorded(_) | Event::RevealHeld(_) => {}
            Event::DrawVoidProposed(_) | Event::DrawVoided(_) => {}
            Event::TeamAssigned(_) | Event::PoolExtensionApproved(_) | Event::DrawOpened(_) => {}
            Event::AssignmentInfeasible(_) | Event::NoticeServed(_) | Event::InspectionStarted(_) => {}
            Event::ItemResultConfirmed(_) | Event::InspectionConcluded(_) | Event::ReportCompleted(_) => {}
            Event::FeedbackDispatched(_) | Event::FeedbackDelivered(_) | Event::ResultPublished(_) => {}
            Event::Heartbeat(_) | Event::RosterImported(_) => {}
            Event::DeadlineMissed(_) | Event::StatementRefused(_) | Event::RefusalsCounted(_) => {}
            Event::RecusalRequested(_) | Event::SlotRecusalRequested(_) | Event::TeamsWithheld(_) => {}
            Event::RecusalDecided(_) | Event::AssignmentSwapped(_) => {}
            Event::SubstituteDrawn(_) | Event::SubstitutePoolExhausted(_) => {}
            Event::DirectInspectionOpened(_) | Event::InspectionApproved(_) => {}
            Event::DirectTeamChanged(_) | Event::InspectionClosed(_) => {}
            Event::CounterpartChosen(_) | Event::ReserveOrderApproved(_) => {}
            Event::CommentReceived(_) | Event::CommentWindowClosed(_) | Event::CommentAnswered(_) => {}
            Event::ViolationFound(_) | Event::InvestigationOpened(_) | Event::HandlingDecided(_) => {}
            Event::HandlingPublished(_) | Event::HandlingWithheld(_) => {}
            Event::TransferAcknowledged(_) | Event::RectificationVerified(_) => {}
            Event::EntryCorrected(_) | Event::AnnualDisclosureRequested(_) => {}
            Event::AnnualDisclosureGenerated(_) | Event::AnnualDisclosurePublished(_) => {}
            // A year that was published stays one; what an amendment says no file brings.
            Event::CalendarAmended(_) => {}
            Event::DeviationExplained(_) | Event::BreachRecorded(_) | Event::ConsequenceAssessed(_) => {}
            Event::AccountabilityReferred(_) | Event::AccountabilityDecided(_) => {}
        }
    }

    /// The plans that have a batch of this name.
    pub(crate) fn plans_with(&self, batch: &BatchId) -> Vec<&PlanDrafted> {
        let has = |plan: &&PlanDrafted| plan.batches.iter().any(|b| &b.batch == batch);
        self.plans.values().map(|known| &known.plan).filter(has).collect()
    }

    /// Why the ledger took a code whose check fails; `None` if it did not.
    pub(crate) fn nonconforming(&self, uscc: &Uscc) -> Option<&Text> {
        let reason = self.enterprises.get(uscc).map(|known| &known.nonconforming);
        reason.filter(|reason| !reason.as_str().is_empty())
    }

    /// The name of the status that makes a firm trustworthy (Art. 13).
    pub(crate) fn trust_status(&self) -> &str {
        let named =
            self.rule_set.as_ref().map(|rules| rules.trust_status.as_str()).filter(|name| !name.is_empty());
        named.unwrap_or("守信企业")
    }

    fn propose(&mut self, item: &Item) {
        let known = KnownItem { item: item.clone(), aggregated: false, published: false, withdrawn: false };
        self.items.insert(item.item.clone(), known);
    }

    fn item(&mut self, id: &ItemId, change: impl FnOnce(&mut KnownItem)) {
        if let Some(item) = self.items.get_mut(id) {
            change(item);
        }
    }

    fn draft(&mut self, plan: &PlanDrafted) {
        let known = KnownPlan { plan: plan.clone(), adopted_on: None, published_on: None };
        self.plans.insert(plan.plan.clone(), known);
    }

    fn plan(&mut self, id: &PlanId, change: impl FnOnce(&mut KnownPlan)) {
        if let Some(plan) = self.plans.get_mut(id) {
            change(plan);
        }
    }
}

fn put<K: Ord, V: Clone>(map: &mut BTreeMap<K, V>, key: K, value: &V) {
    map.insert(key, value.clone());
}

fn put_rows<K: Ord, V: Clone>(map: &mut BTreeMap<K, V>, rows: &[V], key: impl Fn(&V) -> K) {
    map.extend(rows.iter().map(|row| (key(row), row.clone())));
}
