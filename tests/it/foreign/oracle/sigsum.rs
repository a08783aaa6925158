//! The crate `sigsum`, Mullvad's verifier of Sigsum proofs: our tree, head, cosignatures and proofs in its form.
//!
//! Sigsum's tree head is a C2SP checkpoint with an origin of its own and bare keys, its witnesses cosign as
//! tlog-cosignature says, and its leaf is 128 bytes. A log of such leaves is made with lotbook_chain.

use crate::foreign::log::Log;
use data_encoding::HEXLOWER;
use lotbook_chain::{CosignerKey, SigningKey, WitnessTime, cosign, split_note};
use sigsum::{Hash, PolicyBuilder, PublicKey, SigsumSignature, verify};

/// Seeds of keys.
const SUBMITTER: u8 = 60;
const LOG: u8 = 64;
const WITNESSES: [u8; 3] = [61, 62, 63];
const SIZE: u8 = 90;

/// Changes one part of a proof.
type Change = fn(&mut Parts);

/// The parts of a Sigsum proof, so that each can be changed.
#[derive(Clone)]
struct Parts {
    leaf: Vec<u8>,
    size: u64,
    root: [u8; 32],
    signature: Vec<u8>,
    /// Key hash, time, signature.
    cosignatures: Vec<(Vec<u8>, u64, Vec<u8>)>,
    index: u64,
    proof: Vec<[u8; 32]>,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn key_hash(key: &SigningKey) -> Hash {
    Hash::new(key.public().to_bytes())
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

/// The leaf of a message: checksum, the submitter's signature over it, the submitter's key hash.
fn leaf(message: u8) -> Vec<u8> {
    let checksum = Hash::new(Hash::new([message]));
    let signed = [b"sigsum.org/v1/tree-leaf\0".as_slice(), checksum.as_ref()].concat();
    [checksum.as_ref(), &key(SUBMITTER).sign(&signed).0, key_hash(&key(SUBMITTER)).as_ref()].concat()
}

fn parts(index: u8) -> Parts {
    let log_key = key(LOG);
    let origin = format!("sigsum.org/v1/tree/{}", hex(key_hash(&log_key)));
    let log = Log::new(&origin, log_key, (0..SIZE).map(leaf).collect());
    let (size, index) = (log.size(), u64::from(index));
    let (text, lines) = split_note(&log.head(size)).unwrap();
    let cosignatures = WITNESSES.iter().map(|seed| {
        let witness = CosignerKey::new("a-witness", key(*seed).public()).unwrap();
        let time = 1_700_000_000 + u64::from(*seed);
        let line = cosign(&text, &witness, &key(*seed), WitnessTime::new(time).unwrap()).unwrap();
        (key_hash(&key(*seed)).as_ref().to_vec(), time, line.bytes[8..].to_vec())
    });
    Parts {
        leaf: log.entry(index).to_vec(),
        size,
        root: log.root(size).0,
        signature: lines[0].bytes.clone(),
        cosignatures: cosignatures.collect(),
        index,
        proof: log.inclusion(index, size).iter().map(|hash| hash.0).collect(),
    }
}

impl Parts {
    /// Whether Sigsum's verifier takes it as the proof of the message, with two of the three witnesses.
    fn proves(&self, message: u8) -> bool {
        let mut policy = PolicyBuilder::new();
        policy.add_log(key(LOG).public().to_bytes().into(), None).unwrap();
        for (n, seed) in WITNESSES.iter().enumerate() {
            policy.add_witness(format!("w{n}"), key(*seed).public().to_bytes().into(), None).unwrap();
        }
        let names = (0..WITNESSES.len()).map(|n| format!("w{n}")).collect();
        policy.add_group("two".into(), 2, names).unwrap().set_quorum("two".into()).unwrap();
        let submitters: [PublicKey; 1] = [key(SUBMITTER).public().to_bytes().into()];
        let proof = SigsumSignature::from_ascii(&self.text()).unwrap();
        verify(&Hash::new([message]), &proof, &submitters, &policy.build()).is_ok()
    }

    fn text(&self) -> String {
        let (signature, submitter) = (hex(&self.leaf[32..96]), hex(&self.leaf[96..]));
        let mut text =
            format!("version=2\nlog={}\nleaf={submitter} {signature}\n\n", hex(key_hash(&key(LOG))));
        text += &format!(
            "size={}\nroot_hash={}\nsignature={}\n",
            self.size,
            hex(self.root),
            hex(&self.signature)
        );
        for (key_hash, time, signature) in &self.cosignatures {
            text += &format!("cosignature={} {time} {}\n", hex(key_hash), hex(signature));
        }
        text += &format!("\nleaf_index={}\n", self.index);
        self.proof.iter().for_each(|hash| text += &format!("node_hash={}\n", hex(hash)));
        text
    }
}

#[test]
fn sigsum_verifies_our_heads_cosignatures_and_proofs() {
    for index in 0..SIZE {
        assert!(parts(index).proves(index), "leaf {index}");
    }
}

#[test]
fn sigsum_needs_our_cosignatures_for_the_quorum() {
    let mut two = parts(7);
    two.cosignatures.truncate(2);
    assert!(two.proves(7));
    two.cosignatures.truncate(1);
    assert!(!two.proves(7));
}

#[test]
fn sigsum_refuses_each_part_when_it_is_changed() {
    let changes: [(&str, Change); 10] = [
        ("leaf", |parts| parts.leaf[40] ^= 1),
        ("size", |parts| parts.size += 1),
        ("root", |parts| parts.root[0] ^= 1),
        ("signature", |parts| parts.signature[9] ^= 1),
        ("cosignature", |parts| parts.cosignatures[1].2[20] ^= 1),
        ("time of a cosignature", |parts| parts.cosignatures[1].1 += 1),
        ("index", |parts| parts.index ^= 1),
        ("hash", |parts| parts.proof[3][31] ^= 1),
        ("proof cut", |parts| parts.proof.truncate(5)),
        ("hashes swapped", |parts| parts.proof.swap(0, 1)),
    ];
    for (name, change) in changes {
        let mut changed = parts(33);
        change(&mut changed);
        assert!(!changed.proves(33), "{name}");
    }
    assert!(!parts(33).proves(34), "another message");
}
