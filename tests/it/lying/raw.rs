//! Lies in bytes: something is changed in the file, and nothing else; hashes, numbers and signatures stay.

use super::keys::key;
use super::place::{Places, number};
use crate::tamper::forger::signature;
use lotbook_chain::{Entry, Signature};

/// Where a field of an entry begins (protocol.md [P-1]).
const FIELDS: [(&str, usize); 7] = [
    ("suite", 0),
    ("position", 1),
    ("time", 9),
    ("previous", 17),
    ("author", 49),
    ("signature", 81),
    ("statement", 145),
];
/// The order of the group of Ed25519, little-endian: a signature's scalar plus this is the same scalar.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Tells one lie in bytes; false if the words are no such lie.
pub fn tell(words: &[&str], entries: &mut Vec<Vec<u8>>, places: Places) -> bool {
    let at = |word: &str| places.at(word);
    match *words {
        ["the", field, "of", entry, "is", "changed"] => change(&mut entries[at(entry)], field),
        [entry, "is", "cut", "to", n, "bytes"] => entries[at(entry)].truncate(number(n)),
        [entry, "has", n, "bytes", "more"] => {
            entries[at(entry)].extend(std::iter::repeat_n(0, number(n)));
        }
        [entry, "is", "left", "out"] => drop(entries.remove(at(entry))),
        ["everything", "from", a, "to", b, "is", "left", "out"] => drop(entries.drain(at(a)..=at(b))),
        ["a", "copy", "of", a, "is", "put", "before", b] => entries.insert(at(b), entries[at(a)].clone()),
        ["noise", "is", "put", "before", b] => entries.insert(at(b), vec![0x5a; 300]),
        [a, "and", b, "change", "places"] => entries.swap(at(a), at(b)),
        [a, "is", "moved", "before", b] => {
            let moved = entries.remove(at(a));
            entries.insert(at(b), moved);
        }
        [a, "carries", "the", "signature", "of", b] => {
            let other = Entry::decode(&entries[at(b)]).unwrap().signature;
            sign(&mut entries[at(a)], |_| other);
        }
        [a, "carries", "a", "signature", "of", "zeros"] => sign(&mut entries[at(a)], |_| Signature([0; 64])),
        [a, "carries", "its", "signature", "in", "another", "form"] => sign(&mut entries[at(a)], malleable),
        [a, "is", "signed", "by", who] => sign(&mut entries[at(a)], |entry| signature(entry, &key(who))),
        _ => return false,
    }
    true
}

fn change(entry: &mut [u8], field: &str) {
    let last = entry.len() - 1;
    let begin = FIELDS.iter().find(|(name, _)| *name == field).map(|(_, begin)| *begin);
    let at = if field == "last-byte" { Some(last) } else { begin };
    entry[at.unwrap_or_else(|| panic!("an entry has no field {field}"))] ^= 1;
}

fn sign(bytes: &mut Vec<u8>, signature: impl FnOnce(&Entry) -> Signature) {
    let mut entry = Entry::decode(bytes).unwrap();
    entry.signature = signature(&entry);
    *bytes = entry.encode().unwrap();
}

/// The same signature with the scalar S + L, which a lax verifier takes, too (RFC 8032 section 8.4).
fn malleable(entry: &Entry) -> Signature {
    let mut signature = entry.signature.0;
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    Signature(signature)
}
