//! What follows an inspection: feedback, publication, comments, violations, close (Arts. 5, 19-22).

use super::{DueBy, Todo, View};
use crate::article::a21_comment::window_over;
use crate::article::a22_handling::{HANDLING_DAYS, outstanding, unresolved};
use crate::civil::{date_of, plus_days};
use crate::person;
use crate::state::{Inspection, Phase, Violation};
use lotbook_event::oversight::Obligation;
use lotbook_event::result::HandlingKind;
use lotbook_event::{InspectionId, SectionId, ViolationId};

/// Feedback to send and to deliver, and what can be closed.
pub(super) fn section_officer(view: &View<'_>, section: &SectionId) -> Vec<Todo> {
    let own =
        view.state.inspections.iter().filter(|(_, inspection)| {
            inspection.phase == Phase::Reported && view.inspects(section, inspection)
        });
    own.filter_map(|(id, inspection)| after_report(view, id, inspection)).collect()
}

fn after_report(view: &View<'_>, id: &InspectionId, inspection: &Inspection) -> Option<Todo> {
    if inspection.dispatched.is_none() {
        let due = view.duty(inspection, Obligation::Feedback);
        let command = format!("result dispatch --inspection {id} --method direct");
        return Some(of_inspection(
            view,
            (id, inspection),
            ("Send the feedback", "发出检查反馈", 19),
            due,
            command,
        ));
    }
    if inspection.delivered.is_none() {
        let command = format!("result deliver --inspection {id} --receipt REF");
        let what = ("State that the feedback was delivered", "登记送达", 20);
        return Some(of_inspection(view, (id, inspection), what, None, command));
    }
    let open = outstanding(view.state, inspection, id, view.now).is_some();
    if open || unresolved(view.state, inspection).is_some() {
        return None;
    }
    let what = ("Close the inspection: nothing is open", "办结", 22);
    Some(of_inspection(view, (id, inspection), what, None, format!("inspection close --inspection {id}")))
}

fn of_inspection(
    view: &View<'_>,
    (id, inspection): (&InspectionId, &Inspection),
    (what, what_zh, article): (&str, &'static str, u32),
    due: Option<DueBy>,
    command: String,
) -> Todo {
    let about = view.firm(inspection);
    Todo { subject: id.to_string(), about, what: what.into(), what_zh, article, due, command }
}

/// Results and decisions to publish.
pub(super) fn publisher(view: &View<'_>) -> Vec<Todo> {
    let inspections = view.state.inspections.iter();
    let unpublished = inspections
        .filter(|(_, inspection)| inspection.phase == Phase::Reported && inspection.published.is_none());
    let results = unpublished.map(|(id, inspection)| {
        let due = view.duty(inspection, Obligation::Publication);
        let command = format!("result publish --inspection {id} --channel necips --receipt REF");
        of_inspection(view, (id, inspection), ("Publish the result", "公示检查结果", 19), due, command)
    });
    let decisions = view.state.violations.iter().filter_map(|(id, violation)| {
        let (kind, ..) = violation.decided.as_ref()?;
        let settled = violation.published.is_some() || violation.withheld.is_some();
        let waits = *kind == HandlingKind::TransferJudicial && violation.acknowledged.is_none();
        let command = format!("result violation publish {id} --receipt REF");
        let what =
            ("Publish the decision, or withhold it (`withhold --ground GROUND`)".into(), "公布处理决定");
        (!settled && !waits).then(|| of_violation(view, (id, violation), what, None, command))
    });
    results.chain(decisions).collect()
}

fn of_violation(
    view: &View<'_>,
    (id, violation): (&ViolationId, &Violation),
    (what, what_zh): (String, &'static str),
    due: Option<DueBy>,
    command: String,
) -> Todo {
    let inspection = view.state.inspections.get(&violation.inspection);
    let about = inspection.map_or(String::new(), |inspection| view.firm(inspection));
    Todo { subject: id.to_string(), about, what, what_zh, article: 22, due, command }
}

/// Comments to answer once their time is over.
pub(super) fn coordinator(view: &View<'_>) -> Vec<Todo> {
    let open = view.state.comments.iter().filter(|(_, comment)| {
        comment.answer.is_none() && window_over(view.state, &comment.inspection, view.now)
    });
    let todo = open.filter_map(|(id, comment)| {
        let inspection = view.state.inspections.get(&comment.inspection)?;
        Some(Todo {
            subject: id.to_string(),
            about: view.firm(inspection),
            what: format!("Answer the comment of {}", date_of(comment.occurred_at)),
            what_zh: "答复企业意见",
            article: 21,
            due: None,
            command: format!("result answer --comment {id} --summary SUMMARY --answer ANSWER"),
        })
    });
    todo.collect()
}

/// Violations to investigate, to decide, and transfers to have acknowledged; not those of an inspection
/// that the handler made.
pub(super) fn handler(view: &View<'_>) -> Vec<Todo> {
    let open = view.state.violations.iter().filter(|(_, violation)| {
        let inspection = view.state.inspections.get(&violation.inspection);
        inspection.is_some_and(|inspection| {
            let own = inspection.team.iter().any(|member| person::is_inspector(view.state, view.key, member));
            inspection.closed.is_none() && !own
        })
    });
    open.filter_map(|(id, violation)| handling(view, id, violation)).collect()
}

fn handling(view: &View<'_>, id: &ViolationId, violation: &Violation) -> Option<Todo> {
    let of = |what: (String, &'static str), due, command| {
        Some(of_violation(view, (id, violation), what, due, command))
    };
    let Some(opened) = violation.investigated else {
        let what = (format!("Investigate the violation at item {}", violation.item), "立案调查");
        return of(what, None, format!("result violation investigate {id}"));
    };
    match &violation.decided {
        None => {
            let due = view.day(plus_days(date_of(opened), HANDLING_DAYS));
            let command =
                format!("result violation decide {id} --kind KIND --decision-no NUMBER --legal-basis BASIS");
            of(("Decide on the violation".into(), "作出处理决定"), Some(due), command)
        }
        Some((HandlingKind::TransferAuthority | HandlingKind::TransferJudicial, ..))
            if violation.acknowledged.is_none() =>
        {
            let what = ("State that the transfer was acknowledged, when it is".into(), "登记移送接收");
            of(what, None, format!("result violation acknowledge {id} --receiver AUTHORITY"))
        }
        Some(_) => None,
    }
}
