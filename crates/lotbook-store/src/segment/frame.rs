//! The frame: one entry in a segment, with its length, its group and its checksum.

use crate::damage::FrameFault;
use lotbook_chain::{MAX_ENTRY_BYTES, Position};

/// Bytes before the entry: checksum 4, length word 4, group 8.
pub(crate) const FRAME_HEADER_BYTES: usize = 16;
/// Largest frame in bytes.
pub(crate) const MAX_FRAME_BYTES: usize = FRAME_HEADER_BYTES + MAX_ENTRY_BYTES;
/// Bit of the length word that marks the last frame of a group.
const LAST: u32 = 1 << 31;
/// Bits of the length word that are the entry's length.
const LENGTH: u32 = 0xffff;

/// A frame whose checksum matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// Position of the first entry of its group.
    pub(crate) group: Position,
    /// Whether it ends its group.
    pub(crate) last: bool,
    /// The entry's bytes.
    pub(crate) entry: &'a [u8],
}

impl Frame<'_> {
    /// Bytes the frame takes.
    pub(crate) fn length(&self) -> usize {
        FRAME_HEADER_BYTES.saturating_add(self.entry.len())
    }
}

/// Bytes that a group of these entries takes.
pub(crate) fn group_length(batch: &[Vec<u8>]) -> usize {
    batch.iter().map(|entry| FRAME_HEADER_BYTES.saturating_add(entry.len())).sum()
}

/// The frames of a group. Every entry has been checked: none is longer than the length word holds.
pub(crate) fn encode_group(salt: u64, group: Position, batch: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(group_length(batch));
    for (index, entry) in batch.iter().enumerate() {
        let last = if index.saturating_add(1) == batch.len() { LAST } else { 0 };
        let word = (u32::try_from(entry.len()).unwrap_or(u32::MAX) & LENGTH) | last;
        let (word, group) = (word.to_le_bytes(), group.0.to_le_bytes());
        bytes.extend_from_slice(&checksum(salt, &[&word, &group, entry]).to_le_bytes());
        bytes.extend_from_slice(&word);
        bytes.extend_from_slice(&group);
        bytes.extend_from_slice(entry);
    }
    bytes
}

/// The frame at the beginning of `bytes`, which reach to the end of the segment.
pub(crate) fn parse_frame(salt: u64, bytes: &[u8]) -> Result<Frame<'_>, FrameFault> {
    let (sum, rest) = bytes.split_first_chunk::<4>().ok_or(FrameFault::End)?;
    let (word, rest) = rest.split_first_chunk::<4>().ok_or(FrameFault::End)?;
    let (group, rest) = rest.split_first_chunk::<8>().ok_or(FrameFault::End)?;
    let length = entry_length(u32::from_le_bytes(*word))?;
    let entry = rest.get(..length).ok_or(FrameFault::Overrun)?;
    if checksum(salt, &[word, group, entry]) != u32::from_le_bytes(*sum) {
        return Err(FrameFault::Checksum);
    }
    let last = u32::from_le_bytes(*word) & LAST != 0;
    Ok(Frame { group: Position(u64::from_le_bytes(*group)), last, entry })
}

fn entry_length(word: u32) -> Result<usize, FrameFault> {
    let length = word & LENGTH;
    if word == 0 {
        Err(FrameFault::End)
    } else if length == 0 || word & !(LAST | LENGTH) != 0 {
        Err(FrameFault::Word(word))
    } else {
        usize::try_from(length).map_err(|_| FrameFault::Word(word))
    }
}

fn checksum(salt: u64, parts: &[&[u8]]) -> u32 {
    // CRC32C(u64 salt || length word || group || entry)
    let seed = crc32c::crc32c(&salt.to_le_bytes());
    parts.iter().fold(seed, |sum, part| crc32c::crc32c_append(sum, part))
}

/// Where, at or behind `offset`, a whole frame of a group after `committed` begins.
///
/// Such a frame proves that the group at `committed` was durable: groups are written one by one.
pub(crate) fn later_frame(salt: u64, bytes: &[u8], offset: usize, committed: Position) -> Option<usize> {
    (offset..bytes.len()).find(|at| {
        let rest = bytes.get(*at..).unwrap_or_default();
        let group = rest.get(8..).and_then(|rest| rest.first_chunk::<8>()).copied();
        // The group is looked at first: it rules out nearly every place without a checksum.
        let room = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let near = group.map(u64::from_le_bytes).and_then(|group| group.checked_sub(committed.0));
        near.is_some_and(|near| near > 0 && near <= room) && parse_frame(salt, rest).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: u64 = 77;

    fn batch() -> Vec<Vec<u8>> {
        vec![vec![1; 200], vec![2; 150], vec![3; 300]]
    }

    #[test]
    fn frames_come_back_as_they_were_written() {
        let bytes = encode_group(SALT, Position(9), &batch());
        assert_eq!(bytes.len(), group_length(&batch()));
        let mut at = 0;
        for (index, entry) in batch().iter().enumerate() {
            let frame = parse_frame(SALT, &bytes[at..]).unwrap();
            assert_eq!(frame, Frame { group: Position(9), last: index == 2, entry });
            at += frame.length();
        }
        assert_eq!(parse_frame(SALT, &bytes[at..]), Err(FrameFault::End));
    }

    #[test]
    fn the_layout_is_the_documented_one() {
        let bytes = encode_group(SALT, Position(0x0102), &[vec![9; 300]]);
        assert_eq!(bytes[4..8], (300_u32 | 1 << 31).to_le_bytes());
        assert_eq!(bytes[8..16], [2, 1, 0, 0, 0, 0, 0, 0]);
        let covered = [&SALT.to_le_bytes(), &bytes[4..]].concat();
        assert_eq!(bytes[..4], crc32c::crc32c(&covered).to_le_bytes());
    }

    #[test]
    fn a_later_frame_is_found_wherever_it_lies_but_only_with_the_salt() {
        let later = encode_group(SALT, Position(12), &batch());
        for gap in [0, 1, 17, 4096] {
            let bytes = [vec![0x3c; gap], later.clone(), vec![0; 50]].concat();
            assert_eq!(later_frame(SALT, &bytes, 0, Position(9)), Some(gap));
            assert_eq!(later_frame(SALT + 1, &bytes, 0, Position(9)), None, "a frame in a statement");
            assert_eq!(later_frame(SALT, &bytes, 0, Position(12)), None, "the same group");
        }
    }
}
