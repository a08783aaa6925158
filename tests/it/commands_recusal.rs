//! Recusals by commands alone: asked for, decided, drawn for, and listed with who came.

use crate::commands_day::{act, todo};
use crate::recovery::program::{arg, done, run};
use crate::recusal::{CONFLICT, ask, board, busy, decide, drawn, inspections, of};
use crate::recusal_unrolled::with_reserve_rules;
use crate::world::{DAY, World};
use lotbook_domain::civil::date_of;
use lotbook_event::keys::Role;
use lotbook_event::recusal::RecusalDecision;
use lotbook_event::registry::RosterImported;
use lotbook_event::{Bytes32, Date, InspectorId, Text};
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

#[tokio::test(flavor = "multi_thread")]
async fn a_counterpart_is_named_by_command_and_told_to_be_a_choice() {
    let mut world = drawn().await;
    let (who, with) = busy(&world);
    ask(&mut world, "r-1", &with[0], &who, CONFLICT).await;
    decide(&mut world, "r-1", RecusalDecision::Swap).await.unwrap();
    let (url, approver) = (world.serving.url.clone(), world.data.key("recusal_approver"));
    let name = |counterpart: &str, more: &[&str]| {
        let base = ["recusal", "counterpart", "--server", &url, "--key", arg(&approver), "r-1", "--with"];
        run(&[&base[..], &[counterpart], more].concat())
    };
    assert_eq!(name("nobody of that name", &[]).code, Some(1));
    let idle = idle(&world);
    let stranger = name(idle.as_str(), &[]);
    assert!(stranger.code == Some(1) && stranger.err.contains("SWAP_INFEASIBLE"), "{}", stranger.err);
    let mut said = None;
    for (inspection, record) in inspections(&world).iter().filter(|(_, i)| !i.team.contains(&who)) {
        for member in &record.team {
            let answer = name(member.as_str(), &["--inspection", inspection.as_str()]);
            if answer.code == Some(0) {
                said.get_or_insert((member.clone(), inspection.clone(), answer.out));
                break;
            }
            assert!(answer.err.contains("SWAP_INFEASIBLE (Art. 15 / 第15条)"), "{}", answer.err);
        }
        if said.is_some() {
            break;
        }
    }
    let (counterpart, inspection, told) = said.expect("nobody could change places");
    assert!(told.contains("CounterpartChosen of recusal r-1") && told.contains("已公开标注为指定"), "{told}");
    world.follow().await;
    assert!(of(&world, &with[0]).team.contains(&counterpart) && of(&world, &inspection).team.contains(&who));
    let list = done(&["recusal", "list", "--server", &url]);
    assert!(list.contains(counterpart.as_str()), "{list}");
    world.verify().await;
}

/// Somebody on no team of the batch.
fn idle(world: &World) -> InspectorId {
    let seated = board(world).assignment;
    let all = world.replica.state().inspectors.keys();
    all.into_iter().find(|id| !seated.contains(id)).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reserve_order_is_approved_by_command_before_the_draw_and_once() {
    let mut world = with_reserve_rules().await;
    let url = world.serving.url.clone();
    let approve = |world: &World, key: &str| {
        let file = world.data.key(key);
        run(&["recusal", "reserve-order", "--server", &url, "--key", arg(&file), "--batch", "B3"])
    };
    let leader = approve(&world, "office_leader");
    assert!(leader.code == Some(1) && leader.err.contains("ROLE_NOT_HELD"), "{}", leader.err);
    let said = approve(&world, "supervisor");
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("ReserveOrderApproved of batch P-2026-S04/B3"), "{}", said.out);
    assert!(said.out.contains("候补顺序人人可算"), "{}", said.out);
    let again = approve(&world, "supervisor");
    assert!(again.code == Some(1) && again.err.contains("ALREADY_RECORDED"), "{}", again.err);
    world.follow().await;
    assert!(world.replica.state().batches[&crate::recusal::batch()].reserve_order);
    world.verify().await;
}
