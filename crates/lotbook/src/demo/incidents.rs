//! Which inspection meets with what: a late report, a violation, a comment. Chosen by place, when the
//! draw is known, so that it happens in any office that draws enough.

use lotbook_event::InspectionId;
use lotbook_event::inspection::ItemOutcome;
use std::collections::{BTreeMap, BTreeSet};

/// What an inspection can meet with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Incident {
    /// Its report is stated after its time.
    LateReport,
    /// The enterprise comments.
    Comment,
    /// A violation is found, and handled.
    Violation,
    /// Somebody else corrects the report.
    Correction,
    /// Its items finish on different days.
    SeveralDays,
    /// Something was wrong and put right at once.
    Corrected,
    /// Nobody was found at the address.
    NotFound,
}

impl Incident {
    /// What it is called in the story.
    pub fn name(self) -> &'static str {
        match self {
            Self::LateReport => "a late report",
            Self::Comment => "a comment",
            Self::Violation => "a violation",
            Self::Correction => "a correction",
            Self::SeveralDays => "items that finish on different days",
            Self::Corrected => "something corrected at once",
            Self::NotFound => "an enterprise that is not found",
        }
    }
}

/// What the first drawn batch meets with, and the second.
const FIRST: &[Incident] = &[Incident::LateReport, Incident::Comment, Incident::Corrected];
const SECOND: &[Incident] = &[Incident::Violation, Incident::Correction, Incident::NotFound];
/// What every comprehensive batch meets with.
const COMPREHENSIVE: &[Incident] = &[Incident::SeveralDays, Incident::Corrected];

/// A batch that was drawn.
#[derive(Debug, Clone, Copy)]
pub struct Drawn {
    /// Its place among the batches, in the order of their draws.
    pub place: usize,
    /// Whether several sections inspect.
    pub comprehensive: bool,
    /// How many items each inspection answers for, at least.
    pub items: usize,
}

/// Who meets with what.
#[derive(Debug, Default)]
pub struct Incidents {
    chosen: BTreeMap<InspectionId, Incident>,
    waiting: Vec<Incident>,
}

impl Incidents {
    /// A batch was drawn: each of its incidents goes to one inspection, the first one visited last.
    pub fn choose(&mut self, drawn: Drawn, inspections: &[InspectionId]) {
        let own = match drawn.place {
            0 => FIRST,
            1 => SECOND,
            _ => &[],
        };
        let mut wanted = std::mem::take(&mut self.waiting);
        wanted.extend(own);
        wanted.extend(COMPREHENSIVE.iter().filter(|_| drawn.comprehensive && drawn.items > 1));
        // Who is visited first may have to wait for a substitute; the others are enough as a rule.
        let mut free = inspections.iter().skip(1).chain(inspections.first());
        for incident in wanted {
            match free.next() {
                Some(id) => drop(self.chosen.insert(id.clone(), incident)),
                None => self.waiting.push(incident),
            }
        }
    }

    /// Whether an inspection meets with something.
    pub fn has(&self, id: &InspectionId, incident: Incident) -> bool {
        self.chosen.get(id) == Some(&incident)
    }

    /// What is found at an item, by its place among those that apply.
    pub fn outcome(&self, id: &InspectionId, item: usize) -> ItemOutcome {
        match (self.chosen.get(id), item) {
            (Some(Incident::NotFound), _) => ItemOutcome::NotFound,
            (Some(Incident::Violation), 0) => ItemOutcome::PendingHandling,
            (Some(Incident::Corrected), 0) => ItemOutcome::Corrected,
            _ => ItemOutcome::NoProblem,
        }
    }

    /// What no inspection met with, because too few were drawn.
    pub fn missing(&self) -> Vec<Incident> {
        let met: BTreeSet<_> = self.chosen.values().copied().collect();
        let all = FIRST.iter().chain(SECOND).chain(COMPREHENSIVE).copied().collect::<BTreeSet<_>>();
        all.difference(&met).copied().collect()
    }
}
