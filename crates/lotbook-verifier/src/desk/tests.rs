//! The desk alone, one turn after the other: what is taken next, how far ahead, and what counts at the end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::finding::Check;
use crate::heartbeats::{Log, system};
use crate::signature::Signer;
use crate::verify::read;
use lotbook_chain::{Entry, LedgerId};

type Here<'a> = Desk<'a, (), &'static str>;

fn desk<'a>(threads: usize, progress: &'a mut (dyn FnMut(u64) + Send)) -> Here<'a> {
    let rules = Rules { verifier: Verifier::default(), progress };
    Desk::new((), rules, NonZeroUsize::new(threads).unwrap())
}

fn bad(position: u64) -> Option<Finding> {
    Some(Finding::new(position, Check::Signature, "bad"))
}

/// Reads a piece without entries.
fn read_one(desk: &Here<'_>) -> u64 {
    let Turn::Read(number, ()) = desk.next() else { panic!("something is to be read") };
    desk.put(Put::Source(Some(())));
    desk.put(Put::Piece(number, empty()));
    number
}

fn empty() -> Piece<&'static str> {
    Piece { entries: vec![], end: None }
}

/// A signature to be checked.
fn check() -> SignatureCheck {
    let entry = Entry::decode(&Log::of(1, u64::MAX).entries[0]).unwrap();
    SignatureCheck::of(&entry, LedgerId::ZERO, Signer::Ledger, system().public())
}

fn position(stopped: Result<Verifier, Stopped<&'static str>>) -> u64 {
    match stopped {
        Err(Stopped::Finding(finding)) => finding.position,
        Err(Stopped::Source(error)) => panic!("{error}"),
        Ok(_) => panic!("it passes"),
    }
}

#[test]
fn the_lowest_of_the_bad_signatures_counts_in_whatever_order_they_come() {
    for order in [[7, 300, 41], [300, 41, 7], [41, 7, 300]] {
        let mut silent = |_| {};
        let desk = desk(2, &mut silent);
        order.into_iter().for_each(|position| desk.put(Put::Checked(bad(position))));
        desk.put(Put::Checked(None));
        assert!(matches!(desk.next(), Turn::Leave));
        assert_eq!(position(desk.close()), 7);
    }
}

#[test]
fn a_bad_signature_stands_before_whatever_stopped_the_rules() {
    let stops = [
        Err(Stopped::Finding(Finding::new(90, Check::Decision, "refused"))),
        Err(Stopped::Source("the disk is gone")),
        Ok(()),
    ];
    for outcome in stops {
        let mut silent = |_| {};
        let desk = desk(2, &mut silent);
        read_one(&desk);
        let Turn::Judge(rules, _) = desk.next() else { panic!("a piece is to be decided") };
        desk.put(Put::Judged(rules, vec![check()], Some(outcome)));
        assert!(matches!(desk.next(), Turn::Check(_)), "its signatures are checked all the same");
        desk.put(Put::Checked(bad(90)));
        assert!(matches!(desk.next(), Turn::Leave));
        match desk.close() {
            Err(Stopped::Finding(found)) => assert_eq!((found.position, found.check), (90, Check::Signature)),
            _ => panic!("it passes"),
        }
    }
}

#[test]
fn nothing_is_read_far_ahead_of_the_rules() {
    let mut silent = |_| {};
    let desk = desk(2, &mut silent);
    let Turn::Read(0, ()) = desk.next() else { panic!("the first piece") };
    desk.put(Put::Source(Some(())));
    // The first piece is late: others are read, and wait.
    assert_eq!([1, 2, 3].map(|_| read_one(&desk)), [1, 2, 3]);
    assert!(desk.lock().turn().is_none(), "four pieces are enough for two threads");
    desk.put(Put::Piece(0, empty()));
    assert!(matches!(desk.next(), Turn::Judge(..)));
    assert!(matches!(desk.next(), Turn::Read(4, ())), "one thread at a time decides");
}

#[test]
fn nothing_is_decided_far_ahead_of_the_signatures() {
    let mut silent = |_| {};
    let desk = desk(1, &mut silent);
    let Turn::Read(0, ()) = desk.next() else { panic!("the first piece") };
    desk.put(Put::Source(Some(())));
    assert_eq!(read_one(&desk), 1);
    desk.put(Put::Piece(0, empty()));
    for piece in 0..SIGNATURES_WAITING {
        let Turn::Judge(rules, _) = desk.next() else { panic!("deciding piece {piece} is most urgent") };
        desk.put(Put::Judged(rules, vec![check()], None));
    }
    desk.put(Put::Piece(2, empty()));
    assert!(matches!(desk.next(), Turn::Check(_)), "enough signatures wait");
    assert!(matches!(desk.next(), Turn::Judge(..)));
}

#[test]
fn whoever_panics_sends_everybody_home() {
    let mut silent = |_| {};
    let desk = desk(3, &mut silent);
    desk.abandon();
    assert!(matches!(desk.next(), Turn::Leave));
}

#[test]
fn a_piece_that_was_read_is_decided_in_its_turn() {
    let log = Log::of(2, u64::MAX);
    let mut silent = |_| {};
    let desk = desk(1, &mut silent);
    let Turn::Read(0, ()) = desk.next() else { panic!("the first piece") };
    desk.put(Put::Source(None));
    let entries = log.entries.iter().cloned().map(read).collect();
    desk.put(Put::Piece(0, Piece { entries, end: None }));
    let Turn::Judge(rules, piece) = desk.next() else { panic!("it is to be decided") };
    assert_eq!(piece.entries.len(), 2);
    desk.put(Put::Judged(rules, vec![], Some(Ok(()))));
    assert!(matches!(desk.next(), Turn::Leave) && desk.close().is_ok());
}
