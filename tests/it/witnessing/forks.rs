//! A log with its own key shows two histories to three witnesses, in every order, and kills them between keeping
//! and answering: whatever it does, no size ever has two heads with a quorum each.

use super::three::{Three, WITNESSES};
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::tile::append;
use lotbook_chain::{
    AddCheckpoint, Checkpoint, Frontier, SigningKey, TileId, TileReader, TreeHash, VerifierKey,
    prove_consistency,
};
use lotbook_tlog::witness::Witness;
use std::collections::{BTreeMap, BTreeSet};

/// Sizes at which the log forks, and how far both branches grow behind it.
const FORKS: u64 = 50;
const GROWTH: u64 = 3;
/// Two of three.
const QUORUM: usize = 2;
const ORIGIN: &str = "forking.example/log";

fn log_key() -> SigningKey {
    SigningKey::from_seed(&[0x11; 32])
}

fn vkey() -> VerifierKey {
    VerifierKey::new(ORIGIN, log_key().public()).unwrap()
}

/// One history, as a log keeps it.
struct Branch {
    leaves: Vec<TreeHash>,
    tiles: BTreeMap<TileId, Vec<TreeHash>>,
}

impl TileReader for Branch {
    type Error = ();

    fn tile(&self, id: TileId, _width: u16) -> Result<Vec<TreeHash>, ()> {
        self.tiles.get(&id).cloned().ok_or(())
    }
}

impl Branch {
    /// The first `fork` entries are those of every branch; those behind are this one's own.
    fn of(name: &str, fork: u64, size: u64) -> Self {
        let entry = |n: u64| if n < fork { format!("entry {n}") } else { format!("entry {n} of {name}") };
        let leaves: Vec<_> = (0..size).map(|n| leaf_hash(entry(n).as_bytes())).collect();
        let empty = Self { leaves: vec![], tiles: BTreeMap::new() };
        let tiles = append(&empty, 0, &leaves).unwrap().into_iter().collect();
        Self { leaves, tiles }
    }

    fn head(&self, size: u64) -> Checkpoint {
        let mut tree = Frontier::new();
        self.leaves[..usize::try_from(size).unwrap()].iter().for_each(|leaf| tree.push(*leaf));
        Checkpoint { origin: ORIGIN.into(), size, root: tree.root() }
    }

    /// The request a log would send to a witness that it believes at `old`.
    fn request(&self, old: u64, size: u64) -> String {
        let checkpoint = self.head(size).sign(&log_key()).unwrap();
        let proof = prove_consistency(self, old, size).unwrap();
        AddCheckpoint { old, proof, checkpoint }.to_string()
    }
}

/// Who has cosigned which head: size and root to witnesses.
#[derive(Default)]
struct Cosigned(BTreeMap<(u64, TreeHash), BTreeSet<usize>>);

impl Cosigned {
    fn add(&mut self, head: &Checkpoint, witness: usize) {
        self.0.entry((head.size, head.root)).or_default().insert(witness);
    }

    /// Heads of a size that have a quorum.
    fn quorums(&self, size: u64) -> usize {
        let of_size = self.0.iter().filter(|((found, _), _)| *found == size);
        of_size.filter(|(_, witnesses)| witnesses.len() >= QUORUM).count()
    }
}

/// The log tries everything it can to have a branch cosigned: from every size it may claim the witness is at.
fn push(witness: &Witness, n: usize, branch: &Branch, sizes: &[u64], cosigned: &mut Cosigned) -> bool {
    let mut some = false;
    for size in sizes {
        for old in 0..=*size {
            if witness.add_checkpoint(branch.request(old, *size).as_bytes()).is_ok() {
                cosigned.add(&branch.head(*size), n);
                some = true;
            }
        }
    }
    some
}

/// Plays one fork; bit n of `first` says which branch witness n sees first, bit n of `killed` whether it dies
/// between keeping its first decision and answering.
fn play(fork: u64, first: u8, killed: u8) {
    let three = Three::down(&vkey());
    let size = fork + GROWTH;
    let branches = [Branch::of("left", fork, size), Branch::of("right", fork, size)];
    let sizes: Vec<u64> = (fork + 1..=size).collect();
    let mut cosigned = Cosigned::default();
    for n in 0..WITNESSES {
        let order = usize::from(first >> n & 1);
        let mut witness = three.open(n);
        if killed >> n & 1 == 1 {
            // What it says is lost: the decision is kept, the answer never goes out.
            witness.add_checkpoint(branches[order].request(0, fork + 1).as_bytes()).unwrap();
            drop(witness);
            witness = three.open(n);
        }
        let seen = push(&witness, n, &branches[order], &sizes, &mut cosigned);
        assert!(seen, "fork at {fork}: the branch that came first is not cosigned by witness {n}");
        let other = push(&witness, n, &branches[1 - order], &sizes, &mut cosigned);
        assert!(!other, "fork at {fork}: witness {n} cosigned both branches");
    }
    for size in &sizes {
        assert!(cosigned.quorums(*size) <= 1, "fork at {fork}: two heads of {size} entries have a quorum");
    }
    // Not vacuous: three witnesses and two branches always give one of them its quorum.
    assert_eq!(cosigned.quorums(size), 1, "fork at {fork}");
}

#[test]
fn a_log_that_forks_at_any_size_up_to_fifty_never_gets_two_cosigned_heads_of_one_size() {
    for fork in 0..FORKS {
        // Every order in which three witnesses can see two branches comes up, with every one of them killed.
        let order = u8::try_from(fork % 8).unwrap();
        play(fork, order, 0);
        play(fork, order, 0b111);
        play(fork, !order & 0b111, u8::try_from(fork / 8).unwrap() & 0b111);
    }
}
