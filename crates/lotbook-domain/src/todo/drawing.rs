//! What ceremonies and recusals ask for: commitments, reveals, openings, decisions (Arts. 14, 15).

use super::{Todo, View};
use crate::article::a14_beacon::{OVERDUE_SECONDS, fixed_at};
use crate::article::a14_draw::{DAY_SECONDS, failures, reusable};
use crate::article::a14_extension;
use crate::article::a15_recusal::by_rule;
use crate::beacon;
use crate::ceremony::{Ceremony, Stage};
use crate::civil::date_of;
use crate::person;
use crate::recusal::{Recusal, first_before};
use crate::staffing::Unstaffed;
use crate::state::{BatchKey, BatchRecord, Inspection};
use crate::substitution::open_ceremony;
use lotbook_event::ceremony::Purpose;
use lotbook_event::recusal::{RecusalDecision, RecusalGround};
use lotbook_event::{RecusalId, SectionId};

/// Commitments, reveals and beacons of the ceremonies in which the key takes part.
pub(super) fn ceremonies(view: &View<'_>) -> Vec<Todo> {
    let held = || view.state.ceremonies.values();
    let own = held().filter(|ceremony| ceremony.part(&view.key).is_some());
    let beacons = own.filter_map(|ceremony| round(view, ceremony));
    held().filter_map(|ceremony| part(view, ceremony)).chain(beacons).collect()
}

/// A round that is published and not recorded; anybody may bring it, and who takes part is told.
fn round(view: &View<'_>, ceremony: &Ceremony) -> Option<Todo> {
    let mut awaited = ceremony.awaited().filter(|_| ceremony.stage == Stage::Closed);
    let awaited = awaited.find(|one| beacon::time_of(one) <= view.now)?;
    let chain = lotbook_draw::Hex(awaited.chain_hash.0);
    Some(Todo {
        subject: ceremony.draw.to_string(),
        about: format!("chain {chain}"),
        what: format!("Bring round {} of the beacon", awaited.round),
        what_zh: "记录信标轮次",
        article: 14,
        due: fixed_at(ceremony).map(|fixed| view.at(fixed.plus_seconds(OVERDUE_SECONDS))),
        command: format!("beacon record --draw {} --chain {chain} --file ROUND.json", ceremony.draw),
    })
}

fn part(view: &View<'_>, ceremony: &Ceremony) -> Option<Todo> {
    ceremony.part(&view.key)?;
    let stated = &ceremony.frozen.as_ref()?.stated;
    let committed = ceremony.commitments.contains_key(&view.key);
    let revealed = ceremony.reveals.contains_key(&view.key);
    let (step, what, what_zh, until) = match ceremony.stage {
        Stage::Committing if !committed => {
            ("commit", "Commit to your random bytes", "提交随机数承诺", stated.commit_deadline)
        }
        Stage::Revealing if committed && !revealed => {
            ("reveal", "Reveal your random bytes", "揭示随机数", stated.reveal_deadline)
        }
        _ => return None,
    };
    Some(Todo {
        subject: ceremony.draw.to_string(),
        about: String::new(),
        what: what.into(),
        what_zh,
        article: if ceremony.recusal.is_some() { 15 } else { 14 },
        due: Some(view.at(until)),
        command: format!("ceremony {step} --draw {}", ceremony.draw),
    })
}

/// Batches whose draw has begun to be due, and recusals that wait for their draw.
pub(super) fn operator(view: &View<'_>, section: &SectionId) -> Vec<Todo> {
    let own = view.state.batches.iter().filter(|(_, record)| record.batch.sections.contains(section));
    let due = own.filter(|(key, record)| {
        let plan = view.state.plans.get(&key.0);
        let known = view.state.embargoes.get(*key).is_some_and(|embargo| embargo.released.is_some());
        plan.is_some_and(|plan| plan.adopted.is_some()) && !known && may_be_drawn(view, record)
    });
    let batches = due.map(|((plan, id), record)| Todo {
        subject: format!("{plan}/{id}"),
        about: record.batch.name.to_string(),
        what: "Open the draw of the batch".into(),
        what_zh: "开启批次抽取",
        article: 14,
        due: Some(view.day(record.batch.draw_to)),
        command: format!("ceremony open --batch {plan}/{id}"),
    });
    let unstaffed =
        view.state.batches.iter().filter_map(|(key, record)| staffing(view, section, key, record));
    let recusals = view.state.recusals.iter().filter_map(|(id, recusal)| draw(view, section, id, recusal));
    batches.chain(unstaffed).chain(recusals).collect()
}

/// A batch whose selection waits for inspectors, and nothing of it is open.
fn staffing(view: &View<'_>, section: &SectionId, key: &BatchKey, record: &BatchRecord) -> Option<Todo> {
    let waits = record.batch.sections.contains(section)
        && Unstaffed::of(view.state, key).is_ok()
        && open_ceremony(view.state, key).is_none();
    let (plan, id) = key;
    let approved = a14_extension::is_approved(view.state, key).is_ok();
    (waits && approved).then(|| Todo {
        subject: format!("{plan}/{id}"),
        about: record.batch.name.to_string(),
        what: "Open the draw of inspectors, once the roster can staff the enterprises drawn".into(),
        what_zh: "补充人员后开启检查人员抽取",
        article: 14,
        due: record.scheme.as_ref().map(|scheme| view.day(scheme.value.window_to)),
        command: format!("ceremony open --batch {plan}/{id} --inspectors"),
    })
}

/// Draws whose inspectors' pool may only be extended by what supervision approves.
pub(super) fn extensions(view: &View<'_>) -> Vec<Todo> {
    let state = view.state;
    let waits = state
        .batches
        .iter()
        .filter(|(key, _)| open_ceremony(state, key).is_none() && !state.embargoes.contains_key(*key));
    let todo = waits.filter_map(|(key, record)| {
        let unstaffed = Unstaffed::of(state, key).ok().filter(|found| found.extension.is_empty())?;
        Some(Todo {
            subject: unstaffed.draw.to_string(),
            about: record.batch.name.to_string(),
            what: "Approve by which qualification or section the inspectors' pool is extended".into(),
            what_zh: "批准按资质或科室扩充人员池",
            article: 14,
            due: record.scheme.as_ref().map(|scheme| view.day(scheme.value.window_to)),
            command: format!(
                "draw extend --draw {} --qualification QUALIFICATION --reason REASON",
                unstaffed.draw
            ),
        })
    });
    todo.collect()
}

/// Scheme old enough, window begun, nothing drawn, nothing open, and not failed too often.
fn may_be_drawn(view: &View<'_>, record: &BatchRecord) -> bool {
    let Some(rules) = &view.state.rules else { return false };
    let age = i64::from(rules.value.scheme_min_age_days) * DAY_SECONDS;
    let scheme = record.scheme.as_ref().map(|scheme| scheme.recorded_at.plus_seconds(age));
    let open = |draw| view.state.ceremonies.get(draw).is_some_and(|held| held.terminal.is_none());
    scheme.is_some_and(|from| from <= view.now)
        && record.batch.draw_from <= view.today()
        && record.drawn.is_none()
        && !record.attempts.iter().any(open)
        && !beacon::lacking(
            reusable(view.state, record, Purpose::Batch),
            failures(view.state, &record.attempts, Purpose::Batch),
            &rules.value,
        )
}

/// A granted recusal whose turn it is.
fn draw(view: &View<'_>, section: &SectionId, id: &RecusalId, recusal: &Recusal) -> Option<Todo> {
    let (state, granted) = (view.state, recusal.granted()?);
    let batch = recusal.batch(state)?;
    let inspection = state.inspections.get(&recusal.inspection);
    let record = state.batches.get(batch)?;
    let waits = record.batch.sections.contains(section)
        && recusal.is_open(state)
        && recusal.may_be_drawn(state)
        && open_ceremony(state, batch).is_none()
        && first_before(state, batch, granted.position).is_none();
    let (what, what_zh) = match granted.decision {
        RecusalDecision::Swap => ("Open the draw of the counterpart", "开启交换对象抽取"),
        _ => ("Open the draw of the substitute", "开启替代人员抽取"),
    };
    waits.then(|| Todo {
        subject: id.to_string(),
        about: inspection.map(|inspection| view.firm(inspection)).unwrap_or_default(),
        what: format!("{what} for {}", recusal.who()),
        what_zh,
        article: 15,
        due: inspection.and_then(|inspection| visit(view, inspection)).or_else(|| window(view, record)),
        command: format!("recusal open {id}"),
    })
}

/// The day of the visit, or the end of its time slot.
pub(super) fn visit(view: &View<'_>, inspection: &Inspection) -> Option<super::DueBy> {
    let scheme = inspection.batch().and_then(|batch| view.state.batches.get(batch)?.scheme.as_ref());
    let day = inspection.visit_on.or(scheme.map(|scheme| scheme.value.window_to));
    day.map(|day| view.day(day))
}

/// The end of the time slot: of an enterprise under embargo no other day is known.
fn window(view: &View<'_>, record: &BatchRecord) -> Option<super::DueBy> {
    record.scheme.as_ref().map(|scheme| view.day(scheme.value.window_to))
}

/// Recusals that somebody else asked for, and that concern somebody else.
pub(super) fn approver(view: &View<'_>) -> Vec<Todo> {
    let state = view.state;
    let undecided = state.recusals.iter().filter(|(_, recusal)| recusal.decided.is_none());
    let others = undecided.filter(|(_, recusal)| {
        !person::same(state, recusal.requested_by, view.key)
            && recusal.inspector.as_ref().is_none_or(|who| !person::is_inspector(state, view.key, who))
    });
    others.filter_map(|(id, recusal)| decision(view, id, recusal)).collect()
}

fn decision(view: &View<'_>, id: &RecusalId, recusal: &Recusal) -> Option<Todo> {
    let record = recusal.batch(view.state).and_then(|batch| view.state.batches.get(batch));
    if recusal.inspector.is_none() {
        return unnamed_decision(view, id, recusal, record?);
    }
    let inspection = view.state.inspections.get(&recusal.inspection)?;
    let in_team = recusal.is_in(&inspection.team);
    let granted = by_rule(view.state, recusal, inspection).ok().filter(|_| in_team);
    let (decision, because) = match granted {
        Some((decision, because)) => {
            (decision.code(), format!("{} if you grant it: {because}", decision.code()))
        }
        None => ("reject", "there is nothing to grant any more".into()),
    };
    let asked = date_of(recusal.requested_at);
    Some(Todo {
        subject: id.to_string(),
        about: view.firm(inspection),
        what: format!("Decide the recusal of {} asked for on {asked} ({because}; or reject)", recusal.who()),
        what_zh: "决定回避申请",
        article: 15,
        due: visit(view, inspection),
        command: format!("recusal decide {id} {decision}"),
    })
}

/// Under embargo: a first conflict is a swap, everything else a withdrawal; the ledger knows which it is.
fn unnamed_decision(
    view: &View<'_>,
    id: &RecusalId,
    recusal: &Recusal,
    record: &BatchRecord,
) -> Option<Todo> {
    let (decision, because) = match recusal.ground {
        RecusalGround::Conflict => ("swap", "swap at a first conflict in the batch, else withdraw"),
        RecusalGround::Unavailable | RecusalGround::Declined => ("withdraw", "withdraw if you grant it"),
    };
    let asked = date_of(recusal.requested_at);
    Some(Todo {
        subject: id.to_string(),
        about: record.batch.name.to_string(),
        what: format!("Decide the recusal of {} asked for on {asked} ({because}; or reject)", recusal.who()),
        what_zh: "决定回避申请",
        article: 15,
        due: window(view, record),
        command: format!("recusal decide {id} {decision}"),
    })
}
