//! Substitutions against a reference that knows only tables of booleans and sorts everybody. [draw 6]

use lotbook_draw::{Board, ConflictRow, InspectorRow, Pool, SecondPool, StageKey, SubstituteError};
use proptest::prelude::*;

use crate::sample::{Dice, firm, person, seats};

const LEVELS: [&[&str]; 4] = [&[], &["a"], &["b"], &["a", "b"]];

/// One pool as tables: `None` = no row; else eligible, level; and the conflicts.
#[derive(Clone)]
struct Table {
    people: Vec<Option<(bool, usize)>>,
    conflict: Vec<Vec<bool>>,
}

/// The reference: a batch in numbers. Everything is looked up and nothing is remembered.
#[derive(Clone)]
struct Reference {
    tables: [Table; 2],
    team: Vec<Vec<String>>,
    held: Vec<usize>,
    hi: usize,
    gone: Vec<bool>,
    barred: Vec<Vec<bool>>,
}

impl Reference {
    fn eligible(&self, p: usize) -> bool {
        !self.gone[p] && self.tables.iter().all(|t| t.people[p].is_some_and(|(eligible, _)| eligible))
    }

    fn allowed(&self, s: usize, p: usize) -> bool {
        let (f, seat) = (s / self.team.len(), &self.team[s % self.team.len()]);
        let fits =
            |level: usize| seat.is_empty() || LEVELS[level].iter().any(|q| seat.contains(&q.to_string()));
        let in_both = self
            .tables
            .iter()
            .all(|t| !t.conflict[f][p] && t.people[p].is_some_and(|(_, level)| fits(level)));
        in_both && !self.barred[f][p]
    }

    fn in_team(&self, held: &[Option<usize>], s: usize, p: usize) -> bool {
        held.chunks(self.team.len()).nth(s / self.team.len()).unwrap().contains(&Some(p))
    }

    fn leave(&mut self, slots: &[usize], x: usize) {
        for s in slots {
            self.barred[s / self.team.len()][x] = true;
        }
    }

    /// The exhausted slot, if any; only then nothing changed.
    fn withdraw(&mut self, x: usize, key: &[u8; 32]) -> Option<usize> {
        let slots: Vec<usize> = (0..self.held.len()).filter(|&s| self.held[s] == x).collect();
        self.leave(&slots, x);
        self.gone[x] = true;
        let mut held: Vec<Option<usize>> = self.held.iter().map(|&p| Some(p).filter(|&p| p != x)).collect();
        for s in slots {
            let load = |p: usize| held.iter().filter(|&&h| h == Some(p)).count();
            let ticket = |p: usize| {
                let id = format!("I{p:05}");
                let message = [&6_u64.to_le_bytes(), id.as_bytes(), &(s as u64).to_le_bytes()].concat();
                *blake3::keyed_hash(key, &message).as_bytes()
            };
            let mut all: Vec<usize> = (0..self.gone.len())
                .filter(|&p| self.eligible(p) && self.allowed(s, p) && load(p) <= self.hi)
                .filter(|&p| !self.in_team(&held, s, p))
                .collect();
            all.sort_by_key(|&p| (ticket(p), p));
            match all.first() {
                Some(&p) => held[s] = Some(p),
                None => return Some(s),
            }
        }
        self.held = held.into_iter().map(Option::unwrap).collect();
        None
    }

    fn swap(&mut self, x: usize, slots: &[usize], key: &[u8; 32]) -> Option<usize> {
        self.leave(slots, x);
        let mut held: Vec<Option<usize>> = self.held.iter().copied().map(Some).collect();
        for &s in slots {
            let mut all: Vec<usize> = (0..held.len())
                .filter(|&z| z / self.team.len() != s / self.team.len() && held[z] != Some(x))
                .filter(|&z| self.eligible(held[z].unwrap()) && self.allowed(s, held[z].unwrap()))
                .filter(|&z| self.allowed(z, x))
                .filter(|&z| !self.in_team(&held, s, held[z].unwrap()) && !self.in_team(&held, z, x))
                .collect();
            all.sort_by_key(|&z| (*blake3::keyed_hash(key, &(z as u64).to_le_bytes()).as_bytes(), z));
            match all.first() {
                Some(&z) => held.swap(s, z),
                None => return Some(s),
            }
        }
        self.held = held.into_iter().map(Option::unwrap).collect();
        None
    }
}

fn table(dice: &mut Dice, firms: usize, people: usize, complete: bool) -> Table {
    let row =
        |dice: &mut Dice| (complete || !dice.percent(8)).then(|| (!dice.percent(12), dice.below(4) as usize));
    let people: Vec<_> = (0..people).map(|_| row(dice)).collect();
    let conflict =
        (0..firms).map(|_| people.iter().map(|p| p.is_some() && dice.percent(12)).collect()).collect();
    Table { people, conflict }
}

impl Table {
    fn rows(&self) -> (Vec<InspectorRow>, Vec<ConflictRow>) {
        let row = |(p, row): (usize, &Option<(bool, usize)>)| {
            row.map(|(eligible, level)| InspectorRow {
                eligible,
                reason: if eligible { String::new() } else { "on_leave".into() },
                ..person(p, LEVELS[level])
            })
        };
        let mut conflicts = Vec::new();
        for (f, people) in self.conflict.iter().enumerate() {
            for p in (0..people.len()).filter(|&p| people[p]) {
                conflicts.push(ConflictRow { uscc: format!("F{f:05}"), inspector_id: format!("I{p:05}") });
            }
        }
        (self.people.iter().enumerate().filter_map(row).collect(), conflicts)
    }
}

/// A batch whose teams are distinct people; pairs in conflict may sit in it, as after a late conflict.
fn reference(dice: &mut Dice) -> Reference {
    let teams =
        [seats(&[&[], &[]]), seats(&[&["a"], &[]]), seats(&[&["a"], &["b"], &[]]), seats(&[&["b"], &["a"]])];
    let team = teams[dice.below(4) as usize].clone();
    let (firms, people) = (1 + dice.below(5) as usize, team.len() + 1 + dice.below(6) as usize);
    let mut held: Vec<usize> = Vec::new();
    while held.len() < firms * team.len() {
        let p = dice.below(people as u64) as usize;
        let first = held.len() - held.len() % team.len();
        if !held[first..].contains(&p) {
            held.push(p);
        }
    }
    let tables = [table(dice, firms, people, true), table(dice, firms, people, false)];
    let (gone, barred) = (vec![false; people], vec![vec![false; people]; firms]);
    Reference { tables, team, held, hi: dice.below(4) as usize, gone, barred }
}

/// What happened over all cases, so that the test is known to have met every branch.
#[derive(Default)]
struct Met {
    filled: [usize; 3],
    exhausted: [usize; 3],
    refused: usize,
}

fn key(dice: &mut Dice) -> [u8; 32] {
    let mut key = [0; 32];
    key.chunks_mut(8).for_each(|c| c.copy_from_slice(&dice.roll().to_le_bytes()));
    key
}

fn compare(start: u64, met: &mut Met) {
    let dice = &mut Dice(start);
    let mut slow = reference(dice);
    let objects = (0..slow.barred.len()).map(|f| firm(f, "")).collect();
    let (rows, conflicts) = slow.tables[0].rows();
    let pool = Pool::new(objects, rows, conflicts).unwrap();
    let names = |held: &[usize]| held.iter().map(|p| format!("I{p:05}")).collect::<Vec<_>>();
    let team = slow.team.clone();
    let firms: Vec<&str> = pool.objects().iter().map(|o| o.uscc.as_str()).collect();
    let mut fast = Board::new(&pool, &team, &firms, slow.hi as u32, &names(&slow.held)).unwrap();
    for _ in 0..4 {
        let key = key(dice);
        let x = slow.held[dice.below(slow.held.len() as u64) as usize];
        let id = format!("I{x:05}");
        slow.tables[1] = table(dice, slow.barred.len(), slow.gone.len(), false);
        let (rows, conflicts) = slow.tables[1].rows();
        let second = SecondPool::new(&pool, rows, conflicts).unwrap();
        let stage = StageKey::from_bytes(key);
        let kind = dice.below(3) as usize;
        let (done, exhausted) = match kind {
            0 => (fast.withdraw(&second, &id, &stage).unwrap(), slow.withdraw(x, &key)),
            1 => {
                slow.tables[1] = slow.tables[0].clone();
                (fast.reserve(&id, &stage).unwrap(), slow.withdraw(x, &key))
            }
            _ => {
                let slots: Vec<usize> =
                    (0..slow.held.len()).filter(|&s| slow.held[s] == x && dice.percent(70)).collect();
                match fast.swap(&second, &id, &slots, &stage) {
                    Ok(done) => (done, slow.swap(x, &slots, &key)),
                    Err(SubstituteError::NotHisSlots { .. }) if slots.is_empty() => continue,
                    Err(SubstituteError::IsWithdraw { .. }) if !slow.eligible(x) => {
                        met.refused += 1;
                        continue;
                    }
                    Err(other) => panic!("{other}"),
                }
            }
        };
        assert_eq!((done.exhausted, &done.assignment), (exhausted, &names(&slow.held)), "start {start}");
        assert_eq!(fast.assignment(), done.assignment);
        let counter = if exhausted.is_some() { &mut met.exhausted } else { &mut met.filled };
        counter[kind] += 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_substitution_is_that_of_the_reference(start in any::<u64>()) {
        compare(start, &mut Met::default());
    }
}

#[test]
fn the_reference_meets_every_branch() {
    let mut met = Met::default();
    (0..3_000).for_each(|start| compare(start, &mut met));
    println!("filled {:?}, exhausted {:?}, refused {}", met.filled, met.exhausted, met.refused);
    assert!(met.filled.iter().chain(&met.exhausted).all(|&n| n > 200) && met.refused > 200);
}
