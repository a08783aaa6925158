//! A small log and its files, made from the definitions: nothing of the code that is tested is used.

use crate::source::{Source, SourceError};
use lotbook_chain::bundle::{encode_entries, encode_hashes};
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{Checkpoint, SigningKey, TilePath, TreeHash, VerifierKey, root};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

/// Entry i is `record <i>`, as in the published tree of 300 entries.
pub struct TrialLog {
    pub origin: String,
    pub key: SigningKey,
    pub entries: Vec<Vec<u8>>,
    leaves: Vec<TreeHash>,
}

/// Files by path, `checkpoint` among them, as a source.
#[derive(Default)]
pub struct Files(pub Mutex<BTreeMap<String, Vec<u8>>>);

impl TrialLog {
    pub fn new(origin: &str, seed: u8, count: usize) -> Self {
        Self::of(origin, seed, (0..count).map(|i| format!("record {i}").into_bytes()).collect())
    }

    pub fn of(origin: &str, seed: u8, entries: Vec<Vec<u8>>) -> Self {
        let leaves = entries.iter().map(|entry| leaf_hash(entry)).collect();
        Self { origin: origin.into(), key: SigningKey::from_seed(&[seed; 32]), entries, leaves }
    }

    pub fn vkey(&self) -> VerifierKey {
        VerifierKey::new(&self.origin, self.key.public()).unwrap()
    }

    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        let leaves = &self.leaves[..usize::try_from(size).unwrap()];
        Checkpoint { origin: self.origin.clone(), size, root: root(leaves) }
    }

    pub fn note(&self, size: u64) -> String {
        self.checkpoint(size).sign(&self.key).unwrap()
    }

    /// The consistency proof by RFC 6962 section 2.1.2, word for word.
    pub fn prove(&self, from: u64, to: u64) -> Vec<TreeHash> {
        let (from, to) = (usize::try_from(from).unwrap(), usize::try_from(to).unwrap());
        if from == 0 || from == to { Vec::new() } else { subproof(from, &self.leaves[..to], true) }
    }

    /// Every file of a log of `size` entries.
    pub fn files(&self, size: u64) -> BTreeMap<String, Vec<u8>> {
        let mut files: BTreeMap<String, Vec<u8>> =
            TilePath::all(size).map(|path| (path.to_string(), self.tile(path))).collect();
        files.insert("checkpoint".into(), self.note(size).into_bytes());
        files
    }

    fn tile(&self, path: TilePath) -> Vec<u8> {
        let width = usize::from(path.width());
        match path {
            TilePath::Entries { index, .. } => {
                let start = usize::try_from(index).unwrap() * 256;
                encode_entries(&self.entries[start..start + width]).unwrap()
            }
            TilePath::Hashes { id, .. } => {
                let leaves = 256_usize.pow(u32::from(id.level));
                let start = usize::try_from(id.index).unwrap() * 256;
                let hashes: Vec<TreeHash> = (start..start + width)
                    .map(|i| root(&self.leaves[i * leaves..(i + 1) * leaves]))
                    .collect();
                encode_hashes(&hashes)
            }
        }
    }
}

fn subproof(m: usize, leaves: &[TreeHash], whole: bool) -> Vec<TreeHash> {
    let n = leaves.len();
    if m == n {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let k = n.div_ceil(2).next_power_of_two();
    let (mut proof, sibling) = if m <= k {
        (subproof(m, &leaves[..k], whole), root(&leaves[k..]))
    } else {
        (subproof(m - k, &leaves[k..], false), root(&leaves[..k]))
    };
    proof.push(sibling);
    proof
}

impl Files {
    pub fn of(files: BTreeMap<String, Vec<u8>>) -> Self {
        Self(Mutex::new(files))
    }

    /// What a folder holds, by path below it.
    pub fn in_folder(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                    files.insert(name, std::fs::read(path).unwrap());
                }
            }
        }
        files
    }

    pub fn change(&self, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change(self.0.lock().unwrap().get_mut(path).unwrap());
    }

    fn get(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        let missing = || SourceError::NotFound { place: path.into() };
        self.0.lock().unwrap().get(path).cloned().ok_or_else(missing)
    }
}

impl Source for Files {
    fn checkpoint(&self) -> Result<String, SourceError> {
        Ok(String::from_utf8(self.get("checkpoint")?).unwrap())
    }

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, SourceError> {
        self.get(&path.to_string())
    }

    fn place(&self) -> String {
        "memory".into()
    }
}
