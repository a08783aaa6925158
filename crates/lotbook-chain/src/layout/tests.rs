//! Paths: the published ones, each tile's one text, and no other text.

use super::*;
use crate::tile::tests::MemoryTiles;
use crate::vectors::{list, number, record_leaves, text, tlog};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn refused(path: &str) {
    assert_eq!(path.parse::<TilePath>(), Err(TilePathError(path.to_owned())));
}

fn hashes(level: u8, index: u64, width: u16) -> TilePath {
    TilePath::Hashes { id: TileId { level, index }, width }
}

#[test]
fn the_published_indexes_have_their_published_paths() {
    let vectors = tlog();
    let published = vectors["tlog_tiles_paths"]["index_to_path"].as_object().unwrap();
    for (index, expected) in published {
        let (index, expected) = (index.parse().unwrap(), text(expected));
        for (path, printed) in [
            (hashes(0, index, 256), format!("tile/0/{expected}")),
            (hashes(63, index, 1), format!("tile/63/{expected}.p/1")),
            (TilePath::Entries { index, width: 256 }, format!("tile/entries/{expected}")),
            (TilePath::Entries { index, width: 255 }, format!("tile/entries/{expected}.p/255")),
        ] {
            assert_eq!(path.to_string(), printed);
            assert_eq!(printed.parse(), Ok(path));
        }
    }
    assert_eq!(published.len(), 5);
}

#[test]
fn the_published_bad_paths_are_refused() {
    let vectors = tlog();
    let published = list(&vectors["tlog_tiles_paths"]["bad"]);
    published.iter().for_each(|path| refused(text(path)));
    assert_eq!(published.len(), 9);
}

#[test]
fn every_other_spelling_is_refused() {
    for path in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tile/0//000",
        "Tile/0/000",
        "tiles/0/000",
        "tile/Entries/000",
        "tile/entries",
        "tile/entries/",
        "tile/data/000",
        "tile/8/0/000",
        "tile/00/000",
        "tile/+1/000",
        "tile/ 0/000",
        "tile/0/000 ",
        "tile/0/000\n",
        "tile/256/000",
        "tile/0/0000",
        "tile/0/0",
        "tile/0/x000",
        "tile/0/x001",
        "tile/0/x001/x234",
        "tile/0/001/234",
        "tile/0/X001/234",
        "tile/0/x001/23",
        "tile/0/x001/2345",
        "tile/0/x1/234",
        "tile/0/x+01/234",
        "tile/0/+01",
        "tile/0/-01",
        "tile/0/0x1",
        "tile/0/x000/x001/234",
        "tile/0/١٢٣",
        "tile/0/..",
        "tile/0/../000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/1/",
        "tile/0/000.p/-1",
        "tile/0/000.p/1.p/1",
        "tile/0/000.p/257",
        "tile/0/000.p/65537",
        "tile/0/000p/1",
        "tile/0/000.P/1",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "checkpoint",
    ] {
        refused(path);
    }
    let largest = "tile/0/x018/x446/x744/x073/x709/x551/615";
    assert_eq!(largest.parse(), Ok(hashes(0, u64::MAX, 256)));
}

#[test]
fn every_path_cut_short_is_refused_or_another_tile() {
    for path in ["tile/63/x001/x234/067.p/255", "tile/entries/x001/x234/067.p/17"] {
        // What is left of the width is a width; without it, the path is that of the full tile.
        let others: Vec<&str> =
            (0..path.len()).map(|cut| &path[..cut]).filter(|cut| cut.parse::<TilePath>().is_ok()).collect();
        let (full, width) = path.split_once(".p/").unwrap();
        let widths = (1..width.len()).map(|cut| &path[..full.len() + 3 + cut]);
        assert_eq!(others, [full].into_iter().chain(widths).collect::<Vec<_>>());
    }
}

#[test]
fn a_log_of_70_000_entries_serves_the_published_tiles() {
    let vectors = tlog();
    let published = &vectors["tlog_tiles_paths"]["tree_70000"];
    let all: Vec<TilePath> = TilePath::all(70_000).collect();
    let full = |level: u8| {
        let of_level = |path: &&TilePath| matches!(path, TilePath::Hashes { id, .. } if id.level == level);
        all.iter().filter(of_level).filter(|path| path.is_full()).count() as u64
    };
    assert_eq!(full(0), number(&published["level0_full"]));
    assert_eq!(full(1), number(&published["level1_full"]));
    assert_eq!(full(2), 0);
    let width = |name: &str| u16::try_from(number(&published[name])).unwrap();
    let partial: Vec<TilePath> = all.iter().copied().filter(|path| !path.is_full()).collect();
    let expected = [
        hashes(0, 273, width("level0_partial_width")),
        hashes(1, 1, width("level1_partial_width")),
        hashes(2, 0, width("level2_partial_width")),
        TilePath::entries_at(273, 70_000),
    ];
    assert_eq!(partial, expected);
    assert_eq!(all.len(), 274 + 2 + 1 + 274);
    let of_256 = ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"];
    assert_eq!(TilePath::all(256).map(|path| path.to_string()).collect::<Vec<_>>(), of_256);
}

#[test]
fn a_log_serves_the_tiles_that_are_stored_and_a_bundle_for_each_of_level_0() {
    for size in (0..=600).chain([65_535, 65_536, 65_537]) {
        let stored = MemoryTiles::of(&record_leaves(size)).tiles;
        let expected: Vec<TilePath> =
            stored.iter().map(|(id, content)| hashes(id.level, id.index, content.len() as u16)).collect();
        let level0 = expected.iter().filter_map(|path| match *path {
            TilePath::Hashes { id: TileId { level: 0, index }, width } => {
                Some(TilePath::Entries { index, width })
            }
            _ => None,
        });
        let expected: Vec<TilePath> = expected.iter().copied().chain(level0).collect();
        assert_eq!(TilePath::all(size).collect::<Vec<_>>(), expected, "size {size}");
    }
}

#[test]
fn the_largest_log_is_no_overflow() {
    assert_eq!(TilePath::all(u64::MAX).next(), Some(hashes(0, 0, 256)));
    let last = (1_u64 << 56) - 1;
    assert_eq!(TilePath::entries_at(last, u64::MAX), TilePath::Entries { index: last, width: 255 });
}

#[test]
fn a_full_tile_is_its_own_full_tile() {
    let path = hashes(2, 7, 31);
    assert_eq!(
        (path.full(), path.full().full(), path.is_full()),
        (hashes(2, 7, 256), hashes(2, 7, 256), false)
    );
    let bundle = TilePath::Entries { index: 7, width: 31 };
    assert_eq!(bundle.full(), TilePath::Entries { index: 7, width: 256 });
    assert!(bundle.full().is_full());
}

proptest! {
    #[test]
    fn writing_and_reading_give_the_same_path(level in 0_u8..64, bits in 0_u32..64, index: u64, width in 1_u16..=256) {
        let index = index >> bits;
        for path in [hashes(level, index, width), TilePath::Entries { index, width }] {
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }
    }

    #[test]
    fn what_is_read_is_what_would_be_written(path in "tile/([0-9]{1,2}|entries)/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Ok(parsed) = path.parse::<TilePath>() {
            prop_assert_eq!(parsed.to_string(), path);
        }
    }

    #[test]
    fn two_tiles_have_two_paths(a in 0_u64..3_000_000, b in 0_u64..3_000_000, width in 1_u16..=256) {
        let paths = [hashes(0, a, width), hashes(0, b, width), TilePath::Entries { index: a, width }];
        let texts: BTreeSet<String> = paths.iter().map(TilePath::to_string).collect();
        prop_assert_eq!(texts.len(), paths.iter().collect::<BTreeSet<_>>().len());
    }
}
