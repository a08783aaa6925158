//! Genesis proves itself or is refused; a refusal receipt is the system key's word for this statement.

use super::*;
use crate::ledger::{Ledger, checkpoint_key, genesis, heartbeat, statement, system};
use lotbook_chain::{Entry, SigningKey};
use lotbook_rpc::explain;

fn ledger() -> Ledger {
    Ledger::of(5, genesis("Office"))
}

fn created(change: impl FnOnce(&mut LedgerCreated)) -> Ledger {
    let Event::LedgerCreated(mut created) = genesis("Office").event else { panic!("not genesis") };
    change(&mut created);
    Ledger::of(3, statement(0, Event::LedgerCreated(created)))
}

#[test]
fn an_honest_genesis_gives_the_trust_root() {
    let ledger = ledger();
    let genesis = Genesis::read(&ledger.receipt(0, 5)).unwrap();
    assert_eq!(genesis.trust, ledger.trust());
    assert_eq!(genesis.system_key, system().public());
    assert!(Genesis::read_under(&ledger.receipt(0, 5), &ledger.trust()).is_ok());
}

#[test]
fn the_genesis_of_another_ledger_is_refused() {
    let (ledger, foreign) = (ledger(), Ledger::of(5, genesis("Another office")));
    let error = Genesis::read_under(&foreign.receipt(0, 5), &ledger.trust()).unwrap_err();
    assert_eq!(error, Untrustworthy::OtherLedger { expected: ledger.id, found: foreign.id });
}

#[test]
fn what_is_not_genesis_is_refused() {
    let error = Genesis::read(&ledger().receipt(1, 5)).unwrap_err();
    assert!(matches!(error, Untrustworthy::Genesis(_)), "{error}");
    let mut late = ledger();
    late.append(&genesis("Office").encode());
    let error = Genesis::read(&late.receipt(5, 6)).unwrap_err();
    assert_eq!(error, Untrustworthy::Genesis("it is not the first entry".into()));
}

#[test]
fn a_genesis_by_another_key_than_it_names_is_refused() {
    let other = lotbook_event::RawKey(SigningKey::from_seed(&[8; 32]).public().to_bytes());
    let error = Genesis::read(&created(|c| c.system_key = other).receipt(0, 3)).unwrap_err();
    assert!(matches!(error, Untrustworthy::OtherAuthor { .. }), "{error}");
}

#[test]
fn a_genesis_whose_signature_is_not_good_is_refused() {
    let mut ledger = ledger();
    let mut entry = Entry::decode(&ledger.entries[0]).unwrap();
    entry.signature = system().sign(b"something else");
    ledger.entries[0] = entry.encode().unwrap();
    assert_eq!(Genesis::read(&ledger.receipt(0, 5)).unwrap_err(), Untrustworthy::AuthorSignature);
}

#[test]
fn a_genesis_of_another_origin_than_its_key_is_refused() {
    let origin = lotbook_event::Text::new("elsewhere.example").unwrap();
    let error = Genesis::read(&created(|c| c.origin = origin).receipt(0, 3)).unwrap_err();
    assert!(matches!(error, Untrustworthy::TrustRoot { .. }), "{error}");
}

#[test]
fn a_trust_root_whose_parts_do_not_belong_together_is_refused() {
    let trust = TrustRoot { origin: "elsewhere.example".into(), ..ledger().trust() };
    assert!(matches!(trust.check(), Err(Untrustworthy::TrustRoot { .. })));
}

#[test]
fn a_refusal_receipt_is_the_word_of_the_system_key_for_this_statement() {
    let ledger = ledger();
    let genesis = Genesis::read(&ledger.receipt(0, 5)).unwrap();
    let bytes = heartbeat(9).encode();
    let refusal = lotbook_event::Refusal::new(lotbook_event::Code::AlreadyDrawn, "", "drawn");
    let said = explain(&lotbook_rpc::status::refused(&refusal, None));
    let hash = StatementHash::of(&bytes);
    let sign = |key: SigningKey| {
        let message = refusal_message(ledger.id, hash, Position(5), "ALREADY_DRAWN");
        let signature = key.sign(&message).0.to_vec();
        let code = "ALREADY_DRAWN".to_owned();
        proto::RefusalReceipt { statement_hash: hash.0.to_vec(), position: 5, code, article: 14, signature }
    };
    let good = sign(system());
    for known in [0, 5] {
        assert_eq!(genesis.check_refusal(Some(&good), &bytes, &said, known), Ok(()));
    }
    let lies = [
        sign(checkpoint_key()),
        proto::RefusalReceipt { statement_hash: vec![0; 32], ..good.clone() },
        proto::RefusalReceipt { position: 6, ..good.clone() },
        proto::RefusalReceipt { code: "WRONG_PHASE".into(), ..good.clone() },
        proto::RefusalReceipt { article: 15, ..good.clone() },
        proto::RefusalReceipt { signature: vec![1; 63], ..good.clone() },
    ];
    for lie in lies {
        let error = genesis.check_refusal(Some(&lie), &bytes, &said, 0).unwrap_err();
        assert!(matches!(error, Untrustworthy::RefusalReceipt(_)), "{lie:?}");
    }
    let early = genesis.check_refusal(Some(&good), &bytes, &said, 6).unwrap_err();
    assert!(matches!(early, Untrustworthy::RefusalReceipt(_)), "{early}");
}

#[test]
fn a_refusal_by_a_rule_without_the_ledgers_word_is_not_let_through() {
    let genesis = Genesis::read(&ledger().receipt(0, 5)).unwrap();
    let bare = |code| {
        let refusal = lotbook_event::Refusal::new(code, "", "found");
        let said = explain(&lotbook_rpc::status::refused(&refusal, None));
        genesis.check_refusal(None, b"statement", &said, 0)
    };
    // Of these nobody with a right is known to be the author, or nothing could be read.
    let bare_by_rule = [Code::UnknownKey, Code::KeyNotConfirmed, Code::MalformedStatement];
    for code in Code::ALL {
        let expected = Err(Untrustworthy::RefusalReceipt("it is missing"));
        assert_eq!(bare(*code), if bare_by_rule.contains(code) { Ok(()) } else { expected }, "{code}");
    }
    let said = explain(&lotbook_rpc::status::no_such_entry(3, 3));
    assert_eq!(genesis.check_refusal(None, b"statement", &said, 0), Ok(()), "no rule's refusal");
}
