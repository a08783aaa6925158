//! The program's monitor over static files: a log that grows is good; one that shrinks, forks or bends a rule is not,
//! and what proves it is kept.

use super::shelf::{Shelf, files, vkey};
use crate::recovery::program::{Ran, arg, run};
use crate::tamper::forger::{Act, only};
use crate::tamper::played::played;
use lotbook_chain::Contradiction;
use std::path::{Path, PathBuf};

struct Watch {
    shelf: Shelf,
    state: PathBuf,
}

impl Watch {
    fn new() -> Self {
        let shelf = Shelf::new();
        std::fs::create_dir(shelf.path("state")).unwrap();
        let state = shelf.path("state/head");
        Self { shelf, state }
    }

    fn look(&self, log: &Path) -> Ran {
        let vkey = vkey(played()).to_string();
        run(&["monitor", arg(log), "--vkey", &vkey, "--state", arg(&self.state), "--once"])
    }

    fn good(&self, log: &Path, size: usize) {
        let ran = self.look(log);
        assert!(ran.code == Some(0) && ran.out.contains(&format!("{size} entries")), "{ran:?}");
    }

    fn alarm(&self, log: &Path, words: &str) -> Ran {
        let before = std::fs::read(&self.state).ok();
        let ran = self.look(log);
        assert!(ran.code == Some(1) && ran.out.contains(words), "{words}: {ran:?}");
        assert_eq!(std::fs::read(&self.state).ok(), before, "what was kept has changed");
        ran
    }

    fn evidence(&self) -> Vec<PathBuf> {
        files(&self.shelf.path("state")).into_iter().filter(|path| *path != self.state).collect()
    }
}

#[test]
fn a_log_that_grows_is_good_at_every_look() {
    let watch = Watch::new();
    for size in [1, 255, 256, 257, 600, played().entries.len()] {
        watch.good(&watch.shelf.log(&format!("at-{size}"), size), size);
    }
    assert!(watch.evidence().is_empty());
}

#[test]
fn a_log_that_was_rolled_back_is_an_alarm_and_both_heads_are_kept() {
    let watch = Watch::new();
    watch.good(&watch.shelf.log("new", 600), 600);
    for size in [1, 300, 599] {
        watch.alarm(&watch.shelf.log(&format!("old-{size}"), size), "rolled back");
    }
    // The head seen before, and three older ones.
    assert_eq!(watch.evidence().len(), 4);
    watch.good(&watch.shelf.path("new"), 600);
}

#[test]
fn two_signed_heads_that_contradict_each_other_are_kept_as_proof() {
    let watch = Watch::new();
    let drawn = played().first("DrawCompleted");
    watch.good(&watch.shelf.log("true", drawn + 100), drawn + 100);
    let forged = only(drawn + 1, |_| Act::Drop);
    watch.alarm(&watch.shelf.forged("forged", &forged), "contradict");
    let evidence = watch.evidence();
    let [file] = evidence.as_slice() else { panic!("{evidence:?}") };
    let kept: Contradiction = std::fs::read_to_string(file).unwrap().parse().unwrap();
    let (first, second) = kept.verify(&vkey(played())).unwrap();
    assert_eq!((first.size, second.size), (drawn as u64 + 100, forged.entries.len() as u64));
}

#[test]
fn a_bent_rule_is_named_with_its_position_and_the_head_is_not_kept() {
    let watch = Watch::new();
    let drawn = played().first("DrawCompleted");
    watch.good(&watch.shelf.log("true", drawn), drawn);
    let forged = only(drawn, |_| Act::Drop);
    watch.alarm(&watch.shelf.forged("forged", &forged), &format!("position {drawn}: "));
}

#[test]
fn what_cannot_be_read_is_no_alarm_and_a_state_that_was_changed_is_no_state() {
    let watch = Watch::new();
    let ran = watch.look(&watch.shelf.path("nothing"));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(!watch.state.exists());
    watch.good(&watch.shelf.log("log", 300), 300);
    let note = std::fs::read_to_string(&watch.state).unwrap();
    std::fs::write(&watch.state, note.replacen("\n300\n", "\n200\n", 1)).unwrap();
    let ran = watch.look(&watch.shelf.path("log"));
    assert!(ran.code != Some(0), "a state that nobody signed is believed: {ran:?}");
}
