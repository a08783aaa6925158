//! The frozen pool (draw.md 2): every roster row with its reason, the first that applies (rules.md 1.11).

mod second;
mod staffing;

pub(crate) use second::finish;

use crate::article::a14_draw::reusable;
use crate::article::a16_yearly_cap;
use crate::article::a17_predicates::{Classed, holds};
use crate::civil::{date_of, plus_days, start_of, year_of};
use crate::key::{Grant, Key, Right};
use crate::person;
use crate::registry::{Change, ConflictRecord, EnterpriseRecord, InspectorRecord};
use crate::state::{BatchKey, BatchRecord, State};
use lotbook_chain::{Instant, KeyId};
use lotbook_draw::pool::{Reach, TOO_FEW_ALLOWED};
use lotbook_draw::{ConflictRow, InspectorRow, ObjectRow, Pool, Quota};
use lotbook_event::ceremony::{ConflictAuthor, LateChange, Purpose};
use lotbook_event::keys::Role;
use lotbook_event::plan::{Batch, PlanDrafted, SchemeAdopted, Stratification, TrustMode};
use lotbook_event::registry::{Duty, RulesetAdopted};
use lotbook_event::{Code, Date, InspectorId, Refusal, Uscc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Reason of an inspector whom no seat accepts, or whom an approved extension does not cover (rules.md 1.11).
const UNQUALIFIED: &str = "unqualified";
/// Roster rows changed within this many days before the draw are counted by author (draw.md 2).
pub const LATE_CHANGE_DAYS: i64 = 30;

/// Everything a pool is built from, looked up once.
pub struct Basis<'a> {
    state: &'a State,
    rules: &'a RulesetAdopted,
    plan: &'a PlanDrafted,
    batch: &'a BatchRecord,
    scheme: &'a SchemeAdopted,
    limits: Limits,
    /// The day of the draw.
    on: Date,
}

/// The strictest limits of all plans that name a batch (rules.md 1.1).
#[derive(Debug, Clone, Copy)]
struct Limits {
    cap: u32,
    trusted_cap: u32,
    trusted_exempt: bool,
}

impl Limits {
    fn of(state: &State, plan: &PlanDrafted, batch: &BatchRecord, rules: &RulesetAdopted) -> Self {
        let joins = |other: &PlanDrafted| {
            other.joins.iter().any(|join| join.plan == plan.plan && join.batch == batch.batch.batch)
        };
        let joined = state.plans.values().filter(|other| other.adopted.is_some() && joins(&other.draft));
        let start = Self { cap: rules.annual_cap, trusted_cap: rules.annual_cap, trusted_exempt: false };
        let all = std::iter::once(plan).chain(joined.map(|other| &other.draft));
        all.fold(start, |limits, plan| {
            let cap = limits.cap.min(plan.annual_cap);
            let trusted =
                if plan.trust_mode == TrustMode::Reduced { plan.reduced_cap } else { plan.annual_cap };
            let trusted_exempt = limits.trusted_exempt || plan.trust_mode == TrustMode::Exempt;
            Self { cap, trusted_cap: limits.trusted_cap.min(trusted).min(cap), trusted_exempt }
        })
    }
}

impl<'a> Basis<'a> {
    /// Looks up plan, scheme and rule set of a batch, as of an instant.
    ///
    /// # Errors
    /// NO_SCHEME, NO_ADOPTED_PLAN or UNKNOWN_SUBJECT if one of them is missing.
    pub fn new(
        state: &'a State,
        batch: &'a BatchRecord,
        plan: &'a PlanDrafted,
        at: Instant,
    ) -> Result<Self, Refusal> {
        let name = &batch.batch.batch;
        let none = || Refusal::new(Code::NoScheme, name, format!("batch {name} has no adopted scheme"));
        let scheme = &batch.scheme.as_ref().ok_or_else(none)?.value;
        let rules = &state.rule_set()?.value;
        let limits = Limits::of(state, plan, batch, rules);
        Ok(Self { state, rules, plan, batch, scheme, limits, on: date_of(at) })
    }

    /// Looks up a batch by its key, see [`Basis::new`].
    ///
    /// # Errors
    /// As [`Basis::new`].
    pub fn of(state: &'a State, (plan, batch): &BatchKey, at: Instant) -> Result<Self, Refusal> {
        let record = state.batch(plan, batch)?;
        let none = || Refusal::new(Code::NoAdoptedPlan, plan, format!("there is no plan {plan}"));
        Self::new(state, record, &state.plans.get(plan).ok_or_else(none)?.draft, at)
    }

    /// The quota rule of the batch.
    pub fn quota(&self) -> Quota {
        quota(&self.batch.batch)
    }

    /// Builds the pool.
    ///
    /// # Errors
    /// INVALID_VALUE if the rows are no pool (rosters are checked on entry, so this names a fault).
    pub fn pool(&self) -> Result<Pool, Refusal> {
        let objects: Vec<_> = self.state.enterprises.values().map(|record| self.object(record)).collect();
        let conflicts: Vec<_> = self.conflicts().map(conflict_row).collect();
        let valid_on = self.scheme.window_from;
        let mut inspectors: Vec<_> =
            self.state.inspectors.values().map(|record| self.inspector(record, valid_on)).collect();
        bar_too_few_allowed(&Reach::new(&objects, &self.quota()), &mut inspectors, &conflicts);
        Pool::new(objects, inspectors, conflicts)
            .map_err(|error| Refusal::new(Code::InvalidValue, &self.batch.batch.batch, error.to_string()))
    }

    /// The pool that an opening freezes: a retry keeps the rows of the attempt before (draw.md 1), unless
    /// a firm that was eligible there has been drawn since, so that Art. 16 forbids it now: then the rows
    /// are made anew (protocol.md, decisions).
    ///
    /// # Errors
    /// See [`Basis::pool`].
    pub fn frozen_pool(&self) -> Result<Arc<Pool>, Refusal> {
        let fresh = self.pool()?;
        let last = reusable(self.state, self.batch, Purpose::Batch);
        let Some(kept) = last.and_then(|last| last.frozen.as_ref()?.pool()).cloned() else {
            return Ok(Arc::new(fresh));
        };
        // Whatever else may bar it now: a firm that became trustworthy was still drawn by another section.
        let limited = |row: &ObjectRow| {
            let record = Uscc::new(&row.uscc).ok().and_then(|uscc| self.state.enterprises.get(&uscc));
            record.is_some_and(|record| self.limited(record).is_some())
        };
        let overtaken = kept.objects().iter().any(|row| row.eligible && limited(row));
        Ok(if overtaken { Arc::new(fresh) } else { kept })
    }

    fn object(&self, record: &EnterpriseRecord) -> ObjectRow {
        let row = &record.row;
        let stratum = match self.batch.batch.stratification {
            Stratification::None => String::new(),
            Stratification::Risk => row.risk_class.as_str().to_owned(),
            Stratification::Area => row.area.as_str().to_owned(),
        };
        let reason = self.object_reason(record).unwrap_or_default();
        let uscc = row.uscc.as_str().to_owned();
        ObjectRow { uscc, stratum, eligible: reason.is_empty(), reason: reason.to_owned() }
    }

    /// outside_jurisdiction, not_alive, out_of_scope, trustworthy_exempt, drawn_by_other_unit,
    /// cap_reached, frequency_reached: in this order.
    fn object_reason(&self, record: &EnterpriseRecord) -> Option<&'static str> {
        let (row, batch) = (&record.row, &self.batch.batch);
        let inside = self.state.office.as_ref().is_some_and(|office| office.area.contains(&row.area));
        if !inside {
            return Some("outside_jurisdiction");
        }
        if self.draws_per_year(record) == 0 {
            return Some("not_alive");
        }
        if !in_scope(batch, record) {
            return Some("out_of_scope");
        }
        if self.is_trusted(record) && self.limits.trusted_exempt {
            return Some("trustworthy_exempt");
        }
        self.limited(record)
    }

    fn is_trusted(&self, record: &EnterpriseRecord) -> bool {
        !record.is_exempt(self.on, self.rules)
            && record.has_status(&self.rules.trust_status, self.on, self.rules)
    }

    /// Draws per year of the firm's registration state; 0 = not alive (Art. 11).
    fn draws_per_year(&self, record: &EnterpriseRecord) -> u32 {
        let row = self.rules.frequencies.iter().find(|f| f.registration == record.row.registration);
        row.map_or(0, |f| f.draws_per_year)
    }

    /// drawn_by_other_unit, cap_reached, frequency_reached: what the draws so far leave no room for.
    fn limited(&self, record: &EnterpriseRecord) -> Option<&'static str> {
        let (batch, exempt) = (&self.batch.batch, record.is_exempt(self.on, self.rules));
        let (trusted, draws_per_year) = (self.is_trusted(record), self.draws_per_year(record));
        let year = year_of(self.on);
        let cap = if trusted { self.limits.trusted_cap } else { self.limits.cap };
        let verdict = a16_yearly_cap::verdict(
            &record.draws,
            year,
            &batch.sections,
            cap,
            self.rules.exclude_if_drawn_by_other_unit,
        );
        if let (Some(reason), false) = (verdict, exempt) {
            return Some(reason);
        }
        let this_year = record.draws.iter().filter(|d| d.year == year).count();
        let key = (self.plan.plan.clone(), batch.batch.clone());
        let this_batch = record.draws.iter().filter(|d| d.batch == key).count();
        let full = |count: usize, limit: u32| u32::try_from(count).is_ok_and(|count| count >= limit);
        let of_year = draws_per_year > 0 && full(this_year, draws_per_year);
        (of_year || full(this_batch, batch.frequency)).then_some("frequency_reached")
    }

    /// The row of an inspector whose certificate must hold on a day.
    fn inspector(&self, record: &InspectorRecord, valid_on: Date) -> InspectorRow {
        let row = &record.row;
        let reason = self.inspector_reason(record, valid_on).unwrap_or_default();
        InspectorRow {
            inspector_id: row.inspector.as_str().to_owned(),
            eligible: reason.is_empty(),
            reason: reason.to_owned(),
            qualifications: row.qualifications.iter().map(|q| q.as_str().to_owned()).collect(),
        }
    }

    /// not_active, certificate_invalid, unqualified, excluded_by_role; too_few_allowed comes last.
    fn inspector_reason(&self, record: &InspectorRecord, valid_on: Date) -> Option<&'static str> {
        let row = &record.row;
        if row.duty != Duty::Active {
            return Some("not_active");
        }
        if row.certificate_valid_until < valid_on {
            return Some("certificate_invalid");
        }
        let accepted = |seat: &lotbook_event::plan::Seat| {
            seat.accepts.is_empty() || !seat.accepts.is_disjoint(&row.qualifications)
        };
        if !self.scheme.seats.iter().any(accepted) {
            return Some(UNQUALIFIED);
        }
        self.decides_or_supervises(&row.inspector).then_some("excluded_by_role")
    }

    /// Whether the person decides, supervises or audits this batch, by any of their keys (rules.md 1.11).
    fn decides_or_supervises(&self, inspector: &InspectorId) -> bool {
        let own = |(role, _): &Right, grant: &Grant| {
            *role == Role::Inspector && grant.subject == inspector.as_str()
        };
        let persons: BTreeSet<&str> = (self.state.keys.values())
            .flat_map(|key| key.rights().filter(|(right, grant)| own(right, grant)))
            .map(|(_, grant)| grant.person.as_str())
            .collect();
        let decides = |(role, section): &Right| match role {
            Role::OfficeLeader | Role::RecusalApprover | Role::Supervisor | Role::Notary | Role::Auditor => {
                true
            }
            Role::DrawOperator => section.as_ref().is_some_and(|s| self.batch.batch.sections.contains(s)),
            _ => false,
        };
        let same = |key: &Key, grant: &Grant| {
            persons.contains(grant.person.as_str()) || key.rights().any(|(right, grant)| own(right, grant))
        };
        self.state
            .keys
            .values()
            .any(|key| key.rights().any(|(right, grant)| decides(right) && same(key, grant)))
    }

    /// The pairs in force (rules.md 1.11), ascending, whose two ids both have a row.
    fn conflicts(&self) -> impl Iterator<Item = &'a (Uscc, InspectorId)> {
        let (state, first_day) = (self.state, self.scheme.window_from);
        let known = move |(uscc, inspector): &(Uscc, InspectorId)| {
            state.enterprises.contains_key(uscc) && state.inspectors.contains_key(inspector)
        };
        let in_force = move |record: &ConflictRecord| record.row.until.is_none_or(|until| until >= first_day);
        let pairs = state.conflicts.iter().filter(move |(_, record)| in_force(record)).map(|(pair, _)| pair);
        pairs.filter(move |pair| known(pair))
    }

    /// Conflicts in force that another person than the inspector has stated, by author: else somebody could
    /// keep an inspector out of the pool unseen (draw.md 2, `too_few_allowed`).
    pub fn conflicts_by_others(&self) -> Vec<ConflictAuthor> {
        let mut by_author: BTreeMap<KeyId, u64> = BTreeMap::new();
        for pair in self.conflicts() {
            let Some(author) = self.state.conflicts.get(pair).map(|record| record.change.by) else {
                continue;
            };
            if !person::is_inspector(self.state, author, &pair.1) {
                *by_author.entry(author).or_default() += 1;
            }
        }
        by_author.into_iter().map(|(author, pairs)| ConflictAuthor { author, pairs }).collect()
    }

    /// Roster rows changed in the last 30 days, by author; a recusal freezes inspectors and conflicts only.
    pub fn late_changes(&self, of_recusal: bool) -> Vec<LateChange> {
        let since = start_of(plus_days(self.on, -LATE_CHANGE_DAYS));
        let enterprises = self.state.enterprises.values().map(|record| record.change);
        let enterprises = enterprises.filter(|_| !of_recusal);
        let inspectors = self.state.inspectors.values().map(|record| record.change);
        let conflicts = self.state.conflicts.values().map(|record| record.change);
        let ended = self.state.ended.iter().copied();
        let mut by_author: BTreeMap<KeyId, u64> = BTreeMap::new();
        for Change { by, .. } in
            enterprises.chain(inspectors).chain(conflicts).chain(ended).filter(|c| c.at >= since)
        {
            *by_author.entry(by).or_default() += 1;
        }
        by_author.into_iter().map(|(author, rows)| LateChange { author, rows }).collect()
    }
}

fn conflict_row((uscc, inspector): &(Uscc, InspectorId)) -> ConflictRow {
    ConflictRow { uscc: uscc.as_str().to_owned(), inspector_id: inspector.as_str().to_owned() }
}

/// Marks the eligible inspectors who may inspect too little of the pool: the last of their reasons.
fn bar_too_few_allowed(reach: &Reach<'_>, inspectors: &mut [InspectorRow], conflicts: &[ConflictRow]) {
    for row in inspectors.iter_mut().filter(|row| row.eligible) {
        let own = conflicts.iter().filter(|c| c.inspector_id == row.inspector_id);
        if reach.too_few_allowed(own.map(|c| c.uscc.as_str())) {
            row.eligible = false;
            row.reason = TOO_FEW_ALLOWED.to_owned();
        }
    }
}

/// Whether a firm is in the batch's scope.
fn in_scope(batch: &Batch, record: &EnterpriseRecord) -> bool {
    let row = &record.row;
    let firm = Classed { row, last_drawn: record.draws.iter().map(|draw| draw.on).max() };
    let within = |set: &BTreeSet<lotbook_event::Text>, value| set.is_empty() || set.contains(value);
    within(&batch.kinds, &row.kind)
        && (batch.areas.is_empty() || batch.areas.contains(&row.area))
        && within(&batch.registrations, &row.registration)
        && batch.predicates.iter().all(|predicate| holds(predicate, &firm))
}

/// The quota rule of a batch.
pub fn quota(batch: &Batch) -> Quota {
    if batch.total > 0 {
        return Quota::FixedTotal { total: u64::from(batch.total) };
    }
    let ppm = batch.rates.iter().map(|rate| (rate.stratum.as_str().to_owned(), rate.ppm)).collect();
    Quota::AtLeast { ppm, minimum: u64::from(batch.minimum) }
}
