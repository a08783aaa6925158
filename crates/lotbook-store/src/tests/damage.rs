//! After a clean stop every byte that carries meaning is watched over, and so is every file.

use super::{SMALL, damaged, meaning, open, put, segments, written};
use crate::journal::{Head, Journal, JournalError};
use crate::segment::{FRAME_HEADER_BYTES, HEADER_BYTES, JournalReader};
use crate::{Damage, Proof};
use lotbook_chain::Position;
use std::path::Path;

const GROUPS: [u64; 7] = [1, 4, 2, 6, 1, 5, 2];

/// The position that each meaningful byte of a segment belongs to; its header's are the first entry's.
fn owners(first: u64, entries: &[Vec<u8>], meaningful: usize) -> Vec<u64> {
    let mut owners = vec![first; HEADER_BYTES];
    for (position, entry) in (first..).zip(&entries[usize::try_from(first).unwrap()..]) {
        let end = owners.len() + FRAME_HEADER_BYTES + entry.len();
        if end > meaningful {
            break;
        }
        owners.resize(end, position);
    }
    assert_eq!(owners.len(), meaningful, "frames end where zeros begin");
    owners
}

fn first_of(path: &Path) -> u64 {
    path.file_stem().unwrap().to_str().unwrap().parse().unwrap()
}

#[test]
fn every_flip_of_a_meaningful_byte_is_found_with_its_position() {
    let dir = tempfile::tempdir().unwrap();
    let (entries, heads) = written(dir.path(), &GROUPS);
    let anchor = *heads.last().unwrap();
    assert_eq!(anchor.size, 21);
    let paths = segments(dir.path());
    assert!(paths.len() > 2, "several segments");
    for path in paths {
        let whole = std::fs::read(&path).unwrap();
        let owners = owners(first_of(&path), &entries, meaning(&whole));
        for (offset, position) in owners.into_iter().enumerate() {
            for mask in [1, 2, 4, 8, 16, 32, 64, 128, 255, whole[offset]] {
                let mut bytes = whole.clone();
                bytes[offset] ^= mask;
                if bytes == whole {
                    continue;
                }
                put(&path, &bytes);
                let found = damaged(open(dir.path(), anchor));
                assert_eq!(found.position, Position(position), "{} {offset} {mask}", path.display());
                assert_eq!(found.file, path);
                assert_eq!(std::fs::read(&path).unwrap(), bytes, "nothing was changed");
            }
        }
        put(&path, &whole);
    }
    assert_eq!(open(dir.path(), anchor).unwrap().read(Position(0), 99).unwrap(), entries);
}

/// Reads a journal as the offline verifier does, to its end or to the first error.
fn read_only(dir: &Path) -> Result<Head, JournalError> {
    let mut reader = JournalReader::open(dir)?;
    reader.by_ref().try_for_each(|entry| entry.map(|_| ()))?;
    Ok(reader.head())
}

#[test]
fn without_an_anchor_a_flip_in_any_group_but_the_last_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (entries, heads) = written(dir.path(), &GROUPS);
    let safe = heads[heads.len() - 2].size;
    for path in segments(dir.path()) {
        let whole = std::fs::read(&path).unwrap();
        for (offset, position) in owners(first_of(&path), &entries, meaning(&whole)).into_iter().enumerate() {
            let mut bytes = whole.clone();
            bytes[offset] ^= 0x10;
            put(&path, &bytes);
            let read = read_only(dir.path());
            if position < safe || offset < HEADER_BYTES {
                assert_eq!(damaged(open(dir.path(), Head::EMPTY)).position, Position(position));
                assert_eq!(damaged(read).position, Position(position));
            } else {
                assert_eq!(read.unwrap(), heads[heads.len() - 2], "the torn end of the last group");
            }
        }
        put(&path, &whole);
    }
}

#[test]
fn a_wiped_stretch_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (_, heads) = written(dir.path(), &GROUPS);
    for (path, end) in segments(dir.path()).into_iter().map(|path| (path.clone(), first_of(&path))) {
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        bytes[HEADER_BYTES..].fill(0);
        put(&path, &bytes);
        assert_eq!(damaged(open(dir.path(), *heads.last().unwrap())).position, Position(end));
        put(&path, &whole);
    }
}

#[test]
fn a_truncated_segment_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (_, heads) = written(dir.path(), &GROUPS);
    for path in segments(dir.path()) {
        let whole = std::fs::read(&path).unwrap();
        for length in 0..whole.len() {
            put(&path, &whole[..length]);
            let found = damaged(open(dir.path(), Head::EMPTY));
            assert_eq!((found.position.0, &found.file), (first_of(&path), &path));
            assert_eq!(damaged(read_only(dir.path())).file, path);
        }
        put(&path, &whole);
    }
    open(dir.path(), *heads.last().unwrap()).unwrap();
}

#[test]
fn a_missing_segment_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (_, heads) = written(dir.path(), &GROUPS);
    let anchor = *heads.last().unwrap();
    for path in segments(dir.path()) {
        let aside = dir.path().join("aside");
        std::fs::rename(&path, &aside).unwrap();
        let found = damaged(open(dir.path(), anchor));
        assert_eq!(found.position.0, first_of(&path), "{found}");
        assert!(matches!(found.what, Damage::Gap { .. } | Damage::Shorter { .. }), "{found}");
        std::fs::rename(&aside, &path).unwrap();
    }
    for path in segments(dir.path()) {
        std::fs::remove_file(path).unwrap();
    }
    assert_eq!(damaged(open(dir.path(), anchor)).what, Damage::Shorter { anchor });
    assert_eq!(segments(dir.path()).len(), 0, "no new journal is begun");
}

#[test]
fn a_segment_of_another_ledger_is_found() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (_, heads) = written(ours.path(), &GROUPS);
    let journal = open(theirs.path(), Head::EMPTY).unwrap();
    let lease = journal.acquire("test").unwrap();
    for count in GROUPS {
        let head = journal.durable_head();
        let batch = (0..count).map(|i| format!("statemenT {}", head.size + i).into_bytes());
        crate::suite::push(&journal, &lease, &crate::suite::chain(head, batch)).unwrap();
    }
    for path in segments(ours.path()) {
        let whole = std::fs::read(&path).unwrap();
        std::fs::copy(theirs.path().join(path.file_name().unwrap()), &path).unwrap();
        damaged(open(ours.path(), *heads.last().unwrap()));
        put(&path, &whole);
    }
    let theirs = damaged(open(theirs.path(), *heads.last().unwrap()));
    assert!(matches!(theirs.what, Damage::Diverged { .. }), "{theirs}");
    assert_eq!(theirs.position, Position(20));
}

#[test]
fn a_forged_checksum_does_not_pass() {
    let dir = tempfile::tempdir().unwrap();
    let (entries, heads) = written(dir.path(), &[2, 1, 2]);
    let path = segments(dir.path()).remove(0);
    let mut bytes = std::fs::read(&path).unwrap();
    let salt = bytes[56..64].to_vec();
    // Another statement in entry 1, with the checksum made to fit: entry 2 no longer follows.
    let frame = HEADER_BYTES + FRAME_HEADER_BYTES + entries[0].len();
    let end = frame + FRAME_HEADER_BYTES + entries[1].len();
    bytes[end - 1] ^= 1;
    let sum = crc32c::crc32c(&[&salt, &bytes[frame + 4..end]].concat()).to_le_bytes();
    bytes[frame..frame + 4].copy_from_slice(&sum);
    put(&path, &bytes);
    let found = damaged(open(dir.path(), *heads.last().unwrap()));
    assert_eq!(found.position, Position(2));
    assert!(matches!(found.what, Damage::Link(_)), "{found}");
    assert_eq!(found.offset, end as u64);
}

#[test]
fn a_bad_frame_below_the_anchor_is_never_cut() {
    let dir = tempfile::tempdir().unwrap();
    let (_, heads) = written(dir.path(), &[3, 3]);
    let path = segments(dir.path()).remove(0);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = meaning(&bytes) - 1;
    bytes[last] ^= 1;
    put(&path, &bytes);
    let found = damaged(open(dir.path(), heads[1]));
    assert!(matches!(found.what, Damage::Frame { proof: Proof::Anchor(_), .. }), "{found}");
    assert_eq!(found.position, Position(5));
    // Without the anchor it cannot be told from a torn end: that is what the anchor is for.
    assert_eq!(open(dir.path(), heads[0]).unwrap().durable_head(), heads[0]);
}

#[test]
fn damage_met_while_serving_is_an_error_of_the_read() {
    let dir = tempfile::tempdir().unwrap();
    let (entries, heads) = written(dir.path(), &GROUPS);
    let journal = open(dir.path(), *heads.last().unwrap()).unwrap();
    let path = segments(dir.path()).remove(0);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[HEADER_BYTES + 100] ^= 1;
    put(&path, &bytes);
    assert_eq!(damaged(journal.read(Position(0), 1)).position, Position(0));
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(u64::from(SMALL) / 2).unwrap();
    damaged(journal.read(Position(0), usize::MAX));
    let (last, from) = (segments(dir.path()).pop().unwrap(), first_of(&segments(dir.path()).pop().unwrap()));
    assert!(last != path);
    assert_eq!(journal.read(Position(from), 1).unwrap()[0], entries[usize::try_from(from).unwrap()]);
}
