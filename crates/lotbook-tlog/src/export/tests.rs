//! What is exported is the log, whole; what is there already is neither lost nor written over.

use super::*;
use crate::durable::UNFINISHED;
use crate::reader::LogReader;
use crate::source::{Folder, Source};
use crate::trial::{Files, TrialLog};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

fn log() -> &'static TrialLog {
    static LOG: OnceLock<TrialLog> = OnceLock::new();
    LOG.get_or_init(|| TrialLog::new("export.example", 4, 70_000))
}

fn export_of(log: &TrialLog, size: u64, out: &Path) -> Result<Exported, ExportError<Infallible>> {
    let entries = log.entries.iter().cloned().map(Ok);
    export(entries, &log.note(size), &log.checkpoint(size), out, &mut |_| {})
}

fn target_error(result: Result<Exported, ExportError<Infallible>>) -> TargetError {
    match result {
        Err(ExportError::Target(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// A folder with an export of this size.
fn exported(size: u64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    export_of(log(), size, folder.path()).unwrap();
    folder
}

#[test]
fn an_export_of_any_size_has_exactly_the_files_of_the_log_and_is_read_back_verified() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 513, 65_536, 65_537, 70_000] {
        let folder = tempfile::tempdir().unwrap();
        let done = export_of(log(), size, folder.path()).unwrap();
        let files = Files::in_folder(folder.path());
        assert!(files == log().files(size), "size {size}");
        assert_eq!(done, Exported { size, written: files.len() as u64, kept: 0 });

        let source = Folder::new(folder.path());
        assert_eq!(source.checkpoint().unwrap(), log().note(size));
        let reader = LogReader::new(Arc::new(source), log().checkpoint(size));
        let entries: Vec<Vec<u8>> = reader.entries(0).map(|entry| entry.unwrap().1).collect();
        assert!(entries == log().entries[..usize::try_from(size).unwrap()], "size {size}");
    }
}

#[test]
fn the_published_tree_of_300_entries_is_exported_as_published() {
    use sha2::{Digest, Sha256};
    let vectors = include_str!("../../../../tests/vectors/chain/tlog-vectors.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
    let tree = &vectors["tlog_tiles_tree_300"];
    let folder = exported(300);
    let published = [&tree["files"], &tree["derived_entry_bundles"]];
    let mut count = 0;
    for (path, expected) in published.iter().flat_map(|files| files.as_object().unwrap()) {
        let bytes = fs::read(folder.path().join(path)).unwrap();
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
        assert_eq!(digest, expected["sha256"].as_str().unwrap(), "{path}");
        count += 1;
    }
    assert_eq!(Files::in_folder(folder.path()).len(), count + 1, "and the checkpoint");
}

#[test]
fn the_same_export_again_writes_nothing() {
    let folder = exported(600);
    let again = export_of(log(), 600, folder.path()).unwrap();
    assert_eq!(again, Exported { size: 600, written: 0, kept: log().files(600).len() as u64 });
}

#[test]
fn an_export_cut_off_after_any_file_is_completed_by_the_next() {
    let files = log().files(600);
    // The checkpoint comes last: without it any of the others may be missing, or unfinished.
    for cut in files.keys().filter(|path| *path != "checkpoint") {
        let folder = exported(600);
        fs::remove_file(folder.path().join("checkpoint")).unwrap();
        fs::remove_file(folder.path().join(cut)).unwrap();
        fs::write(folder.path().join(format!("{cut}{UNFINISHED}")), b"half of").unwrap();
        fs::write(folder.path().join(format!("checkpoint{UNFINISHED}")), b"").unwrap();
        let done = export_of(log(), 600, folder.path()).unwrap();
        assert_eq!(done, Exported { size: 600, written: 2, kept: files.len() as u64 - 2 }, "{cut}");
        assert!(Files::in_folder(folder.path()) == files, "{cut}");
    }
}

#[test]
fn entries_that_end_early_leave_no_checkpoint_and_the_next_export_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let few = log().entries[..599].iter().cloned().map(Ok::<_, Infallible>);
    let result = export(few, &log().note(600), &log().checkpoint(600), folder.path(), &mut |_| {});
    assert!(matches!(result, Err(ExportError::TooFew { size: 600, found: 599 })), "{result:?}");
    assert!(!folder.path().join("checkpoint").exists());
    let done = export_of(log(), 600, folder.path()).unwrap();
    assert_eq!(done.kept, 4, "two full tiles and two full bundles");
    assert!(Files::in_folder(folder.path()) == log().files(600));
}

#[test]
fn an_entry_that_cannot_be_read_ends_the_export_with_its_position() {
    #[derive(Debug, thiserror::Error)]
    #[error("the disk is gone")]
    struct Gone;
    let folder = tempfile::tempdir().unwrap();
    let entries =
        log().entries.iter().enumerate().map(|(i, e)| if i == 300 { Err(Gone) } else { Ok(e.clone()) });
    let result = export(entries, &log().note(600), &log().checkpoint(600), folder.path(), &mut |_| {});
    assert!(matches!(result, Err(ExportError::Entry { position: 300, error: Gone })), "{result:?}");
    assert!(!folder.path().join("checkpoint").exists());
}

#[test]
fn a_larger_export_extends_a_smaller_one_and_its_superseded_partial_tiles_go() {
    let folder = exported(300);
    assert!(folder.path().join("tile/0/001.p/44").exists());
    export_of(log(), 400, folder.path()).unwrap();
    // The full one is not there yet: a reader of the smaller checkpoint still needs it.
    assert!(folder.path().join("tile/0/001.p/44").exists());
    export_of(log(), 600, folder.path()).unwrap();
    let mut expected = log().files(600);
    expected.insert("tile/1/000.p/1".into(), log().files(300)["tile/1/000.p/1"].clone());
    assert_eq!(
        Files::in_folder(folder.path()).keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    assert!(Files::in_folder(folder.path()) == expected);
}

#[test]
fn a_note_with_more_cosignatures_replaces_the_one_of_the_same_checkpoint() {
    let folder = exported(300);
    let note = format!("{}\u{2014} w.example AAAAAAA=\n", log().note(300));
    let entries = log().entries.iter().cloned().map(Ok::<_, Infallible>);
    let done = export(entries, &note, &log().checkpoint(300), folder.path(), &mut |_| {}).unwrap();
    assert_eq!(done.written, 1);
    assert_eq!(fs::read_to_string(folder.path().join("checkpoint")).unwrap(), note);
}

#[test]
fn a_folder_of_another_log_or_of_more_of_this_one_is_left_as_it_is() {
    let folder = exported(300);
    let before = Files::in_folder(folder.path());
    let other = TrialLog::new("other.example", 5, 600);
    let error = target_error(export_of(&other, 600, folder.path()));
    assert!(matches!(error, TargetError::OtherOrigin { .. }), "{error}");
    let error = target_error(export_of(log(), 299, folder.path()));
    assert!(matches!(error, TargetError::Larger { found: 300, size: 299 }), "{error}");
    fs::write(folder.path().join("checkpoint"), "notes to myself\n").unwrap();
    let error = target_error(export_of(log(), 300, folder.path()));
    assert!(matches!(error, TargetError::NoCheckpoint(_)), "{error}");
    fs::write(folder.path().join("checkpoint"), &before["checkpoint"]).unwrap();
    assert!(Files::in_folder(folder.path()) == before);
}

/// The same log up to `at`, then another one.
fn fork(at: usize) -> TrialLog {
    let mut entries = log().entries[..1_000].to_vec();
    entries[at] = b"another record".to_vec();
    TrialLog::of("export.example", 4, entries)
}

#[test]
fn a_folder_that_this_log_does_not_extend_is_left_as_it_is() {
    for (size, newer, at) in [(300, 300, 299), (300, 600, 299), (512, 1_000, 511), (300, 600, 0)] {
        let folder = exported(size);
        let before = Files::in_folder(folder.path());
        let error = target_error(export_of(&fork(at), newer, folder.path()));
        let refused = matches!(error, TargetError::Forked { .. } | TargetError::OtherTile(_));
        assert!(refused, "{size} {newer} {at}: {error}");
        assert!(Files::in_folder(folder.path()) == before, "{size} {newer} {at}");
    }
    // Behind the folder's checkpoint the logs part: that is no contradiction.
    export_of(&fork(300), 600, exported(300).path()).unwrap();
}

#[test]
fn a_full_tile_with_other_bytes_is_named_and_left_as_it_is() {
    for path in ["tile/0/001", "tile/entries/000"] {
        let folder = exported(600);
        let file = folder.path().join(path);
        let mut bytes = fs::read(&file).unwrap();
        bytes[40] ^= 1;
        fs::write(&file, &bytes).unwrap();
        let error = target_error(export_of(log(), 700, folder.path()));
        assert!(matches!(&error, TargetError::OtherTile(named) if *named == file), "{error}");
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
}

#[test]
fn entries_of_another_root_get_no_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let entries = fork(5).entries.into_iter().map(Ok::<_, Infallible>);
    let result = export(entries, &log().note(100), &log().checkpoint(100), folder.path(), &mut |_| {});
    assert!(matches!(result, Err(ExportError::WrongRoot { size: 100, .. })), "{result:?}");
    assert!(Files::in_folder(folder.path()).is_empty());
}

#[test]
fn a_note_that_does_not_state_the_checkpoint_is_refused_before_anything_is_made() {
    let parent = tempfile::tempdir().unwrap();
    let out = parent.path().join("not/there/yet");
    for note in [log().note(101), "no note".into(), TrialLog::new("other.example", 4, 100).note(100)] {
        let entries = log().entries.iter().cloned().map(Ok::<_, Infallible>);
        let result = export(entries, &note, &log().checkpoint(100), &out, &mut |_| {});
        assert!(matches!(result, Err(ExportError::OtherNote)), "{result:?}");
    }
    assert!(!out.exists());
    export_of(log(), 100, &out).unwrap();
    assert!(Files::in_folder(&out) == log().files(100));
}

#[test]
fn an_entry_that_no_bundle_can_hold_is_refused_with_its_position() {
    let long = TrialLog::of("long.example", 6, vec![vec![0; 10], vec![1; 65_535]]);
    export_of(&long, 2, tempfile::tempdir().unwrap().path()).unwrap();
    let entries = [Ok::<_, Infallible>(vec![0; 10]), Ok(vec![1; 65_536])];
    let out = tempfile::tempdir().unwrap();
    let result = export(entries.into_iter(), &long.note(2), &long.checkpoint(2), out.path(), &mut |_| {});
    assert!(matches!(target_error(result), TargetError::Entry { position: 1, .. }));
}

#[test]
fn two_exports_into_one_folder_at_once_are_refused() {
    let folder = exported(300);
    let mut refused = None;
    let entries = log().entries.iter().cloned().map(|entry| {
        refused.get_or_insert_with(|| target_error(export_of(log(), 300, folder.path())));
        Ok::<_, Infallible>(entry)
    });
    export(entries, &log().note(300), &log().checkpoint(300), folder.path(), &mut |_| {}).unwrap();
    assert!(matches!(refused, Some(TargetError::Busy(_))), "{refused:?}");
}

#[test]
fn progress_is_told_after_each_bundle_and_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = Vec::new();
    let entries = log().entries.iter().cloned().map(Ok::<_, Infallible>);
    export(entries, &log().note(600), &log().checkpoint(600), folder.path(), &mut |n| told.push(n)).unwrap();
    assert_eq!(told, [256, 512, 600]);
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tile"), b"a file in the way").unwrap();
    let error = target_error(export_of(log(), 300, folder.path()));
    assert!(matches!(&error, TargetError::Io { path, .. } if path.starts_with(folder.path())), "{error}");
    let files: BTreeMap<_, _> = Files::in_folder(folder.path());
    assert_eq!(files.keys().collect::<Vec<_>>(), ["tile"]);
}
