//! Against the plain set that it stands for.

use super::*;
use proptest::prelude::*;

fn id(n: u64) -> StatementId {
    StatementId((u128::from(n) << 3).to_be_bytes())
}

#[test]
fn ids_in_any_order_are_known_for_ever_and_per_author() {
    let (one, other) = (KeyId([1; 32]), KeyId([2; 32]));
    let mut seen = Seen::default();
    let shuffled = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    for n in 0..5_000 {
        assert!(seen.insert(one, id(shuffled(n))), "{n}");
    }
    for n in 0..5_000 {
        assert!(!seen.insert(one, id(shuffled(n))), "{n} was used before");
    }
    assert!(seen.insert(other, id(shuffled(7))), "another author's are their own");
}

proptest! {
    #[test]
    fn it_answers_as_a_plain_set_does(
        steps in proptest::collection::vec((0u8..3, prop_oneof![0u64..40, 0u64..100_000]), 0..2_000),
    ) {
        let (mut seen, mut plain, mut next) = (Seen::default(), BTreeSet::new(), 50_000);
        for (author, n) in steps {
            // Every third in ascending order, as a client makes them.
            next += 1;
            let (author, id) = (KeyId([author; 32]), id(if n % 3 == 0 { next } else { n }));
            prop_assert_eq!(seen.insert(author, id), plain.insert((author, id)));
        }
    }
}
