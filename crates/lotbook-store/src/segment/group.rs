//! The group: what was appended at once, found whole in a segment or not at all.

use super::frame::parse_frame;
use crate::damage::FrameFault;
use crate::journal::Head;
use crate::link::{LinkFault, follow};
use lotbook_chain::Position;

/// A whole group, its frames sound and its entries linked.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// Its entries.
    pub(crate) entries: Vec<&'a [u8]>,
    /// The head after it.
    pub(crate) head: Head,
    /// Where it ends, in bytes from the beginning of the segment.
    pub(crate) end: usize,
}

/// Where reading stopped, and why.
#[derive(Debug)]
pub(crate) struct Stop {
    /// The entry that was to come.
    pub(crate) position: Position,
    /// Where its frame was to begin.
    pub(crate) offset: usize,
    /// What was there instead.
    pub(crate) why: StopFault,
}

/// Why no group could be read.
#[derive(Debug)]
pub(crate) enum StopFault {
    /// No sound frame: the end, a torn tail, or damage; what lies around it decides.
    Frame(FrameFault),
    /// A sound frame of another group: damage, wherever it is found.
    Group(Position),
    /// A sound frame with an entry that does not follow: damage, wherever it is found.
    Link(LinkFault),
}

/// Reads the group at `offset` of a segment's bytes, which must follow `head`.
pub(crate) fn read_group(salt: u64, bytes: &[u8], offset: usize, head: Head) -> Result<Group<'_>, Stop> {
    let first = head.next();
    let mut group = Group { entries: Vec::new(), head, end: offset };
    loop {
        let stop = |group: &Group<'_>, why| Stop { position: group.head.next(), offset: group.end, why };
        let rest = bytes.get(group.end..).unwrap_or_default();
        let frame = parse_frame(salt, rest).map_err(|fault| stop(&group, StopFault::Frame(fault)))?;
        if frame.group != first {
            return Err(stop(&group, StopFault::Group(frame.group)));
        }
        let next = follow(group.head, frame.entry).map_err(|fault| stop(&group, StopFault::Link(fault)))?;
        group.entries.push(frame.entry);
        group.head = next;
        group.end = group.end.saturating_add(frame.length());
        if frame.last {
            return Ok(group);
        }
    }
}
