//! The pure side of `todo`: in order, nothing twice, and every command is one that the program takes.

use crate::commands_recusal::draw_b3;
use crate::world::World;
use clap::Parser;
use lotbook::cli::Cli;
use lotbook_chain::{Instant, KeyId};
use lotbook_domain::todo::{Todo, todo};

fn everybody(world: &World) -> Vec<(KeyId, Vec<Todo>)> {
    let state = world.replica.state();
    state.keys.keys().map(|key| (*key, todo(state, *key, state.head.recorded_at))).collect()
}

fn is_well_formed(all: &[Todo]) {
    let at = |todo: &Todo| todo.due.map_or(Instant(i64::MAX), |due| due.at);
    assert!(all.windows(2).all(|pair| at(&pair[0]) <= at(&pair[1])), "{all:#?}");
    for duty in all {
        assert!(!duty.what.is_empty() && !duty.what_zh.is_ascii() && !duty.subject.is_empty(), "{duty:?}");
        assert_eq!(
            all.iter().filter(|other| other.command == duty.command && other.subject == duty.subject).count(),
            1
        );
        let filled = duty.command.replace("KIND", "punishment").replace("OUTCOME", "no_problem");
        let words = std::iter::once("lotbook").chain(filled.split(' '));
        let words = words.chain(["--server", "http://127.0.0.1:1", "--key", "k"]);
        let parsed = Cli::try_parse_from(words);
        assert!(parsed.is_ok(), "`{}` is no command: {}", duty.command, parsed.unwrap_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn duties_are_in_order_once_each_and_their_commands_are_commands() {
    let mut world = World::new().await;
    let before = everybody(&world);
    before.iter().for_each(|(_, all)| is_well_formed(all));
    draw_b3(&mut world).await;
    let after = everybody(&world);
    after.iter().for_each(|(_, all)| is_well_formed(all));
    let notices =
        after.iter().flat_map(|(_, all)| all).filter(|duty| duty.command.starts_with("inspection notice"));
    assert_eq!(notices.count(), 8 * 3, "eight enterprises with teams of three");
    world.verify().await;
}
