//! Foreign code agrees: implementations that are not ours judge our output, and we judge theirs.
//!
//! [`corpus`] makes files and [`case`]s with verdicts: our output, and the same thing with a bit flipped,
//! cut or swapped. Every oracle must give every verdict that it can give: on what is right, and on what
//! is not. Where one differs from C2SP, it says so beside its name (and in tests/foreign/README.md).
//! Implementations in Go and Python read the same corpus afterwards, in a step of their own (`.ci/run`),
//! and what they make is judged by the example `foreign-judge`.

mod case;
mod corpus;
mod folders;
mod heads;
mod judge;
mod log;
mod oracle;
mod paths;
mod proofs;
mod sessions;

use case::What;
use corpus::corpus;
use judge::Judge;
use std::collections::BTreeMap;

/// Lets one implementation judge all cases of some kinds; it gives no verdict on what it does not speak.
///
/// Each verdict must be that of the case, but for the changes (kind, change) in which it is known to differ,
/// where at least one must differ. Of each kind some must be accepted and some refused; a witness's answers
/// are all to be agreed with.
fn agrees(kinds: &[&str], differs: &[(&str, &str)], mut accepts: impl FnMut(&What) -> Option<bool>) {
    let mut judged: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    let mut unseen = differs.to_vec();
    let mut wrong = Vec::new();
    for case in &corpus().cases {
        let kind = case.what.kind();
        let Some(verdict) = kinds.contains(&kind).then(|| accepts(&case.what)).flatten() else { continue };
        if !differs.contains(&(kind, &case.change)) {
            *judged.entry((kind, case.accept)).or_default() += 1;
            wrong.extend((verdict != case.accept).then(|| case.to_string()));
        } else if verdict != case.accept {
            unseen.retain(|differs| *differs != (kind, case.change.as_str()));
        }
    }
    assert!(wrong.is_empty(), "{} other verdicts, the first: {}", wrong.len(), wrong[0]);
    assert!(unseen.is_empty(), "said to differ, and agrees: {unseen:?}");
    for kind in kinds {
        assert!(judged.contains_key(&(*kind, true)), "accepted no {kind}");
        assert!(*kind == "witness" || judged.contains_key(&(*kind, false)), "refused no {kind}");
    }
}

const ALL_KINDS: [&str; 10] = [
    "inclusion",
    "consistency",
    "checkpoint",
    "cosigned",
    "proof",
    "tiles",
    "ledger",
    "path",
    "vkey",
    "witness",
];

#[test]
fn we_give_every_verdict_of_the_corpus() {
    let mut judge = Judge::of(&corpus().dir);
    agrees(&ALL_KINDS, &[], |what| Some(judge.accepts(what)));
}

#[test]
fn a_case_is_read_as_it_was_written() {
    for case in &corpus().cases {
        assert_eq!(case.to_string().parse::<case::Case>().unwrap(), *case);
    }
}

#[test]
#[should_panic(expected = "other verdicts")]
fn one_who_accepts_everything_does_not_agree() {
    agrees(&["inclusion"], &[], |_| Some(true));
}

#[test]
#[should_panic(expected = "other verdicts")]
fn one_who_refuses_everything_does_not_agree() {
    agrees(&["inclusion"], &[], |_| Some(false));
}

#[test]
#[should_panic(expected = "accepted no inclusion")]
fn one_who_says_nothing_does_not_agree() {
    agrees(&["inclusion"], &[], |_| None);
}
