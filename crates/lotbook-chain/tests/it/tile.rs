//! Paths of tiles, and their bytes.

use crate::{Case, Decided};
use data_encoding::HEXLOWER;
use lotbook_chain::bundle::{decode_entries, decode_hashes, encode_entries, encode_hashes};
use lotbook_chain::{BundleError, TilePath};
use serde_json::json;

pub fn path(case: &Case) -> Decided {
    let text = case.text("path");
    let path: TilePath = text.parse().map_err(|_| "no-path".to_owned())?;
    assert_eq!(path.to_string(), text);
    Ok(match path {
        TilePath::Hashes { id, width } => json!({
            "holds": "hashes",
            "level": id.level.to_string(),
            "index": id.index.to_string(),
            "width": width.to_string(),
        }),
        TilePath::Entries { index, width } => {
            json!({ "holds": "entries", "index": index.to_string(), "width": width.to_string() })
        }
    })
}

pub fn bundle(case: &Case) -> Decided {
    let width = u16::try_from(case.number("width")).unwrap();
    let bytes = HEXLOWER.decode(case.text("hex").as_bytes()).unwrap();
    let items: Vec<Vec<u8>> = match case.text("holds") {
        "entries" => {
            let entries = decode_entries(&bytes, width).map_err(|error| code(&error))?;
            assert_eq!(encode_entries(&entries).as_ref(), Ok(&bytes));
            entries
        }
        "hashes" => {
            let hashes = decode_hashes(&bytes, width).map_err(|error| code(&error))?;
            assert_eq!(encode_hashes(&hashes), bytes);
            hashes.iter().map(|hash| hash.0.to_vec()).collect()
        }
        other => panic!("{} holds {other}", case.name),
    };
    Ok(json!({ "items": items.iter().map(|item| HEXLOWER.encode(item)).collect::<Vec<_>>() }))
}

fn code(error: &BundleError) -> String {
    match error {
        BundleError::Hashes { .. } => "hashes",
        BundleError::Truncated { .. } => "truncated",
        BundleError::Trailing { .. } => "trailing",
        BundleError::TooLong(_) => "too-long",
    }
    .into()
}
