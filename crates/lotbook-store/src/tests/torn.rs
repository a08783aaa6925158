//! A group that was being written when the power failed: cut, whatever part of it reached the disk.

use super::{meaning, open, put, segments, written};
use crate::journal::{Head, Journal};
use crate::segment::{HEADER_BYTES, JournalReader};
use crate::suite::{push, some};
use lotbook_chain::Position;
use std::path::{Path, PathBuf};

/// A journal of two acknowledged groups and a third one; where the third begins and ends in its segment.
struct Torn {
    dir: tempfile::TempDir,
    entries: Vec<Vec<u8>>,
    heads: Vec<Head>,
    path: PathBuf,
    whole: Vec<u8>,
    start: usize,
    end: usize,
}

impl Torn {
    /// The third group has `count` entries: 3 fit the segment, 9 need a new one.
    fn new(count: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let before = written(dir.path(), &[2, 3]).0.len();
        let start_in_first = meaning(&std::fs::read(&segments(dir.path())[0]).unwrap());
        std::fs::remove_dir_all(dir.path()).unwrap();
        let (mut entries, heads) = written(dir.path(), &[2, 3, count]);
        let paths = segments(dir.path());
        let start = if paths.len() == 1 { start_in_first } else { HEADER_BYTES };
        let path = paths.last().unwrap().clone();
        let whole = std::fs::read(&path).unwrap();
        let end = meaning(&whole);
        entries.truncate(before);
        Self { dir, entries, heads, path, whole, start, end }
    }

    /// With these bytes on disk the journal opens without the third group, and goes on.
    fn is_cut(&self, bytes: &[u8], about: &str) {
        put(&self.path, bytes);
        let acknowledged = self.heads[1];
        let mut reader = JournalReader::open(self.dir.path()).unwrap();
        assert_eq!(reader.by_ref().map(Result::unwrap).count(), 5, "{about}");
        assert_eq!(reader.head(), acknowledged);
        let journal = open(self.dir.path(), acknowledged).unwrap();
        assert_eq!(journal.durable_head(), acknowledged, "{about}");
        assert_eq!(journal.read(Position(0), 99).unwrap(), self.entries, "{about}");
        let cut = std::fs::read(&self.path).unwrap();
        assert_eq!(meaning(&cut).max(self.start), self.start, "{about}: the tail is zero again");
        self.goes_on(self.dir.path());
    }

    fn goes_on(&self, dir: &Path) {
        let journal = open(dir, self.heads[1]).unwrap();
        let lease = journal.acquire("test").unwrap();
        let head = push(&journal, &lease, &some(self.heads[1], 1)).unwrap();
        drop(journal);
        assert_eq!(open(dir, head).unwrap().durable_head(), head);
        // Put back the segment as it was before: only what this test writes is in it. The next use
        // overwrites the file anyway.
        for path in segments(dir).into_iter().filter(|path| *path > self.path) {
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn a_group_written_up_to_any_byte_is_cut() {
    for count in [1, 3, 9] {
        let torn = Torn::new(count);
        for reached in torn.start..torn.end {
            let mut bytes = torn.whole.clone();
            bytes[reached..].fill(0);
            torn.is_cut(&bytes, &format!("{count} entries, up to byte {reached}"));
        }
        put(&torn.path, &torn.whole);
        assert_eq!(open(torn.dir.path(), torn.heads[1]).unwrap().durable_head(), torn.heads[2]);
    }
}

#[test]
fn a_group_whose_beginning_was_not_written_is_cut() {
    for count in [1, 3, 9] {
        let torn = Torn::new(count);
        for missing in torn.start + 1..torn.end {
            let mut bytes = torn.whole.clone();
            bytes[torn.start..missing].fill(0);
            torn.is_cut(&bytes, &format!("{count} entries, from byte {missing}"));
        }
    }
}

#[test]
fn a_group_with_any_hole_is_cut() {
    let torn = Torn::new(9);
    for hole in (torn.start..torn.end).step_by(16) {
        let mut bytes = torn.whole.clone();
        let end = (hole + 512).min(torn.end);
        if bytes[hole..end].iter().all(|byte| *byte == 0) {
            continue;
        }
        bytes[hole..end].fill(0);
        torn.is_cut(&bytes, &format!("hole at byte {hole}"));
    }
}

#[test]
fn a_new_segment_without_a_group_is_no_damage() {
    let torn = Torn::new(9);
    let mut bytes = torn.whole.clone();
    bytes[HEADER_BYTES..].fill(0);
    torn.is_cut(&bytes, "a segment was made, then the power failed");
}

#[test]
fn a_torn_tail_below_the_anchor_is_damage() {
    let torn = Torn::new(3);
    for reached in torn.start..torn.end {
        let mut bytes = torn.whole.clone();
        bytes[reached..].fill(0);
        put(&torn.path, &bytes);
        let found = super::damaged(open(torn.dir.path(), torn.heads[2]));
        assert!((5..8).contains(&found.position.0), "{found}");
        assert_eq!(std::fs::read(&torn.path).unwrap(), bytes, "nothing was changed");
    }
}

#[test]
fn garbage_behind_the_end_is_cut() {
    let torn = Torn::new(3);
    for offset in torn.end..torn.whole.len() {
        let mut bytes = torn.whole.clone();
        bytes[offset] = 0x5a;
        put(&torn.path, &bytes);
        assert_eq!(open(torn.dir.path(), torn.heads[2]).unwrap().durable_head(), torn.heads[2]);
        assert_eq!(std::fs::read(&torn.path).unwrap(), torn.whole);
    }
}
