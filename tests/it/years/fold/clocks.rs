//! The clocks D1-D7, counted by this test's own working days.

use super::super::days::{begin, date, day, day_at, from_day, year};
use super::{At, Fold};
use lotbook_chain::Instant;
use lotbook_event::oversight::{DeadlineMissed, Obligation};
use lotbook_event::proto::{DrawView, ObligationState, ObligationView};
use lotbook_event::wire::Wire;
use std::collections::BTreeMap;

/// A clock that was started.
#[derive(Debug, Clone)]
pub struct Clock {
    start: i64,
    working_days: u32,
    pub due: i64,
    provisional: bool,
    missed: bool,
    met: Option<i64>,
}

impl Fold {
    pub(super) fn start(&mut self, kind: Obligation, subject: &str, start: i64, working_days: u32) {
        let (due, provisional) = self.days.after(start, working_days);
        let clock = Clock { start, working_days, due, provisional, missed: false, met: None };
        self.clocks.insert((kind, subject.to_owned()), clock);
    }

    pub(super) fn meet(&mut self, kind: Obligation, subject: &str, at: &At<'_>) {
        if let Some(clock) = self.clocks.get_mut(&(kind, subject.to_owned())) {
            assert_eq!(clock.missed, at.at >= begin(clock.due + 1).0, "{kind} {subject}: stated as missed");
            clock.met.get_or_insert(at.at);
        }
    }

    /// A calendar came: clocks that run are counted anew.
    pub(super) fn count_anew(&mut self, today: i64) {
        for clock in self.clocks.values_mut().filter(|clock| clock.met.is_none() && !clock.missed) {
            let before = clock.due;
            (clock.due, clock.provisional) = self.days.after(clock.start, clock.working_days);
            clock.due = clock.due.max(before.min(today));
        }
    }

    /// The ledger says that a duty is late; its due instant is the one counted here.
    pub(super) fn missed(&mut self, e: &DeadlineMissed) {
        let subject = e.subject.to_string();
        match e.obligation {
            Obligation::Plan => {
                let (year, section) = subject.split_once('/').unwrap();
                let year: u32 = year.parse().unwrap();
                let due = self.plan_day(year);
                assert_eq!(e.due, begin(due + 1).max(self.first_item(section)), "{subject}");
                let adopted = self.plans.values().any(|plan| {
                    plan.draft.year == year
                        && plan.draft.section.as_str() == section
                        && plan.adopted.is_some()
                });
                assert!(!adopted, "{subject} is adopted");
                let last = day_at(Instant(e.due.0 - 1));
                assert!(
                    self.plans_missed.insert((year, section.to_owned()), last).is_none(),
                    "{subject}: twice"
                );
            }
            Obligation::Disclosure => {
                let year: u32 = subject.parse().unwrap();
                assert_eq!(e.due, begin(disclosure_day(year) + 1));
                self.disclosure(year, |d| {
                    assert!(!d.late && d.published_at.is_none(), "{year}");
                    d.late = true;
                });
            }
            kind => self.ran_out(kind, &subject, e.due, e.provisional),
        }
    }

    pub(super) fn ran_out(&mut self, kind: Obligation, subject: &str, due: Instant, provisional: bool) {
        let clock = self.clocks.get_mut(&(kind, subject.to_owned())).unwrap();
        assert!(clock.met.is_none() && !clock.missed, "{kind} {subject}");
        assert_eq!((begin(clock.due + 1), clock.provisional), (due, provisional), "{kind} {subject}");
        clock.missed = true;
    }

    /// When the first item of a section was published.
    fn first_item(&self, section: &str) -> Instant {
        let own = self.items.iter().filter(|(id, _)| self.section_of(id) == section);
        Instant(own.filter_map(|(_, view)| view.published_at).min().unwrap_or(0))
    }

    /// The board: D1, D2-D5 by inspection, D6, D7 by draw.
    pub fn board(&self) -> Vec<(String, ObligationView)> {
        let mut board = self.plan_duties();
        for ((kind, subject), clock) in &self.clocks {
            let sections = self.inspections[subject].sections.clone();
            board.insert((*kind, subject.clone()), self.duty(*kind, subject, sections, clock, true));
        }
        let last = *self.years().end();
        for of in *self.years().start()..last {
            let record = self.disclosures.get(&of);
            let clock = Clock {
                start: 0,
                working_days: 0,
                due: disclosure_day(of),
                provisional: false,
                missed: record.is_some_and(|d| d.late),
                met: record.and_then(|d| d.published_at),
            };
            let subject = of.to_string();
            let view = self.duty(Obligation::Disclosure, &subject, vec![], &clock, false);
            board.insert((Obligation::Disclosure, subject), view);
        }
        board.extend(self.draw_duties());
        board.into_iter().map(|((kind, subject), view)| (format!("{kind} {subject}"), view)).collect()
    }

    /// D7 of each draw: no rule set here has a beacon, so that what is fixed by the close is recorded with it.
    fn draw_duties(&self) -> BTreeMap<(Obligation, String), ObligationView> {
        let drawn = self.draws.values().filter(|draw| draw.result.is_some());
        let duty = |draw: &DrawView| {
            let closed = draw.closed_at.unwrap();
            let (start, due) = (day_at(Instant(closed)), day_at(Instant(closed + 86_400_000_000 - 1)));
            let clock =
                Clock { start, working_days: 0, due, provisional: false, missed: false, met: Some(closed) };
            let batch = &self.batches[&format!("{}/{}", draw.plan, draw.batch)];
            let sections = batch.batch.clone().unwrap().sections;
            let key = (Obligation::Draw, draw.draw.clone());
            (key, self.duty(Obligation::Draw, &draw.draw, sections, &clock, true))
        };
        drawn.map(duty).collect()
    }

    /// D1 of each section with a plan, a missing plan, or an item in force before the day is over.
    fn plan_duties(&self) -> BTreeMap<(Obligation, String), ObligationView> {
        let mut duties = BTreeMap::new();
        let mut add = |year: u32, section: &str, due: i64, met: Option<i64>, missed: bool| {
            let clock = Clock { start: 0, working_days: 0, due, provisional: false, missed, met };
            let subject = format!("{year}/{section}");
            let sections = vec![section.to_owned()];
            let view = self.duty(Obligation::Plan, &subject, sections, &clock, false);
            duties.entry((Obligation::Plan, subject)).or_insert(view);
        };
        for plan in self.plans.values() {
            if let Some(at) = plan.adopted {
                let due = self.plan_day(plan.draft.year);
                let late = at >= begin(due + 1).0;
                add(plan.draft.year, plan.draft.section.as_str(), due, Some(at), late);
            }
        }
        for ((year, section), due) in &self.plans_missed {
            add(*year, section, *due, None, true);
        }
        for of in self.years() {
            let due = self.plan_day(of);
            if due < self.began {
                continue;
            }
            for (id, view) in self.items.iter().filter(|(_, view)| view.phase == 3) {
                let published = view.published_at.unwrap();
                if year(day_at(Instant(published))) <= of {
                    let last = due.max(day_at(Instant(published - 1)));
                    add(of, &self.section_of(id), last, None, false);
                }
            }
        }
        duties
    }

    fn duty(
        &self,
        kind: Obligation,
        subject: &str,
        sections: Vec<String>,
        clock: &Clock,
        started: bool,
    ) -> ObligationView {
        let comment = kind == Obligation::Comment;
        let late = clock.missed && !comment;
        let state = match (clock.met, clock.missed) {
            (Some(_), _) => ObligationState::Met,
            (None, false) => ObligationState::Running,
            (None, true) if comment => ObligationState::Ended,
            (None, true) => ObligationState::Late,
        };
        let until = day_at(Instant(clock.met.unwrap_or(self.now)));
        ObligationView {
            kind: kind.wire(),
            subject: subject.to_owned(),
            sections,
            start: started.then(|| from_day(clock.start).to_string()),
            due: from_day(clock.due).to_string(),
            state: state.into(),
            late_by_working_days: if late { self.days.between(clock.due, until) } else { 0 },
            provisional: clock.provisional,
            met_at: clock.met,
            late,
        }
    }
}

/// The last day of February of the next year.
fn disclosure_day(year: u32) -> i64 {
    day(date(&format!("{}-03-01", year + 1))) - 1
}
