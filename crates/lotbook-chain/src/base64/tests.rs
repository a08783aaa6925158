//! The vectors of RFC 4648, and no second spelling of any bytes.

use super::*;
use crate::vkey::VerifierKey;
use crate::{Checkpoint, TreeHash};
use proptest::prelude::*;

#[test]
fn the_vectors_of_rfc_4648_section_10_are_read() {
    let vectors = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
    for (length, text) in vectors.iter().enumerate() {
        assert_eq!(decode(text).as_deref(), Some(&b"foobar"[..length]));
    }
}

#[test]
fn other_spellings_are_refused() {
    for text in [
        "Zg",
        "Zg=",
        "Zg===",
        "Z",
        "Zh==",
        "Zm9",
        "Zm+_",
        "Zm-v",
        " Zg==",
        "Zg== ",
        "Zg==\n",
        "Zg\n==",
        "=",
        "====",
        "Zg==Zg==",
        "Zg==Zm9v",
        "Zm8=Zm8=",
        "Zm8=Zm9v",
        "Zm9v====",
        "=Zm9v",
        "Zm=v",
        "\u{ff21}g==",
    ] {
        assert_eq!(decode(text), None, "{text:?}");
    }
}

/// 32 bytes as 2 and 30: as long as the right text, and read as the same bytes by the library.
#[test]
fn a_root_written_in_two_pieces_is_refused() {
    let root = [7; 32];
    let pieces = format!("{}{}", BASE64.encode(&root[..2]), BASE64.encode(&root[2..]));
    assert_eq!(BASE64.decode(pieces.as_bytes()), Ok(root.to_vec()));
    assert_eq!(pieces.len(), BASE64.encode(&root).len());
    assert_eq!(decode(&pieces), None);
    let good = Checkpoint { origin: "log.example".into(), size: 1, root: TreeHash(root) }.to_string();
    assert!(good.replace(&BASE64.encode(&root), &pieces).parse::<Checkpoint>().is_err());
}

#[test]
fn keys_and_signatures_written_in_two_pieces_are_refused() {
    let key = crate::SigningKey::from_seed(&[1; 32]);
    let vkey = VerifierKey::new("name", key.public()).unwrap().to_string();
    let note = crate::sign_note("text\n", "name", &key).unwrap();
    for (text, mark) in [(&vkey, '+'), (&note, ' ')] {
        // The key's own base64 may hold a plus sign: the second from the front is the last that parts.
        let at =
            if mark == '+' { text.match_indices(mark).nth(1).unwrap().0 } else { text.rfind(mark).unwrap() };
        let (before, blob) = text.split_at(at + 1);
        let (blob, end) = blob.strip_suffix('\n').map_or((blob, ""), |blob| (blob, "\n"));
        let bytes = decode(blob).unwrap();
        let pieces = format!("{before}{}{}{end}", BASE64.encode(&bytes[..1]), BASE64.encode(&bytes[1..]));
        assert!(pieces.parse::<VerifierKey>().is_err(), "{pieces}");
        assert!(crate::split_note(&pieces).is_err(), "{pieces}");
        assert!(vkey.parse::<VerifierKey>().is_ok() && crate::split_note(&note).is_ok());
    }
}

proptest! {
    #[test]
    fn writing_and_reading_give_the_same_bytes(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        prop_assert_eq!(decode(&BASE64.encode(&bytes)), Some(bytes));
    }

    #[test]
    fn what_is_read_is_what_would_be_written(text in "([A-Z/+=]{4}|[A-Z]{2}==|[A-Z]{3}=){0,4}") {
        if let Some(bytes) = decode(&text) {
            prop_assert_eq!(BASE64.encode(&bytes), text);
        }
    }
}
