//! Items, inspectors, enterprises, conflicts, plans and batches.

use super::super::days::{begin, date, day, day_at, year};
use super::{At, Fold, Plan};
use lotbook_chain::Instant;
use lotbook_event::plan::Batch;
use lotbook_event::proto::*;
use lotbook_event::registry as row;
use lotbook_event::wire::Wire;
use lotbook_event::{Event, ItemId, PlanId};

impl Fold {
    pub(super) fn roster(&mut self, at: &At<'_>, event: &Event) {
        match event {
            Event::OfficeConstituted(e) => self.area = e.area.to_string(),
            Event::RulesetAdopted(e) => self.rules = Some((**e).clone()),
            Event::CalendarPublished(e) => {
                self.days.0.insert(e.year, e.clone());
                self.count_anew(day_at(Instant(at.at)));
            }
            Event::CalendarAmended(e) => {
                let (year, notice_no) = (e.year, e.notice_no.clone());
                let (weekdays_off, weekend_days_worked) =
                    (e.weekdays_off.clone(), e.weekend_days_worked.clone());
                let whole = row::CalendarPublished { year, notice_no, weekdays_off, weekend_days_worked };
                self.days.0.insert(year, whole);
                self.count_anew(day_at(Instant(at.at)));
            }
            Event::ItemProposed(e) => e.rows.iter().for_each(|item| {
                self.rows.insert(item.item.to_string(), item.clone());
                let view = ItemView { item: Some(item.wire()), phase: 1, published_at: None };
                self.items.insert(item.item.to_string(), view);
            }),
            Event::ItemAggregated(e) => self.items_are(&e.items, ItemPhase::Aggregated, None),
            Event::ItemPublished(e) => self.items_are(&e.items, ItemPhase::Published, Some(at.at)),
            Event::ItemWithdrawn(e) => self.items_are([&e.item], ItemPhase::Withdrawn, None),
            Event::InspectorEnrolled(row::InspectorEnrolled { rows })
            | Event::InspectorUpdated(row::InspectorUpdated { rows }) => {
                rows.iter().for_each(|one| {
                    let view = InspectorView { row: Some(one.wire()), changed_at: at.at };
                    self.inspectors.insert(one.inspector.to_string(), view);
                });
                self.somebody_left(at);
            }
            Event::InspectorRemoved(e) => {
                e.inspectors.iter().for_each(|id| {
                    self.inspectors.remove(id.as_str());
                });
                self.somebody_left(at);
            }
            Event::EnterpriseEnrolled(row::EnterpriseEnrolled { rows })
            | Event::EnterpriseUpdated(row::EnterpriseUpdated { rows }) => rows.iter().for_each(|one| {
                let view = self.enterprises.entry(one.uscc.to_string()).or_default();
                (view.row, view.changed_at) = (Some(one.wire()), at.at);
            }),
            Event::StatusRecorded(e) => e.rows.iter().for_each(|one| self.status(at, one)),
            Event::StatusEnded(e) => e.rows.iter().for_each(|one| {
                let view = self.enterprises.get_mut(one.uscc.as_str()).unwrap();
                view.statuses.retain(|status| status.kind != one.kind.as_str());
                view.changed_at = at.at;
            }),
            Event::ConflictDeclared(e) => e.rows.iter().for_each(|one| {
                self.conflicts.insert((one.uscc.to_string(), one.inspector.to_string()), one.clone());
            }),
            Event::ConflictEnded(e) => e.rows.iter().for_each(|one| {
                self.conflicts.remove(&(one.uscc.to_string(), one.inspector.to_string()));
            }),
            _ => {}
        }
    }

    fn items_are<'a>(
        &mut self,
        items: impl IntoIterator<Item = &'a ItemId>,
        phase: ItemPhase,
        published: Option<i64>,
    ) {
        for id in items {
            let view = self.items.get_mut(id.as_str()).unwrap();
            view.phase = phase.into();
            view.published_at = published.or(view.published_at);
        }
    }

    /// Ordered by kind, then as recorded; one with the same first day is replaced.
    fn status(&mut self, at: &At<'_>, one: &row::Status) {
        let view = self.enterprises.get_mut(one.uscc.as_str()).unwrap();
        let new = one.wire();
        view.statuses.retain(|known| known.kind != new.kind || known.since != new.since);
        view.statuses.push(new);
        view.statuses.sort_by(|a, b| a.kind.cmp(&b.kind));
        view.changed_at = at.at;
    }

    pub(super) fn planned(&mut self, at: &At<'_>, event: &Event) {
        match event {
            Event::PlanDrafted(e) => {
                let prefix = format!("{}/", e.plan);
                self.batches.retain(|name, _| !name.starts_with(&prefix));
                e.batches.iter().for_each(|batch| self.batch(&e.plan, batch));
                let plan = Plan { draft: e.clone(), adopted: None, published: None };
                self.plans.insert(e.plan.clone(), plan);
            }
            Event::PlanAdopted(e) => self.plans.get_mut(&e.plan).unwrap().adopted = Some(at.at),
            Event::PlanPublished(e) => self.plans.get_mut(&e.plan).unwrap().published = Some(at.at),
            Event::SchemeAdopted(e) => {
                let name = format!("{}/{}", e.plan, e.batch);
                let view = self.batches.get_mut(&name).unwrap();
                (view.scheme, view.scheme_at) = (Some((**e).wire()), Some(at.at));
                self.schemes.insert(name, (**e).clone());
            }
            _ => {}
        }
    }

    fn batch(&mut self, plan: &PlanId, batch: &Batch) {
        let view = BatchView {
            plan: plan.to_string(),
            batch: Some(batch.wire()),
            scheme: None,
            scheme_at: None,
            attempts: vec![],
            drawn: None,
        };
        self.batches.insert(format!("{plan}/{}", batch.batch), view);
    }

    /// Plans with the badge of lateness.
    pub fn plan_views(&self) -> Vec<(String, PlanView)> {
        let view = |(id, plan): (&PlanId, &Plan)| {
            let due = self.plan_day(plan.draft.year);
            let until = super::day_at(lotbook_chain::Instant(plan.adopted.unwrap_or(self.now)));
            let stated = self.plans_missed.contains_key(&(plan.draft.year, plan.draft.section.to_string()));
            let late = plan.adopted.map_or(stated, |at| at >= begin(due + 1).0);
            let view = PlanView {
                draft: Some(plan.draft.wire()),
                adopted_at: plan.adopted,
                published_at: plan.published,
                late,
                late_by_working_days: if late { self.days.between(due, until) } else { 0 },
            };
            (id.to_string(), view)
        };
        self.plans.iter().map(view).collect()
    }

    /// The last day of January, or what the rule set says.
    pub(super) fn plan_day(&self, year: u32) -> i64 {
        day(date(&format!("{year}-{}", self.rules.as_ref().unwrap().plan_due)))
    }

    /// The years of this ledger up to now.
    pub(super) fn years(&self) -> core::ops::RangeInclusive<u32> {
        year(self.began)..=year(super::day_at(lotbook_chain::Instant(self.now)))
    }

    /// The section in charge of an item.
    pub(super) fn section_of(&self, item: &str) -> String {
        self.rows[item].section.to_string()
    }
}
