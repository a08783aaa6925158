//! Whose key a word means: `stranger`, `system`, `checkpoint`, or the file of a person's key, `section_officer-S01`.

use crate::tamper::forger::stranger;
use crate::tamper::played::played;
use lotbook_chain::SigningKey;

pub fn key(word: &str) -> SigningKey {
    let key = match word {
        "stranger" => return stranger(),
        "system" => &played().system,
        "checkpoint" => &played().checkpoint,
        person => played().people.get(person).unwrap_or_else(|| panic!("nobody has a key {person}")),
    };
    again(key)
}

/// The key of an entry's author, whose word the operator can have.
pub fn author(position: usize) -> SigningKey {
    let author = played().author(position);
    let of_ledger = [&played().system];
    let mut all = played().people.values().chain(of_ledger);
    all.find(|key| key.public().key_id() == author).map(again).expect("every author's key is kept")
}

/// The same key once more.
pub fn again(key: &SigningKey) -> SigningKey {
    SigningKey::from_seed(&key.seed())
}
