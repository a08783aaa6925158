//! Part 6: where the year departed from the plan: flags, late duties, recusals, refusals.

use super::{count, due_date, is_in, is_of_year, of_year};
use crate::civil::{date_of, due_day_in, end_of};
use crate::due::plan_subject;
use crate::obligation::Duty;
use crate::projection::recusal_tally::tally;
use crate::recusal::{Outcome, Recusal};
use crate::state::{Breach, Flagged, State, Violation};
use lotbook_chain::Instant;
use lotbook_event::disclosure::{
    DisclosedAccountability, DisclosedDeadline, DisclosedDeviations, DisclosedFlag, DisclosedRecusals,
    DisclosedRefusals,
};
use lotbook_event::oversight::Obligation;
use lotbook_event::recusal::RecusalDecision;
use lotbook_event::wire::Wire;
use lotbook_event::{Date, Flag, InspectionId, ViolationId};
use std::collections::BTreeMap;

pub(super) fn part(state: &State, year: u32) -> DisclosedDeviations {
    let flags = flags(state, year);
    let mut deadlines = inspections_late(state, year);
    deadlines.extend(plans_late(state, year));
    deadlines.extend(disclosure_late(state, year));
    deadlines.sort_by(|a, b| (a.obligation, &a.subject).cmp(&(b.obligation, &b.subject)));
    let (recusals, refusals) = (recusals(state, year), refusals(state, year));
    let recused = recusals.iter().map(|row| row.count);
    let refused = refusals.iter().flat_map(|row| [row.recorded, row.counted]);
    let listed = count(flags.len()).saturating_add(count(deadlines.len()));
    let rows = recused.chain(refused).fold(listed, u64::saturating_add);
    let recusal_tallies = tally(state, |assigned| is_in(assigned, year)).into_values().collect();
    let accountability = Some(accountability(state, year));
    DisclosedDeviations { rows, flags, deadlines, recusals, refusals, recusal_tallies, accountability }
}

/// Dossiers opened in the year (Art. 25): counts, and what the deciding organ orders to be published.
fn accountability(state: &State, year: u32) -> DisclosedAccountability {
    let of_year = || state.breaches.values().filter(|breach| is_in(breach.at, year));
    let those = |found: fn(&&Breach) -> bool| count(of_year().filter(found).count());
    let published = of_year().filter_map(|breach| breach.decided.as_ref()?.1.as_ref());
    DisclosedAccountability {
        breaches: those(|_| true),
        serious: those(|breach| breach.assessed.as_ref().is_some_and(|(serious, ..)| *serious)),
        referred: those(|breach| breach.referred.is_some()),
        decided: those(|breach| breach.decided.is_some()),
        published: published.map(Wire::wire).collect(),
    }
}

fn flags(state: &State, year: u32) -> Vec<DisclosedFlag> {
    let of_year = state.flags.iter().filter(|flagged| is_in(flagged.at, year));
    let row = |flagged: &Flagged| DisclosedFlag {
        flag: flagged.flag.as_str().to_owned(),
        subject: flagged.subject.clone(),
        detail: if is_hidden(state, flagged) { String::new() } else { flagged.detail.clone() },
        recorded_at: flagged.at.wire(),
        position: flagged.position.wire(),
        explanations: explanations(state, flagged),
    };
    of_year.map(row).collect()
}

/// What people say of the entry that brought a flag; nothing of one that is not public.
fn explanations(state: &State, flagged: &Flagged) -> Vec<String> {
    let said = state.explanations.get(&flagged.position).filter(|_| !is_hidden(state, flagged));
    said.into_iter().flatten().map(Wire::wire).collect()
}

/// The detail of a flag on a violation whose decision is not public names dates that are not public either.
fn is_hidden(state: &State, flagged: &Flagged) -> bool {
    let violation = ViolationId::new(flagged.subject.as_str()).ok().and_then(|id| state.violations.get(&id));
    flagged.flag == Flag::HandlingAged && violation.is_some_and(Violation::is_hidden)
}

/// D2-D4 of the year's inspections; D5 is the enterprise's time, not a duty.
fn inspections_late(state: &State, year: u32) -> Vec<DisclosedDeadline> {
    let kinds = [Obligation::Report, Obligation::Feedback, Obligation::Publication];
    let of_kind = |kind| {
        let duties = of_year(state, year).filter_map(move |(id, i)| Some((kind, id, i.duties.get(&kind)?)));
        duties.collect::<Vec<_>>()
    };
    let row = |(kind, id, duty): (Obligation, &InspectionId, &Duty)| {
        let (due, at, late_by) =
            (duty.due, duty.met.map(|met| met.at), duty.met.map_or(0, |met| met.late_by));
        let late = at.map_or(duty.missed, |at| at >= end_of(due));
        late.then(|| deadline(kind, id.as_str(), due, at, late_by))
    };
    // Those that were met come first, then those that never were.
    let (met, open): (Vec<_>, Vec<_>) =
        kinds.into_iter().flat_map(of_kind).partition(|(.., duty)| duty.met.is_some());
    met.into_iter().chain(open).filter_map(row).collect()
}

/// D1: the year's plans whose lateness was stated.
fn plans_late(state: &State, year: u32) -> Vec<DisclosedDeadline> {
    let day = state.rules.as_ref().and_then(|rules| due_day_in(year, rules.value.plan_due.as_str()));
    let Some(due) = day else { return vec![] };
    let late = |section: &lotbook_event::SectionId| {
        let subject = plan_subject(year, section);
        let missed = state.obligations.plans_missed.contains(&subject);
        let own = state.plans.values().filter(|p| p.draft.year == year && p.draft.section == *section);
        let met_at = own.filter_map(|plan| plan.adopted).min();
        missed.then(|| deadline(Obligation::Plan, &subject, due, met_at, late_by(state, due, met_at)))
    };
    state.sections.keys().filter_map(late).collect()
}

/// D6 of the year before, which was due in this one.
fn disclosure_late(state: &State, year: u32) -> Option<DisclosedDeadline> {
    let before = year.checked_sub(1)?;
    let record = state.disclosures.get(&before).filter(|record| record.missed)?;
    let due = due_date(state, before)?;
    let met_at = record.published.as_ref().map(|(at, _)| *at);
    let late_by = late_by(state, due, met_at);
    Some(deadline(Obligation::Disclosure, &before.to_string(), due, met_at, late_by))
}

fn late_by(state: &State, due: Date, met_at: Option<Instant>) -> u32 {
    met_at.map_or(0, |at| state.calendar.working_days_between(due, date_of(at)))
}

fn deadline(
    kind: Obligation,
    subject: &str,
    due: Date,
    met_at: Option<Instant>,
    late: u32,
) -> DisclosedDeadline {
    DisclosedDeadline {
        obligation: kind.wire(),
        subject: subject.to_owned(),
        due: due.wire(),
        met_at: met_at.wire(),
        late_by: late,
    }
}

fn recusals(state: &State, year: u32) -> Vec<DisclosedRecusals> {
    let mut kinds = BTreeMap::<_, u64>::new();
    for recusal in state.recusals.values().filter(|recusal| is_of_year(state, &recusal.inspection, year)) {
        let decision = recusal.decided.map(|decided| decided.decision);
        let count = kinds.entry((recusal.ground, decision, came_of(recusal))).or_default();
        *count = count.saturating_add(1);
    }
    let row = |((ground, decision, outcome), count): ((_, Option<RecusalDecision>, &str), u64)| {
        let ground = lotbook_event::recusal::RecusalGround::wire(&ground);
        DisclosedRecusals { ground, decision: decision.wire(), outcome: outcome.to_owned(), count }
    };
    kinds.into_iter().map(row).collect()
}

fn came_of(recusal: &Recusal) -> &'static str {
    match (&recusal.outcome, recusal.is_pending()) {
        (Some(Outcome::Changed), _) => "changed",
        (Some(Outcome::Exhausted { .. }), _) => "exhausted",
        (None, true) => "pending",
        (None, false) => "rejected",
    }
}

/// Refusals counted beyond the limit belong to the hour in which they were refused.
fn refusals(state: &State, year: u32) -> Vec<DisclosedRefusals> {
    let mut codes = BTreeMap::<&str, (u64, u64)>::new();
    for (_, _, refused) in state.refusals.recorded.iter().filter(|(_, at, _)| is_in(*at, year)) {
        let (recorded, _) = codes.entry(refused.code.as_str()).or_default();
        *recorded = recorded.saturating_add(1);
    }
    let counted = state.refusals.counted.iter().filter(|(_, _, counted)| is_in(counted.hour, year));
    for row in counted.flat_map(|(_, _, counted)| &counted.refusals) {
        let (_, counted) = codes.entry(row.code.as_str()).or_default();
        *counted = counted.saturating_add(row.count);
    }
    let row = |(code, (recorded, counted)): (&str, _)| DisclosedRefusals {
        code: code.to_owned(),
        recorded,
        counted,
    };
    codes.into_iter().map(row).collect()
}
