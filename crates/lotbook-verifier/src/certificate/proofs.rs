//! The entries behind a certificate, each with its proof.

use crate::stamp::Stamp;
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{Entry, TileContent, TileId, TileReader, TlogProof, TreeHash, append, prove_inclusion};
use lotbook_domain::ceremony::Ceremony;
use lotbook_draw::certificate as draw;
use lotbook_event::{Event, Statement};
use std::collections::BTreeMap;

/// What entries are proved from.
pub(super) struct Log<'a> {
    pub(super) entries: &'a [Vec<u8>],
    pub(super) tiles: &'a Tiles,
    pub(super) checkpoint: &'a str,
}

/// Every entry of these draws with its tlog-proof: ceremony, pool, draw, assignment, change of a team; and
/// the request and decision of every recusal.
pub(super) fn proofs(
    own: &[&Ceremony],
    log: &Log<'_>,
    stamp: Option<&Stamp>,
) -> Result<Vec<draw::ProofEntry>, String> {
    let whole = log.entries.len() as u64;
    let closed = own.first().and_then(|ceremony| ceremony.closed).map(|closed| closed.position);
    let mut proofs = vec![];
    for bytes in log.entries {
        let entry = Entry::decode(bytes).map_err(|error| error.to_string())?;
        let statement = Statement::decode(&entry.statement).map_err(|error| error.to_string())?;
        if !own.iter().any(|ceremony| belongs(&statement.event, ceremony)) {
            continue;
        }
        let of_close = stamp.filter(|_| closed == Some(entry.position));
        let (size, checkpoint) =
            of_close.map_or((whole, log.checkpoint), |stamp| (stamp.size, stamp.note.as_str()));
        if size > whole {
            return Err(format!("a stamp is of {size} entries, the log at hand has {whole}"));
        }
        let proof = prove_inclusion(log.tiles, entry.position.0, size).map_err(|e| e.to_string())?;
        // The entry stands beside its proof, so it is not in it again.
        let checkpoint = checkpoint.to_owned();
        let proof = TlogProof { extra: None, index: entry.position.0, proof, checkpoint };
        proofs.push(draw::ProofEntry {
            entry: data_encoding::BASE64.encode(bytes),
            tlog_proof: proof.to_string(),
        });
    }
    Ok(proofs)
}

fn belongs(event: &Event, ceremony: &Ceremony) -> bool {
    let draw = match event {
        Event::CeremonyOpened(e) => {
            return (&e.plan, &e.batch, e.attempt, &e.recusal)
                == (&ceremony.batch.0, &ceremony.batch.1, ceremony.attempt, &ceremony.recusal);
        }
        Event::RecusalRequested(e) => return ceremony.recusal.as_ref() == Some(&e.recusal),
        Event::RecusalDecided(e) => return ceremony.recusal.as_ref() == Some(&e.recusal),
        Event::PoolFrozen(e) => &e.draw,
        Event::SeedCommitted(e) => &e.draw,
        Event::CeremonySealed(e) => &e.draw,
        Event::SeedRevealed(e) => &e.draw,
        Event::CeremonyClosed(e) => &e.draw,
        Event::BeaconRecorded(e) => &e.draw,
        Event::CeremonyFailed(e) => &e.draw,
        Event::DrawVoidProposed(e) => &e.draw,
        Event::DrawVoided(e) => &e.draw,
        Event::TeamAssigned(e) => &e.draw,
        Event::DrawCompleted(e) => &e.draw,
        Event::AssignmentInfeasible(e) => &e.draw,
        Event::EnterpriseAssigned(e) => &e.draw,
        Event::AssignmentSwapped(e) => &e.draw,
        Event::SubstituteDrawn(e) => &e.draw,
        Event::SubstitutePoolExhausted(e) => &e.draw,
        _ => return false,
    };
    *draw == ceremony.draw
}

/// The tree's tiles in memory.
pub(super) struct Tiles(BTreeMap<TileId, Vec<TreeHash>>);

impl Tiles {
    pub(super) fn of(entries: &[Vec<u8>]) -> Self {
        let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let mut tiles = Self(BTreeMap::new());
        let stored: Result<Vec<TileContent>, _> = append(&tiles, 0, &leaves);
        tiles.0.extend(stored.unwrap_or_default());
        tiles
    }
}

impl TileReader for Tiles {
    type Error = core::convert::Infallible;

    fn tile(&self, id: TileId, _width: u16) -> Result<Vec<TreeHash>, Self::Error> {
        Ok(self.0.get(&id).cloned().unwrap_or_default())
    }
}
