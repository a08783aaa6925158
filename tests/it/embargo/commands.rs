//! The command line under embargo: hold, read, open, release, and what certificate and verdict say.

use super::scene::{PARTS, Scene, UNTIL};
use crate::recovery::program::{arg, run};
use crate::steps::until;
use lotbook_event::plan::Reveal;

#[tokio::test(flavor = "multi_thread")]
async fn hold_read_open_and_release() {
    let mut scene = Scene::opened(Reveal::AtStart).await;
    let second = lotbook_chain::SigningKey::from_seed(&scene.second.seed());
    scene.hold(&second).await.unwrap();
    let url = scene.world.serving.url.clone();
    let (supervisor, draw) = (scene.world.data.key("supervisor"), scene.draw.to_string());
    let by =
        |key: &std::path::Path| vec!["--server".into(), url.clone(), "--key".into(), arg(key).to_owned()];
    let lotbook = |words: &[&str], more: Vec<String>| {
        let all: Vec<String> = words.iter().map(|word| (*word).to_owned()).chain(more).collect();
        let ran = tokio::task::block_in_place(|| run(&all.iter().map(String::as_str).collect::<Vec<_>>()));
        (ran.code == Some(0), ran.out + &ran.err)
    };
    let held = lotbook(&["embargo", "hold", "--draw", &draw], by(&supervisor));
    assert!(held.0 && held.1.contains("EmbargoKeyHeld of draw"), "{held:?}");
    scene.world.follow().await;
    assert_eq!(scene.embargo().holders.len(), 2);
    scene.commit(&PARTS).await;
    scene.reveal(&PARTS).await;
    let (name, row) = scene.somebody_of(0).await;
    let read = lotbook(&["embargo", "read", "--draw", &draw], by(&scene.world.data.key(&name)));
    let firm = row.object.as_ref().unwrap().uscc.to_string();
    assert!(read.0 && read.1.contains(&firm), "{read:?}");
    scene.world.follow().await;
    let id = scene.inspection(0).to_string();
    let source = || vec!["--server".into(), url.clone()];
    let sealed = lotbook(&["embargo", "open", "--inspection", &id], source());
    assert!(!sealed.0 && sealed.1.contains("sealed until") && !sealed.1.contains(&firm), "{sealed:?}");
    let kept: Vec<_> = std::fs::read_dir(supervisor.parent().unwrap())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "embargo"))
        .collect();
    assert_eq!(kept.len(), 1);
    let by_key = lotbook(&["embargo", "open", "--inspection", &id, "--held", arg(&kept[0])], source());
    assert!(by_key.0 && by_key.1.contains(&firm) && by_key.1.contains("NOT public"), "{by_key:?}");
    let early = lotbook(&["embargo", "release", "--draw", &draw], by(&supervisor));
    assert!(!early.0 && early.1.contains("EMBARGOED"), "{early:?}");
    until(&mut scene.world, "2026-10-12", 9).await;
    let key = scene.world.data.key(&name);
    let started = lotbook(&["inspection", "start", "--inspection", &id], by(&key));
    assert!(started.0, "{started:?}");
    scene.world.follow().await;
    let opened = lotbook(&["embargo", "open", "--inspection", &id], source());
    assert!(opened.0 && opened.1.contains(&firm) && opened.1.contains("proofs were checked"), "{opened:?}");
    until(&mut scene.world, UNTIL, 1).await;
    let released = lotbook(&["embargo", "release", "--draw", &draw], by(&supervisor));
    assert!(released.0, "{released:?}");
    scene.world.follow().await;
    assert!(scene.embargo().released.is_some());
    scene.world.verify().await;
}
