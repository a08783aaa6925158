//! Every file of `tests/vectors/tlog/` is decided as it says; its README.md describes the format.

// A test may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod case;
mod file;
mod note;
mod tile;
mod tree;

use case::Case;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What a kind of case gives: its result, or the refusal's code.
type Decided = Result<Value, String>;

/// How the cases of a kind, by the name of its folder, are decided.
fn decide(kind: &str) -> Option<fn(&Case) -> Decided> {
    Some(match kind {
        "consistency" => tree::consistency,
        "inclusion" => tree::inclusion,
        "tile-path" => tile::path,
        "bundle" => tile::bundle,
        "cosignature" => note::cosignature,
        "policy" => note::policy,
        "add-checkpoint" => note::add_checkpoint,
        "tlog-proof" => file::tlog_proof,
        "receipt" => file::receipt,
        "contradiction" => file::contradiction,
        _ => return None,
    })
}

/// Kinds that [`decide`] knows; a folder that went missing is noticed by their number.
const KINDS: usize = 10;

/// The entries of a folder, in order of their names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_file_is_decided_as_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/tlog");
    let folders: Vec<PathBuf> =
        entries(&root).into_iter().filter(|path| !path.ends_with("README.md")).collect();
    let (mut wrong, mut files) = (vec![], 0);
    for folder in &folders {
        let kind = folder.file_name().unwrap().to_str().unwrap();
        let decide = decide(kind).unwrap_or_else(|| panic!("{kind} is no kind of vectors"));
        let cases: Vec<Case> = entries(folder).iter().map(|path| Case::read(path)).collect();
        assert!(!cases.is_empty(), "{kind} has no files");
        let refused = cases.iter().filter(|case| case.expected.is_err()).count();
        assert!(refused * 2 >= cases.len() && refused < cases.len(), "{kind}: {refused} of {}", cases.len());
        files += cases.len();
        for case in &cases {
            let decided = decide(case);
            if decided != case.expected {
                wrong.push(format!("{kind}/{}: {decided:?}, expected {:?}", case.name, case.expected));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(folders.len(), KINDS);
    assert!(files >= 204, "{files} files: a vector that was released is never taken away");
}

#[test]
fn another_folder_is_no_kind() {
    assert!(decide("README").is_none() && decide("receipts").is_none());
}
