//! The scene of a case: the true log, the history that the liar shows instead, and what everybody saw before.

use super::anew::Anew;
use super::history::History;
use super::liar::{Call, Liar, Mangled};
use super::place::Places;
use super::refusing::Refusing;
use super::{case::Case, keys, raw};
use crate::tamper::forger::Forged;
use crate::tamper::played::{Played, played};
use lotbook_chain::Checkpoint;
use std::sync::OnceLock;

/// Everything that the observers meet.
pub struct Scene {
    pub places: Places,
    pub truth: History,
    pub liar: Liar,
    /// The log made anew, if it was.
    forged: Option<Forged>,
    /// Size of the honest head that the verifier, the monitor and the client have seen before.
    pub verifier_saw: Option<usize>,
    pub monitor_saw: Option<usize>,
    pub client_saw: Option<usize>,
    /// What the client asks for, while the ledger is honest and then when it lies.
    pub first: Vec<String>,
    pub asks: Vec<String>,
    pub refusing: Option<Refusing>,
}

impl Scene {
    pub fn of(case: &Case, fork: Option<usize>) -> Self {
        let everything = Places { len: played().entries.len(), fork };
        let (given, seen) = case.given.split_first().expect("a log is given");
        let last = given.strip_prefix("the log up to ").expect("the log is given first");
        let places = Places { len: everything.at(last) + 1, fork };
        let truth = History::of(played().entries[..places.len].to_vec());
        let mut scene = Self {
            places,
            liar: Liar::of(truth.clone(), truth.clone()),
            truth,
            forged: None,
            verifier_saw: None,
            monitor_saw: None,
            client_saw: None,
            first: vec![],
            asks: vec![],
            refusing: None,
        };
        seen.iter().for_each(|line| scene.give(line));
        scene.lie(&case.when);
        scene
    }

    fn give(&mut self, line: &str) {
        let words: Vec<_> = line.split(' ').collect();
        let [who, "has" | "have", "seen", "the", "head", "after", place] = words.as_slice() else {
            panic!("given {line}: what is that?")
        };
        let saw = Some(self.places.at(place) + 1);
        match *who {
            "all" => (self.verifier_saw, self.monitor_saw, self.client_saw) = (saw, saw, saw),
            "verifier" => self.verifier_saw = saw,
            "monitor" => self.monitor_saw = saw,
            "client" => self.client_saw = saw,
            other => panic!("given {line}: who is {other}?"),
        }
    }

    /// Lies about the whole log first, then in bytes, then about heads and proofs.
    fn lie(&mut self, lines: &[String]) {
        let mut anew = Anew::of(self.places);
        let mut rest = vec![];
        for line in lines {
            match line.strip_prefix("anew: ") {
                Some(line) => {
                    let words: Vec<_> = line.split(' ').collect();
                    assert!(anew.tell(&words), "when anew: {line}: what is that?");
                }
                None => rest.push(line.as_str()),
            }
        }
        if anew.is_told() {
            let forged = anew.make();
            self.liar.lie = History::of(forged.entries.clone());
            self.forged = Some(forged);
        }
        for line in rest {
            let words: Vec<_> = line.split(' ').collect();
            let places = self.places;
            let known = raw::tell(&words, &mut self.liar.lie.entries, places)
                || self.lie_of_heads(&words)
                || self.lie_of_proofs(&words)
                || self.questions(&words)
                || Refusing::tell(self, &words);
            assert!(known, "when {line}: what is that?");
        }
    }

    fn lie_of_heads(&mut self, words: &[&str]) -> bool {
        let places = self.places;
        let lie = &mut self.liar.lie;
        match *words {
            // In bytes was lied, and now the ledger signs it.
            ["the", "tree", "is", "of", "the", "lie"] => *lie = History::of(lie.entries.clone()),
            ["the", "log", "ends", "after", place] => {
                *lie = History::of(lie.entries[..=places.at(place)].to_vec());
            }
            ["the", "newest", "head", "is", "that", "after", place] => lie.show(places.at(place) + 1),
            ["the", "newest", "head", "is", "of", "nothing"] => lie.show(0),
            ["the", "head", "is", "signed", "by", who] => lie.note = sign(lie, |_| (), who),
            ["the", "signed", "head", "has", what] => {
                lie.note = sign(lie, |head| bend(head, what), "checkpoint")
            }
            ["the", "head", "file", "has", what] => lie.note = bend_note(&lie.note, what),
            ["the", "log", "is", "that", "of", "another", "office"] => *lie = another_office(None),
            ["the", "log", "is", "that", "of", "another", "office", "under", "this", "name", "and", who] => {
                *lie = another_office(Some(who));
            }
            ["the", "log", "is", "this", "one", "under", "the", "key", "of", who] => {
                *lie = History::signed(lie.entries.clone(), &lie.origin, &keys::key(who));
            }
            ["the", "log", "is", "this", "one", "under", "the", "name", name] => {
                *lie = History::signed(lie.entries.clone(), name, &keys::key("checkpoint"));
            }
            _ => return false,
        }
        true
    }

    fn lie_of_proofs(&mut self, words: &[&str]) -> bool {
        let places = self.places;
        match *words {
            ["inclusion", "proofs", "are", how] => self.liar.inclusion = Mangled::named(how),
            ["consistency", "proofs", "are", how] => self.liar.consistency = Mangled::named(how),
            ["the", "tile", "has", "another", "hash", "at", place] => {
                self.liar.files.hash = Some(places.at(place));
            }
            ["the", "tile", "has", n, "bytes", "less"] => self.liar.files.tile_less = places.at(n),
            ["the", "bundle", "has", n, "bytes", "less"] => self.liar.files.bundle_less = places.at(n),
            ["the", "bundle", "has", n, "bytes", "more"] => self.liar.files.bundle_more = places.at(n),
            ["the", "bundle", "has", "another", "byte", "at", place] => {
                self.liar.files.byte = Some(places.at(place));
            }
            ["receipts", "have", "no", "receipt"] => self.liar.no_receipt = true,
            ["receipts", "are", "those", "of", place] => self.liar.receipt_of = Some(places.at(place)),
            ["batches", "have", n, "entries"] => self.liar.batch = places.at(n),
            ["only", calls, "lies"] | ["only", calls, "lie"] => {
                self.liar.only = Some(calls.split(',').map(Call::named).collect());
            }
            _ => return false,
        }
        true
    }

    fn questions(&mut self, words: &[&str]) -> bool {
        match words {
            ["the", "client", "asks", "for", what @ ..] => self.asks.push(what.join(" ")),
            ["the", "client", "first", "asks", "for", what @ ..] => self.first.push(what.join(" ")),
            _ => return false,
        }
        true
    }

    /// The position that a verdict names: where something stands in the true log, or `new:`, in the lie.
    pub fn named(&self, word: &str) -> u64 {
        let place = match word.strip_prefix("new:") {
            Some(word) => {
                let forged = self.forged.as_ref().expect("only a log made anew has other places");
                forged.place(self.places.at(word))
            }
            None => self.places.at(word),
        };
        place as u64
    }
}

/// The lie's head, bent and signed by a key.
fn sign(lie: &History, bend: impl FnOnce(&mut Checkpoint), who: &str) -> String {
    let mut head = lie.head_of(lie.size);
    bend(&mut head);
    head.sign(&keys::key(who)).unwrap()
}

fn bend(head: &mut Checkpoint, what: &str) {
    match what {
        "another-root" => head.root.0[0] ^= 1,
        "one-leaf-more" => head.size += 1,
        "one-leaf-less" => head.size -= 1,
        "another-origin" => head.origin = "elsewhere.example/log".into(),
        other => panic!("a signed head cannot have {other}"),
    }
}

/// A note changed after it was signed.
fn bend_note(note: &str, what: &str) -> String {
    match what {
        "no-signature" => note.split_inclusive('\n').take(4).collect(),
        "no-last-line-end" => note.trim_end().to_owned(),
        "another-size" => {
            let mut lines: Vec<_> = note.split('\n').map(str::to_owned).collect();
            lines[1].push('0');
            lines.join("\n")
        }
        "half-of-its-bytes" => note[..note.len() / 2].to_owned(),
        other => panic!("a head's file cannot have {other}"),
    }
}

/// A year of another office, under its own name and key, or in this ledger's name and signed by a key.
fn another_office(signer: Option<&str>) -> History {
    static OTHER: OnceLock<Played> = OnceLock::new();
    let other = OTHER.get_or_init(|| Played::random(1));
    let entries = other.entries[..60.min(other.entries.len())].to_vec();
    match signer {
        None => History::signed(entries, &other.origin, &other.checkpoint),
        Some(who) => History::signed(entries, &played().origin, &keys::key(who)),
    }
}
