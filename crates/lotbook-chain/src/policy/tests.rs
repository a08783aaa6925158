//! Policies: read as tlog-policy says, line by line; a checkpoint satisfies one by its quorum and no less.

use super::*;
use crate::cosignature::{WitnessTime, add_signatures, cosign};
use crate::note::{NoteSignature, OpenNoteError, split_note};
use crate::sign::SigningKey;
use crate::{CheckpointError, TreeHash};
use proptest::prelude::*;

const ORIGIN: &str = "log.example";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn log(origin: &str, seed: u8) -> VerifierKey {
    VerifierKey::new(origin, key(seed).public()).unwrap()
}

fn witness(seed: u8) -> CosignerKey {
    CosignerKey::new(&format!("w{seed}.example"), key(seed).public()).unwrap()
}

/// A line `witness wN VKEY` for each seed.
fn witnesses(seeds: impl IntoIterator<Item = u8>) -> String {
    seeds.into_iter().map(|seed| format!("witness w{seed} {}\n", witness(seed))).collect()
}

fn policy(text: &str) -> Policy {
    text.parse().expect(text)
}

fn refused(text: &str) -> PolicyError {
    text.parse::<Policy>().expect_err(text)
}

/// A checkpoint signed by the log of this seed and cosigned by the witnesses of the others.
fn note(seed: u8, cosigners: &[u8]) -> String {
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 7, root: TreeHash([9; 32]) };
    add_signatures(&checkpoint.sign(&key(seed)).unwrap(), &lines(cosigners)).unwrap()
}

fn lines(cosigners: &[u8]) -> Vec<NoteSignature> {
    let text = Checkpoint { origin: ORIGIN.into(), size: 7, root: TreeHash([9; 32]) }.to_string();
    let time = WitnessTime::new(100).unwrap();
    cosigners.iter().map(|seed| cosign(&text, &witness(*seed), &key(*seed), time).unwrap()).collect()
}

/// The example of tlog-policy, with keys: two of X1 to X3, and any of Y1 to Y3.
fn example() -> Policy {
    let named = |name: &str, seed: u8| format!("witness {name} {}\n", witness(seed));
    policy(&format!(
        "log {}\n\n{}{}{}group X-witnesses 2 X1 X2 X3\n\n{}{}{}group Y-witnesses any Y1 Y2 Y3\n\n\
         group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n",
        log(ORIGIN, 1),
        named("X1", 11),
        named("X2", 12),
        named("X3", 13),
        named("Y1", 21),
        named("Y2", 22),
        named("Y3", 23),
    ))
}

#[test]
fn the_example_of_the_specification_is_satisfied_by_two_x_and_one_y() {
    let policy = example();
    assert_eq!((policy.logs().len(), policy.witnesses().len()), (1, 6));
    assert_eq!(policy.in_words(), "2 of [X-witnesses, Y-witnesses]");
    let seeds = [11, 12, 13, 21, 22, 23];
    for set in 0_u8..64 {
        let signed: Vec<u8> = (0..6).filter(|bit| set >> bit & 1 == 1).map(|bit| seeds[bit]).collect();
        let x = (set & 0b111).count_ones();
        let enough = x >= 2 && set & 0b11_1000 != 0;
        let opened = policy.open(&note(1, &signed));
        assert_eq!(opened.is_ok(), enough, "{signed:?}");
        match opened {
            Ok(witnessed) => {
                let names: Vec<CosignerKey> =
                    witnessed.cosignatures.into_iter().map(|good| good.witness).collect();
                assert_eq!(names, signed.iter().map(|seed| witness(*seed)).collect::<Vec<_>>());
                assert_eq!(witnessed.checkpoint.size, 7);
            }
            Err(error) => {
                let found = signed.iter().map(|seed| format!("w{seed}.example")).collect();
                let needed = policy.in_words();
                assert_eq!(error, UnwitnessedError::NoQuorum { found, needed });
            }
        }
    }
}

#[test]
fn all_any_and_a_number_count_their_members() {
    for (needed, enough) in [("all", 3), ("any", 1), ("1", 1), ("2", 2), ("3", 3)] {
        let policy = policy(&format!("{}group g {needed} w1 w2 w3\nquorum g\n", witnesses(1..=3)));
        for set in 0_u8..8 {
            let keys: Vec<CosignerKey> =
                (0..3).filter(|bit| set >> bit & 1 == 1).map(|bit| witness(bit + 1)).collect();
            let keys: Vec<&CosignerKey> = keys.iter().collect();
            assert_eq!(policy.is_quorum(&keys), set.count_ones() >= enough, "{needed}, {set:03b}");
        }
        // The same witness twice is one, and one who is no member is none.
        let (one, other) = (witness(1), witness(4));
        assert_eq!(policy.is_quorum(&[&one, &one, &one, &other]), enough == 1);
    }
}

#[test]
fn a_quorum_of_none_asks_nobody_and_of_one_asks_that_one() {
    let none = policy("quorum none\n");
    assert!(!none.needs_witnesses() && none.is_quorum(&[]));
    assert_eq!(none.in_words(), "none");
    let one = policy(&format!("{}quorum w2\n", witnesses(1..=2)));
    assert_eq!(one.in_words(), "w2");
    assert!(one.needs_witnesses() && one.is_quorum(&[&witness(2)]));
    assert!(!one.is_quorum(&[&witness(1)]) && !one.is_quorum(&[]));
    // Another key of the same name is another witness.
    let namesake = CosignerKey::new("w2.example", key(3).public()).unwrap();
    assert!(!one.is_quorum(&[&namesake]));
}

#[test]
fn white_space_comments_urls_and_order_are_free() {
    let text = format!(
        "# a comment\n \t# another\t\n\n \t \nwitness\tw1  {}\thttps://w1.example/\n \tquorum \t w1 \n\
         witness w2 {}\nlog {} https://log.example/\n#quorum none\n",
        witness(1),
        witness(2),
        log(ORIGIN, 3)
    );
    let policy = policy(&text);
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://log.example/"));
    let urls: Vec<Option<&str>> = policy.witnesses().iter().map(|witness| witness.url.as_deref()).collect();
    assert_eq!(urls, [Some("https://w1.example/"), None]);
    assert_eq!((policy.witnesses()[1].name.as_str(), &policy.witnesses()[1].key), ("w2", &witness(2)));
    assert_eq!(policy.logs()[0].key, log(ORIGIN, 3));
}

#[test]
fn names_are_any_word_and_compared_byte_by_byte() {
    let text = format!("witness K {}\nwitness \u{212a} {}\nquorum \u{212a}\n", witness(1), witness(2));
    let policy = policy(&text);
    assert!(policy.is_quorum(&[&witness(2)]) && !policy.is_quorum(&[&witness(1)]));
    // Only spaces and tabs part words: these are of other kinds.
    let text = format!("witness a\u{a0}b\u{3000}c {}\nquorum a\u{a0}b\u{3000}c\n", witness(1));
    assert!(self::policy(&text).is_quorum(&[&witness(1)]));
    for word in ["log", "witness", "group", "quorum", "all", "any", "2"] {
        self::policy(&format!("witness {word} {}\ngroup g 1 {word}\nquorum g\n", witness(1)));
    }
}

#[test]
fn control_characters_are_refused_even_in_comments() {
    for control in (0..0x20_u8).chain([0x7f]).filter(|byte| *byte != b'\n' && *byte != b'\t') {
        let control = char::from(control);
        assert_eq!(refused(&format!("quorum none\n# a{control}\n")), PolicyError::Control(2));
        assert_eq!(refused(&format!("quorum{control}none\n")), PolicyError::Control(1));
        assert_eq!(refused(&format!("quorum none{control}\n")), PolicyError::Control(1));
    }
}

#[test]
fn a_policy_cut_short_is_refused() {
    let text = format!("{}group g 10 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10\nquorum g\n", witnesses(1..=10));
    policy(&text);
    for cut in 0..text.len() {
        assert!(text[..cut].parse::<Policy>().is_err(), "cut at {cut}");
    }
    // A name that was cut is another name, or one of a group that asks for less.
    assert_eq!(refused(&format!("{}quorum w1", witnesses([1, 10]))), PolicyError::Unfinished);
    assert_eq!(refused("quorum none"), PolicyError::Unfinished);
}

#[test]
fn a_line_of_another_form_is_refused() {
    let (w1, log1) = (witnesses([1]), log(ORIGIN, 2));
    for line in [
        "log".to_owned(),
        format!("log {log1} url more"),
        "witness".into(),
        "witness w2".into(),
        format!("witness w2 {} url more", witness(2)),
        "group".into(),
        "group g".into(),
        "quorum".into(),
        "quorum w1 w1".into(),
        "Quorum w1".into(),
        "quorum: w1".into(),
        "policy w1".into(),
        format!("{log1}"),
        "none".into(),
        "\u{feff}quorum none".into(),
        "group g two w1".into(),
        "group g 01 w1".into(),
        "group g +1 w1".into(),
        "group g -1 w1".into(),
        "group g 1.0 w1".into(),
        "group g ALL w1".into(),
        "group g 18446744073709551616 w1".into(),
    ] {
        assert_eq!(refused(&format!("{w1}{line}\nquorum w1\n")), PolicyError::Line(2), "{line}");
    }
}

#[test]
fn a_key_that_is_none_or_of_the_other_kind_is_refused() {
    let (log1, w1) = (log(ORIGIN, 1), witness(1));
    for line in
        [format!("log {w1}"), format!("witness w {log1}"), "log key".into(), format!("witness {w1} w")]
    {
        assert!(
            matches!(refused(&format!("\n{line}\nquorum none\n")), PolicyError::Key { line: 2, .. }),
            "{line}"
        );
    }
}

#[test]
fn a_public_key_stands_in_a_policy_once_whatever_its_name() {
    let renamed = CosignerKey::new("other.example", key(1).public()).unwrap();
    let text = format!("{}witness other {renamed}\nquorum none\n", witnesses([1]));
    assert_eq!(refused(&text), PolicyError::RepeatedKey(2));
    let text = format!("log {}\nlog {}\nquorum none\n", log(ORIGIN, 1), log("other.example", 1));
    assert_eq!(refused(&text), PolicyError::RepeatedKey(2));
    let text = format!("log {}\n{}quorum none\n", log(ORIGIN, 1), witnesses([1]));
    assert_eq!(refused(&text), PolicyError::RepeatedKey(2));
    let text = format!("{}log {}\nquorum none\n", witnesses([1]), log(ORIGIN, 1));
    assert_eq!(refused(&text), PolicyError::RepeatedKey(2));
}

#[test]
fn a_name_is_defined_once_and_before_it_is_used() {
    let w12 = witnesses(1..=2);
    let undefined = |line, name: &str| PolicyError::Undefined { line, name: name.into() };
    for (lines, error) in [
        (format!("witness w1 {}\n", witness(3)), PolicyError::Name(3)),
        ("group w1 any w2\n".into(), PolicyError::Name(3)),
        (format!("group g any w1\nwitness g {}\n", witness(3)), PolicyError::Name(4)),
        ("group g any w1\ngroup g any w2\n".into(), PolicyError::Name(4)),
        (format!("witness none {}\n", witness(3)), PolicyError::Name(3)),
        ("group none any w1\n".into(), PolicyError::Name(3)),
        ("group g any w3\n".into(), undefined(3, "w3")),
        ("group g any none\n".into(), undefined(3, "none")),
        ("group g any g\n".into(), undefined(3, "g")),
        ("group g any h\ngroup h any w1\n".into(), undefined(3, "h")),
        ("quorum w3\n".into(), undefined(3, "w3")),
        (format!("quorum w3\nwitness w3 {}\n", witness(3)), undefined(3, "w3")),
        ("quorum W1\n".into(), undefined(3, "W1")),
    ] {
        assert_eq!(refused(&format!("{w12}{lines}quorum w1\n")), error, "{lines}");
    }
}

#[test]
fn a_member_counts_once() {
    let w = witnesses(1..=3);
    let repeated = |line, name: &str| PolicyError::RepeatedMember { line, name: name.into() };
    let twice = format!("{w}group g 2 w1 w1\nquorum g\n");
    assert_eq!(refused(&twice), repeated(4, "w1"));
    let in_two = format!("{w}group g any w1 w2\ngroup h any w2 w3\nquorum g\n");
    assert_eq!(refused(&in_two), repeated(5, "w2"));
    let group_in_two = format!("{w}group g any w1\ngroup h any g\ngroup i 2 w2 g\nquorum i\n");
    assert_eq!(refused(&group_in_two), repeated(6, "g"));
    // A member may be the quorum as well.
    policy(&format!("{w}group g any w1 w2\nquorum w1\n"));
}

#[test]
fn a_group_asks_for_one_to_all_of_its_members() {
    let w = witnesses(1..=2);
    for group in ["group g 0 w1 w2", "group g 3 w1 w2", "group g all", "group g any", "group g 1"] {
        assert_eq!(refused(&format!("{w}{group}\nquorum g\n")), PolicyError::Threshold(3), "{group}");
    }
}

#[test]
fn there_is_exactly_one_quorum() {
    let w = witnesses(1..=2);
    assert_eq!(refused(""), PolicyError::Quorums(0));
    assert_eq!(refused(&w), PolicyError::Quorums(0));
    for second in ["quorum w1", "quorum w2", "quorum none"] {
        assert_eq!(refused(&format!("{w}quorum w1\n{second}\n")), PolicyError::Quorums(2));
    }
    assert_eq!(refused(&"quorum none\n".repeat(3)), PolicyError::Quorums(3));
}

#[test]
fn the_limits_are_kept() {
    let line = |n: usize| {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&n.to_le_bytes());
        let key = CosignerKey::new("w", SigningKey::from_seed(&seed).public()).unwrap();
        format!("witness w{n} {key}\n")
    };
    let most: String = (0..MAX_POLICY_LINES).map(line).collect();
    assert_eq!(policy(&format!("{most}quorum w0\n")).witnesses().len(), 256);
    assert_eq!(refused(&format!("{most}{}quorum w0\n", line(256))), PolicyError::TooLong);
    let padded = |length: usize| format!("quorum none\n{}\n", "#".repeat(length - 13));
    policy(&padded(MAX_POLICY_BYTES));
    assert_eq!(refused(&padded(MAX_POLICY_BYTES + 1)), PolicyError::TooLong);
    // The deepest nesting that the limits allow.
    let groups: String = (1..256).map(|n| format!("group g{n} all g{}\n", n - 1)).collect();
    let deepest = policy(&format!("{}group g0 any w1\n{groups}quorum g255\n", witnesses([1])));
    assert!(deepest.is_quorum(&[&witness(1)]) && !deepest.is_quorum(&[]));
}

#[test]
fn a_checkpoint_of_another_log_is_refused() {
    let policy = example();
    let enough = [11, 12, 21];
    let unknown = OpenCheckpointError::Note(OpenNoteError::NoKnownSignature(4));
    assert_eq!(policy.open(&note(2, &enough)), Err(UnwitnessedError::Checkpoint(unknown)));
    let other = Checkpoint { origin: "other.example".into(), size: 7, root: TreeHash([9; 32]) };
    assert_eq!(policy.open(&other.sign(&key(1)).unwrap()), Err(UnwitnessedError::UnknownLog));
    for note in ["", "\n", "no note"] {
        assert_eq!(policy.open(note), Err(UnwitnessedError::UnknownLog));
    }
    let unsigned = OpenCheckpointError::Note(OpenNoteError::Unsigned);
    assert_eq!(policy.open(&format!("{ORIGIN}\n")), Err(UnwitnessedError::Checkpoint(unsigned)));
    let no_checkpoint = crate::note::sign_note(&format!("{ORIGIN}\nx\n"), ORIGIN, &key(1)).unwrap();
    let lines = OpenCheckpointError::Text(CheckpointError::Lines(2));
    assert_eq!(policy.open(&no_checkpoint), Err(UnwitnessedError::Checkpoint(lines)));
}

#[test]
fn any_of_several_logs_is_accepted_and_a_bad_signature_by_one_of_an_origin_refuses() {
    let text = format!(
        "log {}\nlog {}\nlog {}\nquorum none\n",
        log(ORIGIN, 1),
        log(ORIGIN, 2),
        log("other.example", 3)
    );
    let policy = policy(&text);
    for seed in [1, 2] {
        assert_eq!(policy.open(&note(seed, &[])).unwrap().checkpoint.origin, ORIGIN);
    }
    assert!(policy.open(&note(3, &[])).is_err());
    let line = |note: &str| split_note(note).unwrap().1[0].clone();
    let both = add_signatures(&note(1, &[]), &[line(&note(2, &[]))]).unwrap();
    assert!(policy.open(&both).is_ok());
    for (good, bad) in [(1, 2), (2, 1)] {
        let mut forged = line(&note(bad, &[]));
        forged.bytes[0] ^= 1;
        let note = add_signatures(&note(good, &[]), &[forged]).unwrap();
        let error = OpenNoteError::BadSignature { name: ORIGIN.into(), id: log(ORIGIN, bad).id() };
        let error = UnwitnessedError::Checkpoint(OpenCheckpointError::Note(error));
        assert_eq!(policy.open(&note), Err(error));
    }
}

#[test]
fn a_bad_cosignature_of_a_known_witness_refuses_although_there_are_enough_others() {
    let mut lines = lines(&[11, 12, 13, 21]);
    assert!(example().open(&add_signatures(&note(1, &[]), &lines).unwrap()).is_ok());
    lines[2].bytes[20] ^= 1;
    let bad = CosignatureError::Bad { name: "w13.example".into() };
    let note = add_signatures(&note(1, &[]), &lines).unwrap();
    assert_eq!(example().open(&note), Err(UnwitnessedError::Cosignature(bad.clone())));
    assert_eq!(example().open_of(&note, &log(ORIGIN, 1)), Err(UnwitnessedError::Cosignature(bad)));
}

#[test]
fn a_log_known_from_elsewhere_needs_no_line() {
    let policy = policy(&format!("{}quorum w1\n", witnesses([1])));
    let note = note(5, &[1]);
    assert_eq!(policy.open(&note), Err(UnwitnessedError::UnknownLog));
    assert_eq!(policy.open_of(&note, &log(ORIGIN, 5)).unwrap().cosignatures.len(), 1);
    let error = policy.open_of(&note, &log(ORIGIN, 6)).unwrap_err();
    assert!(matches!(error, UnwitnessedError::Checkpoint(_)));
    let none = policy.open_of(&self::note(5, &[]), &log(ORIGIN, 5)).unwrap_err();
    assert_eq!(none.to_string(), "cosigned by [], which is no quorum: w1");
}

proptest! {
    /// Two groups below a third, against counting by hand.
    #[test]
    fn nested_groups_count_as_counted_by_hand(first in 1_usize..=3, second in 1_usize..=3, both in 1_usize..=3, set in 0_u8..128) {
        let text = format!(
            "{}group a {first} w1 w2 w3\ngroup b {second} w4 w5 w6\ngroup c {both} a b w7\nquorum c\n",
            witnesses(1..=7)
        );
        let signed: Vec<CosignerKey> = (0..7).filter(|bit| set >> bit & 1 == 1).map(|bit| witness(bit + 1)).collect();
        let count = |mask: u8| (set & mask).count_ones() as usize;
        let agree = [count(0b111) >= first, count(0b11_1000) >= second, count(0b100_0000) == 1];
        let expected = agree.iter().filter(|agrees| **agrees).count() >= both;
        prop_assert_eq!(policy(&text).is_quorum(&signed.iter().collect::<Vec<_>>()), expected);
    }

    #[test]
    fn no_text_is_a_panic(text in "(log|witness|group|quorum|all|any|none|[0-9#ab \t]|\n){0,60}") {
        let _ = text.parse::<Policy>();
    }
}
