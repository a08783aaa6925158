//! What an event says instead, by name: one value of it is changed, or it is stated out of nothing.

use crate::tamper::played::played;
use lotbook_chain::Instant;
use lotbook_event::oversight::{DeadlineMissed, Obligation, StatementRefused};
use lotbook_event::{Code, Event, InspectorId, Text};

/// The event with one value changed.
pub fn changed(event: &Event, what: &str) -> Event {
    let mut event = event.clone();
    match (&mut event, what) {
        (Event::EnterpriseAssigned(e), "another-ticket") => e.ticket.0[31] ^= 1,
        (Event::EnterpriseAssigned(e), "the-lowest-ticket") => e.ticket.0 = [0; 32],
        (Event::EnterpriseAssigned(e), "another-firm") => e.uscc = never_drawn(),
        (Event::EnterpriseAssigned(e), "another-rank") => e.rank += 1,
        (Event::EnterpriseAssigned(e), "another-stratum") => e.stratum = text("甲"),
        (Event::EnterpriseAssigned(e), "seats-exchanged") => e.team.swap(0, 1),
        (Event::EnterpriseAssigned(e), "another-inspector") => {
            e.team[0] = InspectorId::new("I040").unwrap();
        }
        (Event::EnterpriseAssigned(e), "a-smaller-team") => drop(e.team.pop()),
        (Event::DrawCompleted(e), "another-seed") => e.seed.0[0] ^= 0x80,
        (Event::DrawCompleted(e), "one-more-selected") => e.selected += 1,
        (Event::DrawCompleted(e), "one-less-inspector") => e.inspectors -= 1,
        (Event::DrawCompleted(e), "one-more-word") => e.words_quota += 1,
        (Event::DrawCompleted(e), "another-tier") => e.tier += 1,
        (Event::DrawCompleted(e), "another-load") => e.hi += 1,
        (Event::DrawCompleted(e), "another-quota") => e.strata[0].quota += 1,
        (Event::DrawCompleted(e), "another-cutoff") => {
            e.strata[0].cutoff.as_mut().expect("the stratum has a cutoff").0[0] ^= 1;
        }
        (Event::PoolFrozen(e), "one-firm-less") => e.strata[0].eligible -= 1,
        (Event::PoolFrozen(e), "other-firms") => e.objects_root.0[5] ^= 4,
        (Event::PoolFrozen(e), "other-inspectors") => e.inspectors_root.0[5] ^= 4,
        (Event::PoolFrozen(e), "other-conflicts") => e.conflicts_root.0[5] ^= 4,
        (Event::PoolFrozen(e), "a-larger-total") => e.total += 1,
        (Event::PoolFrozen(e), "another-rate") => e.rates[0].ppm += 1,
        (Event::PoolFrozen(e), "a-larger-load") => e.max_load += 1,
        (Event::PoolFrozen(e), "fewer-reveals") => e.min_reveals -= 1,
        (Event::PoolFrozen(e), "a-participant-less") => drop(e.participants.pop()),
        (Event::CeremonySealed(e), "a-committer-less") => drop(e.committers.pop_last()),
        (Event::SeedRevealed(e), "another-secret") => e.secret.0[0] ^= 1,
        (Event::CeremonyOpened(e), "a-second-attempt") => e.attempt += 1,
        (Event::PlanDrafted(e), "a-cap-of-nothing") => e.annual_cap = 0,
        (Event::Heartbeat(e), "another-root") => e.root.0[0] ^= 1,
        (Event::DeadlineMissed(e), "a-later-day") => e.due = e.due.plus_seconds(86_400),
        (Event::DeadlineMissed(e), "another-duty") => e.obligation = Obligation::Feedback,
        (Event::DeadlineMissed(e), "another-subject") => e.subject = text("2026/S99"),
        (Event::DeadlineMissed(e), "that-it-is-provisional") => e.provisional = !e.provisional,
        (Event::StatementRefused(e), "another-article") => e.article = 99,
        (Event::StatementRefused(e), "a-code-of-nobody") => e.code = text("NOT_IN_THE_MOOD"),
        (Event::StatementRefused(e), "an-author-without-a-key") => e.author.0[0] ^= 1,
        (Event::StatementRefused(e), "an-unknown-event") => e.event = text("SunRisen"),
        (event, what) => panic!("{} cannot say {what}", event.name()),
    }
    event
}

/// An event of the ledger's that nothing leads to.
pub fn out_of_nothing(what: &str) -> Event {
    match what {
        "a-refusal" => refusal("OTHER_SECTION").into(),
        "a-refusal-of-no-rule" => changed(&refusal("OTHER_SECTION").into(), "a-code-of-nobody"),
        "a-missed-plan" => missed("2026/S04", Obligation::Plan),
        "a-missed-feedback" => missed("没有这项", Obligation::Feedback),
        "a-heartbeat" => played().event(played().first("Heartbeat")).clone(),
        "a-draw" => played().event(played().first("DrawCompleted")).clone(),
        "an-assignment" => played().event(played().first("EnterpriseAssigned")).clone(),
        other => panic!("the ledger does not say {other}"),
    }
}

/// The record of a refusal of the office leader, whose key is good from the first entry on.
pub fn refusal(code: &str) -> StatementRefused {
    let Event::StatementRefused(refused) = played().event(played().first("StatementRefused")) else {
        panic!("not a refusal")
    };
    let known = Code::ALL.iter().find(|known| known.as_str() == code);
    let article = known.map_or(0, |code| code.article());
    StatementRefused { author: played().author(1), code: text(code), article, ..refused.clone() }
}

fn missed(subject: &str, obligation: Obligation) -> Event {
    let (subject, due) = (text(subject), Instant(1_767_600_000_000_000));
    DeadlineMissed { obligation, subject, due, calendar: None, provisional: false }.into()
}

/// The firm that is drawn last in the year: the first draw has not drawn it.
fn never_drawn() -> lotbook_event::Uscc {
    let last = *played().all("EnterpriseAssigned").last().unwrap();
    let Event::EnterpriseAssigned(assigned) = played().event(last) else { panic!("not an assignment") };
    assigned.uscc.clone()
}

pub fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}
