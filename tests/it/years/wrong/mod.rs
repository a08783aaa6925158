//! Acts that are wrong on purpose: each must be refused, by a code it expects, and change nothing but the
//! record of refusals.

mod draws;
mod visits;

use super::cast::{Person, cast, inspector, section};
use super::ledger::Author;
use super::office::{officer, text};
use super::play::Year;
use lotbook_domain::State;
use lotbook_domain::registry::ItemPhase;
use lotbook_event::ceremony::*;
use lotbook_event::keys::*;
use lotbook_event::oversight::*;
use lotbook_event::recusal::*;
use lotbook_event::registry::*;
use lotbook_event::result::*;
use lotbook_event::*;

/// Who states what, and how it must be refused.
type Wrong = Option<(Author, Event, &'static [Code])>;

/// Every kind of wrong act.
const KINDS: &[fn(&mut Year) -> Wrong] = &[
    Year::ledger_only,
    Year::wrong_role,
    Year::not_held,
    Year::someone_elses_item,
    Year::stranger_starts,
    Year::report_in_parts,
    Year::phase_skipped,
    Year::start_before_recusal,
    Year::recusal_by_other_rule,
    Year::recusal_by_other_rule,
    Year::recusal_by_other_rule,
    Year::recusal_of_nobody,
    Year::no_cause,
    Year::conflicted_team,
    Year::small_or_barred_team,
    Year::closed_too_early,
    Year::closed_unresolved,
    Year::closed_unresolved,
    Year::closed_unresolved,
    Year::disclosure_in_parts,
    Year::disclosure_in_parts,
    Year::own_correction,
    Year::no_possession,
    Year::stale,
    Year::twice,
    Year::item_without_basis,
    Year::unpublished_item,
    Year::plan_beyond_the_rules,
    Year::plan_without_content,
    Year::empty_plan,
    Year::draw_again,
    Year::draw_without,
    Year::commits_wrongly,
    Year::reveals_wrongly,
    Year::reveals_wrongly,
    Year::commits_too_late,
    Year::feedback_by_others,
    Year::unknown_subject,
    Year::small_team,
    Year::calendar_again,
    Year::handling_out_of_turn,
    Year::comment_by_another,
];

impl Year {
    /// Does something wrong; false if nothing could be found.
    pub fn wrong(&mut self) -> bool {
        for _ in 0..6 {
            let kind = *self.dice.pick(KINDS);
            if let Some((author, event, expected)) = kind(self) {
                self.must_be_refused(&author, event, expected);
                if self.dice.chance(1) && self.dice.chance(60) {
                    self.persist();
                }
                return true;
            }
        }
        false
    }

    /// Publishes the disclosure without one of its parts, if there is one to publish.
    pub fn incomplete(&mut self) -> bool {
        let Some((author, event, expected)) = self.disclosure_in_parts() else { return false };
        self.must_be_refused(&author, event, expected);
        true
    }

    fn must_be_refused(&mut self, author: &Author, event: Event, expected: &[Code]) {
        let before = self.dice.chance(2).then(|| self.ledger.state.clone());
        let size = self.ledger.entries.len();
        let told = format!("{}: {event:?}", author.person.name);
        match self.submit(author, event) {
            Ok(()) => panic!("{told}\nwas accepted; {expected:?} was to refuse it"),
            Err(refusal) => assert!(expected.contains(&refusal.code), "{told}\n{expected:?}: {refusal}"),
        }
        assert!(self.ledger.entries.len() <= size + 1, "a refusal brings one entry at most");
        if let Some(before) = before {
            assert_eq!(but_for_refusals(&before), but_for_refusals(&self.ledger.state), "{told}");
        }
    }

    /// Somebody states the same wrong thing until the ledger only counts.
    fn persist(&mut self) {
        let author = Author::from(cast().of(Role::Publisher));
        for _ in 0..65 {
            let event = ItemPublished { items: [item_id("K9")].into(), published_on: self.today() };
            self.must_be_refused(&author, event.into(), &[Code::UnknownSubject]);
        }
        self.wait(7_200);
    }

    fn ledger_only(&mut self) -> Wrong {
        let draw = DrawId::new("P1/B1.1").unwrap();
        let (events, code): (Vec<Event>, &[Code]) = if self.dice.chance(50) {
            let missing = Default::default();
            let closed = CeremonyClosed { draw: draw.clone(), missing };
            let missed = DeadlineMissed {
                obligation: Obligation::Report,
                subject: text("x"),
                due: self.now(),
                calendar: None,
                provisional: false,
            };
            (vec![closed.into(), missed.into()], &[Code::ManualAssignment])
        } else {
            let drawn = SubstituteDrawn {
                draw,
                recusal: RecusalId::new("R1").unwrap(),
                inspection: InspectionId::new("x").unwrap(),
                slot: 0,
                withdrawn: inspector(0),
                substitute: inspector(1),
                ticket: Bytes32([0; 32]),
                candidates: 3,
                previous: lotbook_chain::EntryHash::ZERO,
            };
            (vec![drawn.into()], &[Code::SubstituteNotDrawn])
        };
        Some((self.anybody().into(), self.dice.pick(&events).clone(), code))
    }

    fn anybody(&mut self) -> &'static Person {
        let alive: Vec<_> = cast()
            .people
            .iter()
            .filter(|person| self.ledger.state.keys.get(&person.id).is_some_and(|key| key.revoked.is_none()))
            .collect();
        alive[self.dice.below(alive.len())]
    }

    fn wrong_role(&mut self) -> Wrong {
        let person = self.anybody();
        let event = HandlingDecided {
            violation: ViolationId::new("V001").unwrap(),
            kind: HandlingKind::Punishment,
            decision_no: text("1"),
            legal_basis: text("law"),
        };
        (person.role != Role::Handler).then(|| (person.into(), event.into(), &[Code::RoleNotHeld] as _))
    }

    /// A role that the key does not hold.
    fn not_held(&mut self) -> Wrong {
        let person = self.anybody();
        let role = *self.dice.pick(&[Role::Publisher, Role::Handler, Role::DrawOperator, Role::System]);
        let event = ResultPublished {
            inspection: InspectionId::new("x").unwrap(),
            channel: Channel::Necips,
            receipt_ref: text(""),
        };
        let author = Author { person, role, section: None };
        (person.role != role).then(|| (author, event.into(), &[Code::RoleNotHeld] as _))
    }

    fn someone_elses_item(&mut self) -> Wrong {
        let state = &self.ledger.state;
        let record = state.items.values().find(|record| record.phase == ItemPhase::Published)?;
        let other = (0..3).find(|n| section(*n) != record.item.section)?;
        let event = ItemWithdrawn { item: record.item.item.clone(), reason: text("not mine") };
        Some((officer(other), event.into(), &[Code::OtherSection]))
    }

    fn disclosure_in_parts(&mut self) -> Wrong {
        let publisher = cast().of(Role::Publisher);
        if self.day() < 370 {
            let event = AnnualDisclosureRequested { year: 2026 };
            return Some((publisher.into(), event.into(), &[Code::WrongPhase]));
        }
        let record = self.ledger.state.disclosures.get(&2026).filter(|record| record.published.is_none())?;
        let (generated, _) = record.generated.clone()?;
        let mut parts: std::collections::BTreeSet<_> = DisclosurePartKind::ALL.iter().copied().collect();
        parts.pop_last();
        let document = generated.document;
        let event = AnnualDisclosurePublished { year: 2026, document, parts, receipt_ref: text("site") };
        Some((publisher.into(), event.into(), &[Code::DisclosureSectionMissing]))
    }

    /// Somebody corrects what they stated themselves, or a field that there is not.
    fn own_correction(&mut self) -> Wrong {
        let coordinator = cast().of(Role::Coordinator);
        let own = || self.ledger.state.correctable.iter().filter(|(_, known)| !known.says.fields.is_empty());
        let mine = own().find(|(_, known)| known.author == coordinator.id);
        let (position, known) = mine.or_else(|| own().next())?;
        let field = if mine.is_some() { known.says.fields[0] } else { "sky" };
        let event = EntryCorrected {
            position,
            entry: known.entry,
            field: text(field),
            value: text("v"),
            reason: text("r"),
        };
        let expected: &[Code] = &[Code::SelfApproval, Code::InvalidValue];
        Some((coordinator.into(), event.into(), expected))
    }

    /// A registration without a proof that the key is had.
    fn no_possession(&mut self) -> Wrong {
        let admin = cast().of(Role::Administrator);
        let person = cast().of(Role::Handler);
        let event = KeyRegistered {
            public_key: super::cast::raw(&person.key),
            role: Role::Public,
            section: None,
            person: text("somebody"),
            nominated_by: text(""),
            subject: text(""),
            possession: person.key.sign(b"nothing"),
        };
        Some((admin.into(), event.into(), &[Code::KeyUnacceptable]))
    }

    fn twice(&mut self) -> Wrong {
        let registrar = cast().of(Role::Registrar);
        if self.dice.chance(50) {
            let row = self.ledger.state.enterprises.values().next()?.row.clone();
            let event = EnterpriseEnrolled { rows: vec![row] };
            return Some((registrar.into(), event.into(), &[Code::DuplicateUscc]));
        }
        let row = self.ledger.state.inspectors.values().next()?.row.clone();
        Some((registrar.into(), InspectorEnrolled { rows: vec![row] }.into(), &[Code::AlreadyRecorded]))
    }

    fn item_without_basis(&mut self) -> Wrong {
        let mut item = super::office::item(&mut self.dice, 7, 0);
        item.legal_basis = text("");
        Some((officer(0), ItemProposed { rows: vec![item] }.into(), &[Code::ItemWithoutBasis]))
    }

    /// Something whose subject has changed since it was read.
    fn stale(&mut self) -> Wrong {
        self.ledger.expecting = Some(lotbook_chain::Position(1));
        let row = self.ledger.state.enterprises.values().next()?.row.clone();
        let event = EnterpriseUpdated { rows: vec![row] };
        Some((cast().of(Role::Registrar).into(), event.into(), &[Code::StaleExpectation]))
    }

    fn unknown_subject(&mut self) -> Wrong {
        let publisher = cast().of(Role::Publisher);
        let event = ResultPublished {
            inspection: InspectionId::new("nothing").unwrap(),
            channel: Channel::Necips,
            receipt_ref: text("x"),
        };
        Some((publisher.into(), event.into(), &[Code::UnknownSubject]))
    }

    fn calendar_again(&mut self) -> Wrong {
        let event = CalendarPublished {
            year: 2026,
            notice_no: text("n"),
            weekdays_off: [super::days::date("2025-01-01")].into(),
            weekend_days_worked: Default::default(),
        };
        let expected: &[Code] = &[Code::InvalidValue, Code::AlreadyRecorded];
        Some((cast().of(Role::Administrator).into(), event.into(), expected))
    }
}

fn item_id(id: &str) -> ItemId {
    ItemId::new(id).unwrap()
}

/// A state without the record of refusals and the end of the chain.
fn but_for_refusals(state: &State) -> String {
    let mut state = state.clone();
    state.refusals = Default::default();
    state.head = Default::default();
    state.changed.remove(&lotbook_domain::subject::Kind::Refusals);
    format!("{state:?}")
}
