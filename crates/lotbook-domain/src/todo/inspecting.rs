//! What an inspection asks of its team, step by step; who replaces a member under Art. 9 (Arts. 14, 15, 18).

use super::drawing::visit;
use super::{DueBy, Todo, View};
use crate::article::a09_direct::may_start;
use crate::article::a15_recusal::settled;
use crate::article::a22_handling::NEEDS_VIOLATION;
use crate::state::{Inspection, Phase};
use lotbook_event::oversight::Obligation;
use lotbook_event::{InspectionId, SectionId};

/// A step of an inspection: what, in Chinese, article, command without the inspection.
struct Step {
    what: String,
    what_zh: &'static str,
    article: u32,
    due: Option<DueBy>,
    command: String,
}

/// The next steps of every inspection in whose team the inspector is.
pub(super) fn inspector(view: &View<'_>, subject: &str) -> Vec<Todo> {
    let all = view.state.inspections.iter().map(|(id, inspection)| (id, &**inspection));
    let own = all.filter(|(_, inspection)| {
        inspection.closed.is_none() && inspection.team.iter().any(|member| member.as_str() == subject)
    });
    let steps = own.flat_map(|(id, inspection)| {
        steps(view, subject, id, inspection).into_iter().map(move |step| (id, inspection, step))
    });
    let todo = |(id, inspection, step): (&InspectionId, &Inspection, Step)| Todo {
        subject: id.to_string(),
        about: view.firm(inspection),
        what: step.what,
        what_zh: step.what_zh,
        article: step.article,
        due: step.due,
        command: step.command,
    };
    steps.map(todo).collect()
}

fn steps(view: &View<'_>, subject: &str, id: &InspectionId, inspection: &Inspection) -> Vec<Step> {
    let mut steps = match inspection.phase {
        Phase::Assigned if may_start(inspection, id).is_ok() => vec![notice(view, id, inspection)],
        Phase::Notified if settled(view.state, id, inspection).is_ok() => vec![start(view, id, inspection)],
        Phase::Started => on_site(view, subject, id, inspection),
        Phase::Concluded => vec![report(view, id, inspection)],
        Phase::Voided | Phase::Assigned | Phase::Notified | Phase::Reported | Phase::Closed => vec![],
    };
    steps.extend(violations(view, id, inspection));
    steps
}

fn notice(view: &View<'_>, id: &InspectionId, inspection: &Inspection) -> Step {
    Step {
        what: "Tell the enterprise when the team comes".into(),
        what_zh: "告知企业检查时间",
        article: 14,
        due: visit(view, inspection),
        command: format!("inspection notice --inspection {id} --visit-on YYYY-MM-DD"),
    }
}

fn start(view: &View<'_>, id: &InspectionId, inspection: &Inspection) -> Step {
    Step {
        what: "Start the inspection on the day announced".into(),
        what_zh: "按期入企检查",
        article: 14,
        due: visit(view, inspection),
        command: format!("inspection start --inspection {id}"),
    }
}

/// Results of the items that have none; then the member's conclusion.
fn on_site(view: &View<'_>, subject: &str, id: &InspectionId, inspection: &Inspection) -> Vec<Step> {
    let items = view.state.applicable_items(inspection).into_iter();
    let missing: Vec<_> = items.filter(|item| !inspection.results.contains_key(*item)).collect();
    // The clock D2 of a comprehensive inspection runs from its last result on.
    let due = view.duty(inspection, Obligation::Report).or_else(|| visit(view, inspection));
    if missing.is_empty() && !inspection.concluded.iter().any(|member| member.as_str() == subject) {
        return vec![Step {
            what: "Conclude the inspection; every member does".into(),
            what_zh: "确认检查结束",
            article: 18,
            due,
            command: format!("inspection conclude --inspection {id}"),
        }];
    }
    let name = |item| view.state.items.get(item).map_or("", |record| record.item.name.as_str());
    let step = |item| Step {
        what: format!("Confirm the result of item {item} {}", name(item)),
        what_zh: "确认事项检查结果",
        article: 18,
        due,
        command: format!("result confirm --inspection {id} --item {item} --outcome OUTCOME"),
    };
    missing.into_iter().map(step).collect()
}

fn report(view: &View<'_>, id: &InspectionId, inspection: &Inspection) -> Step {
    Step {
        what: "Complete the report (write a template with --template FILE)".into(),
        what_zh: "完成检查报告",
        article: 18,
        due: view.duty(inspection, Obligation::Report),
        command: format!("inspection report --inspection {id} --from FILE"),
    }
}

/// A result that needs a violation has one before the inspection can be closed.
fn violations(view: &View<'_>, id: &InspectionId, inspection: &Inspection) -> Vec<Step> {
    let own = |item: &lotbook_event::ItemId| {
        view.state.violations.values().any(|violation| violation.inspection == *id && violation.item == *item)
    };
    let open = inspection
        .results
        .iter()
        .filter(|(item, result)| NEEDS_VIOLATION.contains(&result.outcome) && !own(item));
    let step = |(item, result): (&lotbook_event::ItemId, &crate::state::ItemResult)| Step {
        what: format!("State the violation that item {item} has ({})", result.outcome),
        what_zh: "登记发现的违法问题",
        article: 22,
        due: None,
        command: format!("result violation found --inspection {id} --item {item} --details-file FILE"),
    };
    open.map(step).collect()
}

/// Inspections under Art. 9 of the section in which a recusal was granted.
pub(super) fn replacements(view: &View<'_>, section: &SectionId) -> Vec<Todo> {
    let state = view.state;
    let granted =
        state.recusals.iter().filter(|(_, recusal)| recusal.granted().is_some() && recusal.is_open(state));
    let own = granted.filter_map(|(id, recusal)| {
        let inspection = state.inspections.get(&recusal.inspection)?;
        let direct = inspection.batch().is_none() && view.inspects(section, inspection);
        direct.then(|| Todo {
            subject: id.to_string(),
            about: view.firm(inspection),
            what: format!("Name another inspector for {}", recusal.who()),
            what_zh: "更换执法检查人员",
            article: 15,
            due: visit(view, inspection),
            command: format!("inspection replace-member --recusal {id} --substitute INSPECTOR"),
        })
    });
    own.collect()
}
