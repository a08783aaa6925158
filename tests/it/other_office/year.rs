//! What every office's year holds, found on the log by events: recusals, lateness, a violation, a comment,
//! an inspection for a cause, a correction, and the disclosure.

use super::Played;
use lotbook_chain::Entry;
use lotbook_domain::state::{Inspection, Phase};
use lotbook_event::ceremony::Purpose;
use lotbook_event::inspection::ItemOutcome;
use lotbook_event::oversight::{DisclosurePartKind, Obligation};
use lotbook_event::recusal::RecusalDecision;
use lotbook_event::{BatchId, DrawId, Event, InspectionId, PlanId};
use std::collections::BTreeSet;

/// Entries with their events.
struct Log<'a> {
    played: &'a Played,
    entries: Vec<(Entry, Event)>,
}

/// The whole year of an office, whatever its words and numbers.
pub fn whole(played: &Played, year: u32) {
    let log = Log::of(played);
    let second = withdrawal(&log);
    swap(&log, &second);
    late_report(&log);
    violation(&log);
    outcomes(&log);
    comment(&log);
    direct(&log, year);
    correction(&log);
    comprehensive(&log);
    disclosure(&log, year);
    assert!(log.inspections().all(|(_, inspection)| inspection.phase == Phase::Closed), "all closed");
    assert!(played.said["verified"].as_bool().unwrap());
}

impl<'a> Log<'a> {
    fn of(played: &'a Played) -> Self {
        let decode = |bytes: &Vec<u8>| {
            let entry = Entry::decode(bytes).unwrap();
            let event = lotbook_event::Statement::decode(&entry.statement).unwrap().event;
            (entry, event)
        };
        Self { played, entries: played.ledger.entries.iter().map(decode).collect() }
    }

    fn inspections(&self) -> impl Iterator<Item = (&InspectionId, &Inspection)> {
        self.played.ledger.verifier.state().inspections.iter().map(|(id, inspection)| (id, &**inspection))
    }

    fn inspection(&self, id: &InspectionId) -> &Inspection {
        &self.played.ledger.verifier.state().inspections[id]
    }

    /// Positions and contents of the events that a function takes.
    fn all<T>(&self, take: impl Fn(&Event) -> Option<T>) -> Vec<(usize, T)> {
        let events = self.entries.iter().enumerate();
        events.filter_map(|(at, (_, event))| Some((at, take(event)?))).collect()
    }

    /// The one event that a function takes.
    fn one<T>(&self, take: impl Fn(&Event) -> Option<T>) -> (usize, T) {
        let mut all = self.all(take);
        assert_eq!(all.len(), 1);
        all.pop().unwrap()
    }

    /// Where the first start of an inspection of a batch stands.
    fn first_start(&self, batch: &(PlanId, BatchId)) -> usize {
        let started = self.all(|event| match event {
            Event::InspectionStarted(e) => Some(e.inspection.clone()),
            _ => None,
        });
        let own = |id: &InspectionId| self.inspection(id).batch() == Some(batch);
        started.into_iter().find(|(_, id)| own(id)).unwrap().0
    }

    /// Recusals decided in one way: position of the decision, identifier, batch.
    fn decided(&self, decision: RecusalDecision) -> (usize, lotbook_event::RecusalId, (PlanId, BatchId)) {
        let (at, id) = self.one(|event| match event {
            Event::RecusalDecided(e) if e.decision == decision => Some(e.recusal.clone()),
            _ => None,
        });
        let recusal = &self.played.ledger.verifier.state().recusals[&id];
        let batch = self.inspection(&recusal.inspection).batch().unwrap().clone();
        assert!(!recusal.is_pending(), "{id}");
        (at, id, batch)
    }
}

/// A withdrawal in the second drawn batch: the start is refused while it is pending, substitutes are
/// drawn, and then it works.
fn withdrawal(log: &Log<'_>) -> (PlanId, BatchId) {
    let (decided, id, batch) = log.decided(RecusalDecision::Withdraw);
    let opened = log.all(|event| match event {
        Event::CeremonyOpened(e) if e.purpose == Purpose::Batch => Some((e.plan.clone(), e.batch.clone())),
        _ => None,
    });
    assert_eq!(opened[1].1, batch, "the second drawn batch");
    let (refused, _) = log.one(|event| match event {
        Event::StatementRefused(e) if e.code.as_str() == "RECUSAL_PENDING" => Some(e.event.clone()),
        _ => None,
    });
    let (requested, _) = log.one(|event| match event {
        Event::RecusalRequested(e) if e.recusal == id => Some(()),
        _ => None,
    });
    let substitutes = log.all(|event| match event {
        Event::SubstituteDrawn(e) => Some(e.clone()),
        _ => None,
    });
    let started = log.first_start(&batch);
    assert!(!substitutes.is_empty());
    assert!(requested < refused && refused < decided && decided < substitutes[0].0);
    assert!(substitutes.last().unwrap().0 < started, "no started team ever changes");
    for (_, drawn) in &substitutes {
        let team = &log.inspection(&drawn.inspection).team;
        assert!(drawn.recusal == id && team.contains(&drawn.substitute) && !team.contains(&drawn.withdrawn));
    }
    let told = |what: &str| log.played.told.iter().filter(|line| line.contains(what)).count();
    assert_eq!((told("RECUSAL_PENDING"), told("SUBSTITUTE, drawn")), (1, substitutes.len()));
    batch
}

/// A swap in another batch, before any inspection of it has started.
fn swap(log: &Log<'_>, second: &(PlanId, BatchId)) {
    let (decided, id, batch) = log.decided(RecusalDecision::Swap);
    assert_ne!(batch, *second);
    let (at, swapped) = log.one(|event| match event {
        Event::AssignmentSwapped(e) => Some(e.clone()),
        _ => None,
    });
    assert!(swapped.recusal == id && decided < at && at < log.first_start(&batch));
    assert!(log.inspection(&swapped.inspection).team.contains(&swapped.counterpart));
    assert!(log.inspection(&swapped.counterpart_inspection).team.contains(&swapped.inspector));
    assert_eq!(log.played.told.iter().filter(|line| line.contains("SWAPPED, drawn")).count(), 1);
}

/// One report comes after its last day, and nothing else is late but plans.
fn late_report(log: &Log<'_>) {
    let (missed, subject) = log.one(|event| match event {
        Event::DeadlineMissed(e) if e.obligation != Obligation::Plan => {
            assert_eq!(e.obligation, Obligation::Report);
            Some(e.subject.to_string())
        }
        _ => None,
    });
    let (reported, _) = log.one(|event| match event {
        Event::ReportCompleted(e) if e.inspection.as_str() == subject => Some(()),
        _ => None,
    });
    assert!(missed < reported);
    assert_eq!(BTreeSet::from_iter(log.played.flagged("REPORT_LATE")), BTreeSet::from([subject]));
}

/// Found, investigated, decided, published, put right: in this order, once.
fn violation(log: &Log<'_>) {
    let (found, violation) = log.one(|event| match event {
        Event::ViolationFound(e) => Some(e.clone()),
        _ => None,
    });
    let id = violation.violation;
    let steps = [
        found,
        log.one(|e| matches!(e, Event::InvestigationOpened(e) if e.violation == id).then_some(())).0,
        log.one(|e| matches!(e, Event::HandlingDecided(e) if e.violation == id).then_some(())).0,
        log.one(|e| matches!(e, Event::HandlingPublished(e) if e.violation == id).then_some(())).0,
        log.one(|e| matches!(e, Event::RectificationVerified(e) if e.violation == id).then_some(())).0,
        log.one(|e| {
            matches!(e, Event::InspectionClosed(e) if e.inspection == violation.inspection).then_some(())
        })
        .0,
    ];
    assert!(steps.is_sorted(), "{steps:?}");
    let result = &log.inspection(&violation.inspection).results[&violation.item];
    assert_eq!(result.outcome, ItemOutcome::PendingHandling);
}

/// Mostly nothing is found, and not always.
fn outcomes(log: &Log<'_>) {
    let results = log.all(|event| match event {
        Event::ItemResultConfirmed(e) => Some(e.outcome),
        _ => None,
    });
    let count = |outcome| results.iter().filter(|(_, found)| *found == outcome).count();
    assert_eq!(count(ItemOutcome::PendingHandling), 1);
    assert!(count(ItemOutcome::Corrected) >= 2 && count(ItemOutcome::NotFound) >= 1);
    assert!(count(ItemOutcome::NoProblem) * 2 > results.len());
}

/// One comment within its time, answered after it; every other time ends without one.
fn comment(log: &Log<'_>) {
    let (received, comment) = log.one(|event| match event {
        Event::CommentReceived(e) => Some(e.clone()),
        _ => None,
    });
    let (answered, _) = log.one(|event| match event {
        Event::CommentAnswered(e) => Some(e.comment.clone()),
        _ => None,
    });
    assert!(received < answered && log.played.flagged("COMMENT_LATE").is_empty());
    let closed: BTreeSet<_> = log
        .all(|event| match event {
            Event::CommentWindowClosed(e) => Some(e.inspection.clone()),
            _ => None,
        })
        .into_iter()
        .map(|(_, id)| id)
        .collect();
    let others = log.inspections().map(|(id, _)| id).filter(|id| **id != comment.inspection);
    assert_eq!(closed, others.cloned().collect());
}

/// One inspection for a complaint: the whole way, no draw, no assignment.
fn direct(log: &Log<'_>, year: u32) {
    let (_, opened) = log.one(|event| match event {
        Event::DirectInspectionOpened(e) => Some(e.clone()),
        _ => None,
    });
    assert!(opened.inspection.as_str().contains(&year.to_string()));
    let inspection = log.inspection(&opened.inspection);
    assert!(inspection.draw().is_none() && inspection.published.and(inspection.delivered).is_some());
    let drawn = log.played.assigned().len();
    assert_eq!(log.inspections().count(), drawn + 1);
    assert!(!log.played.assigned().iter().any(|assigned| assigned.uscc == opened.uscc));
}

/// One report is corrected, by somebody else than its author.
fn correction(log: &Log<'_>) {
    let (at, corrected) = log.one(|event| match event {
        Event::EntryCorrected(e) => Some(e.clone()),
        _ => None,
    });
    let (entry, event) = &log.entries[usize::try_from(corrected.position.0).unwrap()];
    assert!(matches!(event, Event::ReportCompleted(_)));
    assert_ne!(entry.author, log.entries[at].0.author);
}

/// The batch of two sections is drawn; every inspection has results of both, and one took several days.
fn comprehensive(log: &Log<'_>) {
    let state = log.played.ledger.verifier.state();
    let batch = |draw: &DrawId| &state.batches[&state.ceremonies[draw].batch].batch;
    let mut days = BTreeSet::new();
    let mut several = 0;
    for (id, inspection) in log.inspections() {
        let own = inspection.draw().map(batch).filter(|batch| batch.sections.len() > 1);
        let Some(own) = own else { continue };
        assert!(inspection.results.keys().eq(&own.items), "{id}");
        let sections: BTreeSet<_> = inspection.results.values().map(|result| &result.section).collect();
        assert!(sections.len() > 1, "{id}");
        let dates: BTreeSet<_> =
            inspection.results.values().map(|result| lotbook_domain::civil::date_of(result.at)).collect();
        several += usize::from(dates.len() > 1);
        days.extend(dates);
    }
    assert!(several == 1 && days.len() > 1);
}

/// Asked for and derived after the year, published in time, with all six parts.
fn disclosure(log: &Log<'_>, year: u32) {
    let (requested, asked) = log.one(|event| match event {
        Event::AnnualDisclosureRequested(e) => Some(e.year),
        _ => None,
    });
    let (generated, derived) = log.one(|event| match event {
        Event::AnnualDisclosureGenerated(e) => Some(e.clone()),
        _ => None,
    });
    let (published, stated) = log.one(|event| match event {
        Event::AnnualDisclosurePublished(e) => Some(e.clone()),
        _ => None,
    });
    assert!(asked == year && generated == requested + 1 && published > generated);
    assert!(stated.document == derived.document && stated.parts.len() == DisclosurePartKind::ALL.len());
    let record = &log.played.ledger.verifier.state().disclosures[&year];
    assert!(record.published.is_some() && !record.missed);
    assert!(log.played.flagged("DISCLOSURE_LATE").is_empty());
    let hash = data_encoding::HEXLOWER.encode(&stated.document.0);
    assert_eq!(log.played.told.iter().filter(|line| line.ends_with(&hash)).count(), 1);
    assert!(log.played.told.last().unwrap().contains("its disclosure was in time"));
}
