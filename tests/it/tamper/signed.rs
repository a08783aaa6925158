//! Whose word it is: signatures and keys of people, of the ledger, of its checkpoints; and the files.

use super::forger::{Act, checkpoint, forge, only, signature, stranger, verify};
use super::played::played;
use crate::recovery::program::{arg, run};
use lotbook_chain::entry::entry_hash;
use lotbook_chain::{Checkpoint, SigningKey, VerifierKey};
use lotbook_engine::statement_id;
use lotbook_event::Event;
use lotbook_store::{Store, StoreOptions};
use lotbook_verifier::{Check, Expectations, Verifier};

fn person(name: &str) -> SigningKey {
    SigningKey::from_seed(&played().people[name].seed())
}

#[test]
fn a_statement_signed_by_another_key_in_the_authors_name_is_found() {
    for name in ["PlanAdopted", "SeedCommitted", "ItemResultConfirmed", "KeyRegistered", "ResultPublished"] {
        let position = played().first(name);
        let forged =
            only(position, |_| Act::Build(|_, entry| entry.signature = signature(entry, &stranger())));
        forged.is_found(position, Check::Signature, &["the signature does not verify"]);
    }
}

#[test]
fn a_statement_restated_by_an_unknown_key_is_found() {
    let position = played().first("PlanAdopted");
    let forged = only(position, |_| Act::As(stranger()));
    forged.is_found(position, Check::Signature, &["UNKNOWN_KEY"]);
}

#[test]
fn a_statement_restated_by_somebody_elses_registered_key_is_found() {
    let position = played().first("PlanAdopted");
    let forged = only(position, |_| Act::As(person("section_officer-S01")));
    forged.is_found(position, Check::Decision, &["ROLE_NOT_HELD"]);
    let position = played().first("ReportCompleted");
    let author = played().author(position);
    let mut others = played()
        .people
        .iter()
        .filter(|(name, key)| name.starts_with("inspector-") && key.public().key_id() != author);
    let (name, _) = others.next().unwrap();
    let forged = only(position, |_| Act::As(person(name)));
    forged.is_found(position, Check::Decision, &["SIGNER_NOT_ASSIGNED"]);
}

#[test]
fn changed_words_under_the_old_signature_are_found() {
    let position = played().first("ReportCompleted");
    let forged = only(position, |_| {
        Act::Build(|_, entry| {
            let words = "未发现问题".as_bytes();
            let at = entry.statement.windows(words.len()).position(|window| window == words).unwrap();
            entry.statement[at..at + words.len()].copy_from_slice("发现大问题".as_bytes());
        })
    });
    forged.is_found(position, Check::Signature, &["the signature does not verify"]);
}

#[test]
fn a_statement_of_a_person_that_only_the_ledger_may_make_is_found() {
    // The operator lets a leader state the draw by hand, with a good signature.
    let position = played().first("DrawCompleted");
    let leader = person("office_leader");
    let closed = position - 1;
    let forged = forge(|at, _| match at {
        at if at == closed => Act::Drop,
        at if at == position => Act::Build(|played, entry| {
            entry.author = played.people["office_leader"].public().key_id();
            entry.signature = signature(entry, &played.people["office_leader"]);
        }),
        _ => Act::Keep,
    });
    assert_ne!(leader.public().key_id(), played().system.public().key_id());
    // The close that must follow is missing first of all.
    forged.is_found(closed, Check::Derived, &["CeremonyClosed must follow here by rule"]);
    let forged = only(played().first("ResultPublished"), |_| {
        Act::Build(|played, entry| {
            let mut statement = lotbook_event::Statement::decode(&entry.statement).unwrap();
            statement.event = played.event(played.first("EnterpriseAssigned")).clone();
            entry.statement = statement.encode();
            entry.signature = signature(entry, &played.people["publisher"]);
        })
    });
    forged.is_found(played().first("ResultPublished"), Check::Decision, &["MANUAL_ASSIGNMENT"]);
}

#[test]
fn an_entry_of_the_ledger_signed_by_another_key_is_found() {
    for name in ["Heartbeat", "PoolFrozen", "DrawCompleted", "DeadlineMissed", "StatementRefused"] {
        let position = played().first(name);
        let forged =
            only(position, |_| Act::Build(|_, entry| entry.signature = signature(entry, &stranger())));
        forged.is_found(position, Check::Signature, &["the ledger's own signature does not verify"]);
    }
}

#[test]
fn a_genesis_that_its_own_key_did_not_sign_is_found() {
    let mut entries = played().entries.clone();
    entries[0][100] ^= 1;
    let found = verify(&entries, &played().note).unwrap_err();
    assert_eq!((found.position, found.check), (0, Check::Signature), "{found}");
}

#[test]
fn a_checkpoint_of_another_key_another_root_or_another_ledger_is_found() {
    let entries = &played().entries;
    let size = entries.len() as u64;
    let found = verify(entries, &checkpoint(entries, &stranger())).unwrap_err();
    assert_eq!((found.position, found.check), (size, Check::Checkpoint), "{found}");
    let honest = checkpoint(&entries[..entries.len() - 1], &played().checkpoint);
    assert_eq!(verify(entries, &played().note).unwrap().checkpoint, Some(size));
    let vkey = VerifierKey::new(&played().origin, played().checkpoint.public()).unwrap();
    let older = Checkpoint::open(&honest, &vkey).unwrap();
    let lie = Checkpoint { size, ..older.clone() }.sign(&played().checkpoint).unwrap();
    let found = verify(entries, &lie).unwrap_err();
    assert_eq!((found.position, found.check), (size - 1, Check::Tree), "{found}");
    let elsewhere = Checkpoint { origin: "elsewhere.example/log".into(), ..older };
    let found = verify(entries, &elsewhere.sign(&played().checkpoint).unwrap()).unwrap_err();
    assert_eq!(found.check, Check::Checkpoint, "{found}");
}

#[test]
fn a_whole_other_ledger_is_refuted_by_the_key_known_from_elsewhere() {
    let mut verifier = Verifier::new([played().entries.len() as u64]);
    played().entries.iter().for_each(|entry| verifier.entry(entry).unwrap());
    let own = VerifierKey::new(&played().origin, played().checkpoint.public()).unwrap();
    let expecting = |vkey| Expectations { vkey: Some(vkey), ..Expectations::default() };
    assert!(verifier.finish(Some(&played().note), &expecting(own)).unwrap().authenticated);
    let other = VerifierKey::new(&played().origin, stranger().public()).unwrap();
    let found = verifier.finish(Some(&played().note), &expecting(other)).unwrap_err();
    assert_eq!((found.position, found.check), (0, Check::Checkpoint), "{found}");
}

/// The same through the files: the forged log in a data directory, and the program.
#[test]
fn the_program_refutes_a_forged_directory_at_the_position_of_the_forgery() {
    let position = played().first("EnterpriseAssigned");
    let forged = only(position, |event| {
        let Event::EnterpriseAssigned(mut assigned) = event.clone() else { panic!("{event:?}") };
        assigned.team.swap(0, 1);
        Act::Say(assigned.into())
    });
    for (log, code) in [(forge(|_, _| Act::Keep), 0), (forged, 1)] {
        let dir = tempfile::tempdir().unwrap();
        let store =
            Store::open(StoreOptions::new(dir.path(), dir.path().join("anchor"), statement_id)).unwrap();
        let head = store.append_group(&log.entries).unwrap();
        assert_eq!(head.hash, entry_hash(log.entries.last().unwrap()));
        store.write_anchor(&log.note, head).unwrap();
        store.close().unwrap();
        drop(store);
        let ran = run(&["verify", arg(dir.path()), "--json"]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(said["verified"], code == 0);
        if code == 1 {
            assert_eq!(said["finding"]["position"], position);
            assert_eq!(said["finding"]["check"], "derived");
        }
    }
}
