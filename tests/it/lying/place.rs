//! Where something is: `genesis`, `ItemProposed/2`, `Heartbeat/last`, `last`, `end`, `fork`, a number; also `+1`.
//!
//! The played log's keys and seeds are random, its order is not: an entry is named by its event and count.

use crate::tamper::played::played;

/// What the words of places are read against.
#[derive(Clone, Copy)]
pub struct Places {
    /// Entries of the true log.
    pub len: usize,
    /// Where it forks, if it does.
    pub fork: Option<usize>,
}

impl Places {
    /// The position that a word names.
    pub fn at(&self, word: &str) -> usize {
        if let Some((word, more)) = word.split_once('+') {
            return self.at(word) + number(more);
        }
        // No event has a hyphen in its name.
        if let Some((word, less)) = word.split_once('-') {
            return self.at(word) - number(less);
        }
        match word {
            "genesis" => 0,
            "last" => self.len - 1,
            "end" => self.len,
            "fork" => self.fork.expect("the file says nothing of a fork"),
            word => match word.split_once('/') {
                Some((name, count)) => self.event(name, count),
                None => number(word),
            },
        }
    }

    fn event(&self, name: &str, count: &str) -> usize {
        let all: Vec<_> = played().all(name).into_iter().filter(|at| *at < self.len).collect();
        let found = if count == "last" { all.last() } else { all.get(number(count) - 1) };
        *found.unwrap_or_else(|| panic!("there is no {name}/{count} in this log"))
    }
}

pub fn number(word: &str) -> usize {
    word.parse().unwrap_or_else(|_| panic!("{word} is no number and no place"))
}
