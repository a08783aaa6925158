//! Recusals by commands alone: asked for, decided, drawn for, and listed with who came.

use crate::commands_day::{act, todo};
use crate::recovery::program::{arg, done, run};
use crate::world::{DAY, World};
use lotbook_domain::civil::date_of;
use lotbook_event::keys::Role;
use lotbook_event::registry::RosterImported;
use lotbook_event::{Bytes32, Date, Text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Name of the key file of each key id.
fn files(world: &World) -> BTreeMap<String, String> {
    let folder = std::fs::read_dir(world.data.dir.join("keys")).unwrap();
    let keys = folder.filter_map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".key").map(str::to_owned)
    });
    keys.map(|name| (world.key(&name).public().key_id().to_string(), name)).collect()
}

/// Commits and reveals of everybody whom `ceremony status` names.
async fn hold(world: &mut World, draw: &str) {
    let status = done(&["ceremony", "status", "--server", &world.serving.url, "--draw", draw, "--json"]);
    let status: Value = serde_json::from_str(&status).unwrap();
    let files = files(world);
    let parties = status["participants"].as_array().unwrap();
    assert!(parties.iter().all(|party| !party["person"].as_str().unwrap().is_empty()), "{status}");
    let parties: Vec<_> =
        parties.iter().map(|party| files[party["key_id"].as_str().unwrap()].clone()).collect();
    for step in ["ceremony commit", "ceremony reveal"] {
        for party in &parties {
            act(world, party, step, draw, &[]).await;
        }
    }
}

/// Waits for a day, and lets the ledger know what day it is: a simulated one has no sign of life every hour.
pub async fn until(world: &mut World, day: &str) {
    let day = Date::new(day).unwrap();
    while date_of(world.now) < day {
        world.wait(DAY).await;
    }
    let text = |text: &str| Text::new(text).unwrap();
    let imported = RosterImported {
        file: text("nothing.csv"),
        file_hash: Bytes32([0; 32]),
        sealed: false,
        rows: 0,
        added: 0,
        changed: 0,
        unchanged: 0,
        ended: 0,
        repaired: 0,
        rejected: 0,
        dropped_columns: BTreeSet::new(),
    };
    world.state("registrar", Role::Registrar, None, imported).await.unwrap();
}

/// The comprehensive batch of the sample, drawn by commands.
pub async fn draw_b3(world: &mut World) {
    until(world, "2026-09-08").await;
    act(world, "draw_operator-S04", "ceremony open", "P-2026-S04/B3", &[]).await;
    hold(world, "P-2026-S04/B3.1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_substitute_is_drawn_for_who_is_unavailable_by_commands_alone() {
    let mut world = World::new().await;
    draw_b3(&mut world).await;
    let url = world.serving.url.clone();
    let state = world.replica.state();
    let (id, inspection) = state
        .inspections
        .iter()
        .find(|(_, i)| i.draw().is_some_and(|draw| draw.as_str() == "P-2026-S04/B3.1"))
        .unwrap();
    let (id, who) = (id.to_string(), inspection.team[1].to_string());
    let member = format!("inspector-{who}");
    let details = world.data.dir.join("details.txt");
    std::fs::write(&details, "住院").unwrap();
    let key = world.data.key(&member);
    let asked = ["recusal", "request", "--server", &url, "--key", arg(&key), "--inspection", &id];
    let ground = ["--inspector", &who, "--ground", "unavailable", "--details-file", arg(&details)];
    done(&[&asked[..], &ground[..]].concat());
    world.follow().await;
    // The rule yields a withdrawal; anything else is refused with the article.
    let approver = world.data.key("recusal_approver");
    let wrong = ["recusal", "decide", "--server", &url, "--key", arg(&approver), "R-2026-001", "swap"];
    let wrong = run(&wrong);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.err.contains("SWAP_INFEASIBLE (Art. 15 / 第15条)"), "{}", wrong.err);
    let operator = world.data.key("draw_operator-S04");
    let early = run(&["recusal", "open", "--server", &url, "--key", arg(&operator), "R-2026-001"]);
    assert_eq!(early.code, Some(1), "{}", early.err);
    assert!(early.err.contains("RECUSAL_PENDING"), "{}", early.err);
    act(&mut world, "recusal_approver", "recusal decide R-2026-001 withdraw", "R-2026-001", &[]).await;
    act(&mut world, "draw_operator-S04", "recusal open", "R-2026-001", &[]).await;
    hold(&mut world, "P-2026-S04/B3/R-2026-001.1").await;
    let list: Value = serde_json::from_str(&done(&["recusal", "list", "--server", &url, "--json"])).unwrap();
    let recusal = &list["recusals"][0];
    assert_eq!(recusal["pending"], false, "{recusal}");
    let change =
        recusal["changes"].as_array().unwrap().iter().find(|change| change["inspection"] == id.as_str());
    let came = change.unwrap()["to"].as_str().unwrap().to_owned();
    assert_ne!(came, who);
    assert!(recusal["team"].as_array().unwrap().iter().any(|member| member == came.as_str()));
    let told = done(&["recusal", "list", "--server", &url]);
    assert!(told.contains(&came) && told.contains("the team was changed"), "{told}");
    assert!(
        todo(&world, &member).iter().all(|duty| duty["subject"] != id.as_str()),
        "who left has nothing to do"
    );
    world.verify().await;
}
