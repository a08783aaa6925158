//! How the players recuse: asked for, decided by somebody else, and drawn in a ceremony of its own (Art. 15).

use super::agenda;
use super::player::Player;
use super::step::Step;
use anyhow::{Context, Result};
use jiff::civil::Date;
use lotbook_client::{ClientError, RpcError};
use lotbook_draw::substitute::MIN_CANDIDATES;
use lotbook_draw::{Board, SecondPool, Seed, Stage};
use lotbook_event::ceremony::{CeremonyOpened, Purpose};
use lotbook_event::keys::Role;
use lotbook_event::recusal::{RecusalDecided, RecusalDecision, RecusalGround, RecusalRequested};
use lotbook_event::{DrawId, InspectionId, InspectorId, RecusalId};

/// The code with which a start is refused while a recusal is pending.
const PENDING: &str = "RECUSAL_PENDING";
/// Working days for which the teams wait for substitutes before one of them gives up.
const MOST_WAITED: u32 = 20;

/// The recusals of the play.
#[derive(Debug, Default)]
pub struct Recusals {
    /// A withdrawal is played.
    pub withdrawn: bool,
    /// A swap is played.
    pub swapped: bool,
    asked: u32,
    waited: u32,
}

/// A member of a team: the place of the inspection in the order of its batch, and the seat.
#[derive(Debug, Clone, Copy)]
struct Sits {
    rank: usize,
    seat: usize,
}

impl Player {
    /// The second drawn batch has a withdrawal, the first of the others that can has a swap.
    pub(super) fn plan_recusal(&mut self, draw: &DrawId, place: usize, inspections: &[InspectionId]) {
        let withdraws = place == 1 || self.batches == 1;
        let done = if withdraws { self.recusals.withdrawn } else { self.recusals.swapped };
        let first = inspections.first().and_then(|id| self.visits.get(id)).copied();
        let Some(first) = first.filter(|_| !done) else { return };
        // One falls ill on the morning of the first visit; the other knows on the day after the draw.
        let tomorrow = self.days.after(agenda::date_of(self.now), 1);
        let (day, among, ground) = if withdraws {
            (first, 1, RecusalGround::Unavailable)
        } else {
            (tomorrow, inspections.len(), RecusalGround::Conflict)
        };
        let Some((id, who)) = self.replaceable(draw, inspections, among, ground) else { return };
        if !withdraws && tomorrow >= first {
            return;
        }
        let played = if withdraws { &mut self.recusals.withdrawn } else { &mut self.recusals.swapped };
        *played = true;
        self.agenda.add(agenda::on(day, 8, 40), Step::Recuse(id, who, ground));
    }

    /// The first member whom several others could replace, else one whom anybody could.
    fn replaceable(
        &self,
        draw: &DrawId,
        inspections: &[InspectionId],
        among: usize,
        ground: RecusalGround,
    ) -> Option<(InspectionId, InspectorId)> {
        let mut best = (0, None);
        for (rank, id) in inspections.iter().enumerate().take(among) {
            for (seat, who) in self.team(id).unwrap_or_default().into_iter().enumerate() {
                let others = self.candidates(draw, inspections, Sits { rank, seat }, ground).unwrap_or(0);
                if others.min(MIN_CANDIDATES) > best.0 {
                    best = (others.min(MIN_CANDIDATES), Some((id.clone(), who)));
                }
            }
        }
        best.1
    }

    /// How many could take the slot for which there are fewest; tried on the batch as it was drawn.
    fn candidates(
        &self,
        draw: &DrawId,
        inspections: &[InspectionId],
        sits: Sits,
        ground: RecusalGround,
    ) -> Option<usize> {
        let ledger = self.ledger();
        let ceremony = ledger.ceremonies.get(draw)?;
        let scheme = &ledger.batches.get(&ceremony.batch)?.scheme.as_ref()?.value;
        let accepts = |seat: &lotbook_event::plan::Seat| {
            seat.accepts.iter().map(|q| q.as_str().to_owned()).collect::<Vec<_>>()
        };
        let seats: Vec<_> = scheme.seats.iter().map(accepts).collect();
        let teams = inspections.iter().map(|id| ledger.inspections.get(id)).collect::<Option<Vec<_>>>()?;
        let firms: Vec<_> = teams.iter().map(|team| team.uscc.as_str()).collect();
        let members = teams.iter().flat_map(|team| &team.team);
        let assignment: Vec<_> = members.map(|member| member.as_str().to_owned()).collect();
        let slot = sits.rank * seats.len() + sits.seat;
        let who = assignment.get(slot)?.clone();
        let pool = ceremony.frozen.as_ref()?.pool()?;
        let second = SecondPool::new(pool, pool.inspectors().to_vec(), pool.conflicts().to_vec()).ok()?;
        let mut board =
            Board::new(pool, &seats, &firms, ceremony.completed.as_ref()?.hi, &assignment).ok()?;
        let key = Stage::Substitute.key(&Seed::from_bytes([0; 32]));
        let tried = match self.decision(ground) {
            RecusalDecision::Swap => board.swap(&second, &who, &[slot], &key),
            _ => board.withdraw(&second, &who, &key),
        };
        let tried = tried.ok().filter(|tried| tried.exhausted.is_none())?;
        tried.vacancies.iter().map(|vacancy| vacancy.candidates.len()).min()
    }

    /// The kind follows from the ground: a first conflict is a swap, unless the rule set says otherwise.
    fn decision(&self, ground: RecusalGround) -> RecusalDecision {
        let always = self.ledger().rules.as_ref().is_some_and(|rules| rules.value.recusal_always_withdraw);
        match ground {
            RecusalGround::Conflict if !always => RecusalDecision::Swap,
            _ => RecusalDecision::Withdraw,
        }
    }

    /// A conflict is declared by the inspector concerned, an absence by the section.
    pub(super) async fn recuse(
        &mut self,
        id: &InspectionId,
        inspector: &InspectorId,
        ground: RecusalGround,
    ) -> Result<()> {
        let asks = match ground {
            RecusalGround::Conflict => self.member(inspector)?,
            _ => self.section_officer(id)?,
        };
        self.recusals.asked += 1;
        let recusal = RecusalId::new(format!("recusal-{}", self.recusals.asked))?;
        let event = RecusalRequested {
            recusal: recusal.clone(),
            inspection: id.clone(),
            inspector: inspector.clone(),
            ground,
            details: None,
        };
        self.state(&asks, event.into()).await?;
        self.agenda.add(self.now.plus_seconds(2 * 3_600), Step::DecideRecusal(recusal));
        Ok(())
    }

    pub(super) async fn decide_recusal(&mut self, recusal: &RecusalId) -> Result<()> {
        let approver = self.cast.holder(Role::RecusalApprover, None)?.clone();
        let ground = self.ledger().recusals.get(recusal).context("no such recusal")?.ground;
        let event = RecusalDecided { recusal: recusal.clone(), decision: self.decision(ground) };
        self.state(&approver, event.into()).await?;
        self.agenda.add(self.now.plus_seconds(1_800), Step::OpenRecusal(recusal.clone()));
        Ok(())
    }

    /// The ceremony of a recusal, once no other one is open.
    pub(super) async fn open_recusal(&mut self, recusal: &RecusalId) -> Result<()> {
        if self.is_ceremony_open() {
            self.agenda.add(self.pause(3), Step::OpenRecusal(recusal.clone()));
            return Ok(());
        }
        let ledger = self.ledger();
        let known = ledger.recusals.get(recusal).context("no such recusal")?;
        let batch = ledger.inspections.get(&known.inspection).and_then(|inspection| inspection.batch());
        let (plan, batch) = batch.cloned().context("an inspection without a batch")?;
        let swap = known.decided.is_some_and(|decided| decided.decision == RecusalDecision::Swap);
        let purpose = if swap { Purpose::Swap } else { Purpose::Substitute };
        let draw = DrawId::new(format!("{plan}/{batch}/{recusal}.1"))?;
        let recusal = Some(recusal.clone());
        let event = CeremonyOpened { purpose, plan, batch, attempt: 1, previous_terminal: None, recusal };
        let operator = self.operator(&event.plan)?;
        self.state(&operator, event.into()).await?;
        self.agenda.add(self.pause(1), Step::Commit(draw));
        Ok(())
    }

    /// A start that was refused because a recusal is pending is told, and tried again the next day.
    pub(super) fn start_refused(&mut self, id: &InspectionId, error: ClientError) -> Result<()> {
        let refused = match error {
            ClientError::Refused(refused) if is_pending(&refused.error) => refused,
            error => return Err(error.into()),
        };
        let receipt = if refused.receipt.is_some() { ", signed receipt verified" } else { "" };
        self.tell_refused(&format!("the start of {id}{receipt}"), &refused.error);
        self.recusals.waited += 1;
        anyhow::ensure!(self.recusals.waited <= MOST_WAITED, "{id} waits for a substitute in vain");
        let day: Date = self.days.after(agenda::date_of(self.now), 1);
        self.visits.insert(id.clone(), day);
        self.agenda.add(agenda::on(day, 9, 30), Step::Start(id.clone()));
        Ok(())
    }
}

fn is_pending(error: &RpcError) -> bool {
    error.reason == PENDING
}
