//! Damage: bytes that are not what was written, with the place where they were found.

use crate::journal::Head;
use crate::link::LinkFault;
use lotbook_chain::{EntryHash, Position};
use std::path::PathBuf;

/// A place where the journal is not what was written. Nothing was changed when it was found.
#[derive(Debug, thiserror::Error)]
#[error(
    "the journal is damaged at position {position} ({file}, byte {offset}): {what}; change nothing, copy \
     the directory away, and restore this file from a backup or the ledger from its tiles",
    file = file.display()
)]
pub struct Damaged {
    /// The first entry that cannot be read.
    pub position: Position,
    /// The segment file, or the directory if a file is missing.
    pub file: PathBuf,
    /// Where in the file, in bytes.
    pub offset: u64,
    /// What was found there.
    pub what: Damage,
}

/// What was found in place of the bytes that were written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The segment header does not stand up.
    #[error("the segment header is not valid ({0})")]
    Header(HeaderFault),
    /// The file is not as long as its header says.
    #[error("the segment file has {found} bytes, its header says {expected}")]
    Length {
        /// Bytes the file has.
        found: u64,
        /// Bytes the header states.
        expected: u64,
    },
    /// A segment begins somewhere else than the one before ends.
    #[error("entries are missing: the next segment begins at position {next}")]
    Gap {
        /// First position of the next segment.
        next: Position,
    },
    /// A frame that must be whole is not, as the anchor or later entries prove.
    #[error("{fault}, and {proof}")]
    Frame {
        /// What is wrong with it.
        fault: FrameFault,
        /// Why it cannot be the unacknowledged end.
        proof: Proof,
    },
    /// The journal ends in good order before the size the anchor states.
    #[error(
        "the journal ends here, but the anchor states {anchor}: this is an older copy, or its end was cut off"
    )]
    Shorter {
        /// What the anchor states.
        anchor: Head,
    },
    /// The journal and the anchor name different entries.
    #[error(
        "the entry has hash {found}, but the anchor states {anchor}: this is another branch of the ledger"
    )]
    Diverged {
        /// The entry's hash in the journal.
        found: EntryHash,
        /// What the anchor states.
        anchor: Head,
    },
    /// A frame is whole, but its entry does not follow the one before.
    #[error("{0}")]
    Link(LinkFault),
    /// A frame is whole, but it was not written here.
    #[error("the frame belongs to the group at position {found}, the group here begins at {expected}")]
    Group {
        /// First position of the group the frame names.
        found: Position,
        /// First position of the group expected.
        expected: Position,
    },
}

/// Why a segment header is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// The file ends within it.
    #[error("the file is too short")]
    Short,
    /// Its checksum does not match.
    #[error("its checksum does not match")]
    Checksum,
    /// It does not begin with the magic bytes of a segment.
    #[error("it does not begin as a segment does")]
    Magic,
    /// A version this program does not know.
    #[error("it has version {0}, which this program does not know")]
    Version(u32),
    /// It belongs to another segment than the file's name says.
    #[error("it belongs to the segment of position {0}")]
    Misplaced(Position),
    /// It follows another entry than the journal has before it.
    #[error("it follows another entry than the one before it")]
    Unlinked,
}

/// Why bytes are not a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// The length word is zero: nothing was written here, or it was wiped.
    #[error("there is no frame")]
    End,
    /// The length word has unknown bits or a length no entry has.
    #[error("the frame has the impossible length word {0:#010x}")]
    Word(u32),
    /// The frame reaches beyond the end of the segment.
    #[error("the frame reaches beyond the segment")]
    Overrun,
    /// The checksum does not match.
    #[error("the frame's checksum does not match")]
    Checksum,
}

/// Why a bad frame cannot be the torn end of a group nobody was told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Proof {
    /// The anchor states more entries.
    #[error("the anchor states {0}")]
    Anchor(Head),
    /// A later group lies behind it.
    #[error("a later group lies behind it at byte {offset}")]
    Later {
        /// Where the later frame begins, in bytes.
        offset: u64,
    },
    /// A later segment begins behind it.
    #[error("a later segment begins at position {next}")]
    Segment {
        /// First position of that segment.
        next: Position,
    },
    /// It was acknowledged by this process.
    #[error("it was acknowledged")]
    Acknowledged,
}
