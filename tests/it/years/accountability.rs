//! Amended calendars, explanations of flags, and dossiers of Art. 25.

use super::cast::cast;
use super::choices::Choices;
use super::days::date;
use super::office::text;
use super::play::Year;
use lotbook_chain::Position;
use lotbook_event::keys::Role;
use lotbook_event::oversight::*;
use lotbook_event::registry::CalendarAmended;
use lotbook_event::*;
use std::collections::BTreeSet;

/// Saturdays of 2026 that an amendment may make working days, and Mondays that it may take off.
const SATURDAYS: [&str; 4] = ["2026-05-09", "2026-07-18", "2026-09-19", "2026-12-12"];
const MONDAYS: [&str; 4] = ["2026-05-11", "2026-07-20", "2026-09-21", "2026-12-14"];

impl Year {
    /// Something of these.
    pub fn accountability(&mut self, choices: &mut Choices) {
        match self.dice.below(4) {
            0 => self.amend(choices),
            1 => self.explain(choices),
            _ => self.dossiers(choices),
        }
    }

    fn amend(&mut self, choices: &mut Choices) {
        if !self.ledger.state.calendar.has(2026) {
            return;
        }
        let mut some = |days: [&str; 4]| -> BTreeSet<Date> {
            days.into_iter().filter(|_| self.dice.chance(50)).map(date).collect()
        };
        let (weekend_days_worked, weekdays_off) = (some(SATURDAYS), some(MONDAYS));
        let event =
            CalendarAmended { year: 2026, notice_no: text("amended"), weekdays_off, weekend_days_worked };
        choices.add(2, cast().of(Role::Administrator), event);
    }

    fn explain(&mut self, choices: &mut Choices) {
        let flagged: Vec<_> = self.ledger.state.flags.iter().map(|flagged| flagged.position).collect();
        if flagged.is_empty() {
            return;
        }
        let position = *self.dice.pick(&flagged);
        let event = DeviationExplained { position, explanation: text("the road was flooded") };
        choices.add(3, cast().of(Role::Coordinator), event);
    }

    /// A new dossier, or the next step of one.
    fn dossiers(&mut self, choices: &mut Choices) {
        let open: Vec<_> = self.ledger.state.breaches.iter().map(|(id, b)| (id.clone(), b.clone())).collect();
        let leader = cast().of(Role::OfficeLeader);
        let size = self.ledger.state.head.size;
        if open.is_empty() || self.dice.chance(20) {
            let event = BreachRecorded {
                breach: BreachId::new(self.name("BR")).unwrap(),
                article: self.dice.within(1, 25),
                positions: BTreeSet::from([Position(self.dice.word() % size)]),
                summary: text("departed from"),
            };
            choices.add(4, cast().of(Role::Supervisor), event);
            return;
        }
        let (breach, known) = self.dice.pick(&open).clone();
        if known.assessed.is_none() {
            let serious = self.dice.chance(70);
            choices.add(6, leader, ConsequenceAssessed { breach, serious, basis: text("a report") });
        } else if known.referred.is_none() {
            let may: &[Code] =
                if known.assessed.is_some_and(|(serious, ..)| serious) { &[] } else { &[Code::WrongPhase] };
            choices.maybe(6, leader, AccountabilityReferred { breach, organ: text("an organ") }, may);
        } else if known.decided.is_none() {
            let order = if self.dice.chance(50) { "order 7" } else { "" };
            let event = AccountabilityDecided {
                breach,
                decided_on: self.today(),
                decision: Bytes32(self.dice.bytes()),
                publication_order: text(order),
                published: text(if order.is_empty() { "" } else { "a reprimand" }),
            };
            choices.add(6, leader, event);
        }
    }
}
