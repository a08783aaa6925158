//! Recusals in a batch under embargo before its release (draw.md 6, 7): asked for by the slot, decided, drawn and
//! carried out without a name, and decided again with every name when the key is out.

use super::scene::{PARTS, PLAN, Scene, UNTIL};
use crate::steps::{start, until};
use crate::world::refused;
use lotbook::command::reading;
use lotbook::data_dir::DataDir;
use lotbook_client::{ClientError, Submitted};
use lotbook_domain::recusal::Outcome;
use lotbook_domain::state::Phase;
use lotbook_event::ceremony::{CeremonyOpened, EmbargoPart, Purpose, RowRevealed};
use lotbook_event::inspection::NoticeServed;
use lotbook_event::keys::Role;
use lotbook_event::plan::Reveal;
use lotbook_event::recusal::*;
use lotbook_event::*;
use lotbook_verifier::{Expectations, authenticate, certificates};

pub fn code(stated: Result<Submitted, ClientError>) -> String {
    refused(stated).reason
}

fn recusal(name: &str) -> RecusalId {
    RecusalId::new(name).unwrap()
}

/// The first slot of a rank.
fn slot_of(row: &RowRevealed) -> u32 {
    row.rank * row.team.len() as u32
}

impl Scene {
    fn asking(&self, name: &str, row: &RowRevealed, ground: RecusalGround) -> SlotRecusalRequested {
        let (inspection, slot) = (row.inspection.clone(), slot_of(row));
        SlotRecusalRequested { recusal: recusal(name), inspection, slot, ground, details: None }
    }

    async fn asks(
        &mut self,
        name: &str,
        who: &str,
        row: &RowRevealed,
        ground: RecusalGround,
    ) -> Result<Submitted, ClientError> {
        let event = self.asking(name, row, ground);
        self.world.state(who, Role::Inspector, None, event).await
    }

    async fn decides(&mut self, name: &str, decision: RecusalDecision) -> Result<Submitted, ClientError> {
        let event = RecusalDecided { recusal: recusal(name), decision };
        self.world.state("recusal_approver", Role::RecusalApprover, None, event).await
    }

    async fn opens(&mut self, name: &str, purpose: Purpose) -> Result<Submitted, ClientError> {
        let event = CeremonyOpened {
            purpose,
            plan: PlanId::new(PLAN).unwrap(),
            batch: BatchId::new("B2").unwrap(),
            attempt: 1,
            previous_terminal: None,
            recusal: Some(recusal(name)),
        };
        self.open(event).await
    }

    /// The ceremony of a granted recusal, up to what came of it.
    async fn substitutes(&mut self, name: &str, purpose: Purpose) -> Option<Outcome> {
        self.opens(name, purpose).await.unwrap();
        let batch = std::mem::replace(&mut self.draw, DrawId::new(format!("{PLAN}/B2/{name}.1")).unwrap());
        self.commit(&PARTS).await;
        self.reveal(&PARTS).await;
        self.draw = batch;
        self.world.replica.state().recusals[&recusal(name)].outcome
    }

    /// What the ledger has said so far of teams, and the whole log as text.
    fn changes(&self) -> Vec<TeamsWithheld> {
        let of = |bytes: &Vec<u8>| {
            let entry = lotbook_chain::Entry::decode(bytes).unwrap();
            match Statement::decode(&entry.statement).unwrap().event {
                Event::TeamsWithheld(e) => Some(e),
                _ => None,
            }
        };
        reading::of_data_dir(&self.world.data).unwrap().entries.iter().filter_map(of).collect()
    }

    /// Publishes the key after the window, and has the log verified and the certificate authenticated.
    async fn proves_all(mut self) -> lotbook_domain::State {
        reading::of_data_dir(&self.world.data).unwrap().verdict(&Expectations::default()).unwrap();
        let first = self.first();
        let key = self.read_key(&first).await.unwrap();
        until(&mut self.world, UNTIL, 1).await;
        self.release(key).await.unwrap();
        let (data, draw) = (self.world.data.clone(), self.draw.clone());
        let _dir = self.world.stop().await;
        proved(&data, &draw, 1)
    }
}

/// What an auditor finds in the files, and the certificate of the draw.
pub fn proved(data: &DataDir, draw: &DrawId, substitutions: usize) -> lotbook_domain::State {
    let ledger = reading::of_data_dir(data).unwrap();
    ledger.verdict(&Expectations::default()).unwrap();
    let state = ledger.verifier.state();
    let made = certificates(state, &ledger.entries, ledger.note_over_all().unwrap(), &[]).unwrap();
    let made = made.into_iter().find(|c| c.draw_id == draw.as_str()).unwrap();
    assert_eq!(made.substitutions.len(), substitutions);
    authenticate(&made, &state.genesis.as_ref().unwrap().checkpoint_key, None).unwrap();
    state.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_withdraws_is_followed_by_somebody_whom_nobody_knows_before_the_start() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (name, row) = scene.somebody_of(2).await;
    let before = scene.embargo().assignments.clone();
    scene.asks("R-1", &name, &row, RecusalGround::Unavailable).await.unwrap();
    scene.decides("R-1", RecusalDecision::Withdraw).await.unwrap();
    let outcome = scene.substitutes("R-1", Purpose::Substitute).await;
    let after = scene.embargo().assignments.clone();
    let changes = scene.changes();
    let [change] = changes.as_slice() else { panic!("{changes:?}") };
    // Nobody is named, neither on the log nor in the state.
    assert!(change.slots.iter().all(|slot| slot.opened.is_none()), "{change:?}");
    assert_eq!(scene.world.replica.state().recusals[&recusal("R-1")].inspector, None);
    let frozen = scene.world.replica.state().ceremonies[&change.draw].frozen.clone().unwrap().stated;
    assert_eq!((frozen.replacement.unwrap().inspector, frozen.inspector_reasons.len()), (None, 0));
    if outcome == Some(Outcome::Changed) {
        assert!(change.slots.iter().any(|slot| slot.slot == slot_of(&row)));
        assert_ne!(before[&2].slots[0], after[&2].slots[0]);
        assert_eq!(before[&2].object, after[&2].object);
        // Whoever comes reads it, starts, and is opened with the row of the batch's pool.
        let (comes, now) = scene.somebody_of(2).await;
        assert!(comes != name && now.team[1] == row.team[1], "{now:?}");
        until(&mut scene.world, "2026-10-12", 9).await;
        let event = start(&scene.world, &row.inspection);
        let gone = scene.world.state(&name, Role::Inspector, None, event).await;
        assert_eq!(code(gone), "SIGNER_NOT_ASSIGNED");
        let event = start(&scene.world, &row.inspection);
        scene.world.state(&comes, Role::Inspector, None, event).await.unwrap();
        let started = &scene.world.replica.state().inspections[&row.inspection];
        assert_eq!((started.phase, &started.team[0]), (Phase::Started, &now.team[0].inspector));
    }
    let who = row.team[0].inspector.clone();
    let state = scene.proves_all().await;
    assert_eq!(state.recusals[&recusal("R-1")].inspector.as_ref(), Some(&who));
    let teams =
        state.inspections.values().filter(|i| i.draw().is_some_and(|d| d.as_str() == "P-2026-S05/B2.1"));
    let holds = teams.filter(|i| i.team.contains(&who)).count();
    assert_eq!(holds == 0, outcome == Some(Outcome::Changed), "who withdrew sits nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_conflict_is_a_swap_and_both_teams_are_commitments_until_the_key() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (name, row) = scene.somebody_of(7).await;
    let before = scene.embargo().assignments.clone();
    scene.asks("R-1", &name, &row, RecusalGround::Conflict).await.unwrap();
    scene.decides("R-1", RecusalDecision::Swap).await.unwrap();
    let outcome = scene.substitutes("R-1", Purpose::Swap).await;
    let changes = scene.changes();
    if outcome == Some(Outcome::Changed) {
        let changed = changes[0].slots.iter().map(|slot| (slot.slot, slot.inspector)).collect::<Vec<_>>();
        assert_eq!(changed.len(), 2, "x leaves for y's slot, and y comes");
        let now = scene.embargo().assignments.clone();
        for (rank, withheld) in &before {
            let moved = changed.iter().any(|(slot, _)| slot / 2 == *rank);
            assert_eq!(withheld.slots != now[rank].slots, moved, "rank {rank}");
        }
        let (_, now) = scene.somebody_of(7).await;
        assert!(now.team.iter().all(|member| member.inspector != row.team[0].inspector));
    }
    let own = scene.read(&scene.world.key(&name), Role::Inspector, EmbargoPart::Own).await.unwrap().own;
    let here = own.iter().any(|opened| opened.rank == 7);
    assert_eq!(here, outcome != Some(Outcome::Changed), "the inspector reads where they sit now");
    scene.proves_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_starts_before_a_recusal_is_settled_and_everybody_sees_why() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (name, row) = scene.somebody_of(4).await;
    let (other, free) = scene.somebody_of(5).await;
    scene.asks("R-1", &name, &row, RecusalGround::Unavailable).await.unwrap();
    until(&mut scene.world, "2026-10-12", 9).await;
    let event = start(&scene.world, &row.inspection);
    assert_eq!(code(scene.world.state(&name, Role::Inspector, None, event).await), "RECUSAL_PENDING");
    scene.decides("R-1", RecusalDecision::Withdraw).await.unwrap();
    // Which slots are vacated is not known before the ceremony, so the whole batch waits.
    let event = start(&scene.world, &free.inspection);
    assert_eq!(code(scene.world.state(&other, Role::Inspector, None, event).await), "RECUSAL_PENDING");
    scene.substitutes("R-1", Purpose::Substitute).await;
    let state = scene.world.replica.state();
    let drawn = DrawId::new(format!("{PLAN}/B2/R-1.1")).unwrap();
    let vacated = state.ceremonies[&drawn].frozen.clone().unwrap().stated.replacement.unwrap().slots;
    assert!(vacated.contains(&slot_of(&row)));
    if !vacated.iter().any(|slot| slot / 2 == 5) {
        let event = start(&scene.world, &free.inspection);
        scene.world.state(&other, Role::Inspector, None, event).await.unwrap();
    }
    scene.proves_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_team_is_changed_by_name_and_the_name_opens_its_commitment() {
    let mut scene = Scene::drawn(Reveal::AtNotice).await;
    let (name, row) = scene.somebody_of(0).await;
    until(&mut scene.world, "2026-10-12", 9).await;
    let visit_on = Date::new("2026-10-15").unwrap();
    let event = NoticeServed { inspection: scene.inspection(0), visit_on, occurred_at: scene.world.now };
    scene.world.state(&name, Role::Inspector, None, event).await.unwrap();
    scene.asks("R-1", &name, &row, RecusalGround::Unavailable).await.unwrap();
    scene.decides("R-1", RecusalDecision::Withdraw).await.unwrap();
    let outcome = scene.substitutes("R-1", Purpose::Substitute).await;
    if outcome == Some(Outcome::Changed) {
        let changes = scene.changes();
        let opened = changes[0].slots.iter().filter_map(|slot| slot.opened.as_ref()).collect::<Vec<_>>();
        let team = &scene.world.replica.state().inspections[&scene.inspection(0)].team;
        assert_eq!((opened.len(), &opened[0].inspector), (1, &team[0]), "only the open one is named");
        assert_ne!(team[0], row.team[0].inspector);
    }
    scene.proves_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_decides_and_opens_is_held_to_the_rules_for_names_and_told_no_name() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (name, row) = scene.somebody_of(1).await;
    let (stranger, _) = {
        let (mut found, mut rank) = (scene.somebody_of(2).await, 2);
        while row.team.iter().any(|member| found.0 == format!("inspector-{}", member.inspector)) {
            rank += 1;
            found = scene.somebody_of(rank).await;
        }
        found
    };
    let refused_to = scene.asks("R-1", &stranger, &row, RecusalGround::Conflict).await;
    let told = refused(refused_to);
    assert_eq!(told.reason, "ROLE_NOT_HELD");
    assert!(row.team.iter().all(|member| !told.found.contains(member.inspector.as_str())), "{}", told.found);
    let by_name = RecusalRequested {
        recusal: recusal("R-1"),
        inspection: row.inspection.clone(),
        inspector: row.team[0].inspector.clone(),
        ground: RecusalGround::Conflict,
        details: None,
    };
    assert_eq!(code(scene.world.state(&name, Role::Inspector, None, by_name).await), "EMBARGOED");
    let officer = scene.asking("R-1", &row, RecusalGround::Conflict);
    let officer = scene.world.state("section_officer-S05", Role::SectionOfficer, Some("S05"), officer).await;
    assert_eq!(code(officer), "EMBARGOED", "who may not read does not ask");
    let beyond = SlotRecusalRequested { slot: 0, ..scene.asking("R-1", &row, RecusalGround::Conflict) };
    assert_eq!(code(scene.world.state(&name, Role::Inspector, None, beyond).await), "UNKNOWN_SUBJECT");
    scene.asks("R-1", &name, &row, RecusalGround::Unavailable).await.unwrap();
    let again = scene.asks("R-2", &name, &row, RecusalGround::Unavailable).await;
    assert_eq!(code(again), "ALREADY_RECORDED");
    assert_eq!(code(scene.decides("R-1", RecusalDecision::Swap).await), "SWAP_INFEASIBLE");
    assert_eq!(code(scene.opens("R-1", Purpose::Substitute).await), "WRONG_PHASE", "not decided");
    scene.decides("R-1", RecusalDecision::Withdraw).await.unwrap();
    assert_eq!(code(scene.decides("R-1", RecusalDecision::Rejected).await), "WRONG_PHASE");
    assert_eq!(code(scene.opens("R-1", Purpose::Swap).await), "INVALID_VALUE");
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn supervision_asks_for_whoever_has_a_slot_and_nobody_sees_who_asked_to_go() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (_, row) = scene.somebody_of(3).await;
    let event = scene.asking("R-1", &row, RecusalGround::Unavailable);
    scene.world.state("supervisor", Role::Supervisor, None, event).await.unwrap();
    scene.decides("R-1", RecusalDecision::Withdraw).await.unwrap();
    scene.substitutes("R-1", Purpose::Substitute).await;
    scene.proves_all().await;
}
