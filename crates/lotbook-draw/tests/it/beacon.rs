//! Rounds of real and made-up chains, one case a file in `tests/vectors/beacon`. [draw 1]

use std::fs;
use std::path::{Path, PathBuf};

use lotbook_draw::Hex;
use lotbook_draw::beacon::{BeaconError, Chain, Origin, QUICKNET, QUICKNET_ORIGIN, beacon_round};
use serde_json::Value;

fn cases(folder: &str) -> Vec<(PathBuf, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/beacon").join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), serde_json::from_slice(&fs::read(path).unwrap()).unwrap())).collect()
}

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    Hex::parse(value.as_str().unwrap()).unwrap().0
}

fn chain(value: &Value) -> Chain {
    if value == "quicknet" {
        return QUICKNET;
    }
    Chain {
        chain_hash: bytes(&value["chain_hash"]),
        public_key: bytes(&value["public_key"]),
        genesis_s: value["genesis"].as_u64().unwrap(),
        period_s: value["period"].as_u64().unwrap(),
    }
}

fn verify(case: &Value) -> Result<(), BeaconError> {
    let signature = data_encoding::HEXLOWER.decode(case["signature"].as_str().unwrap().as_bytes()).unwrap();
    chain(&case["chain"]).verify(case["round"].as_u64().unwrap(), &signature)
}

#[test]
fn rounds_as_they_were_published_are_accepted() {
    let cases = cases("accepted");
    assert!(cases.len() >= 9);
    for (path, case) in cases {
        assert_eq!(verify(&case), Ok(()), "{}", path.display());
    }
}

#[test]
fn everything_else_is_refused_for_its_reason() {
    let cases = cases("refused");
    assert!(cases.len() >= 18);
    for (path, case) in cases {
        let why = match verify(&case).expect_err(&path.display().to_string()) {
            BeaconError::PublicKey => "key",
            BeaconError::Length { .. } => "length",
            BeaconError::NotAPoint => "point",
            BeaconError::Signature { .. } => "signature",
        };
        assert!(case["error"].as_str().unwrap().contains(why), "{}: {why}", path.display());
    }
}

#[test]
fn no_single_bit_of_a_signature_may_differ() {
    let (_, case) =
        cases("accepted").into_iter().find(|(path, _)| path.ends_with("quicknet-1000.json")).unwrap();
    let signature: [u8; 48] = bytes(&case["signature"]);
    for bit in 0..8 * signature.len() {
        let mut flipped = signature;
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(QUICKNET.verify(1000, &flipped).is_err(), "bit {bit}");
    }
}

#[test]
fn a_chain_is_named_by_the_hash_of_what_it_is() {
    assert_eq!(QUICKNET.hash_of(&QUICKNET_ORIGIN), Some(QUICKNET.chain_hash));
    let (_, case) = cases("accepted").into_iter().find(|(path, _)| path.ends_with("league-7.json")).unwrap();
    let (league, stated) = (chain(&case["chain"]), &case["chain"]);
    let group_hash = bytes(&stated["group_hash"]);
    let origin = Origin { group_hash: &group_hash, beacon_id: stated["beacon_id"].as_str().unwrap() };
    assert_eq!(league.hash_of(&origin), Some(league.chain_hash));
    let others = [
        Chain { period_s: 31, ..league }.hash_of(&origin),
        Chain { genesis_s: league.genesis_s + 1, ..league }.hash_of(&origin),
        Chain { public_key: QUICKNET.public_key, ..league }.hash_of(&origin),
        league.hash_of(&Origin { group_hash: &[0; 32], ..origin }),
        league.hash_of(&Origin { beacon_id: "default", ..origin }),
        league.hash_of(&Origin { beacon_id: "other", ..origin }),
    ];
    for other in others {
        assert!(other.is_some() && other != Some(league.chain_hash));
    }
    assert_eq!(Chain { period_s: 1 << 32, ..league }.hash_of(&origin), None, "32 bits in drand's form");
    assert_eq!(Chain { genesis_s: 1 << 63, ..league }.hash_of(&origin), None, "63 bits in drand's form");
}

#[test]
fn a_round_has_its_time_and_a_deadline_its_round() {
    assert_eq!(QUICKNET.time_of(1), Some(QUICKNET.genesis_s));
    assert_eq!(QUICKNET.time_of(1000), Some(1_692_806_364), "2023-08-23T15:59:24Z");
    assert_eq!(QUICKNET.time_of(0), None);
    assert_eq!(QUICKNET.time_of(u64::MAX), None, "beyond 64 bits");
    let deadline = (1_692_806_364 - 300) * 1_000_000;
    let round = |deadline| beacon_round(deadline, QUICKNET.genesis_s, QUICKNET.period_s, 300);
    assert_eq!(round(deadline), Some(1000), "exactly delta before it");
    assert_eq!(round(deadline + 1), Some(1001), "a microsecond later");
    assert_eq!(round(deadline - 2_999_999), Some(1000), "just after the one before");
}
