//! A byte search for restricted values in a ledger's files.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Fewest bytes of a value: two Chinese characters.
const KEY: usize = 6;

/// Every file under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The values that occur in some bytes.
fn found_in<'a>(bytes: &[u8], values: &'a [String]) -> Vec<&'a str> {
    let mut by_key: HashMap<&[u8], Vec<&'a str>> = HashMap::new();
    for value in values {
        let key = value.as_bytes().get(..KEY).unwrap_or_else(|| panic!("{value} is too short to search"));
        by_key.entry(key).or_default().push(value);
    }
    let mut found = vec![];
    // Nothing but the journal's padding is all zeros.
    for at in (0..bytes.len().saturating_sub(KEY - 1)).filter(|at| bytes[*at] != 0) {
        if let Some(values) = by_key.get(&bytes[at..at + KEY]) {
            found.extend(values.iter().filter(|value| bytes[at..].starts_with(value.as_bytes())));
        }
    }
    found
}

/// No restricted value is in the ledger's files or in what was printed; but the search does find what
/// is public, and the sealed file beside the registrar's key (readable by nobody else) has the grounds.
pub fn nowhere(data: &Path, printed: &str, restricted: &[String], public: &[String], sealed: &[String]) {
    let (mut seen, mut kept) = (vec![], vec![]);
    for file in files(data) {
        let bytes = std::fs::read(&file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".sealed.json") {
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", file.display());
            kept.extend(found_in(&bytes, sealed).into_iter().map(str::to_owned));
            continue;
        }
        assert_eq!(found_in(&bytes, restricted), Vec::<&str>::new(), "{}", file.display());
        let places = [data.join("journal"), data.join("index")];
        if places.iter().any(|place| file.starts_with(place)) && !found_in(&bytes, public).is_empty() {
            seen.push(file);
        }
    }
    assert_eq!(found_in(printed.as_bytes(), restricted), Vec::<&str>::new(), "printed");
    assert!(seen.len() >= 2, "public values are in journal and index: {seen:?}");
    for value in sealed {
        assert!(kept.contains(value), "{value} was not kept in the sealed file");
    }
}

#[test]
fn the_search_finds_a_value_wherever_it_lies() {
    let values = ["000-0001".to_owned(), "样例甲".to_owned(), "样例乙".to_owned()];
    assert_eq!(found_in("x样例甲".as_bytes(), &values), ["样例甲"]);
    assert_eq!(found_in(b"..000-0001", &values), ["000-0001"]);
    assert_eq!(found_in("样例丙000-0002".as_bytes(), &values), Vec::<&str>::new());
}
