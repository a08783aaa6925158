//! What lotbook_chain says of a case: judged on our own corpus, and on what foreign implementations made.

use super::case::What;
use lotbook_chain::add_checkpoint::decide;
use lotbook_chain::bundle::{decode_entries, decode_hashes};
use lotbook_chain::entry::{entry_hash, leaf_hash};
use lotbook_chain::{
    AddCheckpoint, Checkpoint, Cosigned, Entry, EntryHash, Policy, TILE_WIDTH, TileId, TilePath, TlogProof,
    TreeHash, VerifierKey, WitnessRefusal, root, verify_consistency, verify_inclusion,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Judges cases of the corpus in a folder, in their order: a witness remembers what it cosigned.
pub struct Judge {
    dir: PathBuf,
    /// What the witness of each session cosigned last.
    sessions: BTreeMap<String, Cosigned>,
}

impl Judge {
    pub fn of(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), sessions: BTreeMap::new() }
    }

    /// Whether it is accepted; for a witness's answer, whether the answer is the one of the case.
    pub fn accepts(&mut self, what: &What) -> bool {
        match what {
            What::Inclusion { index, size, entry, root, proof } => {
                verify_inclusion(leaf_hash(entry), *index, *size, proof, *root).is_ok()
            }
            What::Consistency { old, new, old_root, new_root, proof } => {
                verify_consistency(*old, *old_root, *new, *new_root, proof).is_ok()
            }
            What::Checkpoint { vkey, file } => self.checkpoint(vkey, file).is_some(),
            What::Cosigned { policy, file } => self.cosigned(policy, file).is_some(),
            What::Proof { vkey, file } => self.proof(vkey, file).is_some(),
            What::Tiles { vkey, folder } => self.log(vkey, folder).is_some(),
            What::Ledger { vkey, folder } => self.log(vkey, folder).is_some_and(|entries| is_chain(&entries)),
            What::Hashes { vkey, folder } => self.hashes(vkey, folder).is_some(),
            What::Path(text) => text.parse::<TilePath>().is_ok(),
            What::Vkey(text) => text.parse::<VerifierKey>().is_ok(),
            What::Witness { status, session, vkey, file } => {
                self.answer(session, vkey, file).as_deref() == Some(status)
            }
        }
    }

    fn read(&self, file: &str) -> Option<Vec<u8>> {
        std::fs::read(self.dir.join(file)).ok()
    }

    fn text(&self, file: &str) -> Option<String> {
        String::from_utf8(self.read(file)?).ok()
    }

    fn checkpoint(&self, vkey: &str, file: &str) -> Option<Checkpoint> {
        Checkpoint::open(&self.text(file)?, &vkey.parse().ok()?).ok()
    }

    fn cosigned(&self, policy: &str, file: &str) -> Option<Checkpoint> {
        let policy: Policy = self.text(policy)?.parse().ok()?;
        Some(policy.open(&self.text(file)?).ok()?.checkpoint)
    }

    fn proof(&self, vkey: &str, file: &str) -> Option<Checkpoint> {
        let proof: TlogProof = self.text(file)?.parse().ok()?;
        let leaf = leaf_hash(proof.extra.as_ref()?);
        proof.verify(leaf, &vkey.parse().ok()?).ok()
    }

    /// The leaf hashes of a log whose tiles of all levels lead to its checkpoint.
    fn hashes(&self, vkey: &str, folder: &str) -> Option<Vec<TreeHash>> {
        let size = self.checkpoint(vkey, &format!("{folder}/checkpoint"))?.size;
        let mut levels: Vec<Vec<TreeHash>> = vec![Vec::new()];
        for path in TilePath::all(size) {
            if let TilePath::Hashes { id: TileId { level, .. }, width } = path {
                levels.resize(usize::from(level) + 1, Vec::new());
                let tile = self.read(&format!("{folder}/{path}"))?;
                levels.last_mut()?.extend(decode_hashes(&tile, width).ok()?);
            }
        }
        let is_root = |(below, above): (&Vec<TreeHash>, &Vec<TreeHash>)| {
            below.chunks_exact(usize::from(TILE_WIDTH)).map(root).eq(above.iter().copied())
        };
        let led = levels.iter().zip(levels.iter().skip(1)).all(is_root);
        let leaves = levels.into_iter().next()?;
        let states = self.checkpoint(vkey, &format!("{folder}/checkpoint"))?.root;
        (led && root(&leaves) == states).then_some(leaves)
    }

    /// The entries of such a log, each of which has its leaf hash.
    fn log(&self, vkey: &str, folder: &str) -> Option<Vec<Vec<u8>>> {
        let leaves = self.hashes(vkey, folder)?;
        let size = u64::try_from(leaves.len()).ok()?;
        let mut entries = Vec::new();
        for path in TilePath::all(size) {
            if let TilePath::Entries { width, .. } = path {
                let bundle = self.read(&format!("{folder}/{path}"))?;
                entries.extend(decode_entries(&bundle, width).ok()?);
            }
        }
        entries.iter().map(|entry| leaf_hash(entry)).eq(leaves).then_some(entries)
    }

    /// The witness's answer, after which it remembers what it cosigned.
    fn answer(&mut self, session: &str, vkey: &str, file: &str) -> Option<String> {
        let text = self.text(file)?;
        let known = self.sessions.entry(session.to_owned()).or_insert(Cosigned::NOTHING);
        Some(match answer(&text, vkey, *known) {
            Ok(checkpoint) => {
                *known = Cosigned { size: checkpoint.size, root: checkpoint.root };
                "200".to_owned()
            }
            Err(WitnessRefusal::OtherOld { known }) => format!("409:{known}"),
            Err(refusal) => refusal.status().to_string(),
        })
    }
}

fn answer(request: &str, vkey: &str, known: Cosigned) -> Result<Checkpoint, WitnessRefusal> {
    let request: AddCheckpoint = request.parse()?;
    let log: VerifierKey = vkey.parse().expect("the session has a key");
    let origin = request.origin()?;
    if origin != log.name() {
        return Err(WitnessRefusal::UnknownOrigin(origin));
    }
    decide(&request, &log, known)
}

/// Whether every entry has its position and the hash of the one before.
fn is_chain(entries: &[Vec<u8>]) -> bool {
    let mut previous = EntryHash::ZERO;
    entries.iter().zip(0_u64..).all(|(bytes, position)| {
        let linked = Entry::decode(bytes)
            .is_ok_and(|entry| entry.position.0 == position && entry.previous == previous);
        previous = entry_hash(bytes);
        linked
    })
}
