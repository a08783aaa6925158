//! Ed25519 is checked as strictly as promised: the published edge cases decide.

use super::*;
use crate::vectors::{hex, list, small_order_points, speccheck, text, wycheproof};
use serde_json::Value;

/// Whether a key, a message and a signature are accepted, as bytes from outside.
fn accepted(key: &Value, message: &Value, signature: &Value) -> bool {
    let (Ok(key), Ok(signature)) = (PublicKey::from_bytes(&hex(key)), <[u8; 64]>::try_from(hex(signature)))
    else {
        return false;
    };
    key.verify(&hex(message), &Signature(signature)).is_ok()
}

#[test]
fn all_twelve_cases_of_speccheck_are_refused() {
    let cases = speccheck();
    assert_eq!(list(&cases).len(), 12);
    for (case, number) in list(&cases).iter().zip(0..) {
        assert!(!accepted(&case["pub_key"], &case["message"], &case["signature"]), "case {number}");
    }
}

#[test]
fn strict_verification_alone_would_let_the_mixed_order_key_pass() {
    // Case 3 is why a torsion part is refused when a key is parsed.
    let cases = speccheck();
    let key = hex(&cases[3]["pub_key"]);
    assert_eq!(PublicKey::from_bytes(&key), Err(KeyError::Torsion));
    let unchecked = PublicKey(VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap());
    let signature = Signature(hex(&cases[3]["signature"]).try_into().unwrap());
    assert_eq!(unchecked.verify(&hex(&cases[3]["message"]), &signature), Ok(()));
}

#[test]
fn wycheproof_is_decided_as_labelled() {
    let file = wycheproof();
    let (mut valid, mut invalid) = (0, 0);
    for group in list(&file["testGroups"]) {
        for case in list(&group["tests"]) {
            let good = text(&case["result"]) == "valid";
            let found = accepted(&group["publicKey"]["pk"], &case["msg"], &case["sig"]);
            assert_eq!(found, good, "case {}: {}", case["tcId"], case["comment"]);
            if good { valid += 1 } else { invalid += 1 }
        }
    }
    assert_eq!((valid, invalid), (88, 63));
}

#[test]
fn points_of_small_order_are_no_keys_and_no_half_of_a_signature() {
    let points = small_order_points();
    assert_eq!(list(&points).len(), 14);
    let honest = SigningKey::from_seed(&[9; 32]).public();
    for point in list(&points) {
        let encoded = hex(&point["enc"]);
        let expected =
            if point["canonical"].as_bool().unwrap() { KeyError::Weak } else { KeyError::NonCanonical };
        assert_eq!(PublicKey::from_bytes(&encoded), Err(expected));
        // Even past the parser: the grid of 14 x 14 pairs (A, R) with S = 0.
        let unchecked = VerifyingKey::from_bytes(&encoded.clone().try_into().unwrap()).map(PublicKey);
        for other in list(&points) {
            let signature = Signature([hex(&other["enc"]), vec![0; 32]].concat().try_into().unwrap());
            assert_eq!(honest.verify(b"Zcash", &signature), Err(SignatureError));
            if let Ok(key) = &unchecked {
                assert_eq!(key.verify(b"Zcash", &signature), Err(SignatureError));
            }
        }
    }
}

#[test]
fn bytes_that_are_no_key_are_refused() {
    for length in [0, 31, 33, 64] {
        assert_eq!(PublicKey::from_bytes(&vec![1; length]), Err(KeyError::Length(length)));
    }
    let mut no_point = [0; 32];
    no_point[0] = 2;
    assert_eq!(PublicKey::from_bytes(&no_point), Err(KeyError::NotAPoint));
}

#[test]
fn a_signature_is_for_one_message_key_and_ledger() {
    let (key, other) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]));
    let (ledger, elsewhere) = (LedgerId([1; 32]), LedgerId([2; 32]));
    let message = statement_message(ledger, b"statement");
    assert_eq!(message, [b"lotbook v1 statement\n".as_slice(), &[1; 32], b"statement"].concat());
    let signature = key.sign(&message);
    assert_eq!(key.public().verify(&message, &signature), Ok(()));
    assert_eq!(other.public().verify(&message, &signature), Err(SignatureError));
    assert_eq!(
        key.public().verify(&statement_message(elsewhere, b"statement"), &signature),
        Err(SignatureError)
    );
    assert_eq!(
        key.public().verify(&statement_message(ledger, b"statements"), &signature),
        Err(SignatureError)
    );
    for bit in 0..512 {
        let mut bent = signature;
        bent.0[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(key.public().verify(&message, &bent), Err(SignatureError));
    }
}

#[test]
fn messages_with_fields_moved_between_them_differ() {
    let key = SigningKey::from_seed(&[1; 32]).public();
    let message = |role, section| possession_message(LedgerId::ZERO, &key, role, section);
    assert_ne!(message("leader", "S01"), message("leaderS", "01"));
    assert_ne!(message("", "leader"), message("leader", ""));
    let refusal = |at, code| refusal_message(LedgerId::ZERO, StatementHash::ZERO, Position(at), code);
    assert_ne!(refusal(1, "A"), refusal(2, "A"));
    assert_ne!(refusal(1, "A"), refusal(1, "B"));
    assert_eq!(enc(b"ab"), [2, 0, 0, 0, 0, 0, 0, 0, b'a', b'b']);
}

#[test]
fn a_secret_key_is_never_printed() {
    let key = SigningKey::from_seed(&[0xab; 32]);
    let printed = format!("{key:?}");
    assert!(!printed.to_lowercase().contains(&"ab".repeat(4)), "{printed}");
    assert_eq!(key.seed(), [0xab; 32]);
}
