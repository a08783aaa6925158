//! Whole certificates: those that hold, and those that fail when they are read or recomputed. [draw 8]

use lotbook_draw::Certificate;

use super::files;

#[test]
fn certificates() {
    let mut seen = (0, 0);
    for (name, json) in files("certificate") {
        let judged = Certificate::from_json(&json).map_err(|e| e.to_string());
        let judged = judged.and_then(|c| c.recompute().map_err(|e| e.to_string()));
        match (name.split('-').next(), judged) {
            (Some("holds"), Ok(_)) => seen.0 += 1,
            (Some("fails"), Err(_)) => seen.1 += 1,
            (_, judged) => panic!("{name}: {judged:?}"),
        }
    }
    assert!(seen.0 >= 8 && seen.1 >= 22, "{seen:?}");
}
