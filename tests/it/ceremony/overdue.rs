//! A draw whose result is fixed and that nobody records: after a day nothing else is drawn or started.

use super::{ceremony, code, held, league, next, with_league};
use crate::steps::{direct, flagged, inspection, office};
use crate::world::{DAY, World};
use lotbook_client::proto::ListObligationsRequest;
use lotbook_domain::beacon::time_of;
use lotbook_event::Flag;
use lotbook_event::ceremony::Purpose;
use lotbook_event::inspection::InspectionStarted;
use lotbook_event::keys::Role;
use lotbook_event::proto::{Obligation, ObligationState};

/// How the duty D7 of a draw stands on the board, whether it is late, and when it was met.
async fn duty(world: &World, draw: &lotbook_event::DrawId) -> (ObligationState, bool, Option<i64>) {
    let query = ListObligationsRequest { kind: Obligation::Draw.into(), ..Default::default() };
    let rows = world.client.list(query).await.unwrap();
    let row = rows.iter().find(|row| row.subject == draw.as_str()).unwrap();
    assert_eq!(row.sections, ["S01", "S04"], "those of the comprehensive batch");
    (row.state(), row.late, row.met_at)
}

/// Moves the clock to some seconds before or after the moment at which a draw becomes overdue.
async fn to_the_day(world: &mut World, draw: &lotbook_event::DrawId, seconds: i64) {
    let fixed = time_of(&league::awaited(world, draw));
    let wait = (fixed.plus_seconds(DAY + seconds).0 - world.now.0).div_euclid(1_000_000);
    world.wait(wait).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_after_its_round_an_unrecorded_draw_stops_the_office_until_it_is_recorded() {
    let mut world = with_league().await;
    let complaint = direct(&world, "D-overdue", crate::steps::FIRM);
    office(&mut world, Role::SectionOfficer, Some("S04"), complaint).await;
    let draw = held(&mut world, &[]).await;
    assert_eq!(duty(&world, &draw).await, (ObligationState::Running, false, None));
    let start =
        |world: &World| InspectionStarted { inspection: inspection("D-overdue"), occurred_at: world.now };
    let member = crate::steps::member_key(&world, &inspection("D-overdue"), 0);
    to_the_day(&mut world, &draw, -2).await;
    assert!(!ceremony(&world, &draw).overdue);
    to_the_day(&mut world, &draw, 2).await;
    assert!(ceremony(&world, &draw).overdue);
    let flags = flagged(&world, Flag::DrawOverdue, draw.as_str());
    assert!(flags.len() == 1 && flags[0].contains("round"), "{flags:?}");
    assert_eq!(duty(&world, &draw).await, (ObligationState::Late, true, None));
    // Not once a second: it has been stated.
    world.wait(2 * DAY).await;
    assert_eq!(flagged(&world, Flag::DrawOverdue, draw.as_str()).len(), 1);
    let other = next(&world, Purpose::Batch);
    assert_eq!(code(super::open(&mut world, other).await), "DRAW_OVERDUE");
    let event = start(&world);
    assert_eq!(code(world.state(&member, Role::Inspector, None, event).await), "DRAW_OVERDUE");
    let round = league::round(&world, &draw);
    world.state("notary", Role::Notary, None, round).await.unwrap();
    let recorded = world.now.0;
    assert_eq!(duty(&world, &draw).await, (ObligationState::Met, true, Some(recorded)), "recorded late");
    let event = start(&world);
    world.state(&member, Role::Inspector, None, event).await.unwrap();
    let other = next(&world, Purpose::Batch);
    assert_eq!(code(super::open(&mut world, other).await), "ALREADY_DRAWN", "no longer overdue");
    world.verify().await;
}
