//! Ceremonies beyond the simplest, on the real ledger over gRPC (draw.md 1, 5): with beacons, overdue, voided, and of
//! inspectors only. Each ledger is verified offline at the end, where every draw is computed again.

mod beacon;
mod command;
mod grades;
mod held;
mod inspectors;
pub mod league;
mod missing;
mod overdue;
mod quicknet;
mod random;
mod sealing;
mod void;

use crate::recusal::hold;
use crate::refusals::opening;
use crate::world::{DAY, World, refused};
use lotbook::command::reading;
use lotbook_client::{ClientError, Submitted};
use lotbook_domain::ceremony::Ceremony;
use lotbook_draw::Certificate;
use lotbook_event::DrawId;
use lotbook_event::ceremony::{CeremonyOpened, Purpose};
use lotbook_event::keys::Role;
use lotbook_verifier::Stamp;

/// The comprehensive batch of the sample: eight firms, teams of three.
pub const PLAN: &str = "P-2026-S04";

pub fn draw(attempt: u32) -> DrawId {
    DrawId::new(format!("{PLAN}/B3.{attempt}")).unwrap()
}

pub fn ceremony<'a>(world: &'a World, draw: &DrawId) -> &'a Ceremony {
    &world.replica.state().ceremonies[draw]
}

/// The code of a refusal that says what it found.
pub fn code(result: Result<Submitted, ClientError>) -> String {
    let error = refused(result);
    assert!(!error.found.is_empty());
    error.reason
}

/// The next attempt of the batch, linked to the end of the one before.
pub fn next(world: &World, purpose: Purpose) -> CeremonyOpened {
    let state = world.replica.state();
    let plan = lotbook_event::PlanId::new(PLAN).unwrap();
    let attempts = &state.batches[&(plan, lotbook_event::BatchId::new("B3").unwrap())].attempts;
    let previous_terminal = attempts.last().and_then(|draw| state.ceremonies[draw].terminal);
    let attempt = u32::try_from(attempts.len()).unwrap() + 1;
    CeremonyOpened { purpose, attempt, previous_terminal, ..opening(PLAN, "B3") }
}

pub async fn open(world: &mut World, event: CeremonyOpened) -> Result<Submitted, ClientError> {
    world.state("draw_operator-S04", Role::DrawOperator, Some("S04"), event).await
}

/// Opens the next attempt and holds it up to the close; those who stay silent do not reveal.
pub async fn held(world: &mut World, silent: &[&str]) -> DrawId {
    let event = next(world, Purpose::Batch);
    let draw = draw(event.attempt);
    open(world, event).await.unwrap();
    hold(world, &draw, silent).await;
    draw
}

/// A world whose rule set names the league's beacon and is old enough.
pub async fn with_league() -> World {
    let mut world = World::new().await;
    league::adopt(&mut world, "R-2026-league").await;
    world.wait(4 * DAY).await;
    world
}

/// The certificate of a draw, read again and recomputed.
pub async fn certificate(world: &World, draw: &DrawId, stamps: &[Stamp]) -> Certificate {
    let ledger = reading::of_server(&world.client).await.unwrap();
    let state = ledger.verifier.state();
    let made = lotbook_verifier::certificates(state, &ledger.entries, &ledger.note.unwrap(), stamps).unwrap();
    let made = made.into_iter().find(|made| made.draw_id == draw.as_str()).unwrap();
    let read = Certificate::from_json(made.to_json().unwrap().as_bytes()).unwrap();
    read.recompute().unwrap();
    read
}
