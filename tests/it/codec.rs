//! Strict decoding: one encoding per statement, and nothing else is let in (ledger.md 1, protocol.md).

use lotbook_event::keys::Role;
use lotbook_event::{DecodeError, Statement, StatementId};
use lotbook_import::{Known, Options, import};
use proptest::prelude::*;

/// Every statement that the sample office's files give: real rows, plans and schemes.
fn corpus() -> Vec<Vec<u8>> {
    let files = lotbook::office_folder::sample();
    let options = Options {
        calendars_from_year: Some(2026),
        items_published_on: Some(lotbook_event::Date::new("2026-01-05").unwrap()),
        ..Options::default()
    };
    let drafts = import(&files, &Known::default(), &options, &mut || [7; 32]).drafts;
    let statement = |draft: lotbook_import::Draft| Statement {
        id: StatementId([1; 16]),
        stated_at: lotbook_chain::Instant(1),
        role: draft.role,
        section: draft.section,
        expected_position: None,
        event: draft.event,
    };
    drafts.into_iter().map(|draft| statement(draft).encode()).collect()
}

fn refused(bytes: &[u8]) -> DecodeError {
    Statement::decode(bytes).expect_err("strict decoding let it in")
}

#[test]
fn every_statement_of_the_sample_is_its_own_only_encoding() {
    let corpus = corpus();
    assert!(corpus.len() > 30, "{}", corpus.len());
    for bytes in corpus {
        assert_eq!(Statement::decode(&bytes).unwrap().encode(), bytes);
    }
}

#[test]
fn an_unknown_field_is_refused() {
    for mut bytes in corpus() {
        bytes.extend([0xf8, 0x07, 0x01]); // field 127, varint 1
        assert!(matches!(refused(&bytes), DecodeError::NotCanonical(_)));
    }
}

#[test]
fn a_duplicate_field_is_refused() {
    for bytes in corpus() {
        let twice = [bytes.clone(), vec![0x18, Role::Registrar as u8 + 1]].concat(); // role again
        assert!(matches!(refused(&twice), DecodeError::NotCanonical(_) | DecodeError::Field(_)));
        let merged = [bytes.as_slice(), &bytes].concat(); // protobuf would merge the two
        refused(&merged);
    }
}

#[test]
fn an_over_long_number_is_refused() {
    for bytes in corpus() {
        // stated_at is field 2 after the 18 bytes of the identifier: 10 01 -> 10 81 00
        assert_eq!(bytes[18..20], [0x10, 0x01]);
        let long = [&bytes[..19], &[0x81, 0x00], &bytes[20..]].concat();
        assert!(matches!(refused(&long), DecodeError::NotCanonical(_)));
    }
}

#[test]
fn an_explicit_default_is_refused() {
    let bytes = corpus().remove(0);
    let zero = [&bytes[..18], &[0x10, 0x00], &bytes[20..]].concat(); // stated_at = 0 written out
    assert!(matches!(refused(&zero), DecodeError::NotCanonical(_)));
}

#[test]
fn fields_in_another_order_are_refused() {
    let bytes = corpus().remove(0);
    let swapped = [&bytes[18..20], &bytes[..18], &bytes[20..]].concat();
    assert!(matches!(refused(&swapped), DecodeError::NotCanonical(_)));
}

#[test]
fn a_statement_over_the_limit_is_refused() {
    assert!(matches!(refused(&vec![0; 65_391]), DecodeError::TooLong(65_391)));
}

#[test]
fn a_statement_without_family_event_or_with_another_number_of_bytes_is_refused_by_field() {
    let id = [&[0x0a, 0x10][..], &[1; 16]].concat();
    let frame = [id.as_slice(), &[0x18, 0x02]].concat(); // role 2
    let with = |start: &[u8], end: &[u8]| [start, end].concat();
    let cases = [
        (vec![], "family"),
        (with(&frame, &[0x52, 0x00]), "event"),
        (with(&id, &[0x18, 0x63, 0x52, 0x02, 0x2a, 0x00]), "role"),
        (with(&[0x0a, 0x01, 0x07, 0x18, 0x02], &[0x52, 0x02, 0x2a, 0x00]), "statement_id"),
        (with(&frame, &[0x52, 0x02, 0x2a, 0x00]), "root"),
    ];
    for (bytes, field) in cases {
        let error = refused(&bytes).to_string();
        assert!(error.contains(field), "{bytes:?}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever bytes are let in, they are the only encoding of what was read.
    #[test]
    fn what_is_let_in_encodes_to_the_same_bytes(pick in 0..1000_usize, at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let corpus = corpus();
        let mut bytes = corpus[pick % corpus.len()].clone();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(statement) = Statement::decode(&bytes) {
            prop_assert_eq!(statement.encode(), bytes);
        }
    }

    /// No prefix of a statement is a statement.
    #[test]
    fn no_prefix_is_let_in(pick in 0..1000_usize, cut in any::<prop::sample::Index>()) {
        let corpus = corpus();
        let bytes = &corpus[pick % corpus.len()];
        prop_assert!(Statement::decode(&bytes[..cut.index(bytes.len())]).is_err());
    }

    /// Random bytes do not panic.
    #[test]
    fn random_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(statement) = Statement::decode(&bytes) {
            prop_assert_eq!(statement.encode(), bytes);
        }
    }
}
