//! The rows of a frozen pool with their reasons, found again from the rosters (draw.md 2, rules.md 1.4, 1.11).

use super::super::days::{date, day, day_at, from_day, year};
use super::Fold;
use lotbook_chain::Instant;
use lotbook_event::ceremony::{CeremonyOpened, PoolFrozen};
use lotbook_event::plan::{SchemeAdopted, TrustMode};
use lotbook_event::proto::*;
use lotbook_event::recusal::{RecusalDecision, RecusalGround};
use lotbook_event::registry::Duty;
use lotbook_event::wire::Wire;
use std::collections::{BTreeMap, BTreeSet};

/// The three lists.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    pub objects: Vec<PoolRowView>,
    pub inspectors: Vec<PoolRowView>,
    pub conflicts: Vec<PoolRowView>,
}

impl Rows {
    /// The counts that the ledger states are those of these rows.
    pub fn agrees(&self, frozen: &PoolFrozen) {
        let stated = |counts: &[lotbook_event::ceremony::ReasonCount]| -> BTreeMap<String, u64> {
            counts.iter().map(|count| (count.reason.to_string(), count.rows)).collect()
        };
        let draw = &frozen.draw;
        assert_eq!(histogram(&self.objects), stated(&frozen.object_reasons), "{draw}");
        assert_eq!(histogram(&self.inspectors), stated(&frozen.inspector_reasons), "{draw}");
        assert_eq!(self.conflicts.len() as u64, frozen.conflicts, "{draw}");
        let mut strata = BTreeMap::new();
        for row in self.objects.iter().filter(|row| row.eligible) {
            *strata.entry(row.stratum.clone()).or_insert(0) += 1;
        }
        let counted = frozen.strata.iter().map(|count| (count.stratum.to_string(), count.eligible));
        assert_eq!(strata, counted.collect(), "{draw}");
    }

    /// All rows with their keys, in their order.
    pub fn keyed(&self) -> Vec<(String, PoolRowView)> {
        let key = |row: &PoolRowView| match row.kind() {
            PoolRowKind::Object => format!("1/{}", row.uscc),
            PoolRowKind::Inspector => format!("2/{}", row.inspector),
            _ => format!("3/{}/{}", row.uscc, row.inspector),
        };
        let all = self.objects.iter().chain(&self.inspectors).chain(&self.conflicts);
        all.map(|row| (key(row), row.clone())).collect()
    }
}

fn histogram(rows: &[PoolRowView]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    rows.iter().for_each(|row| *counts.entry(row.reason.clone()).or_default() += 1);
    counts
}

/// A batch as far as its pool needs it.
struct Basis<'a> {
    name: String,
    batch: Batch,
    scheme: &'a SchemeAdopted,
    on: i64,
}

impl Fold {
    /// The rows that an opening freezes.
    pub(super) fn pool_of(&self, opened: &CeremonyOpened, at: i64) -> Rows {
        let name = format!("{}/{}", opened.plan, opened.batch);
        let batch = self.batches[&name].batch.clone().unwrap();
        let basis = Basis { scheme: &self.schemes[&name], name, batch, on: day_at(Instant(at)) };
        match &opened.recusal {
            Some(recusal) => self.second(&basis, recusal.as_str()),
            None => self.first(&basis),
        }
    }

    /// A retry keeps the rows, unless Art. 16 or the frequency has caught up with an eligible one.
    fn first(&self, basis: &Basis<'_>) -> Rows {
        let objects: Vec<_> = self.enterprises.values().map(|firm| self.object(basis, firm)).collect();
        let conflicts = self.conflicts(basis, &BTreeSet::new());
        let window = day(basis.scheme.window_from);
        let inspectors = self.listed(basis, window, &objects, &conflicts, &BTreeSet::new());
        let fresh = Rows { objects, inspectors, conflicts };
        let attempts = &self.batches[&basis.name].attempts;
        let Some(kept) = attempts.iter().rev().find_map(|draw| self.pools.get(draw)) else { return fresh };
        let limited = |row: &&PoolRowView| self.limit(basis, &self.enterprises[row.uscc.as_str()]).is_some();
        let overtaken = kept.objects.iter().filter(|row| row.eligible).any(|row| limited(&row));
        if overtaken { fresh } else { kept.clone() }
    }

    /// The second pool of a recusal: as it is now, with who withdrew and the pairs recused.
    fn second(&self, basis: &Basis<'_>, recusal: &str) -> Rows {
        let failed =
            |draw: &&String| self.draws.get(*draw).is_some_and(|view| view.stage() == CeremonyStage::Failed);
        let attempts = &self.recusals[recusal].draws;
        let before = attempts.iter().rev().find(|draw| self.pools.contains_key(*draw));
        if let Some(kept) = before.filter(failed) {
            return self.pools[kept].clone();
        }
        let drawn = self.batches[&basis.name].drawn.clone().unwrap();
        let objects = &self.pools[&drawn].objects;
        let firms: BTreeSet<_> = objects.iter().map(|row| row.uscc.as_str()).collect();
        let mut conflicts = self.conflicts(basis, &self.recused_pairs(basis));
        conflicts.retain(|row| firms.contains(row.uscc.as_str()));
        let none = BTreeSet::new();
        let withdrawn = self.withdrawn.get(&basis.name).unwrap_or(&none);
        let from = day(basis.scheme.window_from).max(basis.on);
        let inspectors = self.listed(basis, from, objects, &conflicts, withdrawn);
        Rows { objects: vec![], inspectors, conflicts }
    }

    /// Pairs of granted recusals for a conflict, and of every draw of a recusal in the batch.
    fn recused_pairs(&self, basis: &Basis<'_>) -> BTreeSet<(String, String)> {
        let mut pairs = BTreeSet::new();
        for recusal in self.recusals.values() {
            let inspection = &self.inspections[&recusal.inspection];
            let granted = recusal.decision != 0 && recusal.decision != RecusalDecision::Rejected.wire();
            let here = self.name_of(inspection) == Some(basis.name.clone());
            if here && granted && recusal.ground == RecusalGround::Conflict.wire() {
                pairs.insert((inspection.uscc.clone(), recusal.inspector.clone()));
            }
        }
        let own = |view: &&DrawView| {
            view.recusal.is_some() && format!("{}/{}", view.plan, view.batch) == basis.name
        };
        for view in self.draws.values().filter(own).filter(|view| view.result.is_some()) {
            let replacement = view.frozen.as_ref().unwrap().replacement.as_ref().unwrap();
            for assignment in self.assignments.values() {
                let in_batch = format!("{}/{}", assignment.plan, assignment.batch) == basis.name;
                let left = assignment.slots.iter().any(|slot| replacement.slots.contains(&slot.slot));
                if in_batch && left {
                    pairs.insert((assignment.uscc.clone(), replacement.inspector.clone().unwrap()));
                }
            }
        }
        pairs
    }

    fn name_of(&self, inspection: &InspectionView) -> Option<String> {
        Some(format!("{}/{}", inspection.plan.as_ref()?, inspection.batch.as_ref()?))
    }

    fn conflicts(&self, basis: &Basis<'_>, recused: &BTreeSet<(String, String)>) -> Vec<PoolRowView> {
        let in_force = self
            .conflicts
            .iter()
            .filter(|(_, conflict)| conflict.until.is_none_or(|until| until >= basis.scheme.window_from));
        let pairs: BTreeSet<_> = in_force.map(|(pair, _)| pair).chain(recused).collect();
        let known = |pair: &&&(String, String)| {
            self.enterprises.contains_key(&pair.0) && self.inspectors.contains_key(&pair.1)
        };
        let row = |pair: &(String, String)| PoolRowView {
            kind: PoolRowKind::Conflict.into(),
            uscc: pair.0.clone(),
            inspector: pair.1.clone(),
            ..Default::default()
        };
        pairs.iter().filter(known).map(|pair| row(pair)).collect()
    }

    fn listed(
        &self,
        basis: &Basis<'_>,
        valid_on: i64,
        objects: &[PoolRowView],
        conflicts: &[PoolRowView],
        withdrawn: &BTreeSet<String>,
    ) -> Vec<PoolRowView> {
        let row = |(id, view): (&String, &InspectorView)| {
            let row = view.row.as_ref().unwrap();
            let seats = &basis.scheme.seats;
            let has = |q: &lotbook_event::Text| row.qualifications.iter().any(|own| own == q.as_str());
            let accepted = seats.iter().any(|seat| seat.accepts.is_empty() || seat.accepts.iter().any(has));
            let reason = match () {
                () if row.duty != Duty::Active.wire() => "not_active",
                () if day(date(&row.certificate_valid_until)) < valid_on => "certificate_invalid",
                () if !accepted => "unqualified",
                () if withdrawn.contains(id) => "withdrawn",
                () if few_allowed(basis, id, objects, conflicts) => "too_few_allowed",
                () => "",
            };
            PoolRowView {
                kind: PoolRowKind::Inspector.into(),
                inspector: id.clone(),
                qualifications: row.qualifications.clone(),
                eligible: reason.is_empty(),
                reason: reason.to_owned(),
                ..Default::default()
            }
        };
        self.inspectors.iter().map(row).collect()
    }

    fn object(&self, basis: &Basis<'_>, firm: &EnterpriseView) -> PoolRowView {
        let row = firm.row.as_ref().unwrap();
        let stratum = match basis.batch.stratification() {
            Stratification::Risk => row.risk_class.clone(),
            Stratification::Area => row.area.clone(),
            _ => String::new(),
        };
        let reason = self.reason(basis, firm);
        PoolRowView {
            kind: PoolRowKind::Object.into(),
            uscc: row.uscc.clone(),
            stratum,
            eligible: reason.is_empty(),
            reason: reason.to_owned(),
            ..Default::default()
        }
    }

    /// What the draws so far leave no room for, whatever else bars the firm.
    fn limit(&self, basis: &Basis<'_>, firm: &EnterpriseView) -> Option<&'static str> {
        let (row, batch, rules) = (firm.row.as_ref().unwrap(), &basis.batch, self.rules.as_ref().unwrap());
        let table = rules.frequencies.iter().find(|f| f.registration.as_str() == row.registration);
        let per_year = table.map_or(0, |f| f.draws_per_year) as usize;
        let exempt = rules.exempt_statuses.iter().any(|kind| self.holds(firm, kind.as_str(), basis.on));
        let trusted = !exempt && self.holds(firm, rules.trust_status.as_str(), basis.on);
        let plans = self.plans_of(&basis.name);
        let own: usize = plans.iter().map(|plan| plan.0).chain([rules.annual_cap]).min().unwrap() as usize;
        let reduced = plans.iter().map(|plan| plan.1).min().unwrap() as usize;
        let cap = if trusted { own.min(reduced) } else { own };
        let this_year: Vec<_> = firm.draws.iter().filter(|d| d.year == year(basis.on)).collect();
        let foreign = |past: &&PastDrawView| past.units.iter().any(|unit| !batch.sections.contains(unit));
        let same = |past: &&PastDrawView| format!("{}/{}", past.plan, past.batch) == basis.name;
        let of_batch = firm.draws.iter().filter(same).count();
        match () {
            () if !exempt && rules.exclude_if_drawn_by_other_unit && this_year.iter().any(foreign) => {
                Some("drawn_by_other_unit")
            }
            () if !exempt && this_year.len() >= cap => Some("cap_reached"),
            () if per_year > 0 && this_year.len() >= per_year => Some("frequency_reached"),
            () if of_batch >= batch.frequency as usize => Some("frequency_reached"),
            () => None,
        }
    }

    fn reason(&self, basis: &Basis<'_>, firm: &EnterpriseView) -> &'static str {
        let (row, batch, rules) = (firm.row.as_ref().unwrap(), &basis.batch, self.rules.as_ref().unwrap());
        let table = rules.frequencies.iter().find(|f| f.registration.as_str() == row.registration);
        let per_year = table.map_or(0, |f| f.draws_per_year) as usize;
        let exempt = rules.exempt_statuses.iter().any(|kind| self.holds(firm, kind.as_str(), basis.on));
        let trusted = !exempt && self.holds(firm, rules.trust_status.as_str(), basis.on);
        let plans = self.plans_of(&basis.name);
        match () {
            () if !row.area.starts_with(self.area.trim_end_matches("00")) => "outside_jurisdiction",
            () if per_year == 0 => "not_alive",
            () if !batch.kinds.is_empty() && !batch.kinds.contains(&row.kind) => "out_of_scope",
            () if trusted && plans.iter().any(|plan| plan.2) => "trustworthy_exempt",
            () => self.limit(basis, firm).unwrap_or_default(),
        }
    }

    /// Cap, cap of the trustworthy and their exemption, of every plan that names a batch.
    fn plans_of(&self, name: &str) -> Vec<(u32, u32, bool)> {
        let host = name.split_once('/').unwrap().0;
        let names = |plan: &&super::Plan| {
            let joins = plan.draft.joins.iter().any(|join| format!("{}/{}", join.plan, join.batch) == name);
            plan.draft.plan.as_str() == host || (plan.adopted.is_some() && joins)
        };
        let limits = |plan: &super::Plan| {
            let draft = &plan.draft;
            let reduced = draft.trust_mode == TrustMode::Reduced;
            let trusted = if reduced { draft.reduced_cap } else { draft.annual_cap };
            (draft.annual_cap, trusted, draft.trust_mode == TrustMode::Exempt)
        };
        self.plans.values().filter(names).map(limits).collect()
    }

    fn holds(&self, firm: &EnterpriseView, kind: &str, on: i64) -> bool {
        let rules = self.rules.as_ref().unwrap();
        firm.statuses.iter().filter(|status| status.kind == kind).any(|status| {
            let since = date(&status.since);
            let until = match &status.until {
                Some(until) => Some(date(until)),
                None if kind == rules.penalty_status.as_str() => {
                    let months = jiff::Span::new().months(i64::from(rules.penalty_memory_months));
                    Some(lotbook_event::Date(since.0.checked_add(months).unwrap()))
                }
                None => None,
            };
            since <= from_day(on) && until.is_none_or(|until| from_day(on) <= until)
        })
    }

    /// Art. 16: a firm without a status of paragraph 2 is drawn only under the cap, and by units that
    /// hold all those that drew it before.
    pub(super) fn within_the_cap(&self, name: &str, uscc: &str, of_year: u32, frozen: i64) {
        let (firm, rules) = (&self.enterprises[uscc], self.rules.as_ref().unwrap());
        let before: Vec<_> = firm.draws.iter().filter(|past| past.year == of_year).collect();
        // The status is that of the frozen pool; one that changed since then is not known here any more.
        let on = day_at(Instant(frozen));
        let exempt = rules.exempt_statuses.iter().any(|kind| self.holds(firm, kind.as_str(), on));
        if exempt || firm.changed_at > frozen {
            return;
        }
        let units = &self.batches[name].batch.as_ref().unwrap().sections;
        let inside = before.iter().all(|past| past.units.iter().all(|unit| units.contains(unit)));
        assert!(inside || !rules.exclude_if_drawn_by_other_unit, "{uscc} was drawn by another unit");
        assert!(before.len() < rules.annual_cap as usize, "{uscc} is at its cap");
    }
}

/// Conflicts leave less than half of what may be drawn.
fn few_allowed(basis: &Basis<'_>, id: &str, objects: &[PoolRowView], conflicts: &[PoolRowView]) -> bool {
    let weight = |row: &&PoolRowView| {
        let rate = basis.batch.rates.iter().find(|rate| rate.stratum == row.stratum);
        if basis.batch.total > 0 { 1 } else { rate.map_or(0, |rate| u64::from(rate.ppm)) }
    };
    let eligible: Vec<_> = objects.iter().filter(|row| row.eligible).collect();
    let all: u64 = eligible.iter().map(weight).sum();
    let allowed = eligible.iter().filter(|row| {
        !conflicts.iter().any(|conflict| conflict.uscc == row.uscc && conflict.inspector == id)
    });
    2 * allowed.map(weight).sum::<u64>() < all
}
