//! The seed of a ceremony as a certificate states it: the batch's own, or a recusal's. [draw 1]

use super::error::{CertificateError, Field, same};
use super::model::{BeaconRecord, Ceremony};
use crate::beacon::{Beacon, Chain, SCHEME, beacon_round};
use crate::ceremony::{self, Committer, Seed};
use crate::hex::Hex;

impl Ceremony {
    /// The seed from those participants who committed; the others have no part in it.
    pub(super) fn derive_seed(&self) -> Result<Seed, CertificateError> {
        let mut committers = Vec::new();
        let mut before = None;
        for (j, participant) in self.participants.iter().enumerate() {
            same(before < Some(participant.key_id), Field::Participant(j))?; // ascending by key
            before = Some(participant.key_id);
            match (participant.commitment, participant.reveal) {
                (Some(Hex(commitment)), reveal) => committers.push(Committer {
                    key_id: participant.key_id.0,
                    commitment,
                    reveal: reveal.map(|r| r.0),
                }),
                (None, reveal) => same(reveal.is_none(), Field::Participant(j))?,
            }
        }
        Ok(ceremony::seed(&self.pool.0, &committers, &self.rounds()?)?)
    }

    /// The beacons, each at the round that the reveal deadline gives, with its chain's signature.
    fn rounds(&self) -> Result<Vec<Beacon>, CertificateError> {
        let mut rounds = Vec::new();
        for (j, b) in self.beacons.iter().enumerate() {
            let round = beacon_round(self.reveal_deadline, b.genesis, b.period, b.delta);
            same(round == Some(b.round), Field::BeaconRound(j))?;
            same(b.scheme == SCHEME, Field::BeaconScheme(j))?;
            same(b.chain().verify(b.round, &b.signature.0).is_ok(), Field::BeaconSignature(j))?;
            rounds.push(Beacon { chain_hash: b.chain_hash.0, round: b.round, signature: b.signature.0 });
        }
        Ok(rounds)
    }
}

impl BeaconRecord {
    /// The chain that the record describes.
    pub fn chain(&self) -> Chain {
        Chain {
            chain_hash: self.chain_hash.0,
            public_key: self.public_key.0,
            genesis_s: self.genesis,
            period_s: self.period,
        }
    }
}
