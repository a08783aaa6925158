//! The lying-server suite: whatever a ledger lies about, with every key it has, its client, the verifier and the
//! monitor each refuse it, and name the first bad position where there is one.
//!
//! A case is a file of `tests/lying/<family>/`. Beside the lies of a family lies its control: the same server
//! tells the truth, and all three accept.

mod anew;
mod asking;
mod audit;
mod case;
mod files;
mod history;
mod keys;
mod liar;
mod place;
mod raw;
mod receipts;
mod refusing;
mod saying;
mod scene;
mod server;
mod verdict;

use case::{Case, FAMILIES, FEWEST_CASES};
use scene::Scene;
use std::collections::{BTreeMap, BTreeSet};
use tokio::runtime::Builder;
use verdict::Said;

/// Who says something of the log, for the requirement that each of the three does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Observer {
    Verifier,
    Monitor,
    Client,
}

/// Plays one case; what is not as its file says, in words.
fn play(case: &Case, fork: Option<usize>) -> Vec<String> {
    let scene = Scene::of(case, fork);
    let (mut wrong, mut heard) = (vec![], BTreeSet::new());
    for line in &case.then {
        let (observer, found, expected) = hear(&scene, line);
        heard.extend(observer);
        for said in found {
            let right = match &expected {
                Expected::Accepts => said == Said::Accepts,
                Expected::Refuses { kinds, at } => said.is_refusal() && said.is(kinds, *at),
            };
            if !right || case.is_control() != (said == Said::Accepts) {
                let fork = fork.map_or(String::new(), |size| format!(" at {size}"));
                wrong.push(format!("{}/{}{fork}: {line}: it says {said}", case.family, case.name));
            }
        }
    }
    if heard.len() < 3 {
        wrong.push(format!("{}/{}: only {heard:?} say something", case.family, case.name));
    }
    wrong
}

/// What a `then` line expects.
enum Expected {
    Accepts,
    Refuses { kinds: String, at: Option<u64> },
}

/// Who speaks in a `then` line, what they say, and what they were to say.
fn hear(scene: &Scene, line: &str) -> (Option<Observer>, Vec<Said>, Expected) {
    let words: Vec<_> = line.split(' ').collect();
    let (who, rest) = match words.as_slice() {
        ["the", "verifier", "of", what @ ("entries" | "tiles"), rest @ ..] => (*what, rest),
        ["the", "new", "monitor", rest @ ..] => ("new", rest),
        ["the", "receipt", "of", place, rest @ ..] => (*place, rest),
        ["the", who, rest @ ..] => (*who, rest),
        _ => panic!("then {line}: who says that?"),
    };
    let expected = match *rest {
        ["accepts"] => Expected::Accepts,
        ["finds" | "alarms" | "refuses", kinds] => Expected::Refuses { kinds: kinds.into(), at: None },
        ["finds" | "alarms" | "refuses", kinds, "at", place] => {
            Expected::Refuses { kinds: kinds.into(), at: Some(scene.named(place)) }
        }
        _ => panic!("then {line}: what is that?"),
    };
    let (observer, said) = match who {
        "verifier" => (Some(Observer::Verifier), vec![audit::of_entries(scene), audit::of_tiles(scene)]),
        "entries" => (Some(Observer::Verifier), vec![audit::of_entries(scene)]),
        "tiles" => (Some(Observer::Verifier), vec![audit::of_tiles(scene)]),
        "monitor" => (Some(Observer::Monitor), vec![audit::monitor(scene, scene.monitor_saw)]),
        "new" => (Some(Observer::Monitor), vec![audit::monitor(scene, None)]),
        "client" => {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            (Some(Observer::Client), vec![runtime.block_on(asking::client(scene))])
        }
        place => (None, receipts::read(scene, scene.places.at(place))),
    };
    (observer, said, expected)
}

#[test]
fn every_lie_is_refused_by_client_verifier_and_monitor() {
    let cases = case::all();
    let mut counted: BTreeMap<_, (usize, usize)> = FAMILIES.map(|family| (family, (0, 0))).into();
    let mut wrong = vec![];
    for case in &cases {
        let (lies, controls) = counted.get_mut(case.family.as_str()).unwrap();
        *(if case.is_control() { controls } else { lies }) += case.count();
        for fork in case.each() {
            wrong.extend(play(case, fork));
        }
    }
    for (family, (lies, controls)) in &counted {
        if *lies < FEWEST_CASES || *controls < 1 {
            wrong.push(format!("{family} has {lies} lies and {controls} controls"));
        }
    }
    assert!(wrong.is_empty(), "{} are not as their files say:\n{}", wrong.len(), wrong.join("\n"));
    let lies: usize = counted.values().map(|(lies, _)| lies).sum();
    println!("survived {lies} cases in {} families", FAMILIES.len());
}

/// Plays a case that is written down here.
fn written(lines: &str) -> Vec<String> {
    play(&Case::parse("fork", "written", &format!("It proves something.\n\n{lines}")), None)
}

const TRUE_LOG: &str = "given the log up to KeyConfirmed/1\n";

#[test]
fn a_case_whose_observers_say_something_else_or_nothing_is_wrong() {
    let wrong = written(&format!("{TRUE_LOG}then the verifier finds Chain at genesis\n"));
    assert_eq!(wrong.len(), 3, "entries, tiles, and who says nothing: {wrong:?}");
    let wrong = written(&format!("{TRUE_LOG}then the client accepts\nthen the monitor accepts\n"));
    assert_eq!(wrong.len(), 3, "only a control is accepted: {wrong:?}");
}

#[test]
#[should_panic(expected = "what is")]
fn a_line_of_an_unknown_kind_is_an_error() {
    written(&format!("{TRUE_LOG}whenever it rains\nthen the verifier accepts\n"));
}

#[test]
#[should_panic(expected = "what is that")]
fn a_lie_in_unknown_words_is_an_error() {
    written(&format!("{TRUE_LOG}when KeyConfirmed/1 is forgotten\nthen the verifier accepts\n"));
}

#[test]
#[should_panic(expected = "what is that")]
fn a_verdict_in_unknown_words_is_an_error() {
    written(&format!("{TRUE_LOG}then the verifier doubts\n"));
}

#[test]
#[should_panic(expected = "there is no KeyConfirmed/9")]
fn a_place_that_the_log_does_not_have_is_an_error() {
    written(&format!("{TRUE_LOG}when KeyConfirmed/9 is left out\nthen the verifier accepts\n"));
}
