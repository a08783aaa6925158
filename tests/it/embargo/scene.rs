//! A batch of section S05 under embargo: its ceremony, who holds the key, and who reads.

use crate::refusals::{adopt, opening, plan_like, scheme_like};
use crate::steps::{register, with};
use crate::world::{DAY, World};
use lotbook_chain::{SigningKey, sealing};
use lotbook_client::proto::GetReadingRequest;
use lotbook_client::{ClientError, Submitted};
use lotbook_domain::state::Embargo;
use lotbook_draw::EmbargoKey;
use lotbook_engine::reading::purpose;
use lotbook_event::ceremony::*;
use lotbook_event::keys::Role;
use lotbook_event::plan::Reveal;
use lotbook_event::reading::EmbargoAnswer;
use lotbook_event::*;

pub const PLAN: &str = "P-2026-S05";
pub const SECTION: &str = "S05";
/// End of the scheme's window, 31 December of the office.
pub const UNTIL: &str = "2027-01-01";

pub struct Scene {
    pub world: World,
    pub draw: DrawId,
    /// The second person of supervision.
    pub second: SigningKey,
}

/// Parts of the ceremony: key file, role, section.
pub const PARTS: [(&str, Role, Option<&str>); 3] = [
    ("section_officer-S05", Role::SectionOfficer, Some(SECTION)),
    ("supervisor", Role::Supervisor, None),
    ("notary", Role::Notary, None),
];

pub fn draw_id(attempt: u32) -> DrawId {
    DrawId::new(format!("{PLAN}/B2.{attempt}")).unwrap()
}

impl Scene {
    /// A plan and a scheme under embargo, old enough to be drawn; two supervisors.
    pub async fn planned(reveal: Reveal) -> Self {
        let mut world = World::new().await;
        let second = register(&mut world, 91, Role::Supervisor, None, "第二监督员").await;
        let draft = plan_like(&world, PLAN, SECTION, &["K01"]);
        adopt(&mut world, draft).await;
        let mut scheme = scheme_like(&world, "F-S05", PLAN);
        scheme.reveal = reveal;
        world.state("section_officer-S05", Role::SectionOfficer, Some(SECTION), scheme).await.unwrap();
        world.wait(4 * DAY).await;
        Self { world, draw: draw_id(1), second }
    }

    /// The ceremony is open, its pool frozen.
    pub async fn opened(reveal: Reveal) -> Self {
        let mut scene = Self::planned(reveal).await;
        scene.open(opening(PLAN, "B2")).await.unwrap();
        scene
    }

    /// Two hold the key, everybody has committed and revealed: it is drawn.
    pub async fn drawn(reveal: Reveal) -> Self {
        let mut scene = Self::opened(reveal).await;
        scene.hold_both().await;
        scene.commit(&PARTS).await;
        scene.reveal(&PARTS).await;
        scene
    }

    pub async fn open(&mut self, event: CeremonyOpened) -> Result<Submitted, ClientError> {
        self.world.state("draw_operator-S05", Role::DrawOperator, Some(SECTION), event).await
    }

    pub fn embargo(&self) -> &Embargo {
        self.world.replica.state().embargo_of(&self.draw).unwrap().1
    }

    pub fn first(&self) -> SigningKey {
        self.world.key("supervisor")
    }

    pub async fn hold_both(&mut self) {
        for key in [self.first(), SigningKey::from_seed(&self.second.seed())] {
            self.hold(&key).await.unwrap();
        }
    }

    /// Reads the key on record and states that it is held.
    pub async fn hold(&mut self, key: &SigningKey) -> Result<Submitted, ClientError> {
        let embargo = self.read_key(key).await?;
        let proof = Bytes32(embargo.held_by(&key.public().key_id().0));
        let event = EmbargoKeyHeld { draw: self.draw.clone(), proof };
        with(&mut self.world, key, Role::Supervisor, None, event).await
    }

    pub async fn read_key(&mut self, key: &SigningKey) -> Result<EmbargoKey, ClientError> {
        let answer = self.read(key, Role::Supervisor, EmbargoPart::Key).await?;
        Ok(EmbargoKey::from_bytes(answer.key.unwrap().0))
    }

    /// A reading: on record first, then its answer, opened with the one-time secret.
    pub async fn read(
        &mut self,
        key: &SigningKey,
        role: Role,
        part: EmbargoPart,
    ) -> Result<EmbargoAnswer, ClientError> {
        let secret = key.seed().map(|byte| byte ^ 0x5a);
        let reply_key = Bytes32(sealing::reply_key(&secret));
        let event = EmbargoRead { draw: self.draw.clone(), part, reply_key };
        let submitted = with(&mut self.world, key, role, None, event).await?;
        let asked = GetReadingRequest { position: submitted.position.0 };
        let answer = self.world.client.query(asked).await?.answer;
        let ledger = self.world.client.trust_root().ledger_id;
        let opened = sealing::open_answer(&secret, &purpose(ledger, submitted.hash), &answer).unwrap();
        Ok(EmbargoAnswer::decode(&opened).unwrap())
    }

    pub async fn commit(&mut self, parts: &[(&str, Role, Option<&str>)]) {
        let p = self.world.replica.state().ceremonies[&self.draw].frozen.as_ref().unwrap().p;
        for (n, (name, role, section)) in (1..).zip(parts) {
            let key_id = self.world.key(name).public().key_id();
            let commitment = Bytes32(lotbook_draw::commitment(&p.0, &key_id.0, &[n; 32]));
            let event = SeedCommitted { draw: self.draw.clone(), commitment };
            self.world.state(name, *role, *section, event).await.unwrap();
        }
    }

    pub async fn reveal(&mut self, parts: &[(&str, Role, Option<&str>)]) {
        let sealed = self.world.replica.state().ceremonies[&self.draw].sealed.unwrap();
        for (n, (name, role, section)) in (1..).zip(parts) {
            let event = SeedRevealed { draw: self.draw.clone(), sealed, secret: Bytes32([n; 32]) };
            self.world.state(name, *role, *section, event).await.unwrap();
        }
    }

    pub fn inspection(&self, rank: u32) -> InspectionId {
        InspectionId::new(format!("{}/{rank}", self.draw)).unwrap()
    }

    /// Somebody of the team of a rank, found as the ledger would never tell: by the key.
    pub async fn somebody_of(&mut self, rank: u32) -> (String, RowRevealed) {
        use lotbook_domain::embargo::{Keys, LedgerKeys, of_the_key};
        let first = self.first();
        let key = self.read_key(&first).await.unwrap();
        let state = self.world.replica.state();
        let mut keys = LedgerKeys::default();
        keys.add(state.embargo_of(&self.draw).unwrap().0.clone(), key.clone());
        let row = of_the_key(state, &self.draw, rank, &key, Keys::Ledger(&keys)).unwrap();
        (format!("inspector-{}", row.team[0].inspector), row)
    }

    pub async fn release(&mut self, key: EmbargoKey) -> Result<Submitted, ClientError> {
        let event = EmbargoReleased { draw: self.draw.clone(), key: Bytes32(*key.expose()) };
        self.world.state("supervisor", Role::Supervisor, None, event).await
    }
}
