//! Signed notes: the published ones open; whatever is bent, cut or unknown is refused.

use super::*;
use crate::vectors::{base64, list, text, tlog};
use proptest::prelude::*;

const TEXT: &str = "first line\n\nthird line\n";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn vkey(name: &str, seed: u8) -> VerifierKey {
    VerifierKey::new(name, key(seed).public()).unwrap()
}

fn signed(seed: u8) -> String {
    sign_note(TEXT, "name", &key(seed)).unwrap()
}

fn refused(note: &str) -> OpenNoteError {
    open_note(note, &[vkey("name", 1)]).expect_err(note)
}

/// The signature line of a note.
fn line(note: &str) -> &str {
    note.rsplit_once("\n\n").unwrap().1
}

#[test]
fn the_published_notes_open() {
    let vectors = tlog();
    for vector in list(&vectors["signed_notes"]) {
        let note = text(&vector["note"]);
        let known: Vec<VerifierKey> =
            list(&vector["vkeys"]).iter().map(|key| text(key).parse().unwrap()).collect();
        let opened = open_note(note, &known).unwrap();
        assert_eq!(opened.text, format!("{}\n", note.rsplit_once("\n\n").unwrap().0));
        assert_eq!((opened.verified.len(), opened.unverified.len()), (known.len(), 0));
        // With one of the keys only, the other signature is passed by.
        let opened = open_note(note, &known[..1]).unwrap();
        assert_eq!((opened.verified.len(), opened.unverified.len()), (1, known.len() - 1));
    }
}

#[test]
fn the_published_secret_key_signs_the_published_note() {
    let vectors = tlog();
    let vector = &vectors["signed_notes"][1];
    let blob = text(&vector["skey"]).splitn(5, '+').last().unwrap();
    let seed: [u8; 32] = base64(&blob.into())[1..].try_into().unwrap();
    let (note, _) = text(&vector["note"]).rsplit_once("\n\n").unwrap();
    let signed = sign_note(&format!("{note}\n"), "PeterNeumann", &SigningKey::from_seed(&seed)).unwrap();
    assert_eq!(signed, text(&vector["note"]));
}

#[test]
fn a_text_with_empty_lines_is_split_at_the_last() {
    for text in [TEXT, "\n", "\n\n\n", "a\n\n", "a\n\n— name AAAA\n"] {
        let note = sign_note(text, "name", &key(1)).unwrap();
        assert_eq!(open_note(&note, &[vkey("name", 1)]).unwrap().text, text);
    }
}

#[test]
fn unknown_signatures_are_passed_by_and_known_ones_counted_once() {
    let others = [line(&signed(2)), &line(&signed(1)).replace("name", "other")].concat();
    let note = format!("{}{others}{}", signed(1), line(&signed(1)));
    let opened = open_note(&note, &[vkey("name", 1), vkey("name", 1)]).unwrap();
    assert_eq!((opened.verified.len(), opened.unverified.len()), (1, 2));
    assert_eq!(opened.verified[0].id, vkey("name", 1).id());
    let both = open_note(&note, &[vkey("name", 1), vkey("name", 2)]).unwrap();
    assert_eq!((both.verified.len(), both.unverified.len()), (2, 1));
}

#[test]
fn without_a_known_signature_a_note_is_refused() {
    assert_eq!(refused(&signed(2)), OpenNoteError::NoKnownSignature(1));
    assert_eq!(open_note(&signed(1), &[]), Err(OpenNoteError::NoKnownSignature(1)));
    // Name or id alone is not enough.
    assert_eq!(open_note(&signed(1), &[vkey("other", 1)]), Err(OpenNoteError::NoKnownSignature(1)));
    assert_eq!(refused(&signed(1).replace("— name", "— nome")), OpenNoteError::NoKnownSignature(1));
}

#[test]
fn a_bad_known_signature_refuses_the_whole_note() {
    let other = sign_note("another text\n", "name", &key(2)).unwrap();
    let note = format!("{}{}", signed(1), line(&other));
    assert!(open_note(&note, &[vkey("name", 1)]).is_ok());
    let id = vkey("name", 2).id();
    let bad = OpenNoteError::BadSignature { name: "name".into(), id };
    assert_eq!(open_note(&note, &[vkey("name", 1), vkey("name", 2)]), Err(bad));
    // A good one does not make up for a bad second one of the same key.
    let second = sign_note("another text\n", "name", &key(1)).unwrap();
    let note = format!("{}{}", signed(1), line(&second));
    assert!(matches!(refused(&note), OpenNoteError::BadSignature { .. }));
}

#[test]
fn a_known_signature_of_another_length_is_bad() {
    let id = vkey("name", 1).id().0;
    for length in [1, 32, 63, 65, 72] {
        let blob = BASE64.encode(&[id.as_slice(), &vec![0; length]].concat());
        let note = format!("{}— name {blob}\n", signed(1));
        assert!(matches!(refused(&note), OpenNoteError::BadSignature { .. }));
    }
}

#[test]
fn two_known_keys_with_the_same_name_and_id_are_ambiguous() {
    // 32 bits collide after some 2^16 keys; a birthday search over seeds finds a pair.
    let mut seen = std::collections::BTreeMap::new();
    let pair = (0_u64..).find_map(|n| {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&n.to_le_bytes());
        let key = VerifierKey::new("name", SigningKey::from_seed(&seed).public()).unwrap();
        seen.insert(key.id(), n).map(|earlier| (earlier, seed, key))
    });
    let (earlier, seed, key) = pair.unwrap();
    let note = sign_note(TEXT, "name", &SigningKey::from_seed(&seed)).unwrap();
    assert!(open_note(&note, core::slice::from_ref(&key)).is_ok());
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&earlier.to_le_bytes());
    let first = VerifierKey::new("name", SigningKey::from_seed(&seed).public()).unwrap();
    let ambiguous = OpenNoteError::AmbiguousKey { name: "name".into(), id: key.id() };
    assert_eq!(open_note(&note, &[first, key]), Err(ambiguous));
}

#[test]
fn malformed_notes_are_refused() {
    let good = signed(1);
    let signature = line(&good);
    let with = |lines: &str| refused(&format!("text\n\n{lines}"));
    for bad in [
        signature.replace("— ", "- "),
        signature.replace("— ", "—"),
        signature.replace("— ", "—\u{a0}"),
        signature.replace("name ", "name  "),
        signature.replace("name ", "na+me "),
        signature.replace("name ", "na\u{3000}me "),
        signature.replace("name ", ""),
        signature.replace("=\n", "\n"),
        signature.replace("=\n", "= \n"),
        "— name \n".into(),
        "— name !!!!\n".into(),
        format!("— name {}\n", BASE64.encode(&[1, 2, 3, 4])),
    ] {
        assert_eq!(with(&bad), OpenNoteError::Line(1), "{bad}");
        assert_eq!(with(&format!("{signature}{bad}")), OpenNoteError::Line(2));
    }
    assert_eq!(with(""), OpenNoteError::Unsigned);
    assert_eq!(with(signature.trim_end()), OpenNoteError::Text(NoteTextError::NoFinalNewline));
    assert_eq!(refused(""), OpenNoteError::Unsigned);
    assert_eq!(refused("text\n"), OpenNoteError::Unsigned);
    assert_eq!(refused(&format!("text\n{signature}")), OpenNoteError::Unsigned);
    assert_eq!(refused(&format!("{good}\n")), OpenNoteError::Unsigned);
}

#[test]
fn control_characters_are_refused_in_text_and_signatures() {
    for control in (0..0x20_u8).filter(|byte| *byte != b'\n') {
        let expected = NoteTextError::Control(control);
        let text = format!("a{}b\n", char::from(control));
        assert_eq!(sign_note(&text, "name", &key(1)), Err(SignNoteError::Text(expected)));
        assert_eq!(refused(&format!("{text}{}", signed(1))), OpenNoteError::Text(expected));
        assert_eq!(refused(&format!("{}{text}", signed(1))), OpenNoteError::Text(expected));
    }
}

#[test]
fn what_cannot_be_a_note_is_not_signed() {
    let no_newline = Err(SignNoteError::Text(NoteTextError::NoFinalNewline));
    assert_eq!(sign_note("", "name", &key(1)), no_newline);
    assert_eq!(sign_note("text", "name", &key(1)), no_newline);
    assert_eq!(sign_note(TEXT, "na me", &key(1)), Err(SignNoteError::Name(KeyNameError::Character(' '))));
    assert_eq!(sign_note(TEXT, "", &key(1)), Err(SignNoteError::Name(KeyNameError::Empty)));
}

#[test]
fn the_limits_are_kept() {
    let mut note = signed(1);
    let other = line(&signed(2)).to_owned();
    (1..MAX_NOTE_SIGNATURES).for_each(|_| note.push_str(&other));
    assert_eq!(open_note(&note, &[vkey("name", 1)]).unwrap().unverified.len(), 63);
    note.push_str(&other);
    assert_eq!(refused(&note), OpenNoteError::TooManySignatures(65));

    let overhead = signed(1).len() - TEXT.len();
    let text = |length: usize| format!("{}\n", "x".repeat(length - 1));
    let largest = sign_note(&text(MAX_NOTE_BYTES - overhead), "name", &key(1)).unwrap();
    assert_eq!(largest.len(), MAX_NOTE_BYTES);
    assert!(open_note(&largest, &[vkey("name", 1)]).is_ok());
    let over = NoteTextError::TooLong(MAX_NOTE_BYTES + 1);
    assert_eq!(refused(&format!("x{largest}")), OpenNoteError::Text(over));
    assert_eq!(
        sign_note(&text(MAX_NOTE_BYTES - overhead + 1), "name", &key(1)),
        Err(SignNoteError::Text(over))
    );
}

proptest! {
    #[test]
    fn a_signed_text_opens_to_itself(text in "[ -~\n\u{4e00}-\u{4fff}]{0,200}\n", seed in any::<u8>()) {
        let note = sign_note(&text, "name", &key(seed)).unwrap();
        let opened = open_note(&note, &[vkey("name", seed)]).unwrap();
        prop_assert_eq!(opened.text, text);
    }

    #[test]
    fn any_changed_character_is_refused(at in any::<prop::sample::Index>(), to in any::<char>()) {
        let note = signed(1);
        let mut characters: Vec<char> = note.chars().collect();
        let at = at.index(characters.len());
        prop_assume!(characters[at] != to);
        characters[at] = to;
        prop_assert!(open_note(&characters.into_iter().collect::<String>(), &[vkey("name", 1)]).is_err());
    }
}

proptest! {
    #[test]
    fn writing_and_reading_give_the_same_signatures(lines in prop::collection::vec(("[!-*,-~\u{4e00}-\u{9fff}]{1,20}", any::<[u8; 4]>(), prop::collection::vec(any::<u8>(), 1..80)), 1..5)) {
        let lines: Vec<NoteSignature> =
            lines.into_iter().map(|(name, id, bytes)| NoteSignature { name, id: NoteKeyId(id), bytes }).collect();
        let text: String = lines.iter().map(NoteSignature::to_string).collect();
        prop_assert_eq!(parse_signatures(&text), Ok(lines.clone()));
        prop_assert_eq!(split_note(&format!("text\n\n{text}")), Ok(("text\n".to_owned(), lines)));
        // The last line cut anywhere is no line.
        for cut in (text.trim_end().rfind('\n').map_or(0, |at| at + 1) + 1..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            prop_assert!(parse_signatures(&text[..cut]).is_err());
        }
    }

    #[test]
    fn signatures_that_are_read_are_what_would_be_written(blob in "[A-Z+/]{8,16}={0,2}", name in "[a-z +]{1,5}") {
        let text = format!("— {name} {blob}\n");
        if let Ok(lines) = parse_signatures(&text) {
            prop_assert_eq!(lines.iter().map(NoteSignature::to_string).collect::<String>(), text);
        }
    }
}
