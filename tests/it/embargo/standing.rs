//! `why` of a draw under embargo: refused before the release; afterwards proved with key, salted row and ticket, and
//! every lie about it disbelieved.

use super::scene::{PARTS, Scene, UNTIL};
use crate::recovery::program::{done, run};
use crate::steps::until;
use crate::world::refused_query;
use lotbook::command::reading;
use lotbook_client::proto::GetStandingRequest;
use lotbook_domain::State;
use lotbook_event::plan::Reveal;
use lotbook_event::{DrawId, Uscc};
use lotbook_verifier::standing::{Place, Proved, Root, Shown, StandingError, check, of_log};
use serde_json::Value;

/// Some enterprise that could be drawn.
fn somebody(scene: &Scene) -> Uscc {
    let pool = scene.world.replica.state().ceremonies[&scene.draw].frozen.as_ref().unwrap().pool().unwrap();
    let row = pool.objects().iter().find(|row| row.eligible).unwrap();
    Uscc::new(row.uscc.as_str()).unwrap()
}

async fn asked(scene: &Scene, uscc: &Uscc) -> (String, String) {
    let asked = GetStandingRequest { draw: scene.draw.to_string(), uscc: uscc.to_string() };
    let refused = refused_query(scene.world.client.query(asked).await);
    (refused.reason, refused.found)
}

/// Enterprises of each kind: drawn, passed over, excluded, and one without a row.
struct Cast {
    selected: Uscc,
    passed_over: Uscc,
    excluded: Uscc,
    stranger: Uscc,
}

fn cast(state: &State, draw: &DrawId) -> Cast {
    let pool = state.ceremonies[draw].frozen.as_ref().unwrap().pool().unwrap();
    let drawn: Vec<_> = state.inspections.values().filter(|i| i.draw() == Some(draw)).collect();
    let is_drawn = |uscc: &str| drawn.iter().any(|i| i.uscc.as_str() == uscc);
    let named = |uscc: &str| Uscc::new(uscc).unwrap();
    let find = |wanted: &dyn Fn(&lotbook_draw::ObjectRow) -> bool| {
        named(&pool.objects().iter().find(|row| wanted(row)).unwrap().uscc)
    };
    Cast {
        selected: drawn[0].uscc.clone(),
        passed_over: find(&|row| row.eligible && !is_drawn(&row.uscc)),
        excluded: find(&|row| !row.eligible),
        stranger: named("91411103XN00999995"),
    }
}

async fn released() -> Scene {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key).await.unwrap();
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_standing_is_told_before_the_release() {
    let mut scene = Scene::opened(Reveal::AtStart).await;
    let uscc = somebody(&scene);
    let sealed = ("EMBARGOED".to_owned(), format!("{} is sealed until {UNTIL}", scene.draw));
    assert_eq!(asked(&scene, &uscc).await, sealed, "of a pool that is only frozen");
    scene.hold_both().await;
    scene.commit(&PARTS).await;
    scene.reveal(&PARTS).await;
    assert_eq!(asked(&scene, &uscc).await, sealed);
    let stranger = Uscc::new("91411103XN00999995").unwrap();
    assert_eq!(asked(&scene, &stranger).await, sealed, "nor whether it has a row");
    let url = scene.world.serving.url.clone();
    let args = ["why", uscc.as_str(), "--draw", scene.draw.as_str(), "--server", url.as_str()];
    let ran = tokio::task::block_in_place(|| run(&args));
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "nothing is claimed: {}", ran.err);
    assert!(ran.err.contains(&format!("sealed until {UNTIL}")), "{}", ran.err);
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_release_the_command_tells_ticket_cut_off_rank_and_team_with_proof() {
    let scene = released().await;
    let state = scene.world.replica.state().clone();
    let cast = cast(&state, &scene.draw);
    let url = scene.world.serving.url.clone();
    let told = |uscc: &Uscc| -> Value {
        let args = ["why", uscc.as_str(), "--draw", scene.draw.as_str(), "--server", &url, "--json"];
        serde_json::from_str(&tokio::task::block_in_place(|| done(&args))).unwrap()
    };
    let selected = told(&cast.selected);
    assert_eq!(selected["result"]["selected"], true);
    assert!(selected["result"]["ticket"].as_str() <= selected["result"]["cutoff"].as_str());
    let inspection = state.inspections.values().find(|i| i.uscc == cast.selected).unwrap();
    let team: Vec<_> = inspection.team.iter().map(ToString::to_string).collect();
    assert_eq!(selected["result"]["team"], serde_json::json!(team));
    let passed_over = told(&cast.passed_over);
    assert_eq!(passed_over["result"]["selected"], false);
    assert!(passed_over["result"]["ticket"].as_str() > passed_over["result"]["cutoff"].as_str());
    let excluded = told(&cast.excluded);
    assert_eq!(
        (&excluded["row"]["eligible"], &excluded["result"]["ticket"]),
        (&Value::Bool(false), &Value::Null)
    );
    assert_eq!(told(&cast.stranger)["on_roster"], false);
    scene.world.verify().await;
}

/// A lie about what is shown of the selected enterprise; the other is one that was passed over.
type Lie = fn(&mut Shown, &Shown);

const LIES: &[(&str, Lie)] = &[
    ("no key", |shown, _| shown.opened = None),
    ("the result as it stood before the release", |shown, _| shown.opened.clone_from(&shown.drawn)),
    ("no assignment", |shown, _| shown.assigned = None),
    ("the pool for the assignment", |shown, _| shown.assigned = Some(shown.frozen.clone())),
    ("another's row", |shown, other| shown.rows.clone_from(&other.rows)),
    ("another stratum", |shown, _| shown.rows[0].row.stratum.push('x')),
    ("nobody came", |shown, _| shown.team.clear()),
    ("the team the wrong way round", |shown, _| shown.team.reverse()),
    ("another inspector", |shown, _| {
        shown.team[0].inspector = lotbook_event::InspectorId::new("I999").unwrap();
    }),
    ("another salt", |shown, _| shown.team[0].salt.0[0] ^= 1),
    ("not drawn at all", |shown, _| shown.drawn = None),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_lie_about_a_released_draw_is_disbelieved() {
    let scene = released().await;
    let (data, draw) = (scene.world.data.clone(), scene.draw.clone());
    let _dir = scene.world.stop().await;
    let ledger = reading::of_data_dir(&data).unwrap();
    let state = ledger.verifier.state();
    let genesis = state.genesis.as_ref().unwrap();
    let root =
        Root { ledger: genesis.ledger, vkey: &genesis.checkpoint_key, system_key: &genesis.system_key };
    let note = ledger.note_over_all().unwrap();
    let shown = |uscc: &Uscc| of_log(state, &ledger.entries, note, &draw, uscc).unwrap().unwrap();
    let cast = cast(state, &draw);
    let proved: Proved = check(root, &draw, &cast.selected, &shown(&cast.selected)).unwrap();
    assert!(matches!(proved.place, Place::Row(_)) && proved.lot.unwrap().selected.is_some());
    let (truth, other) = (shown(&cast.selected), shown(&cast.passed_over));
    for (what, lie) in LIES {
        let mut lied = truth.clone();
        lie(&mut lied, &other);
        assert!(check(root, &draw, &cast.selected, &lied).is_err(), "{what}");
    }
    // Who was passed over was not drawn, whoever else's assignment is shown.
    let mut lied = other.clone();
    (lied.assigned, lied.team) = (truth.assigned.clone(), truth.team.clone());
    let said = check(root, &draw, &cast.passed_over, &lied).unwrap_err();
    assert!(matches!(said, StandingError::NotSelected { .. }), "{said}");
    let sealed = Shown { opened: None, ..truth };
    let said = check(root, &draw, &cast.selected, &sealed).unwrap_err();
    assert!(matches!(said, StandingError::UnderEmbargo { .. }), "{said}");
}
