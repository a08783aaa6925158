//! The crates `signed_note` and `tlog_tiles`, both Cloudflare's: notes, vkeys and checkpoints.

use crate::foreign::agrees;
use crate::foreign::case::What;
use crate::foreign::corpus::{corpus, records};
use data_encoding::BASE64;
use lotbook_chain::{Checkpoint, VerifierKey, open_note};
use signed_note::{Note, Signer, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::checkpoint::Checkpoint as TheirCheckpoint;

/// Of two lines by one key it looks at the first only; signed-note says a bad one SHOULD refuse the note.
const DIFFERS: [(&str, &str); 1] = [("checkpoint", "second-line-bad")];

fn accepts(what: &What) -> Option<bool> {
    match what {
        What::Vkey(text) => Some(StandardVerifier::new(text).is_ok()),
        What::Checkpoint { vkey, file } => {
            Some(opened(vkey, &std::fs::read(corpus().dir.join(file)).unwrap()).is_some())
        }
        _ => None,
    }
}

/// A note and a checkpoint, by their code; that its origin is the key's name is tlog-checkpoint's rule.
pub fn opened(vkey: &str, note: &[u8]) -> Option<TheirCheckpoint> {
    let note = Note::from_bytes(note).ok()?;
    note.verify(&VerifierList::new(vec![Box::new(StandardVerifier::new(vkey).unwrap())])).ok()?;
    let checkpoint = TheirCheckpoint::from_bytes(note.text()).ok()?;
    (vkey.split('+').next() == Some(checkpoint.origin())).then_some(checkpoint)
}

#[test]
fn signed_note_gives_every_verdict_on_heads_and_vkeys() {
    agrees(&["checkpoint", "vkey"], &DIFFERS, accepts);
}

/// A signer of theirs with the key of ours (x/mod's private form).
fn signer(name: &str, seed: [u8; 32], vkey: &VerifierKey) -> StandardSigner {
    let key = BASE64.encode(&[&[1], seed.as_slice()].concat());
    StandardSigner::new(&format!("PRIVATE+KEY+{name}+{}+{key}", vkey.id())).unwrap()
}

#[test]
fn what_signed_note_signs_is_what_we_sign() {
    let log = records();
    let signer = signer(&log.origin, log.key.seed(), &log.vkey());
    for size in [0, 1, 300, 70_000] {
        let theirs = TheirCheckpoint::new(&log.origin, size, tlog_tiles::tlog::Hash(log.root(size).0), "");
        let mut note = Note::new(&theirs.unwrap().to_bytes(), &[]).unwrap();
        note.add_sigs(&[&signer]).unwrap();
        let note = String::from_utf8(note.to_bytes()).unwrap();
        assert_eq!(note, log.head(size));
        assert_eq!(Checkpoint::open(&note, &log.vkey()).unwrap().size, size);
    }
}

#[test]
fn we_open_what_signed_note_signs_and_no_changed_bit_of_it() {
    let log = records();
    let signer = signer(&log.origin, log.key.seed(), &log.vkey());
    assert_eq!(signer.key_id().to_be_bytes(), log.vkey().id().0);
    let text = "任意的文字\n\n also an empty line in the middle\n";
    let mut note = Note::new(text.as_bytes(), &[]).unwrap();
    note.add_sigs(&[&signer]).unwrap();
    let note = note.to_bytes();
    let keys = [log.vkey()];
    assert_eq!(open_note(std::str::from_utf8(&note).unwrap(), &keys).unwrap().text, text);
    for at in 0..note.len() {
        let mut changed = note.clone();
        changed[at] ^= 1;
        let opened = String::from_utf8(changed).ok().and_then(|changed| open_note(&changed, &keys).ok());
        assert!(opened.is_none(), "byte {at} of {}", note.len());
    }
}
