//! Lies with perfect hashes: the log is made anew around them, and signed with the ledger's own keys.

use super::keys::{author, key};
use super::place::{Places, number};
use super::saying::{changed, out_of_nothing};
use crate::tamper::forger::{Act, Forged, reorder_of, signature};
use crate::tamper::played::played;
use std::collections::BTreeMap;

/// What is done to the true log before it is made anew.
pub struct Anew {
    order: Vec<usize>,
    acts: BTreeMap<usize, Act>,
    places: Places,
}

impl Anew {
    pub fn of(places: Places) -> Self {
        Self { order: (0..places.len).collect(), acts: BTreeMap::new(), places }
    }

    /// Takes one lie; false if the words are none.
    pub fn tell(&mut self, words: &[&str]) -> bool {
        let places = self.places;
        let at = |word: &str| places.at(word);
        match *words {
            [a, "is", "left", "out"] => drop(self.acts.insert(at(a), Act::Drop)),
            ["everything", "from", a, "to", b, "is", "left", "out"] => {
                self.acts.extend((at(a)..=at(b)).map(|position| (position, Act::Drop)));
            }
            [a, "and", b, "change", "places"] => self.order.swap(at(a), at(b)),
            [a, "and", b, "change", "places", "and", "times"] => {
                let time = |position: usize| played().decoded[position].0.recorded_at;
                self.order.swap(at(a), at(b));
                self.acts.insert(at(a), Act::At(time(at(b))));
                self.acts.insert(at(b), Act::At(time(at(a))));
            }
            [a, "is", "moved", "before", b] => {
                let moved = self.order.remove(at(a));
                self.order.insert(at(b), moved);
                self.acts.insert(moved, Act::At(played().decoded[at(b)].0.recorded_at));
            }
            [a, "is", "recorded", "twice"] => self.order.insert(at(a) + 1, at(a)),
            [a, "is", "recorded", n, "seconds", "later"] => {
                let later = played().decoded[at(a)].0.recorded_at.plus_seconds(number(n) as i64);
                self.acts.insert(at(a), Act::At(later));
            }
            [a, "is", "recorded", n, "seconds", "earlier"] => {
                let earlier = played().decoded[at(a)].0.recorded_at.plus_seconds(-(number(n) as i64));
                self.acts.insert(at(a), Act::At(earlier));
            }
            [a, "is", "stated", "by", who] => drop(self.acts.insert(at(a), Act::As(key(who)))),
            [a, "carries", "a", "signature", "of", "a", "stranger"] => {
                let build = Act::Build(|_, entry| entry.signature = signature(entry, &key("stranger")));
                self.acts.insert(at(a), build);
            }
            [a, "says", what] => drop(self.acts.insert(at(a), self.say(at(a), what))),
            ["before", a, "the", "ledger", "says", what] => {
                self.acts.insert(at(a), Act::Before(out_of_nothing(what)));
            }
            [a, "is", "the", "ledger's", what] => {
                self.acts.insert(at(a), Act::Say(out_of_nothing(what)));
            }
            _ => return false,
        }
        true
    }

    /// Another content, by the ledger itself or signed by the author, who lies along.
    fn say(&self, position: usize, what: &str) -> Act {
        let event = changed(played().event(position), what);
        if played().is_derived(position) {
            Act::Say(event)
        } else {
            Act::Restate(event, Box::new(author(position)))
        }
    }

    /// Whether anything was told.
    pub fn is_told(&self) -> bool {
        !self.acts.is_empty() || !self.order.iter().copied().eq(0..self.places.len)
    }

    pub fn make(mut self) -> Forged {
        reorder_of(played(), self.order, |position, _| self.acts.remove(&position).unwrap_or(Act::Keep))
    }
}
