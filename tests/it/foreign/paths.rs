//! Paths of tiles and bundles, and texts that look like them.

use super::case::What;
use super::corpus::Corpus;
use super::log::Log;
use lotbook_chain::TilePath;

/// Places whose text has one, two and three groups of digits, and the largest.
const PLACES: [&str; 9] = [
    "000",
    "067",
    "255",
    "x001/000",
    "x999/999",
    "x001/x234/067",
    "x123/x456/x789/012",
    "x001/x000/x000/000",
    "x281/x474/x976/x710/655",
];

const NO_PATHS: [(&str, &str); 24] = [
    ("no-index", "tile/0"),
    ("empty-index", "tile/0/"),
    ("two-digits", "tile/0/67"),
    ("four-digits", "tile/0/0067"),
    ("no-x", "tile/0/001/067"),
    ("x-in-the-last-group", "tile/0/x067"),
    ("empty-first-group", "tile/0/x000/067"),
    ("upper-case-x", "tile/0/X001/067"),
    ("level-64", "tile/64/000"),
    ("level-with-zero", "tile/01/000"),
    ("level-with-sign", "tile/+1/000"),
    ("negative-level", "tile/-1/000"),
    ("no-level", "tile//000"),
    ("width-0", "tile/0/000.p/0"),
    ("width-256", "tile/0/000.p/256"),
    ("width-with-zero", "tile/0/000.p/01"),
    ("no-width", "tile/0/000.p/"),
    ("width-without-number", "tile/0/000.p"),
    ("width-in-the-name", "tile/0/000.p1"),
    ("more-behind", "tile/0/000/"),
    ("slash-before", "/tile/0/000"),
    ("other-word", "tiles/0/000"),
    ("letters", "tile/0/abc"),
    ("sign", "tile/0/+67"),
];

pub fn add(corpus: &mut Corpus, log: &Log) {
    for size in [1, 255, 256, 257, 600, log.size()] {
        for path in TilePath::all(size).step_by(7) {
            corpus.accept(What::Path(path.to_string()));
        }
    }
    for place in PLACES {
        for level in ["0", "1", "7", "63", "entries"] {
            corpus.accept(What::Path(format!("tile/{level}/{place}")));
            corpus.accept(What::Path(format!("tile/{level}/{place}.p/1")));
            corpus.accept(What::Path(format!("tile/{level}/{place}.p/255")));
        }
    }
    for (change, text) in NO_PATHS {
        corpus.refuse(change, What::Path(text.to_owned()));
        if text.contains("/0/") {
            corpus.refuse(change, What::Path(text.replacen("/0/", "/entries/", 1)));
        }
    }
}
