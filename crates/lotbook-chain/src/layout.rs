//! Where things lie in a log served as static files (C2SP tlog-tiles): paths, strictly both ways.

use crate::tile::{TILE_WIDTH, TileId};
use core::fmt;
use core::str::FromStr;

/// The path of the checkpoint.
pub const CHECKPOINT_PATH: &str = "checkpoint";
/// Largest level of a tile (tlog-tiles: 0 to 63).
const MAX_LEVEL: u8 = 63;

/// A tile as it lies on a web server: which, and how wide. Text: `tile/<L>/<N>[.p/<W>]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TilePath {
    /// Hashes of the tree.
    Hashes {
        /// Level and place.
        id: TileId,
        /// Hashes in it, 1..=256; 256 is the full tile.
        width: u16,
    },
    /// Entries; as many as level 0 has hashes in the tile at this place.
    Entries {
        /// Place from the left.
        index: u64,
        /// Entries in it, 1..=256; 256 is the full bundle.
        width: u16,
    },
}

/// A path that is none of a log's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no path of a tile")]
pub struct TilePathError(pub String);

impl TilePath {
    /// Hashes or entries in it, 1..=256.
    pub fn width(self) -> u16 {
        match self {
            Self::Hashes { width, .. } | Self::Entries { width, .. } => width,
        }
    }

    /// Whether it will never change: a full tile.
    pub fn is_full(self) -> bool {
        self.width() == TILE_WIDTH
    }

    /// The same tile when it is full.
    pub fn full(self) -> Self {
        let width = TILE_WIDTH;
        match self {
            Self::Hashes { id, .. } => Self::Hashes { id, width },
            Self::Entries { index, .. } => Self::Entries { index, width },
        }
    }

    /// Every tile that a log of `size` entries serves, hashes by level and place, then entries by place.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..=MAX_LEVEL).map_while(move |level| {
            let hashes = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
            (hashes > 0).then_some((level, hashes))
        });
        let hashes = levels.flat_map(move |(level, hashes)| {
            (0..hashes.div_ceil(u64::from(TILE_WIDTH))).map(move |index| {
                let id = TileId { level, index };
                Self::Hashes { id, width: id.width_at(size) }
            })
        });
        let bundles = 0..size.div_ceil(u64::from(TILE_WIDTH));
        hashes.chain(bundles.map(move |index| Self::entries_at(index, size)))
    }

    /// The bundle at a place in a log of `size` entries.
    pub fn entries_at(index: u64, size: u64) -> Self {
        Self::Entries { index, width: TileId { level: 0, index }.width_at(size) }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match *self {
            Self::Hashes { id, width } => {
                write!(f, "tile/{}/", id.level)?;
                (id.index, width)
            }
            Self::Entries { index, width } => {
                f.write_str("tile/entries/")?;
                (index, width)
            }
        };
        write_index(f, index)?;
        if width == TILE_WIDTH { Ok(()) } else { write!(f, ".p/{width}") }
    }
}

/// 1234067 -> x001/x234/067 (tlog-tiles, Merkle Tree).
fn write_index(f: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let (before, last) = (index / 1000, index % 1000);
    let mut groups = Vec::new();
    let mut rest = before;
    while rest > 0 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    for group in groups.iter().rev() {
        write!(f, "x{group:03}/")?;
    }
    write!(f, "{last:03}")
}

impl FromStr for TilePath {
    type Err = TilePathError;

    /// Parses a path strictly: what it prints again is the same text.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || TilePathError(text.to_owned());
        let parsed = parse(text).ok_or_else(error)?;
        if parsed.to_string() == text { Ok(parsed) } else { Err(error()) }
    }
}

fn parse(text: &str) -> Option<TilePath> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let (place, width) = match rest.split_once(".p/") {
        Some((place, width)) => {
            let width: u16 = width.parse().ok()?;
            (place, Some(width).filter(|width| (1..TILE_WIDTH).contains(width))?)
        }
        None => (rest, TILE_WIDTH),
    };
    let mut index: u64 = 0;
    for group in place.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        let value: u64 = digits.parse().ok().filter(|_| digits.len() == 3)?;
        index = index.checked_mul(1000)?.checked_add(value)?;
    }
    if kind == "entries" {
        return Some(TilePath::Entries { index, width });
    }
    let level = kind.parse().ok().filter(|level| *level <= MAX_LEVEL)?;
    Some(TilePath::Hashes { id: TileId { level, index }, width })
}

#[cfg(test)]
mod tests;
