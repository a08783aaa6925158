//! `lotbook why`: every kind of standing told with proof, from a server and from its folder, and every lie refused.

mod liar;

use crate::recovery::program::{arg, done, run};
use crate::world::{World, refused_query};
use liar::{Liar, Lie, Others};
use lotbook_chain::{SigningKey, VerifierKey};
use lotbook_client::proto::{GetStandingRequest, GetStandingResponse};
use lotbook_event::DrawId;
use serde_json::Value;

const DRAW: &str = "P-2026-S04/B2.1";
const OTHER_DRAW: &str = "P-2026-S04/B1.1";
/// A valid code that no sample enterprise has, between others.
const STRANGER: &str = "91411103XN00999995";
/// Valid codes before and after all of the sample.
const FIRST: &str = "91350100M000100Y43";
const LAST: &str = "91440300708461136T";

/// Some enterprise of the pool that was selected, one that was not, and one that is excluded.
struct Cast {
    selected: String,
    passed_over: String,
    excluded: (String, String),
}

fn cast(world: &World) -> Cast {
    let state = world.replica.state();
    let draw = DrawId::new(DRAW).unwrap();
    let pool = state.ceremonies[&draw].frozen.as_ref().unwrap().pool().unwrap().clone();
    let drawn = |uscc: &str| state.inspections.keys().any(|id| id.as_str() == format!("{DRAW}/{uscc}"));
    let row = |wanted: &dyn Fn(&lotbook_draw::ObjectRow) -> bool| {
        pool.objects().iter().find(|row| wanted(row)).unwrap().clone()
    };
    let excluded = row(&|row| row.reason == "drawn_by_other_unit" || row.reason == "not_alive");
    Cast {
        selected: row(&|row| drawn(&row.uscc)).uscc,
        passed_over: row(&|row| row.eligible && !drawn(&row.uscc)).uscc,
        excluded: (excluded.uscc, excluded.reason),
    }
}

fn told(source: &[&str], uscc: &str) -> Value {
    let said = done(&[&["why", uscc, "--draw", DRAW, "--json"], source].concat());
    serde_json::from_str(&said).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_standing_is_told_with_proof_from_a_server_and_from_its_folder_alike() {
    let world = World::new().await;
    let (cast, url, data) = (cast(&world), world.serving.url.clone(), world.data.dir.clone());
    let vkey = world.client.trust_root().vkey.to_string();
    let server = ["--server", url.as_str(), "--vkey", &vkey];
    let asked: Vec<Value> = [&cast.selected, &cast.passed_over, &cast.excluded.0, STRANGER, FIRST, LAST]
        .map(|u| told(&server, u))
        .into();
    let [selected, passed_over, excluded, stranger, first, last] = asked.as_slice() else { panic!() };
    assert_eq!(selected["result"]["selected"], true);
    let team = world.replica.state().inspections.iter();
    let team = team.filter(|(id, _)| id.as_str() == format!("{DRAW}/{}", cast.selected));
    let team: Vec<_> = team.flat_map(|(_, inspection)| inspection.team.clone()).collect();
    let said = selected["result"]["team"].as_array().unwrap();
    assert_eq!(said.len(), team.len());
    assert!(selected["result"]["ticket"].as_str() <= selected["result"]["cutoff"].as_str());
    assert_eq!(passed_over["result"]["selected"], false);
    assert!(passed_over["result"]["ticket"].as_str() > passed_over["result"]["cutoff"].as_str());
    assert_eq!(excluded["row"]["reason"]["code"], cast.excluded.1.as_str());
    assert!(excluded["row"]["reason"]["article"].as_u64().unwrap() >= 11);
    assert_eq!(excluded["result"]["ticket"], Value::Null);
    for (absent, before, after) in [(stranger, true, true), (first, false, true), (last, true, false)] {
        assert_eq!(absent["on_roster"], false, "{absent}");
        let neighbours = &absent["neighbours"];
        assert_eq!((!neighbours["before"].is_null(), !neighbours["after"].is_null()), (before, after));
    }
    let text = done(&["why", &cast.excluded.0, "--draw", DRAW, "--server", &url]);
    assert!(text.contains("believed on first use") && text.contains("原因"), "{text}");
    world.serving.stop().await.unwrap();
    for (uscc, served) in [(cast.selected.as_str(), selected), (STRANGER, stranger)] {
        let read = told(&["--data", arg(&data)], uscc);
        for part in ["on_roster", "row", "neighbours", "result", "pool"] {
            assert_eq!(read[part], served[part], "{uscc}: {part}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_refused_and_what_is_no_name_is_wrong_usage() {
    let world = World::new().await;
    let url = world.serving.url.clone();
    let other = SigningKey::from_seed(&[9; 32]).public();
    let other = VerifierKey::new("other.example", other).unwrap().to_string();
    let cases = [
        (vec!["why", FIRST, "--draw", "P-2026-S04/B3.1"], 1, "P-2026-S04/B3.1"),
        (vec!["why", "no code", "--draw", DRAW], 64, "USCC"),
        (vec!["why", FIRST, "--draw", DRAW, "--vkey", "nonsense"], 64, "--vkey"),
        (vec!["why", FIRST, "--draw", DRAW, "--vkey", &other], 1, "expected other.example+"),
    ];
    for (args, code, says) in cases {
        let ran = run(&[args.as_slice(), &["--server", &url]].concat());
        assert_eq!((ran.code, ran.err.contains(says)), (Some(code), true), "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "", "nothing is claimed");
    }
    let bad = GetStandingRequest { draw: DRAW.into(), uscc: String::new() };
    assert_eq!(refused_query(world.client.query(bad).await).reason, "MALFORMED_REQUEST");
}

/// Each lie about the excluded, the selected or the absent enterprise, and what the refusal says.
const LIES: &[(&str, Whom, Lie, &str)] = &[
    ("another reason", Whom::Excluded, |a, _| a.rows[0].reason = "cap_reached".into(), "is not row"),
    (
        "eligible after all",
        Whom::Excluded,
        |a, _| (a.rows[0].eligible, a.rows[0].reason) = (true, String::new()),
        "is not row",
    ),
    ("another stratum", Whom::Selected, |a, _| a.rows[0].stratum.push('x'), "is not row"),
    ("another index", Whom::Excluded, |a, _| a.rows[0].index += 1, "is not row"),
    ("an index beyond the end", Whom::Excluded, |a, _| a.rows[0].index = 1 << 40, "is not row"),
    ("a shorter proof", Whom::Excluded, |a, _| drop(a.rows[0].inclusion_proof.pop()), "is not row"),
    ("a hash that is none", Whom::Excluded, |a, _| a.rows[0].inclusion_proof[0].truncate(31), "31 bytes"),
    ("another's row", Whom::Excluded, |a, o| a.rows.clone_from(&o.firm.rows), "does not lie between"),
    ("absent, though it has a row", Whom::Selected, |a, _| a.rows.clear(), "0 rows"),
    ("a row for a stranger", Whom::Stranger, |a, o| a.rows.clone_from(&o.firm.rows), "does not lie between"),
    ("neighbours that are none", Whom::Stranger, |a, o| a.rows[1] = o.firm.rows[0].clone(), "side by side"),
    ("the neighbours the wrong way round", Whom::Stranger, |a, _| a.rows.reverse(), "side by side"),
    ("one neighbour alone", Whom::Stranger, |a, _| drop(a.rows.pop()), "does not lie between"),
    ("three rows", Whom::Stranger, |a, o| a.rows.push(o.firm.rows[0].clone()), "3 rows"),
    (
        "another draw's pool",
        Whom::Selected,
        |a, o| a.pool_frozen = o.draw.pool_frozen.clone(),
        "PoolFrozen is of draw",
    ),
    (
        "another draw's result",
        Whom::Selected,
        |a, o| a.draw_completed = o.draw.draw_completed.clone(),
        "DrawCompleted is of draw",
    ),
    ("another draw's rows", Whom::Excluded, |a, o| a.rows.clone_from(&o.draw.rows), "is not row"),
    ("everything of another draw", Whom::Excluded, |a, o| *a = o.draw.clone(), "PoolFrozen is of draw"),
    ("not selected", Whom::Selected, |a, _| a.enterprise_assigned = None, "no assignment is shown"),
    (
        "selected",
        Whom::PassedOver,
        |a, o| a.enterprise_assigned = o.firm.enterprise_assigned.clone(),
        "over the cut-off",
    ),
    (
        "selected, though excluded",
        Whom::Excluded,
        |a, o| a.enterprise_assigned = o.firm.enterprise_assigned.clone(),
        "not eligible",
    ),
    (
        "selected, though absent",
        Whom::Stranger,
        |a, o| a.enterprise_assigned = o.firm.enterprise_assigned.clone(),
        "has no row",
    ),
    ("an assignment without a result", Whom::Selected, |a, _| a.draw_completed = None, "whose result is not"),
    (
        "the result where the pool belongs",
        Whom::Selected,
        |a, _| a.pool_frozen.clone_from(&a.draw_completed),
        "is DrawCompleted",
    ),
    (
        "the pool where the result belongs",
        Whom::Excluded,
        |a, _| a.draw_completed.clone_from(&a.pool_frozen),
        "is PoolFrozen",
    ),
    ("no pool", Whom::Selected, |a, _| a.pool_frozen = None, "has no receipt"),
    (
        "an entry with a bit changed",
        Whom::Selected,
        |a, _| a.pool_frozen.as_mut().unwrap().entry[200] ^= 1,
        "not to be trusted",
    ),
    (
        "a checkpoint with a digit changed",
        Whom::Selected,
        |a, _| {
            let note = &mut a.draw_completed.as_mut().unwrap().checkpoint;
            *note = note.replacen('\n', "\n1", 1);
        },
        "not to be trusted",
    ),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Whom {
    Selected,
    PassedOver,
    Excluded,
    Stranger,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lies_about_a_standing_is_refused_and_nothing_is_claimed() {
    let world = World::new().await;
    let (cast, url) = (cast(&world), world.serving.url.clone());
    let name = |whom| match whom {
        Whom::Selected => cast.selected.as_str(),
        Whom::PassedOver => &cast.passed_over,
        Whom::Excluded => &cast.excluded.0,
        Whom::Stranger => STRANGER,
    };
    for (what, whom, lie, says) in LIES {
        let firm = if *whom == Whom::Selected { &cast.excluded.0 } else { &cast.selected };
        let others =
            Others { firm: ask(&world, DRAW, firm).await, draw: ask(&world, OTHER_DRAW, name(*whom)).await };
        let honest = Liar::start(&url, others.clone(), |_, _| {}).await;
        done(&["why", name(*whom), "--draw", DRAW, "--server", &honest.url]);
        let liar = Liar::start(&url, others, *lie).await;
        let ran = run(&["why", name(*whom), "--draw", DRAW, "--server", &liar.url]);
        assert_eq!(ran.code, Some(1), "{what}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(says), "{what}: {}", ran.err);
        assert_eq!(ran.out, "", "{what}: nothing is claimed");
    }
}

async fn ask(world: &World, draw: &str, uscc: &str) -> GetStandingResponse {
    world.client.query(GetStandingRequest { draw: draw.into(), uscc: uscc.into() }).await.unwrap()
}
