//! The segment's header and file name: which entries follow, and after which one.

use crate::damage::HeaderFault;
use crate::journal::Head;
use lotbook_chain::{EntryHash, Position};

/// First bytes of every segment.
const MAGIC: [u8; 8] = *b"LOTBOOKJ";
/// The layout that [`super`] documents.
const VERSION: u32 = 1;
/// Bytes of the header; the first frame follows.
pub(crate) const HEADER_BYTES: usize = 68;

/// What a segment says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Length of the file in bytes, header and zero padding included.
    pub(crate) length: u32,
    /// The journal's head before the segment's first entry.
    pub(crate) before: Head,
    /// Drawn for each segment and mixed into every checksum of a frame: bytes that an author puts
    /// into a statement cannot pass as a frame, nor can frames of another segment.
    pub(crate) salt: u64,
}

impl Header {
    pub(crate) fn encode(&self) -> [u8; HEADER_BYTES] {
        let fields: [&[u8]; 6] = [
            &MAGIC,
            &VERSION.to_le_bytes(),
            &self.length.to_le_bytes(),
            &self.before.size.to_le_bytes(),
            &self.before.hash.0,
            &self.salt.to_le_bytes(),
        ];
        let body = fields.concat();
        let mut bytes = [0; HEADER_BYTES];
        let sum = crc32c::crc32c(&body).to_le_bytes();
        for (to, from) in bytes.iter_mut().zip(body.iter().chain(&sum)) {
            *to = *from;
        }
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, HeaderFault> {
        let body = bytes.get(..HEADER_BYTES - 4).ok_or(HeaderFault::Short)?;
        let mut rest = bytes;
        let magic: [u8; 8] = take(&mut rest)?;
        let version = u32::from_le_bytes(take(&mut rest)?);
        let length = u32::from_le_bytes(take(&mut rest)?);
        let size = u64::from_le_bytes(take(&mut rest)?);
        let hash = EntryHash(take(&mut rest)?);
        let salt = u64::from_le_bytes(take(&mut rest)?);
        if u32::from_le_bytes(take(&mut rest)?) != crc32c::crc32c(body) {
            return Err(HeaderFault::Checksum);
        }
        if magic != MAGIC {
            return Err(HeaderFault::Magic);
        }
        if version != VERSION {
            return Err(HeaderFault::Version(version));
        }
        Ok(Self { length, before: Head { size, hash }, salt })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], HeaderFault> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(HeaderFault::Short)?;
    *rest = tail;
    Ok(*head)
}

/// File name of the segment whose first entry is `first`: 20 digits, so names sort as positions do.
pub(crate) fn file_name(first: Position) -> String {
    format!("{:020}.seg", first.0)
}

/// The first position a file name states, if it is a segment's.
pub(crate) fn parse_file_name(name: &str) -> Option<Position> {
    let digits = name.strip_suffix(".seg").filter(|digits| digits.len() == 20)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok().map(Position)).flatten()
}
