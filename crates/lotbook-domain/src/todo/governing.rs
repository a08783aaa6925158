//! Plans and schemes, their publication, keys to confirm, approvals (Arts. 9, 12, 14).

use super::{Todo, View};
use crate::article::a14_void::voidable;
use crate::ceremony::{Ceremony, Stage};
use crate::civil::{due_day_in, plus_days, year_of};
use crate::disclosure::due_date;
use crate::due::plan_subject;
use crate::key::Key;
use crate::person;
use crate::registry::ItemPhase;
use crate::state::{Origin, PlanRecord};
use lotbook_chain::KeyId;
use lotbook_event::{PlanId, SectionId};

/// Plans of the section that are not adopted, or not there at all, and batches without a scheme.
pub(super) fn plans(view: &View<'_>, section: &SectionId) -> Vec<Todo> {
    let own = || view.state.plans.iter().filter(|(_, plan)| plan.draft.section == *section);
    let drafts = own().filter(|(_, plan)| plan.adopted.is_none());
    let mut all: Vec<_> = drafts.map(|(id, plan)| adopt(view, id, plan)).collect();
    let year = year_of(view.today());
    let inspects = view
        .state
        .items
        .values()
        .any(|record| record.phase == ItemPhase::Published && record.item.section == *section);
    if inspects && !own().any(|(_, plan)| plan.draft.year == year) {
        all.push(Todo {
            subject: plan_subject(year, section),
            about: String::new(),
            what: format!("Make the plan of {year}, and adopt it"),
            what_zh: "制定年度检查计划",
            article: 12,
            due: plan_day(view, year),
            command: "import PLAN.toml".into(),
        });
    }
    let adopted = own().filter(|(_, plan)| plan.adopted.is_some());
    all.extend(adopted.flat_map(|(id, plan)| schemes(view, id, plan)));
    all
}

/// The day of Art. 12; it is never moved.
fn plan_day(view: &View<'_>, year: u32) -> Option<super::DueBy> {
    let rules = view.state.rules.as_ref()?;
    due_day_in(year, rules.value.plan_due.as_str()).map(|day| view.day(day))
}

fn adopt(view: &View<'_>, id: &PlanId, plan: &PlanRecord) -> Todo {
    let section = &plan.draft.section;
    Todo {
        subject: id.to_string(),
        about: plan.draft.title.to_string(),
        what: "Adopt the plan".into(),
        what_zh: "确定年度检查计划",
        article: 12,
        due: plan_day(view, plan.draft.year),
        command: format!(
            "submit --event PlanAdopted --role section_officer --section {section} --set plan={id} --set adopted_on=YYYY-MM-DD"
        ),
    }
}

/// A scheme is older than the rule set's days when the draw begins.
fn schemes(view: &View<'_>, id: &PlanId, plan: &PlanRecord) -> Vec<Todo> {
    let Some(rules) = &view.state.rules else { return vec![] };
    let age = i64::from(rules.value.scheme_min_age_days);
    let without = plan.draft.batches.iter().filter(|batch| {
        let record = view.state.batches.get(&(id.clone(), batch.batch.clone()));
        record.is_some_and(|record| record.scheme.is_none() && record.drawn.is_none())
    });
    let todo = without.map(|batch| Todo {
        subject: format!("{id}/{}", batch.batch),
        about: batch.name.to_string(),
        what: format!("Adopt a scheme for the batch, {age} days before its draw"),
        what_zh: "制定检查方案",
        article: 14,
        due: Some(view.day(plus_days(batch.draw_from, -age))),
        command: "import SCHEMES.toml".into(),
    });
    todo.collect()
}

/// Adopted plans that are not published (Art. 6).
pub(super) fn publications(view: &View<'_>) -> Vec<Todo> {
    let open = view.state.plans.iter().filter(|(_, plan)| plan.adopted.is_some() && plan.published.is_none());
    let todo = open.map(|(id, plan)| Todo {
        subject: id.to_string(),
        about: plan.draft.title.to_string(),
        what: "Publish the plan".into(),
        what_zh: "公布年度检查计划",
        article: 6,
        due: None,
        command: format!(
            "submit --event PlanPublished --role publisher --set plan={id} --set published_on=YYYY-MM-DD"
        ),
    });
    todo.collect()
}

/// The disclosure of last year, from January until it is published (Art. 23).
pub(super) fn disclosure(view: &View<'_>) -> Option<Todo> {
    let year = year_of(view.today()).checked_sub(1)?;
    let own = view.state.began.is_some_and(|began| year_of(began) <= year);
    let record = view.state.disclosures.get(&year);
    if !own || record.is_some_and(|record| record.published.is_some()) {
        return None;
    }
    let derived = record.is_some_and(|record| record.generated.is_some());
    let (what, what_zh, more) = if derived {
        ("Publish the year's disclosure as derived", "公布年度执行情况", " --receipt REF")
    } else {
        ("Have the year's disclosure derived", "生成年度执行情况", "")
    };
    Some(Todo {
        subject: year.to_string(),
        about: String::new(),
        what: what.into(),
        what_zh,
        article: 23,
        due: due_date(view.state, year).map(|day| view.day(day)),
        command: format!("result disclose --year {year}{more}"),
    })
}

/// Keys that wait for the leader, and inspections under Art. 9 with another cause.
pub(super) fn leader(view: &View<'_>) -> Vec<Todo> {
    let mut all = keys_and_approvals(view);
    let drawn = view.state.ceremonies.values().filter(|ceremony| ceremony.stage == Stage::Drawn);
    all.extend(drawn.filter_map(|ceremony| void(view, ceremony)));
    all
}

/// What somebody else proposes to void, as long as it can be.
fn void(view: &View<'_>, ceremony: &Ceremony) -> Option<Todo> {
    let mut proposals = ceremony.proposals.values();
    let proposal = proposals.find(|proposal| !person::same(view.state, proposal.by, view.key))?;
    voidable(view.state, &ceremony.draw).ok()?;
    Some(Todo {
        subject: ceremony.draw.to_string(),
        about: proposal.basis.to_string(),
        what: format!("Void the draw, or leave it: supervision proposes it ({})", proposal.ground),
        what_zh: "决定是否撤销抽取",
        article: 14,
        due: None,
        command: format!("draw void --draw {} --confirm", ceremony.draw),
    })
}

fn keys_and_approvals(view: &View<'_>) -> Vec<Todo> {
    let alive = view.state.keys.iter().filter(|(_, key)| key.revoked.is_none());
    let mut all: Vec<_> = alive.flat_map(|(id, key)| registrations(view, id, key)).collect();
    all.extend(view.state.inspections.iter().filter_map(|(id, inspection)| match &inspection.origin {
        Origin::Direct { approved: false, by, .. } if !person::same(view.state, *by, view.key) => {
            Some(Todo {
                subject: id.to_string(),
                about: view.firm(inspection),
                what: "Approve the inspection without a draw, or leave it".into(),
                what_zh: "批准非抽取检查",
                article: 9,
                due: None,
                command: format!("inspection approve --inspection {id}"),
            })
        }
        _ => None,
    }));
    all
}

fn registrations(view: &View<'_>, id: &KeyId, key: &Key) -> Vec<Todo> {
    let waiting = key.grants.iter().filter(|(_, grant)| !grant.confirmed && grant.registered_by != view.key);
    let todo = waiting.map(|((role, section), grant)| {
        let section = section.as_ref().map_or(String::new(), |section| format!(" of {section}"));
        Todo {
            subject: id.to_string(),
            about: grant.person.clone(),
            what: format!("Confirm the key of {} as {role}{section}", grant.person),
            what_zh: "确认密钥",
            article: 0,
            due: None,
            command: format!("key confirm {id}"),
        }
    });
    todo.collect()
}
