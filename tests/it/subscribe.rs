//! Subscriptions that break off: every entry once, in order, whatever the moment.

use crate::steps::{FIRM, direct};
use crate::world::World;
use lotbook_client::{Client, SignedStatement, Verified, VerifiedEntry};
use lotbook_event::keys::Role;
use tokio_stream::StreamExt;

/// Reconnections.
const CUTS: u64 = 100;

/// A small generator (xorshift64*), so that a failure can be played again.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n
    }
}

/// Takes so many entries from a position on, over a connection of its own, and breaks off.
async fn take(world: &World, from: u64, count: u64) -> Vec<VerifiedEntry> {
    let client = Client::connect(&world.serving.url, world.client.trust_root().clone()).await.unwrap();
    let mut events = client.subscribe(from).await.unwrap();
    let mut taken = Vec::new();
    while (taken.len() as u64) < count {
        if let Verified::Entry(entry) = events.next().await.unwrap().unwrap() {
            taken.push(*entry);
        }
    }
    taken
}

async fn reconnect(seed: u64) {
    let mut world = World::new().await;
    let mut random = Random(seed);
    let statements: Vec<SignedStatement> = (0..200)
        .map(|n| {
            let event = direct(&world, &format!("R-{n}"), FIRM);
            let statement = world.statement(Role::SectionOfficer, Some("S04"), event);
            SignedStatement::sign(world.client.trust_root(), &world.key("section_officer-S04"), &statement)
        })
        .collect();
    let (before, client) = (world.size(), world.client.clone());
    let last = before + statements.len() as u64;
    let writing = tokio::spawn(async move {
        for signed in &statements {
            client.submit_signed(signed).await.unwrap();
        }
    });
    let mut seen: Vec<VerifiedEntry> = Vec::new();
    for cut in 0..CUTS {
        // Half of the way through what stands already, the other half at the head that is written.
        let left = last - seen.len() as u64;
        let share = 2 * left / (CUTS - cut);
        let count = if cut + 1 == CUTS { left } else { random.below(share.max(1) + 1).min(left) };
        seen.extend(take(&world, seen.len() as u64, count).await);
    }
    writing.await.unwrap();
    let positions: Vec<u64> = seen.iter().map(|entry| entry.position().0).collect();
    assert_eq!(positions, (0..last).collect::<Vec<_>>(), "seed {seed}");
    for (n, pair) in seen.windows(2).enumerate() {
        assert_eq!(pair[1].entry.previous, pair[0].hash, "seed {seed}: after entry {n}");
    }
    world.follow().await;
    assert_eq!((world.size(), world.replica.state().head.hash), (last, seen.last().unwrap().hash));
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_reconnects_a_hundred_times_sees_every_entry_once_in_order() {
    for seed in [1, 20_260_302] {
        reconnect(seed).await;
    }
}
