//! What people stated: left out, put in another order, or recorded at another time.

use super::forger::{Act, checkpoint, forge, only, reorder, verify, without};
use super::played::played;
use lotbook_chain::{Entry, Position};
use lotbook_event::Event;
use lotbook_verifier::{Check, Expectations, Verifier};

fn positions(name: &str, matches: impl Fn(&Event) -> bool) -> Vec<usize> {
    played().all(name).into_iter().filter(|position| matches(played().event(*position))).collect()
}

#[test]
fn a_published_item_list_left_out_shows_at_the_plan_that_needs_it() {
    let (published, adopted) = (played().first("ItemPublished"), played().first("PlanAdopted"));
    let forged = without(&[published]);
    // Whatever was derived in between is derived anew; the plan stands where the rules refuse it.
    forged.is_found(
        forged.place(adopted),
        Check::Decision,
        &["accepted, but the rules refuse it: ITEM_NOT_PUBLISHED"],
    );
}

#[test]
fn a_confirmation_of_a_key_left_out_shows_at_the_first_use_of_the_key() {
    let officer = played().author(played().first("PlanDrafted"));
    let confirmed = positions(
        "KeyConfirmed",
        |event| matches!(event, Event::KeyConfirmed(confirmed) if confirmed.key_id == officer),
    );
    let first_use = (0..played().entries.len()).find(|at| played().author(*at) == officer).unwrap();
    let forged = without(&confirmed);
    forged.is_found(forged.place(first_use), Check::Signature, &["KEY_NOT_CONFIRMED"]);
}

#[test]
fn an_adopted_scheme_left_out_shows_at_the_opening() {
    let opened = played().first("CeremonyOpened");
    let forged = without(&[played().first("SchemeAdopted")]);
    forged.is_found(forged.place(opened), Check::Decision, &["NO_SCHEME"]);
}

#[test]
fn a_reveal_left_out_is_found_where_the_close_follows_from_it_no_more() {
    let last = played().first("CeremonyClosed") - 1;
    assert_eq!(played().event(last).name(), "SeedRevealed");
    // By the rules the ceremony is closed at its deadline then, and fails: that is what is missing,
    // behind the sign of life that was due before it.
    without(&[last]).is_found(last + 1, Check::Due, &["CeremonyClosed", "was due at", "left out"]);
}

#[test]
fn an_entry_left_out_before_a_ceremony_is_shown_by_the_peoples_own_reveals() {
    // Nothing depends on a correction; but what people signed later names what came before it.
    let corrected = played().first("EntryCorrected");
    let sealed = played().all("CeremonySealed").into_iter().find(|at| *at > corrected).unwrap();
    let reveal = (sealed..).find(|at| played().event(*at).name() == "SeedRevealed").unwrap();
    let forged = without(&[corrected]);
    forged.is_found(forged.place(reveal), Check::Decision, &["OPENING_MISMATCH"]);
}

#[test]
fn an_entry_left_out_that_nothing_depends_on_is_refuted_by_the_checkpoint_signed_before() {
    let published = played().first("AnnualDisclosurePublished");
    assert!(published > *played().all("CeremonySealed").last().unwrap());
    let forged = without(&[published]);
    forged.passes();
    let size = forged.entries.len() as u64;
    let found = verify(&forged.entries, &played().note).unwrap_err();
    assert_eq!((found.position, found.check), (size, Check::Checkpoint), "{found}");
}

#[test]
fn a_cut_off_end_is_refuted_by_the_checkpoint_signed_before() {
    let entries = &played().entries[..played().entries.len() - 1];
    let found = verify(entries, &played().note).unwrap_err();
    assert_eq!((found.position, found.check), (entries.len() as u64, Check::Checkpoint), "{found}");
    assert!(verify(entries, &checkpoint(entries, &played().checkpoint)).is_ok(), "in itself it is whole");
}

#[test]
fn a_changed_entry_is_refuted_by_the_tree_signed_before() {
    // The last statement, recorded a second later, breaks no rule; the signed root has another leaf.
    let last = (0..played().entries.len()).rfind(|at| !played().is_derived(*at)).unwrap();
    let later = played().decoded[last].0.recorded_at.plus_seconds(1);
    let forged = reorder(0..=last, |at, _| if at == last { Act::At(later) } else { Act::Keep });
    forged.passes();
    let signed = checkpoint(&played().entries[..=last], &played().checkpoint);
    let found = verify(&forged.entries, &signed).unwrap_err();
    assert_eq!((found.position, found.check), (last as u64, Check::Tree), "{found}");
}

#[test]
fn a_statement_recorded_behind_a_deadline_that_nobody_stated_is_found() {
    // The people's statement that came first after the deadlines of 1 February, but without them.
    let missed = played().all("DeadlineMissed");
    let next = (missed[3]..).find(|at| !played().is_derived(*at)).unwrap();
    let Event::DeadlineMissed(first) = played().event(missed[0]) else { panic!() };
    let silent: Vec<_> = (missed[0]..next).collect();
    for seconds in [0, 1, 86_400] {
        let forged = forge(|at, _| match at {
            at if silent.contains(&at) => Act::Drop,
            at if at == next => Act::At(first.due.plus_seconds(seconds)),
            _ => Act::Keep,
        });
        forged.is_found(missed[0], Check::Due, &["DeadlineMissed (D1 2026/S01) was due", "left out"]);
    }
}

#[test]
fn a_report_recorded_after_its_last_day_without_the_missed_deadline_is_found() {
    let report = played().first("ReportCompleted");
    let Event::ReportCompleted(completed) = played().event(report) else { panic!() };
    let month_later = played().decoded[report].0.recorded_at.plus_seconds(30 * 86_400);
    // Everything until then is cut away: the report is the next thing that happens.
    let started = |event: &Event| match event {
        Event::InspectionConcluded(concluded) => concluded.inspection == completed.inspection,
        _ => false,
    };
    let concluded = played().positions(started).last().unwrap();
    let order = (0..=concluded).chain([report]);
    let forged = reorder(order, |at, _| if at == report { Act::At(month_later) } else { Act::Keep });
    // The first due thing after the last entry is a sign of life, or the duty itself.
    forged.is_found(concluded + 1, Check::Due, &["was due at", "left out"]);
}

#[test]
fn an_entry_recorded_before_its_predecessor_is_found() {
    let position = played().first("ItemAggregated");
    let forged = only(position, |_| Act::At(played().decoded[position - 1].0.recorded_at.plus_seconds(-1)));
    forged.is_found(position, Check::Chain, &["it was recorded before its predecessor"]);
}

#[test]
fn a_registration_behind_its_confirmation_is_found() {
    let registered = played().first("KeyRegistered");
    assert_eq!(played().event(registered + 1).name(), "KeyConfirmed");
    let mut order: Vec<_> = (0..played().entries.len()).collect();
    order.swap(registered, registered + 1);
    let forged = reorder(order, |_, _| Act::Keep);
    forged.is_found(registered, Check::Decision, &["UNKNOWN_SUBJECT"]);
}

#[test]
fn two_commitments_in_each_others_place_are_shown_by_the_peoples_own_reveals() {
    let committed = played().first("SeedCommitted");
    assert_eq!(played().event(committed + 1).name(), "SeedCommitted");
    let at = played().decoded[committed].0.recorded_at;
    let mut order: Vec<_> = (0..played().entries.len()).collect();
    order.swap(committed, committed + 1);
    // With their own times the order alone gives it away; so they exchange them, too.
    let forged = reorder(order.clone(), |_, _| Act::Keep);
    forged.is_found(committed + 1, Check::Chain, &["before its predecessor"]);
    let later = played().decoded[committed + 1].0.recorded_at;
    let forged = reorder(order, |position, _| match position {
        p if p == committed => Act::At(later),
        p if p == committed + 1 => Act::At(at),
        _ => Act::Keep,
    });
    let reveal = played().first("SeedRevealed");
    forged.is_found(reveal, Check::Decision, &["OPENING_MISMATCH"]);
}

#[test]
fn a_statement_recorded_twice_is_found() {
    let position = played().first("SeedCommitted");
    let order = (0..=position).chain([position]).chain(position + 1..played().entries.len());
    let forged = reorder(order, |_, _| Act::Keep);
    forged.is_found(position + 1, Check::Idempotency, &["has used this statement id before"]);
}

#[test]
fn an_entry_that_follows_another_or_says_another_position_is_found() {
    let position = played().first("PlanAdopted");
    let forged = only(position, |_| {
        Act::Build(|played, entry| {
            entry.previous = lotbook_chain::entry::entry_hash(&played.entries[3]);
        })
    });
    forged.is_found(position, Check::Chain, &["it follows"]);
    let forged = only(position, |_| Act::Build(|_, entry| entry.position = Position(7)));
    forged.is_found(position, Check::Chain, &["the entry says position 7"]);
}

#[test]
fn bytes_that_are_no_entry_or_no_canonical_statement_are_found() {
    let position = played().first("PlanAdopted");
    let mut entries = played().entries.clone();
    entries[position][0] = 2;
    let found = verify(&entries, &played().note).unwrap_err();
    assert_eq!((found.position, found.check), (position as u64, Check::Bytes), "{found}");
    entries[position].truncate(100);
    let found = verify(&entries, &played().note).unwrap_err();
    assert_eq!((found.position, found.check), (position as u64, Check::Bytes), "{found}");
    // An unknown field, signed by the ledger itself.
    let beat = played().first("Heartbeat");
    let forged = only(beat, |_| {
        Act::Build(|played, entry: &mut Entry| {
            entry.statement.extend([0xfa, 0x7f, 0x01, 0x00]);
            entry.signature = super::forger::signature(entry, &played.system);
        })
    });
    forged.is_found(beat, Check::Bytes, &[""]);
}

#[test]
fn every_prefix_that_ends_between_two_acts_passes_and_every_other_does_not() {
    // What follows by rule belongs to its cause: a log may end behind it, not within.
    let entries = &played().entries;
    let mut verifier = Verifier::default();
    for (position, bytes) in entries.iter().enumerate() {
        verifier.entry(bytes).unwrap();
        let next = played().decoded.get(position + 1).map(|(_, statement)| statement.event.name());
        let within = matches!(
            next,
            Some(
                "PoolFrozen"
                    | "CeremonySealed"
                    | "CeremonyClosed"
                    | "DrawCompleted"
                    | "EnterpriseAssigned"
                    | "SubstituteDrawn"
                    | "AssignmentSwapped"
                    | "AnnualDisclosureGenerated"
            )
        );
        let ended = verifier.finish(None, &Expectations::default());
        match ended {
            Ok(_) => assert!(!within, "it may not end at {position}"),
            Err(found) => {
                assert!(within, "{found}");
                assert_eq!((found.position, found.check), (position as u64 + 1, Check::Derived), "{found}");
            }
        }
    }
}
