//! Art. 16: two sections inspect together, with seats that ask for different things: the draw over gRPC, from the plans
//! of both to teams whose every member has what their seat asks for.

use crate::ceremony::{ceremony, certificate, code};
use crate::pool::commit;
use crate::refusals::{adopt, opening, plan_like, scheme_like};
use crate::world::{DAY, World};
use lotbook_domain::ceremony::Stage;
use lotbook_event::ceremony::SeedRevealed;
use lotbook_event::keys::Role;
use lotbook_event::plan::{BatchJoin, PlanDrafted, Seat};
use lotbook_event::{BatchId, Bytes32, DrawId, ItemId, PlanId, SectionId, Text};
use std::collections::{BTreeMap, BTreeSet};

const PLAN: &str = "P-2026-S05";
/// What the two seats ask for.
const SEATS: [&str; 2] = ["通信警报", "质量检测"];

fn set<T: Ord>(values: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    values.into_iter().collect()
}

/// S05's plan has the batch; S02's joins it with an item of its own.
fn plans(world: &World) -> (PlanDrafted, PlanDrafted) {
    let mut own = plan_like(world, PLAN, "S05", &["K01", "K03"]);
    own.batches[0].sections = set(["S02", "S05"].map(|section| SectionId::new(section).unwrap()));
    let mut joining = plan_like(world, "P-2026-S02", "S02", &[]);
    joining.batches.clear();
    joining.joins = vec![BatchJoin {
        plan: PlanId::new(PLAN).unwrap(),
        batch: BatchId::new("B2").unwrap(),
        items: set([ItemId::new("K03").unwrap()]),
    }];
    (own, joining)
}

/// Everybody takes part; of the drawing section that officer whose key is named.
async fn held(world: &mut World, draw: &DrawId) {
    let parts = [
        ("section_officer-S02", Role::SectionOfficer, Some("S02"), [1; 32]),
        ("section_officer-S05", Role::SectionOfficer, Some("S05"), [2; 32]),
        ("supervisor", Role::Supervisor, None, [3; 32]),
        ("notary", Role::Notary, None, [4; 32]),
    ];
    let takes_part =
        |world: &World, name: &str| ceremony(world, draw).part(&world.key(name).public().key_id()).is_some();
    let parts: Vec<_> = parts.into_iter().filter(|(name, ..)| takes_part(world, name)).collect();
    assert_eq!(parts.len(), 3, "one of the drawing sections, and two from outside");
    for (key, role, section, secret) in &parts {
        commit(world, draw, key, *role, *section, *secret).await;
    }
    let sealed = ceremony(world, draw).sealed.unwrap();
    for (key, role, section, secret) in parts {
        let event = SeedRevealed { draw: draw.clone(), sealed, secret: Bytes32(secret) };
        world.state(key, role, section, event).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sections_draw_together_and_every_seat_is_filled_by_somebody_who_has_what_it_asks_for() {
    let mut world = World::new().await;
    let (own, joining) = plans(&world);
    adopt(&mut world, own).await;
    let mut scheme = scheme_like(&world, "F-joint", PLAN);
    let seat = |accepts: &str| Seat { accepts: set([Text::new(accepts).unwrap()]) };
    scheme.seats = SEATS.map(seat).into();
    // Few have what is asked for: whoever is drawn, there is a team for each, taken alone, and so for all.
    scheme.max_load = 200;
    world.state("section_officer-S05", Role::SectionOfficer, Some("S05"), scheme).await.unwrap();
    world.wait(4 * DAY).await;
    let open = |section: &'static str| (format!("draw_operator-{section}"), Some(section));
    let (key, section) = open("S05");
    let alone = world.state(&key, Role::DrawOperator, section, opening(PLAN, "B2")).await;
    assert_eq!(code(alone), "NO_ADOPTED_PLAN", "the other section has not joined");
    adopt(&mut world, joining).await;
    let stranger =
        world.state("draw_operator-S04", Role::DrawOperator, Some("S04"), opening(PLAN, "B2")).await;
    assert_eq!(code(stranger), "OTHER_SECTION");
    world.state(&key, Role::DrawOperator, section, opening(PLAN, "B2")).await.unwrap();
    let draw = DrawId::new(format!("{PLAN}/B2.1")).unwrap();
    held(&mut world, &draw).await;
    assert_eq!(ceremony(&world, &draw).stage, Stage::Drawn);
    let state = world.replica.state();
    let result = ceremony(&world, &draw).completed.clone().unwrap();
    let mut loads = BTreeMap::new();
    let drawn: Vec<_> = state.inspections.values().filter(|i| i.draw() == Some(&draw)).collect();
    assert!(!drawn.is_empty() && drawn.len() == result.selected as usize);
    for inspection in drawn {
        assert_eq!(inspection.team.len(), SEATS.len());
        assert_ne!(inspection.team[0], inspection.team[1]);
        for (who, asked) in inspection.team.iter().zip(SEATS) {
            let has = &state.inspectors[who].row.qualifications;
            assert!(has.contains(&Text::new(asked).unwrap()), "{who} sits where {asked} is asked for");
            *loads.entry(who.clone()).or_insert(0_u32) += 1;
        }
        let firm = &state.enterprises[&inspection.uscc];
        assert_eq!(firm.draws.last().unwrap().units, set(["S02", "S05"].map(|s| SectionId::new(s).unwrap())));
    }
    assert!(loads.values().all(|load| (result.lo..=result.hi).contains(load)));
    let made = certificate(&world, &draw, &[]).await;
    assert_eq!(made.seats, SEATS.map(|one| vec![one.to_owned()]));
    world.verify().await;
}
