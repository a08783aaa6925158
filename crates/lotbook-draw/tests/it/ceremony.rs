//! Commitments, reveals, beacons and the seed. [draw 1]

use lotbook_draw::beacon::beacon_round;
use lotbook_draw::{Beacon, CeremonyError, Committer, Hex, commitment, seed};

const POOL: [u8; 32] = [1; 32];

fn committer(n: u8) -> Committer {
    let (key_id, r) = ([n; 32], [n ^ 0xff; 32]);
    Committer { key_id, commitment: commitment(&POOL, &key_id, &r), reveal: Some(r) }
}

fn silent(n: u8) -> Committer {
    Committer { reveal: None, ..committer(n) }
}

fn beacon() -> Beacon {
    Beacon { chain_hash: [5; 32], round: 1000, signature: [6; 48] }
}

#[test]
fn committers_may_come_in_any_order() {
    let (a, b, c) = (committer(1), committer(2), committer(200));
    let expected = seed(&POOL, &[a.clone(), b.clone(), c.clone()], &[]).unwrap();
    for order in [[&a, &c, &b], [&b, &a, &c], [&b, &c, &a], [&c, &a, &b], [&c, &b, &a]] {
        assert_eq!(seed(&POOL, &order.map(Clone::clone), &[]).unwrap(), expected);
    }
}

#[test]
fn every_part_of_the_ceremony_enters_the_seed() {
    let base = seed(&POOL, &[committer(1), committer(2)], &[beacon()]).unwrap();
    let others = [
        seed(&POOL, &[committer(1), committer(2)], &[]),
        seed(&POOL, &[committer(1), committer(3)], &[beacon()]),
        seed(&POOL, &[committer(1), committer(2), silent(3)], &[beacon()]),
        seed(&POOL, &[committer(1), committer(2), committer(3)], &[beacon()]),
        seed(&POOL, &[committer(1), committer(2)], &[Beacon { chain_hash: [4; 32], ..beacon() }]),
        seed(&POOL, &[committer(1), committer(2)], &[Beacon { round: 1001, ..beacon() }]),
        seed(&POOL, &[committer(1), committer(2)], &[Beacon { signature: [7; 48], ..beacon() }]),
        seed(&POOL, &[committer(1), committer(2)], &[beacon(), beacon()]),
    ];
    for other in others {
        assert_ne!(other.unwrap(), base);
    }
}

#[test]
fn a_key_that_committed_twice_is_refused() {
    let refused = seed(&POOL, &[committer(1), committer(2), committer(1)], &[]);
    assert_eq!(refused, Err(CeremonyError::DuplicateKey { key_id: Hex([1; 32]) }));
}

#[test]
fn a_reveal_opens_its_commitment_for_its_pool_and_its_key_only() {
    let wrong = CeremonyError::WrongReveal { key_id: Hex([2; 32]) };
    let other_r = Committer { reveal: Some([0; 32]), ..committer(2) };
    assert_eq!(seed(&POOL, &[committer(1), other_r], &[]), Err(wrong.clone()));
    let stolen = Committer { key_id: [2; 32], ..committer(3) };
    assert_eq!(seed(&POOL, &[committer(1), stolen], &[]), Err(wrong));
    let other_pool = seed(&[2; 32], &[committer(1), committer(2)], &[]);
    assert_eq!(other_pool, Err(CeremonyError::WrongReveal { key_id: Hex([1; 32]) }));
}

#[test]
fn a_missing_reveal_needs_a_beacon_and_two_reveals_are_the_least() {
    let three = [committer(1), silent(2), committer(3)];
    let missing = CeremonyError::MissingReveal { key_id: Hex([2; 32]) };
    assert_eq!(seed(&POOL, &three, &[]), Err(missing));
    assert!(seed(&POOL, &three, &[beacon()]).is_ok());
    let few = seed(&POOL, &[committer(1), silent(2)], &[beacon()]);
    assert_eq!(few, Err(CeremonyError::TooFewReveals { found: 1 }));
    assert_eq!(seed(&POOL, &[], &[beacon()]), Err(CeremonyError::TooFewReveals { found: 0 }));
}

#[test]
fn the_round_is_the_first_at_least_delta_after_the_deadline() {
    const GENESIS: u64 = 1_692_803_367;
    let time = |round: u64| GENESIS + (round - 1) * 3;
    for second in 0..20 {
        for us in [0, 1, 999_999] {
            let deadline = (GENESIS + 1_000 + second) * 1_000_000 + us;
            let round = beacon_round(deadline, GENESIS, 3, 300).unwrap();
            assert!(time(round) * 1_000_000 >= deadline + 300_000_000);
            assert!(time(round - 1) * 1_000_000 < deadline + 300_000_000);
        }
    }
    assert_eq!(beacon_round((time(1000) - 300) * 1_000_000, GENESIS, 3, 300), Some(1000));
}

#[test]
fn a_chain_that_cannot_serve_has_no_round() {
    assert_eq!(beacon_round(1_000_000, 0, 0, 300), None, "period 0");
    assert_eq!(beacon_round(1_000_000, 0, 3, 299), None, "delta under 300");
    assert_eq!(beacon_round(0, 1_000_000, 3, 300), None, "long before genesis");
    assert_eq!(beacon_round(700_000_000, 1_000, 3, 300), Some(1), "time of round 1 exactly");
    assert_eq!(beacon_round(u64::MAX, 0, 1, u64::MAX), None, "beyond 64 bits");
}

/// The transcript of a ceremony with two who revealed, one who did not, and a beacon, as one row of bits.
#[derive(Clone)]
struct Transcript {
    pool: [u8; 32],
    committers: Vec<Committer>,
    beacon: Beacon,
}

impl Transcript {
    fn bytes(&mut self) -> Vec<&mut u8> {
        let mut bytes: Vec<&mut u8> = self.pool.iter_mut().collect();
        for c in &mut self.committers {
            let parts = [&mut c.key_id, &mut c.commitment].into_iter().chain(&mut c.reveal);
            bytes.extend(parts.flatten());
        }
        bytes.extend(self.beacon.chain_hash.iter_mut().chain(&mut self.beacon.signature));
        bytes
    }

    fn seed(&self) -> Option<[u8; 32]> {
        let seed = seed(&self.pool, &self.committers, std::slice::from_ref(&self.beacon));
        seed.ok().map(|seed| *seed.as_bytes())
    }
}

#[test]
fn every_bit_of_the_transcript_is_refused_or_gives_another_seed() {
    let committers = vec![committer(1), silent(2), committer(3)];
    let original = Transcript { pool: POOL, committers, beacon: beacon() };
    let mut seen = std::collections::BTreeSet::from([original.seed().unwrap()]);
    let (mut refused, mut other) = (0, 0);
    for bit in 0..8 * original.clone().bytes().len() {
        let mut changed = original.clone();
        *changed.bytes()[bit / 8] ^= 1 << (bit % 8);
        match changed.seed() {
            None => refused += 1,
            Some(seed) => {
                assert!(seen.insert(seed), "bit {bit} gives a seed that was there");
                other += 1;
            }
        }
    }
    for bit in 0..64 {
        let mut changed = original.clone();
        changed.beacon.round ^= 1 << bit;
        assert!(seen.insert(changed.seed().unwrap()), "bit {bit} of the round");
    }
    // Refused: the pool, and key, commitment and reveal of the two who revealed.
    assert_eq!((refused, other), (8 * 32 * (1 + 2 * 3), 8 * (32 * 2 + 32 + 48)));
}
