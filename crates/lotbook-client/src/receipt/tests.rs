//! The receipt of a submission is for this statement, this author, this ledger, or it is refused.

use super::*;
use crate::ledger::{Ledger, genesis, heartbeat, system, vkey};
use lotbook_chain::ReceiptError;

fn ledger() -> Ledger {
    Ledger::of(6, genesis("Office"))
}

#[test]
fn the_receipt_of_what_was_submitted_is_taken() {
    let ledger = ledger();
    let signed = SignedStatement::sign(&ledger.trust(), &system(), &heartbeat(3));
    let submitted = signed.check(&ledger.trust(), ledger.receipt(3, 6)).unwrap();
    assert_eq!((submitted.position, submitted.hash), (Position(3), ledger.hash(3)));
    assert_eq!((submitted.recorded_at, submitted.checkpoint.size), (Instant(1_003), 6));
    assert!(submitted.receipt.verify(&vkey()).is_ok());
}

#[test]
fn the_receipt_of_another_entry_is_refused() {
    let ledger = ledger();
    let signed = SignedStatement::sign(&ledger.trust(), &system(), &heartbeat(3));
    let error = signed.check(&ledger.trust(), ledger.receipt(4, 6)).unwrap_err();
    assert_eq!(error, Untrustworthy::OtherStatement);
}

#[test]
fn the_same_statement_by_another_author_is_refused() {
    let ledger = ledger();
    let other = SigningKey::from_seed(&[5; 32]);
    let signed = SignedStatement::sign(&ledger.trust(), &other, &heartbeat(3));
    let error = signed.check(&ledger.trust(), ledger.receipt(3, 6)).unwrap_err();
    assert!(matches!(error, Untrustworthy::OtherAuthor { .. }), "{error}");
}

#[test]
fn a_signature_made_for_another_ledger_is_refused() {
    let mut ledger = ledger();
    let foreign = TrustRoot { ledger_id: lotbook_chain::LedgerId([7; 32]), ..ledger.trust() };
    ledger.id = foreign.ledger_id;
    ledger.append(&heartbeat(6).encode());
    let trust = Ledger::of(6, genesis("Office")).trust();
    let signed = SignedStatement::sign(&trust, &system(), &heartbeat(6));
    let error = signed.check(&trust, ledger.receipt(6, 7)).unwrap_err();
    assert_eq!(error, Untrustworthy::AuthorSignature);
}

#[test]
fn a_receipt_under_another_checkpoint_key_or_proof_is_refused() {
    let ledger = ledger();
    let signed = SignedStatement::sign(&ledger.trust(), &system(), &heartbeat(3));
    let key = lotbook_chain::VerifierKey::new(crate::ledger::ORIGIN, system().public()).unwrap();
    let error = signed.check(&TrustRoot { vkey: key, ..ledger.trust() }, ledger.receipt(3, 6)).unwrap_err();
    assert!(matches!(error, Untrustworthy::Receipt(ReceiptError::Checkpoint(_))), "{error}");
    let mut receipt = ledger.receipt(3, 6);
    receipt.proof.swap(0, 1);
    let error = signed.check(&ledger.trust(), receipt).unwrap_err();
    assert!(matches!(error, Untrustworthy::Receipt(ReceiptError::Inclusion(_))), "{error}");
}

#[test]
fn a_receipt_of_the_wrong_form_is_refused() {
    assert_eq!(from_wire(None).unwrap_err(), Untrustworthy::Missing("receipt"));
    let short = proto::Receipt { inclusion_proof: vec![vec![1; 31]], ..Default::default() };
    let expected = Untrustworthy::Length { field: "inclusion_proof", expected: 32, found: 31 };
    assert_eq!(from_wire(Some(short)).unwrap_err(), expected);
}
