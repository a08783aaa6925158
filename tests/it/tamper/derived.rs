//! What the ledger must state itself: left out, changed, or stated out of nothing.

use super::forger::{Act, forge, only, reorder, verify, without};
use super::played::played;
use lotbook_chain::Instant;
use lotbook_event::oversight::{DeadlineMissed, Obligation, StatementRefused};
use lotbook_event::{Event, InspectorId, Text};
use lotbook_verifier::Check;

#[test]
fn the_true_log_made_anew_is_the_same_log_byte_by_byte_and_passes() {
    let forged = forge(|_, _| Act::Keep);
    assert_eq!(forged.entries, played().entries);
    assert_eq!(forged.note, played().note);
    let verdict = forged.passes();
    assert_eq!((verdict.draws.len(), verdict.refusals), (5, 2));
    assert_eq!(verdict.checkpoint, Some(played().entries.len() as u64));
}

/// The next entry after a derived one that is left out is where it shows.
fn left_out(name: &str, words: &[&str]) {
    for position in played().all(name) {
        without(&[position]).is_found(position, Check::Derived, words);
    }
}

/// What time brings: where it was due, the next entry shows it, whoever states that one.
fn left_out_when_due(name: &str) {
    for position in played().all(name) {
        let forged = without(&[position]);
        let found = verify(&forged.entries, &forged.note).unwrap_err();
        let shown = matches!(found.check, Check::Derived | Check::Due) && found.what.contains(name);
        assert!(found.position == position as u64 && shown, "{found}");
    }
}

#[test]
fn a_frozen_pool_left_out_is_found() {
    left_out("PoolFrozen", &["PoolFrozen must follow here by rule and is left out"]);
}

#[test]
fn a_seal_left_out_is_found() {
    left_out("CeremonySealed", &["CeremonySealed must follow here by rule and is left out"]);
}

#[test]
fn a_close_left_out_is_found() {
    left_out("CeremonyClosed", &["DrawCompleted stands where CeremonyClosed must follow by rule"]);
}

#[test]
fn a_completed_draw_left_out_is_found() {
    left_out("DrawCompleted", &["stands where DrawCompleted must follow by rule"]);
}

#[test]
fn each_assigned_enterprise_left_out_is_found() {
    assert_eq!(played().all("EnterpriseAssigned").len(), 24);
    left_out("EnterpriseAssigned", &["EnterpriseAssigned"]);
}

#[test]
fn a_whole_draw_left_out_is_found() {
    let drawn: Vec<_> = ["CeremonyClosed", "DrawCompleted"]
        .into_iter()
        .chain(["EnterpriseAssigned"])
        .flat_map(|name| played().all(name))
        .collect();
    let first = played().first("CeremonyClosed");
    without(&drawn).is_found(first, Check::Derived, &["CeremonyClosed"]);
}

#[test]
fn each_missed_deadline_left_out_is_found() {
    // Four plans, a report, and five plans of the year after.
    assert_eq!(played().all("DeadlineMissed").len(), 10);
    left_out_when_due("DeadlineMissed");
}

#[test]
fn each_end_of_a_time_for_comments_left_out_is_found() {
    assert_eq!(played().all("CommentWindowClosed").len(), 24);
    left_out_when_due("CommentWindowClosed");
}

#[test]
fn each_substitute_and_each_swap_left_out_is_found() {
    left_out("SubstituteDrawn", &["SubstituteDrawn"]);
    left_out("AssignmentSwapped", &["AssignmentSwapped must follow"]);
}

#[test]
fn another_substitute_or_counterpart_than_the_drawn_one_is_found() {
    let (substitute, swap) = (played().first("SubstituteDrawn"), played().first("AssignmentSwapped"));
    let forged = only(substitute, |event| {
        let Event::SubstituteDrawn(mut drawn) = event.clone() else { panic!("{event:?}") };
        drawn.substitute = InspectorId::new("I040").unwrap();
        drawn.candidates -= 1;
        Act::Say(drawn.into())
    });
    forged.is_found(substitute, Check::Derived, &["SubstituteDrawn is not, byte for byte"]);
    let forged = only(swap, |event| {
        let Event::AssignmentSwapped(mut swapped) = event.clone() else { panic!("{event:?}") };
        std::mem::swap(&mut swapped.slot, &mut swapped.counterpart_slot);
        Act::Say((*swapped).into())
    });
    forged.is_found(swap, Check::Derived, &["AssignmentSwapped is not, byte for byte"]);
}

#[test]
fn a_disclosure_left_out_or_of_other_counts_is_found() {
    left_out("AnnualDisclosureGenerated", &["AnnualDisclosureGenerated must follow"]);
    let position = played().first("AnnualDisclosureGenerated");
    let forged = only(position, |event| {
        let Event::AnnualDisclosureGenerated(mut generated) = event.clone() else { panic!("{event:?}") };
        generated.parts[5].rows -= 1;
        Act::Say(generated.into())
    });
    forged.is_found(position, Check::Derived, &["AnnualDisclosureGenerated is not, byte for byte"]);
}

#[test]
fn every_missed_deadline_and_heartbeat_left_out_shows_at_the_next_statement_of_a_person() {
    let first = played().first("DeadlineMissed");
    let next = (first..).find(|position| !played().is_derived(*position)).unwrap();
    let silent: Vec<_> = (first..next).collect();
    without(&silent).is_found(first, Check::Due, &["DeadlineMissed", "was due at", "left out"]);
}

#[test]
fn a_heartbeat_left_out_is_found() {
    for position in played().all("Heartbeat").into_iter().filter(|p| !played().is_derived(p + 1)).take(5) {
        let forged = without(&[position]);
        forged.is_found(position, Check::Due, &["Heartbeat (heartbeat) was due at", "left out"]);
    }
}

#[test]
fn a_changed_ticket_is_found() {
    for position in played().all("EnterpriseAssigned") {
        let forged = only(position, |event| {
            let Event::EnterpriseAssigned(mut assigned) = event.clone() else { panic!("{event:?}") };
            assigned.ticket.0[31] ^= 1;
            Act::Say(assigned.into())
        });
        forged.is_found(position, Check::Derived, &["EnterpriseAssigned is not, byte for byte"]);
    }
}

#[test]
fn two_members_of_a_team_in_each_others_seats_are_found() {
    let position = played().first("EnterpriseAssigned");
    let forged = only(position, |event| {
        let Event::EnterpriseAssigned(mut assigned) = event.clone() else { panic!("{event:?}") };
        assigned.team.swap(0, 1);
        Act::Say(assigned.into())
    });
    forged.is_found(position, Check::Derived, &["EnterpriseAssigned is not, byte for byte"]);
}

#[test]
fn a_firm_in_place_of_a_drawn_one_is_found() {
    let drawn = played().all("EnterpriseAssigned");
    let Event::EnterpriseAssigned(other) = played().event(drawn[15]).clone() else { panic!() };
    let forged = only(drawn[1], |event| {
        let Event::EnterpriseAssigned(mut assigned) = event.clone() else { panic!("{event:?}") };
        assigned.uscc = other.uscc;
        Act::Say(assigned.into())
    });
    forged.is_found(drawn[1], Check::Derived, &["EnterpriseAssigned is not, byte for byte"]);
}

#[test]
fn two_assigned_enterprises_in_each_others_place_are_found() {
    let drawn = played().all("EnterpriseAssigned");
    let (a, b) = (played().event(drawn[2]).clone(), played().event(drawn[3]).clone());
    let forged = forge(|position, _| match position {
        at if at == drawn[2] => Act::Say(b.clone()),
        at if at == drawn[3] => Act::Say(a.clone()),
        _ => Act::Keep,
    });
    forged.is_found(drawn[2], Check::Derived, &["EnterpriseAssigned is not, byte for byte"]);
}

#[test]
fn another_seed_is_found() {
    let position = played().first("DrawCompleted");
    let forged = only(position, |event| {
        let Event::DrawCompleted(mut drawn) = event.clone() else { panic!("{event:?}") };
        drawn.seed.0[0] ^= 0x80;
        Act::Say(drawn.into())
    });
    forged.is_found(position, Check::Derived, &["DrawCompleted is not, byte for byte"]);
}

#[test]
fn a_pool_with_one_firm_less_is_found() {
    let position = played().first("PoolFrozen");
    let forged = only(position, |event| {
        let Event::PoolFrozen(mut frozen) = event.clone() else { panic!("{event:?}") };
        frozen.strata[0].eligible -= 1;
        Act::Say((*frozen).into())
    });
    forged.is_found(position, Check::Derived, &["PoolFrozen is not, byte for byte"]);
    let forged = only(position, |event| {
        let Event::PoolFrozen(mut frozen) = event.clone() else { panic!("{event:?}") };
        frozen.objects_root.0[5] ^= 4;
        Act::Say((*frozen).into())
    });
    forged.is_found(position, Check::Derived, &["PoolFrozen is not, byte for byte"]);
}

#[test]
fn a_committer_left_out_of_the_seal_is_found() {
    let position = played().first("CeremonySealed");
    let forged = only(position, |event| {
        let Event::CeremonySealed(mut sealed) = event.clone() else { panic!("{event:?}") };
        sealed.committers.pop_last();
        Act::Say(sealed.into())
    });
    forged.is_found(position, Check::Derived, &["CeremonySealed is not, byte for byte"]);
}

#[test]
fn a_heartbeat_with_another_root_is_found() {
    let position = played().all("Heartbeat")[3];
    let forged = only(position, |event| {
        let Event::Heartbeat(mut beat) = event.clone() else { panic!("{event:?}") };
        beat.root.0[0] ^= 1;
        Act::Say(beat.into())
    });
    forged.is_found(position, Check::Derived, &["Heartbeat is not, byte for byte"]);
}

fn missed(subject: &str, obligation: Obligation, due: Instant) -> Event {
    let subject = Text::new(subject).unwrap();
    DeadlineMissed { obligation, subject, due, calendar: None, provisional: false }.into()
}

#[test]
fn a_missed_deadline_that_was_not_due_is_found() {
    let report = played().first("ReportCompleted");
    let (entry, _) = &played().decoded[report];
    let Event::ReportCompleted(completed) = played().event(report) else { panic!() };
    let subject = completed.inspection.as_str();
    for (subject, obligation) in
        [(subject, Obligation::Report), ("2026/S04", Obligation::Plan), ("没有这项", Obligation::Feedback)]
    {
        let forged = only(report, |_| Act::Before(missed(subject, obligation, entry.recorded_at)));
        forged.is_found(report, Check::Derived, &["DeadlineMissed follows from nothing and was not due"]);
    }
}

#[test]
fn a_missed_deadline_of_another_section_than_the_one_due_is_found() {
    let position = played().first("DeadlineMissed");
    let Event::DeadlineMissed(due) = played().event(position) else { panic!() };
    let forged = only(position, |_| Act::Say(missed("2026/S04", Obligation::Plan, due.due)));
    forged.is_found(position, Check::Derived, &["DeadlineMissed is not, byte for byte"]);
}

#[test]
fn a_draw_out_of_nothing_is_found() {
    let drawn = played().event(played().first("DrawCompleted")).clone();
    let position = played().all("ResultPublished")[0];
    let forged = only(position, |_| Act::Before(drawn));
    forged.is_found(position, Check::Derived, &["DrawCompleted follows from nothing and was not due"]);
}

fn refusal(change: impl FnOnce(&mut StatementRefused)) -> Event {
    let Event::StatementRefused(mut refused) = played().event(played().first("StatementRefused")).clone()
    else {
        panic!()
    };
    change(&mut refused);
    refused.into()
}

#[test]
fn a_refusal_with_a_wrong_article_or_an_unknown_code_is_found() {
    let position = played().first("StatementRefused");
    let wrong = [
        refusal(|refused| refused.article = 14),
        refusal(|refused| refused.code = Text::new("NOT_IN_THE_MOOD").unwrap()),
        refusal(|refused| refused.code = Text::new("ALREADY_DRAWN").unwrap()),
    ];
    for event in wrong {
        let forged = only(position, |_| Act::Say(event));
        forged.is_found(position, Check::Derived, &["is no refusal of these rules"]);
    }
    // Inserted before a person's statement, too.
    let position = played().all("ResultPublished")[1];
    let forged = only(position, |_| Act::Before(refusal(|refused| refused.article = 99)));
    forged.is_found(position, Check::Derived, &["with article 99 is no refusal of these rules"]);
}

#[test]
fn a_refusal_of_nobody_or_of_no_event_is_found() {
    let position = played().first("StatementRefused");
    let nobody = refusal(|refused| refused.author.0[0] ^= 1);
    only(position, |_| Act::Say(nobody)).is_found(position, Check::Derived, &["holds no key here"]);
    let nothing = refusal(|refused| refused.event = Text::new("SunRisen").unwrap());
    only(position, |_| Act::Say(nothing)).is_found(position, Check::Derived, &["no event SunRisen"]);
}

#[test]
fn a_refusal_left_out_is_refuted_by_the_checkpoint_signed_before() {
    // A refusal has no cause on the log (ledger.md 1): only what was signed before tells.
    let position = *played().all("StatementRefused").last().unwrap();
    let end = played().first("AnnualDisclosureRequested");
    let forged = reorder((0..end).filter(|at| *at != position), |_, _| Act::Keep);
    assert_eq!(forged.passes().refusals, 1, "self-consistent");
    let found = verify(&forged.entries, &played().note).unwrap_err();
    assert_eq!(found.check, Check::Checkpoint, "{found}");
    // The year's disclosure counts the refusals: it tells, too.
    let forged = without(&[position]);
    let generated = forged.place(end + 1);
    forged.is_found(generated, Check::Derived, &["AnnualDisclosureGenerated is not, byte for byte"]);
}

#[test]
fn a_derived_entry_recorded_at_another_time_is_found() {
    let frozen = played().first("PoolFrozen");
    let later = |position: usize| played().decoded[position].0.recorded_at.plus_seconds(1);
    let forged = only(frozen, |_| Act::At(later(frozen)));
    forged.is_found(frozen, Check::Derived, &["PoolFrozen is not, byte for byte"]);
    // A heartbeat's own clock is in it.
    let beat = played().all("Heartbeat")[2];
    let forged = only(beat, |_| Act::At(later(beat)));
    forged.is_found(beat, Check::Derived, &["Heartbeat is not, byte for byte"]);
}

#[test]
fn a_derived_entry_before_its_cause_is_found() {
    let frozen = played().first("PoolFrozen");
    let mut order: Vec<_> = (0..played().entries.len()).collect();
    order.swap(frozen - 1, frozen);
    // Before its cause nothing follows: an honest operator's program would leave it out; this one says it.
    let event = played().event(frozen).clone();
    let forged = reorder(
        order,
        |position, _| {
            if position == frozen - 1 { Act::Before(event.clone()) } else { Act::Keep }
        },
    );
    forged.is_found(frozen - 1, Check::Derived, &["PoolFrozen follows from nothing and was not due"]);
}
