//! Refusals decided again from their receipts: true ones, and every lie about them.

use crate::years::{Author, Ledger, Year, cast, days, founded};
use lotbook_chain::sign::{refusal_message, statement_message};
use lotbook_chain::{Entry, Position, Signature, SigningKey, StatementHash};
use lotbook_domain::SignedStatement;
use lotbook_event::keys::Role;
use lotbook_event::oversight::AnnualDisclosureRequested;
use lotbook_event::plan::PlanPublished;
use lotbook_event::{Code, Date, Event, PlanId, Statement, StatementId};
use lotbook_verifier::{
    Answer, Check, Finding, OnRecord, RefusalClaim, RefusalReceipt, RefusalVerdict, Verifier, refusal_verdict,
};

/// The ledger's receipt, honest or not.
fn claim(ledger: &Ledger, position: Position, signed: &SignedStatement, code: &str) -> RefusalClaim {
    let statement = StatementHash::of(&signed.statement);
    let message = refusal_message(ledger.state.ledger(), statement, position, code);
    let known = Code::ALL.iter().find(|known| known.as_str() == code);
    let receipt = RefusalReceipt {
        statement,
        position,
        code: code.to_owned(),
        article: known.map_or(0, |code| code.article()),
        signature: cast().system.sign(&message),
    };
    RefusalClaim { receipt, signed: signed.clone() }
}

/// Decides a claim again on a log; `read` has read the first entries, in which no id asked about was used.
fn decided(read: &Verifier, entries: &[Vec<u8>], claim: &RefusalClaim) -> Result<RefusalVerdict, Finding> {
    let (mut verifier, position) = (read.clone(), usize::try_from(claim.receipt.position.0).unwrap());
    verifier.ask_about_refusal(claim);
    let from = usize::try_from(verifier.state().head.size).unwrap();
    entries[from..position].iter().for_each(|entry| verifier.entry(entry).unwrap());
    refusal_verdict(&verifier, entries.get(position).map(Vec::as_slice), claim)
}

fn confirmed(code: Code, record: OnRecord) -> RefusalVerdict {
    RefusalVerdict::Confirmed { code: Answer::Refused(code), record }
}

fn is_forged(found: &Result<RefusalVerdict, Finding>, check: Check, words: &str) {
    let finding = found.as_ref().unwrap_err();
    assert!(finding.check == check && finding.what.contains(words), "{finding}");
}

#[test]
fn every_refusal_of_random_years_is_confirmed_and_another_code_is_proved_false() {
    let (mut refusals, mut recorded) = (0, 0);
    for year in (0..6).map(Year::play) {
        let (ledger, entries) = (&year.ledger, &year.ledger.entries);
        for (position, signed, code) in &ledger.refused {
            let honest = decided(&year.verifier, entries, &claim(ledger, *position, signed, code.as_str()));
            let record = on_record(entries, *position, signed);
            recorded += usize::from(record == OnRecord::Recorded);
            assert_eq!(honest, Ok(confirmed(*code, record)), "{position}");
            let other = if *code == Code::WrongPhase { "TOO_YOUNG" } else { "WRONG_PHASE" };
            let lie = decided(&year.verifier, entries, &claim(ledger, *position, signed, other));
            let (receipt, decided) = (other.to_owned(), Answer::Refused(*code));
            assert_eq!(lie, Ok(RefusalVerdict::FalseRefusal { receipt, decided, record }), "{position}");
            refusals += 1;
        }
    }
    assert!(recorded > 20, "{recorded} of {refusals} refusals are recorded");
}

/// Whether the ledger has recorded a refusal where it was decided, or only counts it: an hour of a key has its limit.
fn on_record(entries: &[Vec<u8>], position: Position, signed: &SignedStatement) -> OnRecord {
    let entry = entries.get(usize::try_from(position.0).unwrap()).map(|bytes| Entry::decode(bytes).unwrap());
    let here =
        entry.and_then(|entry| Statement::decode(&entry.statement).ok()).map(|statement| statement.event);
    match here {
        Some(Event::StatementRefused(e)) if e.statement_hash == StatementHash::of(&signed.statement) => {
            OnRecord::Recorded
        }
        _ => OnRecord::Counted,
    }
}

#[test]
fn accepted_statements_are_never_confirmed_as_refused() {
    let year = Year::play(3);
    let (ledger, entries) = (&year.ledger, &year.ledger.entries);
    let (mut proved, mut again) = (0, 0);
    for (position, bytes) in (0..).zip(entries).skip(year.founding) {
        let entry = Entry::decode(bytes).unwrap();
        if entry.author == cast().system.public().key_id() {
            continue;
        }
        let Entry { statement, author: key_id, signature, .. } = entry;
        let signed = SignedStatement { statement, key_id, signature };
        let here = claim(ledger, Position(position), &signed, "WRONG_PHASE");
        match decided(&year.verifier, entries, &here).unwrap() {
            RefusalVerdict::FalseRefusal { decided: Answer::Accepted, record: OnRecord::Missing, .. } => {
                proved += 1;
            }
            // At the time of the entry before, it would have been refused.
            RefusalVerdict::Undetermined { at: Some(Answer::Accepted), before: Answer::Refused(_) } => {}
            other => panic!("{position}: {other:?}"),
        }
        // Behind itself it gets its receipt again, whatever the rules say now.
        if position + 1 < entries.len() as u64 {
            let behind = claim(ledger, Position(position + 1), &signed, "IDEMPOTENCY_CONFLICT");
            let found = decided(&year.verifier, entries, &behind).unwrap();
            let proved = matches!(found, RefusalVerdict::FalseRefusal { decided: Answer::Accepted, .. });
            assert!(proved, "{position}: {found:?}");
            again += 1;
        }
    }
    assert!(proved > 20 && again > 20, "{proved} proved, {again} again");
}

/// A founded ledger, what has read it, and one refused statement of the publisher's.
fn refused() -> (Ledger, Verifier, SignedStatement, Position) {
    let (mut ledger, read) = founded(days::begin(20_442).plus_seconds(36_000));
    ledger.wait(60);
    let refusal = ledger.submit(&publisher(), nonsense()).unwrap_err();
    assert_eq!(refusal.code, Code::UnknownSubject);
    ledger.wait(60);
    ledger.submit(&publisher(), nonsense()).unwrap_err();
    let (position, signed, _) = ledger.refused[0].clone();
    (ledger, read, signed, position)
}

fn publisher() -> Author {
    cast().of(Role::Publisher).into()
}

fn nonsense() -> Event {
    let published_on = Date::new("2025-12-20").unwrap();
    PlanPublished { plan: PlanId::new("P-NONE").unwrap(), published_on }.into()
}

#[test]
fn a_receipt_that_the_ledger_has_not_signed_is_forged() {
    let (ledger, read, signed, position) = refused();
    let honest = claim(&ledger, position, &signed, "UNKNOWN_SUBJECT");
    let entries = &ledger.entries;
    assert_eq!(decided(&read, entries, &honest), Ok(confirmed(Code::UnknownSubject, OnRecord::Recorded)));
    let change = |change: fn(&mut RefusalClaim)| {
        let mut claim = honest.clone();
        change(&mut claim);
        decided(&read, entries, &claim)
    };
    is_forged(
        &change(|c| c.receipt.code = "WRONG_PHASE".into()),
        Check::Signature,
        "not signed by the ledger",
    );
    is_forged(&change(|c| c.receipt.position.0 += 1), Check::Signature, "not signed by the ledger");
    is_forged(&change(|c| c.receipt.signature.0[9] ^= 1), Check::Signature, "not signed by the ledger");
    is_forged(&change(|c| c.receipt.statement.0[0] ^= 1), Check::Signature, "another statement");
    is_forged(&change(|c| c.signed.statement[0] ^= 1), Check::Signature, "another statement");
    is_forged(&change(|c| c.receipt.article = 14), Check::Expectation, "not of article 14");
    is_forged(&change(|c| c.signed.signature = Signature([0; 64])), Check::Signature, "does not verify");
    is_forged(&change(|c| c.signed.key_id.0[0] ^= 1), Check::Signature, "UNKNOWN_KEY");
}

#[test]
fn a_code_that_these_rules_do_not_have_is_a_false_refusal_if_the_ledger_signed_it() {
    let (ledger, read, signed, position) = refused();
    let found = decided(&read, &ledger.entries, &claim(&ledger, position, &signed, "NOT_IN_THE_MOOD"));
    let decided = Answer::Refused(Code::UnknownSubject);
    let (receipt, record) = ("NOT_IN_THE_MOOD".to_owned(), OnRecord::Recorded);
    let expected = RefusalVerdict::FalseRefusal { receipt, decided, record };
    assert_eq!(found, Ok(expected.clone()));
    let json = serde_json::json!({
        "verdict": "false_refusal", "receipt": "NOT_IN_THE_MOOD", "decided": "UNKNOWN_SUBJECT", "record": "recorded",
    });
    assert_eq!(serde_json::to_value(&expected).unwrap(), json);
}

#[test]
fn a_refusal_at_another_position_has_no_record_there_though_the_hour_had_room() {
    let (ledger, read, signed, position) = refused();
    let found = decided(
        &read,
        &ledger.entries,
        &claim(&ledger, Position(position.0 + 1), &signed, "UNKNOWN_SUBJECT"),
    );
    assert_eq!(found, Ok(confirmed(Code::UnknownSubject, OnRecord::Missing)));
    // Nothing stands behind the last entry yet: nobody knows when it was decided.
    let end = Position(ledger.entries.len() as u64);
    let found = decided(&read, &ledger.entries, &claim(&ledger, end, &signed, "UNKNOWN_SUBJECT"));
    let before = Answer::Refused(Code::UnknownSubject);
    assert_eq!(found, Ok(RefusalVerdict::Undetermined { before, at: None }));
}

#[test]
fn another_number_of_entries_than_the_receipt_says_is_not_decided_on() {
    let (ledger, mut verifier, signed, position) = refused();
    let claim = claim(&ledger, position, &signed, "UNKNOWN_SUBJECT");
    verifier.ask_about_refusal(&claim);
    let next = usize::try_from(position.0).unwrap();
    for entry in &ledger.entries[verifier.state().head.size as usize..next] {
        let early = refusal_verdict(&verifier, Some(&ledger.entries[next]), &claim);
        is_forged(&early, Check::Expectation, "entries were read");
        verifier.entry(entry).unwrap();
    }
    assert!(refusal_verdict(&verifier, Some(&ledger.entries[next]), &claim).is_ok());
    // The entry that is shown must be the one that follows.
    let other = refusal_verdict(&verifier, Some(&ledger.entries[next + 1]), &claim);
    is_forged(&other, Check::Chain, "the entry says position");
    let mut late = Verifier::default();
    ledger.entries[..next].iter().for_each(|entry| late.entry(entry).unwrap());
    is_forged(&refusal_verdict(&late, Some(&ledger.entries[next]), &claim), Check::Expectation, "not asked");
}

#[test]
fn somebody_else_who_signs_the_same_bytes_is_not_the_author() {
    let (ledger, read, signed, position) = refused();
    let supervisor = cast().of(Role::Supervisor);
    let message = statement_message(ledger.state.ledger(), &signed.statement);
    let stolen =
        SignedStatement { key_id: supervisor.id, signature: supervisor.key.sign(&message), ..signed };
    let found = decided(&read, &ledger.entries, &claim(&ledger, position, &stolen, "UNKNOWN_SUBJECT"));
    is_forged(&found, Check::Signature, "the record names");
}

/// A statement of the publisher's, with an id, signed.
fn stated(ledger: &Ledger, id: [u8; 16], event: Event) -> SignedStatement {
    let author = publisher();
    let statement = Statement {
        id: StatementId(id),
        stated_at: ledger.now,
        role: author.role,
        section: None,
        expected_position: None,
        event,
    };
    signed(ledger, statement.encode(), &author.person.key)
}

fn signed(ledger: &Ledger, statement: Vec<u8>, key: &SigningKey) -> SignedStatement {
    let signature = key.sign(&statement_message(ledger.state.ledger(), &statement));
    SignedStatement { statement, key_id: key.public().key_id(), signature }
}

#[test]
fn bytes_that_are_no_statement_and_ids_used_before_are_decided_in_their_order() {
    let year = Year::play(4);
    let (ledger, entries) = (&year.ledger, &year.ledger.entries);
    let by_publisher = |bytes: &&Vec<u8>| Entry::decode(bytes).unwrap().author == publisher().person.id;
    let first = Entry::decode(entries[year.founding..].iter().find(by_publisher).unwrap()).unwrap();
    let used = Statement::decode(&first.statement).unwrap().id.0;
    let behind = Position(first.position.0 + 1);
    let answer = |signed: &SignedStatement, position, code: Code| match decided(
        &year.verifier,
        entries,
        &claim(ledger, position, signed, code.as_str()),
    )
    .unwrap()
    {
        RefusalVerdict::Confirmed { code: Answer::Refused(confirmed), .. } => assert_eq!(confirmed, code),
        other => panic!("{code:?}: {other:?}"),
    };
    // The id decides only once it has been used.
    let conflict = stated(ledger, used, nonsense());
    answer(&conflict, first.position, Code::UnknownSubject);
    answer(&conflict, behind, Code::IdempotencyConflict);
    let garbage = signed(ledger, vec![0xff; 40], &publisher().person.key);
    answer(&garbage, behind, Code::MalformedStatement);
    let stranger = cast().of(Role::Supervisor);
    let unheld = signed(ledger, stated(ledger, [7; 16], nonsense()).statement, &stranger.key);
    answer(&unheld, behind, Code::RoleNotHeld);
}

#[test]
fn what_was_only_counted_is_decided_at_both_ends_of_its_time() {
    let (mut ledger, read) = founded(days::begin(20_442).plus_seconds(36_000));
    let new_year = days::begin(20_454);
    ledger.wait((new_year.0 - ledger.now.0) / days::SECOND - 1_200);
    for _ in 0..60 {
        ledger.submit(&publisher(), nonsense()).unwrap_err();
    }
    let request = || AnnualDisclosureRequested { year: 2025 };
    ledger.submit(&publisher(), nonsense()).unwrap_err();
    ledger.submit(&publisher(), request()).unwrap_err();
    let end = ledger.entries.len();
    // Into the new year: the counts of the hour that is over are stated.
    ledger.wait(1_500);
    assert_eq!(ledger.entries.len(), end + 1);
    let counted = &ledger.refused[60..];
    assert!(counted.iter().all(|(position, ..)| position.0 == end as u64));
    let decided = |n: usize, code: &str| {
        let (position, signed, _) = &counted[n];
        decided(&read, &ledger.entries, &claim(&ledger, *position, signed, code)).unwrap()
    };
    assert_eq!(decided(0, "UNKNOWN_SUBJECT"), confirmed(Code::UnknownSubject, OnRecord::Counted));
    let lie = RefusalVerdict::FalseRefusal {
        receipt: "TOO_YOUNG".into(),
        decided: Answer::Refused(Code::UnknownSubject),
        record: OnRecord::Counted,
    };
    assert_eq!(decided(0, "TOO_YOUNG"), lie);
    // Before the year was over it was refused, after it, it is accepted; whatever the receipt says.
    let (before, at) = (Answer::Refused(counted[1].2), Some(Answer::Accepted));
    for code in [counted[1].2.as_str(), "TOO_YOUNG"] {
        assert_eq!(decided(1, code), RefusalVerdict::Undetermined { before, at });
    }
}
