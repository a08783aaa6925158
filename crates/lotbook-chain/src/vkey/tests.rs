//! Verifier keys: the published ones are read and written back; every other text is refused.

use super::*;
use crate::sign::SigningKey;
use crate::vectors::{list, text, tlog};
use proptest::prelude::*;

const GOOD: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

fn refused(text: &str) -> VerifierKeyError {
    text.parse::<VerifierKey>().expect_err(text)
}

#[test]
fn the_published_keys_are_read_and_written_back() {
    let vectors = tlog();
    for note in list(&vectors["signed_notes"]) {
        for vkey in list(&note["vkeys"]) {
            assert_eq!(text(vkey).parse::<VerifierKey>().unwrap().to_string(), text(vkey));
        }
    }
}

#[test]
fn a_key_has_its_name_id_and_public_key() {
    let key: VerifierKey = GOOD.parse().unwrap();
    assert_eq!(key.name(), "PeterNeumann");
    assert_eq!(key.id(), NoteKeyId([0xc7, 0x4f, 0x20, 0xa3]));
    assert_eq!(VerifierKey::new("PeterNeumann", *key.public()), Ok(key));
}

#[test]
fn the_published_bad_keys_are_refused() {
    let vectors = tlog();
    let bad: Vec<VerifierKeyError> =
        list(&vectors["signed_note_bad_vkeys"]["vkeys"]).iter().map(|key| refused(text(&key[0]))).collect();
    // The first has bits left over in its base64; without them, its key is too long.
    assert_eq!(bad, [VerifierKeyError::Base64(52), VerifierKeyError::OtherType { expected: 1, found: 0x65 }]);
    let whole = text(&vectors["signed_note_bad_vkeys"]["vkeys"][0][0]).replace("Y==", "Q==");
    assert_eq!(refused(&whole), VerifierKeyError::Key(KeyError::Length(36)));
}

#[test]
fn every_proper_substring_is_refused() {
    for start in 0..GOOD.len() {
        for end in start..GOOD.len() {
            refused(&GOOD[start..end]);
        }
        if start > 0 {
            refused(&GOOD[start..]);
        }
    }
}

#[test]
fn every_single_byte_increment_is_refused() {
    for at in 0..GOOD.len() {
        let mut bytes = GOOD.as_bytes().to_vec();
        bytes[at] += 1;
        refused(core::str::from_utf8(&bytes).unwrap());
    }
}

#[test]
fn other_spellings_of_a_good_key_are_refused() {
    for text in [
        GOOD.replace("c74f20a3", "C74F20A3"),
        format!("{GOOD}\n"),
        format!("{GOOD}="),
        format!("{GOOD}===="),
        format!("{GOOD}+"),
        format!(" {GOOD}"),
        GOOD.replace('/', "_"),
        GOOD.replacen('+', " ", 1),
        GOOD.replace("c74f20a3", "c74f20a300"),
        GOOD.replace("c74f20a3", ""),
    ] {
        refused(&text);
    }
    assert_eq!(refused("name+c74f20a3+"), VerifierKeyError::Base64(0));
    assert_eq!(refused("name+c74f20a3"), VerifierKeyError::Parts);
    assert_eq!(refused("+c74f20a3+AQ=="), VerifierKeyError::Name(KeyNameError::Empty));
    let (found, other) = (NoteKeyId([0xc7, 0x4f, 0x20, 0xa3]), GOOD.replace("Peter", "Petra"));
    assert!(matches!(refused(&other), VerifierKeyError::WrongId { found: id, .. } if id == found));
}

#[test]
fn a_key_of_small_order_is_refused_although_its_id_is_right() {
    let public = [0; 32];
    let typed = [&[ED25519], public.as_slice()].concat();
    let hash = Sha256::digest([b"weak\n", typed.as_slice()].concat());
    let text = format!("weak+{}+{}", HEXLOWER.encode(&hash[..4]), BASE64.encode(&typed));
    assert_eq!(refused(&text), VerifierKeyError::Key(KeyError::Weak));
}

#[test]
fn names_follow_the_rules() {
    let key = SigningKey::from_seed(&[1; 32]).public();
    for name in ["a", "example.com/log", "账本.example", &"n".repeat(MAX_NAME_BYTES)] {
        assert_eq!(VerifierKey::new(name, key).unwrap().name(), name);
    }
    for bad in [' ', '+', '\n', '\t', '\r', '\0', '\u{7f}', '\u{85}', '\u{a0}', '\u{2028}', '\u{3000}'] {
        assert_eq!(VerifierKey::new(&format!("a{bad}b"), key), Err(KeyNameError::Character(bad)));
    }
    assert_eq!(VerifierKey::new("", key), Err(KeyNameError::Empty));
    assert_eq!(VerifierKey::new(&"n".repeat(256), key), Err(KeyNameError::TooLong(256)));
}

proptest! {
    #[test]
    fn writing_and_reading_give_the_same_key(name in "[!-*,-~\u{4e00}-\u{9fff}]{1,60}", seed in any::<[u8; 32]>()) {
        let key = VerifierKey::new(&name, SigningKey::from_seed(&seed).public()).unwrap();
        prop_assert_eq!(key.to_string().parse::<VerifierKey>(), Ok(key));
    }

    #[test]
    fn any_text_is_refused_or_is_the_text_of_its_key(text in "[a-z]{0,3}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44}") {
        if let Ok(key) = text.parse::<VerifierKey>() {
            prop_assert_eq!(key.to_string(), text);
        }
    }
}
