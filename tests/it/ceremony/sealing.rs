//! A reveal is for one sealing: who was shown another list of committers does not open anything under this one.

use super::{ceremony, code};
use crate::pool::{commit, open, plan_and_scheme};
use crate::refusals::opening;
use crate::world::World;
use lotbook_chain::EntryHash;
use lotbook_domain::ceremony::Stage;
use lotbook_event::ceremony::SeedRevealed;
use lotbook_event::keys::Role;
use lotbook_event::{Bytes32, DrawId};

#[tokio::test(flavor = "multi_thread")]
async fn a_reveal_under_another_sealing_is_refused() {
    let mut world = World::new().await;
    plan_and_scheme(&mut world, "P-2026-S05", "S05", &["K01"], 2).await;
    open(&mut world, "S05", opening("P-2026-S05", "B2")).await;
    let draw = DrawId::new("P-2026-S05/B2.1").unwrap();
    let parts = [
        ("section_officer-S05", Role::SectionOfficer, Some("S05"), [1; 32]),
        ("supervisor", Role::Supervisor, None, [2; 32]),
        ("notary", Role::Notary, None, [3; 32]),
    ];
    for (key, role, section, secret) in parts {
        commit(&mut world, &draw, key, role, section, secret).await;
    }
    let own = ceremony(&world, &draw).sealed.unwrap();
    let of_another_draw = ceremony(&world, &DrawId::new("P-2026-S04/B1.1").unwrap()).sealed.unwrap();
    let reveal = |sealed, secret| SeedRevealed { draw: draw.clone(), sealed, secret: Bytes32(secret) };
    for other in [of_another_draw, ceremony(&world, &draw).opened, EntryHash::ZERO] {
        let result = world.state("notary", Role::Notary, None, reveal(other, [3; 32])).await;
        assert_eq!(code(result), "OPENING_MISMATCH");
    }
    for (key, role, section, secret) in parts {
        world.state(key, role, section, reveal(own, secret)).await.unwrap();
    }
    assert_eq!(ceremony(&world, &draw).stage, Stage::Drawn);
    world.verify().await;
}
