//! Art. 4: sections inspect together. One team, one report, whose clock starts with the last item result.

use crate::pool::draw_comprehensive;
use crate::refusals::{adopt, plan_like};
use crate::steps::*;
use crate::world::{DAY, World};
use lotbook_domain::state::Phase;
use lotbook_event::inspection::ItemOutcome::NoProblem;
use lotbook_event::oversight::Obligation;
use lotbook_event::{Date, Flag, InspectionId, PlanId, Text};
use std::collections::BTreeSet;

/// Day 0 and last day of the duty to report, while it runs.
fn report_clock(world: &World, id: &InspectionId) -> Option<(Date, Date)> {
    let duty = world.replica.state().inspections[id].open_duty(Obligation::Report);
    duty.map(|duty| (duty.start, duty.due))
}

fn phase(world: &World, id: &InspectionId) -> Phase {
    world.replica.state().inspections[id].phase
}

#[tokio::test(flavor = "multi_thread")]
async fn its_clock_starts_with_the_last_item_and_not_with_the_conclusions() {
    let mut world = World::new().await;
    let drawn = draw_comprehensive(&mut world).await;
    let (first, second) = (&drawn[0].0, &drawn[1].0);
    until(&mut world, "2026-09-21", 10).await;
    for id in [first, second] {
        let event = start(&world, id);
        member(&mut world, id, 0, event).await;
    }
    // The first: everybody concludes on Monday, S01's item has its result on Wednesday.
    member(&mut world, first, 0, item_result(first, "K02", NoProblem)).await;
    for n in 0..3 {
        let event = conclusion(&world, first);
        member(&mut world, first, n, event).await;
    }
    assert_eq!((phase(&world, first), report_clock(&world, first)), (Phase::Started, None));
    let again = conclusion(&world, first);
    assert_eq!(no_member(&mut world, first, 0, again).await.0, "ALREADY_RECORDED");
    assert_eq!(no_member(&mut world, first, 0, report(first)).await.0, "WRONG_PHASE");
    // The second: both items have their results on Monday, the last member concludes on Wednesday.
    for item in ["K10", "K02"] {
        member(&mut world, second, 1, item_result(second, item, NoProblem)).await;
    }
    let due = Some((date("2026-09-21"), date("2026-09-29")));
    assert_eq!((phase(&world, second), report_clock(&world, second)), (Phase::Started, due));
    until(&mut world, "2026-09-23", 10).await;
    member(&mut world, first, 2, item_result(first, "K10", NoProblem)).await;
    let clock = report_clock(&world, first);
    assert_eq!((phase(&world, first), clock.unwrap().0), (Phase::Concluded, date("2026-09-23")));
    let late = item_result(first, "K10", NoProblem);
    assert_eq!(no_member(&mut world, first, 2, late).await.0, "WRONG_PHASE");
    for n in 0..3 {
        assert_eq!(phase(&world, second), Phase::Started);
        let event = conclusion(&world, second);
        member(&mut world, second, n, event).await;
    }
    assert_eq!((phase(&world, second), report_clock(&world, second)), (Phase::Concluded, due));
    let results = &world.replica.state().inspections[first].results;
    let sections: Vec<_> =
        results.iter().map(|(item, result)| (item.as_str(), result.section.as_str())).collect();
    assert_eq!(sections, [("K02", "S04"), ("K10", "S01")]);
    member(&mut world, first, 1, report(first)).await;
    let duty = &world.replica.state().inspections[first].duties[&Obligation::Report];
    assert_eq!((duty.due, duty.met.unwrap().late_by), (clock.unwrap().1, 0));
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_single_section_conclude_after_the_items_and_start_the_clock() {
    let mut world = World::new().await;
    let id = opened(&mut world, "D-1", FIRM).await;
    let event = start(&world, &id);
    member(&mut world, &id, 0, event).await;
    let early = conclusion(&world, &id);
    let (code, found) = no_member(&mut world, &id, 0, early).await;
    assert_eq!(code, "WRONG_PHASE");
    assert!(found.contains("K02"), "{found}");
    member(&mut world, &id, 0, item_result(&id, "K02", NoProblem)).await;
    let event = conclusion(&world, &id);
    member(&mut world, &id, 0, event).await;
    world.wait(DAY).await;
    assert_eq!((phase(&world, &id), report_clock(&world, &id)), (Phase::Started, None));
    let event = conclusion(&world, &id);
    member(&mut world, &id, 1, event).await;
    let today = lotbook_domain::civil::date_of(world.now);
    assert_eq!((phase(&world, &id), report_clock(&world, &id).unwrap().0), (Phase::Concluded, today));
    world.verify().await;
}

/// Subjects and details of MISSED_COMBINATION.
fn missed(world: &World) -> Vec<(String, String)> {
    let flags = world.replica.state().flags.iter().filter(|f| f.flag == Flag::MissedCombination);
    flags.map(|f| (f.subject.clone(), f.detail.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sections_that_plan_the_same_class_at_the_same_time_apart_are_flagged() {
    let mut world = World::new().await;
    assert_eq!(missed(&world), [], "the sample's two sections do it together");
    // Building firms from October: B3 of S04 and S01 has them until the end of October, B2 had them in July.
    let draft = plan_like(&world, "P-2026-S05", "S05", &["K01"]);
    adopt(&mut world, draft.clone()).await;
    let found = missed(&world);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "P-2026-S05/B2");
    assert!(found[0].1.starts_with("P-2026-S04/B3 of section S04"), "{}", found[0].1);
    // S01 is in B3 itself, and flagged with S05's alone.
    let draft = plan_like(&world, "P-2026-S01x", "S01", &["K10"]);
    adopt(&mut world, draft).await;
    let found = missed(&world);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[1].0 == "P-2026-S01x/B2" && found[1].1.starts_with("P-2026-S05/B2 "), "{found:?}");
    // Another class, another time, another year.
    let mut draft = plan_like(&world, "P-2026-S02a", "S02", &["K03"]);
    draft.batches[0].kinds = BTreeSet::from([Text::new("警报设点单位").unwrap()]);
    adopt(&mut world, draft).await;
    let mut draft = plan_like(&world, "P-2026-S02b", "S02", &["K03"]);
    (draft.batches[0].inspect_from, draft.batches[0].inspect_to) = (date("2026-08-01"), date("2026-09-13"));
    adopt(&mut world, draft).await;
    let mut draft = plan_like(&world, "P-2027-S02", "S02", &["K03"]);
    draft.year = 2027;
    adopt(&mut world, draft).await;
    assert_eq!(missed(&world).len(), 2);
    // No class named is every class, the alarm stations of the same section's other plan not counted.
    let mut draft = plan_like(&world, "P-2026-S03", "S03", &["K12"]);
    draft.batches[0].kinds.clear();
    draft.batches[0].registrations = BTreeSet::from([Text::new("存续").unwrap()]);
    adopt(&mut world, draft).await;
    let found = missed(&world);
    let others: Vec<_> = found[2..].iter().map(|(_, detail)| detail.split(' ').next().unwrap()).collect();
    assert_eq!(others, ["P-2026-S01x/B2", "P-2026-S02a/B2", "P-2026-S04/B3", "P-2026-S05/B2"]);
    let state = world.replica.state();
    assert!(state.plans[&PlanId::new("P-2026-S03").unwrap()].adopted.is_some(), "flagged, not refused");
    world.verify().await;
}
