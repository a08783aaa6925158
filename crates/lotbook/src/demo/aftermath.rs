//! What the story says of what comes after a draw: recusals, results, handling, comments, the disclosure.

use super::agenda;
use super::story::Story;
use super::telling::{firm, hex, people};
use lotbook_chain::Instant;
use lotbook_engine::State;
use lotbook_event::inspection::{
    DirectInspectionOpened, InspectionConcluded, ItemOutcome, ItemResultConfirmed,
};
use lotbook_event::oversight::{AnnualDisclosureGenerated, AnnualDisclosurePublished, EntryCorrected};
use lotbook_event::recusal::{AssignmentSwapped, RecusalDecided, RecusalRequested, SubstituteDrawn};
use lotbook_event::result::{CommentWindowClosed, HandlingDecided};
use lotbook_event::{Event, InspectionId, ViolationId};
use std::collections::BTreeSet;

impl Story {
    /// Recusals and inspections.
    pub(super) fn after_the_draw(&mut self, state: &State, at: Instant, event: &Event) {
        match event {
            Event::RecusalRequested(e) => self.recusal(state, at, e),
            Event::RecusalDecided(e) => self.recusal_decided(state, at, e),
            Event::AssignmentSwapped(e) => self.swapped(state, at, e),
            Event::SubstituteDrawn(e) => self.substitute(state, at, e),
            Event::SubstitutePoolExhausted(e) => {
                self.dated(at, &format!("  nobody could take slot {}: the start stays blocked", e.slot))
            }
            Event::NoticeServed(_) => self.count(at, "notices"),
            Event::InspectionStarted(_) => self.count(at, "visits"),
            Event::ItemResultConfirmed(e) => self.item_result(state, at, e),
            Event::InspectionConcluded(e) => self.concluded(state, at, e),
            Event::ReportCompleted(_) => self.count(at, "reports"),
            Event::FeedbackDispatched(_) => self.count(at, "feedback sent"),
            Event::FeedbackDelivered(_) => self.count(at, "feedback delivered"),
            Event::ResultPublished(e) => self.published(state, at, &e.inspection),
            Event::InspectionClosed(e) => self.closed(state, at, &e.inspection),
            Event::DirectInspectionOpened(e) => self.direct(state, at, e),
            other => self.oversight(state, at, other),
        }
    }

    /// Comments, handling, corrections and the disclosure.
    fn oversight(&mut self, state: &State, at: Instant, event: &Event) {
        match event {
            Event::CommentReceived(e) => {
                let text = format!("{} comments ({}); text sealed", firm(state, &e.inspection), e.comment);
                self.dated(at, &text);
            }
            Event::CommentAnswered(e) => {
                self.dated(at, &format!("{} answered: {}; {}", e.comment, e.summary, e.answer))
            }
            Event::CommentWindowClosed(e) => self.window_closed(state, at, e),
            Event::ViolationFound(e) => {
                let text =
                    format!("  {} found at {}, item {}", e.violation, firm(state, &e.inspection), e.item);
                self.dated(at, &text);
            }
            Event::InvestigationOpened(e) => {
                self.dated(at, &format!("{}: investigation opened", e.violation))
            }
            Event::HandlingDecided(e) => self.handled(at, e),
            Event::HandlingPublished(e) => self.handling(at, &e.violation, "decision published"),
            Event::HandlingWithheld(e) => self.handling(at, &e.violation, "decision withheld"),
            Event::TransferAcknowledged(e) => self.handling(at, &e.violation, "transfer acknowledged"),
            Event::RectificationVerified(e) => {
                self.handling(at, &e.violation, "put right, seen by the handler")
            }
            Event::EntryCorrected(e) => self.corrected(at, e),
            Event::AnnualDisclosureGenerated(e) => self.generated(at, e),
            Event::AnnualDisclosurePublished(e) => self.disclosed(state, at, e),
            _ => {}
        }
    }

    fn recusal(&mut self, state: &State, at: Instant, e: &RecusalRequested) {
        let who = people(state, std::slice::from_ref(&e.inspector));
        let asked = state.recusals.get(&e.recusal).map_or("?", |recusal| recusal.requested_as.code());
        let (recusal, ground, firm) = (&e.recusal, e.ground.code(), firm(state, &e.inspection));
        self.dated(at, &format!("{recusal}: {who} is not to inspect {firm} ({ground}; asked by {asked})"));
    }

    fn recusal_decided(&mut self, state: &State, at: Instant, e: &RecusalDecided) {
        let decided = state.recusals.get(&e.recusal).and_then(|recusal| recusal.decided);
        let by = decided.map_or("", |decided| state.person_of(&decided.by));
        self.dated(at, &format!("  {} decided by {by}: {}", e.recusal, e.decision.code()));
    }

    fn swapped(&mut self, state: &State, at: Instant, e: &AssignmentSwapped) {
        let comes = people(state, std::slice::from_ref(&e.counterpart));
        let text = format!(
            "  SWAPPED, drawn from {} slots: {} goes to {}, {comes} comes to {}",
            e.candidates,
            e.inspector,
            firm(state, &e.counterpart_inspection),
            firm(state, &e.inspection)
        );
        self.dated(at, &text);
    }

    fn substitute(&mut self, state: &State, at: Instant, e: &SubstituteDrawn) {
        let comes = people(state, std::slice::from_ref(&e.substitute));
        let text = format!(
            "  SUBSTITUTE, drawn from {}: {comes} comes for {} to {}",
            e.candidates,
            e.withdrawn,
            firm(state, &e.inspection)
        );
        self.dated(at, &text);
    }

    fn item_result(&mut self, state: &State, at: Instant, e: &ItemResultConfirmed) {
        match e.outcome {
            ItemOutcome::NoProblem | ItemOutcome::NotApplicable => self.count(at, "items without a problem"),
            other => {
                let text = format!("item {} of {}: {}", e.item, firm(state, &e.inspection), other.code());
                self.dated(at, &text);
            }
        }
    }

    /// Items that finished on different days are told; the report's clock runs from the last one.
    fn concluded(&mut self, state: &State, at: Instant, e: &InspectionConcluded) {
        let Some(inspection) = state.inspections.get(&e.inspection) else { return };
        if inspection.concluded.len() < inspection.team.len() {
            return;
        }
        self.count(at, "inspections concluded");
        let day = |at: Instant| agenda::date_of(at).to_string();
        let days: BTreeSet<_> = inspection.results.values().map(|result| day(result.at)).collect();
        if days.len() > 1 {
            let results = inspection.results.iter();
            let items: Vec<_> = results
                .map(|(item, result)| format!("{item} ({}) on {}", result.section, day(result.at)))
                .collect();
            let from =
                if state.sections_of(inspection).len() > 1 { "the last item" } else { "the conclusion" };
            let (firm, items) = (firm(state, &e.inspection), items.join(", "));
            self.dated(at, &format!("{firm}: {items}; the time of the one report runs from {from}"));
        }
    }

    /// One line per batch, when its last result is out.
    fn published(&mut self, state: &State, at: Instant, id: &InspectionId) {
        self.count(at, "results published");
        let Some(draw) = state.inspections.get(id).and_then(|inspection| inspection.draw()) else { return };
        let all = state.inspections.values().filter(|other| other.draw() == Some(draw));
        let (all, open) = (all.clone().count(), all.filter(|other| other.published.is_none()).count());
        if open == 0 {
            let text =
                format!("draw {draw}: all {all} enterprises inspected, reported, fed back and published");
            self.dated(at, &text);
        }
    }

    /// One line per batch, when its last inspection is closed, and one for each without a draw.
    fn closed(&mut self, state: &State, at: Instant, id: &InspectionId) {
        let Some(draw) = state.inspections.get(id).and_then(|inspection| inspection.draw()) else {
            return self.dated(at, &format!("inspection {id} (Art. 9) closed: nothing about it is open"));
        };
        self.count(at, "inspections closed");
        let all = state.inspections.values().filter(|other| other.draw() == Some(draw));
        let (all, open) = (all.clone().count(), all.filter(|other| other.closed.is_none()).count());
        if open == 0 {
            self.dated(at, &format!("draw {draw}: all {all} inspections closed"));
        }
    }

    fn direct(&mut self, state: &State, at: Instant, e: &DirectInspectionOpened) {
        let cause = e.cause.map_or("", |cause| cause.code());
        let (id, firm, team) = (&e.inspection, firm(state, &e.inspection), people(state, &e.team));
        let text = format!("inspection {id} of {firm} without a draw (Art. 9: {cause}) <- {team}");
        self.dated(at, &text);
        self.dated(at, "  it counts as no draw; the details of its cause are sealed");
    }

    /// The first one is told.
    fn window_closed(&mut self, state: &State, at: Instant, e: &CommentWindowClosed) {
        if self.window_told && !e.provisional {
            return self.count(at, "times for comments over without one");
        }
        self.window_told = true;
        let provisional =
            if e.provisional { " (a provisional day: next year's calendar is unknown)" } else { "" };
        let firm = firm(state, &e.inspection);
        self.dated(at, &format!("{firm}: the time for comments is over, none was received{provisional}"));
    }

    fn handled(&mut self, at: Instant, e: &HandlingDecided) {
        let (kind, number) = (e.kind.code(), &e.decision_no);
        self.dated(at, &format!("{}: decided, {kind} ({number}, {})", e.violation, e.legal_basis));
    }

    fn handling(&mut self, at: Instant, violation: &ViolationId, what: &str) {
        self.dated(at, &format!("{violation}: {what}"));
    }

    fn corrected(&mut self, at: Instant, e: &EntryCorrected) {
        let (position, field, value) = (e.position, &e.field, &e.value);
        let text = format!(
            "CORRECTED by somebody else: {field} of entry {position} is `{value}`; both versions stay"
        );
        self.dated(at, &text);
    }

    fn generated(&mut self, at: Instant, e: &AnnualDisclosureGenerated) {
        let (year, size) = (e.year, e.size);
        self.dated(at, &format!("annual disclosure of {year} derived by the ledger from its {size} entries"));
    }

    fn disclosed(&mut self, state: &State, at: Instant, e: &AnnualDisclosurePublished) {
        let generated = state.disclosures.get(&e.year).and_then(|known| known.generated.as_ref());
        let parts = generated.map(|(generated, _)| {
            let parts = generated.parts.iter().map(|part| format!("{} {}", part.part.code(), part.rows));
            parts.collect::<Vec<_>>().join(", ")
        });
        self.dated(at, &format!("annual disclosure of {} published: {}", e.year, hex(&e.document.0)));
        self.dated(at, &format!("  {} parts: {}", e.parts.len(), parts.unwrap_or_default()));
    }
}
