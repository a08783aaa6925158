//! A year that is over: what was published stays, certificates show later changes of teams, and a new
//! world of it goes on.

use crate::recovery::program::{arg, done};
use crate::world::{World, refused};
use lotbook_event::ceremony::Purpose;
use lotbook_event::keys::Role;
use lotbook_event::oversight::AnnualDisclosureRequested;

#[tokio::test(flavor = "multi_thread")]
async fn the_disclosure_of_a_year_is_published_once() {
    let mut world = World::whole_year().await;
    assert!(world.replica.state().disclosures[&2026].published.is_some());
    let again = AnnualDisclosureRequested { year: 2026 };
    let error = refused(world.state("publisher", Role::Publisher, None, again).await);
    assert_eq!(error.reason, "ALREADY_RECORDED");
    let early = AnnualDisclosureRequested { year: 2027 };
    let error = refused(world.state("publisher", Role::Publisher, None, early).await);
    assert_eq!(error.reason, "WRONG_PHASE");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_of_the_year_hold_its_substitutions_and_recompute() {
    let world = World::whole_year().await;
    let url = world.serving.url.clone();
    let out = world.data.dir.join("certificates");
    for (draw, kind) in [("P-2026-S04/B1.1", Purpose::Swap), ("P-2026-S04/B2.1", Purpose::Substitute)] {
        done(&["draw", "certificate", "--server", &url, "--out", arg(&out), "--draw", draw]);
        let file = out.join(format!("{}.json", draw.replace('/', "_")));
        let certificate = lotbook_draw::Certificate::from_json(&std::fs::read(&file).unwrap()).unwrap();
        certificate.recompute().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let substitutions = json["substitutions"].as_array().unwrap();
        let expected = if kind == Purpose::Swap { "swap" } else { "withdraw" };
        assert!(substitutions.len() == 1 && substitutions[0]["kind"] == expected, "{substitutions:?}");
    }
    world.verify().await;
}
